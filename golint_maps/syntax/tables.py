"""Large tables of constants, which say nothing about maps: they are not kept, and the largest are not even parsed."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from golint_maps.syntax.comments import ANNOTATION
from golint_maps.syntax.kinds import LITERAL_VALUE

FEW: Final = 8
"""Elements that are kept even if they are constants: flags, settings and the like."""

_MIN_HIDDEN: Final = 200
"""Bytes of a table that is worth hiding."""

_TEXT: Final = rb"""(?: "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `[^`]*` | //[^\n]* )"""
_CONSTANT: Final = (
    rb"""(?:
    [\s,:+|&^<>*%-]+                             # structure and arithmetic
    | (?:0[xX][0-9a-fA-F_]+ | [0-9][0-9_.]*(?:[eE][+-]?[0-9]+)?) (?!\w)
    | [A-Za-z_]\w* (?=:)                         # a field, or an index
    | (?:true|false|nil) (?!\w)
    | """
    + _TEXT
    + rb")"
)
_CONSTANTS: Final = re.compile(rb"(?:" + _CONSTANT + rb"|[{}()])*+", re.VERBOSE)
_ROWS: Final = rb"\{(?:" + _CONSTANT + rb"|\{(?:" + _CONSTANT + rb"|\{" + _CONSTANT + rb"*+\})*+\})*+\}"
_ELEMENT_TEXT: Final = re.compile(_TEXT + rb"|" + _ROWS, re.VERBOSE)
_LIST: Final = re.compile(rb"\[(?<![\w\]]\[)(?:\w*|\.\.\.)\](?:\[\w*\])*[\w.*]*(" + _ROWS + rb")", re.VERBOSE)
"""A literal of a slice or an array. The bracket of a map's type stands behind `map`, and that of its values behind a bracket.

What stands before is asked behind the bracket: `re` is ten times as fast with patterns that begin with a character.
"""


def constants_only(src: bytes, pos: int, end: int) -> bool:
    """Whether there is nothing but constants in a stretch of a literal, with brackets around them, field names and indices."""
    return _CONSTANTS.fullmatch(src, pos, end) is not None


def hide_tables(src: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """The text with blanks in place of the elements of large lists of constants, and where their braces begin and end.

    All positions stay as they are. What looks like a table may stand in a string, from where it may reach into code: only the tree knows.
    """
    parts: list[bytes] = []
    tables: list[tuple[int, int]] = []
    done = 0
    for match in _LIST.finditer(src):
        pos, end = match.span(1)
        if end - pos >= _MIN_HIDDEN and not ANNOTATION.search(src, pos, end) and _ELEMENT_TEXT.sub(b"", src[pos + 1 : end - 1]).count(b",") > FEW:
            parts += src[done : pos + 1], b" " * (end - pos - 2)
            tables.append((pos, end))
            done = end - 1
    return b"".join((*parts, src[done:])) if parts else src, tables


def are_literals(root: Node, tables: list[tuple[int, int]]) -> bool:
    """Whether all stretches of text are the braces of composite literals."""
    for pos, end in tables:
        node = root.descendant_for_byte_range(pos, end)
        if node is None or node.kind_id != LITERAL_VALUE or node.start_byte != pos or node.end_byte != end:
            return False
    return True
