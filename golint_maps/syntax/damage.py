"""Where the grammar stumbled."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from tree_sitter import Node

from golint_maps.syntax.ir import ParseError

MAX_ERRORS: Final = 20


def damaged_stretches(root: Node) -> list[tuple[int, int]]:
    """Byte ranges of the outermost errors and of what is missing, in order. Never empty if the root says that it has an error."""
    found: list[tuple[int, int]] = []
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_byte, node.end_byte))
            continue
        broken = [child for child in node.children if child.has_error or child.is_missing]
        if not broken:
            # Some errors leave no node behind: the smallest node that admits to one stands for it.
            found.append((node.start_byte, node.end_byte))
        stack.extend(broken)
    return sorted(found)


def parse_errors(src: bytes, stretches: list[tuple[int, int]]) -> list[ParseError]:
    """One error for each damaged stretch; those that touch or share a line are one, and what exceeds `MAX_ERRORS` joins the last."""
    if not stretches:
        return []
    newlines = _newlines(src)
    merged: list[ParseError] = []
    for pos, end in sorted(stretches):
        line = bisect_left(newlines, pos) + 1
        last = merged[-1] if merged else None
        if last is not None and (pos <= last.end or bisect_left(newlines, last.end) + 1 >= line or len(merged) >= MAX_ERRORS):
            last.end = max(last.end, end)
        else:
            merged.append(ParseError(pos, end, line))
    return merged


def _newlines(src: bytes) -> list[int]:
    positions: list[int] = []
    at = src.find(b"\n")
    while at >= 0:
        positions.append(at)
        at = src.find(b"\n", at + 1)
    return positions
