"""Memos: entries that are inserted when a look-up of the same key misses; and which objects and package variables all callers share."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.callers import calls_of
from golint_maps.flow.files import of_file
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.operands import start_of
from golint_maps.flow.paths import Path
from golint_maps.flow.site import Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.scope import receiver_name

_EMBEDDED = 4
"""How deep structs are looked at that are embedded in one another."""


class MemoFill(Site, frozen=True, kw_only=True, tag="memo-fill"):
    """An insert into a map that others can have, after a look-up of the same key. `identity` is the map's program-wide name."""

    identity: str
    id: str
    key: str


def analyse(view: View) -> Iterator[MemoFill]:
    """Yield the memo fills of a function and its literals."""
    if view.package.scope.name == "main" or view.root.name in ("var·", "init") or view.path.endswith("_test.go"):
        return
    names: Names | None = None
    for number in view.family:
        for statement in each(view.facts.functions[number].body or (), ir.Assign):
            if statement.op != "=":
                continue
            for index, target in enumerate(statement.lhs):
                if not isinstance(target, ir.Index) or view.package.resolver.map(view.typing.of(target.base)) is None:
                    continue
                path = view.paths.of(target.base)
                if path is None or not _outlives(view, path):
                    continue
                value = statement.rhs[index] if len(statement.lhs) == len(statement.rhs) else None
                if (value is not None and _handed_in(view, value)) or not _looked_up(view, path, target):
                    continue
                if value is not None and (_works_on(view, number, path, value) or _of_the_entry(view, path, target, value)):
                    continue
                names = names or Names(view)
                yield MemoFill(
                    place=place(view, target.pos, target.end),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(target.base, view.variables),
                    owner=qualified(view, target.base),
                    identity=names.identity(target.base),
                    id=function_id(view, number),
                    key=spell(target.index, view.variables),
                )


def _outlives(view: View, path: Path) -> bool:
    """Tell whether a map is a package variable, is or lies in something that was handed in."""
    return path[0][0] == "g" or view.variables[int(path[0][1:])].kind in ("receiver", "param")


def _handed_in(view: View, value: ir.Expr) -> bool:
    """Tell whether a value is the caller's: storing that is registration, no memo, unless it is a helper's callers that make it."""
    match value:
        case ir.Local(number):
            if view.variables[number].kind == "param" and not view.assignments[number]:
                return not _made_by_callers(view, number)
            match view.typing.definitions.get(number):
                case FromValue(ir.Lit() | ir.Addr() | ir.Sel() as made):
                    return _handed_in(view, made)
                case FromRange(over, 1):
                    return _handed_in(view, over)
        case ir.Addr(operand) | ir.Sel(operand):
            return _handed_in(view, operand)
        case ir.Lit(_, elements):
            return any(_handed_in(view, element.value) for element in elements)
    return False


def _made_by_callers(view: View, number: int) -> bool:
    """Tell whether a parameter is that of a helper which callers in the package give what they make for it: `kept(name, dial(name))`."""
    root = view.root
    if root.receiver_type is not None or root.name[:1].isupper() or number not in root.params:
        return False
    index = root.params.index(number)
    return any(index < len(call.args) and call.args[index].__class__ is ir.Call for _, call in calls_of(view.package, root))


def _works_on(view: View, number: int, path: Path, value: ir.Expr) -> bool:
    """Tell whether a function changes the entry after it was found, and other state of the object along with it.

    Such an object, a lexer or a builder, has one user at a time: its map is no memo but what it works on.
    """
    if not isinstance(value, ir.Local) or len(path) < 2:
        return False
    entry = state = False
    for statement in each(view.facts.functions[number].body or (), ir.Assign):
        for target in statement.lhs:
            if isinstance(target, ir.Sel):
                entry = entry or (isinstance(target.base, ir.Local) and target.base.id == value.id)
                state = state or ((view.paths.of(target) or ())[:-1] == path[:-1] and view.package.resolver.map(view.typing.of(target)) is None)
    return entry and state


def _of_the_entry(view: View, path: Path, target: ir.Index, value: ir.Expr) -> bool:
    """Tell whether a value is made of what was found under the key: `list := m[k]; m[k] = append(list[:i], list[i+1:]...)`. That is no miss."""
    key = view.paths.key(target.index)
    for part in subexpressions(value):
        found = part
        if isinstance(part, ir.Local) and not view.assignments[part.id]:
            definition = view.typing.definitions.get(part.id)
            found = definition.value if isinstance(definition, FromValue) and definition.index == 0 else part
        if isinstance(found, ir.Index) and view.paths.of(found.base) == path and view.paths.key(found.index) == key:
            return True
    return False


def _looked_up(view: View, path: Path, target: ir.Index) -> bool:
    key, made = view.paths.key(target.index), _computed(view, target.index)
    for function in view.functions:
        for x in each(function.body or (), ir.Index):
            same = (
                x.pos < target.pos
                and view.paths.of(x.base) == path
                and (view.paths.key(x.index) == key or (made and _computed(view, x.index) == made))
            )
            if same and not _written(view, x):
                return True
    return _missed_by_callers(view, path, target)


def _missed_by_callers(view: View, path: Path, target: ir.Index) -> bool:
    """Tell whether an unexported helper inserts under a key that its callers have looked up before they call it: `return c.load(name)`."""
    root = view.root
    if root.name[:1].isupper() or not isinstance(target.index, ir.Local) or target.index.id not in root.params or view.assignments[target.index.id]:
        return False
    index = root.params.index(target.index.id)
    return any(
        index < len(call.args)
        and (start := start_of(caller, root, call, path[0])) is not None
        and _reads(caller, (*start, *path[1:]), caller.paths.key(call.args[index]), call.pos)
        for caller, call in calls_of(view.package, root)
    )


def _reads(view: View, path: Path, key: str, before: int) -> bool:
    """Tell whether a function looks a key up in a map before a position."""
    return any(
        x.pos < before and view.paths.of(x.base) == path and view.paths.key(x.index) == key and not _written(view, x)
        for function in view.functions
        for x in each(function.body or (), ir.Index)
    )


def _computed(view: View, key: ir.Expr) -> tuple[str, ...]:
    """Return the call that a key is the result of, by its function and arguments: the one of `k := name(t); … m[k] … m[name(t)] = v`."""
    if isinstance(key, ir.Local) and not view.assignments[key.id]:
        match view.typing.definitions.get(key.id):
            case FromValue(value, 0, 1):
                key = value
    return (spell(key.fun, view.variables), *map(view.paths.key, key.args)) if isinstance(key, ir.Call) else ()


def _written(view: View, x: ir.Index) -> bool:
    """Tell whether an index expression is stored to, not read."""
    return any(target is x for function in view.functions for statement in each(function.body or (), ir.Assign) for target in statement.lhs)


# --- objects that exist once ---


def singletons(package: PackageView) -> list[str]:
    """Return the types (`path.Type`) of which a package makes values only where it initialises its variables, and keeps them there.

    Only types with a map are looked at. What `init` or a package-level initialiser makes, by itself or through an unexported constructor that
    nobody else calls, is made once. And one that an exported function returns to whoever asks is shared by all, whoever else makes others.
    """
    scope = package.scope
    if scope.name == "main":
        return []
    kept = {variable: {name for name in _kept(package, declared.node) if _has_map(package, name)} for variable, declared in scope.variables.items()}
    held = set[str]().union(*kept.values())
    if not held:
        return []
    returned = set[str]().union(*(of_file(file, _returned) for file in scope.files))
    handed_out = set[str]().union(*(names for variable, names in kept.items() if variable in returned))
    makers: dict[str, set[str]] = {}
    callers: dict[str, set[str]] = {}
    for file in scope.files:
        made, called = of_file(file, _made_and_called)
        for name in held & made.keys():
            makers.setdefault(name, set()).update(made[name])
        for name in called.keys() & scope.functions.keys():
            callers.setdefault(name, set()).update(called[name])

    def once(name: str) -> bool:
        if name in ("var·", "init"):
            return True
        return not name[:1].isupper() and name in callers and callers[name] <= {"var·", "init"}

    return sorted(f"{scope.path}.{name}" for name in held if name in handed_out or (makers.get(name) and all(map(once, makers[name]))))


def _returned(file: ir.FileFacts) -> set[str]:
    """Return the names of the package variables that exported functions of a file, and no methods, return as they are."""
    return {
        statement.values[0].name
        for function in file.functions
        if function.name[:1].isupper() and function.receiver_type is None and function.parent < 0
        for statement in each(function.body or (), ir.Return)
        if len(statement.values) == 1 and isinstance(statement.values[0], ir.Name)
    }


def _kept(package: PackageView, variable: ir.VarDecl) -> Iterator[str]:
    match variable.value:
        case ir.Lit(ir.TName() | ir.TInst() as kind) | ir.Addr(ir.Lit(ir.TName() | ir.TInst() as kind)):
            yield receiver_name(kind)
        case ir.Call(ir.Name("new"), [ir.TypeArg(ir.TName() | ir.TInst() as kind)]):
            yield receiver_name(kind)
        case ir.Call(ir.Name("new"), [ir.Name(name)]):
            yield name
        case ir.Call(ir.Name(constructor)) if constructor in package.scope.functions:
            yield from (receiver_name(result) for result in package.scope.functions[constructor].node.type.results[:1])


def services(package: PackageView) -> list[str]:
    """Return the unexported types (`path.Type`) with a map that an exported function makes and returns as an exported interface of the package.

    Whoever asks for one gets it behind an interface, keeps it and hands it around: that is how parts of a program find each other.
    """
    scope = package.scope
    held = {name for name in scope.types if not name[:1].isupper() and _has_map(package, name)}
    if not held or scope.name == "main":
        return []
    found: set[str] = set()
    for file in scope.files:
        for function in file.functions:
            if function.parent >= 0 or function.receiver_type is not None or not function.name[:1].isupper():
                continue
            if not any(isinstance(result, ir.TName) and _is_interface(package, result.name) for result in function.type.results):
                continue
            for x in each(function.body or (), ir.Lit):
                if isinstance(x.type, ir.TName | ir.TInst) and receiver_name(x.type) in held:
                    found.add(f"{scope.path}.{receiver_name(x.type)}")
    return sorted(found)


def _is_interface(package: PackageView, name: str) -> bool:
    kind = package.resolver.underlying(model.Named(package.scope.path, name)) if name[:1].isupper() and name in package.scope.types else None
    return isinstance(kind, model.Interface) and bool(kind.methods)


def keyed_by_pointers(package: PackageView) -> list[str]:
    """Return the package variables (`gpath.name`) that are maps from pointers: their entries belong to objects that are made as the program runs."""
    found = []
    for name, declared in package.scope.variables.items():
        written = declared.node.type
        if written is None:
            match declared.node.value:
                case ir.Lit(kind) | ir.Call(ir.Name("make"), [ir.TypeArg(kind), *_]):
                    written = kind
        if isinstance(written, ir.TMap) and isinstance(written.key, ir.TPtr):
            found.append(f"g{package.scope.path}.{name}")
    return sorted(found)


def _has_map(package: PackageView, name: str) -> bool:
    return _holds_map(package, model.Named(package.scope.path, name), 0)


def _holds_map(package: PackageView, kind: model.Type | None, depth: int) -> bool:
    """Tell whether a struct has a field that is a map, its own or one that it gets by embedding."""
    found = package.resolver.struct(kind) if depth < _EMBEDDED else None
    return found is not None and any(
        package.resolver.map(field.type) is not None or (field.embedded and _holds_map(package, field.type, depth + 1)) for field in found[1].fields
    )


def _made_and_called(file: ir.FileFacts) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return, by name, which functions of a file make values of a type, and which mention a package-level name."""
    made: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for function in file.functions:
        root = file.functions[function.root]
        maker = root.name if root.receiver_type is None else "·method"
        body = function.body or ()
        for name in {x.name for x in each(body, ir.Name)}:
            called.setdefault(name, set()).add(maker)
        for x in each(body, ir.Lit):
            if x.type.__class__ is ir.TName or x.type.__class__ is ir.TInst:
                made.setdefault(receiver_name(x.type), set()).add(maker)
        for call in each(body, ir.Call):
            if call.fun.__class__ is ir.Name and call.fun.name == "new":
                match call.args:
                    case [ir.TypeArg(ir.TName() | ir.TInst() as kind)]:
                        made.setdefault(receiver_name(kind), set()).add(maker)
                    case [ir.Name(name)]:
                        made.setdefault(name, set()).add(maker)
        for variable in function.variables:
            if variable.kind == "var" and isinstance(variable.type, ir.TName | ir.TInst):
                made.setdefault(receiver_name(variable.type), set()).add(maker)
    return made, called
