"""What variables, fields and elements hold after a declaration or an assignment, and what its results depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body
from golint_maps.flow.nilconditions import mentioned
from golint_maps.flow.nildoubts import fails, filled_unless_it_fails, kind_on_error
from golint_maps.flow.nilforget import run_unseen
from golint_maps.flow.nilresults import nil_for_nothing
from golint_maps.flow.nilstate import ELEMENTS, GOOD, MAYBE, NIL, LookUp, Mark, Origin, State, Value
from golint_maps.flow.nilwrites import write_to
from golint_maps.flow.paths import Path
from golint_maps.flow.spelling import spell
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type


def declare(body: Body, numbers: Sequence[int], values: Sequence[ir.Expr], state: State) -> None:
    """`var m map[K]V`, `var m = x`."""
    for index, number in enumerate(numbers):
        if number < 0:
            continue
        variable = body.view.variables[number]
        x = ir.Local(number, variable.pos)
        if values:
            put(body, x, body.values.plan(values[index], x, state) if len(values) == len(numbers) else None, state)
        else:
            _fresh((f"l{number}",), state)
            if _starts_zero(body, number):
                start, end = extent(x, body.view)
                path = zero_path(body.resolver.underlying(body.view.typing.local(number)), f"l{number}")
                state.values[path] = Value(NIL, Origin(start, end, "declared", variable.name))


def _starts_zero(body: Body, number: int) -> bool:
    return isinstance(body.resolver.underlying(body.view.typing.local(number)), model.Map | model.Struct | model.Array)


def zero_path(below: Type | None, root: str) -> Path:
    """Return the path that is nil where a variable of a type starts as zero: of an array, its elements, which get their maps one by one."""
    return (root, ELEMENTS) if isinstance(below, model.Array) else (root,)


def _fresh(path: Path, state: State) -> None:
    state.forget(path)
    state.changed(int(path[0][1:]))
    state.private |= {path[0]}


def assign(body: Body, statement: ir.Assign, state: State) -> None:
    """`x.m = y`, `m[k] = v`, `row, ok := m[k]`, `m, err := f()`."""
    lhs, rhs = statement.lhs, statement.rhs
    paired = len(lhs) == len(rhs)
    plans = [body.values.plan(rhs[index], x, state) if paired else None for index, x in enumerate(lhs)]
    for index, x in enumerate(lhs):
        if isinstance(x, ir.Index):
            write_to(body, x, x.base, state, "")
        put(body, x, plans[index] if statement.op in ("=", ":=") else None, state)
        path = body.view.paths.raw(x)
        if path is not None:
            state.trail |= {Mark(path, statement.pos, "set")}
    if len(lhs) == 2 and len(rhs) == 1:
        _looked_up(body, lhs[0], lhs[1], rhs[0], state)
    if len(rhs) == 1 and isinstance(rhs[0], ir.Call):
        _returned(body, lhs, rhs[0], state)
    if paired:
        _correlate(body, lhs, rhs, state)


def put(body: Body, x: ir.Expr, plan: dict[Path, Value] | None, state: State) -> None:
    """Store what is planned (by path below the target) to `x`; None: something unknown."""
    if isinstance(x, ir.Local):
        if body.values.begins_alias(x):
            return
        path: Path | None = (f"l{x.id}",)
        state.forget((f"l{x.id}",))
        state.changed(x.id)
        if plan is not None:
            state.private |= {f"l{x.id}"}
        if body.values.is_alias(x) and (path := body.view.paths.of(x)) is not None:
            state.forget(path)  # what is put into the place that the name is of
    elif isinstance(x, ir.Name) and x.name == "_":
        return
    else:
        path = body.view.paths.of(x)
        if path is None or isinstance(x, ir.Deref):
            run_unseen(body, state)
        if path is None:
            return
        body.values.set_in_element(path, state)
        state.forget(path)
        state.distrust(path)
        if isinstance(x, ir.Index) and plan is None:
            plan = {(): GOOD}
    if plan is not None and path is not None:
        for below, value in plan.items():
            state.values[path + below] = value


def _looked_up(body: Body, row: ir.Expr, ok: ir.Expr, x: ir.Expr, state: State) -> None:
    """`row, ok := m[k]`, `v, ok := m[k].(T)`: where `ok` is false, row and element are nil; where it is true, the map is not."""
    element = x.x if isinstance(x, ir.Assert) else x
    own = body.view.paths.of(row)
    if isinstance(element, ir.Call) and isinstance(element.fun, ir.Sel) and element.fun.name == "Load" and not isinstance(ok, ir.Local):
        return  # `m, _ := current.Load().(map[K]V)`: what is copied to be changed has been stored before
    if isinstance(x, ir.Assert) and isinstance(row, ir.Local) and own is not None and body.resolver.map(body.view.typing.local(row.id)) is not None:
        state.values[own] = Value(MAYBE, Origin(*extent(x, body.view), "asserted", spell(x, body.view.variables)))
        if isinstance(ok, ir.Local):
            outer = element.base if isinstance(element, ir.Index) and body.resolver.map(body.view.typing.of(element.base)) is not None else None
            state.found[ok.id] = LookUp(own, None, body.view.paths.of(outer) if outer is not None else None, outer, "asserted")
        return
    if not isinstance(element, ir.Index) or not isinstance(ok, ir.Local) or body.resolver.map(body.view.typing.of(element.base)) is None:
        return
    zero = isinstance(x, ir.Index) and body.resolver.map(body.view.typing.of(element)) is not None
    own = (f"l{row.id}",) if isinstance(row, ir.Local) and zero else None
    if own is not None:
        value = body.values.value(element, state)
        if value is not None:
            state.values[own] = value
    state.found[ok.id] = LookUp(own, body.view.paths.of(element) if zero else None, body.view.paths.of(element.base), element.base)


def _returned(body: Body, lhs: Sequence[ir.Expr], call: ir.Call, state: State) -> None:
    """`m, err := f()`: where `err` is not nil, the map most often is."""
    error = lhs[-1]
    if isinstance(error, ir.Name) and error.name == "_":
        ignored(body, call, state)
        _left_unasked(body, lhs[:-1], call, state)
    if len(lhs) < 2 or not isinstance(error, ir.Local) or body.view.typing.local(error.id) != model.ERROR:
        return
    results = []
    for index, x in enumerate(lhs[:-1]):
        if isinstance(x, ir.Local) and body.resolver.map(body.view.typing.local(x.id)) is not None:
            about = nil_for_nothing(body.view, call, state) if len(lhs) == 2 else frozenset()
            if about:
                state.values[f"l{x.id}",] = Value(MAYBE, Origin(*extent(call, body.view), "sometimes", spell(call.fun, body.view.variables)), about)
            kind = kind_on_error(body.view, call, index)
            if kind is not None:
                origin = Origin(*extent(call, body.view), "failed", spell(call.fun, body.view.variables))
                results.append(((f"l{x.id}",), Value(kind, origin)))
    if results:
        state.failed[error.id] = tuple(results)


def ignored(body: Body, call: ir.Call, state: State) -> None:
    """The error of a method that makes a map when it can is not looked at."""
    if not isinstance(call.fun, ir.Sel):
        return
    for name in filled_unless_it_fails(body.view, call):
        base = body.view.paths.of(call.fun.base)
        if base is not None and state.values.get((*base, name)) != GOOD:
            state.values[*base, name] = Value(MAYBE, Origin(*extent(call, body.view), "ignored", spell(call.fun, body.view.variables)))


def _left_unasked(body: Body, lhs: Sequence[ir.Expr], call: ir.Call, state: State) -> None:
    """`m, _ := read(path)`: nobody asks for the error with which a function of the package returns nil. Of constants its author knows what comes."""
    if not fails(body.view, call) or (call.args and all(isinstance(arg, ir.Const) for arg in call.args)):
        return
    for index, x in enumerate(lhs):
        if isinstance(x, ir.Local) and body.resolver.map(body.view.typing.local(x.id)) is not None and kind_on_error(body.view, call, index):
            state.values[f"l{x.id}",] = Value(MAYBE, Origin(*extent(call, body.view), "ignored", spell(call.fun, body.view.variables)))


def _correlate(body: Body, lhs: Sequence[ir.Expr], rhs: Sequence[ir.Expr], state: State) -> None:
    """`again := !first`: what depends on the one depends on the other."""
    for target, value in zip(lhs, rhs, strict=True):
        if not isinstance(target, ir.Local) or not isinstance(value, ir.Local | ir.Unary | ir.Binary | ir.Sel):
            continue
        unsure = {path: known for path, known in state.values.items() if known.kind == MAYBE and known.marks}
        if not unsure or body.view.typing.local(target.id) != model.BOOL:
            continue
        about = mentioned(body.view, value)
        roots = {path[0] for path in about}
        for path, known in unsure.items():
            on = [mark for mark in known.marks if mark.path[0] in roots and any(mark.mentions(other) for other in about)]
            if on:
                state.values[path] = replace(known, marks=known.marks.union(mark._replace(path=(f"l{target.id}",)) for mark in on))
