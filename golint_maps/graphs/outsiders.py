"""What code out of sight may do with exported functions: call them at any time, unless the program shows how they are used."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from golint_maps.flow.events import SETTLED, FunctionSummary
from golint_maps.graphs.links import Links
from golint_maps.graphs.naming import hidden, registers, serves_containers, sets_up
from golint_maps.graphs.witness import Context, Witness


class Outsiders:
    """Judges ways that start at exported functions."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._functions = links.functions
        self._users: dict[str, bool] = {}

    def nobody_outside(self, way: Witness) -> bool:
        """Tell whether an exported function is one that no caller out of sight comes to at any time."""
        if way.context.kind != "exported":
            return False
        entry = self._functions[way.context.entry]
        # Package variables are registered with by init functions; heaps are worked on by container/heap.
        elsewhere = registers(entry) if way.identity[0] == "g" else serves_containers(entry)
        return elsewhere or sets_up(entry) or self._started_inside(entry)

    def _started_inside(self, entry: FunctionSummary) -> bool:
        """Tell whether the program itself starts a goroutine with a function that goes on until it is told to stop: nobody runs another one."""
        return entry.endless and any(link.spawns and not self._functions[link.caller].test for link in self._links.into.get(entry.id, ()))

    def called_in_sight(self, way: Witness) -> bool:
        """Tell whether a way starts at an exported function that the program calls itself: what its callers hold and do is known, and judged."""
        if way.context.kind != "exported":
            return False
        entry = way.context.entry
        return any(not self._functions[link.caller].test and link.caller != entry for link in self._links.into.get(entry, ()))

    def called_by_main(self, way: Witness, contexts: Iterable[Context]) -> bool:
        """Tell whether a way starts at an exported function that main calls as the program starts, and nobody else in sight: a step of that start.

        `contexts` are those of all ways to the function. Methods are left to whoever has the object.
        """
        if way.context.kind != "exported" or self._functions[way.context.entry].receiver:
            return False
        seen = {context.kind for context in contexts if context.kind != "exported" and not self._functions[context.entry].test}
        return bool(seen) and seen <= {"main", "init"}

    def locks_for_it(self, way: Witness, other: Witness) -> bool:
        """Tell whether a way without a lock starts at an exported method that its callers lock for, as the other way shows."""
        if way.context.kind != "exported" or way.locks or not other.locks:
            return False
        return self._behind_wrapper(way) or self._functions[way.context.entry].receiver in self._lending

    def _behind_wrapper(self, way: Witness) -> bool:
        """Tell whether a way starts at a method of an object without a lock, which objects around it lock for where they are in sight.

        Others may well call the method without, on objects of their own.
        """
        entry = self._functions[way.context.entry]
        owner = way.identity.rpartition(".")[0]
        if f"f{entry.receiver}" != owner or owner in self.locking_types:
            return False
        return self._used_by_others(entry.receiver)

    def called_from_elsewhere(self, way: Witness) -> bool:
        """Tell whether an exported function is called by other packages in sight: how they do is judged, and nobody else is assumed.

        Who else could call a method of a type without a name for other packages? Its own package does.
        """
        entry = self._functions[way.context.entry]
        if way.context.kind != "exported":
            return False
        return any(
            not caller.test and (hidden(entry) or caller.package.removesuffix("_test") != entry.package)
            for caller in (self._functions[link.caller] for link in self._links.into.get(entry.id, ()) if link.caller != entry.id)
        )

    @cached_property
    def _lending(self) -> frozenset[str]:
        """Types that lend their lock by a method `Lock`, and whose methods never touch a map under a lock that they have taken themselves."""
        methods = [function for function in self._functions.values() if function.receiver and not function.parent]
        lending = {method.receiver for method in methods if method.name.endswith(".Lock")}
        return frozenset(lending - {method.receiver for method in methods if any(access.locks for access in method.accesses)})

    def _used_by_others(self, kind: str) -> bool:
        """Tell whether functions that are no methods of a type call its methods."""
        if kind not in self._users:
            methods = [function.id for function in self._functions.values() if function.receiver == kind and not function.parent]
            self._users[kind] = any(self._functions[link.caller].receiver != kind for method in methods for link in self._links.into.get(method, ()))
        return self._users[kind]

    @cached_property
    def locking_types(self) -> frozenset[str]:
        """Types with a lock of their own: their objects are meant to be shared."""
        held = (event.locks for function in self._functions.values() for events in (function.accesses, function.calls) for event in events)
        return frozenset(lock.name.rpartition(".")[0] for locks in held for lock in locks if not lock.name.endswith(SETTLED))
