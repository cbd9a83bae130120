from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from golint_maps import registry
from golint_maps.findings import Level
from golint_maps.rule import Precision, Rule

MODULE = """
from golint_maps.findings import Level
from golint_maps.rule import Precision, Rule

RULE = Rule(id="{id}", name="{name}", summary="a summary", level=Level.NOTE, precision=Precision.HIGH)


@RULE.check
def check(program):
    yield from ()
"""


def add_rule(folder: Path, id_: str, name: str, stem: str = "", page: bool = True) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem = stem or f"{id_.lower()}_{name.replace('-', '_')}"
    (folder / f"{stem}.py").write_text(MODULE.format(id=id_, name=name))
    if page:
        (folder / f"{stem}.md").write_text(f"## What it finds\n\n{name}\n")


def test_every_rule_has_a_page_with_the_headings_that_readers_expect() -> None:
    headings = ["What it finds", "Why it is a problem", "Bad", "Good", "What it misses", "When to ignore it", "References"]
    for rule in registry.load():
        lines = (registry.page(rule) or "").splitlines()
        assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == headings, rule.id


def test_summaries_are_sentences_without_a_capital_and_a_full_stop() -> None:
    for rule in registry.load():
        names_something = rule.summary.startswith(("CompareAndSwap",))
        assert names_something or rule.summary[0].islower(), rule.id
        assert not rule.summary.endswith("."), rule.id


def test_rules_come_in_the_order_of_their_ids_with_the_built_in_ones_first() -> None:
    ids = [rule.id for rule in registry.load()]
    assert ids == sorted(ids)
    assert ids[:2] == ["GM000", "GM001"]


def test_a_rule_is_two_files_in_a_folder_and_needs_no_list(tmp_path: Path) -> None:
    add_rule(tmp_path, "XY101", "flat-rule")
    add_rule(tmp_path / "family", "XY201", "rule-of-a-family")
    (tmp_path / "_shared.py").write_text("raise RuntimeError('helpers are imported by rules only')\n")
    (tmp_path / "family/__init__.py").write_text("")
    rules = {rule.id: rule for rule in registry.load([tmp_path])}
    assert registry.page(rules["XY101"]) == "## What it finds\n\nflat-rule\n"
    assert registry.page(rules["XY201"]) == "## What it finds\n\nrule-of-a-family\n"


def test_loading_one_folder_twice_gives_the_same_rules(tmp_path: Path) -> None:
    add_rule(tmp_path, "XY101", "flat-rule")
    assert registry.load([tmp_path]) == registry.load([tmp_path])


@pytest.mark.parametrize(
    ("id_", "name", "stem", "page", "message"),
    [
        ("XY101", "one-name", "xy101_another_name", True, "must be named xy101_one_name.py"),
        ("XY101", "one-name", "", False, "xy101_one_name.py: the page xy101_one_name.md is missing beside it"),
        ("GM000", "another", "", True, "GM000 is both analysis-incomplete and another"),
        ("XY101", "unused-suppression", "", True, "unused-suppression is both GM001 and XY101"),
        ("XY1", "one-name", "", True, "'XY1' is no rule id"),
    ],
)
def test_a_rule_that_breaks_the_conventions_is_refused(tmp_path: Path, id_: str, name: str, stem: str, page: bool, message: str) -> None:
    add_rule(tmp_path, id_, name, stem, page)
    with pytest.raises(registry.RegistryError) as caught:
        registry.load([tmp_path])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "sets no RULE"),
        ("1 / 0\n", "ZeroDivisionError"),
        (MODULE.format(id="XY101", name="one-name").replace("@RULE.check", ""), "has 0 functions"),
    ],
)
def test_a_module_that_is_no_rule_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "xy101_one_name.py").write_text(text)
    (tmp_path / "xy101_one_name.md").write_text("")
    with pytest.raises(registry.RegistryError) as caught:
        registry.load([tmp_path])
    assert str(caught.value).startswith(f"{tmp_path.resolve()}/xy101_one_name.py: ")
    assert message in str(caught.value)


def test_what_is_wrong_in_the_package_of_a_folder_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("1 / 0\n")
    for _ in range(2):
        with pytest.raises(registry.RegistryError, match="division by zero") as caught:
            registry.load([tmp_path])
        assert str(caught.value).startswith(f"{tmp_path.resolve()}/__init__.py: ZeroDivisionError")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(registry.RegistryError, match="no such folder"):
        registry.load([tmp_path / "nowhere"])


def test_an_installed_package_adds_its_rules_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_rule(tmp_path / "acme_map_rules", "ACME101", "acme-rule")
    (tmp_path / "acme_map_rules/__init__.py").write_text("")
    metadata = tmp_path / "acme_map_rules-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-map-rules\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[golint_maps.rules]\nacme = acme_map_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.metadata.version("acme-map-rules") == "1"
    rules = {rule.id: rule for rule in registry.load()}
    assert registry.page(rules["ACME101"]) == "## What it finds\n\nacme-rule\n"


def test_the_page_of_each_of_our_rules_lies_in_the_repository_where_reports_link_to() -> None:
    root = Path(__file__).parents[1]
    paths = {rule.id: registry.repository_path(rule) for rule in registry.load()}
    assert paths["GM000"] == "golint_maps/builtin_rules/gm000_analysis_incomplete.md"
    assert paths["GM203"] == "rules/concurrency/gm203_write_under_read_lock.md"
    assert [id_ for id_, path in paths.items() if path is None or not (root / path).is_file()] == []


def test_the_page_of_a_rule_of_somebody_else_is_not_in_our_repository() -> None:
    assert registry.repository_path(Rule("XX001", "x", "s", Level.NOTE, Precision.LOW)) is None
