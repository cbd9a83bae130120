"""Composite literals, also those without a type of their own; large tables of constants are left out.

Keys are field names if the literal's type is written as a struct. Otherwise (named or elided types) an identifier is lowered like any other: it
is a `Local` if such a variable is in scope, and whoever knows the type looks at that variable's name.
"""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.constants import constant_text
from golint_maps.syntax.expression_table import EXPRESSIONS, opaque
from golint_maps.syntax.ir import Const, Element, Expr, Lit, Name, TArray, TMap, TPtr, TSlice, TStruct, TypeExpr
from golint_maps.syntax.kinds import F_KEY, F_VALUE, IDENTIFIER, KEYED_ELEMENT, LITERAL_ELEMENT, LITERAL_VALUE
from golint_maps.syntax.names import identifier, resolved
from golint_maps.syntax.state import MAX_DEPTH, Lowering, named, only
from golint_maps.syntax.tables import FEW, constants_only
from golint_maps.syntax.type_nodes import lower_type


def composite_literal(c: Lowering, node: Node) -> Expr:
    """`T{…}`"""
    type_node = node.child_by_field_id(k.F_TYPE)
    body = node.child_by_field_id(k.F_BODY)
    if type_node is None or body is None:
        return opaque(c, node)
    type = lower_type(c, type_node)
    return Lit(type, _elements(c, body, type), node.start_byte, node.end_byte)


def _elided(c: Lowering, node: Node, outer: TypeExpr | None) -> Expr:
    """A literal without a type of its own, inside of a literal with the type `outer`."""
    type = outer.elem if isinstance(outer, TSlice | TArray) else outer.value if isinstance(outer, TMap) else None
    if isinstance(type, TPtr):
        type = type.elem
    return Lit(None, _elements(c, node, type), node.start_byte, node.end_byte)


def _elements(c: Lowering, body: Node, type: TypeExpr | None) -> list[Element]:
    elements: list[Element] = []
    count = body.named_child_count
    if not count:
        return elements
    table = count > FEW and type.__class__ in _LISTS
    if table and _says_nothing(c, body):
        return elements
    if c.depth >= MAX_DEPTH:
        c.too_deep.append((body.start_byte, body.end_byte))
        return elements
    c.depth += 1
    for child in named(body):
        if table and _says_nothing(c, child):
            continue
        kind = child.kind_id
        if kind == LITERAL_ELEMENT:
            elements.append(Element(None, _element(c, child, type)))
        elif kind == KEYED_ELEMENT:
            key = child.child_by_field_id(F_KEY)
            value = child.child_by_field_id(F_VALUE)
            if key is not None and value is not None:
                elements.append(Element(_key(c, key, type), _element(c, value, type)))
    c.depth -= 1
    return elements


def _says_nothing(c: Lowering, node: Node) -> bool:
    """Whether a table or a row of it cannot matter: it is made of constants.

    In a generated file, a name that is not declared there is taken for a constant as well: such tables are long, and functions and variables
    in them are usually generated with them.
    """
    pos, end = node.start_byte, node.end_byte
    if constants_only(c.src, pos, end):
        return True
    if not c.generated:
        return False
    text = c.src[pos:end]
    return b"(" not in text and b"map[" not in text and c.own_names().isdisjoint(_NAME.findall(text))


def _element(c: Lowering, node: Node, type: TypeExpr | None) -> Expr:
    pos = node.start_byte
    text = c.src[pos : node.end_byte]
    # Most elements of large tables are numbers, names and strings: no need to look inside.
    if text.isalnum():
        if text.isdigit():
            return Const("int", constant_text(text), pos)
        if not text[:1].isdigit():
            return resolved(c, text, pos)
    elif text[:1] == b'"' and text.count(b'"') == 2 and text[-1:] == b'"' and b"\\" not in text:
        return Const("string", constant_text(text), pos)
    inner = only(node)
    if inner is None:
        return opaque(c, node)
    kind = inner.kind_id
    return _elided(c, inner, type) if kind == LITERAL_VALUE else EXPRESSIONS[kind](c, inner)


def _key(c: Lowering, node: Node, type: TypeExpr | None) -> Expr:
    inner = only(node)
    if inner is None:
        return opaque(c, node)
    kind = inner.kind_id
    if kind == IDENTIFIER:
        pos = inner.start_byte
        name = c.src[pos : inner.end_byte]
        if type.__class__ is TStruct or c.names.get(name).__class__ is not int:
            return Name(name.decode(), pos)
        return identifier(c, inner)
    if kind == LITERAL_VALUE:
        return _elided(c, inner, TSlice(type.key) if type.__class__ is TMap else None)
    return EXPRESSIONS[kind](c, inner)


_LISTS: Final = (TSlice, TArray)
_NAME: Final = re.compile(rb"[A-Za-z_]\w*")
