"""Calls inside of a loop over a map to functions that may change that map."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.callees import Callee, called_parameters, callee, in_module, of_literal
from golint_maps.flow.effects import LIBRARY, effects_of
from golint_maps.flow.entries import Knowledge, Path
from golint_maps.flow.handed_back import called_back
from golint_maps.flow.literals import field_name
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.range_mutations import LoopTurns
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import View
from golint_maps.flow.worklists import is_worklist, takes_the_first
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue


class RangeCall(Site, frozen=True, tag="range-call"):
    """A call in a loop over a map that the loop may go on after. `callee` may change the map `path`, in terms of the calling function.

    `receiver` and `args` are the paths that the callee is given. Of each argument, `given` says what it is to the loop: `key` (its own),
    `value` (or what is stored elsewhere under the loop's key), `identity` (what the value is stored at, by all signs), the fields of a literal that
    have the loop's own key (`.ID .Name`), or nothing; `called_on` says it of the receiver. `key` is the path of the loop's key, which literals may
    have captured. `worklist`: an outer loop comes again after it. `tested`: the loop's key has passed a test there,
    which a new one need not pass.
    """

    callee: str
    call: str
    path: Path
    receiver: Path | None
    args: tuple[Path | None, ...]
    given: tuple[str, ...]
    key: Path
    worklist: bool
    loop: Place
    over: str
    tested: bool = False
    called_on: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """A function that a call runs: the one that it calls, or one that it hands to that and that is called there.

    `given` are the arguments of the call that become those of the function, -1 for what it gets from elsewhere.
    """

    target: Callee
    fun: ir.Expr
    given: tuple[int, ...]


class _Calls(LoopTurns):
    """Walks a loop for the calls that matter."""

    def __init__(self, view: View, found: MapRange, path: Path, targets: Container[int]) -> None:
        super().__init__(view, found, path)
        self.targets = targets
        self.given: dict[int, tuple[str, ...]] = {}
        self.called_on: dict[int, str] = {}

    def called(self, call: ir.Call, state: Knowledge) -> None:
        if call.pos in self.targets and not self.is_replaced(self.own_path or (), state):
            self.given[call.pos] = tuple(self._role(arg, state) for arg in call.args)
            self.called_on[call.pos] = self._role(call.fun.base, state) if isinstance(call.fun, ir.Sel) else ""
            self.happened(call.pos, state)

    def _role(self, arg: ir.Expr, state: Knowledge) -> str:
        if self.is_own(arg, state) or self.is_canonical(arg, state):
            return "key"
        if self.keys.is_own_by_value(arg):
            return "identity"
        if self.keys.chain(arg) == "" or self._is_found(arg, state):
            return "value"
        return " ".join(f".{name}" for name in self._own_fields(arg, state))

    def _is_found(self, arg: ir.Expr, state: Knowledge) -> bool:
        """Tell whether a local holds what another container has under the loop's own key: `chat, ok := all.Load(id)`."""
        match self._defined(arg):
            case FromValue(ir.Index(_, key) | ir.Call(ir.Sel(_, "Load" | "Get"), [key]), 0):
                return self.is_own(key, state)
        return False

    def _own_fields(self, arg: ir.Expr, state: Knowledge) -> Iterator[str]:
        """Yield the fields that a struct literal, or a local that is made as one, has the loop's own key in: `put(pin{ID: id})`."""
        number = arg.id if isinstance(arg, ir.Local) else -1
        match self._defined(arg):
            case FromValue(value, 0, 1) if number not in self.view.address_taken:
                arg = value
        if isinstance(arg, ir.Addr):
            arg = arg.x
        if not isinstance(arg, ir.Lit):
            return
        struct = self.view.package.resolver.struct(self.view.typing.of(arg))
        for index, element in enumerate(arg.elements):
            name = field_name(element, self.view.variables)
            if element.key is None and struct is not None and index < len(struct[1].fields):
                name = struct[1].fields[index].name
            if name and self.is_own(element.value, state) and (f"l{number}", name) not in self.view.paths.replaced:
                yield name

    def _defined(self, x: ir.Expr) -> object:
        """Return the definition of a local that each turn of the loop makes and gives no other value; else None."""
        if (
            not isinstance(x, ir.Local)
            or self.view.assignments[x.id]
            or not self.found.loop.pos < self.view.variables[x.id].pos < self.found.loop.end
        ):
            return None
        return self.view.typing.definitions.get(x.id)


def range_calls(view: View, loops: Sequence[MapRange]) -> Iterator[RangeCall]:
    """Yield the calls in loops over maps whose callees may change the loop's map."""
    for found in loops:
        if found.path is None or any(part[0] == "[" for part in found.path):
            continue
        calls = {x.pos: x for x in expressions(found.loop.body) if isinstance(x, ir.Call)}
        targets: dict[int, list[_Run]] = {}
        for at, call in calls.items():
            runs = [
                run
                for run in _runs(view, call)
                if _may_change(view, run.target, _arguments(call, run), found.path) or _may_call_back(view, run.target, call, found.path)
            ]
            if runs:
                targets[at] = runs
        if not targets:
            continue
        turns = _Calls(view, found, found.path, targets.keys())
        turns.take()
        for at in sorted(turns.followed & turns.given.keys()):
            for run in targets[at]:
                called_on = turns.called_on[at] if run.fun is calls[at].fun else ""
                yield _fact(view, found, found.path, calls[at], run, turns.given[at], called_on, tested=turns.keys.is_tested(at))


def _runs(view: View, call: ir.Call) -> Iterator[_Run]:
    target = callee(view, call)
    if target is None:
        return
    yield _Run(target, call.fun, tuple(range(len(call.args))))
    for index, given in called_parameters(view, target):
        if index < len(call.args):
            fun = call.args[index]
            handed = of_literal(view, fun.function) if isinstance(fun, ir.FuncLit) else callee(view, ir.Call(fun, [], call.pos, call.end))
            if handed is not None:
                yield _Run(handed, fun, tuple(number if number < len(call.args) else -1 for number in given))


def _arguments(call: ir.Call, run: _Run) -> list[ir.Expr | None]:
    return [call.args[index] if index >= 0 else None for index in run.given]


def _may_change(view: View, target: Callee, args: Sequence[ir.Expr | None], path: Path) -> bool:
    """Tell whether a callee can name the map at all, and does anything to maps of that name."""
    paths = view.paths
    given = [paths.of(arg) for arg in args if arg is not None]
    if target.receiver is not None:
        given.append(paths.of(target.receiver))
    named = path[0][0] == "g" or target.literal >= 0 or any(other is not None and path[: len(other)] == other for other in given)
    if not named:
        return False
    if target.id in LIBRARY:
        return True
    if target.outside:
        # Another package's function: only the whole program can tell.
        return path in given and in_module(target.id)
    effects = effects_of(view.package)
    effects.ask(view, target)
    return effects.reaches(target, path[-1])


def _may_call_back(view: View, target: Callee, call: ir.Call, path: Path) -> bool:
    """Tell whether a method of an interface is handed what holds the map, and may change it from another package by the methods of that."""
    methods = called_back(view, target, call, path)
    effects = effects_of(view.package)
    for method in methods:
        if method.declared is not None:
            effects.ask(effects.view_of(method.declared), method)
    return any(effects.reaches(method, path[-1]) for method in methods)


def _body(view: View, target: Callee) -> Sequence[ir.Stmt]:
    """Return the statements of a callee, as far as the package has them."""
    if target.literal >= 0:
        return view.facts.functions[target.literal].body or ()
    return (target.declared.node.body or ()) if target.declared is not None else ()


def _fact(view: View, found: MapRange, path: Path, call: ir.Call, run: _Run, given: tuple[str, ...], called_on: str, *, tested: bool) -> RangeCall:
    target = run.target
    receiver = view.paths.of(target.receiver) if target.receiver is not None else None
    return RangeCall(
        place=place(view, call.pos, call.end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(found.operand, view.variables),
        owner=qualified(view, found.operand),
        callee=target.id,
        call=spell(run.fun, view.variables),
        path=path,
        receiver=None if receiver is None else (*receiver, *target.embedded),
        args=tuple(view.paths.of(arg) if arg is not None else None for arg in _arguments(call, run)),
        given=tuple(given[index] if index >= 0 else "" for index in run.given),
        key=(f"l{found.key}",) if found.key >= 0 else (),
        worklist=is_worklist(view, found, call.pos) and not takes_the_first(view, found, call.args, _body(view, target)),
        loop=place(view, found.loop.pos, found.loop.end),
        over=spell(found.operand, view.variables),
        tested=tested,
        called_on=called_on,
    )
