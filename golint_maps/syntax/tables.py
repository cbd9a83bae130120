"""Large tables of constants, which say nothing about maps: they are not kept, and the largest are not even parsed."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.syntax.comments import ANNOTATION

FEW: Final = 8
"""Elements that are kept even if they are constants: flags, settings and the like."""

_MIN_HIDDEN: Final = 200
"""Bytes of a table that is worth hiding."""

_CONSTANT: Final = rb"""(?:
    [\s,:+|&^<>*%-]+                             # structure and arithmetic
    | "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+'
    | (?:0[xX][0-9a-fA-F_]+ | [0-9][0-9_.]*(?:[eE][+-]?[0-9]+)?) (?!\w)
    | [A-Za-z_]\w* (?=:)                         # a field, or an index
    | (?:true|false|nil) (?!\w)
    | //[^\n]*
)"""
_CONSTANTS: Final = re.compile(rb"(?:" + _CONSTANT + rb"|[{}()])*+", re.VERBOSE)
_ROWS: Final = rb"\{(?:" + _CONSTANT + rb"|\{(?:" + _CONSTANT + rb"|\{" + _CONSTANT + rb"*+\})*+\})*+\}"
_ELEMENT_TEXT: Final = re.compile(rb"//[^\n]*|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|" + _ROWS, re.VERBOSE)
_LIST: Final = re.compile(rb"(?<![\w\]])\[(?:\w*|\.\.\.)\](?:\[\w*\])*[\w.*]*(" + _ROWS + rb")", re.VERBOSE)
"""A literal of a slice or an array. The bracket of a map's type stands behind `map`, and that of its values behind a bracket."""


def constants_only(src: bytes, pos: int, end: int) -> bool:
    """Whether there is nothing but constants in a stretch of a literal, with brackets around them, field names and indices."""
    return _CONSTANTS.fullmatch(src, pos, end) is not None


def hide_tables(src: bytes) -> bytes:
    """The text with blanks in place of the elements of large lists of constants. All positions stay as they are."""
    parts: list[bytes] = []
    done = 0
    for match in _LIST.finditer(src):
        pos, end = match.span(1)
        if end - pos >= _MIN_HIDDEN and not ANNOTATION.search(src, pos, end) and _ELEMENT_TEXT.sub(b"", src[pos + 1 : end - 1]).count(b",") > FEW:
            parts += src[done : pos + 1], b" " * (end - pos - 2)
            done = end - 1
    return b"".join((*parts, src[done:])) if parts else src
