"""Which function lowers which kind of statement node, and blocks and lists, which all of them use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.expression_table import EXPRESSIONS, opaque
from golint_maps.syntax.ir import Do, Expr, Stmt
from golint_maps.syntax.kinds import ERROR, EXPRESSION_LIST, EXTRAS, STATEMENT_LIST
from golint_maps.syntax.state import MAX_DEPTH, Lowering, named

StmtHandler = Callable[[Lowering, Node, list[Stmt]], None]


def body_of(c: Lowering, block: Node | None) -> list[Stmt]:
    """The statements of a block, in a scope of its own."""
    if block is None or not block.named_child_count:
        return []
    outer = c.scope
    mark = len(c.undo)
    c.scopes = c.scope = c.scopes + 1
    out = statements_of(c, block)
    if len(c.undo) > mark:
        c.leave(mark, outer)
    else:
        c.scope = outer
    return out


def statements_of(c: Lowering, node: Node) -> list[Stmt]:
    """The statements of a block or clause, in the scope that is open."""
    out: list[Stmt] = []
    if c.depth >= MAX_DEPTH:
        c.too_deep.append((node.start_byte, node.end_byte))
        return out
    c.depth += 2
    handlers = STATEMENTS
    for child in named(node):
        kind = child.kind_id
        if kind == STATEMENT_LIST:
            for statement in named(child):
                handlers[statement.kind_id](c, statement, out)
        elif kind == ERROR:
            handlers[kind](c, child, out)
    c.depth -= 2
    return out


def simple_statement(c: Lowering, node: Node | None) -> Stmt | None:
    """The statement of an `init` or `post` clause."""
    if node is None:
        return None
    out: list[Stmt] = []
    STATEMENTS[node.kind_id](c, node, out)
    return out[0] if out else None


def expressions_of(c: Lowering, node: Node | None) -> list[Expr]:
    """The expressions of a list, or of the one expression that `node` is."""
    if node is None:
        return []
    handlers = EXPRESSIONS
    if node.kind_id != EXPRESSION_LIST:
        return [handlers[node.kind_id](c, node)]
    return [handlers[child.kind_id](c, child) for child in named(node) if child.kind_id not in EXTRAS]


def unread(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """A statement that cannot be read."""
    out.append(Do(opaque(c, node)))


STATEMENTS: Final[dict[int, StmtHandler]] = dict.fromkeys(k.ALL, unread)
"""From a node's kind to the function that lowers it; filled by `functions`, which knows them all."""
