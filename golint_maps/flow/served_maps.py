"""Local maps of a loop that serves: the function alone has such a map, and has it for as long as it waits for events.

Everything that can happen to the map stands in one body. So the map only grows where the loop adds entries under keys that come from outside, and
no statement deletes, clears, replaces or measures it, or lets it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.growth import MapGrowth, updated
from golint_maps.flow.identity import Names
from golint_maps.flow.key_words import hint
from golint_maps.flow.keyspace import FREE, few
from golint_maps.flow.lifetime import Serving
from golint_maps.flow.pointers import holds_pointers
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell, spell_type
from golint_maps.flow.structure import Structure
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir


def analyse(view: View, summaries: Sequence[FunctionSummary], loops: Sequence[Serving]) -> Iterator[MapGrowth]:
    """Yield the inserts of loops that wait for events to maps that only their function has."""
    if view.path.endswith("_test.go"):
        return
    for number, summary in zip(view.family, summaries, strict=True):
        mine = [loop for loop in loops if loop.id == summary.id and loop.waits]
        function = view.facts.functions[number]
        for local, target in _inserts(view, number, function, mine) if mine else ():
            yield from _growth(view, summary, function, local, target)


def _growth(view: View, summary: FunctionSummary, function: ir.Function, local: int, target: ir.Index) -> Iterator[MapGrowth]:
    found = view.package.resolver.map(view.typing.local(local))
    if found is None or few(view, target.index, found.key) != FREE or target.pos in updated(view, function):
        return
    names = Names(view)
    yield MapGrowth(
        place=Place(view.path, target.pos, target.end),
        function=view.name,
        package=view.package.scope.path,
        map=view.variables[local].name,
        identity=names.identity(target.base),
        id=summary.id,
        path=names.path(target.base) or (),
        at=Structure(function.body or ()).at(target.pos),
        key=spell(target.index, view.variables, 40),
        form=view.paths.key(target.index),
        origin=FREE,
        value=spell_type(found.value),
        pointers=holds_pointers(found.value, view.package.resolver) is not False,
        private=True,
        hint=hint(view, target.index, found.key, found.value),
    )


def _inserts(view: View, number: int, function: ir.Function, loops: Sequence[Serving]) -> Iterator[tuple[int, ir.Index]]:
    body = function.body or ()
    captured = {local for literal in view.functions for local in literal.captures}
    written = [x for statement in each(body, ir.Assign) for x in statement.lhs if isinstance(x, ir.Index) and isinstance(x.base, ir.Local)]
    for target in written:
        assert isinstance(target.base, ir.Local)
        local = target.base.id
        variable = view.variables[local]
        if local in captured or variable.function != number or variable.kind not in ("var", "define") or view.assignments[local]:
            continue
        inside = [loop for loop in loops if loop.start <= target.pos < loop.end]
        if not inside or any(loop.start <= variable.pos < loop.end for loop in inside):
            continue
        if _is_only_looked_up(view, body, local, {x.pos for x in written}):
            yield local, target


def _is_only_looked_up(view: View, body: Sequence[ir.Stmt], local: int, written: set[int]) -> bool:
    """Tell whether all that is done with a map is storing to it, looking something up and going over it, the latter at least once."""
    looked_up = {x.base.pos for x in each(body, ir.Index) if isinstance(x.base, ir.Local)}
    ranged = {statement.over.pos for statement in each(body, ir.Range) if isinstance(statement.over, ir.Local)}
    uses = {x.pos for x in each(body, ir.Local) if x.id == local and x.pos != view.variables[local].pos}
    read = {x.pos for x in each(body, ir.Index)} - written
    return uses <= looked_up | ranged and bool(uses & (read | ranged))
