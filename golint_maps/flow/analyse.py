"""One package in, its facts out. Pure: the same package and the same imports give the same facts."""

from __future__ import annotations

from golint_maps.flow import (
    copies,
    effects,
    growth,
    half_releases,
    hashing,
    large_entries,
    large_maps,
    lifetime,
    listed_maps,
    loopvars,
    map_sharing,
    memos,
    nilness,
    pinned_buffers,
    promises,
    ranges,
    served_maps,
    sharing,
    summary,
    syncmap_profiles,
    syncmaps,
)
from golint_maps.flow.annotations import guards
from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.facts import Fact, PackageFacts
from golint_maps.flow.fields_given import fields_given
from golint_maps.flow.internals import analyse as internals
from golint_maps.flow.release import skipped
from golint_maps.flow.view import PackageView, views
from golint_maps.types import model

_ANALYSES = (
    nilness.analyse,
    hashing.analyse,
    loopvars.analyse,
    copies.analyse,
    ranges.analyse,
    sharing.analyse,
    syncmaps.analyse,
    skipped.analyse,
    pinned_buffers.analyse,
    large_entries.analyse,
)
"""Each looks at one function and yields facts about it, for findings where it stands."""


def analyse(package: PackageView) -> PackageFacts:
    """Return the facts of a package."""
    try:
        return _analyse(package)
    finally:
        package.memo.clear()  # what it holds refers to the package, and cycles are freed late


def _analyse(package: PackageView) -> PackageFacts:
    facts: list[Fact] = []
    functions: list[FunctionSummary] = []
    serving: list[lifetime.Serving] = []
    given: set[str] = set()
    given_by_tests: set[str] = set()
    for view in views(package, sorted(package.primary)):
        if package.generated or not view.facts.generated:
            for analysis in _ANALYSES:
                facts += analysis(view)
        (given_by_tests if view.path.endswith("_test.go") else given).update(fields_given(view))
        summaries = list(summary.analyse(view))
        if summaries:
            functions += summaries
            facts += growth.analyse(view, summaries)
            facts += lifetime.replaced(view)
            facts += map_sharing.analyse(view)
            facts += listed_maps.analyse(view)
            facts += large_maps.analyse(view)
            loops = list(lifetime.serving(view, summaries))
            serving += loops
            if loops:
                facts += served_maps.analyse(view, summaries, loops)
        view.release()
    facts += internals.analyse(package)
    named = {fact.identity for fact in facts if isinstance(fact, growth.MapGrowth | large_maps.TableFilled | half_releases.HalfRelease)}
    facts += lifetime.declarations(package, named, functions)
    facts += syncmap_profiles.profiles(package)
    facts += large_entries.large_entries(package)
    imported = {item.path for file in package.scope.files for item in file.imports}
    files = zip(package.scope.files, package.paths, strict=True)
    of_code = {item.path for file, path in files if not path.endswith("_test.go") for item in file.imports}
    return PackageFacts(
        package.scope.path,
        package.scope.name,
        facts,
        functions,
        effects.analyse(package),
        _interfaces(package),
        guards(package),
        sorted(imported),
        promises.promises(package),
        memos.singletons(package),
        lifetime.holders(package),
        serving,
        memos.services(package),
        memos.keyed_by_pointers(package),
        lifetime.constructors(package),
        sorted(imported - of_code),
        _test_helpers(package),
        sorted(given),
        sorted(given_by_tests),
    )


def _interfaces(package: PackageView) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the methods of the package's interface types, with the shapes of their signatures."""
    found = {}
    for name in {declared.name for number in package.primary for declared in package.scope.files[number].types}:
        below = package.resolver.underlying(model.Named(package.scope.path, name))
        if isinstance(below, model.Interface) and below.methods and below.complete:
            found[f"{package.scope.path}.{name}"] = {
                method.name: model.shape(method.type) for method in sorted(below.methods, key=lambda method: method.name)
            }
    return dict(sorted(found.items()))


def _test_helpers(package: PackageView) -> list[str]:
    """Return the files beside its tests that import `testing`. A program may measure itself with that: it helps nobody."""
    if package.scope.name == "main":
        return []
    files = zip(package.scope.files, package.paths, strict=True)
    return sorted(path for file, path in files if not path.endswith("_test.go") and any(item.path == "testing" for item in file.imports))
