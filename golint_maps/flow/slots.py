"""Slots: what lets one activity in at a time and is no lock. A goroutine that gives a slot back at its end has had it since before its start.

A slot is an atomic flag that somebody wins by a compare-and-swap and resets, or an object with a method that refuses when a mark is set and sets it
otherwise, and another one that takes the mark away: `if running := op.begin(id); running != "" { return … }; go func() { defer op.end(); … }()`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from golint_maps.flow.files import of_file
from golint_maps.flow.paths import Path
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, paired
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import receiver_name

_Methods = set[tuple[str, str, Path]]
"""(type, method, mark as a path from the receiver)"""
_Flag = tuple[str, str]
"""(type of the receiver that it is a field of, or an empty string where that is not plain, name)"""
_COMPARES = frozenset(("==", "!="))


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a package: the atomic flags that are won, and the methods, as (type, name), that take a slot and give it back.

    `freed` are the names of what is set to zero by an atomic store at the end of something or in a literal, flags that are won among them: one that
    is set to zero elsewhere tells of the life of an object.
    `takes` says of each method whether it returns a zero value (no error, an empty text) where it has got the slot.
    """

    flags: frozenset[_Flag]
    freed: frozenset[str]
    takes: Mapping[tuple[str, str], bool]
    gives: frozenset[tuple[str, str]]
    asked: frozenset[tuple[str, str]]
    """The methods, as (type, name), that compare and swap a field of their object, and return a truth value."""

    def taken(self, body: Sequence[ir.Stmt], view: View) -> Iterator[tuple[int, int, Path]]:
        """Yield (start, end, object) of the rest of a body behind each `if` that returns unless it has got the slot of an object.

        It ends where the slot is given back.
        """
        for index, statement in enumerate(body[:-1] if self.takes else ()):
            if isinstance(statement, ir.If) and statement.then and isinstance(statement.then[-1], ir.Return):
                rest = body[index + 1 :]
                for call, zero in _left_unless(statement):
                    for path in self._by_methods([call], self.takes, view):
                        if zero == self.takes[self._named(call, view)]:
                            yield start_of(rest[0]), self._until(rest, path, view), path

    def let_in(self, body: Sequence[ir.Stmt], view: View) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of the branches that such a method, asked on its own, leads to."""
        for branch in each(body, ir.If) if self.asked else ():
            if branch.then and isinstance(branch.cond, ir.Call) and self.asked_object(branch.cond, view) is not None:
                yield start_of(branch.then[0]), end_of(branch.then[-1])

    def asked_object(self, call: ir.Call, view: View) -> ir.Expr | None:
        """Return the object that such a method is called on, or None for other calls."""
        return call.fun.base if isinstance(call.fun, ir.Sel) and any(self._by_methods([call], self.asked, view)) else None

    def comes_free(self, slot: Path) -> bool:
        """Tell whether a slot is given back, flag or object, so that it lets somebody in more than once."""
        name = slot[-1].rpartition(".")[2]
        return name in self.freed or all(name != flag for _, flag in self.flags)

    def _until(self, rest: Sequence[ir.Stmt], path: Path, view: View) -> int:
        """Return where a slot is given back for sure, or else the end of what follows."""
        for statement in rest:
            if isinstance(statement, ir.Do) and isinstance(statement.x, ir.Call) and path in self._by_methods([statement.x], self.gives, view):
                return start_of(statement)
        return end_of(rest[-1])

    def given_back(self, function: ir.Function, view: View) -> Iterator[Path]:
        """Yield the slots, flags and objects, that a function gives back in the end and does not take."""
        body = function.body or ()
        if not self.flags and not self.gives:
            return
        deferred = list(_deferred(body, view))
        reset = [path for call in (each(body, ir.Call) if function.parent >= 0 else deferred) if (path := self.reset(call, view)) is not None]
        if reset:
            won = {view.paths.raw(won_flag(call)) for call in each(body, ir.Call)}
            yield from (path for path in reset if path not in won)
        yield from self._by_methods(deferred, self.gives, view)

    def reset(self, call: ir.Call, view: View) -> Path | None:
        """Return the flag, one of those that are won, that a call sets to zero."""
        flag = reset_flag(call)
        if not isinstance(flag, ir.Sel | ir.Name) or ("", flag.name) not in self.flags:
            owner = _owner(flag.base, view) if isinstance(flag, ir.Sel) else None
            if owner is None or not isinstance(flag, ir.Sel) or (owner.name, flag.name) not in self.flags:
                return None
        return view.paths.raw(flag)

    @staticmethod
    def _named(call: ir.Call, view: View) -> tuple[str, str]:
        """Return (type, name) of the method that a call calls."""
        owner = _owner(call.fun.base, view) if isinstance(call.fun, ir.Sel) else None
        return (owner.name, call.fun.name) if owner is not None and isinstance(call.fun, ir.Sel) else ("", "")

    def _by_methods(self, calls: Sequence[ir.Call], methods: Collection[tuple[str, str]], view: View) -> Iterator[Path]:
        names = {name for _, name in methods}
        for call in calls:
            if isinstance(call.fun, ir.Sel) and call.fun.name in names and self._named(call, view) in methods:
                path = view.paths.raw(call.fun.base)
                if path is not None:
                    yield path


def _deferred(body: Sequence[ir.Stmt], view: View) -> Iterator[ir.Call]:
    """Yield the calls that a body defers, by themselves or in literals."""
    for statement in each(body, ir.Defer):
        match statement.call:
            case ir.Call(ir.FuncLit(function)):
                yield from each(view.facts.functions[function].body or (), ir.Call)
            case ir.Call() as call:
                yield call


def _owner(x: ir.Expr, view: View) -> model.Named | None:
    """Return the named type of an expression, or of what it points to."""
    kind = view.typing.of(x)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return kind if isinstance(kind, model.Named) else None


def _left_unless(statement: ir.If) -> Iterator[tuple[ir.Call, bool]]:
    """Yield the calls that a branch asks, each with whether its result is zero where the branch is not taken: `if err := op.begin(); err != nil`."""
    named: dict[int, ir.Call] = {}
    match statement.init:
        case ir.Assign(lhs=[*_, ir.Local(number)], rhs=[ir.Call() as call]) | ir.Declare(variables=[*_, number], values=[ir.Call() as call]):
            named[number] = call
    todo: list[tuple[ir.Expr, bool]] = [(statement.cond, True)]
    while todo:
        x, zero = todo.pop()
        match x:
            case ir.Binary("||", left, right):
                todo += [(left, True), (right, True)] if zero else []
            case ir.Unary("!", operand):
                todo.append((operand, not zero))
            case ir.Binary(operator, operand, other) if operator in _COMPARES and _is_zero(other):
                todo.append((operand, zero if operator == "!=" else not zero))
            case ir.Local(number) if number in named:
                yield named[number], zero
            case ir.Call():
                yield x, zero


def slots(package: PackageView) -> Slots:
    """Return the slots of a package; found once."""
    known = package.memo.get("slots")
    if not isinstance(known, Slots):
        flags: set[_Flag] = set()
        freed: set[str] = set()
        takes: dict[tuple[str, str, Path], bool] = {}
        gives: _Methods = set()
        asked: set[tuple[str, str]] = set()
        for file in package.scope.files:
            won, reset, taking, giving, asking = of_file(file, _in_file)
            asked |= asking
            flags |= won
            freed |= reset
            takes |= taking
            gives |= giving
        marks = {(kind, mark) for kind, _, mark in takes}
        marks &= {(kind, mark) for kind, _, mark in gives}
        known = package.memo["slots"] = Slots(
            frozenset(flags),
            frozenset(freed),
            {(kind, name): zero for (kind, name, mark), zero in takes.items() if (kind, mark) in marks},
            frozenset((kind, name) for kind, name, mark in gives if (kind, mark) in marks),
            frozenset(asked),
        )
    return known


def won_flag(x: ir.Expr) -> ir.Expr | None:
    """Return the variable of a compare-and-swap."""
    found: ir.Expr | None = None
    if x.__class__ is ir.Call:
        match x:
            case ir.Call(ir.Sel(ir.Name("atomic"), name), [ir.Addr(variable), *_]) if name.startswith("CompareAndSwap"):
                found = variable
            case ir.Call(ir.Sel(base, "CompareAndSwap"), [_, _]):
                found = base
    return found


def reset_flag(call: ir.Call) -> ir.Expr | None:
    """Return the variable of an atomic store of zero."""
    match call:
        case ir.Call(ir.Sel(ir.Name("atomic"), name), [ir.Addr(variable), value]) if name.startswith("Store") and _is_zero(value):
            return variable
        case ir.Call(ir.Sel(base, "Store"), [value]) if _is_zero(value):
            return base
    return None


def _is_zero(x: ir.Expr) -> bool:
    match x:
        case ir.Const(_, "0" | '""' | "``") | ir.Name("false" | "nil"):
            return True
    return False


def _in_file(file: ir.FileFacts) -> tuple[set[_Flag], set[str], dict[tuple[str, str, Path], bool], _Methods, set[tuple[str, str]]]:
    flags: set[_Flag] = set()
    freed: set[str] = set()
    asked: set[tuple[str, str]] = set()
    for function in file.functions:
        body = function.body or ()
        for call in each(body, ir.Call):
            if isinstance(flag := won_flag(call), ir.Sel | ir.Name):
                owner = _receiver_of(flag, file.functions[function.root])
                flags.add((owner, flag.name))
                if owner and function.type.results == [ir.TName("bool")]:
                    asked.add((owner, function.name))
        at_the_end = [statement.call for statement in each(body, ir.Defer)]
        for x in each(body, ir.Call) if function.parent >= 0 else at_the_end:
            if isinstance(x, ir.Call) and isinstance(flag := reset_flag(x), ir.Sel | ir.Name):
                freed.add(flag.name)
    takes: dict[tuple[str, str, Path], bool] = {}
    gives: _Methods = set()
    for function in file.functions:
        if function.receiver < 0 or not function.body or function.receiver_type is None or not _locks(function.body):
            continue
        kind = receiver_name(function.receiver_type)
        marks = _marks(function)
        refused = {
            mark
            for statement in function.body
            if isinstance(statement, ir.If) and statement.then and isinstance(statement.then[-1], ir.Return)
            for mark in _refusing(statement.cond, function.receiver)
            if mark in marks
        }
        takes |= {(kind, function.name, mark): _succeeds_with_zero(function.body) for mark in refused if not marks[mark]}
        gives |= {(kind, function.name, mark) for mark, zero in marks.items() if zero and not each(function.body, ir.Return)}
    return flags, freed, takes, gives, asked


def _receiver_of(flag: ir.Expr, function: ir.Function) -> str:
    """Return the receiver's type of a field of the receiver, an empty string for other fields and variables."""
    own = isinstance(flag, ir.Sel) and isinstance(flag.base, ir.Local) and flag.base.id == function.receiver
    return receiver_name(function.receiver_type) if own and function.receiver_type is not None else ""


def _refusing(condition: ir.Expr, receiver: int) -> Iterator[Path]:
    """Yield the fields that a condition finds set, whatever else it asks: `if o.busy`, `if o.running != ""`."""
    match condition:
        case ir.Binary("||", left, right):
            yield from _refusing(left, receiver)
            yield from _refusing(right, receiver)
        case ir.Binary("!=", operand, other) if _is_zero(other):
            yield _mark(operand, receiver)
        case ir.Sel():
            yield _mark(condition, receiver)


def _succeeds_with_zero(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether the last return of a body gives a zero value."""
    return isinstance(body[-1], ir.Return) and bool(body[-1].values) and _is_zero(body[-1].values[-1])


def _locks(body: Sequence[ir.Stmt]) -> bool:
    return any(call.fun.__class__ is ir.Sel and call.fun.name == "Lock" for call in each(body, ir.Call))


def _marks(function: ir.Function) -> Mapping[Path, bool]:
    """Return the fields that a method sets as its last word, and whether it sets them to zero."""
    return {
        mark: _is_zero(value)
        for statement in function.body or ()
        if isinstance(statement, ir.Assign)
        for target, value in paired(statement)
        if (mark := _mark(target, function.receiver))
    }


def _mark(x: ir.Expr, receiver: int) -> Path:
    """Return a field as a path from the receiver; empty for all else."""
    names: list[str] = []
    while isinstance(x, ir.Sel):
        names.append(x.name)
        x = x.base
    return tuple(reversed(names)) if isinstance(x, ir.Local) and x.id == receiver else ()
