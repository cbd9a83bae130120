"""Deletes of an entry that was looked up before, where hardly anybody is hurt if two do it, or if a newer entry goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.known_calls import logs
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.syncmap_calls import MapCall
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model

_CANCEL: Final = model.Named("context", "CancelFunc")
_STREAMS: Final = frozenset(("io", "net", "os", "net/http", "bufio", "compress/gzip"))
"""Packages whose `Close` only returns an error the second time."""
_DROPS: Final = re.compile(r"[dD]elete|[rR]emove|[uU]nregister|[uU]nset")
"""Names of functions that do away with what they are given, and find nothing to do the second time."""
_CHANGES: Final = re.compile(r"(?:[Rr]emove|[Dd]elete|[Aa]dd|[Dd]ec|[Rr]elease|[Uu]nref|[Cc]lose|[Ss]top|[Pp]op|[Tt]ake|[Cc]ompareAndSwap)")
"""Names of methods that a condition calls for what they do."""


def harmless(view: View, number: int, look_up: MapCall, delete: MapCall) -> bool:
    """Tell whether a delete only does away with what was found to be of no use, comes after work that may fail, or ends what may end twice.

    So it is where the value's own lock is held: what is found out about it is still so when it goes.
    """
    body = view.facts.functions[number].body or ()
    variables = set(_variables(view, body, look_up))
    asserted = [x for x in each(body, ir.Assert) if isinstance(x.x, ir.Local) and x.x.id in variables]
    if any(view.typing.of(x) == _CANCEL for x in asserted) or any(view.typing.local(variable) == _CANCEL for variable in variables):
        return True  # a context can be cancelled again
    if _may_fail(view, body, look_up.pos, delete.pos) or _is_locked(body, variables, delete.pos):
        return True
    return not _is_used(view, body, variables, delete.pos)


def closes(view: View, number: int, look_up: MapCall, delete: MapCall) -> bool:
    """Tell whether all that is done with what was found is to close it: that may be done twice, but what has come in its place stays open."""
    body = view.facts.functions[number].body or ()
    variables = set(_variables(view, body, look_up))
    if _may_fail(view, body, look_up.pos, delete.pos) or _is_locked(body, variables, delete.pos):
        return False
    return any(_is_closed(view, call, variables) for call in each(body, ir.Call))


def _is_closed(view: View, call: ir.Call, variables: set[int]) -> bool:
    return isinstance(call.fun, ir.Sel) and call.fun.name == "Close" and _mention((call.fun.base,), variables) and _ends_twice(view, call)


def _variables(view: View, body: Sequence[ir.Stmt], look_up: MapCall) -> Iterator[int]:
    """Yield the local variables that hold what was found, asserted to a type or not."""
    known: set[int] = set()
    for assign in each(body, ir.Assign):
        for target in assign.lhs[:1]:
            value = assign.rhs[0] if assign.rhs else None
            while isinstance(value, ir.Assert):
                value = value.x
            if not isinstance(target, ir.Local):
                continue
            if (isinstance(value, ir.Call) and value.pos == look_up.pos) or (isinstance(value, ir.Local) and value.id in known):
                known.add(target.id)
                yield target.id


def _may_fail(view: View, body: Sequence[ir.Stmt], start: int, end: int) -> bool:
    """Tell whether a function returns on an error between look-up and delete: the entry stays until all is done."""
    for branch in each(body, ir.If):
        if not start < branch.pos < end or not branch.then or not isinstance(branch.then[-1], ir.Return):
            continue
        match branch.cond:
            case ir.Binary("!=", error, ir.Name("nil")) if view.typing.of(error) == model.ERROR:
                return True
    return False


def _is_locked(body: Sequence[ir.Stmt], variables: set[int], delete: int) -> bool:
    """Tell whether a lock of the value itself is held at a delete."""
    held = False
    for done in sorted(each(body, ir.Do), key=lambda done: done.x.pos):
        match done.x:
            case ir.Call(ir.Sel(base, "Lock" | "Unlock" as name)) if done.x.pos < delete and _mention((base,), variables):
                held = name == "Lock"
    return held


def _is_used(view: View, body: Sequence[ir.Stmt], variables: set[int], delete: int) -> bool:
    """Tell whether what was found is put to use before the delete or in the branch of it, not only looked at to see what it is worth."""
    branches = [block for branch in each(body, ir.If) for block in (branch.then, branch.orelse) if block]
    around = [block for block in branches if start_of(block[0]) <= delete < end_of(block[-1])]
    # A branch that leaves before the delete has nothing to do with it.
    left = [block for block in branches if block not in around and isinstance(block[-1], ir.Return | ir.Branch)]
    aside = {delete, *(done.x.pos for block in left for done in each(block, ir.Do))}
    limit = min((end_of(block[-1]) for block in around), default=end_of(body[-1]))
    for statement in each(body, ir.Return):
        if delete < statement.pos < limit and _mention(statement.values, variables):
            return True
    for call in (*(done.x for done in each(body, ir.Do)), *(x.call for x in each(body, ir.Go)), *(x.call for x in each(body, ir.Defer))):
        if not isinstance(call, ir.Call) or call.pos in aside or call.pos >= limit:
            continue
        if _mention((call,), variables) and not _ends_twice(view, call) and not logs(view, call):
            return True
    if any(sent.pos < limit and _mention((sent.value,), variables) for sent in each(body, ir.Send)):
        return True
    for assign in each(body, ir.Assign):
        if delete < assign.pos < limit and _mention([x for x in assign.rhs if not _ends_twice(view, x)], variables):
            return True
    conditions = [branch.cond for branch in each(body, ir.If) if branch.then in around]
    calls = [part for condition in conditions for part in subexpressions(condition) if isinstance(part, ir.Call)]
    return any(isinstance(call.fun, ir.Sel) and _CHANGES.match(call.fun.name) and _mention((call.fun.base,), variables) for call in calls)


def _ends_twice(view: View, x: ir.Expr) -> bool:
    """Tell whether a call may as well be made twice: it closes a file or connection, or does away with the value in another place as well."""
    match x:
        case ir.Call(ir.Sel(base, "Close"), []):
            kind = view.typing.of(base)
            kind = kind.elem if isinstance(kind, model.Pointer) else kind
            return isinstance(kind, model.Named) and kind.package in _STREAMS
        case ir.Call(ir.Sel(_, name) | ir.Name(name), [_, *_]):
            return _DROPS.search(name) is not None
    return False


def _mention(operands: Sequence[ir.Expr], variables: set[int]) -> bool:
    return any(isinstance(part, ir.Local) and part.id in variables for x in operands for part in subexpressions(x))
