"""Loops that count with constants: how many turns they take, and which values are another one in each turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.traverse import each, subexpressions, substatements
from golint_maps.flow.view import View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_MAX_DEPTH: Final = 6
_NARROW: Final = frozenset(("bool", "int8", "uint8", "int16", "uint16", "float32"))
_TEXTS: Final = frozenset(("Sprint", "Sprintf", "Sprintln", "Append", "Appendf", "Itoa", "FormatInt", "FormatUint", "AppendInt", "AppendUint"))
"""Functions of fmt and strconv whose result is another text for another number."""
_DIGESTS: Final = ("Sum", "Checksum", "String", "Bytes")
_SUMS: Final = ("hash/adler32",)
"""Packages of digests that many short texts share."""


def turns(view: View, loop: ir.For | ir.Range) -> tuple[int, int]:
    """Return (number of the counter, turns) of a loop that counts from one constant to another; (-1, 0) for all others."""
    match loop:
        case ir.Range(ir.Local(counter), _, _, limit):
            return counter, _number_of(view, limit) or 0
        case ir.For(ir.Assign(_, [ir.Local(first)], [start]), ir.Binary(op, ir.Local(counter), limit), ir.Assign(step, [ir.Local(last)], by)):
            begin, end, width = _number_of(view, start), _number_of(view, limit), _number_of(view, by[0]) if by else 1
            if first == counter == last and begin is not None and end is not None and width:
                # `i *= 2` takes few turns.
                way = {("<", "+="): end - begin, ("<=", "+="): end - begin, (">", "-="): begin - end, (">=", "-="): begin - end}.get((op, step), 0)
                return counter, max(way // width, 0)
    return -1, 0


def _number_of(view: View, x: ir.Expr) -> int | None:
    """Return the value of a constant whole number, also of a named type; None when it is none that is easily told."""
    x = view.typing.unconverted(x)
    return constant(view, x) or (0 if isinstance(x, ir.Const) and x.text == "0" else None)


def cut_short(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a turn of a loop with this body may be cut short, or be the last one. An error is not what a loop is written for."""
    for statement in body:
        match statement:
            case ir.Branch(kind) if kind != "fallthrough":
                return True
            case ir.Return():
                return True
            case ir.If(_, ir.Binary("!=", _, ir.Name("nil")), _, orelse):
                if cut_short(orelse):
                    return True
            case ir.For() | ir.Range():
                continue
            case _:
                if cut_short(list(substatements(statement))):
                    return True
    return False


def differs(view: View, x: ir.Expr, counter: int, depth: int = 0) -> bool:
    """Tell whether a value is another one for another value of the counter, but for the few that a digest has twice."""
    if depth > _MAX_DEPTH:
        return False
    match x:
        case ir.Local(number) if number == counter:
            return True
        case ir.Local(number) if not view.assignments[number]:
            match view.typing.definitions.get(number):
                case FromValue(value, _, 1):
                    return differs(view, value, counter, depth + 1)
        case ir.Unary("-" | "^", operand):
            return differs(view, operand, counter, depth + 1)
        case ir.Binary("+" | "-" | "^" | "*" as op, left, right):
            for side, other in ((left, right), (right, left)):
                if _stays(view, other, counter) and (op != "*" or _number_of(view, other)) and differs(view, side, counter, depth + 1):
                    return True
        case ir.Lit(_, elements):
            return any(differs(view, element.value, counter, depth + 1) for element in elements)
        case ir.Call(fun, args):
            if len(args) == 1 and (kind := view.typing.as_type(fun)) is not None:
                below = view.package.resolver.underlying(kind)
                return not (isinstance(below, model.Basic) and below.name in _NARROW) and differs(view, args[0], counter, depth + 1)
            if _keeps_apart(view, fun):
                return any(differs(view, arg, counter, depth + 1) for arg in args)
            return _returns_another(view, x, counter, depth)
    return False


def _stays(view: View, x: ir.Expr, counter: int, depth: int = 0) -> bool:
    """Tell whether a value has nothing to do with the counter: a constant, a field, a parameter, or a variable made of such and never set again."""
    for part in subexpressions(x):
        match part:
            case ir.Local(number):
                definition = view.typing.definitions.get(number)
                made = isinstance(definition, FromValue) and depth < _MAX_DEPTH and _stays(view, definition.value, counter, depth + 1)
                if number == counter or view.assignments[number] or not (made or view.variables[number].kind in ("param", "receiver", "const")):
                    return False
            case ir.Call(fun) if view.typing.as_type(fun) is None and not isinstance(fun, ir.Name):
                return False
    return True


def _keeps_apart(view: View, fun: ir.Expr) -> bool:
    """Tell whether a function of another package has another result for another argument: texts of numbers, digests."""
    package = view.typing.package_of(fun.base) if isinstance(fun, ir.Sel) else None
    if package is None or not isinstance(fun, ir.Sel):
        return False
    digest = package.startswith(("hash/", "crypto/")) and package not in _SUMS and fun.name.startswith(_DIGESTS)
    return digest or (package in ("fmt", "strconv") and fun.name in _TEXTS)


def _returns_another(view: View, call: ir.Call, counter: int, depth: int) -> bool:
    """Tell whether a function of the package has another result for another argument: one that only computes it and returns it at its end."""
    target = callee(view, call)
    if target is None or target.declared is None or target.declared.node.type.variadic:
        return False
    function = target.declared.node
    returns = each(function.body or (), ir.Return)
    if len(returns) != 1 or len(returns[0].values) != 1:
        return False
    inner = function_view(view.package, target.declared)
    return any(
        number >= 0 and not inner.assignments[number] and differs(inner, returns[0].values[0], number, depth + 2)
        for number, arg in zip(function.params, call.args, strict=False)
        if differs(view, arg, counter, depth + 1)
    )


def constant(view: View, x: ir.Expr, depth: int = 0) -> int:
    """Return the value of a constant whole number, or 0 when it is none that is easily told."""
    match x:
        case ir.Const("int" | "float", text):
            return _number(text)
        case ir.Name(name) if name in view.package.scope.constants and depth < 4:
            value = view.package.scope.constants[name].node.value
            return constant(view, value, depth + 1) if value is not None else 0
        case ir.Binary("<<" | "*" as op, left, right):
            first, second = constant(view, left, depth + 1), constant(view, right, depth + 1)
            return first * second if op == "*" else first << second if second < 64 else 0
    return 0


def _number(text: str) -> int:
    """Return the value of a number as written, also of arithmetic on numbers (`1 << 20`, `64 * 1024`), which is kept as its text."""
    for operator in ("<<", "*"):
        left, found, right = text.rpartition(operator)
        if found:
            first, second = _number(left), _number(right)
            return first * second if operator == "*" else first << second if second < 64 else 0
    try:
        return int(text.strip().strip("()").replace("_", ""), 0)
    except ValueError:
        return _scientific(text)


def _scientific(text: str) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return 0
