"""Build configurations: which tags are true together, and the nearest configuration that includes a file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeVar

from golint_maps.source.constraints import ConstraintError, Expr, holds, parse, release_minor, tags_of
from golint_maps.source.platforms import EXPERIMENTS, FEATURES, IMPLIED_OS, KNOWN_ARCH, KNOWN_OS, NEWEST_GO, PLATFORMS, UNIX

_T = TypeVar("_T")

_MAX_SUBSETS_OF: Final = 7
"""Up to so many free tags in one constraint all combinations are tried; beyond it singles, pairs and all together."""

_MAX_CANDIDATES: Final = 20_000
"""Combinations that are looked at for one constraint. Real constraints need some dozens; those made to be costly are given up."""

_EVERY_PAIR: Final = tuple(itertools.product(sorted(KNOWN_OS), sorted(KNOWN_ARCH)))


@dataclass(frozen=True, slots=True)
class Configuration:
    """A choice of target, toolchain and tags. `go` is the toolchain's minor release: it decides release tags and default experiments."""

    goos: str = "linux"
    goarch: str = "amd64"
    go: int = NEWEST_GO
    cgo: bool = True
    compiler: str = "gc"
    tags: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Return `linux/amd64`, followed by what differs from a plain build: `windows/amd64,!cgo,go1.23,foo`."""
        parts = [f"{self.goos}/{self.goarch}"]
        if not self.cgo:
            parts.append("!cgo")
        if self.go != NEWEST_GO:
            parts.append(f"go1.{self.go}")
        if self.compiler != "gc":
            parts.append(self.compiler)
        return ",".join([*parts, *sorted(self.tags)])


def default_configuration(tags: AbstractSet[str] = frozenset()) -> Configuration:
    """Return the configuration of a run, which never depends on the machine: linux/amd64, cgo, gc, the newest Go, and these tags.

    A GOOS, GOARCH or compiler among the tags replaces the default one; when only one half of a platform is named and the default of the other
    half does not go with it, the first platform that has the named half is taken.
    """
    systems = sorted(tags & KNOWN_OS)
    architectures = sorted(tags & KNOWN_ARCH)
    goos = systems[0] if systems else "linux"
    goarch = architectures[0] if architectures else "amd64"
    if bool(systems) != bool(architectures) and (goos, goarch) not in PLATFORMS:
        goos, goarch = next((pair for pair in PLATFORMS if (goos == pair[0] if systems else goarch == pair[1])), (goos, goarch))
    compiler = "gccgo" if "gccgo" in tags else "gc"
    return Configuration(goos, goarch, compiler=compiler, tags=frozenset(tags) - {goos, goarch, "gc", "gccgo"})


@lru_cache(maxsize=4096)
def true_tags(configuration: Configuration) -> frozenset[str]:
    """Return every tag that is true in a configuration."""
    true = {*configuration.tags, configuration.compiler, *_platform_tags(configuration.goos, configuration.goarch), *_release_tags(configuration.go)}
    if configuration.cgo:
        true.add("cgo")
    return frozenset(true)


def evaluate(constraint: str, tags: Configuration) -> bool:
    """Return whether a constraint, as `Header.build` spells it, is true in a configuration. A malformed one is true in none."""
    try:
        return holds(parse(constraint), true_tags(tags))
    except ConstraintError:
        return False


@lru_cache(maxsize=8192)
def nearest(expression: Expr, base: Configuration) -> Configuration | None:
    """Return the configuration that satisfies the expression with the least change from `base`, or None when none does.

    Each dimension of a configuration (platform, release, cgo, compiler, tags) offers one candidate for every way in which the tags that the
    expression names can come out, so the product stays small whatever the number of platforms.
    """
    named = tags_of(expression)
    usual = [*PLATFORMS] if (base.goos, base.goarch) in PLATFORMS else [(base.goos, base.goarch), *PLATFORMS]
    return _first(expression, named, base, usual) or _first(expression, named, base, [*usual, *_EVERY_PAIR])


def _first(expression: Expr, named: frozenset[str], base: Configuration, platforms: Sequence[tuple[str, ...]]) -> Configuration | None:
    cgo_choices = [(0.0, base.cgo), (1.2, not base.cgo)][: 1 + ("cgo" in named)]
    compilers = [(0.0, base.compiler), (1.5, "gccgo" if base.compiler == "gc" else "gc")][: 1 + bool(named & {"gc", "gccgo"})]
    product = itertools.product(
        _platform_choices(named, base, platforms), _release_choices(named, base), cgo_choices, compilers, _tag_choices(named, base)
    )
    candidates = sorted(itertools.islice(product, _MAX_CANDIDATES), key=lambda choices: sum(cost for cost, _ in choices))
    for (_, (goos, goarch)), (_, go), (_, cgo), (_, compiler), (_, tags) in candidates:
        candidate = replace(base, goos=goos, goarch=goarch, go=go, cgo=cgo, compiler=compiler, tags=tags)
        if holds(expression, true_tags(candidate)):
            return candidate
    return None


def _platform_choices(named: frozenset[str], base: Configuration, platforms: Sequence[tuple[str, ...]]) -> list[tuple[float, tuple[str, ...]]]:
    """Changing the system and changing the architecture cost the same; equal costs go by the order of `platforms`."""

    def cost(pair: tuple[str, ...]) -> float:
        return (pair[0] != base.goos) + (pair[1] != base.goarch)

    ordered = sorted(platforms, key=cost)
    return [(cost(pair), pair) for pair in _distinct(ordered, lambda pair: _platform_tags(*pair) & named)]


def _release_choices(named: frozenset[str], base: Configuration) -> list[tuple[float, int]]:
    beyond = sorted(minor for tag in named if (minor := release_minor(tag)) is not None and minor > base.go)
    releases = _distinct([*range(base.go, 0, -1), *beyond], lambda go: _release_tags(go) & named)
    return [(0.0 if go == base.go else 1.3, go) for go in releases]


def _tag_choices(named: frozenset[str], base: Configuration) -> list[tuple[float, frozenset[str]]]:
    """Return the sets of free tags to try, each with the cost of setting or clearing them.

    A tag of a default experiment costs more than another release does: builds that set it by hand are rarer than builds of that release.
    """
    free = sorted(tag for tag in named if not _is_reserved(tag))
    sizes: Iterable[int] = range(len(free) + 1) if len(free) <= _MAX_SUBSETS_OF else (0, 1, 2, len(free))
    flips = itertools.chain.from_iterable(itertools.combinations(free, size) for size in sizes)
    return [(sum(2.0 if tag in EXPERIMENTS else 1.1 for tag in flip), base.tags ^ frozenset(flip)) for flip in flips]


def _is_reserved(tag: str) -> bool:
    return tag in KNOWN_OS or tag in KNOWN_ARCH or tag in {"unix", "cgo", "gc", "gccgo"} or release_minor(tag) is not None


def _distinct(items: Iterable[_T], key: Callable[[_T], frozenset[str]]) -> Iterator[_T]:
    seen: set[frozenset[str]] = set()
    for item in items:
        if (outcome := key(item)) not in seen:
            seen.add(outcome)
            yield item


@lru_cache(maxsize=1024)
def _platform_tags(goos: str, goarch: str) -> frozenset[str]:
    tags = {goos, goarch, *FEATURES.get(goarch, ())}
    if goos in IMPLIED_OS:
        tags.add(IMPLIED_OS[goos])
    if goos in UNIX:
        tags.add("unix")
    return frozenset(tags)


@lru_cache(maxsize=256)
def _release_tags(go: int) -> frozenset[str]:
    experiments = (tag for tag, (first, last) in EXPERIMENTS.items() if first <= go <= last)
    return frozenset(("go1", *(f"go1.{minor}" for minor in range(1, go + 1)), *experiments))
