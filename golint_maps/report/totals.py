"""What a run came to, in a line for stderr and in a table."""

from __future__ import annotations

from collections import Counter
from typing import Final

from golint_maps.findings import Level
from golint_maps.outcome import Outcome
from golint_maps.report.wording import counted, duration, printable


def summary_line(outcome: Outcome, fail_on: Level | None) -> str:
    """Return one line about the whole run. `fail_on` is the least level that fails it, None when none does.

    Example: `Found 3 errors and 2 warnings in 41 packages (352 files, 104,660 lines) in 1.3 s, 1 suppressed`.
    """
    standing = Counter(finding.level for finding in outcome.findings if finding.suppressed is None)
    parts = [counted(standing[level], level.value) for level in Level if standing[level]]
    found = f"Found {_joined(parts)}" if parts else "No findings"
    totals = outcome.totals
    line = (
        f"{found} in {counted(totals.packages, 'package')} ({counted(totals.files, 'file')}, {counted(totals.lines, 'line')})"
        f" in {duration(totals.seconds)}"
    )
    suppressed = len(outcome.findings) - standing.total()
    if suppressed:
        line += f", {suppressed:,} suppressed"
    if parts and not any(fail_on is not None and level.rank <= fail_on.rank for level in standing):
        line += f" (none fails the run: --fail-on {'never' if fail_on is None else fail_on.value})"
    return line


_SHOWN: Final = 5
"""How many modules, and paths that were passed over for one reason, are told by name."""


def reading(outcome: Outcome) -> str:
    """Return what a run has read and what it has passed over, a line each."""
    read, totals = outcome.reading, outcome.totals
    modules = [printable(f"{path} (go {go})" if go else path) for path, go in read.modules]
    of_them = [
        f"{number:,} {what}"
        for number, what in (
            (read.tests, "of tests"),
            (read.generated, "generated"),
            (read.others, f"not in the build for {read.configuration}"),
            (read.aside, "excluded, for its package" if read.aside == 1 else "excluded, for their packages"),
        )
        if number
    ]
    lines = [
        f"{counted(len(modules), 'module')}: {_first(modules)}" if modules else "no module",
        f"{counted(totals.packages, 'package')}, {counted(totals.files, 'file')}{f' ({_joined(of_them)})' if of_them else ''}",
    ]
    passed: dict[str, list[str]] = {}
    for path, why in read.passed:
        passed.setdefault(why, []).append(path)
    text = "".join(f"golint-maps: read {line}\n" for line in lines)
    for why, paths in sorted(passed.items()):
        text += f"golint-maps: passed over {_first(paths)} ({why})\n"
    return text


def _first(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def statistics(outcome: Outcome) -> str:
    """Return a table of findings per rule and level, most frequent first: count, rule, level, name, and how many more are suppressed.

    The level is that of the findings, which a rule's own and the configuration's need not be. Empty without any.
    """
    standing: Counter[tuple[str, Level]] = Counter()
    suppressed: Counter[tuple[str, Level]] = Counter()
    for finding in outcome.findings:
        (standing if finding.suppressed is None else suppressed)[finding.rule, finding.level] += 1
    names = {rule.id: rule.name for rule in outcome.rules}
    rows = []
    for rule, level in sorted(standing.keys() | suppressed.keys(), key=lambda kind: (-standing[kind], kind[0], kind[1].rank)):
        hidden = suppressed[rule, level]
        rows.append((f"{standing[rule, level]:,}", rule, level.value, names.get(rule, ""), f"({hidden:,} suppressed)" if hidden else ""))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    lines = (f"{row[0]:>{widths[0]}}  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
