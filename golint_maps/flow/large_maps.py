"""Maps that are surely large once: made for many entries, or filled by a loop that counts to a large constant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.counting_loops import constant, cut_short, differs, turns
from golint_maps.flow.events import CONSTANT
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.keyspace import few, is_closed
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.pointers import holds_pointers
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell, spell_type
from golint_maps.flow.syncmap_calls import is_fresh
from golint_maps.flow.traverse import each, expressions, paired, statements
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model

LARGE: Final = 10_000
"""Entries from which on a table counts as large: some hundred kilobytes that stay."""


class LargeMap(Site, frozen=True, kw_only=True, tag="large-map"):
    """A map that is made for `size` entries, or `filled` by a loop with so many turns, each of which has a key of its own."""

    identity: str
    id: str
    size: int
    filled: bool


class TableFilled(Site, frozen=True, kw_only=True, tag="table-filled"):
    """A map from keys without pointers to pointers that gets an entry for each piece of an input, before others have the object that holds it.

    `value` is the type of its values.
    """

    identity: str
    value: str


def analyse(view: View) -> Iterator[LargeMap | TableFilled]:
    """Yield the large maps of a function and its literals that are variables of the package or fields, and those that an input fills."""
    if not view.package.thorough or view.path.endswith("_test.go"):
        return
    yield from _filled(view)
    names: Names | None = None
    for number in view.family:
        body = view.facts.functions[number].body or ()
        for target, size, filled in (*_made(view, body), *_counted(view, body)):
            names = names or Names(view)
            identity = target if isinstance(target, str) else names.identity(target)
            if identity[:1] in ("g", "f") and size >= LARGE:
                start, end = (0, 0) if isinstance(target, str) else extent(target, view)
                yield LargeMap(
                    place=Place(view.path, start, end),
                    function=view.name,
                    package=view.package.scope.path,
                    map="" if isinstance(target, str) else spell(target, view.variables),
                    identity=identity,
                    id=function_id(view, number),
                    size=size,
                    filled=filled,
                )


def _made(view: View, body: list[ir.Stmt] | tuple[()]) -> Iterator[tuple[ir.Expr | str, int, bool]]:
    """Yield (map, size, False) of each `make(map[K]V, size)` that is stored."""
    for statement in statements(body):
        if isinstance(statement, ir.Assign):
            for target, value in paired(statement):
                size = _size(view, value)
                if size:
                    yield target, size, False
    for x in expressions(body):
        if x.__class__ is not ir.Lit:
            continue
        for element in x.elements:
            name = field_name(element, view.variables)
            size = _size(view, element.value) if name else 0
            kind = view.typing.of(x) if size else None
            if isinstance(kind, model.Named):
                yield f"f{kind.package}.{kind.name}.{name}", size, False


def _size(view: View, value: ir.Expr) -> int:
    """Return the size that is given to the `make` of a map, or 0."""
    match value:
        case ir.Call(ir.Name("make"), [_, size]) if view.package.resolver.map(view.typing.of(value)) is not None:
            return constant(view, size)
    return 0


def _counted(view: View, body: list[ir.Stmt] | tuple[()]) -> Iterator[tuple[ir.Expr, int, bool]]:
    """Yield (map, turns, True) of each map that gets another key in each turn of a counting loop."""
    for loop in statements(body):
        if not isinstance(loop, ir.For | ir.Range):
            continue
        counter, size = turns(view, loop)
        for store in loop.body if size >= LARGE and not cut_short(loop.body) else ():
            match store:
                case ir.Assign(_, [ir.Index(base, key)]) if view.package.resolver.map(view.typing.of(base)) is not None:
                    if differs(view, key, counter):
                        yield base, size, True


def _filled(view: View) -> Iterator[TableFilled]:
    """Yield the stores to fields of fresh objects in loops that end with their input: `for lines.Scan() { t.rows[id] = &row{} }`."""
    for loop in view.statements:
        if not isinstance(loop, ir.For) or not (loop.cond is None or isinstance(loop.cond, ir.Call)):
            continue
        for store in each(loop.body, ir.Assign):
            for target in store.lhs:
                found = _scanned(view, target.base) if isinstance(target, ir.Index) else None
                if found is None or not isinstance(target, ir.Index) or few(view, target.index, found.key) == CONSTANT:
                    continue
                identity = Names(view).identity(target.base)
                if identity[:1] == "f":
                    yield TableFilled(
                        place=Place(view.path, target.pos, target.end),
                        function=view.name,
                        package=view.package.scope.path,
                        map=spell(target.base, view.variables),
                        owner=qualified(view, target.base),
                        identity=identity,
                        value=spell_type(found.value),
                    )


def _scanned(view: View, base: ir.Expr) -> model.Map | None:
    """Return the type of a map in a fresh object that the collector looks at for its values alone."""
    if not isinstance(base, ir.Sel) or not isinstance(base.base, ir.Local) or not is_fresh(base.base.id, view):
        return None
    found = view.package.resolver.map(view.typing.of(base))
    if found is None or not isinstance(found.value, model.Pointer):
        return None
    return found if holds_pointers(found.key, view.package.resolver) is False and not is_closed(found.key, view.package.resolver) else None
