"""Variables that are another number, or another key, in each turn of the loop in whose head they are declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.loopvars import PER_TURN
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model

_KEYED: Final = (model.Slice, model.Array, model.Map, model.Basic, model.Pointer)
"""What has keys of which none comes twice. Channels and iterators may give one value twice."""


def loop_keys(view: View) -> Iterator[int]:
    """Yield the local variables of a function and its literals that tell the turns of their loop apart, if each turn has a variable of its own."""
    if view.go < PER_TURN:
        return
    bodies = [function.body or () for function in view.functions]
    given = {x.x.id for body in bodies for x in each(body, ir.Addr) if x.x.__class__ is ir.Local}
    for body in bodies:
        for ranged in each(body, ir.Range):
            match ranged:
                case ir.Range(ir.Local(number), _, True, over) if not view.assignments[number] and number not in given:
                    if isinstance(view.package.resolver.underlying(view.typing.of(over)), _KEYED):
                        yield number
        for loop in each(body, ir.For):
            match loop.post:
                case ir.Assign("+=" | "-=", [ir.Local(number)], []) if number in loop.variables and view.assignments[number] == 1:
                    if number not in given:
                        yield number
