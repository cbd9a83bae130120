"""The head of a Go file: build constraint, generated marker, package clause. Read without a parser, so that discovery stays cheap."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.source.files import read_file
from golint_maps.source.model import Header

FIRST_READ: Final = 4096
"""Bytes that are read of a file at first; few files have a longer head."""

_TRIVIA: Final = rb"(?:[ \t\r\n]++|//[^\n]*+(?:\n|\Z)|/\*(?s:.*?)\*/)*+"
_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?(" + _TRIVIA + rb")package(?:(?=[ \t\r\n/])" + _TRIVIA + rb")([A-Za-z_\x80-\xff][\w\x80-\xff]*)")
_OPEN_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?(" + _TRIVIA + rb")")
_GENERATED: Final = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)


def read_header(data: bytes) -> Header:
    """Return the header of a file, or of its first bytes. Never raises: what is not there is empty or false."""
    match = _HEAD.match(data)
    head = match or _OPEN_HEAD.match(data)
    comments: bytes = head[1] if head else b""
    build = _build_lines(comments) if b"build" in comments else ""
    generated = b"Code generated" in comments and _generated(comments)
    return Header(match[2].decode("utf-8", "replace") if match else "", build, generated)


def load_header(path: str, size: int) -> Header:
    """Read the header of a file of `size` bytes, with as few bytes of it as do.

    Raises OSError when the file cannot be read.
    """
    limit = FIRST_READ
    while True:
        data = read_file(path, limit)
        if len(data) < limit or limit >= size or not _may_go_on(data):
            return read_header(data)
        limit *= 16


def _may_go_on(data: bytes) -> bool:
    """Return whether further bytes could change the header: the clause or a comment is cut off."""
    match = _HEAD.match(data)
    if match:
        return match.end() == len(data)
    head = _OPEN_HEAD.match(data)
    rest = data[head.end() :] if head else data
    return rest.startswith((b"/", b"package")) or b"package".startswith(rest)


def _generated(comments: bytes) -> bool:
    """The marker counts as a line of its own in `//` comments only, so block comments are blanked out first."""
    without_blocks = re.sub(rb"//[^\n]*+|/\*(?s:.*?)\*/", lambda m: m[0] if m[0].startswith(b"//") else b" ", comments)
    return _GENERATED.search(without_blocks) is not None


def _build_lines(comments: bytes) -> str:
    """Return the constraint in the comments above a package clause.

    A `//go:build` line counts wherever a `//` comment may stand, `+build` lines only above a blank line that itself has nothing but `//`
    comments before it, and only when there is no `//go:build`. Several `//go:build` lines, which the go command refuses, must all hold.
    """
    expressions: list[str] = []
    plus_lines: list[str] = []
    pending: list[str] = []
    leading = True
    in_block = False
    lines = comments.split(b"\n")
    if not lines[-1].strip():
        lines.pop()  # The start of the line with the package clause is no blank line.
    for raw in lines:
        line = raw.strip()
        if not in_block and line.startswith(b"//"):
            text = line.decode("utf-8", "replace")
            if _is_directive(text, "//go:build"):
                expressions.append(text[len("//go:build") :].strip())
            elif leading and _is_directive(text[2:].strip(), "+build"):
                pending.append(text[2:].strip())
            continue
        if not line and leading:
            plus_lines += pending
            pending = []
            continue
        leading = False
        in_block = _ends_in_block(line, in_block)
    if len(expressions) > 1:
        return " && ".join(f"({expression})" for expression in expressions)
    return expressions[0] if expressions else "\n".join(plus_lines)


def _is_directive(text: str, word: str) -> bool:
    return text.startswith(word) and (len(text) == len(word) or text[len(word)].isspace())


def _ends_in_block(line: bytes, in_block: bool) -> bool:
    """Return whether a block comment is open after a line that consists of comments."""
    while line:
        if in_block:
            _, closed, line = line.partition(b"*/")
            in_block = not closed
        elif line.startswith(b"/*"):
            in_block = True
            line = line[2:]
        else:
            return False
        line = line.strip()
    return in_block
