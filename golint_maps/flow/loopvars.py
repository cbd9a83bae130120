"""References to a loop variable that outlive the turn in a map, where one variable serves all turns of the loop.

Go 1.22 gave loops that declare their variables new ones in each turn, file by file; a range clause that assigns to older variables still has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import map_call
from golint_maps.flow.traverse import statements
from golint_maps.flow.view import View
from golint_maps.flow.walk import never_returns
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

PER_TURN: Final = (1, 22)
"""The language version since which a loop that declares its variables has new ones in each turn."""

_MAX_DEPTH: Final = 6
_Block = Sequence[ir.Stmt]


class LoopVariableStored(Site, frozen=True, tag="loop-variable-stored"):
    """A map entry refers to a variable that all turns of a loop share.

    `variable` is its name, `form` how it is referred to (`address`, `slice`, `closure`, `method`), `loop` the head of the loop. `outer` says that
    the variable was declared before the loop, so that the language version (`go`) does not matter.
    """

    variable: str
    form: str
    loop: Place
    outer: bool
    go: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop, the variables that all its turns share, and the way from its body to where the walk is."""

    statement: ir.For | ir.Range
    shared: frozenset[int]
    outer: bool


@dataclass(frozen=True, slots=True)
class _Level:
    """One block on the way down: its statements, where the walk is in it, and whether a plain `break` in it leaves something else than a loop."""

    block: _Block
    index: int
    owner: ir.Stmt | None


def analyse(view: View) -> Iterator[LoopVariableStored]:
    """Yield all stores of a reference to a shared loop variable, in a function and its literals."""
    for statement in view.statements:
        if isinstance(statement, ir.For | ir.Range):
            loop = _shared(statement, view)
            if loop is not None:
                yield from _in_block(view, loop, statement.body, [], None)


def _shared(statement: ir.For | ir.Range, view: View) -> _Loop | None:
    if isinstance(statement, ir.For):
        numbers = frozenset(number for number in statement.variables if number >= 0)
        outer = False
    else:
        numbers = frozenset(x.id for x in (statement.key, statement.value) if isinstance(x, ir.Local))
        outer = not statement.define
    if not numbers or (not outer and view.go >= PER_TURN):
        return None
    return _Loop(statement, numbers, outer)


def _in_block(view: View, loop: _Loop, block: _Block, above: list[_Level], owner: ir.Stmt | None) -> Iterator[LoopVariableStored]:
    for index, statement in enumerate(block):
        way = [*above, _Level(block, index, owner)]
        match statement:
            case ir.Assign(_, lhs, rhs) if len(lhs) == len(rhs):
                for target, value in zip(lhs, rhs, strict=True):
                    if isinstance(target, ir.Index):
                        yield from _stored(view, loop, way, target.base, target.index, value, (target.pos, extent(value, view)[1]))
            case ir.Do(ir.Call(_, [key, value]) as call):
                found = map_call(call, view)
                if found is not None and found.method in ("Store", "LoadOrStore", "Swap"):
                    yield from _stored(view, loop, way, found.base, key, value, (call.pos, call.end))
            case ir.If(_, _, then, orelse):
                yield from _in_block(view, loop, then, way, statement)
                yield from _in_block(view, loop, orelse, way, statement)
            case ir.Block(body) | ir.For(_, _, _, body) | ir.Range(_, _, _, _, body):
                yield from _in_block(view, loop, body, way, statement)
            case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
                for case in cases:
                    yield from _in_block(view, loop, case.body, way, statement)


def _stored(
    view: View, loop: _Loop, way: list[_Level], base: ir.Expr, key: ir.Expr, value: ir.Expr, where: tuple[int, int]
) -> Iterator[LoopVariableStored]:
    found = _reference(value, loop, view) or (_reference(key, loop, view) if isinstance(key, ir.Addr) else None)
    if found is None or not _is_map(base, view) or _declared_inside(base, loop, view) or _left(way, loop):
        return
    number, form = found
    yield LoopVariableStored(
        place=Place(view.path, *where),
        function=view.name,
        package=view.package.scope.path,
        map=spell(base, view.variables),
        owner=qualified(view, base),
        variable=view.variables[number].name,
        form=form,
        loop=Place(view.path, loop.statement.pos, _end_of_head(loop.statement)),
        outer=loop.outer,
        go=view.go,
    )


def _is_map(base: ir.Expr, view: View) -> bool:
    kind = view.typing.of(base)
    resolver = view.package.resolver
    return resolver.map(kind) is not None or (kind is not None and resolver.method(kind, "LoadOrStore") is not None)


def _declared_inside(base: ir.Expr, loop: _Loop, view: View) -> bool:
    """Tell whether the map is made anew in each turn."""
    while isinstance(base, ir.Sel | ir.Index):
        base = base.base
    return isinstance(base, ir.Local) and loop.statement.pos <= view.variables[base.id].pos < loop.statement.end


def _end_of_head(statement: ir.For | ir.Range) -> int:
    if isinstance(statement, ir.Range):
        return int(getattr(statement.over, "end", statement.over.pos + 1))
    return statement.pos + len("for")


# --- references ---


def _reference(x: ir.Expr, loop: _Loop, view: View, depth: int = 0) -> tuple[int, str] | None:
    """Return (variable, form) when a value refers to a shared variable of the loop."""
    if depth > _MAX_DEPTH:
        return None
    parts: Sequence[ir.Expr] = ()
    match x:
        case ir.Addr(ir.Lit() as literal):
            parts = (literal,)
        case ir.Addr(operand):
            return _part_of(operand, loop, view, "address")
        case ir.SliceOf(operand):
            if isinstance(view.package.resolver.underlying(view.typing.of(operand)), model.Array):
                return _part_of(operand, loop, view, "slice")
            parts = (operand,)
        case ir.FuncLit(function):
            captured = loop.shared.intersection(view.facts.functions[function].captures)
            return (min(captured), "closure") if captured else None
        case ir.Lit(_, elements):
            parts = [element.value for element in elements]
        case ir.Call(ir.Name("append") as fun, [_, *rest]) if view.typing.is_builtin(fun, "append"):
            parts = rest
        case ir.Call(fun, [operand]) if view.typing.as_type(fun) is not None:
            parts = (operand,)
        case ir.Sel(base, name):
            return _method_value(base, name, loop, view)
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            inside = loop.statement.pos <= view.variables[number].pos < loop.statement.end
            if inside and isinstance(definition, FromValue) and definition.count == 1 and not view.assignments[number]:
                parts = (definition.value,)
    for part in parts:
        found = _reference(part, loop, view, depth + 1)
        if found is not None:
            return found
    return None


def _part_of(x: ir.Expr, loop: _Loop, view: View, form: str) -> tuple[int, str] | None:
    """Return the shared variable that an operand lies in by value: `v`, `v.f`, `v.a[i]`, but nothing behind a pointer or slice."""
    resolver = view.package.resolver
    while isinstance(x, ir.Sel | ir.Index):
        x = x.base
        if not isinstance(resolver.underlying(view.typing.of(x)), model.Struct | model.Array):
            return None
    return (x.id, form) if isinstance(x, ir.Local) and x.id in loop.shared else None


def _method_value(base: ir.Expr, name: str, loop: _Loop, view: View) -> tuple[int, str] | None:
    """`v.M` with a pointer receiver is bound to the variable's address."""
    if not isinstance(base, ir.Local) or base.id not in loop.shared:
        return None
    kind = view.typing.of(base)
    if kind is None or isinstance(kind, model.Pointer) or view.package.resolver.field(kind, name) is not None:
        return None
    method = view.package.resolver.method(kind, name)
    if method is None or method.function is None or method.path or not isinstance(method.function.node.receiver_type, ir.TPtr):
        return None
    return base.id, "method"


# --- does the loop go on? ---


def _left(way: list[_Level], loop: _Loop) -> bool:
    """Tell whether every path from a store leaves the loop."""
    for level in reversed(way):
        for statement in level.block[level.index + 1 :]:
            match statement:
                case ir.Return():
                    return True
                case ir.Do(x) if never_returns(x):
                    return True
                case ir.Branch("goto"):
                    return True
                case ir.Branch("continue"):
                    return False
                case ir.Branch("break", label):
                    if label:
                        return True
                    if not any(isinstance(outer.owner, ir.For | ir.Range | ir.Switch | ir.TypeSwitch | ir.Select) for outer in _up_to(way, level)):
                        return True
                    break
            if _may_continue(statement):
                return False
    return False


def _up_to(way: list[_Level], level: _Level) -> list[_Level]:
    return way[: way.index(level) + 1]


def _may_continue(statement: ir.Stmt) -> bool:
    return any(isinstance(inner, ir.Branch) and inner.kind == "continue" for inner in statements([statement]))
