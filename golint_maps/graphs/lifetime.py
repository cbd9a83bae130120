"""Which objects live as long as the process, and which code runs again and again while they do.

Lifetime is reachability: a package variable; what it holds, directly or through the fields of what it holds; the receiver of a registered
handler or service; what a goroutine holds that serves until it is told to stop. Types stand for their objects, so the answer for a type is a
reason why some object of it lives long. Elements of maps come and go with their keys.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from golint_maps.flow.events import CallSite, FunctionSummary, MapAccess, Path, Position
from golint_maps.flow.identity import short
from golint_maps.flow.keyspace import SETTINGS
from golint_maps.flow.lifetime import Constructor, Holder, OwnerReplaced, Serving
from golint_maps.flow.site import Place
from golint_maps.flow.structure import DEFERRED
from golint_maps.flow.support import doubles, helps_tests, serves_tests
from golint_maps.flow.syncmap_calls import is_constructor
from golint_maps.graphs.happens_before import works_along
from golint_maps.graphs.links import Link, Links
from golint_maps.graphs.variables import local
from golint_maps.graphs.witness import Hop, Witness, Witnesses

_ONCE: Final = re.compile(
    r"(?:(?:Must|must)?(?:[Ii]nit|[Ss]etup|[Ss]etUp|[Rr]egister|Unregister|[Cc]onfigure|Install|Define|Declare|Enable|Disable|Bootstrap|Provision"
    r"|(?:[Ll]oad|[Rr]ead|[Pp]arse|[Pp]rocess|[Aa]pply)\w*(?:Config|Flags|Options)\w*)(?![a-z])"
    r"|(?:New|Start|Open|Build|Create|Run|Provide|Validate|With[A-Z]\w*|start(?:\w*(?:Loop|Server|Listen\w*|Service))?)$)"
)
"""Names of functions that a program calls while it is set up."""
_BEFORE: Final = re.compile(
    r"(?:Unmarshal\w*|[Ii]nit(?:iali[sz]e\w*)?|[Ss]etup|[Ss]etUp|[Cc]onfigure|[Bb]ootstrap|ensureInit\w*"
    r"|(?:[Ll]oad|[Rr]ead|[Pp]arse|[Pp]rocess|[Aa]pply)\w*(?:Config|Flags|Options)\w*|start\w*(?:Loop|Server|Listen\w*|Service))(?![a-z])"
)
"""Those of them that do nothing else, whoever calls them."""
_CONFIGURES: Final = re.compile(r"(?:[Ll]oad|[Rr]ead|[Pp]arse|[Pp]rocess|[Aa]pply|[Ww]atch)\w*(?:Config|Flags|Options)\w*(?![a-z])")
"""Names of functions that read a configuration, which may be read again: what it replaces goes."""
_MAKES: Final = re.compile(r"(?:New|new|Make|make|Create|create|Build|build)\w*(?:Config|Configuration|Options|Settings|Flags|Template)(?![a-z])")
"""Names of functions that make what a configuration names: there are as many of those as it has, whoever asks."""
_RUNS: Final = re.compile(r"(?:[Rr]un|[Ss]erve|[Ss]tart|[Ll]oop|[Ll]isten)")
_SERVES: Final = re.compile(
    r"(?:^|(?<=[a-z]))(?:[Rr]un|[Ss]erve|[Ll]oop|[Ll]isten|[Ww]atch|[Hh]andle|[Cc]onsume|[Mm]onitor|[Pp]oll|[Dd]ispatch|[Mm]anage|[Ff]orever|[Ss]tart)"
)
"""Names of functions that go on until they are told to stop."""
_TRANSPORT: Final = "an HTTP transport"
_PERIODIC: Final = re.compile(
    r"(?:Timer|Ticker|Tick|Loop|Interval|Periodic|Every|Schedul|Cron|Forever|Repeat|Jitter|Until|Poll|Watch|Subscribe|Handle|Listen|Observe|On[A-Z])"
)
"""Names of APIs that call what they are given more than once."""
_SETTINGS: Final = re.compile(r"(?:^|/)(?:config|configuration)(?:/|$)")
"""Import paths of packages that hold configuration."""
_CONNECTION: Final = re.compile(
    r"\w*(?:[Ss]tream|[Cc]onn|[Cc]onnection|[Ss]ession|[Rr]equest|[Rr]esponse|[Jj]ob|[Tt]ask|[Qq]uery|[Tt]xn|[Tt]ransaction|[Cc]all|[Ii]terator|[Cc]ursor|[Rr]un)$"
)
"""Names of types whose objects live as long as a connection or a piece of work: so do their goroutines."""
_MAX_DEPTH: Final = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something lives long, or why code runs again and again: words, and the place that shows it. `rank` orders reasons, best first.

    `assumed`: the program does not show it. Callers out of sight would have to call an exported function again and again, or all that is known
    of an object is that goroutines share it.
    """

    words: str
    place: Place | None = None
    rank: int = 0
    assumed: bool = False


class Lifetimes:
    """Answers for one program."""

    def __init__(
        self,
        links: Links,
        witnesses: Witnesses,
        holders: Iterable[Holder],
        serving: Iterable[Serving],
        replaced: Iterable[OwnerReplaced],
        interfaces: Mapping[str, Mapping[str, tuple[str, ...]]],
        constructors: Iterable[Constructor],
    ) -> None:
        self._links = links
        self._functions = links.functions
        self._witnesses = witnesses
        self._holders: dict[str, list[Holder]] = defaultdict(list)
        for holder in holders:
            self._holders[holder.type].append(holder)
        self._serving: dict[str, list[Serving]] = defaultdict(list)
        for loop in serving:
            self._serving[loop.id].append(loop)
        self._replaced = {item.identity for item in replaced}
        self._interfaces = interfaces
        self._constructors: dict[str, list[str]] = defaultdict(list)
        for constructor in constructors:
            self._constructors[constructor.type].append(constructor.id)
        self._many: dict[str, bool] = {}
        self._reasons: dict[str, Reason | None] = {}
        self._direct: dict[str, Reason] | None = None
        self._by_interface: dict[str, list[str]] | None = None
        self._parts: dict[str, set[str]] | None = None

    # --- objects ---

    def of_type(self, name: str) -> Reason | None:
        """Return why an object of a type lives as long as the process, or None when nothing shows that."""
        if name not in self._reasons:
            self._reasons[name] = None  # what a type sees that holds itself
            self._reasons[name] = self._find(name)
        return self._reasons[name]

    def _find(self, name: str) -> Reason | None:
        if f"t{name}" in self._replaced:
            return None  # its methods give it other contents
        found = self._receivers.get(name)
        if found is not None:
            return found
        for holder in (*self._holders.get(name, ()), *self._as_interface(name)):
            if holder.identity in self._replaced:
                continue
            if holder.identity[0] == "g":
                return Reason(f"the package variable {short(holder.identity)} holds it", holder.place, 1)
            owner = holder.identity[1:].rpartition(".")[0]
            above = self.of_type(owner) if owner != name and not self._holds(name, owner) else None
            if above is not None:
                return Reason(f"it is a part of {short('f' + owner)}: {above.words}", above.place, above.rank + 1)
        return None

    def _holds(self, name: str, part: str) -> bool:
        """Tell whether objects of a type hold one of another, maybe as an interface: what such a part points back to ends with the whole."""
        if self._parts is None:
            self._parts = defaultdict(set)
            for held, holders in self._holders.items():
                for holder in holders:
                    if holder.identity[0] == "f":
                        self._parts[holder.identity[1:].rpartition(".")[0]].add(held)
        return any(held == part or (held in self._interfaces and part in self._implementers(held)) for held in self._parts.get(name, ()))

    def _implementers(self, interface: str) -> set[str]:
        methods = sorted(self._interfaces[interface])
        return {item.rpartition(".")[0] for item in self._links.resolve(f"!{interface}.{methods[0]}")} if methods else set()

    def _as_interface(self, name: str) -> Iterator[Holder]:
        """Yield what holds an interface that this type alone implements."""
        if self._by_interface is None:
            self._by_interface = defaultdict(list)
            for interface in self._interfaces:
                if interface in self._holders:
                    found = self._implementers(interface)
                    if len(found) == 1:
                        self._by_interface[found.pop()].append(interface)
        for interface in self._by_interface.get(name, ()):
            yield from self._holders[interface]

    @property
    def _receivers(self) -> dict[str, Reason]:
        """Types whose objects a handler, a service or a goroutine that serves has for its receiver."""
        if self._direct is None:
            self._direct = {}
            for function in self._functions.values():
                if function.test:
                    continue
                root = self._functions.get(function.root, function)
                if not root.receiver:
                    continue
                reason = self._serves(function, root)
                if reason is not None:
                    known = self._direct.get(root.receiver)
                    if known is None or reason.rank < known.rank:
                        self._direct[root.receiver] = reason
        return self._direct

    def of_goroutine(self, function: FunctionSummary) -> Reason | None:
        """Return why a function that serves goes on as long as the process: it is `main`, or the program starts a goroutine with it.

        One that closes a channel when it ends reports to somebody that waits for that.
        """
        root = self._functions.get(function.root, function)
        if function.name == "main" and not function.receiver and not function.parent:
            return Reason("main serves until it is told to stop", function.place)
        started = any(link.spawns and link.callback is None for link in self._links.into.get(function.id, ()))
        found = self._serves(function, root) if started and not function.handler else None
        return replace(found, assumed=True) if found is not None and _reports_its_end(function) else found

    def _serves(self, function: FunctionSummary, root: FunctionSummary) -> Reason | None:
        if function.handler and not function.parent:
            return Reason(f"{function.name} is {function.handler}", function.place)
        for link in self._links.into.get(function.id, ()):
            starter = self._functions[link.caller]
            if not link.spawns or starter.test:
                continue
            if link.callback is not None and link.callback.parallel and not link.callback.test and not link.callback.blocks:
                return Reason(f"{function.name} is {link.callback.words}", function.place)
            many = _CONNECTION.match(root.receiver.rpartition(".")[2])
            if (
                self._loops_in(function)
                and not many
                and self._begins(link, function, starter)
                and not self._ends_with_work(link.caller, link.site.at.order)
                and not self._one_of_many(link, starter)
            ):
                return Reason(f"the goroutine that runs {function.name} serves until it is told to stop", link.site.place)
        if function.exported and not function.parent and _RUNS.match(function.id.rpartition(".")[2]) and self._serving.get(function.id):
            return Reason(f"{function.name} serves until it is told to stop", function.place, 1)
        return None

    def _begins(self, link: Link, function: FunctionSummary, starter: FunctionSummary) -> bool:
        """Tell whether a goroutine belongs to its object's life, not to one call: a method of the object, or what its start begins."""
        if not function.parent:
            return True
        name = self._functions.get(starter.root, starter).id.rpartition(".")[2]
        return _ONCE.match(name) is not None or _RUNS.match(name) is not None

    def _one_of_many(self, link: Link, starter: FunctionSummary) -> bool:
        """Tell whether a goroutine is one for each connection or request: it is started by what serves those."""
        if starter.handler or any(loop.start <= link.site.place.start < loop.end for loop in self._serving.get(starter.id, ())):
            return True
        contexts = [context for context, _ in self._witnesses.chains(starter.id)]
        return bool(contexts) and all(context.kind == "handler" or self._per_connection(context.link) for context in contexts)

    def _per_connection(self, link: Link | None) -> bool:
        if link is None:
            return False
        starter = self._functions[link.caller]
        return any(loop.start <= link.site.place.start < loop.end for loop in self._serving.get(starter.id, ()))

    def of_way(self, way: Witness) -> Reason | None:
        """Return why the map of an access lives as long as the process, seen from the root of one way to it."""
        found = self._of_way(way)
        owner = way.identity[1:].partition("[")[0].rpartition(".")[0] if way.identity[:1] == "f" else ""
        if found is None or found.assumed or not owner or not self._made_again(owner):
            return found
        return replace(found, words=f"{found.words}, though objects like it are made again and again", assumed=True)

    def _made_again(self, name: str) -> bool:
        """Tell whether objects of a type are made by code that runs again and again: then each may end, and its map with it."""
        if name not in self._many:
            reasons = (self.again(maker) for maker in self._constructors.get(name, ()) if maker in self._functions)
            self._many[name] = any(reason is not None and not reason.assumed for reason in reasons)
        return self._many[name]

    def _of_way(self, way: Witness) -> Reason | None:
        owner = way.identity[1:].partition("[")[0].rpartition(".")[0] if way.identity[:1] == "f" else ""
        place = way.access.place.path
        if _SETTINGS.search(way.access.package) or serves_tests(way.access.package) or helps_tests(place) or doubles(owner):
            return None
        if way.identity[:1] == "g":
            return Reason("it is a package variable")
        if way.identity[:1] == "l":
            return self._captured(way, way.identity)
        owner = way.identity[1:].partition("[")[0].rpartition(".")[0]
        if SETTINGS.match(owner.rpartition(".")[2]) or f"t{owner}" in self._replaced:
            return None
        root = way.path[0] if way.path else ""
        if "Load()" in (way.path or ()):
            return None  # what an atomic holds is exchanged as a whole
        if root[:1] == "g" and ":" not in root:
            return None if root in self._replaced else Reason(f"the package variable {short(root)} holds it", None, 1)
        entry = self._functions[way.context.entry]
        if root == "r" and way.path is not None and "[" not in "".join(way.path):
            receiver = self._functions[entry.root].receiver if entry.root in self._functions else entry.receiver
            found = self.of_type(receiver) if receiver else None
            if found is not None:
                return found
        if root[:1] == "l" and self._made_here(root) and (captured := self._captured(way, root)) is not None:
            return captured
        if root[:1] == "l" and self._made_on_the_way(way, root):
            return None
        if self._held_by_main(way, root):
            return Reason("main holds it while it serves", None, 1)
        if (served := self._served_for_main(way, root)) is not None:
            return served
        # What was looked up somewhere may be an element that comes and goes, whatever lock it has.
        return self.of_type(owner) or (self._locked(way, owner) if root in ("r", "") or self._made_here(root) else None)

    def _locked(self, way: Witness, owner: str) -> Reason | None:
        """An object with a lock of its own over the map is made to be shared by goroutines, and so to outlive each of their calls."""
        if any(lock.mode == "w" and lock.name.startswith(f"f{owner}.") for lock in way.locks):
            return Reason(f"the lock in {short('f' + owner)} says that goroutines share it", None, 4, assumed=True)
        return None

    def _made_on_the_way(self, way: Witness, root: str) -> bool:
        """Tell whether a function on the way makes the object: then it is another one each time. What `main` or a starter makes stays."""
        family = root[1:].partition("#")[0]
        if not self._made_here(root) or family.partition("@")[0].endswith(".main"):
            return False
        hops = way.hops[1:] if way.context.kind == "spawn" else way.hops
        return any(self._functions[hop.function].root == family for hop in hops)

    def _held_by_main(self, way: Witness, root: str) -> bool:
        """Tell whether `main` has made the object, and goes on: in a loop that waits for events, or beside the goroutines that it has started."""
        family = root[1:].partition("#")[0]
        if root[:1] != "l" or not family.partition("@")[0].endswith(".main") or not self._made_here(root):
            return False
        offsets = [hop.site.place.start if hop.site is not None else hop.at.order for hop in way.hops if hop.function == family]
        loops = [loop for loop in self._serving.get(family, ()) if loop.waits]
        return any(loop.start <= offset < loop.end for loop in loops for offset in offsets)

    def _served_for_main(self, way: Witness, root: str) -> Reason | None:
        """Tell the same where the loop stands in a function that `main` calls, and does nothing to the object afterwards: `t.loop(ctx)`."""
        family = root[1:].partition("#")[0]
        if root[:1] != "l" or way.hops[0].function != family or not family.partition("@")[0].endswith(".main") or not self._made_here(root):
            return None
        if self._used_after(self._functions[family], root, way.hops[0].at.order):
            return None  # what it has collected is read when the work is done
        for hop in way.hops[1:]:
            offset = hop.site.place.start if hop.site is not None else hop.at.order
            function = self._functions[hop.function]
            if any(loop.waits and loop.start <= offset < loop.end for loop in self._serving.get(hop.function, ())):
                named = _SERVES.search(function.id.rpartition(".")[2]) is not None
                return Reason(f"main holds it while {function.name} serves", None, 1, assumed=not named)
        return None

    @staticmethod
    def _used_after(function: FunctionSummary, root: str, order: int) -> bool:
        """Tell whether a function does something with a local variable, or what it leads to, behind a place. What is deferred does not count."""
        used: list[tuple[Position, Path | None]] = [(access.at, access.path) for access in function.accesses]
        for site in function.calls:
            used += [(site.at, argument.path) for argument in (site.receiver, *site.args) if argument is not None]
        return any(order < at.order < DEFERRED and path is not None and path[:1] == (root,) for at, path in used)

    def _made_here(self, root: str) -> bool:
        variable = local(self._functions, root)
        return variable is not None and variable.made != 0

    def _declared_around(self, identity: str, function: str) -> bool:
        """Tell whether a local variable is declared by a function around a literal."""
        variable = local(self._functions, identity)
        if variable is None:
            return False
        above = self._functions[function].parent
        while above and above != variable.function:
            above = self._functions[above].parent
        return bool(above)

    def _captured(self, way: Witness, identity: str) -> Reason | None:
        """A local map, or an object that holds one, lives on in a handler or goroutine that has captured it."""
        context = way.context
        if not self._declared_around(identity, context.entry):
            return None
        if context.kind == "handler":
            return Reason(f"{self._functions[context.entry].name} is {self._functions[context.entry].handler}, which has captured it")
        if context.kind != "spawn" or context.link is None:
            return None
        entry = self._functions[context.entry]
        if context.link.callback is not None and context.link.callback.parallel and not context.link.callback.blocks:
            return Reason(f"{entry.name} is {context.link.callback.words}, which has captured it")
        starter = self._functions[context.link.caller]
        waits = any(
            sync.kind in ("wait", "receive") and sync.at.order > hop.at.order
            for hop in self._starting(way)
            for sync in self._functions[hop.function].syncs
        )
        if self._in_loop(way.hops[1:]) is not None and (not waits or starter.id.startswith(f"{starter.package}.main@")):
            words = "a goroutine that serves until it is told to stop has captured it"
            return Reason(words, context.link.site.place, assumed=_reports_its_end(entry))
        if self._around_loop_of_main(way):
            return Reason("main holds it while it serves", None, 1)
        return None

    def _around_loop_of_main(self, way: Witness) -> bool:
        """Tell whether a local variable of `main` is captured by the goroutines that a loop which serves starts, and declared before that loop."""
        variable, start = local(self._functions, way.identity), way.hops[0]
        if variable is None or start.site is None or not variable.function.partition("@")[0].endswith(".main") or start.function != variable.function:
            return False
        loops = self._serving.get(variable.function, ())
        return any(variable.position < loop.start <= start.site.place.start < loop.end for loop in loops)

    def _loops_in(self, function: FunctionSummary) -> bool:
        """Tell whether a function has a loop that serves, in itself or in a method of the same object that it is only another name for."""
        if self._serving.get(function.id):
            return True
        calls = [site for site in function.calls if site.mode == "call" and not site.at.nest and site.receiver is not None and site.receiver.path]
        return any(
            site.receiver is not None and site.receiver.path == ("r",) and self._serving.get(target) for site in calls for target in site.targets
        )

    # --- repetition ---

    def repeats(self, way: Witness, depth: int = 0) -> Reason | None:
        """Return what makes the code at the end of a way run again and again, or None."""
        if any(lock.at_most_once for lock in way.locks):
            return None
        found = self._repeats(way, depth)
        makes = any(_MAKES.match(self._functions[hop.function].id.rpartition(".")[2]) for hop in way.hops)
        return replace(found, assumed=True) if found is not None and makes else found

    def _repeats(self, way: Witness, depth: int) -> Reason | None:
        context = way.context
        entry = self._functions[context.entry]
        if entry.test or any(self._functions[hop.function].test for hop in way.hops):
            return None
        if context.kind == "handler" or (context.kind == "exported" and entry.handler):
            # What a transport meets are the hosts that its own program talks to.
            return Reason(f"each call of {entry.name}, {entry.handler},", assumed=entry.handler == _TRANSPORT)
        if context.kind == "exported":
            if self._has_callers(entry) or self._sets_up(entry.id) or any(self._prepares(hop.function) for hop in way.hops):
                return self._in_loop(way.hops, called=True)
            return Reason(f"each call of {entry.name}", None, 2, assumed=True)
        if context.kind == "spawn" and context.link is not None:
            return self._spawned(way, context.link, depth)
        if context.kind == "main" or (context.kind == "own" and context.entry.partition("@")[0].endswith(".main")):
            return self._in_loop(way.hops)
        return None

    def again(self, function: str) -> Reason | None:
        """Return what calls a function again and again, or None."""
        summary = self._functions[function]
        nothing = MapAccess(place=summary.place, function="", package=summary.package, op="read", path=(), identity="", at=Position(0, ()))
        ways = (Witness(nothing, context, hops, None, "", ()) for context, hops in self._witnesses.chains(function))
        return next((found for way in ways if (found := self.repeats(way)) is not None), None)

    def _ends_with_work(self, function: str, start: int) -> bool:
        """Tell whether who starts a goroutine closes a channel, and then waits: the goroutine reads what there is, and ends."""
        syncs = self._functions[function].syncs
        closed = [sync.at.order for sync in syncs if sync.kind == "close" and sync.at.order > start]
        return bool(closed) and any(sync.kind in ("wait", "receive") and sync.at.order > min(closed) for sync in syncs)

    def _ended(self, way: Witness) -> bool:
        """Tell the same of the functions that lead to a start: one may have a helper start its goroutines."""
        return any(self._ends_with_work(hop.function, hop.at.order) for hop in self._starting(way))

    @staticmethod
    def _starting(way: Witness) -> tuple[Hop, ...]:
        """Return the hops that lead to the start of a goroutine, the start included."""
        started = next((index for index, hop in enumerate(way.hops) if hop.spawns), -1)
        return way.hops[: started + 1]

    def _has_callers(self, entry: FunctionSummary) -> bool:
        """Tell whether the program itself calls an exported function: then its callers show how often that is."""
        return any(link.caller != entry.id and not self._functions[link.caller].test for link in self._links.into.get(entry.id, ()))

    def _prepares(self, function: str) -> bool:
        return _BEFORE.match(self._functions[function].id.rpartition(".")[2]) is not None

    def _sets_up(self, function: str) -> bool:
        return _ONCE.match(self._functions[function].id.rpartition(".")[2]) is not None

    def _spawned(self, way: Witness, link: Link, depth: int) -> Reason | None:
        callback = link.callback
        if callback is not None and callback.parallel and not callback.blocks and not callback.test:
            if self._sets_up(link.callee):
                return None  # an exported method of a service that is none of its calls
            return Reason(f"each call of {self._functions[link.callee].name}, {callback.words},")
        inner = self._in_loop(way.hops[1:])
        if inner is not None and not self._ended(way):
            return inner
        starter = way.hops[0].function
        if depth >= _MAX_DEPTH:
            return None
        for context, hops in self._witnesses.chains(starter):
            above = Witness(way.access, context, (*hops[:-1], way.hops[0]), None, "", ())
            # Each call of a constructor starts the goroutines of another object.
            entry = self._functions[context.entry]
            makes = context.kind == "exported" and not entry.receiver and is_constructor(entry.id.rpartition(".")[2])
            found = self._in_loop(above.hops) if makes else self.repeats(above, depth + 1)
            if found is not None:
                return found
        return None

    def _works_along(self, function: str) -> bool:
        """Tell whether a function is work that a starter shares with its goroutines: its loop ends when all is done."""
        return any(link.spawns and works_along(link, self._functions) is not None for link in self._links.into.get(function, ()))

    def _calls_again(self, site: CallSite) -> bool:
        """Tell whether a call hands a function to code outside of the program that, by its name, calls it more than once."""
        if site.mode != "call" or not any(argument.tokens for argument in site.args) or any(self._links.resolve(token) for token in site.targets):
            return False
        return _PERIODIC.search(site.spelled.rpartition(".")[2]) is not None

    def _in_loop(self, hops: tuple[Hop, ...], *, called: bool = False) -> Reason | None:
        """Return the loop that serves on a way. One that is `called`, not started, serves if its name says so: others end with their input."""
        if any(_CONFIGURES.match(self._functions[hop.function].id.rpartition(".")[2]) for hop in hops):
            return None
        for hop in hops:
            offset = hop.site.place.start if hop.site is not None else hop.at.order
            for loop in self._serving.get(hop.function, ()):
                if loop.start <= offset < loop.end and not self._works_along(hop.function):
                    names = [self._functions[name].id.rpartition(".")[2] for name in (hops[0].function, hop.function)]
                    ends = called and not any(map(_SERVES.search, names))
                    return Reason(f"the loop in {self._functions[hop.function].name}", None, 1, assumed=ends)
            if hop.site is not None and self._calls_again(hop.site):
                return Reason(f"each run that {hop.site.spelled} makes", hop.site.place, 1)
        return None


def _reports_its_end(function: FunctionSummary) -> bool:
    """Tell whether a goroutine closes a channel when it ends: it is expected to, however long its loop goes on."""
    return any(sync.kind == "close" and sync.at.order >= DEFERRED for sync in function.syncs)
