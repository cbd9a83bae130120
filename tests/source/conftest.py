"""A helper that all tests of discovery share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.source.trees import Plant


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Return a function that writes files (relative path to text) and returns the directory that holds them."""
    top = tmp_path / "root"
    top.mkdir()

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return top

    return write
