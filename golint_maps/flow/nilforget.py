"""What is no longer known of maps that others may change: by a copy that escapes, in a call, under a lock, from a decoder."""

from __future__ import annotations

from dataclasses import replace

from golint_maps.flow import decoded_texts, nilcalls
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body
from golint_maps.flow.nilstate import FINE, LOCAL, MAYBE, NIL, Origin, State, Value
from golint_maps.flow.paths import Path
from golint_maps.flow.spelling import spell
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_STAYING = LOCAL | {"cleared", "asserted"}
"""Kinds of origins that hold on: whoever is not handed the struct has hardly any reason to make a map of it just now."""
_MAY_LEAD_ON = frozenset((model.ERROR, model.NIL, model.UNSAFE_POINTER, model.BASIC["uintptr"]))
"""Predeclared types whose values may lead to other things."""


def escape(body: Body, x: ir.Expr, state: State) -> None:
    """A value is copied to where it is not followed: what is known of the inside of a reference may change from now on."""
    path = body.view.paths.of(x)
    if path is None:
        return
    kind = body.view.typing.of(x)
    below = body.resolver.underlying(kind)
    if isinstance(below, model.Basic) and below not in _MAY_LEAD_ON:
        return  # a number or text leads nobody anywhere
    share(body, path, kind, state)


def share(body: Body, path: Path, kind: Type | None, state: State) -> None:
    """Somebody else can reach what a path leads to. A map variable still holds the same map; what is in it may change."""
    if body.resolver.map(kind) is not None:
        state.forget_inside(path)
    elif any(known[: len(path)] == path for known in state.values):
        state.forget(path)
    state.private -= {path[0]}


def forget_beliefs(body: Body, call: ir.Call, state: State) -> None:
    """Locks let others in, and who gets a struct may set its maps: what was relied on before says nothing of what holds now."""
    taken = nilcalls.locks(call)
    if taken is not None:
        state.trusted = frozenset()
        path = body.view.paths.of(taken[0])
        if path is not None and taken[1]:
            state.locked[path[0]] = call.pos
        elif path is not None:
            state.locked.pop(path[0], None)
    elif state.trusted or state.locked:
        for x in (*call.args, *((call.fun.base,) if isinstance(call.fun, ir.Sel) else ())):
            path = body.view.paths.of(x)
            if path is None:
                continue
            state.trusted = frozenset(item for item in state.trusted if len(item[0]) <= len(path) or item[0][: len(path)] != path)
            if len(path) == 1:
                state.locked.pop(path[0], None)


def run_unseen(body: Body, state: State) -> None:
    """Something runs that is not seen: it may change whatever others can reach."""
    for path in list(state.values):
        root = path[0]
        number = int(root[1:]) if root[0] == "l" else -1
        if len(path) == 1 and number >= 0 and body.resolver.map(body.view.typing.local(number)) is not None:
            # Nobody else sets a map variable of this function, unless its address is held or a literal assigns to it.
            own = body.view.variables[number].function == body.number or not body.view.assignments[number]
            if own and number not in body.shared:
                continue
        elif root in state.private and number not in body.captured:
            continue
        elif (origin := state.values[path].origin) is not None and origin.kind in _STAYING:
            if origin.kind == "cleared":
                state.values[path] = replace(state.values[path], kind=MAYBE)
            continue
        if path in state.values:
            del state.values[path]


def clear(body: Body, call: ir.Call, state: State) -> None:
    """A method of the package sets a map of what it is called on to nil."""
    for name in nilcalls.cleared(body.view, call):
        base = call.fun.base if isinstance(call.fun, ir.Sel) else call
        path = body.view.paths.of(base)
        field = body.resolver.field(body.view.typing.of(base), name)
        if path is not None and field is not None and body.resolver.map(field.type) is not None:
            state.values[*path, name] = Value(NIL, Origin(*extent(call, body.view), "cleared", spell(call.fun, body.view.variables)))


def decode(body: Body, call: ir.Call, decoded: ir.Addr | ir.Local, state: State) -> None:
    """A decoder sets a map to nil when its text is `null`, and leaves fields alone that its text does not have."""
    target = decoded.x if isinstance(decoded, ir.Addr) else decoded
    path = body.view.paths.of(target)
    if path is None:
        return
    kind = body.view.typing.of(target)
    kind = kind.elem if isinstance(decoded, ir.Local) and isinstance(kind, model.Pointer) else kind
    if body.resolver.map(kind) is not None and not decoded_texts.never_null(body.view, call):
        why = "stored" if decoded_texts.kept(body.view, call) else "decoded"
        state.store(path, Value(MAYBE, Origin(*extent(call, body.view), why, spell(call.fun, body.view.variables))))
        return
    zero = state.values.get(path)
    filled = {known: value for known, value in state.values.items() if known[: len(path)] == path and known != path and value.kind == FINE}
    state.forget(path)
    if zero is not None and zero.kind == NIL and _has_plain_fields(body, kind) and not decoded_texts.never_null(body.view, call):
        # What was zero before has only the maps that the text has. What was made stays, unless the text says `null` there.
        state.values[path] = Value(MAYBE, Origin(*extent(call, body.view), "absent", spell(call.fun, body.view.variables)))
        state.values |= filled


def _has_plain_fields(body: Body, kind: Type | None) -> bool:
    """Tell whether a decoder fills a struct field by field, and its type has no method of its own for that."""
    if not isinstance(body.resolver.underlying(kind), model.Struct):
        return False
    return not any(body.resolver.method(kind, name) for name in ("UnmarshalJSON", "UnmarshalJSONFrom", "UnmarshalYAML", "UnmarshalText"))
