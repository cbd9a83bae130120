"""Goroutines against what else runs: whether they are started again while they run, end before it, or begin after it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from golint_maps.flow.events import CallSite, FunctionSummary, Position
from golint_maps.flow.structure import common_loop, dominates, exclude, loops_around, may_follow
from golint_maps.graphs.happens_before import HappensBefore, follows
from golint_maps.graphs.naming import begins, sets_up
from golint_maps.graphs.variables import handed
from golint_maps.graphs.witness import Context, Hop, Path, Witness, Witnesses

_SERVES: Final = re.compile(r"(?i)(?!new|make|with|register|handle)\w*(?:serve|listen|start|run|launch)")


class Starts:
    """Orders goroutines by their starts."""

    def __init__(self, functions: Mapping[str, FunctionSummary], witnesses: Witnesses, order: HappensBefore) -> None:
        self._functions = functions
        self._witnesses = witnesses
        self._order = order
        self._ways_to: dict[str, list[tuple[Context, dict[str, Hop]]]] = {}

    @staticmethod
    def one_start(left: Witness, right: Witness) -> bool:
        """Tell whether two goroutines are started in one place, on one way."""
        assert left.context.link is not None
        assert right.context.link is not None
        return (
            left.context.link.site is right.context.link.site
            and left.context.link.receiver_argument == right.context.link.receiver_argument
            and left.hops[0].function == right.hops[0].function
            and left.hops[0].at == right.hops[0].at
        )

    def repeated(self, spawn: Witness) -> bool:
        """Tell whether a start may happen again while its goroutine runs, with the same map."""
        if _made_for_start(spawn) or (spawn.context.link is not None and spawn.context.link.site.alone):
            return False
        return self._order.self_parallel(spawn) or self._called_again(spawn) or self._in_a_loop_around(spawn)

    def _called_again(self, spawn: Witness) -> bool:
        """Tell whether the starting function is called again while its goroutine runs, with the same map."""
        if spawn.context.kind != "spawn" or (spawn.path is not None and spawn.path[0][:1] == "l"):
            return False  # a new activation has a new local
        callback = spawn.context.link.callback if spawn.context.link is not None else None
        if callback is not None and not (callback.parallel or callback.task):
            return False  # events of one registration come one by one, and who registers again has given up the one before
        if self.outlived(spawn) or (spawn.context.link is not None and spawn.context.link.site.once):
            return False
        if spawn.path is not None and spawn.path[0][:1] == "p":
            return any(self._handed_in_again(spawn, way) for way in self._witnesses.above(spawn))
        # Who makes an object and has it start its goroutine may do so again and again: each has one.
        tested = self._functions[spawn.function].test
        for way in self._witnesses.ways_to(spawn.hops[0].function, spawn.path):
            context, hops = way.context, way.hops
            if self._functions[hops[0].function].test and not tested:
                continue  # tests that run side by side have objects of their own
            if any(lock.at_most_once for hop in hops if hop.site is not None for lock in hop.site.locks):
                continue  # what a `sync.Once` does is done once, however many ask for it
            if context.kind == "handler":
                return True
            last = max((index for index, hop in enumerate(hops) if begins(self._functions[hop.function])), default=0)
            steps = enumerate(hops[:-1])
            if any(index >= last and self._again_on_one_object(hop) and not self._over_below(spawn, hops, index) for index, hop in steps):
                return True
            if context.kind == "spawn" and self._order.self_parallel(replace(way, access=spawn.access, locks=())):
                return True
        return False

    def _over_below(self, spawn: Witness, hops: tuple[Hop, ...], index: int) -> bool:
        """Tell whether a function between a call on the way to the starter of a goroutine and that one waits for it: it has handed in the group."""
        ways = ((hop.function, replace(spawn, hops=(*hops[below:-1], *spawn.hops))) for below, hop in enumerate(hops[:-1]) if below > index)
        return any(self._order.joined_at_end(way, function) for function, way in ways)

    def in_another_group(self, spawn: Witness, group: Path) -> bool:
        """Tell whether another goroutine of the same start, on the same map, may belong to another group than this one, which is a local variable.

        There is another group in each turn of a loop around its declaration, unless the goroutines of a turn are waited for in it, and one in each
        activation of the function that declares it.
        """
        hop = spawn.hops[0]
        loops = loops_around(hop.at)
        head = spawn.path[0] if spawn.path else ""
        if any(self._order.varies(hop, group[0], [loop]) and not self._order.varies(hop, head, [loop]) for loop in loops):
            return not any(wait.path == group and common_loop(wait.at, hop.at) for wait in self._order.waits(hop.function))
        return self._side_by_side(spawn)

    def _side_by_side(self, spawn: Witness) -> bool:
        """Tell whether several activations of the function that starts a goroutine may run at a time, with the same map."""
        if spawn.path is None or spawn.path[0][:1] == "l":
            return False  # a new activation has a new local
        return any(
            context.kind == "handler" or (context.kind == "spawn" and self._order.self_parallel(Witness(spawn.access, context, hops, None, "", ())))
            for context, hops in self._witnesses.chains(spawn.hops[0].function, spawn.path)
            if not self._functions[hops[0].function].test
        )

    def _in_a_loop_around(self, spawn: Witness) -> bool:
        """Tell whether a literal that starts a goroutine is called in a loop of the function around it, which has the map, and waits for none."""
        frame = self._functions[spawn.hops[0].function]
        if spawn.context.kind != "spawn" or not frame.parent or not spawn.path or spawn.path[0][:1] != "l" or self.outlived(spawn):
            return False
        roots = [spawn.path[0], *(f"l#{part[2:-1]}" for part in spawn.path if part[:2] == "[l")]
        return any(
            all(self._witnesses.declared_around(root, hop.function, frame.root) and not self._order.varies(hop, root, loops) for root in roots)
            and not self._waited_for(spawn, hop, hop)
            for hop in self._witnesses.calls_around(frame)
            if (loops := loops_around(hop.at))
        )

    def _may_be_called_again(self, spawn: Witness, other: Witness) -> bool:
        """Tell whether somebody outside may call a method again while the goroutine works that it has started for the call before."""
        link = spawn.context.link
        if other.context.kind != "exported" or link is None or link.callback is not None or link.site.once or self.outlived(spawn):
            return False
        if not spawn.path or not other.path or spawn.path[0] != "r" or other.path[0] != "r":
            return False
        functions = (self._functions[hop.function] for hop in (*spawn.hops[:1], *other.hops))
        return not any(begins(function) or sets_up(function) for function in functions)

    def _handed_in_again(self, spawn: Witness, way: Witness) -> bool:
        """Tell whether a loop calls what starts a goroutine with one object in all turns, and does not wait for it in each."""
        hop = way.hops[0]
        loops = loops_around(hop.at)
        if not loops or len(way.hops) < 2 or hop.spawns or not way.path or way.path[0][0] == "p" or "[" in "".join(way.path):
            return False
        waited = self._waited_for(spawn, hop, hop) or self._over_below(spawn, way.hops, 0)
        return not self._varies_on(way, way.path[0]) and not waited

    def _varies_on(self, way: Witness, root: str) -> bool:
        """Tell whether a loop that a way leads through has another object in each turn, which it hands on."""
        return any(self._order.varies(hop, root, loops) for hop in way.hops if (loops := loops_around(hop.at)))

    def _again_on_one_object(self, hop: Hop) -> bool:
        """Tell whether a call stands in a loop, and its receiver is not another one in each turn."""
        loops = loops_around(hop.at)
        if not loops:
            return False
        receiver = hop.site.receiver if hop.site is not None else None
        if receiver is None:
            return True
        return receiver.path is not None and "[" not in "".join(receiver.path) and not self._order.varies(hop, receiver.path[0], loops)

    def outlived(self, spawn: Witness) -> bool:
        """Tell whether the starting function waits for the goroutine before it returns."""
        return self._order.joined_before(spawn, Position(1 << 41, ()), spawn.hops[0].function)

    def against(self, spawn: Witness, other: Witness) -> str:
        """Return whether a goroutine and another way may run in parallel, by where both part: `certain`, `assumed`, or an empty string."""
        if self._order.over_before_return(spawn) and not any(
            hop.function == spawn.hops[0].function and hop.at == spawn.hops[0].at for hop in other.hops
        ):
            return ""
        if self._not_served_yet(spawn, other):
            return ""
        frame = spawn.hops[0].function
        start = spawn.hops[0].at
        for hop in other.hops:
            if hop.function == frame:
                if _by_one_call(spawn.context, other.context) and hop.at == start:
                    return "certain"
                if hop.at == start and other.context.kind != "spawn":
                    # The same call does both: it accesses the map, then starts the goroutine (or the other way round).
                    return self._inside(spawn, other, hop)
                function = self._functions[frame]
                loops = loops_around(start, hop.at)
                one_turn = bool(loops) and self._order.another_each_turn(hop, spawn.path or (), loops)
                if exclude(start, hop.at, function.alternatives, function.leaving, one_turn=one_turn):
                    return "certain" if self._called_again(spawn) else "assumed" if self._may_be_called_again(spawn, other) else ""
                if not may_follow(start, hop.at) or self._of_another_turn(start, hop, other) or self._of_another_element(spawn, hop, other):
                    if other.context.kind == "spawn" and other.hops[0].function == frame and may_follow(hop.at, start):
                        return "" if self._order.joined_before(other, start, frame) else "certain"
                    # Earlier in this call; but the goroutine of an earlier call may still be at work.
                    again = self._called_again(spawn) or self._for_each_object(spawn)
                    return "certain" if again else "assumed" if self._may_be_called_again(spawn, other) else ""
                if self._order.joined_before(spawn, hop.at, frame):
                    return ""
                return "certain"
        if other.context.kind == "handler":
            return "certain"
        if self.outlived(spawn):
            return ""
        found = self._by_callers(spawn, other)
        if found or other.context.kind != "spawn":
            return found
        return "" if self.outlived(other) else "certain"

    def begun_behind(self, first: Witness, then: Witness) -> bool:
        """Tell whether a goroutine comes to its access before it calls what starts the other one, which nobody else does.

        `go w.run()`, where `run` calls `scan` and then `watch`, and that one starts its goroutine.
        """
        starter, link = then.hops[0].function, first.context.link
        ways = [context for context, hops in self._witnesses.chains(starter) if not self._functions[hops[0].function].test]
        others = (context.link for context in ways)
        if link is None or not ways or any(other is None or other.site is not link.site or other.callee != link.callee for other in others):
            return False
        begun = max(index for index, hop in enumerate(first.hops) if hop.spawns) + 1
        steps = itertools.pairwise((*first.hops[begun:], None))
        behind = all(self._order.leads_there_behind(step, starter) for step in steps)
        return behind and not self.repeated(first) and not self._side_by_side(first)

    def _not_served_yet(self, spawn: Witness, other: Witness) -> bool:
        """Tell whether the program's start leads to a registration of handlers, and then to the other access, before anything begins to serve.

        `http.HandleFunc("/", handle); routes = load(); http.ListenAndServe(…)`: until then nobody calls the handlers.
        """
        if not _served(spawn.context) or other.context.kind not in ("main", "init"):
            return False
        start = spawn.hops[0]
        for _, hops in self._witnesses.chains(start.function):
            for index, hop in enumerate(hops):
                met = next((item for item in other.hops if item.function == hop.function), None)
                at = hop.at if hop.function != start.function else start.at
                if met is not None and may_follow(at, met.at):
                    below = (site for inner in hops[index + 1 :] for site in self._functions[inner.function].calls)
                    return not self._begins_to_serve(met) and not any(map(_begins_to_serve, below))
        return False

    def _begins_to_serve(self, then: Hop) -> bool:
        """Tell whether a function makes a call that begins to serve before it comes to a place, or with what it does there."""
        return any(_begins_to_serve(site) for site in self._functions[then.function].calls if site.at.order <= then.at.order)

    def _of_another_turn(self, start: Position, hop: Hop, other: Witness) -> bool:
        """Tell whether what stands before a start only follows it in the next turn of a loop, with a variable of that turn."""
        loops = loops_around(start, hop.at)
        return hop.at.order < start.order and bool(loops) and self._order.another_each_turn(hop, other.path or (), loops)

    def _of_another_element(self, spawn: Witness, hop: Hop, other: Witness) -> bool:
        """Tell whether what puts a map in place before a start only follows it in another turn of the loop that tells elements apart.

        `for i := range parts { parts[i].m = make(…); go parts[i].load() }`. What else is done to the map may meet it in two elements.
        """
        frame, start = self._functions[hop.function], spawn.hops[0].at
        mine, its = tuple(_as_handed_in(spawn, self._functions)), other.path or ()
        if other.access.op != "assign" or hop is not other.hops[0] or hop.at.order > start.order or not frame.loops:
            return False
        same = len([*itertools.takewhile(lambda pair: pair[0] == pair[1], zip(mine, its, strict=False))])
        keys = {f"[l{number}]": number for number in self._functions[frame.root].loop_keys}
        loops = loops_around(start, hop.at)
        for number in (keys[part] for part in mine[1:same] if part in keys):
            inner = [loop for loop in loops if self._order.varies(hop, f"l{frame.root}#{number}", [loop])]
            outer = loops[: loops.index(inner[-1])] if inner else []
            if inner and inner[-1] == loops[-1] and (not outer or self._order.varies(hop, mine[0], outer[-1:])):
                return True
        return False

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
                if start.spawns and _served(context) and not self._begins_to_serve(met):
                    continue  # a handler starts the goroutine, once it is called
                if start.spawns and context.link is not None and context.link.callback is not None and context.link.callback.assumed:
                    best = best or "assumed"
                    continue
                if may_follow(start.at, met.at) and not self._waited_for(spawn, met, start) and not self._waited_below(spawn, other, met):
                    return "certain"
                if met.at.order < start.at.order and other.context.kind == "spawn":
                    # There, the other goroutine starts this one when it is done with the map, or has just been started itself.
                    over = met is other.hops[0] and self._order.joined_before(other, start.at, met.function) and not self._side_by_side(other)
                    best = best if over else "assumed"
                continue
            if context.kind == "exported" and other.context.kind == "exported" and not sets_up(self._functions[other.context.entry]):
                best = "assumed"
            if context.kind in ("handler", "spawn", "init") and other.context.kind == "exported":
                best = best or "assumed"
            if context.kind == "init" and other.context.kind in ("main", "test"):
                best = best if self._waits_first(other) else best or "assumed"  # packages are initialised before main begins
        return best

    def _for_each_object(self, spawn: Witness) -> bool:
        """Tell whether a function is registered once more for each object (a finalizer), and has the map of something that all of them belong to."""
        link = spawn.context.link
        if link is None or link.callback is None or not link.callback.alone or spawn.path is None or spawn.path[0][:1] not in ("r", "g"):
            return False
        chains = self._witnesses.chains(spawn.hops[0].function)
        return len(chains) > 1 or any(number < 0 for _, hops in chains for hop in hops for number in hop.at.nest)

    def _waits_first(self, other: Witness) -> bool:
        """Tell whether a way waits for something, or asks an atomic, before it comes to its access: for what nobody sees, in whatever function."""
        return any(
            wait.at.order < hop.at.order
            for hop in other.hops
            for wait in (*self._order.waits(hop.function), *(sync for sync in self._functions[hop.function].syncs if sync.kind == "load"))
        )

    def _callers(self, function: str) -> list[tuple[Context, dict[str, Hop]]]:
        """Return the ways to a function, each as its context and the last hop in each function on the way."""
        if function not in self._ways_to:
            self._ways_to[function] = [(context, {hop.function: hop for hop in hops}) for context, hops in self._witnesses.chains(function)]
        return self._ways_to[function]

    def _waited_below(self, spawn: Witness, other: Witness, met: Hop) -> bool:
        """Tell whether what a function calls waits, by the name of its channel or wait group, for a goroutine before it comes to the other access."""
        names = self._order.signalled_names(spawn)
        below = other.hops[other.hops.index(met) + 1 :]
        return bool(names) and any(wait.path[-1] in names and dominates(wait.at, hop.at) for hop in below for wait in self._order.waits(hop.function))

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
        names = self._order.signalled_names(spawn)
        return any(
            wait.path[-1] in names and start.at.order < wait.at.order and (follows(wait, start.at, met.at) or common_loop(wait.at, start.at))
            for wait in self._order.waits(met.function)
        )


def _as_handed_in(spawn: Witness, functions: Mapping[str, FunctionSummary]) -> Iterator[str]:
    """Yield the parts of a goroutine's path, with the key that its literal was handed for that which it has for it: `go func(i int) {…}(i)`."""
    link = spawn.context.link
    entry = functions[link.callee] if link is not None else None
    for part in spawn.path or ():
        given = None
        if link is not None and entry is not None and entry.parent and part[:2] == "[l" and part[2:-1].isdigit() and int(part[2:-1]) in entry.params:
            given = handed(link.site, f"p{entry.params.index(int(part[2:-1]))}")
        yield f"[l{given.path[0].partition('#')[2]}]" if given is not None and given.path and len(given.path) == 1 else part


def _served(context: Context) -> bool:
    """Tell whether a goroutine is that of a handler which is called when something begins to serve."""
    return context.link is not None and context.link.callback is not None and context.link.callback.served


def _by_one_call(left: Context, right: Context) -> bool:
    """Tell whether one call hands two functions to what runs them side by side: `mr.Finish(load, count)`."""
    mine, theirs = left.link, right.link
    if mine is None or theirs is None or mine.site is not theirs.site:
        return False
    return mine.callback is not None and mine.callback.task and mine.receiver_argument != theirs.receiver_argument


def _begins_to_serve(site: CallSite) -> bool:
    """Tell whether a call begins to serve, by its name, or starts a goroutine, which may."""
    return site.mode == "go" or _SERVES.match(site.spelled.rpartition(".")[2]) is not None


def _made_for_start(spawn: Witness) -> bool:
    """Tell whether the object of an access is made anew for each start: `s.monitor = newMonitor(); go s.monitor.run()`."""
    site, path, link = spawn.hops[0].site, spawn.path, spawn.context.link
    if site is None or not path or not spawn.hops[0].spawns or link is None or link.callback is not None:
        return False
    made = [argument.path for argument in (site.receiver, *site.args) if argument is not None and argument.owned]
    # A local variable may be made outside of the loop around a start: where it is declared tells that.
    return any(place is not None and len(place) > 1 and path[: len(place)] == place for place in made)
