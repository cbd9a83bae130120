"""Single statements that misuse a `sync.Map`: assigning over it, comparing what cannot be compared, storing other keys while ranging over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.callees import Callee, callee, held_literal
from golint_maps.flow.hashable import incomparable_part
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.paths import Path
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps, is_constructor, is_fresh, owner_of, place_of, range_call, spelled_map, stands_for
from golint_maps.flow.syncmap_stores import identity, stores
from golint_maps.flow.traverse import each, paired, selected_from, statements
from golint_maps.flow.view import View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type
from golint_maps.types.model import spell as spell_type


class SyncMapReassigned(Site, frozen=True, tag="sync-map-reassigned"):
    """A fresh `sync.Map` is assigned over one that others may be using. `go` is the language version of the file.

    `identity` is the map's program-wide name, `id` the function or literal.
    """

    go: tuple[int, int]
    identity: str = ""
    id: str = ""


class SyncMapComparison(Site, frozen=True, tag="sync-map-comparison"):
    """A compare-and-… call whose old value cannot be compared. `type` is its type, `part` the slice, map or function in it (or itself).

    `side` tells how that is known: `old` (the argument's own type), `new` or `stored` (the old value is an interface, and values of that type are
    what the call, or the package, puts in).
    """

    method: str
    type: str
    part: str
    side: str


class SyncMapRangeStore(Site, frozen=True, tag="sync-map-range-store"):
    """Another key than the current one is stored inside of Range on the same map. `loop` is the call of Range."""

    key: str
    method: str
    loop: Place


# --- assignments ---


def reassignments(view: View, maps: SyncMaps) -> Iterator[SyncMapReassigned]:
    """Yield assignments of fresh `sync.Map`s, outside of what makes the object that holds the map. Tests reset maps while nothing else runs."""
    if view.path.endswith("_test.go"):
        return
    for number in view.family:
        function = view.facts.functions[number]
        root = view.root
        for statement in statements(function.body or ()):
            if not isinstance(statement, ir.Assign) or statement.op != "=":
                continue
            for target, value in paired(statement):
                if not _is_empty_map(value, view) or view.typing.of(target) != model.SYNC_MAP:
                    continue
                if is_constructor(root.name) or root.name == "var·" or _own(target, number, view, maps):
                    continue
                yield SyncMapReassigned(
                    place=Place(view.path, extent(target, view)[0], extent(value, view)[1]),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(target, view.variables),
                    owner=qualified(view, target),
                    go=view.go,
                    identity=Names(view).identity(target),
                    id=function_id(view, number),
                )


def _is_empty_map(value: ir.Expr, view: View) -> bool:
    match value:
        case ir.Lit(_, []):
            return view.typing.of(value) == model.SYNC_MAP
        case ir.Deref(ir.Call(ir.Name("new"))) | ir.Deref(ir.Addr(ir.Lit(_, []))):
            return True
    return False


def _own(target: ir.Expr, number: int, view: View, maps: SyncMaps) -> bool:
    """Tell whether the target belongs to an object that this function has made and nobody else has yet."""
    root = selected_from(target)
    if not isinstance(root, ir.Local):
        return False
    if view.variables[root.id].function != number:
        return False
    return is_fresh(root.id, view) and (target is not root or root.id not in maps.captured)


# --- comparisons ---


def comparisons(maps: SyncMaps) -> Iterator[SyncMapComparison]:
    """Yield the calls of CompareAndSwap and CompareAndDelete that panic when they find the key."""
    view = maps.view
    for _, call in maps.calls:
        if call.method not in ("CompareAndSwap", "CompareAndDelete") or len(call.call.args) < 2:
            continue
        found = _incomparable(call, maps)
        if found is not None:
            side, kind, part = found
            yield SyncMapComparison(
                place=place_of(call.call, view),
                function=view.name,
                package=view.package.scope.path,
                map=spelled_map(call, view),
                owner=owner_of(call, view),
                method=call.method,
                type=spell_type(kind),
                part=spell_type(part),
                side=side,
            )


def _incomparable(call: MapCall, maps: SyncMaps) -> tuple[str, Type, Type] | None:
    view = maps.view
    resolver = view.package.resolver
    given = call.call.args[1]
    while isinstance(given, ir.Call) and len(given.args) == 1 and isinstance(resolver.underlying(view.typing.as_type(given.fun)), model.Interface):
        given = given.args[0]  # `any(list)` holds a list
    old = view.typing.of(given)
    part = incomparable_part(old, resolver)
    if part is not None and old is not None:
        return "old", old, part
    if not isinstance(resolver.underlying(old), model.Interface) or not _from_same_map(call, maps):
        return None
    if call.method == "CompareAndSwap" and len(call.call.args) == 3:
        new = view.typing.of(call.call.args[2])
        part = incomparable_part(new, resolver)
        if part is not None and new is not None:
            return "new", new, part
    name = identity(view, call.base) if not call.embedded else ""
    stored = stores(view.package).get(name) if name else None
    if stored is not None and stored.complete and stored.types:
        parts = [(kind, part) for kind in sorted(stored.types, key=spell_type) if (part := incomparable_part(kind, resolver)) is not None]
        if len(parts) == len(stored.types):
            return "stored", *parts[0]
    return None


def _from_same_map(call: MapCall, maps: SyncMaps) -> bool:
    """Tell whether the old value was got out of the map that it is compared in."""
    old = call.call.args[1]
    if not isinstance(old, ir.Local) or call.path is None:
        return False
    definition = maps.view.typing.definitions.get(old.id)
    for _, other in maps.calls:
        if other.path != call.path:
            continue
        if isinstance(definition, FromValue) and definition.index == 0 and definition.value is other.call:
            return True
        if other.method == "Range" and old.id in _parameters(other, maps.view)[1:]:
            return True
    return False


def _parameters(call: MapCall, view: View) -> list[int]:
    """Return the parameters of the literal that is passed to Range."""
    literal = _callback(call, view)
    return [] if literal is None else list(view.facts.functions[literal].params)


def _callback(call: MapCall, view: View) -> int | None:
    argument = call.call.args[0] if call.call.args else None
    if isinstance(argument, ir.Local) and not view.assignments[argument.id]:
        definition = view.typing.definitions.get(argument.id)
        argument = definition.value if isinstance(definition, FromValue) and definition.count == 1 else None
    return argument.function if isinstance(argument, ir.FuncLit) else None


# --- ranges ---


_DEEPEST: Final = 4
"""How many literals a key is followed out of."""


@dataclass(frozen=True, slots=True)
class _Turns:
    """A loop over a `sync.Map`: the function or literal that Range calls, or the body of `for key, value := range m.Range`."""

    call: MapCall
    maps: SyncMaps
    """What the function around the body does to such maps."""
    path: Path
    """The map of the loop as that function knows it."""
    function: int
    """The function or literal in which the body's statements stand."""
    start: int
    end: int
    key: int
    last: list[tuple[int, int]]
    """The stretches after which the loop ends."""


def range_stores(maps: SyncMaps) -> Iterator[SyncMapRangeStore]:
    """Yield what is stored under other keys inside of Range, unless the loop ends right away."""
    view = maps.view
    for turns in (*_callbacks(maps), *_named_callbacks(maps), *_range_clauses(maps)):
        inside = turns.maps.view
        run: dict[int, list[ir.Call]] | None = None
        for number, call in turns.maps.calls:
            if call.path != turns.path or call.method not in ("Store", "LoadOrStore", "Swap") or call.key is None:
                continue
            if number == turns.function:
                if not _goes_on(turns, call.pos):
                    continue
            else:
                run = _literals_run(turns) if run is None else run
                if number not in run:
                    continue
            if turns.key >= 0 and _is_own(call.key, number, turns.key, run or {}, inside):
                continue
            yield SyncMapRangeStore(
                place=place_of(call.call, inside),
                function=inside.name,
                package=view.package.scope.path,
                map=spelled_map(call, inside),
                owner=owner_of(call, inside),
                key=spell(call.key, inside.variables, 40),
                method=call.method,
                loop=place_of(turns.call.call, view),
            )


def _goes_on(turns: _Turns, pos: int) -> bool:
    """Tell whether a place is in the body of a loop, and the loop may go on after it."""
    return turns.start <= pos < turns.end and not any(start <= pos < end for start, end in turns.last)


def _literals_run(turns: _Turns) -> dict[int, list[ir.Call]]:
    """Return the function literals that a turn runs, in place or by the name of a local, with the calls; what it starts goes its own way."""
    view = turns.maps.view
    found: dict[int, list[ir.Call]] = {}
    todo = [turns.function]
    while todo:
        number = todo.pop()
        body = view.facts.functions[number].body or ()
        started = {id(statement.call) for statement in each(body, ir.Go)}
        for call in each(body, ir.Call):
            if id(call) in started or (number == turns.function and not _goes_on(turns, call.pos)):
                continue
            literal = call.fun.function if isinstance(call.fun, ir.FuncLit) else None
            if isinstance(call.fun, ir.Local):
                literal = held_literal(view, call.fun.id)
            if literal is None or literal == turns.function:
                continue
            if literal not in found:
                todo.append(literal)
            found.setdefault(literal, []).append(call)
    return found


def _is_own(key: ir.Expr, number: int, own: int, run: Mapping[int, Sequence[ir.Call]], view: View, depth: int = 0) -> bool:
    """Tell whether a key is the loop's own, also where a literal gets it as an argument each time that it is called."""
    local = stands_for(key, view)
    params = view.facts.functions[number].params
    if local == own or local is None or local not in params or number not in run or depth > _DEEPEST:
        return local == own
    index = params.index(local)
    return all(
        index < len(call.args) and any(_is_own(call.args[index], at, own, run, view, depth + 1) for at in (number, *run)) for call in run[number]
    )


def _callbacks(maps: SyncMaps) -> Iterator[_Turns]:
    view = maps.view
    for _, loop in maps.calls:
        literal = _callback(loop, view) if loop.method == "Range" else None
        if literal is not None and loop.path is not None:
            function = view.facts.functions[literal]
            key = function.params[0] if function.params else -1
            yield _Turns(loop, maps, loop.path, literal, function.pos, function.end, key, _last_turns(function.body or (), _says_false))


def _named_callbacks(maps: SyncMaps) -> Iterator[_Turns]:
    """Yield the turns that a function or method of the package is called for: `g.nodes.Range(g.visit)`."""
    view = maps.view
    for _, loop in maps.calls:
        if loop.method != "Range" or loop.path is None or not loop.call.args or _callback(loop, view) is not None:
            continue
        found = callee(view, ir.Call(loop.call.args[0], [], loop.pos, loop.pos))
        path = _inside(found, loop.path, view) if found is not None else None
        if found is not None and found.declared is not None and path is not None:
            function = found.declared.node
            key = function.params[0] if function.params else -1
            body = function.body or ()
            inside = SyncMaps(function_view(view.package, found.declared))
            yield _Turns(loop, inside, path, function.root, function.pos, function.end, key, _last_turns(body, _says_false))


def _inside(found: Callee, path: Path, view: View) -> Path | None:
    """Return what the access path of a map is in a function that gets no more than a receiver, or None where it does not know the map."""
    if path[0][0] == "g":
        return path
    receiver = view.paths.of(found.receiver) if found.receiver is not None else None
    if found.declared is None or receiver is None or found.declared.node.receiver < 0:
        return None
    receiver += found.embedded
    return (f"l{found.declared.node.receiver}", *path[len(receiver) :]) if path[: len(receiver)] == receiver else None


def _range_clauses(maps: SyncMaps) -> Iterator[_Turns]:
    view = maps.view
    if not any(call.method in ("Store", "LoadOrStore", "Swap") for _, call in maps.calls):
        return
    for number in view.family:
        for loop in each(view.facts.functions[number].body or (), ir.Range):
            found = range_call(loop, view)
            if found is not None and found.path is not None:
                key = loop.key.id if isinstance(loop.key, ir.Local) else -1
                yield _Turns(found, maps, found.path, number, loop.pos, loop.end, key, _last_turns(loop.body, _leaves))


def _says_false(statement: ir.Stmt, _: bool) -> bool:
    match statement:
        case ir.Return([ir.Name("false"), *_]):
            return True
    return False


def _leaves(statement: ir.Stmt, nested: bool) -> bool:
    match statement:
        case ir.Return():
            return True
        case ir.Branch("break", label):
            return bool(label) or not nested
    return False


def _last_turns(body: Sequence[ir.Stmt], ends: Callable[[ir.Stmt, bool], bool]) -> list[tuple[int, int]]:
    """Return the stretches of a loop's body that lead straight to a statement which ends the loop.

    `ends` is also told whether the statement stands in another loop, switch or select, which a plain `break` would leave.
    """
    found = []
    todo: list[tuple[Sequence[ir.Stmt], bool]] = [(body, False)]
    while todo:
        block, nested = todo.pop()
        start: int | None = None
        for statement in block:
            if isinstance(statement, ir.Assign | ir.Declare | ir.Do):
                pos = statement.x.pos if isinstance(statement, ir.Do) else statement.pos
                start = pos if start is None else start
            else:
                if isinstance(statement, ir.Return | ir.Branch) and ends(statement, nested) and start is not None:
                    found.append((start, statement.pos))
                start = None
            match statement:
                case ir.If(_, _, then, orelse):
                    todo += [(then, nested), (orelse, nested)]
                case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
                    todo += [(case.body, True) for case in cases]
                case ir.For() | ir.Range():
                    todo.append((statement.body, True))
                case ir.Block(inner):
                    todo.append((inner, nested))
    return found
