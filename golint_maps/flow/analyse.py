"""One package in, its facts out. Pure: the same package and the same imports give the same facts."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow import copies, effects, hashing, loopvars, nilness, ranges, summary, syncmaps
from golint_maps.flow.facts import Fact, PackageFacts
from golint_maps.flow.view import PackageView, View
from golint_maps.types import model

_ANALYSES = (nilness.analyse, hashing.analyse, loopvars.analyse, copies.analyse, ranges.analyse, syncmaps.analyse)
"""Each looks at one function and yields facts about it."""


def views(package: PackageView) -> Iterator[View]:
    """Yield the declared functions (and initialisers) of a package's primary files, each with its literals."""
    for file in sorted(package.primary):
        families: dict[int, list[int]] = {}
        for number, function in enumerate(package.scope.files[file].functions):
            families.setdefault(function.root, []).append(number)
        for root, family in families.items():
            family.sort(key=lambda number: number != root)
            yield View(package, file, root, family)


def analyse(package: PackageView) -> PackageFacts:
    """Return the facts of a package."""
    facts: list[Fact] = []
    functions: list[summary.FunctionSummary] = []
    for view in views(package):
        for analysis in _ANALYSES:
            facts += analysis(view)
        functions += summary.analyse(view)
    return PackageFacts(package.scope.path, package.scope.name, facts, functions, effects.analyse(package), _interfaces(package))


def _interfaces(package: PackageView) -> dict[str, list[str]]:
    """Return the method names of the package's interface types."""
    found = {}
    for name in package.scope.types:
        below = package.resolver.underlying(model.Named(package.scope.path, name))
        if isinstance(below, model.Interface) and below.methods and below.complete:
            found[f"{package.scope.path}.{name}"] = sorted(method.name for method in below.methods)
    return found
