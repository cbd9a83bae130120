"""Words that the rules on maps that only grow share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.site import Site
from golint_maps.graphs.retention import Kept, OnlyGrows
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
    title = f"`{verdict.name}` only grows: {growth.function} adds an entry{key}, and {_never(verdict)}."
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
        level=None if growth.pointers and verdict.shown else Level.NOTE,
        key=growth.map,
        related=tuple(_related(verdict)),
        help=_HELP_SYNC if growth.sync else _HELP,
    )


def keeps(rule: Rule, kept: Kept) -> Finding:
    """Return the finding for a map that keeps entries although some are taken out."""
    half = kept.half
    said = _KEEPS[half.kind]
    words = {"map": half.map, "key": half.key, "other": half.other, "partner": half.partner_map, "function": half.function}
    site = Site(place=kept.declared, function="", package=half.package, map=half.map, owner=half.owner)
    return rule.finding(
        site,
        said.what.format(**words),
        key=f"{half.map} {half.kind}",
        related=(Related(locate(half.place), "here the entry is kept"), Related(locate(half.beside), said.beside)),
        help=said.help,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of one kind of half release: of the map, of the place that does it right, and how to mend it."""

    what: str
    beside: str
    help: str


_KEEPS = {
    "key": _Words(
        "`{map}` keeps its entries: they are stored under `{key}`, but {function} deletes `{other}`. "
        "The two keys differ, so the delete finds nothing, and what is stored stays.",
        "the key under which entries are found",
        "Delete the key that was looked up or stored.",
    ),
    "again": _Words(
        "`{map}` gets an entry back that {function} has just deleted: "
        "storing to `{key}` behind the delete makes a new entry, which nothing takes out again.",
        "the delete",
        "Store only where the entry was not deleted, or delete last.",
    ),
    "return": _Words(
        "`{map}` keeps the entry for `{key}` when {function} returns early: "
        "the delete stands behind the return, and nothing else takes the entry out.",
        "the delete that is passed by",
        "Delete in a deferred call, or before each return.",
    ),
    "branch": _Words(
        "`{map}` keeps its entry on one branch of {function}: "
        "there only `{partner}` is cleaned, which is filled along with it, and nothing else deletes from `{map}`.",
        "the branch that cleans both",
        "Delete from both maps on each branch.",
    ),
    "skipped": _Words(
        "`{map}` keeps entries that `{partner}` does not know: "
        "{function} leaves before it stores `{key}` there, and `{map}` is only cleaned by going over `{partner}`.",
        "the store that is passed by",
        "Store to the map that is gone over first, on each way.",
    ),
    "orphaned": _Words(
        "`{map}` keeps the entry of a value that {function} overwrites: "
        "`{partner}` gets a new value for `{key}` without a look at the old one, whose entry in `{map}` only that value leads to.",
        "the entry that loses its way",
        "Delete what the old value leads to before it is overwritten.",
    ),
}

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
