"""Objects that are let go when they are done: their maker gives them away as something that cannot change them any more.

So a function gathers errors: it makes the object, hands it to what it calls, looks at the map itself without the lock, and returns the object as
an `error`. Who is handed it could still keep it; that the maker needs no lock says that nobody does, and is judged as an access of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.traverse import each, expressions, operands, subexpressions
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.resolve import Context

_LOCKING: Final = frozenset(("Lock", "RLock"))


def is_let_go(package: PackageView, name: str, field: str) -> bool:
    """Tell whether all objects of a type that only its package can name are let go like that, the maps in a field of theirs looked at before."""
    known: dict[tuple[str, str], bool] = package.memo.setdefault(__name__, {})
    if (name, field) not in known:
        known[name, field] = name[:1].islower() and _all_let_go(package, name, field)
    return known[name, field]


def _all_let_go(package: PackageView, name: str, field: str) -> bool:
    changing = {method for method, declared in package.scope.methods.get(name, {}).items() if _changes(declared.node.body or (), field)}
    made = 0
    for number, file in enumerate(package.scope.files):
        if package.paths[number].endswith("_test.go"):
            continue
        mentioned = sum(_count(item, name) for item in (*file.types, *file.variables))
        for function in file.functions:
            mentioned += _count((function.type, function.body or ()), name)
            for variable in _made(function, name):
                made += 1
                mentioned -= 1
                if function.parent >= 0 or not _lets_go(package, Context(package.scope, number), function, variable, field, changing):
                    return False
        if mentioned:
            return False  # made, kept or asserted in some other way
    return made > 0


def _changes(body: Sequence[ir.Stmt], field: str) -> bool:
    """Tell whether a method changes the map in a field, or puts another one there."""
    targets = [target for assign in each(body, ir.Assign) for target in assign.lhs]
    targets += [call.args[0] for call in each(body, ir.Call) if isinstance(call.fun, ir.Name) and call.args]
    return any(isinstance(x, ir.Sel) and x.name == field for target in targets for x in subexpressions(target))


def _count(item: object, name: str) -> int:
    """Return how often a type is mentioned."""
    if isinstance(item, ir.TName):
        return item.name == name
    if isinstance(item, list | tuple):
        return sum(_count(part, name) for part in item)
    fields = getattr(item, "__struct_fields__", ())
    return sum(_count(getattr(item, part), name) for part in fields)


def _made(function: ir.Function, name: str) -> Iterator[int]:
    """Yield the locals that are defined as literals of a type."""
    for assign in each(function.body or (), ir.Assign):
        match assign:
            case ir.Assign(":=", [ir.Local(number)], [ir.Lit(ir.TName(made)) | ir.Addr(ir.Lit(ir.TName(made)))]) if made == name:
                yield number


def _lets_go(package: PackageView, context: Context, function: ir.Function, number: int, field: str, changing: set[str]) -> bool:
    """Tell whether a function hands the object in a local to what it calls, looks at its map on every way then, and returns it as an interface."""
    body = function.body or ()
    calls = each(body, ir.Call)
    handed = [call.pos for call in calls if any(_is(x, number) for x in call.args)]
    returned = [statement for statement in each(body, ir.Return) if any(_is(x, number) for x in statement.values)]
    if not handed or not returned or not _only_handed_on(function, context, number):
        return False
    if any(isinstance(call.fun, ir.Sel) and call.fun.name in _LOCKING and _mentions(call.fun, number) for call in calls):
        return False
    for statement in returned:
        for value, written in zip(statement.values, function.type.results, strict=False):
            if _is(value, number) and not changing.isdisjoint(_methods(package, package.resolver.resolve(written, context), changing)):
                return False
    looks = (x for statement in body for operand in operands(statement) for x in subexpressions(operand))
    first = min(statement.pos for statement in returned)
    return any(isinstance(x, ir.Sel) and x.name == field and _is(x.base, number) and max(handed) < x.pos < first for x in looks)


def _methods(package: PackageView, kind: model.Type | None, otherwise: set[str]) -> set[str]:
    """Return the methods by which an interface lets its object be changed; all of `otherwise` where a type is no interface."""
    if kind == model.ERROR:
        return set()
    below = package.resolver.underlying(kind)
    return {method.name for method in below.methods} if isinstance(below, model.Interface) else otherwise


def _only_handed_on(function: ir.Function, context: Context, number: int) -> bool:
    """Tell whether all that happens to a local is that it is handed to calls or returned, and its fields and methods are used, by no goroutine."""
    body = function.body or ()
    if any(number in inner.captures for inner in context.package.files[context.file].functions if inner.root == function.root):
        return False
    put_off = [*(start.call for start in each(body, ir.Go)), *(later.call for later in each(body, ir.Defer))]
    if any(_mentions(call, number) for call in put_off):
        return False
    fine = [x for call in each(body, ir.Call) for x in call.args]
    fine += [x for statement in each(body, ir.Return) for x in statement.values]
    fine += [x.base for x in each(body, ir.Sel)]
    uses = sum(isinstance(x, ir.Local) and x.id == number for x in expressions(body))
    return uses - 1 == sum(_is(x, number) for x in fine)  # one of them is its definition


def _is(x: ir.Expr, number: int) -> bool:
    """Tell whether an expression is a local, or its address."""
    x = x.x if isinstance(x, ir.Addr) else x
    return isinstance(x, ir.Local) and x.id == number


def _mentions(x: ir.Expr, number: int) -> bool:
    return any(isinstance(part, ir.Local) and part.id == number for part in subexpressions(x))
