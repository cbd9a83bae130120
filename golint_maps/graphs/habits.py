"""Maps by how most of their accesses are guarded, and the accesses that do without (after gVisor's checklocks and GCatch's structfield)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from golint_maps.flow.events import BORROWED, ONCE, SERIAL, Held
from golint_maps.flow.structure import dominates
from golint_maps.flow.support import helps_tests
from golint_maps.graphs.alone import judged_by_callers, kept_apart, on_one_goroutine, ordered
from golint_maps.graphs.exclusion import of_another_object, only_elsewhere
from golint_maps.graphs.naming import begins, beside, initialises, makes, named_after, registers, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_SHARE = 2 / 3
_NAMED_SHARE = 1 / 4
"""Of a lock with the name of the map, where other locks are held at the rest."""
_LOCKED_SHARE = 1 / 2
"""Of the accesses under any lock. Where most do without, the lock of that name is for something else than each access."""
_MINIMUM = 2
_IN_A_VARIABLE = 2
"""The length of the path of a map in a struct that is a variable."""


@dataclass(frozen=True, slots=True)
class Habit:
    """An access that breaks the habit of the others: `held` of all accesses hold `guard`. `kind` is as in `Verdict`."""

    kind: str
    way: Witness
    guard: Held
    certain: bool
    held: int
    all: int


def broken_habits(races: Races) -> Iterator[Habit]:
    """Yield the accesses without the lock, or with a read lock for a write, that the others of their map hold."""
    for identity, found in sorted(races.by_map.items()):
        if identity[:1] not in "fg" or identity.endswith("]"):
            continue
        by_access: dict[object, list[Witness]] = defaultdict(list)
        for witness in found:
            if not races.functions[witness.function].test and witness.access.op != "load":
                by_access[witness.access.place].append(witness)
        counts, locks = _locks(by_access)
        if not any(counts.values()):
            continue
        guard = locks[max(sorted(counts), key=lambda name: (named_after(name, identity), counts[name], -_writes(name, by_access)))]
        held = counts[guard.name]
        if _of_the_making_only(races, guard.name, by_access):
            continue
        if held >= _MINIMUM and held >= _share(guard, identity, by_access) * len(by_access):
            for ways in by_access.values():
                without = (way for way in ways if not _holds(way, guard.name) and not _drives(races, way, ways))
                judged = (way for way in without if not judged_by_callers(races, way, ways, guard.name))
                way = next((way for way in judged if _breaks(races, way, guard, found)), None)
                if way is not None:
                    yield Habit("locks-differ" if way.locks else "inconsistent", way, guard, True, held, len(by_access))
        elif (tied := _tied(guard.name, identity, counts, by_access)) is not None:
            for ways in by_access.values():
                way = next((way for way in ways if _holds(way, tied) and way.access.writes and _breaks(races, way, guard, found)), None)
                if way is not None:
                    yield Habit("locks-differ", way, locks[guard.name], True, held, len(by_access))
        for ways in by_access.values():
            for way in ways:
                if (
                    _reads_only(way, guard.name)
                    and _plausible(guard.name, way, held, found)
                    and _shared(races, way, guard.name, found)
                    and _meant_for(races, way, guard.name, found)
                ):
                    yield Habit("read-lock", way, guard, _anybody(races, ways), held, len(by_access))


def _writes(guard: str, by_access: Mapping[object, Sequence[Witness]]) -> int:
    """Return how many writes hold a lock."""
    return sum(ways[0].access.writes and any(lock.name == guard for lock in ways[0].locks) for ways in by_access.values())


def _tied(guard: str, identity: str, counts: Mapping[str, int], by_access: Mapping[object, Sequence[Witness]]) -> str | None:
    """Return the lock that as many accesses hold as the guard, where both lie beside the map and each access holds one of the two."""
    both = [name for name, count in counts.items() if count]
    if len(both) != _MINIMUM or counts[both[0]] != counts[both[1]] or sum(counts.values()) != len(by_access):
        return None
    if not all(beside(name, identity) for name in both) or any(
        _holds(way, both[0]) == _holds(way, both[1]) for ways in by_access.values() for way in ways
    ):
        return None
    return next(name for name in both if name != guard)


def _share(guard: Held, identity: str, by_access: Mapping[object, Sequence[Witness]]) -> float:
    """Return how many of all accesses have to hold a lock for that to be their habit."""
    locked = sum(all(way.locks for way in ways) for ways in by_access.values())
    return _NAMED_SHARE if named_after(guard.name, identity) and locked >= _LOCKED_SHARE * len(by_access) else _SHARE


def _locks(by_access: Mapping[object, Sequence[Witness]]) -> tuple[dict[str, int], dict[str, Held]]:
    """Return how many accesses hold each lock whichever way they are reached, and the locks by name."""
    counts: dict[str, int] = defaultdict(int)
    locks: dict[str, Held] = {}
    for ways in by_access.values():
        for name in set.intersection(*({lock.name for lock in way.locks if not lock.name.endswith((ONCE, SERIAL))} for way in ways)):
            # In an object of which only a variable is known, a lock may be any: it makes no habit.
            counts[name] += name[:1] in "fg" and not name.endswith("~")
        for way in ways:
            locks.update({lock.name: lock for lock in way.locks})
    return counts, locks


def _of_the_making_only(races: Races, guard: str, by_access: Mapping[object, Sequence[Witness]]) -> bool:
    """Tell whether one function alone takes a lock, which by its name makes the object ready: the lock lets it do so once, and guards no map."""
    takers = {
        next((hop.function for hop in way.hops if hop.site is not None and any(lock.name == guard for lock in hop.site.locks)), way.function)
        for ways in by_access.values()
        for way in ways
        if any(lock.name == guard for lock in way.locks)
    }
    makers = {races.functions[taker].root for taker in takers}
    return len(makers) == 1 and all(sets_up(function) or initialises(function) for function in (races.functions[maker] for maker in makers))


def _holds(way: Witness, guard: str) -> bool:
    """Tell whether a way has a lock, and not just that of another object than the one whose map it leads to."""
    return any(lock.name == guard for lock in way.locks) and not only_elsewhere(guard, way)


def _drives(races: Races, way: Witness, ways: Sequence[Witness]) -> bool:
    """Tell whether a test comes to an access of the program on a way of its own: it knows when it is alone, and the program comes on others.

    Where the program has no other way, but calls the function, it does so with objects only that it has just made and nobody else has yet.
    """

    def tested(other: Witness) -> bool:
        return races.functions[other.hops[0].function].test

    if not tested(way):
        return False
    root = races.functions[way.function].root
    return not all(map(tested, ways)) or any(not races.functions[link.caller].test for link in races.links.into.get(root, ()))


def _breaks(races: Races, way: Witness, guard: Held, found: Sequence[Witness]) -> bool:
    """Tell whether an access without the lock is one that needs it."""
    if (
        way.access.alias
        or way.access.in_copy
        or _makes_it(races, way)
        or _makes_at_start(races, way)
        or races.doubts.put_in_place(way)
        or (way.function == way.context.entry and races.made_to_call(way))
        or helps_tests(way.access.place.path)
        or any(lock.name.endswith(("~", ONCE, SERIAL)) for lock in way.locks)
    ):
        return False
    if way.locks and any(lock.path[-1:] == (BORROWED,) or lock.name[:1] not in "fg" for lock in (*way.locks, guard)):
        return False  # a pointer to a lock, or one in an object whose type is not known, may lead to the lock that the others hold
    if not beside(guard.name, way.identity):
        if way.locks and not any(lock.name == guard.name and lock.mode == "w" for other in found if other.access.writes for lock in other.locks):
            return False  # a lock of something around, which those who write hold for reading: another one guards the map
        away = guard.name[:1] == "f" and _package(guard.name) not in (way.access.package, _package(way.identity))
        if away and any(races.objects.elsewhere(way, other) for other in found if any(lock.name == guard.name for lock in other.locks)):
            return False  # a lock of what holds objects of this type in another package
    if _on_a_part(way) or (not way.access.writes and _told_before(races, way)):
        return False
    if not way.access.writes and all(makes(races.functions[races.functions[other.function].root]) for other in found if other.access.writes):
        return False  # what is filled where its object is made, everybody may read
    if not _shared(races, way, guard.name, found) or all(races.order.published(way, other) for other in found if other.access.writes):
        return False
    return not kept_apart(races, way, found) and not ordered(races, way, found)


def _told_before(races: Races, way: Witness) -> bool:
    """Tell whether the object of a map has said that it is ready, by a channel of its own, before the map is read: `<-docs.ready`."""
    return any(
        sync.kind == "receive" and len(sync.path) > 1 and sync.path[:-1] == way.access.path[:-1] and dominates(sync.at, way.access.at)
        for sync in races.functions[way.function].syncs
    )


def _on_a_part(way: Witness) -> bool:
    """Tell whether a function that calls itself is at a part of what it was called on first: that is judged by the first call."""
    return way.path is not None and way.path[:1] != () and way.path[0][:1] == "l" and any(hop.function == way.function for hop in way.hops[:-1])


def _shared(races: Races, way: Witness, guard: str, found: Sequence[Witness]) -> bool:
    """Tell whether others may have the object of an access at that time, as far as the guard says that they have such objects."""
    return way.context.kind != "own" and _same_object(races, way, guard) and not on_one_goroutine(races, way, found)


def _same_object(races: Races, way: Witness, guard: str) -> bool:
    """Tell whether the object of an access is one that the guard is meant for: an object that the way to the access shows, or of the guard's package.

    A message of another package that came as an argument, or was looked up, may be a copy, or not yet have come to where a lock guards its like.
    And what a function has made itself is not what the lock of another object guards.
    """
    if guard[:1] == "l":
        return True
    if guard[:1] == "f" and not beside(guard, way.identity) and way.path and len(way.path) == _IN_A_VARIABLE and races.objects.made(way.path[0]):
        return False
    return _package(guard) == _package(way.identity) or races.objects.anchored(way)


def _meant_for(races: Races, way: Witness, guard: str, found: Sequence[Witness]) -> bool:
    """Tell whether a lock is held for a map, not for others that one function uses along with it: other functions hold it for the map as well."""
    users = {races.functions[other.function].root for other in found if any(lock.name == guard for lock in other.locks)}
    by_caller = all(lock.name != guard for lock in way.access.locks)
    beside = (other for other in races.functions[way.function].accesses if other.identity != way.access.identity)
    return len(users) > 1 or not any(by_caller or any(lock.name == guard for lock in other.locks) for other in beside)


def _package(identity: str) -> str:
    """Return the import path in the identity of a field or package variable."""
    name = identity[1:].rpartition(".")[0]
    return name.rpartition(".")[0] if identity[:1] == "f" else name


def _makes_it(races: Races, way: Witness) -> bool:
    """Tell whether an access stands in a function that makes the object of the map ready, by its name.

    A package variable is there before anybody calls `Open` or `New`: who only reads it there makes it ready no more than others do. And a method
    that looks up what it is asked for (`func (c *cache) Load(key string)`) makes nothing ready at all.
    """
    function, access = races.functions[way.function], way.access
    if not sets_up(function) or access.writes or initialises(function):
        return sets_up(function)
    asked = access.op == "read" and access.path[:1] == ("r",) and access.key in {f"l{number}" for number in function.params}
    return way.identity[:1] != "g" and not asked


def _makes_at_start(races: Races, way: Witness) -> bool:
    """Tell whether an access puts a map in place in a function that starts what will use it, or registers it: nothing of that runs yet."""
    function = races.functions[way.function]
    return way.access.op == "assign" and (begins(function) or initialises(function) or registers(function))


def _reads_only(way: Witness, guard: str) -> bool:
    """Tell whether a write holds the lock for reading, and none for writing."""
    modes = {lock.mode for lock in way.locks if lock.name == guard and lock not in way.lent}
    if not way.access.writes or modes != {"r"} or any(lock.mode == "w" or lock.name.endswith("~") for lock in way.locks):
        return False
    return not _handed_in(guard, way) and not _of_its_like(guard, way)


def _handed_in(guard: str, way: Witness) -> bool:
    """Tell whether a map came as an argument into a function that takes the lock of something else: the lock is for what is read there."""
    access = way.access
    own = next((lock for lock in access.locks if lock.name == guard and lock.path), None)
    return own is not None and access.path[0][0] == "p" and own.path[0][0] != "g" and own.path[0] != access.path[0]


def _of_its_like(guard: str, way: Witness) -> bool:
    """Tell whether a lock that lies beside such maps is held in another object than the one whose map is accessed: `src.mu` for `dst.m`."""
    return beside(guard, way.identity) and any(lock.name == guard and of_another_object(lock, way) for lock in way.access.locks)


def _plausible(guard: str, way: Witness, held: int, found: Sequence[Witness]) -> bool:
    """A lock guards a map that it lies beside, or that it is held for more than once.

    What a caller holds for reading on the way is for something else, unless it lies in what is around the map, and the caller knows what it
    calls (a handler that it has been given is not what its lock is for), or somebody holds it for writing.
    """
    if beside(guard, way.identity):
        return True
    if held < _MINIMUM or any(lock.name == guard for lock in way.access.locks):
        return held >= _MINIMUM
    owners = [lock.path[:-1] for lock in way.locks if lock.name == guard]
    around = any(way.path is not None and len(owner) > 0 and way.path[: len(owner)] == owner for owner in owners)
    known = all(hop.site is None or then.function in hop.site.targets for hop, then in itertools.pairwise(way.hops))
    return (around and known) or any(lock.name == guard and lock.mode == "w" for other in found for lock in other.locks)


def _anybody(races: Races, ways: Sequence[Witness]) -> bool:
    """Tell whether any goroutine may come to an access, not a certain one alone."""
    return any(
        way.context.kind in ("exported", "handler") or (way.context.kind == "spawn" and races.order.self_parallel(way))
        for way in ways
        if not races.functions[way.hops[0].function].test
    )
