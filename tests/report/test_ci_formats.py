"""`github`, `gitlab`, `junit`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from golint_maps.findings import Finding, Level, Location
from golint_maps.report import RenderOptions, render
from tests.report.samples import Tree, store, suppressed


def test_github_commands_come_worst_first_with_their_place(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    first, second = render("github", tree.outcome(insert, race), RenderOptions()).splitlines()
    assert first == (
        "::error title=GM201 unguarded-concurrent-write,file=store/store.go,line=19,col=4,endLine=19,endColumn=22"
        "::store/store.go:19:4: GM201 s.items is deleted from without s.mu while Double writes it."
    )
    assert second.startswith("::warning title=GM103 insert-during-range,file=store/store.go,line=26,")


def test_github_commands_escape_what_would_end_them(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a,b:c.go": "m\n"})
    text = render("github", tree.outcome(Finding("GM105", Level.NOTE, "100%\n::error::", Location("a,b:c.go", 0, 1))), RenderOptions())
    assert text.startswith("::notice title=GM105 iteration-order-escapes,file=a%2Cb%3Ac.go,line=1,")
    assert text.endswith(": GM105 100%25\\n::error::\n")
    assert text.count("\n") == 1


def test_paths_are_relative_to_the_source_root(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path / "services" / "api")
    options = RenderOptions(source_root=tmp_path)
    assert "file=services/api/store/store.go," in render("github", tree.outcome(insert), options)
    assert json.loads(render("gitlab", tree.outcome(insert), options))[0]["location"]["path"] == "services/api/store/store.go"
    elsewhere = RenderOptions(source_root=tmp_path / "other")
    assert "file=store/store.go," in render("github", tree.outcome(insert), elsewhere)


def test_gitlab_issues_have_what_gitlab_requires(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    issues = json.loads(render("gitlab", tree.outcome(race, insert, insert), RenderOptions()))
    assert issues[0] == {
        "description": "GM201: s.items is deleted from without s.mu while Double writes it.",
        "check_name": "GM201",
        "fingerprint": issues[0]["fingerprint"],
        "severity": "critical",
        "location": {"path": "store/store.go", "lines": {"begin": 19}},
    }
    assert len({issue["fingerprint"] for issue in issues}) == 3


def test_a_finding_about_no_file_still_has_a_path_for_gitlab(tmp_path: Path) -> None:
    (issue,) = json.loads(render("gitlab", Tree(tmp_path, {}).outcome(Finding("GM000", Level.NOTE, "x", Location("", 0, 0))), RenderOptions()))
    assert issue["location"] == {"path": ".", "lines": {"begin": 1}}


def test_junit_has_a_failed_case_for_each_finding_and_a_skipped_one_for_a_suppressed(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    strange = replace(race, message='<b> & "x" \x00\x1b')
    suites = ET.fromstring(render("junit", tree.outcome(strange, suppressed(insert)), RenderOptions(show_suppressed=True)))
    assert suites.attrib == {"name": "golint-maps", "tests": "2", "failures": "1", "skipped": "1"}
    (suite,) = suites
    failed, skipped = suite
    assert failed.attrib["name"] == "GM201 at line 19"
    assert failed[0].attrib == {"type": "error", "message": '<b> & "x" \\x00\\x1b'}
    assert skipped[0].attrib == {"message": "known"}


def test_junit_without_findings_has_a_passed_case(tmp_path: Path) -> None:
    suites = ET.fromstring(render("junit", Tree(tmp_path, {}).outcome(), RenderOptions()))
    assert suites.attrib["failures"] == "0"
    assert [len(case) for case in suites.iter("testcase")] == [0]
