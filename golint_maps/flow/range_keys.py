"""What the key of a mutation has to do with the entry that a loop over the map is at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.entries import is_zero
from golint_maps.flow.literals import field_name
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.self_keyed import identifies, identity_word, maker_of, names_itself, self_keyed_fields
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import chained, each, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_LONGEST_CHAIN: Final = 12
_SETTLING: Final = {
    "strings": frozenset(("ToLower", "ToUpper", "ToTitle", "TrimSpace")),
    "net/http": frozenset(("CanonicalHeaderKey",)),
    "net/textproto": frozenset(("CanonicalMIMEHeaderKey", "TrimString")),
    "path": frozenset(("Clean", "Base")),
    "path/filepath": frozenset(("Clean", "Base", "ToSlash")),
}
"""Functions that leave alone what they have given, by package."""
_TEXTUAL: Final = frozenset(("strings", "regexp", "unicode"))
"""Packages whose functions look into the text of a key."""


def is_settling(call: ir.Call, view: View) -> bool:
    """Tell whether a call of one argument gives what the same call leaves alone."""
    match call:
        case ir.Call(ir.Sel(base, name), [_]):
            return name in _SETTLING.get(view.typing.package_of(base) or "", ())
    return False


class LoopKeys:
    """Compares keys with the entry of one loop."""

    def __init__(self, view: View, found: MapRange) -> None:
        self._view = view
        self._found = found

    # --- the own entry under another name ---

    def is_own_by_value(self, key: ir.Expr) -> bool:
        """Tell whether a key is read from the loop's value, and by all signs is the key that this value is stored at."""
        known = self_keyed_fields(self._view.package)
        made = self._defined(key)
        if isinstance(made, ir.Call) and maker_of(made) in known:
            return all(self.chain(arg) is not None for arg in made.args)
        chain = self.chain(key)
        if chain == "":
            # A set of objects: `m[e] = e`, and a loop that has no name for its key.
            kind = self._view.package.resolver.map(self._view.typing.of(self._found.operand))
            return self._found.key < 0 and kind is not None and isinstance(kind.key, model.Pointer) and kind.key == kind.value
        if not chain:
            return False
        if chain in known or (names_itself(chain) and not self._leads_to_another(key)):
            return True
        # Where the loop has a name for its key, a field of the value that nobody stores by is there for another reason.
        return self._found.key < 0 and self._found.value >= 0 and identifies(chain, self._view.typing.local(self._found.value))

    def _leads_to_another(self, key: ir.Expr) -> bool:
        """Tell whether a key that is read from the loop's value belongs to another value.

        That has the value's own type (`v.Boss.Name`), or what it is read from has an identity of its own beside it (`v.ID`, `v.ManagerID`).
        """
        own = _named(self._view.typing.local(self._found.value)) if self._found.value >= 0 else None
        x, last = self._defined(key), True
        while isinstance(x, ir.Sel | ir.Call):
            if isinstance(x, ir.Sel):
                if last and self._has_another(x):
                    return True
                if own is not None and _named(self._view.typing.of(x)) == own:
                    return True
                last = False
                x = x.base
            else:
                x = x.args[0] if x.args else x.fun
            x = self._defined(x)
        return False

    def _has_another(self, x: ir.Sel) -> bool:
        """Tell whether a field has a field beside it that is called by its last word alone: `ManagerID` beside `ID`."""
        word = identity_word(x.name)
        kind = self._view.typing.of(x.base)
        below = self._view.package.resolver.underlying(kind.elem if isinstance(kind, model.Pointer) else kind)
        if not word or word == x.name.lower() or not isinstance(below, model.Struct):
            return False
        return any(field.name.lower() == word for field in below.fields)

    def is_asked_for(self, key: ir.Expr, at: int) -> bool:
        """Tell whether a key has been found equal to the loop's own: `if k == label() { delete(m, label()) }`, `if v.ID == id { m[id] = v }`."""
        if isinstance(key, ir.Local) and any(
            isinstance(target, ir.Local) and target.id == key.id for assign in each(self._found.loop.body, ir.Assign) for target in assign.lhs
        ):
            return False
        text = spell(key, self._view.variables)
        for condition in self._conditions(at):
            match condition:
                case ir.Binary("==", left, right):
                    for own, other in ((left, right), (right, left)):
                        if spell(other, self._view.variables) == text and (self._is_key(own) or self.is_own_by_value(own)):
                            return True
        return False

    def was_visited(self, key: ir.Expr) -> bool:
        """Tell whether a key is one that this loop has met, in this turn or before.

        That is a variable that gets nothing but the loop's keys, or the loop's key after something was cut off it (`k = strings.TrimSpace(k)`).
        """
        if not isinstance(key, ir.Local) or self._found.key < 0:
            return False
        loop = self._found.loop
        kept = key.id == self._found.key
        for statement in self._view.statements:
            if not isinstance(statement, ir.Assign):
                continue
            for index, target in enumerate(statement.lhs):
                if not isinstance(target, ir.Local) or target.id != key.id:
                    continue
                value = statement.rhs[index] if len(statement.lhs) == len(statement.rhs) else None
                if key.id == self._found.key:
                    if not isinstance(value, ir.Call) or not any(self._is_key(arg) for arg in value.args):
                        return False
                elif self._is_key(value) and loop.pos <= target.pos < loop.end:
                    kept = True
                elif not isinstance(value, ir.Const):
                    return False
        return kept

    # --- entries that the loop has nothing to do with ---

    def is_passed_over(self, key: ir.Expr, at: int) -> bool:
        """Tell whether the loop does nothing where it is at the entry of a key, so that it does not matter whether it gets there.

        It is all one condition on a part of its key, and the key in question lacks that part: `if k.name != "" { delete(m, id{k.group}) }`.
        """
        if not isinstance(key, ir.Lit) or len(self._found.loop.body) != 1 or not isinstance(self._found.loop.body[0], ir.If):
            return False
        if self._found.loop.body[0].orelse or any(element.key is None for element in key.elements):
            return False
        given = {field_name(element, self._view.variables) for element in key.elements}
        for condition in self._conditions(at):
            match condition:
                case ir.Binary("!=", ir.Sel(base, name), other) if self._is_key(base) and is_zero(other) and name not in given:
                    return True
        return False

    def is_told_by_key(self, key: ir.Expr, at: int) -> bool:
        """Tell whether a place is reached where the text of the loop's key has passed a test that another key does not pass for sure."""
        tests = list(self._tests(at))
        return bool(tests) and not all(self._passes(key, test) for test in tests)

    def is_tested(self, at: int) -> bool:
        """Tell whether a place is reached where the loop's key has passed a test."""
        return any(True for _ in self._tests(at))

    def _tests(self, at: int) -> Iterator[ir.Expr]:
        return (condition for condition in self._conditions(at) if any(map(self._is_textual, subexpressions(condition))))

    def _passes(self, key: ir.Expr, test: ir.Expr) -> bool:
        """Tell whether what a key is made of besides the loop's own passes the test that this has passed: `"tmp." + k` begins with `tmp` as well."""
        parts = list(chained(key, "+"))
        if not any(map(self._is_key, parts)):
            return False
        match test:
            case ir.Call(ir.Sel(_, "Contains"), [tested, _]):
                return self._is_key(tested)
            case ir.Call(ir.Sel(_, "HasPrefix"), [tested, wanted]):
                return self._is_key(tested) and (self._is_key(parts[0]) or _text(parts[0]).startswith(_text(wanted) or "?"))
            case ir.Call(ir.Sel(_, "HasSuffix"), [tested, wanted]):
                return self._is_key(tested) and (self._is_key(parts[-1]) or _text(parts[-1]).endswith(_text(wanted) or "?"))
        return False

    def _is_textual(self, x: ir.Expr) -> bool:
        match x:
            case ir.Call(ir.Sel(base), args) if self._view.typing.package_of(base) in _TEXTUAL:
                return any(self._is_key(arg) for arg in args)
            case ir.Call(_, args) if any(self._is_key(arg) for arg in args):
                return self._view.typing.of(x) == model.BOOL  # a function that asks something of the key
            case ir.Local():
                made = self._defined(x)  # `parts := strings.Split(k, "@"); if len(parts) == 2`
                return made is not x and self._is_textual(made)
        return False

    # --- expressions ---

    def _conditions(self, at: int) -> Iterator[ir.Expr]:
        """Yield what holds at a place in the loop: the parts of the conditions of the branches that it stands in."""
        for statement in each(self._found.loop.body, ir.If):
            if statement.then and start_of(statement.then[0]) <= at < end_of(statement.then[-1]):
                todo = [statement.cond]
                while todo:
                    match todo.pop():
                        case ir.Binary("&&", left, right):
                            todo += (left, right)
                        case condition:
                            yield condition

    def _is_key(self, x: ir.Expr | None) -> bool:
        return isinstance(x, ir.Local) and x.id == self._found.key and x.id >= 0

    def chain(self, x: ir.Expr) -> str | None:
        """Return the fields and getters, dotted, that lead from the loop's value to an expression; empty for the value itself, None for others."""
        names: list[str] = []
        for _ in range(_LONGEST_CHAIN):
            x = self._defined(x)
            match x:
                case ir.Local(number):
                    return ".".join(reversed(names)) if number == self._found.value else None
                case ir.Index(base, index) if self._is_key(index) and self._view.paths.of(base) == self._found.path:
                    return ".".join(reversed(names))
                case ir.Sel(base, name):
                    names.append(name)
                    x = base
                case ir.Call(ir.Sel() as fun):
                    x = fun
                case ir.Call(_, [arg]) if self._view.typing.as_type(x.fun) is not None:
                    x = arg
                case ir.Deref(operand) | ir.Addr(operand):
                    x = operand
                case ir.Index(operand) if self._is_value(operand):
                    x = operand
                case _:
                    return None
        return None

    def _is_value(self, x: ir.Expr) -> bool:
        """Tell whether an expression is the loop's value itself, of which one element may stand for all: `delete(m, group[0].ID)`."""
        x = self._defined(x)
        return isinstance(x, ir.Local) and x.id == self._found.value

    def _defined(self, x: ir.Expr) -> ir.Expr:
        """Return what a local that is never assigned to stands for."""
        while isinstance(x, ir.Local) and x.id != self._found.value:
            definition = self._view.typing.definitions.get(x.id)
            if not isinstance(definition, FromValue) or self._is_set_before(x):
                break
            if definition.count != 1 and (definition.index or not isinstance(definition.value, ir.Call)):
                break  # of a call, the first result counts: `key, err := v.Key()`
            x = definition.value
        return x

    def _is_set_before(self, x: ir.Local) -> bool:
        """Tell whether a local may have been given another value than that of its definition, which is made anew in each turn, where it is used."""
        if not self._view.assignments[x.id]:
            return False
        if not self._found.loop.pos < self._view.variables[x.id].pos < x.pos or x.id in self._view.address_taken:
            return True
        return any(
            isinstance(target, ir.Local) and target.id == x.id and target.pos < x.pos and target.pos != self._view.variables[x.id].pos
            for statement in self._view.statements
            if isinstance(statement, ir.Assign)
            for target in statement.lhs
        )


def _named(kind: model.Type | None) -> model.Named | None:
    """Return a named type, also behind a pointer."""
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return kind if isinstance(kind, model.Named) else None


def _text(x: ir.Expr) -> str:
    """Return what is between the quotes of a constant text; empty for all else."""
    return x.text[1:-1] if isinstance(x, ir.Const) and x.kind == "string" else ""
