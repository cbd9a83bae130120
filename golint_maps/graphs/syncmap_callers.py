"""What the callers of a function say of its calls of a `sync.Map`: that the entry is there, or that no two goroutines make them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from golint_maps.flow.events import CallSite, FunctionSummary
from golint_maps.flow.site import Place
from golint_maps.flow.structure import dominates
from golint_maps.graphs.links import Link
from golint_maps.graphs.naming import hidden, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.syncmap_locks import is_around
from golint_maps.graphs.witness import NOTHING, Context, Hop, Witness

_METHOD: Final = "sync.Map."
_FINDS: Final = frozenset(f"{_METHOD}{name}" for name in ("Load", "LoadOrStore", "Store"))
_REPLACES: Final = frozenset(f"{_METHOD}{name}" for name in ("Store", "Swap"))
_BESIDE: Final = frozenset(("spawn", "main"))
_FAR: Final = 2
"""Functions on a way from a caller out of sight beyond which it is no longer plain that the call may be made at any time."""


class SyncMapCallers:
    """Judges functions by the ways that lead to them."""

    def __init__(self, races: Races) -> None:
        self._races = races
        self._functions = races.functions
        self._judged: dict[str, tuple[bool, bool]] = {}

    def looked_up(self, function: str, look_up: Place) -> bool:
        """Tell whether all that call a function have come past a look-up in the same map: who finds nothing does not go on to call it."""
        summary = self._functions.get(function)
        if summary is None or (summary.exported and not hidden(summary)):
            return False
        site = next((site for site in _map_calls(summary) if site.place.start == look_up.start), None)
        if site is None or site.receiver is None:
            return False
        links = [link for link in self._races.links.into.get(summary.root, ()) if not self._functions[link.caller].test]
        return bool(links) and all(self._found_before(link, site.receiver.identity) for link in links)

    def _found_before(self, link: Link, identity: str) -> bool:
        """Tell whether a caller has looked something up in a map when it comes to a call."""
        return not link.spawns and any(
            site.targets[0] in _FINDS and site.receiver is not None and site.receiver.identity == identity and dominates(site.at, link.site.at)
            for site in _map_calls(self._functions[link.caller])
        )

    def replaced(self, function: str, delete: Place) -> bool:
        """Tell whether some function, but for those that set things up, stores to the map of a delete whatever is there."""
        summary = self._functions.get(function)
        site = next((site for site in _map_calls(summary) if site.place.start == delete.start), None) if summary is not None else None
        return site is not None and site.receiver is not None and bool(site.receiver.identity) and site.receiver.identity in self._stored

    @cached_property
    def _stored(self) -> frozenset[str]:
        """The maps that get values by `Store` or `Swap`."""
        return frozenset(
            site.receiver.identity
            for function in self._functions.values()
            if not function.test and not sets_up(function)
            for site in _map_calls(function)
            if site.receiver is not None and site.targets[0] in _REPLACES
        )

    def alone(self, function: str) -> bool:
        """Tell whether one goroutine at a time runs a function: only one comes there, or all hold some lock. Not assumed of callers out of sight."""
        return self._judge(function)[0]

    def together(self, function: str) -> bool:
        """Tell whether goroutines are seen to run a function side by side, or code out of sight may call it as it likes."""
        return self._judge(function)[1]

    def _judge(self, function: str) -> tuple[bool, bool]:
        if function not in self._judged:
            self._judged[function] = self._judged_by(list(self._ways(function))) if function in self._functions else (False, True)
        return self._judged[function]

    def _judged_by(self, ways: list[Witness]) -> tuple[bool, bool]:
        """Return (surely one at a time, surely several) of a function that these ways lead to."""
        if ways and frozenset.intersection(*map(_held, ways)):
            return True, False
        beside = [way for way in ways if way.context.kind in _BESIDE]
        several = any(way.context.kind == "handler" or self._is_open(way) for way in ways)
        several = several or any(self._meet(left, right) for index, left in enumerate(beside) for right in beside[index:])
        return bool(ways) and not several and len(beside) == len(ways), several

    def _is_open(self, way: Witness) -> bool:
        """Tell whether a way starts at an exported function that nobody in sight calls, and that comes to the call soon."""
        return way.context.kind == "exported" and len(way.hops) <= _FAR and not self._races.outsiders.called_in_sight(way)

    def _ways(self, function: str) -> Iterator[Witness]:
        """Yield the ways to a function, but those of tests, of what runs before `main`, and those that begin in the middle of another package's."""
        for context, hops in self._races.witnesses.chains(function):
            way = _way(context, hops)
            if context.kind in ("init", "test") or self._functions[hops[0].function].test:
                continue
            if context.kind == "exported" and self._races.outsiders.called_from_elsewhere(way):
                continue
            yield way

    def _meet(self, left: Witness, right: Witness) -> bool:
        """Tell whether two goroutines, or two runs of one, may be in the function at the same time."""
        starts = self._races.starts
        if left.context.kind == "main" and right.context.kind == "main":
            return False
        if left.context.kind == "main" or right.context.kind == "main":
            spawn, other = (right, left) if left.context.kind == "main" else (left, right)
            return starts.against(spawn, other) == "certain"
        if starts.one_start(left, right):
            return starts.repeated(left) or starts.repeated(right)
        return "certain" in (starts.against(left, right), starts.against(right, left))


def _map_calls(function: FunctionSummary) -> Iterator[CallSite]:
    """Yield a function's calls of methods of `sync.Map`."""
    return (site for site in function.calls if len(site.targets) == 1 and site.targets[0].startswith(_METHOD))


def _held(way: Witness) -> frozenset[str]:
    """Return the locks that keep others out where a way ends: of package variables, and of what the call is made on or lies in."""
    start = 1 if way.hops[0].spawns else 0
    return frozenset(
        lock.name
        for hop in way.hops[start:]
        if hop.site is not None
        for lock in hop.site.locks
        if lock.mode == "w" and lock.name[:1] != "l" and is_around(lock, hop.site)
    )


def _way(context: Context, hops: tuple[Hop, ...]) -> Witness:
    return Witness(NOTHING, context, hops, None, "", ())
