"""Maps, and pointers that maps hold, on their way to C.

The rules are those of the cgo documentation ("Passing pointers"): C may be given a Go pointer for the time of a call if the memory behind it
holds no Go pointers; memory of C never holds Go pointers. A map is made of Go pointers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.internals.casts import is_map
from golint_maps.flow.internals.contexts import contexts, declared
from golint_maps.flow.internals.facts import MapCrossesCgo
from golint_maps.flow.internals.go_pointers import holds_pointers, is_go, map_field
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.internals.stores import part, stores
from golint_maps.flow.internals.values import Frame
from golint_maps.flow.maps import extent, place
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import expressions, operands, paired, statements, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 6
_EXPORT: Final = "//export "
_GIVES_BACK: Final = frozenset(("free", "realloc", "reallocarray", "munmap"))
"""Functions of C that only ever take memory of C."""


def crossings(package: PackageView, file: int) -> Iterator[MapCrossesCgo]:
    """Yield the places of a file that imports C where a map goes to C, or is taken from it."""
    for view in declared(package, file):
        if any(line.startswith(_EXPORT) for line in view.root.directives):
            frame = Frame(view)
            yield from _callback(frame)
            yield from _results(frame)
        else:
            frame = contexts(package).frame(view, every=False)
        yield from _calls(frame)
        yield from _stores(frame)


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
    holder = _map_of(frame, inner)
    if holder is not None:
        kind = typing.of(inner)
        pointers = isinstance(kind, model.Pointer) and holds_pointers(package, kind.elem)
        return ("value", spell(holder, frame.view.variables), "") if pointers else None
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
            for view in declared(package, file):
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
            held = stores(frame.view).whole.get(x.id, ())
            if len(held) != 1 or held[0][1] or not isinstance(held[0][0], ir.Call | ir.Index | ir.Addr):
                return x
            x = held[0][0]
        else:
            break
    return x if isinstance(x, ir.Index | ir.Addr | ir.Local | ir.Sel) else None


def _converts(view: View, call: ir.Call) -> bool:
    return isinstance(call.fun, ir.Deref | ir.TypeArg) or view.typing.as_type(call.fun) is not None or _is_c_call(view, call)


def _stores(frame: Frame) -> Iterator[MapCrossesCgo]:
    view = frame.view
    for statement in view.statements:
        if isinstance(statement, ir.Assign) and statement.op == "=":
            for target, value in paired(statement):
                yield from _store(frame, statement, target, value)
        for operand in operands(statement):
            for x in subexpressions(operand):
                if isinstance(x, ir.Lit) and isinstance(x.type, ir.TQual) and x.type.package == "C":
                    yield from _literal(frame, x)


def _store(frame: Frame, statement: ir.Assign, target: ir.Expr, value: ir.Expr) -> Iterator[MapCrossesCgo]:
    if isinstance(target, ir.Local | ir.Name) or (isinstance(value, ir.Name) and frame.view.typing.of(value) == model.NIL):
        return
    memory = frame.place(target)
    in_c = memory is not None and memory.kind == "c"
    if in_c or _field_of_c(frame.view, target):
        what = _stored(frame, target, value, in_c=in_c)
        if what is not None:
            # A struct of C's that a Go variable holds is Go memory.
            root = part(target)
            ours = not in_c and root is not None and not _behind_pointer(frame.view, target)
            yield _fact(frame.view, statement, "held" if ours else "stored", what, spell(target, frame.view.variables))


def _behind_pointer(view: View, x: ir.Expr) -> bool:
    """Tell whether a place lies behind a pointer, so that nobody knows whose memory it is."""
    while isinstance(x, ir.Sel | ir.Index):
        if isinstance(view.package.resolver.underlying(view.typing.of(x.base)), model.Pointer):
            return True
        x = x.base
    return not isinstance(x, ir.Local)


def _literal(frame: Frame, x: ir.Lit) -> Iterator[MapCrossesCgo]:
    """`C.struct_node{data: unsafe.Pointer(&m)}`"""
    for element in x.elements:
        memory = frame.value(element.value)
        if memory is not None and memory.kind in ("header", "bucket"):
            what = "map" if memory.hops == 0 else "pointer", memory.map, memory.owner
            name = f"C.{x.type.name}" if isinstance(x.type, ir.TQual) else "C"
            yield _fact(frame.view, x, "held", what, name)
            return


def _results(frame: Frame) -> Iterator[MapCrossesCgo]:
    """An exported function returns a map, its address, or a Go pointer out of it."""
    for statement in statements(frame.view.root.body or ()):
        for x in statement.values if isinstance(statement, ir.Return) else ():
            memory = frame.value(x)
            what: tuple[str, str, str] | None = None
            if memory is not None and memory.kind in ("header", "bucket", "interface"):
                what = "map" if memory.hops == 0 else "pointer", memory.map, memory.owner
            else:
                what = _go_value(frame, x)
            if what is not None:
                yield _fact(frame.view, x, "result", what, frame.view.root.name)
                break


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
    return _go_value(frame, value)


def _go_value(frame: Frame, x: ir.Expr) -> tuple[str, str, str] | None:
    """Return a Go pointer out of a map, whatever it points to."""
    inner = _unwrapped(frame, x)
    holder = _map_of(frame, inner) if inner is not None else None
    held = frame.view.typing.of(inner)
    return ("value", spell(holder, frame.view.variables), "") if holder is not None and isinstance(held, model.Pointer) and is_go(held.elem) else None


def _map_of(frame: Frame, x: ir.Expr) -> ir.Expr | None:
    """Return the map that a value, or a key, was taken from: `m[k]`, or the variables of `for k, v := range m`."""
    view = frame.view
    source: ir.Expr | None = None
    if isinstance(x, ir.Index):
        source = x.base
    elif isinstance(x, ir.Local) and isinstance(definition := view.typing.definitions.get(x.id), FromRange):
        source = definition.over
    return source if is_map(view.package, view.typing.of(source)) else None


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
                    todo += [store for store, _ in stores(frame.view).whole.get(inner.id, ())]
    return False


def _fact(view: View, x: ir.Expr | ir.Assign, how: str, what: tuple[str, str, str], target: str) -> MapCrossesCgo:
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
