"""Write a file so that a reader sees the old text or the new one, never a part."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Replace the contents of `path`, keeping its mode. Links are followed; devices and pipes are written to directly. Raises `OSError`."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        # By the name that it was given: the pipe behind /dev/fd/63 has no other.
        with path.open("wb") as device:
            device.write(data)
        return
    target = Path(os.path.realpath(path))
    # Created with open's usual mode, so that the umask holds, which tempfile would not let it.
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
