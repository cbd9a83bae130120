from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from golint_maps import baseline
from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERYTHING = Scope(frozenset({"GM101", "GM201", "GM301"}), frozenset({"example.com/p"}))


def finding(rule: str = "GM201", start: int = 0, function: str = "p.F", map: str = "p.m", package: str = "example.com/p") -> Finding:
    return Finding(rule, Level.ERROR, "m", Location("p.go", start, start + 1), map, function, package, key="write")


def compare(findings: Sequence[Finding], accepted: Sequence[baseline.Entry], scope: Scope = EVERYTHING) -> baseline.Comparison:
    return baseline.apply(findings, accepted, scope, Path("/repository/baseline.json"))


def test_a_baseline_knows_findings_wherever_their_lines_moved() -> None:
    compared = compare([finding(start=900)], baseline.of([finding(start=10)]))
    assert (compared.new, compared.stale) == ((), ())
    assert len(compared.known) == 1


def test_one_more_of_the_same_kind_is_new() -> None:
    compared = compare([finding(start=1), finding(start=2)], baseline.of([finding()]))
    assert [each.location.start for each in compared.new] == [2]


@pytest.mark.parametrize("other", [finding(rule="GM202"), finding(function="p.G"), finding(map="p.n"), finding(package="example.com/q")])
def test_a_finding_about_something_else_is_new_and_the_entry_is_stale(other: Finding) -> None:
    accepted = baseline.of([finding()])
    compared = compare([other], accepted)
    assert (compared.new, compared.stale) == ((other,), accepted)


def test_suppressed_findings_neither_use_nor_need_acceptance() -> None:
    quiet = replace(finding(), suppressed="why")
    assert baseline.of([quiet]) == ()
    compared = compare([quiet, finding()], baseline.of([finding()]))
    assert (compared.new, compared.known) == ((quiet,), (finding(),))


def test_what_could_not_be_analysed_is_never_accepted() -> None:
    assert baseline.of([finding(rule="GM000")]) == ()


def test_a_baseline_can_only_shrink_when_it_is_updated() -> None:
    accepted = baseline.of([finding(start=1), finding(start=2), finding(rule="GM101")])
    shrunk = baseline.shrunk(accepted, [finding(), finding(rule="GM301")], EVERYTHING, Path("b.json"))
    assert [(entry.rule, entry.count) for entry in shrunk] == [("GM201", 1)]


@pytest.mark.parametrize(
    "scope", [Scope(), replace(EVERYTHING, rules=frozenset({"GM101"})), replace(EVERYTHING, packages=frozenset({"example.com/q"}))]
)
def test_what_a_run_does_not_look_at_is_not_gone(scope: Scope) -> None:
    accepted = baseline.of([finding()])
    assert compare([], accepted, scope).stale == ()
    assert baseline.shrunk(accepted, [], scope, Path("b.json")) == accepted
    assert baseline.shrunk(accepted, [], EVERYTHING, Path("b.json")) == ()


def test_what_belongs_to_no_package_is_gone_when_its_file_was_looked_at() -> None:
    accepted = baseline.of([finding(package="")])
    assert compare([], accepted).stale == ()
    assert compare([], accepted, replace(EVERYTHING, files=frozenset({"p.go"}))).stale == accepted


def test_a_package_that_is_not_there_any_more_is_gone_for_who_looks_at_the_whole_tree(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/a.go").touch()
    accepted = baseline.of([finding(package=f"example.com/{name}") for name in ("there", "away", "away_test")] + [finding(package="example.org/x")])
    scope = Scope(EVERYTHING.rules, trees=(tmp_path,), modules=(("example.com", tmp_path),))
    gone = baseline.apply([], accepted, scope, tmp_path / "baseline.json").stale
    assert [entry.package for entry in gone] == ["example.com/away", "example.com/away_test"]
    assert baseline.apply([], accepted, replace(scope, trees=(tmp_path / "there",)), tmp_path / "baseline.json").stale == ()


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    accepted = baseline.of([finding(), finding(), finding(rule="GM000", map="ü"), finding(rule="GM101", map='"\n')])
    path = tmp_path / "baseline.json"
    path.write_bytes(baseline.encode(accepted))
    assert baseline.read(path) == accepted
    assert json.loads(path.read_bytes())["version"] == 1
    assert len(path.read_text().splitlines()) == len(accepted) + 5


def test_an_empty_baseline_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(baseline.encode([]))
    assert baseline.read(path) == ()


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"version": 2, "findings": []}', b'{"version": 1, "findings": [{}]}'])
def test_what_is_no_baseline_is_an_error_that_names_the_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(data)
    with pytest.raises(baseline.BaselineError, match=r"baseline\.json"):
        baseline.read(path)


def test_a_baseline_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(baseline.BaselineError, match="No such file"):
        baseline.read(tmp_path / "none.json")


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "baseline.json")
    with pytest.raises(baseline.BaselineError, match="named pipe"):
        baseline.read(tmp_path / "baseline.json")
