"""Maps that nobody locks, in objects that are shared all the same: their own lock guards other maps, or their methods serve requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from golint_maps.flow.events import Held
from golint_maps.graphs.naming import FOR_ONE, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_IN_PLACE: Final = frozenset(("insert", "update", "delete", "clear", "copy"))
_EARLY: Final = re.compile(r"(?:Register|Add\w*(?:Handler|Hook|Listener|Func)|Set\w*(?:Handler|Hook|Func|Logger|Option)|Start|Run|Serve|Open|Load)")
"""Names of methods that are called before the object is shared."""
_FEWEST: Final = 2


def unguarded_neighbours(races: Races) -> Iterator[tuple[Witness, Held, int]]:
    """Yield (way to a change, the lock of its object, how many accesses to other maps of the object hold it)."""
    owners = _guarded_owners(races)
    for identity, found in sorted(races.by_map.items()):
        owner = identity[1:].rpartition(".")[0]
        if identity[0] != "f" or identity.endswith("]") or owner not in owners:
            continue
        ways = [way for way in found if not races.functions[way.hops[0].function].test]
        if any(way.locks for way in ways):
            continue
        called = [way for way in ways if _by_method(way, owner, races)]
        if len({way.context.entry for way in called}) < _FEWEST:
            continue
        lock, held = owners[owner]
        seen = set()
        for way in called:
            if way.access.op in _IN_PLACE and way.access.place not in seen:
                seen.add(way.access.place)
                yield way, lock, held


def unguarded_in_requests(races: Races) -> Iterator[tuple[Witness, Witness]]:
    """Yield (way to a change, way to another access) of maps that exported methods of one object use, where callers come side by side.

    They do where the method that changes the map takes a context, which stands for a request, or where the object has a goroutine of its own.
    """
    running = {
        races.functions[callee].receiver
        for callee, links in races.links.into.items()
        if races.functions[callee].endless and any(link.spawns and not races.functions[link.caller].test for link in links)
    }
    for identity, found in sorted(races.by_map.items()):
        owner = identity[1:].rpartition(".")[0]
        if identity[0] != "f" or identity.endswith("]") or owner in races.outsiders.locking_types or FOR_ONE.search(owner):
            continue
        ways = [way for way in found if not races.functions[way.hops[0].function].test]
        if any(way.locks or way.context.concurrent for way in ways):
            continue  # judged by what is seen
        called = [way for way in ways if _by_method(way, owner, races) and not races.outsiders.called_in_sight(way)]
        seen = set()
        for way in called:
            entry = races.functions[way.context.entry]
            if way.access.op not in _IN_PLACE or way.access.place in seen or not (entry.request or owner in running):
                continue
            others = [other for other in called if other.access.place != way.access.place and other.context.entry != entry.id]
            if others:
                seen.add(way.access.place)
                yield way, others[0]


def _guarded_owners(races: Races) -> Mapping[str, tuple[Held, int]]:
    """Return the types that have a lock of their own which all accesses to one of their maps hold, with the number of those accesses."""
    found: dict[str, tuple[Held, int]] = {}
    for identity, ways in sorted(races.by_map.items()):
        owner = identity[1:].rpartition(".")[0]
        if identity[0] != "f" or identity.endswith("]"):
            continue
        held: dict[object, set[str]] = {}
        locks: dict[str, Held] = {}
        changed: set[str] = set()
        for way in ways:
            if races.functions[way.hops[0].function].test or sets_up(races.functions[way.function]) or way.access.op == "load":
                continue
            names = {lock.name for lock in way.locks if lock.name.rpartition(".")[0] == f"f{owner}"}
            held[way.access.place] = held.get(way.access.place, names) & names
            locks.update({lock.name: lock for lock in way.locks})
            if way.access.op in _IN_PLACE:
                changed |= {lock.name for lock in way.locks if lock.mode == "w"}
        common = set.intersection(*held.values()) if held else set()
        for name in sorted(common & changed):
            if len(held) >= max(_FEWEST, found[owner][1] if owner in found else 0):
                found[owner] = locks[name], len(held)
    return found


def _by_method(way: Witness, owner: str, races: Races) -> bool:
    """Tell whether a way starts at an exported method of the object, at a time when others may have it."""
    entry = races.functions[way.context.entry]
    if way.context.kind != "exported" or entry.receiver != owner or not way.path or way.path[0] != "r" or len(way.path) != 2:
        return False
    return not any(sets_up(races.functions[hop.function]) or _EARLY.match(races.functions[hop.function].name.rpartition(".")[2]) for hop in way.hops)
