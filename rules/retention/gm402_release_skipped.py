"""GM402: an entry is overwritten or deleted whose value must be released first."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.release.skipped import ReleaseSkipped
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM402",
    name="release-skipped",
    summary="an entry is overwritten or deleted whose value must be released first",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(772,),
    tags=("memory", "correctness"),
)

_FORM = {
    "overwrite": "`{map}[{key}]` is overwritten without {releasing} the {type} that may be there",
    "delete": "`{map}[{key}]` is deleted without {releasing} its {type}",
    "clear": "`{map}` is cleared without {releasing} each {type} in it",
}
_RELEASING = {"cancel": "calling", "timer": "stopping", "ticker": "stopping", "closer": "closing"}
_LOST = {
    "cancel": "What runs under its context can no longer be stopped, and a parent context keeps the child until it ends itself.",
    "timer": "The timer goes on: its function runs, or its channel gets a value, though nobody waits for it any more.",
    "closer": "Nothing else can close it, so that what it holds (a descriptor, a connection, a goroutine) stays open.",
}
_TICKER = {
    False: "A ticker that nobody stops is never collected before Go 1.23, and ticks on.",
    True: "The ticker ticks on for whoever still ranges over its channel (since Go 1.23 it is collected once nobody does).",
}
_HELP = {
    "cancel": "Call the old one first: `if cancel, ok := {map}[{key}]; ok {{ cancel() }}`.",
    "timer": "Stop the old one first: `if t, ok := {map}[{key}]; ok {{ t.Stop() }}`.",
    "ticker": "Stop the old one first: `if t, ok := {map}[{key}]; ok {{ t.Stop() }}`.",
    "closer": "Close the old one first: `if c, ok := {map}[{key}]; ok {{ c.Close() }}`.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the entries that go without a release."""
    for fact in program.each(ReleaseSkipped):
        words = {"map": fact.map, "key": fact.key, "type": f"`{fact.type}`", "releasing": _RELEASING[fact.kind]}
        lost = _TICKER[fact.go >= (1, 23)] if fact.kind == "ticker" else _LOST[fact.kind]
        help = _HELP[fact.kind] if fact.key else "Release all values in a loop over the map first."
        yield RULE.finding(
            fact,
            f"{_FORM[fact.form].format(**words)}. {lost}",
            key=f"{fact.form} {fact.map} {fact.key}",
            help=help.format(**words),
        )
