"""What a function does to maps and locks, and whom it calls: the input of the whole-program analyses."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.annotations import Requirement, left_alone, requirements
from golint_maps.flow.callees import shape_of
from golint_maps.flow.calls import fresh
from golint_maps.flow.constructors import MAKERS
from golint_maps.flow.events import FunctionSummary, Held
from golint_maps.flow.family import Family, is_bool
from golint_maps.flow.handlers import handler, is_rpc
from golint_maps.flow.identity import function_id
from golint_maps.flow.literals import field_name
from golint_maps.flow.locksets import LocksetWalk
from golint_maps.flow.loop_heads import loop_keys, loop_lengths
from golint_maps.flow.paths import Path
from golint_maps.flow.rejoining import met_again
from golint_maps.flow.site import Place
from golint_maps.flow.touching import touches
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.scope import Declared, receiver_name

_CONTEXT = ir.TQual("context", "Context")


class Summariser:
    """Makes the summaries of the function and literals of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._family = Family(view)

    def summary(self, number: int) -> FunctionSummary:
        """Return the summary of the function or literal of this number."""
        view = self.view
        function = view.facts.functions[number]
        walker = LocksetWalk(self._family, function, number)
        walker.start()
        root = number == view.number
        starts = any(call.mode == "go" or any(argument.tokens for argument in call.args) for call in walker.calls.values())
        return FunctionSummary(
            id=function_id(view, number),
            name=view.name if root else f"a function literal in {view.name}",
            package=view.package.scope.path,
            place=Place(view.path, function.name_pos if root else function.pos, function.name_pos + len(function.name) if root else function.pos + 4),
            parent="" if function.parent < 0 else function_id(view, function.parent),
            root=self._family.names.root_id,
            exported=root and function.name[:1].isupper(),
            receiver=f"{view.package.scope.path}.{receiver_name(function.receiver_type)}" if function.receiver_type is not None else "",
            test=view.path.endswith("_test.go"),
            params=tuple(function.params),
            accesses=() if left_alone(view.root) else tuple(walker.accesses.values()),
            calls=tuple(walker.calls.values()),
            syncs=(*walker.syncs.values(), *met_again(function.body or (), walker.syncs.values(), walker.structure)),
            flows=tuple(dict.fromkeys(walker.flows)),
            handler=handler(function),
            rpc=is_rpc(function.type),
            doc=function.doc,
            variables=tuple(self._variables(function)) if root else (),
            returned=self._returned(function) if root else -1,
            alternatives=tuple(walker.structure.alternatives) if starts else (),
            leaving=walker.structure.leaving if starts else {},
            signature=shape_of(view.package, Declared(view.root, view.file)) if root and function.receiver_type is not None else (),
            keeps=tuple(self._keeps(function)) if root else (),
            loop_keys=tuple(loop_keys(view)) if root else (),
            loop_lengths=tuple(loop_lengths(view, function.body or (), walker.structure)) if walker.syncs else (),
            requires=tuple((item.held, item.words) for item in self._requirements(function)) if root else (),
            parallel_from=next((call.at.order for call in walker.calls.values() if call.targets == ("testing.T.Parallel",)), -1),
            endless=walker.endless,
            loops=walker.structure.loops(),
            sends=tuple(walker.sends.values()),
            submits=tuple(walker.submits.values()),
            shared=tuple(self._shared()) if root else (),
            request=root and function.receiver_type is not None and function.type.params[:1] == [_CONTEXT],
        )

    def _variables(self, function: ir.Function) -> Iterator[tuple[int, int, int, int]]:
        """Yield (position, declaring function, how it is made, call) of each local variable: as `FunctionSummary.variables` has it."""
        definitions = self.view.typing.definitions
        for number, variable in enumerate(function.variables):
            call = -1
            match definitions.get(number):
                case FromValue(value, index, _):
                    made = 2 if fresh(value, frozenset()) else int(self._makes(value))
                    if index == 0 and value.__class__ is ir.Call and not self.view.assignments[number]:
                        call = value.pos
                case None:
                    made = 2 if variable.kind == "var" and not isinstance(variable.type, ir.TPtr) else 0
                case _:
                    made = 0
            yield variable.pos, variable.function, made, call

    def _returned(self, function: ir.Function) -> int:
        """Return the local variable that a function returns as its first result, unless that is nil, or -1."""
        found = set()
        for statement in each(function.body or (), ir.Return):
            value = statement.values[0] if statement.values else None
            if value.__class__ is ir.Addr:
                value = value.x
            if value.__class__ is not ir.Name or value.name != "nil":
                found.add(value.id if value.__class__ is ir.Local and not self.view.assignments[value.id] else -1)
        return found.pop() if len(found) == 1 else -1

    def _keeps(self, function: ir.Function) -> Iterator[tuple[int, str]]:
        """Yield (parameter, field) of what a function puts into the object that it makes and returns: `return &janitor{cache: c}`.

        On all ways, and nobody in the package gives the field another value later.
        """
        ways = [set(self._kept(statement, function)) for statement in each(function.body or (), ir.Return)]
        for index, field in sorted(set.intersection(*ways) if ways else ()):
            if field not in self._family.assigned_fields:
                yield index, field

    def _kept(self, statement: ir.Return, function: ir.Function) -> Iterator[tuple[int, str]]:
        """Yield (parameter, field) of what is in the literal that a statement returns."""
        made = statement.values[0] if statement.values else None
        if made.__class__ is ir.Local and not self.view.assignments[made.id]:
            definition = self.view.typing.definitions.get(made.id)
            made = definition.value if definition.__class__ is FromValue else None
        if made.__class__ is ir.Addr:
            made = made.x
        for element in made.elements if made.__class__ is ir.Lit else ():
            field = field_name(element, self.view.variables)
            if field and element.value.__class__ is ir.Local and element.value.id in function.params and not self.view.assignments[element.value.id]:
                yield function.params.index(element.value.id), field

    def _shared(self) -> Iterator[tuple[int, str, Path]]:
        """Yield (variable, field, path) of the pointers that literals put into the structs that they make: other structs may hold them, too."""
        view = self.view
        for number, definition in view.typing.definitions.items():
            made = definition.value if definition.__class__ is FromValue else None
            if made.__class__ is ir.Addr:
                made = made.x
            if made.__class__ is not ir.Lit or view.assignments[number]:
                continue
            for element in made.elements:
                field = field_name(element, view.variables)
                if field and element.value.__class__ in (ir.Addr, ir.Local):
                    path = view.paths.of(element.value)
                    if path is None or (f"l{number}", field) in view.paths.assigned:
                        continue
                    if element.value.__class__ is ir.Addr or isinstance(view.typing.of(element.value), model.Pointer):
                        yield number, field, self._family.names.rooted(path) or path

    def _makes(self, value: ir.Expr) -> bool:
        if isinstance(value, ir.Assert):
            value = value.x
        if not isinstance(value, ir.Call):
            return False
        tokens = self._family.callees.targets(value.fun)
        if any(token == "sync.Pool.Get" or token.rsplit(".", 1)[-1].startswith(MAKERS) for token in tokens):
            return True
        return len(tokens) == 1 and self._family.makes_anew(tokens[0])

    def _requirements(self, function: ir.Function) -> tuple[Requirement, ...]:
        found = requirements(function, self.view.package)
        # Who takes the lock itself does not ask for it: `defer g.locked()()`, `s.locked(func() {…})`.
        if found and self._family.lock_effects.takes(function.body or (), self._family.names):
            return ()
        if found and any(
            number >= 0 and "lock" in function.variables[number].name.lower() and is_bool(function.variables[number].type)
            for number in function.params
        ):
            return (Requirement(Held(("~",), "w", "~", ""), "a parameter that says who locks"),)
        return found


def analyse(view: View) -> Iterator[FunctionSummary]:
    """Yield the summaries of a function and its literals.

    Of generated code, which is long and calls itself all day, only what runs at the start or can touch a map, a lock or a goroutine has one.
    """
    if view.facts.generated and not view.package.generated and view.root.name not in ("var·", "init") and not touches(view):
        return
    summariser = Summariser(view)
    for number in view.family:
        yield summariser.summary(number)
