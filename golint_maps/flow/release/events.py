"""What happens to values that own something and to the maps that hold them."""

from __future__ import annotations

from dataclasses import dataclass

from golint_maps.syntax import ir

Source = int | str
"""Where a value is: a local by number, or the entries of a map by the map's name."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a value. `how` is released, handed (to somebody who may release it), moved (to `target`, a map), or passed.

    Of a value that is passed, `target` is the id of the callee and `index` the parameter.
    """

    how: str
    pos: int
    function: int
    target: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Insert:
    """`map[key] = value`. With several targets `value` is the one call that they get their values from."""

    map: str
    kind: str
    operand: ir.Expr
    key: ir.Expr
    value: ir.Expr
    statement: ir.Assign
    target: ir.Index
    function: int


@dataclass(frozen=True, slots=True)
class Delete:
    """`delete(map, key)`, or `clear(map)` with no key."""

    map: str
    kind: str
    operand: ir.Expr
    key: ir.Expr | None
    call: ir.Call
    function: int
