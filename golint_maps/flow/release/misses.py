"""Inserts at which the entry is surely not there, because a look-up on the way has found nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from golint_maps.flow.entries import Entry, EntryFlow, Knowledge, Path, is_zero
from golint_maps.flow.release.events import Insert
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue

_ASKS = re.compile(r"(?i:exist|has|contain|known|registered|running|active|present|started)")
"""Names of functions that tell whether there is something of a name already."""
_BUSY = re.compile(r"(?i:running|active|processing|started|busy|inprogress|working)$")
"""Names of fields that say of an object that the one thing it does at a time goes on."""
_ANY = "*"


@dataclass(slots=True)
class _Known(Knowledge):
    absent: frozenset[Entry] = frozenset()


class _Misses(EntryFlow):
    """Walks a body for the inserts at which the entry is surely not there."""

    def __init__(self, view: View, wanted: frozenset[int]) -> None:
        super().__init__(view)
        self.wanted = wanted
        self.missing: dict[int, bool] = {}

    def copy(self, state: Knowledge) -> Knowledge:
        return replace(state)

    def join(self, left: Knowledge, right: Knowledge) -> Knowledge:
        assert isinstance(left, _Known)
        assert isinstance(right, _Known)
        joined = super().join(left, right)
        both = _Known(absent=left.absent & right.absent)
        for name in Knowledge.__slots__:
            setattr(both, name, getattr(joined, name))
        return both

    def is_replaced(self, path: Path, state: Knowledge) -> bool:
        return False  # `if s.m == nil { s.m = make(…) }`: an empty map has no entry either

    def mutated(self, kind: str, form: str, path: Path, operand: ir.Expr, key: ir.Expr | None, at: tuple[int, int], state: Knowledge) -> None:
        assert isinstance(state, _Known)
        if kind == "delete" and key is not None:
            state.absent |= {(path, self.key_text(key))}

    def assign(self, statement: ir.Assign | ir.Declare, state: Knowledge) -> None:
        assert isinstance(state, _Known)
        for target in statement.lhs if isinstance(statement, ir.Assign) else ():
            if isinstance(target, ir.Index) and target.pos in self.wanted:
                entry = self.entry(target, state)
                # Maps that go together (`s.ctx[k]`, `s.cancel[k]`) are looked up once for all.
                self.missing[target.pos] = entry is not None and any(key in (entry[1], _ANY) for _, key in state.absent)
                if entry is not None:
                    state.absent -= {entry}
        super().assign(statement, state)

    def forget(self, number: int, state: Knowledge) -> None:
        assert isinstance(state, _Known)
        token = f"l{number}"
        state.absent = frozenset(entry for entry in state.absent if token not in entry[1])
        super().forget(number, state)

    def assume(self, condition: ir.Expr, truth: bool, state: Knowledge) -> Knowledge | None:
        assert isinstance(state, _Known)
        before = replace(state)
        after = super().assume(condition, truth, state)
        if isinstance(after, _Known):
            match condition:
                case ir.Call() if not truth:
                    after.absent |= self._asked(condition)
                case ir.Sel(ir.Local(), name) if not truth and _BUSY.search(name):
                    after.absent |= {(("?",), _ANY)}
                case ir.Binary("&&" | "||" as op, left, right) if (op == "||") == truth:
                    # `if old, ok := m[k]; ok && old != nil { … }`: otherwise there is no entry, or none to release.
                    ways = [self.assume(part, truth, replace(before)) for part in (left, right)]
                    if isinstance(ways[0], _Known) and isinstance(ways[1], _Known):
                        after.absent |= ways[0].absent & ways[1].absent
                case ir.Local(number) if not truth:
                    after.absent |= {entry for variable, entry in after.flags | after.values if variable == number}
                    definition = self.view.typing.definitions.get(number)
                    if isinstance(definition, FromValue) and isinstance(definition.value, ir.Call):
                        after.absent |= self._asked(definition.value)
                case ir.Binary("==" | "!=" as op, left, right) if (op == "==") == truth:
                    for x, other in ((left, right), (right, left)):
                        entry = self.entry(x, after) if is_zero(other) else None
                        if entry is not None:
                            after.absent |= {entry}
        return after

    def _asked(self, call: ir.Call) -> frozenset[Entry]:
        """Return what is missing where a function says no that was asked for a key: it may look into another map, or a database."""
        name = call.fun.name if isinstance(call.fun, ir.Sel | ir.Name) else ""
        return frozenset((("?",), self.key_text(x)) for x in call.args) if _ASKS.search(name) else frozenset()


def misses(view: View, inserts: Sequence[Insert]) -> set[int]:
    """Return the positions of the inserts that find no entry."""
    found: set[int] = set()
    for number in {insert.function for insert in inserts}:
        walk = _Misses(view, frozenset(insert.target.pos for insert in inserts if insert.function == number))
        walk.run(view.facts.functions[number].body or (), _Known())
        found |= {at for at, missing in walk.missing.items() if missing}
    return found
