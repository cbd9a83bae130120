"""Same-length repairs for valid Go that the grammar does not know yet, applied only to files that it failed on.

`new(expression)` (Go 1.26) and functions of one's own named `new` or `make` are renamed in the text that is parsed again, and the type
parameters of generic methods (Go 1.27) are blanked. Labels with a predeclared name that is a word of the grammar (`new: for …`) are renamed as well.
All positions stay true; names are read from the original text.
"""

from __future__ import annotations

import re
from typing import Final

_CALL_WITH_VALUE: Final = re.compile(rb"\b(?:new|make)(?=\s*\((?!\s*(?:\[|map\b|chan\b|struct\b|func\b|interface\b|<-)))")
_ANY_CALL: Final = re.compile(rb"\b(?:new|make)(?=\s*\()")
_LABEL: Final = re.compile(rb"\b(?:new|make|nil|true|false|iota)(?=\s*:(?!=))")
_EMPTY: Final = re.compile(rb"(\{\s*);")
_GENERIC_METHOD: Final = re.compile(rb"^func[ \t]*\([^()\n]*\)[ \t]*\w+(?=\[)", re.MULTILINE)


def _renamed(match: re.Match[bytes]) -> bytes:
    word = match.group()
    return word[:-1] + word[-1:].upper()


def rename_builtins(text: bytes) -> bytes:
    """`new(v)` as `neW(v)`, `make(v)` as `makE(v)`, where the argument does not begin like a type."""
    return _CALL_WITH_VALUE.sub(_renamed, text)


def mend_within(text: bytes, stretches: list[tuple[int, int]]) -> bytes:
    """The same within stretches, whatever the argument begins with (`new([]int{1})`), and for labels; without empty statements in front: `{ ; g() }`.

    What stands before a colon and is no label (`case nil:`, `table[new:]`) is a name whichever way it is spelled.
    """
    parts: list[bytes] = []
    done = 0
    for start, end in stretches:
        start = max(start, done)
        if start < end:
            mended = _LABEL.sub(_renamed, _ANY_CALL.sub(_renamed, text[start:end]))
            parts += text[done:start], _EMPTY.sub(rb"\1 ", mended)
            done = end
    return b"".join((*parts, text[done:]))


def hide_method_type_params(text: bytes) -> tuple[bytes, dict[int, bytes]]:
    """Blank the type parameters of methods. Also returns what was blanked, by the offset of its opening bracket."""
    hidden: dict[int, bytes] = {}
    parts: list[bytes] = []
    done = 0
    for match in _GENERIC_METHOD.finditer(text):
        start = match.end()
        end = _closing(text, start)
        if end > start:
            hidden[start] = text[start:end]
            parts += text[done:start], re.sub(rb"[^\n]", b" ", text[start:end])
            done = end
    return b"".join((*parts, text[done:])), hidden


def _closing(text: bytes, start: int) -> int:
    """Where the brackets that open at `start` end, or -1."""
    depth = 0
    for match in re.compile(rb"[\[\]{}]").finditer(text, start):
        bracket = match.group()
        depth += 1 if bracket in b"[{" else -1
        if depth == 0:
            return match.end()
    return -1
