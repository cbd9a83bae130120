"""What a function declares: `:=`, `var`, `const` and `type`."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.expression_table import lower
from golint_maps.syntax.ir import Assign, Declare, Expr, Local, Name, Stmt, TypeDecl, TypeExpr
from golint_maps.syntax.kinds import EXTRAS, IDENTIFIER
from golint_maps.syntax.specs import const_specs, names_of, type_specs, var_specs
from golint_maps.syntax.state import Lowering, named
from golint_maps.syntax.statement_table import expressions_of, unread
from golint_maps.syntax.type_nodes import lower_type, type_params


def short_declaration(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`x, err := f()`"""
    parts = node.children if node.child_count == 3 else [child for child in node.children if child.kind_id not in EXTRAS]
    if len(parts) != 3:
        unread(c, node, out)
        return
    left, _, right = parts
    rhs = expressions_of(c, right)
    out.append(Assign(":=", defined(c, left, "define"), rhs, node.start_byte, node.end_byte))


def defined(c: Lowering, node: Node | None, kind: str) -> list[Expr]:
    """The left side of `:=`: names of the same scope are assigned, all others are new."""
    lhs: list[Expr] = []
    if node is None:
        return lhs
    pos = node.start_byte
    text = c.src[pos : node.end_byte]
    if text.replace(b", ", b"").translate(None, _UNDERSCORE).isalnum() and not c.damaged_text:
        # Plain names (the common case) are read from the text.
        for name in text.split(b", "):
            lhs.append(_defined_name(c, name, kind, pos))
            pos += len(name) + 2
        return lhs
    for child in named(node):
        child_kind = child.kind_id
        if child_kind == IDENTIFIER:
            pos = child.start_byte
            lhs.append(_defined_name(c, c.src[pos : child.end_byte], kind, pos))
        elif child_kind not in EXTRAS:
            lhs.append(lower(c, child))
    return lhs


def _defined_name(c: Lowering, name: bytes, kind: str, pos: int) -> Expr:
    known = c.names.get(name)
    if isinstance(known, int) and c.scope_of[known] == c.scope:
        return Local(known, pos)
    number = c.declare(name, None, kind, pos)
    return Local(number, pos) if number >= 0 else Name(name.decode(), pos)


def var_declaration(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`var x, y T = …`"""
    for spec in var_specs(node):
        type_node = spec.child_by_field_id(k.F_TYPE)
        type = lower_type(c, type_node) if type_node is not None else None
        values = expressions_of(c, spec.child_by_field_id(k.F_VALUE))
        src = c.src
        numbers = [c.declare(src[name.start_byte : name.end_byte], type, "var", name.start_byte) for name in names_of(spec)]
        out.append(Declare(numbers, values, spec.start_byte, spec.end_byte))


def const_declaration(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`const c = …`: the names hide others, and are of no further interest."""
    type: TypeExpr | None = None
    for spec in const_specs(node):
        type_node = spec.child_by_field_id(k.F_TYPE)
        if type_node is not None:
            type = lower_type(c, type_node)
        elif spec.child_by_field_id(k.F_VALUE) is not None:
            type = None
        for name in names_of(spec):
            c.declare(c.src[name.start_byte : name.end_byte], type, "const", name.start_byte)


def type_declaration(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`type T …`, hoisted to the file under a name of its own."""
    for spec in type_specs(node):
        name = spec.child_by_field_id(k.F_NAME)
        if name is None or name.start_byte == name.end_byte:
            continue
        hoisted = c.declare_type(c.src[name.start_byte : name.end_byte], name.start_byte)
        params = type_params(c, spec.child_by_field_id(k.F_TYPE_PARAMETERS))
        type = lower_type(c, spec.child_by_field_id(k.F_TYPE))
        c.types.append(TypeDecl(hoisted, params, type, spec.kind_id == k.TYPE_ALIAS, name.start_byte, spec.end_byte))


_UNDERSCORE: Final = b"_"
