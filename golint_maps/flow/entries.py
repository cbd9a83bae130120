"""What a body surely knows about the entries of maps: which keys are present, which keys are equal or differ.

`EntryFlow` walks a body forward, keeps that knowledge from look-ups and conditions, and tells its subclass of each insert and delete that the
knowledge does not prove harmless. Keys are texts of `Paths.key`: equal texts are equal values as long as no variable in them changes, so
facts about a variable are dropped when it is assigned to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from golint_maps.flow.parts import part_of, root_of
from golint_maps.flow.traverse import subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue

Path = tuple[str, ...]
Entry = tuple[Path, str]
"""A map and the text of a key."""

_NONE: frozenset[str] = frozenset()
_ZEROS = frozenset(("0", '""', "``", "0.0"))
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
_FORMATTING = frozenset(("Sprintf", "Sprint", "Sprintln", "Join", "Itoa", "Quote", "Repeat"))
"""Functions whose result is not a fixed point of themselves: no canonical form of their argument."""

_CUTTING = frozenset(("TrimPrefix", "TrimSuffix", "CutPrefix", "CutSuffix"))
"""Functions that cut something off once, however often it is there."""


@lru_cache(maxsize=4096)
def _uses(number: int) -> re.Pattern[str]:
    return re.compile(rf"\bl{number}\b")


@dataclass(slots=True)
class Knowledge:
    """Facts at one point. `replaced`, `done` and `locked` hold on some path, the others on every path."""

    present: frozenset[Entry] = frozenset()
    flags: frozenset[tuple[int, Entry]] = frozenset()
    """Variables that are true only if the entry is present: `_, ok := m[k]`."""
    values: frozenset[tuple[int, Entry]] = frozenset()
    """Variables that hold the zero value unless the entry is present: `v := m[k]`."""
    own: frozenset[str] = _NONE
    """Keys that equal the key of the loop under analysis."""
    differs: frozenset[str] = _NONE
    """Keys that surely differ from it."""
    replaced: frozenset[Path] = frozenset()
    """Paths assigned to: what they named before is another map now."""
    done: frozenset[int] = frozenset()
    """Positions of what happened in this turn of the loop under analysis."""
    locked: frozenset[Path] = frozenset()
    """Locks taken in this turn."""
    unmade: frozenset[Path] = frozenset()
    """Paths that are nil here. What is made for them stands for no map that was there before: `if s.m == nil { s.m = make(M) }`."""


class EntryFlow(Forward[Knowledge]):
    """The walk. `own_path` is the map whose loop is under analysis, if one is."""

    def __init__(self, view: View, own_path: Path | None = None) -> None:
        super().__init__()
        self.view = view
        self.own_path = own_path
        self._deferred: list[ir.Call] | None = None
        """The calls deferred by the literal that is walked where it is called: they run at its end."""

    # --- for subclasses ---

    def mutated(self, kind: str, form: str, path: Path, operand: ir.Expr, key: ir.Expr | None, at: tuple[int, int], state: Knowledge) -> None:
        """A mutation of the map at `path`: `kind` is insert or delete; a `key` of None stands for any keys. Updates of present keys do not come."""

    def called(self, call: ir.Call, state: Knowledge) -> None:
        """A call that is no mutation by itself."""

    def is_turn(self, x: ir.Expr) -> bool:
        """Tell whether an expression is the value of the loop under analysis."""
        return False

    # --- lattice ---

    def copy(self, state: Knowledge) -> Knowledge:
        return replace(state)

    def join(self, left: Knowledge, right: Knowledge) -> Knowledge:
        return Knowledge(
            left.present & right.present,
            left.flags & right.flags,
            left.values & right.values,
            left.own & right.own,
            left.differs & right.differs,
            left.replaced | right.replaced,
            left.done | right.done,
            left.locked | right.locked,
            left.unmade & right.unmade,
        )

    # --- stores ---

    def assign(self, statement: ir.Assign | ir.Declare, state: Knowledge) -> None:
        targets: list[ir.Expr] = []
        if isinstance(statement, ir.Declare):
            values = statement.values
            targets = [ir.Local(number, self.view.variables[number].pos) if number >= 0 else ir.Name("_", 0) for number in statement.variables]
        else:
            values = statement.rhs
            targets = statement.lhs
        # What an assigned variable holds is looked at before it is forgotten: `k = k` and `k := k` keep what was known.
        bound = [self._binding(target, values, index, len(targets), state) for index, target in enumerate(targets)]
        for target in targets:
            if isinstance(target, ir.Local):
                self.forget(target.id, state)
                if self.view.variables[target.id].pos != target.pos:
                    state.replaced |= {(f"l{target.id}",)}
        for target, found in zip(targets, bound, strict=True):
            if isinstance(target, ir.Local) and (not isinstance(statement, ir.Assign) or statement.op in ("=", ":=")):
                self._bind(target.id, found, state)
        if isinstance(statement, ir.Assign):
            for target in targets:
                self._store(target, statement, state)

    def _binding(self, target: ir.Expr, values: list[ir.Expr], index: int, count: int, state: Knowledge) -> tuple[str, Entry | None]:
        if not isinstance(target, ir.Local):
            return "", None
        if len(values) == count:
            value = values[index]
            text = self.key_text(value)
            kind = "own" if text in state.own else ""
            entry = self.entry(value, state)
            return (kind or "value", entry) if entry else (kind, None)
        if len(values) == 1 and isinstance(values[0], ir.Index):
            return ("flag" if index == 1 else "value"), self.entry(values[0], state)
        return "", None

    def _bind(self, number: int, found: tuple[str, Entry | None], state: Knowledge) -> None:
        kind, entry = found
        if kind == "own":
            state.own |= {f"l{number}"}
        if entry is not None:
            if _uses(number).search(entry[1]):
                return
            if kind == "flag":
                state.flags |= {(number, entry)}
            else:
                state.values |= {(number, entry)}

    def _store(self, target: ir.Expr, statement: ir.Assign, state: Knowledge) -> None:
        if isinstance(target, ir.Index):
            path = self.view.paths.of(target.base)
            if path is not None and not self.is_replaced(path, state) and self.is_map(target.base, path):
                self._insert("assign", path, target.base, target.index, (statement.pos, statement.end), state)
        if isinstance(target, ir.Index | ir.Sel | ir.Name | ir.Deref):
            path = self.view.paths.raw(target)
            if path in state.unmade:
                state.unmade -= {path}
            elif path is not None:
                state.replaced |= {path}
        if isinstance(target, ir.Index | ir.Sel):
            root = root_of(target)
            if root is not None and part_of(self.view, target) is not None:
                self.forget(root, state)  # `key.x++` makes another value of it

    def is_map(self, x: ir.Expr, path: Path) -> bool:
        """Tell whether an expression is surely a map."""
        return path == self.own_path or self.view.package.resolver.map(self.view.typing.of(x)) is not None

    def is_replaced(self, path: Path, state: Knowledge) -> bool:
        """Tell whether `path` may name another map than before."""
        if not state.replaced:
            return False
        if any(path[:length] in state.replaced for length in range(1, len(path) + 1)):
            return True
        elements = [part for part in path if part.startswith("[")]
        return any(_uses(int(other[0][1:])).search(part) for other in state.replaced if len(other) == 1 and other[0][0] == "l" for part in elements)

    def forget(self, number: int, state: Knowledge) -> None:
        """Drop all that is known about a variable."""
        token = f"l{number}"
        if state.present:
            state.present = frozenset(item for item in state.present if token not in item[1])
        if state.flags:
            state.flags = frozenset(item for item in state.flags if item[0] != number and token not in item[1][1])
        if state.values:
            state.values = frozenset(item for item in state.values if item[0] != number and token not in item[1][1])
        if state.own:
            state.own = frozenset(item for item in state.own if not _uses(number).search(item))
        if state.differs:
            state.differs = frozenset(item for item in state.differs if not _uses(number).search(item))

    def _insert(self, form: str, path: Path, operand: ir.Expr, key: ir.Expr, at: tuple[int, int], state: Knowledge) -> None:
        text = self.key_text(key)
        if (path, text) in state.present or (path == self.own_path and text in state.own):
            return
        self.mutated("insert", form, path, operand, key, at, state)
        state.present |= {(path, text)}

    def _delete(self, path: Path, operand: ir.Expr, key: ir.Expr, at: tuple[int, int], state: Knowledge) -> None:
        text = self.key_text(key)
        self.mutated("delete", "delete", path, operand, key, at, state)
        state.present -= {(path, text)}

    # --- keys ---

    def key_text(self, x: ir.Expr) -> str:
        """Return the text of a key, conversions to its own type left out."""
        return self.view.paths.key(self.view.typing.unconverted(x))

    def is_own(self, x: ir.Expr, state: Knowledge) -> bool:
        """Tell whether a key surely equals that of the loop under analysis."""
        return bool(state.own) and self.key_text(x) in state.own

    def is_canonical(self, x: ir.Expr, state: Knowledge) -> bool:
        """Tell whether a key is the canonical form of the loop's key, in a branch where the two differ.

        `if lower == key { continue }; delete(m, key); m[lower] = v` meets the new entry with nothing left to do. So does a loop that cuts a
        prefix off the keys that have it.
        """
        definition = self.view.typing.definitions.get(x.id) if isinstance(x, ir.Local) and not self.view.assignments[x.id] else None
        call = definition.value if isinstance(definition, FromValue) else x
        if isinstance(call, ir.Binary):
            return self._is_completed(call, state)
        if not isinstance(call, ir.Call):
            return False
        name = call.fun.name if isinstance(call.fun, ir.Name | ir.Sel) else ""
        if name in _FORMATTING or name.startswith(("Add", "With", "add", "with")) or _cuts_a_letter(name, call.args):
            return False
        operands = [*call.args, call.fun.base] if isinstance(call.fun, ir.Sel) else call.args
        if {self.key_text(x), self.key_text(call)} & state.differs:
            return any(self.key_text(part) in state.own or self.is_turn(part) for operand in operands for part in subexpressions(operand))
        return any(self.is_canonical(operand, state) for operand in operands if isinstance(operand, ir.Local | ir.Call))

    def _is_completed(self, x: ir.Binary, state: Knowledge) -> bool:
        """Tell whether a key gets a prefix or suffix that the loop's keys were seen not to have."""
        match x:
            case ir.Binary("+", ir.Const(_, prefix), rest):
                part, kind = prefix, "HasPrefix"
            case ir.Binary("+", rest, ir.Const(_, suffix)):
                part, kind = suffix, "HasSuffix"
            case _:
                return False
        if not self.is_own(rest, state):
            return False
        part = part[1:-1]
        lacking = [text.partition(" ")[2] for text in state.differs if text.startswith(kind + " ")]
        return any(part.startswith(text) if kind == "HasPrefix" else part.endswith(text) for text in lacking)

    def entry(self, x: ir.Expr, state: Knowledge) -> Entry | None:
        """Return the entry whose absence makes an expression zero: `m[k]`, `m[k].f`, `len(m[k])`, or a variable that holds one of these."""
        match x:
            case ir.Index(base, index):
                path = self.view.paths.of(base)
                if path is not None and self.is_map(base, path):
                    return None if self.is_replaced(path, state) else (path, self.key_text(index))
            case ir.Local(number):
                for variable, entry in state.values:
                    if variable == number:
                        return entry
            case ir.Sel(base) | ir.Deref(base):
                return self.entry(base, state)
            case ir.Call(ir.Name("len"), [operand]):
                return self.entry(operand, state)
        return None

    # --- conditions ---

    def assume(self, condition: ir.Expr, truth: bool, state: Knowledge) -> Knowledge | None:
        match condition:
            case ir.Unary("!", operand):
                return self.assume(operand, not truth, state)
            case ir.Binary("&&", left, right) if truth:
                self.assume(left, True, state)
                self.assume(right, True, state)
            case ir.Binary("||", left, right) if not truth:
                self.assume(left, False, state)
                self.assume(right, False, state)
            case ir.Binary("==" | "!=" as op, left, right):
                self._compare((op == "==") == truth, left, right, state)
            case ir.Binary(("<" | ">" | "<=" | ">=") as op, left, right):
                self._order(op if truth else _NEGATED[op], left, right, state)
            case ir.Local(number) if truth:
                for variable, entry in state.flags | state.values:
                    if variable == number:
                        state.present |= {entry}
                self._cut(number, state)
            case ir.Call(ir.Sel(ir.Name("strings"), ("HasPrefix" | "HasSuffix") as name), args) if truth and state.own:
                trimmed = ",".join(map(self.view.paths.key, args))
                state.differs |= {f"strings.Trim{name[3:]}({trimmed})"}
            case ir.Call(ir.Sel(ir.Name("strings"), ("HasPrefix" | "HasSuffix") as name), [x, ir.Const(_, part)]) if self.is_own(x, state):
                state.differs |= {f"{name} {part[1:-1]}"}
            case ir.Index() | ir.Sel() if truth:
                self._see(condition, state)
        return state

    def _see(self, x: ir.Expr, state: Knowledge) -> None:
        found = self.entry(x, state)
        if found is not None:
            state.present |= {found}

    def _cut(self, flag: int, state: Knowledge) -> None:
        """After `rest, found := strings.CutPrefix(key, …)`, found: the rest differs from the key."""
        definitions = self.view.typing.definitions
        definition = definitions.get(flag) if state.own else None
        match definition:
            case FromValue(ir.Call(ir.Sel(ir.Name("strings"), "CutPrefix" | "CutSuffix")) as call, 1, 2):
                state.differs |= {
                    f"l{number}" for number, other in definitions.items() if isinstance(other, FromValue) and other.value is call and other.index == 0
                }

    def _compare(self, equal: bool, left: ir.Expr, right: ir.Expr, state: Knowledge) -> None:
        if equal and isinstance(right, ir.Name) and right.name == "nil" and (path := self.view.paths.raw(left)) is not None:
            state.unmade |= {path}
        for x, other in ((left, right), (right, left)):
            zero = is_zero(other)
            if zero is not None and zero != equal:
                self._see(x, state)
        if state.own:
            texts = self.key_text(left), self.key_text(right)
            for text, other_text in (texts, texts[::-1]):
                if text in state.own:
                    if equal:
                        state.own |= {other_text}
                    else:
                        state.differs |= {other_text}

    def _order(self, op: str, left: ir.Expr, right: ir.Expr, state: Knowledge) -> None:
        if isinstance(left, ir.Const):
            left, right, op = right, left, _FLIPPED[op]
        # A length or number above zero is no zero value.
        if isinstance(right, ir.Const) and (op == ">" or (op == ">=" and right.text not in _ZEROS)):
            self._see(left, state)

    def select_case(self, subject: ir.Expr, case: ir.Case, state: Knowledge) -> Knowledge | None:
        if len(case.values) == 1:
            self._compare(True, subject, case.values[0], state)
        return state

    # --- loops and calls ---

    def enter_range(self, statement: ir.Range, state: Knowledge) -> None:
        for x in (statement.key, statement.value):
            if isinstance(x, ir.Local):
                self.forget(x.id, state)
        if isinstance(statement.key, ir.Local):
            path = self.view.paths.of(statement.over)
            if path is not None and self.is_map(statement.over, path) and not self.is_replaced(path, state):
                entry = (path, f"l{statement.key.id}")
                state.present |= {entry}
                if isinstance(statement.value, ir.Local):
                    state.values |= {(statement.value.id, entry)}

    def evaluate(self, x: ir.Expr, state: Knowledge) -> None:
        for part in subexpressions(x):
            if isinstance(part, ir.Call):
                self._call(part, state)

    def defer(self, statement: ir.Defer, state: Knowledge) -> None:
        if isinstance(statement.call, ir.Call):
            for arg in statement.call.args:
                self.evaluate(arg, state)
            if self._deferred is not None:
                self._deferred.append(statement.call)

    def spawn(self, statement: ir.Go, state: Knowledge) -> None:
        if isinstance(statement.call, ir.Call):
            for arg in statement.call.args:
                self.evaluate(arg, state)

    def _call(self, call: ir.Call, state: Knowledge) -> None:
        match call.fun:
            case ir.FuncLit(number):
                self.inline(self.view.typing.literal(number), state)
            case ir.Name("delete") if len(call.args) == 2 and self.view.typing.is_builtin(call.fun, "delete"):
                path = self._target(call.args[0], state)
                if path is not None:
                    self._delete(path, call.args[0], call.args[1], (call.pos, call.end), state)
            case ir.Name("clear") if len(call.args) == 1 and self.view.typing.is_builtin(call.fun, "clear"):
                path = self._target(call.args[0], state)
                if path is not None:
                    self.mutated("delete", "clear", path, call.args[0], None, (call.pos, call.end), state)
                    state.present = frozenset(entry for entry in state.present if entry[0] != path)
            case ir.Sel(ir.Name() as package, ("Copy" | "Insert" | "DeleteFunc") as name) if len(call.args) == 2:
                if self.view.typing.package_of(package) in ("maps", "golang.org/x/exp/maps"):
                    path = self._target(call.args[0], state)
                    if path is not None and path != self.view.paths.of(call.args[1]):
                        kind = "delete" if name == "DeleteFunc" else "insert"
                        self.mutated(kind, name, path, call.args[0], None, (call.pos, call.end), state)
                else:
                    self.called(call, state)
            case _:
                self.called(call, state)

    def _target(self, x: ir.Expr, state: Knowledge) -> Path | None:
        path = self.view.paths.of(x)
        if path is None or self.is_replaced(path, state) or not self.is_map(x, path):
            return None
        return path

    def inline(self, literal: ir.Function, state: Knowledge) -> None:
        """Walk a literal that is called where it stands."""
        frames, returns, outer = self._frames, self.returns, self._deferred
        self._frames, self.returns, self._deferred = [], [], []
        end = self.run(literal.body or (), self.copy(state))
        self._frames, self.returns, deferred, self._deferred = frames, returns, self._deferred, outer
        if end is not None:
            for call in reversed(deferred):
                self._call(call, end)
            for name in Knowledge.__slots__:
                setattr(state, name, getattr(end, name))


def _cuts_a_letter(name: str, args: Sequence[ir.Expr]) -> bool:
    """Tell whether a call cuts one letter off a word: `strings.TrimSuffix(word, "s")`. Words have two of them in a row, as `glass` has."""
    cut = args[1] if name in _CUTTING and len(args) > 1 else None
    return isinstance(cut, ir.Const) and len(cut.text) == len('"s"') and cut.text[1].isalnum()


def is_zero(x: ir.Expr) -> bool | None:
    """Tell whether a constant is a zero value; None for what is no constant, and for named constants, which may be either."""
    match x:
        case ir.Const(_, text):
            return text in _ZEROS
        case ir.Name("nil" | "false"):
            return True
        case ir.Name("true"):
            return False
    return None
