"""Fixes from the command line: apply them to the files, or show them as a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from golint_maps import atomic
from golint_maps.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from golint_maps.outcome import Outcome


def apply(outcome: Outcome, *, unsafe: bool) -> int:
    """Write the mended files and return how many there were. A file that cannot be written is a usage error."""
    written = 0
    for path, _, after in _mended(outcome, unsafe=unsafe):
        try:
            atomic.write(outcome.root / path, after)
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from error
        written += 1
    return written


def diff(outcome: Outcome, *, unsafe: bool) -> str:
    """Return the changes that `apply` would make."""
    from golint_maps.fixes import unified_diff

    return "".join(unified_diff(path, before, after) for path, before, after in _mended(outcome, unsafe=unsafe))


def nothing(outcome: Outcome, *, unsafe: bool) -> str:
    """Return that no fix can be made, and how many fixes `--unsafe-fixes` would add."""
    from golint_maps import fixes

    more = 0 if unsafe else sum(finding.suppressed is None and bool(fixes.choose([finding], unsafe=True)) for finding in outcome.findings)
    hint = f"; --unsafe-fixes has {more} {'fix' if more == 1 else 'fixes'} that may change what the program does" if more else ""
    return f"No fix can be made{hint}"


def _mended(outcome: Outcome, *, unsafe: bool) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield path, old text and new text of each file that fixes change."""
    from golint_maps import fixes

    for path, edits in fixes.choose(outcome.findings, unsafe=unsafe).items():
        try:
            before = (outcome.root / path).read_bytes()
            after = fixes.applied(before, edits)
        except (OSError, ValueError) as error:
            output.tell(f"golint-maps: {path} is not fixed: {error}")
            continue
        if not fixes.still_parses(before, after):
            output.tell(f"golint-maps: {path} is not fixed: the result would not parse")
        elif before != after:
            yield path, before, after
