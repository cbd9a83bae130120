"""What the grammar took for types: it reads `handlers[name](request)` as a conversion to a generic type, and the argument of `new(v)` as a type."""

from __future__ import annotations

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.expression_table import EXPRESSIONS, lower, opaque, too_deep
from golint_maps.syntax.ir import Call, Deref, Expr, Index, Inst, Sel, TypeArg
from golint_maps.syntax.names import identifier
from golint_maps.syntax.state import MAX_DEPTH, Lowering, only, significant
from golint_maps.syntax.type_nodes import lower_type


def instantiated(c: Lowering, base: Expr, arguments: list[Node], pos: int, end: int) -> Expr:
    """`base[argument]` with arguments that the grammar took for types."""
    if len(arguments) == 1:
        return Index(base, _value_of(c, arguments[0]), pos, end)
    return Inst(base, [lower_type(c, argument) for argument in arguments], pos, end)


def _value_of(c: Lowering, node: Node) -> Expr:
    """A type node as the expression that it may have been meant as."""
    return EXPRESSIONS[node.kind_id](c, node)


def type_elem(c: Lowering, node: Node) -> Expr:
    """A type argument, or the value that it may have been meant as."""
    terms = significant(node)
    return _value_of(c, terms[0]) if len(terms) == 1 else type_arg(c, node)


def qualified(c: Lowering, node: Node) -> Expr:
    """`pkg.Name`"""
    package = node.child_by_field_id(k.F_PACKAGE)
    name = node.child_by_field_id(k.F_NAME)
    if package is None or name is None:
        return opaque(c, node)
    return Sel(identifier(c, package), c.src[name.start_byte : name.end_byte].decode(), node.start_byte, node.end_byte)


def generic(c: Lowering, node: Node) -> Expr:
    """`base[argument]` as a type."""
    base = node.child_by_field_id(k.F_TYPE)
    arguments = node.child_by_field_id(k.F_TYPE_ARGUMENTS)
    if base is None or arguments is None:
        return opaque(c, node)
    return instantiated(c, _value_of(c, base), significant(arguments), node.start_byte, node.end_byte)


def dereferenced(c: Lowering, node: Node) -> Expr:
    """`*p` as a pointer type."""
    inner = only(node)
    return opaque(c, node) if inner is None else Deref(_value_of(c, inner), node.start_byte, node.end_byte)


def type_arg(c: Lowering, node: Node) -> Expr:
    """What must be a type."""
    return TypeArg(lower_type(c, node), node.start_byte, node.end_byte)


def conversion(c: Lowering, node: Node) -> Expr:
    """`handlers[name](request)`, `[]byte(text)`"""
    type_node = node.child_by_field_id(k.F_TYPE)
    operand = node.child_by_field_id(k.F_OPERAND)
    if type_node is None or operand is None:
        return opaque(c, node)
    end = node.end_byte
    stars: list[int] = []
    # `*m[k](x)` dereferences a result: a conversion to a pointer type needs parentheses.
    while type_node.kind_id == k.POINTER_TYPE and (inner := only(type_node)) is not None:
        stars.append(type_node.start_byte)
        type_node = inner
    fun = _value_of(c, type_node)
    if c.depth + len(stars) >= MAX_DEPTH:
        return too_deep(c, node)
    lowered: Expr = Call(fun, [lower(c, operand)], type_node.start_byte, end)
    for pos in reversed(stars):
        lowered = Deref(lowered, pos, end)
    return lowered


def instantiation(c: Lowering, node: Node) -> Expr:
    """`base[argument, …]` as a value."""
    parts = significant(node)
    if len(parts) < 2:
        return opaque(c, node)
    return instantiated(c, _value_of(c, parts[0]), parts[1:], node.start_byte, node.end_byte)
