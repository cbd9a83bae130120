from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Call


def test_the_folder_is_that_of_the_option_the_configuration_or_the_system(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "xdg"))
    assert call("cache", "dir").out == f"{here}/xdg/golint-maps\n"
    (here / ".golint-maps.toml").write_text('cache-dir = "kept"\n')
    assert call("cache", "dir").out == f"{here}/kept\n"
    assert call("cache", "dir", "--cache-dir", "/elsewhere").out == "/elsewhere\n"


def test_cleaning_deletes_the_cache_and_nothing_else(here: Path, call: Call) -> None:
    for name in ("cache-1.sqlite", "cache-1.sqlite-wal", "cache-0.sqlite", "mine.sqlite"):
        (here / name).write_bytes(b"x" * 1_000_000)
    result = call("cache", "clean", "--cache-dir", str(here))
    assert (result.status, result.err) == (0, "Deleted 3.0 MB\n")
    assert [path.name for path in here.iterdir()] == ["mine.sqlite"]


def test_cleaning_a_cache_that_is_not_there_is_no_error(here: Path, call: Call) -> None:
    assert call("cache", "clean", "--cache-dir", str(here / "none")).status == 0
