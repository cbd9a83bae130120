"""From statement nodes to `Stmt`, with Go's scopes: what a statement declares is seen by what follows in its block."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.control_flow import (
    block,
    branch,
    for_statement,
    if_statement,
    labeled_statement,
    select_statement,
    switch_statement,
    type_switch_statement,
)
from golint_maps.syntax.expression_table import EXPRESSIONS, lower
from golint_maps.syntax.ir import Assign, Defer, Do, Go, Return, Send, Stmt
from golint_maps.syntax.kinds import EXTRAS
from golint_maps.syntax.local_declarations import const_declaration, defined, short_declaration, type_declaration, var_declaration
from golint_maps.syntax.state import Lowering, only
from golint_maps.syntax.statement_table import StmtHandler, expressions_of, unread


def _ignore(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """Comments and empty statements say nothing."""


def _expression(c: Lowering, node: Node, out: list[Stmt]) -> None:
    inner = only(node)
    if inner is not None:
        out.append(Do(EXPRESSIONS[inner.kind_id](c, inner)))


def _send(c: Lowering, node: Node, out: list[Stmt]) -> None:
    channel = lower(c, node.child_by_field_id(k.F_CHANNEL))
    out.append(Send(channel, lower(c, node.child_by_field_id(k.F_VALUE)), node.start_byte, node.end_byte))


def _receive(c: Lowering, node: Node, out: list[Stmt]) -> None:
    left = node.child_by_field_id(k.F_LEFT)
    right = node.child_by_field_id(k.F_RIGHT)
    if left is None or right is None:
        out.append(Do(lower(c, right)))
    elif b":=" in c.src[left.end_byte : right.start_byte]:
        rhs = [lower(c, right)]
        out.append(Assign(":=", defined(c, left, "define"), rhs, node.start_byte, node.end_byte))
    else:
        out.append(Assign("=", expressions_of(c, left), [lower(c, right)], node.start_byte, node.end_byte))


def _increment(c: Lowering, node: Node, out: list[Stmt]) -> None:
    op = "+=" if node.kind_id == k.INC_STATEMENT else "-="
    out.append(Assign(op, [lower(c, only(node))], [], node.start_byte, node.end_byte))


def _assignment(c: Lowering, node: Node, out: list[Stmt]) -> None:
    parts = node.children if node.child_count == 3 else [child for child in node.children if child.kind_id not in EXTRAS]
    if len(parts) != 3:
        unread(c, node, out)
        return
    left, operator, right = parts
    lhs = expressions_of(c, left)
    out.append(Assign(_ASSIGNMENTS.get(operator.kind_id, "="), lhs, expressions_of(c, right), node.start_byte, node.end_byte))


def _return(c: Lowering, node: Node, out: list[Stmt]) -> None:
    values = expressions_of(c, only(node)) if node.child_count > 1 else []
    out.append(Return(values, node.start_byte, node.end_byte))


def _go(c: Lowering, node: Node, out: list[Stmt]) -> None:
    out.append(Go(lower(c, only(node)), node.start_byte, node.end_byte))


def _defer(c: Lowering, node: Node, out: list[Stmt]) -> None:
    out.append(Defer(lower(c, only(node)), node.start_byte, node.end_byte))


_ASSIGNMENTS: Final = {k.token(op): op for op in ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&^=")}

HANDLERS: Final[dict[int, StmtHandler]] = {
    k.COMMENT: _ignore,
    k.EMPTY_STATEMENT: _ignore,
    k.EXPRESSION_STATEMENT: _expression,
    k.SEND_STATEMENT: _send,
    k.RECEIVE_STATEMENT: _receive,
    k.INC_STATEMENT: _increment,
    k.DEC_STATEMENT: _increment,
    k.ASSIGNMENT_STATEMENT: _assignment,
    k.SHORT_VAR_DECLARATION: short_declaration,
    k.VAR_DECLARATION: var_declaration,
    k.CONST_DECLARATION: const_declaration,
    k.TYPE_DECLARATION: type_declaration,
    k.LABELED_STATEMENT: labeled_statement,
    k.FALLTHROUGH_STATEMENT: branch("fallthrough"),
    k.BREAK_STATEMENT: branch("break"),
    k.CONTINUE_STATEMENT: branch("continue"),
    k.GOTO_STATEMENT: branch("goto"),
    k.RETURN_STATEMENT: _return,
    k.GO_STATEMENT: _go,
    k.DEFER_STATEMENT: _defer,
    k.BLOCK: block,
    k.IF_STATEMENT: if_statement,
    k.FOR_STATEMENT: for_statement,
    k.EXPRESSION_SWITCH_STATEMENT: switch_statement,
    k.TYPE_SWITCH_STATEMENT: type_switch_statement,
    k.SELECT_STATEMENT: select_statement,
}
"""From a node's kind to the function that lowers it."""
