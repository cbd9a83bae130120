"""Whether what code reads through its own view of a runtime structure is there in every release that may compile the code."""

from __future__ import annotations

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.contexts import declared
from golint_maps.flow.internals.mirrors import same_word
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.internals.versions import Versions
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type


def agrees(package: PackageView, kind: Type | None, role: str, seen: Versions) -> bool:
    """Tell whether each field that the package uses of a view lies, in all builds, over a field with the same meaning."""
    struct = package.resolver.underlying(kind)
    layouts = [tables.layout(role, build.minor, experiment=build.experiment) for build in seen.builds]
    if not isinstance(struct, model.Struct) or kind is None:
        return False
    used = _used_anywhere(package, kind, struct)
    for field, offset in zip(struct.fields, _padded(package, struct), strict=True):
        if field.name == "_" or (used and field.name not in used):
            continue
        slots = [next((slot for slot in layout.fields if slot.at[0] == offset), None) if layout else None for layout in layouts]
        if not all(slot and same_word(package, field, slot) for slot in slots) or len({slot.meaning for slot in slots if slot}) != 1:
            return False
    return True


def _padded(package: PackageView, struct: model.Struct) -> list[int]:
    """Return the offset of each field, -1 where it is not known."""
    found = Sizes(package.resolver).offsets(struct)[: len(struct.fields)]
    return found + [-1] * (len(struct.fields) - len(found))


def _used_anywhere(package: PackageView, kind: Type, struct: model.Struct) -> frozenset[str]:
    """Return the fields of a type that the package selects; all of them if others can name the type as well."""
    if isinstance(kind, model.Named) and (kind.package != package.scope.path or kind.name[:1].isupper()):
        return frozenset(field.name for field in struct.fields)
    memo: dict[Type, frozenset[str]] = package.memo.setdefault("internals fields", {})
    if kind not in memo:
        names = {field.name for field in struct.fields}
        every = (fields_used(view, kind, names) for file in range(len(package.scope.files)) for view in declared(package, file))
        memo[kind] = frozenset[str]().union(*every)
    return memo[kind]


def fields_used(view: View, kind: Type, names: set[str]) -> set[str]:
    """Return the fields of a type that a function selects, of those with these names."""
    found = set[str]()
    for function in view.functions:
        for x in expressions(function.body or ()):
            if isinstance(x, ir.Sel) and x.name in names and x.name not in found:
                held = view.typing.of(x.base)
                if held == kind or (isinstance(held, model.Pointer) and held.elem == kind):
                    found.add(x.name)
    return found
