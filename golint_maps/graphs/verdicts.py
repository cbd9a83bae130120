"""One verdict for each unguarded access: the strongest that its races, or the habits of the other accesses to its map, allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from golint_maps.flow.events import ONCE, SERIAL, Held, MapAccess
from golint_maps.graphs.exclusion import common_locks, of_another_object, only_elsewhere
from golint_maps.graphs.habits import broken_habits
from golint_maps.graphs.naming import sets_up
from golint_maps.graphs.neighbours import unguarded_neighbours
from golint_maps.graphs.races import Race, Races
from golint_maps.graphs.witness import Witness

_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with one access.

    `kind`: `write` and `read` (unguarded, races), `read-lock` (a write under a read lock), `locks-differ`, `inconsistent` (most others hold
    `guard`), `neighbour` (nobody locks, but `guard` of the same object guards other maps). `side` is the way to the access, `other` the way to
    the access that it races with (None without one). `guard` is the lock that is missing, if the others show one; `guarded` and `all` count
    accesses.
    """

    kind: str
    side: Witness
    other: Witness | None = None
    guard: Held | None = None
    certain: bool = True
    guarded: int = 0
    all: int = 0

    @property
    def access(self) -> MapAccess:
        """The access itself."""
        return self.side.access


_STRENGTH = ("read-lock", "locks-differ", "write", "read", "inconsistent", "neighbour")


def verdicts(races: Races) -> list[Verdict]:
    """Return one verdict for each access that is at fault, in source order."""
    best: dict[object, Verdict] = {}

    def keep(verdict: Verdict) -> None:
        key = verdict.access.place
        old = best.get(key)
        if old is None or _rank(verdict) < _rank(old):
            best[key] = verdict

    counts = _lock_counts(races)
    for race in races.pairs:
        for verdict in _of_race(races, race, counts.get(race.left.identity, Counter())):
            keep(verdict if verdict.guard is not None or verdict.side.locks else replace(verdict, guard=_usual(races, race.left.identity, counts)))
    for habit in broken_habits(races):
        keep(Verdict(habit.kind, habit.way, None, habit.guard, habit.certain, habit.held, habit.all))
    for way, lock, held in unguarded_neighbours(races):
        keep(Verdict("neighbour", way, None, lock, False, held))
    return sorted(best.values(), key=lambda verdict: verdict.access.place)


def _rank(verdict: Verdict) -> tuple[int, int, int]:
    return (not verdict.certain, _STRENGTH.index(verdict.kind), len(verdict.side.hops))


def _lock_counts(races: Races) -> dict[str, Counter[str]]:
    """Return, for each map, how many accesses hold each lock whichever way they are reached."""
    counts: dict[str, Counter[str]] = {}
    for identity, found in races.by_map.items():
        held: dict[object, set[str]] = {}
        for witness in found:
            names = {lock.name for lock in witness.locks}
            held[witness.access.place] = held.get(witness.access.place, names) & names
        counts[identity] = Counter(name for names in held.values() for name in names)
    return counts


def _usual(races: Races, identity: str, counts: Mapping[str, Counter[str]]) -> Held | None:
    """Return the lock that several other accesses of a map hold, where the race itself shows none."""
    for name, count in counts.get(identity, Counter()).most_common():
        if count >= _SEVERAL and not name.endswith(("~", "!", ONCE, SERIAL)):
            return next((lock for way in races.by_map[identity] for lock in way.locks if lock.name == name), None)
    return None


def _of_race(races: Races, race: Race, counts: Counter[str]) -> Iterator[Verdict]:
    """Judge the left side of a race."""
    side, other = race.left, race.right
    shared = common_locks(side, other)
    if shared:
        # They have a lock in common, but hold it for reading only: the writers are at fault.
        if side.access.writes:
            yield Verdict("read-lock", side, other, shared[0][0], race.certain and not of_another_object(shared[0][0], side))
    elif side.locks and other.locks:
        if any(way.access.op == "assign" and sets_up(races.functions[way.function]) for way in (side, other)):
            return  # an object is made ready under the lock of its state, which tells others when they may use the rest
        elsewhere = [any(only_elsewhere(lock.name, way) for lock in way.locks) for way in (side, other)]
        if any(elsewhere):
            if elsewhere[0]:
                yield Verdict("locks-differ", side, other, side.locks[0], race.certain)
            return
        ours, others = (max(counts[lock.name] for lock in locks) for locks in (side.locks, other.locks))
        if ours < others or (ours == others and (side.access.writes or not other.access.writes)):
            yield Verdict("locks-differ", side, other, side.locks[0], race.certain)
    elif not side.locks:
        guard = next((lock for lock in other.locks if not lock.name.endswith(ONCE)), None)
        yield Verdict("write" if side.access.writes else "read", side, other, guard, race.certain)
