"""One function that is looked at for what it does with the memory of maps: what all checks ask of it, and where they put what they find."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import TypedDict

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.facts import MapInternalsWritten, MapMemoryArithmetic, MapReinterpreted
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.internals.tables import FIRST_SWISS
from golint_maps.flow.internals.values import Frame
from golint_maps.flow.internals.versions import Versions, versions
from golint_maps.flow.maps import extent, place
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell_type
from golint_maps.flow.traverse import expressions, subexpressions
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

Access = MapReinterpreted | MapInternalsWritten | MapMemoryArithmetic


class _Common(TypedDict):
    """The fields that all facts have."""

    place: Place
    function: str
    package: str
    map: str
    owner: str
    go: int
    newest: int


class Look:
    """One function in one context.

    `calls` has the names under which functions are called that may be handed map memory. `found` is keyed by kind and place, because a function
    may be looked at in two configurations.
    """

    def __init__(self, frame: Frame, calls: Container[str], found: dict[tuple[str, Place], Access]) -> None:
        self.frame = frame
        self.calls = calls
        self.view = frame.view
        self.package = frame.view.package
        self.seen: Versions = versions(self.view.facts.build, self.view.go)
        self.passed_over: set[int] = set()
        """Expressions of the present statement that need no look, by identity."""
        self._found = found

    def imported(self, fun: ir.Expr) -> tuple[str, str]:
        """Return the import path and name of a function of another package."""
        if isinstance(fun, ir.Sel) and isinstance(fun.base, ir.Name):
            return self.view.typing.package_of(fun.base) or "", fun.name
        return "", ""

    @cached_property
    def become_pointers(self) -> set[int]:
        """Return the integers that are made pointers somewhere in the function."""
        found = set()
        for function in self.view.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Call) and self.imported(x.fun) == ("unsafe", "Pointer"):
                    found |= {inner.id for arg in x.args for inner in subexpressions(arg) if isinstance(inner, ir.Local)}
        return found

    def lies_at(self, offset: int, kind: Type | None) -> tuple[str, str]:
        """Return what lies at an offset of a header, in the release that is built with and, if that is another kind of map, in the newest."""
        size = Sizes(self.package.resolver).size(kind) or 8
        below = self.package.resolver.underlying(kind)
        pointer = not isinstance(below, model.Basic) or below == model.UNSAFE_POINTER
        newest = self.seen.newest
        return (
            tables.describe(offset, size, self.seen.chosen, pointer=pointer),
            tables.describe(offset, size, newest, pointer=pointer) if self.seen.chosen < FIRST_SWISS <= newest else "",
        )

    def site(self, x: ir.Call | ir.Binary | ir.Assign | ir.Range, value: Memory) -> _Common:
        """Return what all facts say of where they were found."""
        start, end = (x.pos, x.end) if isinstance(x, ir.Assign) else (x.pos, x.over.pos) if isinstance(x, ir.Range) else extent(x, self.view)
        return {
            "place": place(self.view, start, end),
            "function": self.view.name,
            "package": self.package.scope.path,
            "map": value.map,
            "owner": value.owner,
            "go": self.seen.chosen,
            "newest": self.seen.newest,
        }

    def add(self, fact: Access) -> None:
        """Note a fact, unless one of its kind is known of its place."""
        self._found.setdefault((type(fact).__name__, fact.place), fact)


def spelled(package: PackageView, kind: Type | None) -> str:
    """Return a type as the package writes it: its own types without its name."""
    if isinstance(kind, model.Pointer):
        return "*" + spelled(package, kind.elem)
    own = isinstance(kind, model.Named) and kind.package == package.scope.path
    return kind.name.split("·", maxsplit=1)[0] if own and isinstance(kind, model.Named) else spell_type(kind)
