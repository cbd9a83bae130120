"""Walking directories: which Go files there are, and what lies in the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from golint_maps.source import ignore
from golint_maps.source.files import is_unprintable, kind_of, reason
from golint_maps.source.model import Module

Report = Callable[[str, str], None]
"""Takes the absolute path to blame and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file by its name in its folder."""

    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class Home:
    """A module and the absolute directory it lies in."""

    module: Module
    directory: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory (absolute) that has Go files, with the module it belongs to. `aside` are the names of files that nothing is to be said of."""

    directory: str
    files: tuple[Entry, ...]
    home: Home
    aside: frozenset[str] = frozenset()


def walk(
    top: str, home_of: Callable[[str], Home], report: Report, excludes: ignore.Excludes | None = None, passed: Report = lambda path, why: None
) -> Iterator[Folder]:
    """Yield the folders below an absolute directory, itself included, as `...` of the go command means them.

    `vendor`, `testdata`, names that begin with `.` or `_`, what go.mod's `ignore` lines and .gitignore files name, and symbolic links to
    directories are not entered. Unlike the go command, nested modules are. `top` itself is walked whatever its name.
    Directories that are excluded are not entered either, unless `top` is one or lies in one. Excluded files are read where their package has
    other files, which may need what they declare. `passed` is told of what is not read, and why.
    """
    if excludes is not None and excludes(top, True):
        excludes = None
    pending = [(top, home_of(top), ignore.rules_above(top))]
    while pending:
        directory, home, rules = pending.pop()
        entries = _entries(directory, report)
        names = {entry.name for entry in entries}
        if ".git" in names and directory != top:
            rules = ignore.excluded_by_repository(directory)
        if ".gitignore" in names:
            rules = ignore.with_file(rules, directory, ".gitignore")
        if "go.mod" in names:
            home = home_of(directory)
        files: list[Entry] = []
        aside: set[str] = set()
        for entry in entries:
            name = entry.name
            if name.startswith((".", "_")):
                if name.endswith(".go") or entry.is_dir(follow_symlinks=False):
                    passed(entry.path, "begins with . or _")
                continue
            if entry.is_dir(follow_symlinks=False):
                path = entry.path
                if why := _passed_over(name, path, home, rules, excludes):
                    passed(path, why)
                    continue
                if is_unprintable(name):
                    report(path, "has a name with control characters or bytes that are no UTF-8; what is below it is not read")
                    continue
                pending.append((path, home, rules))
            elif name.endswith(".go"):
                if rules is not None and ignore.ignored(rules, entry.path, False):
                    passed(entry.path, ".gitignore")
                elif file := _regular(entry, report):
                    files.append(file)
                    if excludes is not None and excludes(entry.path, False):
                        aside.add(name)
            elif entry.is_symlink():
                _report_loop(entry, report)
        if len(files) > len(aside):
            yield Folder(directory, tuple(files), home, frozenset(aside))
        else:
            for name in sorted(aside):
                passed(os.path.join(directory, name), "exclude")


def _passed_over(name: str, path: str, home: Home, rules: ignore.IgnoreRules | None, excludes: ignore.Excludes | None) -> str:
    """Return why a walk does not enter a directory; empty if it does."""
    if name in {"vendor", "testdata"}:
        return name
    if _left_out(home, path):
        return "ignore of go.mod"
    if rules is not None and ignore.ignored(rules, path, True):
        return ".gitignore"
    return "exclude" if excludes is not None and excludes(path, True) else ""


def folder(directory: str, home: Home, report: Report, extra: frozenset[str] = frozenset()) -> Folder:
    """Return one directory without what is below it. Ignore files do not count; names in `extra` are taken even if they begin with `_` or `.`."""
    files = [
        file
        for entry in _entries(directory, report)
        if entry.name.endswith(".go") and (entry.name in extra or not entry.name.startswith((".", "_"))) and (file := _regular(entry, report))
    ]
    return Folder(directory, tuple(files), home)


def _entries(directory: str, report: Report) -> list[os.DirEntry[str]]:
    """Return what is in a directory, sorted by name; report a directory that cannot be read."""
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        report(directory, f"cannot be read: {reason(error)}")
        return []


def _regular(entry: os.DirEntry[str], report: Report) -> Entry | None:
    """Return a Go file, following symbolic links to files; report anything else that is named like one."""
    try:
        status = entry.stat()
    except OSError as error:
        report(entry.path, f"cannot be read: {reason(error)}")
        return None
    if not stat.S_ISREG(status.st_mode):
        if not stat.S_ISDIR(status.st_mode):
            report(entry.path, f"is {kind_of(status.st_mode)}, not a file; it is not read")
        return None
    if is_unprintable(entry.name):
        report(entry.path, "has a name with control characters or bytes that are no UTF-8; it is not read")
        return None
    return Entry(entry.name, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _report_loop(entry: os.DirEntry[str], report: Report) -> None:
    """Links to directories are never followed, so a loop does no harm; somebody who expects files behind one should know."""
    try:
        target = os.path.realpath(entry.path, strict=True)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            report(entry.path, f"cannot be followed: {reason(error)}")
        return
    here = os.path.realpath(os.path.dirname(entry.path))
    if here == target or here.startswith(os.path.join(target, "")):
        report(entry.path, "is a symbolic link to a directory above it; it is not followed")


def _left_out(home: Home, directory: str) -> bool:
    """Return whether an `ignore` line of go.mod names a directory: `./x` from the module's own directory, `x` at any depth."""
    for pattern in home.module.ignores:
        wanted = pattern.removeprefix("./").strip("/")
        relative = directory[len(home.directory) :].replace(os.sep, "/").strip("/")
        if relative == wanted or (not pattern.startswith("./") and relative.endswith("/" + wanted)):
            return True
    return False
