"""Follow maps through conversions, interfaces, reflect, arithmetic, local variables and helper functions.

Evaluation is lazy and does not look at the order of statements: a local variable stands for whatever is stored in it anywhere, the first
value that has to do with a map winning. Calls of functions of the same package are evaluated in the context of their arguments, to a
small depth (context-sensitive by cloning; Sharir & Pnueli's call strings, cut short).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.internals.memory import C_MEMORY, OWN, Memory
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.maps import qualified
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import statements
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 4
"""Calls that are followed into one another."""

_WORDS: Final = frozenset(("uintptr", "unsafe.Pointer"))
_NOTHING: Final[Mapping[int, Memory]] = MappingProxyType({})
_LOAD: Final = frozenset(("LoadPointer", "LoadUintptr"))


def pointerish(package: PackageView, kind: Type | None) -> bool:
    """Tell whether a value of a type can hold an address."""
    below = package.resolver.underlying(kind)
    return isinstance(below, model.Pointer) or (isinstance(below, model.Basic) and below.name in _WORDS)


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
        self._stores: dict[int, list[tuple[ir.Expr, int]]] | None = None

    # --- values ---

    def value(self, x: ir.Expr) -> Memory | None:
        """Return what a value has to do with a map's memory; None when that is nothing, or not known."""
        if isinstance(x, ir.Const | ir.FuncLit | ir.Opaque | ir.TypeArg):
            return None
        kind = self._typing.of(x)
        if kind is not None and isinstance(self._package.resolver.underlying(kind), model.Map):
            return self._map(x, kind)
        match x:
            case ir.Local(number):
                found = self._local(number)
            case ir.Addr(operand):
                found = self._address(operand)
            case ir.Deref(operand):
                found = self._loaded(x, self.value(operand))
            case ir.Sel(base, name):
                found = None if self._typing.package_of(base) else self._selected(x, self.value(base), base, name)
            case ir.Index(base, index):
                found = self._element(x, self.value(base), index)
            case ir.SliceOf(operand) | ir.Assert(operand):
                found = self.value(operand)
            case ir.Binary(op, left, right):
                return self.sum(op, left, right)
            case ir.Call():
                found = self._called(x)
            case _:
                found = None
        return found or self._by_type(x, kind)

    def _by_type(self, x: ir.Expr, kind: Type | None) -> Memory | None:
        """Return what a pointer to a mirror leads to, if the package casts maps to such pointers."""
        hops = -1
        while isinstance(kind, model.Pointer):
            kind, hops = kind.elem, hops + 1
        mirror = mirror_of(self._package, kind) if hops >= 0 else None
        if mirror is None or not self._cast_to(kind):
            return None
        role = mirror.layout.role
        return Memory(role, hops, map=spell(x, self.view.variables), out=True) if role in ("header", "bucket") else None

    def _map(self, x: ir.Expr, kind: Type) -> Memory:
        """A map is the address of its header."""
        return Memory("header", 0, map=spell(x, self.view.variables), owner=qualified(self.view, x), type=self._package.resolver.map(kind))

    def _cast_to(self, kind: Type | None) -> bool:
        """Tell whether the package converts to pointers to this type: without that, it is a data structure of its own."""
        targets: set[Type | None] = self._package.memo.get("internals targets", set())
        return kind in targets

    def _local(self, number: int) -> Memory | None:
        if number in self.arguments:
            return self.arguments[number]
        if number not in self._locals:
            self._locals[number] = None  # what a variable sees that is stored in itself
            found = [value for x, index in self.stores(number) if (value := self._result(x, index))]
            known = [value for value in found if value.kind != "own"]
            self._locals[number] = next(iter(known or found), None)
        return self._locals[number]

    def stores(self, number: int) -> Sequence[tuple[ir.Expr, int]]:
        """Return what is stored in a local variable, with the number of the result for calls that have several."""
        if self._stores is None:
            self._stores = {}
            for variable, definition in self._typing.definitions.items():
                if isinstance(definition, FromValue):
                    self._stores.setdefault(variable, []).append((definition.value, definition.index))
            for statement in self.view.statements:
                if isinstance(statement, ir.Assign) and statement.op != ":=":
                    for index, target in enumerate(statement.lhs):
                        if isinstance(target, ir.Local) and statement.rhs:
                            self._stores.setdefault(target.id, []).append(_right(statement, index))
        return self._stores.get(number, ())

    def _result(self, x: ir.Expr, index: int) -> Memory | None:
        return self._inlined(x, index) if index and isinstance(x, ir.Call) else self.value(x) if index == 0 else None

    def _address(self, x: ir.Expr) -> Memory | None:
        if isinstance(x, ir.Lit):
            return OWN
        around = self.place(x)
        if around is not None:
            return around
        value = self.value(x)
        if value is None:
            below = self._package.resolver.underlying(self._typing.of(x))
            return OWN if isinstance(x, ir.Local) and isinstance(below, model.Struct) and not self._is_reflect_value(x) else None
        if value.kind == "header" and value.hops >= 0:
            if isinstance(self._package.resolver.underlying(self._typing.of(x)), model.Interface):
                return replace(value, kind="interface", hops=0, inner=value.hops)
            return value.at(value.hops + 1)
        return value if value.kind in ("reflect", "interface") else OWN

    def _is_reflect_value(self, x: ir.Expr) -> bool:
        return self._typing.of(x) == model.Named("reflect", "Value")

    def _loaded(self, x: ir.Expr, value: Memory | None) -> Memory | None:
        """Return what `*p` is."""
        if value is None or value.kind in ("interface", "reflect", "c"):
            return value if value is None or value.kind != "c" else None
        if value.kind not in ("header", "bucket"):
            return None
        kind = self._typing.of(x)
        if value.hops > 0:
            below = self._package.resolver.underlying(kind)
            return value.at(value.hops - 1) if pointerish(self._package, kind) or isinstance(below, model.Map) else None
        if pointerish(self._package, kind):
            return value.behind()
        return value.at(-1) if isinstance(self._package.resolver.underlying(kind), model.Struct | model.Array) else None

    def _selected(self, x: ir.Expr, value: Memory | None, base: ir.Expr, name: str) -> Memory | None:
        if value is None:
            return None
        if value.kind in ("interface", "reflect"):
            return value.held() if self._word(self._typing.of(base), name) == 1 else None
        if value.kind not in ("header", "bucket") or value.hops > 0:
            return None
        kind = self._typing.of(x)
        if pointerish(self._package, kind):
            return value.behind(name)
        return value.at(-1) if isinstance(self._package.resolver.underlying(kind), model.Struct | model.Array) else None

    def _word(self, kind: Type | None, name: str) -> int:
        """Return which word of a struct a field is, embedded structs spelled out; -1 when it is not among them."""
        struct = self._package.resolver.struct(kind)
        if struct is None:
            return -1
        at = 0
        for field in struct[1].fields:
            if field.name == name:
                return at
            inner = self._package.resolver.struct(field.type) if field.embedded and not isinstance(field.type, model.Pointer) else None
            if inner is not None:
                within = self._word(field.type, name)
                if within >= 0:
                    return at + within
                at += len(inner[1].fields)
            else:
                at += 1
        return -1

    def _element(self, x: ir.Expr, value: Memory | None, index: ir.Expr) -> Memory | None:
        if value is None:
            return None
        if value.kind in ("interface", "reflect"):
            return value.held() if isinstance(index, ir.Const) and index.text == "1" else None
        if value.kind == "header" and not value.out:
            return None  # m[k] of the map itself
        if value.kind in ("header", "bucket") and value.hops <= 0 and pointerish(self._package, self._typing.of(x)):
            return value.behind()
        return None

    def sum(self, op: str, left: ir.Expr, right: ir.Expr) -> Memory | None:
        """Return where an address leads after arithmetic, or None."""
        if op == "^" and isinstance(right, ir.Const) and right.text == "0":
            return self.value(left)  # hides a pointer from escape analysis
        if op not in ("+", "-", "&^", "&", "|"):
            return None
        for base, other in ((left, right), (right, left)):
            value = self.value(base)
            if value is not None and (op == "+" or base is left):
                return self.moved(value, other)
        return None

    def moved(self, value: Memory, offset: ir.Expr) -> Memory | None:
        """Return where an address leads after `offset` bytes were added to it."""
        distance = int(offset.text, 0) if isinstance(offset, ir.Const) and offset.kind == "int" and offset.text.isalnum() else -1
        if value.kind == "interface" and value.hops == 0:
            return replace(value, kind="header", hops=value.inner + 1, inner=0) if distance in (4, 8, -1) else None
        if not value.inside:
            return value if value.kind == "c" else None
        known = distance if value.offset == 0 and value.kind == "header" else -1
        return replace(value, moved=True, out=True, offset=known)

    # --- calls ---

    def _called(self, call: ir.Call) -> Memory | None:
        fun, args = call.fun, call.args
        match fun:
            case ir.Sel(ir.Name(), name) if (path := self._typing.package_of(fun.base)) is not None:
                return self._imported(path, name, call)
            case ir.Sel(base, name):
                value = self.value(base) if self._is_reflect_value(base) else None
                if value is not None and value.kind == "reflect":
                    return _method(value, name)
            case ir.Name("new") if self._typing.is_builtin(fun, "new"):
                return OWN
        # Types of C are not known, but `(*C.char)(p)` can only be a conversion.
        if len(args) == 1 and (isinstance(fun, ir.Deref | ir.TypeArg) or self._typing.as_type(fun) is not None):
            return self.converted(call)
        return self._inlined(call, 0)

    def converted(self, call: ir.Call) -> Memory | None:
        """Return what a conversion gives: the same memory, no longer of the map's own type if the new one is another."""
        value = self.value(call.args[0])
        kind = self._typing.as_type(call.fun)
        if value is None or value.kind != "header" or not isinstance(self._package.resolver.underlying(kind), model.Pointer):
            return value
        return value if self.is_own_type(kind, value) else replace(value, out=True)

    def is_own_type(self, kind: Type | None, value: Memory) -> bool:
        """Tell whether a pointer type is that of the map's own address, or may be for all that is known."""
        for _ in range(value.hops):
            below = self._package.resolver.underlying(kind)
            if not isinstance(below, model.Pointer):
                return False
            kind = below.elem
        below = self._package.resolver.underlying(kind)
        if below is None:
            # Type parameters, and types of packages without source.
            return not isinstance(kind, model.Pointer)
        if not isinstance(below, model.Map):
            return False
        own = value.type
        return own is None or (_may_be_same(below.key, own.key) and _may_be_same(below.value, own.value))

    def _imported(self, path: str, name: str, call: ir.Call) -> Memory | None:
        args = call.args
        if path == "C":
            return C_MEMORY if not (name.startswith(("uint", "int", "size_t", "long")) or name in ("char", "float", "double")) else None
        if not args:
            return None
        first = self.value(args[0]) if path in ("unsafe", "reflect", "sync/atomic", "runtime") else None
        if path == "unsafe":
            match name:
                case "Pointer" | "SliceData":
                    return first
                case "Add" if first is not None:
                    return self.moved(first, args[1]) if len(args) > 1 else None
                case "Slice" if first is not None:
                    return replace(first, moved=True) if first.inside else first if first.kind == "c" else None
            return None
        if path == "reflect":
            if name == "ValueOf" and first is not None and first.kind == "header":
                return replace(first, kind="reflect", hops=0, inner=first.hops)
            if name == "Indirect" and first is not None:
                return _method(first, "Elem")
            return Memory("reflect", map="the map of " + name) if name in ("MakeMap", "MakeMapWithSize") else None
        if path == "sync/atomic" and name in _LOAD and first is not None and first.kind == "header" and first.hops > 0:
            return first.at(first.hops - 1)
        if self._typing.as_type(call.fun) is not None and len(args) == 1:
            return self.converted(call)
        return None

    def _inlined(self, x: ir.Expr, index: int) -> Memory | None:
        """Return what a call of a function of the package returns, worked out once for each set of arguments."""
        if not isinstance(x, ir.Call) or not self._may_return_address(x, index):
            return None
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

    def returned(self, index: int) -> Memory | None:
        """Return what the function returns as a result."""
        for statement in statements(self.view.root.body or ()):
            if isinstance(statement, ir.Return) and index < len(statement.values):
                value = self.value(statement.values[index])
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
                return self._around(self.value(operand))
            case ir.Sel(base):
                if self._typing.package_of(base) is not None:
                    return None
                below = self._package.resolver.underlying(self._typing.of(base))
                if isinstance(below, model.Struct):
                    return self.place(base)
                value = self.value(base)
                if value is not None and value.kind == "header" and value.hops == 1 and isinstance(below, model.Pointer):
                    return value if value.out else None
                return self._around(value)
            case ir.Index(base):
                below = self._package.resolver.underlying(self._typing.of(base))
                if isinstance(below, model.Map):
                    return None
                return self.place(base) if isinstance(below, model.Array) else self._around(self.value(base))
            case ir.SliceOf(operand):
                below = self._package.resolver.underlying(self._typing.of(operand))
                return self.place(operand) if isinstance(below, model.Array) else self._around(self.value(operand))
        return None

    @staticmethod
    def _around(value: Memory | None) -> Memory | None:
        if value is None:
            return None
        # The address of a map as the language gives it is no way into its memory.
        return value if value.kind == "c" or (value.inside and value.out) else None


def _right(statement: ir.Assign, index: int) -> tuple[ir.Expr, int]:
    """Return what an assignment stores in its target number `index`."""
    if statement.op != "=":
        left = statement.lhs[0]
        return ir.Binary(statement.op[:-1], left, statement.rhs[0], statement.pos, statement.end), 0
    return (statement.rhs[index], 0) if len(statement.rhs) == len(statement.lhs) else (statement.rhs[0], index)


def _may_be_same(left: Type | None, right: Type | None) -> bool:
    return left == right or left is None or right is None or _generic(left) or _generic(right)


def _generic(kind: Type | None) -> bool:
    match kind:
        case model.TypeParameter():
            return True
        case model.Pointer(elem) | model.Slice(elem) | model.Array(elem) | model.Chan(elem):
            return _generic(elem)
        case model.Map(key, value):
            return _generic(key) or _generic(value)
        case model.Named(_, _, args):
            return any(_generic(arg) for arg in args)
    return False


def _method(value: Memory, name: str) -> Memory | None:
    """Return what a method of a reflect.Value of a map, or of a map's address, gives."""
    match name:
        case "Pointer" | "UnsafePointer":
            return value.held()
        case "Interface":
            return value.held()
        case "UnsafeAddr":
            return replace(value, kind="header", hops=value.inner + 1, inner=0)
        case "Addr":
            return replace(value, inner=value.inner + 1)
        case "Elem":
            return replace(value, inner=max(value.inner - 1, 0))
    return None
