"""One function body whose nil maps are followed: what is fixed of it, and what the walk has found in it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golint_maps.flow.nilbeliefs import Beliefs
from golint_maps.flow.nilstate import Mark, Value
from golint_maps.flow.nilvalues import NilValues
from golint_maps.flow.paths import Path
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types.resolve import Resolver
from golint_maps.types.scope import Declared


@dataclass(frozen=True, slots=True)
class Write:
    """A write to a map that is, or may be, nil: the expression to report, the map, what it holds.

    `call` is the call that writes, as written, or empty; `always` is False for a call that only writes when it is given something.
    """

    x: ir.Expr
    map: ir.Expr
    value: Value
    call: str
    always: bool
    conditions: frozenset[Mark]
    """The conditions under which it is reached."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A call of a function of this package with a receiver or arguments that are zero: what the callee's variables are known to be."""

    call: ir.Call
    x: ir.Expr
    callee: Declared[ir.Function]
    given: Mapping[Path, Value]
    conditions: frozenset[Mark]


@dataclass(frozen=True, slots=True)
class OnZero:
    """A call of a method of another package, by its id, on a local that is a zero value."""

    call: ir.Call
    x: ir.Expr
    id: str


@dataclass(frozen=True, slots=True)
class Body:
    """One body. What is found is keyed by position: a later, better informed turn of a loop replaces it."""

    view: View
    number: int
    """The function, by its number in the file."""
    shared: frozenset[int]
    """The locals that calls may set."""
    captured: frozenset[int]
    """The locals that some literal uses."""
    values: NilValues
    beliefs: Beliefs
    resolver: Resolver
    writes: dict[tuple[int, int], Write] = field(default_factory=dict)
    """Writes to maps that are, or may be, nil."""
    unknown: dict[int, Write] = field(default_factory=dict)
    """Writes to maps of which nothing is known."""
    calls: dict[tuple[int, int], HandedIn] = field(default_factory=dict)
    """Calls that are handed a zero value."""
    foreign: dict[tuple[int, int], OnZero] = field(default_factory=dict)
    """Calls of methods of other packages on a zero value."""
