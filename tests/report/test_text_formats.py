"""`concise`, `json`, `jsonl`, and what is common to all formats."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Notice, Outcome
from golint_maps.report import FORMATS, RenderOptions, render
from tests.report.samples import Tree, store, suppressed

OPTIONS = RenderOptions(version="0.1.0")


def test_concise_is_one_line_for_each_finding(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    assert render("concise", tree.outcome(race, replace(insert, message="added\nhere")), OPTIONS) == (
        "store/store.go:19:4: GM201 s.items is deleted from without s.mu while Double writes it.\nstore/store.go:26:3: GM103 added\\nhere\n"
    )


def test_concise_colours_a_rule_by_the_level_of_its_finding(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "package p\n"})
    found = tree.outcome(*(Finding("GM201", level, "x", Location("a.go", 0, 1)) for level in (Level.ERROR, Level.NOTE)))
    red, cyan = render("concise", found, replace(OPTIONS, color=True)).splitlines()
    assert red == "a.go:1:1: \x1b[1;31mGM201\x1b[0m x"
    assert cyan == "a.go:1:1: \x1b[1;36mGM201\x1b[0m x"


def test_concise_columns_count_characters(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"ü.go": "/* 😀é */ m[k] = v\n"})
    at = tree.at("ü.go", "m[k]")
    assert render("concise", tree.outcome(Finding("GM103", Level.NOTE, "x", at)), OPTIONS) == "ü.go:1:10: GM103 x\n"


def test_json_names_every_field_of_a_finding(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    document = json.loads(render("json", tree.outcome(race, insert, notices=(Notice("x.go", "cut short", 7),)), OPTIONS))
    assert list(document) == ["version", "tool", "findings", "notices", "totals"]
    first, second = document["findings"]
    assert list(first) == [
        *("rule", "name", "level", "message", "path", "start", "end", "map", "function", "package"),
        *("help", "traces", "related", "fixes", "fingerprint", "suppressed"),
    ]
    assert (first["path"], first["start"], first["end"]) == ("store/store.go", {"line": 19, "column": 4}, {"line": 19, "column": 22})
    assert [len(trace["steps"]) for trace in first["traces"]] == [2, 1]
    assert second["fixes"][0]["safety"] == "unsafe"
    assert document["notices"] == [{"path": "x.go", "line": 7, "message": "cut short", "internal": False}]
    assert document["totals"] == {"packages": 1, "files": 1, "lines": 28, "errors": 1, "warnings": 1, "notes": 0, "suppressed": 0}


def test_jsonl_has_the_findings_of_json_one_on_a_line(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    outcome = tree.outcome(race, insert)
    lines = render("jsonl", outcome, OPTIONS).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(render("json", outcome, OPTIONS))["findings"]


def test_suppressing_one_finding_does_not_rename_the_next(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    both = [json.loads(line)["fingerprint"] for line in render("jsonl", tree.outcome(insert, insert), OPTIONS).splitlines()]
    (left,) = render("jsonl", tree.outcome(suppressed(insert), insert), OPTIONS).splitlines()
    assert json.loads(left)["fingerprint"] == both[1]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_names_and_sources_that_are_no_utf8(format: str, tmp_path: Path) -> None:
    name = b"b\xffd \xe2\x80\xa8.go".decode(errors="surrogateescape")
    tree = Tree(tmp_path, {name: b"\xef\xbb\xbf\xff m[k] = v\r\n"})
    finding = Finding("GM103", Level.ERROR, f"in {name}\x00", Location(name, 5, 9), map=name, function=name, package=name)
    text = render(format, tree.outcome(finding, notices=(Notice(name, name),)), OPTIONS)
    assert text.encode()
    assert text.endswith("\n")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_files_that_changed_after_the_analysis(format: str, tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    outcome = tree.outcome(race, insert)
    for data in (b"", b"package"):
        (tmp_path / "store/store.go").write_bytes(data)
        assert "GM201" in render(format, outcome, OPTIONS)
    (tmp_path / "store/store.go").unlink()
    assert "GM201" in render(format, outcome, OPTIONS)


@pytest.mark.parametrize("format", FORMATS)
def test_equal_outcomes_give_equal_bytes_without_machine_paths_or_times(format: str, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, insert, race = store(tmp_path / "one")
    second, _, _ = store(tmp_path / "two")
    slower = replace(second.outcome(race, insert), totals=replace(second.outcome().totals, seconds=99.0))
    text = render(format, first.outcome(race, insert), OPTIONS)
    assert text == render(format, slower, OPTIONS)
    assert str(tmp_path) not in text


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_found_is_a_valid_report(format: str, tmp_path: Path) -> None:
    text = render(format, Tree(tmp_path, {}).outcome(), OPTIONS)
    if format in {"json", "gitlab", "sarif"}:
        json.loads(text)
    assert not text or text.endswith("\n")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="known are full, concise"):
        render("yaml", Outcome(tmp_path, (), (), Tree(tmp_path, {}).outcome().totals, ()), OPTIONS)


def test_text_reports_load_neither_the_sarif_model_nor_rich_nor_networkx() -> None:
    heavy = "{'rich', 'sarif_om', 'attr', 'networkx', 'golint_maps.report.sarif'}"
    code = f"import sys, golint_maps.report.full, golint_maps.report.concise; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.stdout == "set()\n"
