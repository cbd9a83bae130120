"""Reports: functions from the outcome of a run to text, one module for each format.

Imports nothing of the analysis but findings, rules and outcomes; the command line and the language server import it. Its public face is `render`
with `FORMATS` and `RenderOptions`, `seen_from` for paths that lead from another folder, and `summary_line`, `statistics` and `reading` for what goes
to stderr. A format's module is loaded when it is first asked for, so a plain text report never pays for the SARIF object model.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from golint_maps.outcome import Outcome
from golint_maps.report.folder import seen_from
from golint_maps.report.options import RenderOptions, Repository
from golint_maps.report.totals import reading, statistics, summary_line

__all__ = ["FORMATS", "RenderOptions", "Repository", "reading", "render", "seen_from", "statistics", "summary_line"]

_MODULES = {
    "full": "full",
    "concise": "concise",
    "json": "json_document",
    "jsonl": "json_lines",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
}

# These say where things are in the repository, whoever looks.
_OF_THE_REPOSITORY = frozenset({"sarif", "github", "gitlab"})

FORMATS = tuple(_MODULES)
"""The names that `render` knows."""


def render(format: str, outcome: Outcome, options: RenderOptions) -> str:
    """Return the outcome in one of `FORMATS`, as text that ends with a line feed unless it is empty. Raises `ValueError` for any other name.

    The text has no lone surrogates, so it can be written as UTF-8 whatever the files are called.
    """
    if format not in _MODULES:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    module = import_module(f"{__name__}.{_MODULES[format]}")
    if options.folder is not None and format not in _OF_THE_REPOSITORY:
        outcome = seen_from(outcome, options.folder)
    return cast(Callable[[Outcome, RenderOptions], str], module.render)(outcome, options)
