"""Locks that are reached through a pointer or an interface: the `L` of a `sync.Cond`, a `*sync.Mutex` in a field. Which lock is that?

A package says so where it fills the fields: `s.cond = sync.NewCond(&s.mu)`, `&store{mu: new(sync.Mutex)}`. Fields are told apart by their names
alone; where two of one name get different locks, nothing is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from golint_maps.flow.files import of_file
from golint_maps.flow.literals import field_name
from golint_maps.flow.traverse import each, is_nil, paired
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

if TYPE_CHECKING:
    from golint_maps.flow.view import PackageView, View

OWN: Final = ""
"""What stands for a lock that was made for the field that points to it, and that nothing else points to."""
_UNKNOWN: Final = "?"
_LOCKS: Final = frozenset(("Mutex", "RWMutex"))


def is_condition(view: View, x: ir.Expr) -> bool:
    """Tell whether an expression is a `sync.Cond`, or a pointer to one."""
    kind = view.typing.of(x)
    return (kind.elem if isinstance(kind, model.Pointer) else kind) == model.Named("sync", "Cond")


def condition_locks(package: PackageView) -> Mapping[str, str]:
    """Return, for each field that the package fills with a `sync.Cond`, the field beside it that is the condition's lock, or `OWN`."""
    return _known(package)[0]


def own_locks(package: PackageView) -> Mapping[str, str]:
    """Return the fields, each with `OWN`, that never get another lock than one that is made for them."""
    return _known(package)[1]


def condition_lock(condition: ir.Expr, view: View) -> ir.Expr | None:
    """Return the lock of a condition as an expression, where it has a name of its own."""
    match condition:
        case ir.Sel(base, name):
            field = condition_locks(view.package).get(name, OWN)
            return ir.Sel(base, field, condition.pos, condition.end) if field != OWN else None
        case ir.Local(number) if not view.assignments[number]:
            definition = view.typing.definitions.get(number)
            value = definition.value if isinstance(definition, FromValue) else None
        case ir.Name(name) if name in view.package.scope.variables:
            value = view.package.scope.variables[name].node.value
        case _:
            return None
    made = _given(value) if value is not None else None
    return made if isinstance(made, ir.Sel | ir.Name | ir.Local) else None


def may_be_anothers(lock: ir.Expr, view: View, makes: Callable[[ir.Call], bool]) -> bool:
    """Tell whether a lock may be the lock of something else, under another name: a field that points to it, or what a call has found.

    `makes` tells whether a call makes what it returns. What a call finds by a key that varies is another lock for other keys.
    """
    if isinstance(lock, ir.Local) and not view.assignments[lock.id]:
        match view.typing.definitions.get(lock.id):
            case FromValue(ir.Call() as call, 0, 1):  # `lock := s.lockOf("users")`
                found = view.paths.of(lock) == (f"l{lock.id}",) and not view.typing.is_builtin(call.fun, "new") and not makes(call)
                return found and not any(_varies(x, view) for x in call.args)
            case FromValue(value, 0, 1):  # `locker := s.locker`
                lock = value
    if not isinstance(lock, ir.Sel) or has_own_lock(lock, view):
        return False
    kind = view.typing.of(lock)
    return isinstance(kind, model.Pointer) or isinstance(view.package.resolver.underlying(kind), model.Interface)


def _varies(x: ir.Expr, view: View) -> bool:
    """Tell whether an argument may be a key: a text or number that is no constant."""
    return not isinstance(x, ir.Const) and not is_nil(x) and isinstance(view.package.resolver.underlying(view.typing.of(x)), model.Basic)


def has_own_lock(pointer: ir.Expr, view: View) -> bool:
    """Tell whether a lock is one that nobody else has a name for: it was made for the field that points to it, or for the condition in a field."""
    match pointer:
        case ir.Sel(ir.Sel(_, name) as condition, "L") if is_condition(view, condition):
            return condition_locks(view.package).get(name) == OWN
        case ir.Sel(_, name):
            return own_locks(view.package).get(name) == OWN
    return False


def _known(package: PackageView) -> tuple[Mapping[str, str], Mapping[str, str]]:
    found = package.memo.get(__name__)
    if found is None:
        conditions: dict[str, set[str]] = defaultdict(set)
        pointers: dict[str, set[str]] = defaultdict(set)
        for file in package.scope.files:
            if any(item.path == "sync" for item in file.imports):
                for field, lock, of_condition in of_file(file, _fields_in):
                    (conditions if of_condition else pointers)[field].add(lock)
        found = package.memo[__name__] = _agreed(conditions), _agreed(pointers)
    known: tuple[Mapping[str, str], Mapping[str, str]] = found
    return known


def _agreed(found: Mapping[str, set[str]]) -> dict[str, str]:
    return {field: next(iter(locks)) for field, locks in found.items() if len(locks) == 1 and _UNKNOWN not in locks}


def _fields_in(file: ir.FileFacts) -> list[tuple[str, str, bool]]:
    """Return (field, its lock, whether it is a condition's) for what the functions of a file put into fields."""
    found = []
    for function in file.functions:
        variables = file.functions[function.root].variables
        for field, value, beside in _filled(function.body or [], variables):
            lock = _given(value)
            if lock is not None:
                found.append((field, _lock(lock, beside), True))
            else:
                found.append((field, OWN if _is_made(value) else _UNKNOWN, False))
    return found


def _filled(body: list[ir.Stmt], variables: list[ir.Variable]) -> Iterator[tuple[str, ir.Expr, Mapping[str, ir.Expr]]]:
    """Yield (field, value, what stands for the fields beside it) of the fields that a body fills."""
    for assign in each(body, ir.Assign):
        for target, value in paired(assign):
            match target:
                case ir.Sel(ir.Sel(base, condition), "L"):
                    yield condition, ir.Call(ir.Sel(ir.Name("sync", 0), "NewCond", 0, 0), [value], 0, 0), {"": base}
                case ir.Sel(base, name):
                    yield name, value, {"": base}
    for literal in each(body, ir.Lit):
        beside = {field_name(element, variables): element.value for element in literal.elements if element.key is not None}
        beside.pop("", None)
        for name, value in beside.items():
            yield name, value, beside


def _given(value: ir.Expr) -> ir.Expr | None:
    """Return the lock that a condition is made with, its address taken off, or None for what is no condition."""
    match value:
        case ir.Call(ir.Sel(ir.Name("sync"), "NewCond"), [lock]):
            pass
        case ir.Addr(ir.Lit(ir.TQual("sync", "Cond"), [ir.Element(ir.Name("L"), lock)])) | ir.Lit(
            ir.TQual("sync", "Cond"), [ir.Element(ir.Name("L"), lock)]
        ):
            pass
        case _:
            return None
    if isinstance(lock, ir.Call) and isinstance(lock.fun, ir.Sel) and lock.fun.name == "RLocker":
        lock = lock.fun.base
    return lock.x if isinstance(lock, ir.Addr) and not isinstance(lock.x, ir.Lit) else lock


def _lock(lock: ir.Expr, beside: Mapping[str, ir.Expr]) -> str:
    """Return the name of the field beside a condition that its lock is, `OWN` for one that is made there."""
    if _is_made(lock):
        return OWN
    if isinstance(lock, ir.Sel) and isinstance(lock.base, ir.Local):
        base = beside.get("")
        return lock.name if isinstance(base, ir.Local) and base.id == lock.base.id else _UNKNOWN
    for name, value in beside.items():
        bare = value.x if isinstance(value, ir.Addr) else value
        if name and isinstance(lock, ir.Local) and isinstance(bare, ir.Local) and bare.id == lock.id:
            return name
    return _UNKNOWN


def _is_made(value: ir.Expr) -> bool:
    """Tell whether an expression makes a lock: `new(sync.Mutex)`, `&sync.RWMutex{}`."""
    match value:
        case ir.Call(ir.Name("new"), [ir.Sel(ir.Name("sync"), name)]) | ir.Addr(ir.Lit(ir.TQual("sync", name))):
            return name in _LOCKS
    return False
