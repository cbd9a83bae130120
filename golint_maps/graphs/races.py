"""Pairs of accesses that race: same map, may run in parallel, at least one writes, no lock excludes them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from golint_maps.flow.annotations import Guard
from golint_maps.flow.events import SERIAL, CallSite, FunctionSummary, Held, MapAccess, Position
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.structure import loops_around, may_follow
from golint_maps.flow.support import doubles, of_tests, serves_tests, stubs
from golint_maps.graphs.doubts import Doubts
from golint_maps.graphs.exclusion import common_locks, excluded
from golint_maps.graphs.happens_before import HappensBefore
from golint_maps.graphs.links import SERVICE, Links
from golint_maps.graphs.naming import hidden, sets_up
from golint_maps.graphs.objects import Objects, in_one_activation
from golint_maps.graphs.outsiders import Outsiders
from golint_maps.graphs.sides import Partners, Side, conflicts, each_its_own, outside_once, own_locks, representatives, siblings
from golint_maps.graphs.starts import Starts
from golint_maps.graphs.variables import local
from golint_maps.graphs.witness import NOTHING, Context, Hop, Witness, Witnesses
from golint_maps.source.builds import Builds

_MAX_WAYS = 10
"""Ways to one access that are tried in turn. The shortest come first."""
_MAX_PARTNERS = 500
"""Partners of one way that are tried, goroutines and short ways first: more stand for a type that everybody has objects of."""


@dataclass(frozen=True, slots=True)
class Race:
    """Two ways to one map that nothing keeps apart. `certain` is False where the second side is only assumed (a caller outside of the program)."""

    left: Witness
    right: Witness
    certain: bool


class Races:
    """The accesses of a program, by map, and the pairs of them that race."""

    def __init__(
        self, links: Links, declared: Mapping[str, Guard] | None = None, builds: Builds | None = None, helpers: frozenset[str] = frozenset()
    ) -> None:
        self.links = links
        self.declared: Mapping[str, Guard] = declared or {}
        """Guards that the source names, by the map's identity."""
        self._builds = builds
        self._helpers = helpers
        """Paths of files that help tests by what they import."""
        self.functions: Mapping[str, FunctionSummary] = links.functions
        self.witnesses = Witnesses(links)
        self.order = HappensBefore(links)
        self.objects = Objects(links, self.witnesses)
        self.starts = Starts(links.functions, self.witnesses, self.order)
        self.outsiders = Outsiders(links)
        self.doubts = Doubts(links, self.witnesses, self.order, self.objects, self.outsiders)
        self._around: dict[str, frozenset[Held]] = {}

    @cached_property
    def accesses(self) -> dict[str, list[tuple[FunctionSummary, MapAccess]]]:
        """Accesses by the map's identity as the accessing function knows it."""
        table: dict[str, list[tuple[FunctionSummary, MapAccess]]] = defaultdict(list)
        for function in self.functions.values():
            for access in function.accesses:
                table[access.identity].append((function, access))
        return table

    @cached_property
    def handed_out(self) -> Mapping[str, Sequence[tuple[str, CallSite]]]:
        """Where objects of types that other packages cannot name are given to code out of sight, by type: (function, call)."""
        table: dict[str, list[tuple[str, CallSite]]] = defaultdict(list)
        kinds = {function.receiver for function in self.functions.values() if hidden(function)}
        for function in self.functions.values():
            for site in function.calls:
                for argument in site.args:
                    if argument.type in kinds and not function.test and not any(target in self.functions for target in site.targets):
                        table[argument.type].append((function.id, site))
        return table

    @cached_property
    def by_map(self) -> dict[str, list[Witness]]:
        """Witnesses by the map's identity at the root, for maps that somebody writes after they were made."""
        table: dict[str, list[Witness]] = defaultdict(list)
        sent = {identity for function in self.functions.values() for identity, _, _ in function.sends}
        tables: list[str] = []
        for identity, found in self.accesses.items():
            # What is only read, as most package variables are, need not be followed, unless it is written under the name of a parameter.
            if identity[:1] in "fg" and identity not in sent and not any(access.writes and _counts(function, access) for function, access in found):
                tables.append(identity)
            else:
                self._follow(found, table)
        for identity in tables:
            if any(witness.access.writes for witness in table.get(identity, ())):
                self._follow(self.accesses[identity], table)
        return {identity: found for identity, found in table.items() if "?" not in identity and any(item.access.writes for item in found)}

    def _follow(self, found: Sequence[tuple[FunctionSummary, MapAccess]], table: dict[str, list[Witness]]) -> None:
        """Add the witnesses of accesses to a table."""
        for function, access in found:
            if not _counts(function, access):
                continue
            for witness in map(self._joined, self.witnesses.of(function, access)):
                if witness.context.kind == "init" or self._of_no_test(witness):
                    continue
                table[witness.identity].append(witness)
                for channel in self._sent(witness):
                    table[channel].append(replace(witness, identity=channel, path=None))

    def _of_no_test(self, witness: Witness) -> bool:
        """Tell whether a local variable of a test is used on a way that does not come from the test, as where a callback of it is kept."""
        variable = local(self.functions, witness.identity)
        owner = self.functions[variable.family] if variable is not None else None
        if variable is None or owner is None or not owner.test:
            return False
        if variable.function != owner.id:
            return all(hop.function != variable.function for hop in witness.hops)  # of another subtest
        start = self.functions[witness.hops[0].function].root
        if start == owner.id or any(self.functions[hop.function].root == owner.id for hop in witness.hops[:-1]):
            return False
        return start not in self.links.comes_to(owner.id)

    def all_ways(self, identity: str) -> list[Witness]:
        """Return the ways to all accesses of a map that are not an owner's own."""
        return [
            witness
            for function, access in self.accesses.get(identity, ())
            if not access.owned
            for witness in map(self._joined, self.witnesses.of(function, access))
            if witness.identity == identity
        ]

    def _joined(self, witness: Witness) -> Witness:
        """Give a goroutine the locks that its starter holds from its start until it has waited for it: they exclude others all the while."""
        if witness.context.kind != "spawn":
            return witness
        lent = {*self.order.held_until_joined(witness)}
        frames = [witness.hops[0].function] if self.starts.outlived(witness) else self._joined_by_callers(witness)
        if frames:
            lent |= frozenset.intersection(*map(self._held_around, frames))
        lent -= set(witness.locks)
        return replace(witness, locks=tuple(sorted((*witness.locks, *lent))), lent=frozenset(lent)) if lent else witness

    def _joined_by_callers(self, witness: Witness) -> list[str]:
        """Return the functions that call the starter of a goroutine and wait for it, if all that do so in the program do."""
        links = [link for link in self.links.into.get(witness.hops[0].function, ()) if not link.spawns and not self.functions[link.caller].test]
        return [link.caller for link in links] if all(self.order.joined_by_caller(witness, link) for link in links) else []

    def _held_around(self, function: str) -> frozenset[Held]:
        """Return the locks that all callers of a function hold while it runs."""
        if function not in self._around:
            self._around[function] = frozenset()  # for what starts itself again
            found = [
                frozenset(lock for hop in hops[:-1] if hop.site is not None and not hop.spawns for lock in hop.site.locks)
                | self._lent_around(context, hops)
                for context, hops in self.witnesses.chains(function)
                if not self.functions[hops[0].function].test
            ]
            names = set.intersection(*({lock.name for lock in locks} for locks in found)) if found else set()
            self._around[function] = frozenset(lock for locks in found[:1] for lock in locks if lock.name in names)
        return self._around[function]

    def _lent_around(self, context: Context, hops: tuple[Hop, ...]) -> frozenset[Held]:
        """Return the locks that the starter of a goroutine that comes to a function holds for it."""
        if context.kind != "spawn":
            return frozenset()
        way = Witness(NOTHING, context, hops, None, "", ())
        around = self._held_around(hops[0].function) if self.starts.outlived(way) else frozenset()
        return around | frozenset(self.order.held_until_joined(way))

    def _sent(self, witness: Witness) -> Iterator[str]:
        """Yield the channels that the map of an access has been sent to before."""
        for hop in witness.hops:
            for identity, channel, at in self.functions[hop.function].sends:
                if identity == witness.identity and may_follow(at, hop.at) and not self._of_next_turn(hop, at, identity):
                    yield channel

    def _of_next_turn(self, hop: Hop, sent: Position, identity: str) -> bool:
        """Tell whether what stands before a send comes after it in the next turn of a loop only, where the map is another one."""
        if sent.order < hop.at.order:
            return False
        loops = loops_around(sent, hop.at)
        return identity.endswith(RECEIVED) or self.order.varies(hop, identity, loops)

    @cached_property
    def pairs(self) -> list[Race]:
        """All racing pairs, one for each pair of access sites."""
        return [race for identity in sorted(self.by_map) for race in self._pairs(self.by_map[identity])]

    def _pairs(self, found: list[Witness]) -> Iterator[Race]:
        """Yield, for each access at fault, the best race of it."""
        if not any(witness.context.concurrent for witness in found):
            return
        sides = [Side.of(witness) for witness in sorted(found, key=lambda witness: (witness.access.place, len(witness.hops)))]
        shared = found[0].identity.rpartition(".")[0] in self.outsiders.locking_types
        partners = Partners(representatives(sides), self._test, lambda way: shared or self.objects.anchored(way))
        by_site: dict[object, list[Side]] = defaultdict(list)
        for side in sides:
            by_site[side.witness.access.place].append(side)
        for ways in by_site.values():
            race = self._best(ways, partners)
            if race is not None:
                yield race

    def _test(self, side: Side) -> str:
        """Return the test that a way starts in, or an empty string. Tests run one by one, and know when goroutines are at rest."""
        root = self.functions[side.witness.hops[0].function]
        return root.root if root.test else ""

    def _best(self, ways: Sequence[Side], partners: Partners) -> Race | None:
        """Return a race of one access with whichever partner makes it certain, else with one that makes it possible.

        What tests alone bring together is taken where the program brings nothing together itself.
        """
        assumed: Race | None = None
        tested: Race | None = None
        for side in ways[:_MAX_WAYS]:
            for partner in itertools.islice(partners.of(side), _MAX_PARTNERS):
                if assumed is not None and (self.doubts.about(side.witness) or self.doubts.about(partner.witness)):
                    continue  # nothing certain comes of it
                if tested is not None and self.from_tests(side.witness) and self.from_tests(partner.witness):
                    continue
                mine, other = siblings(side, partner) if side.witness.lent else (side, partner)
                if mine.witness.lent and self._meanwhile(mine.witness, other.witness):
                    mine = own_locks(mine)
                elif other.witness.lent and self._meanwhile(other.witness, mine.witness):
                    other = own_locks(other)
                if mine.locks & other.locks:
                    mine, other = each_its_own(self.functions, mine, other)
                if side.once or partner.once:
                    mine, other = outside_once(mine, other)
                if not conflicts(mine, other):
                    continue
                parallel = self.parallel(mine.witness, other.witness)
                if not parallel or (parallel != "certain" and assumed is not None):
                    continue
                if excluded(mine.witness, other.witness) and not self._by_their_own(mine.witness, other.witness):
                    continue
                race = Race(mine.witness, other.witness, parallel == "certain")
                if not race.certain:
                    assumed = race
                elif self.from_tests(race.left) and self.from_tests(race.right):
                    tested = race
                else:
                    return race
        return tested or assumed

    def from_tests(self, way: Witness) -> bool:
        """Tell whether a way begins in a test, or in code that is there for tests."""
        first = self.functions[way.hops[0].function]
        path = first.place.path
        return first.test or path in self._helpers or of_tests(first.package, path)

    def _by_their_own(self, left: Witness, right: Witness) -> bool:
        """Tell whether goroutines of one start are kept apart only within a group with room for one, and there are several of those at a time."""
        groups = [mine for mine, _ in common_locks(left, right) if mine.name.endswith(SERIAL) and mine.name[:1] == "l"]
        if not groups or left.context.kind != "spawn" or right.context.kind != "spawn" or not self.starts.one_start(left, right):
            return False
        within = [replace(way, locks=tuple(lock for lock in way.locks if lock not in groups)) for way in (left, right)]
        return not excluded(*within) and all(self.starts.in_another_group(left, group.path) for group in groups)

    def _meanwhile(self, spawn: Witness, other: Witness) -> bool:
        """Tell whether the starter of a goroutine comes to the other access itself, while it holds its lock for the goroutine as well."""
        frame, start = spawn.hops[0].function, self.order.start(spawn)
        hop = next((hop for hop in other.hops if hop.function == frame and not hop.spawns), None)
        return hop is not None and hop.at.order > start.order and not self.order.joined_before(spawn, hop.at, frame)

    def parallel(self, left: Witness, right: Witness) -> str:
        """Return `certain`, `assumed` (somebody outside of the program would have to call, or pass one object to both), or an empty string."""
        shown = (self.objects.anchored(left) and self.objects.anchored(right)) or in_one_activation(left, right)
        if not shown and left.identity.rpartition(".")[0] not in self.outsiders.locking_types:
            return ""  # most pairs of maps in messages, which everybody makes for himself, end here
        found = self._parallel(left, right)
        apart = self.objects.elsewhere(left, right) if found else False
        if found == "certain" and self.doubts.between(left, right):
            found = "assumed"
        elif found == "certain" and apart:
            # Two owners that call it by one name may well have been given one object.
            found, apart = "assumed", self.objects.in_other_fields(left, right)
        if found == "assumed" and any(self.outsiders.called_from_elsewhere(way) for way in (left, right)):
            return ""
        if found and not shown:
            found = "assumed"
        if found == "assumed" and (self.outsiders.locks_for_it(left, right) or self.outsiders.locks_for_it(right, left)):
            return ""
        if found == "assumed" and (apart or any(self.outsiders.nobody_outside(way) or self.made_to_call(way) for way in (left, right))):
            return ""
        return found

    def _parallel(self, left: Witness, right: Witness) -> str:
        if not (left.context.concurrent or right.context.concurrent):
            return ""
        if self.objects.different(left, right) or self.objects.made_for_each(left, right) or self._never_built(left, right):
            return ""
        if any(self.order.at_rest(way) or self._before_parallel(way) for way in (left, right)) or self.order.published(left, right):
            return ""
        if self.order.receives_its_own(left) and self.order.receives_its_own(right):
            return ""
        if any(self._test_server(way) for way in (left, right)) and not any(self._started(way) for way in (left, right)):
            return ""
        if any(self._double(way) for way in (left, right)):
            return ""
        if left.context.kind == "spawn" and right.context.kind == "spawn" and self.starts.one_start(left, right):
            if not self.starts.repeated(left) and not self.starts.repeated(right):
                return ""
            return "assumed" if self._lent_to_a_runner(left) or self._lent_to_a_runner(right) else "certain"
        if self.order.ordered_by_channel(left, right):
            return ""
        if left.context.kind == "handler" and right.context.kind == "handler":
            return "certain"
        if left.context.kind == "spawn" and right.context.kind == "spawn":
            for inner, outer in ((left, right), (right, left)):
                if any(hop.function == inner.hops[0].function for hop in outer.hops[1:]):
                    return self.starts.against(inner, outer)  # one goroutine starts the other, which is ordered by that
            if self.starts.begun_behind(left, right) or self.starts.begun_behind(right, left):
                return ""
            return self.starts.against(left, right) or self.starts.against(right, left)
        if left.context.kind == "spawn":
            return self.starts.against(left, right)
        if right.context.kind == "spawn":
            return self.starts.against(right, left)
        other = right if left.context.kind == "handler" else left
        # A function that is an entry of the program runs before handlers do, unless it is called from outside.
        return "assumed" if other.context.kind == "exported" and not sets_up(self.functions[other.context.entry]) else ""

    def _before_parallel(self, way: Witness) -> bool:
        """Tell whether a subtest comes to an access before it says that it runs beside others: until then its test waits for it."""
        callback = way.context.link.callback if way.context.link is not None else None
        if callback is None or not callback.test:
            return False
        at = next((hop.at for hop in way.hops if hop.function == way.context.entry), None)
        return at is not None and at.order < self.functions[way.context.entry].parallel_from

    def _never_built(self, left: Witness, right: Witness) -> bool:
        """Tell whether build constraints keep two ways out of one program: `ui_js.go` and `ui_windows.go`."""
        if self._builds is None:
            return False
        return self._builds.exclude({self.functions[hop.function].place.path for way in (left, right) for hop in way.hops})

    def _lent_to_a_runner(self, way: Witness) -> bool:
        """Tell whether a goroutine calls what its starter was handed by another package: how many do so at a time is for that one to say."""
        started = max((index for index, hop in enumerate(way.hops) if hop.spawns), default=-1) + 1
        return any(
            hop.site is not None
            and all(target[0] == "?" for target in hop.site.targets)
            and self.functions[hop.function].package != self.functions[then.function].package
            for hop, then in itertools.pairwise(way.hops[started:])
        )

    def made_to_call(self, way: Witness) -> bool:
        """Tell whether a way starts at an exported method that all its callers in sight call on an object which they make for that."""
        if way.context.kind != "exported" or not way.path or way.path[0] != "r":
            return False
        links = [link for link in self.links.into.get(way.context.entry, ()) if not self.functions[link.caller].test]
        if any(link.receiver_argument >= 0 or link.callee not in link.site.targets for link in links):
            return False  # it is handed on, and called later
        given = [link.site.receiver for link in links]
        return bool(given) and all(
            receiver is not None and receiver.path is not None and len(receiver.path) == 1 and (receiver.owned or self.objects.made(receiver.path[0]))
            for receiver in given
        )

    def _test_server(self, way: Witness) -> bool:
        """Tell whether a way starts at a handler that a test serves its own requests with: one after the other, unless it starts goroutines."""
        if not self.functions[way.context.entry].test:
            return False
        link = way.context.link
        if way.context.kind == "handler":
            return True
        return link is not None and link.callback is not None and bool(self.functions[link.callee].handler or link.callback is SERVICE)

    def _double(self, way: Witness) -> bool:
        """Tell whether a way leads from the program into code of tests: into a double that tests put in place, and who drive what calls it.

        What they drive it with comes one by one as a rule, and a test of another package cannot even see it.
        """
        reached, root = self.functions[way.function], self.functions[way.hops[0].function]
        if not root.test and any(self.functions[hop.function].test for hop in way.hops):
            return True
        elsewhere = root.package.removesuffix("_test") != reached.package.removesuffix("_test")
        if reached.test:
            return not root.test or elsewhere
        if root.test or doubles(self.functions[root.root].receiver):
            return False
        kind = self.functions[reached.root].receiver
        return (elsewhere and serves_tests(reached.package)) or (doubles(kind) and (elsewhere or not stubs(kind)))

    @staticmethod
    def _started(way: Witness) -> bool:
        link = way.context.link
        return link is not None and link.callback is None


def _counts(function: FunctionSummary, access: MapAccess) -> bool:
    """Tell whether others may have the map when it is accessed."""
    return not access.owned and function.name != "package-level initialiser"
