"""Where maps that outlive a call get entries, and where they lose them: the input of the whole-program judgement on maps that only grow.

An insert is no growth when the entry is known to be there, or when it happens at most once for its map. What a constructor does to the object
that it makes, and what initialisers and tests do, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from golint_maps.flow import half_releases
from golint_maps.flow.entries import EntryFlow, Knowledge
from golint_maps.flow.events import CONSTANT, FunctionSummary, MapAccess, Path, Position
from golint_maps.flow.first_time import first_time
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.key_words import hint
from golint_maps.flow.keyspace import FREE, few, is_closed, is_pool_by_size
from golint_maps.flow.known_calls import logs
from golint_maps.flow.maps import extent
from golint_maps.flow.pointers import holds_pointers
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell, spell_type
from golint_maps.flow.structure import Structure, end_of, start_of
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps, is_constructor, owner_of, place_of, spelled_map
from golint_maps.flow.syncmap_uses import SyncMapReassigned
from golint_maps.flow.traverse import each, expressions, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.model import Type

INSERTS = frozenset(("insert", "update", "copy"))
_SYNC_INSERTS = frozenset(("Store", "LoadOrStore", "Swap"))
_SYNC_DELETES = frozenset(("Delete", "LoadAndDelete", "CompareAndDelete", "Clear"))
_INITIALISES = re.compile(r"(?:[iI]nit(?:iali[sz]e)?|[sS]et[uU]p)(?![a-z])")
"""Names of methods that get their own object ready."""


class MapGrowth(Site, frozen=True, kw_only=True, tag="map-growth"):
    """An insert that may add an entry. `identity` is the map's program-wide name, `id` the function or literal.

    `origin` is that of the key (see `keyspace`), `key` the key as written and `form` its text (see `Paths.key`). `once` tells that it happens
    at most once for its map, or where a constructor has the object to itself.
    """

    identity: str
    id: str
    path: Path
    at: Position
    key: str
    form: str
    origin: int
    value: str
    pointers: bool
    sync: bool = False
    once: bool = False
    scanned: bool = False
    """The keys hold no pointers and the values are some: the collector looks at the whole table for the values alone."""
    fixed: bool = False
    """In a literal: the key is the same at each call of it, made of variables of the function around it."""
    private: bool = False
    """The function alone has the map, for as long as it waits for events, and does nothing to it but adding, looking up and going over it."""
    made_from: str = ""
    """Name of the parameter that the key is another form of (`strings.ToLower(name)`); empty when it is none."""
    hint: str = ""
    """What the text says of the number of keys without showing it (see `key_words.hint`)."""


class MapRelease(Site, frozen=True, kw_only=True, tag="map-release"):
    """A statement after which the map has fewer entries, or is another one.

    `form` is delete, clear, remake or owner (what holds the map is replaced). `over` is the identity of the other map whose loop the delete
    stands in, if its key comes from there: the loop's key, or a `part` of the value. `all`: nothing is left afterwards, whenever the function
    comes there.
    """

    identity: str
    id: str
    form: str
    at: Position
    key: str = ""
    over: str = ""
    part: bool = False
    all: bool = False
    variable: str = ""
    """Name of the parameter that is the key."""


class MapBound(Site, frozen=True, kw_only=True, tag="map-bound"):
    """The length of a map is compared with a limit."""

    identity: str
    id: str


GrowthFact = MapGrowth | MapRelease | MapBound | half_releases.HalfRelease


def analyse(view: View, summaries: Sequence[FunctionSummary]) -> Iterator[GrowthFact]:
    """Yield what a function and its literals do to the sizes of maps that others have, given their summaries."""
    if view.root.name == "var·" or view.path.endswith("_test.go"):
        return
    for number, summary in zip(view.family, summaries, strict=True):
        inserts = [access for access in summary.accesses if access.op in INSERTS and not access.owned and _shared(access)]
        if inserts and not (view.root.name == "init" and view.root.receiver_type is None):
            yield from _growths(view, summary, number, inserts)
        for access in summary.accesses:
            if not access.owned and access.op in ("delete", "clear", "assign"):
                yield from _release(view, summary.id, number, access)
        if any(access.op == "len" and not access.owned for access in summary.accesses):
            yield from _bounds(view, summary, number)
        yield from _elements(view, summary, number)
        yield from half_releases.analyse(view, summary, number)


def _shared(access: MapAccess) -> bool:
    """Tell whether a map can outlive the call: a variable, a field, what a literal captures, or what a caller passes."""
    return access.identity[:1] in "gfl"


# --- inserts ---


def _growths(view: View, summary: FunctionSummary, number: int, inserts: Sequence[MapAccess]) -> Iterator[MapGrowth]:
    function = view.facts.functions[number]
    targets = _targets(view, function)
    read = {access.path for access in summary.accesses if access.op in ("read", "range")}
    present = updated(view, function) if any(access.path in read for access in inserts) else frozenset()
    regions = first_time(view, function)
    for access in inserts:
        start = access.place.start
        if start in present:
            continue
        base, key = targets.get(start, (None, None))
        found = view.package.resolver.map(view.typing.of(base)) if base is not None else None
        kind, value = (found.key, found.value) if found is not None else (None, None)
        if key is not None and _is_one_of_the_cases(view, function, start, key):
            continue
        if is_closed(kind, view.package.resolver) and (key is None or few(view, key, kind) == CONSTANT):
            continue
        if is_pool_by_size(kind, value, view.package.resolver):
            continue
        once = any(lock.at_most_once for lock in access.locks)
        once = once or any(low <= start < high and flag in (None, access.path) for low, high, flag in regions)
        yield MapGrowth(
            place=access.place,
            function=access.function,
            package=access.package,
            map=access.map,
            owner=access.owner,
            identity=access.identity,
            id=summary.id,
            path=access.path,
            at=access.at,
            key=spell(key, view.variables, 40) if key is not None else "",
            form=access.key,
            origin=few(view, key, kind) if key is not None and not _hands_itself_over(view, function, start) else FREE,
            value=spell_type(value),
            pointers=holds_pointers(value, view.package.resolver) is not False,
            once=once,
            scanned=isinstance(value, model.Pointer) and holds_pointers(kind, view.package.resolver) is False,
            made_from=_made_from(view, key) if key is not None else "",
            fixed=key is not None and _is_fixed(view, function, number, key),
            hint=hint(view, key, kind, value) if key is not None else "",
        )


def _is_one_of_the_cases(view: View, function: ir.Function, start: int, key: ir.Expr) -> bool:
    """Tell whether a `switch` on the key lets only those through that are written in its cases."""
    for switch in each(function.body or (), ir.Switch):
        if switch.subject is None or not switch.pos <= start < switch.end or view.paths.key(switch.subject) != view.paths.key(key):
            continue
        for case in switch.cases:
            if not case.default and case.body and start_of(case.body[0]) <= start < end_of(case.body[-1]):
                return all(few(view, value, None) == CONSTANT for value in case.values)
    return False


def _hands_itself_over(view: View, function: ir.Function, start: int) -> bool:
    """Tell whether the value that is stored is the receiver: each object adds itself, under a key of its own."""
    for statement in statements(function.body or ()):
        match statement:
            case ir.Assign(_, [ir.Index(_, _, pos)], [ir.Local(number)]) if pos == start:
                return number == view.root.receiver
    return False


def _is_fixed(view: View, function: ir.Function, number: int, key: ir.Expr) -> bool:
    if function.parent < 0 or not isinstance(key, ir.Local) or view.assignments[key.id]:
        return False
    return view.variables[key.id].function != number


def _targets(view: View, function: ir.Function) -> dict[int, tuple[ir.Expr, ir.Expr | None]]:
    """Return (map, key) of each insert of a body, by position."""
    found: dict[int, tuple[ir.Expr, ir.Expr | None]] = {}
    for statement in statements(function.body or ()):
        match statement:
            case ir.Assign(_, lhs):
                found |= {x.pos: (x.base, x.index) for x in lhs if isinstance(x, ir.Index)}
            case ir.Range(key, value, False):
                found |= {x.pos: (x.base, x.index) for x in (key, value) if isinstance(x, ir.Index)}
            case ir.Do(ir.Call(ir.Sel(), [target, *_]) as call):
                found[call.pos] = target, None
    return found


class _Updates(EntryFlow):
    """Finds the stores whose key is surely there already."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.stores: set[int] = set()
        self.fresh: set[int] = set()

    def is_replaced(self, path: Path, state: Knowledge) -> bool:
        return False  # a map that is made on the way (`if c.m == nil { c.m = make(…) }`) still grows

    def _store(self, target: ir.Expr, statement: ir.Assign, state: Knowledge) -> None:
        if isinstance(target, ir.Index):
            path = self.view.paths.of(target.base)
            if path is not None and (path, self.key_text(target.index)) in state.present:
                self.stores.add(target.pos)
            else:
                self.fresh.add(target.pos)
        super()._store(target, statement, state)


def updated(view: View, function: ir.Function) -> frozenset[int]:
    """Return where entries are stored to that are surely there: an update is no growth."""
    flow = _Updates(view)
    flow.run(function.body or (), Knowledge())
    return frozenset(flow.stores - flow.fresh)


# --- releases ---


def _release(view: View, id: str, number: int, access: MapAccess) -> Iterator[MapRelease]:
    form = access.op
    over, part, variable = "", False, ""
    everything = not any(branch > 0 for branch in access.at.nest)
    if form == "assign":
        if _sets_up(view) or view.root.name == "init" or _lazily(view, number, access):
            return
        form = "remake"
    elif form == "delete":
        key = _deleted_key(view, number, access)
        if key is not None:
            over, part = _source(view, key, access)
            variable = _parameter(view, key)
        everything = everything and (_one_by_one(view, number, access) or _whatever(view, number, access))
    yield MapRelease(
        place=access.place,
        function=access.function,
        package=access.package,
        map=access.map,
        owner=access.owner,
        identity=access.identity,
        id=id,
        form=form,
        at=access.at,
        key=access.key,
        over=over,
        part=part,
        all=everything,
        variable=variable,
    )


def _is_gone_over(view: View, x: ir.Index) -> bool:
    """Tell whether the index of an element is the key of a loop over the same map."""
    definition = view.typing.definitions.get(x.index.id) if isinstance(x.index, ir.Local) else None
    return isinstance(definition, FromRange) and definition.index == 0 and view.paths.key(definition.over) == view.paths.key(x.base)


def _sets_up(view: View) -> bool:
    """Tell whether a function makes or initialises what it assigns to; a method that creates something else has its object from before."""
    root = view.root
    return _INITIALISES.match(root.name) is not None if root.receiver_type is not None else is_constructor(root.name)


def _elements(view: View, summary: FunctionSummary, number: int) -> Iterator[MapRelease]:
    """Yield where an element of a list gets another map, or each element of a map: `shards[i] = make(…)`, `byType[t] = filtered(found)`."""
    names: Names | None = None
    for statement in statements(view.facts.functions[number].body or ()):
        if statement.__class__ is not ir.Assign or _sets_up(view):
            continue
        for target in statement.lhs:
            if not isinstance(target, ir.Index) or not isinstance(target.base, ir.Sel | ir.Name):
                continue
            resolver = view.package.resolver
            if resolver.map(view.typing.of(target)) is None:
                continue
            if resolver.map(view.typing.of(target.base)) is not None and not _is_gone_over(view, target):
                continue
            names = names or Names(view)
            yield MapRelease(
                place=Place(view.path, target.pos, target.end),
                function=view.name,
                package=view.package.scope.path,
                map=spell(target, view.variables),
                identity=names.identity(target),
                id=summary.id,
                form="remake",
                at=Position(target.pos, ()),
            )


def _lazily(view: View, number: int, access: MapAccess) -> bool:
    """Tell whether a map is made because there is none: that takes nothing away."""
    function = view.facts.functions[number]
    return any(low <= access.place.start < high and flag in (None, access.path) for low, high, flag in first_time(view, function))


def _one_by_one(view: View, number: int, access: MapAccess) -> bool:
    """Tell whether a loop over the same map deletes what it comes by in each turn, to the end."""
    for loop in each(view.facts.functions[number].body or (), ir.Range):
        if loop.pos <= access.place.start < loop.end and isinstance(loop.key, ir.Local) and Names(view).path(loop.over) == access.path:
            return _each_turn(view, loop.body, loop.key.id, access.place.start)
    return False


def _whatever(view: View, number: int, access: MapAccess) -> bool:
    """Tell whether a function for deletes is told to delete what it comes by: `maps.DeleteFunc(m, func(K, V) bool { return true })`."""
    for call in each(view.facts.functions[number].body or (), ir.Call):
        match call:
            case ir.Call(ir.Sel(_, "DeleteFunc"), [_, ir.FuncLit(literal)], pos) if pos == access.place.start:
                given = [inner.values for inner in statements(view.facts.functions[literal].body or ()) if isinstance(inner, ir.Return)]
                return all(len(values) == 1 and isinstance(values[0], ir.Name) and values[0].name == "true" for values in given)
    return False


def _each_turn(view: View, body: Sequence[ir.Stmt], key: int, start: int) -> bool:
    """Tell whether the body of a loop deletes the loop's own key at `start` in each turn, and no turn is the last one before its time."""
    if each(body, ir.Return) or any(branch.kind != "continue" or branch.pos < start for branch in each(body, ir.Branch)):
        return False
    deletes = (call for call in each(body, ir.Call) if call.pos == start and len(call.args) == 2)
    return any(view.paths.key(call.args[1]) == f"l{key}" for call in deletes)


def _deleted_key(view: View, number: int, access: MapAccess) -> ir.Expr | None:
    for statement in statements(view.facts.functions[number].body or ()):
        if isinstance(statement, ir.Do) and statement.x.pos == access.place.start and isinstance(statement.x, ir.Call) and len(statement.x.args) == 2:
            return statement.x.args[1]
    return None


def _parameter(view: View, key: ir.Expr) -> str:
    """Return the name of the parameter that a key is, if nobody assigns to it."""
    if isinstance(key, ir.Local) and view.variables[key.id].kind == "param" and not view.assignments[key.id]:
        return view.variables[key.id].name
    return ""


def _made_from(view: View, key: ir.Expr) -> str:
    """Return the name of the parameter that a key is another form of: a text that a function, or constants before and behind, make from it alone.

    Numbers are made coarser (`v / 10`) by who deletes what they have become, and of two texts in one key (`host + name`) none is the key.
    """
    definition = view.typing.definitions.get(key.id) if isinstance(key, ir.Local) and not view.assignments[key.id] else None
    made = definition.value if isinstance(definition, FromValue) and definition.count == 1 else key
    if not isinstance(made, ir.Call | ir.Binary) or (isinstance(made, ir.Call) and view.typing.as_type(made.fun) is not None):
        return ""
    if isinstance(made, ir.Call) and half_releases.gives_another(made.fun):
        return ""
    kind = view.typing.of(key)
    if view.package.resolver.underlying(kind) != model.STRING:
        return ""
    variables = {x.id if isinstance(x, ir.Local) else -1 for x in _ingredients(made) if not isinstance(x, ir.Const) and not _is_constant(view, x)}
    if len(variables) != 1 or -1 in variables:
        return ""
    (number,) = variables
    return view.variables[number].name if view.typing.local(number) == kind and view.variables[number].kind == "param" else ""


def _ingredients(x: ir.Expr) -> Iterator[ir.Expr]:
    """Yield what calls and operators make an expression from."""
    for operand in x.args if isinstance(x, ir.Call) else (x.left, x.right) if isinstance(x, ir.Binary) else ():
        yield from _ingredients(operand) if isinstance(operand, ir.Call | ir.Binary) else (operand,)


def _is_constant(view: View, x: ir.Expr) -> bool:
    return isinstance(x, ir.Name) and x.name in view.package.scope.constants


def _source(view: View, key: ir.Expr, access: MapAccess) -> tuple[str, bool]:
    """Return the other map whose entries say what is deleted, and whether the key is a part of its values."""
    part = isinstance(key, ir.Sel | ir.Deref)
    while isinstance(key, ir.Sel | ir.Deref):
        key = key.base if isinstance(key, ir.Sel) else key.x
    if not isinstance(key, ir.Local) or view.assignments[key.id]:
        return "", False
    definition = view.typing.definitions.get(key.id)
    over = definition.over if isinstance(definition, FromRange) else None
    if isinstance(definition, FromValue) and isinstance(definition.value, ir.Index):
        over = definition.value.base
    if over is None or view.package.resolver.map(view.typing.of(over)) is None:
        return "", False
    identity = Names(view).identity(over)
    return (identity, part or not (isinstance(definition, FromRange) and definition.index == 0)) if identity != access.identity else ("", False)


# --- limits ---


def _bounds(view: View, summary: FunctionSummary, number: int) -> Iterator[MapBound]:
    lengths = {access.place.start: access for access in summary.accesses if access.op == "len"}
    body = view.facts.functions[number].body or ()
    told = [branch.cond for branch in each(body, ir.If) if not branch.orelse and _only_tells(view, branch.then)]
    conditions = {id(x) for condition in told for x in subexpressions(condition)}
    for x in expressions(body):
        if isinstance(x, ir.Binary) and id(x) not in conditions and x.op in ("<", "<=", ">", ">=", "==", "!="):
            for side, other in ((x.left, x.right), (x.right, x.left)):
                found = _length(view, side, lengths)
                if found is not None and _is_limit(x.op, other):
                    yield MapBound(
                        place=found.place, function=found.function, package=found.package, map=found.map, identity=found.identity, id=summary.id
                    )


def _only_tells(view: View, body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a body only says that a map is large: `log.Printf("%d sessions", len(m))`."""
    inside = [statement for statement in statements(body) if not isinstance(statement, ir.Block)]
    calls = [statement.x for statement in inside if isinstance(statement, ir.Do) and isinstance(statement.x, ir.Call)]
    told = [call for call in calls if logs(view, call)]
    return bool(told) and len(calls) == len(inside) and all(call in told or _prints(call) for call in calls)


def _prints(call: ir.Call) -> bool:
    return isinstance(call.fun, ir.Name) and call.fun.name in ("print", "println")


def _length(view: View, x: ir.Expr, lengths: dict[int, MapAccess]) -> MapAccess | None:
    match x:
        case ir.Call(_, _, pos) if pos in lengths:
            return lengths[pos]
        case ir.Call(fun, [operand]) if view.typing.as_type(fun) is not None:
            return _length(view, operand, lengths)
        case ir.Local(number) if not view.assignments[number]:
            definition = view.typing.definitions.get(number)
            if isinstance(definition, FromValue) and definition.count == 1:
                return _length(view, definition.value, lengths)
        case ir.Binary("+", left, right):
            return _length(view, left, lengths) or _length(view, right, lengths)
    return None


def _is_limit(op: str, other: ir.Expr) -> bool:
    """Tell whether a comparison keeps a map from growing on: not that with zero or one, and equality only with what is no small number."""
    if isinstance(other, ir.Const):
        return other.text not in ("0", "1") and (op not in ("==", "!=") or len(other.text) > 1)
    return not (isinstance(other, ir.Call) and isinstance(other.fun, ir.Name) and other.fun.name == "len" and op in ("==", "!="))


# --- sync.Map ---


def sync_growth(maps: SyncMaps) -> Iterator[GrowthFact]:
    """Yield the same for the `sync.Map`s of a function and its literals."""
    view = maps.view
    if view.root.name in ("var·", "init") or view.path.endswith("_test.go"):
        return
    names: Names | None = None
    structures: dict[int, Structure] = {}
    for number, call in maps.calls:
        if call.method not in _SYNC_INSERTS and call.method not in _SYNC_DELETES:
            continue
        if call.path is None or maps.private(call.path, number):
            continue
        names = names or Names(view)
        identity, path = _sync_name(view, names, call), names.rooted(call.path)
        if not identity or path is None:
            continue
        if number not in structures:
            structures[number] = Structure(view.facts.functions[number].body or ())
        at = structures[number].at(call.pos)
        if call.method in _SYNC_DELETES:
            yield MapRelease(
                place=place_of(call.call, view),
                function=view.name,
                package=view.package.scope.path,
                map=spelled_map(call, view),
                owner=owner_of(call, view),
                identity=identity,
                id=function_id(view, number),
                form="clear" if call.method == "Clear" else "delete",
                at=at,
                key=view.paths.key(call.key) if call.key is not None else "",
            )
            continue
        if call.key is None:
            continue
        yield MapGrowth(
            place=place_of(call.call, view),
            function=view.name,
            package=view.package.scope.path,
            map=spelled_map(call, view),
            owner=owner_of(call, view),
            identity=identity,
            id=function_id(view, number),
            path=path,
            at=at,
            key=spell(call.key, view.variables, 40),
            form=view.paths.key(call.key),
            origin=few(view, call.key, None),
            value=_stored(view, call),
            pointers=True,
            sync=True,
            once=number in maps.one_at_a_time and view.root.name == "init",
            hint=hint(view, call.key, None, _stored_type(view, call)),
        )


def emptied(fact: SyncMapReassigned) -> MapRelease:
    """Return what a fresh `sync.Map` over another one means for its size."""
    return MapRelease(
        place=fact.place,
        function=fact.function,
        package=fact.package,
        map=fact.map,
        owner=fact.owner,
        identity=fact.identity,
        id=fact.id,
        form="remake",
        at=Position(fact.place.start, ()),
    )


def sync_resets(maps: SyncMaps) -> Iterator[MapRelease]:
    """Yield where a variable or field gets a pointer to a fresh `sync.Map` in the place of another one."""
    view = maps.view
    if _sets_up(view) or view.root.name in ("var·", "init") or view.path.endswith("_test.go"):
        return
    for number in view.family:
        function = view.facts.functions[number]
        for statement in each(function.body or (), ir.Assign):
            for target in statement.lhs if statement.op == "=" else ():
                if not isinstance(target, ir.Sel | ir.Name) or view.typing.of(target) != model.Pointer(model.SYNC_MAP):
                    continue
                path = Names(view).path(target)
                start = extent(target, view)[0]
                if any(low <= start < high and flag in (None, path) for low, high, flag in first_time(view, function)):
                    continue  # made where there is none
                yield MapRelease(
                    place=Place(view.path, start, extent(target, view)[1]),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(target, view.variables),
                    identity=Names(view).identity(target),
                    id=function_id(view, number),
                    form="remake",
                    at=Position(start, ()),
                )


def _stored_type(view: View, call: MapCall) -> Type | None:
    return view.typing.of(call.call.args[1]) if len(call.call.args) > 1 else None


def _stored(view: View, call: MapCall) -> str:
    kind = _stored_type(view, call)
    return spell_type(kind) if kind is not None and kind != model.NIL else "value"


def _sync_name(view: View, names: Names, call: MapCall) -> str:
    """Return the program-wide name of a `sync.Map`; of an embedded one that of the embedding field."""
    if not call.embedded:
        return names.identity(call.base)
    kind: Type | None = view.typing.of(call.base)
    identity = ""
    for name in call.embedded:
        field = view.package.resolver.field(kind, name)
        if field is None or not isinstance(field.owner, model.Named):
            return ""
        identity = f"f{field.owner.package}.{field.owner.name}.{name}"
        kind = field.type
    return identity
