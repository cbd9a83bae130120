"""From expression nodes to `Expr`, with the grammar's silent misreadings undone.

The grammar cannot know what is a type. It reads `handlers[name](request)` as a conversion to the generic type `handlers[name]`, and the
argument of `new(v)` as a type. Here names decide nothing either: what could be a value stays an expression (`Name`, `Local`, `Sel`,
`Index`, `Deref`), and only text that must be a type becomes a `TypeArg`. Layers that know the declarations tell the two apart.

Keys of composite literals are field names if the literal's type is written as a struct. Otherwise (named or elided types) an identifier
is lowered like any other: it is a `Local` if such a variable is in scope, and whoever knows the type looks at that variable's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.ir import (
    Addr,
    Assert,
    Binary,
    Call,
    Const,
    Deref,
    Element,
    Expr,
    Index,
    Inst,
    Lit,
    Local,
    Name,
    Opaque,
    Recv,
    Sel,
    SliceOf,
    TArray,
    TMap,
    TPtr,
    TSlice,
    TStruct,
    TypeArg,
    TypeExpr,
    Unary,
)
from golint_maps.syntax.kinds import (
    BINARY_EXPRESSION,
    EXTRAS,
    F_FIELD,
    F_KEY,
    F_OPERAND,
    F_VALUE,
    IDENTIFIER,
    KEYED_ELEMENT,
    LITERAL_ELEMENT,
    LITERAL_VALUE,
    VARIADIC_ARGUMENT,
)
from golint_maps.syntax.state import MAX_DEPTH, Lowering, named, only, significant
from golint_maps.syntax.tables import FEW, constants_only
from golint_maps.syntax.type_nodes import STAR, lower_type

ExprHandler = Callable[[Lowering, Node], Expr]

MAX_TEXT: Final = 80
"""Bytes of a constant's text that are kept."""

LONG_CHAIN: Final = 32
"""Operands of a chain `a + b + c + …` beyond which it is lowered as a balanced tree."""


def lower(c: Lowering, node: Node | None) -> Expr:
    """Lower an expression node; what is missing is `Opaque`."""
    if node is None:
        return Opaque(0, 0)
    return EXPRESSIONS[node.kind_id](c, node)


def opaque(c: Lowering, node: Node) -> Expr:
    """An expression that cannot be read."""
    return Opaque(node.start_byte, node.end_byte)


def _too_deep(c: Lowering, node: Node) -> Expr:
    c.too_deep.append((node.start_byte, node.end_byte))
    return Opaque(node.start_byte, node.end_byte)


def identifier(c: Lowering, node: Node) -> Expr:
    """A local variable, or a name that other layers resolve."""
    pos = node.start_byte
    name = c.src[pos : node.end_byte]
    local = c.names.get(name)
    if local is None:
        return Name(name.decode(), pos) if name else Opaque(pos, pos)
    if isinstance(local, int):
        if local < c.base:
            c.captures.add(local)
        return Local(local, pos)
    return Name(local, pos)


def _resolved(c: Lowering, name: bytes, pos: int) -> Expr:
    local = c.names.get(name)
    if local is None:
        return Name(name.decode(), pos)
    if isinstance(local, int):
        if local < c.base:
            c.captures.add(local)
        return Local(local, pos)
    return Name(local, pos)


def _selector(c: Lowering, node: Node) -> Expr:
    pos = node.start_byte
    end = node.end_byte
    text = c.src[pos:end]
    # A plain `a.b.c` is read from its text: that costs half of what its nodes would.
    if text.translate(None, _DOTS).isalnum() and not c.damaged_text:
        base, *fields = text.split(b".")
        if len(fields) <= _PLAIN_FIELDS:
            x = _resolved(c, base, pos)
            at = pos + len(base)
            for field in fields:
                at += len(field) + 1
                x = Sel(x, field.decode(), pos, at)
            return x
    operand = node.child_by_field_id(F_OPERAND)
    field_node = node.child_by_field_id(F_FIELD)
    if operand is None or field_node is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return _too_deep(c, node)
    c.depth += 1
    x = EXPRESSIONS[operand.kind_id](c, operand)
    c.depth -= 1
    return Sel(x, c.src[field_node.start_byte : end].decode(), pos, end)


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
        return _too_deep(c, node)
    c.depth += 1
    expressions = EXPRESSIONS
    fun = expressions[fun_node.kind_id](c, fun_node)
    if type_arguments is not None:
        fun = _instantiated(c, fun, significant(type_arguments), fun_node.start_byte, type_arguments.end_byte)
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


def _instantiated(c: Lowering, base: Expr, arguments: list[Node], pos: int, end: int) -> Expr:
    """`base[argument]` with arguments that the grammar took for types."""
    if len(arguments) == 1:
        return Index(base, _value_of(c, arguments[0]), pos, end)
    return Inst(base, [lower_type(c, argument) for argument in arguments], pos, end)


def _value_of(c: Lowering, node: Node) -> Expr:
    """A type node as the expression that it may have been meant as."""
    return EXPRESSIONS[node.kind_id](c, node)


def _type_elem(c: Lowering, node: Node) -> Expr:
    terms = significant(node)
    return _value_of(c, terms[0]) if len(terms) == 1 else _type_arg(c, node)


def _qualified(c: Lowering, node: Node) -> Expr:
    package = node.child_by_field_id(k.F_PACKAGE)
    name = node.child_by_field_id(k.F_NAME)
    if package is None or name is None:
        return opaque(c, node)
    return Sel(identifier(c, package), c.src[name.start_byte : name.end_byte].decode(), node.start_byte, node.end_byte)


def _generic(c: Lowering, node: Node) -> Expr:
    base = node.child_by_field_id(k.F_TYPE)
    arguments = node.child_by_field_id(k.F_TYPE_ARGUMENTS)
    if base is None or arguments is None:
        return opaque(c, node)
    return _instantiated(c, _value_of(c, base), significant(arguments), node.start_byte, node.end_byte)


def _dereferenced(c: Lowering, node: Node) -> Expr:
    inner = only(node)
    return opaque(c, node) if inner is None else Deref(_value_of(c, inner), node.start_byte, node.end_byte)


def _type_arg(c: Lowering, node: Node) -> Expr:
    return TypeArg(lower_type(c, node), node.start_byte, node.end_byte)


def _conversion(c: Lowering, node: Node) -> Expr:
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
        return _too_deep(c, node)
    lowered: Expr = Call(fun, [lower(c, operand)], type_node.start_byte, end)
    for pos in reversed(stars):
        lowered = Deref(lowered, pos, end)
    return lowered


def _instantiation(c: Lowering, node: Node) -> Expr:
    parts = significant(node)
    if len(parts) < 2:
        return opaque(c, node)
    return _instantiated(c, _value_of(c, parts[0]), parts[1:], node.start_byte, node.end_byte)


def _index(c: Lowering, node: Node) -> Expr:
    operand = node.child_by_field_id(F_OPERAND)
    index = node.child_by_field_id(k.F_INDEX)
    if operand is None or index is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return _too_deep(c, node)
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


def _unary(c: Lowering, node: Node) -> Expr:
    operand = node.child_by_field_id(F_OPERAND)
    if operand is None:
        return opaque(c, node)
    if c.depth >= MAX_DEPTH:
        return _too_deep(c, node)
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
        return Const(x.kind, _text(c.src[pos:end]), pos)
    return Unary(chr(sign), x, pos, end)


def _binary(c: Lowering, node: Node) -> Expr:
    pos = node.start_byte
    # So many conditions are like `err != nil` or `i < 10` that reading them from their text pays.
    words = c.src[pos : node.end_byte].split(b" ", 3)
    if len(words) == 3 and words[0].isalnum() and words[2].isalnum() and (op := _OPERATOR_TEXT.get(words[1])) and not words[0][:1].isdigit():
        name, token, value = words
        at = pos + len(name) + len(token) + 2
        end = at + len(value)
        if value.isdigit():
            return Binary(op, _resolved(c, name, pos), Const("int", _text(value), at), pos, end)
        if not value[:1].isdigit():
            return Binary(op, _resolved(c, name, pos), _resolved(c, value, at), pos, end)
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
        return opaque(c, node) if not chain else _too_deep(c, node)
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
                x = Const(_wider(x.kind, y.kind), _text(c.src[pos:end]), pos)
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


def _text(text: bytes) -> str:
    return text.decode() if len(text) <= MAX_TEXT else text[:MAX_TEXT].decode(errors="replace")


def _constant(kind: str) -> ExprHandler:
    def constant(c: Lowering, node: Node) -> Expr:
        pos = node.start_byte
        text = c.src[pos : node.end_byte]
        return Const(kind, text.decode() if len(text) <= MAX_TEXT else _text(text), pos)

    return constant


def _literal(c: Lowering, node: Node) -> Expr:
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
            return Const("int", _text(text), pos)
        if not text[:1].isdigit():
            return _resolved(c, text, pos)
    elif text[:1] == b'"' and text.count(b'"') == 2 and text[-1:] == b'"' and b"\\" not in text:
        return Const("string", _text(text), pos)
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


def _nested(handler: ExprHandler) -> ExprHandler:
    """Count the nesting, and give up where it is absurd."""

    def counted(c: Lowering, node: Node) -> Expr:
        if c.depth >= MAX_DEPTH:
            return _too_deep(c, node)
        c.depth += 1
        lowered = handler(c, node)
        c.depth -= 1
        return lowered

    return counted


_LISTS: Final = (TSlice, TArray)
_NAME: Final = re.compile(rb"[A-Za-z_]\w*")
_AMPERSAND: Final = ord("&")
_LESS: Final = ord("<")
_WIDTH: Final = {"int": 0, "rune": 1, "float": 2, "imaginary": 3, "string": 4}
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||", ""})
_OPERATORS: Final = {
    k.token(op): op for op in ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
}
_OPERATOR_TEXT: Final = {op.encode(): op for op in _OPERATORS.values()}
_DOTS: Final = b"._"
_PLAIN_FIELDS: Final = 16

EXPRESSIONS: Final[dict[int, ExprHandler]] = dict.fromkeys(k.ALL, opaque) | {
    k.IDENTIFIER: identifier,
    k.BLANK_IDENTIFIER: identifier,
    k.NIL: identifier,
    k.TRUE: identifier,
    k.FALSE: identifier,
    k.IOTA: identifier,
    k.INT_LITERAL: _constant("int"),
    k.FLOAT_LITERAL: _constant("float"),
    k.IMAGINARY_LITERAL: _constant("imaginary"),
    k.RUNE_LITERAL: _constant("rune"),
    k.RAW_STRING_LITERAL: _constant("string"),
    k.INTERPRETED_STRING_LITERAL: _constant("string"),
    k.SELECTOR_EXPRESSION: _selector,
    k.CALL_EXPRESSION: _call,
    k.INDEX_EXPRESSION: _index,
    k.SLICE_EXPRESSION: _nested(_slice),
    k.TYPE_ASSERTION_EXPRESSION: _nested(_assertion),
    k.TYPE_CONVERSION_EXPRESSION: _nested(_conversion),
    k.TYPE_INSTANTIATION_EXPRESSION: _nested(_instantiation),
    k.PARENTHESIZED_EXPRESSION: _nested(_parenthesized),
    k.UNARY_EXPRESSION: _unary,
    k.BINARY_EXPRESSION: _binary,
    k.COMPOSITE_LITERAL: _literal,
    k.TYPE_IDENTIFIER: identifier,
    k.PACKAGE_IDENTIFIER: identifier,
    k.QUALIFIED_TYPE: _qualified,
    k.GENERIC_TYPE: _nested(_generic),
    k.POINTER_TYPE: _nested(_dereferenced),
    k.PARENTHESIZED_TYPE: _nested(_parenthesized),
    k.TYPE_ELEM: _nested(_type_elem),
    k.SLICE_TYPE: _type_arg,
    k.ARRAY_TYPE: _type_arg,
    k.IMPLICIT_LENGTH_ARRAY_TYPE: _type_arg,
    k.MAP_TYPE: _type_arg,
    k.CHANNEL_TYPE: _type_arg,
    k.FUNCTION_TYPE: _type_arg,
    k.STRUCT_TYPE: _type_arg,
    k.INTERFACE_TYPE: _type_arg,
}
"""From a node's kind to the function that lowers it. Function literals are added by the module that lowers statements."""
