"""Net effects of functions on locks: helpers that lock for their caller (`s.lock()`), give a lock back for a while, or return an unlock function."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cached_property

from golint_maps.flow import locks
from golint_maps.flow.calls import Callees
from golint_maps.flow.events import ONCE, SETTLED, Held
from golint_maps.flow.files import families, of_file
from golint_maps.flow.identity import Names, declared_id
from golint_maps.flow.settled import note_seen, note_set, settled
from golint_maps.flow.traverse import each, paired
from golint_maps.flow.view import PackageView, View
from golint_maps.flow.walk import Forward, children
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue

Effect = tuple[tuple[Held, ...], tuple[Held, ...]]
"""(locks held at the end and not at the start, locks given back that the caller must have held)"""

_NONE: Effect = ((), ())
_FEW = 2
_SHORT = 4
_MENTIONED = frozenset((*locks.METHODS, "Do"))
"""Names of methods that may concern a lock, `sync.Once` among them."""
_TAKING = frozenset(("Lock", "RLock"))
_LOCKING = frozenset(name.lower() for name in locks.OPERATIONS)
"""Names of helpers that do what they say: `lock(ctx)`."""
_CALLS_AT_ONCE = frozenset(("sort", "slices", "maps", "strings", "bytes", "filepath", "fs", "ast"))
"""Packages whose functions are done with a function argument when they return."""


class LockEffects:
    """Net effects of the functions of one package, found on demand."""

    def __init__(self, package: PackageView) -> None:
        self._package = package
        self._places: dict[str, tuple[int, int]] = {}
        for file, facts in enumerate(package.scope.files):
            for number in of_file(facts, families):
                self._places[declared_id(package.scope.path, facts.functions[number], package.paths[file])] = (file, number)
        self._effects: dict[str, Effect | None] = {}
        self._spawns: dict[str, bool] = {}
        self._held_for: dict[tuple[str, int], tuple[Held, ...]] = {}

    @staticmethod
    def of(package: PackageView) -> LockEffects:
        """Return the effects of a package; made once."""
        found = package.memo.get("lock effects")
        if not isinstance(found, LockEffects):
            found = package.memo["lock effects"] = LockEffects(package)
        return found

    def declared(self, token: str) -> ir.Function | None:
        """Return the declared function of this package that a token stands for, or None."""
        file, number = self._places.get(token, (-1, -1))
        return self._package.scope.files[file].functions[number] if file >= 0 else None

    def function(self, token: str) -> Effect | None:
        """Return the net effect of a declared function of this package, or None when it has none."""
        if token not in self._places:
            return None
        if token not in self._effects:
            self._effects[token] = None  # recursion
            file, number = self._places[token]
            function = self._package.scope.files[file].functions[number]
            if function.body and (_mentions_locks(function.body) or _is_channel_operation(function.body) or _only_calls(function.body)):
                names = Names(View(self._package, file, number, of_file(self._package.scope.files[file], families)[number]))
                channel = _is_channel_operation(function.body)
                effect = _by_channel(function.body, names) if channel else self.body(function.body, names, fallible=_fallible(function))
                self._effects[token] = effect if effect != _NONE else None
        return self._effects[token]

    def tries(self, token: str) -> Held | None:
        """Return the lock that a declared function of this package has when it returns true: `return s.mu.TryLock()`."""
        file, number = self._places.get(token, (-1, -1))
        body = self._package.scope.files[file].functions[number].body if file >= 0 else None
        match body:
            case [ir.Return([ir.Call() as call])] if _mentions_locks(body):
                names = Names(View(self._package, file, number, of_file(self._package.scope.files[file], families)[number]))
                found = self.operation(call, Callees(names).targets(call.fun), names)
                if found is not None and found.kind == "try":
                    return Held(found.path, found.mode, found.name, found.spelled)
        return None

    def operation(self, call: ir.Call, tokens: Sequence[str], names: Names) -> locks.LockOperation | None:
        """Return what a call does to a lock: by itself, as a lock of somebody's own making, or as a function that is no more than such a call."""
        fun = call.fun
        if fun.__class__ is not ir.Sel:
            return None
        if fun.name in locks.METHODS:
            found = locks.operation(call, names)
            if found is not None:
                return found
            if fun.name in locks.OPERATIONS and not any(self.function(token) for token in tokens):
                return locks.own_operation(call, names)
        return None

    def literal(self, view: View, number: int, names: Names) -> Effect | None:
        """Return the net effect of a literal that is called in place."""
        body = view.facts.functions[number].body or ()
        if not _mentions_locks(body):
            return None
        effect = self.body(body, names)
        return effect if effect != _NONE else None

    def body(self, body: Sequence[ir.Stmt], names: Names, *, fallible: bool = False) -> Effect:
        """Return the net effect of a body, of a fallible one where it succeeds: who gets an error gives up."""
        end = LockWalk(self, names, fallible=fallible).run_to_end(body, LockState({}, {}))
        if end is None:
            return _NONE
        return tuple(sorted(end.held.values())), tuple(sorted(end.released.values()))

    @cached_property
    def taking(self) -> frozenset[str]:
        """Names of the short functions of the package that take a lock for their caller."""
        found = set()
        for token, (file, number) in self._places.items():
            function = self._package.scope.files[file].functions[number]
            if function.body and len(function.body) <= _SHORT and _mentions_locks(function.body):
                effect = self.function(token)
                if effect is not None and any(not lock.name.endswith(SETTLED) for lock in effect[0]):
                    found.add(function.name)
        return frozenset(found)

    def locks_in(self, body: Sequence[ir.Stmt]) -> bool:
        """Tell whether a body locks something anywhere, or calls such a short function, by the names alone."""
        return any(isinstance(x.fun, ir.Sel | ir.Name) and (x.fun.name in _TAKING or x.fun.name in self.taking) for x in each(body, ir.Call))

    def takes(self, body: Sequence[ir.Stmt], names: Names) -> bool:
        """Tell whether a function takes a lock before it has given one back."""
        found = [operation for x in each(body, ir.Call) if (operation := locks.operation(x, names)) is not None]
        return bool(found) and found[0].kind == "acquire"

    def spawns(self, token: str) -> bool:
        """Tell whether a function of this package may leave something at work when it returns.

        That is a `go` statement, in itself or in a literal, or a literal sent to a channel or handed to code that may call it later.
        """
        if token not in self._places:
            return False
        if token not in self._spawns:
            self._spawns[token] = False  # recursion
            file, number = self._places[token]
            facts = self._package.scope.files[file]
            bodies = [facts.functions[member].body or () for member in of_file(facts, families)[number]]
            self._spawns[token] = any(_starts_something(body, self._methods) for body in bodies) or self._hands_on(facts.functions[number])
        return self._spawns[token]

    def _hands_on(self, function: ir.Function) -> bool:
        """Tell whether a function calls another one of this package that starts something, with what it has been given itself."""
        given = {number for number in (function.receiver, *function.params) if number is not None and number >= 0}
        for call in each(function.body or (), ir.Call) if given else ():
            match call.fun:
                case ir.Sel(ir.Local(number), name) if number in given:
                    tokens = self._methods.get(name, ())
                case ir.Name(name) if any(isinstance(argument, ir.Local) and argument.id in given for argument in call.args):
                    tokens = (f"{self._package.scope.path}.{name}",)
                case _:
                    continue
            if len(tokens) == 1 and self.spawns(tokens[0]):
                return True
        return False

    @cached_property
    def _methods(self) -> dict[str, tuple[str, ...]]:
        """The tokens of the methods of the package, by name."""
        found: dict[str, tuple[str, ...]] = {}
        for token, (file, number) in self._places.items():
            function = self._package.scope.files[file].functions[number]
            if function.receiver_type is not None:
                found[function.name] = (*found.get(function.name, ()), token)
        return found

    def held_for(self, token: str, index: int) -> tuple[Held, ...]:
        """Return the locks that a function of this package holds wherever it calls its parameter: `func (s *T) with(f func()) { s.mu.Lock(); … }`."""
        key = (token, index)
        if key not in self._held_for:
            self._held_for[key] = ()
            file, number = self._places.get(token, (-1, -1))
            function = self._package.scope.files[file].functions[number] if file >= 0 else None
            if function is not None and function.body and index < len(function.params) and _mentions_locks(function.body):
                names = Names(View(self._package, file, number, of_file(self._package.scope.files[file], families)[number]))
                walk = _ParameterCalls(self, names, function.params[index])
                walk.run(function.body, LockState({}, {}))
                self._held_for[key] = tuple(sorted(set.intersection(*walk.found))) if walk.found else ()
        return self._held_for[key]

    def unlocker(self, view: View, variable: int) -> tuple[tuple[str, ...], ...] | None:
        """Return the locks that calling a local function value gives back: what the call that it came from has taken."""
        definition = view.typing.definitions.get(variable)
        if not isinstance(definition, FromValue) or not isinstance(definition.value, ir.Call):
            if isinstance(definition, FromValue) and isinstance(definition.value, ir.Sel) and definition.value.name in ("Unlock", "RUnlock"):
                path = view.paths.of(definition.value.base)
                return (path,) if path is not None else None
            return None
        return self._taken_by(definition.value, view)

    def released(self, call: ir.Call, view: View) -> tuple[tuple[str, ...], ...] | None:
        """Return the locks that a call gives back which another call has taken: `unlock()`, `guard.Unlock()`, `s.locked()()`."""
        match call.fun:
            case ir.Local(number):
                return self.unlocker(view, number)
            case ir.Sel(ir.Local(number), "Unlock" | "RUnlock"):
                definition = view.typing.definitions.get(number)
                taking = definition.value if isinstance(definition, FromValue) else None
            case _:
                taking = taken_in_passing(call)
        return self._taken_by(taking, view) if isinstance(taking, ir.Call) else None

    def _taken_by(self, call: ir.Call, view: View) -> tuple[tuple[str, ...], ...] | None:
        """Return the locks that a call takes for its caller."""
        found = []
        for token in Callees(Names(view)).targets(call.fun)[:1]:
            effect = self.function(token)
            for lock in effect[0] if effect else ():
                if lock.name.endswith(SETTLED):
                    continue
                head = view.paths.of(call.fun.base) if lock.path[0] == "r" and isinstance(call.fun, ir.Sel) else None
                found.append((*head, *lock.path[1:]) if head is not None else lock.path)
        return tuple(found) or None


def taken_in_passing(x: ir.Expr) -> ir.Call | None:
    """Return the call whose result another call calls, or unlocks: of `defer s.locked()()` and `defer s.mu.Lock("x").Unlock()` it is not put off."""
    match x:
        case ir.Call(ir.Call() as taking):
            return taking
        case ir.Call(ir.Sel(ir.Call() as taking, "Unlock" | "RUnlock")):
            return taking
    return None


def once_lock(call: ir.Call, names: Names, mode: str) -> Held | None:
    """Return what `once.Do(…)` is like: a lock that the function has for writing, and whoever has seen it do all that, for reading."""
    path = names.path(call.fun.base) if isinstance(call.fun, ir.Sel) else None
    return Held((*path, "once"), mode, names.identity(call.fun.base) + ONCE) if path is not None and isinstance(call.fun, ir.Sel) else None


def _mentions_locks(body: Sequence[ir.Stmt]) -> bool:
    return any(x.fun.__class__ is ir.Sel and (x.fun.name in _MENTIONED or "lock" in x.fun.name.lower()) for x in each(body, ir.Call))


def _is_channel_operation(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a function does nothing but send to or receive from a channel, or wait until it can."""
    match body:
        case [ir.Send()] | [ir.Do(ir.Recv())]:
            return True
        case [ir.Select(cases)] | [ir.Select(cases), ir.Return()]:
            # `select { case s.sem <- token: return nil; case <-ctx.Done(): return ctx.Err() }`: it says whether it has sent.
            return sum(not case.body for case in cases) <= 1 and all(isinstance((case.body or body)[-1], ir.Return) for case in cases)
    return False


def _by_channel(body: Sequence[ir.Stmt], names: Names) -> Effect:
    """Return the net effect of a function that does nothing but use a channel as a lock."""
    acquired: list[Held] = []
    released: list[Held] = []
    for statement in [case.comm for case in body[0].cases] if isinstance(body[0], ir.Select) else body:
        match statement:
            case ir.Send(channel):
                found = _channel_lock(channel, names, send=True)
                acquired += [found] if found is not None else []
            case ir.Do(ir.Recv(channel)):
                found = _channel_lock(channel, names, send=False)
                released += [found] if found is not None else []
    return tuple(acquired), tuple(released)


def _channel_lock(channel: ir.Expr, names: Names, *, send: bool) -> Held | None:
    """Return the lock that a channel is: one of capacity one, or the receiver of a method, whose type is a lock of its own then."""
    found = locks.channel_lock(channel, names, send=send)
    if found is not None:
        return Held(found.path, "w", found.name)
    return Held(("r", "chan"), "w", f"{names.identity(channel)}~") if names.path(channel) == ("r",) else None


def _fallible(function: ir.Function) -> bool:
    """Tell whether a function returns an error, and on some ways surely none."""
    results = function.type.results
    if not results or results[-1] != ir.TName("error"):
        return False
    return any(_succeeds(found) for found in each(function.body or (), ir.Return))


def _succeeds(statement: ir.Return) -> bool:
    """Tell whether a return of a function that returns an error returns none."""
    return bool(statement.values) and isinstance(statement.values[-1], ir.Name) and statement.values[-1].name == "nil"


def _starts_something(body: Sequence[ir.Stmt], methods: Container[str]) -> bool:
    if each(body, ir.Go) or any(sent.value.__class__ is ir.FuncLit for sent in each(body, ir.Send)):
        return True
    literals = {
        target.id
        for assign in (each(body, ir.Assign) if each(body, ir.FuncLit) else ())
        for target, value in paired(assign)
        if isinstance(target, ir.Local) and isinstance(value, ir.FuncLit)
    }
    return any(
        isinstance(x.fun, ir.Sel)
        and not (isinstance(x.fun.base, ir.Name) and x.fun.base.name in _CALLS_AT_ONCE)
        and any(_is_function(argument, literals, methods) for argument in x.args)
        for x in each(body, ir.Call)
    )


def _is_function(x: ir.Expr, literals: Container[int], methods: Container[str]) -> bool:
    """Tell whether an argument is a function literal, a local variable that holds one, or a method value."""
    match x:
        case ir.FuncLit():
            return True
        case ir.Local(number):
            return number in literals
        case ir.Sel(ir.Local(), name):
            return name in methods
    return False


def _only_calls(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a body is one or two calls: a name for something else, such as a helper that locks."""
    return len(body) <= _FEW and all(statement.__class__ is ir.Do for statement in body)


def only_locks(statement: ir.If) -> bool:
    """Tell whether a statement takes or gives back a lock when a flag says so, and does nothing else."""
    flag = statement.cond.x if isinstance(statement.cond, ir.Unary) else statement.cond
    return isinstance(flag, ir.Local | ir.Sel | ir.Name) and statement.init is None and _does_nothing_else(statement)


def locks_what_is_there(statement: ir.If) -> bool:
    """Tell whether a statement takes or gives back the lock of something unless that is nil, and does nothing else."""
    match statement.cond:
        case ir.Binary("!=", _, ir.Name("nil")):
            return _does_nothing_else(statement)
    return False


def _does_nothing_else(statement: ir.If) -> bool:
    rest = [inner for inner in statement.then if not _notes_that(inner)]
    return bool(rest) and not statement.orelse and all(map(_only_concerns_a_lock, rest))


def _notes_that(statement: ir.Stmt) -> bool:
    """Tell whether a statement only notes what has been done: `locked = true`."""
    match statement:
        case ir.Assign(op="=", lhs=[ir.Local()], rhs=[ir.Name("true" | "false")]):
            return True
    return False


def _only_concerns_a_lock(statement: ir.Stmt) -> bool:
    """Tell whether a statement takes a lock, gives it back, or returns where it could not be had."""
    match statement:
        case ir.Do(x) | ir.Defer(x):
            return _is_lock_call(x)
        case ir.Assign(lhs=[ir.Local()], rhs=[x]):
            return _is_lock_call(x)
        case ir.If(init, ir.Binary("!=", ir.Local(), ir.Name("nil")), [ir.Return()], []):
            return init is None or _only_concerns_a_lock(init)
    return False


def _is_lock_call(x: ir.Expr) -> bool:
    return isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and (x.fun.name in locks.OPERATIONS or x.fun.name.lower() in _LOCKING)


class LockState:
    __slots__ = ("held", "released")

    def __init__(self, held: dict[tuple[str, ...], Held], released: dict[tuple[str, ...], Held]) -> None:
        self.held = held
        self.released = released

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LockState) and self.held == other.held and self.released == other.released

    __hash__ = None  # type: ignore[assignment]


class LockWalk(Forward[LockState]):
    """Locks taken and given back by one body, from the point of view of its caller."""

    def __init__(self, effects: LockEffects, names: Names, *, fallible: bool = False) -> None:
        super().__init__()
        self._effects = effects
        self._names = names
        self._fallible = fallible
        self._flags = settled(names.view.package)
        self._callees = Callees(names)
        self.deferred: list[ir.Defer] = []
        self.balanced: set[tuple[str, ...]] = set()
        """Locks that the body takes and has put off giving back."""

    def run_to_end(self, body: Sequence[ir.Stmt], state: LockState) -> LockState | None:
        """Walk a body, then what it has deferred; return the state behind it, or None if it never ends normally."""
        end = self.run(body, state)
        if end is None:
            return None
        for statement in reversed(self.deferred):
            if isinstance(statement.call, ir.Call) and self.release(statement.call, end):
                continue
            given_back = locks.operation(statement.call, self._names) if isinstance(statement.call, ir.Call) else None
            if given_back is not None and given_back.path in self.balanced:
                end.held.pop(given_back.path, None)  # a return before the lock was taken has nothing to give back
            else:
                self.evaluate(statement.call, end)
        return end

    def copy(self, state: LockState) -> LockState:
        return LockState(dict(state.held), dict(state.released))

    def join(self, left: LockState, right: LockState) -> LockState:
        held = {path: lock for path, lock in left.held.items() if path in right.held}
        return LockState(held, left.released | right.released)

    def statement(self, statement: ir.Stmt, state: LockState) -> LockState | None:
        if self._fallible and statement.__class__ is ir.Return and not _succeeds(statement):
            return None
        if isinstance(statement, ir.If):
            if only_locks(statement):
                return state  # what a flag asks for is given back when the same flag asks again
            if locks_what_is_there(statement):
                after = self.statement(statement.init, state) if statement.init is not None else state
                return self.block(statement.then, after)
        return super().statement(statement, state)

    def assign(self, statement: ir.Assign | ir.Declare, state: LockState) -> None:
        if self._flags and state.held and isinstance(statement, ir.Assign):
            note_set(statement, state.held, self._names, self._flags)

    def assume(self, condition: ir.Expr, truth: bool, state: LockState) -> LockState | None:
        if self._flags and state.held:
            note_seen(condition, truth, state.held, self._names, self._flags)
        return state

    def defer(self, statement: ir.Defer, state: LockState) -> None:
        taking = taken_in_passing(statement.call)
        if taking is not None:
            self.evaluate(taking, state)
        if not any(known is statement for known in self.deferred):
            self.deferred.append(statement)
            found = locks.operation(statement.call, self._names) if isinstance(statement.call, ir.Call) else None
            if found is not None and found.kind == "release" and found.path in state.held:
                self.balanced.add(found.path)

    def release(self, call: ir.Call, state: LockState) -> bool:
        """Give back what another call has taken, and tell whether a call does so."""
        released = self._effects.released(call, self._names.view)
        for path in released or ():
            state.held.pop(self._names.rooted(path) or path, None)
        return released is not None

    def spawn(self, statement: ir.Go, state: LockState) -> None:
        """What a goroutine locks is no effect of the function that starts it."""

    def evaluate(self, x: ir.Expr, state: LockState) -> None:
        for operand in children(x):
            self.evaluate(operand, state)
        if not isinstance(x, ir.Call) or self.release(x, state):
            return
        tokens = self._callees.targets(x.fun) if isinstance(x.fun, ir.Sel | ir.Name) else ()
        found = self._effects.operation(x, tokens, self._names)
        if tokens == ("sync.Once.Do",):
            once = once_lock(x, self._names, "r")
            state.held.update({once.path: once} if once is not None else {})
        elif found is not None:
            lock = Held(found.path, found.mode, found.name, found.spelled)
            if found.kind == "acquire":
                if state.released.pop(found.path, None) is None:
                    state.held[found.path] = lock
            elif found.kind == "release" and state.held.pop(found.path, None) is None:
                state.released[found.path] = lock
        elif isinstance(x.fun, ir.FuncLit):
            effect = self._effects.literal(self._names.view, x.fun.function, self._names)
            self._apply(effect, None, state)
        elif tokens:
            self._apply(self._effects.function(tokens[0]), x, state)

    def _apply(self, effect: Effect | None, call: ir.Call | None, state: LockState) -> None:
        if effect is None:
            return
        for kind, found in enumerate(effect):
            for lock in found:
                path = self._here(lock.path, call) if call is not None else lock.path  # a literal has the names of the function around it
                if path is None:
                    continue
                moved = Held(path, lock.mode, lock.name, lock.spelled)
                if kind == 0:
                    if state.released.pop(path, None) is None:
                        state.held[path] = moved
                elif state.held.pop(path, None) is None:
                    state.released[path] = moved

    def _here(self, path: tuple[str, ...], call: ir.Call) -> tuple[str, ...] | None:
        """Return a path of a called function in terms of the caller."""
        operand: ir.Expr | None = None
        if path[0] == "r" and isinstance(call.fun, ir.Sel):
            operand = call.fun.base
        elif path[0][0] == "p" and path[0][1:].isdigit() and int(path[0][1:]) < len(call.args):
            operand = call.args[int(path[0][1:])]
        elif path[0][0] not in "rp":
            return path
        head = self._names.path(operand)
        return (*head, *path[1:]) if head is not None else None


class _ParameterCalls(LockWalk):
    """Adds the locks that are held at each call of a parameter."""

    def __init__(self, effects: LockEffects, names: Names, parameter: int) -> None:
        super().__init__(effects, names)
        self._parameter = parameter
        self.found: list[set[Held]] = []

    def evaluate(self, x: ir.Expr, state: LockState) -> None:
        super().evaluate(x, state)
        if isinstance(x, ir.Call) and isinstance(x.fun, ir.Local) and x.fun.id == self._parameter:
            self.found.append(set(state.held.values()))
