"""The calls of a package by the name of what is called, for questions about a function that its callers answer."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.callees import callee, function_id
from golint_maps.flow.files import families, of_file
from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir


def calls_of(package: PackageView, function: ir.Function) -> Iterator[tuple[View, ir.Call]]:
    """Yield the calls of a declared function or method in its package, each with the function that calls."""
    id = function_id(package, function)
    for number, file in enumerate(package.scope.files):
        for root, call in of_file(file, _by_name).get(function.name, ()):
            view = View(package, number, root, of_file(file, families)[root])
            target = callee(view, call)
            if target is not None and target.id == id:
                yield view, call


def _by_name(file: ir.FileFacts) -> dict[str, list[tuple[int, ir.Call]]]:
    found: dict[str, list[tuple[int, ir.Call]]] = {}
    for function in file.functions:
        for call in each(function.body or (), ir.Call):
            if isinstance(call.fun, ir.Name | ir.Sel):
                found.setdefault(call.fun.name, []).append((function.root, call))
    return found
