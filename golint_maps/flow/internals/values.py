"""Follow maps through conversions, interfaces, reflect, arithmetic, local variables and helper functions.

Evaluation is lazy and does not look at the order of statements: a local variable stands for whatever is stored in it anywhere, the first
value that has to do with a map winning. Calls of functions of the same package are evaluated in the context of their arguments, to a
small depth (context-sensitive by cloning; Sharir & Pnueli's call strings, cut short).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from golint_maps.flow.callees import callee, held_literal
from golint_maps.flow.internals.casts import is_data, is_map, pointerish
from golint_maps.flow.internals.library import reflect_call, reflect_method, unsafe_call
from golint_maps.flow.internals.memory import C_MEMORY, OWN, Memory
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.internals.steps import around, converted, dereferenced, element, moved, selected
from golint_maps.flow.internals.stores import ELEMENT, part, stores, taken_for_maps
from golint_maps.flow.maps import qualified
from golint_maps.flow.spelling import spell_named
from golint_maps.flow.traverse import statements
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 4
"""Calls that are followed into one another."""

_NOTHING: Final[Mapping[int, Memory]] = MappingProxyType({})
_LOAD: Final = frozenset(("LoadPointer", "LoadUintptr"))


def views_of_maps(package: PackageView) -> dict[model.Named, Memory]:
    """Return the structs of a package that its casts lay over memory of maps, each with the memory that it is laid over."""
    known: dict[model.Named, Memory] = package.memo.setdefault("internals views of maps", {})
    return known


def view_of(package: PackageView, file: int, number: int) -> View | None:
    """Return a declared function of the package with its literals, as its own analysis sees it."""
    memo: dict[int, dict[int, View]] = package.memo.setdefault("internals views", {})
    if file not in memo:
        memo[file] = {view.number: view for view in views(package, [file])}
    return memo[file].get(number)


class Frame:
    """A function with what is known of its arguments."""

    def __init__(self, view: View, arguments: Mapping[int, Memory] = _NOTHING, depth: int = 0) -> None:
        self.view = view
        self.arguments = arguments
        self.depth = depth
        self._package = view.package
        self._typing = view.typing
        self._locals: dict[int, Memory | None] = {}
        self._parts: dict[tuple[int, tuple[str, ...]], Memory | None] = {}
        self._literals: dict[tuple[int, int], Memory | None] = {}

    # --- values ---

    def value(self, x: ir.Expr) -> Memory | None:
        """Return what a value has to do with a map's memory; None when that is nothing, or not known."""
        if isinstance(x, ir.Const | ir.FuncLit | ir.Opaque | ir.TypeArg):
            return None
        kind = self._typing.of(x)
        if is_map(self._package, kind):
            return self._map(x, kind)
        match x:
            case ir.Local(number):
                found = self._local(number)
            case ir.Addr(operand):
                found = self._address(operand)
            case ir.Deref(operand):
                found = dereferenced(self._package, self.value(operand), kind)
            case ir.Sel(base, name):
                found = None if self._typing.package_of(base) else self._selected(self._promoting(base, name), name, kind)
            case ir.Index(base, index):
                found = element(self._package, self.value(base), index, kind)
            case ir.SliceOf(operand) | ir.Assert(operand):
                found = self.value(operand)
            case ir.Binary(op, left, right):
                return self.sum(op, left, right)
            case ir.Call():
                found = self._called(x)
            case _:
                found = None
        if found is None and isinstance(x, ir.Sel | ir.Index) and (within := part(x)):
            found = self._kept(*within)
        return found or self._to_map(x, kind) or self._by_type(x, kind)

    def _to_map(self, x: ir.Expr, kind: Type | None) -> Memory | None:
        """Return what a pointer to a map leads to, whoever gave it: a parameter, a field, a result."""
        hops = 0
        while isinstance(kind, model.Pointer):
            kind, hops = kind.elem, hops + 1
        return self._map(x, kind).at(hops) if hops and is_map(self._package, kind) else None

    def _by_type(self, x: ir.Expr, kind: Type | None) -> Memory | None:
        """Return what a pointer to a mirror, or to another struct of the package's, leads to, if the package casts maps to such pointers."""
        hops = -1
        while isinstance(kind, model.Pointer):
            kind, hops = kind.elem, hops + 1
        if hops >= 0 and isinstance(kind, model.Named) and (seen := views_of_maps(self._package).get(kind)) is not None:
            return replace(seen, hops=hops, map=spell_named(x, self.view.variables))
        mirror = mirror_of(self._package, kind) if hops >= 0 else None
        if mirror is None or not self._cast_to(kind):
            return None
        role = mirror.layout.role
        view = kind if role == "header" else None
        return Memory(role, hops, map=spell_named(x, self.view.variables), out=True, view=view) if role in ("header", "bucket") else None

    def _map(self, x: ir.Expr, kind: Type | None) -> Memory:
        """A map is the address of its header."""
        return Memory("header", 0, map=spell_named(x, self.view.variables), owner=qualified(self.view, x), type=self._package.resolver.map(kind))

    def _cast_to(self, kind: Type | None) -> bool:
        """Tell whether the package converts to pointers to this type: without that, it is a data structure of its own."""
        targets: set[Type | None] = self._package.memo.get("internals targets", set())
        return kind in targets

    def _local(self, number: int) -> Memory | None:
        if number in self.arguments:
            return self.arguments[number]
        if number not in self._locals:
            self._locals[number] = None  # what a variable sees that is stored in itself
            value = self._first(self._stored(number))
            if value is not None and value.word and self._steps(number):
                value = replace(value, moved=True, offset=-1)
            if value is None and number in taken_for_maps(self.view):
                value = Memory("reflect", map=f"the map of {self.view.variables[number].name}")
            self._locals[number] = value
        return self._locals[number]

    def _steps(self, number: int) -> bool:
        """Tell whether something is added to a local variable: `p += n`, `p = p + n`."""
        stored = (x for x, _ in stores(self.view).whole.get(number, ()))
        return any(isinstance(x, ir.Binary) and any(isinstance(side, ir.Local) and side.id == number for side in (x.left, x.right)) for x in stored)

    def _stored(self, number: int) -> Iterator[Memory | None]:
        for x, index in stores(self.view).whole.get(number, ()):
            yield self._result(x, index)
        variable = self.view.variables[number]
        if variable.kind == "param" and variable.function != self.view.number:
            yield self._handed(variable.function, number)
        definition = self._typing.definitions.get(number)
        if isinstance(definition, FromRange) and definition.index == 1 and (within := part(definition.over)):
            yield self._kept(within[0], (*within[1], ELEMENT))

    def _handed(self, literal: int, number: int) -> Memory | None:
        """Return what a parameter of a literal is at every call of it that the function sees."""
        params = self.view.facts.functions[literal].params
        at = params.index(number) if number in params else -1
        calls = stores(self.view).calls.get(literal, ())
        given = [self.value(call.args[at]) if 0 <= at < len(call.args) else None for call in calls]
        return given[0] if given and None not in given else None

    def _kept(self, number: int, steps: tuple[str, ...]) -> Memory | None:
        """Return what is stored in a field or an element of a local variable."""
        key = (number, steps)
        if key not in self._parts:
            self._parts[key] = None
            self._parts[key] = self._first(self.value(x) for x in stores(self.view).parts.get(key, ()))
        return self._parts[key]

    @staticmethod
    def _first(values: Iterable[Memory | None]) -> Memory | None:
        """Return the first value that has to do with a map; else, whether one is memory of the package's own."""
        own = None
        for value in values:
            if value is not None and value.kind != "own":
                return value
            own = own or value
        return own

    def _result(self, x: ir.Expr, index: int) -> Memory | None:
        return self._inlined(x, index) if index and isinstance(x, ir.Call) else self.value(x) if index == 0 else None

    def _address(self, x: ir.Expr) -> Memory | None:
        if isinstance(x, ir.Lit):
            return OWN
        around = self.place(x)
        if around is not None:
            return around
        value = self.value(x)
        if value is None and is_data(self.view, x):
            return OWN
        if value is None:
            below = self._package.resolver.underlying(self._typing.of(x))
            return OWN if isinstance(x, ir.Local) and isinstance(below, model.Struct) and not self._is_reflect_value(x) else None
        if value.kind == "header" and value.hops >= 0:
            if isinstance(self._package.resolver.underlying(self._typing.of(x)), model.Interface):
                return replace(value, kind="interface", hops=0, inner=value.hops)
            return value.at(value.hops + 1)
        return value if value.kind in ("reflect", "interface") else OWN

    def _selected(self, base: ir.Expr, name: str, kind: Type | None) -> Memory | None:
        value = self.value(base)
        return selected(self._package, value, name, self._typing.of(base), kind) if value is not None else None

    def _is_reflect_value(self, x: ir.Expr) -> bool:
        return self._typing.of(x) == model.Named("reflect", "Value")

    def sum(self, op: str, left: ir.Expr, right: ir.Expr) -> Memory | None:
        """Return where an address leads after arithmetic, or None."""
        if op == "^" and isinstance(right, ir.Const) and right.text == "0":
            return self.value(left)  # hides a pointer from escape analysis
        if op not in ("+", "-", "&^", "&", "|"):
            return None
        for base, other in ((left, right), (right, left)):
            if op == "+" and (field := self._field_at(other)) is not None:
                return field
            value = self.value(base)
            if value is not None and (op == "+" or base is left):
                return moved(value, other)
        return None

    def _field_at(self, offset: ir.Expr) -> Memory | None:
        """Return the address of the map field whose offset is added: `unsafe.Add(unsafe.Pointer(t), unsafe.Offsetof(t.tags))`."""
        match offset:
            case ir.Call(ir.Sel(package, "Offsetof"), [ir.Sel() as field]) if self._typing.package_of(package) == "unsafe":
                kind = self._typing.of(field)
                return self._map(field, kind).at(1) if is_map(self._package, kind) else None
        return None

    # --- calls ---

    def _called(self, call: ir.Call) -> Memory | None:
        fun, args = call.fun, call.args
        match fun:
            case ir.Sel(ir.Name(), name) if (path := self._typing.package_of(fun.base)) is not None:
                return self._imported(path, name, call)
            case ir.Sel(base, name):
                value = self.value(base) if self._is_reflect_value(base) else None
                if value is not None and value.kind == "reflect":
                    return reflect_method(value, name)
            case ir.Name("new") if self._typing.is_builtin(fun, "new"):
                return OWN
            case ir.Local(number) if (method := self._method_value(number)) is not None:
                return self._called(ir.Call(method, args, call.pos, call.end))
        # Types of C are not known, but `(*C.char)(p)` can only be a conversion.
        if len(args) == 1 and (isinstance(fun, ir.Deref | ir.TypeArg) or self._typing.as_type(fun) is not None):
            return self._converted(call)
        return self._inlined(call, 0)

    def _method_value(self, number: int) -> ir.Sel | None:
        """Return the `x.Method` that is all that a local variable ever holds, or None."""
        held = stores(self.view).whole.get(number, [])
        return held[0][0] if len(held) == 1 and isinstance(held[0][0], ir.Sel) else None

    def _converted(self, call: ir.Call) -> Memory | None:
        return converted(self._package, self.value(call.args[0]), self._typing.as_type(call.fun))

    def _imported(self, path: str, name: str, call: ir.Call) -> Memory | None:
        args = call.args
        if path == "C":
            return C_MEMORY if not (name.startswith(("uint", "int", "size_t", "long")) or name in ("char", "float", "double")) else None
        if not args:
            return None
        first = self.value(args[0]) if path in ("unsafe", "reflect", "sync/atomic", "runtime") else None
        if path == "unsafe" and name == "Add" and len(args) == 2 and (field := self._field_at(args[1])) is not None:
            return field
        if path == "unsafe":
            return unsafe_call(self.view, name, args, first)
        if path == "reflect":
            return reflect_call(name, first)
        if path == "sync/atomic" and name in _LOAD and first is not None and first.kind == "header" and first.hops > 0:
            return first.at(first.hops - 1)
        if self._typing.as_type(call.fun) is not None and len(args) == 1:
            return self._converted(call)
        return None

    def _inlined(self, x: ir.Expr, index: int) -> Memory | None:
        """Return what a call of a function of the package returns, worked out once for each set of arguments."""
        if not isinstance(x, ir.Call) or not self._may_return_address(x, index):
            return None
        literal = self._literal(x.fun)
        if literal is not None:
            return self._from_literal(literal, index)
        frame = self.called(x)
        if frame is None:
            return None
        memo: dict[tuple[int, int, int, frozenset[tuple[int, Memory]]], Memory | None] = self._package.memo.setdefault("internals returns", {})
        key = (frame.view.file, frame.view.number, index, frozenset(frame.arguments.items()))
        if key not in memo:
            memo[key] = None  # what a recursive call sees
            memo[key] = frame.returned(index)
        return memo[key]

    def _may_return_address(self, call: ir.Call, index: int) -> bool:
        kind = self._typing.of(call)
        if isinstance(kind, model.Results):
            kind = kind.items[index] if index < len(kind.items) else None
        if kind is None or isinstance(kind, model.TypeParameter) or kind == model.Named("reflect", "Value"):
            return True
        below = self._package.resolver.underlying(kind)
        return isinstance(below, model.Interface) or pointerish(self._package, below)

    def _literal(self, fun: ir.Expr) -> int | None:
        if isinstance(fun, ir.FuncLit):
            return fun.function
        return held_literal(self.view, fun.id) if isinstance(fun, ir.Local) else None

    def _from_literal(self, literal: int, index: int) -> Memory | None:
        """Return what a literal returns, its parameters being what they are at all of its calls."""
        key = (literal, index)
        if key not in self._literals:
            self._literals[key] = None
            self._literals[key] = self.returned(index, self.view.facts.functions[literal])
        return self._literals[key]

    def returned(self, index: int, function: ir.Function | None = None) -> Memory | None:
        """Return what the function, or a literal in it, returns as a result."""
        function = function or self.view.root
        for statement in statements(function.body or ()):
            if not isinstance(statement, ir.Return):
                continue
            if index < len(statement.values):
                value = self.value(statement.values[index])
            elif not statement.values and index < len(function.results):
                value = self._local(function.results[index]) if function.results[index] >= 0 else None
            else:
                value = None
            if value is not None and value.kind != "own":
                return value
        return None

    def called(self, call: ir.Call) -> Frame | None:
        """Return the declared function of the package that a call reaches, with its arguments."""
        if self.depth >= _MAX_DEPTH:
            return None
        target = callee(self.view, call)
        if target is None or target.declared is None:
            return None
        file, function = target.declared.file, target.declared.node
        facts = self._package.scope.files[file]
        number = next((number for number, item in enumerate(facts.functions) if item is function), -1)
        view = view_of(self._package, file, number)
        if view is None or not function.body:
            return None
        known: dict[int, Memory] = {}
        given = list(zip(function.params, call.args, strict=False))
        if target.receiver is not None:
            given.append((function.receiver, target.receiver))
        for variable, argument in given:
            value = self.value(argument) if variable >= 0 else None
            if value is not None:
                known[variable] = value
        return Frame(view, known, self.depth + 1)

    # --- places ---

    def place(self, x: ir.Expr) -> Memory | None:
        """Return the memory that a variable, element or field of it lies in: a map's header, what is behind it, or memory of C."""
        match x:
            case ir.Deref(operand):
                return around(self.value(operand))
            case ir.Sel(base, name):
                if self._typing.package_of(base) is not None:
                    return None
                base = self._promoting(base, name)
                below = self._package.resolver.underlying(self._typing.of(base))
                if isinstance(below, model.Struct):
                    return self.place(base)
                value = self.value(base)
                if value is not None and value.kind == "header" and value.hops == 1 and isinstance(below, model.Pointer):
                    return value if value.out else None
                return around(value)
            case ir.Index(base):
                below = self._package.resolver.underlying(self._typing.of(base))
                if isinstance(below, model.Map):
                    return None
                return self.place(base) if isinstance(below, model.Array) else around(self.value(base))
            case ir.SliceOf(operand):
                below = self._package.resolver.underlying(self._typing.of(operand))
                return self.place(operand) if isinstance(below, model.Array) else around(self.value(operand))
        return None

    def _promoting(self, x: ir.Expr, name: str) -> ir.Expr:
        """Return the embedded struct that a selected field belongs to, every step to it written out."""
        found = self._package.resolver.field(self._typing.of(x), name)
        for step in found.path if found else ():
            x = ir.Sel(x, step, x.pos, x.pos)
        return x
