"""The line and the table at the end of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Totals
from golint_maps.report import statistics, summary_line
from golint_maps.report.wording import duration, title
from tests.report.samples import Tree, suppressed

AT = Location("a.go", 0, 0)
ERROR, WARNING, NOTE = (Finding(rule, level, "x", AT) for rule, level in (("GM201", Level.ERROR), ("GM103", Level.WARNING), ("GM105", Level.NOTE)))
TOTALS = Totals(41, 352, 104_660, 1.3)


def line(tmp_path: Path, *findings: Finding, fail_on: Level | None = Level.WARNING, totals: Totals = TOTALS) -> str:
    return summary_line(replace(Tree(tmp_path, {}).outcome(*findings), totals=totals), fail_on)


def test_the_summary_counts_by_level(tmp_path: Path) -> None:
    where = "in 41 packages (352 files, 104,660 lines) in 1.3 s"
    assert line(tmp_path, ERROR, ERROR, WARNING) == f"Found 2 errors and 1 warning {where}"
    assert line(tmp_path, ERROR, WARNING, NOTE, NOTE) == f"Found 1 error, 1 warning and 2 notes {where}"
    assert line(tmp_path) == f"No findings {where}"


def test_the_summary_uses_the_singular_for_one(tmp_path: Path) -> None:
    assert line(tmp_path, totals=Totals(1, 1, 1, 0.0)) == "No findings in 1 package (1 file, 1 line) in 0.00 s"


def test_the_summary_says_what_is_suppressed(tmp_path: Path) -> None:
    assert line(tmp_path, suppressed(ERROR), suppressed(ERROR)).endswith("in 1.3 s, 2 suppressed")


def test_the_summary_says_why_findings_do_not_fail_the_run(tmp_path: Path) -> None:
    assert line(tmp_path, NOTE).endswith("in 1.3 s (none fails the run: --fail-on warning)")
    assert line(tmp_path, ERROR, fail_on=None).endswith("(none fails the run: --fail-on never)")
    assert "--fail-on" not in line(tmp_path, NOTE, fail_on=Level.NOTE)


def test_statistics_list_rules_by_frequency(tmp_path: Path) -> None:
    findings = [ERROR] * 12 + [WARNING] * 2 + [suppressed(WARNING), suppressed(NOTE)]
    assert statistics(Tree(tmp_path, {}).outcome(*findings)) == (
        "12  GM201  error    unguarded-concurrent-write\n"
        " 2  GM103  warning  insert-during-range         (1 suppressed)\n"
        " 0  GM105  note     iteration-order-escapes     (1 suppressed)\n"
    )


def test_statistics_count_by_the_level_of_the_findings(tmp_path: Path) -> None:
    weak = replace(ERROR, level=Level.NOTE)
    assert statistics(Tree(tmp_path, {}).outcome(*[weak] * 3, ERROR, suppressed(weak))) == (
        "3  GM201  note   unguarded-concurrent-write  (1 suppressed)\n1  GM201  error  unguarded-concurrent-write\n"
    )


def test_statistics_of_nothing_are_empty(tmp_path: Path) -> None:
    assert statistics(Tree(tmp_path, {}).outcome()) == ""


@pytest.mark.parametrize(("seconds", "words"), [(0.042, "0.04 s"), (1.26, "1.3 s"), (59.97, "1 min 0 s"), (125.2, "2 min 5 s")])
def test_durations_are_as_exact_as_anyone_wants(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_title_is_the_first_sentence() -> None:
    assert title("m.x is written. It races.") == ("m.x is written.", "It races.")
    assert title("see e.g. the loop in v1.2") == ("see e.g. the loop in v1.2", "")
