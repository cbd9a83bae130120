"""Methods that are handed the object which calls them, through an interface that its package declares: `p.Start(host)` for `Plugin.Start(*Host)`.

Whoever implements such a method, in whatever package, may call the object's own methods back. Neither package can tell alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.callees import Callee, function_id, in_module
from golint_maps.flow.paths import Path
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.resolve import Context
from golint_maps.types.scope import Declared, PackageScope


def implementations(package: PackageView) -> Iterator[Callee]:
    """Yield the methods of a package, tests aside, that another package may call through an interface and hand an object of its own."""
    for number in sorted(package.primary):
        if package.paths[number].endswith("_test.go"):
            continue
        for function in package.scope.files[number].functions:
            if function.parent < 0 and function.receiver_type is not None and function.name[:1].isupper() and _implements(package, number, function):
                yield Callee(function_id(package, function), declared=Declared(function, number))


def _implements(package: PackageView, file: int, function: ir.Function) -> bool:
    for kind in function.type.params:
        if isinstance(kind, ir.TPtr) and isinstance(kind.elem, ir.TQual):
            path = package.resolver.import_path(kind.elem.package, Context(package.scope, file))
            scope = package.resolver.package(path, package.scope.path) if path is not None and in_module(f"{path}.") else None
            if scope is not None and (function.name, kind.elem.name) in _handed(package, scope):
                return True
    return False


def _handed(package: PackageView, scope: PackageScope) -> frozenset[tuple[str, str]]:
    """Return (method, type) of the methods of a package's interfaces that are handed a pointer to a type of the same package."""
    memo: dict[str, frozenset[tuple[str, str]]] = package.memo.setdefault(__name__, {})
    if scope.path not in memo:
        memo[scope.path] = frozenset(
            (method.name, kind.elem.name)
            for declared in scope.types.values()
            if isinstance(declared.node.type, ir.TInterface)
            for method in declared.node.type.methods
            for kind in method.type.params
            if isinstance(kind, ir.TPtr) and isinstance(kind.elem, ir.TName)
        )
    return memo[scope.path]


def called_back(view: View, target: Callee, call: ir.Call, path: Path) -> list[Callee]:
    """Return the methods that an implementation of an interface's method in another package may call: those of what it is handed.

    That is an object of a type of this package which leads to the map in question.
    """
    package = view.package
    wanted = target.wanted
    if wanted is None or not wanted.method[:1].isupper():
        return []
    handed = _handed(package, package.scope)
    found = []
    for arg in call.args:
        kind = view.typing.of(arg)
        kind = kind.elem if isinstance(kind, model.Pointer) else kind
        if not isinstance(kind, model.Named) or kind.package != package.scope.path or (wanted.method, kind.name) not in handed:
            continue
        given = view.paths.of(arg)
        if given is not None and len(given) < len(path) and path[: len(given)] == given:
            methods = package.scope.methods.get(kind.name, {}).values()
            found += [Callee(function_id(package, method.node), declared=method) for method in methods if method.node.name[:1].isupper()]
    return found
