"""Structs of any name that a package lays over the memory of maps: where a pointer to such a one comes from need not be seen again.

`(*top)(unsafe.Pointer(h))` in one function tells what `func (t *top) cell(i int) *cell` has in its hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.internals.contexts import contexts, declared, forget
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.internals.values import views_of_maps
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model

_ROUNDS: Final = 3
"""The header, a bucket that it leads to, and what that leads to."""


def learn_views(package: PackageView, files: Sequence[int]) -> None:
    """Find the structs that the functions of the files take maps for. What one of them leads to is known only when it is.

    A struct that is laid over other memory as well tells nothing by its name.
    """
    casts: dict[model.Named, list[tuple[View, ir.Call, int]]] = {}
    for file in files:
        for view in declared(package, file):
            for call, kind, hops in _casts(view):
                casts.setdefault(kind, []).append((view, call, hops))
    known = views_of_maps(package)
    for _ in range(_ROUNDS if casts else 0):
        found: dict[model.Named, Memory] = {}
        for kind, places in casts.items():
            given = [(value, hops) for view, call, hops in places if (value := contexts(package).frame(view).value(call.args[0])) is not None]
            roles = {value.kind for value, _ in given}
            if len(roles) == 1 and roles <= {"header", "bucket"} and any(value.hops == hops and not value.moved for value, hops in given):
                found[kind] = Memory(given[0][0].kind, out=True, view=kind if "header" in roles else None)
        if found.keys() == known.keys():
            break
        known.update(found)
        forget(package)


def _casts(view: View) -> Iterator[tuple[ir.Call, model.Named, int]]:
    """Yield the conversions to pointers to structs of the package that do not look like any of the runtime's: those are known by their looks."""
    package = view.package
    for function in view.functions:
        for x in expressions(function.body or ()):
            if not isinstance(x, ir.Call) or len(x.args) != 1 or not isinstance(x.fun, ir.Deref):
                continue
            kind, hops = view.typing.as_type(x.fun), -1
            while isinstance(kind, model.Pointer):
                kind, hops = kind.elem, hops + 1
            own = isinstance(kind, model.Named) and kind.package == package.scope.path and package.resolver.struct(kind) is not None
            if own and isinstance(kind, model.Named) and hops >= 0 and mirror_of(package, kind) is None:
                yield x, kind, hops
