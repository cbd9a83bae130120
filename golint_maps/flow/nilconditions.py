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
    """Return m where a comparison of `len(m)` with a constant, being true or not, says that m is not empty; else None."""
    if isinstance(left, ir.Const):
        left, right, op = right, left, _MIRRORED.get(op, "")
    match left, right:
        case ir.Call(ir.Name("len"), [measured]), ir.Const("int", text) if text.isdecimal():
            bound = int(text)
            if truth:
                says = (op == ">" and bound >= 0) or (op == ">=" and bound >= 1) or (op == "!=" and bound == 0) or (op == "==" and bound >= 1)
            else:
                says = (op == "==" and bound == 0) or (op == "<" and bound >= 1) or (op == "<=" and bound >= 0)
            return measured if says else None
    return None
