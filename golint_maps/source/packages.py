"""From the files of one directory to packages: one for the default configuration, and as many more as it takes to see every file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.source.configuration import Configuration, nearest, true_tags
from golint_maps.source.constraints import ConstraintError, Expr, Tag, conjunction, constraint_words, demands, holds, parse
from golint_maps.source.model import Header, Kind, Module, Package, SourceFile

MAX_VARIANTS: Final = 64
"""Configurations for one directory. Files that none of them includes become packages of their own."""

_UNSATISFIED: Final = "none"
"""Label of the configuration of a file that no configuration includes."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The Go files of one directory, sorted by name, with their headers. `path` is relative to the root."""

    path: str
    import_path: str
    module: Module
    files: tuple[tuple[SourceFile, Header], ...]


Reject = Callable[[SourceFile, str], None]
"""Takes a file and what is wrong with it."""

ImportsC = Callable[[SourceFile], bool]
"""Says whether a file has `import "C"`, which leaves it out of every build without cgo."""


_Key = tuple[tuple[str, ...], str]
"""What decides whether a file is built: the words at the end of its name, and the constraint of its header."""


@dataclass(frozen=True, slots=True)
class _Variant:
    label: str
    standalone: bool
    members: tuple[tuple[SourceFile, Header], ...]
    primary: frozenset[str]


def packages_of(directory: Directory, base: Configuration, reject: Reject, imports_c: ImportsC) -> list[Package]:
    """Return the packages of a directory, the default configuration first.

    Files with different package clauses never share a package. The directory's import path belongs to the name that most files of the earliest
    configuration have; a file that cannot be imported by it (a second package clause, a tool behind `//go:build ignore`) gets the import path
    of its directory followed by its own name.
    """
    variants = list(_variants(directory, base, reject, imports_c))
    main_name = _main_name(variants, directory)
    ordinary = {header.package for file, header in directory.files if not file.relative.endswith("_test.go")}
    group_of = {file.relative: _group(file, header, ordinary, main_name) for file, header in directory.files}
    found: list[Package] = []
    for variant in variants:
        groups: dict[tuple[str, Kind], list[SourceFile]] = defaultdict(list)
        for file, _ in variant.members:
            groups[group_of[file.relative]].append(file)
        for (name, kind), files in sorted(groups.items(), key=lambda item: (item[0][1] != "package", item[0][0] != main_name, item[0][0])):
            primary = variant.primary.intersection(file.relative for file in files)
            if primary:
                found.append(_package(directory, variant, name, kind, files, primary, main_name))
    return found


def _package(
    directory: Directory, variant: _Variant, name: str, kind: Kind, files: list[SourceFile], primary: frozenset[str], main_name: str
) -> Package:
    tested = name.removesuffix("_test") if kind == "external-test" else name
    path = directory.import_path
    if variant.standalone or tested != main_name:
        path = f"{path}/{min(primary).rpartition('/')[2]}"
    elif kind == "external-test":
        path += "_test"
    return Package(path, name, directory.path, directory.module, tuple(files), primary, kind, variant.label)


def _variants(directory: Directory, base: Configuration, reject: Reject, imports_c: ImportsC) -> Iterator[_Variant]:
    """Yield configurations until every file is in one: first the base, then each time the nearest one that includes the first file left."""
    alone: list[tuple[str, SourceFile, Header]] = []
    entries: list[tuple[_Key, SourceFile, Header]] = []
    for file, header in directory.files:
        key = (constraint_words(file.relative.rpartition("/")[2]), header.build)
        try:
            tool = bool(header.build) and "ignore" not in base.tags and demands(_expression(key), "ignore")
        except ConstraintError as error:
            reject(file, f"has a malformed build constraint: {error}")
            alone.append((_UNSATISFIED, file, header))
            continue
        if tool:
            alone.append(("ignore", file, header))
        else:
            entries.append((key, file, header))

    keys = {key for key, _, _ in entries}
    uncovered = {file.relative: (key, file, header) for key, file, header in entries}
    configuration: Configuration | None = base
    for _ in range(MAX_VARIANTS):
        if configuration is not None:
            true = true_tags(configuration)
            verdicts = {key: _holds(key, true) for key in keys}
            members = [(file, header) for key, file, header in entries if verdicts[key]]
            if not configuration.cgo:
                members = [member for member in members if not imports_c(member[0])]
            primary = frozenset(file.relative for file, _ in members if file.relative in uncovered)
            if primary:
                yield _Variant(configuration.label, False, tuple(members), primary)
            for relative in primary:
                del uncovered[relative]
        configuration = None
        while uncovered and configuration is None:
            first, (key, file, header) = next(iter(uncovered.items()))
            configuration = nearest(_expression(key), base)
            if configuration is None or (not configuration.cgo and imports_c(file)):
                configuration = None
                alone.append((_UNSATISFIED, file, header))
                del uncovered[first]
        if configuration is None:
            break
    alone += [(_UNSATISFIED, file, header) for _, file, header in uncovered.values()]
    for label, file, header in sorted(alone, key=lambda item: item[1].relative):
        yield _Variant(label, True, ((file, header),), frozenset((file.relative,)))


def expression_of(path: str, header: Header) -> Expr | None:
    """Return the condition under which a file is built, None for always. Raises ConstraintError for a malformed constraint."""
    key = (constraint_words(path.rpartition("/")[2]), header.build)
    return _expression(key) if any(key) else None


def _expression(key: _Key) -> Expr:
    words, build = key
    return conjunction([*(Tag(word) for word in words), parse(build)])


def _holds(key: _Key, true: frozenset[str]) -> bool:
    words, build = key
    return true.issuperset(words) and (not build or holds(parse(build), true))


def _group(file: SourceFile, header: Header, ordinary: Iterable[str], main_name: str) -> tuple[str, Kind]:
    name = header.package or main_name
    if file.relative.endswith("_test.go") and name.endswith("_test") and name not in ordinary:
        return name, "external-test"
    return name, "package"


def _main_name(variants: list[_Variant], directory: Directory) -> str:
    """Return the package name that the directory's import path stands for."""
    for variant in variants:
        counts: dict[str, int] = defaultdict(int)
        for file, header in variant.members:
            if header.package and not file.relative.endswith("_test.go"):
                counts[header.package] += 1
        if counts:
            return min(counts, key=lambda name: (-counts[name], name == "main", name))
    tested = sorted(header.package.removesuffix("_test") for _, header in directory.files if header.package)
    return tested[0] if tested else directory.import_path.rpartition("/")[2]
