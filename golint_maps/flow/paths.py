"""Access paths: which variable, and which field of what, an expression stands for.

A path is a tuple of strings: a root, then fields and elements. Roots are `l<id>` (a local of the outermost function) and `g<package>.<name>`
(a package variable). Fields stand by name, embedded ones spelled out; elements as `[key]`. Pointers are transparent: `p.f`, `(*p).f` and
`&p.f` are one path. A local that is defined once from another path, and holds a reference (map, pointer, channel, interface), is an alias
of that path, unless the function assigns to the path as well: then both names may part (`old := s.m; s.m = make(…)`). They do not where a new
map is put into both (`row = make(…); t.rows[id] = row`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from golint_maps.flow.equal_results import gives_equal_results
from golint_maps.flow.getters import got
from golint_maps.flow.traverse import blocks, each, statements
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

if TYPE_CHECKING:
    from golint_maps.flow.view import View

Path = tuple[str, ...]

RECEIVED: Final = "<-"
"""Stands in a path for what comes out of a channel."""
LOADED: Final = "Load()"
"""Stands in a path for what an atomic value holds."""


class Paths:
    """Access paths of the expressions of one function and its literals."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._aliases: dict[int, Path | None] = {}
        self._selected: dict[tuple[int, bool], tuple[ir.Sel, Path | None]] = {}

    @cached_property
    def assigned(self) -> frozenset[Path]:
        """Paths of two and more components, and package variables, that are assigned to anywhere in the function, as written."""
        return self._targets(self.raw)

    @cached_property
    def replaced(self) -> frozenset[Path]:
        """The same with aliases followed: what gets another value, under whatever name."""
        return self._targets(self.of)

    def _targets(self, path_of: Callable[[ir.Expr], Path | None]) -> frozenset[Path]:
        found = set()
        for function in self._view.functions:
            for statement in statements(function.body or ()):
                if statement.__class__ is ir.Assign:
                    for x in statement.lhs:
                        if x.__class__ is not ir.Local:
                            path = path_of(x)
                            if path is not None:
                                found.add(path)
        return frozenset(found)

    def of(self, x: ir.Expr | None) -> Path | None:
        """Return the access path of an expression, aliases followed, or None when it has none (calls, literals, arithmetic)."""
        return self._path(x, follow=True)

    def raw(self, x: ir.Expr | None) -> Path | None:
        """Return the access path as written: aliases stay what they are."""
        return self._path(x, follow=False)

    def _path(self, x: ir.Expr | None, *, follow: bool) -> Path | None:
        if x.__class__ is ir.Local:
            return (self._alias(x.id) if follow else None) or (f"l{x.id}",)
        if x.__class__ is ir.Name:
            package = self._view.package.scope
            return (f"g{package.path}.{x.name}",) if x.name in package.variables else None
        if x.__class__ is ir.Sel:
            key = (id(x), follow)
            known = self._selected.get(key)
            if known is None:
                # The expression is kept as well: its address must not become that of another one.
                known = self._selected[key] = x, self._select(x, follow=follow)
            return known[1]
        return self._other(x, follow=follow)

    def _select(self, x: ir.Sel, *, follow: bool) -> Path | None:
        imported = self._view.typing.package_of(x.base)
        if imported is not None:
            return (f"g{imported}.{x.name}",)
        below = self._path(x.base, follow=follow)
        if below is None:
            return None
        if follow and x.base.__class__ is ir.Local and self._view.package.resolver.underlying(self._view.typing.of(x)).__class__ is model.Map:
            below = self._copied(x.base.id, x.name) or below
        field = self._view.package.resolver.field(self._view.typing.of(x.base), x.name)
        return (*below, *field.path, x.name) if field else (*below, x.name)

    def _other(self, x: ir.Expr | None, *, follow: bool) -> Path | None:
        match x:
            case ir.Deref(operand) | ir.Addr(operand):
                return self._path(operand, follow=follow)
            case ir.Index(base, index):
                below = self._path(base, follow=follow)
                return None if below is None else (*below, f"[{self.key(index)}]")
            case ir.Assert(operand):
                return self._path(operand, follow=follow)
            case ir.Recv(operand):
                below = self._path(operand, follow=follow)
                return None if below is None else (*below, RECEIVED)
            case ir.Call(ir.Sel(base, "Load"), []) if self._atomic(base):
                # What an atomic.Value or atomic.Pointer holds is one shared thing as long as nobody stores another.
                below = self._path(base, follow=follow)
                return None if below is None else (*below, LOADED)
            case ir.Call() if follow:
                return got(self._view, x)
        return None

    def _atomic(self, x: ir.Expr) -> bool:
        kind = self._view.typing.of(x)
        if isinstance(kind, model.Pointer):
            kind = kind.elem
        return isinstance(kind, model.Named) and kind.package == "sync/atomic"

    def _alias(self, number: int) -> Path | None:
        if number not in self._aliases:
            self._aliases[number] = None  # a variable defined by itself
            self._aliases[number] = self._find_alias(number)
        return self._aliases[number]

    def _find_alias(self, number: int) -> Path | None:
        view = self._view
        definition = view.typing.definitions.get(number)
        if view.assignments[number] and not self.filled_in(number, model.Map):
            return None
        if isinstance(definition, FromRange):
            # What comes out of a channel is one thing with what went in.
            if isinstance(view.package.resolver.underlying(view.typing.of(definition.over)), model.Chan):
                below = self.of(definition.over)
                return (*below, RECEIVED) if below is not None else None
            return None
        if not isinstance(definition, FromValue):
            return None
        if definition.count != 1 and (definition.index != 0 or not isinstance(definition.value, ir.Assert | ir.Index | ir.Call)):
            return None
        if isinstance(definition.value, ir.Addr) and not isinstance(definition.value.x, ir.Lit):
            return self.of(definition.value)
        if not isinstance(definition.value, ir.Local | ir.Name | ir.Sel | ir.Index | ir.Assert | ir.Call | ir.Deref | ir.Recv):
            return None
        kind = view.package.resolver.underlying(view.typing.local(number))
        if not isinstance(kind, model.Map | model.Pointer | model.Chan | model.Interface):
            return None
        path = self.of(definition.value)
        if path is None or (not view.assignments[number] and (path in self.assigned or self.raw(definition.value) in self.assigned)):
            return None
        if len(path) == 1 and path[0][0] == "l" and view.assignments[int(path[0][1:])]:
            return None
        return path

    def _copied(self, number: int, field: str) -> Path | None:
        """Return the path of what a struct was copied from (`next := *current`) whose map it still has: no other one was put into the copy.

        Methods of the copy, and who gets its address, may put in another. Structs with locks are left to those who look for copies of locks.
        """
        view = self._view
        match view.typing.definitions.get(number):
            case FromValue(ir.Deref() as source, 0, 1) if not view.assignments[number] and (f"l{number}", field) not in self.assigned:
                kind = view.package.resolver.struct(view.typing.local(number))
            case _:
                return None
        if kind is None or any(isinstance(each.type, model.Named) and each.type.package == "sync" for each in kind[1].fields):
            return None
        return None if self._handed_on(number) else self.of(source)

    def _handed_on(self, number: int) -> bool:
        """Tell whether a local struct is used in any other way than by its fields, or by its address where that goes into an atomic value."""
        fine: set[int] = set()
        for function in self._view.functions:
            body = function.body or ()
            for loop in each(body, ir.Range):
                if any(_root_of(x) == number for x in (loop.key, loop.value)):
                    return True
            for x in each(body, ir.Sel):
                if x.base.__class__ is ir.Local and x.base.id == number:
                    if self._view.package.resolver.field(self._view.typing.of(x.base), x.name) is None:
                        return True  # a method
                    fine.add(id(x.base))
            for call in each(body, ir.Call):
                if call.fun.__class__ is ir.Sel and call.fun.base.__class__ is ir.Sel and _root_of(call.fun.base) == number:
                    return True  # a method of a part
                if call.fun.__class__ is ir.Sel and call.fun.name in ("Store", "Swap", "CompareAndSwap"):
                    fine.update(id(x.x) for x in call.args if x.__class__ is ir.Addr and x.x.__class__ is ir.Local)
            for taken in each(body, ir.Addr):
                if taken.x.__class__ is ir.Sel and _root_of(taken.x) == number:
                    return True
        defined = self._view.variables[number].pos
        uses = (x for function in self._view.functions for x in each(function.body or (), ir.Local) if x.id == number)
        return any(id(x) not in fine and x.pos != defined for x in uses)

    def filled_in(self, number: int, kind: type[model.Map | model.Pointer]) -> bool:
        """Tell whether a map (or object) that was looked up gets another value only where a new one is put into its place at once.

        `row, ok := t.rows[id]; if !ok { row = make(…); t.rows[id] = row }`: both names stay those of one map.
        """
        view = self._view
        match view.typing.definitions.get(number):
            case FromValue(ir.Index() as source, 0) if isinstance(view.package.resolver.underlying(view.typing.local(number)), kind):
                place = self.raw(source)
            case _:
                return False
        if place is None or place not in self.assigned:
            return False
        filled = sum(self._fills(block, number, place) for function in view.functions for block in blocks(function.body or ()))
        assigns = (statement for statement in view.statements if statement.__class__ is ir.Assign)
        stored = sum(any(x.__class__ is ir.Index and self.raw(x) == place for x in assign.lhs) for assign in assigns)
        return filled == view.assignments[number] == stored

    def _fills(self, block: Sequence[ir.Stmt], number: int, place: Path) -> int:
        """Count how often a block gives a variable a new value and stores that in a place with the next statement."""
        found = 0
        for pair in pairwise(block):
            match pair:
                case ir.Assign("=", [ir.Local(given)], [ir.Call() | ir.Lit() | ir.Addr(ir.Lit())]), ir.Assign(
                    "=", [ir.Index() as target], [ir.Local(value)]
                ):
                    found += given == value == number and self.raw(target) == place
        return found

    def key(self, x: ir.Expr) -> str:
        """Return a text that is equal for expressions that surely have equal values, as long as no variable in them changes."""
        match x:
            case ir.Local(number):
                definition = self._view.typing.definitions.get(number)
                if isinstance(definition, FromValue) and definition.count == 1 and not self._view.assignments[number]:
                    value = definition.value
                    if isinstance(value, ir.Local) and not self._view.assignments[value.id]:
                        return self.key(value)
                    if isinstance(value, ir.Const):
                        return value.text
                return f"l{number}"
            case ir.Const(_, text):
                return text
            case ir.Name(name):
                return name
            case ir.Sel(base, name):
                return f"{self.key(base)}.{name}"
            case ir.Index(base, index):
                return f"{self.key(base)}[{self.key(index)}]"
            case ir.Binary(op, left, right):
                return f"({self.key(left)}{op}{self.key(right)})"
            case ir.Unary(op, operand):
                return f"{op}{self.key(operand)}"
            case ir.Deref(operand):
                return f"*{self.key(operand)}"
            case ir.Addr(operand) if not isinstance(operand, ir.Lit):
                return f"&{self.key(operand)}"
            case ir.Call(fun, args) if all(not isinstance(arg, ir.FuncLit) for arg in args) and gives_equal_results(self._view, fun, len(args)):
                return f"{self.key(fun)}({','.join(map(self.key, args))})"
            case ir.Assert(operand):
                return self.key(operand)
            case ir.Lit(_, elements) if elements:
                return "{" + ",".join(self.key(element.value) for element in elements) + "}"
        return f"?{getattr(x, 'pos', 0)}"


def _root_of(x: ir.Expr | None) -> int:
    """Return the local variable that fields are selected from, or -1."""
    while isinstance(x, ir.Sel):
        x = x.base
    return x.id if isinstance(x, ir.Local) else -1
