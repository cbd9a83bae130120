"""Which functions of a package get at something through what they are handed: their receiver, a parameter, or a package variable.

What they get at is told by the calls that do so directly (a write, a draw of a random number). Types are looked up only where a name says that it
may be worth it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from golint_maps.flow.callees import Callee, callee, function_id
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir

Direct = Callable[[View, ir.Call], ir.Expr | None]
"""Returns what a call gets at by itself, as an expression of the function that calls."""
_RECEIVER, _GLOBAL = "r", "g"


class Reach:
    """Answers for one package. `names` are those of the functions and methods that a direct call may be of."""

    def __init__(self, package: PackageView, names: frozenset[str], direct: Direct) -> None:
        self._direct = direct
        self._roots: dict[str, set[str]] = defaultdict(set)
        callers: dict[str, list[tuple[View, ir.Call]]] = defaultdict(list)
        for view in views(package, range(len(package.scope.files))):
            for function in view.functions:
                for call in each(function.body or (), ir.Call):
                    if isinstance(call.fun, ir.Name | ir.Sel):
                        callers[call.fun.name].append((view, call))
        todo = [
            (function_id(package, view.root), _root(view, x))
            for name in sorted(names & callers.keys())
            for view, call in callers[name]
            if (x := direct(view, call)) is not None
        ]
        while todo:
            id, root = todo.pop()
            if not root or root in self._roots[id]:
                continue
            self._roots[id].add(root)
            for view, call in callers[id.rpartition(".")[2]]:
                target = callee(view, call)
                if target is not None and target.id == id:
                    handed = _handed(call, target, root)
                    todo.append((function_id(package, view.root), _root(view, handed) if handed is not None else root))

    def of(self, view: View, call: ir.Call) -> Iterator[ir.Expr]:
        """Yield what a call of a function of the package gets at, as expressions of the caller.

        That is an operand of the call, or its function where it is a package variable.
        """
        target = callee(view, call)
        if target is None:
            return
        if target.literal >= 0:
            literal = view.facts.functions[target.literal]
            for inner in each(literal.body or (), ir.Call):
                x = self._direct(view, inner)
                if x is not None and not any(literal.pos <= view.variables[part.id].pos < literal.end for part in _locals(x)):
                    yield x
        elif target.declared is not None:
            for root in sorted(self._roots.get(target.id, ())):
                handed = _handed(call, target, root)
                if not isinstance(handed, ir.Name) or handed.name != "nil":
                    yield handed or call.fun


def _locals(x: ir.Expr) -> list[ir.Local]:
    return [part for part in subexpressions(x) if isinstance(part, ir.Local)]


def _root(view: View, x: ir.Expr) -> str:
    """Return what an expression is a part of: the receiver, `p<i>` for parameter i, a package variable, or nothing that a caller knows."""
    path = view.paths.of(x)
    if path is None or any(part[0] == "[" for part in path):
        return ""
    if path[0][0] == "g":
        return _GLOBAL
    number = int(path[0][1:])
    if number == view.root.receiver:
        return _RECEIVER
    return f"p{view.root.params.index(number)}" if number in view.root.params else ""


def _handed(call: ir.Call, target: Callee, root: str) -> ir.Expr | None:
    """Return the operand of a call by which the callee gets at a root of its own, or None when that is a package variable."""
    if root == _GLOBAL:
        return None
    # The variadic parameter stands for the first of what is given for it, and for nothing if nothing is.
    index = int(root[1:]) if root != _RECEIVER else -1
    return target.receiver if index < 0 else call.args[index] if index < len(call.args) else ir.Name("nil", call.pos)
