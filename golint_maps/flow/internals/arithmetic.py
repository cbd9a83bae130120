"""Addresses that are computed within the memory of a map, by sums, `unsafe.Add` and `unsafe.Slice`."""

from __future__ import annotations

from typing import Final

from golint_maps.flow.internals.agreement import agrees
from golint_maps.flow.internals.facts import MapMemoryArithmetic
from golint_maps.flow.internals.look import Look, spelled
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.mirrors import type_name
from golint_maps.flow.internals.sizes import integer
from golint_maps.flow.internals.stores import stores
from golint_maps.flow.internals.tables import FIRST_SWISS
from golint_maps.flow.traverse import expressions, subexpressions
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_SMALL_HELPER: Final = 2
"""Statements of a function that does nothing but add to an address."""


def add_or_slice(look: Look, call: ir.Call, base: ir.Expr, how: str, offset: ir.Expr) -> None:
    """`unsafe.Add(p, n)`, `unsafe.Slice(p, n)`."""
    value = look.frame.value(base)
    if value is not None and value.inside:
        note_arithmetic(look, call, value, how, offset)


def added(look: Look, x: ir.Binary) -> None:
    """`uintptr(p) + n`, where it becomes a pointer again."""
    for base, other in ((x.left, x.right), (x.right, x.left)):
        value = look.frame.value(base)
        if value is not None and value.inside and (x.op == "+" or base is x.left):
            if not (isinstance(base, ir.Binary) and base.op in ("+", "-")):  # else the inner sum is the first
                note_arithmetic(look, x, value, "add", other)
            return


def moved_local(look: Look, statement: ir.Assign, target: ir.Local) -> None:
    """`u := uintptr(p) + n`, `u += n`, where u becomes a pointer again."""
    if statement.op in ("+=", "-=") and statement.rhs:
        others = [x for x, _ in stores(look.view).whole.get(target.id, ()) if not isinstance(x, ir.Binary) or x.left != target]
        value = next((value for x in others if (value := look.frame.value(x)) and value.inside), None)
        if value is not None and target.id in look.become_pointers:
            note_arithmetic(look, statement, value, "add", statement.rhs[0])
    elif len(statement.rhs) == len(statement.lhs):
        x = statement.rhs[statement.lhs.index(target)]
        if isinstance(x, ir.Binary) and target.id in look.become_pointers:
            for inner in subexpressions(x):
                if isinstance(inner, ir.Binary) and inner.op in ("+", "-"):
                    added(look, inner)


def handed_on(look: Look, call: ir.Call) -> None:
    """`add(p, n)` of the package's own is arithmetic where it is called."""
    inner = look.frame.called(call)
    if inner is None or not _is_address_helper(inner.view.root):
        return
    value = next((value for value in inner.arguments.values() if value.inside), None)
    if value is not None:
        note_arithmetic(look, call, value, "add", None)


def note_arithmetic(
    look: Look, x: ir.Call | ir.Binary | ir.Assign | ir.Range, value: Memory, how: str, offset: ir.Expr | None, kind: Type | None = None
) -> None:
    """Note an address within a map, computed from `value`; or, with `kind`, a part of its memory that a conversion takes for something."""
    distance = -1
    known = integer(offset.text) if isinstance(offset, ir.Const) else None
    if known is not None and value.kind == "header" and not value.moved:
        distance = known
    if _is_address_helper(look.view.root) or (look.seen.one_kind and _fits(look, distance)):
        return
    then, now = look.lies_at(distance, None) if distance > 0 else ("", "")
    what = spelled(look.package, kind.elem) if isinstance(kind, model.Pointer) else ""
    swiss = look.seen.chosen >= FIRST_SWISS
    look.add(
        MapMemoryArithmetic(
            **look.site(x, value),
            how=how,
            part=value.kind,
            what=what,
            type=type_name(kind),
            agrees=swiss and value.view is not None and agrees(look.package, value.view, "header", look.seen),
            offset=distance,
            then=then,
            now=now,
        )
    )


def _fits(look: Look, offset: int) -> bool:
    """Tell whether a field of the header begins at an offset in all builds of the file. What is not known is not held against it."""
    headers = look.seen.layouts("header") or ()
    return offset < 0 or all(any(slot.at[0] == offset for slot in header.fields) for header in headers)


def _is_address_helper(function: ir.Function) -> bool:
    """Tell whether a function only adds to an address: such a one is no more guilty than `unsafe.Add`."""
    body = function.body
    if not body or len(body) > _SMALL_HELPER or not isinstance(body[-1], ir.Return) or len(body[-1].values) != 1:
        return False
    result = function.type.results[0] if len(function.type.results) == 1 else None
    if result not in (ir.TQual("unsafe", "Pointer"), ir.TName("uintptr")):
        return False
    return any((isinstance(x, ir.Binary) and x.op in ("+", "^")) or (isinstance(x, ir.Sel) and x.name == "Add") for x in expressions(body))
