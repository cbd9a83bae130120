"""One verdict for each unguarded access: the strongest that its races, or the habits of the other accesses to its map, allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from golint_maps.flow.events import BORROWED, ONCE, SERIAL, Held, MapAccess
from golint_maps.graphs.exclusion import common_locks
from golint_maps.graphs.naming import begins, initialises, named_after, sets_up
from golint_maps.graphs.neighbours import unguarded_neighbours
from golint_maps.graphs.races import Race, Races
from golint_maps.graphs.witness import Witness

_GUARDED_SHARE = 2 / 3
_GUARDED_MINIMUM = 2
_NAMED_SHARE = 1 / 4


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
    for verdict in _by_habit(races):
        keep(verdict)
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
        if count >= _GUARDED_MINIMUM and not name.endswith(("~", "!", ONCE, SERIAL)):
            return next((lock for way in races.by_map[identity] for lock in way.locks if lock.name == name), None)
    return None


def _of_race(races: Races, race: Race, counts: Counter[str]) -> Iterator[Verdict]:
    """Judge the left side of a race."""
    side, other = race.left, race.right
    shared = common_locks(side, other)
    if shared:
        # They have a lock in common, but hold it for reading only: the writers are at fault.
        if side.access.writes:
            yield Verdict("read-lock", side, other, shared[0][0], race.certain)
    elif side.locks and other.locks:
        if any(way.access.op == "assign" and sets_up(races.functions[way.function]) for way in (side, other)):
            return  # an object is made ready under the lock of its state, which tells others when they may use the rest
        ours, others = (max(counts[lock.name] for lock in locks) for locks in (side.locks, other.locks))
        if ours < others or (ours == others and (side.access.writes or not other.access.writes)):
            yield Verdict("locks-differ", side, other, side.locks[0], race.certain)
    elif not side.locks:
        guard = next((lock for lock in other.locks if not lock.name.endswith(ONCE)), None)
        yield Verdict("write" if side.access.writes else "read", side, other, guard, race.certain)


def _by_habit(races: Races) -> Iterator[Verdict]:
    """Judge maps by how most of their accesses are guarded (after gVisor's checklocks and GCatch's structfield)."""
    for identity, found in sorted(races.by_map.items()):
        if identity[:1] not in "fg" or identity.endswith("]"):
            continue
        by_access: dict[object, list[Witness]] = defaultdict(list)
        for witness in found:
            if not races.functions[witness.function].test and witness.access.op != "load":
                by_access[witness.access.place].append(witness)
        counts: dict[str, int] = defaultdict(int)
        locks: dict[str, Held] = {}
        for ways in by_access.values():
            names = set.intersection(*({lock.name for lock in way.locks if not lock.name.endswith((ONCE, SERIAL))} for way in ways))
            for name in names:
                counts[name] += not name.endswith("~")
            for way in ways:
                locks.update({lock.name: lock for lock in way.locks})
        if not counts:
            continue
        guard = max(sorted(counts), key=lambda name: (named_after(name, identity), counts[name]))
        held = counts[guard]
        for ways in by_access.values():
            without = [way for way in ways if guard not in {lock.name for lock in way.locks}]
            for way in without[:1]:
                if (
                    way.access.alias
                    or sets_up(races.functions[way.function])
                    or _makes_at_start(races, way)
                    or any(lock.name.endswith(("~", ONCE, SERIAL)) for lock in way.locks)
                ):
                    continue
                share = _NAMED_SHARE if named_after(guard, identity) else _GUARDED_SHARE
                if held >= _GUARDED_MINIMUM and held >= share * len(by_access) and way.context.kind != "own":
                    if way.locks and any(lock.path[-1:] == (BORROWED,) for lock in (*way.locks, locks[guard])):
                        continue  # a pointer to a lock may lead to the lock that the others hold
                    if races.outsiders.lent_under(guard, way):
                        continue
                    if not _same_object(races, way, guard) or all(races.order.published(way, other) for other in found if other.access.writes):
                        continue
                    kind = "locks-differ" if way.locks else "inconsistent"
                    yield Verdict(kind, way, None, locks[guard], True, held, len(by_access))
        for ways in by_access.values():
            for way in ways:
                modes = {lock.mode for lock in way.locks if lock.name == guard and lock not in way.lent}
                if any(lock.name.endswith("~") for lock in way.locks) or _handed_in(guard, way):
                    continue
                if way.access.writes and modes == {"r"} and not any(lock.mode == "w" for lock in way.locks) and _plausible(guard, identity, held):
                    if not _same_object(races, way, guard) or not _meant_for(races, way, guard, found):
                        continue
                    yield Verdict("read-lock", way, None, locks[guard], _anybody(races, ways), held, len(by_access))


def _same_object(races: Races, way: Witness, guard: str) -> bool:
    """Tell whether the object of an access is one that the guard is meant for: an object that the way to the access shows, or of the guard's package.

    A message of another package that came as an argument, or was looked up, may be a copy, or not yet have come to where a lock guards its like.
    """
    return guard[:1] != "f" or _package(guard) == _package(way.identity) or races.objects.anchored(way)


def _meant_for(races: Races, way: Witness, guard: str, found: list[Witness]) -> bool:
    """Tell whether a lock is held for a map, not for others that one function uses along with it: other functions hold it for the map as well."""
    users = {races.functions[other.function].root for other in found if any(lock.name == guard for lock in other.locks)}
    by_caller = all(lock.name != guard for lock in way.access.locks)
    beside = (other for other in races.functions[way.function].accesses if other.identity != way.access.identity)
    return len(users) > 1 or not any(by_caller or any(lock.name == guard for lock in other.locks) for other in beside)


def _package(identity: str) -> str:
    """Return the import path in the identity of a field."""
    return identity[1:].rpartition(".")[0].rpartition(".")[0]


def _makes_at_start(races: Races, way: Witness) -> bool:
    """Tell whether an access puts a map in place in a function that starts what will use it: nothing of that runs yet."""
    function = races.functions[way.function]
    return way.access.op == "assign" and (begins(function) or initialises(function))


def _anybody(races: Races, ways: list[Witness]) -> bool:
    """Tell whether any goroutine may come to an access, not a certain one alone."""
    return any(
        way.context.kind in ("exported", "handler") or (way.context.kind == "spawn" and races.order.self_parallel(way))
        for way in ways
        if not races.functions[way.hops[0].function].test
    )


def _handed_in(guard: str, way: Witness) -> bool:
    """Tell whether a map came as an argument into a function that takes the lock of something else: the lock is for what is read there."""
    access = way.access
    own = next((lock for lock in access.locks if lock.name == guard and lock.path), None)
    return own is not None and access.path[0][0] == "p" and own.path[0][0] != "g" and own.path[0] != access.path[0]


def _plausible(guard: str, identity: str, held: int) -> bool:
    """A lock guards a map that it lies beside, or that it is held for more than once."""
    return guard.rpartition(".")[0] == identity.rpartition(".")[0] or held >= _GUARDED_MINIMUM
