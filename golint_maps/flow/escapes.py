"""Maps that leave the critical section that they were reached in: returned, sent, stored, handed to a goroutine, or used after Unlock.

What is reported here is the way out and the locks; whether those guard the map at all is for the whole program to say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from golint_maps.flow import locks
from golint_maps.flow.calls import Callees
from golint_maps.flow.events import Held, Path
from golint_maps.flow.given_up import given_up, switched_off
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.let_go import is_let_go
from golint_maps.flow.literals import field_name
from golint_maps.flow.lock_helpers import LockEffects, LockState, LockWalk
from golint_maps.flow.maps import extent, place, qualified
from golint_maps.flow.paths import LOADED, RECEIVED
from golint_maps.flow.site import Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import Structure, dominates
from golint_maps.flow.traverse import each, implied, is_nil
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.scope import receiver_name

_LAZY: Final = {("maps", name) for name in ("Keys", "Values", "All")}
_LOCKS: Final = re.compile(r"[Ll]ock|cquire|nter|egin|tart")
"""Names of methods that may take a lock, helpers included."""
_PRIVATE_MAKERS: Final = ("New", "new", "Make", "make", "Clone", "clone", "Copy", "copy")


class MapEscape(Site, frozen=True, kw_only=True, tag="map-escape"):
    """A map that is reached under locks gets to where they do not reach.

    `kind` is `return`, `iterator` (a lazy one, returned), `send`, `store`, `go`, `use` (after Unlock), `walk` (the same of a lazy iterator) or
    `caller` (a parameter becomes the map).
    `locks` are those held when the map was reached; none for a return without a lock. `identity` is the map's program-wide name, `path` its
    access path, `target` what it gets to as written, `id` the function, `parameter` the number of the parameter for `caller`, `reached` the byte
    offset at which the map was reached.
    """

    kind: str
    identity: str
    path: Path
    locks: tuple[Held, ...]
    target: str
    id: str
    parameter: int = -1
    reached: int = 0
    successor: bool = False
    """Of `store`: into the same field of another object of that type."""


class _State(LockState):
    """Adds the locals that stand for a map reached under locks."""

    __slots__ = ("taken",)

    def __init__(self, held: dict[Path, Held], released: dict[Path, Held], taken: dict[int, tuple[ir.Expr, tuple[Held, ...]]]) -> None:
        super().__init__(held, released)
        self.taken = taken

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, _State) and self.taken.keys() == other.taken.keys()

    __hash__ = None


def analyse(view: View) -> Iterator[MapEscape]:
    """Yield the escapes of maps in a function and its literals."""
    if view.root.name == "var·" or not view.root.body:
        return
    names = Names(view)
    replaced: dict[Path, list[int]] | None = None
    around = _held_around(view, names) if len(view.family) > 1 else {}
    for number in view.family:
        function = view.facts.functions[number]
        body = function.body
        if not body or (number not in around and not _may_let_out(view, function)):
            continue
        if replaced is None:
            replaced = _replacements(view)
        walk = _Walk(LockEffects.of(view.package), names, function, number, replaced, around.get(number, ()))
        walk.start()
        yield from walk.found.values()


def _held_around(view: View, names: Names) -> dict[int, tuple[Held, ...]]:
    """Return the locks under which a helper of the package runs each literal that it gets: `s.with(func() { … })`."""
    effects = LockEffects.of(view.package)
    callees = Callees(names)
    found: dict[int, tuple[Held, ...]] = {}
    for function in view.functions:
        for call in each(function.body or (), ir.Call):
            for index, argument in enumerate(call.args):
                if not isinstance(argument, ir.FuncLit) or not isinstance(call.fun, ir.Sel | ir.Name):
                    continue
                for token in callees.targets(call.fun)[:1]:
                    held = [moved for lock in effects.held_for(token, index) if (moved := _moved(lock, call, names)) is not None]
                    if held:
                        found[argument.function] = tuple(held)
    return found


def _moved(lock: Held, call: ir.Call, names: Names) -> Held | None:
    """Return a lock of a called function in terms of the caller."""
    operand: ir.Expr | None = None
    if lock.path[0] == "r" and isinstance(call.fun, ir.Sel):
        operand = call.fun.base
    elif lock.path[0][0] == "p" and lock.path[0][1:].isdigit() and int(lock.path[0][1:]) < len(call.args):
        operand = call.args[int(lock.path[0][1:])]
    elif lock.path[0][0] == "g":
        return lock
    head = names.path(operand)
    if head is None:
        return None
    # A lock that is a parameter itself has the name of what is passed.
    name = names.identity(operand) if operand is not None and len(lock.path) == 1 else lock.name
    return Held((*head, *lock.path[1:]), lock.mode, name, lock.spelled)


def _may_let_out(view: View, function: ir.Function) -> bool:
    """A cheap first look: some statement locks, or a field or package variable that is a map is returned."""
    body = function.body or ()
    for call in (*(statement.x for statement in each(body, ir.Do)), *(statement.call for statement in each(body, ir.Defer))):
        if isinstance(call, ir.Call) and isinstance(call.fun, ir.Sel) and _LOCKS.search(call.fun.name):
            return True
    if any(isinstance(statement.call, ir.Call) and isinstance(statement.call.fun, ir.FuncLit | ir.Call) for statement in each(body, ir.Defer)):
        return True
    return any(
        isinstance(value, ir.Sel | ir.Name | ir.Index) and view.package.resolver.map(view.typing.of(value)) is not None
        for statement in each(body, ir.Return)
        for value in statement.values
    )


def _replacements(view: View) -> dict[Path, list[int]]:
    """Return where each map path is assigned to: what was reached before is moved out by that."""
    found: dict[Path, list[int]] = defaultdict(list)
    for statement in view.statements:
        if isinstance(statement, ir.Assign):
            for x in statement.lhs:
                if isinstance(x, ir.Sel | ir.Name | ir.Index):
                    path = view.paths.of(x)
                    if path is not None:
                        found[path].append(statement.end)  # `m, s.m = s.m, nil` moves out what it reads
        elif isinstance(statement, ir.Do) and isinstance(statement.x, ir.Call) and len(statement.x.args) == 2:
            # delete(s.sets, key) moves an inner map out.
            call = statement.x
            if isinstance(call.fun, ir.Name) and call.fun.name == "delete":
                path = view.paths.of(call.args[0])
                if path is not None:
                    found[(*path, f"[{view.paths.key(call.args[1])}]")].append(statement.x.pos)
    return found


class _Walk(LockWalk):
    def __init__(
        self, effects: LockEffects, names: Names, function: ir.Function, number: int, replaced: dict[Path, list[int]], around: tuple[Held, ...]
    ) -> None:
        super().__init__(effects, names)
        self._around = {lock.path: lock for lock in around}
        self.view = names.view
        self.names = names
        self.function = function
        self.id = function_id(names.view, number)
        self.replaced = replaced
        self.found: dict[object, MapEscape] = {}
        self._kept: frozenset[Path] = frozenset()
        self._used: set[int] = set()
        self._found_by: dict[int, int] = {}
        """The local that holds what was looked up, for the one that tells whether it was there."""

    def start(self) -> None:
        """Walk the body. Locks that are still held behind it are the caller's."""
        effect = self._effects.body(self.function.body or (), self.names)
        self._kept = frozenset(lock.path for lock in effect[0])
        self.run(self.function.body or (), _State(dict(self._around), {}, {}))

    # --- states ---

    def copy(self, state: LockState) -> LockState:
        return _State(dict(state.held), dict(state.released), dict(_own(state).taken))

    def join(self, left: LockState, right: LockState) -> LockState:
        both = super().join(left, right)
        return _State(both.held, both.released, _own(left).taken | _own(right).taken)

    # --- what a value is ---

    def _locks(self, state: LockState) -> tuple[Held, ...]:
        return tuple(sorted(lock for path, lock in state.held.items() if path not in self._kept))

    def _shared(self, x: ir.Expr, state: LockState) -> tuple[ir.Expr, tuple[Held, ...]] | None:
        """Return (the map as it was reached, the locks held then) when `x` is a map that others can have."""
        if isinstance(x, ir.Local):
            return _own(state).taken.get(x.id)
        if isinstance(x, ir.Call):
            walked = self._walked(x)
            return self._shared(walked, state) if walked is not None else None
        if not isinstance(x, ir.Sel | ir.Name | ir.Index) or self.view.package.resolver.map(self.view.typing.of(x)) is None:
            return None
        path = self.view.paths.of(x)
        if path is None or not self._others_have(path) or self._is_replaced(path, x.pos, state):
            return None
        return x, self._locks(state)

    def _walked(self, x: ir.Expr) -> ir.Expr | None:
        """Return the map that a lazy iterator walks, where an expression makes one or a local variable holds one."""
        if isinstance(x, ir.Local) and not self.view.assignments[x.id]:
            definition = self.view.typing.definitions.get(x.id)
            x = definition.value if isinstance(definition, FromValue) else x
        match x:
            case ir.Call(ir.Sel(base, name), [operand]) if ("maps", name) in _LAZY and self.view.typing.package_of(base) == "maps":
                return operand
        return None

    def _is_replaced(self, path: Path, reached: int, state: LockState) -> bool:
        """Tell whether a map that is reached at an offset is moved out: another one is put in its place before the lock is given back."""
        later = [start for start in self.replaced.get(path, ()) if start > reached]
        releases = [at for at, lock in self._releases if lock in state.held and at > reached] if later else []
        return any(not any(at < start and dominates(self._structure.at(at), self._structure.at(start)) for at in releases) for start in later)

    @cached_property
    def _structure(self) -> Structure:
        return Structure(self.function.body or ())

    @cached_property
    def _releases(self) -> list[tuple[int, Path]]:
        """Where the function gives locks back, those that it puts off excepted."""
        calls = [statement.x for statement in each(self.function.body or (), ir.Do) if isinstance(statement.x, ir.Call)]
        found = [(call.pos, locks.operation(call, self.names)) for call in calls]
        return [(at, lock.path) for at, lock in found if lock is not None and lock.kind == "release"]

    def _others_have(self, path: Path) -> bool:
        """Tell whether a path leads to something that is not this function's own."""
        head = path[0]
        if head[0] == "g":
            return True
        number = int(head[1:])
        if len(path) == 1 or LOADED in path or RECEIVED in path:
            return False
        if self.view.variables[number].kind in ("receiver", "param"):
            return True
        match self.view.typing.definitions.get(number):
            case FromValue(ir.Name() | ir.Sel() as holder) if self._moved_out(holder):
                return False
            case FromRange():
                return True
            case FromValue(ir.Call(ir.Sel(_, name) | ir.Name(name))):
                return not name.startswith(_PRIVATE_MAKERS)
            case FromValue(ir.Index() | ir.Sel() | ir.Name() | ir.Deref() | ir.Recv() | ir.Assert()):
                return True
        return False

    def _moved_out(self, holder: ir.Expr) -> bool:
        """Tell whether what holds an object gets another one afterwards: `old := s.state; s.state = &state{}`."""
        path = self.view.paths.of(holder)
        return path is not None and any(start > holder.pos for start in self.replaced.get(path, ()))

    # --- ways out ---

    def assume(self, condition: ir.Expr, truth: bool, state: LockState) -> LockState | None:
        for number in _without_value(condition, truth):
            missed = self._found_by.get(number) if not self.view.assignments[number] else None
            _own(state).taken.pop(number if missed is None else missed, None)  # nil is nobody's map
        return super().assume(condition, truth, state)

    def assign(self, statement: ir.Assign | ir.Declare, state: LockState) -> None:
        targets: list[ir.Expr]
        if isinstance(statement, ir.Declare):
            targets, values = (
                [ir.Local(number, statement.pos) if number >= 0 else ir.Name("_", 0) for number in statement.variables],
                statement.values,
            )
        else:
            targets, values = statement.lhs, statement.rhs
        if len(targets) == 2 and len(values) == 1 and isinstance(values[0], ir.Index):
            map_, found = targets  # m, ok := s.sets[key]
            targets = [map_]
            if isinstance(found, ir.Local) and isinstance(map_, ir.Local) and not self.view.assignments[map_.id]:
                self._found_by[found.id] = map_.id
        for index, target in enumerate(targets):
            value = values[index] if len(values) == len(targets) else None
            shared = self._shared(value, state) if value is not None else None
            if isinstance(target, ir.Local):
                if shared is not None and shared[1]:
                    _own(state).taken[target.id] = shared
                else:
                    _own(state).taken.pop(target.id, None)
                continue
            if (
                value is None
                or not isinstance(target, ir.Sel | ir.Name | ir.Index | ir.Deref)
                or (isinstance(target, ir.Name) and target.name == "_")
            ):
                continue
            if shared is not None and shared[1]:
                self._stored(target, shared, state)
            elif isinstance(value, ir.Local) and isinstance(target, ir.Sel | ir.Name):
                self._from_caller(target, value, state)

    def _stored(self, target: ir.Expr, shared: tuple[ir.Expr, tuple[Held, ...]], state: LockState) -> None:
        into, path = self.view.paths.of(target), self.view.paths.of(shared[0])
        if into is None or path is None or into[0] == path[0]:
            return
        if into[0][0] == "l" and self.view.variables[int(into[0][1:])].kind not in ("receiver", "param") and not self._others_have((*into, "")):
            later = any(end > extent(shared[0], self.view)[1] for end in self.replaced.get(into, ()))
            if later or int(into[0][1:]) not in self._returned_variables:
                return  # it gets another map in the end, or what a local struct is used for is not known
        same = self.names.identity(shared[0])
        self._report("store", shared, target, target, successor=bool(same) and self.names.identity(target) == same)

    @cached_property
    def _returned_variables(self) -> frozenset[int]:
        """The locals that the function returns as they are, or by their address."""
        values = [value for statement in each(self.function.body or (), ir.Return) for value in statement.values]
        values = [value.x if isinstance(value, ir.Addr) else value for value in values]
        return frozenset((*self.function.results, *(value.id for value in values if isinstance(value, ir.Local))))

    def _from_caller(self, target: ir.Expr, value: ir.Local, state: LockState) -> None:
        given = self.view.paths.of(value)
        number = int(given[0][1:]) if given is not None and len(given) == 1 and given[0][0] == "l" else value.id
        params = self.view.root.params if self._around else self.function.params  # a literal that is run at once has what its function has
        if number not in params or self.view.assignments[number] or not self._locks(state):
            return
        if self.view.package.resolver.map(self.view.typing.of(target)) is None:
            return
        path = self.view.paths.of(target)
        if path is not None and self._others_have(path):
            self._report("caller", (target, self._locks(state)), target, value, parameter=params.index(number))

    def leave(self, statement: ir.Return | None, state: LockState) -> None:
        if statement is None or self._around:
            return  # who runs a literal under a lock may use what it returns under that lock
        if not statement.values:
            for number in self.function.results:
                if number in _own(state).taken:
                    self._report("return", _own(state).taken[number], statement, _own(state).taken[number][0])
            return
        for value in statement.values:
            self._returned(value, statement, state)

    def _returned(self, value: ir.Expr, statement: ir.Return, state: LockState) -> None:
        match value:
            case ir.Addr(operand):
                self._returned(operand, statement, state)
            case ir.Lit(_, elements):
                given = {self.names.path(element.value) for element in elements}
                for element in elements:
                    shared = self._shared(element.value, state)
                    if shared is not None and (any(lock.path in given for lock in shared[1]) or self._in_another(value, element, shared)):
                        continue  # the lock goes along with the map
                    if shared is not None and shared[1] and not self._let_go(shared, statement):
                        self._report("return", shared, element.value, shared[0])
                    elif isinstance(element.value, ir.Addr | ir.Lit):
                        self._returned(element.value, statement, state)
            case ir.Call(fun):
                shared = self._shared(value, state)
                if shared is not None and shared[1]:
                    self._report("iterator", shared, value, fun)
            case _:
                shared = self._shared(value, state)
                if shared is not None and not self._let_go(shared, statement):
                    lazy = self._walked(value) is not None
                    self._report("iterator" if lazy else "return", shared, value, value if lazy else shared[0])

    def _in_another(self, literal: ir.Lit, element: ir.Element, shared: tuple[ir.Expr, tuple[Held, ...]]) -> bool:
        """Tell whether a map goes into the same field of another object, and its lock is one for all of them."""
        kind = self.view.typing.of(literal)
        if not isinstance(kind, model.Named) or not shared[1] or not all(lock.path[:1] and lock.path[0][0] == "g" for lock in shared[1]):
            return False
        return self.names.identity(shared[0]) == f"f{kind.package}.{kind.name}.{field_name(element, self.view.variables)}"

    def _let_go(self, shared: tuple[ir.Expr, tuple[Held, ...]], statement: ir.Return) -> bool:
        """Tell whether the guard is not meant to hold any more where a map is returned."""
        path = self.view.paths.of(shared[0])
        map_ = shared[0]
        if isinstance(map_, ir.Sel) and isinstance(map_.base, ir.Local) and map_.base.id == self.view.root.receiver:
            kind = self.view.root.receiver_type
            if kind is not None and is_let_go(self.view.package, receiver_name(kind), map_.name):
                return True
        if switched_off(self.function, shared[1], statement.pos, self.names):
            return True
        return path is not None and len(path) > 1 and given_up(self.function, path[:-1], statement.pos, self.names)

    def send(self, statement: ir.Send, state: LockState) -> None:
        super().send(statement, state)
        shared = self._shared(statement.value, state)
        if shared is not None and shared[1]:
            self._report("send", shared, statement, statement.channel)

    def spawn(self, statement: ir.Go, state: LockState) -> None:
        if not isinstance(statement.call, ir.Call):
            return
        for argument in statement.call.args:
            shared = self._shared(argument, state)
            if shared is not None and shared[1]:
                self._report("go", shared, statement, statement.call.fun)

    # --- uses after Unlock ---

    def enter_range(self, statement: ir.Range, state: LockState) -> None:
        self._use(statement.over, state)

    def evaluate_target(self, x: ir.Expr, state: LockState) -> None:
        super().evaluate_target(x, state)
        if isinstance(x, ir.Index):
            self._use(x.base, state, x)

    def evaluate(self, x: ir.Expr, state: LockState) -> None:
        super().evaluate(x, state)
        match x:
            case ir.Index(base):
                self._use(base, state, x)
            case ir.Call(fun, args):
                if not (isinstance(fun, ir.Name) and fun.name == "len"):
                    for argument in args:
                        self._use(argument, state)

    def _use(self, x: ir.Expr, state: LockState, whole: ir.Expr | None = None) -> None:
        if not isinstance(x, ir.Local) or x.id not in _own(state).taken:
            return
        map_, locks = _own(state).taken[x.id]
        if any(lock.path in state.held for lock in locks):
            return
        if x.id not in self._used or ("use", x.id) in self.found:
            self._used.add(x.id)
            known = self.found.get(("use", x.id))
            if known is None or x.pos < known.place.start:
                self._report("walk" if self._walked(x) is not None else "use", (map_, locks), whole or x, x, key=("use", x.id))

    # --- results ---

    def _report(
        self,
        kind: str,
        shared: tuple[ir.Expr, tuple[Held, ...]],
        at: Any,
        target: ir.Expr,
        *,
        parameter: int = -1,
        key: object = None,
        successor: bool = False,
    ) -> None:
        map_, locks = shared
        identity = self.names.identity(map_)
        path = self.names.path(map_)
        if not identity or path is None or identity[0] == "l":
            return
        start, end = (at.pos, at.end) if isinstance(at, ir.Return | ir.Send | ir.Go) else extent(at, self.view)
        self.found[key or (kind, start, identity)] = MapEscape(
            place=place(self.view, start, end),
            function=self.view.name,
            package=self.view.package.scope.path,
            map=spell(map_, self.view.variables),
            owner=qualified(self.view, map_),
            kind=kind,
            identity=identity,
            path=path,
            locks=locks,
            target=spell(target, self.view.variables),
            id=function_id(self.view, self.view.number) if self._around else self.id,
            parameter=parameter,
            successor=successor,
            reached=map_.pos if isinstance(map_, ir.Sel | ir.Name | ir.Index) else 0,
        )


def _without_value(condition: ir.Expr, truth: bool) -> Iterator[int]:
    """Yield the locals that are false or nil where a condition holds, or does not."""
    for part, holds in implied(condition, truth):
        match part:
            case ir.Local(number):
                if not holds:
                    yield number
            case ir.Binary("==" | "!=" as op, ir.Local(number), other) | ir.Binary("==" | "!=" as op, other, ir.Local(number)):
                if is_nil(other) and holds == (op == "=="):
                    yield number


def _own(state: LockState) -> _State:
    if not isinstance(state, _State):
        raise TypeError("a state of another analysis")
    return state
