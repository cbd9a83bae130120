"""Which releases of Go may compile a file, and what maps those have.

A `go` line of go.mod is a lower bound only: the newest toolchain compiles a module of any version. What a file's own `//go:build` line says
bounds it from both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.tables import FIRST_SWISS, NEWEST, ONLY_SWISS, Layout
from golint_maps.source.constraints import And as Both
from golint_maps.source.constraints import ConstraintError, Expr, Not, Tag, demands, parse, release_minor, tags_of

SWISSMAP = "goexperiment.swissmap"
"""The build tag that is true for Swiss maps in the two releases which have both kinds, and for nothing in all others."""


@dataclass(frozen=True, slots=True)
class Build:
    """One way to compile a file: a release, and the GOEXPERIMENT that takes the default maps away (`noswissmap`) if any."""

    minor: int
    experiment: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """The builds that a file is for, oldest first.

    `chosen` is the release that messages speak of: the oldest one. `guarded` says that the file's own constraint narrows them: its writer
    has thought of versions.
    """

    builds: tuple[Build, ...]
    chosen: int
    guarded: bool

    @property
    def newest(self) -> int:
        """The newest release."""
        return self.builds[-1].minor

    @property
    def one_kind(self) -> bool:
        """Whether the file's own constraint keeps it to releases and experiments with one kind of maps."""
        swiss = {build.minor >= FIRST_SWISS and not build.experiment for build in self.builds}
        return self.guarded and len(swiss) == 1

    @property
    def minors(self) -> range:
        """The releases, from the oldest to the newest."""
        return range(self.builds[0].minor, self.newest + 1)

    def layouts(self, role: str) -> tuple[Layout, ...] | None:
        """Return the structure with a role in each build, or None when one of them has no such structure."""
        found = [tables.layout(role, build.minor, experiment=build.experiment) for build in self.builds]
        known = tuple(dict.fromkeys(item for item in found if item))
        return known if None not in found else None


@lru_cache(maxsize=1024)
def versions(constraint: str, go: tuple[int, int]) -> Versions:
    """Return the builds of a file with this `//go:build` expression and language version."""
    try:
        expression = parse(constraint)
    except ConstraintError:
        expression = parse("")
    lowest = go[1] if go[0] == 1 else tables.OLDEST
    asks = SWISSMAP in tags_of(expression)
    every = [
        Build(minor, experiment)
        for minor in range(min(lowest, NEWEST), NEWEST + 1)
        for experiment in (("noswissmap", "") if asks and FIRST_SWISS <= minor < ONLY_SWISS else ("",))
    ]
    kept = tuple(build for build in every if may_hold(expression, build.minor, swissmap=_tag(build)))
    if not kept:
        # No release that the module allows compiles the file; what it says is about the newest that it allows itself.
        older = [minor for minor in range(tables.OLDEST, lowest) if may_hold(expression, minor, swissmap=False)]
        kept = (Build(older[-1] if older else lowest),)
    return Versions(kept, kept[0].minor, guarded=len(kept) < len(every) or _narrows(expression))


def _tag(build: Build) -> bool:
    return FIRST_SWISS <= build.minor < ONLY_SWISS and not build.experiment


@lru_cache(maxsize=256)
def for_gc(constraint: str) -> bool:
    """Tell whether Go's own compiler may compile a file; the runtimes of others are laid out in their own ways."""
    try:
        expression = parse(constraint)
    except ConstraintError:
        return True
    return not any(demands(expression, tag) for tag in ("gccgo", "tinygo", "llgo"))


def _narrows(expression: Expr) -> bool:
    """Tell whether a constraint tells the releases with classic maps from those with Swiss maps."""
    return not may_hold(expression, FIRST_SWISS - 1, swissmap=False) or not may_hold(expression, NEWEST, swissmap=False)


def may_hold(expression: Expr, minor: int, *, swissmap: bool, value: bool = True) -> bool:
    """Tell whether an expression can have this value in a release, whatever the tags that are not about releases."""
    if isinstance(expression, Tag):
        if expression.name == SWISSMAP:
            return swissmap == value
        release = release_minor(expression.name)
        return release is None or (release <= minor) == value
    if isinstance(expression, Not):
        return may_hold(expression.operand, minor, swissmap=swissmap, value=not value)
    results = (may_hold(operand, minor, swissmap=swissmap, value=value) for operand in expression.operands)
    return all(results) if isinstance(expression, Both) == value else any(results)
