"""Declared intent, checked: accesses without the lock that the declaration names, and calls without the lock that the callee asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from golint_maps.flow.events import CallSite, FunctionSummary, Held, MapAccess
from golint_maps.graphs.alone import kept_apart, on_one_goroutine
from golint_maps.graphs.exclusion import only_elsewhere
from golint_maps.graphs.links import Link
from golint_maps.graphs.naming import hidden, sets_up
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_DEPTH = 3
_SAYS_SO = re.compile(r"Unsafe|^unsafe|\.unsafe|NoLock|NotLocked|Unlocked|WithoutLock|Lockless|LockFree|no_lock|NoMutex")
"""Names of functions that say that they do without the lock."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A declared lock is not held. `call` is the call of a function that asks for it; None for a direct access."""

    side: Witness
    lock: Held
    words: str
    call: CallSite | None = None
    callee: str = ""


def says_so(name: str) -> bool:
    """Tell whether a function says by its name that it does without a lock: `UnsafeLoad`, `getNoLock`."""
    return _SAYS_SO.search(name) is not None


def breaches(races: Races) -> Iterator[Breach]:
    """Yield every access and call that breaks a declared contract, in source order of the declarations."""
    yield from _accesses(races)
    yield from _calls(races)


def _accesses(races: Races) -> Iterator[Breach]:
    for identity, guard in sorted(races.declared.items()):
        ways = races.all_ways(identity)
        others = [way for way in ways if not _private(way)]
        driven = {way.access.place for way in others if not races.functions[way.hops[0].function].test}
        for witness in ways:
            function = races.functions[witness.function]
            if (
                says_so(function.name)
                or witness.access.op == "load"
                or witness.access.alias
                or _private(witness)
                or function.test
                or sets_up(function)
                or races.outsiders.called_from_elsewhere(witness)
                or (witness.access.place in driven and races.functions[witness.hops[0].function].test)
            ):
                continue
            elsewhere = only_elsewhere(guard.lock, witness)
            modes = {lock.mode for lock in witness.locks if lock.name == guard.lock and not elsewhere}
            if "w" in modes or ("r" in modes and not witness.access.writes) or any(lock.name.endswith("~") for lock in witness.locks):
                continue
            if not modes and not on_one_goroutine(races, witness, others) and not kept_apart(races, witness, others):
                yield Breach(witness, Held((), "w", guard.lock), guard.words)


def _private(witness: Witness) -> bool:
    return witness.context.kind in ("init", "own", "unseen")


def _calls(races: Races) -> Iterator[Breach]:
    for callee in sorted(races.functions):
        summary = races.functions[callee]
        requires = [(_told_by_declarations(races, summary, lock, words), words) for lock, words in summary.requires]
        if not requires or not _touches_maps(races, callee) or not _is_practised(races, callee, requires):
            continue
        links = races.links.into.get(callee, ())
        # Where nobody who calls it holds any lock, the name may speak of something else: a row of a table, a file.
        meant = any(link.site.locks or races.functions[link.caller].requires for link in links)
        for link in links:
            caller = races.functions[link.caller]
            if caller.test or caller.receiver.endswith("Locked") or callee not in link.site.targets:
                continue  # through a function value or an interface nobody knows which contract holds
            for lock, words in requires:
                if lock.name == "~" and not (meant and words.startswith("the name")):
                    continue  # a comment that names no lock, where there is no telling which one it means
                yield from _started(races, link, lock, words) if link.spawns else _unheld(races, caller, link.site, callee, lock, words)


def _started(races: Races, link: Link, lock: Held, words: str) -> Iterator[Breach]:
    """Judge a `go` statement on a function that asks for a lock: a goroutine has none of its starter's, unless that keeps it until it has waited."""
    callee = races.functions[link.callee]
    held = (*(access.locks for access in callee.accesses), *(site.locks for site in callee.calls))
    if any(mine.name == lock.name for locks in held for mine in locks):
        return  # it gives back the lock that its starter has handed to it
    access = _call_as_access(races.functions[link.caller], link.site, link.callee)
    for context, hops in races.witnesses.chains(link.callee):
        way = Witness(access, context, hops[:1], access.path, access.identity, ())
        if context.link is link and not races.functions[hops[0].function].test:
            if lock.name not in {mine.name for mine in races.order.held_until_joined(msgspec.structs.replace(way, hops=hops))}:
                yield Breach(way, lock, words, link.site, link.callee)
            return


def _told_by_declarations(races: Races, summary: FunctionSummary, lock: Held, words: str) -> Held:
    """Return the lock that a name like `dropLocked` means where the receiver has several: the one that the maps used there are declared to need."""
    if lock.name != "~" or not words.startswith("the name"):
        return lock
    needed = {races.declared[access.identity].lock for access in summary.accesses if access.identity in races.declared}
    return Held((), lock.mode, needed.pop(), "") if len(needed) == 1 else lock


def _is_practised(races: Races, callee: str, requires: Sequence[tuple[Held, str]]) -> bool:
    """Tell whether a contract that only a name asks for is one: who calls the function holds a lock, of those that it may mean if any.

    A name like `runLocked` may as well say what the function does, or mean the lock of another object.
    """
    if not all(words.startswith("the name") for _, words in requires):
        return True
    meant = {lock.name for lock, _ in requires}
    held = {lock.name for link in races.links.into.get(callee, ()) for lock in (*link.site.locks, *_held_on_the_way(races, link.caller))}
    if not held and "~" not in meant:
        return any(not access.locks for access in races.functions[callee].accesses)  # it has to be seen that the function itself needs one
    return bool(held) if "~" in meant else not held.isdisjoint(meant)


def _held_on_the_way(races: Races, function: str) -> Iterator[Held]:
    """Yield the locks that some way to a function holds at its calls."""
    for _, hops in races.witnesses.chains(function):
        yield from (lock for hop in hops if hop.site is not None for lock in hop.site.locks)


def _unheld(races: Races, caller: FunctionSummary, site: CallSite, callee: str, lock: Held, words: str) -> Iterator[Breach]:
    """Follow a call upwards as if it were an access to what the lock lies in."""
    if site.receiver is not None and site.receiver.owned:
        return
    access = _call_as_access(caller, site, callee)
    for witness in races.witnesses.of(caller, access):
        held = witness.locks
        if hidden(races.functions[witness.context.entry]) and races.outsiders.called_in_sight(witness):
            continue  # those who call it are judged
        if _private(witness) or races.functions[witness.hops[0].function].test or any(mine.name.endswith("~") for mine in held):
            continue
        if lock.name == "~" or lock.name[:1] not in "fg":
            if held:
                continue
        elif any(mine.name == lock.name for mine in held) or (held and lock.name.rpartition(".")[0] not in {m.name.rpartition(".")[0] for m in held}):
            continue
        yield Breach(witness, lock, words, site, callee)
        return


def _call_as_access(caller: FunctionSummary, site: CallSite, callee: str) -> MapAccess:
    """Return a call as if it were an access to what the lock that it needs lies in."""
    receiver = site.receiver
    return MapAccess(
        place=site.place,
        function=caller.name,
        package=caller.package,
        map=site.spelled,
        op="update",
        path=receiver.path if receiver is not None and receiver.path is not None else (f"g{callee}",),
        identity=f"f{callee}()",
        at=site.at,
        locks=site.locks,
    )


def _touches_maps(races: Races, function: str) -> bool:
    """Tell whether a function, or one that it calls, uses a map that others may share."""
    memo: Mapping[str, bool] = races.links.touching(_DEPTH)
    return memo.get(function, False)
