"""What a condition that holds, or not, says of maps: they are nil, are not, or may be; and what depends on it from there on."""

from __future__ import annotations

from dataclasses import replace

from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body
from golint_maps.flow.nilconditions import empty, mentioned, non_empty, not_zero
from golint_maps.flow.nilstate import FINE, GOOD, MAYBE, NIL, Mark, Origin, State, Value, correlated
from golint_maps.flow.paths import Path
from golint_maps.flow.spelling import spell
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue


def refine(body: Body, condition: ir.Expr, truth: bool, state: State) -> State | None:
    """Return what is known where a comparison, or a variable, is true or not; None where that cannot be. Changes `state`."""
    looked_up = _element_of(body, not_zero(_spelled_out(body, condition), truth))
    looked_up = looked_up or _decoded_element(body, condition, truth)
    if looked_up is not None and _not_nil(body, body.view.paths.of(looked_up), state) is None:
        return None
    match condition:
        case ir.Binary("==" | "!=" as op, left, ir.Name("nil")):
            _asked_late(body, left, condition, state)
            return _compared(body, left, truth == (op == "=="), condition, state)
        case ir.Binary("==" | "!=" as op, ir.Name("nil"), right):
            return _compared(body, right, truth == (op == "=="), condition, state)
        case ir.Binary(op, left, right):
            measured = non_empty(op, left, right, truth)
            if measured is not None:
                return _compared(body, measured, False, condition, state)
            _doubt(body, empty(op, left, right, truth), condition, "empty", state)
            return state
        case ir.Local(number) if number in state.found:
            look = state.found[number]
            value = Value(NIL, Origin(*extent(condition, body.view), look.why))
            for path in (look.row, look.element):
                if path is not None:
                    state.store(path, GOOD if truth else value)
            if not truth and look.x is not None:
                _doubt(body, look.x, condition, "unfound", state)
            return _not_nil(body, look.map, state) if truth else state
    return state


def _decoded_element(body: Body, condition: ir.Expr, truth: bool) -> ir.Expr | None:
    """Return the map of which an element was decoded without an error: `json.Unmarshal(m[k], &v)` fails for what is not there."""
    match condition:
        case ir.Binary("==" | "!=" as op, ir.Local(number), ir.Name("nil")) if (op == "==") == truth and not body.view.assignments[number]:
            definition = body.view.typing.definitions.get(number)
            match definition.value if isinstance(definition, FromValue) else None:
                case ir.Call(ir.Sel(_, "Unmarshal"), [ir.Index(base), _]) if body.resolver.map(body.view.typing.of(base)) is not None:
                    return base
    return None


def _spelled_out(body: Body, condition: ir.Expr) -> ir.Expr:
    """Return a comparison with a constant of the package as one with the constant's value."""
    match condition:
        case ir.Binary("==" | "!=" as op, left, ir.Name(name), pos, end) if name in body.view.package.scope.constants:
            value = body.view.package.scope.constants[name].node.value
            return ir.Binary(op, left, value, pos, end) if isinstance(value, ir.Const) else condition
    return condition


def _element_of(body: Body, x: ir.Expr | None) -> ir.Expr | None:
    """Return the map that an expression is an element of, by itself or by a local variable that was looked up, or None."""
    if isinstance(x, ir.Local):
        definition = body.view.typing.definitions.get(x.id)
        if not isinstance(definition, FromValue) or definition.index != 0 or body.view.assignments[x.id]:
            return None
        x = definition.value
    x = x.x if isinstance(x, ir.Assert) else x
    if isinstance(x, ir.Index) and body.resolver.map(body.view.typing.of(x.base)) is not None:
        return x.base
    return None


def _not_nil(body: Body, path: Path | None, state: State) -> State | None:
    """Something was found in a map: it is not nil."""
    value = body.values.known(state, path) if path is not None else None
    if path is None or (value is not None and value.kind == FINE):
        return state
    if value is not None and value.kind == NIL and not state.dead:
        return None
    state.values[path] = GOOD
    return state


def _doubt(body: Body, x: ir.Expr | None, condition: ir.Expr, why: str, state: State) -> None:
    """A map that has no entries, or not this one, may be nil where others make it, or not."""
    path = body.view.paths.of(x) if x is not None else None
    if x is None or path is None or body.values.value(x, state) is not None:
        return
    start, end = extent(condition, body.view)
    if body.values.handed_in(x, state):
        state.values[path] = Value(MAYBE, Origin(start, end, why, spell(x, body.view.variables)))
    elif by := _made_late_by(body, x, path, state):
        state.values[path] = Value(MAYBE, Origin(start, end, "late", by))


def _made_late_by(body: Body, x: ir.Expr, path: Path, state: State) -> str:
    """Return a function that asks whether a field of the receiver is nil before it stores to it, as this one, open to all, does not."""
    root = body.view.root
    if not isinstance(x, ir.Sel) or x.name not in body.beliefs.made_late or path != (f"l{root.receiver}", x.name) or not root.name[:1].isupper():
        return ""
    field = body.resolver.field(body.view.typing.of(x.base), x.name)
    by = body.beliefs.made_late_by(field.owner, x.name, body.view.name) if field is not None else ""
    return "" if path in body.view.paths.assigned or path[0] in state.helped else by


def _compared(body: Body, x: ir.Expr, is_nil: bool, condition: ir.Expr, state: State) -> State | None:
    if isinstance(x, ir.Local) and not is_nil:
        for result, zero in state.failed.get(x.id, ()):
            state.store(result, zero)
    path = body.view.paths.of(x)
    if path is None or body.resolver.map(body.view.typing.of(x)) is None:
        return state
    value = body.values.value(x, state)
    if is_nil:
        origin = Origin(*extent(condition, body.view), "compared")
        state.values[path] = Value(NIL, value.origin if value is not None and value.kind != FINE else origin)
        return state
    if value is not None and value.kind == NIL and not state.dead:
        return None
    state.values[path] = GOOD
    name = spell(x, body.view.variables)
    for clone, cloned in list(state.values.items()):
        if cloned.origin is not None and cloned.origin.kind == "cloned" and cloned.origin.name == name:
            state.values[clone] = GOOD
    return state


def _asked_late(body: Body, x: ir.Expr, condition: ir.Expr, state: State) -> None:
    """A condition asks whether a map is nil that was stored to before: one of both is wrong."""
    path = body.view.paths.of(x) if state.trusted else None
    if path is None:
        return
    for known, pos in sorted(state.trusted):
        write = body.unknown.get(pos)
        if known == path and write is not None:
            origin = Origin(*extent(condition, body.view), "checked")
            body.writes[extent(write.x, body.view)] = replace(write, value=Value(MAYBE, origin))
    state.distrust(path)


def mark(body: Body, state: State, about: list[Path], pos: int, kind: str, truth: bool) -> None:
    """Note a condition on the way: maps that were left nil on others, by what it is about as well, are taken for made behind it."""
    for known in list(correlated(state, about, pos)):
        value = state.values[known]
        state.values[known] = replace(value, muted=value.muted | {(pos, truth)})
    state.trail |= {Mark(path, pos, kind, truth) for path in about}
    if state.locked:
        _looked_at(body, state, about)


def _looked_at(body: Body, state: State, about: list[Path]) -> None:
    """A condition asks something of what a lock was taken for, perhaps by way of a local variable: it may be a state that says all."""
    for path in about:
        state.locked.pop(path[0], None)
        definition = body.view.typing.definitions.get(int(path[0][1:])) if path[0][0] == "l" else None
        if isinstance(definition, FromValue):
            for below in mentioned(body.view, definition.value):
                state.locked.pop(below[0], None)
