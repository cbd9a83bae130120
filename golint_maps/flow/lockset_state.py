"""What is known at one point of a function: the locks held, what is owned, and which flags are decided."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from golint_maps.flow.events import Held
from golint_maps.syntax import ir

Locks = dict[tuple[str, ...], Held]
SINCE: Final = "since"
"""Stands before the number of a local variable, among what a function owns: no lock has been given back since it got an element."""
Flag = tuple[int | tuple[int, str] | str, bool]
"""A local variable that never changes, and its truth, or whether it is not nil; or such a variable with a constant, and whether they are equal.

Or a setting, by its program-wide name, and its truth.
"""


class State:
    """Locks held, by path, and what is owned: locals by number, fields of local structs by path.

    `assumed` are the flags whose truth is known here, `granted` the locks that are held wherever a flag is found to be so
    (`if shared { mu.Lock(); defer mu.Unlock() }` and, later, `if shared { m[k] = v }`). `placed` are the local variables whose map has been put
    in place, with where that is: it has two names from there on. These three are replaced, never changed.
    """

    __slots__ = ("assumed", "granted", "held", "owned", "placed")

    def __init__(
        self,
        held: Locks,
        owned: frozenset[int | tuple[str, ...]],
        assumed: frozenset[Flag] = frozenset(),
        granted: Mapping[Flag, Locks] = MappingProxyType({}),
        placed: Mapping[int, ir.Expr] = MappingProxyType({}),
    ) -> None:
        self.held = held
        self.owned = owned
        self.assumed = assumed
        self.granted = granted
        self.placed = placed

    def release(self, path: tuple[str, ...]) -> None:
        """Give a lock back, whatever flags asked for it."""
        self.held.pop(path, None)
        if self.owned:
            self.owned = frozenset(what for what in self.owned if isinstance(what, int) or what[0] != SINCE)
        if self.granted:
            self.granted = {flag: {other: lock for other, lock in found.items() if other != path} for flag, found in self.granted.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State) or self.held != other.held or self.owned != other.owned:
            return False
        return self.granted == other.granted and self.placed.keys() == other.placed.keys()

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> State:
        """Return an independent copy."""
        return State(dict(self.held), self.owned, self.assumed, self.granted, self.placed)


def join(left: State, right: State) -> State:
    """Return what holds whichever of two ways was taken."""
    held = {}
    for path, lock in left.held.items():
        other = right.held.get(path)
        if other is not None and other.mode != lock.mode and not lock.name.endswith("~"):
            held[path] = Held(path, "r", f"{lock.name}~", lock.spelled)  # for writing on one way, for reading on another: no telling
        elif other is not None:
            held[path] = lock if lock.mode == "r" else other
    placed = left.placed
    if placed and placed is not right.placed:
        placed = {number: target for number, target in placed.items() if right.placed.get(number) is target}
    if not (left.assumed or right.assumed or left.granted or right.granted):
        return State(held, left.owned & right.owned, placed=placed)
    return State(held, left.owned & right.owned, left.assumed & right.assumed, _granted(left, right), placed)


def _granted(left: State, right: State) -> dict[Flag, Locks]:
    """Return which locks are held behind the join of two branches for each truth of a flag: a branch that denies it has no say."""
    found: dict[Flag, Locks] = {}
    for what, truth in {*left.assumed, *right.assumed, *left.granted, *right.granted}:
        flag = (what, truth)
        said = [
            side.held if flag in side.assumed else {**side.granted.get(flag, {}), **side.held}
            for side in (left, right)
            if (what, not truth) not in side.assumed
        ]
        common = {path: lock for path, lock in said[0].items() if all(path in other for other in said)} if said else {}
        if common:
            found[flag] = common
    return found
