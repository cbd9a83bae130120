"""Which maps are nil where they are written: a forward data flow over one function body.

The lattice is flat for each access path (nil, maybe nil, not known to be nil), with the zero value of a struct or an empty map standing for all
that lies below it. Conditions refine it; calls forget what they may change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from golint_maps.flow import nilcalls
from golint_maps.flow.callees import callee
from golint_maps.flow.makers import Makers
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbeliefs import Beliefs
from golint_maps.flow.nilconditions import empty, mentioned, non_empty, not_zero
from golint_maps.flow.nildoubts import filled_unless_it_fails, is_nil, kind_on_error
from golint_maps.flow.nilstate import FINE, GOOD, LOCAL, MAYBE, NIL, LookUp, Mark, Origin, State, Value, correlated, join
from golint_maps.flow.nilvalues import NilValues
from golint_maps.flow.paths import Path
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward, children
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type
from golint_maps.types.scope import Declared


@dataclass(frozen=True, slots=True)
class Write:
    """A write to a map that is, or may be, nil: the expression to report, the map, what it holds.

    `call` is the call that writes, as written, or empty; `always` is False for a call that only writes when it is given something.
    """

    x: ir.Expr
    map: ir.Expr
    value: Value
    call: str
    always: bool
    conditions: frozenset[Mark]
    """The conditions under which it is reached."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A call of a function of this package with a receiver or arguments that are zero: what the callee's variables are known to be."""

    call: ir.Call
    x: ir.Expr
    callee: Declared[ir.Function]
    given: Mapping[Path, Value]
    conditions: frozenset[Mark]


class NilFlow(Forward[State]):
    """Walks one body. `writes` collects what is written to nil maps, by position, as seen on the last turn of each loop."""

    def __init__(self, view: View, number: int, shared: frozenset[int], captured: frozenset[int], makers: Makers, beliefs: Beliefs) -> None:
        super().__init__()
        self._view = view
        self._number = number
        self._shared = shared
        self._captured = captured
        self._values = NilValues(view, makers, beliefs)
        self._beliefs = beliefs
        self._resolver = view.package.resolver
        self.writes: dict[tuple[int, int], Write] = {}
        self._unknown: dict[int, Write] = {}
        """Writes to maps of which nothing is known, by position."""
        self.calls: dict[tuple[int, int], HandedIn] = {}

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
                    if not (isinstance(target, ir.Local) and self._values.is_alias(target)):
                        self._visit(x, state)
                for x in lhs:
                    self._visit_target(x, state)
                self._assign(statement, state)
                return state
            case ir.Declare(numbers, values):
                for x in values:
                    self._visit(x, state)
                self._declare(numbers, values, state)
                return state
            case ir.Do(ir.Call() as call) if nilcalls.ends(self._view, call):
                self._visit(call, state)
                return None
            case ir.Do(ir.Call() as call):
                after = super().statement(statement, state)
                self._ignored(call, state)
                return after
        return super().statement(statement, state)

    def evaluate(self, x: ir.Expr, state: State) -> None:
        self._visit(x, state)

    def spawn(self, statement: ir.Go, state: State) -> None:
        self._visit(statement.call, state)

    def defer(self, statement: ir.Defer, state: State) -> None:
        if nilcalls.locks(statement.call) is None:  # a lock that is given back at the end is held until then
            self._visit(statement.call, state)

    def enter_range(self, statement: ir.Range, state: State) -> None:
        self._mark(state, mentioned(self._view, statement.over), statement.pos, "loop", True)
        path = self._view.paths.of(statement.over)
        if path is not None:
            value = self._values.value(statement.over, state)
            if value is not None and value.kind in (NIL, MAYBE):
                state.values[path] = GOOD  # a loop over a nil map has no turn
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                state.forget((f"l{x.id}",))
                state.changed(x.id)
            elif x is not None:
                self._put(x, None, state)

    def select_case(self, subject: ir.Expr, case: ir.Case, state: State) -> State:
        about = [path for x in (subject, *case.values) for path in mentioned(self._view, x)]
        self._mark(state, about, case.pos, "if", True)
        return state

    def enter_case(self, statement: ir.TypeSwitch, case: ir.TypeCase, state: State) -> None:
        self._mark(state, mentioned(self._view, statement.subject), case.pos, "if", True)

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
        refined = self._refine(condition, truth, state)
        if refined is not None:
            start, _ = extent(condition, self._view)
            self._mark(refined, mentioned(self._view, condition), start, "if", truth)
        return refined

    def _refine(self, condition: ir.Expr, truth: bool, state: State) -> State | None:
        looked_up = self._element_of(not_zero(condition, truth))
        if looked_up is not None and self._not_nil(self._view.paths.of(looked_up), state) is None:
            return None
        match condition:
            case ir.Binary("==" | "!=" as op, left, ir.Name("nil")):
                self._asked_late(left, condition, state)
                return self._compared(left, truth == (op == "=="), condition, state)
            case ir.Binary("==" | "!=" as op, ir.Name("nil"), right):
                return self._compared(right, truth == (op == "=="), condition, state)
            case ir.Binary(op, left, right):
                measured = non_empty(op, left, right, truth)
                if measured is not None:
                    return self._compared(measured, False, condition, state)
                self._doubt(empty(op, left, right, truth), condition, "empty", state)
                return state
            case ir.Local(number) if number in state.found:
                look = state.found[number]
                value = Value(NIL, Origin(*extent(condition, self._view), "missing"))
                for path in (look.row, look.element):
                    if path is not None:
                        self._set(path, GOOD if truth else value, state)
                if not truth and look.x is not None:
                    self._doubt(look.x, condition, "unfound", state)
                return self._not_nil(look.map, state) if truth else state
        return state

    def _element_of(self, x: ir.Expr | None) -> ir.Expr | None:
        """Return the map that an expression is an element of, by itself or by a local variable that was looked up, or None."""
        if isinstance(x, ir.Local):
            definition = self._view.typing.definitions.get(x.id)
            if not isinstance(definition, FromValue) or definition.index != 0 or self._view.assignments[x.id]:
                return None
            x = definition.value
        if isinstance(x, ir.Index) and self._resolver.map(self._view.typing.of(x.base)) is not None:
            return x.base
        return None

    def _not_nil(self, path: Path | None, state: State) -> State | None:
        """Something was found in a map: it is not nil."""
        value = self._values.known(state, path) if path is not None else None
        if path is None or (value is not None and value.kind == FINE):
            return state
        if value is not None and value.kind == NIL and not state.dead:
            return None
        state.values[path] = GOOD
        return state

    def _doubt(self, x: ir.Expr | None, condition: ir.Expr, why: str, state: State) -> None:
        """A map that has no entries, or not this one, may be nil where others make it, or not."""
        path = self._view.paths.of(x) if x is not None else None
        if x is None or path is None or self._values.value(x, state) is not None:
            return
        start, end = extent(condition, self._view)
        if self._values.handed_in(x, state):
            state.values[path] = Value(MAYBE, Origin(start, end, why, spell(x, self._view.variables)))
        elif by := self._made_late_by(x, path, state):
            state.values[path] = Value(MAYBE, Origin(start, end, "late", by))

    def _made_late_by(self, x: ir.Expr, path: Path, state: State) -> str:
        """Return a function that asks whether a field of the receiver is nil before it stores to it, as this one, open to all, does not."""
        root = self._view.root
        if not isinstance(x, ir.Sel) or x.name not in self._beliefs.made_late or path != (f"l{root.receiver}", x.name) or not root.name[:1].isupper():
            return ""
        field = self._resolver.field(self._view.typing.of(x.base), x.name)
        by = self._beliefs.made_late_by(field.owner, x.name, self._view.name) if field is not None else ""
        return "" if path in self._view.paths.assigned or path[0] in state.helped else by

    def _compared(self, x: ir.Expr, is_nil: bool, condition: ir.Expr, state: State) -> State | None:
        if isinstance(x, ir.Local) and not is_nil:
            for result, zero in state.failed.get(x.id, ()):
                self._set(result, zero, state)
        path = self._view.paths.of(x)
        if path is None or self._resolver.map(self._view.typing.of(x)) is None:
            return state
        value = self._values.value(x, state)
        if is_nil:
            origin = Origin(*extent(condition, self._view), "compared")
            state.values[path] = Value(NIL, value.origin if value is not None and value.kind != FINE else origin)
            return state
        if value is not None and value.kind == NIL and not state.dead:
            return None
        state.values[path] = GOOD
        return state

    def _asked_late(self, x: ir.Expr, condition: ir.Expr, state: State) -> None:
        """A condition asks whether a map is nil that was stored to before: one of both is wrong."""
        path = self._view.paths.of(x) if state.trusted else None
        if path is None:
            return
        for known, pos in sorted(state.trusted):
            write = self._unknown.get(pos)
            if known == path and write is not None:
                origin = Origin(*extent(condition, self._view), "checked")
                self.writes[extent(write.x, self._view)] = replace(write, value=Value(MAYBE, origin))
        state.distrust(path)

    def _mark(self, state: State, about: list[Path], pos: int, kind: str, truth: bool) -> None:
        for known in list(correlated(state, about, pos)):
            value = state.values[known]
            state.values[known] = replace(value, muted=value.muted | {(pos, truth)})
        state.trail |= {Mark(path, pos, kind, truth) for path in about}
        if state.locked:
            self._looked_at(state, about)

    def _looked_at(self, state: State, about: list[Path]) -> None:
        """A condition asks something of what a lock was taken for, perhaps by way of a local variable: it may be a state that says all."""
        for path in about:
            state.locked.pop(path[0], None)
            definition = self._view.typing.definitions.get(int(path[0][1:])) if path[0][0] == "l" else None
            if isinstance(definition, FromValue):
                for below in mentioned(self._view, definition.value):
                    state.locked.pop(below[0], None)

    # --- stores ---

    def _declare(self, numbers: Sequence[int], values: Sequence[ir.Expr], state: State) -> None:
        for index, number in enumerate(numbers):
            if number < 0:
                continue
            variable = self._view.variables[number]
            x = ir.Local(number, variable.pos)
            if values:
                self._put(x, self._values.plan(values[index], x, state) if len(values) == len(numbers) else None, state)
            else:
                self._fresh((f"l{number}",), state)
                if self._starts_zero(number):
                    start, end = extent(x, self._view)
                    state.values[(f"l{number}",)] = Value(NIL, Origin(start, end, "declared", variable.name))

    def _starts_zero(self, number: int) -> bool:
        return isinstance(self._resolver.underlying(self._view.typing.local(number)), model.Map | model.Struct | model.Array)

    def _fresh(self, path: Path, state: State) -> None:
        state.forget(path)
        state.changed(int(path[0][1:]))
        state.private |= {path[0]}

    def _assign(self, statement: ir.Assign, state: State) -> None:
        lhs, rhs = statement.lhs, statement.rhs
        paired = len(lhs) == len(rhs)
        plans = [self._values.plan(rhs[index], x, state) if paired else None for index, x in enumerate(lhs)]
        for index, x in enumerate(lhs):
            if isinstance(x, ir.Index):
                self._written(x, x.base, state, "")
            self._put(x, plans[index] if statement.op in ("=", ":=") else None, state)
            path = self._view.paths.raw(x)
            if path is not None:
                state.trail |= {Mark(path, statement.pos, "set")}
        if len(lhs) == 2 and len(rhs) == 1:
            self._looked_up(lhs[0], lhs[1], rhs[0], state)
        if len(rhs) == 1 and isinstance(rhs[0], ir.Call):
            self._returned(lhs, rhs[0], state)
        if paired:
            self._correlate(lhs, rhs, state)

    def _put(self, x: ir.Expr, plan: dict[Path, Value] | None, state: State) -> None:
        """Store what is planned (by path below the target) to `x`; None: something unknown."""
        if isinstance(x, ir.Local):
            if self._values.is_alias(x):
                return
            path: Path | None = (f"l{x.id}",)
            state.forget((f"l{x.id}",))
            state.changed(x.id)
            if plan is not None:
                state.private |= {f"l{x.id}"}
        elif isinstance(x, ir.Name) and x.name == "_":
            return
        else:
            path = self._view.paths.of(x)
            if path is None or isinstance(x, ir.Deref):
                self._called(state)
            if path is None:
                return
            state.forget(path)
            state.distrust(path)
            if isinstance(x, ir.Index):
                for other in [other for other in state.values if len(other) >= len(path) and other[: len(path) - 1] == path[:-1]]:
                    if other[len(path) - 1][0] == "[" and state.values[other].kind != FINE:
                        del state.values[other]
                if plan is None:
                    plan = {(): GOOD}
        if plan is not None and path is not None:
            for below, value in plan.items():
                state.values[path + below] = value

    def _set(self, path: Path, value: Value, state: State) -> None:
        state.forget(path)
        state.values[path] = value

    def _looked_up(self, row: ir.Expr, ok: ir.Expr, x: ir.Expr, state: State) -> None:
        """`row, ok := m[k]`, `v, ok := m[k].(T)`: where `ok` is false, row and element are nil; where it is true, the map is not."""
        element = x.x if isinstance(x, ir.Assert) else x
        if not isinstance(element, ir.Index) or not isinstance(ok, ir.Local) or self._resolver.map(self._view.typing.of(element.base)) is None:
            return
        zero = isinstance(x, ir.Index) and self._resolver.map(self._view.typing.of(element)) is not None
        own = (f"l{row.id}",) if isinstance(row, ir.Local) and zero else None
        if own is not None:
            value = self._values.value(element, state)
            if value is not None:
                state.values[own] = value
        state.found[ok.id] = LookUp(own, self._view.paths.of(element) if zero else None, self._view.paths.of(element.base), element.base)

    def _returned(self, lhs: Sequence[ir.Expr], call: ir.Call, state: State) -> None:
        """`m, err := f()`: where `err` is not nil, the map most often is."""
        error = lhs[-1]
        if isinstance(error, ir.Name) and error.name == "_":
            self._ignored(call, state)
        if len(lhs) < 2 or not isinstance(error, ir.Local) or self._view.typing.local(error.id) != model.ERROR:
            return
        results = []
        for index, x in enumerate(lhs[:-1]):
            if isinstance(x, ir.Local) and self._resolver.map(self._view.typing.local(x.id)) is not None:
                kind = kind_on_error(self._view, call, index)
                if kind is not None:
                    origin = Origin(*extent(call, self._view), "failed", spell(call.fun, self._view.variables))
                    results.append(((f"l{x.id}",), Value(kind, origin)))
        if results:
            state.failed[error.id] = tuple(results)

    def _ignored(self, call: ir.Call, state: State) -> None:
        """The error of a method that makes a map when it can is not looked at."""
        if not isinstance(call.fun, ir.Sel):
            return
        for name in filled_unless_it_fails(self._view, call):
            base = self._view.paths.of(call.fun.base)
            if base is not None and state.values.get((*base, name)) != GOOD:
                state.values[*base, name] = Value(MAYBE, Origin(*extent(call, self._view), "ignored", spell(call.fun, self._view.variables)))

    def _correlate(self, lhs: Sequence[ir.Expr], rhs: Sequence[ir.Expr], state: State) -> None:
        """`again := !first`: what depends on the one depends on the other."""
        for target, value in zip(lhs, rhs, strict=True):
            if not isinstance(target, ir.Local) or not isinstance(value, ir.Local | ir.Unary | ir.Binary | ir.Sel):
                continue
            unsure = {path: known for path, known in state.values.items() if known.kind == MAYBE and known.marks}
            if not unsure or self._view.typing.local(target.id) != model.BOOL:
                continue
            about = mentioned(self._view, value)
            roots = {path[0] for path in about}
            for path, known in unsure.items():
                on = [mark for mark in known.marks if mark.path[0] in roots and any(mark.mentions(other) for other in about)]
                if on:
                    state.values[path] = replace(known, marks=known.marks.union(mark._replace(path=(f"l{target.id}",)) for mark in on))

    # --- what happens in expressions ---

    def _written(self, x: ir.Expr, base: ir.Expr, state: State, call: str, *, always: bool = True) -> None:
        """A map is written: the end of this way when it is nil."""
        if self._resolver.map(self._view.typing.of(base)) is None:
            return
        value = self._values.value(base, state)
        place = extent(x, self._view)
        self.writes.pop(place, None)
        if value is None:
            value = self._reset(base, state)
        if value is None and always and not state.dead:
            self._trust(x, base, call, state)
        if value is None or value.kind == FINE or value.muted or state.dead:
            return
        self.writes[place] = Write(x, base, value, call, always, _conditions(state))
        if value.kind == NIL and always:
            state.dead = True
        path = self._view.paths.of(base)
        if path is not None:
            state.values[path] = GOOD

    def _trust(self, x: ir.Expr, base: ir.Expr, call: str, state: State) -> None:
        """Note a write to a map of which nothing is known: that it is not nil is what the programmer relies on."""
        path = self._view.paths.of(base)
        if path is None:
            return
        if len(path) > 1 and path not in self._view.paths.assigned:
            start, _ = extent(x, self._view)
            self._unknown[start] = Write(x, base, GOOD, call, True, _conditions(state))
            state.trusted |= {(path, start)}
        state.values[path] = GOOD

    def _reset(self, base: ir.Expr, state: State) -> Value | None:
        """Return what a field holds that some method sets to nil, where no condition asked anything since the lock was taken."""
        if not isinstance(base, ir.Sel) or base.name not in self._beliefs.reset:
            return None
        path = self._view.paths.of(base)
        pos = state.locked.get(path[0]) if path is not None else None
        if path is None or pos is None:
            return None
        field = self._resolver.field(self._view.typing.of(base.base), base.name)
        by = self._beliefs.reset_by(field.owner, base.name) if field is not None else ""
        return Value(MAYBE, Origin(*extent(base, self._view), "reset", by)) if by else None

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
                self._escape(x, state)
            case ir.Sel() | ir.Index() | ir.Deref():
                self._visit_chain(x, state)
                self._escape(x, state)
            case ir.Call():
                self._visit_call(x, state)
            case ir.Binary("&&" | "||" as op, left, right):
                self._visit(left, state)
                behind = self.assume(left, op == "&&", state.copy())
                if behind is not None:
                    self._visit(right, behind)
                for call in subexpressions(right):
                    if isinstance(call, ir.Call) and not nilcalls.harmless(self._view, call):
                        self._called(state)
            case ir.Binary(_, left, right):
                for operand in (left, right):
                    self._visit_chain(operand, state)
            case ir.Addr(operand) if not isinstance(operand, ir.Lit):
                self._visit_chain(operand, state)
                path = self._view.paths.of(operand)
                if path is not None:
                    state.forget(path)
                    state.private -= {path[0]}
            case ir.Lit(_, elements):
                for element in elements:
                    if element.key is not None and not isinstance(element.key, ir.Name | ir.Local):
                        self._visit(element.key, state)
                    self._visit(element.value, state)
            case ir.FuncLit(number):
                for captured in self._view.facts.functions[number].captures:
                    self._share((f"l{captured}",), self._view.typing.local(captured), state)
            case _:
                for operand in children(x):
                    self._visit(operand, state)

    def _escape(self, x: ir.Expr, state: State) -> None:
        """A value is copied to where it is not followed: what is known of the inside of a reference may change from now on."""
        path = self._view.paths.of(x)
        if path is None:
            return
        self._share(path, self._view.typing.of(x), state)

    def _share(self, path: Path, kind: Type | None, state: State) -> None:
        """Somebody else can reach what a path leads to. A map variable still holds the same map; what is in it may change."""
        if self._resolver.map(kind) is not None:
            state.forget_inside(path)
        elif any(known[: len(path)] == path for known in state.values):
            state.forget(path)
        state.private -= {path[0]}

    def _visit_call(self, call: ir.Call, state: State) -> None:
        view = self._view
        fun = call.fun
        if nilcalls.only_looks(view, fun):
            for argument in call.args:
                self._visit_chain(argument, state)
            return
        self._hand_in(call, state)
        decoded = nilcalls.decoded(view, call)
        for argument in call.args:
            if argument is not decoded:
                self._visit(argument, state)
        self._forget_beliefs(call, state)
        if isinstance(fun, ir.Sel) and view.typing.package_of(fun.base) is None:
            self._visit_chain(fun.base, state)
            if nilcalls.may_change(view, fun):
                path = view.paths.of(fun.base)
                if path is not None:
                    state.forget(path)
                    state.private -= {path[0]}
                    state.helped |= {path[0]}
        elif not isinstance(fun, ir.Name | ir.TypeArg):
            self._visit_chain(fun, state)
        if decoded is not None:
            self._decode(call, decoded, state)
        written = nilcalls.written(view, call)
        if written is not None:
            map_, always = written
            about = [path for argument in call.args for path in mentioned(view, argument)]
            # Whether there is anything to copy may be just what the map was made under.
            if always or view.paths.of(map_) not in set(correlated(state, about, call.pos)):
                self._written(call, map_, state, spell(fun, view.variables), always=always)
        if not nilcalls.harmless(view, call):
            self._called(state)

    def _forget_beliefs(self, call: ir.Call, state: State) -> None:
        """Locks let others in, and who gets a struct may set its maps: what was relied on before says nothing of what holds now."""
        taken = nilcalls.locks(call)
        if taken is not None:
            state.trusted = frozenset()
            path = self._view.paths.of(taken[0])
            if path is not None and taken[1]:
                state.locked[path[0]] = call.pos
            elif path is not None:
                state.locked.pop(path[0], None)
        elif state.trusted or state.locked:
            for x in (*call.args, *((call.fun.base,) if isinstance(call.fun, ir.Sel) else ())):
                path = self._view.paths.of(x)
                if path is None:
                    continue
                state.trusted = frozenset(item for item in state.trusted if len(item[0]) <= len(path) or item[0][: len(path)] != path)
                if len(path) == 1:
                    state.locked.pop(path[0], None)

    def _hand_in(self, call: ir.Call, state: State) -> None:
        """Note a call that gets a zero value: whether the callee writes to a map of it is seen there."""
        found = callee(self._view, call) if not state.dead and (state.private or any(map(is_nil, call.args))) else None
        if found is None or found.declared is None or found.declared.node.body is None:
            return
        function = found.declared.node
        for argument, number in zip(call.args, function.params, strict=False):
            if number >= 0 and is_nil(argument):
                start, end = extent(argument, self._view)
                zero = Value(NIL, Origin(start, end, "assigned"))
                self.calls[start, end] = HandedIn(call, argument, found.declared, {(f"l{number}",): zero}, _conditions(state))
        handed: list[tuple[ir.Expr, Path, int]] = [
            (argument, (), number) for argument, number in zip(call.args, function.params, strict=False) if number >= 0
        ]
        if found.receiver is not None and function.receiver >= 0:
            handed.append((found.receiver, found.embedded, function.receiver))
        for x, embedded, number in handed:
            path = self._view.paths.of(x)
            if path is None or path[0] not in state.private:
                continue
            path += embedded
            value = self._values.known(state, path)
            if value is None or value.kind != NIL:
                continue
            below = {known[len(path) :]: held for known, held in state.values.items() if len(known) > len(path) and known[: len(path)] == path}
            root = (f"l{number}",)
            given = {root: value, **{root + rest: held for rest, held in below.items() if held.kind != MAYBE}}
            self.calls[extent(x, self._view)] = HandedIn(call, x, found.declared, given, _conditions(state))
            return

    def _called(self, state: State) -> None:
        """Something runs that is not seen: it may change whatever others can reach."""
        for path in list(state.values):
            root = path[0]
            number = int(root[1:]) if root[0] == "l" else -1
            if len(path) == 1 and number >= 0 and self._resolver.map(self._view.typing.local(number)) is not None:
                # Nobody else sets a map variable of this function, unless its address is held or a literal assigns to it.
                own = self._view.variables[number].function == self._number or not self._view.assignments[number]
                if own and number not in self._shared:
                    continue
            elif root in state.private and number not in self._captured:
                continue
            elif (origin := state.values[path].origin) is not None and origin.kind in LOCAL:
                continue  # whoever is not handed the struct has hardly any reason to make a map of it just now
            if path in state.values:
                del state.values[path]

    def _decode(self, call: ir.Call, decoded: ir.Addr, state: State) -> None:
        """A decoder sets a map to nil when its text is `null`, and leaves fields alone that its text does not have."""
        path = self._view.paths.of(decoded.x)
        if path is None:
            return
        kind = self._view.typing.of(decoded.x)
        origin = Origin(*extent(call, self._view), "decoded", spell(call.fun, self._view.variables))
        if self._resolver.map(kind) is not None and not nilcalls.never_null(self._view, call):
            self._set(path, Value(MAYBE, origin), state)
        else:
            state.forget(path)


def _conditions(state: State) -> frozenset[Mark]:
    return frozenset(mark for mark in state.trail if mark.kind != "set")
