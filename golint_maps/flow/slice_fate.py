"""What becomes of a slice that was filled in no particular order: sorted, or used where order shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from golint_maps.flow.traverse import each, expressions, operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.flow.walk import children
from golint_maps.syntax import ir

_SORTERS = frozenset(("Strings", "Ints", "Float64s", "Slice", "SliceStable", "Sort", "Stable"))
_SORTING_PACKAGES = frozenset(("sort", "slices", "container/heap", "golang.org/x/exp/slices"))
_ORDER_SHOWS = {
    "Join": "joined",
    "Equal": "compared",
    "DeepEqual": "compared",
    "Compare": "compared",
    "Marshal": "encoded",
    "MarshalIndent": "encoded",
    "Encode": "encoded",
}
_PRINTERS = frozenset(("Print", "Println", "Printf", "Fprint", "Fprintln", "Fprintf", "Sprint", "Sprintln", "Sprintf", "Errorf"))
_DEPTH = 3
"""How many slices and loops an order is followed through."""

Sinks = Callable[[View, ir.Range], bool]
"""Tells whether a loop lets the order of its turns show."""


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a variable: the innermost expressions around it, outermost last, and the statement."""

    around: tuple[ir.Expr, ...]
    statement: ir.Stmt


def uses(view: View, number: int, start: int) -> Iterator[Use]:
    """Yield the uses of a local from an offset on, in the function and its literals."""
    for function in view.functions:
        if function.end < start:
            continue
        for statement in statements(function.body or ()):
            for operand in operands(statement):
                yield from _inside(operand, number, start, (), statement)


def _inside(x: ir.Expr, number: int, start: int, around: tuple[ir.Expr, ...], statement: ir.Stmt) -> Iterator[Use]:
    if isinstance(x, ir.Local):
        if x.id == number and x.pos >= start:
            yield Use(around, statement)
        return
    for child in children(x):
        yield from _inside(child, number, start, (x, *around), statement)


def fate(view: View, number: int, start: int, shows: Sinks, depth: int = 0) -> str:
    """Return how the order of a local slice shows after an offset (`returned`, `joined`, `stored`, …); empty when it is sorted or never shows."""
    found = list(uses(view, number, start))
    if any(is_sorted_by(view, x) for use in found for x in use.around):
        return ""
    for use in found:
        how = _shows(view, number, use, shows, depth)
        if how:
            return how
    if view.variables[number].kind == "result" and any(
        isinstance(statement, ir.Return) and not statement.values and statement.pos >= start
        for function in view.functions
        for statement in statements(function.body or ())
    ):
        return "returned"
    return ""


def is_sorted_by(view: View, x: ir.Expr) -> bool:
    """Tell whether a call sorts what it is given: by package sort or slices, by its name, or by what its body does in this package."""
    if not isinstance(x, ir.Call):
        return False
    match x.fun:
        case ir.Sel(base, name):
            package = view.typing.package_of(base)
            if package in ("sort", "slices"):
                return name in _SORTERS or name.startswith("Sort")
            if package == "container/heap":
                return name == "Init"
            return "sort" in name.lower()
        case ir.Name(name):
            return "sort" in name.lower() or _sorts_parameter(view.package, name)
    return False


def _sorts_parameter(package: PackageView, name: str) -> bool:
    """Tell whether a function of the package sorts one of its parameters."""
    declared = package.scope.functions.get(name)
    if declared is None:
        return False
    known: dict[str, bool] = package.memo.setdefault("sorts a parameter", {})
    if name not in known:
        known[name] = any(
            isinstance(x, ir.Call)
            and isinstance(x.fun, ir.Sel)
            and isinstance(x.fun.base, ir.Name)
            and x.fun.base.name in ("sort", "slices")
            and (x.fun.name in _SORTERS or x.fun.name.startswith("Sort"))
            and any(isinstance(part, ir.Local) and part.id in declared.node.params for arg in x.args for part in subexpressions(arg))
            for x in expressions(declared.node.body or ())
        )
    return known[name]


def _shows(view: View, number: int, use: Use, shows: Sinks, depth: int) -> str:
    x: ir.Expr | None = None
    for x in use.around:
        match x:
            case ir.Call(fun):
                how = _call(view, number, x, fun, use, shows, depth)
                if how is not None:
                    return how
            case ir.Lit() | ir.Addr() | ir.SliceOf():
                continue
            case ir.Index(ir.Local(base), index) if base == number:
                drawn = any(isinstance(part, ir.Call) and "Intn" in _name(part.fun) for part in subexpressions(index))
                return "drawn from by a random index" if drawn else ""
            case _:
                return ""
    match use.statement:
        case ir.Return():
            return "" if sorted_by_callers(view) else "returned"
        case ir.Send():
            return "sent"
        case ir.Range(_, _, _, over) if isinstance(over, ir.Local) and over.id == number:
            return "walked over" if shows(view, use.statement) else ""
        case ir.Assign(_, lhs, rhs) if len(lhs) == len(rhs):
            for target, value in zip(lhs, rhs, strict=True):
                if any(isinstance(part, ir.Local) and part.id == number for part in subexpressions(value)):
                    return _stored(view, number, target, shows, depth)
        case ir.Declare(ids, values) if len(ids) == len(values):
            for target_id, value in zip(ids, values, strict=True):
                if isinstance(value, ir.Local) and value.id == number and target_id >= 0 and depth < _DEPTH:
                    return fate(view, target_id, view.variables[target_id].pos, shows, depth + 1)
    return ""


def _stored(view: View, number: int, target: ir.Expr, shows: Sinks, depth: int) -> str:
    if isinstance(target, ir.Local):
        if target.id == number or depth >= _DEPTH:
            return ""
        return fate(view, target.id, target.pos + 1, shows, depth + 1)
    if isinstance(target, ir.Name) and target.name == "_":
        return ""
    return "" if is_sorted_later(view, target, target.pos) else "stored"


def is_sorted_later(view: View, target: ir.Expr, start: int) -> bool:
    """Tell whether something sorts a field, element or package variable, or what holds it, after an offset."""
    paths = {view.paths.raw(x) for x in subexpressions(target) if isinstance(x, ir.Sel | ir.Name | ir.Local)} - {None}
    return any(
        view.paths.raw(part) in paths
        for function in view.functions
        for x in expressions(function.body or ())
        if isinstance(x, ir.Call) and x.pos > start and is_sorted_by(view, x)
        for operand in (x.fun, *x.args)
        for part in subexpressions(operand)
        if isinstance(part, ir.Sel | ir.Name | ir.Local)
    )


def _call(view: View, number: int, call: ir.Call, fun: ir.Expr, use: Use, shows: Sinks, depth: int) -> str | None:
    """Return how a call lets the order show, '' when it does not, None when its result is as unordered as its argument."""
    name = _name(fun)
    if isinstance(fun, ir.Name):
        if name == "append":
            # append(s, x) goes on with s; append(other, s...) is as unordered as s.
            return "" if isinstance(call.args[0], ir.Local) and call.args[0].id == number else None
        if name in ("len", "cap", "copy", "clear", "delete") or not view.typing.as_type(fun):
            return ""
        return None
    if isinstance(fun, ir.TypeArg):
        return None
    if name in _PRINTERS:
        return "printed" if not (isinstance(fun, ir.Sel) and name == "Errorf") else ""
    if name in _ORDER_SHOWS and isinstance(fun, ir.Sel):
        return _ORDER_SHOWS[name]
    return ""


def _name(fun: ir.Expr) -> str:
    match fun:
        case ir.Name(name) | ir.Sel(_, name):
            return name
        case ir.Index(base) | ir.Inst(base):
            return _name(base)
    return ""


def sorted_by_callers(view: View) -> bool:
    """Tell whether somewhere in the package the result of this function is sorted by its caller."""
    names = view.package.memo.get("functions whose results are sorted")
    if not isinstance(names, frozenset):
        names = frozenset(_sorted_results(view.package))
        view.package.memo["functions whose results are sorted"] = names
    return view.root.name in names


def _sorted_results(package: PackageView) -> Iterator[str]:
    for file in package.scope.files:
        if _SORTING_PACKAGES.isdisjoint(item.path for item in file.imports):
            continue
        for function in file.functions:
            sorts = [x for x in each(function.body or (), ir.Call) if _looks_like_sort(x.fun)]
            if not sorts:
                continue
            locals_sorted = {part.id for call in sorts for arg in call.args for part in subexpressions(arg) if isinstance(part, ir.Local)}
            for call in sorts:
                yield from (_name(part.fun) for arg in call.args for part in subexpressions(arg) if isinstance(part, ir.Call))
            for statement in statements(function.body or ()):
                match statement:
                    case ir.Assign(_, lhs, [ir.Call(fun)]) if any(isinstance(target, ir.Local) and target.id in locals_sorted for target in lhs):
                        yield _name(fun)


def _looks_like_sort(fun: ir.Expr) -> bool:
    match fun:
        case ir.Sel(ir.Name("sort" | "slices"), name):
            return name in _SORTERS or name.startswith("Sort")
        case ir.Sel(ir.Name("heap"), "Init"):
            return True
        case ir.Name(name) | ir.Sel(_, name):
            return "sort" in name.lower()
    return False
