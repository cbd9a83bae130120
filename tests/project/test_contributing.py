"""The rule that CONTRIBUTING.md writes is a rule: loaded from a folder, its page's examples hold."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from golint_maps import registry
from golint_maps.testing import findings_of

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contributed") / "rules"
    folder.mkdir()
    (page,) = re.findall(r"^````markdown\n(.*?)^````$", TEXT, re.DOTALL | re.MULTILINE)
    (check,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    (folder / "gm109_clear_during_range.md").write_text(page, "utf-8")
    (folder / "gm109_clear_during_range.py").write_text(check, "utf-8")
    return folder


def test_the_rule_keeps_the_conventions(folder: Path) -> None:
    rule = next(rule for rule in registry.load([folder]) if rule.id == "GM109")
    headings = re.findall(r"^## (.*)$", registry.page(rule) or "", re.MULTILINE)
    assert headings == ["What it finds", "Why it is a problem", "Bad", "Good", "What it misses", "When to ignore it", "References"]


def test_the_rule_finds_what_its_page_wants(folder: Path) -> None:
    rule = next(rule for rule in registry.load([folder]) if rule.id == "GM109")
    blocks = re.findall(r"^```go\n(.*?)^```$", registry.page(rule) or "", re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    for block in blocks:
        source = "package p\n\n" + block
        wanted = {number: want for number, line in enumerate(source.splitlines(), 1) for want in re.findall(r'// want "(.*)"', line)}
        findings = findings_of(sys.modules[rule.checks[0].__module__], source)
        found = {source.encode()[: finding.location.start].count(b"\n") + 1: finding.message for finding in findings}
        assert found.keys() == wanted.keys()
        assert all(want in found[line] for line, want in wanted.items())


def test_the_example_takes_no_id_or_name_of_ours() -> None:
    assert not {"GM109", "clear-during-range"} & {word for rule in registry.load() for word in (rule.id, rule.name)}
