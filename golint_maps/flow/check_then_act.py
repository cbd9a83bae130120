"""Look-ups in one critical section whose insert stands in a later one: between the two, others may insert the same key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.calls import Callees
from golint_maps.flow.events import Held, Path
from golint_maps.flow.identity import Names, declared_id
from golint_maps.flow.lock_helpers import LockEffects, LockState, LockWalk
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir

_LOCKING: Final = frozenset(("Lock", "RLock"))
_LOCAL: Final = re.compile(r"\bl(\d+)\b")


class CheckThenAct(Site, frozen=True, kw_only=True, tag="check-then-act"):
    """An insert under a lock, after a look-up of the same key in an earlier section of that lock. `lock` and `key` as written.

    `callee` is the function that inserts, empty when the insert stands here.
    """

    lock: str
    key: str
    looked: Place
    callee: str


@dataclass(frozen=True, slots=True)
class _Effect:
    """A function takes a lock by itself, and looks up or inserts the key that is its parameter. Paths begin with `r`, `p<i>` or a variable."""

    inserts: bool
    map: Path
    lock: Held
    key: int


class _State(LockState):
    """`opened`: where each held lock was taken. `looked`: the sections in which a key of a map was looked up, by (map, key, lock)."""

    __slots__ = ("looked", "opened")

    def __init__(self, lockset: LockState, opened: dict[Path, int], looked: dict[tuple[Path, str, Path], frozenset[tuple[int, int]]]) -> None:
        super().__init__(lockset.held, lockset.released)
        self.opened = opened
        self.looked = looked

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, _State) and self.opened == other.opened and self.looked == other.looked

    __hash__ = None


def analyse(view: View) -> Iterator[CheckThenAct]:
    """Yield the inserts of a function and its literals that an earlier look-up no longer covers."""
    if not view.package.thorough or view.path.endswith("_test.go"):
        return
    effects = _effects(view.package)
    if not effects:
        return
    names: Names | None = None
    taking = LockEffects.of(view.package).taking
    for number in view.family:
        body = view.facts.functions[number].body
        if body and _has_two_sections(body, effects, taking):
            names = names or Names(view)
            walk = _Walk(LockEffects.of(view.package), names, effects)
            walk.run(body, walk.start())
            yield from walk.found.values()


def _has_two_sections(body: list[ir.Stmt], effects: dict[str, tuple[_Effect, ...]], taking: frozenset[str]) -> bool:
    called = {token.rpartition(".")[2] for token in effects}
    sections = 0
    for x in each(body, ir.Call):
        if isinstance(x.fun, ir.Sel | ir.Name) and (x.fun.name in called or x.fun.name in taking or (x.fun.name in _LOCKING and not x.args)):
            sections += 1
            if sections > 1:
                return True
    return False


def _effects(package: PackageView) -> dict[str, tuple[_Effect, ...]]:
    """Return what the functions of a package do under a lock of their own, by id; the empty tuple for those that lock for something else."""
    found = package.memo.get(__name__)
    if found is None:
        found = package.memo[__name__] = {}
        for view in views(package, range(len(package.scope.files))):
            body = view.root.body
            if body and view.root.name != "var·" and _locks(body, LockEffects.of(package).taking) and each(body, ir.Index):
                names = Names(view)
                walk = _Walk(LockEffects.of(package), names, {})
                walk.run(body, walk.start())
                found[declared_id(package.scope.path, view.root, view.path)] = tuple(walk.effects)
    effects: dict[str, tuple[_Effect, ...]] = found
    return effects


def _locks(body: list[ir.Stmt], taking: frozenset[str]) -> bool:
    return any(isinstance(x.fun, ir.Sel | ir.Name) and (x.fun.name in _LOCKING or x.fun.name in taking) for x in each(body, ir.Call))


class _Walk(LockWalk):
    def __init__(self, lock_effects: LockEffects, names: Names, known: dict[str, tuple[_Effect, ...]]) -> None:
        super().__init__(lock_effects, names)
        self.view = names.view
        self.names = names
        self.known = known
        self.callees = Callees(names)
        self.found: dict[int, CheckThenAct] = {}
        self.effects: dict[_Effect, None] = {}

    def start(self) -> _State:
        """Return the state at the start of a body."""
        return _State(LockState({}, {}), {}, {})

    def copy(self, state: LockState) -> LockState:
        return _State(super().copy(state), dict(_own(state).opened), dict(_own(state).looked))

    def join(self, left: LockState, right: LockState) -> LockState:
        mine, theirs = _own(left), _own(right)
        looked = dict(mine.looked)
        for key, sections in theirs.looked.items():
            looked[key] = looked.get(key, frozenset()) | sections
        return _State(super().join(left, right), theirs.opened | mine.opened, looked)

    def assign(self, statement: ir.Assign | ir.Declare, state: LockState) -> None:
        if isinstance(statement, ir.Assign) and statement.op == "=":
            for target in statement.lhs:
                if isinstance(target, ir.Index) and self.view.package.resolver.map(self.view.typing.of(target.base)) is not None:
                    self._inserted(target, _own(state))

    def evaluate(self, x: ir.Expr, state: LockState) -> None:
        before = set(state.held)
        super().evaluate(x, state)
        own = _own(state)
        if isinstance(x, ir.Call):
            for held in state.held:
                if held not in before:
                    own.opened[held] = x.pos
            self._called(x, own)
        elif isinstance(x, ir.Index) and state.held and self.view.package.resolver.map(self.view.typing.of(x.base)) is not None:
            path, key = self.names.path(x.base), self.view.paths.key(x.index)
            if path is not None:
                for lock in state.held.values():
                    self._look((path, key, lock.path), own.opened.get(lock.path, 0), x.pos, own)
                    self._effect(path, x.index, lock, inserts=False)

    # --- events ---

    def _look(self, what: tuple[Path, str, Path], section: int, at: int, state: _State) -> None:
        state.looked[what] = state.looked.get(what, frozenset()) | {(section, at)}

    def _inserted(self, target: ir.Index, state: _State) -> None:
        path, key = self.names.path(target.base), self.view.paths.key(target.index)
        if path is None:
            return
        for lock in state.held.values():
            section = state.opened.get(lock.path, 0)
            self._insert((path, key, lock.path), section, state, lock, target, target.index, "")
            if not any(looked[0] == section for looked in state.looked.get((path, key, lock.path), ())):
                self._effect(path, target.index, lock, inserts=True)

    def _insert(
        self, what: tuple[Path, str, Path], section: int, state: _State, lock: Held, x: ir.Index | ir.Call, key: ir.Expr, callee: str, map_: str = ""
    ) -> None:
        sections = state.looked.get(what, frozenset())
        if not sections or any(looked[0] == section for looked in sections) or self._changes(what[1]):
            return
        at = min(looked[1] for looked in sections)
        self.found[x.pos] = CheckThenAct(
            place=place(self.view, x.pos, x.end),
            function=self.view.name,
            package=self.view.package.scope.path,
            map=map_ or (spell(x.base, self.view.variables) if isinstance(x, ir.Index) else ""),
            owner=qualified(self.view, x.base) if isinstance(x, ir.Index) else "",
            lock=lock.spelled or ".".join(lock.path[1:]),
            key=spell(key, self.view.variables),
            looked=place(self.view, at, at + 1),
            callee=callee,
        )

    def _changes(self, key: str) -> bool:
        """Tell whether a key may be another value at the insert than at the look-up."""
        return "?" in key or any(self.view.assignments[int(number)] for number in _LOCAL.findall(key) if int(number) < len(self.view.variables))

    def _effect(self, path: Path, key: ir.Expr, lock: Held, *, inserts: bool) -> None:
        same = _LOCAL.fullmatch(self.view.paths.key(key))
        number = int(same[1]) if same else -1
        if number in self.view.root.params and not self.view.assignments[number] and path[0][0] in "rpg":
            self.effects[_Effect(inserts, path, lock, self.view.root.params.index(number))] = None

    # --- calls ---

    def _called(self, call: ir.Call, state: _State) -> None:
        if not self.known or not isinstance(call.fun, ir.Sel | ir.Name):
            return
        for token in self.callees.targets(call.fun)[:1]:
            for effect in self.known.get(token, ()):
                self._apply_effect(effect, call, token, state)

    def _apply_effect(self, effect: _Effect, call: ir.Call, token: str, state: _State) -> None:
        map_, lock = self._here(effect.map, call), self._here(effect.lock.path, call)
        if map_ is None or lock is None or effect.key >= len(call.args) or lock in state.held:
            return
        what = (map_, self.view.paths.key(call.args[effect.key]), lock)
        held = Held(lock, "w", effect.lock.name, effect.lock.spelled)
        if effect.inserts:
            name = token.rpartition("/")[2].partition(".")[2]
            self._insert(what, call.pos, state, held, call, call.args[effect.key], name, ".".join((self._head(effect, call), *effect.map[1:])))
        else:
            self._look(what, call.pos, call.pos, state)

    def _here(self, path: Path, call: ir.Call) -> Path | None:
        """Return a callee's path in terms of the caller."""
        head: Path | None = None
        if path[0][0] == "g":
            return path
        if path[0] == "r" and isinstance(call.fun, ir.Sel):
            head = self.names.path(call.fun.base)
        elif path[0][0] == "p" and path[0][1:].isdigit() and int(path[0][1:]) < len(call.args):
            head = self.names.path(call.args[int(path[0][1:])])
        return (*head, *path[1:]) if head is not None else None

    def _head(self, effect: _Effect, call: ir.Call) -> str:
        if effect.map[0] == "r" and isinstance(call.fun, ir.Sel):
            return spell(call.fun.base, self.view.variables)
        if effect.map[0][0] == "p":
            return spell(call.args[int(effect.map[0][1:])], self.view.variables)
        return effect.map[0].rpartition(".")[2]


def _own(state: LockState) -> _State:
    if not isinstance(state, _State):
        raise TypeError("a state of another analysis")
    return state
