"""Numbers, characters and strings, of which only the first bytes are kept."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax.expression_table import ExprHandler
from golint_maps.syntax.ir import Const, Expr
from golint_maps.syntax.state import Lowering

MAX_TEXT: Final = 80
"""Bytes of a constant's text that are kept."""


def constant_text(text: bytes) -> str:
    """A constant's text, cut short if it is long."""
    return text.decode() if len(text) <= MAX_TEXT else text[:MAX_TEXT].decode(errors="replace")


def constant(kind: str) -> ExprHandler:
    """A handler of constants of one kind."""

    def constant(c: Lowering, node: Node) -> Expr:
        pos = node.start_byte
        text = c.src[pos : node.end_byte]
        return Const(kind, text.decode() if len(text) <= MAX_TEXT else constant_text(text), pos)

    return constant
