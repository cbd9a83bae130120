"""What a caller decides about a report. Everything here changes bytes of some format; nothing here changes what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from golint_maps import HOMEPAGE

TOOL = "golint-maps"


@dataclass(frozen=True, slots=True)
class Repository:
    """The version control checkout that was analysed. The caller asks git; reports never run a program."""

    uri: str
    revision: str = ""
    branch: str = ""


def no_page(rule: str) -> str | None:
    """Return no page for any rule: for callers that have none at hand."""
    return None


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to write a report.

    `color` and `width` (columns of the terminal) concern the text for people only. `folder` is where people stand: paths of text, of JSON and of
    JUnit lead from there, and from the run's root without it. `source_root` is the directory that paths of machine formats
    are relative to (the repository's root); without it, or when the run's root is not below it, they are relative to the run's root.
    `category` becomes SARIF's `automationDetails.id`. `provenance` allows what differs between two equal runs: times, absolute paths, `arguments`.
    `baseline` says that findings of a baseline were removed, so that every one left is new. `pages` maps a rule id to its Markdown page.
    """

    color: bool = False
    width: int = 120
    show_suppressed: bool = False
    category: str | None = None
    provenance: bool = False
    folder: Path | None = None
    source_root: Path | None = None
    repository: Repository | None = None
    baseline: bool = False
    pages: Callable[[str], str | None] = no_page
    version: str = "0.0.0"
    arguments: tuple[str, ...] = ()
    homepage: str = HOMEPAGE
