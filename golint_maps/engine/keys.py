"""Keys of cached things: digests of everything that they depend on. Nothing absolute goes into a key, so caches can be moved."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from golint_maps import __version__
from golint_maps.rule import Rule
from golint_maps.syntax import ir

_PACKAGE = Path(__file__).parent.parent
_PARSERS = ("tree-sitter", "tree-sitter-go", "msgspec")


def digest(*parts: bytes | str | int) -> bytes:
    """Return 20 bytes for a sequence of values; different sequences have different ones."""
    state = blake2b(digest_size=20)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.digest()


def content_digest(data: bytes) -> bytes:
    """Return 20 bytes that stand for the content of a file."""
    return blake2b(data, digest_size=20).digest()


@cache
def syntax_version() -> bytes:
    """Return a digest of all that decides what a file's facts are, besides its content."""
    return digest(
        "syntax", __version__, ir.SCHEMA, *map(_release, _PARSERS), _tree("syntax"), _tree("engine"), _tree("directives.py"), _tree("types")
    )


@cache
def analysis_version() -> bytes:
    """Return a digest of all that decides what a package's facts are, besides its files and what they import."""
    return digest("analysis", syntax_version(), _tree("source"), _tree("flow"))


def rules_version(rules: Sequence[Rule]) -> bytes:
    """Return a digest of all that decides what is found, besides files and settings."""
    modules = sorted({check.__module__.rpartition(".")[0] for rule in rules for check in rule.checks})
    folders = [path for name in modules for path in getattr(sys.modules.get(name), "__path__", ())]
    return digest(
        "rules", analysis_version(), *map(_tree, ("",)), *(part for folder in folders for part in _files(Path(folder))), *(r.id for r in rules)
    )


@cache
def _tree(name: str) -> bytes:
    """Return a digest of a file or folder of this package; of modules at its top for the empty name."""
    path = _PACKAGE / name
    if path.is_file():
        return content_digest(path.read_bytes())
    return digest(*_files(path)) if name else digest(*_files(path, below=False), *_files(path / "graphs"), *_files(path / "builtin_rules"))


def _files(folder: Path, *, below: bool = True) -> Iterable[bytes | str]:
    """Yield names and contents of what in a folder can change what the program does."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith((".py", ".msgpack", ".toml")):
            yield entry.name
            yield content_digest(Path(entry).read_bytes())
        elif below and entry.is_dir() and entry.name != "__pycache__":
            yield entry.name
            yield from _files(Path(entry))


def _release(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
