"""What is said on stderr of files, packages and rules that could not be looked at in full."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from golint_maps.cli import options, output
from golint_maps.cli.main import TRACEBACK, Exit, bug_report

if TYPE_CHECKING:
    from golint_maps.outcome import Outcome

_MOST: Final = 10
"""How many notices a run tells without -v: enough to see what kind they are."""


def tell(outcome: Outcome, *, verbose: bool = False) -> None:
    """Say what could not be analysed in full: the first few, or all after what was read, if that is asked for."""
    from golint_maps import report

    seen = report.seen_from(outcome, options.folder())
    if verbose:
        output.tell(report.reading(seen), nl=False)
    untold = 0
    for number, notice in enumerate(seen.notices):
        if verbose or notice.internal or number < _MOST:
            output.tell(f"golint-maps: {notice.path + ' ' if notice.path else ''}{notice.message}")
        else:
            untold += 1
        if notice.detail and (verbose or TRACEBACK in os.environ):
            output.tell(notice.detail)
    if untold:
        output.tell(f"golint-maps: {untold} more such {'note' if untold == 1 else 'notes'}: `golint-maps check -v` tells them all")


def failure(outcome: Outcome) -> int:
    """Return the status for a fault of golint-maps itself, having said so; 0 when there was none."""
    if not any(notice.internal for notice in outcome.notices):
        return Exit.CLEAN
    output.tell(bug_report("the analysis of some files failed, see their GM000"))
    return Exit.INTERNAL
