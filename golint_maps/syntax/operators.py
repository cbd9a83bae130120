"""Unary and binary operators. Constants are folded to one, and long chains are balanced, so that the tree stays shallow."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.constants import constant_text
from golint_maps.syntax.expression_table import EXPRESSIONS, opaque, too_deep
from golint_maps.syntax.ir import Addr, Binary, Const, Deref, Expr, Recv, Unary
from golint_maps.syntax.kinds import BINARY_EXPRESSION, EXTRAS, F_OPERAND
from golint_maps.syntax.names import resolved
from golint_maps.syntax.state import MAX_DEPTH, Lowering
from golint_maps.syntax.type_nodes import STAR

LONG_CHAIN: Final = 32
"""Operands of a chain `a + b + c + …` beyond which it is lowered as a balanced tree."""


def unary(c: Lowering, node: Node) -> Expr:
    """`!x`, `-x`, `&x`, `*p`, `<-c`"""
    operand = node.child_by_field_id(F_OPERAND)
    if operand is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return too_deep(c, node)
    c.depth += 1
    x = EXPRESSIONS[operand.kind_id](c, operand)
    c.depth -= 1
    pos, end = node.start_byte, node.end_byte
    sign = c.src[pos]
    if sign == _AMPERSAND:
        return Addr(x, pos, end)
    if sign == STAR:
        return Deref(x, pos, end)
    if sign == _LESS:
        return Recv(x, pos, end)
    if x.__class__ is Const:
        return Const(x.kind, constant_text(c.src[pos:end]), pos)
    return Unary(chr(sign), x, pos, end)


def binary(c: Lowering, node: Node) -> Expr:
    """`x + y`, `a && b`; a chain of operators is lowered in a loop."""
    pos = node.start_byte
    # So many conditions are like `err != nil` or `i < 10` that reading them from their text pays.
    words = c.src[pos : node.end_byte].split(b" ", 3)
    if len(words) == 3 and words[0].isalnum() and words[2].isalnum() and (op := _OPERATOR_TEXT.get(words[1])) and not words[0][:1].isdigit():
        name, token, value = words
        at = pos + len(name) + len(token) + 2
        end = at + len(value)
        if value.isdigit():
            return Binary(op, resolved(c, name, pos), Const("int", constant_text(value), at), pos, end)
        if not value[:1].isdigit():
            return Binary(op, resolved(c, name, pos), resolved(c, value, at), pos, end)
    chain: list[tuple[str, Node]] = []
    left = node
    while left.kind_id == BINARY_EXPRESSION:
        parts = left.children
        if len(parts) != 3:
            parts = [part for part in parts if part.kind_id not in EXTRAS]
        if len(parts) != 3:
            break
        left, operator, right = parts
        chain.append((_OPERATORS.get(operator.kind_id, ""), right))
    if not chain or c.depth >= MAX_DEPTH:
        return opaque(c, node) if not chain else too_deep(c, node)
    c.depth += 1
    # A chain that ends in another binary expression is one whose operand is missing.
    x = opaque(c, left) if left.kind_id == BINARY_EXPRESSION else EXPRESSIONS[left.kind_id](c, left)
    if len(chain) > LONG_CHAIN:
        x = _balanced(c, x, pos, left.end_byte, chain)
    else:
        for op, right in reversed(chain):
            y = EXPRESSIONS[right.kind_id](c, right)
            end = right.end_byte
            if x.__class__ is Const and y.__class__ is Const and op not in _COMPARISONS:
                x = Const(_wider(x.kind, y.kind), constant_text(c.src[pos:end]), pos)
            else:
                x = Binary(op, x, y, pos, end)
    c.depth -= 1
    return x


def _balanced(c: Lowering, first: Expr, pos: int, first_end: int, chain: list[tuple[str, Node]]) -> Expr:
    """A left-deep chain of operators as a balanced tree: operands keep their order, and the tree is shallow.

    The grouping of arithmetic changes, which no check looks at. Chains of `&&` or `||` mean the same in any grouping.
    """
    level: list[tuple[Expr, int, int]] = [(first, pos, first_end)]
    joints: list[str] = []
    for op, right in reversed(chain):
        joints.append(op)
        level.append((EXPRESSIONS[right.kind_id](c, right), right.start_byte, right.end_byte))
    while len(level) > 1:
        paired: list[tuple[Expr, int, int]] = []
        for i in range(0, len(level) - 1, 2):
            (x, start, _), (y, _, end) = level[i], level[i + 1]
            paired.append((Binary(joints[i], x, y, start, end), start, end))
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
        joints = joints[1::2]
    return level[0][0]


def _wider(a: str, b: str) -> str:
    return a if _WIDTH[a] >= _WIDTH[b] else b


_AMPERSAND: Final = ord("&")
_LESS: Final = ord("<")
_WIDTH: Final = {"int": 0, "rune": 1, "float": 2, "imaginary": 3, "string": 4}
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||", ""})
_OPERATORS: Final = {
    k.token(op): op for op in ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
}
_OPERATOR_TEXT: Final = {op.encode(): op for op in _OPERATORS.values()}
