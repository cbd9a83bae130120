"""The cache: content-addressed blobs in one SQLite file.

Every value carries a checksum, so a damaged one is a miss; a damaged file is deleted and begun anew. Two runs may share the file (write-ahead
log), a run that is killed leaves it whole, and it never grows far beyond its limit. Whatever goes wrong is a note, never a failure.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final

LIMIT: Final = 2 << 30
"""Bytes that all values may take together; when there are more, those go that were not asked for longest, until a fifth is free."""

_NAME: Final = "cache-1.sqlite"
_CHECK: Final = 8
_STALE: Final = 6 * 3600
"""Seconds after which the time of last use is written again. Writing it on every run would make every run write."""

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, value BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS entry_used ON entry (used, size)",
)


def default_directory(environment: Mapping[str, str]) -> Path | None:
    """Return the platform's folder for our cache, or None where there is none."""
    home = environment.get("USERPROFILE" if sys.platform == "win32" else "HOME", "")
    if chosen := environment.get("XDG_CACHE_HOME"):
        base = chosen
    elif sys.platform == "win32":
        base = environment.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches") if home else ""
    else:
        base = os.path.join(home, ".cache") if home else ""
    return Path(base, "golint-maps") if os.path.isabs(base) else None


class Cache:
    """Values by key. A cache without a folder, or one that cannot be opened, has nothing and takes nothing."""

    def __init__(self, directory: Path | None, *, limit: int = LIMIT) -> None:
        self.directory = directory
        self.notes: list[str] = []
        self._limit = limit
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._touched: list[bytes] = []
        self._written = False
        self._now = int(time.time())

    @property
    def enabled(self) -> bool:
        """Whether there can be anything in it."""
        return self.directory is not None

    @property
    def path(self) -> Path | None:
        """The file."""
        return self.directory / _NAME if self.directory else None

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        connection = self._open()
        if connection is None:
            return None
        try:
            row = connection.execute("SELECT used, value FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            self._failed(error)
            return None
        if row is None:
            return None
        used, value = row
        if not isinstance(value, bytes) or _checksum(value[_CHECK:]) != value[:_CHECK]:
            return None
        if isinstance(used, int) and used < self._now - _STALE:
            self._touched.append(key)
        return value[_CHECK:]

    def put(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Store values by key, replacing what is there."""
        connection = self._open()
        if connection is None:
            return
        self._written = True
        rows = ((key, self._now, len(value), _checksum(value) + value) for key, value in values)
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO entry (key, used, size, value) VALUES (?, ?, ?, ?)", rows)
        except sqlite3.DatabaseError as error:
            self._failed(error)

    def suspend(self) -> None:
        """Close the file until it is needed again: it must not be open while processes are forked."""
        self._forget()

    def close(self) -> None:
        """Note what was used, make room if there is too much, and close the file."""
        connection = self._open() if self._written or self._touched else None
        if connection is not None:
            try:
                with connection:
                    if self._touched:
                        connection.executemany("UPDATE entry SET used = ? WHERE key = ?", ((self._now, key) for key in self._touched))
                    self._evict(connection)
            except sqlite3.DatabaseError as error:
                self._failed(error)
        self._forget()

    def _evict(self, connection: sqlite3.Connection) -> None:
        (total,) = connection.execute("SELECT coalesce(sum(size), 0) FROM entry INDEXED BY entry_used").fetchone()
        if total <= self._limit:
            return
        excess = total - self._limit * 4 // 5
        for used, size in connection.execute("SELECT used, sum(size) FROM entry INDEXED BY entry_used GROUP BY used ORDER BY used").fetchall():
            connection.execute("DELETE FROM entry WHERE used = ?", (used,))
            excess -= size
            if excess <= 0:
                return

    def _open(self) -> sqlite3.Connection | None:
        # A connection must not be used by a process that was forked from the one that opened it.
        if self._connection is not None and self._process == os.getpid():
            return self._connection
        path = self.path
        if path is None:
            return None
        self._process = os.getpid()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(path)
        except (OSError, sqlite3.DatabaseError) as error:
            self._connection = None
            self._failed(error)
        return self._connection

    def _failed(self, error: Exception) -> None:
        """Begin anew with a file that is damaged; go on without a cache when anything else is wrong."""
        path = self.path
        self._forget()
        if path is not None and isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self.notes.append(f"the cache was damaged and is begun anew ({error})")
            try:
                _remove(path)
                self._connection, self._process = _connect(path), os.getpid()
            except (OSError, sqlite3.DatabaseError) as again:
                self.directory = None
                self.notes.append(f"the cache is not used: {again}")
            return
        self.directory = None
        self.notes.append(f"the cache is not used: {error}")

    def _forget(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            with contextlib.suppress(sqlite3.DatabaseError):
                self._connection.close()
        self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5.0)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the system may lose the last values; one of the program cannot.
        connection.execute("PRAGMA synchronous = NORMAL")
        for statement in _SCHEMA:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")


def _checksum(value: bytes) -> bytes:
    return blake2b(value, digest_size=_CHECK).digest()
