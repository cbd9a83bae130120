"""Accesses that are alone with their map though they do not hold the lock that is asked for: by their goroutine, by other locks, or by callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from golint_maps.flow.events import SERIAL, FunctionSummary
from golint_maps.graphs.exclusion import excluded
from golint_maps.graphs.naming import hidden, keeps, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_NESTED: Final = 3
"""Goroutines, each started by the one before, from the activation that has made an object to an access."""


def on_one_goroutine(races: Races, way: Witness, found: Iterable[Witness]) -> bool:
    """Tell whether all that an access could race with runs on the very goroutine that makes it: who writes alone may read without a lock."""
    link = way.context.link if way.context.kind == "spawn" else None
    if link is None or (link.callback is not None and link.callback.parallel):
        return False
    others = [other for other in _conflicting(races, way, found) if not sets_up(races.functions[other.function])]
    return all(other.context.kind == "spawn" and races.starts.one_start(way, other) for other in others) and not races.starts.repeated(way)


def ordered(races: Races, way: Witness, found: Iterable[Witness]) -> bool:
    """Tell whether all that an access could race with is over before it or begins after it, in each activation of the function that has the map."""
    others = [*_conflicting(races, way, found)]
    return all(_of_one_activation(races, each, _NESTED) for each in (way, *others)) and not any(races.parallel(way, other) for other in others)


def _of_one_activation(races: Races, way: Witness, depth: int) -> bool:
    """Tell whether only goroutines come to an access, and functions that they call, of the activation of a function that has made the object."""
    if way.context.kind not in ("spawn", "own") or not way.path:
        return False
    if way.path[0][:1] == "l":
        return True
    above = races.witnesses.above(way) if depth else []
    return bool(above) and all(_of_one_activation(races, each, depth - 1) for each in above)


def kept_apart(races: Races, way: Witness, found: Iterable[Witness]) -> bool:
    """Tell whether locks that an access does hold keep it apart from all that it could race with."""
    return bool(way.locks) and all(excluded(way, other) for other in _conflicting(races, way, found))


def judged_by_callers(races: Races, way: Witness, ways: Sequence[Witness], guard: str) -> bool:
    """Tell whether a way starts at a function that callers in sight hold the lock for, or at a method that nobody out of sight can name.

    Who is called with the lock held cannot take it. The methods that nobody out of sight can name are judged where they are called in sight.
    Where nobody in sight calls it, those count who hand its objects to code out of sight, which calls it before it returns: `batch.Replay(cleaner)`.
    An object that gives itself away, or is registered by the name of the call, is called back later.
    """
    entry = races.functions[way.context.entry]
    if way.context.kind != "exported":
        return False
    if any(called_with(other, entry.id, guard) for other in ways if not races.functions[other.hops[0].function].test):
        return True
    if not hidden(entry):
        return False
    if _called_by_name(races, entry):
        return True
    handed_out = races.handed_out.get(entry.receiver, ())
    return bool(handed_out) and all(
        (guard in {lock.name for lock in site.locks} or _held_around(races, function, guard))
        and not keeps(site.targets)
        and races.functions[function].receiver != entry.receiver
        for function, site in handed_out
    )


def _called_by_name(races: Races, entry: FunctionSummary) -> bool:
    """Tell whether a method's own package calls it, which can name it: other packages come through an interface, on objects of whatever type."""
    callers = (races.functions[link.caller] for link in races.links.into.get(entry.id, ()) if link.caller != entry.id)
    return any(caller.package == entry.package and not caller.test for caller in callers)


def called_with(way: Witness, function: str, guard: str) -> bool:
    """Tell whether a way comes to a function with a lock that was taken before."""
    for hop in way.hops:
        if hop.function == function:
            return False
        if hop.site is not None and any(lock.name == guard for lock in hop.site.locks):
            return any(then.function == function for then in way.hops)
    return False


def _held_around(races: Races, function: str, guard: str) -> bool:
    """Tell whether a function is only called with a lock held."""
    chains = races.witnesses.chains(function)
    return bool(chains) and all(any(guard == lock.name for hop in hops if hop.site for lock in hop.site.locks) for _, hops in chains)


def left_to_callers(races: Races, way: Witness, other: Witness) -> bool:
    """Tell whether a way starts at an exported function, and what calls it in sight is on the other way, or holds the other's lock for it."""
    if way.context.kind != "exported":
        return False
    entry = races.functions[way.context.entry]
    callers = {link.caller for link in races.links.into.get(entry.id, ()) if link.caller != entry.id and not races.functions[link.caller].test}
    if callers and callers <= {hop.function for hop in other.hops}:
        return True
    same = [found for found in races.by_map.get(way.identity, ()) if found.access.place == way.access.place]
    seen = [found for found in same if not races.functions[found.hops[0].function].test]
    return _served_by_callers(races, entry, way, other, seen) or any(
        called_with(found, entry.id, lock.name) for found in seen for lock in other.locks
    )


def _served_by_callers(races: Races, entry: FunctionSummary, way: Witness, other: Witness, seen: Sequence[Witness]) -> bool:
    """Tell whether all who call a method have it behind an interface, and call it on the one goroutine that the other way is on as well.

    Who else could call it would have to have the object by its own type: `p.router.Publish(m)`, in the loop that serves `p`.
    """
    callers = [link for link in races.links.into.get(entry.id, ()) if not races.functions[link.caller].test]
    if not callers or any(entry.id in link.site.targets or link.spawns or link.receiver_argument >= 0 for link in callers):
        return False
    through = [found for found in seen if any(hop.function == entry.id for hop in found.hops[1:])]
    served = {lock.name for lock in other.locks if lock.name.endswith(SERIAL)} - {lock.name for lock in way.locks}
    return bool(through) and any(all(name in {lock.name for lock in found.locks} for found in through) for name in served)


def _conflicting(races: Races, way: Witness, found: Iterable[Witness]) -> Iterator[Witness]:
    """Yield what an access could race with, if it ran at the same time. Tests run alone."""
    tested = races.functions[way.hops[0].function].test
    for other in found:
        if races.functions[other.function].test or (races.functions[other.hops[0].function].test and not tested):
            continue
        if way.access.writes or other.access.writes:
            yield other
