"""Wait groups, groups of goroutines and channels in local variables: whether all work is done when somebody has waited for them."""

from __future__ import annotations

from collections.abc import Mapping

from golint_maps.flow.events import FunctionSummary, Position, Sync
from golint_maps.flow.structure import DEFERRED
from golint_maps.graphs.links import Links
from golint_maps.graphs.variables import local
from golint_maps.graphs.witness import Hop, Path


def declared_together(functions: Mapping[str, FunctionSummary], path: Path | None, group: Path) -> bool:
    """Tell whether a map and a group are local variables, or lie in ones, of one function, and there is no second group for one map."""
    mine, its = local(functions, path[0] if path else ""), local(functions, group[0])
    if mine is None or its is None or mine.function != its.function:
        return False
    return all(start <= mine.position < end for _, start, end in functions[its.function].loops if start <= its.position < end)


def counted_off(done: Sync, at: Position) -> bool:
    """Tell whether each turn of a loop that comes to a position counts itself off a wait group behind it.

    `for x := range queue { use(x); wg.Done() }`
    """
    if done.kind != "done" or not at.order < done.at.order < DEFERRED or not any(number < 0 for number in done.at.nest):
        return False
    return done.at.nest == at.nest[: len(done.at.nest)] and done.since < at.order


def all_added(links: Links, group: Path, wait: Sync, then: Position, waiting: str, started: Hop | None) -> bool:
    """Tell whether all that a wait group waits for has been added to it when a function waits, or is added only when that has come to `then`.

    The function may run as a goroutine that another one has `started`, when it has added all. When such a wait is over, nothing is left to be counted
    off: else there were more calls of `Done` than were added, which ends the program.
    """
    variable = local(links.functions, group[0])
    if variable is None or len(group) > 1:
        return False
    added = False
    for function in links.family(variable.family):
        for site in function.calls:
            if any(argument.path == group for argument in site.args):
                return False  # whoever has it may add to it
            if site.receiver is None or site.receiver.path != group or not site.spelled.endswith(".Add"):
                continue
            if function.id == waiting:
                ahead = not wait.at.order <= site.at.order <= then.order
            else:
                ahead = started is not None and function.id == started.function and _ahead(site.at, started.at, function, variable.position)
            if not ahead:
                return False
            added = True
    return added


def _ahead(first: Position, then: Position, function: FunctionSummary, declared: int) -> bool:
    """Tell whether a position comes before another one in each turn of the loops around the declaration of a variable, which others leave alone."""
    others = {number for number, start, end in function.loops if not start <= declared < end}
    return first.order < then.order and others.isdisjoint(number for number in first.nest if number in then.nest)


def all_received(links: Links, sent: Sync, sender: FunctionSummary, received: Sync, receiver: FunctionSummary, around: tuple[int, ...]) -> bool:
    """Tell whether a function receives as often as a goroutine may send, since both do so once for each element of one variable.

    `go func() { for _, x := range xs { use(x); done <- x } }(); for range xs { <-done }`. The receives stand in what is `around` the start, and a
    loop.
    """
    channel = local(links.functions, received.path[0])
    if channel is None or len(received.path) > 1 or sender.root != receiver.root or (sent.kind, received.kind) != ("send", "receive"):
        return False
    mine, its = dict(sender.loop_lengths), dict(receiver.loop_lengths)
    if len(sent.at.nest) != 1 or received.at.nest[:-1] != around or mine.get(sent.at.nest[0], -1) != its.get(received.at.nest[-1:][0], -2):
        return False
    for function in links.family(channel.family):
        for sync in function.syncs:
            other = sync.path == received.path and sync.kind in ("send", "close") and sync.place != sent.place
            if other and (sync.kind == "send" or function.id != sender.id or sync.at.order < sent.at.order):
                return False
        if any(argument.path == received.path for site in function.calls for argument in site.args):
            return False
    return True
