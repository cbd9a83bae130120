"""Assertions on what a `sync.Map` gives out: on a value that may be missing, and to a type that nobody puts in.

The first is a forward analysis: which locals may still be the nil interface of a miss. A test of the second result, of the value against nil,
or a successful assertion ends that, and so does whatever else may look at the second result out of sight (`require.True(t, ok)`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from msgspec import structs

from golint_maps.flow import nilcalls
from golint_maps.flow.callees import callee
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.maps import extent
from golint_maps.flow.paths import Path
from golint_maps.flow.site import Place, Site
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps, locals_in, map_call, owner_of, place_of, spelled_map
from golint_maps.flow.syncmap_puts import reachable
from golint_maps.flow.syncmap_stores import identity, is_concrete, stores
from golint_maps.flow.traverse import chained, operands, subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward, children
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import spell as spell_type

_MAY_MISS = frozenset(("Load", "LoadAndDelete", "Swap"))
_PUT_IN = frozenset(("Store", "LoadOrStore", "Swap"))
_TAKE_OUT = frozenset(("Delete", "LoadAndDelete", "CompareAndDelete", "Clear"))
_GIVES = frozenset((*_MAY_MISS, "LoadOrStore"))

_Entry = tuple[Path, str]


class SyncMapAssertion(Site, frozen=True, tag="sync-map-assertion"):
    """An assertion `x.(T)` without comma-ok on a value of a `sync.Map`.

    `wanted` is T. `reason` is `unchecked` (there may be no value), `type` (only values of the types in `stored` are put in) or `elsewhere` (any
    package may put something into the map, which is `identity`). `method` is the call that gave the value, at `origin`. `id` is the function's or
    literal's.
    """

    reason: str
    wanted: str
    method: str
    origin: Place
    stored: tuple[str, ...] = ()
    id: str = ""
    identity: str = ""


@dataclass(slots=True)
class _State:
    missing: dict[int, int] = field(default_factory=dict)
    """Locals that may hold the nil of a miss, with the position of the call that gave it."""
    found: dict[int, int] = field(default_factory=dict)
    """Locals that tell whether that call (or an assertion on its result) succeeded."""
    present: frozenset[_Entry] = frozenset()
    """Entries that are there for sure, as far as this function goes."""
    handed: frozenset[tuple[int, int, str]] = frozenset()
    """Functions of the package (file, number) that have been called, each with the text of an argument that may be the key to store at."""
    told: frozenset[tuple[str, int]] = frozenset()
    """Fields, as texts, that tell whether a call succeeded. Other functions may set fields: no call comes between that and the test."""
    unless: frozenset[tuple[str, bool, int]] = frozenset()
    """(condition as text, truth, call): the call has found something unless the condition is that. So it is after `if found || force`."""


def assertions(maps: SyncMaps) -> Iterator[SyncMapAssertion]:
    """Yield all faulty assertions in a function and its literals."""
    reported: set[int] = set()
    for number in sorted({number for number, call in maps.calls if call.method in _MAY_MISS}):
        flow = _Assertions(maps, number)
        flow.run(maps.view.facts.functions[number].body or (), _State())
        for pos in sorted(flow.results):
            reported.add(pos)
            yield flow.results[pos]
    if maps.calls:
        for fact in _mistyped(maps):
            if fact.place.end not in reported:
                yield fact


def _fact(view: View, number: int, x: ir.Assert, source: MapCall, reason: str, stored: tuple[str, ...] = ()) -> SyncMapAssertion:
    return SyncMapAssertion(
        place=Place(view.path, extent(x, view)[0], x.end),
        function=view.name,
        package=view.package.scope.path,
        map=spelled_map(source, view),
        owner=owner_of(source, view),
        reason=reason,
        wanted=spell_type(view.typing.of(x)),
        method=source.method,
        origin=place_of(source.call, view),
        stored=stored,
        id=function_id(view, number),
    )


class _Assertions(Forward[_State]):
    def __init__(self, maps: SyncMaps, number: int) -> None:
        super().__init__()
        self._maps = maps
        self._view = maps.view
        self._number = number
        self._calls: dict[int, MapCall] = {}
        self.results: dict[int, SyncMapAssertion] = {}

    def copy(self, state: _State) -> _State:
        return replace(state, missing=dict(state.missing), found=dict(state.found))

    def join(self, left: _State, right: _State) -> _State:
        found = {local: pos for local, pos in left.found.items() if right.found.get(local, pos) == pos}
        found |= {local: pos for local, pos in right.found.items() if local not in left.found}
        return _State(
            left.missing | right.missing,
            found,
            left.present & right.present,
            left.handed & right.handed,
            left.told & right.told,
            left.unless & right.unless,
        )

    # --- effects ---

    def evaluate(self, x: ir.Expr, state: _State) -> None:
        self._evaluate(x, state, checked=False)

    def _evaluate(self, x: ir.Expr, state: _State, *, checked: bool) -> None:
        """`checked` says that the expression is the one value of a comma-ok form."""
        if isinstance(x, ir.Binary) and x.op in ("&&", "||"):
            # `ok && v.(T).valid` evaluates its right side only where the left one is true.
            self._evaluate(x.left, state, checked=False)
            there = self.assume(x.left, x.op == "&&", self.copy(state))
            if there is not None:
                self._evaluate(x.right, there, checked=False)
            return
        if isinstance(x, ir.Local | ir.Name | ir.Const | ir.FuncLit):
            return
        for part in children(x):
            self._evaluate(part, state, checked=False)
        if isinstance(x, ir.Call):
            self._called(x, state)
        elif isinstance(x, ir.Assert) and not checked and isinstance(x.x, ir.Local):
            pos = state.missing.get(x.x.id)
            if pos is not None:
                self.results[x.end] = _fact(self._view, self._number, x, self._calls[pos], "unchecked")
                self._settle([pos], state)  # this one panics, so that later ones do not come to it

    def _called(self, call: ir.Call, state: _State) -> None:
        state.told = frozenset()
        state.unless = frozenset(item for item in state.unless if "." not in item[0])
        for arg in call.args:
            for part in subexpressions(arg):
                if isinstance(part, ir.Local) and part.id in state.found:
                    self._settle([state.found[part.id]], state)
        found = map_call(call, self._view)
        if found is None:
            target = callee(self._view, call) if call.args else None
            if target is not None and target.declared is not None:
                where = target.declared.file, target.declared.node.root
                state.handed |= {(*where, self._view.paths.key(arg)) for arg in call.args}
            return
        self._calls[found.pos] = found
        if found.method in _TAKE_OUT and found.path is not None:
            state.present = frozenset(entry for entry in state.present if entry[0] != found.path)
        if found.method in _PUT_IN and found.path is not None and found.key is not None:
            state.present |= {(found.path, self._view.paths.key(found.key))}

    def defer(self, statement: ir.Defer, state: _State) -> None:
        # A deferred Delete takes the entry out at the return.
        if map_call(statement.call, self._view) is None:
            super().defer(statement, state)
            return
        for part in children(statement.call):
            self._evaluate(part, state, checked=False)

    # --- values ---

    def statement(self, statement: ir.Stmt, state: _State) -> _State | None:
        match statement:
            case ir.Assign(_, [_, _], [ir.Assert() as value]) | ir.Declare([_, _], [ir.Assert() as value]):
                self._evaluate(value, state, checked=True)
                self.assign(statement, state)
                return state
            case ir.Assign(_, [_, _], [ir.Call() as call]) | ir.Declare([_, _], [ir.Call() as call]):
                # Whether a Swap finds something is to be asked before it puts something in.
                before = state.present
                result = super().statement(statement, state)
                found = map_call(call, self._view)
                if found is not None and found.method in _MAY_MISS:
                    self._given(statement, found, before, state)
                return result
            case ir.Do(ir.Call() as call) if nilcalls.ends(self._view, call):
                super().statement(statement, state)
                return None
        return super().statement(statement, state)

    def _given(self, statement: ir.Assign | ir.Declare, found: MapCall, present: frozenset[_Entry], state: _State) -> None:
        first, second = _targets(statement)
        if first is not None and self._known(found) not in present and not self._is_filled(found, state) and not self._goes_along(found):
            state.missing[first] = found.pos
        if second is not None:
            state.found[second] = found.pos

    def _known(self, found: MapCall) -> _Entry | None:
        return None if found.path is None or found.key is None else (found.path, self._view.paths.key(found.key))

    def _is_filled(self, found: MapCall, state: _State) -> bool:
        """Tell whether a function that got the key before is one that stores into the map: `if !ok { c.fetch(key) }`."""
        if not state.handed or found.key is None:
            return False
        key = self._view.paths.key(found.key)
        fillers = {(file, number) for file, number, given in state.handed if given == key}
        stored = stores(self._view.package).get(identity(self._view, found.base)) if fillers else None
        return stored is not None and not stored.by.isdisjoint(fillers)

    def _goes_along(self, found: MapCall) -> bool:
        """Tell whether a key comes of ranging over a second local map that gets no entry without this one: `n.Range(func(k, _ any) … m.Load(k)`."""
        caller = self._maps.callers.get(self._number)
        over = map_call(caller, self._view) if caller is not None else None
        params = self._view.facts.functions[self._number].params
        if over is None or over.method != "Range" or over.path is None or found.path is None or not params or not self._is_key(found.key, params[0]):
            return False
        if not all(len(path) == 1 and path[0][:1] == "l" for path in (over.path, found.path)):
            return False
        calls = [(number, call) for number, call in self._maps.calls if call.path == found.path]
        if any(call.method in _TAKE_OUT for _, call in calls):
            return False
        filled = {(number, self._view.paths.key(call.key)) for number, call in calls if call.method in _PUT_IN and call.key is not None}
        stores = [(number, call) for number, call in self._maps.calls if call.path == over.path and call.method in _PUT_IN]
        return all(call.key is not None and (number, self._view.paths.key(call.key)) in filled for number, call in stores)

    def _is_key(self, x: ir.Expr | None, parameter: int) -> bool:
        """Tell whether an expression is a parameter, or that asserted to a type."""
        match x:
            case ir.Local(number) if number != parameter:
                definition = self._view.typing.definitions.get(number)
                value = definition.value if isinstance(definition, FromValue) and not self._view.assignments[number] else None
                return isinstance(value, ir.Assert) and self._is_key(value.x, parameter)
            case ir.Local(number):
                return number == parameter
            case ir.Assert(inner):
                return self._is_key(inner, parameter)
        return False

    def assign(self, statement: ir.Assign | ir.Declare, state: _State) -> None:
        targets = list(_targets(statement))
        values = statement.values if isinstance(statement, ir.Declare) else statement.rhs
        kept = state.found.copy()
        for target in targets:
            if target is not None:
                state.missing.pop(target, None)
                state.found.pop(target, None)
                self._forget(target, state)
        fields = [x for x in statement.lhs if not isinstance(x, ir.Local)] if isinstance(statement, ir.Assign) else []
        if fields:
            names = [self._view.paths.key(x) for x in fields]
            state.told = frozenset(item for item in state.told if not item[0].startswith((*names,)))
            state.unless = frozenset(item for item in state.unless if "." not in item[0])
        if len(values) == len(targets):
            for target, value in zip(targets, values, strict=True):
                if target is None:
                    continue
                if isinstance(value, ir.Local) and value.id in state.missing:
                    state.missing[target] = state.missing[value.id]
                for part in subexpressions(value):
                    # `ok = ok && …` and `found := ok` still tell of a hit.
                    if isinstance(part, ir.Local) and part.id in kept and not isinstance(value, ir.Call):
                        state.found[target] = kept[part.id]
            for x, value in zip(statement.lhs, values, strict=True) if isinstance(statement, ir.Assign) else ():
                told = {kept[part.id] for part in chained(value, "&&") if isinstance(part, ir.Local) and part.id in kept}
                if isinstance(x, ir.Sel) and (text := self._text(x)):
                    state.told |= {(text, pos) for pos in told}
        elif len(values) == 1 and isinstance(values[0], ir.Assert) and isinstance(values[0].x, ir.Local) and len(targets) == 2:
            source = state.missing.get(values[0].x.id)
            if source is not None and targets[1] is not None:
                state.found[targets[1]] = source

    def _text(self, x: ir.Expr) -> str:
        """Return the text of a field or condition, or an empty string where it need not be the same the next time."""
        text = self._view.paths.key(x)
        return "" if "?" in text or any(isinstance(part, ir.Call | ir.Recv) for part in subexpressions(x)) else text

    def _forget(self, local: int, state: _State) -> None:
        """A local has another value: keys that are spelled with it are others now."""
        if state.told or state.unless:
            state.told = frozenset(item for item in state.told if local not in locals_in((), item[0]))
            state.unless = frozenset(item for item in state.unless if local not in locals_in((), item[0]))
        if state.present:
            state.present = frozenset(entry for entry in state.present if local not in locals_in(*entry))
        if state.handed:
            state.handed = frozenset(item for item in state.handed if local not in locals_in((), item[2]))

    def enter_range(self, statement: ir.Range, state: _State) -> None:
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                state.missing.pop(x.id, None)
                self._forget(x.id, state)

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: _State) -> None:
        if isinstance(statement.subject, ir.Local) and not case.default and ir.TName("nil") not in case.types:
            self._settle([state.missing[statement.subject.id]] if statement.subject.id in state.missing else [], state)

    # --- conditions ---

    def assume(self, condition: ir.Expr, truth: bool, state: _State) -> _State | None:
        match condition:
            case ir.Binary("&&" | "||" as op, left, right) if truth == (op == "||"):
                return self._assume_either(left, right, truth, state)
            case ir.Unary("!") | ir.Binary("&&" | "||"):
                return self.assume_parts(condition, truth, state)
            case ir.Binary("==" | "!=" as op, ir.Local(number), ir.Name("nil")):
                if number in state.missing and truth == (op == "!="):
                    self._settle([state.missing[number]], state)
            case ir.Binary("==" | "!=" as op, ir.Local() as operand, ir.Name("true" | "false" as word)):
                return self.assume(operand, truth == ((op == "==") == (word == "true")), state)
            case ir.Local(number) if number in state.found and truth:
                self._settle([state.found[number]], state)
            case ir.Sel() if truth and state.told:
                text = self._text(condition)
                self._settle([pos for name, pos in state.told if name == text], state)
        if state.unless:
            text = self._text(condition)
            self._settle([pos for name, unless, pos in state.unless if name == text and truth != unless], state)
        return state

    def _assume_either(self, left: ir.Expr, right: ir.Expr, truth: bool, state: _State) -> _State | None:
        """As `assume_parts`. Where one side says that a call has found something, a later test of the other side may tell which of them it was."""
        early = self.assume(left, truth, self.copy(state))
        late = self.assume(left, not truth, state)
        late = None if late is None else self.assume(right, truth, late)
        if early is None or late is None:
            return late if early is None else early
        after = self.join(early, late)
        for pos in set(after.missing.values()):
            other = right if pos not in early.missing.values() else left if pos not in late.missing.values() else None
            holds = truth
            while isinstance(other, ir.Unary) and other.op == "!":
                other, holds = other.x, not holds
            if other is not None and (text := self._text(other)):
                after.unless |= {(text, holds, pos)}
        return after

    def _settle(self, calls: list[int], state: _State) -> None:
        """These calls have found something."""
        state.missing = {local: pos for local, pos in state.missing.items() if pos not in calls}
        for pos in calls:
            entry = self._known(self._calls[pos]) if self._calls[pos].method == "Load" else None
            if entry is not None:
                state.present |= {entry}


def _targets(statement: ir.Assign | ir.Declare) -> Iterator[int | None]:
    if isinstance(statement, ir.Declare):
        yield from (number if number >= 0 else None for number in statement.variables)
    else:
        yield from (x.id if isinstance(x, ir.Local) else None for x in statement.lhs)


def _mistyped(maps: SyncMaps) -> Iterator[SyncMapAssertion]:
    """Yield the assertions to a type that no call in the package puts into the map; of maps that other packages can fill, all for them to tell."""
    view = maps.view
    sources = {call.pos: call for _, call in maps.calls if call.method in _GIVES}
    ranged = _range_values(maps)
    if not sources and not ranged:
        return
    for statement in view.statements:
        for x in _plain(statement):
            if not isinstance(x, ir.Assert) or not isinstance(x.x, ir.Local):
                continue
            source = ranged.get(x.x.id)
            definition = view.typing.definitions.get(x.x.id)
            if isinstance(definition, FromValue) and definition.index == 0 and definition.count == 2 and isinstance(definition.value, ir.Call):
                source = sources.get(definition.value.pos)
            if source is None or source.embedded or view.assignments[x.x.id]:
                continue
            name = identity(view, source.base)
            kind = view.typing.of(x)
            if view.package.scope.name != "main" or not name:
                whole = reachable(view, Names(view), source)
                if whole and is_concrete(kind, view):
                    yield structs.replace(_fact(view, view.number, x, source, "elsewhere"), identity=whole)
            if not name or not (name.rsplit(".", 1)[-1][0].islower() or view.package.scope.name == "main") or not is_concrete(kind, view):
                continue
            stored = stores(view.package).get(name)
            if stored is not None and stored.complete and stored.types and kind not in stored.types:
                yield _fact(view, view.number, x, source, "type", tuple(sorted(map(spell_type, stored.types))))


def _range_values(maps: SyncMaps) -> dict[int, MapCall]:
    """Return the second parameters of the literals that are passed to Range."""
    found = {}
    for _, call in maps.calls:
        if call.method == "Range" and call.call.args and isinstance(call.call.args[0], ir.FuncLit):
            params = maps.view.facts.functions[call.call.args[0].function].params
            if len(params) == 2 and params[1] >= 0:
                found[params[1]] = call
    return found


def _plain(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions of a statement, without an assertion that has a comma-ok of its own."""
    checked: ir.Expr | None = None
    match statement:
        case ir.Assign(_, [_, _], [ir.Assert() as value]) | ir.Declare([_, _], [ir.Assert() as value]):
            checked = value
    for x in operands(statement):
        yield from (part for part in subexpressions(x) if part is not checked)
