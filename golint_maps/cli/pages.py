"""Pages on a terminal: Markdown whose paragraphs and list items are as wide as it is. Code, headings and tables stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from golint_maps.report.wording import wrapped

_WIDEST: Final = 120
"""Columns beyond which text is hard to read."""

_ITEM: Final = re.compile(r"[-*] |\d+\. ")


def fitted(page: str, width: int) -> str:
    """Return a page with its text in lines of `width`, or of what can be read."""
    return "\n".join(line for block in _blocks(page) for line in _set(block, min(width, _WIDEST)))


def _blocks(page: str) -> Iterator[list[str]]:
    """Yield the lines that belong together: a paragraph, an item, a piece of code; or a line that stands for itself."""
    block: list[str] = []
    code = False
    for line in page.split("\n"):
        fence = line.startswith("```")
        alone = not line.strip() or line.startswith(("#", "|"))
        if not code and block and (fence or alone or _ITEM.match(line)):
            yield block
            block = []
        block.append(line)
        if (code and fence) or (not code and alone):
            yield block
            block = []
        code = code != fence
    if block:
        yield block


def _set(block: list[str], width: int) -> list[str]:
    first = block[0]
    if first.startswith(("```", "#", "|")) or not first.strip():
        return block
    item = _ITEM.match(first)
    mark = item[0] if item else ""
    text = " ".join(line.strip() for line in block).removeprefix(mark)
    return wrapped(text, width, mark, " " * len(mark))
