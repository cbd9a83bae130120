"""Which maps only grow: they live as long as the process, get keys that nothing bounds from code that runs again and again, and lose none.

A release anywhere in the program counts, if something can call it; so does a limit on the map's length. What happens to a map that a function is
handed happens to the maps of its callers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from golint_maps.flow.events import CONSTANT, FunctionSummary, MapAccess
from golint_maps.flow.growth import INSERTS, MapBound, MapGrowth, MapRelease
from golint_maps.flow.half_releases import HalfRelease
from golint_maps.flow.key_words import FEW, MANY
from golint_maps.flow.keyspace import FREE
from golint_maps.flow.large_maps import LargeMap, TableFilled
from golint_maps.flow.map_sharing import MapShared
from golint_maps.flow.site import Place
from golint_maps.graphs.lifetime import Lifetimes, Reason
from golint_maps.graphs.links import Link
from golint_maps.graphs.races import Races
from golint_maps.graphs.variables import BY_LITERAL, local
from golint_maps.graphs.witness import Context, Hop, Witness

_MAX_ROUNDS = 6
_FAR = 7
"""Functions on a way beyond which it proves little: interfaces and functions in tables lead to many places."""
_CLOSING = ("Close", "close", "Stop", "stop", "Shutdown", "shutdown", "Destroy", "destroy", "Quit", "Terminate")


@dataclass(frozen=True, slots=True)
class OnlyGrows:
    """A verdict. `dead` are releases that nothing calls, `late` those that only the end of the object reaches."""

    growth: MapGrowth
    way: Witness
    lives: Reason
    repeats: Reason
    declared: Place
    others: tuple[MapGrowth, ...]
    dead: tuple[MapRelease, ...]
    late: tuple[MapRelease, ...]
    siblings: tuple[MapRelease, ...]
    """Releases of another map that is filled with the same keys by the same function."""
    identity: str

    @property
    def shown(self) -> bool:
        """Whether the program itself shows that the map lives long, and that it grows again and again, by keys of which there are many.

        That is said by their words or type, or by the handler that adds the entry itself, unless other words speak against it.
        """
        served = self.repeats.rank == 0 and len(self.way.hops) == (2 if self.way.context.kind == "spawn" else 1)
        hint = self.growth.hint
        many = hint == MANY or (served and hint != FEW)
        return many and not _is_assumed(self.way, self.lives, self.repeats)

    @property
    def name(self) -> str:
        """The map as the insert names it or, where that is a parameter or an alias, as its declaration does."""
        names = self.identity.rpartition("/")[2].split(".")
        if self.identity[0] == "l" or self.growth.map.rpartition(".")[2] == names[-1] or "[" in self.identity:
            return self.growth.map
        return ".".join(names[-2:] if self.identity[0] == "f" else names[-1:])


@dataclass(frozen=True, slots=True)
class Kept:
    """A map that keeps entries although some are taken out."""

    half: HalfRelease
    declared: Place


@dataclass(frozen=True, slots=True)
class Scanned:
    """A table of pointers that every cycle of the collector walks over."""

    declared: Place
    growth: MapGrowth | TableFilled
    large: LargeMap | None


@dataclass(frozen=True, slots=True)
class Emptied:
    """A table that is emptied and stays as large as it was."""

    release: MapRelease
    large: LargeMap


class Retention:
    """Judges the maps of one program."""

    def __init__(
        self,
        races: Races,
        lifetimes: Lifetimes,
        growths: Iterable[MapGrowth],
        releases: Iterable[MapRelease],
        bounds: Iterable[MapBound],
        shared: Iterable[MapShared],
        declared: Mapping[str, Place],
    ) -> None:
        self._races = races
        self._functions = races.functions
        self._lifetimes = lifetimes
        self._declared = declared
        self._growths: dict[str, list[MapGrowth]] = defaultdict(list)
        for growth in growths:
            self._growths[growth.identity].append(growth)
        self._releases: dict[str, list[MapRelease]] = defaultdict(list)
        for release in releases:
            self._releases[release.identity].append(release)
        self._shared = list(shared)
        self._bounded = {bound.identity for bound in bounds}

    @cached_property
    def only_grow(self) -> list[OnlyGrows]:
        """The maps that only grow, in the order of their declarations."""
        filled = {name for name, passed in self._passed.items() if any(other in self._growths for other in passed)}
        found = [verdict for identity in sorted({*self._growths, *filled}) for verdict in self._judge(identity)]
        return sorted(found, key=lambda verdict: verdict.declared)

    def _judge(self, identity: str) -> Iterator[OnlyGrows]:
        if (identity[0] == "l" and self._is_parameter(identity)) or ".Load()" in identity:
            return  # judged as what callers pass; what an atomic holds is exchanged as a whole
        living, dead, late = self._sorted_releases(identity)
        if living or any(name in self._bounded for name in self._names(identity)) or self._released_by_givers(identity):
            return
        outer = identity
        while outer.endswith("[]"):
            outer = outer[:-2]
            if outer in self._growths and not self._sorted_releases(outer)[0]:
                return  # the outer map is the one that only grows
        declared = self._place(identity)
        if declared is None:
            return
        ways = [found for growth in self._growths_of(identity) if not growth.once for found in self._ways(growth, identity)]
        if not ways:
            return
        growth, way, lives, repeats = min(ways, key=_evidence)
        places = {item.place: item for item in self._growths_of(identity) if item.place != growth.place}
        others = tuple(places[place] for place in sorted(places))
        yield OnlyGrows(growth, way, lives, repeats, declared, others, dead, late, self._siblings(growth), identity)

    # --- halves ---

    def kept(self, halves: Iterable[HalfRelease]) -> Iterator[Kept]:
        """Yield the maps that lose some of their entries only, one verdict for each map."""
        found: dict[str, Kept] = {}
        for half in (*halves, *self._other_names()):
            declared = self._place(half.identity)
            function = self._functions.get(half.id)
            if declared is None or function is None or half.identity in found or function.test or self._is_dead(function):
                continue
            if half.kind == "orphaned" and self._only_as_made(function):
                continue
            if half.kind in ("key", "again") or self._only_there(half):
                found[half.identity] = Kept(half, declared)
        yield from sorted(found.values(), key=lambda kept: kept.declared)

    def _only_there(self, half: HalfRelease) -> bool:
        """Tell whether nothing else in the program takes out what a function keeps."""
        living = self._sorted_releases(half.identity)[0]
        growths = [growth for growth in self._growths_of(half.identity) if growth.origin != CONSTANT and not growth.once]
        if not living or not growths or any(name in self._bounded for name in self._names(half.identity)):
            return False
        if half.kind == "return" and not self._lasts(half.identity):
            return False
        if half.kind == "orphaned" and not (self._lasts(half.identity) or any(any(self._locks(growth)) for growth in growths)):
            return False
        if half.kind in ("return", "branch"):
            root = self._functions[half.id].root
            if any(release.form != "delete" or self._functions[release.id].root != root for release in living):
                return False
            return half.kind == "return" or self._filled_together(half.identity, half.partner)
        return all(release.over == half.partner and release.part == (half.kind == "orphaned") for release in living)

    def _only_as_made(self, function: FunctionSummary) -> bool:
        """Tell whether a function is called by those alone who have made its object, once: it finds nothing there that it could overwrite."""
        links = [link for link in self._races.links.into.get(function.root, ()) if not self._functions[link.caller].test]
        return bool(links) and not function.exported and all(self._on_a_new_one(link) for link in links)

    def _on_a_new_one(self, link: Link) -> bool:
        """Tell whether a method is called on an object that the caller has made, and not in a loop."""
        receiver = link.site.receiver
        if receiver is None or receiver.path is None or len(receiver.path) != 1 or any(number < 0 for number in link.site.at.nest):
            return False
        variable = local(self._functions, receiver.path[0])
        return link.callback is None and not link.spawns and variable is not None and variable.made == BY_LITERAL

    def _lasts(self, identity: str) -> bool:
        """Tell whether a map is seen to outlive the calls that fill it."""
        owner = identity[1:].partition("[")[0].rpartition(".")[0]
        return identity[0] == "g" or self._lifetimes.of_type(owner) is not None or any(self._locked(growth) for growth in self._growths_of(identity))

    def _locked(self, growth: MapGrowth) -> bool:
        """Tell whether an entry is added under a lock of the object that holds the map: others share that object."""
        owner = growth.identity[1:].partition("[")[0].rpartition(".")[0]
        return any(name.startswith(f"f{owner}.") for name in self._locks(growth))

    def _locks(self, growth: MapGrowth) -> Iterator[str]:
        """Yield the locks under which an entry is added."""
        function = self._functions.get(growth.id)
        for access in function.accesses if function is not None else ():
            if access.place == growth.place:
                yield from (lock.name for lock in access.locks)

    def _filled_together(self, identity: str, partner: str) -> bool:
        return bool({growth.id for growth in self._growths_of(identity)} & {growth.id for growth in self._growths_of(partner)})

    def _other_names(self) -> Iterator[HalfRelease]:
        """Maps whose keys are made from what they are deleted by: `m[strings.ToLower(name)] = v` in one function, `delete(m, name)` in another."""
        for identity, growths in sorted(self._growths.items()):
            living = self._sorted_releases(identity)[0]
            if identity[0] == "l" or not living or not all(growth.made_from for growth in growths):
                continue
            for release in living:
                growth = next((growth for growth in growths if release.variable == growth.made_from), None)
                if growth is None or release.form != "delete":
                    break
            else:
                release = living[0]
                yield HalfRelease(
                    place=release.place,
                    function=release.function,
                    package=release.package,
                    map=release.map,
                    owner=release.owner,
                    identity=identity,
                    id=release.id,
                    kind="key",
                    beside=growths[0].place,
                    key=growths[0].key,
                    other=release.variable,
                )

    # --- large tables ---

    def scanned(self, large: Iterable[LargeMap], filled: Iterable[TableFilled]) -> Iterator[Scanned]:
        """Yield the long-lived tables of pointers under keys without pointers that are large, or that a loop fills."""
        sizes, before = _by_identity(large), {fill.identity: fill for fill in filled}
        for identity in sorted({*self._growths, *before}):
            declared, growths = self._declared.get(identity), self._growths.get(identity, [])
            table = identity in before or any(growth.scanned for growth in growths)
            if declared is None or not table or not self._lasts(identity):
                continue
            loops = [growth for growth in growths if any(number < 0 for number in growth.at.nest) and growth.origin != CONSTANT]
            fill: MapGrowth | TableFilled = loops[0] if loops else before[identity] if identity in before else growths[0]
            if loops or identity in before or identity in sizes:
                yield Scanned(declared, fill, sizes.get(identity))

    def emptied(self, large: Iterable[LargeMap]) -> Iterator[Emptied]:
        """Yield where a long-lived map that was surely large is emptied and kept."""
        for identity, size in sorted(_by_identity(large).items()):
            if not self._lasts(identity):
                continue
            living = self._sorted_releases(identity)[0]
            remade = {release.id for release in living if release.form == "remake"}
            yield from (Emptied(release, size) for release in living if release.all and release.form != "remake" and release.id not in remade)

    # --- names ---

    def _names(self, identity: str) -> list[str]:
        """Return the identities that a map goes by: its own, those of fields that share it, and of parameters that it is passed for."""
        return [identity, *sorted(self._passed.get(identity, ()))]

    @cached_property
    def _passed(self) -> dict[str, set[str]]:
        """Parameters (as identities) by the map that is passed for them, through any number of calls."""
        direct: dict[str, set[str]] = defaultdict(set)
        for item in self._shared:
            direct[item.source].add(item.identity)
            direct[item.identity].add(item.source)
        wanted = {identity for table in (self._growths, self._releases) for identity in table if identity[0] == "l"}
        wanted |= {identity for identity in self._bounded if identity[0] == "l"}
        wanted |= {item.source for item in self._shared if item.source[0] == "l"}
        todo = sorted({identity[1:].partition("#")[0] for identity in wanted})
        seen = set(todo)
        while todo:
            root = todo.pop()
            for link in self._races.links.into.get(root, ()):
                if link.callback is not None or link.binding is not None:
                    continue
                function = self._functions[link.callee]
                for index, argument in enumerate(link.site.args):
                    number = function.params[min(index, len(function.params) - 1)] if function.params else -1  # the last may be variadic
                    if argument.identity and number >= 0:
                        direct[argument.identity].add(f"l{root}#{number}")
                        above = argument.identity[1:].partition("#")[0] if argument.identity[0] == "l" else ""
                        if above in self._functions and above not in seen:
                            seen.add(above)
                            todo.append(above)
                if link.site.receiver is not None and link.site.receiver.identity:
                    for identity in wanted:
                        if identity.startswith(f"l{root}#") and self._is_receiver(identity):
                            direct[link.site.receiver.identity].add(identity)
        for _ in range(_MAX_ROUNDS):
            changed = False
            for found in direct.values():
                more = {further for name in found for further in direct.get(name, ())} - found
                found |= more
                changed = changed or bool(more)
            if not changed:
                break
        return direct

    def _is_receiver(self, identity: str) -> bool:
        root, _, number = identity[1:].partition("#")
        function = self._functions.get(root)
        return function is not None and bool(function.receiver) and number.isdigit() and int(number) not in function.params and int(number) == 0

    def _is_parameter(self, identity: str) -> bool:
        root, _, number = identity[1:].partition("#")
        number = number.split("[")[0].split(".")[0]
        function = self._functions.get(root)
        return function is None or (number.isdigit() and (int(number) in function.params or self._is_receiver(identity)))

    def _released_by_givers(self, identity: str) -> bool:
        """Tell whether a field holds the map of whoever makes its object, and each of these maps loses entries: in another object, perhaps."""
        parameters = {item.source for item in self._shared if item.identity == identity}
        if not parameters or not all(name[0] == "l" and self._is_parameter(name) for name in parameters):
            return False
        given = [argument for name in sorted(parameters) for argument in self._given_for(name)]
        return bool(given) and all(source and source != identity and self._sorted_releases(source)[0] for source in given)

    def _given_for(self, parameter: str) -> Iterator[str]:
        """Yield the identities of the maps that the program's code hands in for a parameter, empty for those that have none."""
        root, _, number = parameter[1:].partition("#")
        params = self._functions[root].params
        for link in self._races.links.into.get(root, ()):
            if self._functions[link.caller].test or not number.isdigit() or int(number) not in params:
                continue
            index = params.index(int(number))
            yield link.site.args[index].identity if link.callback is None and index < len(link.site.args) else ""

    def _place(self, identity: str) -> Place | None:
        if identity[0] != "l":
            return self._declared.get(identity)
        variable = local(self._functions, identity)
        if variable is None:
            return None
        name = self._growths_of(identity)[0].map
        return Place(self._functions[variable.family].place.path, variable.position, variable.position + len(name.encode()))

    # --- releases ---

    def _sorted_releases(self, identity: str) -> tuple[tuple[MapRelease, ...], tuple[MapRelease, ...], tuple[MapRelease, ...]]:
        """Return the releases of a map (also of the map that it lies in): those that run, those that nothing calls, and those at the end."""
        living: list[MapRelease] = []
        dead: list[MapRelease] = []
        late: list[MapRelease] = []
        outer = identity
        names = self._names(identity)
        while outer.endswith("[]"):
            outer = outer[:-2]
            names += self._names(outer)
        for name in names:
            for release in self._releases.get(name, ()):
                function = self._functions.get(release.id)
                if function is None or function.test:
                    continue
                if self._is_dead(function):
                    dead.append(release)
                elif release.form != "delete" and function.name.rpartition(".")[2].startswith(_CLOSING) and not self._by_request(function):
                    late.append(release)
                else:
                    living.append(release)
        return tuple(living), tuple(dead), tuple(late)

    def _by_request(self, function: FunctionSummary) -> bool:
        """Tell whether handlers or loops come to a function that, by its name, ends its object: then the object goes on afterwards."""
        reason = self._lifetimes.again(function.root)
        return reason is not None and not reason.assumed

    def _is_dead(self, function: FunctionSummary, depth: int = 0) -> bool:
        """Tell whether nothing can call a function: it is not exported, and no name in the program stands for it."""
        root = self._functions.get(function.root, function)
        name = root.id.rpartition(".")[2]
        if root.exported or root.handler or "@" in root.id or root.test:
            return False
        links = [link for link in self._races.links.into.get(root.id, ()) if link.caller != root.id]
        if links:
            return depth < _MAX_ROUNDS and all(self._is_dead(self._functions[link.caller], depth + 1) for link in links)
        return root.id not in self._mentioned and (not root.receiver or name not in self._called_names)

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """Functions that are called, started, passed or stored somewhere."""
        found: set[str] = set()
        for function in self._functions.values():
            found.update(flow.source for flow in function.flows)
            for site in function.calls:
                if site.targets != (function.id,):
                    found.update(site.targets)
                for argument in site.args:
                    found.update(argument.tokens)
                    found.update(token for _, token in argument.fields)
        return frozenset(found)

    @cached_property
    def _called_names(self) -> frozenset[str]:
        """Names of methods that are called on interfaces and on values of types that are not known."""
        return frozenset(token.rpartition(".")[2] for token in self._mentioned if token[:1] in "!." or "()" in token)

    # --- ways ---

    def _growths_of(self, identity: str) -> list[MapGrowth]:
        return [growth for name in self._names(identity) for growth in self._growths.get(name, ())]

    def _ways(self, growth: MapGrowth, identity: str) -> Iterator[tuple[MapGrowth, Witness, Reason, Reason]]:
        function = self._functions.get(growth.id)
        if function is None or function.test or growth.origin == CONSTANT:
            return
        if growth.private:
            reason = self._lifetimes.of_goroutine(function)
            if reason is not None:
                own = Witness(_as_access(growth), Context("own", growth.id), (Hop(growth.id, None, growth.at),), growth.path, identity, ())
                yield growth, own, reason, Reason(f"the loop in {growth.function}", None, 1)
            return
        access = next((item for item in function.accesses if item.place == growth.place and item.op in INSERTS), None) or _as_access(growth)
        found = self._races.witnesses.of(function, access) or list(self._owned_by_main(function, access))
        for way in found:
            if way.identity != identity or _only_once(way):
                continue
            origin, fixed = self._key(growth, way)
            if origin == CONSTANT or (fixed and identity[0] != "g"):
                continue  # an object has as many such keys as it has handlers
            repeats = self._lifetimes.again(fixed) if fixed else self._lifetimes.repeats(way)
            lives = self._lifetimes.of_way(way) if repeats is not None else None
            if lives is not None and repeats is not None:
                yield growth, way, lives, repeats

    def _owned_by_main(self, function: FunctionSummary, access: MapAccess) -> Iterator[Witness]:
        """Yield the ways from `main` to a method of an object that it has for itself, which no race can come from."""
        if access.path[:1] != ("r",):
            return
        for context, hops in self._races.witnesses.chains(function.id):
            receiver = hops[0].site.receiver if context.kind == "main" and len(hops) > 1 and hops[0].site is not None else None
            if receiver is not None and receiver.path is not None and len(hops) == 2:
                last = Hop(function.id, None, access.at)
                yield Witness(access, context, (hops[0], last), (*receiver.path, *access.path[1:]), access.identity, ())

    def _key(self, growth: MapGrowth, way: Witness) -> tuple[int, str]:
        """Return the origin of the keys on a way, followed up through the calls that pass them.

        A literal whose key comes from the function around it has one key for all of its calls: then that function is returned as well, which
        has to be called again and again for the map to grow.
        """
        origin = growth.origin
        function = self._functions[growth.id]
        if growth.fixed and not any(hop.function == function.parent and not hop.spawns for hop in way.hops[:-1]):
            return origin, function.root  # where the function around it calls it, each of its calls has a key of its own
        for hop in reversed(way.hops[:-1]):
            if function.parent and origin >= 0:
                return origin, function.root
            if origin == FREE or hop.site is None or origin >= len(hop.site.args):
                return FREE, ""
            origin = hop.site.args[origin].given
            if origin == CONSTANT:
                # An object that hands itself over under a name of its own is one of many.
                return (FREE if any(argument.path == ("r",) for argument in hop.site.args) else CONSTANT), ""
            function = self._functions[hop.function]
        if origin >= 0 and function.parent:
            return origin, function.root
        if origin >= 0 and way.context.kind == "exported" and self._only_constants(way.hops[0].function, origin):
            return CONSTANT, ""
        return origin, ""

    def _only_constants(self, function: str, index: int, depth: int = 0) -> bool:
        """Tell whether an exported function is called by the program, and with constants only: then callers elsewhere do so, too."""
        links = [link for link in self._races.links.into.get(function, ()) if not self._functions[link.caller].test]
        if not links or depth > _MAX_ROUNDS:
            return False
        for link in links:
            if link.callback is not None or index >= len(link.site.args):
                return False
            given = link.site.args[index].given
            if given != CONSTANT and (given == FREE or not self._only_constants(self._functions[link.caller].root, given, depth + 1)):
                return False
        return True

    def _siblings(self, growth: MapGrowth) -> tuple[MapRelease, ...]:
        """Return releases of other maps that the same function fills under the same key."""
        found: list[MapRelease] = []
        for identity, others in self._growths.items():
            if identity != growth.identity and any(other.id == growth.id and other.form == growth.form for other in others):
                found += self._sorted_releases(identity)[0][:1]
        return tuple(found)


def _only_once(way: Witness) -> bool:
    """Tell whether a flag of the object, or a look whether the map is empty, lets a call on the way happen only once.

    A goroutine that is started once may go on for ever.
    """
    sites = [hop.site for hop in way.hops if hop.site is not None and hop.site.mode == "call" and not hop.spawns]
    return any(site.once or way.identity in site.empty for site in sites)


def _is_assumed(way: Witness, lives: Reason, repeats: Reason) -> bool:
    """Tell whether a way does not show growth: by its reasons, or because it is so long that one of its calls may well be no such call."""
    return lives.assumed or repeats.assumed or len(way.hops) > _FAR


def _evidence(found: tuple[MapGrowth, Witness, Reason, Reason]) -> tuple[bool, int, int, Place]:
    """Return what orders the ways to a growth, the best first: those that the program shows, with the plainest reasons, and short ones."""
    growth, way, lives, repeats = found
    return _is_assumed(way, lives, repeats), repeats.rank + lives.rank, len(way.hops), growth.place


def _by_identity(large: Iterable[LargeMap]) -> dict[str, LargeMap]:
    found: dict[str, LargeMap] = {}
    for item in large:
        known = found.get(item.identity)
        if known is None or item.size > known.size:
            found[item.identity] = item
    return found


def _as_access(growth: MapGrowth) -> MapAccess:
    return MapAccess(
        place=growth.place,
        function=growth.function,
        package=growth.package,
        map=growth.map,
        owner=growth.owner,
        op="insert",
        path=growth.path,
        identity=growth.identity,
        at=growth.at,
    )
