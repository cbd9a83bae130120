"""Values of a `sync.Map` that are changed in place, with no lock held: the map guards its slots, not what they lead to.

A forward analysis: which locals lead to a value that others find in the map as well, and which locks may be held. A lock that is held on some of
the ways counts, so that code which locks when it has to is believed. What has been taken out (`LoadAndDelete`, `Swap`, `Delete` of the same key),
and what `LoadOrStore` has just put in itself, belongs to the function.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import structs

from golint_maps.flow import locks, nilcalls
from golint_maps.flow.callees import callee
from golint_maps.flow.events import Held
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.lock_helpers import LockEffects, LockState, LockWalk, locks_what_is_there, only_locks
from golint_maps.flow.maps import extent
from golint_maps.flow.paths import Path
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps, makes_object, map_call, owner_of, place_of, range_call, spelled_map
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import View, function_view
from golint_maps.flow.walk import Forward
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import Declared

_LOOKS: Final = frozenset(("Load", "LoadOrStore"))
_TAKES_OUT: Final = frozenset(("Delete", "LoadAndDelete", "CompareAndDelete", "Clear"))
_SETTING_UP: Final = re.compile(r"(?:[iI]nit|[sS]et[uU]p)(?![a-z])")
_MAKING: Final = re.compile(r"[nN]ew(?![a-z])")
_LOADING: Final = re.compile(r"(?:[lL]oad|[rR]estore|[rR]ecover)(?![a-z])")
_WRITERS: Final = {
    "maps": frozenset(("Copy", "DeleteFunc", "Insert")),
    "slices": frozenset(("Sort", "SortFunc", "SortStableFunc", "Reverse")),
    "sort": frozenset(("Strings", "Ints", "Float64s", "Slice", "SliceStable", "Sort", "Stable")),
}
"""Functions of the standard library that change their first argument in place."""

_GROUP: Final = model.Pointer(model.Named("sync", "WaitGroup"))
_NOTHING: Final[frozenset[int]] = frozenset()
_GIVEN: Final = -1
"""Stands for the call that gave a value, where that is in a caller."""
_GIVEN_BY: Final = "caller"


class SyncMapMutation(Site, frozen=True, tag="sync-map-mutation"):
    """A value that came out of a `sync.Map` is changed with no lock held.

    `kind` is `map` (a plain map is written), `slice` or `pointer`, or `group` for a wait group that nobody has to wait for yet when others find
    it. `written` is what is changed, as written; `method` the call that gave the
    value, at `origin`. `id` is the function's id for the whole program. `own` says that no other function of the package uses that field.
    `giver` is the id of the function that took the value out, where it hands it to this one.
    """

    kind: str
    written: str
    method: str
    origin: Place
    id: str
    own: bool = False
    giver: str = ""


@dataclass(frozen=True, slots=True)
class _Taken:
    call: MapCall
    key: str


@dataclass(slots=True)
class _State:
    values: dict[int, frozenset[int]] = field(default_factory=dict)
    """Locals that are, or lead to, values found in a map: the positions of the calls that gave them."""
    found: dict[int, int] = field(default_factory=dict)
    """Locals that tell whether the value of a call has been in the map before."""
    groups: dict[int, int] = field(default_factory=dict)
    """Locals that are wait groups which this function has just put in, with nothing to wait for: the positions of the calls."""
    replaced: frozenset[Path] = frozenset()
    """Fields and elements that now hold something else than what came with the value."""
    held: dict[Path, Held] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    """Locks that are only known by the names of the methods that take them."""
    started: bool = False
    waited: bool = False


def mutations(maps: SyncMaps) -> Iterator[SyncMapMutation]:
    """Yield the changes of values of a `sync.Map` in a function and its literals."""
    view = maps.view
    if view.path.endswith("_test.go") or _before_others(view.root) or not (_gives_values(maps) or _ranged_over(view)):
        return
    entered: dict[int, _State] = {}
    for number in view.family:
        body = view.facts.functions[number].body
        if body and number not in maps.one_at_a_time:
            flow = _Mutations(maps, number, entered)
            flow.run(body, entered.get(number, _State()))
            for pos in sorted(flow.results):
                yield flow.results[pos]
            for pos in sorted(flow.handed):
                yield from _changed_by_callee(flow.handed[pos], view)


def _changed_by_callee(handed: _Handed, giver: View) -> Iterator[SyncMapMutation]:
    """Yield the changes that a function of the package makes to what it is handed."""
    declared, source = handed.callee, handed.source
    view = function_view(giver.package, declared)
    maps = SyncMaps(view)
    if view.path.endswith("_test.go") or _before_others(view.root) or view.number in maps.one_at_a_time:
        return
    entered: dict[int, _State] = {}
    for number in view.family:
        start = entered.get(number, _State())
        if number == view.number:
            start.values = {local: frozenset((_GIVEN,)) for local in handed.locals}
        body = view.facts.functions[number].body
        if body and number not in maps.one_at_a_time:
            flow = _Mutations(maps, number, entered, source)
            flow.run(body, start)
            for pos in sorted(flow.results):
                fact = flow.results[pos]
                if fact.method == _GIVEN_BY:
                    yield structs.replace(
                        fact,
                        map=spelled_map(source, giver),
                        owner=owner_of(source, giver),
                        method=source.method,
                        origin=place_of(source.call, giver),
                        giver=function_id(giver, giver.number),
                    )


def _before_others(function: ir.Function) -> bool:
    """Tell whether a function, by its name, runs before others can find its object, or before they serve: `newCache`, `Init`, `loadZones()`."""
    if _SETTING_UP.match(function.name) is not None or (function.receiver_type is None and _MAKING.match(function.name) is not None):
        return True
    return _LOADING.match(function.name) is not None and _loads_all(function.type)


def _loads_all(kind: ir.TFunc) -> bool:
    """Tell whether a function is not asked for anything in particular, and gives back no more than an error: it loads all that is kept."""
    asked = any(not isinstance(param, ir.TQual) or param.name != "Context" for param in kind.params)
    return not asked and kind.results in ([], [ir.TName("error")])


def _gives_values(maps: SyncMaps) -> bool:
    return any(call.method in _LOOKS or call.method == "Range" for _, call in maps.calls)


def _ranged_over(view: View) -> bool:
    """Tell whether there may be a loop `for k, v := range m.Range`."""
    return any(
        isinstance(statement, ir.Range) and isinstance(statement.over, ir.Sel) and statement.over.name == "Range" for statement in view.statements
    )


@dataclass(frozen=True, slots=True)
class _Handed:
    """A call that hands a value of a map to a function of the package, with no lock held: the callee's variables for it."""

    callee: Declared[ir.Function]
    locals: frozenset[int]
    source: MapCall


class _Mutations(Forward[_State]):
    """Walks one body. `given` is the call that gave the value which a caller hands in, if that is what the walk is about."""

    def __init__(self, maps: SyncMaps, number: int, entered: dict[int, _State], given: MapCall | None = None) -> None:
        super().__init__()
        self._maps = maps
        self._view: View = maps.view
        self._number = number
        self._entered = entered
        self._taken: dict[int, _Taken] = {}
        for _, call in maps.calls:
            self._taken[call.pos] = _Taken(call, self._key(call))
        self._names = Names(self._view)
        self._locks = LockWalk(LockEffects.of(self._view.package), self._names)
        self.results: dict[int, SyncMapMutation] = {}
        self.handed: dict[int, _Handed] = {}
        if given is not None:
            self._taken[_GIVEN] = _Taken(replace(given, path=None), "")

    def _key(self, call: MapCall) -> str:
        """Return the text of the key whose value a call gives, that of a literal's parameter for Range."""
        if call.method == "Range" and call.call.args and (literal := self._view.literal(call.call.args[0])) is not None:
            params = self._view.facts.functions[literal].params
            return f"l{params[0]}" if params and params[0] >= 0 else ""
        return self._view.paths.key(call.key) if call.key is not None else ""

    # --- states ---

    def copy(self, state: _State) -> _State:
        return replace(state, values=dict(state.values), found=dict(state.found), groups=dict(state.groups), held=dict(state.held))

    def join(self, left: _State, right: _State) -> _State:
        values = dict(left.values)
        for local, taken in right.values.items():
            values[local] = values.get(local, _NOTHING) | taken
        found = {local: pos for local, pos in left.found.items() if right.found.get(local, pos) == pos}
        found |= {local: pos for local, pos in right.found.items() if local not in left.found}
        return _State(
            values,
            found,
            left.groups | right.groups,
            left.replaced & right.replaced,
            left.held | right.held,
            left.named | right.named,
            left.started or right.started,
            left.waited and right.waited,
        )

    def _enter(self, number: int, state: _State, *, elsewhere: bool = False) -> None:
        """A literal is made: it sees the locals as they are, and is taken to run under the locks that are held, unless `go` starts it."""
        inside = self.copy(state)
        if elsewhere:
            inside.held, inside.named, inside.waited = {}, frozenset(), False
        known = self._entered.get(number)
        self._entered[number] = inside if known is None else self.join(known, inside)

    # --- effects ---

    def evaluate(self, x: ir.Expr, state: _State) -> None:
        self._evaluate(x, state)

    def _evaluate(self, x: ir.Expr, state: _State, *, elsewhere: bool = False) -> None:
        calls: list[ir.Call] = []
        for part in subexpressions(x):
            if isinstance(part, ir.FuncLit):
                self._enter(part.function, state, elsewhere=elsewhere)
            elif isinstance(part, ir.Call):
                calls.append(part)
            elif isinstance(part, ir.Recv):
                self._received(part.x, state)
        for call in calls:
            self._called(call, state)
        if calls:
            now = LockState(state.held, {})
            self._locks.evaluate(x, now)
            state.held = now.held

    def statement(self, statement: ir.Stmt, state: _State) -> _State | None:
        if isinstance(statement, ir.If) and (only_locks(statement) or locks_what_is_there(statement)):
            after = self.statement(statement.init, state) if statement.init is not None else state
            return self.block(statement.then, after)
        result = super().statement(statement, state)
        return None if isinstance(statement, ir.Do) and isinstance(statement.x, ir.Call) and nilcalls.ends(self._view, statement.x) else result

    def defer(self, statement: ir.Defer, state: _State) -> None:
        # A deferred Unlock holds the lock until the return; `defer s.lock()()` locks now.
        call = statement.call
        if isinstance(call, ir.Call):
            for x in (*call.args, *([call.fun] if isinstance(call.fun, ir.Call | ir.FuncLit) else [])):
                self._evaluate(x, state)
            self._bind(call, state)

    def spawn(self, statement: ir.Go, state: _State) -> None:
        state.started, state.waited = True, False
        if isinstance(statement.call, ir.Call):
            for x in (statement.call.fun, *statement.call.args):
                self._evaluate(x, state, elsewhere=True)
            self._bind(statement.call, state)

    def send(self, statement: ir.Send, state: _State) -> None:
        super().send(statement, state)
        path = self._view.paths.of(statement.channel)
        if path is not None and self._is_token(statement.channel):
            state.named |= {".".join(path)}

    def _received(self, channel: ir.Expr, state: _State) -> None:
        path = self._view.paths.of(channel)
        if path is not None and self._is_token(channel):
            state.named -= {".".join(path)}

    def _is_token(self, channel: ir.Expr) -> bool:
        """Tell whether sending to a channel takes a lock: it has room for one, or carries nothing."""
        kind = self._view.package.resolver.underlying(self._view.typing.of(channel))
        return (isinstance(kind, model.Chan) and kind.elem == model.Struct(())) or locks.channel_lock(channel, self._names, send=True) is not None

    def _called(self, call: ir.Call, state: _State) -> None:
        found = map_call(call, self._view)
        if found is not None:
            self._map_called(found, state)
            return
        self._bind(call, state)
        self._follow_lock(call, state)
        self._changed_by(call, state)
        self._added_late(call, state)
        self._hand_on(call, state)

    def _map_called(self, found: MapCall, state: _State) -> None:
        if found.method in _TAKES_OUT:
            key = self._key(found)
            gone = {
                pos
                for pos, taken in self._taken.items()
                if taken.call.path == found.path and taken.call.path is not None and (found.method == "Clear" or taken.key == key)
            }
            self._drop(gone, state)
        elif found.method == "Range" and found.call.args and self._is_shared(found, state):
            literal = self._view.literal(found.call.args[0])
            if literal is not None:
                self._give(literal, 1, frozenset((found.pos,)))
            else:
                self._give_function(found, state)

    def _give_function(self, found: MapCall, state: _State) -> None:
        """`m.Range(s.reset)`: a function of the package is called with each value."""
        self.handed.pop(found.pos, None)
        called = callee(self._view, ir.Call(found.call.args[0], [], found.pos, found.pos))
        if called is None or called.declared is None or state.held or state.named or _GIVEN in self._taken:
            return
        params = called.declared.node.params
        if len(params) > 1 and params[1] >= 0:
            self.handed[found.pos] = _Handed(called.declared, frozenset((params[1],)), found)

    def _is_shared(self, found: MapCall, state: _State) -> bool:
        """Tell whether others may find the values of a map, too."""
        if found.path is None:
            return True
        if self._maps.private(found.path, self._number):
            return False
        if isinstance(found.key, ir.Local) and self._view.variables[found.key.id].kind == "receiver":
            return False  # what belongs to an object is as private as the object
        # Who has waited for the goroutines that it has started is alone with what they have filled.
        return not (state.waited and (state.started or found.path[0][0] == "l"))

    def _bind(self, call: ir.Call, state: _State) -> None:
        """Hand the arguments to a literal that is called in place."""
        if isinstance(call.fun, ir.FuncLit):
            for index, arg in enumerate(call.args):
                self._give(call.fun.function, index, self._origins(arg, state))

    def _give(self, literal: int, index: int, origins: frozenset[int]) -> None:
        params = self._view.facts.functions[literal].params
        if origins and index < len(params) and params[index] >= 0 and literal in self._entered:
            values = self._entered[literal].values
            values[params[index]] = values.get(params[index], _NOTHING) | origins

    def _follow_lock(self, call: ir.Call, state: _State) -> None:
        """Follow, by their names, locks and waits that have no access path of their own: `l.of(key).Lock()`, `lockAll()`."""
        match call.fun:
            case ir.Sel(base, name):
                lock = ".".join(self._view.paths.of(base) or (self._view.paths.key(base),))
            case ir.Name(name):
                lock = ""
            case _:
                return
        if name == "Wait" and not call.args:
            state.waited = True
        elif name == "Go":
            state.started, state.waited = True, False
        elif name.startswith("CompareAndSwap"):
            state.named |= {"compare and swap"}  # who wins it goes on alone
        operation = locks.operation(call, self._names)
        if operation is not None and operation.kind != "try":
            if operation.kind == "release":
                state.named -= {lock}
            return
        lowered = name.lower()
        if lowered.startswith(("unlock", "runlock", "release")):
            state.named -= {lock}
        elif lowered.startswith(("lock", "rlock", "trylock", "tryrlock", "acquire")):
            state.named |= {lock}

    # --- where values come from ---

    def _origins(self, x: ir.Expr, state: _State) -> frozenset[int]:
        """Return which calls gave the value that an expression is, or is reached through."""
        match x:
            case ir.Local(number):
                return state.values.get(number, _NOTHING)
            case ir.Assert(operand) | ir.Deref(operand) | ir.SliceOf(operand):
                return self._origins(operand, state)
            case ir.Sel(base) | ir.Index(base):
                if state.replaced and self._view.paths.raw(x) in state.replaced:
                    return _NOTHING
                return self._origins(base, state)
            case ir.Addr(ir.Sel() | ir.Index() | ir.Deref() as operand):
                return self._place(operand, state)
            case ir.Call(fun, [operand]) if self._view.typing.as_type(fun) is not None:
                return self._origins(operand, state)
        return _NOTHING

    def _place(self, x: ir.Expr, state: _State) -> frozenset[int]:
        """Return which calls gave the value that a place lies in; none for places in variables of the function, such as copies of structs."""
        match x:
            case ir.Sel(base) | ir.Index(base):
                match self._view.package.resolver.underlying(self._view.typing.of(base)):
                    case model.Pointer() | model.Map() | model.Slice():
                        return self._origins(base, state)
                    case model.Struct() | model.Array():
                        return self._place(base, state)
            case ir.Deref(operand):
                return self._origins(operand, state)
        return _NOTHING

    def _drop(self, calls: set[int], state: _State) -> None:
        """What these calls gave is nobody else's, or nothing at all."""
        state.values = {local: left for local, taken in state.values.items() if (left := taken - calls)}

    # --- values ---

    def assign(self, statement: ir.Assign | ir.Declare, state: _State) -> None:
        targets: Sequence[int | ir.Expr]
        if isinstance(statement, ir.Declare):
            targets, values, plain = statement.variables, statement.values, True
        else:
            targets = [x.id if isinstance(x, ir.Local) else x for x in statement.lhs]
            values, plain = statement.rhs, statement.op in ("=", ":=")
        alone = len(values) == len(targets)
        origins = [self._origins(values[index], state) if alone else _NOTHING for index in range(len(targets))]
        if len(values) == 1 and len(targets) == 2 and isinstance(values[0], ir.Assert | ir.Index):
            origins[0] = self._origins(values[0], state)
        for target, given in zip(targets, origins, strict=True):
            if isinstance(target, int):
                if plain:
                    self._set(target, given, state)
                continue
            self._changed(target, statement.pos, state)
            path = self._view.paths.raw(target)
            if plain and path is not None:
                state.replaced = state.replaced - {path} if given else state.replaced | {path}
        if len(values) == 1 and len(targets) == 2 and isinstance(values[0], ir.Call):
            self._looked_up(values[0], targets, state)

    def _set(self, local: int, origins: frozenset[int], state: _State) -> None:
        state.found.pop(local, None)
        state.replaced = frozenset(path for path in state.replaced if path[0] != f"l{local}")
        if origins:
            state.values[local] = origins
        else:
            state.values.pop(local, None)

    def _looked_up(self, call: ir.Call, targets: Sequence[int | ir.Expr], state: _State) -> None:
        found = map_call(call, self._view)
        if found is None or found.method not in _LOOKS or not self._is_shared(found, state):
            return
        first, second = targets
        if isinstance(first, int) and first >= 0:
            state.values[first] = frozenset((call.pos,))
        if isinstance(second, int) and second >= 0:
            state.found[second] = call.pos

    def enter_range(self, statement: ir.Range, state: _State) -> None:
        origins = self._origins(statement.over, state)
        found = range_call(statement, self._view)
        if found is not None and self._is_shared(found, state):
            key = self._view.paths.key(statement.key) if statement.key is not None else ""
            self._taken[found.pos] = _Taken(found, key)
            origins = frozenset((found.pos,))
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                self._set(x.id, origins if x is statement.value else _NOTHING, state)

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: _State) -> None:
        if case.variable >= 0:
            self._set(case.variable, self._origins(statement.subject, state), state)

    # --- conditions ---

    def assume(self, condition: ir.Expr, truth: bool, state: _State) -> _State | None:
        match condition:
            case ir.Unary("!") | ir.Binary("&&" | "||"):
                return self.assume_parts(condition, truth, state)
            case ir.Binary("==" | "!=" as op, ir.Local(number), ir.Name("nil")):
                if truth == (op == "=="):
                    state.values.pop(number, None)
            case ir.Binary("==" | "!=" as op, ir.Local() as operand, ir.Name("true" | "false" as word)):
                return self.assume(operand, truth == ((op == "==") == (word == "true")), state)
            case ir.Local(number) if number in state.found and not truth:
                at = state.found[number]
                if self._puts_group(self._taken[at].call):
                    state.groups |= {local: at for local, taken in state.values.items() if at in taken}
                self._drop({at}, state)
        return state

    # --- changes ---

    def _changed(self, target: ir.Expr, at: int, state: _State) -> None:
        """`x.f = v`, `x[k]++`, `*x = v`; one result for all targets of the statement `at`."""
        if not isinstance(target, ir.Sel | ir.Index | ir.Deref):
            return
        origins = self._place(target, state)
        if origins and not _is_atomic(self._view.typing.of(target)):
            kind = self._kind(target.base) if isinstance(target, ir.Index) else "pointer"
            self._report(kind, target, extent(target, self._view), origins, state, at)

    def _changed_by(self, call: ir.Call, state: _State) -> None:
        """`delete(x, k)`, `maps.Copy(x, …)`, `slices.Sort(x)`."""
        if not call.args:
            return
        match call.fun:
            case ir.Name("delete" | "clear" | "copy" as name) if self._view.typing.is_builtin(call.fun, name):
                pass
            case ir.Sel(base, name) if name in _WRITERS.get(self._view.typing.package_of(base) or "", ()):
                pass
            case _:
                return
        written = self._converted(call.args[0])
        kind = self._kind(written)
        origins = self._origins(written, state)
        if origins and kind in ("map", "slice"):
            self._report(kind, written, (call.pos, call.end), origins, state, call.pos)

    def _converted(self, x: ir.Expr) -> ir.Expr:
        """Return what is sorted as another type, or the other way round: `sort.Reverse(byName(list))`."""
        while isinstance(x, ir.Call) and len(x.args) == 1:
            match x.fun:
                case ir.Sel(base, "Reverse") if self._view.typing.package_of(base) == "sort":
                    pass
                case _ if self._view.typing.as_type(x.fun) is None:
                    break
            x = x.args[0]
        return x

    def _puts_group(self, found: MapCall) -> bool:
        """Tell whether a call stores a new `sync.WaitGroup`, or would."""
        args = found.call.args
        return found.method == "LoadOrStore" and len(args) == 2 and makes_object(args[1]) and self._view.typing.of(args[1]) == _GROUP

    def _added_late(self, call: ir.Call, state: _State) -> None:
        """`wg.Add(1)` after the wait group was put in: who finds it before has nothing to wait for."""
        match call.fun:
            case ir.Sel(ir.Local(number) | ir.Assert(ir.Local(number)), "Add") if number in state.groups:
                origin = state.groups[number]
                self._report("group", call, (call.pos, call.end), frozenset((origin,)), state, call.pos)

    def _hand_on(self, call: ir.Call, state: _State) -> None:
        """`touch(v)`, `v.touch()`: the function of the package may change what it is given."""
        self.handed.pop(call.pos, None)
        if not state.values or state.held or state.named or _GIVEN in self._taken:
            return
        found = callee(self._view, call)
        if found is None or found.declared is None or found.embedded or found.declared.node.root == self._view.number:
            return
        function = found.declared.node
        given = [(argument, number) for argument, number in zip(call.args, function.params, strict=False)]
        if found.receiver is not None and isinstance(function.receiver_type, ir.TPtr):
            given.append((found.receiver, function.receiver))
        locals: set[int] = set()
        origins: frozenset[int] = _NOTHING
        for x, number in given:
            if number >= 0 and isinstance(x, ir.Local | ir.Assert) and (found_here := self._origins(x, state)):
                locals.add(number)
                origins |= found_here
        if locals:
            self.handed[call.pos] = _Handed(found.declared, frozenset(locals), self._taken[min(origins)].call)

    def _kind(self, x: ir.Expr) -> str:
        match self._view.package.resolver.underlying(self._view.typing.of(x)):
            case model.Map():
                return "map"
            case model.Slice():
                return "slice"
        return "pointer"

    def _report(self, kind: str, written: ir.Expr, stretch: tuple[int, int], origins: frozenset[int], state: _State, at: int) -> None:
        if state.held or state.named:
            return
        view = self._view
        source = self._taken[min(origins)].call
        known = self.results.get(at)
        if known is not None and known.place.start < stretch[0]:
            return
        given = min(origins) == _GIVEN
        self.results[at] = SyncMapMutation(
            place=Place(view.path, *stretch),
            function=view.name,
            package=view.package.scope.path,
            map="" if given else spelled_map(source, view),
            owner="" if given else owner_of(source, view),
            kind=kind,
            written=spell(written, view.variables),
            method=_GIVEN_BY if given else source.method,
            origin=place_of(source.call, view),
            id=function_id(view, view.number),
            own=kind == "pointer" and isinstance(written, ir.Sel) and not written.name[:1].isupper() and _used_here_only(view, written.name),
        )


def _used_here_only(view: View, name: str) -> bool:
    """Tell whether no other function of the package, but those of its tests, selects a field of this name."""
    known: dict[str, set[tuple[int, int]]] | None = view.package.memo.get(__name__)
    if known is None:
        known = view.package.memo[__name__] = defaultdict(set)
        for number, file in enumerate(view.package.scope.files):
            for function in file.functions if not view.package.paths[number].endswith("_test.go") else ():
                for x in each(function.body or (), ir.Sel):
                    known[x.name].add((number, function.root))
    return known[name] <= {(view.file, view.number)}


def _is_atomic(kind: model.Type | None) -> bool:
    return isinstance(kind, model.Named) and kind.package == "sync/atomic"
