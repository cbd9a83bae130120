"""From the patterns of a call to packages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from golint_maps.source.configuration import Configuration, default_configuration
from golint_maps.source.files import printable, read_file, reason
from golint_maps.source.gomod import load_module, synthetic_module, upward
from golint_maps.source.header import load_header
from golint_maps.source.ignore import Excludes
from golint_maps.source.model import Discovery, Header, Module, Package, Problem, SourceFile
from golint_maps.source.packages import Directory, packages_of
from golint_maps.source.patterns import Target, parse_pattern
from golint_maps.source.walk import Folder, Home, folder, walk

_IMPORT_C: Final = re.compile(rb'^\s*(?:import\s+)?"C"\s*(?://.*)?$', re.MULTILINE)

HeaderOf = Callable[[SourceFile], Header | None]
"""Gives a header that is known already, or None for one that has to be read."""


def discover(
    patterns: Sequence[str],
    *,
    cwd: Path,
    tags: frozenset[str] = frozenset(),
    tests: bool = True,
    header_of: HeaderOf | None = None,
    excludes: Excludes | None = None,
) -> Discovery:
    """Return all packages that the patterns name (none means `./...`).

    A pattern is a Go file, a directory (its own package; when it holds no Go files itself, everything below it), a path with `...`, or an
    import path of the module around `cwd`. What `excludes` tells is passed over below the targets. The root is `cwd`, or the nearest directory above
    it that holds all targets.
    Raises PatternError for a pattern that names nothing.
    """
    start = os.path.abspath(cwd)
    targets = [parse_pattern(pattern, start) for pattern in patterns or ("./...",)]
    survey = _Survey(_root(start, targets), default_configuration(tags), tests, header_of)
    folders: dict[str, Folder] = {}
    named: set[str] = set()
    aside: set[str] = set()
    seen: set[str] = set()
    for target in targets:
        told = len(survey.problems)
        found = list(_folders(target, survey, excludes))
        for each in found:
            earlier = folders.get(each.directory)
            # A file named one by one may be one that the walk of another pattern passes over, and the other way round.
            entries = {entry.name: entry for entry in (*each.files, *(earlier.files if earlier else ()))}
            folders[each.directory] = Folder(each.directory, tuple(entries.values()), each.home)
            for entry in each.files:
                (aside if entry.name in each.aside else seen).add(survey.relative(os.path.join(each.directory, entry.name)))
        if target.file:
            named.add(survey.relative(target.path))
        if not found and len(survey.problems) == told:
            survey.report(target.path, f"holds no Go files that match {target.pattern}" if target.wildcard else "holds no Go files")
    packages = [package for directory in sorted(folders, key=survey.relative) for package in survey.packages(folders[directory])]
    known = {home.directory: home.module for home in survey.homes.values() if not home.module.synthetic}
    modules = {**known, **{survey.absolute(package.module.directory): package.module for package in packages}}
    return Discovery(
        root=Path(survey.root),
        packages=tuple(packages),
        modules=tuple(sorted(modules.values(), key=lambda module: (module.directory, module.path))),
        notices=tuple(sorted(set(survey.problems), key=lambda problem: (problem.path, problem.message))),
        named=frozenset(named),
        aside=frozenset(aside - seen),
        headers=survey.headers,
        trees=tuple(Path(target.folder) for target in targets if target.everything),
        passed=tuple(sorted(set(survey.passed), key=lambda problem: (problem.path, problem.message))),
    )


def imported_package(
    directory: Path, import_path: str, *, root: Path, tags: frozenset[str] = frozenset(), header_of: HeaderOf | None = None
) -> Package | None:
    """Return the package that an import of `directory` means: default configuration, no tests; None when it holds no such package.

    This is for dependencies that the patterns do not name, such as vendored ones: their relative paths may lead out of the root, and what is
    wrong with them is nobody's concern.
    """
    survey = _Survey(os.path.abspath(root), default_configuration(tags), tests=False, header_of=header_of)
    place = os.path.abspath(directory)
    label = survey.configuration.label
    found = survey.packages(folder(place, survey.home_of(place), survey.report))
    return next((replace(package, import_path=import_path) for package in found if package.configuration == label), None)


def _root(start: str, targets: Sequence[Target]) -> str:
    """Return `start`, or the nearest directory above it that holds all targets; where there is none (other drives), the first target."""
    try:
        return os.path.commonpath([start, *(target.folder for target in targets)])
    except ValueError:
        return targets[0].folder


def _folders(target: Target, survey: _Survey, excludes: Excludes | None) -> Iterator[Folder]:
    if target.file:
        name = os.path.basename(target.path)
        found = folder(target.folder, survey.home_of(target.folder), survey.report, frozenset((name,)))
        if any(entry.name == name for entry in found.files):
            yield found
        return
    if target.wildcard is None:
        own = folder(target.folder, survey.home_of(target.folder), survey.report)
        if own.files:
            yield own
            return
    for found in walk(target.folder, survey.home_of, survey.report, excludes, survey.passes):
        if target.wildcard is None or target.wildcard.fullmatch(found.directory.replace(os.sep, "/")):
            yield found


@dataclass(slots=True)
class _Survey:
    """One discovery: where paths start, what the modules are, and what went wrong so far."""

    root: str
    configuration: Configuration
    tests: bool
    header_of: HeaderOf | None
    homes: dict[str, Home] = field(default_factory=dict)
    headers: dict[str, Header] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    passed: list[Problem] = field(default_factory=list)

    def relative(self, path: str) -> str:
        """Return an absolute path relative to the root, with `/`; the root itself is empty."""
        if path == self.root:
            return ""
        prefix = os.path.join(self.root, "")
        short = path[len(prefix) :] if path.startswith(prefix) else os.path.relpath(path, self.root)
        return short.replace(os.sep, "/")

    def absolute(self, relative: str) -> str:
        """Return the absolute path of a directory as `relative` gives it."""
        return os.path.normpath(os.path.join(self.root, relative))

    def report(self, path: str, message: str) -> None:
        """Note what is wrong with an absolute path."""
        self.problems.append(Problem(printable(self.relative(path)), printable(message)))

    def passes(self, path: str, why: str) -> None:
        """Note that an absolute path is not read."""
        self.passed.append(Problem(printable(self.relative(path)), why))

    def home_of(self, directory: str) -> Home:
        """Return the module of a directory: that of the nearest go.mod, or one named after the root."""
        missed: list[str] = []
        home: Home | None = None
        for level in upward(directory):
            home = self.homes.get(level)
            if home is None:
                module, problem = load_module(level, self.relative(level))
                if problem:
                    self.problems.append(problem)
                if module:
                    home = Home(module, level)
            if home is not None:
                break
            missed.append(level)
        home = home or Home(synthetic_module(self.root, ""), self.root)
        self.homes.update(dict.fromkeys([*missed, home.directory], home))
        return home

    def packages(self, found: Folder) -> list[Package]:
        """Return the packages of a folder, reading the headers that are not known."""
        path = self.relative(found.directory)
        parent = Path(found.directory)
        members: list[tuple[SourceFile, Header]] = []
        for entry in sorted(found.files, key=lambda entry: entry.name):
            if not self.tests and entry.name.endswith("_test.go"):
                self.passes(os.path.join(found.directory, entry.name), "no tests")
                continue
            relative = f"{path}/{entry.name}" if path else entry.name
            file = SourceFile(parent / entry.name, relative, entry.size, entry.mtime_ns, entry.ctime_ns)
            header = self.header(file)
            if header:
                members.append((file, header))
        import_path = _import_path(found)
        directory = Directory(path, import_path, found.home.module, tuple(members))
        return packages_of(directory, self.configuration, self._reject, self._imports_c) if members else []

    def header(self, file: SourceFile) -> Header | None:
        """Return the header of a file, or None when the file cannot be read, which is then reported."""
        header = self.header_of(file) if self.header_of else None
        if header is None:
            try:
                header = load_header(str(file.path), file.size)
            except OSError as error:
                self._reject(file, f"cannot be read: {reason(error)}")
                return None
        if not header.package:
            self._reject(file, "has no package clause")
        self.headers[file.relative] = header
        return header

    def _reject(self, file: SourceFile, message: str) -> None:
        self.problems.append(Problem(file.relative, message))

    def _imports_c(self, file: SourceFile) -> bool:
        try:
            return _IMPORT_C.search(read_file(str(file.path), file.size)) is not None
        except OSError:
            return False


def _import_path(found: Folder) -> str:
    """Return the import path of a folder: the standard library's has no prefix, that of a vendored package starts below `vendor`."""
    module: Module = found.home.module
    below = os.path.relpath(found.directory, found.home.directory).replace(os.sep, "/")
    if below == ".":
        return module.path
    if module.path == "std":
        return below
    _, vendor, after = f"/{below}".rpartition("/vendor/")
    return after if vendor else f"{module.path}/{below}"
