"""From expression nodes to `Expr`, with the grammar's silent misreadings undone.

The grammar cannot know what is a type. It reads `handlers[name](request)` as a conversion to the generic type `handlers[name]`, and the
argument of `new(v)` as a type. Here names decide nothing either: what could be a value stays an expression (`Name`, `Local`, `Sel`,
`Index`, `Deref`), and only text that must be a type becomes a `TypeArg`. Layers that know the declarations tell the two apart.
"""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.constants import constant
from golint_maps.syntax.expression_table import EXPRESSIONS, ExprHandler, lower, nested, opaque, too_deep
from golint_maps.syntax.ir import Assert, Call, Expr, Index, SliceOf
from golint_maps.syntax.kinds import EXTRAS, F_OPERAND, VARIADIC_ARGUMENT
from golint_maps.syntax.literals import composite_literal
from golint_maps.syntax.misread_types import conversion, dereferenced, generic, instantiated, instantiation, qualified, type_arg, type_elem
from golint_maps.syntax.names import identifier, selector
from golint_maps.syntax.operators import binary, unary
from golint_maps.syntax.state import MAX_DEPTH, Lowering, named, only, significant
from golint_maps.syntax.type_nodes import lower_type


def _call(c: Lowering, node: Node) -> Expr:
    if node.child_count == 2:
        fun_node, list_node = node.children
        type_arguments = None
    else:
        # Type arguments, or a comment, or something missing.
        maybe_fun = node.child_by_field_id(k.F_FUNCTION)
        maybe_list = node.child_by_field_id(k.F_ARGUMENTS)
        type_arguments = node.child_by_field_id(k.F_TYPE_ARGUMENTS)
        if maybe_fun is None or maybe_list is None:
            return opaque(c, node)
        fun_node, list_node = maybe_fun, maybe_list
    if c.depth >= MAX_DEPTH:
        return too_deep(c, node)
    c.depth += 1
    expressions = EXPRESSIONS
    fun = expressions[fun_node.kind_id](c, fun_node)
    if type_arguments is not None:
        fun = instantiated(c, fun, significant(type_arguments), fun_node.start_byte, type_arguments.end_byte)
    args: list[Expr] = []
    spread = False
    for argument in named(list_node):
        kind = argument.kind_id
        if kind == VARIADIC_ARGUMENT:
            spread = True
            args.append(lower(c, only(argument)))
        elif kind not in EXTRAS:
            args.append(expressions[kind](c, argument))
    c.depth -= 1
    return Call(fun, args, node.start_byte, node.end_byte, spread)


def _index(c: Lowering, node: Node) -> Expr:
    operand = node.child_by_field_id(F_OPERAND)
    index = node.child_by_field_id(k.F_INDEX)
    if operand is None or index is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return too_deep(c, node)
    c.depth += 1
    base = EXPRESSIONS[operand.kind_id](c, operand)
    at = EXPRESSIONS[index.kind_id](c, index)
    c.depth -= 1
    return Index(base, at, node.start_byte, node.end_byte)


def _slice(c: Lowering, node: Node) -> Expr:
    parts = [lower(c, part) for part in significant(node)]
    return SliceOf(parts[0], parts[1:], node.start_byte, node.end_byte) if parts else opaque(c, node)


def _assertion(c: Lowering, node: Node) -> Expr:
    operand = node.child_by_field_id(k.F_OPERAND)
    return Assert(lower(c, operand), lower_type(c, node.child_by_field_id(k.F_TYPE)), node.start_byte, node.end_byte)


def _parenthesized(c: Lowering, node: Node) -> Expr:
    inner = only(node)
    return opaque(c, node) if inner is None else EXPRESSIONS[inner.kind_id](c, inner)


HANDLERS: Final[dict[int, ExprHandler]] = {
    k.IDENTIFIER: identifier,
    k.BLANK_IDENTIFIER: identifier,
    k.NIL: identifier,
    k.TRUE: identifier,
    k.FALSE: identifier,
    k.IOTA: identifier,
    k.INT_LITERAL: constant("int"),
    k.FLOAT_LITERAL: constant("float"),
    k.IMAGINARY_LITERAL: constant("imaginary"),
    k.RUNE_LITERAL: constant("rune"),
    k.RAW_STRING_LITERAL: constant("string"),
    k.INTERPRETED_STRING_LITERAL: constant("string"),
    k.SELECTOR_EXPRESSION: selector,
    k.CALL_EXPRESSION: _call,
    k.INDEX_EXPRESSION: _index,
    k.SLICE_EXPRESSION: nested(_slice),
    k.TYPE_ASSERTION_EXPRESSION: nested(_assertion),
    k.TYPE_CONVERSION_EXPRESSION: nested(conversion),
    k.TYPE_INSTANTIATION_EXPRESSION: nested(instantiation),
    k.PARENTHESIZED_EXPRESSION: nested(_parenthesized),
    k.UNARY_EXPRESSION: unary,
    k.BINARY_EXPRESSION: binary,
    k.COMPOSITE_LITERAL: composite_literal,
    k.TYPE_IDENTIFIER: identifier,
    k.PACKAGE_IDENTIFIER: identifier,
    k.QUALIFIED_TYPE: qualified,
    k.GENERIC_TYPE: nested(generic),
    k.POINTER_TYPE: nested(dereferenced),
    k.PARENTHESIZED_TYPE: nested(_parenthesized),
    k.TYPE_ELEM: nested(type_elem),
    k.SLICE_TYPE: type_arg,
    k.ARRAY_TYPE: type_arg,
    k.IMPLICIT_LENGTH_ARRAY_TYPE: type_arg,
    k.MAP_TYPE: type_arg,
    k.CHANNEL_TYPE: type_arg,
    k.FUNCTION_TYPE: type_arg,
    k.STRUCT_TYPE: type_arg,
    k.INTERFACE_TYPE: type_arg,
}
"""From a node's kind to the function that lowers it; without function literals, whose statements would lead back here."""
