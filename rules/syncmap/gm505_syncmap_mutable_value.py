"""GM505: a value that came out of a sync.Map is changed in place with no lock held."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapMutation
from golint_maps.program import Place, Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM505",
    name="syncmap-mutable-value",
    summary="a map, slice or struct that came out of a sync.Map is changed with no lock held",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(362, 820),
    tags=("concurrency", "crash"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the unguarded changes of values that others find in the map as well."""
    seen: set[Place] = set()
    for fact in program.each(SyncMapMutation):
        if fact.place in seen or any(_callers_lock(program, function) for function in (fact.id, fact.giver) if function):
            continue
        if fact.own and program.syncmap_callers.alone(fact.id):
            continue
        if fact.giver:
            seen.add(fact.place)  # one caller is enough
        if fact.kind == "map":
            level = Level.ERROR
            message = (
                f"`{fact.written}` writes a plain map that came out of `{fact.map}`, with no lock held: when another goroutine uses the value of "
                "the same key, the program may end with `fatal error: concurrent map writes`. The sync.Map guards its entries, not what is in them."
            )
            instead = "Store a pointer to a struct that has a mutex beside its map, and hold the mutex wherever the map is used."
        elif fact.kind == "group":
            level = Level.WARNING
            message = (
                f"`{fact.written}` comes after the wait group was put into `{fact.map}`: "
                "who finds it there before has nothing to wait for, and goes on."
            )
            instead = "Call `Add` before `LoadOrStore`, and `Done` where another one was there already."
        else:
            level = Level.WARNING
            message = (
                f"`{fact.written}` is changed in a value that came out of `{fact.map}`, with no lock held: whoever has the value of the same key "
                "sees the change half done, or loses one. The sync.Map guards its entries, not what they lead to."
            )
            instead = "Give the value its own mutex or atomic fields, or change a copy and put that in with `CompareAndSwap`."
            if fact.kind == "slice":
                instead = "Change a copy and store that, or keep the slice in a struct with its own mutex."
        yield RULE.finding(
            fact,
            message,
            level=level,
            key=f"{fact.map} {fact.written}",
            related=(Related(locate(fact.origin), f"`{fact.method}` gives the value out"),),
            help=instead,
        )


def _callers_lock(program: Program, function: str) -> bool:
    """Tell whether a function asks its callers for a lock, or is only called with one held."""
    summary = program.functions.get(function)
    if summary is None:
        return False
    if summary.requires:
        return True
    if summary.exported:
        return False
    links = [link for link in program.races.links.into.get(function, ()) if not program.functions[link.caller].test]
    return bool(links) and all(link.site.locks and not link.spawns for link in links)
