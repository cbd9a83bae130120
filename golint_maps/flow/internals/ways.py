"""Which files of a package have a way to the memory of maps."""

from __future__ import annotations

from collections.abc import Sequence

from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir


def ways(package: PackageView) -> Sequence[int]:
    """Return the files that can take a map for something else: those that import unsafe, or get the address that a conversion wants from reflect.

    `(*header)(reflect.ValueOf(m).UnsafePointer())` needs no import of unsafe.
    """
    known: Sequence[int] | None = package.memo.get(__name__)
    if known is None:
        known = package.memo[__name__] = [number for number, file in enumerate(package.scope.files) if _has_way(file)]
    return known


def _has_way(file: ir.FileFacts) -> bool:
    imports = {item.path for item in file.imports}
    return "unsafe" in imports or ("reflect" in imports and any(_asks_reflect(function) for function in file.functions))


def _asks_reflect(function: ir.Function) -> bool:
    return any(isinstance(call.fun, ir.Sel) and call.fun.name == "UnsafePointer" for call in each(function.body or (), ir.Call))
