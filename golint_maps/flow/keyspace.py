"""How many keys a map can get: keys that the program's own text bounds, and those that come from outside of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Final

from golint_maps.flow.assigned import assigned_names
from golint_maps.flow.callees import callee
from golint_maps.flow.events import CONSTANT
from golint_maps.flow.traverse import expressions, statements, subexpressions
from golint_maps.flow.view import PackageView, View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver
from golint_maps.types.scope import receiver_name

FREE: Final = -1
"""Said of a key that may be anything. Other answers: `CONSTANT`, or the number of the parameter that it is."""

SETTINGS: Final = re.compile(r"(?:\w*(?:Config|Configuration|Conf|Options|Opts|Settings|Flags|Spec)|config|options|opts|settings|flags)$")
"""Names of types that hold what somebody has configured."""
ONE_OF_MANY: Final = re.compile(
    r"\w*(?:[Ss]tream|[Cc]onn|[Cc]onnection|[Ss]ession|[Rr]equest|[Rr]esponse|[Jj]ob|[Tt]ask|[Qq]uery|[Tt]xn|[Tt]ransaction|[Cc]all|[Ii]terator|[Cc]ursor"
    r"|[Rr]un|[Cc]lient|[Pp]eer|[Uu]ser|[Ee]vent|[Mm]essage|[Ee]ntry|[Ii]tem|[Nn]ode|[Dd]evice)$"
)
"""Names of types of which there is an object for each connection or piece of work."""
_GIVES_NEW: Final = re.compile(
    r"(?i:new|rand|gen|next|uniq|uuid|make|create|alloc|open|get|read|load|fetch|recv|receive|now|find|look|search|query|list|scan|ask|input|prompt)"
)
"""Names of functions whose results say more than their arguments."""
_MAX_DEPTH: Final = 8
_MAX_REMAINDERS: Final = 1 << 16
_SMALL: Final = frozenset(("bool", "uint8", "int8", "uintptr"))
"""A `uintptr` is a code address or a file descriptor: the program, and the system, have so many of them."""
_TIME: Final = model.Named("time", "Time")
_CALENDAR: Final = frozenset(("Hour", "Minute", "Second", "Day", "YearDay", "Month", "Weekday"))
"""Methods of a time whose results come back every year."""
_TEXT: Final = frozenset(("fmt", "strings", "path", "filepath", "strconv", "unicode"))
"""Packages whose functions have no more results than arguments."""


@cache
def _tables() -> Mapping[str, frozenset[str]]:
    data = loads(files("golint_maps.flow").joinpath("keyspace.toml").read_text(encoding="utf-8"))
    return {name: frozenset(values) for name, values in data.items()}


def is_closed(kind: Type | None, resolver: Resolver, depth: int = 0) -> bool:
    """Tell whether a type has few values.

    These are `bool`, bytes, types of which constants are declared, types of the program as values, and structs and arrays of those.
    """
    if kind is None or depth > _MAX_DEPTH:
        return False
    if isinstance(kind, model.Named) and (f"{kind.package}.{kind.name}" in _tables()["closed"] or _enumerated(kind, resolver)):
        return True
    if isinstance(kind, model.Pointer) and isinstance(kind.elem, model.Named):
        return f"*{kind.elem.package}.{kind.elem.name}" in _tables()["closed"]
    match resolver.underlying(kind):
        case model.Basic(name):
            return name in _SMALL
        case model.Array(elem, length):
            return length in ("1", "2") and is_closed(elem, resolver, depth + 1)
        case model.Struct(fields):
            return all(is_closed(field.type, resolver, depth + 1) for field in fields)
    return False


def _enumerated(kind: model.Named, resolver: Resolver) -> bool:
    """Tell whether constants are declared of a type of numbers or text, in its own package."""
    found = resolver.declaration(kind)
    if found is None or not isinstance(resolver.underlying(kind), model.Basic):
        return False
    scope, _ = found
    for declared in scope.constants.values():
        if declared.node.type == ir.TName(kind.name):
            return True
        match declared.node.value:
            case ir.Call(ir.Name(name), [_]) if name == kind.name:
                return True
    return False


def is_pool_by_size(key: Type | None, value: Type | None, resolver: Resolver) -> bool:
    """Tell whether a map holds a pool for each size of what is pooled: sizes are few, or pooling would be of no use."""
    value = value.elem if isinstance(value, model.Pointer) else value
    below = resolver.underlying(key)
    return isinstance(value, model.Named) and value.name.endswith("Pool") and isinstance(below, model.Basic) and "int" in below.name


def origin(view: View, x: ir.Expr | None, depth: int = 0) -> int:
    """Return where the values of a key come from: `FREE`, `CONSTANT`, or the number of the outermost function's parameter that it is."""
    if depth > _MAX_DEPTH:
        return FREE
    match x:
        case ir.Const():
            return CONSTANT
        case ir.Name(name):
            return CONSTANT if name in view.package.scope.constants or name in ("true", "false") else FREE
        case ir.Local(number):
            return _local(view, number, depth)
        case ir.Sel(base, name):
            imported = view.typing.package_of(base)
            if imported is None:
                return CONSTANT if _is_settings(view.typing.of(base)) or _is_own(view, base, name) else FREE
            scope = view.package.resolver.package(imported, view.package.scope.path)
            return CONSTANT if scope is not None and name in scope.constants else FREE
        case ir.Binary("%", _, right) | ir.Binary("&", _, ir.Const() as right) | ir.Binary("&", ir.Const() as right, _) if _is_small(right):
            return CONSTANT  # the number of a shard
        case ir.Binary(_, left, right):
            return _all(view, (left, right), depth)
        case ir.Unary(_, operand) | ir.Assert(operand):
            return origin(view, operand, depth + 1)
        case ir.Lit(_, elements):
            return _all(view, tuple(element.value for element in elements), depth)
        case ir.Call(fun, args):
            return _result(view, fun, args, depth)
    return FREE


def _is_small(limit: ir.Expr) -> bool:
    """Tell whether a modulus or mask leaves few values: what is written must be so, and what has a name is the number of something."""
    if not isinstance(limit, ir.Const):
        return True
    try:
        return int(limit.text.replace("_", ""), 0) <= _MAX_REMAINDERS
    except ValueError:
        return False


def _is_settings(kind: Type | None) -> bool:
    """Tell whether a type holds what somebody has configured: a program has a few of each."""
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return isinstance(kind, model.Named) and SETTINGS.match(kind.name) is not None


def _is_own(view: View, base: ir.Expr, field: str) -> bool:
    """Tell whether a key is a field of the method's receiver that never changes, or a part of one: there is one for each object of the type."""
    while isinstance(base, ir.Sel):
        if field in assigned_names(view.package):
            return False
        field, base = base.name, base.base
    if not isinstance(base, ir.Local) or view.root.receiver != base.id or view.root.receiver_type is None or view.assignments[base.id]:
        return False
    return ONE_OF_MANY.match(receiver_name(view.root.receiver_type)) is None and field not in assigned_names(view.package)


def _closed_value(view: View, x: ir.Expr) -> bool:
    """Tell whether an expression has few values for its type; a conversion of any text to a type of constants has not."""
    kind = view.typing.of(x)
    if not is_closed(kind, view.package.resolver):
        return False
    below = view.package.resolver.underlying(kind)
    match x:
        case ir.Call(fun, [operand]) if below == model.STRING and view.typing.as_type(fun) is not None:
            return origin(view, operand) == CONSTANT
        case ir.Call() if below == model.STRING:
            return not _converts(view, x)
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            if isinstance(definition, FromValue) and definition.count == 1 and not view.assignments[number]:
                return _closed_value(view, definition.value)
    return True


def _converts(view: View, call: ir.Call) -> bool:
    """Tell whether a function of the package makes a value of a type of constants from any text: `return Tenant(r.Header.Get("Tenant"))`."""
    target = callee(view, call)
    if target is None or target.declared is None:
        return False
    inner = function_view(view.package, target.declared)
    for statement in statements(target.declared.node.body or ()):
        match statement:
            case ir.Return([ir.Call(fun, [operand])]) if inner.typing.as_type(fun) is not None and origin(inner, operand) == FREE:
                if not _is_checked(inner, operand):
                    return True
    return False


def _is_checked(view: View, text: ir.Expr) -> bool:
    """Tell whether a function looks at a text before it believes it: in a switch or a map, by a comparison, or by another function."""
    if not isinstance(text, ir.Local):
        return False

    def is_it(x: ir.Expr | None) -> bool:
        return isinstance(x, ir.Local) and x.id == text.id

    if any(isinstance(statement, ir.Switch) and is_it(statement.subject) for statement in view.statements):
        return True
    for x in (x for function in view.functions for x in expressions(function.body or ())):
        match x:
            case ir.Binary("==" | "!=", left, right) if is_it(left) and not (isinstance(right, ir.Const) and right.text in ('""', "``")):
                return True
            case ir.Index(_, index) if is_it(index):
                return True
            case ir.Call(_, args) if any(map(is_it, args)) and view.typing.of(x) == model.BOOL:
                return True
    return False


def few(view: View, x: ir.Expr, key: Type | None) -> int:
    """Return the origin of a key, with `CONSTANT` for all that has few values. `key` is the map's key type."""
    if _closed_value(view, x) or (view.typing.of(x) is None and is_closed(key, view.package.resolver)):
        return CONSTANT
    return origin(view, x)


def _all(view: View, parts: tuple[ir.Expr, ...], depth: int) -> int:
    """Return the origin of what is put together of parts. Of parameters the first that is free decides."""
    worst = CONSTANT
    for part in parts:
        found = CONSTANT if is_closed(view.typing.of(part), view.package.resolver) else origin(view, part, depth + 1)
        if found == FREE:
            return FREE
        if found >= 0:
            worst = found
    return worst


def _local(view: View, number: int, depth: int) -> int:
    assigned = view.assignments[number]
    if number in view.root.params and not assigned:
        return view.root.params.index(number)
    definition = view.typing.definitions.get(number)
    if assigned:
        return _assigned(view, number, definition, depth)
    match definition:
        case FromValue(value, index, count) if count == 1 or (index == 0 and not isinstance(value, ir.Index | ir.Recv)):
            return origin(view, value, depth + 1)
        case FromRange(over, index):
            return _ranged(view, over, index)
    return FREE


def _assigned(view: View, number: int, definition: object, depth: int) -> int:
    """A variable that is set in some branches is as free as the freest of what it is set to."""
    values = [definition.value] if isinstance(definition, FromValue) and definition.count == 1 else []
    if not values and not (view.variables[number].kind == "var" and definition is None):
        return FREE
    for statement in view.statements:
        if isinstance(statement, ir.Assign):
            for index, target in enumerate(statement.lhs):
                if isinstance(target, ir.Local) and target.id == number and target.pos != view.variables[number].pos:
                    if statement.op != "=" or len(statement.lhs) != len(statement.rhs):
                        return FREE
                    values.append(statement.rhs[index])
        elif isinstance(statement, ir.Range) and any(isinstance(x, ir.Local) and x.id == number for x in (statement.key, statement.value)):
            return FREE
    return _all(view, tuple(values), depth) if all(not _mentions(value, number) for value in values) else FREE


def _mentions(x: ir.Expr, number: int) -> bool:
    return any(isinstance(part, ir.Local) and part.id == number for part in subexpressions(x))


def _ranged(view: View, over: ir.Expr, index: int) -> int:
    """Elements of a list or table that is written in the source are as many as are written; so are numbers that count to a constant."""
    match over:
        case ir.Lit():
            return CONSTANT
        case ir.Const():
            return CONSTANT
        case ir.Name(name) if name in view.package.scope.variables:
            return CONSTANT if name in written_tables(view.package) else FREE
        case ir.Sel(base) if _is_settings(view.typing.of(base)):
            return CONSTANT
        case ir.Local(number) if not view.assignments[number]:
            definition = view.typing.definitions.get(number)
            if isinstance(definition, FromValue) and definition.count == 1 and isinstance(definition.value, ir.Lit | ir.Name):
                return _ranged(view, definition.value, index)
    return FREE


def written_tables(package: PackageView) -> frozenset[str]:
    """Return the package variables that are initialised by a literal with elements."""
    found = package.memo.get(__name__)
    if found is None:
        names = set()
        for file in package.scope.files:
            for function in file.functions:
                for statement in function.body or () if function.name == "var·" else ():
                    match statement:
                        case ir.Assign(_, [ir.Name(name)], [ir.Lit(_, elements)]) if elements:
                            names.add(name)
        found = package.memo[__name__] = frozenset(names)
    assert isinstance(found, frozenset)
    return found


def _result(view: View, fun: ir.Expr, args: list[ir.Expr], depth: int) -> int:
    if len(args) == 1 and view.typing.as_type(fun) is not None:
        return origin(view, args[0], depth + 1)
    if isinstance(fun, ir.Sel):
        imported = view.typing.package_of(fun.base)
        if imported is not None:
            if f"{imported}.{fun.name}" in _tables()["functions"]:
                return CONSTANT
            if args and imported.rpartition("/")[2] in _TEXT:
                return _all(view, tuple(args), depth)
            return CONSTANT if _of_constants(view, fun.name, args, depth) else FREE
        if not args and fun.name in _CALENDAR and view.typing.of(fun.base) == _TIME:
            return CONSTANT
        kind = view.typing.of(fun.base)
        if not args and is_closed(kind.elem if isinstance(kind, model.Pointer) else kind, view.package.resolver):
            return CONSTANT  # t.String(), kind.Name()
    elif isinstance(fun, ir.Name) and _of_constants(view, fun.name, args, depth):
        return CONSTANT
    return FREE


def _of_constants(view: View, name: str, args: list[ir.Expr], depth: int) -> bool:
    """Tell whether a function makes a key from constants alone, and is none that gives something new each time."""
    return bool(args) and _GIVES_NEW.search(name) is None and all(origin(view, argument, depth + 1) == CONSTANT for argument in args)
