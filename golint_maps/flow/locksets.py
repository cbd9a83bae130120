"""The forward walk behind a summary: the locks that are surely held at each event, and which local objects are still their function's own.

Locksets are those of RacerD and gVisor's checklocks; ownership is Naik & Aiken's conditional must-not aliasing, as simplified by RacerD: what is
made here and not yet published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from golint_maps.flow import locks
from golint_maps.flow.admission import Admission
from golint_maps.flow.decisions import Decisions
from golint_maps.flow.events import (
    BORROWED,
    BOUND,
    ELSEWHERE,
    KEPT,
    SETTLED,
    Argument,
    CallSite,
    Condition,
    Flow,
    Held,
    MapAccess,
    Position,
    Submit,
    Sync,
)
from golint_maps.flow.family import Family
from golint_maps.flow.first_time import empty_regions
from golint_maps.flow.function_values import FunctionValues
from golint_maps.flow.identity import function_id
from golint_maps.flow.known_calls import REFLECTED, concerns_nobody, map_api_names, map_apis
from golint_maps.flow.literals import field_name
from golint_maps.flow.lock_helpers import locks_what_is_there, once_lock, only_locks, taken_in_passing
from golint_maps.flow.lock_pointers import may_be_anothers
from golint_maps.flow.lockset_state import Locks, State, join
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.ownership import MAY_BE_NEW, Ownership, appends_to
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.placed import Placed
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import Structure, before_returns, breaks, loops_around
from golint_maps.flow.traverse import each
from golint_maps.flow.walk import Forward, children
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_BUILTINS = frozenset("delete clear len append make new panic close copy cap min max print println".split())
_SIGNALS = {"Done": "done", **dict.fromkeys(("Wait", "SignalAndWait", "StopAndWait", "CloseAndWait", "WaitAll"), "wait")}
_FLAGS = {"Store": "store", "CompareAndSwap": "store", "Load": "load"}


_AT_THE_END = frozenset(("testing.common.Cleanup", "!testing.TB.Cleanup"))
"""What calls what it is given when the function is over, as if that were deferred."""
_CHOSEN = 1 << 30
"""The number of a branch that stands nowhere."""

_FOR_EVENTS = re.compile(r"On[A-Z]\w*|\w*(?:Handler|Callback|Listener|Hook)")
"""Names of fields for a function that is called when something happens."""


class LocksetWalk(Forward[State]):
    def __init__(self, shared: Family, function: ir.Function, number: int) -> None:
        super().__init__()
        self.shared = shared
        self.view = shared.view
        self._typing = shared.view.typing
        self._resolver = shared.view.package.resolver
        self._ownership = Ownership(shared)
        self._placed = Placed(shared, self._ownership)
        self.names = shared.names
        self.number = number
        self.id = function_id(shared.view, number)
        self.function = function
        self.structure = Structure(function.body or (), shared.captured)
        self.accesses: dict[tuple[int, int, str, str], MapAccess] = {}
        self.calls: dict[tuple[int, int, str], CallSite] = {}
        self.syncs: dict[tuple[int, str], Sync] = {}
        self._functions = FunctionValues(shared)
        self.flows = self._functions.flows
        self.sends: dict[int, tuple[str, str, Position]] = {}
        self.submits: dict[int, Submit] = {}
        self._deferred: list[ir.Defer] = []
        self._held_at: dict[int, Locks] = {}
        self._locks = any(call.fun.__class__ is ir.Sel and "ock" in call.fun.name for call in each(function.body or (), ir.Call))
        self._switches = shared.switches
        self._decisions = Decisions(shared, function, self.structure, locks=self._locks)
        self._in_deferred = False
        self.endless = any(_may_serve(loop) for loop in each(function.body or (), ir.For))
        self._written: frozenset[tuple[str, ...]] = frozenset()
        self._admission = Admission(shared, function, locks=self._locks)
        self._named_under: dict[int, frozenset[tuple[str, ...]]] = {}
        """The locks that were held when a local variable got its value."""
        self._empty = [(start, end, x) for start, end, x in empty_regions(function.body or ()) if self._is_map(x)]

    def start(self) -> None:
        """Walk the body, then what it has deferred, in the order in which that runs."""
        end = self.run(self.function.body or (), State(self._entered_with(self.function.body or ()), frozenset()))
        self._in_deferred = True
        state = end or State({}, frozenset())
        for index in reversed(range(len(self._deferred))):
            call = self._deferred[index].call
            if not isinstance(call, ir.Call):
                continue
            released = self.shared.lock_effects.released(call, self.view) if call.fun.__class__ is ir.Call or call.fun.__class__ is ir.Sel else None
            if released is not None:
                self._unlock(released, state)
            elif isinstance(call.fun, ir.FuncLit):
                self._call_site(call, "call", State({**self._given_back_later(index), **state.held}, state.owned))
                effect = self.shared.lock_effects.literal(self.view, call.fun.function, self.names)
                self._apply(effect, None, state)
            else:
                later = self._given_back_later(index)
                kept = {path: lock for path, lock in later.items() if path not in state.held}
                state.held |= kept
                self._call(call, state, operands=False)
                for path in kept:
                    state.held.pop(path, None)

    def _entered_with(self, body: Sequence[ir.Stmt]) -> Locks:
        """Return what a function has from its start, since it gives it back: locks, and slots."""
        held: Locks = locks.entered_with(body, self.names) if self._locks or each(body, ir.Defer) else {}
        return held | locks.place_handed_over(self.function, self.names) | self._admission.entered_with()

    def _unlock(self, released: Sequence[tuple[str, ...]], state: State) -> None:
        """Forget locks that are given back."""
        for path in released:
            state.held.pop(self.names.rooted(path) or path, None)

    def _given_back_later(self, index: int) -> Locks:
        """Return the locks that were held when a call was deferred, and whose release was deferred before it, so that it runs after it."""
        releases = [locks.operation(item.call, self.names) for item in self._deferred[:index] if isinstance(item.call, ir.Call)]
        paths = {release.path for release in releases if release is not None and release.kind == "release"}
        return {path: lock for path, lock in self._held_at.get(id(self._deferred[index]), {}).items() if path in paths}

    # --- states ---

    def copy(self, state: State) -> State:
        return state.copy()

    def join(self, left: State, right: State) -> State:
        return join(left, right)

    def _used_behind(self, x: ir.Local) -> bool:
        """Tell whether a local variable may be used after a place in the same activation, by a literal or a caller, too."""
        variable = self.view.variables[x.id]
        if variable.kind not in ("define", "var") or x.id in self.shared.captured:
            return True
        loops = loops_around(self._at(x.pos))
        return not {*loops}.issubset(self._at(variable.pos).nest) or any(
            use.id == x.id and use.pos > x.pos for use in each(self.function.body or (), ir.Local)
        )

    def _at(self, offset: int) -> Position:
        return self.structure.at(offset, deferred=self._in_deferred)

    # --- statements ---

    def statement(self, statement: ir.Stmt, state: State) -> State | None:
        if statement.__class__ is ir.Assign and len(statement.lhs) == 1 and isinstance(statement.lhs[0], ir.Index):
            target = self.view.paths.of(statement.lhs[0].base)
            if target is not None:
                # A statement that reads and writes one map is one write.
                self._written = frozenset((target,))
                after = super().statement(statement, state)
                self._written = frozenset()
                return after
        if statement.__class__ is ir.If and statement.then and (only_locks(statement) or locks_what_is_there(statement)):
            # `if lock { s.mu.Lock(); defer s.mu.Unlock() }`: where the caller says no, the caller has the lock.
            # `if s != nil { s.mu.Lock(); … }`: where there is no lock, there is nothing to guard.
            after = self.statement(statement.init, state) if statement.init is not None else state
            return self.block(statement.then, after)
        return super().statement(statement, state)

    def assign(self, statement: ir.Assign | ir.Declare, state: State) -> None:
        if isinstance(statement, ir.Declare):
            self._declared(statement, state)
            return
        targets, values = statement.lhs, statement.rhs
        paired = len(targets) == len(values)
        self._admission.assigned(statement, state)
        for index, target in enumerate(targets):
            value = values[index] if paired else None
            match target:
                case ir.Index(base):
                    if self._is_map(base):
                        self._access("insert" if statement.op in ("=", ":=") else "update", base, target.pos, target.end, state, key=target.index)
                case ir.Local(number):
                    again = self.view.variables[number].pos != target.pos and self.view.assignments[number] > 0
                    if isinstance(value, ir.Recv) and (token := self._token(number, value.x)) is not None:
                        state.held[token.path] = token
                    if not (again and number in self.shared.captured):
                        self._bind(number, value, state)  # a variable that a literal has is not its function's own again
                        self._placed.looked_up(number, values[index] if index < len(values) else None, state)
                    if again and number in self.shared.captured and self._is_map(target):
                        start, end = extent(target, self.view)
                        self._access("assign", target, start, end, state)
                case ir.Name() | ir.Sel() | ir.Deref():
                    if value is not None:
                        new = value.__class__ in MAY_BE_NEW and target.__class__ is not ir.Deref and self._ownership.is_new(value, state)
                        if not appends_to(value, target):
                            self._ownership.publish(value, state)
                        self._ownership.replace_in_copy(target, value, state)
                        self._ownership.place(target, value, new, state)
                    if self._is_map(target):
                        start, end = extent(target, self.view)
                        self._access("assign", target, start, end, state, named=isinstance(value, ir.Local) and self._used_behind(value))
                        self._placed.put(target, value, state)
            if value is not None:
                self._functions.stored(value, target)
                if target.__class__ is ir.Sel:
                    self._kept_within(value, target.name + KEPT, state)
                    if value.__class__ in (ir.FuncLit, ir.Sel, ir.Local, ir.Name):
                        self._kept(target, value, state)

    def _kept(self, target: ir.Sel, value: ir.Expr, state: State) -> None:
        """Record a function that is put into a field of another package's struct, which calls it when something happens: so it is registered."""
        seen = self._typing.of(target) is not None
        owner = self._of_another_package(target.base) if seen else None
        if owner is None and (seen or not _FOR_EVENTS.fullmatch(target.name)):
            return
        argument = self.shared.callees.argument(value, state.owned)
        if not argument.tokens:
            return
        if owner is not None:
            fields = tuple((f"{owner.package}.{owner.name}.{target.name}", token) for token in argument.tokens)
            argument = Argument(argument.path, argument.identity, fields=fields)
        self._keep(target, target.name + KEPT, argument, state)

    def _kept_within(self, value: ir.Expr, name: str, state: State) -> None:
        """Record functions in the fields of a struct of another package that gets a name: `return &httputil.ReverseProxy{Director: f}`."""
        literal = value.x if isinstance(value, ir.Addr) else value
        if isinstance(literal, ir.Lit) and literal.elements and self._of_another_package(literal) is not None:
            argument = self.shared.callees.argument(value, state.owned)
            if argument.fields:
                self._keep(value, name, argument, state)

    def _of_another_package(self, x: ir.Expr) -> model.Named | None:
        """Return the defined type of a struct, or of what a pointer leads to, where another package declares it."""
        kind = self._typing.of(x)
        named = kind.elem if isinstance(kind, model.Pointer) else kind
        return named if isinstance(named, model.Named) and named.package != self.view.package.scope.path else None

    def _keep(self, x: ir.Expr, name: str, argument: Argument, state: State) -> None:
        """Record that something goes to where it is kept, as a call of nobody knows whom."""
        start, end = extent(x, self.view)
        self.calls[start, end, "keep"] = CallSite(
            place=Place(self.view.path, start, end),
            spelled=spell(x, self.view.variables),
            targets=(f".{name}",),
            mode="call",
            at=self._at(start),
            receiver=None,
            args=(argument,),
            locks=self._admission.held(-1, state),
        )

    def _declared(self, statement: ir.Declare, state: State) -> None:
        paired = len(statement.variables) == len(statement.values)
        for index, number in enumerate(statement.variables):
            if number < 0:
                continue
            value = statement.values[index] if paired else None
            if not statement.values:
                # A zero value is nobody else's. Pointers in it are nil.
                state.owned |= {number}
            else:
                self._bind(number, value, state)
            if value is not None:
                self._functions.stored(value, ir.Local(number, 0))

    def _bind(self, number: int, value: ir.Expr | None, state: State) -> None:
        self._placed.forget(number, state)
        if value.__class__ is ir.Const:
            return
        if value is not None:
            self._kept_within(value, self.view.variables[number].name + BOUND, state)
        if isinstance(value, ir.Sel) and state.owned and isinstance(self._resolver.underlying(self._typing.of(value)), model.Signature):
            self._ownership.publish(value, state)  # a method value has its receiver, whenever it is called
        known = self._named_under.get(value.id) if isinstance(value, ir.Local) else None
        self._named_under[number] = (
            frozenset(path for path, lock in state.held.items() if not lock.name.endswith(SETTLED)) if known is None else known
        )
        if value is not None and self._ownership.is_new(value, state):
            state.owned |= {number}
        elif number in state.owned and value is not None:
            state.owned -= {number}

    def enter_range(self, statement: ir.Range, state: State) -> None:
        self._decisions.filled(statement.over, state)
        if self._is_map(statement.over):
            start, end = extent(statement.over, self.view)
            self._access("range", statement.over, start, end, state)
        elif isinstance(self.view.package.resolver.underlying(self.view.typing.of(statement.over)), model.Chan):
            self.endless = True
            self._sync("receive", statement.over, statement.pos, state, chosen=breaks(statement.body))
        elif isinstance(self._resolver.underlying(self._typing.of(statement.over)), model.Signature):
            self._iterate(statement, state)
        if not statement.define:
            for target in (statement.key, statement.value):
                if isinstance(target, ir.Index) and self._is_map(target.base):
                    self._access("insert", target.base, target.pos, target.end, state, key=target.index)

    def _iterate(self, statement: ir.Range, state: State) -> None:
        """Record that an iterator runs on the goroutine of who ranges over it, as if it were called here, over what it was made for."""
        call = ir.Call(statement.over, [], statement.pos, statement.end)
        self._call_site(call, "call", state)
        made = statement.over
        if isinstance(made, ir.Local) and not self.view.assignments[made.id]:
            definition = self._typing.definitions.get(made.id)
            made = definition.value if isinstance(definition, FromValue) else made
        site = self.calls.get((call.pos, call.end, "call"))
        if site is not None and isinstance(made, ir.Call):
            given = (self.shared.callees.argument(x, state.owned) for x in made.args)
            self.calls[call.pos, call.end, "call"] = replace(
                site,
                receiver=self.shared.callees.receiver(made.fun, state.owned),
                args=tuple(Argument(argument.path, argument.identity, owned=argument.owned) for argument in given),
                made=True,
            )

    def leave(self, statement: ir.Return | None, state: State) -> None:
        if statement is not None:
            for value in statement.values:
                if isinstance(value, ir.FuncLit):
                    self.flows.append(Flow(function_id(self.view, value.function), f"&{self.id}"))
                elif isinstance(value, ir.Lit | ir.Addr):
                    self._functions.stored_somewhere(value)
                    self._kept_within(value, "return" + KEPT, state)
                    if isinstance(value, ir.Lit):
                        self.flows += [Flow(token, f"&{self.id}") for token in self._functions.listed(value)]
                elif isinstance(value, ir.Call | ir.Name | ir.Sel | ir.Local) and isinstance(
                    self.view.package.resolver.underlying(self.view.typing.of(value)), model.Signature
                ):
                    self.flows += [Flow(token, f"&{self.id}") for token in self.shared.callees.targets(value)]

    def spawn(self, statement: ir.Go, state: State) -> None:
        if not isinstance(statement.call, ir.Call):
            return
        call = statement.call
        if isinstance(call.fun, ir.Call):
            self.evaluate(call.fun, state)  # what makes the function runs here
        elif not isinstance(call.fun, ir.FuncLit):
            for operand in children(call.fun):
                self.evaluate(operand, state)
        for argument in call.args:
            self.evaluate(argument, state)
        self._call_site(call, "go", state)
        if isinstance(call.fun, ir.FuncLit):
            self._ownership.release_captures(call.fun, state)
        elif isinstance(call.fun, ir.Sel):
            self._ownership.publish(call.fun.base, state)
        for argument in call.args:
            self._ownership.publish(argument, state)

    def defer(self, statement: ir.Defer, state: State) -> None:
        call = statement.call
        if not isinstance(call, ir.Call):
            return
        taking = taken_in_passing(call)
        if taking is not None:
            self.evaluate(taking, state)
        elif call.fun.__class__ is ir.Sel:
            self.evaluate_base(call.fun.base, state)
        for argument in call.args:
            self.evaluate(argument, state)
        if not any(known is statement for known in self._deferred):
            self._deferred.append(statement)
            self._held_at[id(statement)] = dict(state.held)

    def send(self, statement: ir.Send, state: State) -> None:
        super().send(statement, state)
        lock = locks.channel_lock(statement.channel, self.names, send=True)
        if isinstance(statement.value, ir.Local) and (token := self._token(statement.value.id, statement.channel)) is not None:
            state.held.pop(token.path, None)
        elif lock is not None:
            state.held[lock.path] = Held(lock.path, "w", lock.name, lock.spelled)
        self._sync("send", statement.channel, statement.end - 1, state)  # behind what is sent: that is worked out first
        self._ownership.publish(statement.value, state)
        self._submit(statement, state)
        value = statement.value
        if isinstance(value, ir.Local) and not self.view.assignments[value.id] and self._is_map(value):
            channel = self.names.identity(statement.channel)
            if channel:
                self.sends[statement.pos] = (self.names.identity(value), channel + RECEIVED, self._at(statement.pos))

    def _is_false(self, name: str) -> bool:
        declared = self.view.package.scope.constants.get(name)
        return declared is not None and isinstance(declared.node.value, ir.Name) and declared.node.value.name == "false"

    def _token(self, number: int, channel: ir.Expr) -> Held | None:
        """Return the protection of what a channel hands around (`s := <-c; …; c <- s`), or None: it has one user at a time."""
        path = self.names.path(channel)
        definition = self._typing.definitions.get(number)
        if path is None or self.shared.sent.get(number) != path or not isinstance(definition, FromValue) or not isinstance(definition.value, ir.Recv):
            return None
        return Held((*path, "token"), "w", f"{self.names.identity(channel)}~")

    def _submit(self, statement: ir.Send, state: State) -> None:
        """Record that functions are sent to a channel, where somebody will call them."""
        value, channel = statement.value, statement.channel
        identity = self.names.identity(channel)
        literal = value.x if isinstance(value, ir.Addr) else value
        fields = tuple(self._functions.fields(literal)) if isinstance(literal, ir.Lit) else ()
        tokens: tuple[str, ...] = ()
        if not isinstance(literal, ir.Lit) and isinstance(self._resolver.underlying(self._typing.of(value)), model.Signature):
            tokens = self.shared.callees.targets(value)
        if not identity or not (tokens or fields):
            self._functions.stored_somewhere(value)
            return
        self.flows += [Flow(token, ELSEWHERE) for token in (*tokens, *(token for _, token in fields))]
        start, end = extent(channel, self.view)
        call = CallSite(
            place=Place(self.view.path, start, end),
            spelled=spell(channel, self.view.variables),
            targets=(*tokens, *(token for _, token in fields)),
            mode="go",
            at=self._at(statement.pos),
            receiver=self.shared.callees.receiver(value, state.owned) if tokens else None,
            locks=self._admission.held(-1, state),
        )
        beside = tuple(self._channels_in(literal)) if isinstance(literal, ir.Lit) else ()
        self.submits[statement.pos] = Submit(call, Argument(self.names.path(channel), identity, fields=fields), beside)

    def _channels_in(self, literal: ir.Lit) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (field, path) of the channels in local variables that are put into a struct."""
        for element in literal.elements:
            field = field_name(element, self.view.variables)
            if field and isinstance(element.value, ir.Local) and isinstance(self._resolver.underlying(self._typing.of(element.value)), model.Chan):
                path = self.names.path(element.value)
                if path is not None and not self.view.assignments[element.value.id]:
                    yield field, path

    def assume(self, condition: ir.Expr, truth: bool, state: State) -> State | None:
        self._admission.assumed(condition, truth, state)
        self._decisions.decide(condition, truth, state)
        match condition:
            case ir.Name(name) if truth and self._is_false(name):
                return None  # switched off: `const debug = false`
            case ir.Local(number) if truth and self._locks and not self.view.assignments[number]:
                match self.view.typing.definitions.get(number):
                    case FromValue(ir.Call() as call, _, 1):
                        self._tried(call, state)  # `ok := mu.TryLock()`
            case ir.Unary("!", operand):
                return self.assume(operand, not truth, state)
            case ir.Binary("&&", left, right) if truth:
                after = self.assume(left, True, state)
                return None if after is None else self.assume(right, True, after)
            case ir.Binary("||", left, right) if not truth:
                after = self.assume(left, False, state)
                return None if after is None else self.assume(right, False, after)
            case ir.Call() if truth and self._locks:
                self._tried(condition, state)
        return state

    def _tried(self, call: ir.Call, state: State) -> None:
        """Take the lock that a call has tried to take, where it has returned true."""
        tokens = self.shared.callees.targets(call.fun)
        found = self.shared.lock_effects.operation(call, tokens, self.names)
        if found is not None and found.kind == "try":
            state.held[found.path] = Held(found.path, found.mode, found.name, found.spelled)
        lock = self.shared.lock_effects.tries(tokens[0]) if found is None and tokens else None
        path = self._translate(lock.path, call) if lock is not None else None
        if lock is not None and path is not None:
            state.held[path] = Held(path, lock.mode, lock.name, lock.spelled)

    # --- expressions ---

    def evaluate_target(self, x: ir.Expr, state: State) -> None:
        match x:
            case ir.Index(base, index):
                self.evaluate_base(base, state)
                self.evaluate(index, state)
            case ir.Sel(base) | ir.Deref(base):
                self.evaluate_base(base, state)

    def evaluate(self, x: ir.Expr, state: State) -> None:
        if x.__class__ is ir.Call:
            self._call(x, state)
        elif x.__class__ is ir.Local:
            if x.id in self.shared.shared_locals:
                self._load(x, state)
        elif x.__class__ is ir.Sel:
            self.evaluate_base(x.base, state)
            if x.name in self.shared.assigned_names:
                self._load(x, state)
        elif x.__class__ is ir.Name:
            if x.name in self.shared.assigned_names:
                self._load(x, state)
        elif x.__class__ is not ir.Const:
            self._evaluate_other(x, state)

    def _evaluate_other(self, x: ir.Expr, state: State) -> None:
        match x:
            case ir.Index(base, index):
                self.evaluate_base(base, state)
                self.evaluate(index, state)
                if self._is_map(base):
                    self._access("read", base, x.pos, x.end, state, key=index)
            case ir.FuncLit():
                self._ownership.release_captures(x, state)
            case ir.Recv(operand):
                self.evaluate(operand, state)
                lock = locks.channel_lock(operand, self.names, send=False)
                if lock is not None:
                    state.held.pop(lock.path, None)
                self._sync("receive", operand, x.pos, state)
            case ir.Binary("==" | "!=", left, ir.Name("nil")):
                self.evaluate(left, state)
            case ir.Addr(ir.Sel() | ir.Name() | ir.Local() as operand):
                self.evaluate_base(operand, state)  # where a map variable lies says nothing of what is in it
            case _:
                for operand in children(x):
                    self.evaluate(operand, state)

    def evaluate_base(self, x: ir.Expr, state: State) -> None:
        """Evaluate what something is selected from: reading a variable on the way to an element is no access of its own."""
        while x.__class__ is ir.Sel:
            x = x.base
        if x.__class__ is ir.Deref:
            self.evaluate_base(x.x, state)
        elif x.__class__ is not ir.Local and x.__class__ is not ir.Name and x.__class__ is not ir.Const:
            self.evaluate(x, state)

    def _load(self, x: ir.Expr, state: State) -> None:
        """Reading a map variable is an access only where somebody assigns another map to it."""
        name = self.view.variables[x.id].name if isinstance(x, ir.Local) else x.name if isinstance(x, ir.Name | ir.Sel) else ""
        if name in self.shared.assigned_names and self._is_map(x) and (x.__class__ is not ir.Local or self.view.paths.of(x) == (f"l{x.id}",)):
            start, end = extent(x, self.view)
            self._access("load", x, start, end, state)

    def _call(self, call: ir.Call, state: State, *, operands: bool = True) -> None:
        """Make a call. Those that were deferred have had their operands evaluated where they were deferred."""
        fun = call.fun
        if fun.__class__ is ir.Name and self._builtin(call, fun, state):
            return
        operation = None
        if fun.__class__ is ir.Sel and fun.name in locks.METHODS:
            operation = self.shared.lock_effects.operation(call, self.shared.callees.targets(fun), self.names)
        if operation is not None:
            for argument in call.args if operands else ():
                self.evaluate(argument, state)
            if operands and isinstance(fun, ir.Sel):
                self.evaluate_base(fun.base, state)  # the lock may come out of a map
            if operation.kind == "acquire":
                path = (*operation.path, BORROWED) if self._borrowed(fun) else operation.path
                state.held[operation.path] = Held(path, operation.mode, operation.name, operation.spelled)
            elif operation.kind == "release":
                state.release(operation.path)
            return
        walks = self._known_api(call, state)
        for argument in call.args if operands else ():
            self.evaluate(argument, state) if not walks else self.evaluate_base(argument, state)
        if len(call.args) == 1 and self.view.typing.of(fun) is None and self.view.typing.as_type(fun) is not None:
            return  # a conversion
        if operands and fun.__class__ is ir.Sel:
            self.evaluate_base(fun.base, state)
        elif operands and (fun.__class__ is ir.Index or fun.__class__ is ir.Call):
            self.evaluate(fun, state)
        self._call_site(call, "call", state)
        if state.owned:
            self._give_away(call, state)
        self._after_call(call, state)

    def _give_away(self, call: ir.Call, state: State) -> None:
        """Take the objects of method values as shared that another package gets: it may keep and start them. This one's functions are looked into."""
        values = [x for x in call.args if x.__class__ is ir.Sel and isinstance(self._resolver.underlying(self._typing.of(x)), model.Signature)]
        own = f"{self.view.package.scope.path}."
        if values and not any(token.startswith(own) for token in self.shared.callees.targets(call.fun)):
            for value in values:
                self._ownership.publish(value, state)

    def _borrowed(self, fun: ir.Expr) -> bool:
        """Tell whether the lock of a lock operation may be somebody else's lock, under another name."""
        fun = locks.through_condition(fun, self.names) if isinstance(fun, ir.Sel) else fun
        return isinstance(fun, ir.Sel) and may_be_anothers(fun.base, self.view, self._makes_anew)

    def _makes_anew(self, call: ir.Call) -> bool:
        return any(map(self.shared.makes_anew, self.shared.callees.targets(call.fun)))

    def _builtin(self, call: ir.Call, fun: ir.Name, state: State) -> bool:
        name = fun.name
        if name not in _BUILTINS:
            return False
        if not self.view.typing.is_builtin(fun, name):
            return False
        for argument in call.args:
            self.evaluate_base(argument, state) if name in ("delete", "clear", "len") else self.evaluate(argument, state)
        if name in ("delete", "clear", "len") and call.args and self._is_map(call.args[0]):
            self._access(name, call.args[0], call.pos, call.end, state, key=call.args[1] if len(call.args) > 1 else None)
            if name == "delete":
                self._placed.taken_out(call, state)
        elif name == "close" and call.args:
            self._sync("close", call.args[0], call.pos, state)
        return True

    def _known_api(self, call: ir.Call, state: State) -> bool:
        """Tell whether a callee walks, fills or decodes a map: then the call is an access to it."""
        if call.fun.__class__ is not ir.Sel:
            return False
        if call.fun.name in REFLECTED and (target := self._reflected(call.fun.base)) is not None:
            self._access(REFLECTED[call.fun.name], target, call.pos, call.end, state)
            return False
        if not call.args or call.fun.name not in map_api_names():
            return False
        tokens = self.shared.callees.targets(call.fun)
        if not tokens:
            return False
        found = False
        for op, indices in map_apis().get(tokens[0], ()):
            for index in indices:
                if index < len(call.args):
                    argument = call.args[index]
                    target = argument.x if isinstance(argument, ir.Addr) else self._pointed_to(argument)
                    if self._is_map(target):
                        found = True
                        self._access(op, target, call.pos, call.end, state)
        return found

    def _pointed_to(self, x: ir.Expr) -> ir.Expr:
        """Return the map that an argument points to, if it is such a pointer, else the argument."""
        kind = self._typing.of(x)
        if isinstance(kind, model.Pointer) and self._resolver.map(kind.elem) is not None:
            return ir.Deref(x, *extent(x, self.view))
        return x

    def _reflected(self, x: ir.Expr) -> ir.Expr | None:
        """Return the map that a `reflect.Value` was made from, or None."""
        if isinstance(x, ir.Local) and not self.view.assignments[x.id]:
            match self._typing.definitions.get(x.id):
                case FromValue(value, 0, 1):
                    x = value
        if isinstance(x, ir.Call) and len(x.args) == 1 and self.shared.callees.targets(x.fun) == ("reflect.ValueOf",) and self._is_map(x.args[0]):
            return x.args[0]
        return None

    def _after_call(self, call: ir.Call, state: State) -> None:
        fun = call.fun
        tokens = self.shared.callees.targets(fun)
        if fun.__class__ is ir.Sel:
            if fun.name in _SIGNALS and not call.args:
                self._sync(_SIGNALS[fun.name], fun.base, call.pos, state)
            if fun.name == "SetLimit" and len(call.args) == 1:
                one = isinstance(call.args[0], ir.Const) and call.args[0].text == "1"
                self._sync("single" if one else "several", fun.base, call.pos, state)
            self._admission.give_back(call, state)
            if fun.name in _FLAGS and tokens and tokens[0].startswith("sync/atomic."):
                self._sync(_FLAGS[fun.name], fun.base, call.pos, state)
            self._placed.stored(call, state)
        if tokens == ("sync.Once.Do",):
            once = once_lock(call, self.names, "r")
            if once is not None:
                state.held[once.path] = once
            return
        effects = self.shared.lock_effects
        if fun.__class__ is ir.FuncLit:
            self._apply(effects.literal(self.view, fun.function, self.names), None, state)
            return
        if fun.__class__ is ir.Local or fun.__class__ is ir.Sel:
            released = effects.released(call, self.view)
            if released is not None:
                self._unlock(released, state)
                return
        for token in tokens[:1]:
            effect = effects.function(token)
            if effect is not None:
                self._apply(effect, call, state)
            if effects.spawns(token):
                if isinstance(fun, ir.Sel):
                    self._ownership.publish(fun.base, state)
                for argument in call.args:
                    self._ownership.publish(argument, state)

    def _apply(self, effect: tuple[tuple[Held, ...], tuple[Held, ...]] | None, call: ir.Call | None, state: State) -> None:
        if effect is None:
            return
        acquired, released = effect
        for lock in acquired:
            path = self._translate(lock.path, call)
            if path is not None:
                state.held[path] = Held(path, lock.mode, lock.name, lock.spelled)
        for lock in released:
            path = self._translate(lock.path, call)
            if path is not None:
                state.release(path)

    def _translate(self, path: tuple[str, ...], call: ir.Call | None) -> tuple[str, ...] | None:
        """Return a callee's path in terms of the caller."""
        if call is None or path[0][0] in "gl":
            return path
        operand: ir.Expr | None = None
        if path[0] == "r" and isinstance(call.fun, ir.Sel):
            operand = call.fun.base
        elif path[0][0] == "p" and int(path[0][1:]) < len(call.args):
            operand = call.args[int(path[0][1:])]
        head = self.names.path(operand)
        if head is None:
            return None
        if path[0] == "r" and isinstance(call.fun, ir.Sel) and operand is not None:
            method = self.view.package.resolver.method(self.view.typing.of(operand), call.fun.name)
            if method is not None:
                head = (*head, *method.path)
        return (*head, *path[1:])

    # --- events ---

    def _is_map(self, x: ir.Expr) -> bool:
        return self._resolver.underlying(self._typing.of(x)).__class__ is model.Map

    def _access(self, op: str, x: ir.Expr, start: int, end: int, state: State, key: ir.Expr | None = None, *, named: bool = False) -> None:
        """Record an access. A map that is put in place `named` goes on to have a local name, by which it may be changed."""
        if self._placed.is_taken(x, state):
            return
        self._named_access(op, x, x, start, end, state, key, named=named)
        for where in self._placed.other_names(x, state):
            self._named_access(op, x, where, start, end, state, key, named=named)

    def _named_access(
        self, op: str, written: ir.Expr, x: ir.Expr, start: int, end: int, state: State, key: ir.Expr | None = None, *, named: bool = False
    ) -> None:
        """Record an access to a map as `x`, which is `written` there as that or by a local name for it."""
        path = self.view.paths.of(x)
        if path is None:
            return
        if op == "read" and path in self._written:
            return
        if op in ("assign", "load") and self._ownership.in_own_struct(x):
            return  # the variable itself is in this function's copy, whoever has the map
        rooted = self.names.rooted(path)
        assert rooted is not None
        owned = False
        if path[0][0] == "l":
            number = int(path[0][1:])
            owned = number in state.owned or path in state.owned
            if len(path) == 1 and rooted[0][0] == "l" and number not in self.shared.shared_locals and number not in self.shared.handed_in:
                return  # nobody else can see it
            if owned and number not in self.shared.shared_locals and rooted[0][0] == "l":
                return
        identity = self.names.identity(x)
        if not identity:
            return
        self.accesses[start, end, op, identity] = MapAccess(
            place=Place(self.view.path, start, end),
            function=self.view.name,
            package=self.view.package.scope.path,
            map=spell(written, self.view.variables),
            owner=qualified(self.view, x),
            op=op,
            path=rooted,
            identity=identity,
            at=self._at(start),
            locks=self._admission.held(start, state, rooted[-1].rpartition(".")[2]),
            owned=owned,
            named=named,
            alias=x is not written or (isinstance(x, ir.Local) and path != (f"l{x.id}",) and self._outlives_locks(x.id, path, state)),
            key=self.view.paths.key(key) if key is not None else "",
            in_copy=op in ("assign", "load") and self._ownership.in_captured_copy(x),
            inline=self._ownership.inline(x) if op in ("assign", "load") else 0,
            when=self._when(state),
            settings=self._decisions.settings(state),
        )

    def _when(self, state: State) -> tuple[Condition, ...]:
        """Return what the function's parameters are where a state holds, as far as conditions around it tell."""
        if not state.assumed or not self._switches:
            return ()
        return tuple(sorted((self._switches[what], truth) for what, truth in state.assumed if what in self._switches))

    def _outlives_locks(self, number: int, path: tuple[str, ...], state: State) -> bool:
        """Tell whether a local name of a map may have got it under locks that are given back, or a map that others have replaced since."""
        under = self._named_under.get(number)
        if under is None or not under.issubset(state.held):
            return True
        return not under and (path[-1] in self.shared.assigned_fields if len(path) > 1 else path[0].rpartition(".")[2] in self.shared.assigned_names)

    def _sync(self, kind: str, x: ir.Expr, start: int, state: State, *, chosen: bool = False) -> None:
        """Note a signal or a wait. One that is `chosen` may not come to its end, as if it stood in a branch."""
        path = self.names.path(x)
        if path is not None:
            # `wg.Done(); return` in a loop is the end of the function, as a deferred one is.
            ends = kind in ("done", "close") and start in before_returns(self.function.body or ())
            at = self.structure.at(start, deferred=True) if ends else self._at(start)
            if chosen:
                at = replace(at, nest=(*at.nest, _CHOSEN))
            since = self._left_before(at, kind) if kind in ("done", "wait") else -1
            self.syncs[start, kind] = sync = Sync(kind, path, at, Place(self.view.path, start, start + 1), self._admission.held(-1, state), since)
            left = self.structure.when_left(at) if kind in ("receive", "wait") else None
            if left is not None:
                self.syncs[left.order, kind] = replace(sync, at=left)

    def _left_before(self, at: Position, kind: str) -> int:
        """Return where the last statement before a signal or wait stands by which one may not come to it, or -1."""
        body = self.function.body or ()
        ways = [statement.pos for statement in each(body, ir.Return)]
        if kind == "done":
            if not any(number < 0 for number in at.nest):
                return -1
            ways += [statement.pos for statement in each(body, ir.Branch)]
        return max((pos for pos in ways if pos < at.order), default=-1)

    def _call_site(self, call: ir.Call, mode: str, state: State) -> None:
        for argument in call.args:
            if isinstance(argument, ir.Lit | ir.Addr):
                self._functions.stored_somewhere(argument)
        tokens = self.shared.callees.targets(call.fun)
        if not tokens or (mode == "call" and concerns_nobody(tokens, call.args)):
            return
        held = self._admission.held(call.pos, state)
        if tokens == ("sync.Once.Do",):
            once = once_lock(call, self.names, "w")
            held = (*held, once) if once is not None else held
        arguments = tuple(self._ownership.given(argument, self.shared.callees.argument(argument, state.owned)) for argument in call.args)
        receiver = self.shared.callees.receiver(call.fun, state.owned)
        if receiver is not None and isinstance(call.fun, ir.Sel):
            receiver = self._ownership.given(call.fun.base, receiver)
        passed: Sequence[ir.Expr] = call.args
        if receiver is None and passed and self.shared.callees.is_method_expression(call.fun):
            receiver, arguments, passed = arguments[0], arguments[1:], passed[1:]
        if mode == "go":
            # A map that the function replaces is handed over with the goroutine: nobody else has it any more.
            arguments = tuple(
                Argument() if self._is_map(given) and self._replaced(given, call.end) else self._ownership.apart(given, argument, state)
                for given, argument in zip(passed, arguments, strict=True)
            )
            if receiver is not None and isinstance(call.fun, ir.Sel):
                receiver = self._ownership.apart(call.fun.base, receiver, state)
        self.calls[call.pos, call.end, mode] = CallSite(
            place=Place(self.view.path, call.pos, min(call.end, self._head_end(call))),
            spelled=spell(call.fun, self.view.variables),
            targets=tokens,
            mode=mode,
            at=self._when_made(call, mode, tokens),
            receiver=receiver,
            args=arguments,
            locks=held if tokens[0] not in _AT_THE_END else (),
            once=self._admission.once_only(call.pos, self.structure),
            alone=mode == "go" and self._admission.let_in(call.pos),
            when=self._when(state),
            settings=self._decisions.settings(state),
            empty=tuple(self.names.identity(x) for start, end, x in self._empty if start <= call.pos < end) if self._empty else (),
            maker=self.shared.callees.maker(call.fun) if tokens[0][0] == "&" else -1,
        )

    def _when_made(self, call: ir.Call, mode: str, tokens: Sequence[str]) -> Position:
        """Return where a call is made, or what it starts begins, or where what it is given is called."""
        if tokens[0] in _AT_THE_END:
            return self.structure.at(call.pos, deferred=True)
        return self.structure.of_start(call.pos) if mode == "go" and not self._in_deferred else self._at(call.pos)

    def _replaced(self, x: ir.Expr, after: int) -> bool:
        """Tell whether a map variable gets another map: a field anywhere in the function, a local one surely after an offset."""
        if x.__class__ is not ir.Local:
            return self.view.paths.of(x) in self.view.paths.replaced
        if not self.view.assignments[x.id]:
            return False
        nest = self._at(after).nest
        later = (assign for assign in each(self.function.body or (), ir.Assign) if assign.pos >= after and self._at(assign.pos).nest == nest)
        return any(target.__class__ is ir.Local and target.id == x.id for assign in later for target in assign.lhs)

    def _head_end(self, call: ir.Call) -> int:
        if isinstance(call.fun, ir.FuncLit):
            return call.fun.pos + 4
        return extent(call.fun, self.view)[1]


def _may_serve(loop: ir.For) -> bool:
    """Tell whether a loop may be without an end of its own: `for {…}`, `for w.next() {}`, `for ctx.Err() == nil {…}`."""
    return loop.cond is None or (loop.post is None and (not loop.body or loop.cond.__class__ is ir.Binary))
