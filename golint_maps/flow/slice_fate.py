"""What becomes of a slice that was filled in no particular order: sorted, or used where order shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from golint_maps.flow.traverse import each, expressions, operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.flow.walk import children
from golint_maps.syntax import ir
from golint_maps.types import model

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
    """A use of a variable, or another expression: `x` itself, the expressions around it, outermost last, and the statement."""

    x: ir.Expr
    around: tuple[ir.Expr, ...]
    statement: ir.Stmt

    @property
    def whole(self) -> ir.Expr:
        """The outermost expression, which is the statement's own."""
        return self.around[-1] if self.around else self.x


def uses(view: View, number: int, start: int) -> Iterator[Use]:
    """Yield the uses of a local from an offset on, in the function and its literals."""
    for function in view.functions:
        if function.end < start:
            continue
        for statement in statements(function.body or ()):
            for operand in operands(statement):
                yield from _inside(operand, lambda x: isinstance(x, ir.Local) and x.id == number and x.pos >= start, (), statement)


def uses_of(statement: ir.Stmt, wanted: Callable[[ir.Expr], bool]) -> Iterator[Use]:
    """Yield the uses of certain expressions in a statement."""
    for operand in operands(statement):
        yield from _inside(operand, wanted, (), statement)


def _inside(x: ir.Expr, wanted: Callable[[ir.Expr], bool], around: tuple[ir.Expr, ...], statement: ir.Stmt) -> Iterator[Use]:
    if wanted(x):
        yield Use(x, around, statement)
    for child in children(x):
        yield from _inside(child, wanted, (x, *around), statement)


def fate(view: View, number: int, start: int, shows: Sinks, depth: int = 0, *, held: bool = False) -> str:
    """Return how the order of a local slice shows after an offset (`returned`, `joined`, `stored`, …); empty when it is sorted or never shows.

    `held` says that the slice is not the local's own value but lies in it: in a field, or in an element.
    """
    found = list(uses(view, number, start))
    if any(is_put_in_order(view, use, held=held) for use in found):
        return ""
    for use in found:
        how = use_shows(view, use, shows, depth, held=held)
        if how:
            return how
    if view.variables[number].kind == "result" and any(
        isinstance(statement, ir.Return) and not statement.values and statement.pos >= start
        for function in view.functions
        for statement in statements(function.body or ())
    ):
        return "returned"
    return ""


def is_put_in_order(view: View, use: Use, *, held: bool) -> bool:
    """Tell whether a use sorts the slice. Of a slice of structs, package sort moves the structs, and leaves what lies in them as it is."""
    for index, x in enumerate(use.around):
        if is_sorted_by(view, x):
            whole = all(isinstance(inner, ir.Addr | ir.Call | ir.SliceOf) for inner in use.around[:index])
            return not (held and whole and _sorts_elements(view, x))
    match use.statement:
        case ir.Range(_, ir.Local(element), _, _, body) if held:
            return any(
                is_sorted_by(view, call) and any(isinstance(part, ir.Local) and part.id == element for part in subexpressions(call))
                for call in each(body, ir.Call)
            )
    return False


def _sorts_elements(view: View, x: ir.Expr) -> bool:
    """Tell whether a call that sorts is known to do nothing else: a function of package sort, slices or container/heap."""
    return isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and view.typing.package_of(x.fun.base) in _SORTING_PACKAGES


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


def use_shows(view: View, use: Use, shows: Sinks, depth: int = 0, *, held: bool = False) -> str:
    """Return how one use of a slice lets its order show, empty when it does not."""
    inner = use.x
    for x in use.around:
        match x:
            case ir.Call(fun):
                how = _call(view, x, fun)
                if how is not None:
                    return how
                held = held or (view.typing.is_builtin(fun, "append") and not x.spread and x.args[0] is not inner)
            case ir.Lit():
                held = True
            case ir.Addr() | ir.SliceOf():
                pass
            case ir.Index(base, index) if base is use.x:
                drawn = any(isinstance(part, ir.Call) and "Intn" in _name(part.fun) for part in subexpressions(index))
                return "drawn from by a random index" if drawn else ""
            case _:
                return ""
        inner = x
    match use.statement:
        case ir.Return():
            return "" if sorted_by_callers(view) else "returned"
        case ir.Send():
            return "sent"
        case ir.Range(_, _, _, over) if over is use.x:
            return "walked over" if not held and shows(view, use.statement) else ""
        case ir.Assign(_, lhs, rhs) if len(lhs) == len(rhs):
            for target, value in zip(lhs, rhs, strict=True):
                if value is use.whole:
                    return _stored(view, use, target, shows, depth, held=held)
        case ir.Declare(ids, values) if len(ids) == len(values):
            for target_id, value in zip(ids, values, strict=True):
                if value is use.whole and target_id >= 0 and depth < _DEPTH:
                    return fate(view, target_id, view.variables[target_id].pos, shows, depth + 1, held=held)
    return ""


def _stored(view: View, use: Use, target: ir.Expr, shows: Sinks, depth: int, *, held: bool) -> str:
    if isinstance(target, ir.Local):
        if (isinstance(use.x, ir.Local) and target.id == use.x.id) or depth >= _DEPTH:
            return ""
        return fate(view, target.id, target.pos + 1, shows, depth + 1, held=held)
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


def _call(view: View, call: ir.Call, fun: ir.Expr) -> str | None:
    """Return how a call lets the order show, '' when it does not, None when its result is as unordered as its argument."""
    name = _name(fun)
    if isinstance(fun, ir.Name):
        if name == "append":
            return None  # append(s, x) and append(other, s...) are as unordered as s
        if name in ("len", "cap", "copy", "clear", "delete") or not view.typing.as_type(fun):
            return ""
        return None
    if isinstance(fun, ir.TypeArg):
        return None
    if name in _PRINTERS:
        return "printed" if not (isinstance(fun, ir.Sel) and name == "Errorf") else ""
    if name in _ORDER_SHOWS and isinstance(fun, ir.Sel):
        return _ORDER_SHOWS[name]
    if name in ("Execute", "ExecuteTemplate") and isinstance(fun, ir.Sel) and _is_template(view.typing.of(fun.base)):
        return "rendered"
    return ""


def _is_template(kind: model.Type | None) -> bool:
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    return isinstance(kind, model.Named) and kind.package in ("text/template", "html/template")


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
