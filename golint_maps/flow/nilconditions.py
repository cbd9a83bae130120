"""What conditions say of maps, and what they are about."""

from __future__ import annotations

from golint_maps.flow.paths import Path
from golint_maps.flow.view import View
from golint_maps.flow.walk import children
from golint_maps.syntax import ir


def mentioned(view: View, x: ir.Expr) -> list[Path]:
    """Return the variables, fields and functions that a condition is about."""
    found: list[Path] = []
    todo = [x]
    while todo:
        x = todo.pop()
        path = view.paths.raw(x) if isinstance(x, ir.Local | ir.Sel | ir.Name | ir.Index) else None
        if path is not None:
            found.append(path)
            while isinstance(x, ir.Sel | ir.Index):
                if isinstance(x, ir.Index):
                    todo.append(x.index)
                x = x.base
        elif isinstance(x, ir.Name):
            if x.name not in ("nil", "true", "false", "len"):
                found.append(("n" + x.name,))
        else:
            todo.extend(children(x))
    return found


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def non_empty(op: str, left: ir.Expr, right: ir.Expr, truth: bool) -> ir.Expr | None:
    """Return m where a comparison of `len(m)` with a constant or a counter, being true or not, says that m is not empty; else None."""
    match op, left, right:
        case ("<", ir.Local(), ir.Call(ir.Name("len"), [counted])) | (">", ir.Call(ir.Name("len"), [counted]), ir.Local()):
            return counted if truth else None  # counters count from zero
    measured, op, bound = _measured(op, left, right)
    if truth:
        says = (op == ">" and bound >= 0) or (op == ">=" and bound >= 1) or (op == "!=" and bound == 0) or (op == "==" and bound >= 1)
    else:
        says = (op == "==" and bound == 0) or (op == "<" and bound >= 1) or (op == "<=" and bound >= 0)
    return measured if says else None


def not_zero(condition: ir.Expr, truth: bool) -> ir.Expr | None:
    """Return what a condition, being true or not, says to be another value than the zero value of its type; else None."""
    match condition:
        case ir.Binary("!=" | "==" as op, x, ir.Name("nil")) | ir.Binary("!=" | "==" as op, ir.Name("nil"), x):
            return x if truth == (op == "!=") else None
        case ir.Binary("!=" | "==" as op, x, ir.Const(_, text)) if text in _ZEROS:
            return x if truth == (op == "!=") else None
        case ir.Binary("==", x, ir.Const(_, text)) if text not in _ZEROS:
            return x if truth else None
        case ir.Binary("!=", x, ir.Const(_, text)) if text not in _ZEROS:
            return None if truth else x
        case ir.Binary(">" | "<=" as op, x, ir.Const(_, "0")):
            return x if truth == (op == ">") else None
        case ir.Call(ir.Sel(ir.Name("strings"), "EqualFold"), [x, ir.Const(_, text)] | [ir.Const(_, text), x]):
            return x if truth and text not in _ZEROS else None
        case ir.Local() | ir.Index():
            return condition if truth else None
    return None


_ZEROS = ('""', "``", "0", "0.0")


def empty(op: str, left: ir.Expr, right: ir.Expr, truth: bool) -> ir.Expr | None:
    """Return m where a comparison of `len(m)` with a constant, being true or not, says that m is empty; else None."""
    measured, op, bound = _measured(op, left, right)
    says = (op, bound) in (_EMPTY if truth else _NOT_EMPTY)
    return measured if says else None


_EMPTY = (("==", 0), ("<", 1), ("<=", 0))
_NOT_EMPTY = (("!=", 0), (">=", 1), (">", 0))


def _measured(op: str, left: ir.Expr, right: ir.Expr) -> tuple[ir.Expr | None, str, int]:
    """Return (m, operator, constant) of a comparison of `len(m)` with a constant."""
    if isinstance(left, ir.Const):
        left, right, op = right, left, _MIRRORED.get(op, "")
    match left, right:
        case ir.Call(ir.Name("len"), [measured]), ir.Const("int", text) if text.isdecimal():
            return measured, op, int(text)
    return None, "", -1
