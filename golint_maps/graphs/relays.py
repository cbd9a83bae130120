"""Waits that a helper goroutine makes for its starter: `go func() { wg.Wait(); close(done) }(); <-done` has waited for the group."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.events import FunctionSummary, Sync
from golint_maps.flow.structure import dominates
from golint_maps.graphs.links import Links


def relayed_waits(function: FunctionSummary, links: Links) -> Iterator[Sync]:
    """Yield what receives of a function wait for by way of a goroutine that tells it over a channel when its own wait is over."""
    receives = [sync for sync in function.syncs if sync.kind == "receive"]
    for link in links.out_of.get(function.id, ()) if receives else ():
        helper = links.functions[link.callee]
        if not link.spawns or link.callback is not None or helper.parent != function.id:
            continue
        for wait in helper.syncs:
            signals = [sync for sync in helper.syncs if wait.kind == "wait" and sync.kind in ("close", "send") and dominates(wait.at, sync.at)]
            for signal in signals:
                for receive in receives:
                    if receive.path == signal.path and receive.at.order > link.site.at.order and _tells(signal, receive, function, links):
                        yield Sync("wait", wait.path, receive.at, receive.place, receive.locks)


def _tells(signal: Sync, receive: Sync, function: FunctionSummary, links: Links) -> bool:
    """Tell whether a receive is over only when the signal has come: others may send to the channel as well, but to its end it is read only then."""
    to_the_end = any(start == receive.at.order for _, start, _ in function.loops)
    return (signal.kind == "close" and to_the_end) or not any(_gives_away(other, signal) for other in links.family(function.root))


def _gives_away(function: FunctionSummary, signal: Sync) -> bool:
    """Tell whether a function sends to the channel of a signal elsewhere, or hands it to somebody who may."""
    if any(sync.kind == "send" and sync.path == signal.path and sync.place != signal.place for sync in function.syncs):
        return True
    return any(argument.path == signal.path for site in function.calls for argument in site.args)
