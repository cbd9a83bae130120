"""Calls that fill an array which they are handed by its address or as a slice: `binary.BigEndian.PutUint32(buf[:], n)`, `fill(&buf, n)`."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.traverse import operands, selected_from, subexpressions
from golint_maps.flow.view import View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model

_WRITERS: Final = re.compile(r"Put(?:Uint\d+|Uvarint|Varint)|Encode(?:Rune)?|FillBytes")
"""Names of functions and methods of these packages that write to their first argument."""
_PACKAGES: Final = re.compile(r"encoding/(?:binary|hex|base32|base64|ascii85)|unicode/utf8|math/big")
_MAX_DEPTH: Final = 3


def refills(view: View, call: ir.Call, number: int) -> bool:
    """Tell whether a call surely writes to the array that a local variable is, or holds by value."""
    return any(
        isinstance(arg, ir.Addr | ir.SliceOf) and _is_array(view, arg.x) and _root(arg.x) == number and _writes_to(view, call, index, 0)
        for index, arg in enumerate(call.args)
    )


def _is_array(view: View, x: ir.Expr) -> bool:
    return isinstance(view.package.resolver.underlying(view.typing.of(x)), model.Array)


def _writes_to(view: View, call: ir.Call, index: int, depth: int) -> bool:
    """Tell whether a callee writes to what one of its arguments leads to: one of the library, or of the package, by its body."""
    if index == 0 and (view.typing.is_builtin(call.fun, "copy") or _is_library_writer(view, call.fun)):
        return True
    found = callee(view, call)
    if found is None or found.declared is None or depth > _MAX_DEPTH:
        return False
    function = found.declared.node
    number = function.params[index] if index < len(function.params) else -1
    if number < 0:
        return False
    inner = function_view(view.package, found.declared)
    return not inner.assignments[number] and any(_sets(inner, statement, number, depth) for statement in inner.statements)


def _is_library_writer(view: View, fun: ir.Expr) -> bool:
    if not isinstance(fun, ir.Sel) or _WRITERS.fullmatch(fun.name) is None:
        return False
    kind = view.typing.of(fun.base)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    package = view.typing.package_of(fun.base) or (kind.package if isinstance(kind, model.Named) else "")
    return _PACKAGES.fullmatch(package) is not None


def _sets(view: View, statement: ir.Stmt, number: int, depth: int) -> bool:
    """Tell whether a statement writes to what a parameter leads to."""
    if isinstance(statement, ir.Assign) and any(isinstance(target, ir.Index | ir.Deref) and _root(target) == number for target in statement.lhs):
        return True
    return any(
        isinstance(part, ir.Call) and _root(arg.x if isinstance(arg, ir.SliceOf) else arg) == number and _writes_to(view, part, index, depth + 1)
        for x in operands(statement)
        for part in subexpressions(x)
        for index, arg in enumerate(part.args if isinstance(part, ir.Call) else ())
    )


def _root(x: ir.Expr) -> int:
    """Return the local that an operand is selected from, -1 if it is from none."""
    root = selected_from(x)
    return root.id if isinstance(root, ir.Local) else -1
