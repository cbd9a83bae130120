"""The cache: what it keeps, and what it survives."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from golint_maps.engine.cache import Cache, default_directory

KEY, OTHER = b"k" * 20, b"o" * 20


def file_of(cache: Cache) -> Path:
    assert cache.path is not None
    return cache.path


def stored(folder: Path, key: bytes = KEY, value: bytes = b"value") -> Path:
    cache = Cache(folder)
    cache.put([(key, value)])
    path = file_of(cache)
    cache.close()
    return path


def test_what_was_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    stored(tmp_path)
    assert Cache(tmp_path).get(KEY) == b"value"
    assert Cache(tmp_path).get(OTHER) is None


def test_a_cache_without_a_folder_has_nothing_and_takes_nothing() -> None:
    cache = Cache(None)
    cache.put([(KEY, b"value")])
    assert cache.get(KEY) is None
    assert cache.notes == []


@pytest.mark.parametrize("damage", [b"", b"no database at all, but long enough to be read as one" * 40])
def test_a_file_that_is_no_database_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    path = stored(tmp_path)
    path.write_bytes(damage)
    cache = Cache(tmp_path)
    assert cache.get(KEY) is None
    cache.put([(KEY, b"again")])
    cache.close()
    assert Cache(tmp_path).get(KEY) == b"again"
    assert len(cache.notes) == bool(damage)


def test_a_value_that_was_changed_is_a_miss(tmp_path: Path) -> None:
    path = stored(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entry SET value = substr(value, 1, length(value) - 1) || x'00'")
    connection.close()
    assert Cache(tmp_path).get(KEY) is None


def test_bytes_flipped_anywhere_in_the_file_are_never_more_than_a_miss(tmp_path: Path) -> None:
    values = [(bytes([number]) * 20, os.urandom(5000)) for number in range(20)]
    cache = Cache(tmp_path)
    cache.put(values)
    path = file_of(cache)
    cache.close()
    whole = path.read_bytes()
    for start in range(0, len(whole), 4096 * 3):
        path.write_bytes(whole[:start] + bytes(byte ^ 0x55 for byte in whole[start : start + 600]) + whole[start + 600 :])
        damaged = Cache(tmp_path)
        assert all(damaged.get(key) in (None, value) for key, value in values)
        damaged.put([(KEY, b"value")])
        damaged.close()


def test_what_was_not_used_longest_goes_first_when_there_is_too_much(tmp_path: Path) -> None:
    old = stored(tmp_path, OTHER, b"x" * 600)
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE entry SET used = used - 1000000")
    connection.close()
    cache = Cache(tmp_path, limit=1000)
    cache.put([(KEY, b"y" * 600)])
    cache.close()
    assert Cache(tmp_path).get(OTHER) is None
    assert Cache(tmp_path).get(KEY) == b"y" * 600


def test_what_is_used_stays(tmp_path: Path) -> None:
    old = stored(tmp_path, OTHER, b"x" * 600)
    stored(tmp_path, KEY, b"y" * 600)
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE entry SET used = used - 1000000")
        connection.execute("UPDATE entry SET used = used - 1000000 WHERE key = ?", (KEY,))
    connection.close()
    cache = Cache(tmp_path, limit=1000)
    assert cache.get(OTHER) is not None
    cache.close()
    assert Cache(tmp_path).get(OTHER) is not None
    assert Cache(tmp_path).get(KEY) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    cache = Cache(tmp_path / "cache")
    assert cache.get(KEY) is None
    cache.put([(KEY, b"value")])
    assert len(cache.notes) == 1


def test_a_folder_that_is_a_file_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    cache = Cache(tmp_path / "cache")
    cache.put([(KEY, b"value")])
    assert cache.get(KEY) is None
    assert len(cache.notes) == 1


def test_a_process_that_is_killed_while_it_writes_leaves_the_file_whole(tmp_path: Path) -> None:
    stored(tmp_path)
    script = """
        import os, signal, sys
        from pathlib import Path
        from golint_maps.engine.cache import Cache
        def values():
            for number in range(1000):
                yield number.to_bytes(20, "big"), b"x" * 10000
                if number == 500:
                    os.kill(os.getpid(), signal.SIGKILL)
        Cache(Path(sys.argv[1])).put(values())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert done.returncode < 0
    cache = Cache(tmp_path)
    assert cache.get(KEY) == b"value"
    assert cache.notes == []


def test_two_runs_may_write_at_once(tmp_path: Path) -> None:
    one, two = Cache(tmp_path), Cache(tmp_path)
    for number in range(20):
        one.put([(b"a%19d" % number, b"one")])
        two.put([(b"b%19d" % number, b"two")])
    assert two.get(b"a%19d" % 7) == b"one"
    assert one.get(b"b%19d" % 7) == b"two"
    one.close()
    two.close()
    assert one.notes == two.notes == []


def test_the_platforms_folder_is_found_from_the_environment() -> None:
    assert default_directory({}) is None
    assert default_directory({"XDG_CACHE_HOME": "/x", "HOME": "/home/a"}) == Path("/x/golint-maps")
    if sys.platform == "linux":
        assert default_directory({"HOME": "/home/a"}) == Path("/home/a/.cache/golint-maps")
        assert default_directory({"HOME": "/home/a", "XDG_CACHE_HOME": "relative"}) is None
