"""The types of the values that a package puts into each of its `sync.Map`s: fields by their struct, package variables by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from golint_maps.flow.syncmap_calls import STORED_VALUE, SyncMaps
from golint_maps.flow.traverse import expressions, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type


@dataclass(slots=True)
class Stored:
    """What is put into one map. `complete` is False when values of unknown type may be in it, or when it may be filled elsewhere.

    `by` are the declared functions that do so, themselves or in their literals, as (file, number).
    """

    types: set[Type] = field(default_factory=set)
    complete: bool = True
    by: set[tuple[int, int]] = field(default_factory=set)


def identity(view: View, x: ir.Expr) -> str:
    """Return one name for the map that an expression stands for, whichever object holds it; empty for locals and what has no name."""
    package = view.package.scope
    match x:
        case ir.Name(name) if name in package.variables:
            return name
        case ir.Sel(base, name):
            found = view.package.resolver.field(view.typing.of(base), name)
            if found is not None and isinstance(found.owner, model.Named) and found.owner.package == package.path and not found.owner.args:
                return f"{found.owner.name}.{name}"
    return ""


def stores(package: PackageView) -> dict[str, Stored]:
    """Return what is put into each map, by `identity`. Worked out once for a package, over all of its files."""
    known: dict[str, Stored] | None = package.memo.get(__name__)
    if known is None:
        known = package.memo[__name__] = _collect(package)
    return known


def _collect(package: PackageView) -> dict[str, Stored]:
    table: dict[str, Stored] = {}
    for view in views(package, range(len(package.scope.files))):
        bases: set[int] = set()
        maps = SyncMaps(view)
        for _, call in maps.calls:
            bases.add(id(call.base))
            name = identity(view, call.base)
            if name and call.method in STORED_VALUE:
                stored = table.setdefault(name, Stored())
                stored.by.add((view.file, view.number))
                _put(stored, call.call, STORED_VALUE[call.method], view)
        _let_out(view, bases, table)
    return table


def _put(stored: Stored, call: ir.Call, index: int, view: View) -> None:
    kind = stored_type(call, index, view)
    if kind is None:
        stored.complete = False
    elif kind != model.NIL:
        stored.types.add(kind)


def stored_type(call: ir.Call, index: int, view: View) -> Type | None:
    """Return the type of the value that a call puts into a map; None where that is not known."""
    kind = view.typing.of(call.args[index]) if len(call.args) > index and not call.spread else None
    return kind if kind == model.NIL or (is_concrete(kind, view) and not _uncertain(call.args[index])) else None


def _uncertain(x: ir.Expr) -> bool:
    """Constant arithmetic has the type of the more general operand, which the look at one operand does not tell."""
    return isinstance(x, ir.Binary) and all(isinstance(part, ir.Const | ir.Binary | ir.Unary | ir.Name) for part in subexpressions(x))


def is_concrete(kind: Type | None, view: View) -> bool:
    """Tell whether a type is fully known, and neither an interface nor a type parameter: then it is also the dynamic type."""
    match kind:
        case model.Basic(name):
            return name != "error"
        case model.Named(_, _, args):
            below = view.package.resolver.underlying(kind)
            return below is not None and not isinstance(below, model.Interface) and not args
        case model.Pointer(elem):
            return isinstance(elem, model.Named | model.Basic) and not (isinstance(elem, model.Named) and elem.args)
        case model.Slice(elem):
            return _settled(elem)
        case model.Map(key, value):
            return _settled(key) and _settled(value)
        case model.Chan(elem):
            return _settled(elem)
    return False


def _settled(kind: Type | None) -> bool:
    """Tell whether a type inside of another is known well enough to be compared."""
    match kind:
        case model.Basic():
            return True
        case model.Named(_, _, args):
            return not args
        case model.Pointer(elem) | model.Slice(elem):
            return _settled(elem)
        case model.Map(key, value):
            return _settled(key) and _settled(value)
        case model.Struct(()) | model.Interface(()):
            return True
    return False


def _let_out(view: View, bases: set[int], table: dict[str, Stored]) -> None:
    """Whatever else than a call of its methods is done to a map (its address is passed on, say) may fill it out of sight."""
    for x in other_uses(view, bases):
        table.setdefault(identity(view, x), Stored()).complete = False


def other_uses(view: View, bases: set[int]) -> Iterator[ir.Name | ir.Sel]:
    """Yield the uses of `sync.Map`s that are fields or package variables, but for those in `bases` (by `id`)."""
    names = _map_names(view.package)
    for function in view.functions:
        for x in expressions(function.body or ()):
            if isinstance(x, ir.Name | ir.Sel) and x.name in names and id(x) not in bases:
                kind = view.typing.of(x)
                if (kind.elem if isinstance(kind, model.Pointer) else kind) == model.SYNC_MAP:
                    yield x


def _map_names(package: PackageView) -> frozenset[str]:
    """Return the names that a `sync.Map` may have: of fields, and of package variables of that type or without a written one."""
    known: frozenset[str] | None = package.memo.get(__name__ + " names")
    if known is None:
        names: set[str] = set()
        for file in package.scope.files:
            names.update(variable.name for variable in file.variables if _mentions(variable.type or _made(variable.value)))
            for declared in file.types:
                if isinstance(declared.type, ir.TStruct):
                    names.update(item.name for item in declared.type.fields if _mentions(item.type))
        known = package.memo[__name__ + " names"] = frozenset(names)
    return known


def _made(value: ir.Expr | None) -> ir.TypeExpr | None:
    """Return the type of the literal that initialises a variable."""
    match value:
        case ir.Lit(kind) | ir.Addr(ir.Lit(kind)) | ir.Call(ir.Name("new"), [ir.TypeArg(kind)]):
            return kind
    return None


def _mentions(kind: ir.TypeExpr | None) -> bool:
    return (isinstance(kind, ir.TQual) and kind.name == "Map") or (isinstance(kind, ir.TPtr) and _mentions(kind.elem))
