"""Maps whose keys or values are too large to be stored in the map itself (GM408)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.keyspace import written_tables
from golint_maps.flow.site import Place, Site
from golint_maps.flow.traverse import expressions, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import spell as spell_type
from golint_maps.types.resolve import Context

LARGEST_INLINE: Final = 128
"""Bytes of a key or value up to which it is stored in the map itself (`abi.MapMaxKeyBytes`, `abi.MapMaxElemBytes`), on all versions."""


class LargeEntry(Site, frozen=True, tag="large-entry"):
    """A map whose `part` (key or value) has `size` bytes on a 64-bit machine. `type` is that of the part."""

    part: str
    type: str
    size: int


def large_entries(package: PackageView) -> Iterator[LargeEntry]:
    """Yield the maps with large keys or values that a package declares: named types, fields and package variables."""
    if not package.thorough:
        return
    scope = package.scope
    filled = _filled(package)
    tables = written_tables(package)
    for number in sorted(package.primary):
        if package.paths[number].endswith("_test.go"):
            continue
        context = Context(scope, number)
        for kind in scope.files[number].types:
            if isinstance(kind.type, ir.TStruct):
                for item in kind.type.fields:
                    if item.name in filled:
                        yield from _declared(package, number, item.type, context, item.name, f"{kind.name}.{item.name}", item.pos)
            elif not kind.alias:
                yield from _declared(package, number, kind.type, context, kind.name, kind.name, kind.pos)
        for variable in scope.files[number].variables:
            written = variable.type or _made(variable.value)
            if written is not None and variable.name in filled and variable.name not in tables:
                yield from _declared(package, number, written, context, variable.name, variable.name, variable.pos)


def _filled(package: PackageView) -> frozenset[str]:
    """Return the names of fields and variables that get entries somewhere in the package. Others are filled by decoders, and read once."""
    found: set[str] = set()
    for file in package.scope.files:
        for function in file.functions:
            for statement in statements(function.body or ()):
                if statement.__class__ is ir.Assign:
                    for target in statement.lhs:
                        base = target.base if target.__class__ is ir.Index else None
                        while isinstance(base, ir.Index):
                            base = base.base
                        if isinstance(base, ir.Sel | ir.Name):
                            found.add(base.name)
    return frozenset(found)


def analyse(view: View) -> Iterator[LargeEntry]:
    """Yield the local maps with large keys or values that a function fills."""
    package = view.package
    if not package.thorough or view.path.endswith("_test.go"):
        return
    filled = {
        target.base.id
        for statement in view.statements
        if statement.__class__ is ir.Assign
        for target in statement.lhs
        if target.__class__ is ir.Index and target.base.__class__ is ir.Local
    }
    for local in sorted(filled):
        variable = view.variables[local]
        found = package.resolver.map(view.typing.local(local)) if variable.kind in ("var", "define") else None
        if found is None or isinstance(view.typing.local(local), model.Named):
            continue
        large = _large(found, package)
        if large is not None and _makes(view, local) and _is_read(view, local):
            yield _fact(package, view.file, view.name, variable.name, f"{view.name}.{variable.name}", variable.pos, large)


def _is_read(view: View, local: int) -> bool:
    """Tell whether a function takes values out of a local map. What only builds a map for its caller copies nothing."""
    targets = {id(target) for statement in view.statements if isinstance(statement, ir.Assign) for target in statement.lhs}
    if any(isinstance(statement, ir.Range) and statement.over == ir.Local(local, getattr(statement.over, "pos", 0)) for statement in view.statements):
        return True
    return any(
        isinstance(x, ir.Index) and isinstance(x.base, ir.Local) and x.base.id == local and id(x) not in targets
        for function in view.functions
        for x in expressions(function.body or ())
    )


def _makes(view: View, local: int) -> bool:
    definition = view.typing.definitions.get(local)
    value = getattr(definition, "value", None)
    return definition is None or (value is not None and _made(value) is not None)


def _declared(package: PackageView, file: int, written: ir.TypeExpr, context: Context, name: str, qualified: str, pos: int) -> Iterator[LargeEntry]:
    for inner in _maps_in(written):
        found = package.resolver.map(package.resolver.resolve(inner, context))
        large = _large(found, package) if found is not None else None
        if large is not None:
            yield _fact(package, file, "", name, qualified, pos, large)
            return


def _maps_in(written: ir.TypeExpr) -> Iterator[ir.TMap]:
    """Yield the map types that stand in a written type."""
    match written:
        case ir.TMap(_, value):
            yield written
            yield from _maps_in(value)
        case ir.TPtr(elem) | ir.TSlice(elem) | ir.TArray(elem) | ir.TChan(elem):
            yield from _maps_in(elem)


def _large(found: model.Map, package: PackageView) -> tuple[str, model.Type, int] | None:
    """Return (part, type, size) of the larger part of a map's entries that does not fit, or None."""
    sizes = package.memo.get(__name__)
    if sizes is None:
        sizes = package.memo[__name__] = Sizes(package.resolver, constants=_constants(package))
    measured = [(sizes.size(kind) or 0, part, kind) for part, kind in (("value", found.value), ("key", found.key)) if kind is not None]
    size, part, kind = max(measured, key=lambda item: item[0], default=(0, "", model.INT))
    return (part, kind, size) if size > LARGEST_INLINE else None


def _constants(package: PackageView) -> dict[str, int]:
    """Return the values of the package's constants that are written as one number."""
    found: dict[str, int] = {}
    for name, declared in package.scope.constants.items():
        value = declared.node.value
        if isinstance(value, ir.Const) and value.kind == "int":
            try:
                found[name] = int(value.text, 0)
            except ValueError:
                continue
    return found


def _made(value: ir.Expr | None) -> ir.TypeExpr | None:
    """Return the type of the map that an expression makes."""
    match value:
        case ir.Lit(kind) | ir.Call(ir.Name("make"), [ir.TypeArg(kind), *_]):
            return kind if isinstance(kind, ir.TMap) else None
    return None


def _fact(package: PackageView, file: int, function: str, name: str, qualified: str, pos: int, large: tuple[str, model.Type, int]) -> LargeEntry:
    part, kind, size = large
    return LargeEntry(
        place=Place(package.paths[file], pos, pos + len(name.encode())),
        function=function,
        package=package.scope.path,
        map=name,
        owner=f"{package.scope.name}.{qualified}",
        part=part,
        type=spell_type(kind),
        size=size,
    )
