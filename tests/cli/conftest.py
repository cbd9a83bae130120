"""The command line over an engine that finds what a test says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from golint_maps import registry
from golint_maps.cli import main
from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Notice, Outcome, Scope, Totals
from golint_maps.settings import Settings

SOURCE = "package p\n\nvar hits = map[string]int{}\n\nfunc Count(k string) {\n\thits[k]++\n}\n"


def finding(rule: str = "GM000", text: str = "hits[k]++", path: str = "p.go", level: Level = Level.ERROR, **fields: Any) -> Finding:
    """A finding at `text` of `SOURCE`."""
    start = SOURCE.index(text)
    place = Location(path, start, start + len(text))
    return Finding(rule, level, "hits is written without a lock", place, "p.hits", "p.Count", "example.com/p", "write", **fields)


@dataclass
class FakeEngine:
    """Gives `findings` (or what `look` returns for the settings) and remembers what it was asked."""

    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    look: Callable[[Settings], tuple[Finding, ...]] | None = None
    error: BaseException | None = None
    calls: list[tuple[Settings, tuple[str, ...]]] = field(default_factory=list)

    def run(self, settings: Settings, patterns: Sequence[str], *, cwd: Path, progress: object = None) -> Outcome:
        self.calls.append((settings, tuple(patterns)))
        if self.error is not None:
            raise self.error
        found = self.look(settings) if self.look else self.findings
        scope = Scope(frozenset({"GM201", "GM202", "GM203"}), frozenset({"example.com/p"}))
        return Outcome(cwd, found, self.notices, Totals(1, 1, 7, 0.5), registry.load(settings.rules_dirs), scope)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, here: Path) -> FakeEngine:
    """The fake in place of the real one, without rules of its own, in an empty current folder with `SOURCE` as p.go."""
    no_rules = ModuleType("no_rules")
    no_rules.__path__ = []
    monkeypatch.setattr(registry, "_own_rules", lambda: no_rules)
    (here / "p.go").write_text(SOURCE)
    fake = FakeEngine()
    module = ModuleType("golint_maps.engine")
    module.run = fake.run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "golint_maps.engine", module)
    monkeypatch.setattr("golint_maps.engine", module, raising=False)
    return fake


@dataclass
class Result:
    """What a call came to."""

    status: int
    out: str
    err: str


Call = Callable[..., Result]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in this process."""

    def call(*arguments: str) -> Result:
        status = main.run(arguments)
        said = capfd.readouterr()
        return Result(int(status), said.out, said.err)

    return call
