"""Which locks two ways have in common, and whether those keep them apart."""

from __future__ import annotations

import re

from golint_maps.flow.events import BORROWED, ONCE, SERIAL, Held
from golint_maps.graphs.naming import beside
from golint_maps.graphs.objects import elements
from golint_maps.graphs.witness import PRIVATE, Witness

_VARIABLE = re.compile(r"\[l\d+\]")
"""A key that is a variable: another call has another one."""


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


def of_another_object(lock: Held, witness: Witness) -> bool:
    """Tell whether the accessing function holds a lock of another object than the one whose map it accesses: `src.mu` for `dst.m`."""
    path = witness.access.path
    own = next((mine for mine in witness.access.locks if mine == lock), None)
    return own is not None and len(path) > 1 and len(own.path) > 1 and own.path[0] != path[0] and own.path[0][:1] in "lrp" and path[0][:1] in "lrp"


def only_elsewhere(name: str, witness: Witness) -> bool:
    """Tell whether the lock beside a map is only held in another object of the same type than the one whose map is accessed.

    Of `func (s *set) merge(other *set)`, which holds `s.mu` and walks over `other.items`: whoever calls it may hold `other.mu`, but does not.
    """
    path = witness.access.path
    if len(path) < 2 or path[0][:1] not in "rp" or not beside(name, witness.identity):
        return False
    own = [lock for lock in witness.access.locks if lock.name == name]
    if not own or any(len(lock.path) < 2 or lock.path[0][:1] not in "rp" or lock.path[0] == path[0] for lock in own):
        return False
    held = [lock.path for lock in witness.locks if lock.name == name]
    return witness.path is not None and all(place and place[:-1] != witness.path[:-1] for place in held)


def _same_lock(mine: Held, left: Witness, theirs: Held, right: Witness) -> bool:
    """Tell whether two locks of one name are one lock, when the maps are one map: unless one is of another object, or chosen by another key."""
    if mine.name[:1] in "gl":
        return True
    if only_elsewhere(mine.name, left) or only_elsewhere(theirs.name, right):
        return False
    if mine.path[-1:] == (SERIAL,) and _of_two_actors(mine, left, theirs, right):
        return False
    return "index" not in (_related(mine, left), _related(theirs, right))


def _of_two_actors(mine: Held, left: Witness, theirs: Held, right: Witness) -> bool:
    """Tell whether actors are two: variables of one function, or one has the map in itself and the other one has not."""
    ours, others = mine.path[0], theirs.path[0]
    if ours != others and ours[:1] == "l" == others[:1] and ours.partition("#")[0] == others.partition("#")[0]:
        return True
    return {_of_its_object(mine, left), _of_its_object(theirs, right)} == {True, False}


def _of_its_object(lock: Held, witness: Witness) -> bool | None:
    """Tell whether an actor has the map of a way in itself, or another object has it; None where that is not seen."""
    actor, path = lock.path[:-1], witness.path or ()
    if path[: len(actor)] == actor:
        return True
    return False if len(actor) == 1 and len(path) == 2 and actor[0][:1] in "lrp" and path[0][:1] in "lrp" else None


def _related(lock: Held, witness: Witness) -> str:
    """Return how a lock lies to its map: `near` (in an object around it), `far`, or `index` (chosen by another key than the map, or by one alone)."""
    own = next((mine for mine in witness.access.locks if mine.name == lock.name), None)
    if own is None or not own.path or own.path[0] != witness.access.path[0]:
        return "far"  # taken by a caller, where the key has another name
    keys = elements(witness.access.path)
    for part in elements(own.path):
        if part not in keys:
            return "index" if keys or _VARIABLE.fullmatch(part) else "near"
    return "near"
