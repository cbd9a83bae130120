"""Deferred `recover` calls, and tests of recovered values for the runtime's text on concurrent maps."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from golint_maps.flow.calls import Callees
from golint_maps.flow.files import of_file
from golint_maps.flow.identity import Names, declared_id, function_id
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent, place
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, paired, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromCase, FromRange, FromValue

_FATAL: Final = "concurrent map"
_RECOVERED: Final = -1
"""Origin of a value that comes from `recover`; parameters of the outermost function are their own numbers."""
_MAX_ROUNDS: Final = 4
_NOTHING: Final[frozenset[str]] = frozenset()


class Recovery(Site, frozen=True, kw_only=True, tag="recovery"):
    """A `recover` call (the place) that the function `id` defers; `within` is the deferred function, where the call stands.

    `again`: that function panics again with what it does not expect, so it is not there to survive everything.
    """

    id: str
    within: str
    again: bool


class FatalTextTested(Site, frozen=True, kw_only=True, tag="fatal-text-tested"):
    """A value is tested for the text of a concurrent map fault. `text` is what it is compared with, as written.

    `parameter` is -1 for a recovered value; else the value is that parameter of the function `id`.
    """

    text: str
    id: str
    parameter: int


class RecoveredPassed(Site, frozen=True, kw_only=True, tag="recovered-passed"):
    """A recovered value is passed to parameter `parameter` of `callee`."""

    callee: str
    parameter: int


RecoveryFact = Recovery | FatalTextTested | RecoveredPassed


def analyse(view: View) -> Iterator[RecoveryFact]:
    """Yield the recoveries of a function and its literals, and what happens to what they recover."""
    recovering = _recovering(view.package)
    if not recovering:
        return
    names = Names(view)
    yield from _deferred(view, names, recovering)
    tested = [(number, x, text) for number in view.family for x, text in _tests(view, view.facts.functions[number])]
    passes = _has(view, recovering)
    if not tested and not passes:
        return
    sources = _Sources(names, _reached(view.package, recovering) if tested else _NOTHING)
    origins = sources.of_locals()
    for number, x, text in tested:
        for origin in sorted(sources.of(x, origins)):
            start, end = extent(x, view)
            yield FatalTextTested(
                place=place(view, start, end),
                function=view.name,
                package=view.package.scope.path,
                text=text,
                id=function_id(view, number),
                parameter=origin,
            )
    if passes:
        yield from _passed(view, sources, origins)


def _recovering(package: PackageView) -> dict[str, tuple[Place, bool]]:
    """Return the deferred functions and literals of a package that call `recover`, by id, with the place of the call."""
    found = package.memo.get(__name__)
    if found is None:
        found = package.memo[__name__] = dict(_find_recovering(package))
    recovering: dict[str, tuple[Place, bool]] = found
    return recovering


def _find_recovering(package: PackageView) -> Iterator[tuple[str, tuple[Place, bool]]]:
    named = set[str]().union(*(of_file(file, _deferred_in)[1] for file in package.scope.files))
    for number, file in enumerate(package.scope.files):
        path = package.paths[number]
        for literal in of_file(file, _deferred_in)[0]:
            function = file.functions[literal]
            start = _recover(function)
            if start is not None:
                root = file.functions[function.root]
                yield f"{declared_id(package.scope.path, root, path)}·{literal}", (Place(path, start, start + len("recover()")), _panics(function))
        for function in of_file(file, _recovering_in):
            if function.name in named:
                start = _recover(function)
                if start is not None:
                    yield declared_id(package.scope.path, function, path), (Place(path, start, start + len("recover()")), _panics(function))


def _deferred_in(file: ir.FileFacts) -> tuple[list[int], set[str]]:
    """Return the literals that a file defers, by number, and the names of the functions and methods."""
    literals: list[int] = []
    named: set[str] = set()
    for function in file.functions:
        for statement in each(function.body or (), ir.Defer):
            match statement.call:
                case ir.Call(ir.FuncLit(literal)):
                    literals.append(literal)
                case ir.Call(ir.Name(name) | ir.Sel(_, name)):
                    named.add(name)
    return literals, named


def _recovering_in(file: ir.FileFacts) -> list[ir.Function]:
    """Return the declared functions of a file that call `recover`."""
    return [function for function in file.functions if function.parent < 0 and _recover(function) is not None]


def _recover(function: ir.Function) -> int | None:
    """Return where a function calls `recover`, or None."""
    for x in each(function.body or (), ir.Call):
        if isinstance(x.fun, ir.Name) and x.fun.name == "recover":
            return x.pos
    return None


def _panics(function: ir.Function) -> bool:
    return any(isinstance(x.fun, ir.Name) and x.fun.name == "panic" for x in each(function.body or (), ir.Call))


def _deferred(view: View, names: Names, recovering: dict[str, tuple[Place, bool]]) -> Iterator[Recovery]:
    callees: Callees | None = None
    for number in view.family:
        for statement in each(view.facts.functions[number].body or (), ir.Defer):
            if not isinstance(statement.call, ir.Call):
                continue
            callees = callees or Callees(names)
            for token in callees.targets(statement.call.fun):
                if token in recovering:
                    where, again = recovering[token]
                    yield Recovery(
                        place=where, function=view.name, package=view.package.scope.path, id=function_id(view, number), within=token, again=again
                    )


# --- the text ---


def _tests(view: View, function: ir.Function) -> Iterator[tuple[ir.Expr, str]]:
    """Yield (the test, the text as written) of each comparison with the runtime's words."""
    body = function.body or ()
    for x in each(body, ir.Binary):
        text = (_fatal(view, x.left) or _fatal(view, x.right)) if x.op in ("==", "!=") else ""
        if text:
            yield x, text
    for call in each(body, ir.Call):
        if call.fun.__class__ is ir.Sel:
            text = next((found for found in (_fatal(view, item) for item in (call.fun.base, *call.args)) if found), "")
            if text:
                yield call, text
    for statement in each(body, ir.Switch):
        if statement.subject is not None:
            for case in statement.cases:
                for value in case.values:
                    text = _fatal(view, value)
                    if text:
                        # The clause compares its value with the subject.
                        yield ir.Binary("==", statement.subject, value, *extent(value, view)), text


def _fatal(view: View, x: ir.Expr) -> str:
    """Return the text of a constant, or of a compiled pattern, that names the fault; empty for all else."""
    if x.__class__ is ir.Const:
        return x.text if x.kind == "string" and _FATAL in x.text.lower() else ""
    match x:
        case ir.Name(name):
            constant = view.package.scope.constants.get(name)
            if constant is not None and constant.node.value is not None:
                return _fatal(view, constant.node.value)
            variable = view.package.scope.variables.get(name)
            if variable is not None and isinstance(variable.node.value, ir.Call) and variable.node.value.args:
                return _fatal(view, variable.node.value.args[0])
        case ir.Call(ir.Name(), [operand]):
            return _fatal(view, operand)  # a conversion, []byte("…")
    return ""


# --- where values come from ---


class _Sources:
    """Where the values in a function come from: from `recover`, also by way of what a recovered value has `reached`, or from its parameters."""

    def __init__(self, names: Names, reached: Container[str]) -> None:
        self.names = names
        self.view = names.view
        self.callees = Callees(names)
        self._reached = reached

    def of_locals(self) -> dict[int, frozenset[int]]:
        """Return, for each local, whether what it holds comes from `recover`, or from which parameters."""
        view = self.view
        found: dict[int, frozenset[int]] = {number: frozenset((index,)) for index, number in enumerate(view.root.params) if number >= 0}
        values: list[tuple[int, ir.Expr]] = []
        for number, definition in view.typing.definitions.items():
            if isinstance(definition, FromValue):
                values.append((number, definition.value))
            elif isinstance(definition, FromCase):
                values.append((number, definition.subject))
            elif isinstance(definition, FromRange) and definition.index == 0:
                values.append((number, ir.Recv(definition.over, 0, 0)))
        for target, value in _assigned(view):
            if isinstance(target, ir.Local):
                values.append((target.id, value))
        for _ in range(_MAX_ROUNDS):
            changed = False
            for number, value in values:
                origins = found.get(number, frozenset()) | self.of(value, found)
                if origins != found.get(number, frozenset()):
                    found[number] = origins
                    changed = True
            if not changed:
                break
        return found

    def of(self, x: ir.Expr, origins: Mapping[int, frozenset[int]]) -> frozenset[int]:
        """Return where the parts of an expression come from, given where the locals do."""
        found: set[int] = set()
        for part in subexpressions(x):
            match part:
                case ir.Local(number):
                    found |= origins.get(number, frozenset())
                case ir.Call(ir.Name("recover"), []):
                    found.add(_RECOVERED)
                case ir.Call(fun) if self._reached and any(f"&{token}" in self._reached for token in self.callees.targets(fun)):
                    found.add(_RECOVERED)
                case ir.Sel() | ir.Name() | ir.Recv() if self._reached and self.names.identity(part) in self._reached:
                    found.add(_RECOVERED)
        return frozenset(found)

    def reaches(self) -> Iterator[str]:
        """Yield what a recovered value gets into: fields, package variables and channels by name, and `&` with the functions that return it."""
        origins = self.of_locals()
        for target, value in _assigned(self.view):
            if not isinstance(target, ir.Local) and _RECOVERED in self.of(value, origins):
                yield self.names.identity(target)
        for number in self.view.family:
            function = self.view.facts.functions[number]
            body = function.body or ()
            for send in each(body, ir.Send):
                if _RECOVERED in self.of(send.value, origins):
                    yield f"{self.names.identity(send.channel)}{RECEIVED}"
            for literal in each(body, ir.Lit):
                kind = self.view.typing.of(literal)
                for element in literal.elements:
                    if isinstance(kind, model.Named) and _RECOVERED in self.of(element.value, origins):
                        yield f"f{kind.package}.{kind.name}.{field_name(element, self.view.variables)}"
            given = (value for statement in each(body, ir.Return) for value in statement.values)
            if any(_RECOVERED in origins.get(result, ()) for result in function.results) or any(_RECOVERED in self.of(x, origins) for x in given):
                yield f"&{function_id(self.view, number)}"


def _assigned(view: View) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    for statement in view.statements:
        if isinstance(statement, ir.Assign):
            yield from paired(statement)


def _reached(package: PackageView, recovering: Mapping[str, tuple[Place, bool]]) -> frozenset[str]:
    """Return what recovered values of a package get into, in the end. Where it runs other programs, their last words may get there as well."""
    key = f"{__name__} reached"
    if key not in package.memo:
        found: frozenset[str] = _NOTHING
        if not any(item.path == "os/exec" for file in package.scope.files for item in file.imports):
            for _ in range(_MAX_ROUNDS):
                sources = [_Sources(Names(view), found) for view in views(package, sorted(package.primary)) if found or _has(view, recovering)]
                more = frozenset(name for source in sources for name in source.reaches() if name not in ("", RECEIVED))
                if more == found:
                    break
                found = more
        package.memo[key] = found
    reached: frozenset[str] = package.memo[key]
    return reached


def _has(view: View, recovering: Mapping[str, tuple[Place, bool]]) -> bool:
    """Tell whether a function calls `recover`, in itself or in one of its literals."""
    path = view.package.paths[view.file]
    return any(path == where.path and view.root.pos <= where.start < view.root.end for where, _ in recovering.values())


def _passed(view: View, sources: _Sources, origins: dict[int, frozenset[int]]) -> Iterator[RecoveredPassed]:
    for x in _calls(view):
        for index, argument in enumerate(x.args):
            if _RECOVERED not in sources.of(argument, origins):
                continue
            for token in sources.callees.targets(x.fun)[:1]:
                yield RecoveredPassed(
                    place=place(view, x.pos, x.end),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(argument, view.variables),
                    callee=token,
                    parameter=index,
                )


def _calls(view: View) -> Iterable[ir.Call]:
    for function in view.functions:
        yield from each(function.body or (), ir.Call)
