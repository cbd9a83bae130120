"""Locks that are given back inside of a loop over the map that they guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.callees import callee
from golint_maps.flow.effects import effects_of
from golint_maps.flow.entries import Knowledge, Path
from golint_maps.flow.files import of_file
from golint_maps.flow.held_locks import held_at
from golint_maps.flow.identity import Names
from golint_maps.flow.lock_pointers import condition_locks, is_condition
from golint_maps.flow.locks import operation
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.range_mutations import LoopTurns
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, expressions, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir

_UNLOCKS = frozenset(("Unlock", "RUnlock"))
_NOTHING: frozenset[str] = frozenset()


class LockReleased(Site, frozen=True, tag="lock-released"):
    """A lock that guards the map of an enclosing loop is given back, and the loop goes on.

    `how` is unlock, wait or call; `lock` the lock as written, empty where a condition does not say which; `call` the call as written.
    """

    how: str
    lock: str
    call: str
    loop: Place
    over: str


@dataclass(frozen=True, slots=True)
class _Release:
    how: str
    lock: str
    call: ir.Call


class _Releases(LoopTurns):
    """Walks a loop for releases of locks that were held when the turn began."""

    def __init__(self, view: View, names: Names, found: MapRange, path: Path, target: Path) -> None:
        super().__init__(view, found, path)
        self.names = names
        self.target = target
        self.releases: dict[int, _Release] = {}

    def called(self, call: ir.Call, state: Knowledge) -> None:
        lock = operation(call, self.names)
        if lock is not None:
            if lock.kind == "acquire":
                state.locked |= {lock.path}
            elif lock.kind == "release":
                self._released("unlock", lock.path, lock.spelled, call, state)
            return
        if isinstance(call.fun, ir.Sel) and call.fun.name == "Wait" and is_condition(self.view, call.fun.base):
            self._waits(call, call.fun.base, state)
            return
        for kind, path in helper_locks(self.view, self.names, call):
            if kind == "acquire":
                state.locked |= {path}
            elif kind == "release" or path not in state.locked:
                self._released("call", path, ".".join(path[1:]), call, state)

    def _waits(self, call: ir.Call, cond: ir.Expr, state: Knowledge) -> None:
        condition = self.names.path(cond)
        if condition is None:
            return
        field = condition_locks(self.view.package).get(condition[-1])
        if field:
            self._released("wait", (*condition[:-1], field), field, call, state)
            return
        held = held_at(self.names, self.found.function.body or (), [self.found.loop]).get(id(self.found.loop), {})
        if len(held) == 1:
            self._released("wait", next(iter(held)), "", call, state)

    def _released(self, how: str, lock: Path, spelled: str, call: ir.Call, state: Knowledge) -> None:
        if lock in state.locked:
            state.locked -= {lock}
        elif guards(lock, self.target):
            self.releases[call.pos] = _Release(how, spelled, call)
            self.happened(call.pos, state)


def locks_released(view: View, loops: Sequence[MapRange]) -> Iterator[LockReleased]:
    """Yield the releases of locks in loops over the maps that they guard."""
    names: Names | None = None
    told: set[int] = set()
    for found in loops:
        if found.path is None or not _may_release(view, found.loop):
            continue
        names = names or Names(view)
        target = names.rooted(found.path)
        if target is None or not _shared(view, found.path, target):
            continue
        turns = _Releases(view, names, found, found.path, target)
        turns.take()
        for at in sorted(turns.followed & turns.releases.keys()):
            if at not in told:
                told.add(at)
                yield _fact(view, found, turns.releases[at])


def _fact(view: View, found: MapRange, release: _Release) -> LockReleased:
    return LockReleased(
        place=place(view, release.call.pos, release.call.end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(found.operand, view.variables),
        owner=qualified(view, found.operand),
        how=release.how,
        lock=release.lock,
        call=spell(release.call.fun, view.variables),
        loop=place(view, found.loop.pos, found.loop.end),
        over=spell(found.operand, view.variables),
    )


def _may_release(view: View, loop: ir.Range) -> bool:
    """Tell whether a loop calls anything that releases locks: by its name, or as a function of this package that does so."""
    for x in expressions(loop.body):
        if not isinstance(x, ir.Call):
            continue
        if isinstance(x.fun, ir.FuncLit) or (isinstance(x.fun, ir.Sel) and x.fun.name in ("Unlock", "RUnlock", "Wait")):
            return True
        if _releases(view.package, _name(x.fun)):
            return True
    return False


def _name(fun: ir.Expr) -> str:
    return fun.name if isinstance(fun, ir.Name | ir.Sel) else ""


def _releases(package: PackageView, name: str) -> bool:
    """Tell whether a function or method of the package with this name calls Unlock, RUnlock or Wait outside of a defer, or what does."""
    known: dict[str, bool] = package.memo.setdefault("releases a lock", {})
    if name not in known:
        called = _called_by(package).get(name, frozenset())
        wanted = _UNLOCKS | {"Wait"} if condition_locks(package) else _UNLOCKS
        known[name] = any(not wanted.isdisjoint(names) for names in (called, *(_called_by(package).get(inner, _NOTHING) for inner in called)))
    return known[name]


def _called_by(package: PackageView) -> dict[str, frozenset[str]]:
    """Return the names that the functions of a package call in statements of their own, by the names of the functions."""
    found = package.memo.get("called in statements")
    if not isinstance(found, dict):
        found = {}
        for file in package.scope.files:
            for name, called in of_file(file, _called_in).items():
                found[name] = found.get(name, frozenset()) | called
        package.memo["called in statements"] = found
    return found


def _called_in(file: ir.FileFacts) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for function in file.functions:
        if function.parent < 0:
            called = {_name(done.x.fun) for done in each(function.body or (), ir.Do) if isinstance(done.x, ir.Call)}
            found[function.name] = found.get(function.name, frozenset()) | called
    return found


def guards(lock: Path, target: Path) -> bool:
    """Tell whether a lock may well be the one for a map: it lies in an object that holds the map, or both are variables side by side."""
    if lock[: len(target)] == target:
        return False  # the lock of an entry
    if len(lock) == 1:
        return lock[0][0] == "g" or (len(target) == 1 and lock[0][0] == target[0][0])
    return target[: len(lock) - 1] == lock[:-1]


def _shared(view: View, path: Path, target: Path) -> bool:
    """Tell whether others can reach a map: it is no local, or a literal captures it."""
    if len(target) > 1 or target[0][0] != "l":
        return True
    number = int(path[0][1:])
    return any(number in function.captures for function in view.functions)


def helper_locks(view: View, names: Names, call: ir.Call, *, further: bool = True) -> list[tuple[str, Path]]:
    """Return the locks that a function of this package takes for its caller (`acquire`) or gives back though it did not take them (`release`).

    `wait` are those that it gives back for as long as it waits for a condition. At most two calls deep, paths in terms of the caller.
    """
    if not _releases(view.package, _name(call.fun)) and "lock" not in _name(call.fun).lower():
        return []
    target = callee(view, call)
    if target is None or target.declared is None:
        return []
    inside = effects_of(view.package).view_of(target.declared)
    effects: list[tuple[str, Path]] = []
    for kind, path in _net_effect(inside, further=further):
        if path[0] == "r" and target.receiver is not None:
            receiver = names.path(target.receiver)
            if receiver is not None:
                effects.append((kind, (*receiver, *target.embedded, *path[1:])))
        elif path[0][0] == "p" and int(path[0][1:]) < len(call.args):
            given = names.path(call.args[int(path[0][1:])])
            if given is not None:
                effects.append((kind, (*given, *path[1:])))
        elif path[0][0] == "g":
            effects.append((kind, path))
    return effects


def _net_effect(view: View, *, further: bool) -> Iterator[tuple[str, Path]]:
    """Yield what a function does to locks of its caller: a lock that it releases first it had from the caller; one that it only takes, it leaves."""
    names = Names(view)
    order: dict[Path, list[str]] = {}
    hidden = False
    for statement in statements(view.root.body or ()):
        call = statement.x if isinstance(statement, ir.Do) else statement.call if isinstance(statement, ir.Defer) else None
        if not isinstance(call, ir.Call):
            continue
        lock = operation(call, names)
        if lock is not None and lock.kind in ("acquire", "release"):
            order.setdefault(lock.path, []).append(lock.kind)
        elif (waits := _waits_for(view, names, call)) is not None:
            order.setdefault(waits, []).append("wait")
        elif lock is None and further:
            for kind, path in helper_locks(view, names, call, further=False):
                order.setdefault(path, []).append(kind)
        elif lock is None and "lock" in _name(call.fun).lower():
            hidden = True  # which locks it takes or gives back is not looked at, this far from the loop
    for path, kinds in order.items():
        held = [kind for kind in kinds if kind != "wait"]
        if held[:1] == ["release"]:
            yield "release", path
        elif kinds[0] == "wait" and not hidden:
            yield "wait", path
        elif "release" not in kinds:
            yield "acquire", path


def _waits_for(view: View, names: Names, call: ir.Call) -> Path | None:
    """Return the lock that `Wait` of a condition gives back, where the package says which one that is."""
    if not isinstance(call.fun, ir.Sel) or call.fun.name != "Wait" or not is_condition(view, call.fun.base):
        return None
    condition = names.path(call.fun.base)
    field = condition_locks(view.package).get(condition[-1]) if condition is not None else None
    return (*condition[:-1], field) if condition is not None and field else None
