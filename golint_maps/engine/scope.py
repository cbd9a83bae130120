"""What a run has looked at in full, so that what it does not find there can be called gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from golint_maps.outcome import Notice, Scope
from golint_maps.rule import Rule
from golint_maps.settings import COMMAND_LINE, Settings
from golint_maps.source import Discovery, Package


def scope_of(discovery: Discovery, notices: Iterable[Notice], selected: Sequence[Rule], settings: Settings) -> Scope:
    """Return what was looked at in full: packages of which no file was left out, named or not, and of which nothing is to be noted."""
    noted = {notice.path for notice in notices}
    places = [path.rpartition("/") for path in noted]
    if "" in noted or any(name == "go.work" for _, _, name in places):
        return Scope()  # a rule failed or ran out of time, or imports lead elsewhere, and nobody can say what would have been found
    # A file that cannot be read is part of no package, so its folder is to blame.
    flawed = {folder for folder, _, name in places if name.endswith(".go")}
    flawed_modules = {folder for folder, _, name in places if name == "go.mod"}
    without_tests = not settings.tests and settings.origins.get("tests") == COMMAND_LINE
    whole: dict[str, bool] = {}
    for package in discovery.packages:
        complete = package.directory not in flawed and package.module.directory not in flawed_modules
        if complete and discovery.named:
            complete = all(file.relative in discovery.named for file in package.files)
        if complete and without_tests:
            complete = not _has_tests(discovery, package)
        for path in _paths(package):
            whole[path] = whole.get(path, True) and complete
    files = discovery.named or {file.relative for package in discovery.packages for file in package.files}
    return Scope(
        rules=frozenset(rule.id for rule in selected),
        packages=frozenset(path for path, complete in whole.items() if complete),
        files=frozenset(files) - noted,
        trees=discovery.trees if not discovery.named else (),
        modules=tuple((module.path, discovery.root / module.directory) for module in discovery.modules),
    )


def _paths(package: Package) -> tuple[str, ...]:
    """Return the import paths that were looked at with a package: that of its external tests, too, there being none or not."""
    return (package.import_path, f"{package.import_path}_test") if package.kind == "package" else (package.import_path,)


def _has_tests(discovery: Discovery, package: Package) -> bool:
    try:
        return any(name.endswith("_test.go") for name in os.listdir(discovery.root / package.directory))
    except OSError:
        return True
