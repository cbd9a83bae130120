"""A rule: metadata, one function, and the page beside it. `golint_maps.registry` finds them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from golint_maps.findings import Finding, Fix, Level, Location, Related, Safety, Trace
from golint_maps.flow.site import Place, Site
from golint_maps.types.model import brief

if TYPE_CHECKING:
    from golint_maps.program import Program

Check = Callable[["Program"], Iterator[Finding]]


class Profile(enum.StrEnum):
    """When a rule runs: always, or with `--profile strict` only."""

    DEFAULT = "default"
    STRICT = "strict"


class Precision(enum.StrEnum):
    """Share of true findings, as measured on real code: ≥ 95 %, ≥ 85 %, ≥ 60 %, below."""

    VERY_HIGH = "very-high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known of a rule before it runs.

    `summary` is one sentence without a full stop, which begins small.
    `security` is GitHub's `security-severity` (0.1–10.0) for rules that are security relevant,
    else None. `cwe` are CWE numbers. `fixes` are the kinds of fixes that some of its findings carry, the safest first.
    A module sets `RULE = Rule(…)` and decorates its one check with `@RULE.check`.
    """

    id: str
    name: str
    summary: str
    level: Level
    precision: Precision
    profile: Profile = Profile.DEFAULT
    cwe: tuple[int, ...] = ()
    security: float | None = None
    tags: tuple[str, ...] = ()
    fixes: tuple[Safety, ...] = ()
    since: str = "0.1"
    checks: list[Check] = field(default_factory=list, compare=False, repr=False)

    def check(self, function: Check) -> Check:
        """Register the function that finds this rule's violations in a program."""
        self.checks.append(function)
        return function

    def finding(
        self,
        site: Site,
        message: str,
        *,
        level: Level | None = None,
        key: str = "",
        traces: tuple[Trace, ...] = (),
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
        help: str = "",
    ) -> Finding:
        """Return a finding of this rule at a fact of the program. `level` defaults to the rule's own."""
        return Finding(
            rule=self.id,
            level=level or self.level,
            message=message,
            location=locate(site.place),
            map=site.owner or site.map,
            function=f"{brief(site.package)}.{site.function}" if site.function else "",
            package=site.package,
            key=key or site.map,
            traces=traces,
            related=related,
            fixes=fixes,
            help=help,
        )


def locate(place: Place) -> Location:
    """Return a place of the program as a location in a report."""
    return Location(place.path, place.start, place.end)
