"""Maps that lose entries as elements of a list: `for _, m := range []*sync.Map{&s.users, &s.rooms} { m.Delete(name) }`, or of variadic arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.events import Position
from golint_maps.flow.growth import MapRelease
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.maps import extent
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_METHODS: Final = frozenset(("Delete", "LoadAndDelete", "CompareAndDelete", "Clear"))


def analyse(view: View) -> Iterator[MapRelease]:
    """Yield a release of each map in the lists that a function and its literals go over and take entries out of.

    What is taken out of variadic arguments is a release of the parameter, which stands for each argument.
    """
    if view.path.endswith("_test.go"):
        return
    names: Names | None = None
    for number in view.family:
        for loop in each(view.facts.functions[number].body or (), ir.Range):
            if not isinstance(loop.value, ir.Local) or not _is_map(view, loop.value):
                continue
            call = next((call for call in each(loop.body, ir.Call) if _takes_out(call, loop.value.id)), None)
            for listed in _elements(view, loop.over) if call is not None else ():
                names = names or Names(view)
                identity = names.identity(listed)
                if identity and call is not None:
                    start, end = extent(call, view)
                    yield MapRelease(
                        place=Place(view.path, start, end),
                        function=view.name,
                        package=view.package.scope.path,
                        map=spell(listed.x if isinstance(listed, ir.Addr) else listed, view.variables),
                        identity=identity,
                        id=function_id(view, number),
                        form="delete",
                        at=Position(call.pos, ()),
                    )


def _is_map(view: View, x: ir.Local) -> bool:
    kind = view.typing.local(x.id)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    return kind == model.SYNC_MAP or view.package.resolver.map(kind) is not None


def _elements(view: View, over: ir.Expr) -> Sequence[ir.Expr]:
    """Return the elements of a list that is written in the function, or the variadic parameter that holds them."""
    match over:
        case ir.Lit(_, elements):
            return [element.value for element in elements]
        case ir.Local(number) if not view.assignments[number]:
            if view.root.type.variadic and number == view.root.params[-1]:
                return (over,)
            definition = view.typing.definitions.get(number)
            if isinstance(definition, FromValue) and definition.count == 1 and isinstance(definition.value, ir.Lit):
                return _elements(view, definition.value)
    return ()


def _takes_out(call: ir.Call, number: int) -> bool:
    """Tell whether a call takes entries out of the map that a local is or points to."""
    match call:
        case ir.Call(ir.Name("delete" | "clear") | ir.Sel(ir.Name(), "DeleteFunc"), [ir.Local(target) | ir.Deref(ir.Local(target)), *_]):
            return target == number
        case ir.Call(ir.Sel(ir.Local(target), method)):
            return target == number and method in _METHODS
    return False
