"""One package in, what it does with the insides of maps out."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.internals.accesses import accesses
from golint_maps.flow.internals.cgo import crossings
from golint_maps.flow.internals.facts import InternalsFact
from golint_maps.flow.internals.guards import guards
from golint_maps.flow.internals.knobs import constants, directives, strings
from golint_maps.flow.internals.linknames import linknames
from golint_maps.flow.internals.mirrors import declared_mirrors
from golint_maps.flow.internals.values import view_of
from golint_maps.flow.internals.ways import ways
from golint_maps.flow.view import PackageView
from golint_maps.types.stdlib import table


def analyse(package: PackageView) -> Iterator[InternalsFact]:
    """Yield what a package does with the insides of maps. Files that have no way to them cost next to nothing."""
    scope = package.scope
    if scope.name == "runtime" or scope.path in table().packages or scope.path.startswith(("internal/", "cmd/", "runtime/")):
        return  # Go's own sources, and runtimes of other implementations
    if files := ways(package):
        yield from accesses(package, files)
    for number in sorted(package.primary):
        file = scope.files[number]
        if not file.generated:
            yield from declared_mirrors(package, number)
        if file.comments:
            yield from linknames(package, number)
            yield from directives(package, number)
        if any(item.path == "C" for item in file.imports):
            yield from crossings(package, number)
        yield from guards(package, number)
        if file.switches:
            yield from constants(package, number)
            for index, function in enumerate(file.functions):
                view = view_of(package, number, index) if function.parent < 0 else None
                if view is not None:
                    yield from strings(view)
