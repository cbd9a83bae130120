"""The two tasks: one file to its facts, one package to its facts. Pure, and the same in whatever process they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golint_maps.directives import FileDirectives, directives_of
from golint_maps.engine.keys import content_digest
from golint_maps.engine.records import FileRecord
from golint_maps.flow import analyse, facts
from golint_maps.flow.view import PackageView
from golint_maps.source import read_header
from golint_maps.syntax import encode, extract, ir
from golint_maps.types.exports import exports
from golint_maps.types.resolve import PackageLookup, Resolver
from golint_maps.types.scope import PackageScope


@dataclass(frozen=True, slots=True)
class Extracted:
    """A file's record, and its encoded facts and exports."""

    record: FileRecord
    facts: bytes
    exports: bytes


def extract_file(data: bytes) -> Extracted:
    """Lower one file."""
    found = extract(data)
    visible = encode(exports(found))
    directives = directives_of(found, data) if found.comments else FileDirectives()
    header = read_header(data)
    record = FileRecord(
        package=header.package,
        build=header.build,
        generated=header.generated,
        imports=tuple(dict.fromkeys(item.path for item in found.imports)),
        lines=found.lines,
        errors=tuple(found.errors),
        flaw=_flaw(data),
        directives=directives,
        exports=content_digest(visible),
    )
    return Extracted(record, encode(found), visible)


def _flaw(data: bytes) -> str:
    """Return what is wrong with the bytes of a file, as the end of a sentence about it; empty if nothing is."""
    if b"\x00" in data:
        return f"holds NUL bytes (line {data.count(10, 0, data.index(0)) + 1}), which are read as question marks"
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"is not UTF-8 (line {data.count(10, 0, error.start) + 1}); the bytes in question are read as question marks"
    return ""


@dataclass(frozen=True, slots=True)
class PackageInput:
    """A package to analyse: `files` are its facts, `paths` and `go` their relative paths and language versions, `primary` those it answers for."""

    import_path: str
    name: str
    files: Sequence[ir.FileFacts]
    paths: tuple[str, ...]
    go: tuple[tuple[int, int], ...]
    primary: frozenset[int]
    thorough: bool = True
    generated: bool = True


def analyse_package(package: PackageInput, lookup: PackageLookup) -> bytes:
    """Return the encoded `PackageFacts` of a package; `lookup` gives the packages that it imports."""
    scope = PackageScope(package.import_path, package.name, package.files)
    resolver = Resolver(lookup)
    resolver.enter(scope)
    view = PackageView(scope, resolver, package.paths, package.go, package.primary, package.thorough, package.generated)
    return facts.ENCODER.encode(analyse.analyse(view))
