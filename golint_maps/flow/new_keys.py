"""Keys that no entry can have yet: counters, random ids, what was made just now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from golint_maps.flow.traverse import subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.model import Type

_MAX_STEPS: Final = 6
_COUNTING: Final = re.compile(r"seq|count(?!r)|next|generation|nonce", re.IGNORECASE)
"""Names of variables that never have the same value again."""
_NUMBERING: Final = re.compile(r"uuid|(?:new|next|gen|make|create)_?(?:id|key|token|name)|unique|random|nanoid|next|generate", re.IGNORECASE)
_IDENTIFYING: Final = re.compile(r"I[dD]$|UID|Uuid|UUID|^id$")
_TEXTS: Final = frozenset(
    (("fmt", "Sprint"), ("fmt", "Sprintf"), ("fmt", "Sprintln"), ("strconv", "Itoa"), ("strconv", "FormatInt"), ("strconv", "FormatUint"))
)
"""Functions whose result is another text for another number."""
_UNIQUE: Final = frozenset(("uuid", "xid", "ulid", "ksuid", "rand", "nanoid", "shortid"))


def is_new_key(view: View, key: ir.Expr, value: ir.Expr | None = None, kind: Type | None = None) -> bool:
    """Tell whether a key is new each time, by all signs: numbered, random, a pointer, or made of the value that it is stored for.

    `kind` is the map's type of keys, where that is known.
    """
    kind = kind or view.typing.of(key)
    if isinstance(view.package.resolver.underlying(kind), model.Pointer | model.Chan):
        return True
    counters = _counters(view)
    parts = list(_parts(view, key))
    if any(is_bounded(x) for x in parts):
        return False
    for x in parts:
        match x:
            case ir.Call():
                if _numbers(view, x) or (isinstance(kind, model.Named) and kind.name.endswith(("ID", "Id")) and _gives(view, x, kind)):
                    return True
            case ir.Local() | ir.Sel():
                name = view.variables[x.id].name if isinstance(x, ir.Local) else x.name
                if view.paths.key(x) in counters or _COUNTING.search(name):
                    return True
                if isinstance(x, ir.Local) and isinstance(value, ir.Local) and x.id == value.id:
                    return True
    return False


def is_numbered(view: View, key: ir.Expr, depth: int = 0) -> bool:
    """Tell whether a key is a counter's next value, a random id or a reading of the clock, or a text made with one.

    No pointer is, and nothing that only its name tells.
    """
    if depth > _MAX_STEPS:
        return False
    match key:
        case ir.Local(number) if view.paths.key(key) not in _counters(view):
            definition = view.typing.definitions.get(number)
            return isinstance(definition, FromValue) and not view.assignments[number] and is_numbered(view, definition.value, depth + 1)
        case ir.Call(fun, [arg]) if view.typing.of(fun) is None and view.typing.as_type(fun) is not None:
            return is_numbered(view, arg, depth + 1)
        case ir.Call(ir.Sel(base, "String"), []):
            return is_numbered(view, base, depth + 1)  # uuid.New().String()
        case ir.Call(ir.Sel(base, "UnixNano" | "UnixMicro"), []):
            return _is_now(view, base, depth + 1)
        case ir.Call(ir.Sel(ir.Name() as base, name), args) if (view.typing.package_of(base), name) in _TEXTS:
            return any(is_numbered(view, arg, depth + 1) for arg in args)
        case ir.Binary("+", left, right) if view.package.resolver.underlying(view.typing.of(key)) == model.STRING:
            return is_numbered(view, left, depth + 1) or is_numbered(view, right, depth + 1)
        case ir.Call():
            return _numbers(view, key) and not isinstance(key.fun, ir.Name)
    return view.paths.key(key) in _counters(view)


def _is_now(view: View, x: ir.Expr, depth: int) -> bool:
    """Tell whether a time is the present one, or some time from it."""
    if depth > _MAX_STEPS:
        return False
    match x:
        case ir.Call(ir.Sel(base, "Now"), []):
            return view.typing.package_of(base) == "time"
        case ir.Call(ir.Sel(base, "UTC" | "Local" | "In" | "Add")):
            return _is_now(view, base, depth + 1)
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            return isinstance(definition, FromValue) and not view.assignments[number] and _is_now(view, definition.value, depth + 1)
    return False


def _counters(view: View) -> frozenset[str]:
    """Return what a function counts up or down."""
    return frozenset(
        view.paths.key(target)
        for statement in view.statements
        if isinstance(statement, ir.Assign) and statement.op in ("+=", "-=")
        for target in statement.lhs
    )


def _gives(view: View, call: ir.Call, kind: model.Named) -> bool:
    """Tell whether a call's result is an id of this type: somebody has just given it out."""
    return view.typing.as_type(call.fun) is None and view.typing.of(call) in (kind, None) and not isinstance(call.fun, ir.Name)


def is_bounded(x: ir.Expr) -> bool:
    """Tell whether an expression has few values, whatever goes in: `i % n`, `i & mask`."""
    return isinstance(x, ir.Binary) and x.op in ("%", "&")


def _numbers(view: View, call: ir.Call) -> bool:
    """Tell whether a call gives something that it has not given before."""
    fun = call.fun
    name = fun.name if isinstance(fun, ir.Name | ir.Sel) else ""
    base = fun.base if isinstance(fun, ir.Sel) else None
    if isinstance(base, ir.Name) and (base.name in _UNIQUE or (base.name, name) == ("time", "Now")):
        return True
    if isinstance(base, ir.Local) and _IDENTIFYING.search(name) and isinstance(view.typing.definitions.get(base.id), FromValue):
        return True  # the id of something that this function has just made or got
    added = name == "Add" or (name.startswith("Add") and isinstance(base, ir.Name) and base.name == "atomic")
    return added or name == "len" or _NUMBERING.search(name) is not None


def _parts(view: View, key: ir.Expr) -> Iterator[ir.Expr]:
    """Yield all that a key is made of, through the locals in it."""
    todo: list[ir.Expr] = [key]
    seen: set[int] = set()
    while todo:
        for x in subexpressions(todo.pop()):
            yield x
            if isinstance(x, ir.Local) and x.id not in seen:
                seen.add(x.id)
                match view.typing.definitions.get(x.id):
                    case FromValue(value):
                        todo.append(value)
                    case FromRange(over):
                        todo.append(over)
                todo += assigned_values(view, x.id)


def assigned_values(view: View, number: int) -> list[ir.Expr]:
    """Return what is assigned to a local, or to what it points to, after its definition."""
    found: list[ir.Expr] = []
    if view.assignments[number] or isinstance(view.typing.local(number), model.Pointer):
        for statement in view.statements:
            if isinstance(statement, ir.Assign):
                for index, target in enumerate(statement.lhs):
                    target = target.x if isinstance(target, ir.Deref) else target
                    if isinstance(target, ir.Local) and target.id == number and target.pos != view.variables[number].pos and statement.rhs:
                        found.append(statement.rhs[index] if len(statement.rhs) == len(statement.lhs) else statement.rhs[0])
    return found
