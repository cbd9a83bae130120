"""Which maps are nil where they are written: a forward data flow over one function body.

The lattice is flat for each access path (nil, maybe nil, not known to be nil), with the zero value of a struct or an empty map standing for all
that lies below it. Conditions refine it (`nilrefine`), assignments store to it (`nilstores`), calls forget what they may change (`nilforget`).
This module is the walk: what is evaluated when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow import nilcalls
from golint_maps.flow.makers import Makers
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbeliefs import Beliefs
from golint_maps.flow.nilbody import Body
from golint_maps.flow.nilconditions import mentioned
from golint_maps.flow.nilforget import clear, decode, escape, forget_beliefs, run_unseen, share
from golint_maps.flow.nilhanded import hand_in
from golint_maps.flow.nilrefine import mark, refine
from golint_maps.flow.nilstate import GOOD, MAYBE, NIL, State, correlated, join
from golint_maps.flow.nilstores import assign, declare, ignored, put
from golint_maps.flow.nilvalues import NilValues
from golint_maps.flow.nilwrites import write_to
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, in_turn, subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward, children
from golint_maps.syntax import ir
from golint_maps.types import model


class NilFlow(Forward[State]):
    """Walks one body. `writes` collects what is written to nil maps, by position, as seen on the last turn of each loop."""

    def __init__(self, view: View, number: int, shared: frozenset[int], captured: frozenset[int], makers: Makers, beliefs: Beliefs) -> None:
        super().__init__()
        self._view = view
        self._values = NilValues(view, makers, beliefs)
        self._body = body = Body(view, number, shared, captured, self._values, beliefs, view.package.resolver)
        self.writes = body.writes
        self.calls = body.calls
        self.foreign = body.foreign
        self._over: ir.Expr | None = None
        """What the loop goes over that was met last."""
        self._counters = frozenset(_counters(view.facts.functions[number].body or (), view))

    # --- the frame ---

    def copy(self, state: State) -> State:
        return state.copy()

    def join(self, left: State, right: State) -> State:
        return join(left, right, self._values.known)

    def statement(self, statement: ir.Stmt, state: State) -> State | None:
        match statement:
            case ir.Assign(_, lhs, rhs):
                for index, x in enumerate(rhs):
                    target = lhs[index] if len(lhs) == len(rhs) else None
                    if not (isinstance(target, ir.Local) and self._values.begins_alias(target)):
                        self._visit(x, state)
                for x in lhs:
                    self._visit_target(x, state)
                assign(self._body, statement, state)
                return state
            case ir.Declare(numbers, values):
                for x in values:
                    self._visit(x, state)
                declare(self._body, numbers, values, state)
                return state
            case ir.Range(over=over):
                self._over = over
            case ir.If(_, ir.Binary("==", ir.Local() as counter, ir.Const(_, "0")), then) if counter.id in self._counters:
                after = super().statement(statement, state)
                return self._made_in_first_turn(then, after) if after is not None else None
            case ir.Do(ir.Call() as call) if nilcalls.ends(self._view, call):
                self._visit(call, state)
                return None
            case ir.Do(ir.Call() as call):
                after = super().statement(statement, state)
                ignored(self._body, call, state)
                return after
        return super().statement(statement, state)

    def evaluate(self, x: ir.Expr, state: State) -> None:
        if x is self._over:
            self._visit_chain(x, state)  # a loop only looks
        else:
            self._visit(x, state)

    def spawn(self, statement: ir.Go, state: State) -> None:
        self._visit(statement.call, state)

    def defer(self, statement: ir.Defer, state: State) -> None:
        if nilcalls.locks(statement.call) is None:  # a lock that is given back at the end is held until then
            self._visit(statement.call, state)

    def enter_range(self, statement: ir.Range, state: State) -> None:
        mark(self._body, state, mentioned(self._view, statement.over), statement.pos, "loop", True)
        path = self._view.paths.of(statement.over)
        if path is not None and self._body.resolver.map(self._view.typing.of(statement.over)) is not None:
            value = self._values.value(statement.over, state)
            if value is not None and value.kind in (NIL, MAYBE):
                state.values[path] = GOOD  # a loop over a nil map has no turn
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                state.forget((f"l{x.id}",))
                state.changed(x.id)
            elif x is not None:
                put(self._body, x, None, state)

    def select_case(self, subject: ir.Expr, case: ir.Case, state: State) -> State:
        about = [path for x in (subject, *case.values) for path in mentioned(self._view, x)]
        mark(self._body, state, about, case.pos, "if", True)
        return state

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: State) -> None:
        mark(self._body, state, mentioned(self._view, statement.subject), case.pos, "if", True)

    def _made_in_first_turn(self, then: Sequence[ir.Stmt], state: State) -> State:
        """What the first turn of a loop makes is there in all others: `if i == 0 { m = make(M) }`."""
        for statement in in_turn(then):
            for x in statement.lhs if isinstance(statement, ir.Assign) else ():
                path = self._view.paths.of(x)
                if path is not None and (value := state.values.get(path)) is not None and value.kind == MAYBE:
                    state.values[path] = GOOD
        return state

    # --- conditions ---

    def assume(self, condition: ir.Expr, truth: bool, state: State) -> State | None:
        match condition:
            case ir.Unary("!", x):
                return self.assume(x, not truth, state)
            case ir.Binary("&&" | "||" as op, left, right):
                if truth == (op == "&&"):
                    both = self.assume(left, truth, state)
                    return None if both is None else self.assume(right, truth, both)
                first = self.assume(left, truth, state.copy())
                second = self.assume(left, not truth, state)
                second = None if second is None else self.assume(right, truth, second)
                if first is None or second is None:
                    return first if second is None else second
                return self.join(first, second)
        refined = refine(self._body, condition, truth, state)
        if refined is not None:
            start, _ = extent(condition, self._view)
            mark(self._body, refined, mentioned(self._view, condition), start, "if", truth)
        return refined

    # --- expressions ---

    def _visit_target(self, x: ir.Expr, state: State) -> None:
        match x:
            case ir.Index(base, index):
                self._visit_chain(base, state)
                self._visit(index, state)
            case ir.Sel(base) | ir.Deref(base):
                self._visit_chain(base, state)

    def _visit_chain(self, x: ir.Expr, state: State) -> None:
        """Visit what is only passed on the way to a field or element."""
        match x:
            case ir.Index(base, index):
                self._visit_chain(base, state)
                self._visit(index, state)
            case ir.Sel(base) | ir.Deref(base):
                self._visit_chain(base, state)
            case ir.Local() | ir.Name():
                pass
            case _:
                self._visit(x, state)

    def _visit(self, x: ir.Expr, state: State) -> None:
        """Evaluate an expression whose value goes somewhere."""
        match x:
            case ir.Local() | ir.Name():
                escape(self._body, x, state)
            case ir.Sel() | ir.Index() | ir.Deref():
                self._visit_chain(x, state)
                escape(self._body, x, state)
            case ir.Call():
                self._visit_call(x, state)
            case ir.Binary("&&" | "||" as op, left, right):
                self._visit(left, state)
                behind = self.assume(left, op == "&&", state.copy())
                if behind is not None:
                    self._visit(right, behind)
                for call in subexpressions(right):
                    if isinstance(call, ir.Call) and not nilcalls.harmless(self._view, call):
                        run_unseen(self._body, state)
            case ir.Binary(_, left, right):
                for operand in (left, right):
                    self._visit_chain(operand, state)
            case ir.Addr(operand) if not isinstance(operand, ir.Lit):
                self._refer(operand, state)
            case ir.SliceOf(operand, bounds) if isinstance(self._body.resolver.underlying(self._view.typing.of(operand)), model.Array):
                self._refer(operand, state)
                for bound in bounds:
                    self._visit(bound, state)
            case ir.Lit(_, elements):
                for element in elements:
                    if element.key is not None and not isinstance(element.key, ir.Name | ir.Local):
                        self._visit(element.key, state)
                    self._visit(element.value, state)
            case ir.FuncLit(number):
                for captured in self._view.facts.functions[number].captures:
                    share(self._body, (f"l{captured}",), self._view.typing.local(captured), state)
            case _:
                for operand in children(x):
                    self._visit(operand, state)

    def _refer(self, x: ir.Expr, state: State) -> None:
        """Something refers to a variable, field or element from now on, and may set it: `&x`, `x[:]` of an array."""
        self._visit_chain(x, state)
        path = self._view.paths.of(x)
        if path is not None:
            self._values.set_in_element(path, state)
            state.forget(path)
            state.private -= {path[0]}

    def _visit_call(self, call: ir.Call, state: State) -> None:
        view = self._view
        fun = call.fun
        if nilcalls.only_looks(view, fun):
            for argument in call.args:
                self._visit_chain(argument, state)
            return
        hand_in(self._body, call, state)
        decoded = nilcalls.decoded(view, call)
        for argument in call.args:
            if argument is not decoded:
                self._visit(argument, state)
        forget_beliefs(self._body, call, state)
        if isinstance(fun, ir.Sel) and view.typing.package_of(fun.base) is None:
            self._visit_chain(fun.base, state)
            if nilcalls.may_change(view, fun):
                path = view.paths.of(fun.base)
                if path is not None:
                    self._values.set_in_element(path, state)
                    state.forget(path)
                    state.private -= {path[0]}
                    state.helped |= {path[0]}
        elif not isinstance(fun, ir.Name | ir.TypeArg):
            self._visit_chain(fun, state)
            # A function of another package that is given a struct may fill it in.
            state.helped |= {f"l{argument.id}" for argument in call.args if isinstance(argument, ir.Local)}
        if decoded is not None:
            decode(self._body, call, decoded, state)
        written = nilcalls.written(view, call)
        if written is not None:
            map_, always = written
            about = [path for argument in call.args for path in mentioned(view, argument)]
            # Whether there is anything to copy may be just what the map was made under.
            if always or view.paths.of(map_) not in set(correlated(state, about, call.pos)):
                write_to(self._body, call, map_, state, spell(fun, view.variables), always=always)
        if not nilcalls.harmless(view, call):
            run_unseen(self._body, state)
        clear(self._body, call, state)


def _counters(body: Sequence[ir.Stmt], view: View) -> Iterator[int]:
    """Yield the variables that are zero in the first turn of a loop, and in no other."""
    for loop in each(body, ir.Range):
        if isinstance(loop.key, ir.Local) and view.package.resolver.map(view.typing.of(loop.over)) is None:
            yield loop.key.id
    for counting in each(body, ir.For):
        match counting.init:
            case ir.Assign(":=", [ir.Local(number)], [ir.Const(_, "0")]):
                yield number
