"""Declarations of a file: imports, types, variables, constants, functions."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.comments import comment_of, doc_of
from golint_maps.syntax.functions import declare_function
from golint_maps.syntax.ir import Addr, Assign, ConstDecl, Expr, FileFacts, Function, Import, Lit, Name, TypeDecl, TypeExpr, VarDecl
from golint_maps.syntax.specs import const_specs, names_of, type_specs, var_specs
from golint_maps.syntax.state import Lowering, begin_function
from golint_maps.syntax.statement_table import expressions_of
from golint_maps.syntax.type_nodes import UNDERSCORE, lower_type, type_params

INITIALISERS: Final = "var·"
"""Name of the function that holds the initialisers of a file's package variables."""


def declarations(root: Node) -> list[Node]:
    """The declarations of a file in their order, those inside of unreadable stretches included."""
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.kind_id in _DECLARATIONS:
            found.append(node)
        elif node.kind_id in _HOLDERS:
            stack.extend(reversed(node.named_children))
    return found


def declare(c: Lowering, node: Node, facts: FileFacts) -> None:
    """Lower one declaration into `facts`."""
    kind = node.kind_id
    if kind in _FUNCTIONS:
        declare_function(c, node)
    elif kind == k.VAR_DECLARATION:
        _variables(c, node, facts)
    elif kind == k.TYPE_DECLARATION:
        _types(c, node, facts)
    elif kind == k.CONST_DECLARATION:
        _constants(c, node, facts)
    elif kind == k.IMPORT_DECLARATION:
        _imports(c, node, facts)


def import_specs(node: Node) -> list[Node]:
    """The specs of an import declaration."""
    specs: list[Node] = []
    for child in node.named_children:
        if child.kind_id == k.IMPORT_SPEC:
            specs.append(child)
        elif child.kind_id == k.IMPORT_SPEC_LIST:
            specs.extend(spec for spec in child.named_children if spec.kind_id == k.IMPORT_SPEC)
    return specs


def _imports(c: Lowering, node: Node, facts: FileFacts) -> None:
    src = c.src
    for spec in import_specs(node):
        path = spec.child_by_field_id(k.F_PATH)
        alias = spec.child_by_field_id(k.F_NAME)
        if path is not None and path.end_byte - path.start_byte >= 2:
            text = src[path.start_byte + 1 : path.end_byte - 1].decode()
            name = src[alias.start_byte : alias.end_byte].decode() if alias is not None else ""
            facts.imports.append(Import(text, name, spec.start_byte, spec.end_byte))


def _first_doc(src: bytes, node: Node, spec: Node, first: Node) -> int:
    """Where the comment of a spec stands: a group's own comment belongs to its first spec, if that has none."""
    return node.start_byte if spec.start_byte == first.start_byte and b"\n" not in src[node.start_byte : spec.start_byte] else spec.start_byte


def _types(c: Lowering, node: Node, facts: FileFacts) -> None:
    src = c.src
    specs = type_specs(node)
    for spec in specs:
        name = spec.child_by_field_id(k.F_NAME)
        if name is None or name.start_byte == name.end_byte:
            continue
        pos = name.start_byte
        c.depth = 0
        params = type_params(c, spec.child_by_field_id(k.F_TYPE_PARAMETERS))
        type = lower_type(c, spec.child_by_field_id(k.F_TYPE))
        doc = doc_of(src, _first_doc(src, node, spec, specs[0]))
        c.types.append(TypeDecl(src[pos : name.end_byte].decode(), params, type, spec.kind_id == k.TYPE_ALIAS, pos, spec.end_byte, doc))


def _initialisers(c: Lowering, pos: int) -> Function:
    """The file's function of initialisers, made when the first one is met."""
    for function in c.functions:
        if function.name == INITIALISERS:
            return function
    function = begin_function(pos, pos, INITIALISERS, pos, -1, len(c.functions))
    if c.bodies:
        function.body = []
    c.functions.append(function)
    return function


def _variables(c: Lowering, node: Node, facts: FileFacts) -> None:
    src = c.src
    specs = var_specs(node)
    for spec in specs:
        type_node = spec.child_by_field_id(k.F_TYPE)
        value_node = spec.child_by_field_id(k.F_VALUE)
        c.depth = 0
        type = lower_type(c, type_node) if type_node is not None else None
        names = names_of(spec)
        values: list[Expr] = []
        if value_node is not None:
            initialisers = _initialisers(c, spec.start_byte)
            c.function = c.root = initialisers.root
            c.variables = initialisers.variables
            c.scope_of = [-1] * len(c.variables)
            c.base = 0
            deep = len(c.too_deep)
            values = expressions_of(c, value_node)
            initialisers.end = spec.end_byte
            if (c.damaged_text and spec.has_error) or len(c.too_deep) > deep:
                initialisers.damaged = True
            if initialisers.body is not None:
                targets: list[Expr] = [Name(src[n.start_byte : n.end_byte].decode(), n.start_byte) for n in names]
                initialisers.body.append(Assign("=", targets, values, spec.start_byte, spec.end_byte))
        doc = comment_of(src, _first_doc(src, node, spec, specs[0]), spec.end_byte)
        for i, name in enumerate(names):
            value, result = _own_value(values, i, len(names))
            facts.variables.append(VarDecl(src[name.start_byte : name.end_byte].decode(), type, value, result, name.start_byte, doc, node.start_byte))


def _own_value(values: list[Expr], i: int, names: int) -> tuple[Expr | None, int]:
    if len(values) == 1 and names > 1:
        return values[0], i
    return (_outlined(values[i]) if i < len(values) else None), 0


def _outlined(value: Expr) -> Expr:
    """A value whose literal has no elements: they stand in the initialiser, and tables are large."""
    match value:
        case Lit(type, elements, pos, end) if elements:
            return Lit(type, [], pos, end)
        case Addr(Lit() as literal, pos, end):
            return Addr(_outlined(literal), pos, end)
    return value


def _constants(c: Lowering, node: Node, facts: FileFacts) -> None:
    src = c.src
    type: TypeExpr | None = None
    values: list[Expr] = []
    found = facts.constants
    for spec in const_specs(node):
        pos = spec.start_byte
        text = src[pos : spec.end_byte]
        if text.translate(None, UNDERSCORE).isalnum() and not c.damaged_text:
            # A name alone: one of many in a list that counts.
            found.append(ConstDecl(text.decode(), type, values[0] if values else None, pos))
            continue
        value_node = spec.child_by_field_id(k.F_VALUE)
        type_node = spec.child_by_field_id(k.F_TYPE)
        c.depth = 0
        if value_node is not None or type_node is not None:
            type = lower_type(c, type_node) if type_node is not None else None
            values = expressions_of(c, value_node)
        name, _, rest = text.partition(b" ")
        if name.translate(None, UNDERSCORE).isalnum() and not c.damaged_text and b"," not in rest.partition(b"=")[0]:
            found.append(ConstDecl(name.decode(), type, values[0] if values else None, pos))
            continue
        for i, name_node in enumerate(names_of(spec)):
            value = values[i] if i < len(values) else None
            found.append(ConstDecl(src[name_node.start_byte : name_node.end_byte].decode(), type, value, name_node.start_byte))


_HOLDERS: Final = frozenset({k.SOURCE_FILE, k.ERROR})
_FUNCTIONS: Final = frozenset({k.FUNCTION_DECLARATION, k.METHOD_DECLARATION})
_DECLARATIONS: Final = frozenset(
    {k.FUNCTION_DECLARATION, k.METHOD_DECLARATION, k.VAR_DECLARATION, k.TYPE_DECLARATION, k.CONST_DECLARATION, k.IMPORT_DECLARATION}
)
