"""Build expressions on `goexperiment.swissmap`, a tag that only two releases of Go have."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from golint_maps.flow.internals.facts import NonexistentKnob, StaleSwissGuard
from golint_maps.flow.internals.tables import NEWEST, ONLY_SWISS
from golint_maps.flow.internals.versions import SWISSMAP
from golint_maps.flow.site import Place
from golint_maps.flow.view import PackageView
from golint_maps.source.constraints import ConstraintError, Expr, holds, parse, release_minor, tags_of

_NEVER_SET: Final = frozenset(("goexperiment.noswissmap", "goexperiment.noswissmaps", "goexperiment.swissmaps"))
"""Tags that look like that of an experiment: GOEXPERIMENT=noswissmap takes a tag away and sets none."""

_MAX_FREE: Final = 10
"""Tags beside those of releases of which all combinations are tried."""


def guards(package: PackageView, file: int) -> Iterator[StaleSwissGuard | NonexistentKnob]:
    """Yield what is wrong with a file's build expression as far as it is about kinds of maps."""
    facts = package.scope.files[file]
    if "swissmap" not in facts.build:
        return
    try:
        expression = parse(facts.build)
    except ConstraintError:
        return
    line = next((comment for comment in facts.comments if comment.text.startswith("//go:build")), None)
    place = Place(package.paths[file], line.pos, line.pos + len(line.text.encode())) if line else Place(package.paths[file], 0, 1)
    go = package.go[file][1]
    tags = tags_of(expression)
    for tag in sorted(tags & _NEVER_SET):
        yield NonexistentKnob(place=place, function="", package=package.scope.path, map=tag, kind="build-tag", knob=tag, go=go)
    if SWISSMAP in tags and _depends(expression):
        yield StaleSwissGuard(
            place=place, function="", package=package.scope.path, map=SWISSMAP, expression=facts.build, comes=_comes_back(expression), go=go
        )


def _cases(expression: Expr, minor: int) -> Iterator[frozenset[str]]:
    """Yield the sets of true tags that are possible in a release, apart from the swissmap tag."""
    tags = tags_of(expression) - {SWISSMAP}
    releases = {tag for tag in tags if (release_minor(tag) or 0) <= minor and release_minor(tag) is not None}
    free = sorted(tag for tag in tags if release_minor(tag) is None)[:_MAX_FREE]
    for chosen in itertools.product((False, True), repeat=len(free)):
        yield frozenset(releases | {tag for tag, on in zip(free, chosen, strict=True) if on})


def _depends(expression: Expr) -> bool:
    """Tell whether the expression asks for the tag in a release that has no such tag, so that it gets the answer for classic maps."""
    cases = (true for minor in range(ONLY_SWISS, NEWEST + 1) for true in _cases(expression, minor))
    return any(holds(expression, true) != holds(expression, true | {SWISSMAP}) for true in cases)


def _comes_back(expression: Expr) -> bool:
    """Tell whether the file is compiled in the releases without the tag: then it was meant for classic maps."""
    return any(holds(expression, true) and not holds(expression, true | {SWISSMAP}) for true in _cases(expression, ONLY_SWISS))
