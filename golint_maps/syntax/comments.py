"""Comments, read from the text around a declaration: docs, directives, build constraints, the mark of generated files.

Most comments cannot matter to a check of maps and locks. Only docs with a word of intent about concurrency or order are kept.
"""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Tree

from golint_maps.syntax import kinds as k
from golint_maps.syntax.ir import Comment

_MATTERS: Final = re.compile(
    rb"guard|protect|lock(?<![bc]lock)|mutex|mu\b(?<!\wmu)|hold(?<!\whold)|held(?<!\wheld)|concurren|parallel|thread|goroutine"
    rb"|rac[ey](?<!\wrac[ey])|safe|synchroni|atomic|immutable|order(?<!\worder)|unordered|unsorted"
    rb"|called (?:only )?(?:from|in|inside|within|before|after|during)\b|test(?:(?<=for test)|(?<=in test)|(?<=by test)|s only| only| isolation)"
)
"""Words of intent about locking, concurrency, order, times of calls and tests, in text in small letters. "block" and "clock" are none.

Each alternative begins with a letter, and its conditions stand behind it, because `re` can skip to first letters but not to conditions.
"""

_DIRECTIVE: Final = re.compile(rb"//(?:[/ \t]*nolint|lint:|[ \t]*golint[-_]?maps:|go:|export\b)")
ANNOTATION: Final = re.compile(_DIRECTIVE.pattern + rb"|\+check(?:locks|atomic)")
"""The same and gVisor's annotations. Looking for two beginnings takes several times as long, so this is for files that have the second."""

_FUNCTION_DIRECTIVES: Final = (b"//go:", b"//export ")
_GO_BUILD: Final = re.compile(rb"^[ \t]*//go:build[ \t]+(.*?)[ \t\r]*$", re.MULTILINE)
_PLUS_BUILD: Final = re.compile(rb"^[ \t]*//[ \t]*\+build[ \t]+(.*?)[ \t\r]*$", re.MULTILINE)
_GENERATED: Final = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)


def lines_above(src: bytes, pos: int) -> list[bytes]:
    """The comment lines directly above the line of `pos`, first one first, blanks around them stripped.

    Empty if something other than blanks stands before `pos` on its line. A block comment counts as one entry.
    """
    above: list[bytes] = []
    end = src.rfind(b"\n", 0, pos)
    if end < 0 or (not src[end + 1 : pos].isspace() and end + 1 != pos):
        return above
    while end >= 0:
        start = src.rfind(b"\n", 0, end) + 1
        line = src[start:end].strip()
        if line.endswith(b"*/"):
            opening = src.rfind(b"/*", 0, end)
            start = src.rfind(b"\n", 0, opening) + 1
            if opening < 0 or src[start:opening].strip():
                break
            line = src[opening:end].strip()
            if b"*/" in line[:-2]:
                break
        elif not line.startswith(b"//"):
            break
        above.append(line)
        end = start - 1
    above.reverse()
    return above


def _text(comments: list[bytes]) -> bytes:
    """Comments without their markers."""
    return b"\n".join(line[2:] if line.startswith(b"//") else line[2:-2] for line in comments).strip()


def _intent(comments: list[bytes]) -> str:
    if not comments:
        return ""
    text = _text(comments)
    return text.decode() if _MATTERS.search(text.lower()) else ""


def _behind(src: bytes, end: int) -> bytes:
    """The comment that follows `end` on its line, or nothing."""
    stop = src.find(b"\n", end)
    rest = src[end : stop if stop >= 0 else len(src)]
    if b"/" not in rest:
        return b""
    rest = rest.strip(b" \t\r;")
    if rest.startswith(b"//"):
        return rest
    return rest if rest.startswith(b"/*") and rest.endswith(b"*/") else b""


def doc_of(src: bytes, pos: int) -> str:
    """The comment directly above `pos`, if it tells of locks, concurrency or order, else ""."""
    return _intent(lines_above(src, pos))


def comment_of(src: bytes, pos: int, end: int) -> str:
    """The comments directly above `pos` and behind `end` on its line, if they tell of locks, concurrency or order, else ""."""
    comments = lines_above(src, pos)
    behind = _behind(src, end)
    if behind:
        comments.append(behind)
    return _intent(comments)


def directives_of(src: bytes, pos: int) -> list[str]:
    """The `//go:…` and `//export …` lines directly above `pos`."""
    return [line.decode() for line in lines_above(src, pos) if line.startswith(_FUNCTION_DIRECTIVES)]


def doc_and_directives(src: bytes, pos: int) -> tuple[str, list[str]]:
    """Both `doc_of` and `directives_of`, for the price of one."""
    above = lines_above(src, pos)
    if not above:
        return "", []
    return _intent(above), [line.decode() for line in above if line.startswith(_FUNCTION_DIRECTIVES)]


def cgo_preamble(src: bytes, pos: int) -> str:
    """The C text above `import "C"` at `pos`."""
    return _text(lines_above(src, pos)).decode()


def directive_comments(src: bytes, tree: Tree) -> list[Comment]:
    """All comments that steer tools, in their order."""
    found: list[Comment] = []
    end = 0
    for match in (ANNOTATION if b"+check" in src else _DIRECTIVE).finditer(src):
        at = match.start()
        if at < end:
            continue
        # The same text may stand in a string: only the tree knows.
        node = tree.root_node.descendant_for_byte_range(at, at + 1)
        if node is None or node.kind_id != k.COMMENT:
            continue
        pos, end = node.start_byte, node.end_byte
        line = src.rfind(b"\n", 0, pos) + 1
        found.append(Comment(src[pos:end].decode().rstrip(), pos, not src[line:pos].strip()))
    return found


def is_generated(header: bytes) -> bool:
    """Whether the text before the first declaration says that a program wrote the file (`go help generate`)."""
    return b"Code generated" in header and _GENERATED.search(header) is not None


def build_constraint(header: bytes) -> str:
    """The `//go:build` expression in the text before the package clause, "" if there is none.

    Lines of the older form `// +build` (see `go help buildconstraint`) are translated where there is no newer one.
    """
    if b"build" not in header:
        return ""
    match = _GO_BUILD.search(header)
    if match:
        return match.group(1).decode()
    # The older form only counts where a blank line parts it from the package clause.
    blank = max(header.rfind(b"\n\n"), header.rfind(b"\n\r\n"))
    lines = [_translated(line.group(1).decode()) for line in _PLUS_BUILD.finditer(header[: blank + 1])]
    if len(lines) == 1:
        return lines[0]
    return " && ".join(f"({line})" if "||" in line else line for line in lines)


def _translated(line: str) -> str:
    """`a,b !c` says `(a && b) || !c`."""
    options = [option.split(",") for option in line.split()]
    if len(options) == 1:
        return " && ".join(options[0])
    return " || ".join(f"({' && '.join(terms)})" if len(terms) > 1 else terms[0] for terms in options)
