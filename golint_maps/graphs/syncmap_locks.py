"""Which mutex is held at every call of a `sync.Map`'s methods, callers' locks counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from golint_maps.flow.events import CallSite, FunctionSummary, Held
from golint_maps.flow.site import Place
from golint_maps.flow.syncmap_profiles import WRITES
from golint_maps.graphs.links import Links
from golint_maps.graphs.objects import chosen

_METHOD: Final = "sync.Map."
_MAX_DEPTH: Final = 3


class SyncMapLocks:
    """The calls of a program, by the map's identity."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._calls: dict[str, list[tuple[FunctionSummary, CallSite]]] = defaultdict(list)
        for function in links.functions.values():
            for site in function.calls:
                if len(site.targets) == 1 and site.targets[0].startswith(_METHOD) and site.receiver is not None and not function.test:
                    self._calls[site.receiver.identity].append((function, site))
        self._entry: dict[str, Mapping[str, str]] = {}

    def always_held(self, identity: str) -> tuple[str, tuple[Place, ...]]:
        """Return (name of the lock that all calls hold, places of the calls), or empty ones.

        What changes the map must hold it for writing: under a read lock others are there as well, and the `sync.Map` is needed. What a
        constructor does to its own object needs no lock.
        """
        found = [(function, site) for function, site in self._calls.get(identity, ()) if site.receiver is not None and not site.receiver.owned]
        held: set[str] | None = None
        for function, site in found:
            modes = self._held(function, site)
            method = site.targets[0].removeprefix(_METHOD)
            here = {name for name, mode in modes.items() if mode == "w" or method not in WRITES}
            held = here if held is None else held & here
        if not held or len(found) < 2 or not any(site.targets[0].removeprefix(_METHOD) in WRITES for _, site in found):
            return "", ()
        return min(held), tuple(sorted(site.place for _, site in found))

    def around(self, function: str) -> bool:
        """Tell whether all callers of a function hold some lock that keeps others out."""
        return function in self._links.functions and "w" in self._around(function, _MAX_DEPTH).values()

    def _held(self, function: FunctionSummary, site: CallSite) -> Mapping[str, str]:
        return _modes((*site.locks, *(lock for lock, _ in function.requires))) | dict(self._around(function.id, _MAX_DEPTH))

    def _around(self, id: str, depth: int) -> Mapping[str, str]:
        """Return the locks, with their modes, that all callers of a function hold."""
        if id in self._entry or depth == 0:
            return self._entry.get(id, {})
        self._entry[id] = {}  # recursion
        function = self._links.functions[id]
        common: dict[str, str] | None = None
        for link in self._links.into.get(id, ()):
            caller = self._links.functions[link.caller]
            if caller.test:
                continue
            held = tuple(lock for lock in link.site.locks if is_around(lock, link.site))
            around = {} if link.spawns else _modes(held) | dict(self._around(link.caller, depth - 1))
            common = around if common is None else {name: _weaker(mode, around[name]) for name, mode in common.items() if name in around}
        self._entry[id] = {} if function.exported else common or {}
        return self._entry[id]


def is_around(lock: Held, site: CallSite) -> bool:
    """Tell whether a lock is one for all, or of an object that a call is made on, lies in or is handed: else others hold that of other objects."""
    if not lock.path:
        return False
    if lock.path[0][:1] == "g" and not chosen(lock.path):
        return True
    receiver, owner = site.receiver.path if site.receiver is not None else None, lock.path[:-1]
    if receiver and receiver[0] == lock.path[0]:
        return True
    return any(argument.path and argument.path == owner[: len(argument.path)] for argument in site.args)


def _modes(locks: tuple[Held, ...]) -> dict[str, str]:
    return {lock.name: lock.mode for lock in locks if lock.name and "~" not in lock.name}


def _weaker(mode: str, other: str) -> str:
    return "r" if "r" in (mode, other) else "w"
