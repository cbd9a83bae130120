"""Parts of variables that are held by value, and what becomes of what is written to them.

A *part* is a variable, or a field or array element inside of it that is reached without any reference on the way: writing to it changes this
variable only. `Uses` says which of those writes nobody ever sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.traverse import each, operands, statements
from golint_maps.flow.view import View
from golint_maps.flow.walk import children
from golint_maps.syntax import ir
from golint_maps.types import model


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a local variable: field names from the outside in, `[]` for any element of an array. Empty: the whole variable."""

    root: int
    path: tuple[str, ...] = ()

    def overlaps(self, other: Part) -> bool:
        """Tell whether one of two parts lies in the other."""
        length = min(len(self.path), len(other.path))
        return self.root == other.root and self.path[:length] == other.path[:length]


def root_of(x: ir.Expr) -> int | None:
    """Return the local variable at the root of a chain of selectors and indexes, or None. Looks at no types."""
    while isinstance(x, ir.Sel | ir.Index):
        x = x.base
    return x.id if isinstance(x, ir.Local) else None


def part_of(view: View, x: ir.Expr) -> Part | None:
    """Return the part that an expression stands for, or None when it leads through a pointer, slice or map, or its types are not known."""
    resolver = view.package.resolver
    match x:
        case ir.Local(number):
            return Part(number)
        case ir.Sel(base, name):
            below = part_of(view, base)
            if below is None:
                return None
            kind = view.typing.of(base)
            field = resolver.field(kind, name)
            if field is None:
                return None
            for embedded in field.path:
                step = resolver.field(kind, embedded)
                if step is None or not isinstance(resolver.underlying(kind), model.Struct):
                    return None
                kind = step.type
            if not isinstance(resolver.underlying(kind), model.Struct):
                return None
            return Part(below.root, (*below.path, *field.path, name))
        case ir.Index(base):
            below = part_of(view, base)
            if below is None or not isinstance(resolver.underlying(view.typing.of(base)), model.Array):
                return None
            return Part(below.root, (*below.path, "[]"))
    return None


@dataclass(frozen=True, slots=True)
class _Read:
    part: Part
    pos: int
    forever: bool
    """The variable's address, or the variable itself, is held by something that may look at it at any time."""


class Uses:
    """All reads of some local variables in a function and its literals."""

    def __init__(self, view: View, wanted: frozenset[int]) -> None:
        self._view = view
        self._wanted = wanted
        self._reads: dict[int, list[_Read]] = {}
        self._loops: list[tuple[int, int]] = []
        self._jumps = False
        for number, function in zip(view.family, view.functions, strict=True):
            for statement in statements(function.body or ()):
                self._statement(statement, number)

    def sees(self, written: Part, start: int, end: int) -> bool:
        """Tell whether anything may read a part after the statement from `start` to `end` has written to it."""
        defined = self._view.variables[written.root].pos
        again = [loop for loop in self._loops if loop[0] <= start < loop[1] and not loop[0] <= defined < loop[1]]
        for read in self._reads.get(written.root, ()):
            if not read.part.overlaps(written):
                continue
            if read.forever or read.pos >= end or self._jumps or any(low <= read.pos < high for low, high in again):
                return True
        return False

    def _statement(self, statement: ir.Stmt, function: int) -> None:
        match statement:
            case ir.For(pos=pos, end=end) | ir.Range(pos=pos, end=end):
                self._loops.append((pos, end))
            case ir.Branch("goto"):
                self._jumps = True
        if isinstance(statement, ir.Assign):
            updated = [x.base for x in statement.lhs if isinstance(x, ir.Index)]
            for x in statement.lhs:
                self._target(x, function)
            for x in statement.rhs:
                self._read(x, function, updated)
            return
        if isinstance(statement, ir.Range) and not statement.define:
            for target in (statement.key, statement.value):
                if target is not None:
                    self._target(target, function)
            self._read(statement.over, function)
            return
        for x in operands(statement):
            self._read(x, function)

    def _target(self, x: ir.Expr, function: int) -> None:
        """The left side of an assignment: storing into an element of a map or slice is no reading of that map or slice."""
        if isinstance(x, ir.Local):
            return
        if part_of(self._view, x) is not None:
            while isinstance(x, ir.Sel | ir.Index):
                if isinstance(x, ir.Index):
                    self._read(x.index, function)
                x = x.base
            return
        if isinstance(x, ir.Index):
            self._read(x.index, function)
            self._target(x.base, function)
            return
        for operand in children(x):
            self._read(operand, function)

    def _read(self, x: ir.Expr, function: int, updated: Sequence[ir.Expr] = (), *, address: bool = False) -> None:
        """Record what an expression reads. A part in `updated` is only read to be written back, as `m` is in `m[k] = append(m[k], v)`."""
        root = root_of(x)
        if root is not None and root in self._wanted:
            part = part_of(self._view, x)
            if part is not None:
                if not any(part == part_of(self._view, other) for other in updated):
                    captured = self._view.variables[root].function != function
                    self._reads.setdefault(root, []).append(_Read(part, x.pos, address or captured))
                while isinstance(x, ir.Sel | ir.Index):
                    if isinstance(x, ir.Index):
                        self._read(x.index, function)
                    x = x.base
                return
        match x:
            case ir.Addr(operand) | ir.SliceOf(operand):
                self._read(operand, function, address=True)
            case ir.Call(ir.Name("delete" | "clear"), [first, *rest]) if part_of(self._view, first) is not None:
                for argument in rest:
                    self._read(argument, function)
            case ir.Sel(base, name):
                # A method on the variable, or on a part of it, may keep its address, unless it gets a copy.
                kept = root in self._wanted and self._keeps_receiver(base, name)
                self._read(base, function, updated, address=address or kept)
            case _:
                for operand in children(x):
                    self._read(operand, function, updated)

    def _keeps_receiver(self, base: ir.Expr, name: str) -> bool:
        """Tell whether a selector is that of a method which may keep the address of what it is called on."""
        method = self._view.package.resolver.method(self._view.typing.of(base), name)
        return method is not None and (method.function is None or isinstance(method.function.node.receiver_type, ir.TPtr))


def writes(view: View) -> Iterator[tuple[ir.Assign, ir.Expr]]:
    """Yield assignments to fields and elements, with the left side in question: those that may write to a part."""
    for function in view.functions:
        for statement in each(function.body or (), ir.Assign):
            for x in statement.lhs if statement.op != ":=" else ():
                if x.__class__ is ir.Sel or x.__class__ is ir.Index:
                    yield statement, x
