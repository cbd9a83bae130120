"""Words that the rules on maps that only grow share."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.site import Site
from golint_maps.graphs.retention import OnlyGrows
from golint_maps.program import Program
from golint_maps.rule import Rule, locate

_MAX_PLACES = 4


def only_grows(program: Program, rule: Rule, *, sync: bool) -> Iterator[Finding]:
    """Yield a finding of the rule for each map, or each `sync.Map`, that only grows."""
    for verdict in program.retention.only_grow:
        if verdict.growth.sync == sync:
            yield _finding(rule, verdict)


def _finding(rule: Rule, verdict: OnlyGrows) -> Finding:
    growth = verdict.growth
    key = f" for `{growth.key}`" if growth.key else "s"
    title = f"`{growth.map}` only grows: {growth.function} adds an entry{key}, and {_never(verdict)}."
    repeats = f"{verdict.repeats.words} may add one more"
    lives = f"it lives as long as the process ({verdict.lives.words})"
    holds = (
        f"{_held(growth.value)} stays reachable with its key"
        if growth.pointers
        else f"the values hold no pointers ({growth.value}), but keys and table stay"
    )
    site = Site(place=verdict.declared, function="", package=growth.package, map=growth.map, owner=growth.owner)
    return rule.finding(
        site,
        f"{title} {repeats[0].upper()}{repeats[1:]}, {lives}, and {holds}.{_also(verdict)}",
        level=None if growth.pointers else Level.NOTE,
        key=growth.map,
        related=tuple(_related(verdict)),
        help=_HELP_SYNC if growth.sync else _HELP,
    )


_HELP = (
    "Delete entries that are no longer needed, bound the map by its length, or empty it in turns: by `clear` or, to give memory back, a fresh map."
)
_HELP_SYNC = "Delete keys that are no longer needed, sweep the map with Range, or use a cache that is bounded by size or age."


def _never(verdict: OnlyGrows) -> str:
    releases = "deletes, clears or replaces it" if not verdict.growth.sync else "deletes from it or clears it"
    if verdict.dead:
        dead = verdict.dead[0]
        return f"nothing {releases}, except {dead.function}, which nothing calls"
    if verdict.late:
        return f"nothing {releases} before {verdict.late[0].function}"
    return f"nothing {releases}"


def _held(value: str) -> str:
    if value == "value":
        return "each value"
    return f"each `{value}`"


def _also(verdict: OnlyGrows) -> str:
    if not verdict.siblings:
        return ""
    other = verdict.siblings[0]
    return f" `{other.map}` gets the same keys, and {other.function} takes them out again."


def _related(verdict: OnlyGrows) -> Iterator[Related]:
    yield Related(locate(verdict.growth.place), f"{verdict.growth.function} adds an entry")
    for other in verdict.others[: _MAX_PLACES - 1]:
        yield Related(locate(other.place), f"{other.function} adds an entry, too")
    if verdict.lives.place is not None:
        yield Related(locate(verdict.lives.place), verdict.lives.words)
    for dead in verdict.dead[:1]:
        yield Related(locate(dead.place), f"{dead.function} would take entries out, but nothing calls it")
    for late in verdict.late[:1]:
        yield Related(locate(late.place), f"{late.function} empties it at the end")
    for sibling in verdict.siblings[:1]:
        yield Related(locate(sibling.place), f"{sibling.function} cleans `{sibling.map}`")
