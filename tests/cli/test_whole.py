"""The command line over the real engine: one small module, start to end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Call

SOURCE = """\
package p

func Grow(m map[string]int) {
	for k, v := range m {
		m[k+"x"] = v
	}
}

func Drop(m map[string]int) {
	for k := range m {
		delete(m, k)
	}
}
"""
INSERT, DELETE = 'm[k+"x"] = v', "delete(m, k)"


@pytest.fixture
def module(here: Path) -> Path:
    (here / "go.mod").write_text("module example.com/p\n\ngo 1.24\n")
    (here / "p.go").write_text(SOURCE)
    return here


def found(call: Call, *arguments: str) -> list[tuple[str, str, int]]:
    """Rule, path and line of what `check` finds."""
    run = json.loads(call("check", "--format", "sarif", *arguments).out)["runs"][0]
    places = [(result["ruleId"], result["locations"][0]["physicalLocation"]) for result in run["results"]]
    return [(rule, place["artifactLocation"]["uri"], place["region"]["startLine"]) for rule, place in places]


def test_a_finding_is_reported_at_its_line_and_fails_the_run(module: Path, call: Call) -> None:
    assert found(call, "--select", "GM103") == [("GM103", "p.go", 5)]
    assert call("check", "--select", "GM103").status == 1


def test_sarif_links_a_rule_to_its_page(module: Path, call: Call) -> None:
    rules = json.loads(call("check", "--format", "sarif", "--select", "GM103").out)["runs"][0]["tool"]["driver"]["rules"]
    pages = {rule["id"]: rule["helpUri"] for rule in rules}
    assert pages["GM103"] == "https://github.com/golint-maps/golint-maps/blob/main/rules/iteration/gm103_insert_during_range.md"


def test_a_second_run_from_the_cache_finds_the_same(module: Path, call: Call) -> None:
    arguments = ("check", "--format", "json", "--profile", "strict", "--cache-dir", str(module / "cache"))
    assert call(*arguments).out == call(*arguments).out


def test_selectors_and_overrides_decide_what_runs(module: Path, call: Call) -> None:
    assert found(call, "--select", "insert-during-range") == [("GM103", "p.go", 5)]
    assert found(call, "--ignore", "GM103", "--extend-select", "GM102") == [("GM102", "p.go", 11)]
    (module / ".golint-maps.toml").write_text('[[overrides]]\npaths = ["/p.go"]\nignore = ["GM1"]\n')
    assert found(call) == []


def test_a_directive_suppresses_and_an_idle_one_is_reported(module: Path, call: Call) -> None:
    (module / "p.go").write_text(SOURCE.replace(INSERT, f"{INSERT} //nolint:GM103 // why").replace(DELETE, f"{DELETE} //nolint:GM101 // why"))
    assert found(call) == []
    assert found(call, "--show-suppressed") == [("GM103", "p.go", 5)]
    assert ("GM001", "p.go", 11) in found(call, "--profile", "strict")


def test_fixes_are_applied_until_nothing_is_left_to_fix(module: Path, call: Call) -> None:
    assert call("check", "--select", "GM102", "--fix", "--fail-on", "note").status == 0
    assert "\tclear(m)\n" in (module / "p.go").read_text()
    assert call("check", "--select", "GM102", "--diff").out == ""


def test_a_file_that_does_not_parse_is_said_in_the_report_and_the_rest_is_analysed(module: Path, call: Call) -> None:
    (module / "broken.go").write_text("package p\n\nfunc Broken() {\n\tif {{{\n")
    rules = {(rule, path) for rule, path, _ in found(call)}
    assert {("GM000", "broken.go"), ("GM103", "p.go")} <= rules


def test_a_pattern_that_names_nothing_has_status_2(module: Path, call: Call) -> None:
    result = call("check", "./nowhere/...")
    assert (result.status, result.out) == (2, "")
    assert "nowhere" in result.err


def test_only_findings_of_the_change_are_reported(module: Path, call: Call) -> None:
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *arguments], cwd=module, check=True)
    assert found(call, "--new-from", "HEAD") == []
    (module / "p.go").write_text(SOURCE.replace('k+"x"', 'k+"y"'))
    assert found(call, "--new-from", "HEAD") == [("GM103", "p.go", 5)]
    (module / "q.go").write_text(SOURCE.replace("Grow", "Grow2").replace("Drop", "Drop2"))
    assert found(call, "--new-from", "HEAD") == [("GM103", "p.go", 5), ("GM103", "q.go", 5)]


def test_a_map_that_another_package_fills_is_reported_where_it_is_declared_unless_a_package_empties_it(module: Path, call: Call) -> None:
    state = "package state\n\nvar Jobs = map[string]*int{}\n\ntype Registry struct{ Items map[string]*int }\n\nvar Global = &Registry{}\n"
    api = 'package api\n\nimport "example.com/p/state"\n\nfunc Put(k string) {\n\tstate.Jobs[k] = nil\n\tstate.Global.Items[k] = nil\n}\n'
    for name, text in (("state", state), ("api", api)):
        (module / name).mkdir()
        (module / name / f"{name}.go").write_text(text)
    assert found(call, "--select", "GM401", "./...") == [("GM401", "state/state.go", 3), ("GM401", "state/state.go", 5)]
    (module / "api/drop.go").write_text(
        'package api\n\nimport s "example.com/p/state"\n\nfunc Drop(k string) { delete(s.Jobs, k); s.Global.Items = nil }\n'
    )
    assert found(call, "--select", "GM401", "./...") == []


def accepted(call: Call) -> list[str]:
    return [" ".join(line.split()[1:3]) for line in call("baseline", "show").out.splitlines()]


def test_an_update_forgets_only_what_it_has_looked_at(module: Path, call: Call) -> None:
    for name in ("a", "b"):
        (module / name).mkdir()
        (module / name / "a.go").write_text(SOURCE.replace("package p", f"package {name}"))
        (module / name / "b.go").write_text(f"package {name}\n")
    call("baseline", "write", "--select", "GM102,GM103", "./a", "./b")
    every = ["GM102 example.com/p/a", "GM102 example.com/p/b", "GM103 example.com/p/a", "GM103 example.com/p/b"]
    assert accepted(call) == every
    for name in ("a", "b"):
        (module / name / "a.go").write_text(f"package {name}\n")
    for narrow in (("a/b.go",), ("./a", "--select", "GM1", "--ignore", "GM102,GM103"), (".",), ("./a", "--no-tests", "--select", "GM101")):
        assert "gone" not in call("check", "--baseline", ".golint-maps-baseline.json", *narrow).err
        call("baseline", "update", *narrow)
        assert accepted(call) == every
    assert "accepts 1 finding that is gone" in call("check", "--baseline", ".golint-maps-baseline.json", "./a", "--select", "GM103").err
    call("baseline", "update", "./a", "--select", "GM103")
    assert accepted(call) == ["GM102 example.com/p/a", "GM102 example.com/p/b", "GM103 example.com/p/b"]
    call("baseline", "update", "a/a.go", "a/b.go", "--select", "GM102")
    assert accepted(call) == ["GM102 example.com/p/b", "GM103 example.com/p/b"]


def test_an_update_over_the_whole_tree_forgets_packages_that_are_not_there_any_more(module: Path, call: Call) -> None:
    (module / "a").mkdir()
    (module / "a/a.go").write_text(SOURCE)
    call("baseline", "write", "--select", "GM103")
    (module / "a/a.go").unlink()
    call("baseline", "update", "--select", "GM103", ".")
    assert accepted(call) == ["GM103 example.com/p", "GM103 example.com/p/a"]
    call("baseline", "update", "--select", "GM103")
    assert accepted(call) == ["GM103 example.com/p"]


def test_what_could_not_be_analysed_is_not_gone(module: Path, call: Call) -> None:
    (module / "q.go").write_text(SOURCE.replace("Grow", "Grow2").replace("Drop", "Drop2"))
    call("baseline", "write", "--select", "GM103")
    both = accepted(call)
    assert both == ["GM103 example.com/p"] * 2
    (module / "q.go").write_text(SOURCE.replace("Grow", "Grow2").replace("for k, v", "for {{{ k, v", 1))
    call("baseline", "update", "--select", "GM103")
    assert accepted(call) == both
    (module / "q.go").unlink()
    (module / "q.go").symlink_to("nowhere.go")
    call("baseline", "update", "--select", "GM103")
    assert accepted(call) == both
    (module / "q.go").unlink()
    call("baseline", "update", "--select", "GM103")
    assert accepted(call) == both[:1]


def test_paths_lead_from_the_current_folder_to_targets_outside_of_it(module: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    (module / "here").mkdir()
    (module / "empty").mkdir()
    (module / "q.go").write_text("package p\n\nfunc Broken() {\n\tif {{{\n")
    monkeypatch.chdir(module / "here")
    arguments = ("check", "--profile", "strict", "--select", "GM000,GM103", "..", "../empty")
    result = call(*arguments)
    assert [line.split(": ")[0] for line in result.out.splitlines()] == ["../empty:1:1", "../p.go:5:3", "../q.go:3:15"]
    assert result.out.startswith("../empty:1:1: GM000 ../empty holds no Go files\n")
    assert "golint-maps: ../empty holds no Go files" in result.err
    assert "--> ../p.go:5:3\n" in call(*arguments, "--format", "full").out
    assert 'm[k+"x"] = v' in call(*arguments, "--format", "full").out
    document = json.loads(call(*arguments, "--format", "json").out)
    assert [each["path"] for each in document["findings"]] == ["../empty", "../p.go", "../q.go"]
    assert document["findings"][1]["start"] == {"line": 5, "column": 3}
    assert [each["path"] for each in document["notices"]] == ["../empty", "../q.go"]
    assert found(call, *arguments[1:])[0] == ("GM103", "p.go", 5)


def test_a_diff_of_files_outside_of_the_current_folder_says_where_to_apply_it(module: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    (module / "here").mkdir()
    monkeypatch.chdir(module / "here")
    result = call("check", "--select", "GM102", "--diff", "..")
    assert f"`git -C {module} apply` applies it" in result.err
    subprocess.run(["git", "apply"], cwd=module, input=result.out, text=True, check=True)
    assert "\tclear(m)\n" in (module / "p.go").read_text()
    (module / "p.go").write_text(SOURCE)
    assert call("check", "--select", "GM102", "--fix", "--fail-on", "note", "..").status == 0
    assert "\tclear(m)\n" in (module / "p.go").read_text()


def test_verbose_says_what_was_read_and_what_was_passed_over(module: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "p_windows.go": "package p\n",
        "p_test.go": "package p\n",
        "z.go": "// Code generated by z. DO NOT EDIT.\n\npackage p\n",
        "vendor/v/v.go": "package v\n",
        "testdata/t.go": "package t\n",
        "_old/o.go": "package o\n",
        "mocks/m.go": "package m\n",
        "q_gen.go": "package p\n",
        "ignored/i.go": "package i\n",
        ".gitignore": "ignored/\n",
        ".golint-maps.toml": 'exclude = ["mocks/", "*_gen.go"]\n',
        **{f"{number}/testdata/x.go": "package x\n" for number in range(6)},
    }
    for name, text in files.items():
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text(text)
    said = call("check", "-v").err.splitlines()
    assert said[:2] == [
        "golint-maps: read 1 module: example.com/p (go 1.24)",
        "golint-maps: read 2 packages, 5 files (1 of tests, 1 generated, 1 not in the build for linux/amd64 and 1 excluded, for its package)",
    ]
    assert set(said[2:-1]) == {
        "golint-maps: passed over ignored (.gitignore)",
        "golint-maps: passed over _old (begins with . or _)",
        "golint-maps: passed over mocks (exclude)",
        "golint-maps: passed over 0/testdata, 1/testdata, 2/testdata, 3/testdata, 4/testdata and 2 more (testdata)",
        "golint-maps: passed over vendor (vendor)",
    }
    assert "passed over p_test.go (no tests)" in call("check", "-v", "--no-tests").err
    assert "read" not in call("check").err
    monkeypatch.chdir(module / "5")
    for more in ([], ["--diff"]):
        assert "golint-maps: passed over ../vendor (vendor)" in call("check", "-v", *more, "../...").err.splitlines()
