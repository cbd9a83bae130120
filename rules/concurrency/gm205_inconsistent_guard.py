"""GM205: a map is used without the lock that most of its other accesses hold."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.events import Held
from golint_maps.flow.support import doubles, serves_tests
from golint_maps.graphs.naming import beside, decodes, encodes, ends, gathers, initialises
from golint_maps.graphs.verdicts import Verdict
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import does, reach, traces

RULE = Rule(
    id="GM205",
    name="inconsistent-guard",
    summary="a map is used without the lock that most of its other accesses hold",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report accesses outside of the lock that the other accesses of the map agree on."""
    for verdict in program.verdicts:
        if verdict.kind not in ("inconsistent", "neighbour") or verdict.guard is None:
            continue
        if serves_tests(verdict.access.package) or program.assumed.told(verdict.side):
            continue
        access = verdict.access
        lock = reach(verdict.guard, access)
        if verdict.kind == "inconsistent":
            habit = f"`{access.map}` is used here without `{lock}`, which {verdict.guarded} of {verdict.all} accesses hold."
        else:
            habit = f"`{access.map}` is changed here without `{lock}`, which guards another map of the same object ({verdict.guarded} accesses)."
        yield RULE.finding(
            access,
            f"{habit} {program.functions[verdict.side.function].name} {does(access)} without it, so it may do so while another goroutine writes.",
            level=None if _shown(program, verdict, verdict.guard) else Level.NOTE,
            key=f"{access.op} {access.map} {access.key}",
            traces=traces(program, verdict),
            help=f"Hold `{lock}` here, or say in a comment why nobody else can have the map at this point.",
        )


def _shown(program: Program, verdict: Verdict, guard: Held) -> bool:
    """Tell whether the habit is one of the object's own lock, and the object is in use: not filled by registration alone, and not at its end.

    Whoever encodes an object may well hold its lock, and nobody else has it yet where its exported method initialises it, or decodes into it. What
    gathers is asked for its result once all have handed in what they have. And what nobody calls harms nobody.
    """
    entry = program.functions[verdict.side.context.entry]
    fresh = verdict.side.context.kind == "exported" and (verdict.side.path or ("",))[0] == "r" and (initialises(entry) or decodes(entry))
    own = beside(guard.name, verdict.side.identity) or guard.name[:1] != "f"
    return (
        own
        and verdict.side.context.kind != "unseen"
        and not any(ends(program.functions[hop.function]) for hop in verdict.side.hops)
        and not fresh
        and (verdict.access.writes or not gathers(verdict.side.identity[1:].rpartition(".")[0]))
        and not encodes(entry)
        and not doubles(entry.receiver)
        and not program.races.outsiders.called_by_main(verdict.side, (context for context, _ in program.races.witnesses.chains(entry.id)))
        and verdict.kind != "neighbour"
        and not program.guarding.registry(verdict.side.identity)
    )
