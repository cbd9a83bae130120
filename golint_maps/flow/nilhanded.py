"""Calls that hand a nil map, or a struct with one, to a function of the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.callees import Callee, callee, in_module
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbody import Body, HandedIn, OnZero
from golint_maps.flow.nilstate import GOOD, MAYBE, NEVER_MADE, NIL, Origin, State, Value
from golint_maps.flow.paths import Path
from golint_maps.flow.traverse import each, is_nil
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir


def hand_in(body: Body, call: ir.Call, state: State) -> None:
    """Note a call that gets a zero value: whether the callee writes to a map of it is seen there."""
    worth = not state.dead and (bool(state.private) or any(map(is_nil, call.args)) or called_name(call) in storing(body.view.package))
    found = callee(body.view, call) if worth else None
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
            x = spelled_out(x, embedded)
            never = _never_made(body, x, state)
            if never is not None:
                body.calls[extent(x, body.view)] = HandedIn(call, x, found.declared, {(f"l{number}",): never}, state.conditions())
            continue
        path += embedded
        value = body.values.known(state, path)
        if value is None or value.kind != NIL:
            continue
        below = {known[len(path) :]: held for known, held in state.values.items() if len(known) > len(path) and known[: len(path)] == path}
        root = (f"l{number}",)
        # A map that is made on some way here counts as made: which way goes with what the callee does is not seen.
        given = {root: value, **{root + rest: GOOD if held.kind == MAYBE else held for rest, held in below.items()}}
        body.calls[extent(x, body.view)] = HandedIn(call, x, found.declared, given, state.conditions())
        return


def _never_made(body: Body, x: ir.Expr, state: State) -> Value | None:
    """Return what is known of a field or package variable that is nil because nothing in the package makes it: `v.seen.add(k)`, `fill(v.seen)`."""
    value = body.values.value(x, state) if isinstance(x, ir.Sel | ir.Name) else None
    return value if value is not None and value.kind == NIL and value.origin is not None and value.origin.kind in NEVER_MADE else None


def spelled_out(x: ir.Expr, embedded: Sequence[str]) -> ir.Expr:
    """Return the embedded field that a method is called on, as an expression: `v.set` for `v` in `v.add(k)`."""
    end = int(getattr(x, "end", x.pos))
    for step in embedded:
        x = ir.Sel(x, step, x.pos, end)
    return x


def called_name(call: ir.Call) -> str:
    """Return the name of the function or method that a call is of, without what it is called on."""
    return call.fun.name if isinstance(call.fun, ir.Name | ir.Sel) else ""


def storing(package: PackageView) -> frozenset[str]:
    """Return the names of a package's functions that store to a map which they are handed, or are called on."""
    known: frozenset[str] | None = package.memo.get(__name__)
    if known is None:
        functions = (function for file in package.scope.files for function in file.functions if function.parent < 0 and function.body)
        known = package.memo[__name__] = frozenset(function.name for function in functions if _stores(function, set(_maps(package, function))))
    return known


def _stores(function: ir.Function, maps: set[int]) -> bool:
    targets = (x for assign in each(function.body or (), ir.Assign) for x in assign.lhs) if maps else ()
    return any(isinstance(x, ir.Index) and isinstance(x.base, ir.Local) and x.base.id in maps for x in targets)


def _maps(package: PackageView, function: ir.Function) -> Iterator[int]:
    """Yield the receiver and the parameters that are maps by their written types."""
    written = [*zip(function.params, function.type.params, strict=False), (function.receiver, function.receiver_type)]
    for number, kind in written:
        base = kind.base if isinstance(kind, ir.TInst) else kind
        declared = package.scope.types.get(base.name) if isinstance(base, ir.TName) else None
        if number >= 0 and isinstance(declared.node.type if declared is not None else base, ir.TMap):
            yield number


def _call_foreign(body: Body, call: ir.Call, found: Callee, state: State) -> None:
    """Note a call of another package's method on a local of which no field was ever set."""
    if not isinstance(found.receiver, ir.Local) or found.embedded or not in_module(found.id) or body.view.path.endswith("_test.go"):
        return
    path = (f"l{found.receiver.id}",)
    value = state.values.get(path) if path[0] in state.private else None
    if value is not None and value.kind == NIL and all(known[0] != path[0] or len(known) == 1 for known in state.values):
        body.foreign[call.pos, call.end] = OnZero(call, found.receiver, found.id)
