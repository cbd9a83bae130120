"""Functions, methods and function literals: signatures, their variables, and bodies.

The tables of expressions and statements are completed here: whoever lowers anything does it by way of this module.
"""

from __future__ import annotations

from tree_sitter import Node, Parser

from golint_maps.syntax import expressions, statements
from golint_maps.syntax import kinds as k
from golint_maps.syntax.comments import doc_and_directives
from golint_maps.syntax.expression_table import EXPRESSIONS
from golint_maps.syntax.ir import Expr, FuncLit, Function, Opaque, TFunc, TypeParam
from golint_maps.syntax.kinds import LANGUAGE
from golint_maps.syntax.state import MAX_DEPTH, Lowering, begin_function
from golint_maps.syntax.statement_table import STATEMENTS, statements_of
from golint_maps.syntax.type_nodes import Named, parameters, results, type_params


def _signature(c: Lowering, function: Function, node: Node) -> None:
    """Fill in types, parameters and results, and declare them in the scope that is open."""
    params_node = node.child_by_field_id(k.F_PARAMETERS)
    result_node = node.child_by_field_id(k.F_RESULT)
    params = parameters(c, params_node)
    returned = results(c, result_node)
    function.type = TFunc(params.types, returned.types, params.variadic)
    function.params = _declared(c, params.names, params_node, "param")
    function.results = _declared(c, returned.names, result_node, "result")


def _declared(c: Lowering, names: list[Named | None], node: Node | None, kind: str) -> list[int]:
    if node is None or not names:
        return []
    start = node.start_byte
    return [-1 if named is None else c.declare(named[1], named[2], kind, start + named[0]) for named in names]


def _body(c: Lowering, function: Function, node: Node) -> None:
    """Lower the body in the scope of the parameters, as Go has it."""
    body = node.child_by_field_id(k.F_BODY)
    if body is not None and c.bodies:
        function.body = statements_of(c, body) if body.named_child_count else []


def declare_function(c: Lowering, node: Node) -> None:
    """Lower a function or method declaration and append it to the file's functions."""
    name = node.child_by_field_id(k.F_NAME)
    pos, end = node.start_byte, node.end_byte
    index = len(c.functions)
    if name is None:
        return
    function = begin_function(pos, end, c.src[name.start_byte : name.end_byte].decode(), name.start_byte, -1, index)
    c.functions.append(function)
    function.variables = c.variables = []
    c.scope_of = []
    c.function = c.root = index
    c.base = c.depth = 0
    c.captures = set()
    c.label, c.break_label, c.in_long_chain = "", None, False
    deep = len(c.too_deep)
    mark, outer = c.enter()
    receiver = node.child_by_field_id(k.F_RECEIVER)
    if receiver is not None:
        receivers = parameters(c, receiver)
        function.receiver_type = receivers.types[0] if receivers.types else None
        function.receiver = (_declared(c, receivers.names[:1], receiver, "receiver") or [-1])[0]
    blanked = c.generic_methods.get(name.end_byte)
    function.type_params = type_params(c, node.child_by_field_id(k.F_TYPE_PARAMETERS)) if blanked is None else _blanked_type_params(blanked)
    _signature(c, function, node)
    _body(c, function, node)
    c.leave(mark, outer)
    c.local_types = False
    function.doc, function.directives = doc_and_directives(c.src, pos)
    function.damaged = (c.damaged_text and node.has_error) or len(c.too_deep) > deep


def _blanked_type_params(text: bytes) -> list[TypeParam]:
    """The type parameters of a generic method, which were hidden from the grammar."""
    src = b"package p\nfunc f" + text + b"() {}"
    root = Parser(LANGUAGE).parse(src).root_node
    inner = Lowering(src, bodies=False, damaged_text=False, generic_methods={})
    for declaration in root.named_children:
        if declaration.kind_id == k.FUNCTION_DECLARATION:
            return type_params(inner, declaration.child_by_field_id(k.F_TYPE_PARAMETERS))
    return []


def _literal(c: Lowering, node: Node) -> Expr:
    pos, end = node.start_byte, node.end_byte
    if c.depth >= MAX_DEPTH:
        c.too_deep.append((pos, end))
        return Opaque(pos, end)
    index = len(c.functions)
    outer = c.function, c.base, c.captures, c.label, c.break_label, c.in_long_chain
    function = begin_function(pos, end, "", pos, c.function, c.root)
    c.functions.append(function)
    c.function = index
    c.base = len(c.variables)
    c.captures = set()
    c.label, c.break_label, c.in_long_chain = "", None, False
    deep = len(c.too_deep)
    mark, scope = c.enter()
    c.depth += 1
    _signature(c, function, node)
    _body(c, function, node)
    c.depth -= 1
    c.leave(mark, scope)
    captures = c.captures
    function.captures = sorted(captures)
    function.damaged = (c.damaged_text and node.has_error) or len(c.too_deep) > deep
    c.function, c.base, c.captures, c.label, c.break_label, c.in_long_chain = outer
    # What a literal inside captures from outside of this one as well, this one captures too.
    if captures and c.base:
        c.captures.update(number for number in captures if number < c.base)
    return FuncLit(index, pos, end)


# Function literals are expressions of statements: only here are all functions of both tables known.
EXPRESSIONS.update(expressions.HANDLERS)
EXPRESSIONS[k.FUNC_LITERAL] = _literal
STATEMENTS.update(statements.HANDLERS)
