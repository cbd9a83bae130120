"""Words for people: escaping of what must not reach a terminal, titles, plurals, grouped numbers."""

from __future__ import annotations

import re
import textwrap
import unicodedata

# Directional overrides and isolates make a line read differently from what the compiler sees ("Trojan Source"), so they are never passed on.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")


def printable(text: str) -> str:
    """Escape what would break a line or drive a terminal: controls, line separators, directional marks, bytes that were no UTF-8."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    category = unicodedata.category(character)
    if category == "Cc":
        return f"\\x{code:02x}"
    if category in {"Cs", "Zl", "Zp"} or character in _BIDI:
        return f"\\u{code:04x}"
    return character


def encodable(text: str) -> str:
    """Replace lone surrogates (file names that were no UTF-8) by U+FFFD, so that the text has a UTF-8 form."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def title(message: str) -> tuple[str, str]:
    """Split a message into its first sentence and the rest (possibly empty)."""
    first, *rest = _SENTENCE_END.split(message, maxsplit=1)
    return first, rest[0] if rest else ""


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """Return text in lines of `width`, after `first` in the first one and `rest` in the others. A word that is longer stays whole."""
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
    return lines or [first.rstrip()]


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `1 file`, `1,204 files`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def duration(seconds: float) -> str:
    """Return `0.04 s`, `1.3 s`, `2 min 5 s`."""
    if seconds < 0.1:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"
