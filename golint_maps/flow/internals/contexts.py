"""Which functions of a package are handed maps without their types saying so, and by which calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from golint_maps.flow.internals.casts import OPAQUE
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.values import Frame, view_of
from golint_maps.flow.internals.ways import ways
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model

_NUMBERS: Final = frozenset(("int", "uint", "uint8", "int8", "uint16", "uint32", "uint64", "int32", "int64", *OPAQUE))
"""Types that a header's fields have; a pointer to one may lead into a header."""


@dataclass(slots=True)
class Contexts:
    """`calls` are those of functions that may be handed map memory without their types saying so, by the name that they are made under."""

    calls: Mapping[str, Sequence[tuple[View, ir.Call]]]
    _settled: dict[tuple[int, int, bool], Mapping[int, Memory]] = field(default_factory=dict)

    def unsettle(self) -> None:
        """Drop the arguments that were worked out."""
        self._settled.clear()

    def frame(self, view: View, *, every: bool = True) -> Frame:
        """Return a function with those arguments that are map memory at every call in the package, or else at one of them.

        A function that is handed other memory as well knows what it gets, by a kind or a descriptor, and what it does to the one is not done
        to the other.
        """
        key = (view.file, view.number, every)
        if key not in self._settled:
            self._settled[key] = {}  # what a recursive call sees
            self._settled[key] = self._arguments(view, every=every)
        return Frame(view, self._settled[key])

    def _arguments(self, view: View, *, every: bool) -> Mapping[int, Memory]:
        hidden = {number for number in view.root.params if number >= 0 and _hides_a_map(view, number)}
        given: list[Mapping[int, Memory]] = []
        for caller, call in self.calls.get(view.root.name, ()) if hidden else ():
            inner = (self.frame(caller, every=every) if caller is not view else Frame(view)).called(call)
            if inner is None or inner.view is not view:
                continue
            maps = {number: value for number, value in inner.arguments.items() if number in hidden and value.kind not in ("own", "c")}
            # What many callers hand over goes by the name of the parameter.
            given.append({number: replace(value, map=view.variables[number].name) if every else value for number, value in maps.items()})
        known = {number: value for arguments in reversed(given) for number, value in arguments.items()}
        return {number: value for number, value in known.items() if not every or all(number in arguments for arguments in given)}


def contexts(package: PackageView) -> Contexts:
    """Return the contexts of a package's functions, worked out once."""
    known: Contexts | None = package.memo.get("internals contexts")
    if known is None:
        cgo = {number for number, file in enumerate(package.scope.files) if any(item.path == "C" for item in file.imports)}
        files = sorted(cgo.union(ways(package)))
        known = package.memo["internals contexts"] = Contexts(_calls(package, _candidates(package, files)))
    return known


def forget(package: PackageView) -> None:
    """Drop what is known of arguments and results, when more is known of the package's types than it was worked out from."""
    contexts(package).unsettle()
    package.memo.pop("internals returns", None)


def declared(package: PackageView, file: int) -> Iterator[View]:
    """Yield the declared functions of a file, each with its literals."""
    for number, function in enumerate(package.scope.files[file].functions):
        view = view_of(package, file, number) if function.parent < 0 else None
        if view is not None:
            yield view


def called_name(fun: ir.Expr) -> str:
    """Return the name that a function is called under, without its package, receiver and type arguments."""
    while isinstance(fun, ir.Index | ir.Inst):
        fun = fun.base
    return fun.name if isinstance(fun, ir.Name | ir.Sel) else ""


def _candidates(package: PackageView, files: Sequence[int]) -> frozenset[str]:
    """Return the names of functions that take what may be a map without their types saying so."""
    found = (view for file in files for view in declared(package, file) if view.root.body)
    return frozenset(view.root.name for view in found if any(_hides_a_map(view, number) for number in view.root.params if number >= 0))


def _calls(package: PackageView, names: frozenset[str]) -> Mapping[str, Sequence[tuple[View, ir.Call]]]:
    """Return all calls in the package under these names."""
    found: dict[str, list[tuple[View, ir.Call]]] = {}
    if names:
        for file in range(len(package.scope.files)):
            for view in declared(package, file):
                for function in view.functions:
                    for x in expressions(function.body or ()):
                        if isinstance(x, ir.Call) and (name := called_name(x.fun)) in names:
                            found.setdefault(name, []).append((view, x))
    return found


def _hides_a_map(view: View, number: int) -> bool:
    kind = view.typing.local(number)
    if isinstance(kind, model.TypeParameter) or kind == model.Named("reflect", "Value"):
        return True
    below = view.package.resolver.underlying(kind)
    if isinstance(below, model.Pointer):
        inner = view.package.resolver.underlying(below.elem)
        return isinstance(inner, model.Basic) and inner.name in _NUMBERS
    return isinstance(below, model.Interface) or (isinstance(below, model.Basic) and below.name in OPAQUE)
