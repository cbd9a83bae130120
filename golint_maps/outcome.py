"""The outcome of one run: what the engine hands to the reports and to the exit status."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from golint_maps.findings import Finding
from golint_maps.rule import Rule


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of one run. `seconds` is wall time; it appears on stderr only, never in a report."""

    packages: int
    files: int
    lines: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run has read, for `-v`.

    `modules` are paths with the version of Go that each asks for, or nothing. Of the files, `tests`, `generated`, `others` (those that the build
    `configuration` leaves out, which are read in another one) and `aside` (read for the sake of their packages alone) are numbers. `passed` are
    the paths that were not read, with the reason.
    """

    modules: tuple[tuple[str, str], ...] = ()
    configuration: str = ""
    tests: int = 0
    generated: int = 0
    others: int = 0
    aside: int = 0
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that kept a file or package from being analysed in full.

    `path` is relative to the root, or empty when no file is to blame. `message` goes on where "path" leaves off: `cannot be read: …`.
    `internal` marks a fault of golint-maps itself (exit status 3); `detail` is its traceback, for `-v`.
    """

    path: str
    message: str
    line: int = 1
    internal: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run has looked at in full. What was accepted there and is not found is gone; of everything else the run can say nothing.

    `rules` are ids, `packages` import paths, `files` paths for what belongs to no package. `trees` are folders below which everything was looked
    at, and `modules` are module paths with their folders: they tell of packages that are not there any more.
    """

    rules: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    trees: tuple[Path, ...] = ()
    modules: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings of one run, sorted, with levels, selection and suppression applied.

    Suppressed findings are included (`Finding.suppressed` is not None); reports leave them out unless they are asked for. Each notice has its
    GM000 finding as well. `rules` are all rules that ran, in id order, with GM000 and GM001. `scope` is what the findings are all findings of. What
    `reading` says is for people only.
    """

    root: Path
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    totals: Totals
    rules: tuple[Rule, ...]
    scope: Scope = Scope()
    reading: Reading = field(default_factory=Reading, compare=False)
