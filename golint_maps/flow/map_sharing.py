"""Maps that go by two names: a field is given the map, or a pointer to the map, of another variable or field."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.identity import Names
from golint_maps.flow.literals import field_name
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, paired
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model


class MapShared(Site, frozen=True, kw_only=True, tag="map-shared"):
    """The field `identity` holds the map that `source` names."""

    identity: str
    source: str


def analyse(view: View) -> Iterator[MapShared]:
    """Yield the fields that a function gives somebody else's map: in composite literals, and by assigning a parameter."""
    fields = _map_fields(view.package)
    if not fields:
        return
    names = Names(view)
    for function in view.functions:
        for x in each(function.body or (), ir.Lit):
            for element in x.elements:
                name = field_name(element, view.variables)
                if name in fields and _names_a_map(view, element.value):
                    yield from _shared(view, names, view.typing.of(x), name, element.value, x)
        for assign in each(function.body or (), ir.Assign):
            for target, value in paired(assign):
                # A constructor may fill in its object later: `r := &Router{}; r.store = store`.
                if isinstance(target, ir.Sel) and target.name in fields and isinstance(value, ir.Local) and _names_a_map(view, value):
                    yield from _shared(view, names, view.typing.of(target.base), target.name, value, assign)


def _shared(view: View, names: Names, kind: model.Type | None, field: str, value: ir.Expr, at: ir.Lit | ir.Assign) -> Iterator[MapShared]:
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    source = names.identity(value)
    if source and isinstance(kind, model.Named):
        yield MapShared(
            place=Place(view.path, at.pos, at.end),
            function=view.name,
            package=view.package.scope.path,
            map=spell(value, view.variables),
            identity=f"f{kind.package}.{kind.name}.{field}",
            source=source,
        )


def _map_fields(package: PackageView) -> frozenset[str]:
    """Return the names of fields that are maps, or point to one, as far as their own declaration shows."""
    found = package.memo.get(__name__)
    if found is None:
        found = package.memo[__name__] = frozenset(
            field.name
            for file in package.scope.files
            for declared in file.types
            if isinstance(declared.type, ir.TStruct)
            for field in declared.type.fields
            if _is_map(field.type)
        )
    assert isinstance(found, frozenset)
    return found


def _is_map(kind: ir.TypeExpr) -> bool:
    match kind:
        case ir.TMap() | ir.TPtr(ir.TMap()) | ir.TPtr(ir.TQual("sync", "Map")):
            return True
    return False


def _names_a_map(view: View, x: ir.Expr) -> bool:
    match x:
        case ir.Addr(ir.Sel() | ir.Name() | ir.Local()) | ir.Sel():
            pass
        case ir.Name(name):
            return name in view.package.scope.variables
        case ir.Local(number):
            return view.variables[number].kind in ("param", "receiver")
        case _:
            return False
    kind = view.typing.of(x)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return kind == model.SYNC_MAP or view.package.resolver.map(kind) is not None
