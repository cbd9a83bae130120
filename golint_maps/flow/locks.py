"""Recognition of lock operations, and the net effect of lock helpers (`s.lock()`, `defer s.locked()()`).

Locks are the mutexes of `sync`, their embeddings, `sync.Locker`, whatever has their methods without being known, channels of capacity one, and
semaphores of weight one. As in RacerD and gVisor's checklocks only locks that are surely held count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from golint_maps.flow.events import Held
from golint_maps.flow.files import families, of_file
from golint_maps.flow.identity import Names
from golint_maps.flow.literals import field_name
from golint_maps.flow.lock_pointers import condition_lock, is_condition
from golint_maps.flow.traverse import each, paired
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.resolve import Method, Resolver

OPERATIONS: Final = {
    "Lock": ("acquire", "w"),
    "RLock": ("acquire", "r"),
    "Unlock": ("release", "w"),
    "RUnlock": ("release", "r"),
    "TryLock": ("try", "w"),
    "TryRLock": ("try", "r"),
}

_PARTNERS: Final = {name: f"{'R' if mode == 'r' else ''}{'Lock' if kind == 'release' else 'Unlock'}" for name, (kind, mode) in OPERATIONS.items()}
"""Which other method a lock with this method has."""

_LOCK = re.compile(r"(?i)mutex|lock")

METHODS: Final = frozenset((*OPERATIONS, "Acquire", "Release", "TryAcquire"))
"""Names of the methods that may be lock operations."""


@dataclass(frozen=True, slots=True)
class LockOperation:
    """`kind` is acquire, release or try; `path` a rooted access path; `name` the lock's program-wide name."""

    kind: str
    mode: str
    path: tuple[str, ...]
    name: str
    spelled: str


def operation(call: ir.Call, names: Names) -> LockOperation | None:
    """Return what a call does to a lock, if it is a lock operation by itself."""
    fun = call.fun
    if not isinstance(fun, ir.Sel):
        return None
    if fun.name in OPERATIONS and not call.args:
        fun = through_condition(fun, names)
        return _reading(fun, names) or _method(fun, names)
    if fun.name in ("Acquire", "Release", "TryAcquire") and call.args:
        view = names.view
        kind = _pointee(view.typing.of(fun.base))
        path = names.path(fun.base)
        if isinstance(kind, model.Named) and kind.package.endswith("x/sync/semaphore") and path is not None:
            effect = {"Acquire": "acquire", "Release": "release", "TryAcquire": "try"}[fun.name]
            return LockOperation(effect, "w", (*path, "semaphore"), names.identity(fun.base) + "~", "")
    return None


def through_condition(fun: ir.Sel, names: Names) -> ir.Sel:
    """Return a method of a condition's lock as one of the lock that the condition was made with: `s.cond.L.Lock` is `s.mu.Lock`."""
    match fun.base:
        case ir.Sel(condition, "L") if is_condition(names.view, condition):
            lock = condition_lock(condition, names.view)
            return ir.Sel(lock, fun.name, fun.pos, fun.end) if lock is not None else fun
    return fun


def _reading(fun: ir.Sel, names: Names) -> LockOperation | None:
    """Return what a method of the Locker of a mutex's readers does: of `l := s.mu.RLocker()`, `l.Lock()` takes the read lock."""
    if fun.name not in ("Lock", "Unlock"):
        return None
    locker = fun.base
    if isinstance(locker, ir.Local):
        definition = names.view.typing.definitions.get(locker.id)
        locker = definition.value if isinstance(definition, FromValue) and not names.view.assignments[locker.id] else locker
    match locker:
        case ir.Call(ir.Sel(mutex, "RLocker"), []):
            return _method(ir.Sel(mutex, f"R{fun.name}", fun.pos, fun.end), names)
    return None


def entered_with(body: Sequence[ir.Stmt], names: Names) -> dict[tuple[str, ...], Held]:
    """Return the locks, by path, that a body gives back before it has taken them: whoever called or started it had them.

    `mu.Lock(); go func() { …; mu.Unlock() }()` hands a lock to a goroutine. What is locked through an interface may be taken in other ways.
    """
    view = names.view
    first: dict[tuple[str, ...], LockOperation] = {}
    # What is deferred comes after the rest, wherever it stands.
    calls = (call for part in (body, *_deferred_literals(body, view)) for call in sorted(each(part, ir.Call), key=lambda call: call.pos))
    for call in calls:
        fun = call.fun
        if isinstance(fun, ir.Sel) and fun.name in METHODS and not _is_interface(fun.base, view):
            found = operation(call, names)
            if found is not None:
                first.setdefault(found.path, found)
    return {path: Held(path, lock.mode, lock.name, lock.spelled) for path, lock in first.items() if lock.kind == "release"}


def place_handed_over(function: ir.Function, names: Names) -> dict[tuple[str, ...], Held]:
    """Return the one place of a channel that a literal gives back in the end, and that the function around it has taken before it starts it.

    `sem <- token; go func() { defer func() { <-sem }(); … }()`. Another receive waits for something.
    """
    view = names.view
    around = view.facts.functions[function.parent] if function.parent >= 0 else None
    sends = [send.channel for send in each(around.body or (), ir.Send) if send.pos < function.pos] if around is not None else []
    if not sends:
        return {}
    taken = {found.path for channel in sends if (found := channel_lock(channel, names, send=True)) is not None}
    body = function.body or ()
    held: dict[tuple[str, ...], Held] = {}
    for statement in (*body[-1:], *(item for literal in _deferred_literals(body, view) for item in literal)):
        match statement:
            case ir.Do(ir.Recv(channel)):
                found = channel_lock(channel, names, send=False)
                if found is not None and found.path in taken:
                    held[found.path] = Held(found.path, found.mode, found.name, found.spelled)
    return held


def _deferred_literals(body: Sequence[ir.Stmt], view: View) -> list[Sequence[ir.Stmt]]:
    """Return the bodies of the literals that a body defers."""
    return [
        view.facts.functions[deferred.call.fun.function].body or ()
        for deferred in each(body, ir.Defer)
        if isinstance(deferred.call, ir.Call) and isinstance(deferred.call.fun, ir.FuncLit)
    ]


def _is_interface(x: ir.Expr, view: View) -> bool:
    return isinstance(view.package.resolver.underlying(view.typing.of(x)), model.Interface)


def own_operation(call: ir.Call, names: Names) -> LockOperation | None:
    """Return what a call does to a lock of somebody's own making: an object that has both methods, such as a spin lock or a wrapper.

    What is known of the bodies of the methods says more, so this is for those whose bodies show no lock.
    """
    fun = call.fun
    if not isinstance(fun, ir.Sel) or fun.name not in OPERATIONS:
        return None
    kind = OPERATIONS[fun.name][0]
    if kind == "release" and (taken := _taken_for(fun.base, names)) is not None:
        return replace(taken, kind="release")
    resolver = names.view.package.resolver
    owner = names.view.typing.of(fun.base)
    method = resolver.method(owner, fun.name)
    if method is None or method.function is None or method.receiver is None:
        return None
    guarded = kind == "acquire" and _returns_guard(method, resolver)
    if not guarded and (call.args or (method.signature.results and kind != "try")):
        return None
    if not _does_something(method) or not (guarded or _does_something(resolver.method(owner, _PARTNERS[fun.name]))):
        return None  # a lock that is switched off
    found = _named(fun, names, method.path)
    if found is not None and _is_made_for(fun.base, names):
        return replace(found, name=found.name + "~")
    if found is None or method.receiver.package == names.view.package.scope.path or _LOCK.search(method.receiver.name):
        return found
    # An object of another package that can be locked: its own methods know the lock by another name.
    return replace(found, name=found.name + "~")


def _is_made_for(x: ir.Expr, names: Names) -> bool:
    """Tell whether a lock is a local variable that was made for something: `lock := newLock("a", "b")` may share what locks with others."""
    match names.view.typing.definitions.get(x.id) if isinstance(x, ir.Local) else None:
        case FromValue(ir.Call(_, [_, *_])):
            return True
    return False


def _returns_guard(method: Method, resolver: Resolver) -> bool:
    """Tell whether a method that locks returns what unlocks: `guard := s.mu.Lock("why"); defer guard.Unlock()`."""
    results = method.signature.results
    found = resolver.method(results[0], "Unlock") if len(results) == 1 else None
    return found is not None and found.function is not None and not found.signature.params


def _taken_for(guard: ir.Expr, names: Names) -> LockOperation | None:
    """Return the lock operation that a local variable, or the call itself, is the guard of."""
    if isinstance(guard, ir.Local):
        definition = names.view.typing.definitions.get(guard.id)
        guard = definition.value if isinstance(definition, FromValue) and (definition.index, definition.count) == (0, 1) else guard
    match guard:
        case ir.Call(ir.Sel(_, "Lock" | "RLock")):
            return own_operation(guard, names)
    return None


def _does_something(method: Method | None) -> bool:
    function = method.function if method is not None else None
    return function is not None and function.node.body != []


def _method(fun: ir.Sel, names: Names) -> LockOperation | None:
    view = names.view
    kind = view.typing.of(fun.base)
    embedded: tuple[str, ...] = ()
    if kind is not None:
        method = view.package.resolver.method(kind, fun.name)
        if method is None:
            if view.package.resolver.underlying(kind) is not None and isinstance(_pointee(kind), model.Named):
                return None
        else:
            named = method.receiver
            if named is not None and named.package != "sync" and method.function is not None:
                return None  # a method of somebody's own: its net effect says what it does
            embedded = method.path
    return _named(fun, names, embedded)


def _named(fun: ir.Sel, names: Names, embedded: tuple[str, ...]) -> LockOperation | None:
    """Return a lock operation on what stands before the method, or on what is embedded there."""
    view = names.view
    kind = view.typing.of(fun.base)
    path = names.path(fun.base)
    if path is None:
        return None
    identity = names.identity(fun.base)
    if isinstance(fun.base, ir.Sel) and fun.base.name == "L" and is_condition(view, fun.base.base):
        identity = f"{names.identity(fun.base.base)}.L"  # the lock of this condition, not of all there are
    from golint_maps.flow.spelling import spell

    effect, mode = OPERATIONS[fun.name]
    name = identity
    for part in embedded:
        # An embedded lock has the name of the struct that embeds it, from wherever it is promoted.
        owner = _pointee(kind)
        name = f"f{owner.package}.{owner.name}.{part}" if isinstance(owner, model.Named) else f"{name}.{part}"
        field = view.package.resolver.field(kind, part)
        kind = field.type if field is not None else None
    return LockOperation(effect, mode, (*path, *embedded), name or ".".join(path), ".".join((spell(fun.base, view.variables), *embedded)))


def channel_lock(channel: ir.Expr, names: Names, *, send: bool) -> LockOperation | None:
    """Return the lock operation that a send to (or receive from) a channel of capacity one is, or None."""
    view = names.view
    if not has_room_for_one(channel, view):
        return None
    path = names.path(channel)
    if path is None:
        return None
    return LockOperation("acquire" if send else "release", "w", (*path, "chan"), names.identity(channel) + "~", "")


def has_room_for_one(channel: ir.Expr, view: View) -> bool:
    """Tell whether a channel is made with capacity one: where it is defined (variables), or by all literals of its struct (fields)."""
    value: ir.Expr | None = None
    match channel:
        case ir.Local(number):
            variable = view.variables[number]
            if variable.kind == "param":
                return (variable.name, variable.pos) in _single_parameters(view.package).get(view.file, ())
            definition = view.typing.definitions.get(number)
            value = definition.value if isinstance(definition, FromValue) else None
            if isinstance(value, ir.Sel):
                return has_room_for_one(value, view)
        case ir.Name(name) if name in view.package.scope.variables:
            value = view.package.scope.variables[name].node.value
        case ir.Sel(_, name):
            return name in _single_channels(view.package)
    return _makes_single(value) or _may_make_single(value, view)


def _may_make_single(value: ir.Expr | None, view: View) -> bool:
    """Tell whether a channel has room for one unless more is asked for: `n := 1; if len(more) > 0 { n = more[0] }; make(chan T, n)`."""
    match value:
        case ir.Call(ir.Name("make"), [_, ir.Local(number)]):
            match view.typing.definitions.get(number):
                case FromValue(ir.Const(_, "1"), 0, 1):
                    return True
    return False


def _makes_single(value: ir.Expr | None) -> bool:
    return (
        value.__class__ is ir.Call
        and value.fun.__class__ is ir.Name
        and value.fun.name == "make"
        and len(value.args) == 2
        and (isinstance(value.args[1], ir.Const) and value.args[1].text == "1")
    )


def _single_channels(package: PackageView) -> frozenset[str]:
    """Names of fields that some literal or assignment of the package fills with a channel of capacity one."""
    found = package.memo.get("single channels")
    if found is None:
        names = set[str]().union(*(of_file(file, _single_channels_in) for file in package.scope.files))
        found = package.memo["single channels"] = frozenset(names)
    assert isinstance(found, frozenset)
    return found


def _single_channels_in(file: ir.FileFacts) -> set[str]:
    names: set[str] = set()
    for function in file.functions:
        body = function.body or ()
        variables = file.functions[function.root].variables
        for x in each(body, ir.Lit):
            names.update(field_name(element, variables) for element in x.elements if _makes_single(element.value))
        for statement in each(body, ir.Assign):
            names.update(target.name for target, value in paired(statement) if target.__class__ is ir.Sel and _makes_single(value))
    return names


def _single_parameters(package: PackageView) -> dict[int, frozenset[tuple[str, int]]]:
    """Name and place of the parameters, by the number of their file, that some call in the package gives a channel of capacity one."""
    found = package.memo.get("parameters with single channels")
    if found is None:
        arguments = [of_file(file, _single_arguments_in) for file in package.scope.files]
        by_name = set[tuple[str, int]]().union(*(named for named, _ in arguments))
        found = package.memo["parameters with single channels"] = {
            number: frozenset(_parameters_among(file, by_name, given[1]))
            for number, (file, given) in enumerate(zip(package.scope.files, arguments, strict=True))
        }
    assert isinstance(found, dict)
    return found


def _parameters_among(file: ir.FileFacts, by_name: set[tuple[str, int]], of_literals: set[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Yield name and place of the parameters of a file that are given by the name of their function, or the number of their literal."""
    for number, function in enumerate(file.functions if by_name or of_literals else ()):
        variables = file.functions[function.root].variables
        for index, parameter in enumerate(function.params):
            given = (number, index) in of_literals if function.parent >= 0 else (function.name, index) in by_name
            if parameter >= 0 and given:
                yield variables[parameter].name, variables[parameter].pos


def _single_arguments_in(file: ir.FileFacts) -> tuple[set[tuple[str, int]], set[tuple[int, int]]]:
    """Return what is called with a local channel of capacity one, and as which argument: functions by name, literals by number."""
    by_name: set[tuple[str, int]] = set()
    of_literals: set[tuple[int, int]] = set()
    for family in families(file).values():
        bodies = [file.functions[number].body or () for number in family]
        singles = {number for body in bodies for number in _single_locals_in(body)}
        for call in (call for body in bodies for call in each(body, ir.Call)) if singles else ():
            given = [index for index, argument in enumerate(call.args) if isinstance(argument, ir.Local) and argument.id in singles]
            match call.fun:
                case ir.Name(name) | ir.Sel(_, name):
                    by_name.update((name, index) for index in given)
                case ir.FuncLit(literal):
                    of_literals.update((literal, index) for index in given)
    return by_name, of_literals


def _single_locals_in(body: Sequence[ir.Stmt]) -> Iterator[int]:
    """Yield the locals that a body defines as channels of capacity one."""
    for statement in each(body, ir.Assign):
        if statement.op == ":=":
            for target, value in paired(statement):
                if isinstance(target, ir.Local) and _makes_single(value):
                    yield target.id
    for declared in each(body, ir.Declare):
        if len(declared.values) == len(declared.variables):
            for number, value in zip(declared.variables, declared.values, strict=True):
                if _makes_single(value):
                    yield number


def _pointee(kind: model.Type | None) -> model.Type | None:
    return kind.elem if isinstance(kind, model.Pointer) else kind
