"""Rule pages (Markdown) as the plain texts that SARIF wants beside the Markdown."""

from __future__ import annotations

import re

from golint_maps.report.sarif.limits import DESCRIPTION

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\S)([^*\n]+?)(?<=\S)\1(?![\w*])")
_HEADING = re.compile(r"#{1,6}\s+")


def plain_text(markdown: str) -> str:
    """Return Markdown without its marks: headings, emphasis, code ticks, fences and links (`text (address)`). Code blocks are indented."""
    lines, fenced = [], False
    for line in markdown.strip().splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            lines.append(f"    {line}".rstrip())
        else:
            bare = _LINK.sub(r"\1 (\2)", _HEADING.sub("", line, count=1) if line.startswith("#") else line)
            lines.append(_EMPHASIS.sub(r"\2", bare).replace("`", ""))
    return "\n".join(lines)


def description(markdown: str) -> str:
    """Return the first paragraph of prose of a page as one line of plain text of at most 1 024 characters; empty when it has none."""
    paragraph: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and line.strip() and not line.startswith(("#", "|", "---")):
            paragraph.append(line.strip())
            continue
        if paragraph:
            break
    return shortened(plain_text(" ".join(paragraph)))


def shortened(text: str) -> str:
    """Cut a text at a word so that it fits a description."""
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"
