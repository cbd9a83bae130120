"""What a call gives a declared function for its receiver and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golint_maps.syntax import ir

if TYPE_CHECKING:
    from golint_maps.flow.paths import Path
    from golint_maps.flow.view import View


def operands(function: ir.Function, call: ir.Call) -> dict[int, ir.Expr]:
    """Return the operands of a call by the numbers of the callee's variables. Embedded fields before the receiver are left out."""
    given = {number: x for number, x in zip(function.params, call.args, strict=False) if number >= 0}
    if function.receiver >= 0 and isinstance(call.fun, ir.Sel):
        given[function.receiver] = call.fun.base
    return given


def start_of(caller: View, function: ir.Function, call: ir.Call, root: str) -> Path | None:
    """Return the caller's path of what a path of the callee begins with, or None where the caller has none."""
    if root[0] != "l":
        return (root,)
    number = int(root[1:])
    path = caller.paths.of(operands(function, call).get(number))
    if path is None or number != function.receiver or not isinstance(call.fun, ir.Sel):
        return path
    method = caller.package.resolver.method(caller.typing.of(call.fun.base), call.fun.name)
    return path if method is None else (*path, *method.path)
