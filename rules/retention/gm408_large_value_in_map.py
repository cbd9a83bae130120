"""GM408: the keys or values of a map are too large to be stored in the map itself."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.large_entries import LARGEST_INLINE, LargeEntry
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule

RULE = Rule(
    id="GM408",
    name="large-value-in-map",
    summary=f"keys or values over {LARGEST_INLINE} bytes are stored outside of the map, one allocation each",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("performance", "memory"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the declarations of such maps."""
    for fact in program.each(LargeEntry):
        yield RULE.finding(
            fact,
            f"Each {fact.part} of `{fact.map}` is a `{fact.type}` of {fact.size} bytes. Keys and values over {LARGEST_INLINE} bytes are stored "
            "indirectly: one allocation for each entry, and every read copies all of it.",
            key=f"{fact.part} {fact.owner}",
            help=f"Store a pointer (`*{fact.type}`), which costs the same allocation and no copies, or an index into a slice."
            if fact.part == "value"
            else "Use a short key that stands for it, such as an id or a hash.",
        )
