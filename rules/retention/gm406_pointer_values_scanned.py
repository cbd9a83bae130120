"""GM406: every cycle of the collector walks over a large table of pointers."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.large_maps import LargeMap, TableFilled
from golint_maps.flow.site import Site
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM406",
    name="pointer-values-scanned",
    summary="every cycle of the collector walks over a large table of pointers",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("retention", "performance"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report long-lived maps from keys without pointers to pointers that are large, or that a loop fills."""
    for table in program.retention.scanned(program.each(LargeMap), program.each(TableFilled)):
        growth = table.growth
        large = table.large
        made = f"it is made for {large.size:,} entries" if large is not None and not large.filled else ""
        many = made or (f"a loop of {large.size:,} turns fills it" if large is not None else f"{growth.function} fills it in a loop")
        yield RULE.finding(
            Site(place=table.declared, function="", package=growth.package, map=growth.map, owner=growth.owner),
            f"`{growth.map}` is a long-lived table of pointers, and {many}. The collector looks into a map when its keys or values hold a pointer, "
            f"at each `{growth.value}` and what it points to, in every cycle; it skips one that holds none.",
            key=growth.map,
            related=(Related(locate(growth.place), f"{growth.function} adds entries"),),
            help="Keep the values in a slice and map keys to indexes, or store values without pointers in the map itself.",
        )
