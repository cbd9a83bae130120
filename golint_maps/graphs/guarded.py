"""How the maps of a program are guarded: who changes them in place once others can have them, and which locks that holds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from golint_maps.flow.escapes import MapEscape
from golint_maps.flow.events import ONCE, SERIAL, FunctionSummary, MapAccess
from golint_maps.flow.structure import dominates
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_IN_PLACE: Final = frozenset(("insert", "update", "delete", "clear", "copy", "decode"))
_SHARE: Final = 2 / 3
_REGISTERS: Final = re.compile(r"(?:(?:Must|must)?[Rr]egister(?![a-z])|init$)")


@dataclass(frozen=True, slots=True)
class Guard:
    """`changes` are the accesses that change a map in place, `accesses` all of them; the counters say how many of those hold each lock."""

    changes: int
    accesses: int
    change_locks: Counter[str]
    access_locks: Counter[str]

    def guarded_by(self, name: str) -> bool:
        """Tell whether a lock is held by most of what changes the map in place."""
        return self.change_locks[name] >= max(1.0, _SHARE * self.changes)

    def always_guarded(self) -> str:
        """Return the lock that all changes and nearly all accesses hold, if there are enough of them to call it a rule, or an empty string."""
        for name, count in self.change_locks.most_common():
            if count == self.changes and self.access_locks[name] >= max(2.0, _SHARE * self.accesses):
                return name
        return ""


class Guarding:
    """The guards of all maps of a program."""

    def __init__(self, races: Races) -> None:
        self._races = races
        self._guards: dict[str, Guard] = {}
        self._registries: dict[str, bool] = {}

    @cached_property
    def _written(self) -> Mapping[str, bool]:
        """Whether each map is changed in place by somebody who does not own it."""
        found: dict[str, bool] = defaultdict(bool)
        for identity, accesses in self._races.accesses.items():
            found[identity] = any(in_place(function, access) for function, access in accesses)
        return found

    def written(self, identity: str) -> bool:
        """Tell whether somebody changes a map in place after it was made."""
        return self._written.get(identity, False)

    def registry(self, identity: str) -> bool:
        """Tell whether a map is filled by registration only, which a program does while it sets itself up, and loses nothing."""
        if identity not in self._registries:
            functions = self._races.functions
            changes = [way for way in self._races.by_map.get(identity, ()) if in_place(functions[way.function], way.access)]
            self._registries[identity] = bool(changes) and all(
                way.access.op in ("insert", "update")
                and not self._serves(way)
                and any(_REGISTERS.match(functions[functions[hop.function].root].name.rpartition(".")[2]) for hop in way.hops)
                for way in changes
            )
        return self._registries[identity]

    def _serves(self, way: Witness) -> bool:
        """Tell whether a way starts at what runs while the program serves: a handler, goroutines side by side, or one that goes on for ever."""
        return way.context.concurrent and (self._races.order.self_parallel(way) or self._races.functions[way.context.entry].endless)

    def moved_out(self, escape: MapEscape) -> bool:
        """Tell whether a method of the same object, which is called once the map has been taken, puts another map in its place."""
        functions = self._races.functions
        for site in functions[escape.id].calls:
            own = site.receiver is not None and site.receiver.path == escape.path[:-1]
            if own and site.mode == "call" and escape.reached < site.place.start < escape.place.start:
                for target in site.targets:
                    accesses = functions[target].accesses if target in functions else ()
                    if any(access.op == "assign" and access.identity == escape.identity and access.path[:1] == ("r",) for access in accesses):
                        return True
        return False

    def changed_by(self, escape: MapEscape) -> bool:
        """Tell whether the first use of a map behind its lock changes it in place, and under no other lock."""
        function = self._races.functions[escape.id]
        return any(
            access.place.path == escape.place.path
            and escape.place.start <= access.place.start < escape.place.end
            and access.identity == escape.identity
            and not access.locks
            and in_place(function, access)
            for access in function.accesses
        )

    def of_one_goroutine(self, identity: str) -> bool:
        """Tell whether all that is seen to come to a map is one goroutine, of which there is one."""
        ways = [way for way in self._races.by_map.get(identity, ()) if not self._races.functions[way.hops[0].function].test]
        contexts = {(way.context.kind, way.context.entry) for way in ways}
        return len(contexts) == 1 and ways[0].context.kind in ("spawn", "main", "own") and not self._races.order.self_parallel(ways[0])

    def of(self, identity: str) -> Guard:
        """Return how a map is guarded, all callers' locks counted."""
        if identity not in self._guards:
            self._guards[identity] = self._count(self._races.by_map.get(identity, ()))
        return self._guards[identity]

    def _count(self, found: list[Witness] | tuple[()]) -> Guard:
        places: dict[object, list[Witness]] = defaultdict(list)
        for witness in found:
            if not self._races.functions[witness.function].test and witness.access.op != "load":
                places[witness.access.place].append(witness)
        changes = accesses = 0
        change_locks: Counter[str] = Counter()
        access_locks: Counter[str] = Counter()
        for ways in places.values():
            held = set.intersection(*({lock.name for lock in way.locks if not lock.name.endswith((ONCE, SERIAL))} for way in ways))
            accesses += 1
            access_locks.update(held)
            if in_place(self._races.functions[ways[0].function], ways[0].access):
                changes += 1
                change_locks.update(held)
        return Guard(changes, accesses, change_locks, access_locks)


def in_place(function: FunctionSummary, access: MapAccess) -> bool:
    """Tell whether an access changes a map that others may have: not one that the same function has put in place just before."""
    if access.op not in _IN_PLACE or access.owned or function.test or function.name in ("init", "package-level initialiser"):
        return False
    return not any(
        other.op == "assign" and other.identity == access.identity and other.path == access.path and dominates(other.at, access.at)
        for other in function.accesses
    )
