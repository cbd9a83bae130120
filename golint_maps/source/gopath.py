"""What a tree without go.mod is imported as: by where it lies in a GOPATH, else by how its own files import each other.

Trees from before modules name themselves nowhere but in their imports: where `example.com/app/store` is imported and the tree has a folder
`store`, the tree is `example.com/app`, if enough imports agree. Nor do they say which Go they are written for: that nothing newer is used tells.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from golint_maps.source.files import read_file

BEFORE_MODULES: Final = (1, 10)
"""The last Go without modules: the language version of trees that are older than modules."""

_IMPORT: Final = re.compile(rb'^\s*(?:import\s+)?(?:[\w.]+\s+)?"((?:[\w-]+\.)+[\w-]+/[^"\s]+)"', re.MULTILINE)
_SINCE_MODULES: Final = re.compile(
    rb'^//go:(?:build|embed) |"(?:cmp|embed|io/fs|iter|log/slog|maps|math/rand/v2|net/netip|slices|testing/fstest|unique|weak)"'
    rb"|\b(?:io\.(?:ReadAll|NopCloser)|os\.(?:ReadFile|WriteFile|ReadDir|MkdirTemp|CreateTemp)|errors\.(?:Is|As|Join))\("
    rb"|\[\w+ (?:any|comparable)\b|(?:\[\w*\]|\.\.\.)any\b|\batomic\.(?:Bool|Int32|Int64|Uint32|Uint64|Pointer\[)",
    re.MULTILINE,
)
"""What no Go without modules knows: language, directives and the standard library of Go 1.13 and later."""

_SKIPPED: Final = frozenset(("vendor", "Godeps", "testdata", "node_modules", "third_party"))
_MOST_FOLDERS: Final = 200
_MOST_FILES: Final = 80
_FILES_OF_A_FOLDER: Final = 3
_READ: Final = 6000
_FEWEST_IMPORTS: Final = 2
"""Folders that imports must name before a path is believed: one may be another project's folder of the same name."""


def import_path_of(directory: str) -> str:
    """Return the import path of the tree in an absolute directory without go.mod, or an empty string when nothing tells."""
    before, found, after = directory.replace(os.sep, "/").rpartition("/src/")
    if found and before and "." in after.split("/")[0]:
        return after
    folders: dict[str, set[str]] = defaultdict(set)
    for imported in _imports(directory):
        parts = imported.split("/")
        for length in range(1, min(len(parts), 5)):
            below = "/".join(parts[length:])
            if below and parts[length] not in _SKIPPED and os.path.isdir(os.path.join(directory, below)):
                folders["/".join(parts[:length])].add(below)
    ranked = sorted(folders, key=lambda path: (-len(folders[path]), path))
    if not ranked or len(folders[ranked[0]]) < _FEWEST_IMPORTS:
        return ""
    return "" if len(ranked) > 1 and len(folders[ranked[1]]) == len(folders[ranked[0]]) else ranked[0]


def is_before_modules(directory: str) -> bool:
    """Tell whether a tree without go.mod looks like one from before modules: it imports itself, and nothing in a sample of it is newer."""
    return bool(import_path_of(directory)) and not any(_SINCE_MODULES.search(text) for text in _sample(directory))


def _imports(directory: str) -> Iterator[str]:
    """Yield the import paths of a sample of files."""
    for text in _sample(directory):
        yield from (match.decode("utf-8", "replace") for match in _IMPORT.findall(text))


def _sample(directory: str) -> Iterator[bytes]:
    """Yield the beginnings of some files, those nearest to the top first."""
    todo = [directory]
    files = 0
    for folder in todo:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        sources = [entry.path for entry in entries if entry.name.endswith(".go") and entry.is_file(follow_symlinks=False)]
        for source in sources[:_FILES_OF_A_FOLDER]:
            try:
                data = read_file(source, _READ)
            except OSError:
                continue
            yield data
            files += 1
        if files >= _MOST_FILES:
            return
        for entry in entries:
            if len(todo) < _MOST_FOLDERS and entry.is_dir(follow_symlinks=False) and entry.name[:1] not in "._" and entry.name not in _SKIPPED:
                todo.append(entry.path)
