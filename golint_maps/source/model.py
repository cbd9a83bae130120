"""What discovery says: files, modules and packages as frozen values, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["package", "external-test"]
"""`external-test` is the package `x_test` that `_test.go` files beside package `x` may form."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Go file. `path` is absolute; `relative` is what reports print, with `/`; `size` is in bytes.

    `ctime_ns` is the time of the last change of the inode, which nothing sets back, and which a change of permissions moves as well.
    """

    path: Path
    relative: str
    size: int
    mtime_ns: int
    ctime_ns: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above and in the package clause of a file.

    `package` is empty when there is no package clause. `build` is the text after `//go:build`, or else the `+build` lines with that word, one
    on each line; empty when the file has no constraint. `generated` marks `// Code generated … DO NOT EDIT.`
    """

    package: str
    build: str
    generated: bool


@dataclass(frozen=True, slots=True)
class Replace:
    """One `replace` line of go.mod or go.work. Versions are empty when the line names none; `new` is a path when it starts with `.` or `/`."""

    old: str
    old_version: str
    new: str
    new_version: str


@dataclass(frozen=True, slots=True)
class Module:
    """A Go module. `directory` is relative to the root, with `/`; `""` is the root itself, `..` parts lead above it.

    `go` is None when go.mod has no readable `go` line. `synthetic` marks a module without a readable go.mod.
    `vendor` says that the module has a `vendor` directory. `requires` are pairs of module path and version. `godebug_at` are the byte offsets
    of the settings in `godebug`.
    """

    path: str
    directory: str
    go: tuple[int, int] | None = None
    go_text: str = ""
    synthetic: bool = False
    vendor: bool = False
    replaces: tuple[Replace, ...] = ()
    godebug: tuple[tuple[str, str], ...] = ()
    godebug_at: tuple[int, ...] = ()
    requires: tuple[tuple[str, str], ...] = ()
    toolchain: str = ""
    ignores: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Hash the two fields that tell modules apart: look-ups key their caches by module, and a module can require hundreds of others."""
        return hash((self.path, self.directory))


@dataclass(frozen=True, slots=True)
class Package:
    """The files of one directory that are compiled together in one configuration.

    One directory gives a package for each configuration that is needed to see all of its files. `files` are all that the configuration
    includes; `primary` are the relative paths that no earlier configuration of the directory covered: findings belong to these only.
    """

    import_path: str
    name: str
    directory: str
    module: Module
    files: tuple[SourceFile, ...]
    primary: frozenset[str]
    kind: Kind
    configuration: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a path from being read in full. `path` is relative to the root and printable."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one call names. `named` are the relative paths of files that were given one by one; `headers` are by relative path.

    `aside` are the relative paths of files that are read for the sake of their packages only: nothing is reported of them. `trees` are the folders
    everything below which was named. `passed` is what is not read because of its name or of what some pattern says, with the reason.
    """

    root: Path
    packages: tuple[Package, ...]
    modules: tuple[Module, ...]
    notices: tuple[Problem, ...]
    named: frozenset[str]
    aside: frozenset[str] = frozenset()
    headers: Mapping[str, Header] = field(default_factory=dict, compare=False, repr=False)
    trees: tuple[Path, ...] = field(default=(), compare=False)
    passed: tuple[Problem, ...] = field(default=(), compare=False, repr=False)


class PatternError(ValueError):
    """A pattern of the call names nothing that exists."""

    def __init__(self, pattern: str, message: str) -> None:
        super().__init__(f"{pattern}: {message}")
        self.pattern = pattern
        self.message = message
