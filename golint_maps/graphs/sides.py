"""The ways to one map as partners of each other: which of them behave alike, and which pairs are worth a closer look."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from golint_maps.flow.events import ONCE, SERIAL, FunctionSummary, Held
from golint_maps.graphs.variables import BY_LITERAL, held, local
from golint_maps.graphs.witness import PRIVATE, Witness

_DIRECT: Final = 2
"""The length of the path of a lock that lies in the object itself, not behind what the object was given."""


@dataclass(frozen=True, slots=True)
class Side:
    """A witness with what pairing asks for again and again."""

    witness: Witness
    writes: bool
    concurrent: bool
    op: str
    locks: frozenset[str]
    exclusive: frozenset[str]
    once: bool
    taken: bool
    """Whether the map's variable was read before the access: it is a parameter of the function, or has a local name there."""

    @classmethod
    def of(cls, witness: Witness) -> Side:
        """Return the side of a witness."""
        locks = frozenset(lock.name for lock in witness.locks)
        exclusive = frozenset(lock.name for lock in witness.locks if lock.mode == "w")
        once = any(name.endswith(ONCE) for name in locks)
        handed = len(witness.access.path) == 1 and witness.access.identity[:1] == "l" and witness.identity[:1] in "fg"
        taken = handed or (witness.access.alias and witness.access.op not in ("assign", "load"))
        return cls(witness, witness.access.writes, witness.context.concurrent, witness.access.op, locks, exclusive, once, taken)


def siblings(side: Side, other: Side) -> tuple[Side, Side]:
    """Return two sides without what one starter holds for both: its lock does not keep the goroutines apart that it has started."""
    if not (side.witness.lent and other.witness.lent) or side.witness.hops[0].function != other.witness.hops[0].function:
        return side, other
    return own_locks(side), own_locks(other)


def own_locks(side: Side) -> Side:
    """Return a side without what the starter of its goroutine holds for it."""
    way = side.witness
    return Side.of(replace(way, locks=tuple(lock for lock in way.locks if lock not in way.lent), lent=frozenset()))


def outside_once(side: Side, other: Side) -> tuple[Side, Side]:
    """Return two sides without what they have seen a `sync.Once` do, unless the other one is what it does: else that orders nothing."""
    names = {lock.name for way in (side.witness, other.witness) for lock in way.locks if lock.name.endswith(ONCE)}
    idle = names - side.exclusive - other.exclusive
    return (_without(side, idle), _without(other, idle)) if idle else (side, other)


def each_its_own(functions: Mapping[str, FunctionSummary], side: Side, other: Side) -> tuple[Side, Side]:
    """Return two sides whose common locks lie in one object, if each goroutine has made an object of its own: `x := &exchange{}; x.once.Do(f)`.

    Such locks keep nobody apart, and what such a `sync.Once` does is done by each of them.
    """
    if not _apart(side.witness, other.witness):
        return side, other
    theirs = {(lock.name, lock.path) for lock in other.witness.locks if lock.path[:1] != () and lock.path[0][:1] == "l"}
    own = {
        lock.name
        for lock in side.witness.locks
        if (lock.name, lock.path) in theirs and _made_apart(functions, lock, side.witness) and _made_apart(functions, lock, other.witness)
    }
    return (_owning(side, own), _owning(other, own)) if own else (side, other)


def _apart(left: Witness, right: Witness) -> bool:
    """Tell whether two goroutines do not share a turn of the loop that starts them: they come of one start, or of different functions."""
    mine, theirs = left.context.link, right.context.link
    if mine is None or theirs is None or left.hops[0].function != right.hops[0].function:
        return True
    return mine.site is theirs.site


def _made_apart(functions: Mapping[str, FunctionSummary], lock: Held, way: Witness) -> bool:
    """Tell whether a lock lies in an object that the goroutine of a way makes itself, and the map in none that it makes."""
    variable = local(functions, lock.path[0])
    place = lock.path[:-1] if lock.name.endswith(ONCE) else lock.path
    if (lock.name.endswith(SERIAL) and place[-1] != SERIAL) or len(place) != _DIRECT or variable is None or variable.made != BY_LITERAL:
        return False
    if (way.path or ("",))[0] == lock.path[0] or held(functions, lock.path) != lock.path:
        return False
    started = max((index for index, hop in enumerate(way.hops) if hop.spawns), default=-1)
    if any(hop.function == variable.function for hop in way.hops[started + 1 :]):
        return True
    # Or each turn of the loop that starts the goroutine makes another one for it: `for … { w := &worker{}; go w.run() }`.
    starter = way.hops[started] if started >= 0 else None
    if starter is None or starter.function != variable.function:
        return False
    loops = functions[starter.function].loops
    return any(number in starter.at.nest and begin <= variable.position < end for number, begin, end in loops)


def _owning(side: Side, own: set[str]) -> Side:
    """Return a side whose locks of these names are its own: what is done once is done by it alone."""
    locks = (lock for lock in side.witness.locks if not (lock.name in own and lock.name.endswith(ONCE)))
    named = (replace(lock, name=lock.name + PRIVATE) if lock.name in own else lock for lock in locks)
    return Side.of(replace(side.witness, locks=tuple(sorted(named))))


def _without(side: Side, names: set[str]) -> Side:
    way = side.witness
    return Side.of(replace(way, locks=tuple(lock for lock in way.locks if lock.name not in names)))


def representatives(sides: Sequence[Side]) -> list[Side]:
    """Return one side for each group that behaves alike as a partner: concurrent ones and short ways first."""
    kept: dict[object, Side] = {}
    for side in sorted(sides, key=lambda side: (side.op == "len", not side.concurrent, len(side.witness.hops))):
        way = side.witness
        site = way.context.link.site.place if way.context.link is not None else None
        alias = side.op if side.op in ("assign", "load") else "taken" if side.taken else ""
        key = (way.context.kind, way.context.entry, site, way.hops[0].at, way.path, way.locks, side.writes, alias)
        kept.setdefault(key, side)
    return list(kept.values())


def conflicts(side: Side, other: Side) -> bool:
    """Tell, from operations and lock names alone, whether a pair is worth a closer look from this side."""
    if "load" in (side.op, other.op) and "assign" not in (side.op, other.op):
        return False  # reading the variable races with assigning it, not with filling the map
    if (side.taken and other.op == "assign") or (other.taken and side.op == "assign"):
        return False  # who has been given the map has read its variable before
    if not side.locks:
        return True
    if not other.locks:
        return False  # the other side is at fault
    shared = side.locks & other.locks
    return not shared or not (shared & (side.exclusive | other.exclusive)) or any(not name.startswith("g") for name in shared)


class Partners:
    """The sides that a side of the same map may race with, by what both must have: the same test, a write, a goroutine, and one object.

    `test` tells the test that a side starts in, `firm` whether it shows which object it means. What does not show it can only be paired with what
    has it from the same function: a map in a message that everybody makes for himself has tens of thousands of ways.
    """

    def __init__(self, sides: Sequence[Side], test: Callable[[Side], str], firm: Callable[[Witness], bool]) -> None:
        self._test = test
        self._firm = firm
        self._everywhere: dict[tuple[str, bool, bool], list[Side]] = defaultdict(list)
        self._near: dict[tuple[str, bool, bool, str], list[Side]] = defaultdict(list)
        """Of those that show no object, and of the others for these alone, by the function that they start in."""
        loose = {side.witness.hops[0].function for side in sides if not firm(side.witness)}
        for side in sides:
            start = side.witness.hops[0].function
            for keys in itertools.product((test(side),), {side.writes, False}, {side.concurrent, False}):
                if firm(side.witness):
                    self._everywhere[keys].append(side)
                if start in loose:
                    self._near[*keys, start].append(side)

    def of(self, side: Side) -> Iterator[Side]:
        """Yield the partners of a side."""
        keys = (self._test(side), not side.writes, not side.concurrent)
        firm = self._firm(side.witness)
        if firm:
            yield from self._everywhere.get(keys, ())
        for partner in self._near.get((*keys, side.witness.hops[0].function), ()):
            if not (firm and self._firm(partner.witness)):
                yield partner
