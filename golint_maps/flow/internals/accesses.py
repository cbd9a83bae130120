"""Where a package takes maps for something else, writes into them, and computes addresses within them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypedDict

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.agreement import agrees, fields_used
from golint_maps.flow.internals.casts import OPAQUE, is_own_type, is_word, misread
from golint_maps.flow.internals.contexts import Contexts, called_name, contexts, declared
from golint_maps.flow.internals.facts import MapInternalsWritten, MapMemoryArithmetic, MapReinterpreted, Reading
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.mirrors import exact, mirror_of, type_name
from golint_maps.flow.internals.sizes import Sizes, integer
from golint_maps.flow.internals.stores import stores
from golint_maps.flow.internals.tables import FIRST_SWISS
from golint_maps.flow.internals.values import Frame
from golint_maps.flow.internals.versions import Versions, for_gc, versions
from golint_maps.flow.maps import extent, place
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell, spell_type
from golint_maps.flow.traverse import expressions, operands, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

Access = MapReinterpreted | MapInternalsWritten | MapMemoryArithmetic

_ATOMIC_WRITES: Final = ("Store", "Add", "Swap", "CompareAndSwap", "And", "Or")
_SMALL_HELPER: Final = 2
"""Statements of a function that does nothing but add to an address."""


class _Common(TypedDict):
    """The fields that all facts of this module have."""

    place: Place
    function: str
    package: str
    map: str
    owner: str
    go: int
    newest: int


@dataclass(slots=True)
class Scan:
    """All functions of a package. `found` is keyed by kind and place, because a function may be looked at in two configurations."""

    package: PackageView
    contexts: Contexts
    found: dict[tuple[str, Place], Access] = field(default_factory=dict)

    def function(self, view: View) -> None:
        """Look at a function."""
        _Look(self, self.contexts.frame(view)).all()


class _Look:
    """One function in one context."""

    def __init__(self, scan: Scan, frame: Frame) -> None:
        self.scan = scan
        self.frame = frame
        self.view = frame.view
        self.package = frame.view.package
        self.seen: Versions = versions(self.view.facts.build, self.view.go)
        self._helper = is_address_helper(self.view.root)
        self.passed_over: set[int] = set()
        """Expressions of the present statement that need no look, by identity."""

    def all(self) -> None:
        """Look at every statement."""
        for statement in self.view.statements:
            self.passed_over = set[int]()
            if isinstance(statement, ir.Assign):
                self._words_moved(statement)
                for target in statement.lhs:
                    if isinstance(target, ir.Local):
                        self.moved_local(statement, target)
                    elif not isinstance(target, ir.Name):
                        self.written(statement, target)
            elif isinstance(statement, ir.Range) and not statement.define:
                for place_of in (statement.key, statement.value):
                    if place_of is not None and not isinstance(place_of, ir.Local | ir.Name):
                        self.written(statement, place_of)
            for operand in operands(statement):
                self.operand(operand)

    def operand(self, operand: ir.Expr) -> None:
        """Look at every expression in an operand. Addresses that are only compared tell nothing but whether two maps are one."""
        addresses: list[ir.Expr] = []
        for x in subexpressions(operand):
            if isinstance(x, ir.Binary) and x.op in ("==", "!="):
                self._pass_over(x.left, x.right)
            if id(x) in self.passed_over:
                continue
            if isinstance(x, ir.Call):
                self.call(x, addresses)
            elif isinstance(x, ir.Binary) and x.op in ("+", "-") and any(x is within for outer in addresses for within in subexpressions(outer)):
                self.sum(x)

    def _words_moved(self, statement: ir.Assign) -> None:
        """A map that is moved as a word, `*(*unsafe.Pointer)(p) = *(*unsafe.Pointer)(q)`, stays the map that it was."""
        if statement.op == "=" and all(isinstance(target, ir.Deref) for target in statement.lhs):
            self._pass_over(*statement.lhs, *statement.rhs)

    def _pass_over(self, *sides: ir.Expr) -> None:
        """Take no notice of conversions of a map to one word, where that word is neither read through nor handed on."""
        for side in sides:
            while isinstance(side, ir.Deref):
                side = side.x
            if isinstance(side, ir.Call) and self._is_word(side):
                self.passed_over.add(id(side))

    def _is_word(self, call: ir.Call) -> bool:
        """Tell whether a call is a conversion to a pointer to a single word."""
        return _may_convert(call.fun) and is_word(self.package, self.view.typing.as_type(call.fun))

    def call(self, call: ir.Call, addresses: list[ir.Expr]) -> None:
        fun, args = call.fun, call.args
        match self._imported(fun):
            case "unsafe", "Pointer":
                addresses += args
                return
            case "unsafe", "Add" | "Slice" | "String" as name if len(args) > 1:
                self.passed_over.add(id(args[0]))  # `(*byte)(p)` is a part of it
                self.arithmetic(call, args[0], "add" if name == "Add" else "slice", args[1])
                return
            case "sync/atomic", name if name.startswith(_ATOMIC_WRITES) and args:
                self.written(call, args[0], atomic=True)
                return
        if isinstance(fun, ir.Sel):
            if fun.name.startswith(_ATOMIC_WRITES) and args:
                self.written_by_method(call, fun.base)
        elif isinstance(fun, ir.Name) and fun.name in ("copy", "clear") and args:
            self.written(call, ir.SliceOf(args[0], [], call.pos, call.end))
            return
        if len(args) == 1 and _may_convert(fun):
            kind = self.view.typing.as_type(fun)
            if kind is not None:
                self.conversion(call, kind)
                return
        if called_name(fun) in self.scan.contexts.calls:
            self.handed_on(call)

    def _imported(self, fun: ir.Expr) -> tuple[str, str]:
        """Return the import path and name of a function of another package."""
        if isinstance(fun, ir.Sel) and isinstance(fun.base, ir.Name):
            return self.view.typing.package_of(fun.base) or "", fun.name
        return "", ""

    def handed_on(self, call: ir.Call) -> None:
        """`add(p, n)` of the package's own is arithmetic where it is called."""
        inner = self.frame.called(call)
        if inner is None or not is_address_helper(inner.view.root):
            return
        value = next((value for value in inner.arguments.values() if value.inside), None)
        if value is not None:
            self._arithmetic(call, value, "add", None)

    # --- conversions ---

    def conversion(self, call: ir.Call, kind: Type) -> None:
        below = self.package.resolver.underlying(kind)
        if not isinstance(below, model.Pointer):
            return
        argument = call.args[0]
        value = self.frame.value(argument)
        if value is None:
            if self._from_unsafe(argument):
                self._by_target(call, kind)
            return
        if value.kind == "interface":
            self._words_of_interface(call, kind, value)
        elif value.kind == "bucket":
            if not value.moved and value.hops == 0:
                self._arithmetic(call, value, "array" if self._is_array(below.elem) else "cast", None, kind)
        elif value.kind == "holder":
            self._holder(call, kind, value)
        elif value.kind == "header" and not value.moved and value.hops >= 0 and not is_own_type(self.package, kind, value):
            if not value.out:
                self._reinterpreted(call, kind, value, "variable" if value.hops else "header")
            elif value.hops == 0 and self._is_array(below.elem):
                self._arithmetic(call, value, "array", None, kind)
            elif value.hops == 0 and value.word and not is_word(self.package, kind):
                # `(*hmap)(*(*unsafe.Pointer)(unsafe.Pointer(&m)))` is one conversion in two steps.
                self.passed_over |= {id(x) for x in subexpressions(argument) if isinstance(x, ir.Call) and self._is_word(x)}
                self._reinterpreted(call, kind, value, "header")

    def _holder(self, call: ir.Call, kind: Type, value: Memory) -> None:
        """`(*[]*hmap)(unsafe.Pointer(&maps))`: what holds maps is taken for what holds something else in their places."""
        seen: Type | None = kind
        for _ in range(value.hops + 1):
            below = self.package.resolver.underlying(seen)
            if not isinstance(below, model.Pointer):
                return
            seen = below.elem
        found = misread(self.package, value.container, seen)
        if found is not None and found[1] is not None:
            within, view = found
            self._reinterpreted(call, model.Pointer(view), replace(value, kind="header", hops=1, map=value.map + within), "variable")

    def _from_unsafe(self, x: ir.Expr) -> bool:
        kind = self.package.resolver.underlying(self.view.typing.of(x))
        return kind == model.UNSAFE_POINTER

    def _by_target(self, call: ir.Call, kind: Type) -> None:
        """A pointer of unknown origin becomes one to a mirror: only the type says that there must be a map."""
        target, hops = kind, -1
        while isinstance(target, model.Pointer) and target.elem is not None:
            target, hops = target.elem, hops + 1
        mirror = mirror_of(self.package, target)
        if mirror is None:
            return
        if mirror.layout.role == "header":
            self._reinterpreted(call, kind, Memory("header", hops), "unknown")
        elif mirror.layout.role == "bucket" and hops == 0:
            self._arithmetic(call, Memory("bucket"), "cast", None, kind)

    def _words_of_interface(self, call: ir.Call, kind: Type, value: Memory) -> None:
        """`(*struct{ typ *maptype; m *hmap })(unsafe.Pointer(&i))`"""
        struct = self.package.resolver.struct(kind)
        for item in struct[1].fields if struct else ():
            mirror = mirror_of(self.package, item.type.elem) if isinstance(item.type, model.Pointer) else None
            if mirror is not None and mirror.layout.role in ("header", "descriptor"):
                self._reinterpreted(call, item.type or kind, value, "interface", mirror.layout.role)
                return

    def _is_array(self, kind: Type | None) -> bool:
        return isinstance(self.package.resolver.underlying(kind), model.Array)

    def _right_for_its_versions(self, kind: Type | None, role: str = "header") -> bool:
        """Tell whether the file is for such releases only as have exactly what it takes the map for."""
        while isinstance(kind, model.Pointer):
            kind = kind.elem
        return self.seen.guarded and (is_word(self.package, kind) or exact(self.package, kind, self.seen, role))

    def _reinterpreted(self, call: ir.Call, kind: Type, value: Memory, source: str, role: str = "header") -> None:
        if self._right_for_its_versions(kind, role):
            return
        view = kind.elem if isinstance(kind, model.Pointer) else kind
        target = view
        for _ in range(value.hops):
            target = target.elem if isinstance(target, model.Pointer) else target
        below = self.package.resolver.underlying(view)
        deep = self.package.resolver.underlying(target)
        pointer = isinstance(below, model.Pointer | model.Map) or below in (model.UNSAFE_POINTER, model.BASIC["uintptr"])
        # A struct around a single pointer is that pointer.
        wrapped = isinstance(below, model.Struct) and len(below.fields) == 1 and isinstance(below.fields[0].type, model.Pointer)
        short = value.hops > 0 and not pointer and not wrapped
        if isinstance(below, model.Map):
            what = "map"
        elif isinstance(deep, model.Struct):
            what = "mirror"
        else:
            what = "word" if pointer_or_word(below) else "other"
        agreed = not short and what == "mirror" and agrees(self.package, target, role, self.seen)
        readings: tuple[Reading, ...] = ()
        if role == "header" and not short and not agreed and isinstance(deep, model.Struct) and target is not None:
            readings = tuple(self._readings(target, deep))
        self._add(
            MapReinterpreted(
                **self._site(call, value),
                view=_written(self.package, target if what == "mirror" else view),
                type=type_name(view),
                source=source,
                target=what,
                short=short,
                agrees=agreed,
                readings=readings,
            )
        )

    def _readings(self, kind: Type, struct: model.Struct) -> Iterator[Reading]:
        """Yield what lies where the fields that the function goes on to use are."""
        used = fields_used(self.view, kind, {item.name for item in struct.fields})
        names = [item.name for item in struct.fields]
        for name, offset in zip(names, Sizes(self.package.resolver).offsets(struct), strict=False):
            if name in used or not used:
                yield self._reading(name, offset, struct.fields[names.index(name)].type)

    def _reading(self, name: str, offset: int, kind: Type | None) -> Reading:
        then, now = self._lies_at(offset, kind)
        return Reading(name, offset, then, now)

    def _lies_at(self, offset: int, kind: Type | None) -> tuple[str, str]:
        size = Sizes(self.package.resolver).size(kind) or 8
        below = self.package.resolver.underlying(kind)
        pointer = not isinstance(below, model.Basic) or below == model.UNSAFE_POINTER
        newest = self.seen.newest
        return (
            tables.describe(offset, size, self.seen.chosen, pointer=pointer),
            tables.describe(offset, size, newest, pointer=pointer) if self.seen.chosen < FIRST_SWISS <= newest else "",
        )

    # --- writes ---

    def written(self, statement: ir.Assign | ir.Range | ir.Call, target: ir.Expr, *, atomic: bool = False) -> None:
        """`h.B = 1`, `*(*uint8)(p) = 1`, `atomic.StoreUint64(&h.used, 0)`."""
        if atomic:
            # What is stored through must itself be an address within the map; that of a map variable is the variable's business.
            memory = self.frame.value(target)
            if memory is None or not (memory.inside and memory.out):
                return
            target = target.x if isinstance(target, ir.Addr) else target
        else:
            memory = self.frame.place(target)
        if memory is None or memory.kind not in ("header", "bucket"):
            return
        self._written(statement, target, memory, atomic=atomic)

    def written_by_method(self, call: ir.Call, base: ir.Expr) -> None:
        """`(*atomic.Uint32)(unsafe.Pointer(&h.hash0)).Store(1)`, `h.used.Add(1)`."""
        kind = self.view.typing.of(base)
        named = kind.elem if isinstance(kind, model.Pointer) else kind
        if not isinstance(named, model.Named) or named.package != "sync/atomic":
            return
        memory = self.frame.value(base) if isinstance(kind, model.Pointer) else self.frame.place(base)
        if memory is not None and memory.inside and memory.out:
            self._written(call, base, memory, atomic=True)

    def _written(self, statement: ir.Assign | ir.Range | ir.Call, target: ir.Expr, memory: Memory, *, atomic: bool) -> None:
        name, then, now = "", "", ""
        top = target
        while isinstance(top, ir.Index):
            top = top.base
        if isinstance(top, ir.Sel):
            name = top.name
            if memory.kind == "header" and memory.hops == 0:
                struct = self.package.resolver.struct(self.view.typing.of(top.base))
                names = [item.name for item in struct[1].fields] if struct else []
                offsets = Sizes(self.package.resolver).offsets(struct[1]) if struct else []
                if struct and name in names and names.index(name) < len(offsets):
                    then, now = self._lies_at(offsets[names.index(name)], struct[1].fields[names.index(name)].type)
        elif memory.kind == "header" and memory.moved and memory.offset > 0:
            then, now = self._lies_at(memory.offset, self.view.typing.of(target))
        self._add(
            MapInternalsWritten(
                **self._site(statement, memory),
                target=spell(target, self.view.variables),
                field=name,
                part=memory.kind,
                atomic=atomic,
                short=memory.hops > 0,
                then=then,
                now=now,
            )
        )

    # --- arithmetic ---

    def arithmetic(self, call: ir.Call, base: ir.Expr, how: str, offset: ir.Expr) -> None:
        """`unsafe.Add(p, n)`, `unsafe.Slice(p, n)`."""
        value = self.frame.value(base)
        if value is not None and value.inside:
            self._arithmetic(call, value, how, offset)

    def sum(self, x: ir.Binary) -> None:
        """`uintptr(p) + n`, where it becomes a pointer again."""
        for base, other in ((x.left, x.right), (x.right, x.left)):
            value = self.frame.value(base)
            if value is not None and value.inside and (x.op == "+" or base is x.left):
                if not (isinstance(base, ir.Binary) and base.op in ("+", "-")):  # else the inner sum is the first
                    self._arithmetic(x, value, "add", other)
                return

    def moved_local(self, statement: ir.Assign, target: ir.Local) -> None:
        """`u := uintptr(p) + n`, `u += n`, where u becomes a pointer again."""
        if statement.op in ("+=", "-=") and statement.rhs:
            others = [x for x, _ in stores(self.view).whole.get(target.id, ()) if not isinstance(x, ir.Binary) or x.left != target]
            value = next((value for x in others if (value := self.frame.value(x)) and value.inside), None)
            if value is not None and target.id in self._become_pointers:
                self._arithmetic(statement, value, "add", statement.rhs[0])
        elif len(statement.rhs) == len(statement.lhs):
            x = statement.rhs[statement.lhs.index(target)]
            if isinstance(x, ir.Binary) and target.id in self._become_pointers:
                for inner in subexpressions(x):
                    if isinstance(inner, ir.Binary) and inner.op in ("+", "-"):
                        self.sum(inner)

    @cached_property
    def _become_pointers(self) -> set[int]:
        """Return the integers that are made pointers somewhere in the function."""
        found = set()
        for function in self.view.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Call) and self._imported(x.fun) == ("unsafe", "Pointer"):
                    found |= {inner.id for arg in x.args for inner in subexpressions(arg) if isinstance(inner, ir.Local)}
        return found

    def _arithmetic(
        self, x: ir.Call | ir.Binary | ir.Assign | ir.Range, value: Memory, how: str, offset: ir.Expr | None, kind: Type | None = None
    ) -> None:
        distance = -1
        known = integer(offset.text) if isinstance(offset, ir.Const) else None
        if known is not None and value.kind == "header" and not value.moved:
            distance = known
        if self._helper or (self.seen.one_kind and self._fits(distance)):
            return
        then, now = self._lies_at(distance, None) if distance > 0 else ("", "")
        what = _written(self.package, kind.elem) if isinstance(kind, model.Pointer) else ""
        swiss = self.seen.chosen >= FIRST_SWISS
        self._add(
            MapMemoryArithmetic(
                **self._site(x, value),
                how=how,
                part=value.kind,
                what=what,
                type=type_name(kind),
                agrees=swiss and value.view is not None and agrees(self.package, value.view, "header", self.seen),
                offset=distance,
                then=then,
                now=now,
            )
        )

    def _fits(self, offset: int) -> bool:
        """Tell whether a field of the header begins at an offset in all builds of the file. What is not known is not held against it."""
        headers = self.seen.layouts("header") or ()
        return offset < 0 or all(any(slot.at[0] == offset for slot in header.fields) for header in headers)

    # --- facts ---

    def _site(self, x: ir.Call | ir.Binary | ir.Assign | ir.Range, value: Memory) -> _Common:
        start, end = (x.pos, x.end) if isinstance(x, ir.Assign) else (x.pos, x.over.pos) if isinstance(x, ir.Range) else extent(x, self.view)
        return {
            "place": place(self.view, start, end),
            "function": self.view.name,
            "package": self.package.scope.path,
            "map": value.map,
            "owner": value.owner,
            "go": self.seen.chosen,
            "newest": self.seen.newest,
        }

    def _add(self, fact: Access) -> None:
        self.scan.found.setdefault((type(fact).__name__, fact.place), fact)


def _written(package: PackageView, kind: Type | None) -> str:
    """Return a type as the package writes it: its own types without its name."""
    if isinstance(kind, model.Pointer):
        return "*" + _written(package, kind.elem)
    own = isinstance(kind, model.Named) and kind.package == package.scope.path
    return kind.name.split("·", maxsplit=1)[0] if own and isinstance(kind, model.Named) else spell_type(kind)


def pointer_or_word(kind: Type | None) -> bool:
    """Tell whether a type is one machine word that can hold an address."""
    return isinstance(kind, model.Pointer) or (isinstance(kind, model.Basic) and kind.name in OPAQUE)


def is_address_helper(function: ir.Function) -> bool:
    """Tell whether a function only adds to an address: such a one is no more guilty than `unsafe.Add`."""
    body = function.body
    if not body or len(body) > _SMALL_HELPER or not isinstance(body[-1], ir.Return) or len(body[-1].values) != 1:
        return False
    result = function.type.results[0] if len(function.type.results) == 1 else None
    if result not in (ir.TQual("unsafe", "Pointer"), ir.TName("uintptr")):
        return False
    return any((isinstance(x, ir.Binary) and x.op in ("+", "^")) or (isinstance(x, ir.Sel) and x.name == "Add") for x in expressions(body))


def _may_convert(fun: ir.Expr) -> bool:
    return isinstance(fun, ir.Deref | ir.TypeArg | ir.Name | ir.Index | ir.Inst)


def accesses(package: PackageView, files: Sequence[int]) -> Iterator[Access]:
    """Yield what the functions of the primary files do with the memory of maps. `files` are those that import unsafe."""
    package.memo["internals targets"] = _cast_targets(package, files)
    scan = Scan(package, contexts(package))
    for file in files:
        if not for_gc(package.scope.files[file].build):
            continue
        for view in declared(package, file):
            scan.function(view)
    primary = {package.paths[file] for file in package.primary}
    yield from sorted((fact for fact in scan.found.values() if fact.place.path in primary), key=lambda fact: (fact.place, type(fact).__name__))


def _cast_targets(package: PackageView, files: Sequence[int]) -> set[Type | None]:
    """Return the mirrors that the package converts pointers to."""
    found: set[Type | None] = set()
    for file in files:
        for view in declared(package, file):
            for inner in view.functions:
                for x in expressions(inner.body or ()):
                    if isinstance(x, ir.Call) and len(x.args) == 1 and isinstance(x.fun, ir.Deref):
                        kind = view.typing.as_type(x.fun)
                        while isinstance(kind, model.Pointer):
                            kind = kind.elem
                        if mirror_of(package, kind) is not None:
                            found.add(kind)
    return found
