"""What lets one goroutine alone come to a place, beside locks: flags that are won or set once for good, and slots that are given back.

To other goroutines each of them is like a lock, and is told as one (`events.ONCE`, `SLOT`, `SETTLED`).
"""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.assigned import fields_set_by
from golint_maps.flow.events import ONCE, SLOT, Held
from golint_maps.flow.family import Family
from golint_maps.flow.lockset_state import Locks, State
from golint_maps.flow.once import once_regions
from golint_maps.flow.paths import Path
from golint_maps.flow.settled import concerns, excludes, hold, note_seen, note_set, regions, settled
from golint_maps.flow.slots import slots
from golint_maps.flow.structure import Structure
from golint_maps.syntax import ir


class Admission:
    """Tells of one function where such flags and slots let one goroutine alone in. `locks`: the function takes locks."""

    def __init__(self, shared: Family, function: ir.Function, *, locks: bool) -> None:
        view, body = shared.view, function.body or ()
        self._view = view
        self._names = shared.names
        self._slots = slots(view.package)
        self._once, states = once_regions(body, view.paths, fields_set_by(view.package))
        self._flags = settled(view.package)
        self._settling = list(regions(body, view, self._flags)) if self._flags and locks else []
        """Where a flag that is set once and for good is not set yet."""
        self._given = tuple(self._slots.given_back(function, view))
        self._alone = [(start, end, flag) for start, end, flag, atomic in self._once if atomic]
        self._alone += self._slots.taken(body, view)
        """Where an atomic flag or a slot lets one goroutine alone in, with the flag or the object of the slot."""
        # Who changes a state under no lock may be one of several. And it says nothing of others, who do not ask for it.
        self._let_in = [*self._slots.let_in(body, view), *(states if locks else ())]

    def entered_with(self) -> Locks:
        """Return the slots that the function has from its start, since it gives them back."""
        marks = (self._slot(slot) for slot in self._given)
        return {mark.path: mark for mark in marks if mark is not None}

    def give_back(self, call: ir.Call, state: State) -> None:
        """What a function gives back by a call, it no longer has."""
        if not self._given:
            return
        flag = self._slots.reset(call, self._view)
        slot = self._slot(flag) if flag is not None and flag in self._given else None
        if slot is not None:
            state.held.pop(slot.path, None)

    def assigned(self, statement: ir.Assign, state: State) -> None:
        """Take note of a flag that is set for good under a lock."""
        if self._flags and state.held:
            note_set(statement, state.held, self._names, self._flags)

    def assumed(self, condition: ir.Expr, truth: bool, state: State) -> None:
        """Take note of a flag that is seen to be set under a lock."""
        if self._flags and state.held:
            note_seen(condition, truth, state.held, self._names, self._flags)

    def held(self, offset: int, state: State, name: str = "") -> tuple[Held, ...]:
        """Return the locks that are held at an offset, and what is like one, as far as they concern a map of this name, or a call."""
        if not state.held and not self._alone:
            return ()
        held = state.held
        if self._flags:
            held = {path: lock for path, lock in held.items() if concerns(lock, name, self._flags)}
            for start, end, flag in self._settling if excludes(held.values()) else ():
                found = hold(flag, self._names, "w") if start <= offset < end else None
                if found is not None and (not name or concerns(found, name, self._flags)):
                    held[found.path] = found
        return tuple(sorted((*held.values(), *self._won(offset))))

    def once_only(self, pos: int, structure: Structure) -> bool:
        """Tell whether what stands at a place is done once only: where a flag lets nobody in twice, and in no loop of its own there."""
        if not self._once:
            return False
        around = [(start, end) for start, end, _, _ in self._once if start <= pos < end]
        turns = [begin for _, begin, end in structure.loops() if begin <= pos < end] if around else []
        return any(not any(start <= begin for begin in turns) for start, _ in around)

    def let_in(self, pos: int) -> bool:
        """Tell whether a state lets one in to a place: by a method that swaps it (`if s.state.begin() { go s.run() }`), or under a lock."""
        return any(start <= pos < end for start, end in self._let_in)

    def _won(self, offset: int) -> Iterator[Held]:
        """Yield the atomic flags and slots that let one goroutine alone come here."""
        for start, end, flag in self._alone:
            slot = self._slot(flag) if start <= offset < end else None
            if slot is not None:
                yield slot

    def _slot(self, flag: Path) -> Held | None:
        """Return what holding a slot, or having won an atomic flag, is like."""
        rooted = self._names.rooted(flag)
        end = SLOT if self._slots.comes_free(flag) else ONCE
        return Held((*rooted, "once"), "w", f"{'.'.join(rooted)}{end}") if rooted is not None else None
