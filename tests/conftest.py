"""What all tests share: no test reads the configuration, colours or cache of whoever runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


# Git sets these for hooks and for `rebase --exec`: with them, what a test does to a repository of its own is done to this one.
for _name in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[_name]


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "GOLINT_MAPS_TRACEBACK", "GOFLAGS", "GOOS", "GOARCH", "GOEXPERIMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
