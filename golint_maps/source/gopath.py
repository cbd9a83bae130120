"""What a tree without go.mod is imported as: by where it lies in a GOPATH, else by how its own files import each other.

Trees from before modules name themselves nowhere but in their imports: where `example.com/app/store` is imported and the tree has a folder
`store`, the tree is `example.com/app`, if enough imports agree.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from golint_maps.source.files import read_file

_IMPORT: Final = re.compile(rb'^\s*(?:import\s+)?(?:[\w.]+\s+)?"((?:[\w-]+\.)+[\w-]+/[^"\s]+)"', re.MULTILINE)
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


def _imports(directory: str) -> Iterator[str]:
    """Yield the import paths of a sample of files, those nearest to the top first."""
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
            yield from (match.decode("utf-8", "replace") for match in _IMPORT.findall(data))
            files += 1
        if files >= _MOST_FILES:
            return
        for entry in entries:
            if len(todo) < _MOST_FOLDERS and entry.is_dir(follow_symlinks=False) and entry.name[:1] not in "._" and entry.name not in _SKIPPED:
                todo.append(entry.path)
