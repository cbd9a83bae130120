"""From settings to an outcome, with a progress bar on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from golint_maps.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from golint_maps.engine import Joined, Progress
    from golint_maps.outcome import Outcome
    from golint_maps.settings import Settings


def analyse(settings: Settings, patterns: Sequence[str], *, quiet: bool = False) -> Outcome:
    """Run the analysis. A pattern that names nothing is a usage error."""
    from golint_maps import engine
    from golint_maps.source import PatternError

    try:
        with _progress(show=not quiet) as progress:
            return engine.run(settings, patterns, cwd=options.folder(), progress=progress)
    except PatternError as error:
        raise click.UsageError(str(error)) from error


def joined(settings: Settings, patterns: Sequence[str], *, quiet: bool = False) -> Joined:
    """Return the model of the program, without running rules. A pattern that names nothing is a usage error."""
    from golint_maps import engine
    from golint_maps.source import PatternError

    try:
        with _progress(show=not quiet) as progress:
            return engine.program(settings, patterns, cwd=options.folder(), progress=progress)
    except PatternError as error:
        raise click.UsageError(str(error)) from error


@contextmanager
def _progress(*, show: bool) -> Iterator[Progress | None]:
    # rich takes longer to import than a small package takes to analyse, and in a log a bar is noise.
    if not show or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield advance
