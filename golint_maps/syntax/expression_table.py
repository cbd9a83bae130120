"""Which function lowers which kind of expression node. The functions reach one another by this table, whatever module they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.ir import Expr, Opaque
from golint_maps.syntax.state import MAX_DEPTH, Lowering

ExprHandler = Callable[[Lowering, Node], Expr]


def lower(c: Lowering, node: Node | None) -> Expr:
    """Lower an expression node; what is missing is `Opaque`."""
    if node is None:
        return Opaque(0, 0)
    return EXPRESSIONS[node.kind_id](c, node)


def opaque(c: Lowering, node: Node) -> Expr:
    """An expression that cannot be read."""
    return Opaque(node.start_byte, node.end_byte)


def too_deep(c: Lowering, node: Node) -> Expr:
    """An expression that is nested too deep to be lowered."""
    c.too_deep.append((node.start_byte, node.end_byte))
    return Opaque(node.start_byte, node.end_byte)


def nested(handler: ExprHandler) -> ExprHandler:
    """Count the nesting, and give up where it is absurd."""

    def counted(c: Lowering, node: Node) -> Expr:
        if c.depth >= MAX_DEPTH:
            return too_deep(c, node)
        c.depth += 1
        lowered = handler(c, node)
        c.depth -= 1
        return lowered

    return counted


EXPRESSIONS: Final[dict[int, ExprHandler]] = dict.fromkeys(k.ALL, opaque)
"""From a node's kind to the function that lowers it; filled by `functions`, which knows them all."""
