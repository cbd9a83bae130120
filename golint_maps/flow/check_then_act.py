"""Look-ups in one critical section whose insert stands in a later one: between the two, others may insert the same key."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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


class LockedEntry(Site, frozen=True, kw_only=True, tag="locked-entry"):
    """A method `id` takes a lock of its object and, as `inserts` says, looks up or inserts the key that is its parameter number `key`.

    `map` and `lock` are the ways to both from the object.
    """

    id: str
    inserts: bool
    lock: str
    key: int


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


def analyse(view: View) -> Iterator[CheckThenAct | LockedEntry]:
    """Yield the inserts of a function and its literals that an earlier look-up no longer covers, and what others may split a section with."""
    if not view.package.thorough or view.path.endswith("_test.go"):
        return
    effects = _effects(view.package)
    if not effects:
        return
    yield from _entries(view, effects)
    names: Names | None = None
    taking = LockEffects.of(view.package).taking
    called = {token.rpartition(".")[2] for token, found in effects.items() if found}
    found: dict[int, CheckThenAct] = {}
    for number in view.family:
        body = view.facts.functions[number].body
        if body and _sections(view, body, called | taking) > 1:
            names = names or Names(view)
            walk = _Walk(LockEffects.of(view.package), names, effects, found)
            walk.run(body, walk.start())
    yield from found.values()


def _entries(view: View, effects: Mapping[str, Sequence[_Effect]]) -> Iterator[LockedEntry]:
    """Yield what an exported method does with keys under the lock of its object."""
    root = view.root
    if root.receiver_type is None or not root.name[:1].isupper():
        return
    token = declared_id(view.package.scope.path, root, view.path)
    for effect in effects.get(token, ()):
        if effect.map[0] == "r" and effect.lock.path[0] == "r":
            yield LockedEntry(
                place=place(view, root.name_pos, root.name_pos + len(root.name)),
                function=view.name,
                package=view.package.scope.path,
                map=".".join(effect.map[1:]),
                owner=effect.lock.name[1:].rpartition(".")[0] + "." + ".".join(effect.map[1:]),
                id=token,
                inserts=effect.inserts,
                lock=".".join(effect.lock.path[1:]),
                key=effect.key,
            )


def _sections(view: View, body: Sequence[ir.Stmt], called: Container[str]) -> int:
    """Count the places of a body, and of the literals in it, where a lock may be taken."""
    found = 0
    for x in each(body, ir.Call):
        if isinstance(x.fun, ir.Sel | ir.Name):
            found += x.fun.name in called or (x.fun.name in _LOCKING and not x.args) or any(isinstance(given, ir.FuncLit) for given in x.args)
    return found + sum(_sections(view, view.facts.functions[literal.function].body or (), called) for literal in each(body, ir.FuncLit))


def _effects(package: PackageView) -> dict[str, tuple[_Effect, ...]]:
    """Return what the functions of a package that take a lock do under it, by id; the empty tuple for those that do something else there."""
    found = package.memo.get(__name__)
    if found is None:
        found = package.memo[__name__] = {}
        for view in views(package, range(len(package.scope.files))):
            if view.root.name == "var·" or not any(LockEffects.of(package).locks_in(function.body or ()) for function in view.functions):
                continue
            names = Names(view)
            walk = _Walk(LockEffects.of(package), names, {}, {})
            if any(each(function.body or (), ir.Index) for function in view.functions):
                walk.run(view.root.body or (), walk.start())
            found[declared_id(package.scope.path, view.root, view.path)] = tuple(walk.effects)
    effects: dict[str, tuple[_Effect, ...]] = found
    return effects


class _Walk(LockWalk):
    def __init__(
        self,
        lock_effects: LockEffects,
        names: Names,
        known: dict[str, tuple[_Effect, ...]],
        found: dict[int, CheckThenAct],
        given: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(lock_effects, names)
        self.view = names.view
        self.names = names
        self.known = known
        self.callees = Callees(names)
        self.found = found
        self.effects: dict[_Effect, None] = {}
        self.given = given
        """What the parameters of a literal stand for that is run in place."""
        self.running: frozenset[int] = frozenset()

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
        own = _own(state)
        if isinstance(statement, ir.Declare):
            for number in statement.variables:
                self._forget(f"l{number}", own)
            return
        for target in statement.lhs:
            if not isinstance(target, ir.Index):
                self._forget(self.view.paths.key(target), own)
            elif statement.op == "=" and self.view.package.resolver.map(self.view.typing.of(target.base)) is not None:
                self._inserted(target, own)

    def enter_range(self, statement: ir.Range, state: LockState) -> None:
        for target in (statement.key, statement.value):
            if target is not None:
                self._forget(self.view.paths.key(target), _own(state))

    def evaluate(self, x: ir.Expr, state: LockState) -> None:
        own = _own(state)
        if isinstance(x, ir.Call):
            literal = self.view.literal(x.fun)
            if literal is not None:
                for argument in x.args:
                    self.evaluate(argument, state)
                self._run_in_place(literal, x.args, own)
                return
        before = set(state.held)
        super().evaluate(x, state)
        if isinstance(x, ir.Call):
            for held in state.held:
                if held not in before:
                    own.opened[held] = x.pos
            self._called(x, own)
        elif isinstance(x, ir.Index) and state.held and self.view.package.resolver.map(self.view.typing.of(x.base)) is not None:
            path, key = self.names.path(x.base), self._key(x.index)
            if path is not None:
                for lock in state.held.values():
                    self._look((path, key, lock.path), own.opened.get(lock.path, 0), x.pos, own)
                    self._effect(path, x.index, lock, inserts=False)

    def _run_in_place(self, literal: int, arguments: Sequence[ir.Expr], state: _State) -> None:
        """Walk a literal where it is called: it looks up and inserts as if its statements stood there."""
        function = self.view.facts.functions[literal]
        if literal in self.running or not function.body:
            return
        given = {number: self._key(x) for number, x in zip(function.params, arguments, strict=False) if not self.view.assignments[number]}
        walk = _Walk(self._effects, self.names, self.known, self.found, {**self.given, **given})
        walk.effects, walk.running = self.effects, self.running | {literal}
        end = walk.run_to_end(function.body, self.copy(state))
        if end is not None:
            state.held, state.released = end.held, end.released
            state.opened, state.looked = _own(end).opened, _own(end).looked

    def _forget(self, changed: str, state: _State) -> None:
        """Forget look-ups whose key or map has something in it that gets another value."""
        if not state.looked:
            return
        root = f"#{changed[1:]}" if _LOCAL.fullmatch(changed) else changed
        word = re.compile(rf"(?<!\w){re.escape(changed)}(?!\w)")
        for what in [what for what in state.looked if word.search(what[1]) or what[0][0].endswith(root)]:
            del state.looked[what]

    def _key(self, x: ir.Expr) -> str:
        """Return a text for a key, in terms of who runs the literal that it stands in."""
        text = self.view.paths.key(x)
        number = _LOCAL.fullmatch(text)
        return self.given.get(int(number[1]), text) if number is not None else text

    # --- events ---

    def _look(self, what: tuple[Path, str, Path], section: int, at: int, state: _State) -> None:
        state.looked[what] = state.looked.get(what, frozenset()) | {(section, at)}

    def _inserted(self, target: ir.Index, state: _State) -> None:
        path, key = self.names.path(target.base), self._key(target.index)
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
        """Tell whether a key may be another value at the insert than at the look-up, though no assignment stands between them."""
        return "?" in key or any(self._changes_elsewhere(int(number)) for number in _LOCAL.findall(key) if int(number) < len(self.view.variables))

    def _changes_elsewhere(self, number: int) -> bool:
        view = self.view
        if not view.assignments[number]:
            return False
        return number in view.address_taken or any(number in function.captures for function in view.functions)

    def _effect(self, path: Path, key: ir.Expr, lock: Held, *, inserts: bool) -> None:
        same = _LOCAL.fullmatch(self._key(key))
        number = int(same[1]) if same else -1
        if number in self.view.root.params and not self.view.assignments[number] and path[0][0] in "rpg":
            self.effects[_Effect(inserts, path, lock, self.view.root.params.index(number))] = None

    # --- calls ---

    def _called(self, call: ir.Call, state: _State) -> None:
        if not self.known or not isinstance(call.fun, ir.Sel | ir.Name):
            return
        for token in self.callees.targets(call.fun)[:1]:
            for index, argument in enumerate(call.args):
                if isinstance(argument, ir.FuncLit):
                    self._called_under(self._effects.held_for(token, index), argument.function, call, state)
            for effect in self.known.get(token, ()):
                self._apply_effect(effect, call, token, state)

    def _called_under(self, taken: Sequence[Held], literal: int, call: ir.Call, state: _State) -> None:
        """Run a literal where it is handed to a function that takes locks for it."""
        for lock in taken:
            path = self._here(lock.path, call)
            if path is not None and path not in state.held:
                state.held[path] = Held(path, lock.mode, lock.name, lock.spelled)
                state.opened[path] = call.pos
                self._run_in_place(literal, (), state)
                state.held.pop(path, None)

    def _apply_effect(self, effect: _Effect, call: ir.Call, token: str, state: _State) -> None:
        map_, lock = self._here(effect.map, call), self._here(effect.lock.path, call)
        if map_ is None or lock is None or effect.key >= len(call.args) or lock in state.held:
            return
        what = (map_, self._key(call.args[effect.key]), lock)
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
