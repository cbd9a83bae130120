from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import click
import pytest

from golint_maps.cli.check import command as check
from golint_maps.cli.sections import SECTIONS
from golint_maps.findings import Edit, Finding, Fix, Level, Location, Safety
from golint_maps.outcome import Notice
from golint_maps.rule import Profile
from golint_maps.source import PatternError
from tests.cli.conftest import SOURCE, Call, FakeEngine, finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from golint_maps.settings import Settings


def test_without_findings_the_status_is_0_and_stdout_is_empty(engine: FakeEngine, call: Call) -> None:
    result = call("check")
    assert (result.status, result.out) == (0, "")
    assert "No findings" in result.err


def test_patterns_default_to_everything_below_here(engine: FakeEngine, call: Call) -> None:
    call("check")
    call("check", "a.go", "b/...")
    assert [patterns for _, patterns in engine.calls] == [("./...",), ("a.go", "b/...")]


@pytest.mark.parametrize(
    ("level", "fail_on", "status"),
    [
        (Level.ERROR, "error", 1),
        (Level.WARNING, "error", 0),
        (Level.WARNING, "warning", 1),
        (Level.NOTE, "warning", 0),
        (Level.NOTE, "note", 1),
        (Level.ERROR, "never", 0),
    ],
)
def test_findings_at_or_above_fail_on_fail_the_run(engine: FakeEngine, call: Call, level: Level, fail_on: str, status: int) -> None:
    engine.findings = (finding(level=level),)
    assert call("check", "--fail-on", fail_on).status == status


def test_suppressed_findings_do_not_fail_the_run_and_are_shown_on_request(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(suppressed="why"),)
    assert (call("check").status, call("check").out) == (0, "")
    shown = call("check", "--show-suppressed")
    assert shown.status == 0
    assert "hits is written" in shown.out


def test_stdout_carries_the_report_and_stderr_the_rest(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(),)
    result = call("check", "--statistics")
    assert result.out.startswith("p.go:6:2: ")
    assert "Found 1 error" in result.err
    assert "analysis-incomplete" in result.err
    assert len(result.out.splitlines()) == 1


def test_quiet_leaves_stderr_empty(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(),)
    assert call("check", "-q").err == ""
    assert call("check", "-q", "--statistics").err == "1  GM000  error  analysis-incomplete\n"


def test_one_run_writes_several_reports(engine: FakeEngine, call: Call, here: Path) -> None:
    engine.findings = (finding(),)
    result = call("check", "-o", "sarif:out.sarif", "--output", "json:out.json", "--format", "concise")
    assert result.out.startswith("p.go:6:2: ")
    assert json.loads((here / "out.sarif").read_text())["version"] == "2.1.0"
    json.loads((here / "out.json").read_text())
    assert len(engine.calls) == 1


@pytest.mark.parametrize("output", ["out.jsonl", "jsonl:out.jsonl", "jsonl:out.txt"])
def test_an_output_is_one_more_report_beside_that_on_stdout(engine: FakeEngine, call: Call, here: Path, output: str) -> None:
    engine.findings = (finding(),)
    assert call("check", "-o", output).out.startswith("p.go:6:2: ")
    json.loads((here / output.removeprefix("jsonl:")).read_text().splitlines()[0])


def test_an_output_to_a_dash_is_the_report_on_stdout(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(),)
    assert len(call("check", "-o", "jsonl:-").out.splitlines()) == 1


def test_the_suffix_of_a_plain_output_file_tells_its_format(engine: FakeEngine, call: Call, here: Path) -> None:
    call("check", "-o", "out.sarif")
    assert "runs" in json.loads((here / "out.sarif").read_text())


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("sarf:x.sarif", "there is no format 'sarf'; did you mean sarif? (a file of that name is ./sarf:x.sarif)"),
        ("html:x.html", "there is no format 'html'; the formats are full, concise, json, jsonl, sarif, github, gitlab, junit"),
        ("report.html", "no format goes with .html; the suffixes are .txt (concise), .sarif (sarif), .json (json)"),
        ("x.bin", "no format goes with .bin"),
    ],
)
def test_an_unknown_format_or_suffix_of_an_output_is_refused(engine: FakeEngine, call: Call, here: Path, output: str, message: str) -> None:
    result = call("check", "-o", output)
    assert result.status == 2
    assert message in result.err
    assert engine.calls == []
    assert [path.name for path in here.iterdir()] == ["p.go"]


@pytest.mark.parametrize("name", ["./sarf:x.json", "c:x.json", "2024-01-01T10:00.json", "report", "x.txt", "x.sarif.json"])
def test_paths_with_a_colon_and_files_without_a_suffix_are_files(engine: FakeEngine, call: Call, here: Path, name: str) -> None:
    assert call("check", "-o", name).status == 0
    assert (here / name).is_file()


def test_format_names_what_a_suffix_does_not(engine: FakeEngine, call: Call, here: Path) -> None:
    assert call("check", "-o", "x.bin", "--format", "json").status == 0
    json.loads((here / "x.bin").read_text())


@pytest.mark.parametrize("arguments", [("-o", "sarif:-", "-o", "json:-"), ("-o", "sarif:a", "-o", "json:a"), ("-o", "sarif:")])
def test_two_reports_in_one_place_or_one_in_none_are_refused(engine: FakeEngine, call: Call, arguments: tuple[str, ...]) -> None:
    assert call("check", *arguments).status == 2
    assert engine.calls == []


@pytest.mark.parametrize(
    ("name", "why"), [("nowhere/out.json", "No such file or directory"), ("folder", "Is a directory"), ("p.go/x", "Not a direct")]
)
def test_a_file_that_cannot_be_written_is_told_before_the_analysis(engine: FakeEngine, call: Call, here: Path, name: str, why: str) -> None:
    (here / "folder").mkdir()
    result = call("check", "-o", f"json:{name}")
    assert (result.status, engine.calls) == (2, [])
    assert f"cannot write {name}: {why}" in result.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_report_that_cannot_be_written_takes_no_other_one_with_it(engine: FakeEngine, call: Call, here: Path) -> None:
    engine.findings = (finding(),)
    result = call("check", "-o", "json:/dev/full", "-o", "sarif:out.sarif")
    assert result.status == 2
    assert "Error: cannot write /dev/full: No space left on device\n" in result.err
    assert "Found 1 error" in result.err
    assert result.out.startswith("p.go:6:2: ")
    assert "runs" in json.loads((here / "out.sarif").read_text())


def test_options_reach_the_engine_as_settings(engine: FakeEngine, call: Call) -> None:
    call("check", "--select", "GM000,GM001", "--profile", "strict", "--go", "1.23", "--tags", "a,b", "--no-tests", "-j", "3", "--no-cache")
    settings, _ = engine.calls[0]
    assert (settings.select, settings.profile, settings.go, settings.tags) == (("GM000", "GM001"), Profile.STRICT, (1, 23), ("a", "b"))
    assert (settings.tests, settings.jobs, settings.cache) == (False, 3, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--select", "GM999"), "no rule is named `GM999`"),
        (("--select", ""), "no rule is named; leave the option out to run the rules of the profile"),
        (("--select", " , "), "no rule is named; leave the option out"),
        (("--ignore", "analysis-incomplet"), "did you mean `analysis-incomplete`?"),
        (("--go", "latest"), "'latest' is no Go version"),
        (("--format", "yaml"), "'yaml' is not one of"),
        (("--baseline", "none.json"), "none.json: No such file or directory"),
        (("--unsafe-fixes",), "does nothing without --fix or --diff"),
        (("--nonsense",), "No such option"),
        (("--jobs", "-1"), "-1"),
        (("--rules-dir", "nowhere"), "nowhere: no such folder"),
    ],
)
def test_a_wrong_call_has_status_2_and_says_what_is_wrong(engine: FakeEngine, call: Call, arguments: tuple[str, ...], message: str) -> None:
    result = call("check", *arguments)
    assert (result.status, result.out) == (2, "")
    assert message in result.err
    assert engine.calls == []


def test_a_wrong_configuration_has_status_2_and_names_file_and_line(engine: FakeEngine, call: Call, here: Path) -> None:
    (here / ".golint-maps.toml").write_text('\nselekt = ["GM1"]\n')
    result = call("check")
    assert result.status == 2
    assert ".golint-maps.toml:2: unknown key `selekt`; did you mean `select`?" in result.err


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ('\nignore = ["GM9"]\n', (), "/.golint-maps.toml:2: ignore: no rule is named `GM9`"),
        ('level = { GM9 = "note" }\n', ("--ignore", "GM0"), "/.golint-maps.toml:1: level: no rule is named `GM9`"),
        ('\n[[overrides]]\npaths = ["x"]\nselect = ["GM9"]\n', (), "/.golint-maps.toml:2: overrides: no rule is named `GM9`"),
        ('ignore = ["GM0"]\n', ("--ignore", "GM9"), "/.golint-maps.toml:1, command line: ignore: no rule is named `GM9`"),
        ("", ("--extend-select", "GM9"), "Error: --extend-select: no rule is named `GM9`"),
        ("", ("--go", "2.0"), "Error: --go: '2.0' is no Go version"),
    ],
)
def test_a_mistake_names_its_key_or_option(engine: FakeEngine, call: Call, here: Path, text: str, arguments: tuple[str, ...], message: str) -> None:
    (here / ".golint-maps.toml").write_text(text)
    assert message in call("check", *arguments).err


def test_a_pattern_that_names_nothing_has_status_2(engine: FakeEngine, call: Call) -> None:
    engine.error = PatternError("nowhere/...", "no such directory")
    result = call("check", "nowhere/...")
    assert result.status == 2
    assert "nowhere/..." in result.err


def test_show_settings_prints_what_holds_and_analyses_nothing(engine: FakeEngine, call: Call, here: Path) -> None:
    (here / ".golint-maps.toml").write_text("jobs = 3\n")
    result = call("check", "--show-settings", "--go", "1.22")
    assert result.status == 0
    assert f"{here}/.golint-maps.toml:1" in result.out
    assert 'go = "1.22"' in result.out
    assert engine.calls == []


def test_configurations_of_single_targets_that_do_not_hold_for_all_are_told(engine: FakeEngine, call: Call, here: Path) -> None:
    for name in ("a", "b"):
        (here / name).mkdir()
        (here / name / ".golint-maps.toml").write_text('fail-on = "never"\n')
    told = "golint-maps: a run has one configuration, and none is above all targets; not read: "
    assert f"{told}a/.golint-maps.toml, b/.golint-maps.toml\n" in call("check", "a", "b").err
    assert call("check", "-q", "a", "b").err == ""
    for alone in (("a",), ("a", "b", "--config", "a/.golint-maps.toml")):
        assert "one configuration" not in call("check", *alone).err
    (here / ".golint-maps.toml").touch()
    assert "one configuration, here .golint-maps.toml; not read: a/.golint-maps.toml, b/" in call("check", "a", "b").err


def test_an_internal_error_has_status_3_and_no_traceback(engine: FakeEngine, call: Call) -> None:
    engine.error = KeyError("x")
    result = call("check")
    assert result.status == 3
    assert "internal error: KeyError" in result.err
    assert "/issues" in result.err
    assert "Traceback" not in result.err


def test_the_traceback_of_an_internal_error_can_be_asked_for(engine: FakeEngine, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLINT_MAPS_TRACEBACK", "1")
    engine.error = KeyError("x")
    assert "Traceback" in call("check").err


def test_a_failure_in_one_file_has_status_3_and_the_others_are_reported(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(),)
    engine.notices = (Notice("q.go", "could not be analysed", internal=True, detail="Traceback …"),)
    result = call("check")
    assert result.status == 3
    assert "hits is written" in result.out
    assert "q.go could not be analysed" in result.err
    assert "Traceback" not in result.err
    assert "Traceback" in call("check", "-v").err


def test_an_interrupt_is_quiet_with_status_130(engine: FakeEngine, call: Call) -> None:
    engine.error = KeyboardInterrupt()
    result = call("check")
    assert (result.status, result.out, result.err.strip()) == (130, "", "")


def test_colours_come_from_the_option_then_the_environment(engine: FakeEngine, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.findings = (finding(),)
    assert "\x1b[" not in call("check", "--format", "full").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in call("check", "--format", "full").out
    assert "\x1b[" not in call("check", "--format", "full", "--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in call("check", "--format", "full").out
    assert "\x1b[" in call("check", "--format", "full", "--color", "always").out


# --- baseline and changed lines ----------------------------------------------------------------------------------------


def test_a_baseline_hides_what_it_accepts_and_tells_what_is_stale(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding("GM201"), finding("GM202"))
    written = call("baseline", "write")
    assert written.status == 0
    assert "`golint-maps check --baseline .golint-maps-baseline.json` leaves them out" in written.err
    assert call("check", "--baseline", ".golint-maps-baseline.json").status == 0
    engine.findings = (finding("GM201"), finding("GM203"))
    result = call("check", "--baseline", ".golint-maps-baseline.json", "--format", "concise")
    assert result.status == 1
    assert [line.count("GM203") for line in result.out.splitlines()] == [1]
    assert "accepts 1 finding that is gone; `golint-maps baseline update` forgets it\n" in result.err


def test_a_baseline_is_shown_and_updated(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding("GM201"), finding("GM202"))
    call("baseline", "write", "--file", "b.json")
    assert [line.split()[:2] for line in call("baseline", "show", "--file", "b.json").out.splitlines()] == [["1", "GM201"], ["1", "GM202"]]
    engine.findings = (finding("GM202"), finding("GM203"))
    call("baseline", "update", "--file", "b.json")
    assert [line.split()[1] for line in call("baseline", "show", "--file", "b.json").out.splitlines()] == ["GM202"]


def test_a_baseline_is_written_quietly_and_tells_what_could_not_be_analysed(engine: FakeEngine, call: Call) -> None:
    assert call("baseline", "write").err == ".golint-maps-baseline.json accepts 0 findings\n"
    for verb in ("write", "update"):
        assert call("baseline", verb, "-q").err == ""
    engine.notices = (Notice("q.go", "could not be analysed", internal=True),)
    for verb in ("write", "update"):
        result = call("baseline", verb)
        assert result.status == 3
        assert "golint-maps: q.go could not be analysed\n" in result.err


def test_the_baseline_of_the_configuration_holds(engine: FakeEngine, call: Call, here: Path) -> None:
    (here / ".golint-maps.toml").write_text('baseline = "accepted.json"\n')
    engine.findings = (finding("GM201"),)
    assert call("check").status == 2
    assert "leaves them out" not in call("baseline", "write").err
    assert (here / "accepted.json").is_file()
    assert call("check").status == 0


def test_new_from_reports_changed_lines_only(engine: FakeEngine, call: Call, here: Path) -> None:
    (here / "p.go").write_text(SOURCE.replace("hits[k]++", "return"))
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *arguments], cwd=here, check=True)
    (here / "p.go").write_text(SOURCE)
    engine.findings = (finding("GM201"), finding("GM401", text="hits = map"))
    result = call("check", "--new-from", "HEAD")
    assert "GM201" in result.out
    assert "GM401" not in result.out


def test_new_from_outside_of_a_repository_has_status_2(engine: FakeEngine, call: Call) -> None:
    result = call("check", "--new-from", "HEAD")
    assert result.status == 2
    assert "not a git repository" in result.err


# --- fixes -------------------------------------------------------------------------------------------------------------


def mended(safety: Safety = Safety.SAFE, old: str = "hits[k]++", new: str = "hits[k] += 1") -> Finding:
    start = SOURCE.index(old)
    return finding(text=old, fixes=(Fix("mend", (Edit(Location("p.go", start, start + len(old)), new),), safety),))


def until_mended(here: Path, found: Finding) -> Callable[[Settings], tuple[Finding, ...]]:
    return lambda settings: (found,) if (here / "p.go").read_text() == SOURCE else ()


def test_fix_applies_safe_fixes_and_reports_what_is_left(engine: FakeEngine, call: Call, here: Path) -> None:
    engine.look = until_mended(here, mended())
    result = call("check", "--fix")
    assert (result.status, result.out) == (0, "")
    assert (here / "p.go").read_text() == SOURCE.replace("hits[k]++", "hits[k] += 1")
    assert "Fixed 1 file" in result.err


def test_unsafe_fixes_need_their_own_option(engine: FakeEngine, call: Call, here: Path) -> None:
    engine.look = until_mended(here, mended(Safety.UNSAFE))
    assert call("check", "--fix").status == 1
    assert (here / "p.go").read_text() == SOURCE
    assert call("check", "--fix", "--unsafe-fixes").status == 0
    assert (here / "p.go").read_text() != SOURCE


@pytest.mark.parametrize("options", [("--diff",), ("--fix", "--diff")])
def test_diff_prints_the_fixes_and_changes_nothing(engine: FakeEngine, call: Call, here: Path, options: tuple[str, ...]) -> None:
    engine.findings = (mended(),)
    result = call("check", *options)
    assert result.status == 1
    assert "-\thits[k]++\n+\thits[k] += 1\n" in result.out
    assert (here / "p.go").read_text() == SOURCE


@pytest.mark.parametrize("beside", [("-o", "json:x.json"), ("-o", "x.json"), ("--format", "json"), ("--statistics",)])
def test_diff_prints_no_report_and_refuses_to_be_asked_for_one(engine: FakeEngine, call: Call, here: Path, beside: tuple[str, ...]) -> None:
    result = call("check", "--diff", *beside)
    assert (result.status, result.out, engine.calls) == (2, "", [])
    assert "does nothing with --diff, which prints the changes and no report" in result.err
    assert not (here / "x.json").exists()


def test_the_status_of_diff_is_that_of_its_changes(engine: FakeEngine, call: Call) -> None:
    engine.findings = (finding(),)
    assert call("check", "--diff").status == 0
    engine.findings = (mended(),)
    assert call("check", "--diff", "--fail-on", "never").status == 1
    engine.notices = (Notice("q.go", "could not be analysed", internal=True),)
    result = call("check", "--diff")
    assert result.status == 3
    assert "q.go could not be analysed" in result.err


@pytest.mark.parametrize("options", [("--diff",), ("--fix",)])
def test_that_there_is_nothing_to_fix_is_said_and_what_unsafe_fixes_would_add(engine: FakeEngine, call: Call, options: tuple[str, ...]) -> None:
    assert "No fix can be made\n" in call("check", *options).err
    engine.findings = (mended(Safety.UNSAFE),)
    result = call("check", *options)
    assert "No fix can be made; --unsafe-fixes has 1 fix that" in result.err
    assert "No fix" not in call("check", *options, "--quiet").err


def test_a_fix_whose_result_would_not_parse_is_not_applied(engine: FakeEngine, call: Call, here: Path) -> None:
    engine.findings = (mended(new="hits[k"),)
    result = call("check", "--fix")
    assert result.status == 1
    assert "p.go is not fixed" in result.err
    assert (here / "p.go").read_text() == SOURCE


def test_fixes_that_undo_each_other_come_to_an_end(engine: FakeEngine, call: Call, here: Path) -> None:
    def look(settings: Settings) -> tuple[Finding, ...]:
        text = (here / "p.go").read_text()
        old, new = ("hits[k]++", "hits[k]--") if "++" in text else ("hits[k]--", "hits[k]++")
        return (finding(fixes=(Fix("turn", (Edit(Location("p.go", text.index(old), text.index(old) + len(old)), new),), Safety.SAFE),)),)

    engine.look = look
    assert call("check", "--fix").status == 1
    assert len(engine.calls) < 20


def test_the_options_stand_in_sections_each_of_them_once(call: Call) -> None:
    text = call("check", "--help").out.partition("Exit status:")[0]
    sections = re.findall(r"^(\S.*):\n((?: +.*\n)+)", text, re.MULTILINE)
    assert [title for title, _ in sections if title in SECTIONS] == list(SECTIONS)
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted({*(str(each.name) for each in check.params if isinstance(each, click.Option)), "help"})
    shown = re.findall(r"--?[a-z][\w-]*", " ".join(re.findall(r"^  (-.*?)(?:  |$)", text, re.MULTILINE)))
    known = [option for each in check.params if isinstance(each, click.Option) for option in (*each.opts, *each.secondary_opts)]
    assert sorted(shown) == sorted([*known, "-h", "--help"])


def test_help_has_the_exit_statuses_and_examples(call: Call) -> None:
    text = call("check", "--help").out
    assert re.findall(r"^ +(\d)  ", text[text.index("Exit status:") :], re.MULTILINE) == ["0", "1", "2", "3"]
    assert text.count("golint-maps check ") >= 3
