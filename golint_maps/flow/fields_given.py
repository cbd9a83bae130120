"""Which map fields of other packages' structs a package gives a map: those packages alone cannot tell that anything makes them."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.callees import in_module
from golint_maps.flow.literals import elided_types, field_name
from golint_maps.flow.traverse import each, is_nil
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_NO_MAP = (ir.Const, ir.FuncLit, ir.Binary, ir.Unary, ir.Addr)
"""What is no map, whatever its type."""


def fields_given(view: View) -> Iterator[str]:
    """Yield the fields, as `path.Type.field`, that a function stores something to, has in a composite literal, or takes the address of.

    Whoever embeds the struct of another package names its fields as if they were its own: `p.Notes` is `meta.Info.Notes`.
    """
    if not _imports_others(view.package):
        return
    for function in view.functions:
        body = function.body or ()
        for assign in each(body, ir.Assign):
            values = assign.rhs if len(assign.lhs) == len(assign.rhs) else [None] * len(assign.lhs)
            for x, value in zip(assign.lhs, values, strict=True):
                if x.__class__ is ir.Sel and not isinstance(value, _NO_MAP) and not is_nil(value):
                    yield from _field(view, x)
        for address in each(body, ir.Addr):
            if address.x.__class__ is ir.Sel:
                yield from _field(view, address.x)
        literals = list(each(body, ir.Lit))
        elided = elided_types(literals)
        for literal in literals:
            kind = literal.type or elided.get(id(literal))
            kind = kind.base if isinstance(kind, ir.TInst) else kind
            if literal.elements and isinstance(kind, ir.TQual | ir.TName):
                yield from _fields(view, literal, view.package.resolver.resolve(kind, view.typing.context))


def _imports_others(package: PackageView) -> bool:
    """Tell whether a package imports others whose source may be in the run."""
    known: bool | None = package.memo.get(__name__)
    if known is None:
        known = package.memo[__name__] = any(in_module(f"{item.path}.") for file in package.scope.files for item in file.imports)
    return known


def _field(view: View, x: ir.Sel) -> Iterator[str]:
    if x.name[:1].isupper() and view.typing.package_of(x.base) is None:
        found = view.package.resolver.field(view.typing.of(x.base), x.name)
        if found is not None and _is_map_of_others(view, found.owner, found.type):
            assert isinstance(found.owner, model.Named)
            yield f"{found.owner.package}.{found.owner.name}.{x.name}"


def _fields(view: View, literal: ir.Lit, kind: Type | None) -> Iterator[str]:
    """Yield the map fields that a composite literal of another package's struct gives a value."""
    struct = view.package.resolver.struct(kind) if isinstance(kind, model.Named) and kind.package != view.package.scope.path else None
    for index, element in enumerate(literal.elements if struct is not None else ()):
        assert struct is not None
        if isinstance(element.value, _NO_MAP) or is_nil(element.value):
            continue
        name = field_name(element, view.variables)
        field = next((field for number, field in enumerate(struct[1].fields) if (field.name == name if name else number == index)), None)
        if field is not None and _is_map_of_others(view, struct[0], field.type):
            assert isinstance(struct[0], model.Named)
            yield f"{struct[0].package}.{struct[0].name}.{field.name}"


def _is_map_of_others(view: View, owner: Type | None, kind: Type | None) -> bool:
    if not isinstance(owner, model.Named) or owner.package == view.package.scope.path or not in_module(f"{owner.package}."):
        return False
    return view.package.resolver.map(kind) is not None
