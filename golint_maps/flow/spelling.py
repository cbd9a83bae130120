"""Expressions as the programmer wrote them, rebuilt from the IR for messages."""

from __future__ import annotations

from collections.abc import Sequence

from golint_maps.syntax import ir
from golint_maps.types.model import spell as spell_type


def spell(x: ir.Expr | None, variables: Sequence[ir.Variable], limit: int = 60) -> str:
    """Return the source form of an expression, with `…` for what messages do not need, at most about `limit` characters."""
    text = _spell(x, variables)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _spell(x: ir.Expr | None, variables: Sequence[ir.Variable]) -> str:
    if x.__class__ is ir.Sel:
        return f"{_spell(x.base, variables)}.{x.name}"
    if x.__class__ is ir.Local:
        return variables[x.id].name
    if x.__class__ is ir.Name:
        return x.name
    match x:
        case ir.Index(base, index):
            return f"{_spell(base, variables)}[{_spell(index, variables)}]"
        case ir.Call(fun, args):
            return f"{_spell(fun, variables)}({'…' if args else ''})"
        case ir.Addr(operand):
            return "&" + _spell(operand, variables)
        case ir.Deref(operand):
            return "*" + _spell(operand, variables)
        case ir.Recv(operand):
            return "<-" + _spell(operand, variables)
        case ir.Unary(op, operand):
            return op + _spell(operand, variables)
        case ir.Binary(op, left, right):
            return f"{_spell(left, variables)} {op} {_spell(right, variables)}"
        case ir.Assert(operand, kind):
            return f"{_spell(operand, variables)}.({_written(kind)})"
        case ir.SliceOf(operand):
            return f"{_spell(operand, variables)}[…:…]"
        case ir.Const(_, text):
            return text
        case ir.Lit(kind):
            return f"{_written(kind) if kind is not None else ''}{{…}}"
        case ir.TypeArg(kind):
            return _written(kind)
        case ir.FuncLit():
            return "func(…) {…}"
        case ir.Inst(base):
            return f"{_spell(base, variables)}[…]"
    return "…"


def _written(kind: ir.TypeExpr) -> str:
    match kind:
        case ir.TName(name):
            return name.split("·")[0]
        case ir.TQual(package, name):
            return f"{package}.{name}"
        case ir.TPtr(elem):
            return "*" + _written(elem)
        case ir.TSlice(elem):
            return "[]" + _written(elem)
        case ir.TArray(elem, length):
            return f"[{length}]{_written(elem)}"
        case ir.TMap(key, value):
            return f"map[{_written(key)}]{_written(value)}"
        case ir.TChan(elem):
            return "chan " + _written(elem)
        case ir.TInst(base, args):
            return f"{_written(base)}[{', '.join(map(_written, args))}]"
        case ir.TStruct():
            return "struct{…}"
        case ir.TInterface(methods):
            return "interface{…}" if methods else "any"
        case ir.TFunc():
            return "func(…)"
    return "…"


__all__ = ["spell", "spell_type"]


def spell_named(x: ir.Expr, variables: Sequence[ir.Variable]) -> str:
    """Return a variable, field or element as the code has it; empty for what has no name, as the result of a call."""
    inner = x
    while isinstance(inner, ir.Sel | ir.Index | ir.Deref | ir.Addr):
        inner = inner.base if isinstance(inner, ir.Sel | ir.Index) else inner.x
    return spell(x, variables) if isinstance(inner, ir.Local | ir.Name) else ""
