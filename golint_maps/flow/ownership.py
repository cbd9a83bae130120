"""Ownership while a function is walked: what it has made and nobody else has yet (after RacerD), and where that ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from golint_maps.flow.calls import NEW_IN_PLACE, NOTHING, fresh
from golint_maps.flow.constructors import MAKERS
from golint_maps.flow.events import Argument
from golint_maps.flow.family import Family
from golint_maps.flow.lockset_state import State
from golint_maps.flow.traverse import each
from golint_maps.syntax import ir
from golint_maps.types import model

MAY_BE_NEW: Final = frozenset((ir.Addr, ir.Lit, ir.Call, ir.Local, ir.Assert))
"""Expressions that may stand for an object that was made just now."""
_ALONE: Final = "@@"
"""Begins the path of what holds a new object that no map of others went into."""
_IN_PLACE: Final = frozenset((NEW_IN_PLACE, _ALONE))
_COPYING: Final = frozenset(("sync.Pool.Get", "maps.Clone", "maps.Collect", "slices.Collect", "slices.Clone", "golang.org/x/exp/maps.Clone"))
"""Functions whose result nobody else has."""


class Ownership:
    """Changes what is owned in the states of one walk."""

    def __init__(self, shared: Family) -> None:
        self._shared = shared
        self._view = shared.view
        self._typing = shared.view.typing
        self._resolver = shared.view.package.resolver
        self._makers: dict[tuple[str, ...], int] = {}
        """The calls, by their offsets, that have made what fields and package variables hold; -1 where several may have."""

    def is_new(self, value: ir.Expr, state: State) -> bool:
        """Tell whether an expression stands for what has been made here, by itself or by a constructor, and is nobody else's."""
        return fresh(value, state.owned) or self._constructs(value)

    def _constructs(self, value: ir.Expr) -> bool:
        """Tell whether a call makes a new object: a constructor by name of this package, or a cloning function."""
        if isinstance(value, ir.Assert):
            value = value.x
        if not isinstance(value, ir.Call):
            return False
        for token in self._shared.callees.targets(value.fun):
            if token in _COPYING:
                return True
            name = token.rsplit(".", 1)[-1]
            if (name.startswith(MAKERS) or self._shared.makes_anew(token)) and not self._shared.lock_effects.spawns(token):
                return True
        return False

    def _copies(self, call: ir.Call) -> bool:
        """Tell whether a call makes a copy: of what it was handed nothing is in its result."""
        return any(token in _COPYING for token in self._shared.callees.targets(call.fun))

    def given(self, x: ir.Expr, argument: Argument) -> Argument:
        """Return an argument as nobody else's where the call that it is the result of has made it, and with the call that has made it for a field."""
        if argument.owned and x.__class__ is ir.Sel and self._makers:
            return replace(argument, maker=self._makers.get(self._view.paths.raw(x) or (), -1))
        return replace(argument, owned=True) if not argument.owned and argument is not NOTHING and self._constructs(x) else argument

    def replace_in_copy(self, target: ir.Expr, value: ir.Expr, state: State) -> None:
        """A fresh map in a struct that is a local copy (`cp := *c; cp.m = make(…)`) is the copy's own."""
        if self.in_own_struct(target) and self.is_new(value, state):
            assert isinstance(target, ir.Sel)
            assert isinstance(target.base, ir.Local)
            state.owned |= {(f"l{target.base.id}", target.name)}

    def place(self, target: ir.Expr, value: ir.Expr, new: bool, state: State) -> None:
        """Remember that a field or package variable holds a new object (`s.cache = newCache()`), or that it holds another one now."""
        if not new and not state.owned:
            return
        path = self._view.paths.raw(target)
        if path is None:
            return
        self._take(path, state)
        if new:
            state.owned |= {(NEW_IN_PLACE, *path)}
            made = value.pos if value.__class__ is ir.Call else -1
            self._makers[path] = made if self._makers.get(path, made) == made else -1
            if not self._holds_maps_of_others(value, state):
                state.owned |= {(_ALONE, *path)}

    def _holds_maps_of_others(self, value: ir.Expr, state: State) -> bool:
        """Tell whether a new object may have got a map that was there before: `newMonitor(s.seen)`, `&monitor{seen: s.seen}`."""
        match value:
            case ir.Addr(operand):
                return self._holds_maps_of_others(operand, state)
            case ir.Lit(_, elements):
                given: Sequence[ir.Expr] = [element.value for element in elements]
            case ir.Call(_, args):
                given = args
            case _:
                return False
        return any(self._resolver.map(self._typing.of(x)) is not None and not self.is_new(x, state) for x in given)

    def apart(self, x: ir.Expr, argument: Argument, state: State) -> Argument:
        """Return what a goroutine is given as new only where no map of others went into what a field or package variable holds."""
        if not argument.owned or not isinstance(x, ir.Sel | ir.Name):
            return argument
        path = self._view.paths.raw(x)
        return argument if path is None or (_ALONE, *path) in state.owned else replace(argument, owned=False)

    @staticmethod
    def _take(path: tuple[str, ...], state: State) -> None:
        """Forget that something in a place, or below of it, is new."""
        size = len(path) + 1
        old = [item for item in state.owned if item.__class__ is tuple and item[0] in _IN_PLACE and item[1:size] == path]
        if old:
            state.owned = state.owned.difference(old)

    def in_own_struct(self, x: ir.Expr) -> bool:
        """Tell whether an expression is a field of a local struct held by value: of a copy, when it was handed in."""
        return self._in_struct(x) and isinstance(x, ir.Sel) and isinstance(x.base, ir.Local) and x.base.id not in self._shared.shared_locals

    def in_captured_copy(self, x: ir.Expr) -> bool:
        """Tell the same of a struct that literals of the function have as well, but nobody else: they run when the function is done."""
        if not isinstance(x, ir.Sel) or not isinstance(x.base, ir.Local) or x.base.id not in self._shared.captured or not self._in_struct(x):
            return False
        return not self._has_address(x.base.id) and not self._at_work(x.base.id)

    def _has_address(self, number: int) -> bool:
        """Tell whether somebody may have the address of a local struct: a method with a pointer receiver, for one."""
        if number in self._view.address_taken:
            return True
        for function in self._view.functions:
            for x in each(function.body or (), ir.Sel):
                if isinstance(x.base, ir.Local) and x.base.id == number:
                    method = self._resolver.method(self._typing.local(number), x.name)
                    if method is not None and (method.function is None or isinstance(method.function.node.receiver_type, ir.TPtr)):
                        return True
        return False

    def _in_struct(self, x: ir.Expr) -> bool:
        """Tell whether an expression is a field of a local struct that is held by value."""
        if not isinstance(x, ir.Sel) or not isinstance(x.base, ir.Local) or self._lies_apart(x):
            return False
        return isinstance(self._resolver.underlying(self._typing.local(x.base.id)), model.Struct)

    def _at_work(self, number: int) -> bool:
        """Tell whether a goroutine that a literal is started as has captured a local variable."""
        return any(
            number in self._view.facts.functions[start.call.fun.function].captures
            for function in self._view.functions
            for start in each(function.body or (), ir.Go)
            if isinstance(start.call, ir.Call) and isinstance(start.call.fun, ir.FuncLit)
        )

    def _lies_apart(self, x: ir.Sel) -> bool:
        """Tell whether a field lies in what an embedded pointer leads to."""
        kind = self._typing.of(x.base)
        found = self._resolver.field(kind, x.name)
        for name in found.path if found is not None else ():
            embedded = self._resolver.field(kind, name)
            kind = embedded.type if embedded is not None else None
            if isinstance(kind, model.Pointer):
                return True
        return False

    def inline(self, x: ir.Expr) -> int:
        """Return how many fields at the end of an expression lie in one another, and the first in what stands before them, as values."""
        count = 0
        while isinstance(x, ir.Sel) and not self._lies_apart(x):
            count += 1
            x = x.base
            if not isinstance(self._resolver.underlying(self._typing.of(x)), model.Struct):
                break
        return count

    def publish(self, value: ir.Expr, state: State) -> None:
        """What is stored where others can see it is nobody's own any more."""
        if not state.owned:
            return
        if value.__class__ is ir.Sel or value.__class__ is ir.Name or value.__class__ is ir.Local:
            path = self._view.paths.raw(value)
            if path is not None:
                self._take(path, state)
        match value:
            case ir.Local(number):
                self._share(number, state)
            case ir.Addr(operand):
                self.publish(operand, state)
            case ir.Sel():
                # What other fields of the same object hold stays where it is.
                base: ir.Expr = value
                while isinstance(base, ir.Sel | ir.Addr):
                    base = base.base if isinstance(base, ir.Sel) else base.x
                if isinstance(base, ir.Local):
                    self._share(base.id, state)
            case ir.Lit(_, elements):
                for element in elements:
                    self.publish(element.value, state)
            case ir.Call(ir.Name("append"), args):
                for argument in args:
                    self.publish(argument, state)
            case ir.Call(_, args) if self._constructs(value) and not self._copies(value):
                for argument in args:
                    self.publish(argument, state)  # what it has made may have that in it

    def release_captures(self, literal: ir.FuncLit, state: State) -> None:
        """A literal that is kept or started can be at work whenever its variables are used from now on."""
        if state.owned:
            for number in self._view.facts.functions[literal.function].captures:
                self._share(number, state)

    def _share(self, number: int, state: State) -> None:
        """What a local variable holds is nobody's own any more, nor what the one holds whose object it stands for: `c := &value`."""
        path = self._view.paths.of(ir.Local(number, 0))
        root = path[0] if path is not None and path[0][0] == "l" else f"l{number}"
        state.owned -= {number, int(root[1:]), *(item for item in state.owned if item.__class__ is tuple and item[0] == root)}
        for inner in self._put_into.get(number, ()):
            if inner in state.owned:
                self._share(inner, state)

    @cached_property
    def _put_into(self) -> dict[int, set[int]]:
        """The local variables whose values go into the objects of others, by those: `j := &janitor{cache: c}`, `newJanitor(c)`, `j.cache = c`."""
        found: dict[int, set[int]] = {}
        for function in self._view.functions:
            for assign in each(function.body or (), ir.Assign):
                for target, value in zip(assign.lhs, assign.rhs, strict=False):
                    holder = target
                    while isinstance(holder, ir.Sel):
                        holder = holder.base
                    if holder is not target:
                        inside = [value]
                    elif isinstance(value, ir.Call) and self._constructs(value) and not self._copies(value):
                        inside = value.args
                    else:
                        inside = [element.value for element in _literal(value)]
                    if isinstance(holder, ir.Local):
                        found.setdefault(holder.id, set()).update(x.id for x in inside if isinstance(x, ir.Local))
        return found


def _literal(x: ir.Expr) -> Sequence[ir.Element]:
    """Return the elements of a composite literal, or of one whose address is taken."""
    x = x.x if isinstance(x, ir.Addr) else x
    return x.elements if isinstance(x, ir.Lit) else ()


def appends_to(value: ir.Expr, target: ir.Expr) -> bool:
    """Tell whether a value is what stands in the target already, and more: nothing gets anywhere that it has not been before."""
    if not isinstance(value, ir.Call) or not isinstance(value.fun, ir.Name) or value.fun.name != "append" or not value.args:
        return False
    own, kept = value.args[0], target
    while isinstance(own, ir.Sel) and isinstance(kept, ir.Sel) and own.name == kept.name:
        own, kept = own.base, kept.base
    return (
        isinstance(own, ir.Local)
        and isinstance(kept, ir.Local)
        and own.id == kept.id
        and all(not isinstance(x, ir.Local | ir.Addr) for x in value.args[1:])
    )
