"""Where reports go: `FORMAT:FILE`, a plain file, stdout."""

from __future__ import annotations

import difflib
import errno
import os
import re
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from golint_maps import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS: Final = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")
"""The formats of `golint_maps.report`, known here so that `--help` need not import them."""

_SUFFIXES: Final = {"": "concise", ".txt": "concise", ".sarif": "sarif", ".json": "json", ".jsonl": "jsonl", ".xml": "junit"}

_WORD: Final = re.compile(r"[A-Za-z][\w-]+")
"""What before a colon is meant as a format. `C:` is a drive, and what has a dot or a slash is a path."""


@dataclass(frozen=True, slots=True)
class Target:
    """One report to write. No path stands for stdout."""

    format: str
    path: Path | None = None


def targets(format: str | None, outputs: tuple[str, ...]) -> tuple[Target, ...]:
    """Return the reports to write: one on stdout, and one more for each of `outputs`.

    That on stdout is in `format`, else `full` on a terminal and `concise` otherwise. An output is `FORMAT:FILE`, or a plain FILE in `format`, else in
    that of its suffix; `-` is the one on stdout. Raises `click.UsageError` for two reports in one place, for a file that cannot be written, before
    anything is analysed for it, and for a format or suffix that is not known: a file named `sarf:x.sarif` is hardly what was wanted.
    """
    found: list[Target] = []
    for output in outputs:
        prefix, colon, rest = output.partition(":")
        if colon and prefix in FORMATS:
            name, chosen = rest, prefix
        elif colon and _WORD.fullmatch(prefix):
            near = difflib.get_close_matches(prefix.lower(), FORMATS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the formats are {', '.join(FORMATS)}"
            raise click.UsageError(f"--output {output}: there is no format {prefix!r}; {hint} (a file of that name is ./{output})")
        else:
            name, chosen = output, format or _by_suffix(output)
        if not name:
            raise click.UsageError(f"--output {output}: no file is named")
        found.append(Target(chosen, None if name == "-" else Path(name)))
    if not any(target.path is None for target in found):
        found.insert(0, Target(format or ("full" if _is_terminal() else "concise")))
    places = [target.path for target in found]
    if len(set(places)) < len(places):
        raise click.UsageError("two reports would go to the same place")
    for path in places:
        if path is not None and (fault := _fault(path)):
            raise click.UsageError(f"cannot write {path}: {fault}")
    return tuple(found)


def _fault(path: Path) -> str:
    """Return why a file cannot be written, as far as that can be told without writing; empty when it looks as if it can."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        return error.strerror or str(error)
    if mode is not None and stat.S_ISDIR(mode):
        return os.strerror(errno.EISDIR)
    # A regular file is replaced, which asks its folder for permission; a device is written to.
    asked = Path(os.path.realpath(path)).parent if mode is None or stat.S_ISREG(mode) else path
    if not os.path.exists(asked):
        return os.strerror(errno.ENOENT)
    return "" if os.access(asked, os.W_OK) else os.strerror(errno.EACCES)


def write_all(reports: Iterable[tuple[Target, str]]) -> bool:
    """Write reports and return whether all were: one that cannot be written is told, and takes no other one with it."""
    written = True
    for target, text in reports:
        try:
            write(target, text)
        except click.ClickException as error:
            tell(f"Error: {error.format_message()}")
            written = False
    return written


def write(target: Target, text: str) -> None:
    """Write a report, as UTF-8. What cannot be written is a usage error."""
    if target.path is None:
        to_stdout(text)
        return
    try:
        atomic.write(target.path, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise click.ClickException(f"cannot write {target.path}: {error.strerror or error}") from error


def to_stdout(text: str) -> None:
    """Write to stdout, as UTF-8, and flush it. A pipe that nobody reads or a full disk is a usage error."""
    if sys.stdout is None:
        raise click.ClickException("cannot write to stdout: it is closed")
    try:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.flush()
    except OSError as error:
        forget_stdout()
        raise click.ClickException(f"cannot write to stdout: {error.strerror or error}") from error


def tell(text: str, *, nl: bool = True) -> None:
    """Say something on stderr. Where nobody can hear it, the run and its exit status go on as they would."""
    try:
        click.echo(text, err=True, nl=nl)
    except OSError:
        forget_stderr()


def forget_stdout() -> None:
    """Let what is still buffered for stdout go nowhere."""
    _forget(sys.stdout)


def forget_stderr() -> None:
    """Let what is still buffered for stderr go nowhere."""
    _forget(sys.stderr)


def _forget(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that neither the next write nor the end of the interpreter fails for it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def wants_color(choice: str) -> bool:
    """Return whether to colour what goes to stdout: by `--color`, then `NO_COLOR` and `FORCE_COLOR`, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the columns of the terminal."""
    return shutil.get_terminal_size((120, 24)).columns


def _by_suffix(name: str) -> str:
    if name.lower().endswith(".sarif.json"):
        return "sarif"
    suffix = Path(name).suffix.lower()
    if suffix not in _SUFFIXES:
        known = ", ".join(f"{each} ({format})" for each, format in _SUFFIXES.items() if each)
        raise click.UsageError(f"--output {name}: no format goes with {suffix}; the suffixes are {known}, and FORMAT:FILE or --format names any")
    return _SUFFIXES[suffix]


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
