"""Copies of structs that hold a mutex and a map by value: each copy locks a mutex of its own, and all of them share one map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from golint_maps.flow.files import of_file
from golint_maps.flow.identity import Names
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent, place
from golint_maps.flow.site import Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, expressions, paired, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

_LOCKING: Final = frozenset(("Lock", "RLock", "TryLock", "TryRLock"))
_MAX_DEPTH: Final = 6


class LockCopied(Site, frozen=True, kw_only=True, tag="lock-copied"):
    """A struct with a mutex and a map is copied, and the copy is locked or its map used. `map` is the map through the copy.

    `kind` is `receiver`, `param`, `range`, `assignment` or `field`; `lock` the mutex through the copy; `maps` are the program-wide names of the
    shared maps. Access paths through the copy begin with `head` in all functions whose outermost function is `root`; those through a copy in a
    field, which has no `head`, find the copied mutex themselves.
    """

    kind: str
    variable: str
    held_type: str
    lock: str
    locked: bool
    maps: tuple[str, ...]
    root: str
    head: str


@dataclass(frozen=True, slots=True)
class _Holding:
    """What a struct holds by value: ways to its mutexes, and (way, program-wide name) of its maps."""

    locks: tuple[tuple[str, ...], ...]
    maps: tuple[tuple[tuple[str, ...], str], ...]


_NOTHING: Final = _Holding((), ())


class _Holders:
    """The types of one package that hold both."""

    def __init__(self, package: PackageView) -> None:
        self._package = package
        self._known: dict[model.Type, _Holding] = {}
        self.any = any(_mentions_lock(node.type) for file in package.scope.files for node in file.types)

    def of(self, kind: model.Type | None) -> _Holding | None:
        """Return what a value of this type holds, if that is a mutex and a map."""
        if not isinstance(kind, model.Named | model.Struct) or (isinstance(kind, model.Named) and kind.package != self._package.scope.path):
            return None
        found = self._holding(kind, 0)
        return found if found.locks and found.maps else None

    def _holding(self, kind: model.Type, depth: int) -> _Holding:
        if kind not in self._known:
            self._known[kind] = _NOTHING  # what a cycle of invalid code sees
            self._known[kind] = self._find(kind, depth)
        return self._known[kind]

    def _find(self, kind: model.Type, depth: int) -> _Holding:
        resolver = self._package.resolver
        below = resolver.underlying(kind)
        if not isinstance(below, model.Struct) or depth > _MAX_DEPTH:
            return _NOTHING
        locks: list[tuple[str, ...]] = []
        maps: list[tuple[tuple[str, ...], str]] = []
        owner = f"f{kind.package}.{kind.name}" if isinstance(kind, model.Named) else ""
        for field in below.fields:
            if field.type in (model.Named("sync", "Mutex"), model.Named("sync", "RWMutex")):
                locks.append((field.name,))
            elif resolver.map(field.type) is not None:
                if owner:
                    maps.append(((field.name,), f"{owner}.{field.name}"))
            elif isinstance(field.type, model.Named | model.Struct):
                inner = self._holding(field.type, depth + 1)
                locks += [(field.name, *way) for way in inner.locks]
                maps += [((field.name, *way), identity) for way, identity in inner.maps]
        return _Holding(tuple(locks), tuple(maps))


def _mentions_lock(kind: ir.TypeExpr) -> bool:
    match kind:
        case ir.TQual(_, name):
            return name in ("Mutex", "RWMutex")
        case ir.TStruct(fields):
            return any(_mentions_lock(field.type) for field in fields)
    return False


def _holders(package: PackageView) -> _Holders:
    memo: dict[str, Any] = package.memo
    if __name__ not in memo:
        memo[__name__] = _Holders(package)
    found: _Holders = memo[__name__]
    return found


@dataclass(frozen=True, slots=True)
class _Copy:
    number: int
    kind: str
    start: int
    end: int


def analyse(view: View) -> Iterator[LockCopied]:
    """Yield the copies in a function and its literals that are locked, or whose maps are used."""
    holders = _holders(view.package)
    if not holders.any:
        return
    names: Names | None = None
    for copy in _copies(view):
        kind = view.typing.local(copy.number)
        holding = holders.of(kind)
        if holding is None:
            continue
        names = names or Names(view)
        uses = _uses(view, copy.number, holding)
        shared = [(way, identity) for way, identity in holding.maps if way not in uses.replaced]
        used = [(way, identity) for way, identity in shared if way in uses.maps]
        if not shared or not (used or uses.locked):
            continue
        head = names.rooted((f"l{copy.number}",)) or ()
        variable = view.variables[copy.number].name
        yield LockCopied(
            place=place(view, copy.start, copy.end),
            function=view.name,
            package=view.package.scope.path,
            map=".".join((variable, *(used or shared)[0][0])),
            owner=model.brief((used or shared)[0][1][1:]),
            kind=copy.kind,
            variable=variable,
            held_type=model.spell(kind),
            lock=".".join((variable, *holding.locks[0])),
            locked=uses.locked,
            maps=tuple(identity for _, identity in shared),
            root=names.root_id,
            head=head[0] if head else "",
        )

    for stored in _stored(view):
        found = _in_a_field(view, stored, holders)
        if found is not None:
            yield found


@dataclass(frozen=True, slots=True)
class _Stored:
    """A value goes into a field, `target` where that is an assignment, and another field or element keeps it."""

    field: str
    value: ir.Expr
    at: ir.Expr
    target: ir.Expr | None


def _stored(view: View) -> Iterator[_Stored]:
    """Yield what goes into fields while something else that lives on keeps it."""
    for function in view.functions:
        body = function.body or ()
        for assign in each(body, ir.Assign):
            if assign.op == "=":
                for target, value in paired(assign):
                    if isinstance(target, ir.Sel) and _kept_elsewhere(view, value):
                        yield _Stored(target.name, value, target, target)
        for literal in each(body, ir.Lit):
            for element in literal.elements:
                if element.key is not None and _kept_elsewhere(view, element.value):
                    yield _Stored(field_name(element, view.variables), element.value, element.value, None)


def _kept_elsewhere(view: View, value: ir.Expr) -> bool:
    """Tell whether a value is a field or an element, or what such a one points to, of what the function has not made itself."""
    if isinstance(value, ir.Deref):
        value = value.x
    if not isinstance(value, ir.Sel | ir.Index):
        return False
    path = view.paths.of(value)
    if path is None or len(path) == 1 or path[0][0] != "l":
        return path is not None
    number = int(path[0][1:])
    return view.variables[number].kind in ("receiver", "param") or isinstance(view.typing.definitions.get(number), FromRange)


def _in_a_field(view: View, stored: _Stored, holders: _Holders) -> LockCopied | None:
    """Return the copy of a lock and a map that a field gets, if the package uses either through such a field."""
    kind = view.typing.of(stored.value)
    holding = holders.of(kind)
    source = view.paths.raw(stored.value)
    if not stored.field or holding is None or source is None:
        return None
    # The function gives the copy or the original another map, or puts something else in the place of the original.
    written = view.paths.assigned
    for way, _ in holding.maps:
        if source in written or (*source, *way) in written or any(path[-len(way) - 1 :] == (stored.field, *way) for path in written):
            return None
    through = _used_through(view.package)
    used = [(way, identity) for way, identity in holding.maps if (stored.field, way[0]) in through]
    methods = [name for field, name in through if field == stored.field and _locks_in_method(view, kind, name)]
    locked = bool(methods) or any((stored.field, way[0]) in through for way in holding.locks)
    if not used and not locked:
        return None
    text = spell(stored.target, view.variables) if stored.target is not None else stored.field
    shared = used or list(holding.maps)
    return LockCopied(
        place=place(view, *extent(stored.at, view)),
        function=view.name,
        package=view.package.scope.path,
        map=".".join((text, *shared[0][0])),
        owner=model.brief(shared[0][1][1:]),
        kind="field",
        variable=text,
        held_type=model.spell(kind),
        lock=".".join((text, *holding.locks[0])),
        locked=locked,
        maps=tuple(identity for _, identity in holding.maps),
        root="",
        head="",
    )


def _used_through(package: PackageView) -> frozenset[tuple[str, str]]:
    """Return (field, name) wherever the package selects a name of what a field holds: `c.limits.mu`."""
    key = f"{__name__} fields"
    if key not in package.memo:
        package.memo[key] = frozenset(pair for file in package.scope.files for pair in of_file(file, _selected_in))
    found: frozenset[tuple[str, str]] = package.memo[key]
    return found


def _selected_in(file: ir.FileFacts) -> set[tuple[str, str]]:
    return {(x.base.name, x.name) for function in file.functions for x in each(function.body or (), ir.Sel) if x.base.__class__ is ir.Sel}


def _copies(view: View) -> Iterator[_Copy]:
    """Yield the variables that are copies of a value which somebody else has too."""
    for function in view.functions:
        if function.receiver >= 0 and not isinstance(function.receiver_type, ir.TPtr):
            yield _handed_in(view, function.receiver, "receiver")
        for number in function.params:
            if number >= 0 and isinstance(view.variables[number].type, ir.TName | ir.TInst) and not _spread(function, number):
                yield _handed_in(view, number, "param")
        for statement in statements(function.body or ()):
            match statement:
                case ir.Assign("=" | ":=", lhs, rhs) if len(lhs) == len(rhs) or isinstance(rhs[0], ir.Index):
                    for target, value in zip(lhs, rhs, strict=False):  # of `c, ok := m[k]` the first one
                        if isinstance(target, ir.Local) and _held_elsewhere(view, value):
                            yield _Copy(target.id, "assignment", *extent(target, view))
                case ir.Declare(numbers, values) if len(numbers) == len(values):
                    for number, value in zip(numbers, values, strict=True):
                        if number >= 0 and _held_elsewhere(view, value):
                            yield _handed_in(view, number, "assignment")
                case ir.Range(_, ir.Local(number, pos)):
                    yield _Copy(number, "range", pos, pos + len(view.variables[number].name.encode()))


def _handed_in(view: View, number: int, kind: str) -> _Copy:
    variable = view.variables[number]
    return _Copy(number, kind, variable.pos, variable.pos + len(variable.name.encode()))


def _spread(function: ir.Function, number: int) -> bool:
    return function.type.variadic and number == function.params[-1]


def _held_elsewhere(view: View, value: ir.Expr) -> bool:
    """Tell whether a value that is assigned stays what somebody else has. Literals and results of calls are fresh."""
    match value:
        case ir.Deref(ir.Call()):
            return False
        case ir.Deref() | ir.Sel() | ir.Index():
            return True
        case ir.Name(name):
            return name in view.package.scope.variables
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            return view.variables[number].kind in ("receiver", "param") or (
                isinstance(definition, FromValue)
                and not isinstance(definition.value, ir.Lit | ir.Call | ir.Local)
                and _held_elsewhere(view, definition.value)
            )
    return False


@dataclass(frozen=True, slots=True)
class _Uses:
    locked: bool
    maps: frozenset[tuple[str, ...]]
    replaced: frozenset[tuple[str, ...]]


def _uses(view: View, number: int, holding: _Holding) -> _Uses:
    """Return what a function and its literals do with a copy: whether they lock it, which maps they use, and which they replace."""
    root = f"l{number}"
    ways = {way for way, _ in holding.maps}
    locked = False
    used: set[tuple[str, ...]] = set()
    replaced: set[tuple[str, ...]] = set()
    for function in view.functions:
        for statement in statements(function.body or ()):
            if isinstance(statement, ir.Assign):
                for target in statement.lhs:
                    path = view.paths.raw(target) if isinstance(target, ir.Sel) else None
                    if path is not None and path[0] == root and path[1:] in ways:
                        replaced.add(path[1:])
        for x in expressions(function.body or ()):
            match x:
                case ir.Sel():
                    path = view.paths.raw(x)
                    if path is not None and path[0] == root and path[1:] in ways:
                        used.add(path[1:])
                case ir.Call(ir.Sel(base, name)):
                    path = view.paths.raw(base)
                    if path is not None and path[0] == root:
                        locked = locked or _locks(view, base, name, path[1:], holding)
    return _Uses(locked, frozenset(used), frozenset(replaced))


def _locks(view: View, base: ir.Expr, name: str, way: tuple[str, ...], holding: _Holding) -> bool:
    """Tell whether calling a method of (a part of) a copy locks the copy: by itself, or in a method with a pointer receiver."""
    if name in _LOCKING and any(lock[: len(way)] == way for lock in holding.locks):
        return True
    return _locks_in_method(view, view.typing.of(base), name)


def _locks_in_method(view: View, kind: model.Type | None, name: str) -> bool:
    method = view.package.resolver.method(kind, name)
    if method is None or method.function is None or not isinstance(method.function.node.receiver_type, ir.TPtr):
        return False
    return any(x.fun.__class__ is ir.Sel and x.fun.name in _LOCKING for x in each(method.function.node.body or (), ir.Call))
