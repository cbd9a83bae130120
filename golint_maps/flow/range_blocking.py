"""Loops over maps that wait for others in their body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.annotations import requirements
from golint_maps.flow.blocking import Blocking, blocking
from golint_maps.flow.held_locks import Held, held_at
from golint_maps.flow.identity import Names
from golint_maps.flow.keyspace import written_tables
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.range_locks import guards
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.view import View


class RangeBlocked(Site, frozen=True, tag="range-blocked"):
    """A statement in a loop over a map waits for somebody else.

    `how` is send, receive, select, sleep, wait, network or file; `what` is waited for, as written; `inside` the function of this package that
    waits, where the statement calls it. `lock` is the lock that is held meanwhile, as written: empty when none is, `~` for one that the callers hold.
    """

    how: str
    what: str
    inside: str
    lock: str
    loop: Place
    over: str


def ranges_blocked(view: View, loops: Sequence[MapRange]) -> Iterator[RangeBlocked]:
    """Yield the statements that wait in loops over maps. Tests wait as they like."""
    if not view.package.thorough or view.path.endswith("_test.go"):
        return
    names: Names | None = None
    told: set[int] = set()
    for found in loops:
        if found.path is None:
            continue
        waits = [item for item in blocking(view, found.loop.body) if item.start not in told]
        if not waits:
            continue
        names = names or Names(view)
        held = held_at(names, found.function.body or (), [item.statement for item in waits])
        for item in waits:
            lock = _lock(view, names, found, held.get(id(item.statement), {}))
            if lock or (_is_kept(view, found) and not _ends_by_itself(found, item)):
                told.add(item.start)
                yield _fact(view, found, item, lock)


def _lock(view: View, names: Names, found: MapRange, held: Held) -> str:
    """Return the lock that is held for the map, or an empty string."""
    target = names.rooted(found.path)
    if target is None or (target[0][0] == "l" and len(target) == 1):
        return ""
    for lock, spelled in held.items():
        if guards(lock, target):
            return spelled
    root = view.root
    if found.function is root and (root.name.endswith("Locked") or requirements(root, view.package)):
        return "~"
    return ""


def _is_kept(view: View, found: MapRange) -> bool:
    """Tell whether the map is one that others may want to change or to be rid of: a field or package variable, no copy of this function's own."""
    assert found.path is not None
    root = found.path[0]
    if root[0] == "g":
        # A table, filled where it is declared, stays for good anyway.
        return len(found.path) > 1 or root.rpartition(".")[2] not in written_tables(view.package)
    return len(found.path) > 1 and view.variables[int(root[1:])].kind in ("receiver", "param")


def _ends_by_itself(found: MapRange, item: Blocking) -> bool:
    """Tell whether a wait is none to worry about without a lock: a file's, a helper's, and the joins of as many goroutines as there are entries."""
    counts = found.loop.key is None and found.loop.value is None
    return item.how in ("file", "wait") or bool(item.inside) or (counts and item.how == "receive")


def _fact(view: View, found: MapRange, item: Blocking, lock: str) -> RangeBlocked:
    return RangeBlocked(
        place=place(view, item.start, item.end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(found.operand, view.variables),
        owner=qualified(view, found.operand),
        how=item.how,
        what=item.what,
        inside=item.inside,
        lock=lock,
        loop=place(view, found.loop.pos, found.loop.end),
        over=spell(found.operand, view.variables),
    )
