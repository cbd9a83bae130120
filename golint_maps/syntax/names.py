"""Names, and what is selected from them: `x`, `a.b.c`."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax.expression_table import EXPRESSIONS, opaque, too_deep
from golint_maps.syntax.ir import Expr, Local, Name, Opaque, Sel
from golint_maps.syntax.kinds import F_FIELD, F_OPERAND
from golint_maps.syntax.state import MAX_DEPTH, Lowering


def identifier(c: Lowering, node: Node) -> Expr:
    """A local variable, or a name that other layers resolve."""
    pos = node.start_byte
    name = c.src[pos : node.end_byte]
    local = c.names.get(name)
    if local is None:
        return Name(name.decode(), pos) if name else Opaque(pos, pos)
    if isinstance(local, int):
        if local < c.base:
            c.captures.add(local)
        return Local(local, pos)
    return Name(local, pos)


def resolved(c: Lowering, name: bytes, pos: int) -> Expr:
    """The same for a name that was read from the text, without a node."""
    local = c.names.get(name)
    if local is None:
        return Name(name.decode(), pos)
    if isinstance(local, int):
        if local < c.base:
            c.captures.add(local)
        return Local(local, pos)
    return Name(local, pos)


def selector(c: Lowering, node: Node) -> Expr:
    """`a.b.c`"""
    pos = node.start_byte
    end = node.end_byte
    text = c.src[pos:end]
    # A plain `a.b.c` is read from its text: that costs half of what its nodes would.
    if text.translate(None, _DOTS).isalnum() and not c.damaged_text:
        base, *fields = text.split(b".")
        if len(fields) <= _PLAIN_FIELDS:
            x = resolved(c, base, pos)
            at = pos + len(base)
            for field in fields:
                at += len(field) + 1
                x = Sel(x, field.decode(), pos, at)
            return x
    operand = node.child_by_field_id(F_OPERAND)
    field_node = node.child_by_field_id(F_FIELD)
    if operand is None or field_node is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return too_deep(c, node)
    c.depth += 1
    x = EXPRESSIONS[operand.kind_id](c, operand)
    c.depth -= 1
    return Sel(x, c.src[field_node.start_byte : end].decode(), pos, end)


_DOTS: Final = b"._"
_PLAIN_FIELDS: Final = 16
