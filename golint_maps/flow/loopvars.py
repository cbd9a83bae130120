"""References to a loop variable that outlive the turn, where one variable serves all turns of the loop: in a map, or of a loop over a map.

Go 1.22 gave loops that declare their variables new ones in each turn, file by file; a range clause that assigns to older variables still has one.
So has a loop whose body gives a variable from outside another value in each turn: `row = next()`, `json.Unmarshal(line, &row)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.refills import refills
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import map_call
from golint_maps.flow.traverse import each, operands, paired, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import never_returns
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

PER_TURN: Final = (1, 22)
"""The language version since which a loop that declares its variables has new ones in each turn."""

MODULES: Final = (1, 11)
"""The first Go with modules. Files get an older version where no go.mod says one, and the tree looks older than modules."""

_MAX_DEPTH: Final = 6
_READING: Final = re.compile(r"Decode|Unmarshal|[Ss]can|^Read")
"""Names of what fills in the variable whose address it is given."""
_Block = Sequence[ir.Stmt]


class LoopVariableStored(Site, frozen=True, tag="loop-variable-stored"):
    """A map entry, or an element of a slice that a loop over a map fills, refers to a variable that all turns of the loop share.

    `map` is the map stored to, or the one ranged over where `into` names the slice that is stored to. `variable` is its name, `form` how it is
    referred to (`address`, `slice`, `closure`, `method`), `loop` the head of the loop. `outer` says that the variable was declared before the loop,
    so that the language version (`go`) does not matter.
    """

    into: str
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
    by_body: bool = False
    """Whether it is left to the body to give the variables another value in each turn."""


@dataclass(frozen=True, slots=True)
class _Level:
    """One block on the way down: its statements, where the walk is in it, and whether a plain `break` in it leaves something else than a loop."""

    block: _Block
    index: int
    owner: ir.Stmt | None


def analyse(view: View) -> Iterator[LoopVariableStored]:
    """Yield all stores of a reference to a shared loop variable, in a function and its literals."""
    referred = _referred(view)
    told: set[int] = set()
    for statement in view.statements:
        if isinstance(statement, ir.For | ir.Range):
            loops = [_shared(statement, view)]
            older = frozenset(number for number in referred if view.variables[number].pos < statement.pos)
            if older:
                loops.append(_Loop(statement, older, outer=True, by_body=True))
            loops += [_Loop(statement, frozenset((number,)), outer=True, by_body=True) for number in _captured(view, statement) - older]
            for loop in loops:
                for found in _in_block(view, loop, statement.body, [], None) if loop is not None else ():
                    if found.place.start not in told:
                        told.add(found.place.start)
                        yield found


def _referred(view: View) -> frozenset[int]:
    """Return the locals that lie, as a whole or in part, where a reference to them is taken: `&v`, `&v.f`, `v[:]`."""
    found: set[int] = set()
    for function in view.functions:
        body = function.body or ()
        taken = [x.x for x in each(body, ir.Addr)] + [x.x for x in each(body, ir.SliceOf)]
        found.update(map(_root, taken))
    return frozenset(found - {-1})


def _captured(view: View, loop: ir.For | ir.Range) -> set[int]:
    """Return the locals from before a loop that its body gives other values, and that literals in it look at."""
    literals = [literal for number in view.family if number != view.number and loop.pos <= (literal := view.facts.functions[number]).pos < loop.end]
    older = {number for literal in literals for number in literal.captures if view.assignments[number] and view.variables[number].pos < loop.pos}
    return older - {number for literal in literals for number in _changed(literal)} if older else older


def _changed(literal: ir.Function) -> Iterator[int]:
    """Yield the locals that a literal assigns to, in whole or in part, or takes the address of."""
    for statement in each(literal.body or (), ir.Assign):
        yield from map(_root, statement.lhs)
    for x in each(literal.body or (), ir.Addr):
        yield _root(x.x)


def _root(x: ir.Expr) -> int:
    """Return the local that an operand is selected from, -1 if it is from none."""
    while isinstance(x, ir.Sel | ir.Index):
        x = x.base
    return x.id if isinstance(x, ir.Local) else -1


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
                    where = (target.pos, extent(value, view)[1])
                    if isinstance(target, ir.Index):
                        yield from _stored(view, loop, way, target.base, target.index, value, where)
                    elif isinstance(value, ir.Call) and view.typing.is_builtin(value.fun, "append"):
                        yield from _stored(view, loop, way, target, None, value, where)
            case ir.Do(ir.Call(_, [key, value]) as call):
                found = map_call(call, view)
                if found is not None and found.method in ("Store", "LoadOrStore", "Swap"):
                    yield from _stored(view, loop, way, found.base, key, value, (call.pos, call.end))
            case ir.If(_, _, then, orelse):
                yield from _in_block(view, loop, then, way, statement)
                yield from _in_block(view, loop, orelse, way, statement)
            case ir.Block(body) | ir.For(_, _, _, body) | ir.Range(_, _, _, _, body):
                yield from _in_block(view, loop, body, way, statement)
            case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases):
                for case in cases:
                    yield from _in_block(view, loop, case.body, way, statement)
            case ir.Select(clauses):
                for clause in clauses:
                    received = (clause.comm,) if clause.comm is not None else ()
                    yield from _in_block(view, loop, (*received, *clause.body), way, statement)


def _stored(
    view: View, loop: _Loop, way: list[_Level], base: ir.Expr, key: ir.Expr | None, value: ir.Expr, where: tuple[int, int]
) -> Iterator[LoopVariableStored]:
    found = _reference(value, loop, view) or (_reference(key, loop, view) if isinstance(key, ir.Addr) else None)
    if found is None or _declared_inside(base, loop, view) or _left(way, loop):
        return
    number, form = found
    into, over = "", loop.statement.over if isinstance(loop.statement, ir.Range) else None
    if not _is_map(base, view):
        # A slice of references to the keys or values of a map: what was to be a list of its entries holds one of them many times.
        if loop.by_body or over is None or view.package.resolver.map(view.typing.of(over)) is None or not (key is None or _is_slice(base, view)):
            return
        into, base = spell(base, view.variables), over
    if loop.by_body and (key is None or form == "method" or not _is_renewed(view, loop, way, number, key)):
        return
    if loop.by_body and _is_emptied(base, loop, view):
        return
    yield LoopVariableStored(
        place=Place(view.path, *where),
        function=view.name,
        package=view.package.scope.path,
        map=spell(base, view.variables),
        owner=qualified(view, base),
        into=into,
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


def _is_slice(base: ir.Expr, view: View) -> bool:
    return isinstance(view.package.resolver.underlying(view.typing.of(base)), model.Slice)


def _declared_inside(base: ir.Expr, loop: _Loop, view: View) -> bool:
    """Tell whether the map is made anew in each turn."""
    path = view.paths.of(base)  # `m := index; m[k] = &v` is no other map
    if path is None:
        return _inside(_root(base), loop, view)
    return path[0][0] == "l" and _inside(int(path[0][1:]), loop, view)


def _inside(number: int, loop: _Loop, view: View) -> bool:
    """Tell whether a loop declares a local variable in its body or head."""
    return number >= 0 and loop.statement.pos <= view.variables[number].pos < loop.statement.end


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
        case ir.Call(ir.Name("append") as fun, [_, *rest], spread=False) if view.typing.is_builtin(fun, "append"):
            parts = rest  # of `append(xs, v[:]...)`, the elements are copied
        case ir.Call(fun, [operand]) if view.typing.as_type(fun) is not None and not _is_copied(x, view):
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


def _is_copied(x: ir.Expr, view: View) -> bool:
    """Tell whether a conversion makes a value that shares nothing: a text, or an array."""
    below = view.package.resolver.underlying(view.typing.of(x))
    return below == model.STRING or isinstance(below, model.Array)


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


# --- what the body does to the variable ---


def _is_renewed(view: View, loop: _Loop, way: list[_Level], number: int, key: ir.Expr) -> bool:
    """Tell whether each turn gives a variable from outside another value before it stores a reference to it, under another key."""
    parts = [part.id for x in _sources(view, key) for part in subexpressions(x) if isinstance(part, ir.Local)]
    keyed = number in parts
    before: list[ir.Stmt] = []
    for level in way:
        if isinstance(level.owner, ir.If):
            before.append(level.owner)
        before += level.block[: level.index]
    if not any(_renews(view, statement, number, keyed=keyed) or _sets_a_part(view, loop, statement, number) for statement in before):
        return False
    # The key is another one in each turn as well: the variable itself, one of the turn, or one that the body renews likewise.
    return keyed or any(_inside(part, loop, view) or any(_renews(view, statement, part, keyed=False) for statement in before) for part in parts)


def _sets_a_part(view: View, loop: _Loop, statement: ir.Stmt, number: int) -> bool:
    """Tell whether a statement gives a field or element of a variable what the turn has brought: `v.name = name`, `buf[0] = byte(n)`."""
    if isinstance(statement, ir.For | ir.Range):
        return any(_sets_a_part(view, loop, inner, number) for inner in statement.body)
    if not isinstance(statement, ir.Assign) or statement.op != "=":
        return False
    return any(
        isinstance(target, ir.Sel | ir.Index)
        and isinstance(target.base, ir.Local)
        and target.base.id == number
        and isinstance(view.package.resolver.underlying(view.typing.local(number)), model.Struct | model.Array)
        and any(isinstance(part, ir.Local) and _inside(part.id, loop, view) for part in subexpressions(value))
        for target, value in paired(statement)
    )


def _sources(view: View, key: ir.Expr) -> Iterator[ir.Expr]:
    """Yield a key, and what a local that it is made of is defined as."""
    yield key
    for part in subexpressions(key):
        definition = view.typing.definitions.get(part.id) if isinstance(part, ir.Local) else None
        if isinstance(definition, FromValue):
            yield definition.value


def _renews(view: View, statement: ir.Stmt, number: int, *, keyed: bool) -> bool:
    """Tell whether a statement gives a variable another value. Where it is its own key (`keyed`), any write tells that it changes."""
    if isinstance(statement, ir.If):
        return (statement.init is not None and _renews(view, statement.init, number, keyed=keyed)) or _fills(view, statement.cond, number, keyed)
    if isinstance(statement, ir.Assign):
        for index, target in enumerate(statement.lhs):
            if isinstance(target, ir.Local) and target.id == number and statement.op == "=":
                value = statement.rhs[index] if len(statement.lhs) == len(statement.rhs) else statement.rhs[0]
                if not _mentions(value, number):
                    return True
            elif keyed and isinstance(target, ir.Sel | ir.Index) and _mentions(target.base, number):
                return True
    return any(_fills(view, x, number, keyed) for x in operands(statement)) and not isinstance(statement, ir.For | ir.Range)


def _fills(view: View, x: ir.Expr, number: int, keyed: bool) -> bool:
    """Tell whether an expression hands a variable to what writes to it: `dec.Decode(&v)`, `io.ReadFull(r, v[:])`, `copy(v[:], b)`."""
    for part in subexpressions(x):
        if not isinstance(part, ir.Call):
            continue
        name = part.fun.name if isinstance(part.fun, ir.Sel | ir.Name) else ""
        if view.typing.is_builtin(part.fun, "copy"):
            if isinstance(part.args[0], ir.SliceOf) and _mentions(part.args[0].x, number):
                return True
        elif refills(view, part, number) or (
            (keyed or _READING.search(name)) and any(isinstance(arg, ir.Addr | ir.SliceOf) and _root(arg.x) == number for arg in part.args)
        ):
            return True
    return False


def _mentions(x: ir.Expr, number: int) -> bool:
    return any(isinstance(part, ir.Local) and part.id == number for part in subexpressions(x))


def _is_emptied(base: ir.Expr, loop: _Loop, view: View) -> bool:
    """Tell whether the loop replaces the map, or deletes from it: then an entry need not outlive its turn."""
    path = view.paths.raw(base)
    for statement in statements(loop.statement.body):
        match statement:
            case ir.Assign("=", lhs, _) if any(not isinstance(target, ir.Index) and view.paths.raw(target) == path for target in lhs):
                return True
            case ir.Do(ir.Call(ir.Name("delete" | "clear"), [operand, *_])) if view.paths.raw(operand) == path:
                return True
    return False


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
