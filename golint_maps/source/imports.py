"""Where an imported package lies: in a module below the root, a workspace, a replaced directory, `vendor` or the module cache.

Nothing is downloaded or written; what is not there is not found.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from golint_maps.source.files import printable
from golint_maps.source.gomod import Workspace, load_module, load_workspace, upward
from golint_maps.source.model import Module, Problem, Replace

_UPPER: Final = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """Where packages can lie besides the modules of a run. Make it with `environment`. `caches` are module caches, absolute."""

    root: str
    modules: tuple[Module, ...]
    workspace: Workspace | None
    caches: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    """What is wrong with the go.work file."""
    found: dict[tuple[str, Module], Path | None] = field(default_factory=dict, repr=False)
    near: dict[Module, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    listings: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)


def environment(root: Path, modules: tuple[Module, ...], variables: Mapping[str, str]) -> Environment:
    """Return the surroundings of a run over `root`.

    `variables` are environment variables: GOMODCACHE, or else `pkg/mod` of each directory in GOPATH or of `~/go`; GOWORK (`off` or a file).
    """
    home = variables.get("HOME") or variables.get("USERPROFILE") or ""
    paths = variables.get("GOPATH", "").split(os.pathsep) if variables.get("GOPATH") else [os.path.join(home, "go")] if home else []
    cache = variables.get("GOMODCACHE")
    caches = [cache] if cache else [os.path.join(path, "pkg", "mod") for path in paths]
    work = variables.get("GOWORK", "")
    top = os.path.abspath(root)
    workspace: Workspace | None = None
    if work and work != "off":
        workspace = load_workspace(os.path.dirname(work))
    elif not work:
        workspace = next((found for level in upward(top) if (found := load_workspace(level))), None)
    problems: tuple[Problem, ...] = ()
    if workspace is not None and workspace.flaw:
        place = os.path.relpath(os.path.join(workspace.directory, "go.work"), top).replace(os.sep, "/")
        problems = (Problem(printable(place), printable(workspace.flaw)),)
    return Environment(top, modules, workspace, tuple(path for path in caches if os.path.isabs(path)), problems)


def locate_import(import_path: str, importing: Module, surroundings: Environment) -> Path | None:
    """Return the directory of the package that a module imports, or None when it is not on this machine or is of the standard library.

    Of all modules whose path is a prefix of the import path the longest counts, as in the go command; among equals first the importing module
    itself, then local replacements, the workspace, other modules below the root (nearest first), `vendor`, and the module cache.
    """
    key = (import_path, importing)
    if key not in surroundings.found:
        surroundings.found[key] = next(
            (Path(directory) for directory in _candidates(import_path, importing, surroundings) if _has_go_files(directory, surroundings)), None
        )
    return surroundings.found[key]


def _candidates(import_path: str, importing: Module, surroundings: Environment) -> Iterator[str]:
    if not import_path or import_path in {"C", "unsafe"} or import_path.startswith(("/", ".")) or "\0" in import_path:
        return
    if importing not in surroundings.near:
        surroundings.near[importing] = _modules_seen_by(importing, surroundings)
    for path, directory in surroundings.near[importing]:
        below = import_path if path == "std" else _below(import_path, path)
        if below is not None:
            yield os.path.join(directory, below) if below else directory
    for level in _vendor_levels(importing, surroundings):
        yield os.path.join(level, "vendor", import_path)
    yield from _cached(import_path, importing, surroundings)


def _replaced(replaces: tuple[Replace, ...], directory: str) -> list[tuple[str, str]]:
    """Return module paths with the local directories that stand for them."""
    return [
        (replace.old, os.path.normpath(os.path.join(directory, replace.new)))
        for replace in replaces
        if replace.new.startswith(("./", "../", "/")) or replace.new in {".", ".."} or os.path.isabs(replace.new)
    ]


def _modules_seen_by(importing: Module, surroundings: Environment) -> list[tuple[str, str]]:
    """Return module paths with absolute directories, in the order in which they are asked for a package."""
    home = _absolute(importing.directory, surroundings)
    local = [(importing.path, home), *_replaced(importing.replaces, home)]
    if surroundings.workspace:
        local += _replaced(surroundings.workspace.replaces, surroundings.workspace.directory)
        local += [(module.path, use) for use in surroundings.workspace.uses for module in [load_module(use, "")[0]] if module]
    # Test data repeats module paths, so the module that shares most of its directory with the importing one is meant.
    others = (module for module in surroundings.modules if module != importing)
    near = sorted(others, key=lambda module: (-_shared_parts(module.directory, importing.directory), module.directory))
    local += [(module.path, _absolute(module.directory, surroundings)) for module in near]
    return sorted(local, key=lambda pair: -len(pair[0]))


def _shared_parts(first: str, second: str) -> int:
    pairs = zip(first.split("/"), second.split("/"), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _vendor_levels(importing: Module, surroundings: Environment) -> Iterator[str]:
    """Yield the module's directory, then the workspace's: both can hold a `vendor`."""
    if importing.vendor:
        yield _absolute(importing.directory, surroundings)
    if surroundings.workspace:
        yield surroundings.workspace.directory


def _cached(import_path: str, importing: Module, surroundings: Environment) -> Iterator[str]:
    """Yield directories of the module cache for the versions that the importing module requires."""
    swaps = {replace.old: replace for replace in importing.replaces if replace.new_version}
    for path, version in sorted(importing.requires, key=lambda pair: -len(pair[0])):
        below = _below(import_path, path)
        if below is None:
            continue
        swap = swaps.get(path)
        if swap and swap.old_version in {"", version}:
            path, version = swap.new, swap.new_version
        for cache in surroundings.caches:
            yield os.path.join(cache, f"{escape_path(path)}@{escape_path(version)}", below)


def escape_path(path: str) -> str:
    """Return a module path or version as the module cache spells it: `!x` for each capital X, for file systems that ignore case."""
    return _UPPER.sub(lambda match: "!" + match[0].lower(), path)


def _below(import_path: str, module_path: str) -> str | None:
    if import_path == module_path:
        return ""
    return import_path[len(module_path) + 1 :] if import_path.startswith(module_path + "/") else None


def _absolute(directory: str, surroundings: Environment) -> str:
    return os.path.normpath(os.path.join(surroundings.root, directory))


def _has_go_files(directory: str, surroundings: Environment) -> bool:
    """Whether a directory holds a package. Listings are kept: parents are asked for again and again."""
    if directory not in surroundings.listings:
        try:
            surroundings.listings[directory] = frozenset(os.listdir(directory))
        except OSError:
            surroundings.listings[directory] = frozenset()
    return any(name.endswith(".go") and not name.endswith("_test.go") for name in surroundings.listings[directory])
