"""How deep brackets are nested, so that absurd files are refused before anything recurses into them."""

from __future__ import annotations

import re
from typing import Final

MAX_NESTING: Final = 1000
"""Levels of brackets that are parsed."""

_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"()[]{}")
_PAIRS: Final = (b"()", b"[]", b"{}")
_TOKEN: Final = re.compile(rb"//[^\n]*|/\*.*?\*/|`[^`]*`|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[(){}\[\]]", re.DOTALL)


def is_absurdly_nested(src: bytes) -> bool:
    """Whether brackets are nested deeper than `MAX_NESTING`.

    Taking out pairs pass by pass leaves what is nested deeper than the passes made, plus the odd bracket from strings and comments. Only if
    that is still long, the text is read token by token.
    """
    rest = src.translate(None, _NO_BRACKETS)
    for _ in range(64):
        if len(rest) <= MAX_NESTING:
            return False
        for pair in _PAIRS:
            rest = rest.replace(pair, b"")
    depth = 0
    for match in _TOKEN.finditer(src):
        token = match.group()
        if token in b"([{":
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif token in b")]}":
            depth -= 1
    return False
