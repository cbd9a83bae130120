"""Which memos are shared by callers whom nobody sees, and which accesses break what a doc comment promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.memos import MemoFill
from golint_maps.flow.promises import SAFE, UNSAFE
from golint_maps.flow.support import doubles, serves_tests
from golint_maps.graphs.naming import FOR_ONE, serves_containers
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Path, Witness

_REGISTRATION: Final = re.compile(
    r"(?:Must)?(?:Register|Unregister|Add|Set|Init|Setup|Load|Reset|Enable|Disable|Define|Declare|With|New|Install|Configure|Import|Read|Parse|Test|Bench)"
)
_REGISTRATION_ALONE: Final = re.compile(
    r"(?:Must)?(?:Register|Unregister|Add|Set|Init|Setup|Reset|Enable|Disable|Define|Declare|Install|Configure|Test|Bench)"
)
"""Of a package variable, or the object in one, that is filled with what was computed: reading, parsing and making is what programs do at any time."""
_STARTING: Final = re.compile(
    r"(?:On|Do)?(?:Init|Open|Start|Run|Serve|Close|Stop|Register|Setup|Configure|Unmarshal|Decode|Gob|Scan|New|Load|Must|Validate)"
    r"(?!(?:[np]?e?d|[np]?ing)(?![a-z]))"
)
"""What makes an object ready, or does away with it. `Loaded` and `Running` ask how far that is."""

_OFTEN: Final = 3
"""Calls where packages are initialised from which on they look like the use that is meant."""


@dataclass(frozen=True, slots=True)
class SharedMemo:
    """One access at fault: a memo's insert, or any access to a map of a type that promises to be safe. `certain` follows a promise."""

    way: Witness
    fill: MemoFill | None
    promised: str = ""


class Memos:
    """Judges the memos of one program."""

    def __init__(
        self,
        races: Races,
        promises: Mapping[str, str],
        singletons: AbstractSet[str],
        services: AbstractSet[str],
        mains: AbstractSet[str],
        imported: AbstractSet[str],
        emptied: AbstractSet[tuple[str, str]] = frozenset(),
    ) -> None:
        self._races = races
        self._promises = promises
        self._singletons = singletons
        self._services = services
        self._mains = mains
        self._imported = imported
        self._emptied = emptied
        """(function, map) where the function leaves nothing in the map, or starts with an empty one: what it fills it with is its own work."""

    def shared(self, fills: Iterable[MemoFill]) -> Iterator[SharedMemo]:
        """Yield the memos that all callers share without a lock."""
        for fill in fills:
            found = self._found(fill)
            if any(way.locks for way in found):
                continue  # somebody locks: the rules on locks judge it
            ways = [way for way in found if way.access.place == fill.place and way.access.writes and self._reached(way) and self._one_object(way)]
            if ways:
                way = min(ways, key=lambda way: len(way.hops))
                yield SharedMemo(way, fill, self._promised(way))

    def _found(self, fill: MemoFill) -> Sequence[Witness]:
        """Return the ways to all accesses of a memo; of a map that is a receiver itself, those of the one package variable that it is."""
        if fill.identity[:1] != "l":
            return self._races.by_map.get(fill.identity, ())
        names = {name for name, found in self._races.by_map.items() if name[0] == "g" and any(way.access.place == fill.place for way in found)}
        return self._races.by_map[names.pop()] if len(names) == 1 else ()

    def broken(self) -> Iterator[SharedMemo]:
        """Yield the unguarded accesses to maps of types that are documented as safe for concurrent use."""
        safe = {name for name, said in self._promises.items() if said == SAFE}
        for identity, found in sorted(self._races.by_map.items()):
            owner = identity[1:].rpartition(".")[0]
            if identity[0] != "f" or not safe:
                continue
            ways = [way for way in found if self._method_of(way, owner, safe) and way.access.op != "load"]
            if not any(way.access.writes for way in ways):
                continue
            seen = set()
            for way in ways:
                if not way.locks and way.access.place not in seen:
                    seen.add(way.access.place)
                    yield SharedMemo(way, None, self._races.functions[way.context.entry].receiver)

    def _method_of(self, way: Witness, owner: str, safe: AbstractSet[str]) -> bool:
        """Tell whether a way starts at an exported method of a safe type, on a map of its receiver, at a time when others may have the object."""
        entry = self._races.functions[way.context.entry]
        if way.context.kind != "exported" or entry.receiver not in safe or entry.test or not way.path or not _of_receiver(way.path, owner):
            return False
        return self._promises.get(entry.id) != UNSAFE and not _STARTING.match(entry.id.rpartition(".")[2])

    def _reached(self, way: Witness) -> bool:
        """Tell whether other packages can reach an access at any time, as far as the program shows."""
        entry = self._races.functions[way.context.entry]
        if way.context.kind != "exported" or entry.test or entry.package in self._mains or self._internal(entry):
            return False
        if any((hop.function, way.identity) in self._emptied for hop in way.hops) or (way.identity[0] == "g" and self._set_up_by(entry)):
            return False
        if serves_containers(entry) or serves_tests(way.access.package) or doubles(entry.receiver):
            return False
        functions = [self._races.functions[hop.function] for hop in way.hops]
        registration = _REGISTRATION_ALONE if "g" in (way.identity[0], way.path[0][0] if way.path else "") else _REGISTRATION
        if any(registration.match(function.name.rpartition(".")[2]) or function.name == "init" for function in functions):
            return False
        said = [self._promises.get(name, "") for function in functions for name in (function.id, function.receiver, function.package)]
        return UNSAFE not in said

    def _set_up_by(self, entry: FunctionSummary) -> bool:
        """Tell whether the program calls a function where packages are initialised, again and again, and nowhere else: it registers what there is."""
        chains = self._races.witnesses.chains(entry.id)
        if any(context.kind in ("main", "spawn", "handler") for context, _ in chains):
            return False
        first = {(hops[0].function, hops[1].function) for context, hops in chains if context.kind == "init" and len(hops) > 1}
        return sum(link.caller == caller for caller, callee in first for link in self._races.links.into.get(callee, ())) >= _OFTEN

    def _internal(self, entry: FunctionSummary) -> bool:
        """Internal packages are reached through what calls them, if that is in sight; where a command has them, only that does."""
        parts = entry.package.split("/")
        return "internal" in parts and ("cmd" in parts or (entry.package in self._imported and bool(self._races.links.into.get(entry.id))))

    def _one_object(self, way: Witness) -> bool:
        if way.identity[0] == "g":
            return True
        if not way.path:
            return False
        if way.path[0][0] == "g":
            return True
        owner = self._races.functions[way.context.entry].receiver
        if way.path[0] != "r" or not owner:
            return False
        if _of_receiver(way.path, way.identity[1:].rpartition(".")[0]):
            return owner in self._singletons or (owner in self._services and not FOR_ONE.search(owner))
        # A cache of a type of its own, with exported name, that objects point to: they share it.
        holder = way.identity[1:].rpartition(".")[0].rpartition(".")[2]
        return len(way.path) == 3 and holder[:1].isupper() and holder.endswith("Cache") and not FOR_ONE.search(owner)

    def _promised(self, way: Witness) -> str:
        functions = [self._races.functions[hop.function] for hop in way.hops]
        for function in functions:
            for name in (function.id, function.receiver, function.package):
                if name and self._promises.get(name) == SAFE:
                    return name
        return ""


def _of_receiver(path: Path, owner: str) -> bool:
    """Tell whether a map lies in the receiver itself, or in a struct of the type `owner` that is embedded there, under that type's name."""
    return path[0] == "r" and (len(path) == 2 or (len(path) == 3 and path[1] == owner.rpartition(".")[2]))
