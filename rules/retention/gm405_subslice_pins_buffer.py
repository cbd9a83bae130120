"""GM405: a map entry is a small piece of a large buffer."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.pinned_buffers import PinnedBuffer
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM405",
    name="subslice-pins-buffer",
    summary="a map entry is a piece of a large buffer, all of which stays in memory",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("memory",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the stores of pieces."""
    for fact in program.each(PinnedBuffer):
        clone = "strings.Clone" if fact.text else "bytes.Clone"
        yield RULE.finding(
            fact,
            f"The {fact.part} `{fact.piece}` stored in `{fact.map}` is a piece of all that `{fact.buffer}` has read. "
            "It shares the memory of the whole, which stays as long as this entry does.",
            key=f"{fact.part} {fact.map} {fact.piece}",
            related=(Related(locate(fact.origin), "where the whole is read"),),
            help=f"Store a copy: `{clone}({fact.piece})`.",
        )
