"""What a function stores in its local variables, in their fields and elements, and what it calls its literals with, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from golint_maps.flow.callees import held_literal
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

ELEMENT = "[]"
"""The step of a path that leads from a slice, array or map to any of its elements."""

Part = tuple[int, tuple[str, ...]]
"""A local variable and the fields and elements that lead from it to a part of it, pointers left out."""


@dataclass(slots=True)
class Stores:
    """`whole` are the values of variables, with the number of the result for calls that have several; `parts` those of fields and elements."""

    whole: dict[int, list[tuple[ir.Expr, int]]] = field(default_factory=dict)
    parts: dict[Part, list[ir.Expr]] = field(default_factory=dict)
    calls: dict[int, list[ir.Call]] = field(default_factory=dict)
    """Calls of function literals that the function sees, by the literal's number."""


def stores(view: View) -> Stores:
    """Return the stores of a function with its literals, collected once."""
    memo: dict[tuple[int, int], Stores] = view.package.memo.setdefault("internals stores", {})
    key = (view.file, view.number)
    if key not in memo:
        memo[key] = _Collector(view).collect()
    return memo[key]


def part(x: ir.Expr) -> Part | None:
    """Return the part of a local variable that an expression stands for, or None."""
    steps: list[str] = []
    while True:
        match x:
            case ir.Local(number):
                return number, tuple(reversed(steps))
            case ir.Sel(x, name):
                steps.append(name)
            case ir.Index(x):
                steps.append(ELEMENT)
            case ir.Deref(x) | ir.Addr(x) | ir.SliceOf(x):
                pass
            case _:
                return None


def taken_for_maps(view: View) -> frozenset[int]:
    """Return the locals that hold a `reflect.Value` all their life and are asked for no kind but `reflect.Map`."""
    memo: dict[tuple[int, int], frozenset[int]] = view.package.memo.setdefault("internals kinds", {})
    key = (view.file, view.number)
    if key not in memo:
        asked = [found for inner in view.functions for x in expressions(inner.body or ()) if (found := _kind(view, x)) is not None]
        other = {number for number, kind in asked if kind != "Map"}
        memo[key] = frozenset(number for number, _ in asked if number not in other and not view.assignments[number])
    return memo[key]


def _kind(view: View, x: ir.Expr) -> tuple[int, str] | None:
    """Return (local, kind) of a comparison `v.Kind() == reflect.Map`."""
    match x:
        case ir.Binary("==" | "!=", ir.Call(ir.Sel(ir.Local(number), "Kind"), []), ir.Sel(package, kind)):
            return (number, kind) if view.typing.package_of(package) == "reflect" else None
    return None


class _Collector:
    def __init__(self, view: View) -> None:
        self._view = view
        self._found = Stores()

    def collect(self) -> Stores:
        for number, definition in self._view.typing.definitions.items():
            if isinstance(definition, FromValue):
                self._store(number, definition.value, definition.index)
        for statement in self._view.statements:
            if isinstance(statement, ir.Assign):
                self._assign(statement)
        if len(self._view.functions) > 1:
            for function in self._view.functions:
                for x in expressions(function.body or ()):
                    if isinstance(x, ir.Call):
                        self._call(x)
        return self._found

    def _assign(self, statement: ir.Assign) -> None:
        for index, target in enumerate(statement.lhs):
            if isinstance(target, ir.Local):
                defines = statement.op == ":=" and self._view.variables[target.id].pos == target.pos
                if statement.rhs and not defines:
                    self._store(target.id, *_right(statement, index))
            elif statement.op == "=" and len(statement.lhs) == len(statement.rhs) and (to := part(target)):
                self._part(to, statement.rhs[index])

    def _store(self, number: int, value: ir.Expr, index: int) -> None:
        self._found.whole.setdefault(number, []).append((value, index))
        if index == 0:
            self._inside((number, ()), value)

    def _part(self, to: Part, value: ir.Expr) -> None:
        self._found.parts.setdefault(to, []).append(value)
        self._inside(to, value)

    def _inside(self, to: Part, value: ir.Expr) -> None:
        """Take composite literals and calls of `append` apart."""
        number, steps = to
        if isinstance(value, ir.Addr):
            value = value.x
        match value:
            case ir.Lit(_, elements) if elements:
                for name, element in zip(self._names(value), elements, strict=True):
                    self._part((number, (*steps, name)), element.value)
            case ir.Call(ir.Name("append"), [_, *added], spread=False):
                for item in added:
                    self._part((number, (*steps, ELEMENT)), item)

    def _names(self, literal: ir.Lit) -> Sequence[str]:
        """Return the step to each element of a literal."""
        struct = self._view.package.resolver.underlying(self._view.typing.of(literal))
        if isinstance(struct, model.Struct) and literal.elements[0].key is None:
            names = [item.name for item in struct.fields]
            return [*names, *[ELEMENT] * len(literal.elements)][: len(literal.elements)]
        return [element.key.name if isinstance(element.key, ir.Name) else ELEMENT for element in literal.elements]

    def _call(self, call: ir.Call) -> None:
        literal = call.fun.function if isinstance(call.fun, ir.FuncLit) else None
        if isinstance(call.fun, ir.Local):
            literal = held_literal(self._view, call.fun.id)
        if literal is not None:
            self._found.calls.setdefault(literal, []).append(call)


def _right(statement: ir.Assign, index: int) -> tuple[ir.Expr, int]:
    """Return what an assignment stores in its target number `index`."""
    if statement.op not in ("=", ":="):
        left = statement.lhs[0]
        return ir.Binary(statement.op[:-1], left, statement.rhs[0], statement.pos, statement.end), 0
    return (statement.rhs[index], 0) if len(statement.rhs) == len(statement.lhs) else (statement.rhs[0], index)
