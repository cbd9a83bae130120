"""Reasons to doubt a race that the order of events does not rule out: what may keep two ways apart, or their maps, without being known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from golint_maps.flow.events import FunctionSummary, Setting
from golint_maps.flow.structure import common_loop, dominates, may_follow
from golint_maps.graphs.happens_before import HappensBefore, works_along
from golint_maps.graphs.links import Link, Links
from golint_maps.graphs.naming import begins, initialises
from golint_maps.graphs.objects import Objects, looked_up
from golint_maps.graphs.outsiders import Outsiders
from golint_maps.graphs.variables import handed
from golint_maps.graphs.witness import Hop, Witness, Witnesses

_FAR: Final = 4
"""Calls, each by the one before, beyond which it is not asked what a function was handed."""
_MAX_CALLERS: Final = 50
_WAITS: Final = re.compile(r"(?i)wait|eventual|consistent|poll|until|done|timeout|stop|shutdown|close|drain|join")
"""Names of functions by which a test waits for something."""


_SET_APART: Final = "a setting that one side needs to be on, and the other off, keeps them apart, if it is one object's"


class Doubts:
    """Looks for doubt in pairs of ways."""

    def __init__(self, links: Links, witnesses: Witnesses, order: HappensBefore, objects: Objects, outsiders: Outsiders) -> None:
        self._links = links
        self._functions = links.functions
        self._witnesses = witnesses
        self._order = order
        self._objects = objects
        self._outsiders = outsiders
        self._about: dict[tuple[int, str], tuple[tuple[Hop, ...], str]] = {}

    def between(self, left: Witness, right: Witness) -> str:
        """Return what may keep two ways apart that is not known, as a clause, or an empty string."""
        if all(map(self._objects.out_of_a_container, (left, right))) or all(map(self._objects.of_another_activation, (left, right))):
            return "both sides are functions that were stored, perhaps with a map each"
        alone = self.about(left) or self.about(right)
        if alone:
            return alone
        if _contradict(left, right):
            return _SET_APART
        if self._order.handed_over(left, right):
            return "one side hands the map over to the other"
        if self.started_elsewhere(left, right):
            return "two functions start the goroutine of an object, which has one as a rule"
        if self._by_type_alone(left, right):
            return "no caller in sight gives both goroutines the same object"
        ways = ((left, right), (right, left))
        return next((words for doubts, words in self._one_sided if any(doubts(*each) for each in ways)), "")

    @property
    def _one_sided(self) -> Iterator[tuple[Callable[[Witness, Witness], bool], str]]:
        """Yield the doubts in which the two sides have different parts, with what they come to, the cheapest first."""
        yield self.waits_somehow, "who starts the goroutine seems to wait for it"
        yield self._made_ready, "one side seems to make things ready before it starts the other"
        yield self._registered_early, "the handlers are registered before the object is set up, and called later as a rule"
        yield self._of_one_test, "a test alone starts the goroutine, and goes on to use the program"
        yield self._at_the_end, "main has waited for a group that it handed on"
        yield self._order.let_go_on_some_turn, "one side lets the other go on in some turn of its loop"

    def about(self, way: Witness) -> str:
        """Return why it is in doubt that a way is taken at any time, or that it leads to one and the same map, or an empty string.

        One way has thousands of partners, which differ in nothing that is asked here, nor do the locks on it.
        """
        key = (id(way.hops), way.identity)
        known = self._about.get(key)
        if known is None:
            known = self._about[key] = way.hops, self._doubted(way)  # the hops are kept: their address must not become that of others
        return known[1]

    def _doubted(self, way: Witness) -> str:
        if _assumed(way):
            return "that a function runs on another goroutine is told by names only"
        if looked_up(way):
            return "the object is looked up under a key, and the two sides may have different ones"
        if piped(way, self._functions):
            return "who reads the other end of a pipe waits for this goroutine"
        if _contradict(way, way):
            return _SET_APART
        if self._only_tested(way):
            return "only parallel tests come here, and what they do depends on their data"
        if self._works_along(way):
            return "the starter works along with its goroutines, and ends with them"
        if self._outsiders.called_in_sight(way):
            return "those who are seen to call the exported function are judged by themselves"
        return "the map is put in place where its object is made ready or begins to serve" if self.put_in_place(way) else ""

    def _by_type_alone(self, left: Witness, right: Witness) -> bool:
        """Tell whether two functions start goroutines with what each was handed, and no callers in sight hand them one thing."""
        starters = {way.hops[0].function for way in (left, right)}
        if len(starters) == 1 or not left.path or not right.path or left.identity[:1] != "f":
            return False
        if not any(way.context.kind == "spawn" and way.path and way.path[0][:1] == "p" for way in (left, right)):
            return False
        return self._shown(left).isdisjoint(self._shown(right))

    def _shown(self, way: Witness) -> set[tuple[str, ...]]:
        """Return the names of a map with the starter of a goroutine and its callers, as paths; those of parameters begin with their function."""
        found: set[tuple[str, ...]] = set()
        todo = [(self._functions[way.hops[0].function].root, way.path or ())]
        for _ in range(_FAR):
            further = []
            for function, path in todo:
                handed_in = path[:1] != () and path[0][:1] in "pr"
                found.add((function, *path) if handed_in and path[0] != "r" else path)
                for link in self._links.into.get(function, ()) if handed_in else ():
                    given = handed(link.site, path[0]) if link.receiver_argument < 0 else None
                    if given is not None and given.path is not None:
                        further.append((self._functions[link.caller].root, (*given.path, *path[1:])))
            todo = further[:_MAX_CALLERS]
        return found

    def put_in_place(self, way: Witness) -> bool:
        """Tell whether a way puts a map in place, or its first entries, where an object is initialised or begins to serve: others come later."""
        if way.access.op == "assign" and initialises(self._functions[way.function]) and self._functions[way.context.entry].endless:
            return True  # on the goroutine that serves it
        return way.access.writes and any(
            not hop.spawns
            and begins(self._functions[hop.function])
            and not self._witnesses.started_before(hop)
            and (way.access.op == "assign" or self._functions[hop.function].endless)
            and not self._serves(hop)
            for hop in way.hops
        )

    def _serves(self, hop: Hop) -> bool:
        """Tell whether a step stands in a loop of a function that goes on until it is told to stop: it comes again and again."""
        return self._functions[hop.function].endless and any(number < 0 for number in hop.at.nest)

    def waits_somehow(self, spawn: Witness, other: Witness) -> bool:
        """Tell whether a starter waits for its goroutine on some ways, or calls `Wait` of an object that its goroutine calls as well.

        It may wait for it in a way that is not known, as tests do that poll until things have happened.
        """
        link = spawn.context.link if spawn.context.kind == "spawn" else None
        if link is None or link.callback is not None:
            return False
        frame, start = spawn.hops[0].function, spawn.hops[0].at
        at = next((hop.at for hop in other.hops if hop.function == frame), None)
        if at is None:
            return False
        if self._order.may_be_joined(spawn, at, frame):
            return True
        if self._functions[frame].test and any(
            start.order < site.at.order <= at.order and _WAITS.search(site.spelled.rpartition(".")[2]) for site in self._functions[frame].calls
        ):
            return True
        waits = {wait.path for wait in self._order.waits(frame) if wait.kind == "wait" and start.order < wait.at.order and dominates(wait.at, at)}
        return bool(waits) and any(
            site.receiver is not None and site.receiver.path in waits
            for function in self._literals(link.callee)
            for site in self._functions[function].calls
        )

    def started_elsewhere(self, left: Witness, right: Witness) -> bool:
        """Tell whether two functions each start one and the same goroutine that serves an object: it has one starter as a rule."""
        links = (left.context.link, right.context.link)
        if left.context.kind != "spawn" or right.context.kind != "spawn" or left.context.entry != right.context.entry:
            return False
        if not self._functions[left.context.entry].endless or left.hops[0].function == right.hops[0].function:
            return False
        return all(link is not None and link.callback is None for link in links)

    def _registered_early(self, way: Witness, other: Witness) -> bool:
        """Tell whether a function has handlers of an object registered that it has made and goes on to set up: they are served later, as a rule."""
        callback = way.context.link.callback if way.context.link is not None else None
        if callback is None or not callback.served or other.context.kind == "spawn":
            return False
        return other.path is not None and bool(other.path) and self._objects.made(other.path[0]) != 0

    def _of_one_test(self, way: Witness, other: Witness) -> bool:
        """Tell whether a test alone starts a goroutine of the program and goes on to use the program: there only happens what the test asks for."""
        link = way.context.link if way.context.kind == "spawn" else None
        if link is None or link.callback is not None or other.context.kind == "spawn" or not self._functions[link.caller].test:
            return False
        return not any(self._functions[name].test for name in (link.callee, way.function, other.function))

    def _at_the_end(self, way: Witness, other: Witness) -> bool:
        """Tell whether main comes to the other access when it has waited for the group that it gave to those who start goroutines.

        They may have handed it on to what starts this one, far from main.
        """
        if way.context.kind != "spawn" or other.context.kind != "main" or way.hops[0].function == other.hops[0].function:
            return False
        end = other.hops[0].at
        waits = [wait for wait in self._order.waits(other.hops[0].function) if wait.kind == "wait" and dominates(wait.at, end)]
        given = {argument.path for site in self._functions[other.hops[0].function].calls for argument in site.args}
        return any(wait.path in given for wait in waits)

    def _literals(self, function: str) -> list[str]:
        """Return a function and the literals that stand in it."""
        found = [function]
        for name in found:
            found += [site.targets[0] for site in self._functions[name].calls if self._is_literal_of(site.targets[0], name)]
        return found

    def _is_literal_of(self, name: str, function: str) -> bool:
        literal = self._functions.get(name)
        return literal is not None and literal.parent == function

    def _only_tested(self, way: Witness) -> bool:
        """Tell whether only parallel tests come to an access of code that is none: what they do there depends on their data."""
        link = way.context.link
        return link is not None and link.callback is not None and link.callback.test and not self._functions[way.function].test

    def _works_along(self, way: Witness) -> bool:
        """Tell whether a starter does the work of its goroutines itself once they run: such workers end together, one way or the other."""
        link = way.context.link if way.context.kind == "spawn" else None
        return link is not None and works_along(link, self._functions) is not None

    def _made_ready(self, way: Witness, other: Witness) -> bool:
        """Tell whether an access makes things ready for what is started then, and the other comes of that.

        That is so where the function of the access begins something, by its name and by what it does, and where the goroutine of the access goes on
        to start the other. Others may come there on ways of their own, and earlier: that leaves doubt, and proves nothing.
        """
        last = self._functions[way.function]
        callback = other.context.link.callback if other.context.link is not None else None
        if last.id == other.function or (callback is not None and callback.alone):
            return False  # what runs when an object is gone comes while others are made
        goal = other.hops[0].function
        if begins(last) and any(link.spawns and self._leads_on(way.hops[-1], link, goal) for link in self._links.out_of.get(last.id, ())):
            return True
        root = self._functions[goal].root
        if any(self._functions[hop.function].root == root for hop in way.hops):
            return False  # where both come from one function, the order of its calls has been looked at
        spawned = next((index + 1 for index, hop in enumerate(way.hops) if hop.spawns), len(way.hops))
        steps = [hop for hop in way.hops[spawned:] if not self._serves(hop)]
        return any(self._leads_on(hop, link, goal) for hop in steps for link in self._links.out_of.get(hop.function, ()))

    def _leads_on(self, hop: Hop, link: Link, goal: str) -> bool:
        """Tell whether a function comes to another one by a call or start that stands behind what it does first."""
        then = link.site.at
        return may_follow(hop.at, then) and not common_loop(hop.at, then) and goal in self._links.runs(link.callee)


def _contradict(left: Witness, right: Witness) -> bool:
    """Tell whether two ways, or two steps of one, need one setting to be true and false: but for two objects, one of them is never taken."""
    settings = {setting for way in (left, right) for setting in _settings(way)}
    return any((name, not truth) in settings for name, truth in settings)


def _settings(way: Witness) -> Iterator[Setting]:
    yield from way.access.settings
    for hop in way.hops:
        if hop.site is not None:
            yield from hop.site.settings


def _assumed(way: Witness) -> bool:
    """Tell whether a goroutine is only taken to exist by the name of what was given its function."""
    link = way.context.link
    return link is not None and link.callback is not None and link.callback.assumed


def piped(way: Witness, functions: Mapping[str, FunctionSummary]) -> bool:
    """Tell whether a goroutine writes to a pipe that it is given or closes: whoever reads the other end until then waits for it."""
    link = way.context.link if way.context.kind == "spawn" else None
    if link is None:
        return False
    if any(argument.type == "io.PipeWriter" for argument in link.site.args):
        return True
    return any(target.startswith("io.PipeWriter.Close") for site in functions[link.callee].calls for target in site.targets)
