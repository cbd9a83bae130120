"""The first half of a run: which packages there are, and the record of each of their files, from the cache or made now."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from golint_maps.engine import keys, notices, pool
from golint_maps.engine.cache import Cache
from golint_maps.engine.records import ENCODER, MAX_FILE_SIZE, RECORD, TREE, FileRecord, Tree, TreeEntry
from golint_maps.engine.tasks import Extracted, extract_file
from golint_maps.engine.world import Known, exports_key, facts_key, record_key
from golint_maps.findings import Location
from golint_maps.outcome import Notice
from golint_maps.settings import Settings
from golint_maps.source import Discovery, Header, SourceFile, discover
from golint_maps.source.files import read_file, reason
from golint_maps.source.ignore import exclusion
from golint_maps.source.imports import Environment, environment

_RACY: Final = 2_000_000_000
"""Nanoseconds. A file that was changed so shortly before it was read may change again without its time showing it (some file systems count
in seconds), so its time is not relied upon."""

_FILE_BUDGET: Final = 30.0
"""Seconds for one file, unless a package may take less: sixteen megabytes are parsed in two."""


@dataclass(slots=True)
class Survey:
    """What there is. `known` are the files that could be read, by relative path; `facts` and `exports` those blobs that were made now."""

    discovery: Discovery
    surroundings: Environment
    known: dict[str, Known]
    notices: list[tuple[Notice, Location]]
    before: Tree
    facts: dict[bytes, bytes] = field(default_factory=dict)
    exports: dict[bytes, bytes] = field(default_factory=dict)


def survey(
    settings: Settings, patterns: Sequence[str], cwd: Path, cache: Cache, processes: Callable[[int], int], step: Callable[[int, int], None]
) -> Survey:
    """Find the packages and know their files. Raises PatternError for a pattern that names nothing.

    `processes` gives the number of processes for an amount of bytes; `step` is told how many files of how many are done.
    """
    before = _tree(cache, tree_key(settings, patterns, cwd))
    entries = {entry.path: entry for entry in before.files}

    def header_of(file: SourceFile) -> Header | None:
        entry = entries.get(file.relative)
        return entry.record.header if entry and entry.shows(file) else None

    excludes = exclusion(settings.exclude, os.path.abspath(settings.root or cwd)) if settings.exclude else None
    discovery = discover(patterns, cwd=cwd, tags=frozenset(settings.tags), tests=settings.tests, header_of=header_of, excludes=excludes)
    surroundings = environment(discovery.root, discovery.modules, os.environ)
    problems = [*discovery.notices, *surroundings.problems]
    found = Survey(discovery, surroundings, {}, [(Notice(each.path, each.message), Location(each.path, 0, 0)) for each in problems], before)
    files = {file.relative: file for package in discovery.packages for file in package.files}
    todo: list[SourceFile] = []
    for path, file in files.items():
        entry = entries.get(path)
        if file.size > MAX_FILE_SIZE:
            found.notices.append(notices.oversized(path, file.size))
        elif entry and entry.shows(file):
            found.known[path] = Known(file, entry.content, entry.record)
        else:
            todo.append(file)
    _read(found, todo, min(settings.timeout_per_package, _FILE_BUDGET), cache, processes, step)
    for path in sorted(found.known):
        found.notices += notices.of_record(path, found.known[path].record)
    return found


def _read(
    found: Survey, todo: Sequence[SourceFile], seconds: float, cache: Cache, processes: Callable[[int], int], step: Callable[[int, int], None]
) -> None:
    """Make the records of files, and what goes with them."""
    if not todo:
        return
    sizes = [file.size for file in todo]
    cache.suspend()
    fresh: list[tuple[bytes, bytes]] = []
    done = 0
    for number, result in pool.run(partial(_know, cache), todo, sizes, processes=processes(sum(sizes)), seconds=seconds):
        file = todo[number]
        done += 1
        step(done, len(todo))
        if isinstance(result, pool.Failure):
            found.notices.append(notices.of_file(file.relative, result, seconds))
            continue
        if isinstance(result, str):
            found.notices.append(notices.unreadable(file.relative, result))
            continue
        content, record, made = result
        found.known[file.relative] = Known(file, content, record)
        if made is not None:
            found.facts[content], found.exports[content] = made.facts, made.exports
            fresh += [(record_key(content), ENCODER.encode(record)), (facts_key(content), made.facts), (exports_key(content), made.exports)]
    cache.put(fresh)


def _know(cache: Cache, file: SourceFile) -> tuple[bytes, FileRecord, Extracted | None] | str:
    """Return (content digest, record, what was made now if it was not in the cache) of a file, or why it cannot be read."""
    try:
        data = read_file(str(file.path), MAX_FILE_SIZE)
    except OSError as error:
        return reason(error)
    content = keys.content_digest(data)
    blob = cache.get(record_key(content))
    if blob is not None:
        try:
            return content, RECORD.decode(blob), None
        except msgspec.DecodeError:
            pass  # as good as not there
    made = extract_file(data)
    return content, made.record, made


def tree_key(settings: Settings, patterns: Sequence[str], cwd: Path) -> bytes:
    """Return the key under which the files of a call are remembered. It names the tree by its inode: paths do not belong into keys."""
    status = os.stat(cwd)
    return keys.digest("tree", keys.syntax_version(), status.st_dev, status.st_ino, settings.tests, *sorted(settings.tags), *patterns)


def _tree(cache: Cache, key: bytes) -> Tree:
    blob = cache.get(key)
    if blob is not None:
        try:
            return TREE.decode(blob)
        except msgspec.DecodeError:
            pass  # as good as not there
    return Tree()


def remember(cache: Cache, key: bytes, before: Tree, known: Mapping[str, Known], outside: Mapping[str, TreeEntry], now_ns: int) -> None:
    """Store what the files of a call were like when they were read."""
    old = {entry.path: entry for entry in before.files}
    files = tuple(
        TreeEntry(path, item.file.size, item.file.mtime_ns, item.file.ctime_ns, item.content, item.record)
        for path, item in sorted(known.items())
        if item.file.mtime_ns < now_ns - _RACY or (path in old and old[path].shows(item.file))
    )
    others = tuple(entry for _, entry in sorted(outside.items()) if entry.mtime_ns < now_ns - _RACY)
    tree = Tree(files, others)
    if tree != before:
        cache.put([(key, ENCODER.encode(tree))])
