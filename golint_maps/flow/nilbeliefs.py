"""What a package's own code believes of its map fields: that they may be nil, because a method clears them, or because none is made before its use.

That some code asks whether a map is nil before it stores to it is what tells the programmer's own belief that it may be (Engler et al., Bugs as
Deviant Behavior, SOSP 2001).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from golint_maps.flow.files import of_file
from golint_maps.flow.literals import field_name
from golint_maps.flow.makers import Makers, makers
from golint_maps.flow.traverse import each, is_nil, paired
from golint_maps.flow.view import PackageView, display_name
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_Places = dict[str, list[tuple[int, ir.Expr]]]
"""(number of the outermost function, `base`) of `base.name`, by `name`."""


_ENDING: Final = re.compile(
    r"(?:^|(?=[A-Z]))(?i:close|stop|shut|destroy|free|release|dispose|finish|finali[sz]e|done|cancel|drain|kill|abort|term|clean|tear|exit|quit|leave|end|fail|dis|un)"
)
"""Words in the names of functions after which an object is out of use, as they begin."""
_BEGINNING_ANEW: Final = re.compile(r"(?:^|(?=[A-Z]))(?i:reset|flush|clear|rotate|empty|purge|invalidate)")
"""Words in the names of functions after which an object is used as a new one."""
_LOOKING: Final = frozenset(("len", "clear", "delete", "print", "println"))
_CONSTRUCTORS: Final = ("new", "make", "open", "init", "create")


@dataclass(slots=True)
class _Notes:
    """What one file does to fields, by their names alone: set them to nil, ask whether they are, make those that are."""

    cleared: _Places = field(default_factory=dict)
    taken: _Places = field(default_factory=dict)
    """Those that are set to nil by a function that lets the object begin anew."""
    asked: _Places = field(default_factory=dict)
    made: _Places = field(default_factory=dict)
    made_late: _Places = field(default_factory=dict)
    given: set[tuple[str, str]] = field(default_factory=set)
    """(name of a type of another package, field) of composite literals."""


def _notes(file: ir.FileFacts) -> _Notes:
    notes = _Notes()
    for function in file.functions:
        body = function.body or ()
        cleared: dict[str, ir.Expr] = {}
        made: dict[str, ir.Expr] = {}
        for assign in each(body, ir.Assign):
            for index, x in enumerate(assign.lhs):
                if x.__class__ is ir.Sel:
                    value = assign.rhs[index] if len(assign.lhs) == len(assign.rhs) else None
                    (cleared if is_nil(value) else made).setdefault(x.name, x.base)
                    if value.__class__ is ir.Lit or value.__class__ is ir.Call:
                        notes.made.setdefault(x.name, []).append((function.root, x.base))
        for name in cleared.keys() - made.keys():
            notes.cleared.setdefault(name, []).append((function.root, cleared[name]))
            own = file.functions[function.root].name
            if _takes(own, body, name) and not _puts_out_of_use(own, body):
                notes.taken.setdefault(name, []).append((function.root, cleared[name]))
        for literal in each(body, ir.Lit):
            if isinstance(literal.type, ir.TQual):
                variables = file.functions[function.root].variables
                notes.given.update((literal.type.name, field_name(x, variables)) for x in literal.elements if not is_nil(x.value))
        for comparison in each(body, ir.Binary):
            asked = comparison.left
            if isinstance(asked, ir.Sel) and comparison.op in ("==", "!=") and is_nil(comparison.right):
                notes.asked.setdefault(asked.name, []).append((function.root, asked.base))
                if asked.name in made and comparison.op == "==":
                    notes.made_late.setdefault(asked.name, []).append((function.root, asked.base))
    return notes


def _takes(function: str, body: Sequence[ir.Stmt], name: str) -> bool:
    """Tell whether a function sets a field to nil so that its object begins anew, by its name or because it gives the map to somebody.

    `events := b.events; b.events = nil`, `old, b.events = b.events, nil`, `b.sink(b.events); b.events = nil`
    """
    if _BEGINNING_ANEW.search(function) is not None:
        return True
    given = [value for assign in each(body, ir.Assign) for target, value in paired(assign) if isinstance(target, ir.Local)]
    given += [value for declare in each(body, ir.Declare) for value in declare.values]
    given += [send.value for send in each(body, ir.Send)]
    given += [argument for call in each(body, ir.Call) if not (isinstance(call.fun, ir.Name) and call.fun.name in _LOOKING) for argument in call.args]
    return any(isinstance(value, ir.Sel) and value.name == name for value in given)


def _puts_out_of_use(name: str, body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a function ends the life of its object, by its name or by a flag that it sets: nobody is to store anything then."""
    if _ENDING.search(name) is not None:
        return True
    return any(
        isinstance(target, ir.Sel) and isinstance(value, ir.Name) and value.name == "true"
        for assign in each(body, ir.Assign)
        for target, value in paired(assign)
    )


class Beliefs:
    """The fields of a package's types that its functions take for nil."""

    def __init__(self, package: PackageView, makers: Makers) -> None:
        self._scope = package.scope
        self._makers = makers
        self._files = [of_file(file, _notes) for file in package.scope.files]
        self._tests = frozenset(number for number, path in enumerate(package.paths) if path.endswith("_test.go"))
        self._given = {item for number, notes in enumerate(self._files) if number not in self._tests for item in notes.given}
        self._answers: dict[tuple[str, str, str, str], tuple[str, ...]] = {}
        asked = {name for notes in self._files for name in notes.asked}
        self.reset = frozenset(name for notes in self._files for name in notes.cleared if name in asked)
        """Names of the fields that are set to nil somewhere, and asked about."""
        self.taken = frozenset(name for notes in self._files for name in notes.taken if name not in asked)
        """Names of the fields whose map some function takes away, so that the object begins anew, and that nobody asks about."""
        self.made_late = frozenset(name for notes in self._files for name in notes.made_late)
        """Names of the fields that some function makes where they are nil."""

    def reset_by(self, owner: Type | None, name: str) -> str:
        """Return the function that sets a field to nil, empty where none does or nobody asks whether the field is nil."""
        if name not in self.reset or not self._is_own(owner):
            return ""
        by = self._who("cleared", owner, name)
        return by[0] if by and self._who("asked", owner, name) else ""

    def taken_by(self, owner: Type | None, name: str) -> str:
        """Return the function that takes the map of a field away, where nothing but constructors ever makes that map; or an empty text."""
        if name not in self.taken or not self._is_own(owner) or not isinstance(owner, model.Named):
            return ""
        key = ("taken by", owner.package, owner.name, name)
        if key not in self._answers:
            made = self._makers.stored_by(owner, name)
            taken = [by for by in self._who("taken", owner, name) if self._is_called(by)]
            self._answers[key] = tuple(taken) if all(by.lower().startswith(_CONSTRUCTORS) for by in made) else ()
        found = self._answers[key]
        return found[0] if found else ""

    def _is_called(self, by: str) -> bool:
        """Tell whether a function is there for other packages, or is called by one that does not put its object out of use."""
        name = by.rpartition(".")[2]
        return name[:1].isupper() or any(
            isinstance(call.fun, ir.Name | ir.Sel) and call.fun.name == name
            for file in self._scope.files
            for function in file.functions
            if _ENDING.search(file.functions[function.root].name) is None
            for call in each(function.body or (), ir.Call)
        )

    def made_late_by(self, owner: Type | None, name: str, asking: str) -> str:
        """Return a function, other than the one that asks, that makes a field where it is nil; or an empty text."""
        if name not in self.made_late or not self._is_own(owner):
            return ""
        return next((by for by in self._who("made_late", owner, name) if by != asking), "")

    def _is_own(self, owner: Type | None) -> bool:
        return isinstance(owner, model.Named) and owner.package == self._scope.path

    def makes(self, owner: Type | None, name: str) -> bool:
        """Tell whether the package itself makes a field, of a type of whatever package."""
        if isinstance(owner, model.Named) and (owner.name, name) in self._given:
            return True
        return bool(self._who("made", owner, name))

    def _who(self, what: str, owner: Type | None, name: str) -> tuple[str, ...]:
        """Return the functions outside of tests that do something to a field of a type."""
        if not isinstance(owner, model.Named):
            return ()
        key = (what, owner.package, owner.name, name)
        if key not in self._answers:
            self._answers[key] = tuple(
                display_name(self._scope.files[number].functions[root])
                for number, notes in enumerate(self._files)
                if number not in self._tests
                for root, base in getattr(notes, what).get(name, ())
                if self._makers.is_field_of(owner, name, number, root, base)
            )
        return self._answers[key]


def beliefs(package: PackageView) -> Beliefs:
    """Return what a package believes of its map fields, worked out once."""
    memo: dict[str, Any] = package.memo
    if __name__ not in memo:
        memo[__name__] = Beliefs(package, makers(package))
    found: Beliefs = memo[__name__]
    return found
