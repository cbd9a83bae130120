"""`golint-maps baseline write/update/show`: accept today's findings, so that `check --baseline FILE` reports new ones only."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from golint_maps import atomic
from golint_maps.cli import notices, options, output
from golint_maps.cli.analysis import analyse
from golint_maps.cli.sections import Sectioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from golint_maps.baseline import Entry
    from golint_maps.outcome import Outcome

DEFAULT: Final = ".golint-maps-baseline.json"


_quiet = click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")


def _file(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--file",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"The baseline.  [default: `baseline` of the configuration, else {DEFAULT}]",
    )(command)


@click.group(name="baseline")
def command() -> None:
    """Accept today's findings and report new ones only."""


@command.command(cls=Sectioned)
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@_file
@_quiet
@options.analysis
def write(patterns: tuple[str, ...], file: Path | None, quiet: bool, **given: Any) -> int:
    """Accept every finding there is now, and nothing else: a baseline that is there is replaced."""
    from golint_maps import baseline

    patterns = patterns or ("./...",)
    settings = options.load_settings(patterns, given, quiet=quiet)
    outcome = analyse(settings, patterns, quiet=quiet)
    path = file or settings.baseline or Path(DEFAULT)
    entries = baseline.of(outcome.findings)
    _save(path, entries, quiet=quiet)
    if entries and not quiet and (settings.baseline is None or os.path.abspath(path) != os.path.abspath(settings.baseline)):
        # `check` takes no baseline of itself: whoever does not name it would be told of the same findings again.
        told = f"`golint-maps check --baseline {shlex.quote(str(path))}` leaves them out; `baseline` in the configuration makes that the default"
        output.tell(told)
    return _status(outcome, quiet=quiet)


@command.command(cls=Sectioned)
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@_file
@_quiet
@options.analysis
def update(patterns: tuple[str, ...], file: Path | None, quiet: bool, **given: Any) -> int:
    """Forget what is gone. Accepts nothing new, and keeps what is accepted of packages and rules that this run does not look at."""
    from golint_maps import baseline

    patterns = patterns or ("./...",)
    settings = options.load_settings(patterns, given, quiet=quiet)
    path = file or settings.baseline or Path(DEFAULT)
    old, outcome = _read(path), analyse(settings, patterns, quiet=quiet)
    _save(path, baseline.shrunk(old, outcome.findings, outcome.scope, path), quiet=quiet)
    return _status(outcome, quiet=quiet)


@command.command()
@_file
def show(file: Path | None) -> None:
    """List what is accepted."""
    from golint_maps import settings

    try:
        path = file or settings.load(["."], {}, cwd=options.folder()).baseline or Path(DEFAULT)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    output.to_stdout("".join(_line(entry) for entry in _read(path)))


def _line(entry: Entry) -> str:
    subject = " ".join(part for part in (entry.function, entry.map) if part)
    return f"{entry.count:>4}  {entry.rule}  {entry.package}  {subject}".rstrip() + "\n"


def _read(path: Path) -> tuple[Entry, ...]:
    from golint_maps import baseline

    try:
        return baseline.read(path)
    except baseline.BaselineError as error:
        raise click.UsageError(str(error)) from error


def _status(outcome: Outcome, *, quiet: bool) -> int:
    """Return the exit status, having said what could not be analysed: what is there is not accepted."""
    if not quiet:
        notices.tell(outcome)
    return notices.failure(outcome)


def _save(path: Path, entries: Iterable[Entry], *, quiet: bool) -> None:
    from golint_maps import baseline

    entries = tuple(entries)
    try:
        atomic.write(path, baseline.encode(entries))
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from error
    count = sum(entry.count for entry in entries)
    if not quiet:
        output.tell(f"{path} accepts {count} {'finding' if count == 1 else 'findings'}")
