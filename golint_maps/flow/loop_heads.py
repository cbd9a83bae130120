"""What the heads of loops say: which variables are another number, or another key, in each turn, and which loops take as many turns as others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.loopvars import PER_TURN
from golint_maps.flow.structure import Structure
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model

_KEYED: Final = (model.Slice, model.Array, model.Map, model.Basic, model.Pointer)
"""What has keys of which none comes twice. Channels and iterators may give one value twice."""
_LONG: Final = (model.Slice, model.Array, model.Basic)
"""What is as long as it was as long as its variable is not changed. Maps grow."""


def loop_keys(view: View) -> Iterator[int]:
    """Yield the local variables of a function and its literals that tell the turns of their loop apart, if each turn has a variable of its own."""
    if view.go < PER_TURN:
        return
    for function in view.functions:
        body = function.body or ()
        for ranged in each(body, ir.Range):
            match ranged:
                case ir.Range(ir.Local(number), _, True, over) if not view.assignments[number] and number not in view.address_taken:
                    if isinstance(view.package.resolver.underlying(view.typing.of(over)), _KEYED):
                        yield number
        for loop in each(body, ir.For):
            match loop.post:
                case ir.Assign("+=" | "-=", [ir.Local(number)], []) if number in loop.variables and view.assignments[number] == 1:
                    if number not in view.address_taken:
                        yield number


def loop_lengths(view: View, body: Sequence[ir.Stmt], structure: Structure) -> Iterator[tuple[int, int]]:
    """Yield (number of the loop, variable) of the loops to the end over a local variable that keeps its value."""
    for loop in each(body, ir.Range):
        whole = bool(loop.body) and not each(loop.body, ir.Return) and not each(loop.body, ir.Branch)
        match loop.over:
            case ir.Local(number) if whole and not view.assignments[number]:
                if isinstance(view.package.resolver.underlying(view.typing.of(loop.over)), _LONG) and number not in view.address_taken:
                    yield structure.at(loop.pos).nest[-1], number
