"""Maps, and pointers that maps hold, on their way to C.

The rules are those of the cgo documentation ("Passing pointers"): C may be given a Go pointer for the time of a call if the memory behind it
holds no Go pointers; memory of C never holds Go pointers. A map is made of Go pointers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.internals.facts import MapCrossesCgo
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.internals.values import Frame, view_of
from golint_maps.flow.maps import extent, place
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import expressions, operands, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 6
_EXPORT: Final = "//export "
_GIVES_BACK: Final = frozenset(("free", "realloc", "reallocarray", "munmap"))
"""Functions of C that only ever take memory of C."""


def crossings(package: PackageView, file: int) -> Iterator[MapCrossesCgo]:
    """Yield the places of a file that imports C where a map goes to C, or is taken from it."""
    for number, function in enumerate(package.scope.files[file].functions):
        view = view_of(package, file, number) if function.parent < 0 else None
        if view is not None:
            frame = Frame(view)
            yield from _calls(frame)
            yield from _stores(frame)
            if any(line.startswith(_EXPORT) for line in function.directives):
                yield from _callback(frame)


def _calls(frame: Frame) -> Iterator[MapCrossesCgo]:
    view = frame.view
    pinned = _pins(view)
    for statement in view.statements:
        for operand in operands(statement):
            reported: list[ir.Call] = []
            for x in subexpressions(operand):
                if not isinstance(x, ir.Call) or not _is_c_call(view, x) or any(outer.pos <= x.pos and x.end <= outer.end for outer in reported):
                    continue
                if isinstance(x.fun, ir.Sel) and x.fun.name in _GIVES_BACK:
                    continue
                for argument in x.args:
                    what = _given(frame, argument)
                    if what is None or (pinned and what[0] == "value"):
                        continue
                    reported.append(x)
                    yield _fact(view, x, "argument", what, spell(x.fun, view.variables))
                    break


def _is_c_call(view: View, x: ir.Expr) -> bool:
    return isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and view.typing.package_of(x.fun.base) == "C"


def _pins(view: View) -> bool:
    """Tell whether the function pins what it hands over (runtime.Pinner, Go 1.21)."""
    return any(isinstance(x, ir.Sel) and x.name == "Pin" for function in view.functions for x in expressions(function.body or ()))


def _given(frame: Frame, x: ir.Expr) -> tuple[str, str, str] | None:
    """Return (what, map, its qualified name) of an argument that leads C to a map; None for all others."""
    value = frame.value(x)
    if value is not None and value.kind in ("header", "bucket", "interface", "reflect"):
        return "map" if value.hops == 0 else "pointer", value.map, value.owner
    inner = _unwrapped(frame, x)
    if inner is None:
        return None
    package, typing = frame.view.package, frame.view.typing
    if isinstance(inner, ir.Index) and isinstance(package.resolver.underlying(typing.of(inner.base)), model.Map):
        kind = typing.of(inner)
        if isinstance(kind, model.Pointer) and holds_pointers(package, kind.elem):
            return "value", spell(inner.base, frame.view.variables), ""
        return None
    kind = typing.of(inner.x) if isinstance(inner, ir.Addr) else typing.of(inner)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind if isinstance(inner, ir.Addr) else None
    field = "" if kind in _made_by_c(package) else map_field(package, kind)
    return ("holder", f"{spell(inner.x if isinstance(inner, ir.Addr) else inner, frame.view.variables)}.{field}", "") if field else None


def _made_by_c(package: PackageView) -> set[Type | None]:
    """Return the types of the package that memory of C is taken for."""
    memo: set[Type | None] | None = package.memo.get("internals c types")
    if memo is None:
        memo = package.memo["internals c types"] = set()
        for file, facts in enumerate(package.scope.files):
            if not any(item.path == "C" for item in facts.imports):
                continue
            for number, function in enumerate(facts.functions):
                view = view_of(package, file, number) if function.parent < 0 else None
                if view is not None:
                    memo |= _taken_from_c(Frame(view))
    return memo


def _taken_from_c(frame: Frame) -> set[Type | None]:
    found: set[Type | None] = set()
    for function in frame.view.functions:
        for x in expressions(function.body or ()):
            if isinstance(x, ir.Call) and isinstance(x.fun, ir.Deref) and len(x.args) == 1:
                value = frame.value(x.args[0])
                kind = frame.view.typing.as_type(x.fun)
                if value is not None and value.kind == "c" and isinstance(kind, model.Pointer):
                    found.add(kind.elem)
    return found


def _unwrapped(frame: Frame, x: ir.Expr) -> ir.Expr | None:
    """Return the Go pointer inside of conversions: `(*C.char)(unsafe.Pointer(p))` is about `p`; local variables are followed one step."""
    seen = 0
    while seen < _MAX_DEPTH:
        seen += 1
        if isinstance(x, ir.Call) and len(x.args) == 1 and _converts(frame.view, x):
            x = x.args[0]
        elif isinstance(x, ir.Local):
            stores = frame.stores(x.id)
            if len(stores) != 1 or stores[0][1] or not isinstance(stores[0][0], ir.Call | ir.Index | ir.Addr):
                return x
            x = stores[0][0]
        else:
            break
    return x if isinstance(x, ir.Index | ir.Addr | ir.Local | ir.Sel) else None


def _converts(view: View, call: ir.Call) -> bool:
    return isinstance(call.fun, ir.Deref | ir.TypeArg) or view.typing.as_type(call.fun) is not None or _is_c_call(view, call)


def _stores(frame: Frame) -> Iterator[MapCrossesCgo]:
    view = frame.view
    for statement in view.statements:
        if not isinstance(statement, ir.Assign) or statement.op != "=" or len(statement.lhs) != len(statement.rhs):
            continue
        for target, value in zip(statement.lhs, statement.rhs, strict=True):
            if isinstance(target, ir.Local | ir.Name):
                continue
            memory = frame.place(target)
            in_c = memory is not None and memory.kind == "c"
            if not in_c and not _field_of_c(view, target):
                continue
            what = _stored(frame, target, value, in_c=in_c)
            if what is not None:
                yield _fact(view, statement, "stored", what, spell(target, view.variables))


def _stored(frame: Frame, target: ir.Expr, value: ir.Expr, *, in_c: bool) -> tuple[str, str, str] | None:
    package, typing = frame.view.package, frame.view.typing
    name = spell(target, frame.view.variables)
    if isinstance(package.resolver.underlying(typing.of(target)), model.Map):
        return "map", name, ""
    kind = typing.of(target)
    field = map_field(package, kind) if not isinstance(package.resolver.underlying(kind), model.Pointer) else ""
    if in_c and field and isinstance(value, ir.Lit) and any(isinstance(item.key, ir.Name) and item.key.name == field for item in value.elements):
        return "map", f"{name}.{field}", ""
    memory = frame.value(value)
    if memory is not None and memory.kind in ("header", "bucket"):
        return "map" if memory.hops == 0 else "pointer", memory.map, memory.owner
    inner = _unwrapped(frame, value)
    if isinstance(inner, ir.Index) and isinstance(package.resolver.underlying(typing.of(inner.base)), model.Map):
        held = typing.of(inner)
        if isinstance(held, model.Pointer) and _is_go(held.elem):
            return "value", spell(inner.base, frame.view.variables), ""
    return None


def _field_of_c(view: View, x: ir.Expr) -> bool:
    """Tell whether a place is a field of a struct of C: `s.data` with `var s C.struct_node`."""
    while isinstance(x, ir.Index):
        x = x.base
    if not isinstance(x, ir.Sel):
        return False
    kind = view.typing.of(x.base)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return isinstance(kind, model.Named) and kind.package == "C"


def _callback(frame: Frame) -> Iterator[MapCrossesCgo]:
    """An exported function makes a map, or the inside of one, of an address that C gives it."""
    view = frame.view
    name = view.root.name
    for function in view.functions:
        for x in expressions(function.body or ()):
            if not isinstance(x, ir.Call) or len(x.args) != 1 or not isinstance(x.fun, ir.Deref):
                continue
            kind = view.typing.as_type(x.fun)
            target = kind
            while isinstance(target, model.Pointer):
                target = target.elem
            mirror = mirror_of(view.package, target)
            is_map = isinstance(view.package.resolver.underlying(target), model.Map)
            if (is_map or (mirror and mirror.layout.role in ("header", "bucket"))) and _from_parameter(frame, x.args[0]):
                yield _fact(view, x, "callback", ("map", spell(x.args[0], view.variables), ""), name)


def _from_parameter(frame: Frame, x: ir.Expr) -> bool:
    parameters = set(frame.view.root.params)
    todo, seen = [x], set[int]()
    while todo:
        for inner in subexpressions(todo.pop()):
            if isinstance(inner, ir.Local):
                if inner.id in parameters:
                    return True
                if inner.id not in seen:
                    seen.add(inner.id)
                    todo += [store for store, _ in frame.stores(inner.id)]
    return False


# --- types ---


def map_field(package: PackageView, kind: Type | None, depth: int = 0) -> str:
    """Return the first map field of a Go struct, those of structs inside of it too; empty when there is none."""
    below = package.resolver.underlying(kind)
    if depth < _MAX_DEPTH and isinstance(below, model.Struct) and _is_go(kind):
        for field in below.fields:
            if isinstance(package.resolver.underlying(field.type), model.Map):
                return field.name
            inner = map_field(package, field.type, depth + 1)
            if inner:
                return f"{field.name}.{inner}"
    return ""


def holds_pointers(package: PackageView, kind: Type | None, depth: int = 0) -> bool:
    """Tell whether memory of a Go type surely holds Go pointers."""
    below = package.resolver.underlying(kind)
    if not _is_go(kind) or depth > _MAX_DEPTH:
        return False
    match below:
        case model.Map() | model.Slice() | model.Chan() | model.Signature() | model.Interface():
            return True
        case model.Basic(name):
            return name == "string"
        case model.Pointer(elem):
            return elem is not None and _is_go(elem)
        case model.Array(elem):
            return holds_pointers(package, elem, depth + 1)
        case model.Struct(fields):
            return any(holds_pointers(package, field.type, depth + 1) for field in fields)
    return False


def _is_go(kind: Type | None) -> bool:
    return kind is not None and not (isinstance(kind, model.Named) and kind.package == "C")


def _fact(view: View, x: ir.Call | ir.Assign, how: str, what: tuple[str, str, str], target: str) -> MapCrossesCgo:
    start, end = (x.pos, x.end) if isinstance(x, ir.Assign) else extent(x, view)
    return MapCrossesCgo(
        place=place(view, start, end),
        function=view.name,
        package=view.package.scope.path,
        map=what[1],
        owner=what[2],
        how=how,
        what=what[0],
        target=target,
        go=view.go[1],
    )
