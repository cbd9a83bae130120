"""Two calls of a `sync.Map`, or a type like it, that would have to be one: a look-up, and a change of the same entry that relies on what was found.

A forward analysis: which look-ups have been made on the way, whether they hit, which locals come from what they found, and which locks have been
held ever since. A lock that is held on some of the ways counts, so that code which locks when it has to is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from golint_maps.flow import nilcalls
from golint_maps.flow.calls import Callees
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.lock_helpers import LockEffects
from golint_maps.flow.site import Place, Site
from golint_maps.flow.slots import slots, won_flag
from golint_maps.flow.spelling import spell
from golint_maps.flow.stateful import is_stateful
from golint_maps.flow.support import serves_tests
from golint_maps.flow.syncmap_answers import answers
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps, alike_call, locals_in, map_call, owner_of, place_of, spelled_map, stands_for
from golint_maps.flow.syncmap_doubts import closes, harmless
from golint_maps.flow.traverse import subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward
from golint_maps.syntax import ir
from golint_maps.types import model

_ONE_CALL = {"delete": "LoadAndDelete", "modify": "CompareAndSwap"}
"""The method that does both steps at once. A miss has LoadOrStore, which every type has that is looked at here."""
Origin = tuple[int, str]
"""(position of a look-up, how a value comes from what it found): `same`, `filled` (or from elsewhere after a miss), `computed`."""


class SyncMapSequence(Site, frozen=True, tag="sync-map-sequence"):
    """A look-up of a `sync.Map` and, here, a change of the same entry.

    `kind` is `miss` (stored because nothing was there), `modify` (the stored value was made of the old one) or `delete` (of an entry whose value
    is used). `method` is the look-up's. `go` is the language version of the file. `stateful`: the value that is stored has a state of its own, so
    that it matters which of two stays. `answers`: the function tells its caller by its result whether an entry was there (see `syncmap_answers`).
    `harmless`: of a delete that hardly hurts anybody when two do it, `closes`: that is so because what was found is closed, which may be done twice
    (see `syncmap_doubts`). `apart`: the map
    is a parameter, so it is the callers' business who else has it, or the key is the one that a `Range` over the map is at. `id` is the function's or
    literal's.
    """

    kind: str
    key: str
    method: str
    look_up: Place
    go: tuple[int, int]
    stateful: bool = False
    answers: bool = False
    harmless: bool = False
    closes: bool = False
    apart: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class _LookUp:
    call: MapCall
    key: str
    depends: frozenset[int]
    used: bool
    """Whether the value found is kept in a variable."""


@dataclass(slots=True)
class _State:
    outcomes: dict[int, str] = field(default_factory=dict)
    """By look-up: `open` (not tested), `hit`, `miss`, or `both`."""
    guards: dict[int, frozenset[str]] = field(default_factory=dict)
    """By look-up: the locks held from it until now."""
    origins: dict[int, frozenset[Origin]] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)
    """Locals that tell whether a look-up has hit."""
    held: frozenset[str] = frozenset()


def sequences(maps: SyncMaps) -> Iterator[SyncMapSequence]:
    """Yield all pairs of look-up and change in a function and its literals."""
    if serves_tests(maps.view.package.scope.path) or maps.view.path.endswith("_test.go"):
        return
    calls = [*maps.calls, *maps.alike]
    loading = {number for number, call in calls if call.method in ("Load", "LoadOrStore")}
    changing = {number for number, call in calls if call.method in ("Store", "Delete")}
    entered: dict[int, frozenset[str]] = {}
    view = maps.view
    for number in view.family:
        body = view.facts.functions[number].body
        if body is None or number in maps.one_at_a_time:
            continue
        inside = any(view.facts.functions[other].parent == number for other in loading & changing)
        if number in loading & changing or inside:
            flow = _Sequences(maps, number, entered)
            flow.run(body, _State(held=entered.get(number, frozenset())))
            for pos in sorted(flow.results):
                yield flow.results[pos]


def _map_call(x: ir.Expr, view: View) -> MapCall | None:
    return map_call(x, view) or alike_call(x, view)


class _Sequences(Forward[_State]):
    def __init__(self, maps: SyncMaps, number: int, entered: dict[int, frozenset[str]]) -> None:
        super().__init__()
        self._maps = maps
        self._view: View = maps.view
        self._number = number
        self._entered = entered
        self._effects = LockEffects.of(maps.view.package)
        self._callees = Callees(Names(maps.view))
        self._look_ups: dict[int, _LookUp] = {}
        self.results: dict[int, SyncMapSequence] = {}

    # --- states ---

    def copy(self, state: _State) -> _State:
        return _State(dict(state.outcomes), dict(state.guards), dict(state.origins), dict(state.found), state.held)

    def join(self, left: _State, right: _State) -> _State:
        origins: dict[int, frozenset[Origin]] = {}
        for local in left.origins.keys() | right.origins.keys():
            mine, other = left.origins.get(local, frozenset()), right.origins.get(local, frozenset())
            origins[local] = _filled(mine, other, right) | _filled(other, mine, left)
        outcomes = dict(left.outcomes)
        for pos, outcome in right.outcomes.items():
            outcomes[pos] = outcome if outcomes.get(pos, outcome) == outcome else "both"
        guards = dict(left.guards)
        for pos, locks in right.guards.items():
            guards[pos] = guards.get(pos, frozenset()) | locks
        found = {local: pos for local, pos in left.found.items() if right.found.get(local, pos) == pos}
        return _State(outcomes, guards, origins, found | {k: v for k, v in right.found.items() if k not in left.found}, left.held | right.held)

    # --- effects ---

    def evaluate(self, x: ir.Expr, state: _State) -> None:
        for part in subexpressions(x):
            if isinstance(part, ir.FuncLit):
                # A literal that is made under a lock is taken to run under it.
                self._entered[part.function] = self._entered.get(part.function, frozenset()) | state.held
            elif isinstance(part, ir.Call):
                self._called(part, state)

    def statement(self, statement: ir.Stmt, state: _State) -> _State | None:
        after = super().statement(statement, state)
        return None if isinstance(statement, ir.Do) and isinstance(statement.x, ir.Call) and nilcalls.ends(self._view, statement.x) else after

    def defer(self, statement: ir.Defer, state: _State) -> None:
        # A deferred Unlock holds the lock until the return; `defer s.lock()()` locks now.
        call = statement.call
        if not isinstance(call, ir.Call):
            return
        for x in (*call.args, *([call.fun] if isinstance(call.fun, ir.Call) else [])):
            self.evaluate(x, state)
        if _map_call(call, self._view) is not None:
            self._called(call, state)

    def spawn(self, statement: ir.Go, state: _State) -> None:
        if isinstance(statement.call, ir.Call):
            for x in statement.call.args:
                if not isinstance(x, ir.FuncLit):
                    self.evaluate(x, state)

    def _called(self, call: ir.Call, state: _State) -> None:
        found = _map_call(call, self._view)
        if found is None:
            self._lock(call, state)
            return
        if found.key is None or found.path is None or self._maps.private(found.path, self._number):
            return
        key = self._view.paths.key(found.key)
        if found.method in ("Store", "Delete"):
            self._changed(found, key, state)
        for pos in list(state.outcomes):
            earlier = self._look_ups[pos]
            if earlier.call.path == found.path and earlier.key == key:
                # The later call stands for the earlier one: looking again under a lock is how it should be done.
                del state.outcomes[pos], state.guards[pos]
        if found.method in ("Load", "LoadOrStore"):
            self._look_ups[found.pos] = _LookUp(found, key, locals_in(found.path, key), used=False)
            state.outcomes[found.pos] = "open" if found.method == "Load" else "hit"
            state.guards[found.pos] = state.held

    def _lock(self, call: ir.Call, state: _State) -> None:
        """Follow mutexes and, by their names, helpers and methods that lock."""
        match call.fun:
            case ir.Sel(base, name):
                lock = ".".join(self._view.paths.of(base) or (self._view.paths.key(base),))
            case ir.Name(name):
                lock = ""
            case _:
                return
        if name in ("RLock", "RUnlock", "TryRLock"):
            return  # readers do not keep each other out
        lowered = name.lower()
        if lowered.startswith(("unlock", "release")):
            state.held -= {lock}
            state.guards = {pos: locks - {lock} for pos, locks in state.guards.items()}
        elif lowered.startswith(("lock", "trylock", "acquire")):
            state.held |= {lock}
        else:
            self._helped(call, state)

    def _helped(self, call: ir.Call, state: _State) -> None:
        """Follow what a helper of the package does to locks, whatever its name."""
        for token in self._callees.targets(call.fun)[:1]:
            acquired, released = self._effects.function(token) or ((), ())
            state.held |= {lock.name for lock in acquired if lock.mode == "w"}
            names = {lock.name for lock in released}
            if names:
                state.held -= names
                state.guards = {pos: locks - names for pos, locks in state.guards.items()}

    def send(self, statement: ir.Send, state: _State) -> None:
        super().send(statement, state)
        path = self._view.paths.of(statement.channel)
        kind = self._view.package.resolver.underlying(self._view.typing.of(statement.channel))
        if path is not None and isinstance(kind, model.Chan) and kind.elem == model.Struct(()):
            # `sem <- struct{}{}` before and `<-sem` after is a lock.
            state.held |= {".".join(path)}

    # --- changes ---

    def _changed(self, found: MapCall, key: str, state: _State) -> None:
        for pos, outcome in state.outcomes.items():
            look_up = self._look_ups[pos]
            if look_up.call.path != found.path or look_up.key != key or state.guards[pos]:
                continue
            if found.method == "Delete":
                own = isinstance(found.key, ir.Local) and found.key.id == self._view.root.receiver
                if outcome != "miss" and look_up.used and look_up.call.method == "Load" and not own:
                    self._report("delete", look_up, found)
                return
            if outcome == "miss":
                if len(found.call.args) == 2 and self._view.typing.of(found.call.args[1]) == model.NIL:
                    return  # a mark that nothing is to be had: both store the same
                self._report("miss", look_up, found)
                return
        if found.method == "Store" and len(found.call.args) == 2:
            self._stored(found, key, state)

    def _stored(self, found: MapCall, key: str, state: _State) -> None:
        ways: dict[str, _LookUp] = {}
        for pos, way in sorted(self._origins(found.call.args[1], state)):
            look_up = self._look_ups[pos]
            if look_up.call.path == found.path and look_up.key == key and pos in state.guards and not state.guards[pos]:
                ways.setdefault(way, look_up)
        if "computed" in ways:
            self._report("modify", ways["computed"], found)
        elif "filled" in ways and ways["filled"].call.method == "Load":
            self._report("miss", ways["filled"], found)

    def _report(self, kind: str, look_up: _LookUp, found: MapCall) -> None:
        view = self._view
        one_call = _ONE_CALL.get(kind)
        if one_call is not None and view.package.resolver.method(view.typing.of(found.base), one_call) is None:
            return  # a type like sync.Map that has no better way
        self.results[found.pos] = SyncMapSequence(
            place=place_of(found.call, view),
            function=view.name,
            package=view.package.scope.path,
            map=spelled_map(found, view),
            owner=owner_of(found, view),
            kind=kind,
            key=spell(found.key, view.variables, 40),
            method=look_up.call.method,
            look_up=place_of(look_up.call.call, view),
            go=view.go,
            stateful=len(found.call.args) == 2 and is_stateful(view.typing.of(found.call.args[1]), view.package.resolver),
            answers=kind == "miss" and self._number == view.number and not look_up.used and answers(view, look_up.call, found),
            harmless=kind == "delete" and harmless(view, self._number, look_up.call, found),
            closes=kind == "delete" and closes(view, self._number, look_up.call, found),
            apart=self._apart(found),
            id=function_id(view, self._number),
        )

    def _apart(self, found: MapCall) -> bool:
        if isinstance(found.base, ir.Local) and self._view.variables[found.base.id].kind == "param":
            return True
        key = stands_for(found.key, self._view) if found.key is not None else None
        for _, loop in self._maps.calls:
            literal = self._view.literal(loop.call.args[0]) if loop.method == "Range" and loop.path == found.path and loop.call.args else None
            if literal is not None and key is not None and key in self._view.facts.functions[literal].params[:1]:
                return True
        return False

    # --- values ---

    def assign(self, statement: ir.Assign | ir.Declare, state: _State) -> None:
        targets: list[int | ir.Expr]
        if isinstance(statement, ir.Declare):
            targets, values, op = list(statement.variables), statement.values, ":="
        else:
            targets = [x.id if isinstance(x, ir.Local) else x for x in statement.lhs]
            values, op = statement.rhs, statement.op
        alone = len(values) == len(targets)
        origins = [self._origins(values[index if alone else 0], state) if values else frozenset() for index in range(len(targets))]
        if op not in ("=", ":="):
            origins = [_computed(item) for item in origins]
        for index, target in enumerate(targets):
            if not isinstance(target, int):
                self._stored_into(target, origins[index], state)
                continue
            if target < 0:
                continue
            before = state.origins.get(target, frozenset())
            if op not in ("=", ":="):
                state.origins[target] = _computed(before) | origins[index]
            elif alone or not values or index == 0 or not isinstance(values[0], ir.Assert | ir.Index):
                state.origins[target] = origins[index]
            self._forget(target, state)
        if len(values) == 1 and len(targets) == 2:
            self._second(values[0], targets, state)
        elif alone:
            for target, value in zip(targets, values, strict=True):
                if isinstance(target, int) and isinstance(value, ir.Local) and value.id in state.found:
                    state.found[target] = state.found[value.id]

    def _second(self, value: ir.Expr, targets: list[int | ir.Expr], state: _State) -> None:
        """`v, ok := …`: a look-up, or an assertion that tells as well whether there was something."""
        first, second = targets
        if isinstance(value, ir.Call) and value.pos in self._look_ups and value.pos in state.outcomes:
            look_up = self._look_ups[value.pos]
            if isinstance(first, int) and first >= 0:
                self._look_ups[value.pos] = _LookUp(look_up.call, look_up.key, look_up.depends, used=True)
                state.origins[first] = frozenset(((value.pos, "same"),))
            if isinstance(second, int) and second >= 0:
                state.origins.pop(second, None)
                if look_up.call.method == "Load":
                    state.found[second] = value.pos
                else:
                    self._let_in_one(look_up, state)
        elif isinstance(value, ir.Assert) and isinstance(second, int) and second >= 0:
            state.origins.pop(second, None)
            same = [pos for pos, way in self._origins(value.x, state) if way == "same" and pos in state.outcomes]
            if len(same) == 1:
                state.found[second] = same[0]

    def _let_in_one(self, first: _LookUp, state: _State) -> None:
        """`_, loaded := busy.LoadOrStore(key, …)` lets one goroutine go on for each key: as good as a lock for entries of that key."""
        for pos in state.outcomes:
            if self._look_ups[pos].key == first.key and self._look_ups[pos].call.path != first.call.path:
                state.guards[pos] |= {f"{'.'.join(first.call.path or ())}[{first.key}]"}

    def _stored_into(self, target: ir.Expr, origins: frozenset[Origin], state: _State) -> None:
        """`x.f = v`: a struct or array is now another value; what a pointer, slice or map leads to is not the variable's own."""
        root = target
        by_value = True
        while isinstance(root, ir.Sel | ir.Index):
            root = root.base
            kind = self._view.package.resolver.underlying(self._view.typing.of(root))
            by_value = by_value and isinstance(kind, model.Struct | model.Array)
        if by_value and isinstance(root, ir.Local):
            state.origins[root.id] = _computed(state.origins.get(root.id, frozenset())) | _computed(origins)
        if isinstance(target, ir.Sel):
            self._forget_path(target, state)

    def _forget(self, local: int, state: _State) -> None:
        """A local has another value: keys and maps that are spelled with it are others now."""
        state.found.pop(local, None)
        for pos in [pos for pos in state.outcomes if local in self._look_ups[pos].depends]:
            del state.outcomes[pos], state.guards[pos]

    def _forget_path(self, target: ir.Expr, state: _State) -> None:
        text = self._view.paths.key(target)
        for pos in [pos for pos in state.outcomes if text in self._look_ups[pos].key]:
            del state.outcomes[pos], state.guards[pos]

    def enter_range(self, statement: ir.Range, state: _State) -> None:
        origins = _computed(self._origins(statement.over, state))
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                state.origins[x.id] = origins
                self._forget(x.id, state)

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: _State) -> None:
        origins = self._origins(statement.subject, state)
        if case.variable >= 0:
            state.origins[case.variable] = origins
        for pos, way in origins:
            if way == "same" and pos in state.outcomes:
                if case.types == [ir.TName("nil")]:
                    state.outcomes[pos] = "miss"
                elif not case.default:
                    state.outcomes[pos] = "hit"

    def _origins(self, x: ir.Expr, state: _State) -> frozenset[Origin]:
        """Return which look-ups a value comes from."""
        match x:
            case ir.Local(number):
                return state.origins.get(number, frozenset())
            case ir.Assert(operand):
                return self._origins(operand, state)
            case ir.Call(fun, [operand]) if self._view.typing.as_type(fun) is not None:
                return self._origins(operand, state)
            case ir.Call(fun, args):
                if _map_call(x, self._view) is not None:
                    return frozenset()
                receiver = [fun.base] if isinstance(fun, ir.Sel) else []
                return _computed(frozenset(origin for operand in (*receiver, *args) for origin in self._origins(operand, state)))
            case ir.Const() | ir.Name() | ir.FuncLit() | ir.TypeArg() | ir.Recv():
                return frozenset()
            case ir.Binary(op) if op in ("==", "!=", "<", "<=", ">", ">=", "&&", "||"):
                return frozenset()
        found = {origin for part in subexpressions(x) if isinstance(part, ir.Local) for origin in state.origins.get(part.id, ())}
        return _computed(frozenset(found))

    # --- conditions ---

    def assume(self, condition: ir.Expr, truth: bool, state: _State) -> _State | None:
        match condition:
            case ir.Unary("!") | ir.Binary("&&" | "||"):
                return self.assume_parts(condition, truth, state)
            case ir.Binary("==" | "!=" as op, ir.Local(number), ir.Name("nil")):
                return self._tested([pos for pos, way in state.origins.get(number, ()) if way == "same"], truth == (op == "!="), state)
            case ir.Binary("==" | "!=" as op, ir.Local() as operand, ir.Name("true" | "false" as word)):
                return self.assume(operand, truth == ((op == "==") == (word == "true")), state)
            case ir.Local(number) if number in state.found:
                return self._tested([state.found[number]], truth, state)
            case ir.Call() if truth:
                self._won(condition, state)
        return state

    def _won(self, call: ir.Call, state: _State) -> None:
        """`if entry.gone.CompareAndSwap(false, true)`: of all that have found an entry, one alone goes on to take it out."""
        x = won_flag(call) or slots(self._view.package).asked_object(call, self._view)
        while isinstance(x, ir.Sel):
            x = x.base
        if isinstance(x, ir.Local):
            for pos, way in self._origins(x, state):
                if way == "same" and pos in state.guards:
                    state.guards[pos] |= {f"{self._view.variables[x.id].name} won"}

    def _tested(self, look_ups: list[int], hit: bool, state: _State) -> _State | None:
        for pos in look_ups:
            before = state.outcomes.get(pos)
            if before is not None:
                if before == "miss" and hit:
                    return None
                state.outcomes[pos] = "hit" if hit else "miss"
        return state


def _filled(mine: frozenset[Origin], other: frozenset[Origin], there: _State) -> frozenset[Origin]:
    """Return origins of one side of a join; what the other side has from elsewhere, after a miss, is filled in."""
    positions = {pos for pos, _ in other}
    return frozenset((pos, "filled" if way == "same" and pos not in positions and there.outcomes.get(pos) == "miss" else way) for pos, way in mine)


def _computed(origins: frozenset[Origin]) -> frozenset[Origin]:
    return frozenset((pos, "computed") for pos, _ in origins)
