"""Functions that give nil back for nothing: a map that is nil where an argument is empty, with no error that would tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.callees import callee
from golint_maps.flow.nilconditions import empty, mentioned
from golint_maps.flow.nilstate import Mark, State
from golint_maps.flow.traverse import chained, each, in_turn, is_nil
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types.scope import Declared, PackageScope


def nil_for_nothing(view: View, call: ir.Call, state: State) -> frozenset[Mark]:
    """Return what the arguments are for which a call may give a nil map as its only result, or beside an error that is nil; empty where it does not.

    A later condition on any of these may say that they are not empty. An argument that was asked about before is taken for one that is not.
    """
    found: set[Mark] = set()
    for index in empty_arguments(view, call):
        if index >= len(call.args) or isinstance(call.args[index], ir.Const | ir.Lit | ir.Name | ir.FuncLit):
            continue
        about = mentioned(view, call.args[index])
        if about and not any(mark.kind != "set" and mark.mentions(path) for mark in state.trail for path in about):
            found |= {Mark(path, call.pos, "if") for path in about}
    return frozenset(found)


def empty_arguments(view: View, call: ir.Call) -> Sequence[int]:
    """Return the arguments for which a function of this package returns nil, where they are empty, and something else for others."""
    found = callee(view, call)
    if found is None or found.declared is None or found.declared.node.body is None:
        return ()
    memo: dict[tuple[int, int], tuple[int, ...]] = view.package.memo.setdefault(__name__, {})
    key = (found.declared.file, found.declared.node.root)
    if key not in memo:
        memo[key] = tuple(sorted(set(_asked(found.declared, view.package.scope))))
    return memo[key]


def _asked(declared: Declared[ir.Function], package: PackageScope) -> Iterator[int]:
    function = declared.node
    results = function.type.results
    if not results or results[1:] not in ([], [ir.TName("error")]):
        return
    returns = list(each(function.body or (), ir.Return))
    if all(_is_nothing(item, len(results)) for item in returns):
        return
    params = {number: index for index, number in enumerate(function.params) if number >= 0}
    for branch in each(function.body or (), ir.If):
        *_, last = (None, *in_turn(branch.then))
        if isinstance(last, ir.Return) and _is_nothing(last, len(results)):
            for x in chained(branch.cond, "||"):
                asked = _emptiness(x)
                index = params.get(asked.id) if isinstance(asked, ir.Local) else None
                if index is not None and index < len(function.type.params) and _comes_empty(function.type.params[index], package):
                    yield index


def _is_nothing(statement: ir.Return, count: int) -> bool:
    return len(statement.values) == count and all(map(is_nil, statement.values))


def _emptiness(x: ir.Expr) -> ir.Expr | None:
    """Return what a condition finds to be empty, nil or false, or true."""
    match x:
        case ir.Local():
            return x
        case ir.Unary("!", operand):
            return operand
        case ir.Binary("==", left, right) if is_nil(right):
            return left
        case ir.Binary("==", left, ir.Const("string", text)) if len(text) == len('""'):
            return left
        case ir.Binary(op, left, right):
            return empty(op, left, right, True)
    return None


def _comes_empty(kind: ir.TypeExpr, package: PackageScope) -> bool:
    """Tell whether callers hand in empty values of a type: maps, slices, texts and truths. They hardly ever hand in a nil pointer or interface."""
    if isinstance(kind, ir.TName):
        declared = package.types.get(kind.name)
        return kind.name in ("string", "bool") if declared is None else declared.node.type != kind and _comes_empty(declared.node.type, package)
    return isinstance(kind, ir.TMap | ir.TSlice)
