"""`golint-maps baseline write/update/show`: accept today's findings, so that `check --baseline FILE` reports new ones only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from golint_maps import atomic
from golint_maps.cli import options, output
from golint_maps.cli.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from golint_maps.baseline import Entry

DEFAULT: Final = ".golint-maps-baseline.json"


def _file(command: Callable[..., None]) -> Callable[..., None]:
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


@command.command()
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@_file
@options.analysis
def write(patterns: tuple[str, ...], file: Path | None, **given: Any) -> None:
    """Accept every finding there is now."""
    from golint_maps import baseline

    patterns = patterns or ("./...",)
    settings = options.load_settings(patterns, given)
    entries = baseline.of(analyse(settings, patterns).findings)
    _save(file or settings.baseline or Path(DEFAULT), entries)


@command.command()
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@_file
@options.analysis
def update(patterns: tuple[str, ...], file: Path | None, **given: Any) -> None:
    """Forget what is gone. Accepts nothing new, and keeps what is accepted of packages and rules that this run does not look at."""
    from golint_maps import baseline

    patterns = patterns or ("./...",)
    settings = options.load_settings(patterns, given)
    path = file or settings.baseline or Path(DEFAULT)
    old, outcome = _read(path), analyse(settings, patterns)
    _save(path, baseline.shrunk(old, outcome.findings, outcome.scope, path))


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


def _save(path: Path, entries: Iterable[Entry]) -> None:
    from golint_maps import baseline

    entries = tuple(entries)
    try:
        atomic.write(path, baseline.encode(entries))
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from error
    count = sum(entry.count for entry in entries)
    output.tell(f"{path} accepts {count} {'finding' if count == 1 else 'findings'}")
