"""Calls of `sync.Map`'s methods, also through embedding, and who else may be at the map at that time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from golint_maps.flow.annotations import requirements
from golint_maps.flow.maps import qualified
from golint_maps.flow.paths import Path
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

METHODS: Final = frozenset(
    ("Load", "Store", "Delete", "Range", "LoadOrStore", "LoadAndDelete", "Swap", "CompareAndSwap", "CompareAndDelete", "Clear"),
)
STORED_VALUE: Final = {"Store": 1, "LoadOrStore": 1, "Swap": 1, "CompareAndSwap": 2}
"""Methods that put a value in, and which of their arguments it is."""

_ONE_AT_A_TIME: Final = frozenset(("Do", "DoChan", "OnceFunc", "OnceValue", "OnceValues"))
_SETTING_UP: Final = re.compile(r"(?:[iI]nit(?:iali[sz]e)?|[sS]et[uU]p|[nN]ew|[mM]ake|[cC]reate|[bB]uild)(?![a-z])")
_SHAPE: Final = (("LoadOrStore", 2, 2), ("Load", 1, 2), ("Store", 2, 0))
"""Methods, with the numbers of their parameters and results, that say of a type that it is a map for many goroutines."""
_LOCAL: Final = re.compile(r"\bl\d+\b")


@dataclass(frozen=True, slots=True)
class MapCall:
    """One call of a method of `sync.Map`, or of a type like it.

    `base` is the expression before the method, `path` the map's access path, if it has one.
    """

    method: str
    base: ir.Expr
    path: Path | None
    call: ir.Call
    embedded: tuple[str, ...]

    @property
    def key(self) -> ir.Expr | None:
        """The key, for the methods that have one."""
        return self.call.args[0] if self.call.args and self.method != "Range" else None

    @property
    def pos(self) -> int:
        """Where the call starts."""
        return self.call.pos


def map_call(x: ir.Expr, view: View) -> MapCall | None:
    """Return what a call does to a `sync.Map`, or None when it is no such call."""
    if not isinstance(x, ir.Call) or not isinstance(x.fun, ir.Sel) or x.fun.name not in METHODS:
        return None
    base = x.fun.base
    if view.typing.package_of(base) is not None:
        return None
    found = view.package.resolver.method(view.typing.of(base), x.fun.name)
    if found is None or found.receiver != model.SYNC_MAP:
        return None
    path = view.paths.of(base)
    return MapCall(x.fun.name, base, None if path is None else (*path, *found.path), x, found.path)


def alike_call(x: ir.Expr, view: View) -> MapCall | None:
    """Return what a call does to a map of another type with the methods of `sync.Map`: a wrapper with types, or an implementation of its own."""
    if not isinstance(x, ir.Call) or not isinstance(x.fun, ir.Sel) or x.fun.name not in METHODS or view.typing.package_of(x.fun.base) is not None:
        return None
    resolver = view.package.resolver
    kind = view.typing.of(x.fun.base)
    for name, params, results in _SHAPE:
        method = resolver.method(kind, name)
        if method is None or (len(method.signature.params), len(method.signature.results)) != (params, results):
            return None
    found = resolver.method(kind, x.fun.name)
    if found is None or found.receiver == model.SYNC_MAP:
        return None
    path = view.paths.of(x.fun.base)
    return MapCall(x.fun.name, x.fun.base, None if path is None else (*path, *found.path), x, found.path)


def range_call(loop: ir.Range, view: View) -> MapCall | None:
    """Return the call of Range that the clause `range m.Range` makes, or None when a loop walks over something else."""
    over = loop.over
    return map_call(ir.Call(over, [], over.pos, over.end), view) if isinstance(over, ir.Sel) and over.name == "Range" else None


def locals_in(path: Path, key: str) -> frozenset[int]:
    """Return the locals that an access path and the text of a key depend on."""
    return frozenset(int(name[1:]) for name in _LOCAL.findall(" ".join((*path, key))))


def spelled_map(call: MapCall, view: View) -> str:
    """Return the map as the programmer wrote it."""
    return spell(call.base, view.variables)


def owner_of(call: MapCall, view: View) -> str:
    """Return the qualified name of the map."""
    name = qualified(view, call.base)
    return ".".join((name, *call.embedded)) if name else ""


def place_of(call: ir.Call, view: View) -> Place:
    """Return the place of a call."""
    return Place(view.path, call.pos, call.end)


class SyncMaps:
    """What one function and its literals do to `sync.Map`s, found in one walk over their expressions."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.calls: list[tuple[int, MapCall]] = []
        """Each with the number of the function or literal that it stands in."""
        self.alike: list[tuple[int, MapCall]] = []
        """The same, of other types with the methods of `sync.Map`."""
        self.callers: dict[int, ir.Call] = {}
        """The calls that literals are arguments of, by the literal's number."""
        self.concerned = _concerned(view)
        """Whether the package can have to do with a `sync.Map` at all."""
        if not self.concerned:
            return
        suspects: list[tuple[int, ir.Call]] = []
        for number in view.family:
            for x in each(view.facts.functions[number].body or (), ir.Call):
                if x.fun.__class__ is ir.Sel and x.fun.name in METHODS:
                    suspects.append((number, x))
                for arg in x.args:
                    if (literal := view.literal(arg)) is not None:
                        self.callers[literal] = x
        for number, call in suspects:
            found = map_call(call, view)
            if found is not None:
                self.calls.append((number, found))
            elif (like := alike_call(call, view)) is not None:
                self.alike.append((number, like))

    @cached_property
    def spawned(self) -> frozenset[int]:
        """Literals that `go` starts."""
        return frozenset(
            statement.call.fun.function
            for statement in self.view.statements
            if isinstance(statement, ir.Go) and isinstance(statement.call, ir.Call) and isinstance(statement.call.fun, ir.FuncLit)
        )

    @cached_property
    def captured(self) -> frozenset[int]:
        """Locals that some literal captures."""
        return frozenset(number for function in self.view.functions for number in function.captures)

    @cached_property
    def one_at_a_time(self) -> frozenset[int]:
        """Functions and literals that surely, or by what they are called, run under a lock, a `sync.Once` or singleflight, or before all others."""
        view = self.view
        found: set[int] = set()
        for number in sorted(view.family, key=lambda number: _depth(view, number)):
            function = view.facts.functions[number]
            if function.parent < 0:
                first = function.receiver_type is None and function.name in ("init", "var·")
                if first or function.name.endswith("Locked") or function.name.startswith("locked") or requirements(function, view.package):
                    found.add(number)
            elif (function.parent in found and number not in self.spawned) or (number in self.callers and self._serialises(self.callers[number])):
                found.add(number)
        return frozenset(found)

    def _serialises(self, call: ir.Call) -> bool:
        """Tell whether a function runs its argument once, or while nobody else runs it."""
        match call.fun:
            case ir.Sel(base, "Do" | "DoChan"):
                kind = self.view.typing.of(base)
                kind = kind.elem if isinstance(kind, model.Pointer) else kind
                if not isinstance(kind, model.Named):
                    return kind is None
                if (kind.package, kind.name) == ("sync", "Once") or "singleflight" in kind.package or "nce" in kind.name:
                    return True
                # `Do(key, f)` of any other type is taken for one of its kind.
                return len(call.args) == 2 and isinstance(self.view.package.resolver.underlying(self.view.typing.of(call.args[0])), model.Basic)
            case ir.Sel(_, name) | ir.Name(name):
                return name in _ONE_AT_A_TIME or "lock" in name.lower() or "once" in name.lower()
        return False

    def private(self, path: Path, number: int) -> bool:
        """Tell whether only function `number` can be at the map, because it made what holds it and nothing else captures that."""
        root = path[0]
        if root[0] != "l":
            return False
        local = int(root[1:])
        return self.view.variables[local].function == number and local not in self.captured and is_fresh(local, self.view)


def is_fresh(local: int, view: View) -> bool:
    """Tell whether a local is, or points to, an object that its function has made itself."""
    variable = view.variables[local]
    if variable.kind not in ("var", "define", "result"):
        return False
    definition = view.typing.definitions.get(local)
    if definition is None:
        return not isinstance(view.package.resolver.underlying(view.typing.local(local)), model.Pointer)
    if not isinstance(definition, FromValue) or view.assignments[local]:
        return False
    return makes_object(definition.value)


def makes_object(value: ir.Expr) -> bool:
    """Tell whether an expression makes a new object: a literal, `new`, or a function that is called a constructor."""
    match value:
        case ir.Lit() | ir.Addr(ir.Lit()):
            return True
        case ir.Call(ir.Name(name)) | ir.Call(ir.Sel(_, name)) | ir.Call(ir.Index(ir.Name(name))) | ir.Call(ir.Index(ir.Sel(_, name))):
            return is_constructor(name)
    return False


def is_constructor(name: str) -> bool:
    """Tell whether a function's name says that it makes or initialises an object: `New`, `newCache`, `Init`, `setup`."""
    return name == "new" or _SETTING_UP.match(name) is not None


def stands_for(key: ir.Expr, view: View) -> int | None:
    """Return the local that a key is, through assertions, conversions and locals that are set once."""
    for _ in range(8):
        match key:
            case ir.Local(number):
                definition = view.typing.definitions.get(number)
                if not isinstance(definition, FromValue) or view.assignments[number] or definition.index:
                    return number
                key = definition.value
            case ir.Assert(operand):
                key = operand
            case _:
                return None
    return None


def _depth(view: View, number: int) -> int:
    depth = 0
    while view.facts.functions[number].parent >= 0:
        number = view.facts.functions[number].parent
        depth += 1
    return depth


def _concerned(view: View) -> bool:
    """Tell whether the package can have to do with a `sync.Map` at all: some file imports `sync`, or a package that is not of the library."""
    known = view.package.memo.get(__name__)
    if known is None:
        known = view.package.memo[__name__] = any(
            item.path in ("sync", "expvar") or "." in item.path.split("/", 1)[0] for file in view.package.scope.files for item in file.imports
        )
    return bool(known)
