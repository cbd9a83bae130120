"""What surely happens before what: program order around a start, joins, signals and waits.

A start is ordered after everything before it in its function, a join orders the goroutine before everything after it. Signals and waits on one
channel or wait group order what stands before the signal in one goroutine before what stands after the wait in another. Sleeping, polling a
flag and `runtime.Gosched` order nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from golint_maps.flow.events import CallSite, FunctionSummary, Held, Position, Sync
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.structure import DEFERRED, common_loop, dominates, loops_around, may_follow
from golint_maps.graphs.groups import all_added, all_received, counted_off, declared_together
from golint_maps.graphs.links import Link, Links
from golint_maps.graphs.relays import relayed_waits
from golint_maps.graphs.variables import handed, parameter, result_of, varies
from golint_maps.graphs.witness import Hop, Path, Witness

_HELPERS = 2
"""Calls from a group's method that starts a goroutine to the go statement."""
_SIGNALS = frozenset(("done", "close", "send"))
_ENDS = frozenset(("done", "close"))
_SENDS = frozenset(("send",))
_WAITS = frozenset(("wait", "receive"))
_TELLS = frozenset(("send", "close", "store"))
_RECEIVES = frozenset(("receive",))
_LOOKS = frozenset(("receive", "load"))
_SETS = frozenset(("store",))
_READS = frozenset(("load",))


class HappensBefore:
    """Order between the witnesses of one program."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._functions = links.functions
        self._executors = links.executors
        self._waiting = {
            function.id: paths
            for function in links.functions.values()
            if function.receiver
            and (paths := [sync.path[1:] for sync in function.syncs if sync.kind == "wait" and sync.path[0] == "r" and not sync.at.nest])
        }
        """Methods that wait for what their object has started, with the wait groups in it: `func (g *group) wait() { g.wg.Wait() }`."""
        callers = (function for function in links.functions.values() if function.receiver and function.id not in self._waiting)
        self._waiting |= {function.id: inside for function in callers for inside in self._waits_of_others(function)} if self._waiting else {}
        self._hearing = {
            function.id: heard for function in links.functions.values() if (heard := [sync for sync in function.syncs if _always_waits(sync)])
        }
        """Functions that receive from a channel of their object, or from one that they are handed, whenever they are called: `{ <-s.done }`."""
        self._waits: dict[str, tuple[Sync, ...]] = {}
        self._rests: dict[str, list[int]] = {}
        self._syncs: dict[tuple[str, frozenset[str]], tuple[Sync, ...]] = {}
        self._callees_ends: dict[str, tuple[Sync, ...]] = {}

    def _waits_of_others(self, function: FunctionSummary) -> Iterator[list[Path]]:
        """Yield the wait groups of the methods that a method calls on its own object, and that wait."""
        for site in function.calls:
            if site.mode != "go" and not site.at.nest and site.receiver is not None and site.receiver.path == ("r",):
                yield from (self._waiting[target] for target in site.targets if target in self._waiting)

    def start(self, witness: Witness) -> Position:
        """Return where the function at the root of a spawn starts it."""
        return witness.hops[0].at

    def signals(self, witness: Witness) -> Iterator[tuple[Path, Sync | None]]:
        """Yield (path in the terms of the starting function, signal or None) of what a goroutine signals at its end.

        None stands for the group that started it, whose `Wait` waits for all.
        """
        link = witness.context.link
        if link is None:
            return
        below = next((index for index, hop in enumerate(witness.hops) if hop.site is link.site), 0)
        for index, hop in enumerate(witness.hops[: below + 1]):
            # A group's own method, or an API with a `Wait` of its own: waiting on the receiver is waiting for the goroutine.
            if hop.site is not None and hop.site.receiver is not None and hop.site.receiver.path is not None:
                by_api = link.callback is not None and bool(link.callback.wait) and hop.site is link.site
                by_group = not hop.spawns and hop.function != link.caller and index >= below - _HELPERS
                path = self._raised(hop.site.receiver.path, witness, index) if by_api or by_group else None
                if path is not None:
                    yield path, None
        entry = self._functions[link.callee]
        starter = self._functions[link.caller]
        for sync in self._ends_of_executors(link):
            raised = self._raised(sync.path, witness, below)
            if raised is not None:
                yield raised, sync
        for sync in (*entry.syncs, *self._deferred(entry), *self._ends_of_callees(entry)):
            if sync.kind not in _SIGNALS:
                continue
            own: Path | None = sync.path
            if (entry.root != starter.root and sync.path[0][0] in "pr") or parameter(sync.path[0], entry) >= 0:
                own = _handed(sync.path, entry, link.site)
            raised = self._raised(own, witness, below) if own is not None else None
            if raised is not None:
                yield raised, sync

    def signalled_names(self, witness: Witness) -> set[str]:
        """Return the names of what a goroutine signals at its end, also where its object is that of a method value (`go stage()`)."""
        names = {path[-1] for path, _ in self.signals(witness)}
        link = witness.context.link
        if link is not None and link.site.receiver is None and self._functions[link.callee].receiver:
            entry = self._functions[link.callee]
            own = (sync for sync in (*entry.syncs, *self._deferred(entry)) if sync.kind in _SIGNALS and sync.path[0] == "r")
            names |= {sync.path[-1] for sync in own if self._ends_with(sync, witness)}
        return names

    def _ends_of_executors(self, link: Link) -> Iterator[Sync]:
        """Yield what the goroutines signal at their end that run what is sent to a channel, in the terms of the sender."""
        sent = link.sent.channel.path if link.sent is not None else None
        if link.sent is None or not sent:
            return
        for path, sync in self._executors.answers(link.sent) if link.sent.beside else ():
            yield Sync(sync.kind, path, Position(DEFERRED, ()), sync.place, sync.locks)
        for function in self._executors.receivers(link.sent):
            received = [sync for sync in function.syncs if sync.kind == "receive"]
            for sync in (*self._of_kind(function.id, _SIGNALS), *self._deferred(function)):
                over = sync.at.order >= DEFERRED or (received and not any(n < 0 for n in sync.at.nest) and sync.at.order > received[-1].at.order)
                for channel, signal in self._executors.at_starts(function, {wait.path for wait in received}, sync.path) if over else ():
                    # What lies beside the channel in the executor's object lies beside it in the sender's.
                    if channel[-1] == sent[-1] and signal[: len(channel) - 1] == channel[:-1]:
                        yield Sync(sync.kind, (*sent[:-1], *signal[len(channel) - 1 :]), Position(DEFERRED, ()), sync.place, sync.locks)

    def _raised(self, path: Path, witness: Witness, index: int) -> Path | None:
        """Return a path of the function at one hop in the terms of the first hop's function, or None where that has no name for it."""
        for hop, callee in zip(reversed(witness.hops[:index]), reversed(witness.hops[1 : index + 1]), strict=True):
            caller, called = self._functions[hop.function], self._functions[callee.function]
            given = parameter(path[0], called) >= 0
            if path[0][0] == "l" and not given and hop.site is not None and (result := result_of(self._functions, path[0], caller, hop.site)):
                path = (result, *path[1:])
                continue
            if not given and (path[0][0] not in "pr" or caller.root == called.root):
                continue
            if (called.parent and not given) or hop.site is None:
                return None
            above = _handed(path, called, hop.site)
            if above is None:
                return None
            path = above
        return path

    def _deferred(self, entry: FunctionSummary) -> Iterator[Sync]:
        """Yield what a goroutine does at its end in literals and by way of helpers: `defer func() { …; wg.Done() }()`, `defer g.done()`."""
        for site in entry.calls:
            for token in site.targets if site.at.order >= DEFERRED else ():
                called = self._functions.get(token)
                if called is not None and called.parent == entry.id:
                    for sync in (*called.syncs, *self._deferred(called)):
                        yield Sync(sync.kind, sync.path, Position(site.at.order, ()), sync.place, (*sync.locks, *site.locks))
                elif called is not None and not called.parent and len(site.targets) == 1:
                    for sync in called.syncs:
                        path = _handed(sync.path, called, site) if not sync.at.nest else None
                        if path is not None:
                            yield Sync(sync.kind, path, Position(site.at.order, ()), sync.place, sync.locks)

    def _ends_of_callees(self, entry: FunctionSummary) -> tuple[Sync, ...]:
        """Return what functions that a goroutine calls do as their last: `fill(ch)`, where that closes the channel in the end."""
        if entry.id not in self._callees_ends:
            found = []
            for site in entry.calls:
                called = self._functions.get(site.targets[0]) if len(site.targets) == 1 and site.mode == "call" else None
                closing = [sync for sync in called.syncs if sync.kind in _ENDS] if called is not None and not called.parent else []
                for sync in closing:
                    path = _handed(sync.path, called, site) if called is not None and self._is_last(sync, called) else None
                    if path is not None:
                        found.append(Sync(sync.kind, path, Position(site.at.order + 1, site.at.nest), sync.place, sync.locks))
            self._callees_ends[entry.id] = tuple(found)
        return self._callees_ends[entry.id]

    def _is_last(self, sync: Sync, function: FunctionSummary) -> bool:
        """Tell whether a function uses no map and calls nothing any more when it comes to a signal. What is deferred last comes first."""
        if sync.at.nest:
            return False
        rest = [access.at.order for access in function.accesses]
        if sync.at.order < DEFERRED:
            return all(order < sync.at.order for order in (*rest, *(site.at.order for site in function.calls)))
        rest += [site.at.order for site in function.calls if any(target in self._functions for target in site.targets)]
        return all(order < DEFERRED or order >= sync.at.order for order in rest)

    def waits(self, function: str) -> tuple[Sync, ...]:
        """Return the waits of a function.

        Calling a method that waits is a wait for its receiver, and for the wait group in it; hearing of a wait that is over is one.
        """
        if function not in self._waits:
            called = tuple(
                Sync("wait", (*site.receiver.path, *inside), site.at, site.place, site.locks)
                for site in self._functions[function].calls
                if site.mode != "go" and site.receiver is not None and site.receiver.path
                for target in site.targets
                if target in self._waiting
                for inside in ((), *self._waiting[target])
            )
            heard = (
                replace(sync, path=path, at=site.at, place=site.place, locks=site.locks)
                for site in self._functions[function].calls
                if site.mode != "go"
                for target in site.targets
                for sync in self._hearing.get(target, ())
                if (path := _handed(sync.path, self._functions[target], site)) is not None
            )
            deferred = (sync for sync in self._deferred(self._functions[function]) if sync.kind in _WAITS)
            self._waits[function] = (
                *self._of_kind(function, _WAITS),
                *called,
                *heard,
                *deferred,
                *relayed_waits(self._functions[function], self._links),
            )
        return self._waits[function]

    def joined_by_caller(self, witness: Witness, link: Link) -> bool:
        """Tell whether the caller of the function that starts a goroutine waits for it: for the group, or wait group, that it has handed in."""
        for path, _ in self.signals(witness):
            above = _handed(path, self._functions[link.callee], link.site)
            if above is not None and any(wait.path == above and wait.at.order > link.site.at.order for wait in self.waits(link.caller)):
                return True
        return False

    def joined_before(self, witness: Witness, then: Position, function: str) -> bool:
        """Tell whether `function`, which starts the goroutine of a witness, surely waits for its end between the start and `then`."""
        start = self.start(witness)
        if then.order > start.order and (_blocks(witness) or self.over_before_return(witness)):
            return True
        own = self._own_share(witness, function)
        if own is not None and then.order > own.at.order and dominates(own.at, then):
            return True
        if self._filled_up(witness, then, function):
            return True
        for path, signal in self.signals(witness):
            for wait in self.waits(function):
                if wait.path != path or wait.at.order <= start.order:
                    continue
                if then.order > wait.at.order and common_loop(wait.at, start) and self.joined_each_turn(witness, function):
                    return True
                if signal is not None and not self._ends_with(signal, witness) and not self._used_up(witness, signal, wait, then, function):
                    continue
                if signal is not None and signal.kind == "send" and self.repeated(witness) and not any(n < 0 for n in wait.at.nest):
                    continue  # one receive for many senders
                if then.order < start.order and _ends_turn(wait, start, then):
                    return True
                if then.order >= DEFERRED and not _chosen(wait, start):
                    return True
                if follows(wait, start, then) or (dominates(_outside_loops(wait, start), then)):
                    return True
                if then.order > wait.at.order and _in_same_turn(wait, start, signal):
                    return True
        return False

    def may_be_joined(self, witness: Witness, then: Position, function: str) -> bool:
        """Tell whether `function`, which starts the goroutine of a witness, waits for its end on some ways between the start and `then`.

        Or for what it signals at the access, as a goroutine does that works off a queue.
        """
        start = self.start(witness)
        paths = {path for path, signal in self.signals(witness) if signal is None or not self._begins_with(signal, witness)}
        paths |= {sync.path for sync in self._of_kind(witness.function, _SIGNALS) if sync.kind == "done" and sync.path[0][:1] in "lg"}
        return any(wait.path in paths and start.order < wait.at.order < then.order for wait in self.waits(function))

    def _filled_up(self, witness: Witness, then: Position, function: str) -> bool:
        """Tell whether a loop takes all places of a semaphore again before `then`: `for range cap(sem) { sem <- token }`.

        Each goroutine has got its place before its start, and gives it back at its end.
        """
        start = self.start(witness)
        sends = self._of_kind(function, _SENDS)
        before = {send.path for send in sends if send.at.order < start.order}
        loops = [send for send in sends if send.path in before and then.order > send.at.order > start.order]
        loops = [send for send in loops if any(number < 0 for number in send.at.nest) and not common_loop(send.at, start)]
        link = witness.context.link
        if not loops or link is None:
            return False
        entry = self._functions[link.callee]
        given_back = [sync for sync in (*entry.syncs, *self._deferred(entry)) if sync.kind == "receive" and self._ends_with(sync, witness)]
        below = next((index for index, hop in enumerate(witness.hops) if hop.site is link.site), 0)
        for sync in given_back:
            own = _handed(sync.path, entry, link.site) if sync.path[0][0] == "p" or parameter(sync.path[0], entry) >= 0 else sync.path
            path = self._raised(own, witness, below) if own is not None else None
            if any(send.path == path and dominates(_outside_loops(send, start), then) for send in loops):
                return True
        return False

    def _own_share(self, witness: Witness, function: str) -> CallSite | None:
        """Return where a function that starts workers works along: it returns when all work is done."""
        link = witness.context.link
        if link is None or link.callback is not None or link.caller != function:
            return None
        own = works_along(link, self._functions)
        # `go pump(a, b); pump(b, a)` are two pieces of work, of which either may end first.
        return own if own is not None and _operands(own) == _operands(link.site) and None not in _operands(own) else None

    def over_before_return(self, spawn: Witness) -> bool:
        """Tell whether what starts a goroutine for its caller (`run(func() {…})`), or what has that started, waits for it before it returns."""
        link = spawn.context.link
        below = next((index for index, hop in enumerate(spawn.hops) if link is not None and hop.function == link.caller), 0)
        if link is not None and below > 0 and self._answered(link):
            return True
        frames = ((spawn.hops[index].function, replace(spawn, hops=spawn.hops[index:])) for index in range(below, 0, -1))
        return any(self.joined_before(way, Position(1 << 41, ()), function) for function, way in frames)

    def _answered(self, link: Link) -> bool:
        """Tell whether a starter goes on only when its goroutine has signalled something that has the name of what the starter waits for.

        The object may have got another name in between (`t = &T{…}; go run(t); <-t.done`).
        """
        entry = self._functions[link.callee]
        names = {sync.path[-1] for sync in (*entry.syncs, *self._deferred(entry)) if sync.kind in _SIGNALS and len(sync.path) > 1}
        waits = (wait for wait in self.waits(link.caller) if wait.at.order > link.site.at.order and not wait.at.nest)
        return any(len(wait.path) > 1 and wait.path[-1] in names for wait in waits)

    def held_until_joined(self, witness: Witness) -> list[Held]:
        """Return the locks that the starter of a goroutine holds when it starts it and still when it has waited for its end."""
        site, frame = witness.hops[0].site, witness.hops[0].function
        if site is None or not self.joined_before(witness, Position(1 << 41, ()), frame):
            return []
        paths = {path for path, _ in self.signals(witness)}
        waits = [wait for wait in self.waits(frame) if wait.path in paths and wait.at.order > site.at.order]
        return [lock for lock in site.locks if waits and all(lock.path in {held.path for held in wait.locks} for wait in waits)]

    def joined_each_turn(self, witness: Witness, function: str) -> bool:
        """Tell whether the loop around a start waits for the goroutine before its next turn."""
        start = self.start(witness)
        if _blocks(witness):
            return True
        for path, signal in self.signals(witness):
            for wait in self.waits(function):
                if wait.path == path and wait.at.order > start.order and common_loop(wait.at, start):
                    innermost = next(number for number in reversed(start.nest) if number < 0)
                    nest = _outside_loops(wait, start).nest
                    around = innermost in nest and nest == start.nest[: len(nest)]
                    if around and (signal is None or self._ends_with(signal, witness)):
                        return True
        return False

    def _ends_with(self, signal: Sync, witness: Witness) -> bool:
        """Tell whether the access of a witness surely stands before a signal of its goroutine."""
        hop, then = _in_goroutine(witness)
        if signal.at.order >= DEFERRED:
            return hop is None or hop.at.order < DEFERRED or self._given_later(signal, hop, then)
        return hop is not None and signal.at.order > hop.at.order and not common_loop(signal.at, hop.at)

    def _begins_with(self, signal: Sync, witness: Witness) -> bool:
        """Tell whether a goroutine has surely given a signal before it comes to its access."""
        hop, then = _in_goroutine(witness)
        if hop is not None and hop.at.order >= DEFERRED and signal.at.order >= DEFERRED:
            return not self._given_later(signal, hop, then)
        return hop is not None and signal.at.order < hop.at.order < DEFERRED and not common_loop(signal.at, hop.at)

    def _given_later(self, signal: Sync, hop: Hop, then: Hop | None) -> bool:
        """Tell whether a goroutine that defers both gives a signal after what it goes on to at a hop: what is deferred last comes first."""
        if then is not None and any(sync.place == signal.place for sync in self._functions[then.function].syncs):
            return then.at.order >= DEFERRED or signal.place.start > then.at.order  # one literal or helper does both
        return signal.at.order < hop.at.order

    def repeated(self, witness: Witness) -> bool:
        """Tell whether a start stands in a loop, so that several goroutines of it may run at once."""
        for hop in witness.hops:
            if any(number < 0 for number in hop.at.nest):
                return True
            if hop.spawns:
                break
        return False

    def self_parallel(self, witness: Witness) -> bool:
        """Tell whether two goroutines of one start may run at the same time, on the same map."""
        context = witness.context
        if context.kind == "handler":
            return True
        link = context.link
        if link is None or link.site.once:
            return False
        if link.callback is not None and link.callback.parallel:
            return True
        below = next((index for index, hop in enumerate(witness.hops) if hop.function == link.caller), 0)
        for index, hop in enumerate(witness.hops):
            loops = loops_around(hop.at)
            if index < below and self.over_before_return(witness):
                continue  # who is called in each turn waits for it
            if loops:
                if hop is witness.hops[0] and self._made_in_loop(witness, loops):
                    return False
                return index > below or not self.joined_each_turn(replace(witness, hops=witness.hops[index:]), hop.function)
            if hop.spawns:
                break
        return False

    def _made_in_loop(self, witness: Witness, loops: list[int]) -> bool:
        """Tell whether the object that holds the map is a variable of the loop's body, or is received there: another one in each turn."""
        hop, path = witness.hops[0], witness.path or ()
        family = self._functions[hop.function].root  # as a rule: keys on the way are not translated
        keys = [f"l{family}#{part[2:-1]}" for part in path if part[:2] == "[l" and part[2:-1].isdigit()]
        return all(any(self.varies(hop, name, [loop]) for name in keys) or self.another_each_turn(hop, path, [loop]) for loop in loops)

    def another_each_turn(self, hop: Hop, path: Path, loops: list[int]) -> bool:
        """Tell whether what a path leads to is another object in each turn of the loops around a call: a variable of theirs, or received there."""
        if not path or self.varies(hop, path[0], loops):
            return bool(path)
        if RECEIVED not in path:
            return False
        channel, frame = path[: path.index(RECEIVED)], self._functions[hop.function]
        received = [sync for sync in frame.syncs if sync.kind == "receive" and sync.path == channel]
        around = [(number, start) for number, start, _ in frame.loops if number in loops]
        return bool(received) and all(number in sync.at.nest or start == sync.place.start for sync in received for number, start in around)

    def varies(self, hop: Hop, root: str, loops: list[int]) -> bool:
        """Tell whether a local variable at the root of a path is another one in each turn of all the loops around a call."""
        return varies(self._functions, self._functions[hop.function], root, loops)

    def at_rest(self, witness: Witness) -> bool:
        """Tell whether a test waits until all goroutines of its bubble rest, before an access of its own."""
        return witness.context.kind != "spawn" and any(order < hop.at.order for hop in witness.hops for order in self._rests_in(hop.function))

    def _rests_in(self, function: str) -> list[int]:
        """Return where a function waits until all goroutines of its bubble rest."""
        if function not in self._rests:
            self._rests[function] = [site.at.order for site in self._functions[function].calls if "testing/synctest.Wait" in site.targets]
        return self._rests[function]

    def ordered_by_channel(self, left: Witness, right: Witness) -> bool:
        """Tell whether a signal after one access and a wait before the other order them, in either direction."""
        return self._signalled(left, right) or self._signalled(right, left)

    def _signalled(self, first: Witness, then: Witness) -> bool:
        own = _first_of_its_own(first)
        signals = [(signal, at) for index, signal, at in self._own_syncs(first, _SIGNALS) if index >= own]
        sent = {signal.path for signal, _ in signals if signal.kind == "send"}
        for signal, at in signals:
            # What is deferred last comes first.
            both = signal.at.order >= DEFERRED and at.order >= DEFERRED
            early = signal.at.order > at.order if both else signal.at.order < at.order
            each_turn = common_loop(signal.at, at) and signal.at.order < DEFERRED
            if early or (each_turn and not counted_off(signal, at)):
                continue
            if signal.kind == "close" and signal.path in sent:
                continue  # what is received first is a value that was sent before
            for index, wait, then_at in self._own_syncs(then, _WAITS):
                if wait.path != signal.path or not dominates(wait.at, then_at):
                    continue
                if not each_turn or self._all_counted(first, then, index, wait, then_at):
                    return True
        group = _group_of(first)
        waits = self._own_syncs(then, _WAITS) if group is not None else ()
        return any(
            wait.kind == "wait" and wait.path == group and dominates(wait.at, at) and self._started_ahead(first, then, index, wait, at)
            for index, wait, at in waits
        )

    def joined_at_end(self, witness: Witness, function: str) -> bool:
        """Tell whether `function` waits for a goroutine wherever it has started it, before it returns.

        One that comes to the starter twice may wait for both goroutines, which run side by side.
        """
        hop, link = witness.hops[0], witness.context.link
        again = (out for out in self._links.out_of.get(function, ()) if out.site is not hop.site)
        if link is None or any(link.caller in self._links.runs(out.callee) for out in again):
            return False
        paths = {path for path, signal in self.signals(witness) if signal is None or self._ends_with(signal, witness)}
        waits = [wait for wait in self.waits(function) if wait.path in paths and wait.at.order > hop.at.order]
        if any(wait.kind == "wait" and wait.at.order >= DEFERRED for wait in waits):
            return True
        left = any(wait.since > hop.at.order for wait in waits)
        return not left and self.joined_before(witness, Position(DEFERRED - 1, ()), function)

    def leads_there_behind(self, step: tuple[Hop | None, Hop | None], goal: str) -> bool:
        """Tell whether what a function goes on to in a step comes before all its other calls that lead to another function.

        Where the step itself leads there, too, it is not taken again in another turn.
        """
        hop, below = step
        if hop is None:
            return True
        if below is not None and any(number < 0 for number in hop.at.nest) and goal in self._links.runs(below.function):
            return False
        late = hop.at.order >= DEFERRED  # what is deferred last comes first
        others = (link for link in self._links.out_of.get(hop.function, ()) if link.site is not hop.site)
        early = (link for link in others if may_follow(link.site.at, hop.at) or (late and link.site.at.order >= DEFERRED))
        return not any(goal in self._links.runs(link.callee) for link in early)

    def _used_up(self, witness: Witness, signal: Sync, wait: Sync, then: Position, function: str) -> bool:
        """Tell whether a goroutine that works off a queue, or a list, is done with all of it when a function has waited for that."""
        hop, _ = _in_goroutine(witness)
        if hop is not None and signal.kind == "send" and wait.at.nest and hop.at.order < signal.at.order and not self.repeated(witness):
            sender, nest = self._functions[hop.function], self.start(witness).nest
            return hop.at.nest[:1] == signal.at.nest and all_received(self._links, signal, sender, wait, self._functions[function], nest)
        if hop is None or wait.kind != "wait" or not counted_off(signal, hop.at) or not declared_together(self._functions, witness.path, wait.path):
            return False
        return all_added(self._links, wait.path, wait, then, function, None)

    def _all_counted(self, first: Witness, then: Witness, index: int, wait: Sync, at: Position) -> bool:
        """Tell whether nothing that the turns of a loop count off a wait group is left when another way has waited for it."""
        if not declared_together(self._functions, first.path, wait.path):
            return False
        started = then.hops[index - 1] if index and then.hops[index - 1].spawns else None
        return wait.kind == "wait" and all_added(self._links, wait.path, wait, at, then.hops[index].function, started)

    def _started_ahead(self, first: Witness, then: Witness, index: int, wait: Sync, at: Position) -> bool:
        """Tell whether a group has started the goroutine of the first way when a function on the other one waits for the group."""
        link, waiting = first.context.link, then.hops[index].function
        assert link is not None
        if wait.path[0][:1] == "l":
            # A local variable may wait in a goroutine of its own, which is started behind the other one.
            start, waiter = first.hops[0], then.hops[0]
            if not 0 < _first_of_its_own(then) <= index or start.function != waiter.function or start.at.order >= waiter.at.order:
                return False
            loops = loops_around(start.at, waiter.at)
            own = first.path is not None and (not loops or self.varies(start, first.path[0], loops[-1:]))
            return own and declared_together(self._functions, first.path, wait.path)
        behind = (out for out in self._links.out_of.get(waiting, ()) if wait.at.order < out.site.at.order <= at.order)
        return not any(out.site is link.site or link.caller in self._links.runs(out.callee) for out in behind)

    def published(self, left: Witness, right: Witness) -> bool:
        """Tell whether one side puts a map in place unless an atomic flag says that it is there, and sets the flag, and the other looks at that."""
        return self._publishes(left, right) or self._publishes(right, left)

    def _publishes(self, first: Witness, then: Witness) -> bool:
        access = first.access
        if not any(
            other.op == "assign" and other.identity == access.identity and other.at.order <= access.at.order
            for other in self._functions[first.function].accesses
        ):
            return False
        stored = {sync.path for _, sync, at in self._own_syncs(first, _SETS) if sync.at.order > at.order and len(sync.path) > 1}
        checked = {sync.path for _, sync, at in self._own_syncs(first, _READS) if dominates(sync.at, at)}
        seen = {sync.path for _, sync, at in self._own_syncs(then, _READS) if dominates(sync.at, at)}
        return not stored.isdisjoint(checked & seen)

    def handed_over(self, left: Witness, right: Witness) -> bool:
        """Tell whether two goroutines of one object talk to each other around two accesses: one signals after its own, the other looks before.

        What they say may go through a third goroutine, so this orders nothing for sure, and leaves doubt. So does what one does in some turns of
        its loop, as in the first, and tells in all.
        """
        return self._tells(left, right) or self._tells(right, left)

    def _tells(self, first: Witness, then: Witness) -> bool:
        own = _first_of_its_own(first)
        told = [
            sync.path
            for index, sync, at in self._own_syncs(first, _TELLS)
            if index >= own
            and sync.at.order > at.order
            and len(sync.path) > 1
            and (not common_loop(sync.at, at) or not set(sync.at.nest).issuperset(at.nest))
        ]
        looked = [sync.path for _, sync, at in self._own_syncs(then, _LOOKS) if len(sync.path) > 1 and dominates(sync.at, at)] if told else []
        return any(one[-1] == other[-1] or one[:-1] == other[:-1] for one in told for other in looked)

    def receives_its_own(self, witness: Witness) -> bool:
        """Tell whether a goroutine has received the map that it uses out of a channel itself: another one gets another value."""
        if not witness.path or RECEIVED not in witness.path:
            return False
        channel = witness.path[: witness.path.index(RECEIVED)]
        own = _first_of_its_own(witness)
        received = ((index, sync) for index, hop in enumerate(witness.hops) if index >= own > 0 for sync in self._of_kind(hop.function, _RECEIVES))
        return any(self._raised(sync.path, witness, index) == channel for index, sync in received)

    def let_go_on_some_turn(self, first: Witness, then: Witness) -> bool:
        """Tell whether what comes to one access waits for a signal that the other side gives on some turn of a loop, before its own access or after.

        Which turn that is depends on values, so this orders nothing, and leaves doubt.
        """
        awaited = {sync.path for _, sync, at in self._own_syncs(then, _WAITS) if dominates(sync.at, at)}
        return bool(awaited) and any(
            sync.path in awaited and common_loop(sync.at, at) and not set(at.nest).issuperset(sync.at.nest)
            for _, sync, at in self._own_syncs(first, _SIGNALS)
        )

    def _own_syncs(self, witness: Witness, kinds: frozenset[str]) -> Iterator[tuple[int, Sync, Position]]:
        """Yield the syncs in the functions on a way, with the number of their hop, and where that goes on to the access.

        A parameter says nothing by its number: it has the name of what the first function passes, or none that another way may have.
        """
        for index, hop in enumerate(witness.hops):
            for sync in self._of_kind(hop.function, kinds):
                if len(sync.path) > 1 or sync.path[0][0] != "p":
                    yield index, sync, hop.at
                    continue
                raised = self._raised(sync.path, witness, index)
                if raised is not None:
                    first = witness.hops[0].function if raised[0][0] in "pr" else ""
                    yield index, Sync(sync.kind, (first + raised[0], *raised[1:]), sync.at, sync.place, sync.locks), hop.at

    def _of_kind(self, function: str, kinds: frozenset[str]) -> tuple[Sync, ...]:
        key = (function, kinds)
        if key not in self._syncs:
            self._syncs[key] = tuple(sync for sync in self._functions[function].syncs if sync.kind in kinds)
        return self._syncs[key]


def works_along(link: Link, functions: Mapping[str, FunctionSummary]) -> CallSite | None:
    """Return where a starter calls what it runs as goroutines itself, once they run: it is one of the workers, and they end together."""
    calls = functions[link.caller].calls
    found = (site for site in calls if site.mode == "call" and site.at.order > link.site.at.order and link.callee in site.targets)
    return next(found, None)


def _operands(site: CallSite) -> list[Path | None]:
    """Return the paths of receiver and arguments, None for what has none."""
    receiver = [site.receiver.path] if site.receiver is not None else []
    return [*receiver, *(argument.path for argument in site.args)]


def _always_waits(sync: Sync) -> bool:
    """Tell whether whoever calls a function waits, for something of the object, or of the package, or that it is handed."""
    if sync.at.nest or sync.path[0][0] not in "rpg":
        return False
    return sync.kind == "receive" or (sync.kind == "wait" and sync.path[0][0] != "r")  # of wait groups of the object the methods are known already


def _blocks(witness: Witness) -> bool:
    """Tell whether the API that runs a goroutine returns only when it has ended."""
    link = witness.context.link
    return link is not None and link.callback is not None and link.callback.blocks


def _handed(path: Path, called: FunctionSummary, site: CallSite) -> Path | None:
    """Return what a path stands for that starts at the receiver or a parameter of what a call calls, in terms of the caller."""
    head = path[0]
    if head[0] == "g":
        return path
    if head[0] not in "rp":
        index = parameter(head, called)
        if index < 0:
            return None
        head = f"p{index}"
    argument = handed(site, head)
    return (*argument.path, *path[1:]) if argument is not None and argument.path else None


def _in_goroutine(witness: Witness) -> tuple[Hop | None, Hop | None]:
    """Return the hop of the function that a goroutine runs, and the next one."""
    link = witness.context.link
    for hop, then in itertools.pairwise((*witness.hops, None)):
        if hop is not None and link is not None and hop.function == link.callee:
            return hop, then
    return None, None


def _first_of_its_own(witness: Witness) -> int:
    """Return the hop that a goroutine begins with: what a function does after it has started one says nothing of how far that has come."""
    return max((index for index, hop in enumerate(witness.hops) if hop.spawns), default=-1) + 1


def _group_of(witness: Witness) -> Path | None:
    """Return the wait group in an object that a goroutine was started by, `s.wg.Go(…)`: it signals that at its end."""
    link = witness.context.link
    if link is None or link.callback is None or not link.callback.wait or link.site.receiver is None:
        return None
    path = link.site.receiver.path
    return path if path is not None and path[0][0] in ("rg" if len(path) > 1 else "l") else None


def follows(wait: Sync, start: Position, then: Position) -> bool:
    """Tell whether a wait has surely been over when `then` comes, if the start took place: it stands in no branch that does not hold either."""
    around = tuple(number for number in wait.at.nest if number < 0 or number not in start.nest or number in then.nest)
    return dominates(Position(wait.at.order, around), then)


def _chosen(wait: Sync, start: Position) -> bool:
    """Tell whether a receive is one of several things that happen, as where a select waits for a timeout as well; not, if it is tried again."""
    around = [number for number in wait.at.nest if number not in start.nest]
    return wait.kind == "receive" and any(number > 0 for number in around) and all(number > 0 for number in around)


def _ends_turn(wait: Sync, start: Position, then: Position) -> bool:
    """Tell whether a wait stands in the body of the loop in whose next turn `then` comes after a start: it is over by then."""
    around = [index for index, number in enumerate(start.nest) if number < 0 and number in then.nest]
    return bool(around) and wait.at.nest == start.nest[: around[-1] + 1]


def _in_same_turn(wait: Sync, start: Position, signal: Sync | None) -> bool:
    """Tell whether a wait comes behind a start in each turn of the loops around both: it is over when those are left.

    One receive waits for one of those that are started in a loop of their own.
    """
    nest = _outside_loops(wait, start).nest
    if nest != start.nest[: len(nest)]:
        return False
    return nest != wait.at.nest or signal is None or signal.kind != "send" or not any(number < 0 for number in start.nest[len(nest) :])


def _outside_loops(wait: Sync, start: Position) -> Position:
    """A loop that only waits (`for range n { <-done }`) has waited for all when it is over."""
    nest = tuple(number for number in wait.at.nest if number > 0 or number in start.nest)
    return Position(wait.at.order, nest)


__all__ = ["FunctionSummary", "HappensBefore", "may_follow"]
