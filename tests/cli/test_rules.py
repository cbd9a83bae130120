from __future__ import annotations

import json
import re

import pytest

from golint_maps import registry
from golint_maps.cli.main import COMMANDS
from tests.cli.conftest import Call


def test_the_table_of_rules_has_a_line_for_each_rule(call: Call) -> None:
    rules = registry.load()
    lines = call("rules").out.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.id, rule.name] for rule in rules]


def test_the_json_table_says_all_that_is_known_of_a_rule(call: Call) -> None:
    rows = json.loads(call("rules", "--format", "json").out)
    assert [row["id"] for row in rows] == [rule.id for rule in registry.load()]
    assert rows[0] == {
        "id": "GM000",
        "name": "analysis-incomplete",
        "summary": "a file or package could not be analysed in full",
        "level": "note",
        "profile": "default",
        "precision": "very-high",
        "cwe": [],
        "tags": [],
        "fixes": [],
        "since": "0.1",
    }


def test_the_markdown_table_has_as_many_cells_in_every_line(call: Call) -> None:
    lines = call("rules", "--format", "markdown").out.splitlines()
    assert {line.replace(r"\|", "").count("|") for line in lines} == {8}


def test_the_tables_and_the_page_say_whether_a_rule_has_fixes(call: Call) -> None:
    lines = {line[:5]: line for line in call("rules").out.splitlines()}
    assert [re.split(r" {2,}", lines[id_])[4] for id_ in ("GM102", "GM203", "GM307")] == ["safe fix", "no fix", "unsafe fix"]
    rows = {row["id"]: row["fixes"] for row in json.loads(call("rules", "--format", "json").out)}
    assert (rows["GM102"], rows["GM203"]) == (["safe", "unsafe"], [])
    assert "| safe, unsafe |" in call("rules", "--format", "markdown").out
    assert " · safe and unsafe fixes · since" in call("explain", "GM102").out
    assert " · no fixes · since" in call("explain", "GM203").out


@pytest.mark.parametrize("name", ["GM000", "gm000", "analysis-incomplete"])
def test_a_rule_is_explained_by_id_or_name(call: Call, name: str) -> None:
    result = call("explain", name)
    assert result.status == 0
    assert result.out.startswith("# GM000: analysis-incomplete\n")
    assert "## Why it is a problem" in result.out


def test_a_family_is_explained_rule_by_rule(call: Call) -> None:
    assert [line.split(":")[0] for line in call("explain", "GM0").out.splitlines() if line.startswith("# ")] == ["# GM000", "# GM001"]


@pytest.mark.parametrize(("name", "family"), [("iteration", "GM1"), ("Concurrency", "GM2"), ("sync.Map", "GM5")])
def test_a_family_is_explained_by_its_name(call: Call, name: str, family: str) -> None:
    assert call("explain", name).out == call("explain", family).out != ""


def test_a_page_has_one_title_and_says_nothing_of_tests(call: Call) -> None:
    page = call("explain", "GM203").out
    assert [line for line in page.splitlines() if line.startswith("# ")] == ["# GM203: write-under-read-lock"]
    assert "\ts.known[n] = n * n\n" in page
    assert "// want" not in call("explain", "ALL").out


@pytest.mark.parametrize("width", [60, 100])
def test_pages_are_as_wide_as_the_terminal_and_say_the_same(call: Call, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    texts = call("explain", "ALL").out
    code = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
    long = [line for line in code.sub("", texts).splitlines() if len(line) > width and not line.startswith(("#", "|"))]
    assert [line for line in long if " " in line.strip("- ")] == []
    monkeypatch.setenv("COLUMNS", "120")
    assert texts.split() == call("explain", "ALL").out.split()
    for rule in registry.load():
        page = re.sub(r" // want \".*\"$", "", registry.page(rule) or "", flags=re.MULTILINE)
        assert code.findall(page) == code.findall(call("explain", rule.id).out)
        assert page.split("## What it finds")[1].split() == call("explain", rule.id).out.split("## What it finds")[1].split()


def test_an_unknown_rule_has_status_2_and_a_suggestion(call: Call) -> None:
    result = call("explain", "GM010")
    assert result.status == 2
    assert "did you mean" in result.err


def test_help_lists_the_commands_and_each_has_its_own(call: Call) -> None:
    text = call("--help").out
    for name in COMMANDS:
        assert name in text
        assert call(name, "--help").status == 0


def test_an_unknown_command_has_status_2(call: Call) -> None:
    result = call("chekc")
    assert result.status == 2
    assert "chekc" in result.err


@pytest.mark.parametrize("version", ["9.9", "2.0", "new"])
def test_explain_refuses_the_versions_of_go_that_check_refuses(call: Call, version: str) -> None:
    for arguments in (("explain", "GM301"), ("check",)):
        result = call(*arguments, "--go", version)
        assert result.status == 2
        assert f"--go: {version!r} is no Go version; write it as 1.24" in result.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("chekc", "did you mean `golint-maps check`?"),
        ("lint", "did you mean `golint-maps check`?"),
        ("baslines", "did you mean `golint-maps baseline`?"),
        ("./...", "did you mean `golint-maps check ./...`?"),
        ("frobnicate", "the commands are baseline, cache, check, explain, graph, rules"),
    ],
)
def test_an_unknown_command_gets_a_suggestion(call: Call, name: str, hint: str) -> None:
    result = call(name)
    assert result.status == 2
    assert f"there is no command {name!r}; {hint}" in result.err
