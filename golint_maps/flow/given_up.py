"""Guards that do not hold any more where a map leaves them: locks that are asked whether they lock, and objects that are marked as done with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from golint_maps.flow.events import Held
from golint_maps.flow.identity import Names
from golint_maps.flow.locks import OPERATIONS
from golint_maps.flow.paths import Path
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, paired, subexpressions
from golint_maps.syntax import ir

_SETS: Final = frozenset(("Store", "Swap", "CompareAndSwap"))


def switched_off(function: ir.Function, locks: Iterable[Held], at: int, names: Names) -> bool:
    """Tell whether something happens only if one of the locks that are held answers a question: `if !m.mu.IsSafe() { return m.data }`."""
    held = [lock.path for lock in locks]
    for statement in each(function.body or (), ir.If):
        if any(body and start_of(body[0]) <= at < end_of(body[-1]) for body in (statement.then, statement.orelse)):
            for x in subexpressions(statement.cond):
                if isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and x.fun.name not in OPERATIONS:
                    asked = names.path(x.fun.base)
                    if asked is not None and len(asked) > 1 and any(path[: len(asked)] == asked for path in held):
                        return True
    return False


def given_up(function: ir.Function, holder: Path, at: int, names: Names) -> bool:
    """Tell whether a flag of an object has been set before: `old.stale = true`, `old.stale.Swap(true)`. Others who look at it leave the map alone."""
    body = function.body or ()
    for statement in each(body, ir.Assign):
        if statement.pos < at:
            for target, value in paired(statement):
                if _is_true(value) and isinstance(target, ir.Sel) and names.view.paths.of(target.base) == holder:
                    return True
    for call in each(body, ir.Call):
        if call.pos < at and isinstance(call.fun, ir.Sel) and call.fun.name in _SETS and call.args and _is_true(call.args[-1]):
            flag = call.fun.base
            if isinstance(flag, ir.Sel) and names.view.paths.of(flag.base) == holder:
                return True
    return False


def _is_true(x: ir.Expr) -> bool:
    return isinstance(x, ir.Name) and x.name == "true"
