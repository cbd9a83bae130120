"""Calls that hand a nil map, or a struct with one, to a function of the package."""

from __future__ import annotations

from golint_maps.flow.callees import Callee, callee, in_module
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body, HandedIn, OnZero
from golint_maps.flow.nildoubts import is_nil
from golint_maps.flow.nilstate import MAYBE, NIL, Origin, State, Value
from golint_maps.flow.paths import Path
from golint_maps.syntax import ir


def hand_in(body: Body, call: ir.Call, state: State) -> None:
    """Note a call that gets a zero value: whether the callee writes to a map of it is seen there."""
    found = callee(body.view, call) if not state.dead and (state.private or any(map(is_nil, call.args))) else None
    if found is not None and found.outside:
        _call_foreign(body, call, found, state)
    if found is None or found.declared is None or found.declared.node.body is None:
        return
    function = found.declared.node
    for argument, number in zip(call.args, function.params, strict=False):
        if number >= 0 and is_nil(argument):
            start, end = extent(argument, body.view)
            zero = Value(NIL, Origin(start, end, "assigned"))
            body.calls[start, end] = HandedIn(call, argument, found.declared, {(f"l{number}",): zero}, state.conditions())
    handed: list[tuple[ir.Expr, Path, int]] = [
        (argument, (), number) for argument, number in zip(call.args, function.params, strict=False) if number >= 0
    ]
    if found.receiver is not None and function.receiver >= 0:
        handed.append((found.receiver, found.embedded, function.receiver))
    for x, embedded, number in handed:
        path = body.view.paths.of(x)
        if path is None or path[0] not in state.private:
            continue
        path += embedded
        value = body.values.known(state, path)
        if value is None or value.kind != NIL:
            continue
        below = {known[len(path) :]: held for known, held in state.values.items() if len(known) > len(path) and known[: len(path)] == path}
        root = (f"l{number}",)
        given = {root: value, **{root + rest: held for rest, held in below.items() if held.kind != MAYBE}}
        body.calls[extent(x, body.view)] = HandedIn(call, x, found.declared, given, state.conditions())
        return


def _call_foreign(body: Body, call: ir.Call, found: Callee, state: State) -> None:
    """Note a call of another package's method on a local of which no field was ever set."""
    if not isinstance(found.receiver, ir.Local) or found.embedded or not in_module(found.id) or body.view.path.endswith("_test.go"):
        return
    path = (f"l{found.receiver.id}",)
    value = state.values.get(path) if path[0] in state.private else None
    if value is not None and value.kind == NIL and all(known[0] != path[0] or len(known) == 1 for known in state.values):
        body.foreign[call.pos, call.end] = OnZero(call, found.receiver, found.id)
