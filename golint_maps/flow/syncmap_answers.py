"""Functions that look into a `sync.Map`, store what was missing, and tell their caller by their result which of the two it was: who was first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.syncmap_calls import MapCall
from golint_maps.flow.traverse import each, is_nil
from golint_maps.flow.view import View
from golint_maps.syntax import ir

_ERROR = re.compile(r"New$|Wrapf?$|[Ee]rr|\w*Err(?![a-z])|\w*Error")
"""Names of errors, and of functions that make one."""
_TELLING = (ir.TName("bool"), ir.TName("error"))


def answers(view: View, look_up: MapCall, store: MapCall) -> bool:
    """Tell whether a declared function returns one truth value, or an error, where an entry was there, and another one behind the store."""
    body, results = view.root.body or (), view.root.type.results
    flags = {
        assign.lhs[1].id
        for assign in each(body, ir.Assign)
        if len(assign.lhs) == 2 and len(assign.rhs) == 1 and assign.rhs[0].pos == look_up.pos and isinstance(assign.lhs[1], ir.Local)
    }
    if not flags or not results or results[-1] not in _TELLING:
        return False
    returns = [statement for statement in each(body, ir.Return) if len(statement.values) == len(results)]
    if any(_flag(statement.values[-1]) in flags for statement in returns if statement.pos > store.pos):
        return True
    for branch in each(body, ir.If):
        if _flag(branch.cond) in flags:
            missed, found = (branch.then, branch.orelse) if isinstance(branch.cond, ir.Unary) else (branch.orelse, branch.then)
            first = _answer(missed, branch, returns) if _holds(missed, store.pos) else _last(returns, store.pos)
            again = _answer(found, branch, returns)
            if first and again and first != again:
                return True
    return False


def _holds(block: Sequence[ir.Stmt], pos: int) -> bool:
    return bool(block) and start_of(block[0]) <= pos < end_of(block[-1])


def _answer(block: Sequence[ir.Stmt], branch: ir.If, returns: Sequence[ir.Return]) -> str:
    """Return what is said at the end of one of the ways of a branch: in it, or where the function ends if the way comes there."""
    last = block[-1] if block else None
    if isinstance(last, ir.Return):
        return _says(last.values[-1]) if last in returns else ""
    return _last(returns, branch.pos)


def _last(returns: Sequence[ir.Return], pos: int) -> str:
    return _says(returns[-1].values[-1]) if returns and returns[-1].pos > pos else ""


def _flag(x: ir.Expr) -> int:
    """Return the local that an expression is, or is the opposite of, or -1."""
    x = x.x if isinstance(x, ir.Unary) and x.op == "!" else x
    return x.id if isinstance(x, ir.Local) else -1


def _says(x: ir.Expr) -> str:
    """Return what a result says: `true`, `false`, `nil`, or `error` for what is by its name an error; nothing where it may be either."""
    if isinstance(x, ir.Name) and (is_nil(x) or x.name in ("true", "false")):
        return x.name
    named = x.fun if isinstance(x, ir.Call) else x
    return "error" if isinstance(named, ir.Name | ir.Sel) and _ERROR.match(named.name) is not None else ""
