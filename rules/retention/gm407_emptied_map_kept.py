"""GM407: a large map is emptied and kept, and so is its memory."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.large_maps import LargeMap
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule

RULE = Rule(
    id="GM407",
    name="emptied-map-kept",
    summary="a large map is emptied and kept, and so is its memory",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("retention", "performance"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report each `clear`, or loop that deletes all keys, of a long-lived map that was made for or filled with many entries."""
    for emptied in program.retention.emptied(program.each(LargeMap)):
        release, large = emptied.release, emptied.large
        many = f"a loop of {large.size:,} turns fills it" if large.filled else f"it was made for {large.size:,} entries"
        how = "`clear`" if release.form == "clear" else "`delete`"
        yield RULE.finding(
            release,
            f"`{release.map}` is emptied and kept, and so is its memory: {many}. No version of Go gives the table of a map back on {how}; "
            "only the values behind pointers are freed.",
            key=f"{release.form} {release.map}",
            help="Assign a fresh map of the size that is needed; copy what stays by a loop (maps.Clone keeps the table from Go 1.25 on).",
        )
