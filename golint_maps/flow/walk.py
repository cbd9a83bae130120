"""Forward data flow over structured bodies: the one place that knows how control moves through Go statements.

An analysis subclasses `Forward` with its own state and says what assignments, calls and conditions do to it. Loops run to a fixed point
(bounded); what an analysis records during a walk must therefore be keyed by position, so that a later, better informed turn replaces it.
The scheme is that of structured data-flow analysis on syntax trees (Nielson, Nielson & Hankin, Principles of Program Analysis, ch. 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from golint_maps.syntax import ir

S = TypeVar("S")

_MAX_TURNS = 4
"""Turns of a loop before its state is taken as it is. The lattices here are flat, so two are usual and three are rare."""

_EXITS = {("os", "Exit"), ("runtime", "Goexit"), ("syscall", "Exit")}
_FATAL = frozenset(("Fatal", "Fatalf", "Fatalln", "FailNow", "Skip", "Skipf", "SkipNow", "Panic", "Panicf", "Panicln"))
_WRITES_EVENT = frozenset(("Msg", "Msgf", "MsgFunc", "Send"))
_ENDING_EVENTS = frozenset(("Fatal", "Panic"))


def never_returns(x: ir.Expr) -> bool:
    """Tell whether a call statement surely ends the function: `panic`, `os.Exit`, `log.Fatal…`, `t.Fatal…`, `t.Skip…`, `log.Fatal().Msg`."""
    if x.__class__ is not ir.Call:
        return False
    fun = x.fun
    if fun.__class__ is ir.Sel:
        if fun.base.__class__ is ir.Name and (fun.base.name, fun.name) in _EXITS:
            return True
        return fun.name in _FATAL or (fun.name in _WRITES_EVENT and _ending_event(fun.base))
    return fun.__class__ is ir.Name and fun.name == "panic"


def _ending_event(x: ir.Expr) -> bool:
    """Tell whether a chain of calls builds a log entry that ends the program once it is written, as `log.Fatal().Err(err)` of zerolog does."""
    while isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel):
        if x.fun.name in _ENDING_EVENTS and not x.args:
            return True
        x = x.fun.base
    return False


@dataclass(slots=True)
class _Frame(Generic[S]):
    """A statement that `break` or `continue` may leave."""

    label: str
    loop: bool
    breaks: list[S] = field(default_factory=list)
    continues: list[S] = field(default_factory=list)


class Forward(Generic[S]):
    """One forward analysis of one function body. A state of None means: not reached."""

    def __init__(self) -> None:
        self._frames: list[_Frame[S]] = []
        self._gotos: dict[str, list[S]] = {}
        self.returns: list[S] = []
        """States at each return, panics excluded; `run` appends the state at the end of the body."""

    # --- what an analysis says ---

    def copy(self, state: S) -> S:
        """Return an independent copy."""
        raise NotImplementedError

    def join(self, left: S, right: S) -> S:
        """Return the least state that covers both. May reuse either."""
        raise NotImplementedError

    def evaluate(self, x: ir.Expr, state: S) -> None:
        """Evaluate an expression for its effects. Called once for each expression that stands in a statement, in order."""

    def assign(self, statement: ir.Assign | ir.Declare, state: S) -> None:
        """Store, after the operands have been evaluated."""

    def assume(self, condition: ir.Expr, truth: bool, state: S) -> S | None:
        """Return the state on the branch where a condition holds (or not); None when that cannot be. May change `state`."""
        return state

    def assume_parts(self, condition: ir.Unary | ir.Binary, truth: bool, state: S) -> S | None:
        """Return what `assume` says of a negation, conjunction or disjunction by its parts, the right one evaluated only where Go does."""
        if isinstance(condition, ir.Unary):
            return self.assume(condition.x, not truth, state)
        if truth == (condition.op == "&&"):
            first = self.assume(condition.left, truth, state)
            return None if first is None else self.assume(condition.right, truth, first)
        early = self.assume(condition.left, truth, self.copy(state))
        late = self.assume(condition.left, not truth, state)
        late = None if late is None else self.assume(condition.right, truth, late)
        return self._merge(early, late)

    def enter_range(self, statement: ir.Range, state: S) -> None:
        """A turn of a range loop begins."""

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: S) -> None:
        """A clause of a type switch begins."""

    def spawn(self, statement: ir.Go, state: S) -> None:
        """A `go` statement. Its function and arguments are evaluated here; its body runs elsewhere."""
        self.evaluate(statement.call, state)

    def defer(self, statement: ir.Defer, state: S) -> None:
        """A `defer` statement."""
        self.evaluate(statement.call, state)

    def send(self, statement: ir.Send, state: S) -> None:
        """A send statement."""
        self.evaluate(statement.channel, state)
        self.evaluate(statement.value, state)

    def leave(self, statement: ir.Return | None, state: S) -> None:
        """A return (None: the end of the body), after its values have been evaluated."""

    # --- the walk ---

    def run(self, body: Sequence[ir.Stmt], state: S) -> S | None:
        """Walk a body from its start and return the joined state of all its ends, or None if it never ends normally."""
        end = self.block(body, state)
        if end is not None:
            self.leave(None, end)
            self.returns.append(end)
        return self.join_all(self.returns)

    def join_all(self, states: Sequence[S]) -> S | None:
        """Return the join of some states, or None if there are none."""
        result: S | None = None
        for state in states:
            result = self.copy(state) if result is None else self.join(result, state)
        return result

    def _merge(self, left: S | None, right: S | None) -> S | None:
        if left is None:
            return right
        return left if right is None else self.join(left, right)

    def block(self, body: Sequence[ir.Stmt], state: S | None) -> S | None:
        """Walk statements in order; return the state behind the last one."""
        for statement in body:
            if state is None:
                if not isinstance(statement, ir.Label):
                    continue
                pending = self._gotos.pop(statement.name, [])
                state = self.join_all(pending)
                continue
            state = self.statement(statement, state)
        return state

    def statement(self, statement: ir.Stmt, state: S) -> S | None:
        """Walk one statement; return the state behind it."""
        # Compared by class, the commonest first: this is done for every statement of every analysis.
        if statement.__class__ is ir.Assign:
            for x in statement.rhs:
                self.evaluate(x, state)
            for x in statement.lhs:
                self.evaluate_target(x, state)
            self.assign(statement, state)
        elif statement.__class__ is ir.Do:
            self.evaluate(statement.x, state)
            if never_returns(statement.x):
                return None
        elif statement.__class__ is ir.If:
            return self._if(statement, state)
        elif statement.__class__ is ir.Return:
            for x in statement.values:
                self.evaluate(x, state)
            self.leave(statement, state)
            self.returns.append(state)
            return None
        elif statement.__class__ is ir.Declare:
            for x in statement.values:
                self.evaluate(x, state)
            self.assign(statement, state)
        else:
            return self._other(statement, state)
        return state

    def _other(self, statement: ir.Stmt, state: S) -> S | None:
        match statement:
            case ir.For():
                return self._for(statement, state)
            case ir.Range():
                return self._range(statement, state)
            case ir.Block(body):
                return self.block(body, state)
            case ir.Branch():
                return self._branch(statement, state)
            case ir.Switch():
                return self._switch(statement, state)
            case ir.TypeSwitch():
                return self._type_switch(statement, state)
            case ir.Select():
                return self._select(statement, state)
            case ir.Go():
                self.spawn(statement, state)
            case ir.Defer():
                self.defer(statement, state)
            case ir.Send():
                self.send(statement, state)
            case ir.Label(name):
                return self._with(state, self._gotos.pop(name, []))
        return state

    def evaluate_target(self, x: ir.Expr, state: S) -> None:
        """Evaluate the operands of an assignment's left side, not the stored-to place itself."""
        match x:
            case ir.Index(base, index):
                self.evaluate(base, state)
                self.evaluate(index, state)
            case ir.Sel(base) | ir.Deref(base):
                self.evaluate(base, state)

    def _push(self, label: str, *, loop: bool) -> _Frame[S]:
        frame: _Frame[S] = _Frame(label, loop)
        self._frames.append(frame)
        return frame

    def _with(self, state: S | None, others: Sequence[S]) -> S | None:
        for other in others:
            state = self._merge(state, other)
        return state

    def _if(self, statement: ir.If, state: S) -> S | None:
        # Long else-if chains are walked in a loop: generated code has thousands of links.
        ends: list[S] = []
        current: S | None = state
        while current is not None:
            if statement.init is not None:
                current = self.statement(statement.init, current)
                if current is None:
                    break
            self.evaluate(statement.cond, current)
            yes = self.assume(statement.cond, True, self.copy(current))
            current = self.assume(statement.cond, False, current)
            if yes is not None:
                yes = self.block(statement.then, yes)
                if yes is not None:
                    ends.append(yes)
            orelse = statement.orelse
            if len(orelse) == 1 and isinstance(orelse[0], ir.If):
                statement = orelse[0]
                continue
            if current is not None:
                current = self.block(orelse, current)
            break
        return self._with(current, ends)

    def _loop(self, label: str, state: S, turn: _Turn[S]) -> S | None:
        """Run turns of a loop until its entry state is stable. A turn returns (state at its end, state that leaves at its head)."""
        entry = state
        out: S | None = None
        for _ in range(_MAX_TURNS):
            frame = self._push(label, loop=True)
            end, leaving = turn.take(self, self.copy(entry), frame)
            self._frames.pop()
            out = self._with(leaving, frame.breaks)
            if end is None:
                break
            before = self.copy(entry)
            entry = self.join(entry, end)
            if entry == before:
                break
        return out

    def _for(self, statement: ir.For, state: S) -> S | None:
        if statement.init is not None:
            started = self.statement(statement.init, state)
            if started is None:
                return None
            state = started
        return self._loop(statement.label, state, _ForTurn(statement))

    def _range(self, statement: ir.Range, state: S) -> S | None:
        self.evaluate(statement.over, state)
        return self._loop(statement.label, state, _RangeTurn(statement))

    def _branch(self, statement: ir.Branch, state: S) -> S | None:
        kind, label = statement.kind, statement.label
        if kind == "goto":
            self._gotos.setdefault(label, []).append(state)
            return None
        if kind == "fallthrough":
            return state
        for frame in reversed(self._frames):
            if label and frame.label != label:
                continue
            if kind == "continue" and not frame.loop:
                continue
            (frame.breaks if kind == "break" else frame.continues).append(state)
            break
        return None

    def _switch(self, statement: ir.Switch, state: S) -> S | None:
        if statement.init is not None:
            started = self.statement(statement.init, state)
            if started is None:
                return None
            state = started
        if statement.subject is not None:
            self.evaluate(statement.subject, state)
        frame = self._push(statement.label, loop=False)
        end: S | None = None
        rest: S | None = state  # what reaches the next clause's test
        falling: S | None = None
        default: ir.Case | None = None
        clauses: list[tuple[ir.Case, S | None]] = []
        for case in statement.cases:
            if case.default:
                default = case
                clauses.append((case, None))
                continue
            entered: S | None = None
            if rest is not None:
                for value in case.values:
                    self.evaluate(value, rest)
                entered = self.copy(rest)
                if statement.subject is None:
                    if len(case.values) == 1:
                        entered = self.assume(case.values[0], True, entered)
                        rest = self.assume(case.values[0], False, rest)
                else:
                    entered = self.select_case(statement.subject, case, entered)
            clauses.append((case, entered))
        if default is None:
            end = rest
        for case, entered in clauses:
            if case is default:
                entered = rest
            entered = self._merge(entered, falling)
            falling = None
            if entered is None:
                continue
            behind = self.block(case.body, entered)
            if case.body and isinstance(case.body[-1], ir.Branch) and case.body[-1].kind == "fallthrough":
                falling = behind
            else:
                end = self._merge(end, behind)
        self._frames.pop()
        return self._with(end, frame.breaks)

    def select_case(self, subject: ir.Expr, case: ir.Case, state: S) -> S | None:
        """Return the state in a clause of `switch subject`, with what the match says."""
        return state

    def _type_switch(self, statement: ir.TypeSwitch, state: S) -> S | None:
        if statement.init is not None:
            started = self.statement(statement.init, state)
            if started is None:
                return None
            state = started
        self.evaluate(statement.subject, state)
        frame = self._push(statement.label, loop=False)
        end: S | None = None if any(case.default for case in statement.cases) else self.copy(state)
        for case in statement.cases:
            entered = self.copy(state)
            self.enter_case(statement, case, entered)
            end = self._merge(end, self.block(case.body, entered))
        self._frames.pop()
        return self._with(end, frame.breaks)

    def _select(self, statement: ir.Select, state: S) -> S | None:
        frame = self._push(statement.label, loop=False)
        end: S | None = None
        for case in statement.cases:
            entered: S | None = self.copy(state)
            if case.comm is not None and entered is not None:
                entered = self.statement(case.comm, entered)
            end = self._merge(end, self.block(case.body, entered))
        self._frames.pop()
        return self._with(end, frame.breaks)


class _Turn(Generic[S]):
    """One kind of loop."""

    def take(self, flow: Forward[S], state: S, frame: _Frame[S]) -> tuple[S | None, S | None]:
        """Walk one turn. Return (state at the end of the turn, state that leaves the loop at its head)."""
        raise NotImplementedError


@dataclass(slots=True)
class _ForTurn(_Turn[S]):
    statement: ir.For

    def take(self, flow: Forward[S], state: S, frame: _Frame[S]) -> tuple[S | None, S | None]:
        inside: S | None = state
        leaving: S | None = None
        if self.statement.cond is not None:
            flow.evaluate(self.statement.cond, state)
            leaving = flow.assume(self.statement.cond, False, flow.copy(state))
            inside = flow.assume(self.statement.cond, True, state)
        end = flow.block(self.statement.body, inside)
        for other in frame.continues:
            end = other if end is None else flow.join(end, other)
        if end is not None and self.statement.post is not None:
            end = flow.statement(self.statement.post, end)
        return end, leaving


@dataclass(slots=True)
class _RangeTurn(_Turn[S]):
    statement: ir.Range

    def take(self, flow: Forward[S], state: S, frame: _Frame[S]) -> tuple[S | None, S | None]:
        leaving = flow.copy(state)
        flow.enter_range(self.statement, state)
        end = flow.block(self.statement.body, state)
        for other in frame.continues:
            end = other if end is None else flow.join(end, other)
        if end is not None:
            leaving = flow.join(leaving, end)
        return end, leaving


OPERANDS: Mapping[type[Any], Callable[[Any], Sequence[ir.Expr]]] = {
    ir.Sel: lambda x: (x.base,),
    ir.Addr: lambda x: (x.x,),
    ir.Deref: lambda x: (x.x,),
    ir.Recv: lambda x: (x.x,),
    ir.Assert: lambda x: (x.x,),
    ir.Inst: lambda x: (x.base,),
    ir.Unary: lambda x: (x.x,),
    ir.Index: lambda x: (x.base, x.index),
    ir.Binary: lambda x: (x.left, x.right),
    ir.Call: lambda x: (x.fun, *x.args),
    ir.Lit: lambda x: [part for element in x.elements for part in (element.key, element.value) if part is not None],
    ir.SliceOf: lambda x: (x.x, *x.bounds),
}
"""The operands of an expression in order of evaluation, by its class. Function literals have none: their bodies are functions of their own."""


def children(x: ir.Expr) -> Sequence[ir.Expr]:
    """Return the operands of an expression in order of evaluation."""
    inside = OPERANDS.get(x.__class__)
    return inside(x) if inside is not None else ()
