"""Races of which one side is only assumed, as that of an exported function's callers, and what makes them worth no more than a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golint_maps.flow.events import ONCE, SLOT
from golint_maps.flow.promises import UNSAFE
from golint_maps.flow.support import helps_tests, serves_tests
from golint_maps.graphs.alone import left_to_callers
from golint_maps.graphs.contracts import says_so
from golint_maps.graphs.doubts import piped
from golint_maps.graphs.guarded import Guarding
from golint_maps.graphs.naming import encodes, initialises, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.verdicts import Verdict
from golint_maps.graphs.witness import Witness

_Ways = tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class AssumedRaces:
    """Weighs the races of one program whose other side nobody sees."""

    races: Races
    guarding: Guarding
    promises: Mapping[str, str]
    """What doc comments say of concurrent use, by what they are on."""

    def doubt(self, verdict: Verdict, *, shown: bool | None = None) -> str:
        """Return why a race is worth a note at most, as a clause, or an empty string.

        `shown` is whether it is seen which objects are meant, where the caller knows.
        """
        ways = sides(verdict)
        if shown is None:
            shown = all(map(self.races.objects.anchored, ways))
        if not shown:
            return "only the type of the objects is known, and they may be different ones"
        if comes_once(verdict):
            return "one side runs once only"
        if self._for_tests(ways):
            return "one side is there for tests"
        if self._other_objects(ways):
            return "the two sides may well have different objects"
        if self._other_times(ways):
            return "one side is over before the other begins, as far as names tell"
        if self._left_to_others(ways):
            return "callers see to it who else is there"
        # Nobody has to call an exported function where both sides lock; else a lock of the map's own object has to say that it is shared.
        if verdict.kind == "locks-differ" and not any(way.context.kind == "exported" for way in ways):
            return ""
        return "" if _locked_by_owner(ways) else "no lock of the map's own object says that others share it"

    def between(self, verdict: Verdict) -> str:
        """Return what may keep the two sides of a verdict apart though both are seen, as a clause, or an empty string."""
        return "" if verdict.other is None else self.races.doubts.between(verdict.side, verdict.other)

    def of_tests(self, verdict: Verdict) -> bool:
        """Tell whether tests, or what helps them, bring the program's code to all ways of a verdict. What a test does by itself is plain to see."""
        functions = self.races.functions
        ways = sides(verdict)
        return all(map(self.races.from_tests, ways)) and any(not functions[hop.function].test for way in ways for hop in way.hops)

    def told(self, way: Witness) -> bool:
        """Tell whether the name of a function on the way, or its comment, tells callers to see to it that they are alone."""
        functions = [self.races.functions[hop.function] for hop in way.hops]
        return any(says_so(function.name) or self.promises.get(function.root) == UNSAFE for function in functions)

    def _other_objects(self, ways: _Ways) -> bool:
        """Tell whether two ways hardly lead to one object: by what holds it, what it is a part of, or which activation made the function."""
        objects = self.races.objects
        if all(map(objects.out_of_a_container, ways)) or all(map(objects.of_another_activation, ways)):
            return True
        return len(ways) > 1 and (objects.elsewhere(*ways) or objects.shared_out(*ways))

    def _other_times(self, ways: _Ways) -> bool:
        """Tell whether one of two ways is over before the other begins, as far as names, unknown ways to wait, pipes and registration show."""
        doubts = self.races.doubts
        if any(self._makes_ready(way) or piped(way, self.races.functions) for way in ways) or self.guarding.registry(ways[0].identity):
            return True
        if len(ways) == 1:
            return False
        left, right = ways
        return doubts.started_elsewhere(left, right) or doubts.waits_somehow(left, right) or doubts.waits_somehow(right, left)

    def _left_to_others(self, ways: _Ways) -> bool:
        """Tell whether an exported function leaves it to its callers who else is there: they lock in sight, or it says so, encodes or initialises."""
        if len(ways) > 1 and (left_to_callers(self.races, *ways) or left_to_callers(self.races, *reversed(ways))):
            return True
        return any(way.context.kind == "exported" and self._for_callers(way) for way in ways)

    def _for_callers(self, way: Witness) -> bool:
        functions = self.races.functions
        return self.told(way) or encodes(functions[way.context.entry]) or initialises(functions[way.function])

    def _makes_ready(self, way: Witness) -> bool:
        """Tell whether an access puts a map in place, or fills it first, where a function makes things ready or begins to serve, by its name."""
        function = self.races.functions[way.function]
        if not way.access.writes:
            return False
        return initialises(function) or (way.access.op == "assign" and sets_up(function)) or self.races.doubts.put_in_place(way)

    def _for_tests(self, ways: _Ways) -> bool:
        """Tell whether both ways begin in tests, or one of them in what serves tests."""
        entries = [self.races.functions[way.hops[0].function] for way in ways]
        if all(map(_of_parallel_tests, ways)) or all(entry.test for entry in entries):
            return True
        return any(helps_tests(way.access.place.path) for way in ways) or any(serves_tests(entry.package) for entry in entries)


def sides(verdict: Verdict) -> _Ways:
    """Return the ways of a verdict: two, or one where a context races with itself."""
    return (verdict.side,) if verdict.other is None else (verdict.side, verdict.other)


def comes_once(verdict: Verdict) -> bool:
    """Tell whether one side runs once only: it may well be ordered before the other by whoever asks for it."""
    return any(lock.name.endswith(ONCE) and not lock.name.endswith(SLOT) for way in sides(verdict) for lock in way.locks)


def _locked_by_owner(ways: _Ways) -> bool:
    """Tell whether a lock of the map's own object is held on a way."""
    owner = ways[0].identity.rpartition(".")[0]
    return any(lock.name.rpartition(".")[0] == owner for way in ways for lock in way.locks)


def _of_parallel_tests(way: Witness) -> bool:
    link = way.context.link
    return link is not None and link.callback is not None and link.callback.test
