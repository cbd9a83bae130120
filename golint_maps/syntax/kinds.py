"""The grammar's node kinds and fields as numbers, resolved once at import.

Comparing `Node.kind_id` and asking `child_by_field_id` is two to four times cheaper than working with names.
"""

from __future__ import annotations

from typing import Final

import tree_sitter_go
from tree_sitter import Language

LANGUAGE: Final = Language(tree_sitter_go.language())

ERROR: Final = 65535
"""Kind of the nodes that hold text which the grammar could not read."""

ALL: Final = (*range(LANGUAGE.node_kind_count), ERROR)


def _kind(name: str) -> int:
    number = LANGUAGE.id_for_node_kind(name, True)
    if number is None:
        raise LookupError(f"the grammar has no node kind {name}")
    return number


def _field(name: str) -> int:
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        raise LookupError(f"the grammar has no field {name}")
    return number


def token(text: str) -> int:
    """The kind of an operator or keyword."""
    number = LANGUAGE.id_for_node_kind(text, False)
    if number is None:
        raise LookupError(f"the grammar has no token {text}")
    return number


COMMENT: Final = _kind("comment")
SOURCE_FILE: Final = _kind("source_file")
PACKAGE_CLAUSE: Final = _kind("package_clause")
PACKAGE_IDENTIFIER: Final = _kind("package_identifier")

IMPORT_DECLARATION: Final = _kind("import_declaration")
IMPORT_SPEC: Final = _kind("import_spec")
IMPORT_SPEC_LIST: Final = _kind("import_spec_list")
CONST_DECLARATION: Final = _kind("const_declaration")
CONST_SPEC: Final = _kind("const_spec")
VAR_DECLARATION: Final = _kind("var_declaration")
VAR_SPEC: Final = _kind("var_spec")
VAR_SPEC_LIST: Final = _kind("var_spec_list")
TYPE_DECLARATION: Final = _kind("type_declaration")
TYPE_SPEC: Final = _kind("type_spec")
TYPE_ALIAS: Final = _kind("type_alias")
FUNCTION_DECLARATION: Final = _kind("function_declaration")
METHOD_DECLARATION: Final = _kind("method_declaration")
PARAMETER_LIST: Final = _kind("parameter_list")
PARAMETER_DECLARATION: Final = _kind("parameter_declaration")
VARIADIC_PARAMETER_DECLARATION: Final = _kind("variadic_parameter_declaration")
TYPE_PARAMETER_DECLARATION: Final = _kind("type_parameter_declaration")

TYPE_IDENTIFIER: Final = _kind("type_identifier")
QUALIFIED_TYPE: Final = _kind("qualified_type")
GENERIC_TYPE: Final = _kind("generic_type")
TYPE_ELEM: Final = _kind("type_elem")
TYPE_CONSTRAINT: Final = _kind("type_constraint")
POINTER_TYPE: Final = _kind("pointer_type")
SLICE_TYPE: Final = _kind("slice_type")
ARRAY_TYPE: Final = _kind("array_type")
IMPLICIT_LENGTH_ARRAY_TYPE: Final = _kind("implicit_length_array_type")
MAP_TYPE: Final = _kind("map_type")
CHANNEL_TYPE: Final = _kind("channel_type")
FUNCTION_TYPE: Final = _kind("function_type")
STRUCT_TYPE: Final = _kind("struct_type")
INTERFACE_TYPE: Final = _kind("interface_type")
PARENTHESIZED_TYPE: Final = _kind("parenthesized_type")
NEGATED_TYPE: Final = _kind("negated_type")
FIELD_DECLARATION_LIST: Final = _kind("field_declaration_list")
FIELD_DECLARATION: Final = _kind("field_declaration")
FIELD_IDENTIFIER: Final = _kind("field_identifier")
METHOD_ELEM: Final = _kind("method_elem")

IDENTIFIER: Final = _kind("identifier")
BLANK_IDENTIFIER: Final = _kind("blank_identifier")
NIL: Final = _kind("nil")
TRUE: Final = _kind("true")
FALSE: Final = _kind("false")
IOTA: Final = _kind("iota")
INT_LITERAL: Final = _kind("int_literal")
FLOAT_LITERAL: Final = _kind("float_literal")
IMAGINARY_LITERAL: Final = _kind("imaginary_literal")
RUNE_LITERAL: Final = _kind("rune_literal")
RAW_STRING_LITERAL: Final = _kind("raw_string_literal")
INTERPRETED_STRING_LITERAL: Final = _kind("interpreted_string_literal")
PARENTHESIZED_EXPRESSION: Final = _kind("parenthesized_expression")
CALL_EXPRESSION: Final = _kind("call_expression")
VARIADIC_ARGUMENT: Final = _kind("variadic_argument")
SELECTOR_EXPRESSION: Final = _kind("selector_expression")
INDEX_EXPRESSION: Final = _kind("index_expression")
SLICE_EXPRESSION: Final = _kind("slice_expression")
TYPE_ASSERTION_EXPRESSION: Final = _kind("type_assertion_expression")
TYPE_CONVERSION_EXPRESSION: Final = _kind("type_conversion_expression")
TYPE_INSTANTIATION_EXPRESSION: Final = _kind("type_instantiation_expression")
COMPOSITE_LITERAL: Final = _kind("composite_literal")
LITERAL_VALUE: Final = _kind("literal_value")
LITERAL_ELEMENT: Final = _kind("literal_element")
KEYED_ELEMENT: Final = _kind("keyed_element")
FUNC_LITERAL: Final = _kind("func_literal")
UNARY_EXPRESSION: Final = _kind("unary_expression")
BINARY_EXPRESSION: Final = _kind("binary_expression")

BLOCK: Final = _kind("block")
STATEMENT_LIST: Final = _kind("statement_list")
EMPTY_STATEMENT: Final = _kind("empty_statement")
EXPRESSION_STATEMENT: Final = _kind("expression_statement")
SEND_STATEMENT: Final = _kind("send_statement")
RECEIVE_STATEMENT: Final = _kind("receive_statement")
INC_STATEMENT: Final = _kind("inc_statement")
DEC_STATEMENT: Final = _kind("dec_statement")
ASSIGNMENT_STATEMENT: Final = _kind("assignment_statement")
SHORT_VAR_DECLARATION: Final = _kind("short_var_declaration")
LABELED_STATEMENT: Final = _kind("labeled_statement")
FALLTHROUGH_STATEMENT: Final = _kind("fallthrough_statement")
BREAK_STATEMENT: Final = _kind("break_statement")
CONTINUE_STATEMENT: Final = _kind("continue_statement")
GOTO_STATEMENT: Final = _kind("goto_statement")
RETURN_STATEMENT: Final = _kind("return_statement")
GO_STATEMENT: Final = _kind("go_statement")
DEFER_STATEMENT: Final = _kind("defer_statement")
IF_STATEMENT: Final = _kind("if_statement")
FOR_STATEMENT: Final = _kind("for_statement")
FOR_CLAUSE: Final = _kind("for_clause")
RANGE_CLAUSE: Final = _kind("range_clause")
EXPRESSION_SWITCH_STATEMENT: Final = _kind("expression_switch_statement")
EXPRESSION_CASE: Final = _kind("expression_case")
DEFAULT_CASE: Final = _kind("default_case")
TYPE_SWITCH_STATEMENT: Final = _kind("type_switch_statement")
TYPE_CASE: Final = _kind("type_case")
SELECT_STATEMENT: Final = _kind("select_statement")
COMMUNICATION_CASE: Final = _kind("communication_case")
EXPRESSION_LIST: Final = _kind("expression_list")

EXTRAS: Final = frozenset({COMMENT, ERROR})
"""Kinds that may stand between any two children."""

F_ALIAS: Final = _field("alias")
F_ALTERNATIVE: Final = _field("alternative")
F_ARGUMENTS: Final = _field("arguments")
F_BODY: Final = _field("body")
F_CHANNEL: Final = _field("channel")
F_COMMUNICATION: Final = _field("communication")
F_CONDITION: Final = _field("condition")
F_CONSEQUENCE: Final = _field("consequence")
F_ELEMENT: Final = _field("element")
F_FIELD: Final = _field("field")
F_FUNCTION: Final = _field("function")
F_INDEX: Final = _field("index")
F_INITIALIZER: Final = _field("initializer")
F_KEY: Final = _field("key")
F_LABEL: Final = _field("label")
F_LEFT: Final = _field("left")
F_LENGTH: Final = _field("length")
F_NAME: Final = _field("name")
F_OPERAND: Final = _field("operand")
F_PACKAGE: Final = _field("package")
F_PARAMETERS: Final = _field("parameters")
F_PATH: Final = _field("path")
F_RECEIVER: Final = _field("receiver")
F_RESULT: Final = _field("result")
F_RIGHT: Final = _field("right")
F_TYPE: Final = _field("type")
F_TYPE_ARGUMENTS: Final = _field("type_arguments")
F_TYPE_PARAMETERS: Final = _field("type_parameters")
F_UPDATE: Final = _field("update")
F_VALUE: Final = _field("value")
