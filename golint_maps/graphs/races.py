"""Pairs of accesses that race: same map, may run in parallel, at least one writes, no lock excludes them."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from golint_maps.flow.annotations import Guard
from golint_maps.flow.events import BORROWED, ONCE, FunctionSummary, Held, MapAccess, Position
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.structure import common_loop, dominates, may_follow
from golint_maps.flow.support import serves_tests
from golint_maps.graphs.happens_before import HappensBefore, works_along
from golint_maps.graphs.links import Links
from golint_maps.graphs.witness import NOTHING, PRIVATE, Context, Hop, Witness, Witnesses

_BY_LITERAL = 2
_MAX_WAYS = 10
"""Ways to one access that are tried in turn. The shortest come first."""

_LASTS = re.compile(r"(?i:start|open|serve|listen|connect|enable|run)(?![a-z])|Start|Serve|Listen")
"""Names of functions that begin what they are not asked to begin again before it has ended."""
_SETS_UP = re.compile(
    r"(?i:new|make|must|init|setup|open|with|unmarshal|decode|load|restore|configure|provision|prepare)(?![a-z])"
    r"|New|Init|initiali[sz]e|Setup|Unmarshal|SetDefault"
)
_REGISTERS = re.compile(r"(?:Must)?Register(?![a-z])")
_BY_CONTAINERS = frozenset(("Len", "Less", "Swap", "Push", "Pop"))
"""Methods that `sort` and `container/heap` call for whoever calls them, under that caller's locks."""


@dataclass(frozen=True, slots=True)
class Race:
    """Two ways to one map that nothing keeps apart. `certain` is False where the second side is only assumed (a caller outside of the program)."""

    left: Witness
    right: Witness
    certain: bool


@dataclass(frozen=True, slots=True)
class _Side:
    """A witness with what pairing asks for again and again."""

    witness: Witness
    writes: bool
    concurrent: bool
    op: str
    locks: frozenset[str]
    exclusive: frozenset[str]
    once: bool
    taken: bool
    """Whether the map is a parameter of the function that has the access, so that its variable was read when it was called."""

    @classmethod
    def of(cls, witness: Witness) -> _Side:
        """Return the side of a witness."""
        locks = frozenset(lock.name for lock in witness.locks)
        exclusive = frozenset(lock.name for lock in witness.locks if lock.mode == "w")
        once = any(name.endswith(ONCE) for name in locks)
        taken = len(witness.access.path) == 1 and witness.access.identity[:1] == "l" and witness.identity[:1] in "fg"
        return cls(witness, witness.access.writes, witness.context.concurrent, witness.access.op, locks, exclusive, once, taken)


def _siblings(side: _Side, other: _Side) -> tuple[_Side, _Side]:
    """Return two sides without what one starter holds for both: its lock does not keep the goroutines apart that it has started."""
    if not (side.witness.lent and other.witness.lent) or side.witness.hops[0].function != other.witness.hops[0].function:
        return side, other
    return _own_locks(side), _own_locks(other)


def _own_locks(side: _Side) -> _Side:
    way = side.witness
    return _Side.of(replace(way, locks=tuple(lock for lock in way.locks if lock not in way.lent), lent=frozenset()))


def _outside_once(side: _Side, other: _Side) -> tuple[_Side, _Side]:
    """Return two sides without what they have seen a `sync.Once` do, unless the other one is what it does: else that orders nothing."""
    names = {lock.name for way in (side.witness, other.witness) for lock in way.locks if lock.name.endswith(ONCE)}
    idle = names - side.exclusive - other.exclusive
    return (_without(side, idle), _without(other, idle)) if idle else (side, other)


def _without(side: _Side, names: set[str]) -> _Side:
    way = side.witness
    return _Side.of(replace(way, locks=tuple(lock for lock in way.locks if lock.name not in names)))


def _representatives(sides: Sequence[_Side]) -> list[_Side]:
    """Return one side for each group that behaves alike as a partner: concurrent ones and short ways first."""
    kept: dict[object, _Side] = {}
    for side in sorted(sides, key=lambda side: (side.op == "len", not side.concurrent, len(side.witness.hops))):
        way = side.witness
        site = way.context.link.site.place if way.context.link is not None else None
        alias = side.op if side.op in ("assign", "load") else "taken" if side.taken else ""
        key = (way.context.kind, way.context.entry, site, way.hops[0].at, way.path, way.locks, side.writes, alias)
        kept.setdefault(key, side)
    return list(kept.values())


def _conflicts(side: _Side, other: _Side) -> bool:
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


class Races:
    """The accesses of a program, by map, and the pairs of them that race."""

    def __init__(self, links: Links, declared: Mapping[str, Guard] | None = None) -> None:
        self.links = links
        self.declared: Mapping[str, Guard] = declared or {}
        """Guards that the source names, by the map's identity."""
        self.functions: Mapping[str, FunctionSummary] = links.functions
        self.witnesses = Witnesses(links)
        self.order = HappensBefore(links)
        self._around: dict[str, frozenset[Held]] = {}
        self._ways_to: dict[str, list[tuple[Context, dict[str, Hop]]]] = {}
        self._users: dict[str, bool] = {}
        self._reached: dict[str, frozenset[str]] = {}

    @cached_property
    def accesses(self) -> dict[str, list[tuple[FunctionSummary, MapAccess]]]:
        """Accesses by the map's identity as the accessing function knows it."""
        table: dict[str, list[tuple[FunctionSummary, MapAccess]]] = defaultdict(list)
        for function in self.functions.values():
            for access in function.accesses:
                table[access.identity].append((function, access))
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
        owner = self.functions.get(witness.identity[1:].partition("#")[0]) if witness.identity[:1] == "l" else None
        if owner is None or not owner.test or any(self.functions[hop.function].root == owner.id for hop in witness.hops[:-1]):
            return False
        return self.functions[witness.hops[0].function].root not in self._started_by(owner.id)

    def _started_by(self, root: str) -> frozenset[str]:
        """Return the declared functions that a function may come to, those of its literals included."""
        if root not in self._reached:
            todo, seen = [root], {root}
            while todo:
                for function in self.links.family(todo.pop()):
                    found = {self.functions[link.callee].root for link in self.links.out_of.get(function.id, ())} - seen
                    seen |= found
                    todo += found
            self._reached[root] = frozenset(seen)
        return self._reached[root]

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
        frames = [witness.hops[0].function] if self._outlived(witness) else self._joined_by_callers(witness)
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
        around = self._held_around(hops[0].function) if self._outlived(way) else frozenset()
        return around | frozenset(self.order.held_until_joined(way))

    def _sent(self, witness: Witness) -> Iterator[str]:
        """Yield the channels that the map of an access has been sent to before."""
        for hop in witness.hops:
            for identity, channel, at in self.functions[hop.function].sends:
                if identity == witness.identity and may_follow(at, hop.at):
                    yield channel

    @cached_property
    def pairs(self) -> list[Race]:
        """All racing pairs, one for each pair of access sites."""
        return [race for identity in sorted(self.by_map) for race in self._pairs(self.by_map[identity])]

    def _pairs(self, found: list[Witness]) -> Iterator[Race]:
        """Yield, for each access at fault, the best race of it."""
        if not any(witness.context.concurrent for witness in found):
            return
        sides = [_Side.of(witness) for witness in sorted(found, key=lambda witness: (witness.access.place, len(witness.hops)))]
        partners: dict[tuple[str, bool, bool], list[_Side]] = defaultdict(list)
        for side in _representatives(sides):
            for keys in itertools.product((self._test(side),), {side.writes, False}, {side.concurrent, False}):
                partners[keys].append(side)
        by_site: dict[object, list[_Side]] = defaultdict(list)
        for side in sides:
            by_site[side.witness.access.place].append(side)
        for ways in by_site.values():
            race = self._best(ways, partners)
            if race is not None:
                yield race

    def _test(self, side: _Side) -> str:
        """Return the test that a way starts in, or an empty string. Tests run one by one, and know when goroutines are at rest."""
        root = self.functions[side.witness.hops[0].function]
        return root.root if root.test else ""

    def _best(self, ways: Sequence[_Side], partners: Mapping[tuple[str, bool, bool], Sequence[_Side]]) -> Race | None:
        """Return a race of one access with whichever partner makes it certain, else with one that makes it possible.

        Partners are known by their test, whether they must write, and whether they must be goroutines of their own.
        """
        assumed: Race | None = None
        for side in ways[:_MAX_WAYS]:
            for partner in partners.get((self._test(side), not side.writes, not side.concurrent), ()):
                mine, other = _siblings(side, partner) if side.witness.lent else (side, partner)
                if side.once or partner.once:
                    mine, other = _outside_once(mine, other)
                if not _conflicts(mine, other):
                    continue
                parallel = self.parallel(mine.witness, other.witness)
                if not parallel or (parallel != "certain" and assumed is not None) or excluded(mine.witness, other.witness):
                    continue
                race = Race(mine.witness, other.witness, parallel == "certain")
                if race.certain:
                    return race
                assumed = race
        return assumed

    # --- may they run in parallel? ---

    def parallel(self, left: Witness, right: Witness) -> str:
        """Return `certain`, `assumed` (somebody outside of the program would have to call, or pass one object to both), or an empty string."""
        found = self._parallel(left, right)
        if found == "certain" and self._doubtful(left, right):
            found = "assumed"
        if found == "assumed" and any(self._called_from_elsewhere(way) for way in (left, right)):
            return ""
        if found and not (self.anchored(left) and self.anchored(right)) and not _in_one_activation(left, right):
            found = "assumed" if left.identity.rpartition(".")[0] in self._locking_types else ""
        if found == "assumed" and (self._behind_wrapper(left, right) or self._behind_wrapper(right, left)):
            return ""
        if found == "assumed" and (self._elsewhere(left, right) or any(self._nobody_outside(way) for way in (left, right))):
            return ""
        return found

    def _parallel(self, left: Witness, right: Witness) -> str:
        if not (left.context.concurrent or right.context.concurrent):
            return ""
        if self._different_objects(left, right) or self._made_for_each(left, right):
            return ""
        if any(self.order.at_rest(way) for way in (left, right)) or self.order.published(left, right):
            return ""
        if any(self._test_server(way) for way in (left, right)) and not any(self._started(way) for way in (left, right)):
            return ""
        if any(self._double(way) for way in (left, right)):
            return ""
        if left.context.kind == "spawn" and right.context.kind == "spawn" and self._one_start(left, right):
            return "certain" if self._repeated(left) or self._repeated(right) else ""
        if self.order.ordered_by_channel(left, right):
            return ""
        if left.context.kind == "handler" and right.context.kind == "handler":
            return "certain"
        if left.context.kind == "spawn" and right.context.kind == "spawn":
            for inner, outer in ((left, right), (right, left)):
                if any(hop.function == inner.hops[0].function for hop in outer.hops[1:]):
                    return self._against_spawn(inner, outer)  # one goroutine starts the other, which is ordered by that
            return self._against_spawn(left, right) or self._against_spawn(right, left)
        if left.context.kind == "spawn":
            return self._against_spawn(left, right)
        if right.context.kind == "spawn":
            return self._against_spawn(right, left)
        other = right if left.context.kind == "handler" else left
        # A function that is an entry of the program runs before handlers do, unless it is called from outside.
        return "assumed" if other.context.kind == "exported" and not sets_up(self.functions[other.context.entry]) else ""

    def _nobody_outside(self, way: Witness) -> bool:
        """Tell whether an exported function is one that no caller out of sight comes to at any time."""
        if way.context.kind != "exported":
            return False
        entry = self.functions[way.context.entry]
        name = entry.id.rpartition(".")[2]
        # Package variables are registered with by init functions; heaps are worked on by container/heap.
        elsewhere = _REGISTERS.match(name) if way.identity[0] == "g" else entry.receiver and name in _BY_CONTAINERS
        return bool(elsewhere) or sets_up(entry) or self._started_inside(entry)

    def _started_inside(self, entry: FunctionSummary) -> bool:
        """Tell whether the program itself starts a goroutine with a function that goes on until it is told to stop: nobody runs another one."""
        return entry.endless and any(link.spawns and not self.functions[link.caller].test for link in self.links.into.get(entry.id, ()))

    def _doubtful(self, left: Witness, right: Witness) -> bool:
        """Tell whether two ways may be kept apart by what is not known."""
        if self.out_of_a_container(left) and self.out_of_a_container(right):
            return True
        if any(self._doubted(way) for way in (left, right)):
            return True
        in_either_order = ((left, right), (right, left))
        return self.order.handed_over(left, right) or any(self._waits_somehow(*ways) or self._made_ready(*ways) for ways in in_either_order)

    def _doubted(self, way: Witness) -> bool:
        """Tell whether there is reason to doubt that a way is taken at any time, or that it leads to one and the same map."""
        if _assumed(way) or _looked_up(way) or _piped(way):
            return True
        return self._only_tested(way) or self._works_along(way) or self._called_in_sight(way) or self._put_in_place(way)

    def _put_in_place(self, way: Witness) -> bool:
        """Tell whether a way puts a map in place where an object begins to serve (`s.Serve` makes its tables): what it serves comes later."""
        return way.access.op == "assign" and any(
            not hop.spawns and begins(self.functions[hop.function]) and not self.witnesses.started_before(hop) for hop in way.hops
        )

    def _waits_somehow(self, spawn: Witness, other: Witness) -> bool:
        """Tell whether a starter calls `Wait` of an object that its goroutine calls as well: it may wait for it in a way that is not known."""
        link = spawn.context.link if spawn.context.kind == "spawn" else None
        if link is None or link.callback is not None:
            return False
        frame, start = spawn.hops[0].function, spawn.hops[0].at
        at = next((hop.at for hop in other.hops if hop.function == frame), None)
        if at is None:
            return False
        waits = {wait.path for wait in self.order.waits(frame) if wait.kind == "wait" and start.order < wait.at.order and dominates(wait.at, at)}
        return bool(waits) and any(
            site.receiver is not None and site.receiver.path in waits
            for function in self._literals(link.callee)
            for site in self.functions[function].calls
        )

    def _literals(self, function: str) -> list[str]:
        """Return a function and the literals that stand in it."""
        found = [function]
        for name in found:
            found += [site.targets[0] for site in self.functions[name].calls if self._is_literal_of(site.targets[0], name)]
        return found

    def _is_literal_of(self, name: str, function: str) -> bool:
        literal = self.functions.get(name)
        return literal is not None and literal.parent == function

    def _only_tested(self, way: Witness) -> bool:
        """Tell whether only parallel tests come to an access of code that is none: what they do there depends on their data."""
        link = way.context.link
        return link is not None and link.callback is not None and link.callback.test and not self.functions[way.function].test

    def _called_in_sight(self, way: Witness) -> bool:
        """Tell whether a way starts at an exported function that the program calls itself: what its callers hold and do is known, and judged."""
        if way.context.kind != "exported":
            return False
        return any(not self.functions[link.caller].test for link in self.links.into.get(way.context.entry, ()))

    def _works_along(self, way: Witness) -> bool:
        """Tell whether a starter does the work of its goroutines itself once they run: such workers end together, one way or the other."""
        link = way.context.link if way.context.kind == "spawn" else None
        return link is not None and works_along(link, self.functions) is not None

    def _made_ready(self, way: Witness, other: Witness) -> bool:
        """Tell whether an access makes things ready for what its function starts then, by its name and by what it does, and the other comes of that.

        Others may come there on ways of their own, and earlier: that leaves doubt, and proves nothing.
        """
        function = self.functions[way.function]
        if function.id == other.function or not begins(function):
            return False
        goal = self.functions[other.hops[0].function].root
        return any(
            link.spawns
            and may_follow(way.access.at, link.site.at)
            and not common_loop(way.access.at, link.site.at)
            and goal in self._started_by(self.functions[link.callee].root)
            for link in self.links.out_of.get(function.id, ())
        )

    def _behind_wrapper(self, way: Witness, other: Witness) -> bool:
        """Tell whether a way starts at an exported method of an object without a lock, which objects around it lock for where they are in sight.

        Others may well call the method without, on objects of their own.
        """
        entry = self.functions[way.context.entry]
        owner = way.identity.rpartition(".")[0]
        if way.context.kind != "exported" or way.locks or not other.locks or f"f{entry.receiver}" != owner or owner in self._locking_types:
            return False
        return self._used_by_others(entry.receiver)

    def _called_from_elsewhere(self, way: Witness) -> bool:
        """Tell whether an exported function is called by other packages in sight: how they do is judged, and nobody else is assumed."""
        entry = self.functions[way.context.entry]
        if way.context.kind != "exported":
            return False
        return any(
            (caller := self.functions[link.caller]).package.removesuffix("_test") != entry.package and not caller.test
            for link in self.links.into.get(entry.id, ())
        )

    def _used_by_others(self, kind: str) -> bool:
        """Tell whether functions that are no methods of a type call its methods."""
        if kind not in self._users:
            methods = [function.id for function in self.functions.values() if function.receiver == kind and not function.parent]
            self._users[kind] = any(self.functions[link.caller].receiver != kind for method in methods for link in self.links.into.get(method, ()))
        return self._users[kind]

    def _made(self, root: str) -> int:
        """Return how the local variable at the root of a path gets its value: `_BY_LITERAL`, `_BY_CALL` of a constructor, or 0."""
        family, _, number = root[1:].partition("#")
        declaring = self.functions.get(family) if root[:1] == "l" else None
        if declaring is None or not number.isdigit() or int(number) >= len(declaring.variables):
            return 0
        return int(declaring.variables[int(number)][2])

    def anchored(self, way: Witness) -> bool:
        """Tell whether a way shows which object it means: a variable, a receiver, or something that was made on the way.

        What was looked up or came as an argument from outside is only known by its type, and objects of one type are many.
        """
        if way.identity[:1] != "f":
            return True
        if not way.path or RECEIVED in way.path:
            return False  # each receive gets a value of its own
        root = way.path[0]
        return root == "r" or root[0] == "g" or self._made(root) != 0 or (root[0] == "p" and way.context.kind == "spawn")

    def _elsewhere(self, left: Witness, right: Witness) -> bool:
        """Tell whether the objects that hold a map are themselves held in different fields: of one type, but hardly one object."""
        mine, theirs = ([part for part in (way.path or ())[1:-1] if part[:1] != "["] for way in (left, right))
        if not mine or not theirs or mine[-1] != theirs[-1]:
            return bool(mine) and bool(theirs)
        if left.path is None or right.path is None or not len(mine) == len(theirs) == 1 or not left.path[0] == right.path[0] == "r":
            return False
        return self.functions[left.hops[0].function].receiver != self.functions[right.hops[0].function].receiver

    @cached_property
    def _locking_types(self) -> frozenset[str]:
        """Types with a lock of their own: their objects are meant to be shared."""
        held = (event.locks for function in self.functions.values() for events in (function.accesses, function.calls) for event in events)
        return frozenset(lock.name.rpartition(".")[0] for locks in held for lock in locks)

    def _test_server(self, way: Witness) -> bool:
        """Tell whether a way starts at a handler that a test serves its own requests with: one after the other, unless it starts goroutines."""
        if not self.functions[way.context.entry].test:
            return False
        link = way.context.link
        return way.context.kind == "handler" or (link is not None and link.callback is not None and bool(self.functions[link.callee].handler))

    def _double(self, way: Witness) -> bool:
        """Tell whether a way leads from the program into code of tests: into a double that tests put in place, and who drive what calls it.

        What they drive it with comes one by one as a rule, and a test of another package cannot even see it.
        """
        reached, root = self.functions[way.function], self.functions[way.hops[0].function]
        elsewhere = root.package.removesuffix("_test") != reached.package.removesuffix("_test")
        return (not root.test or elsewhere) if reached.test else elsewhere and not root.test and serves_tests(reached.package)

    def _made_for_each(self, left: Witness, right: Witness) -> bool:
        """Tell whether each run of one handler or goroutine makes a local map for itself: only such runs call the function that declares it."""
        entry = left.context.entry
        family = left.identity[1:].partition("#")[0] if left.identity[:1] == "l" and entry == right.context.entry else ""
        if family not in self.functions or family == self.functions[entry].root:
            return False
        chains = [(context, hops) for context, hops in self.witnesses.chains(family) if not self.functions[hops[0].function].test]
        others = [context for context, _ in chains if context.entry not in (family, entry)]
        return any(context.entry == entry for context, _ in chains) and all(context.concurrent for context in others)

    def out_of_a_container(self, way: Witness) -> bool:
        """Tell whether a handler comes to a local map by a function that was stored somewhere: which activation of its maker that is, nobody sees."""
        family = way.identity[1:].partition("#")[0] if way.identity[:1] == "l" else ""
        link = way.context.link
        if family not in self.functions or not (way.context.kind == "handler" or (link is not None and link.callback is not None)):
            return False
        return self.functions[way.hops[0].function].root != family and self.functions[way.context.entry].root != family

    @staticmethod
    def _started(way: Witness) -> bool:
        link = way.context.link
        return link is not None and link.callback is None

    def _one_start(self, left: Witness, right: Witness) -> bool:
        assert left.context.link is not None
        assert right.context.link is not None
        return (
            left.context.link.site is right.context.link.site
            and left.hops[0].function == right.hops[0].function
            and left.hops[0].at == right.hops[0].at
        )

    def _repeated(self, spawn: Witness) -> bool:
        """Tell whether a start may happen again while its goroutine runs, with the same map."""
        return self.order.self_parallel(spawn) or self._called_again(spawn)

    def _called_again(self, spawn: Witness) -> bool:
        """Tell whether the starting function is called again while its goroutine runs, with the same map."""
        if spawn.context.kind != "spawn" or (spawn.path is not None and spawn.path[0][:1] == "l"):
            return False  # a new activation has a new local
        callback = spawn.context.link.callback if spawn.context.link is not None else None
        if callback is not None and not (callback.parallel or callback.task):
            return False  # events of one registration come one by one, and who registers again has given up the one before
        if self._outlived(spawn) or (spawn.context.link is not None and spawn.context.link.site.once):
            return False
        if spawn.path is not None and spawn.path[0][:1] == "p":
            return any(self._handed_in_again(spawn, way) for way in self.witnesses.above(spawn))
        # Who makes an object and has it start its goroutine may do so again and again: each has one.
        tested = self.functions[spawn.function].test
        for context, hops in self.witnesses.chains(spawn.hops[0].function, spawn.path):
            if self.functions[hops[0].function].test and not tested:
                continue  # tests that run side by side have objects of their own
            if context.kind == "handler":
                return True
            last = max((index for index, hop in enumerate(hops) if self._lasts(hop.function)), default=0)
            if any(self._again_on_one_object(hop) for hop in hops[last:-1]):
                return True
            if context.kind == "spawn" and self.order.self_parallel(Witness(spawn.access, context, hops, None, "", ())):
                return True
        return False

    def _handed_in_again(self, spawn: Witness, way: Witness) -> bool:
        """Tell whether a loop calls what starts a goroutine with one object in all turns, and does not wait for it in each."""
        hop = way.hops[0]
        loops = [number for number in hop.at.nest if number < 0]
        if not loops or len(way.hops) < 2 or hop.spawns or not way.path or way.path[0][0] == "p" or "[" in "".join(way.path):
            return False
        return not self.order.varies(hop, way.path[0], loops) and not self._waited_for(spawn, hop, hop)

    def _lasts(self, function: str) -> bool:
        return _LASTS.match(self.functions[function].id.rpartition(".")[2]) is not None

    def _again_on_one_object(self, hop: Hop) -> bool:
        """Tell whether a call stands in a loop, and its receiver is not another one in each turn."""
        loops = [number for number in hop.at.nest if number < 0]
        if not loops:
            return False
        receiver = hop.site.receiver if hop.site is not None else None
        if receiver is None:
            return True
        return receiver.path is not None and "[" not in "".join(receiver.path) and not self.order.varies(hop, receiver.path[0], loops)

    def _outlived(self, spawn: Witness) -> bool:
        """Tell whether the starting function waits for the goroutine before it returns."""
        return self.order.joined_before(spawn, Position(1 << 41, ()), spawn.hops[0].function)

    def _against_spawn(self, spawn: Witness, other: Witness) -> str:
        if self.order.over_before_return(spawn) and not any(
            hop.function == spawn.hops[0].function and hop.at == spawn.hops[0].at for hop in other.hops
        ):
            return ""
        frame = spawn.hops[0].function
        start = spawn.hops[0].at
        for hop in other.hops:
            if hop.function == frame:
                if hop.at == start and other.context.kind != "spawn":
                    # The same call does both: it accesses the map, then starts the goroutine (or the other way round).
                    return self._inside(spawn, other, hop)
                if not may_follow(start, hop.at):
                    if other.context.kind == "spawn" and other.hops[0].function == frame and may_follow(hop.at, start):
                        return "" if self.order.joined_before(other, start, frame) else "certain"
                    # Earlier in this call; but the goroutine of an earlier call may still be at work.
                    return "certain" if self._called_again(spawn) else ""
                if self.order.joined_before(spawn, hop.at, frame):
                    return ""
                return "certain"
        if other.context.kind == "handler":
            return "certain"
        if self._outlived(spawn):
            return ""
        found = self._by_callers(spawn, other)
        if found or other.context.kind != "spawn":
            return found
        return "" if self._outlived(other) else "certain"

    def _inside(self, spawn: Witness, other: Witness, hop: Hop) -> str:
        inner = [item for item in spawn.hops if item.function == other.hops[min(other.hops.index(hop) + 1, len(other.hops) - 1)].function]
        then = other.hops[min(other.hops.index(hop) + 1, len(other.hops) - 1)]
        if inner and inner[0].at != then.at:
            return "certain" if may_follow(inner[0].at, then.at) else ""
        return ""

    def _by_callers(self, spawn: Witness, other: Witness) -> str:
        """Order a goroutine that outlives its starter and an access elsewhere by the functions that call both."""
        best = ""
        for context, functions in self._callers(spawn.hops[0].function):
            common = [hop for hop in other.hops if hop.function in functions]
            # Where they part counts, not what both have come through.
            met = next((hop for hop in common if hop.at != functions[hop.function].at), common[0] if common else None)
            if met is not None:
                start = functions[met.function]
                if may_follow(start.at, met.at) and not self._waited_for(spawn, met, start):
                    return "certain"
                if met.at.order < start.at.order and other.context.kind == "spawn":
                    best = "assumed"  # there, the other goroutine starts this one when it is done with the map
                continue
            if context.kind == "exported" and other.context.kind == "exported" and not sets_up(self.functions[other.context.entry]):
                best = "assumed"
            if context.kind in ("handler", "spawn") and other.context.kind == "exported":
                best = best or "assumed"
        return best

    def _callers(self, function: str) -> list[tuple[Context, dict[str, Hop]]]:
        """Return the ways to a function, each as its context and the last hop in each function on the way."""
        if function not in self._ways_to:
            self._ways_to[function] = [(context, {hop.function: hop for hop in hops}) for context, hops in self.witnesses.chains(function)]
        return self._ways_to[function]

    def _waited_for(self, spawn: Witness, met: Hop, start: Hop) -> bool:
        """Tell whether a function waits, by the name of its channel or wait group, for a goroutine that a callee of it has started.

        A test that runs a subtest waits for the parallel tests in it.
        """
        link = spawn.context.link
        if (
            link is not None
            and link.callback is not None
            and link.callback.test
            and start.site is not None
            and start.site.targets == link.site.targets
        ):
            return True
        names = {path[-1] for path, _ in self.order.signals(spawn)}
        return any(
            wait.path[-1] in names and start.at.order < wait.at.order and (dominates(wait.at, met.at) or common_loop(wait.at, start.at))
            for wait in self.order.waits(met.function)
        )

    # --- may it be the same map? ---

    def _different_objects(self, left: Witness, right: Witness) -> bool:
        if not left.path or not right.path:
            return False
        if any(way.context.kind == "handler" and way.path is not None and way.path[0][0] == "p" for way in (left, right)):
            return True  # what a handler gets as an argument is the request's own
        mine, theirs = left.path[0], right.path[0]
        if mine[:1] == "l" and theirs[:1] == "l" and mine != theirs and mine.partition("#")[0] == theirs.partition("#")[0]:
            return True  # two variables of one function; those of different functions may hold one object
        if mine[:1] == "g" and theirs[:1] == "g" and mine != theirs:
            return True
        if mine != theirs and self._made(mine) == self._made(theirs) == _BY_LITERAL:
            return True  # each function has made an object of its own
        return mine == theirs and _elements(left.path) != _elements(right.path) and _constant(left.path) and _constant(right.path)


def _in_one_activation(left: Witness, right: Witness) -> bool:
    """Tell whether a function has both started a goroutine with one of its parameters, and uses that itself."""
    if not left.path or not right.path or left.path[0] != right.path[0] or left.path[0][0] != "p" or RECEIVED in left.path:
        return False
    return left.hops[0].function == right.hops[0].function and "spawn" in (left.context.kind, right.context.kind)


def _elements(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in path if part[:1] == "[")


def _constant(path: tuple[str, ...]) -> bool:
    return all(part[1:2] in '"0123456789' for part in _elements(path)) and bool(_elements(path))


def begins(function: FunctionSummary) -> bool:
    """Tell whether a function begins, by its name, what it is not asked to begin again before it has ended."""
    return _LASTS.match(function.name.rsplit(".", 1)[-1]) is not None


def _counts(function: FunctionSummary, access: MapAccess) -> bool:
    """Tell whether others may have the map when it is accessed."""
    return not access.owned and function.name != "package-level initialiser"


def sets_up(function: FunctionSummary) -> bool:
    """Tell whether a function makes an object ready, by its name: nobody else has the object yet, or not to use it."""
    return _SETS_UP.match(function.name.rsplit(".", 1)[-1]) is not None


def common_locks(left: Witness, right: Witness) -> list[tuple[Held, Held]]:
    """Return the locks that both hold, as pairs."""
    return [
        (mine, theirs)
        for mine in left.locks
        for theirs in right.locks
        if mine.name == theirs.name and not mine.name.endswith(PRIVATE) and _same_lock(mine, left, theirs, right)
    ]


def excluded(left: Witness, right: Witness) -> bool:
    """Tell whether a common lock keeps two accesses apart. Two read locks do not."""
    if any(mine.mode == "w" or theirs.mode == "w" for mine, theirs in common_locks(left, right)):
        return True
    if left.locks and right.locks and any(lock.path[-1:] == (BORROWED,) or lock.name.endswith(ONCE) for lock in (*left.locks, *right.locks)):
        return True  # two names of one lock, it may be; and what runs once may run before or after anything else
    # A semaphore or a channel as a lock protects in ways that are not known: no claim.
    return any(lock.name.endswith("~") for lock in (*left.locks, *right.locks))


def _assumed(way: Witness) -> bool:
    """Tell whether a goroutine is only taken to exist by the name of what was given its function."""
    link = way.context.link
    return link is not None and link.callback is not None and link.callback.assumed


def _looked_up(way: Witness) -> bool:
    """Tell whether the object that holds a map was looked up under a key that is no constant: others may look up others."""
    return way.path is not None and way.identity[:1] == "f" and any(part[:1] == "[" and part[1:2] not in '"0123456789' for part in way.path[:-1])


def _piped(way: Witness) -> bool:
    """Tell whether a goroutine is given the end of a pipe to write to: whoever reads the other end until it is closed waits for it."""
    link = way.context.link if way.context.kind == "spawn" else None
    return link is not None and any(argument.type == "io.PipeWriter" for argument in link.site.args)


def _same_lock(mine: Held, left: Witness, theirs: Held, right: Witness) -> bool:
    """Tell whether two locks of one name are one lock, when the maps are one map: unless one of them is chosen by another key."""
    return mine.name[:1] in "gl" or "index" not in (_related(mine, left), _related(theirs, right))


def _related(lock: Held, witness: Witness) -> str:
    """Return how a lock lies to its map: `near` (in an object around it), `far`, or `index` (chosen by another key than the map)."""
    own = next((mine for mine in witness.access.locks if mine.name == lock.name), None)
    if own is None or not own.path or own.path[0] != witness.access.path[0]:
        return "far"  # taken by a caller, where the key has another name
    keys = _elements(witness.access.path)
    for part in _elements(own.path):
        if part not in keys:
            return "index" if keys else "near"
    return "near"
