"""Whole runs, in process: what is found, and that nothing but files and settings has a part in it."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golint_maps.engine import analysis, survey
from golint_maps.engine.run import program, run
from golint_maps.engine.tasks import analyse_package
from golint_maps.findings import Finding
from golint_maps.outcome import Outcome
from golint_maps.rule import Profile
from golint_maps.settings import ConcurrentCallback, Override, Settings
from golint_maps.source import PatternError
from tests.engine.conftest import NIL_WRITE, Tree

MODULE = "module example.com/m\n\ngo 1.24\n"
MANY = {
    "go.mod": MODULE,
    **{f"p{number}/p.go": NIL_WRITE.replace("package p", f"package p{number}") for number in range(12)},
    "q/q.go": 'package q\n\nimport "example.com/m/p1"\n\nvar Q = p1.V\n',
    "p1/v.go": "package p1\n\nvar V map[string]int\n",
}


def go(folder: Path, *patterns: str, **settings: Any) -> Outcome:
    given = {"cache": False, "jobs": 1, **settings}
    return run(Settings(**given), patterns, cwd=folder)


def ids(outcome: Outcome) -> list[str]:
    return [finding.rule for finding in outcome.findings]


def places(outcome: Outcome) -> list[tuple[str, str]]:
    return [(finding.rule, finding.location.path) for finding in outcome.findings]


def without_time(outcome: Outcome) -> Outcome:
    return replace(outcome, totals=replace(outcome.totals, seconds=0.0))


def age(folder: Path, seconds: float = 100) -> None:
    """Make all files older: what has just been written is never taken from the cache by its time."""
    then = time.time() - seconds
    for path in folder.rglob("*.go"):
        os.utime(path, (then, then))


def test_a_finding_is_found(tree: Tree) -> None:
    outcome = go(tree({"go.mod": MODULE, "p.go": NIL_WRITE}))
    assert places(outcome) == [("GM601", "p.go")]
    assert (outcome.totals.packages, outcome.totals.files, outcome.totals.lines) == (1, 1, 6)


def test_a_pattern_that_names_nothing_is_an_error(tree: Tree) -> None:
    with pytest.raises(PatternError):
        go(tree({"go.mod": MODULE}), "./nowhere")


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_number_of_processes_changes_nothing(tree: Tree, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(MANY)
    alone = go(folder)
    monkeypatch.setattr(sys.modules["golint_maps.engine.run"], "_WORTH_A_POOL", 0)
    assert without_time(go(folder, jobs=jobs)) == without_time(alone)
    assert len(alone.findings) == 12


def test_processes_that_cannot_be_forked_find_the_same(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(MANY)
    alone = go(folder)
    monkeypatch.setattr(sys.modules["golint_maps.engine.run"], "_WORTH_A_POOL", 0)
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert without_time(go(folder, jobs=2)) == without_time(alone)


@pytest.mark.parametrize("old", [False, True])
def test_a_second_run_finds_the_same(tree: Tree, tmp_path: Path, old: bool) -> None:
    folder = tree(MANY)
    if old:
        age(folder)
    outcomes = [without_time(go(folder, cache=True, cache_dir=tmp_path / "cache")) for _ in range(3)]
    assert outcomes[0] == outcomes[1] == outcomes[2] == without_time(go(folder))


def test_a_second_run_reads_and_analyses_nothing(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(MANY)
    age(folder)
    settings = {"cache": True, "cache_dir": tmp_path / "cache"}
    first = go(folder, **settings)

    def refuse(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(survey, "_know", refuse)
    monkeypatch.setattr(analysis, "_analyse", refuse)
    assert without_time(go(folder, **settings)) == without_time(first)


def analysed_again(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], Outcome]:
    """Import paths of the packages that a run analyses, and its outcome."""
    seen: list[str] = []
    real = analyse_package

    def spy(package: Any, lookup: Any) -> bytes:
        seen.append(package.import_path)
        return real(package, lookup)

    with monkeypatch.context() as patch:
        patch.setattr("golint_maps.engine.analysis.analyse_package", spy)
        outcome = go(folder, cache=True, cache_dir=cache)
    return sorted(seen), outcome


def test_a_changed_body_is_analysed_alone(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(MANY)
    analysed_again(folder, tmp_path / "cache", monkeypatch)
    path = folder / "p1/p.go"
    path.write_text("\n" + path.read_text().replace('"a"', '"bc"'))
    seen, outcome = analysed_again(folder, tmp_path / "cache", monkeypatch)
    assert seen == ["example.com/m/p1"]
    assert without_time(outcome) == without_time(go(folder))


def test_a_changed_declaration_is_seen_by_those_who_import_it(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(
        {
            **MANY,
            "q/q.go": 'package q\n\nimport "example.com/m/p1"\n\nfunc f() {\n\tvar m p1.T\n\tm["a"] = 1\n}\n',
            "p1/v.go": "package p1\n\ntype T int\n",
        }
    )
    _, before = analysed_again(folder, tmp_path / "cache", monkeypatch)
    (folder / "p1/v.go").write_text("package p1\n\ntype T map[string]int\n")
    seen, outcome = analysed_again(folder, tmp_path / "cache", monkeypatch)
    assert seen == ["example.com/m/p1", "example.com/m/q"]
    assert ("GM601", "q/q.go") in places(outcome)
    assert ("GM601", "q/q.go") not in places(before)


def test_packages_outside_of_the_run_give_types(tree: Tree, tmp_path: Path) -> None:
    folder = tree(
        {
            "go.mod": MODULE,
            "q/q.go": 'package q\n\nimport "example.com/m/t"\n\nfunc f() {\n\tvar m t.T\n\tm["a"] = 1\n}\n',
            "t/t.go": "package t\n\ntype T = U\n\ntype U map[string]int\n",
        }
    )
    settings = {"cache": True, "cache_dir": tmp_path / "cache"}
    assert places(go(folder, "./q", **settings)) == [("GM601", "q/q.go")]
    age(folder)
    assert places(go(folder, "./q", **settings)) == [("GM601", "q/q.go")]
    (folder / "t/t.go").write_text("package t\n\ntype T = U\n\ntype U struct{}\n")
    assert places(go(folder, "./q", **settings)) == []


def test_a_change_is_seen_though_size_and_modification_time_are_set_back(tree: Tree, tmp_path: Path) -> None:
    folder = tree({"go.mod": MODULE, "q/q.go": NIL_WRITE})
    settings = {"cache": True, "cache_dir": tmp_path / "cache"}
    age(folder)
    assert places(go(folder, **settings)) == [("GM601", "q/q.go")]
    before = (folder / "q/q.go").stat()
    (folder / "q/q.go").write_text(NIL_WRITE.replace("var m map[string]int", "m:= map[string]int{}"))
    assert (folder / "q/q.go").stat().st_size == before.st_size
    os.utime(folder / "q/q.go", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert places(go(folder, **settings)) == []


def test_a_package_that_appears_outside_of_the_run_is_seen(tree: Tree, tmp_path: Path) -> None:
    folder = tree({"go.mod": MODULE, "q/q.go": 'package q\n\nimport "example.com/m/t"\n\nfunc f() {\n\tvar m t.T\n\tm["a"] = 1\n}\n'})
    settings = {"cache": True, "cache_dir": tmp_path / "cache"}
    assert places(go(folder, "./q", **settings)) == []
    tree({"t/t.go": "package t\n\ntype T map[string]int\n"})
    assert places(go(folder, "./q", **settings)) == [("GM601", "q/q.go")]


def test_a_file_that_is_named_has_its_findings_only(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "a.go": NIL_WRITE, "b.go": NIL_WRITE.replace("f()", "g()")})
    assert places(go(folder, "a.go")) == [("GM601", "a.go")]
    assert places(go(folder, "a.go", "b.go")) == [("GM601", "a.go"), ("GM601", "b.go")]


def test_generated_files_are_read_and_not_reported(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "a.go": "// Code generated by x. DO NOT EDIT.\n\n" + NIL_WRITE})
    assert ids(go(folder)) == []
    assert ids(go(folder, generated=True)) == ["GM601"]


def test_tests_are_reported_unless_they_are_left_out(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "a.go": "package p\n", "a_test.go": NIL_WRITE, "x_test.go": NIL_WRITE.replace("package p", "package p_test")})
    assert places(go(folder)) == [("GM601", "a_test.go"), ("GM601", "x_test.go")]
    assert places(go(folder, tests=False)) == []


def test_an_external_test_sees_what_the_tests_export(tree: Tree) -> None:
    folder = tree(
        {
            "go.mod": MODULE,
            "p/a.go": "package p\n\ntype t map[string]int\n",
            "p/export_test.go": "package p\n\ntype T = t\n",
            "p/x_test.go": 'package p_test\n\nimport "example.com/m/p"\n\nfunc f() {\n\tvar m p.T\n\tm["a"] = 1\n}\n',
        }
    )
    assert places(go(folder)) == [("GM601", "p/x_test.go")]


def test_a_directive_silences_a_finding_and_keeps_its_reason(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "p.go": NIL_WRITE.replace("= 1\n", "= 1 //nolint:GM601 // meant\n")})
    (finding,) = go(folder).findings
    assert finding.suppressed == "meant"


def test_a_directive_that_silences_nothing_is_told_of_when_it_is_asked_for(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "p.go": "package p\n\nvar x = 1 //nolint:GM601 // not needed\n"})
    assert ids(go(folder)) == []
    assert ids(go(folder, extend_select=("GM001",))) == ["GM001"]


@pytest.mark.parametrize(
    ("gomod", "head", "chosen", "version"),
    [
        ("module m\n\ngo 1.21\n", "", None, (1, 21)),
        ("module m\n", "", None, (1, 16)),
        ("", "", None, (1, 27)),
        ("module m\n\ngo 1.20\n", "//go:build go1.23\n\n", None, (1, 23)),
        ("module m\n\ngo 1.24\n", "//go:build go1.22\n\n", None, (1, 22)),
        ("module m\n\ngo 1.24\n", "//go:build !go1.22\n\n", None, (1, 21)),
        ("module m\n\ngo 1.24\n", "//go:build go1.22\n\n", (1, 18), (1, 18)),
    ],
)
def test_the_language_version_is_that_of_the_module_or_of_the_file(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, gomod: str, head: str, chosen: tuple[int, int] | None, version: tuple[int, int]
) -> None:
    folder = tree({"go.mod": gomod, "p.go": head + NIL_WRITE} if gomod else {"p.go": head + NIL_WRITE})
    seen: list[object] = []
    real = analyse_package

    def spy(package: Any, lookup: Any) -> bytes:
        seen.append(package.go)
        return real(package, lookup)

    monkeypatch.setattr("golint_maps.engine.analysis.analyse_package", spy)
    go(folder, go=chosen)
    assert seen == [(version,)]


def fail_for(paths: Sequence[str], how: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = analyse_package

    def sometimes(package: Any, lookup: Any) -> bytes:
        if package.import_path in paths:
            how()
        return real(package, lookup)

    monkeypatch.setattr("golint_maps.engine.analysis.analyse_package", sometimes)


def fault() -> None:
    raise KeyError("lost")


def hang() -> None:
    while True:
        pass


def test_a_fault_in_one_package_leaves_the_others(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_for(["example.com/m/p3"], fault, monkeypatch)
    outcome = go(tree(MANY))
    assert len([finding for finding in outcome.findings if finding.rule == "GM601"]) == 11
    (notice,) = outcome.notices
    assert notice.internal
    assert (notice.path, "KeyError" in notice.message, "Traceback" in notice.detail) == ("p3/p.go", True, True)
    assert ("GM000", "p3/p.go") in places(outcome)


def test_a_package_that_takes_too_long_leaves_the_others(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_for(["example.com/m/p3"], hang, monkeypatch)
    outcome = go(tree(MANY), timeout_per_package=0.3)
    assert len([finding for finding in outcome.findings if finding.rule == "GM601"]) == 11
    (notice,) = outcome.notices
    assert (notice.path, notice.internal, "0.3 seconds" in notice.message) == ("p3/p.go", False, True)


def test_what_time_had_a_part_in_is_not_remembered(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree(MANY)
    age(folder)
    with monkeypatch.context() as patch:
        fail_for(["example.com/m/p3"], hang, patch)
        assert go(folder, cache=True, cache_dir=tmp_path / "cache", timeout_per_package=0.3).notices
    assert not go(folder, cache=True, cache_dir=tmp_path / "cache").notices


def test_a_rule_that_fails_leaves_the_others(tree: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "zz001_broken.md").write_text("# ZZ001 broken\n")
    (rules / "zz001_broken.py").write_text(
        "from golint_maps.rule import Level, Precision, Rule\n"
        'RULE = Rule(id="ZZ001", name="broken", summary="it breaks", level=Level.NOTE, precision=Precision.LOW)\n'
        "@RULE.check\ndef check(program):\n    raise OSError('gone')\n    yield\n"
    )
    outcome = go(tree(MANY), rules_dirs=(rules,))
    assert len([finding for finding in outcome.findings if finding.rule == "GM601"]) == 12
    assert [(notice.internal, "ZZ001" in notice.message) for notice in outcome.notices] == [(True, True)]


def test_a_cache_that_is_damaged_changes_nothing(tree: Tree, tmp_path: Path) -> None:
    folder = tree(MANY)
    age(folder)
    settings = {"cache": True, "cache_dir": tmp_path / "cache"}
    first = go(folder, **settings)
    (path,) = (tmp_path / "cache").glob("*.sqlite")
    whole = path.read_bytes()
    for start in range(0, len(whole), len(whole) // 7):
        path.write_bytes(whole[:start] + os.urandom(2000) + whole[start + 2000 :])
        assert go(folder, **settings).findings == first.findings


def test_a_rule_that_does_not_end_is_given_up_and_the_others_are_checked(tree: Tree, tmp_path: Path) -> None:
    folder = tree({"go.mod": MODULE, "p.go": NIL_WRITE})
    (tmp_path / "xx901_made_up.md").write_text("page")
    (tmp_path / "xx901_made_up.py").write_text(
        "from golint_maps.findings import Level\nfrom golint_maps.rule import Precision, Rule\n"
        "RULE = Rule('XX901', 'made-up', 's', Level.NOTE, Precision.LOW)\n"
        "@RULE.check\ndef check(program):\n    while True:\n        pass\n    yield\n"
    )
    started = time.process_time()
    outcome = go(folder, rules_dirs=(tmp_path,), timeout_per_package=0.5, select=("GM601", "XX901"))
    assert time.process_time() - started < 20
    assert ids(outcome) == ["GM000", "GM601"]
    assert [notice.message for notice in outcome.notices] == ["XX901 could not be checked within 0.5 seconds; see --timeout-per-package"]
    assert not any(notice.internal for notice in outcome.notices)
    assert outcome.scope.packages == frozenset()


def test_two_runs_at_once_find_the_same(tree: Tree, tmp_path: Path) -> None:
    folder = tree(MANY)
    call = [sys.executable, "-m", "golint_maps", "check", "--cache-dir", str(tmp_path / "cache"), "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    runs = [subprocess.Popen(call, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    outputs = [process.communicate()[0] for process in runs]
    assert outputs[0] == outputs[1] == outputs[2]
    assert b"GM601" in outputs[0]


def test_progress_is_told_of_each_step(tree: Tree) -> None:
    steps: list[tuple[str, int, int]] = []
    run(Settings(cache=False, jobs=1), [], cwd=tree(MANY), progress=lambda *step: steps.append(step))
    assert {stage for stage, _, _ in steps} == {"Reading", "Analysing"}
    assert all(0 < done <= total for _, done, total in steps)


def test_findings_are_sorted_by_place(tree: Tree) -> None:
    found: Sequence[Finding] = go(tree(MANY)).findings
    assert list(found) == sorted(found, key=lambda finding: finding.location)


BUS = """\
package p

type Bus struct{ queue []func() }

func (b *Bus) On(name string, f func()) { b.queue = append(b.queue, f) }

func Run(b *Bus) {
	seen := map[string]int{}
	b.On("a", func() { seen["a"]++ })
	seen["b"]++
}
"""


def test_a_configured_callback_makes_a_race_visible_also_with_a_cache(tree: Tree, tmp_path: Path) -> None:
    folder = tree({"go.mod": MODULE, "p.go": BUS})
    configured = (ConcurrentCallback("example.com/m.Bus.On"),)
    cache = {"cache": True, "cache_dir": tmp_path / "cache", "select": ("GM201",)}
    assert ids(go(folder, **cache)) == []
    assert set(ids(go(folder, concurrent_callbacks=configured, **cache))) == {"GM201"}
    assert ids(go(folder, **cache)) == []


def test_the_program_is_what_rules_read(tree: Tree) -> None:
    folder = tree({"go.mod": MODULE, "p.go": BUS, "q/q.go": "package q\n\nfunc (\n"})
    settings = Settings(cache=False, jobs=1, concurrent_callbacks=(ConcurrentCallback("example.com/m.Bus.On"),))
    joined = program(settings, (), cwd=folder)
    assert joined.root == folder
    assert {package.path for package in joined.program.packages} == {"example.com/m", "example.com/m/q"}
    assert len(joined.program.races.pairs) > 0
    assert [notice.path for notice in joined.notices] == ["q/q.go"]


@pytest.mark.parametrize("cached", [False, True])
def test_nothing_is_reported_of_excluded_files_which_their_package_may_need(tree: Tree, tmp_path: Path, cached: bool) -> None:
    made = "package p\n\ntype t struct{ m map[string]int }\n\nfunc (x *t) put() { x.m[``] = 1 }\n"
    maker = NIL_WRITE + "\nfunc newT() *t { return &t{m: map[string]int{}} }\n//nolint:GM401\nvar _ = newT\n"
    root = tree({"go.mod": MODULE, "a.go": made, "a_gen.go": maker, "broken/x_gen.go": "package x\n)(\n", "q_gen.go": "package p\n)(\n"})
    given = {"exclude": ("*_gen.go",), "root": root, "cache": cached, "cache_dir": tmp_path / "cache", "profile": Profile.STRICT}
    outcomes = [go(root, **given), go(root, **given)]
    assert [(outcome.findings, outcome.notices) for outcome in outcomes] == [((), ()), ((), ())]
    # One of them cannot be read in full, so what was accepted in the package may still be there.
    assert [outcome.scope.packages for outcome in outcomes] == [frozenset(), frozenset()]
    assert places(go(root, **{**given, "exclude": ("x",)})) != []
    assert ("GM601", "a_gen.go") in places(go(root, "a_gen.go", **given))


def test_misspelt_directives_are_told_in_every_profile_unless_they_are_ignored(tree: Tree) -> None:
    root = tree(
        {"go.mod": MODULE, "p.go": "package p\n\nfunc f() {\n\tg() //nolint:GM499\n\tg() //golint-maps:ingore GM401 x\n\tg() //nolint:GM401\n}\n"}
    )
    assert ids(go(root)) == ["GM001", "GM001"]
    assert ids(go(root, select=("GM2",))) == ["GM001", "GM001"]
    assert ids(go(root, profile=Profile.STRICT)) == ["GM001", "GM001", "GM001"]
    for ignored in ("GM001", "unused-suppression", "GM0"):
        assert ids(go(root, ignore=(ignored,))) == []
    override = Override(("p.go",), ignore=("GM001",))
    assert ids(go(root, overrides=(override,), root=root)) == []


def test_a_broken_workspace_is_a_note_and_the_rest_is_analysed(tree: Tree) -> None:
    root = tree({"go.work": "go 1.24\n<<<<<<< HEAD\nuse ./m\n", "m/go.mod": MODULE, "m/p.go": NIL_WRITE})
    outcome = go(root)
    assert places(outcome) == [("GM000", "go.work"), ("GM601", "m/p.go")]
    assert outcome.scope.packages == frozenset()
    assert places(go(root / "m")) == [("GM000", "../go.work"), ("GM601", "p.go")]
    assert [notice.path for notice in program(Settings(cache=False, jobs=1), (), cwd=root).notices] == ["go.work"]


def test_a_module_whose_file_is_broken_has_not_been_looked_at_in_full(tree: Tree) -> None:
    root = tree({"m/go.mod": MODULE + "require (\n", "m/p.go": NIL_WRITE, "n/go.mod": "module example.com/n\n", "n/p.go": NIL_WRITE})
    outcome = go(root)
    assert places(outcome) == [("GM000", "m/go.mod"), ("GM601", "m/p.go"), ("GM601", "n/p.go")]
    assert outcome.scope.packages == {"example.com/n", "example.com/n_test"}
