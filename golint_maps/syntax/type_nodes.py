"""Types, as written: from type nodes to `TypeExpr`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.comments import comment_of
from golint_maps.syntax.ir import (
    Field,
    Method,
    TArray,
    TChan,
    TFunc,
    TInst,
    TInterface,
    TMap,
    TName,
    TPtr,
    TQual,
    TSlice,
    TStruct,
    TUnknown,
    TypeExpr,
    TypeParam,
)
from golint_maps.syntax.state import MAX_DEPTH, Lowering, significant

T = TypeVar("T")
TypeHandler = Callable[[Lowering, Node], TypeExpr]

STAR: Final = ord("*")
UNDERSCORE: Final = b"_"

_EMPTY_LINE: Final = re.compile(rb"\n[ \t\r]*\n")
_LEVEL: Final = 3
"""What a level of a type counts: it takes more stack than one of an expression, and real types are not deep."""

_MEMORY: Final = 10_000
"""Types and parameter lists that are known by their text before all are forgotten."""


def lower_type(c: Lowering, node: Node | None) -> TypeExpr:
    """Lower a type node. No node, or one that is no type, is `TUnknown`."""
    if node is None:
        return TUnknown()
    return TYPES[node.kind_id](c, node)


def _identifier(c: Lowering, node: Node) -> TypeExpr:
    name = c.src[node.start_byte : node.end_byte]
    local = c.names.get(name)
    if local.__class__ is str:
        return TName(local)
    return TName(name.decode()) if name else TUnknown()


def _qualified(c: Lowering, node: Node) -> TypeExpr:
    text = c.src[node.start_byte : node.end_byte]
    if text.replace(b".", b"", 1).translate(None, UNDERSCORE).isalnum() and not c.damaged_text:
        prefix, _, rest = text.decode().partition(".")
        return TQual(prefix, rest)
    package = node.child_by_field_id(k.F_PACKAGE)
    name = node.child_by_field_id(k.F_NAME)
    if package is None or name is None:
        return TUnknown()
    src = c.src
    return TQual(src[package.start_byte : package.end_byte].decode(), src[name.start_byte : name.end_byte].decode())


def _nested(handler: TypeHandler) -> TypeHandler:
    """Count the nesting of types that hold types, and give up where it is absurd; what was written before is not lowered again."""
    known: dict[bytes, TypeExpr] = {}

    def counted(c: Lowering, node: Node) -> TypeExpr:
        text = c.src[node.start_byte : node.end_byte]
        plain = _says_all(c, text)
        if plain and (seen := known.get(text)) is not None:
            return seen
        if c.depth >= MAX_DEPTH:
            c.too_deep.append((node.start_byte, node.end_byte))
            return TUnknown()
        c.depth += _LEVEL
        lowered = handler(c, node)
        c.depth -= _LEVEL
        if plain:
            _remember(known, text, lowered)
        return lowered

    return counted


def _says_all(c: Lowering, text: bytes) -> bool:
    """Whether a type is known by its text alone: no local types, no members with positions of their own, no errors, no nesting near the limit."""
    return not (c.local_types or c.damaged_text or b"{" in text) and c.depth + _LEVEL * len(text) < MAX_DEPTH


def _remember(known: dict[bytes, T], text: bytes, lowered: T) -> None:
    if len(known) >= _MEMORY:
        known.clear()
    known[text] = lowered


def _pointer(c: Lowering, node: Node) -> TypeExpr:
    inner = significant(node)
    return TPtr(lower_type(c, inner[0] if inner else None))


def _slice(c: Lowering, node: Node) -> TypeExpr:
    return TSlice(lower_type(c, node.child_by_field_id(k.F_ELEMENT)))


def _array(c: Lowering, node: Node) -> TypeExpr:
    length = node.child_by_field_id(k.F_LENGTH)
    text = "..." if length is None else c.src[length.start_byte : length.end_byte].decode()
    return TArray(lower_type(c, node.child_by_field_id(k.F_ELEMENT)), text)


def _map(c: Lowering, node: Node) -> TypeExpr:
    return TMap(lower_type(c, node.child_by_field_id(k.F_KEY)), lower_type(c, node.child_by_field_id(k.F_VALUE)))


def _channel(c: Lowering, node: Node) -> TypeExpr:
    value = node.child_by_field_id(k.F_VALUE)
    if value is None:
        return TUnknown()
    before = c.src[node.start_byte : value.start_byte]
    direction = "receive" if before.startswith(b"<-") else "send" if b"<-" in before else "both"
    return TChan(lower_type(c, value), direction)


def _parenthesized(c: Lowering, node: Node) -> TypeExpr:
    inner = significant(node)
    return lower_type(c, inner[0] if inner else None)


def _function(c: Lowering, node: Node) -> TypeExpr:
    params, _, variadic = parameters(c, node.child_by_field_id(k.F_PARAMETERS))
    return TFunc(params, results(c, node.child_by_field_id(k.F_RESULT)).types, variadic)


def _generic(c: Lowering, node: Node) -> TypeExpr:
    return TInst(lower_type(c, node.child_by_field_id(k.F_TYPE)), type_arguments(c, node.child_by_field_id(k.F_TYPE_ARGUMENTS)))


def type_arguments(c: Lowering, node: Node | None) -> list[TypeExpr]:
    """The types of `[K, V]`."""
    return [] if node is None else [lower_type(c, argument) for argument in significant(node)]


def _terms(c: Lowering, node: Node) -> TypeExpr:
    """A `type_elem` or `type_constraint`: one type stands for itself, everything else is a constraint."""
    terms = significant(node)
    if len(terms) == 1 and terms[0].kind_id != k.NEGATED_TYPE:
        return lower_type(c, terms[0])
    return TInterface([], [], [lower_type(c, term) for term in terms])


def _struct(c: Lowering, node: Node) -> TypeExpr:
    fields: list[Field] = []
    explained = False
    for members in node.named_children:
        if members.kind_id == k.FIELD_DECLARATION_LIST:
            end = members.start_byte
            for member in members.named_children:
                if member.kind_id == k.FIELD_DECLARATION:
                    first = len(fields)
                    _field(c, member, fields)
                    if explained and _EMPTY_LINE.search(c.src, end, member.start_byte):
                        fields[first].apart = True
                    explained = explained or fields[-1].comment != ""
                    end = member.end_byte
    return TStruct(fields)


def _field(c: Lowering, node: Node, fields: list[Field]) -> None:
    type_node = node.child_by_field_id(k.F_TYPE)
    if type_node is None:
        return
    src = c.src
    start = node.start_byte
    lowered = lower_type(c, type_node)
    comment = comment_of(src, start, node.end_byte)
    if type_node.start_byte == start or src[start] == STAR:
        name = _embedded_name(lowered)
        fields.append(Field(name, TPtr(lowered) if src[start] == STAR else lowered, True, type_node.start_byte, type_node.end_byte, comment))
        return
    for name_node in node.named_children:
        if name_node.kind_id == k.FIELD_IDENTIFIER:
            pos, end = name_node.start_byte, name_node.end_byte
            fields.append(Field(src[pos:end].decode(), lowered, False, pos, end, comment))


def _embedded_name(type: TypeExpr) -> str:
    if isinstance(type, TInst):
        type = type.base
    if isinstance(type, TPtr):
        return _embedded_name(type.elem)
    if isinstance(type, TQual):
        return type.name
    # A hoisted local type `Name·offset` still lends the field the name that was written.
    return type.name.partition("·")[0] if isinstance(type, TName) else ""


def _interface(c: Lowering, node: Node) -> TypeExpr:
    methods: list[Method] = []
    embeds: list[TypeExpr] = []
    union: list[TypeExpr] = []
    for member in node.named_children:
        kind = member.kind_id
        if kind == k.METHOD_ELEM:
            name = member.child_by_field_id(k.F_NAME)
            signature = _function(c, member)
            if name is not None and isinstance(signature, TFunc):
                methods.append(Method(c.src[name.start_byte : name.end_byte].decode(), signature, name.start_byte))
        elif kind == k.TYPE_ELEM:
            terms = significant(member)
            if len(terms) == 1 and terms[0].kind_id in _NAMED:
                embeds.append(lower_type(c, terms[0]))
            else:
                union.extend(lower_type(c, term) for term in terms)
    return TInterface(methods, embeds, union)


Named = tuple[int, bytes, TypeExpr]
"""A parameter's or result's offset from the beginning of its list, its name, and its type as the function's body sees it."""


class Parameters(NamedTuple):
    """A parameter list: its types, for each its name (None where there is none), and whether the last one is variadic."""

    types: list[TypeExpr]
    names: list[Named | None]
    variadic: bool = False


def parameters(c: Lowering, node: Node | None) -> Parameters:
    """Lower a parameter list. Methods repeat them so often that it pays to know them by their text."""
    if node is None:
        return Parameters([], [])
    pos = node.start_byte
    text = c.src[pos : node.end_byte]
    # At depth 0, the same text is too deep everywhere or nowhere.
    plain = _says_all(c, text) or (c.depth == 0 and not (c.local_types or c.damaged_text or b"{" in text))
    if plain and (seen := _PARAMETERS.get(text)) is not None:
        return seen
    deep = len(c.too_deep)
    lowered = _parameters(c, node, pos)
    if plain and len(c.too_deep) == deep:
        _remember(_PARAMETERS, text, lowered)
    return lowered


def _parameters(c: Lowering, node: Node, pos: int) -> Parameters:
    types: list[TypeExpr] = []
    names: list[Named | None] = []
    variadic = False
    for declaration in node.named_children:
        kind = declaration.kind_id
        if kind == k.PARAMETER_DECLARATION:
            parts = significant(declaration)
            identifiers = parts[:-1]
            seen = lowered = lower_type(c, parts[-1] if parts else None)
        elif kind == k.VARIADIC_PARAMETER_DECLARATION:
            type_node = declaration.child_by_field_id(k.F_TYPE)
            name = declaration.child_by_field_id(k.F_NAME)
            identifiers = [] if name is None else [name]
            lowered = lower_type(c, type_node)
            seen = TSlice(lowered)
            variadic = True
        else:
            continue
        if identifiers:
            for identifier in identifiers:
                types.append(lowered)
                names.append((identifier.start_byte - pos, c.src[identifier.start_byte : identifier.end_byte], seen))
        else:
            types.append(lowered)
            names.append(None)
    return Parameters(types, names, variadic)


def results(c: Lowering, node: Node | None) -> Parameters:
    """The types and names of what a function returns."""
    if node is None:
        return Parameters([], [])
    if node.kind_id == k.PARAMETER_LIST:
        return parameters(c, node)
    return Parameters([lower_type(c, node)], [None])


def type_params(c: Lowering, node: Node | None) -> list[TypeParam]:
    """The type parameters of `[K comparable, V any]`."""
    if node is None:
        return []
    params: list[TypeParam] = []
    for declaration in node.named_children:
        if declaration.kind_id == k.TYPE_PARAMETER_DECLARATION:
            constraint = lower_type(c, declaration.child_by_field_id(k.F_TYPE))
            names = [name for name in declaration.children_by_field_id(k.F_NAME) if name.is_named]
            params.extend(TypeParam(c.src[name.start_byte : name.end_byte].decode(), constraint) for name in names)
    return params


def _unknown(c: Lowering, node: Node) -> TypeExpr:
    return TUnknown()


_PARAMETERS: Final[dict[bytes, Parameters]] = {}
_NAMED: Final = frozenset({k.TYPE_IDENTIFIER, k.QUALIFIED_TYPE, k.GENERIC_TYPE})

TYPES: Final[dict[int, TypeHandler]] = dict.fromkeys(k.ALL, _unknown) | {
    k.TYPE_IDENTIFIER: _identifier,
    k.QUALIFIED_TYPE: _qualified,
    k.GENERIC_TYPE: _nested(_generic),
    k.POINTER_TYPE: _nested(_pointer),
    k.SLICE_TYPE: _nested(_slice),
    k.ARRAY_TYPE: _nested(_array),
    k.IMPLICIT_LENGTH_ARRAY_TYPE: _nested(_array),
    k.MAP_TYPE: _nested(_map),
    k.CHANNEL_TYPE: _nested(_channel),
    k.FUNCTION_TYPE: _nested(_function),
    k.STRUCT_TYPE: _nested(_struct),
    k.INTERFACE_TYPE: _nested(_interface),
    k.PARENTHESIZED_TYPE: _nested(_parenthesized),
    k.NEGATED_TYPE: _nested(_parenthesized),
    k.TYPE_ELEM: _nested(_terms),
    k.TYPE_CONSTRAINT: _terms,
}
"""From a node's kind to the function that lowers it."""
