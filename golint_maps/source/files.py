"""Reading files without being caught: no waiting on pipes, no surprises in names."""

from __future__ import annotations

import os
import re
import stat
from typing import Final

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""O_NONBLOCK: a file that turned into a named pipe since it was listed must not hang the run."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")

_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFDIR: "a directory",
}


def read_file(path: str, limit: int) -> bytes:
    """Return up to `limit` bytes from the start of a regular file. Raises OSError."""
    descriptor = os.open(path, _FLAGS)
    try:
        data = os.read(descriptor, limit)
        while len(data) < limit and (more := os.read(descriptor, limit - len(data))):
            data += more
        return data
    finally:
        os.close(descriptor)


def read_small_file(path: str) -> bytes | None:
    """Return the content of go.mod, .gitignore and the like, or None when there is no such regular file. Raises OSError if it is unreadable."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
    except OSError:
        return None
    return read_file(path, 16 << 20)


def kind_of(mode: int) -> str:
    """Return in words what an inode that is no regular file is."""
    return _KINDS.get(stat.S_IFMT(mode), "no regular file")


def is_unprintable(name: str) -> bool:
    """Return whether a name holds control characters or bytes that are no UTF-8. The go command refuses such names as well."""
    return _UNPRINTABLE.search(name) is not None


def printable(name: str) -> str:
    """Return a name with control characters and undecodable bytes escaped."""
    return _UNPRINTABLE.sub(lambda match: _escape(match[0]), name) if is_unprintable(name) else name


def reason(error: OSError) -> str:
    """Return the system's words for an error, without the path."""
    return error.strerror or str(error)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
