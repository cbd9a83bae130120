"""Writes to maps: those to a map that is, or may be, nil, and those that tell that the programmer takes it for made."""

from __future__ import annotations

from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body, Write
from golint_maps.flow.nildoubts import checked
from golint_maps.flow.nilstate import FINE, GOOD, MAYBE, NEVER_MADE, NIL, Origin, State, Value
from golint_maps.flow.paths import Path
from golint_maps.syntax import ir


def write_to(body: Body, x: ir.Expr, base: ir.Expr, state: State, call: str, *, always: bool = True) -> None:
    """A map is written: the end of this way when it is nil."""
    if body.resolver.map(body.view.typing.of(base)) is None:
        return
    value = body.values.value(base, state)
    place = extent(x, body.view)
    body.writes.pop(place, None)
    if value is None:
        value = _reset(body, base, state)
    if value is None and always and not state.dead:
        _trust(body, x, base, call, state)
    path = body.view.paths.of(base)
    if value is None or value.kind == FINE or value.muted or state.dead or _depends(value, path, state):
        return
    if _walked_over(value, path, body, place[0]):
        return
    if value.origin is None or value.origin.kind != "decoded" or not checked(body.view, base, place[0]):
        body.writes[place] = Write(x, base, value, call, always, state.conditions())
    if value.kind == NIL and always:
        state.dead = True
    if path is not None:
        state.values[path] = GOOD


def _walked_over(value: Value, path: Path | None, body: Body, at: int) -> bool:
    """Tell whether a map that nobody seems to make is written in a loop over it, which has no turn as long as it is nil."""
    if value.origin is None or value.origin.kind not in NEVER_MADE or path is None:
        return False
    view = body.view
    return any(isinstance(loop, ir.Range) and loop.pos < at < loop.end and view.paths.of(loop.over) == path for loop in view.statements)


def _depends(value: Value, path: Path | None, state: State) -> bool:
    """Tell whether a map that is made under a condition is written under one as well: the two may go together in ways that are not seen."""
    origin = value.origin
    if value.kind != MAYBE or origin is None:
        return False
    if origin.kind == "absent":
        # What one member of the text says may tell that there is another.
        return any(
            mark.kind == "if" and mark.truth and path is not None and mark.path[0] == path[0] and mark.pos > origin.end for mark in state.trail
        )
    return origin.kind == "declared" and any(mark.kind == "if" and mark.pos > origin.start for mark in state.trail)


def _trust(body: Body, x: ir.Expr, base: ir.Expr, call: str, state: State) -> None:
    """Note a write to a map of which nothing is known: that it is not nil is what the programmer relies on."""
    path = body.view.paths.of(base)
    if path is None:
        return
    asked = any(mark.path == path for mark in state.trail if mark.kind != "set")
    if len(path) > 1 and path not in body.view.paths.assigned and not asked:
        start, _ = extent(x, body.view)
        body.unknown[start] = Write(x, base, GOOD, call, True, state.conditions())
        state.trusted |= {(path, start)}
    state.values[path] = GOOD


def _reset(body: Body, base: ir.Expr, state: State) -> Value | None:
    """Return what a field holds that some method sets to nil, where no condition asked anything since the lock was taken.

    Without a lock, none may have asked anything at all, and the object must begin anew: who has seen it closed does not come here.
    """
    if not isinstance(base, ir.Sel) or not (base.name in body.beliefs.reset or base.name in body.beliefs.taken):
        return None
    path = body.view.paths.of(base)
    locked = path is not None and path[0] in state.locked
    alone = path is not None and path[0] == f"l{body.view.root.receiver}" and body.number == body.view.number and not state.conditions()
    field = body.resolver.field(body.view.typing.of(base.base), base.name) if locked or alone else None
    if field is None:
        return None
    reset = body.beliefs.reset_by(field.owner, base.name) if locked else ""
    taken = body.beliefs.taken_by(field.owner, base.name) if not reset else ""
    by = reset or taken
    return Value(MAYBE, Origin(*extent(base, body.view), "reset" if reset else "taken", by)) if by and by != body.view.name else None
