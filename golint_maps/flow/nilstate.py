"""What is known of nil maps at one point of a function: the state of the data flow in `nilflow`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from golint_maps.flow.paths import Path
from golint_maps.syntax import ir

NIL, MAYBE, FINE = "nil", "maybe", "fine"

ELEMENTS = "[]"
"""Last component of the path that stands for all elements of a map that have no path of their own."""


_MAX_MARKS = 200
"""Ways that differ in more than this (a long loop body) are taken for correlated with whatever comes."""


LOCAL = frozenset(("empty", "late", "unfound"))
"""Kinds of origins that hold on one branch only: an empty map may be a nil one, and that is no doubt on the way where both meet again."""


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Why a map is nil: a stretch of the file and what stands there. The kinds are those of `nilness.NilWrite`."""

    start: int
    end: int
    kind: str
    name: str = ""


class Mark(NamedTuple):
    """Something that happened on one of two ways: a condition (`if`, `loop`) that mentions a path, or an assignment (`set`) to it."""

    path: Path
    pos: int
    kind: str
    truth: bool = True

    def mentions(self, path: Path) -> bool:
        """Tell whether this is about a path, one below it, or one above it."""
        length = min(len(path), len(self.path))
        return self.path[:length] == path[:length]


@dataclass(frozen=True, slots=True)
class Value:
    """What a place holds: the zero value (`NIL`: nothing below it is made either), maybe that, or something else.

    A map that is nil on some ways only is correlated with what these ways differ in (`marks`): behind a later condition on any of it, it is
    taken for made (`muted`), until the ways of that condition meet again.
    """

    kind: str
    origin: Origin | None = None
    marks: frozenset[Mark] = frozenset()
    muted: frozenset[tuple[int, bool]] = frozenset()


GOOD = Value(FINE)

NEVER_MADE = frozenset(("field", "variable"))
"""Kinds of origins that speak of the whole package, and of no statement that a walk has met."""


class LookUp(NamedTuple):
    """`row, ok := m[k]`: the paths of row and of the element, where these are maps, and of the map that is looked up in, which is `x`.

    `why` is the kind of origin that row has where ok is false: an assertion `row, ok := v.(M)` is one, too.
    """

    row: Path | None
    element: Path | None
    map: Path | None
    x: ir.Expr | None = None
    why: str = "missing"


@dataclass(slots=True)
class State:
    """Values by access path. A path without one is not known to be nil."""

    values: dict[Path, Value] = field(default_factory=dict)
    trail: frozenset[Mark] = frozenset()
    found: dict[int, LookUp] = field(default_factory=dict)
    """Look-ups by their comma-ok variables."""
    private: frozenset[str] = frozenset()
    """Roots that nothing outside of the function can reach yet."""
    dead: bool = False
    """A certain panic lies behind: nothing after it is worth reporting."""
    failed: dict[int, tuple[tuple[Path, Value], ...]] = field(default_factory=dict)
    """What results of a call are when the error that it returned with them, by its variable, is none."""
    trusted: frozenset[tuple[Path, int]] = frozenset()
    """Maps that were stored to while nothing was known of them, and where: who asks later whether they are nil, asks too late."""
    locked: dict[str, int] = field(default_factory=dict)
    """Roots of which a lock was taken in this body, and where."""
    helped: frozenset[str] = frozenset()
    """Roots of which a method was called that may have made their maps."""

    def copy(self) -> State:
        """Return an independent copy."""
        return State(
            dict(self.values), self.trail, dict(self.found), self.private, self.dead, dict(self.failed), self.trusted, dict(self.locked), self.helped
        )

    def conditions(self) -> frozenset[Mark]:
        """Return the conditions under which this point is reached."""
        return frozenset(mark for mark in self.trail if mark.kind != "set")

    def store(self, path: Path, value: Value) -> None:
        """A path holds a new value; what lay below it is gone."""
        self.forget(path)
        self.values[path] = value

    def mix(self, container: Path) -> None:
        """Some element of a map, slice or array is set: nothing is known of the others any more, also where what lies above them is zero."""
        length = len(container)
        for known in [known for known in self.values if len(known) > length and known[:length] == container and known[length][0] == "["]:
            if self.values[known].kind != FINE:
                del self.values[known]
        if self.lies_in_zero((*container, ELEMENTS)):
            self.values[*container, ELEMENTS] = GOOD

    def lies_in_zero(self, path: Path) -> bool:
        """Tell whether something above a path is zero, or may be: what is not said of the path is nil, then."""
        return any(value.kind != FINE for cut in range(1, len(path)) if (value := self._above(path, cut)) is not None)

    def forget(self, path: Path) -> None:
        """Drop what is known of a path and of everything below it; it may hold anything now, also where what lies above it is zero."""
        self._drop(path)
        if self.lies_in_zero(path):
            self.values[path] = GOOD

    def _drop(self, path: Path) -> None:
        length = len(path)
        for known in [known for known in self.values if known[:length] == path]:
            del self.values[known]

    def _above(self, path: Path, cut: int) -> Value | None:
        elements = self.values.get((*path[:cut], ELEMENTS)) if path[cut][0] == "[" else None
        return elements or self.values.get(path[:cut])

    def forget_inside(self, path: Path) -> None:
        """Drop what is known of the elements of a map; it is the map that it was."""
        kept = self.values.get(path)
        self.forget(path)
        if kept is not None:
            self.values[path] = kept

    def distrust(self, path: Path) -> None:
        """What is known of stores to a path, or below it, says nothing of what it holds from now on."""
        if self.trusted:
            length = len(path)
            self.trusted = frozenset(item for item in self.trusted if item[0][:length] != path)

    def changed(self, root: int) -> None:
        """A local variable has changed: elements that are named by it are other elements now, and conditions on it are new conditions."""
        pattern = re.compile(rf"\bl{root}\b")
        for known in [known for known in self.values if any(part[0] == "[" and pattern.search(part) for part in known[1:])]:
            del self.values[known]
        self.found.pop(root, None)
        self.failed.pop(root, None)
        name = f"l{root}"
        for variable in [variable for variable, results in self.failed.items() if any(path[0] == name for path, _ in results)]:
            del self.failed[variable]
        self.distrust((name,))
        for variable in [
            variable for variable, look in self.found.items() if look.row == (name,) or _named(look.element, pattern) or look.map == (name,)
        ]:
            del self.found[variable]
        for known, value in self.values.items():
            if value.kind == MAYBE and any(mark.path[0] == name for mark in value.marks):
                self.values[known] = replace(value, marks=frozenset(mark for mark in value.marks if mark.path[0] != name))


def _named(path: Path | None, pattern: re.Pattern[str]) -> bool:
    return path is not None and any(pattern.search(part) for part in path)


Lookup = Callable[[State, Path], Value | None]


def join(left: State, right: State, known: Lookup) -> State:
    """Return what holds where two ways meet. `known` looks a path up in a state, with what follows from values above it."""
    if left.dead:
        return right
    if right.dead:
        return left
    differ = left.trail ^ right.trail
    common = left.trail & right.trail
    values: dict[Path, Value] = {}
    for path in sorted(left.values.keys() | right.values.keys()):
        value = _join(known(left, path), known(right, path), path, differ, common)
        if value is None and path[-1] == ELEMENTS and (left.lies_in_zero(path) or right.lies_in_zero(path)):
            value = GOOD
        if value is not None:
            values[path] = value
    found = {variable: look for variable, look in left.found.items() if right.found.get(variable) == look}
    failed = {variable: results for variable, results in left.failed.items() if right.failed.get(variable) == results}
    locked = {root: pos for root, pos in left.locked.items() if right.locked.get(root) == pos}
    return State(
        values,
        common,
        found,
        left.private & right.private,
        failed=failed,
        trusted=left.trusted | right.trusted,
        locked=locked,
        helped=left.helped | right.helped,
    )


def _join(left: Value | None, right: Value | None, path: Path, differ: frozenset[Mark], common: frozenset[Mark]) -> Value | None:
    if left == right:
        return left
    bad = [value for value in (left, right) if value is not None and value.kind != FINE]
    if not bad:
        return GOOD
    if path[-1] == ELEMENTS and len(bad) == 1:
        return None  # a map that has got some elements: which ones it has is not known
    if len(bad) == 1 and bad[0].origin is not None and bad[0].origin.kind in LOCAL:
        return None
    origin = min(value.origin for value in bad if value.origin is not None)
    if all(value.kind == NIL for value in bad) and len(bad) == 2:
        return Value(NIL, origin)
    marks = frozenset(mark for mark in differ if not mark.mentions(path)).union(*(value.marks for value in bad))
    if any(value.kind == NIL for value in bad):
        muted: frozenset[tuple[int, bool]] = frozenset()
        if len(bad) == 1 and (len(marks) > _MAX_MARKS or _checked(marks, common)):
            return GOOD
    else:
        muted = frozenset.intersection(*(value.muted for value in bad))
    return Value(MAYBE, origin, marks, muted)


def _checked(marks: frozenset[Mark], common: frozenset[Mark]) -> bool:
    """Tell whether a loop that makes the map may be known to have a turn: what it walks over was looked at before."""
    return any(mark.kind == "loop" and any(other.kind == "if" and other.mentions(mark.path) for other in common) for mark in marks)


def correlated(state: State, paths: list[Path], pos: int) -> Iterator[Path]:
    """Yield the paths that are nil on some ways, and whose ways differ in something that the condition at `pos` mentions."""
    roots = {path[0] for path in paths}
    for known, value in state.values.items():
        if value.kind == MAYBE and any(
            mark.path[0] in roots and mark.pos != pos and any(mark.mentions(path) for path in paths) for mark in value.marks
        ):
            yield known
