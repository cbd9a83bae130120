"""Maps that may well be nil although nothing in sight sets them to nil: what comes from outside, and what a failed call leaves behind."""

from __future__ import annotations

from golint_maps.flow.callees import callee, in_module
from golint_maps.flow.nilstate import MAYBE, NIL
from golint_maps.flow.traverse import each, is_nil, selected_from, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.scope import Declared, receiver_name
from golint_maps.types.stdlib import table

_MAX_LOADERS = 3
"""How many functions deep the one that fills a field may be called: `ensureLoaded` calls `load`."""


def parameter(view: View, x: ir.Expr) -> bool:
    """Tell whether a map is a parameter of an exported function, which anybody may call with nil."""
    return isinstance(x, ir.Local) and view.root.name[:1].isupper() and x.id in view.root.params and not view.assignments[x.id]


def looked_at(view: View, x: ir.Expr, before: int) -> bool:
    """Tell whether a function asks a map for what is in it, before a place: it counts on a map with entries."""
    if not isinstance(x, ir.Local):
        return False
    for body in (function.body or () for function in view.functions):
        for look in each(body, ir.Index):
            if look.pos < before and _is(look.base, x.id):
                return True
        for call in each(body, ir.Call):
            if call.pos < before and isinstance(call.fun, ir.Sel) and _is(call.fun.base, x.id):
                return True
    return False


def checked(view: View, x: ir.Expr, before: int) -> bool:
    """Tell whether a map was handed to a function that returned an error, and the way on is the one without: `items, err := parse(m)`."""
    if not isinstance(x, ir.Local):
        return False
    for body in (function.body or () for function in view.functions):
        failures = {
            assign.lhs[-1].id
            for assign in each(body, ir.Assign)
            if assign.pos < before and len(assign.rhs) == 1 and isinstance(assign.lhs[-1], ir.Local) and _takes(assign.rhs[0], x.id)
        }
        for branch in each(body, ir.If) if failures else ():
            match branch.cond:
                case ir.Binary("!=", ir.Local(error), right) if error in failures and is_nil(right) and branch.pos < before:
                    if view.typing.local(error) == model.ERROR and branch.then and isinstance(branch.then[-1], ir.Return):
                        return True
    return False


def _takes(x: ir.Expr, number: int) -> bool:
    return isinstance(x, ir.Call) and any(_is(arg, number) for arg in x.args)


def handed_in(view: View, x: ir.Expr) -> tuple[model.Named, str] | None:
    """Return (type, field) of a map that others make, or not: of an exported field of another package's struct, which a caller hands in; or None."""
    match x:
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            if isinstance(definition, FromValue) and definition.count == 1 and not view.assignments[number]:
                return handed_in(view, definition.value)
        case ir.Sel(base, name) if name[:1].isupper():
            field = view.package.resolver.field(view.typing.of(base), name)
            owner = field.owner if field is not None else None
            if isinstance(owner, model.Named) and owner.package != view.package.scope.path and owner.package not in table().packages:
                return (owner, name) if _from_caller(view, base) else None
    return None


def _from_caller(view: View, x: ir.Expr) -> bool:
    """Tell whether a struct is the caller's, or an element of something of the caller's: not one that was built or asked for here."""
    x = selected_from(x)
    if not isinstance(x, ir.Local):
        return False
    if view.variables[x.id].kind == "param":
        return True
    match view.typing.definitions.get(x.id):
        case FromRange(over, _):
            return _from_caller(view, over)
        case FromValue(ir.Sel() | ir.Index() | ir.Local() as value, 0):
            return value != ir.Local(x.id, value.pos) and _from_caller(view, value)
    return False


def fails(view: View, call: ir.Call) -> bool:
    """Tell whether a call is of a function of this package whose last result is an error."""
    found = callee(view, call)
    return found is not None and found.declared is not None and found.declared.node.type.results[-1:] == [ir.TName("error")]


def kind_on_error(view: View, call: ir.Call, index: int) -> str | None:
    """Return what result `index`, a map, of a call is when the call returns an error: NIL, MAYBE, or None where it is made all the same.

    Functions of the package are looked at. Of others the convention is taken for granted: who returns an error returns zero values beside it.
    The standard library has functions that do not.
    """
    found = callee(view, call)
    if found is None:
        return None
    if found.declared is None:
        return MAYBE if found.outside and in_module(found.id) else None
    made = zero = False
    for statement in statements(found.declared.node.body or ()):
        if isinstance(statement, ir.Return):
            if len(statement.values) <= index or (len(statement.values) == 1 and index == 0):
                made = True  # a bare return, or what another function gives
            elif not is_nil(statement.values[-1]):
                zero = zero or is_nil(statement.values[index])
                made = made or not is_nil(statement.values[index])
    if not zero:
        return None
    return MAYBE if made else NIL


def filled_unless_it_fails(view: View, call: ir.Call) -> tuple[str, ...]:
    """Return the map fields of the receiver that a method makes when they are nil, and leaves nil when it returns an error."""
    found = callee(view, call)
    if found is None or found.declared is None or found.receiver is None or found.embedded:
        return ()
    memo: dict[tuple[int, int], tuple[str, ...]] = view.package.memo.setdefault(__name__, {})
    key = (found.declared.file, found.declared.node.root)
    if key not in memo:
        memo[key] = _filled(view.package, found.declared)
    return memo[key]


def _filled(package: PackageView, first: Declared[ir.Function]) -> tuple[str, ...]:
    if first.node.receiver_type is None or not first.node.type.results or first.node.type.results[-1] != ir.TName("error"):
        return ()
    methods = package.scope.methods.get(receiver_name(first.node.receiver_type), {})
    made: set[str] = set()
    compared: set[str] = set()
    fails = False
    todo, seen = [(first.node, 0)], {first.node.name}
    while todo:
        function, depth = todo.pop()
        body, receiver = function.body or (), function.receiver
        for assign in each(body, ir.Assign):
            for x, value in zip(assign.lhs, assign.rhs, strict=False):
                if isinstance(x, ir.Sel) and _is(x.base, receiver) and len(assign.lhs) == len(assign.rhs) and not is_nil(value):
                    made.add(x.name)
        for comparison in each(body, ir.Binary):
            asked = comparison.left
            if isinstance(asked, ir.Sel) and _is(asked.base, receiver) and comparison.op in ("==", "!=") and is_nil(comparison.right):
                compared.add(asked.name)
        for call in each(body, ir.Call):
            fun = call.fun
            if isinstance(fun, ir.Sel) and _is(fun.base, receiver) and depth < _MAX_LOADERS and fun.name in methods and fun.name not in seen:
                seen.add(fun.name)
                todo.append((methods[fun.name].node, depth + 1))
        for returned in each(body, ir.Return):
            error = returned.values[-1] if returned.values else None
            handed_on = isinstance(error, ir.Call) and isinstance(error.fun, ir.Sel) and _is(error.fun.base, receiver) and error.fun.name in methods
            fails = fails or (error is not None and not is_nil(error) and not handed_on)
    return tuple(sorted(made & compared)) if fails else ()


def _is(x: ir.Expr, number: int) -> bool:
    return isinstance(x, ir.Local) and x.id == number
