"""All packages that a run can see: those that it analyses, and those that they import from elsewhere.

A `World` is made in the parent and inherited by (or sent to) the workers. Everything in it is looked up lazily and kept for the process: most
imported packages are never asked for more than their name.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, overload

import msgspec

from golint_maps.directives import FileDirectives
from golint_maps.engine import keys
from golint_maps.engine.cache import Cache
from golint_maps.engine.records import MAX_FILE_SIZE, Answer, FileRecord, Import, TreeEntry
from golint_maps.flow.files import forget
from golint_maps.source import Module, Package, SourceFile, default_configuration, load_header, read_header
from golint_maps.source.files import read_file
from golint_maps.source.gomod import load_module, synthetic_module, upward
from golint_maps.source.imports import Environment, locate_import
from golint_maps.source.packages import Directory, packages_of
from golint_maps.syntax import decode, encode, extract, ir
from golint_maps.types.exports import exports
from golint_maps.types.scope import PackageScope
from golint_maps.types.stdlib import standard_package, table

_COMMENT: Final = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT: Final = re.compile(rb"^[ \t]*import\b(?:\s*\([^)]*\)|[^\n]*)", re.MULTILINE)
_PATH: Final = re.compile(rb'["`]([^"`\n]+)["`]')


@dataclass(frozen=True, slots=True)
class Known:
    """A file with the digest of its content and its record."""

    file: SourceFile
    content: bytes
    record: FileRecord


@dataclass(eq=False)
class Node:
    """A package as others import it: the files of one directory and configuration, those of its tests only for its external tests."""

    package: Package
    read: Callable[[SourceFile], Known | None]
    tests: bool = False

    @property
    def label(self) -> str:
        """A name that no other package has, and that says nothing of where the tree lies."""
        return f"{self.package.directory}|{self.package.configuration}|{self.package.import_path}"

    @cached_property
    def files(self) -> tuple[Known, ...]:
        """The files that can be read."""
        found = (self.read(file) for file in self.package.files if self.tests or not file.relative.endswith("_test.go"))
        return tuple(known for known in found if known)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Import paths of all files."""
        return tuple(dict.fromkeys(path for known in self.files for path in known.record.imports))


class _Exports(Sequence[ir.FileFacts]):
    """The declarations of a package's files, decoded when the first of them is asked for."""

    def __init__(self, world: World, files: Sequence[Known]) -> None:
        self._world = world
        self._known = files
        self._files: list[ir.FileFacts] | None = None

    @overload
    def __getitem__(self, index: int) -> ir.FileFacts: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ir.FileFacts]: ...
    def __getitem__(self, index: int | slice) -> ir.FileFacts | Sequence[ir.FileFacts]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[ir.FileFacts]:
        return iter(self._all())

    def _all(self) -> list[ir.FileFacts]:
        if self._files is None:
            self._files = [self._world.exports(known) for known in self._known]
        return self._files


@dataclass(eq=False)
class World:
    """The packages of a run and what surrounds them.

    `facts` and `visible` are encoded facts and exports by content digest, as far as this run made them; the rest is in the cache, or made again.
    """

    packages: Sequence[Package]
    known: Mapping[str, Known]
    surroundings: Environment
    cache: Cache
    tags: frozenset[str]
    before: Mapping[str, TreeEntry] = field(default_factory=dict)
    """Files outside of the run as an earlier run saw them."""
    facts: dict[bytes, bytes] = field(default_factory=dict)
    visible: dict[bytes, bytes] = field(default_factory=dict)
    fresh: dict[bytes, bytes] = field(default_factory=dict)
    """What was made on the way and belongs into the cache."""
    outside: dict[str, TreeEntry] = field(default_factory=dict)
    """Files that were read because something imports their package, by relative path."""
    _targets: dict[tuple[str, str, str], Node | None] = field(default_factory=dict)
    _nodes: dict[tuple[str, str, bool], Node | None] = field(default_factory=dict)
    _elsewhere: dict[str, list[Package]] = field(default_factory=dict)
    _modules: dict[str, Module] = field(default_factory=dict)
    _digests: dict[Node, bytes] = field(default_factory=dict)
    _scopes: dict[Node, PackageScope] = field(default_factory=dict)
    _shelf: dict[bytes, ir.FileFacts] = field(default_factory=dict)
    _shelved: str = ""

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is made lazily: another process makes it again."""
        return {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take what another process has sent."""
        self.__dict__.update(state, _targets={}, _nodes={}, _elsewhere={}, _modules={}, _digests={}, _scopes={}, _shelf={}, _shelved="")

    # --- files ---

    def all(self, directory: str, files: Sequence[Known]) -> list[ir.FileFacts]:
        """Return the facts of files of one directory. Packages of one directory share files: those of the last directory are kept.

        Raises OSError as `full` does.
        """
        if directory != self._shelved:
            self._shelf, self._shelved = {}, directory
            forget()
        for known in files:
            if known.content not in self._shelf:
                self._shelf[known.content] = self.full(known)
        return [self._shelf[known.content] for known in files]

    def full(self, known: Known) -> ir.FileFacts:
        """Return a file's facts. Raises OSError when they have to be made again and the file is gone."""
        blob = self.facts.get(known.content) or self.cache.get(facts_key(known.content))
        if blob is not None:
            try:
                return decode(blob)
            except msgspec.DecodeError:
                pass  # of another layout in spite of its key; as good as not there
        return extract(read_file(str(known.file.path), MAX_FILE_SIZE))

    def exports(self, known: Known) -> ir.FileFacts:
        """Return what others see of a file; nothing if it is gone."""
        blob = self.visible.get(known.content) or self.cache.get(exports_key(known.content))
        if blob is not None:
            try:
                return decode(blob)
            except msgspec.DecodeError:
                pass
        try:
            found = exports(extract(read_file(str(known.file.path), MAX_FILE_SIZE), bodies=False))
        except OSError:
            return exports(extract(b""))
        self.visible[known.content] = self.fresh[exports_key(known.content)] = encode(found)
        return found

    # --- packages ---

    def target(self, importer: Node, wanted: str) -> Node | None:
        """Return the package that an import path stands for in a package, or None: the standard library's, or not on this machine."""
        package = importer.package
        if package.kind == "external-test" and wanted == package.import_path.removesuffix("_test"):
            return self.node(package.directory, package.configuration, tests=True)
        return self.resolve(package.module, package.configuration, wanted)

    def resolve(self, module: Module, configuration: str, wanted: str) -> Node | None:
        """Return the package that an import path stands for in a module, in a configuration or the nearest to it that there is."""
        key = (module.directory, configuration, wanted)
        if key not in self._targets:
            directory = None if wanted in table().packages and module.path != "std" else locate_import(wanted, module, self.surroundings)
            self._targets[key] = self.node(self._relative(str(directory)), configuration) if directory else None
        return self._targets[key]

    def node(self, directory: str, configuration: str, *, tests: bool = False) -> Node | None:
        """Return the importable package of a directory in a configuration, or in the nearest to it that there is."""
        key = (directory, configuration, tests)
        if key not in self._nodes:
            found = self._by_directory.get(directory) or self._elsewhere.get(directory)
            if found is None:
                found = self._elsewhere[directory] = self._outside(directory)
            chosen = next((each for each in found if each.configuration == configuration), found[0] if found else None)
            self._nodes[key] = Node(chosen, self.read, tests) if chosen else None
        return self._nodes[key]

    @cached_property
    def _by_directory(self) -> dict[str, list[Package]]:
        found: dict[str, list[Package]] = defaultdict(list)
        for package in self.packages:
            if package.kind == "package" and not package.import_path.endswith(".go"):
                found[package.directory].append(package)
        return found

    def own(self, package: Package) -> Node:
        """Return a package of the run as it sees itself."""
        return Node(package, self.read, tests=True)

    def _outside(self, directory: str) -> list[Package]:
        """Return the packages of a directory that is no part of the run."""
        top = os.path.join(self.surroundings.root, directory)
        members = []
        try:
            names = sorted(name for name in os.listdir(top) if name.endswith(".go") and not name.endswith("_test.go") and name[0] not in "._")
        except OSError:
            return []
        for name in names:
            path = os.path.join(top, name)
            try:
                status = os.stat(path)
                relative = f"{directory}/{name}" if directory else name
                file = SourceFile(Path(path), relative, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                entry = self.before.get(relative)
                header = entry.record.header if entry and entry.shows(file) else load_header(path, status.st_size)
            except OSError:
                continue
            if header.package and status.st_size <= MAX_FILE_SIZE:
                members.append((file, header))
        module = self._module(top)
        path = _import_path(os.path.relpath(top, os.path.join(self.surroundings.root, module.directory)).replace(os.sep, "/"), module)
        place = Directory(directory, path, module, tuple(members))
        found = packages_of(place, default_configuration(self.tags), lambda file, message: None, lambda file: False)
        return [package for package in found if package.kind == "package" and package.import_path == path]

    def read(self, file: SourceFile) -> Known | None:
        """Return what is known of a file; one outside of the run is read for its imports now, and parsed when it is asked for its declarations."""
        if (known := self.known.get(file.relative)) is not None:
            return known
        entry = self.outside.get(file.relative) or self.before.get(file.relative)
        if entry is None or not entry.shows(file):
            try:
                data = read_file(str(file.path), MAX_FILE_SIZE)
            except OSError:
                return None
            content = keys.content_digest(data)
            header = read_header(data)
            record = FileRecord(header.package, header.build, header.generated, scan_imports(data), 0, (), "", FileDirectives(), content)
            entry = TreeEntry(file.relative, file.size, file.mtime_ns, file.ctime_ns, content, record)
        self.outside[file.relative] = entry
        return Known(file, entry.content, entry.record)

    def module_of(self, directory: str) -> Module:
        """Return the module of a directory, given relative to the root."""
        packages = self._by_directory.get(directory)
        return packages[0].module if packages else self._module(os.path.normpath(os.path.join(self.surroundings.root, directory)))

    def has(self, node: Node) -> bool:
        """Tell whether a package belongs to the run."""
        return node.package.directory in self._by_directory

    def _module(self, directory: str) -> Module:
        missed: list[str] = []
        found: Module | None = None
        for level in upward(directory):
            found = self._modules.get(level)
            if found is None:
                found, _ = load_module(level, self._relative(level))
                missed.append(level)
            if found is not None:
                break
        found = found or synthetic_module(self.surroundings.root, "")
        self._modules.update(dict.fromkeys(missed, found))
        return found

    def _relative(self, path: str) -> str:
        below = os.path.relpath(path, self.surroundings.root).replace(os.sep, "/")
        return "" if below == "." else below

    # --- what an analysis asks ---

    def digest(self, node: Node) -> bytes:
        """Return a digest of all that an importer can see of a package: its declarations, and the names of the packages in them."""
        if node not in self._digests:
            parts: list[bytes | str] = [node.package.import_path, node.package.name]
            parts += [known.record.exports for known in node.files]
            for path in node.imports:
                target = self.target(node, path)
                parts += [path, f"{target.label}|{target.package.name}" if target else ""]
            self._digests[node] = keys.digest(*parts)
        return self._digests[node]

    def scope(self, node: Node) -> PackageScope:
        """Return a package's exported declarations."""
        if node not in self._scopes:
            self._scopes[node] = PackageScope(node.package.import_path, node.package.name, _Exports(self, node.files))
        return self._scopes[node]


@dataclass(eq=False)
class Imports:
    """Answers one analysis' questions for packages and remembers the answers: with the same answers it comes to the same facts."""

    world: World
    own: Node
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    _nodes: dict[str, Node] = field(default_factory=dict)

    def __call__(self, wanted: str, importer: str) -> PackageScope | None:
        """Return the package that `wanted` stands for in the package `importer`, or None."""
        node = self.own if importer == self.own.package.import_path else self._nodes.get(importer)
        target = self.world.target(node, wanted) if node else None
        if node is not None:
            self.answers[importer, wanted] = Answer(importer, wanted, self.world.digest(target) if target else b"")
        if target is None:
            return standard_package(wanted)
        self._nodes.setdefault(wanted, target)
        return self.world.scope(target)


def replay(world: World, own: Node, answers: Iterable[Answer]) -> Iterator[tuple[Answer, Node, Node | None]]:
    """Yield answers, in the order in which they were given, with the package that asked and the one that would be the answer now.

    Ends early when a package that asked would not be asked about any more.
    """
    nodes = {own.package.import_path: own}
    for answer in answers:
        node = nodes.get(answer.importer)
        if node is None:
            return
        target = world.target(node, answer.wanted)
        yield answer, node, target
        if target:
            nodes.setdefault(answer.wanted, target)


def still_true(world: World, own: Node, answers: Sequence[Answer]) -> bool:
    """Tell whether an analysis that got these answers would get them again."""
    replayed = replay(world, own, answers)
    return len(answers) == sum(1 for answer, _, target in replayed if answer.digest == (world.digest(target) if target else b""))


def from_elsewhere(world: World, own: Node, answers: Iterable[Answer]) -> Iterator[Import]:
    """Yield those of an analysis' imports that the files of the run do not decide."""
    for answer, node, target in replay(world, own, answers):
        if not (world.has(node) and (world.has(target) if target else answer.wanted in table().packages)):
            yield Import(node.package.directory, node.package.configuration, answer.wanted, answer.digest)


def still_imported(world: World, item: Import) -> bool:
    """Tell whether a package of a directory would still see the same when it imports this."""
    target = world.resolve(world.module_of(item.directory), item.configuration, item.wanted)
    return item.digest == (world.digest(target) if target else b"")


def record_key(content: bytes) -> bytes:
    """Return the cache key of a file's record."""
    return keys.digest("record", keys.syntax_version(), content)


def facts_key(content: bytes) -> bytes:
    """Return the cache key of a file's facts."""
    return keys.digest("facts", keys.syntax_version(), content)


def exports_key(content: bytes) -> bytes:
    """Return the cache key of a file's exports."""
    return keys.digest("exports", keys.syntax_version(), content)


def scan_imports(data: bytes) -> tuple[str, ...]:
    """Return the import paths in the text of a file. It may find more than there are, in text that only looks like an import."""
    text = _COMMENT.sub(b" ", data)
    found = (path for block in _IMPORT.finditer(text) for path in _PATH.findall(block[0]))
    return tuple(dict.fromkeys(path.decode("utf-8", "replace") for path in found))


def _import_path(below: str, module: Module) -> str:
    """Return the import path of a directory of a module, given relative to the module's own."""
    if below == ".":
        return module.path
    path = below if module.path == "std" else f"{module.path}/{below}"
    return f"/{path}".rpartition("/vendor/")[2].lstrip("/")
