"""Where a package takes maps for something else, writes into them, and computes addresses within them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.internals.arithmetic import add_or_slice, added, handed_on, moved_local
from golint_maps.flow.internals.casts import is_data, is_word_conversion, may_convert
from golint_maps.flow.internals.contexts import called_name, contexts, declared
from golint_maps.flow.internals.conversions import conversion
from golint_maps.flow.internals.look import Access, Look
from golint_maps.flow.internals.mirrors import mirror_of
from golint_maps.flow.internals.values import views_of_maps
from golint_maps.flow.internals.versions import for_gc
from golint_maps.flow.internals.views import learn_views
from golint_maps.flow.internals.writes import written, written_by_method
from golint_maps.flow.site import Place
from golint_maps.flow.traverse import expressions, operands, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_ATOMIC_WRITES: Final = ("Store", "Add", "Swap", "CompareAndSwap", "And", "Or")


def accesses(package: PackageView, files: Sequence[int]) -> Iterator[Access]:
    """Yield what the functions of the primary files do with the memory of maps. `files` are those that have a way to it.

    Where one of them lays a struct over a map, the others may use that without unsafe.
    """
    targets = package.memo["internals targets"] = _cast_targets(package, files)
    learn_views(package, files)
    known = contexts(package)
    if targets or views_of_maps(package):
        files = range(len(package.scope.files))
    found: dict[tuple[str, Place], Access] = {}
    for file in files:
        if not for_gc(package.scope.files[file].build):
            continue
        for view in declared(package, file):
            _look_at(Look(known.frame(view), known.calls, found))
    primary = {package.paths[file] for file in package.primary}
    yield from sorted((fact for fact in found.values() if fact.place.path in primary), key=lambda fact: (fact.place, type(fact).__name__))


def _look_at(look: Look) -> None:
    """Look at every statement."""
    for statement in look.view.statements:
        look.passed_over = set[int]()
        if isinstance(statement, ir.Assign):
            _words_moved(look, statement)
            for target in statement.lhs:
                if isinstance(target, ir.Local):
                    moved_local(look, statement, target)
                elif not isinstance(target, ir.Name):
                    written(look, statement, target)
        elif isinstance(statement, ir.Range) and not statement.define:
            for place_of in (statement.key, statement.value):
                if place_of is not None and not isinstance(place_of, ir.Local | ir.Name):
                    written(look, statement, place_of)
        for operand in operands(statement):
            _operand(look, operand)


def _operand(look: Look, operand: ir.Expr) -> None:
    """Look at every expression in an operand. Addresses that are only compared tell nothing but whether two maps are one."""
    addresses: list[ir.Expr] = []
    for x in subexpressions(operand):
        if isinstance(x, ir.Binary) and x.op in ("==", "!="):
            _pass_over(look, x.left, x.right)
        if id(x) in look.passed_over:
            continue
        if isinstance(x, ir.Call):
            _call(look, x, addresses)
        elif isinstance(x, ir.Binary) and x.op in ("+", "-") and any(x is within for outer in addresses for within in subexpressions(outer)):
            added(look, x)


def _words_moved(look: Look, statement: ir.Assign) -> None:
    """A map that is moved as a word, `*(*unsafe.Pointer)(p) = *(*unsafe.Pointer)(q)`, stays the map that it was."""
    if statement.op == "=" and all(isinstance(target, ir.Deref) for target in statement.lhs):
        _pass_over(look, *statement.lhs, *statement.rhs)


def _pass_over(look: Look, *sides: ir.Expr) -> None:
    """Take no notice of conversions of a map to one word, where that word is neither read through nor handed on."""
    for side in sides:
        while isinstance(side, ir.Deref):
            side = side.x
        if isinstance(side, ir.Call) and is_word_conversion(look.view, side):
            look.passed_over.add(id(side))


def _call(look: Look, call: ir.Call, addresses: list[ir.Expr]) -> None:
    fun, args = call.fun, call.args
    match look.imported(fun):
        case "unsafe", "Pointer":
            addresses += args
            return
        case "unsafe", "Add" | "Slice" | "String" as name if len(args) > 1:
            look.passed_over.add(id(args[0]))  # `(*byte)(p)` is a part of it
            add_or_slice(look, call, args[0], "add" if name == "Add" else "slice", args[1])
            return
        case "sync/atomic", name if name.startswith(_ATOMIC_WRITES) and args:
            written(look, call, args[0], atomic=True)
            return
    if isinstance(fun, ir.Sel):
        if fun.name.startswith(_ATOMIC_WRITES) and args:
            written_by_method(look, call, fun.base)
    elif isinstance(fun, ir.Name) and fun.name in ("copy", "clear") and args:
        written(look, call, args[0] if isinstance(args[0], ir.SliceOf) else ir.SliceOf(args[0], [], call.pos, call.end))
        return
    if len(args) == 1 and may_convert(fun):
        kind = look.view.typing.as_type(fun)
        if kind is not None:
            conversion(look, call, kind)
            return
    if called_name(fun) in look.calls:
        handed_on(look, call)


def _cast_targets(package: PackageView, files: Sequence[int]) -> set[Type | None]:
    """Return the mirrors that the package converts pointers to."""
    found: set[Type | None] = set()
    for file in files:
        for view in declared(package, file):
            for inner in view.functions:
                for x in expressions(inner.body or ()):
                    if isinstance(x, ir.Call) and len(x.args) == 1 and isinstance(x.fun, ir.Deref):
                        kind = view.typing.as_type(x.fun)
                        while isinstance(kind, model.Pointer):
                            kind = kind.elem
                        if mirror_of(package, kind) is not None and not _of_data(view, x.args[0]):
                            found.add(kind)
    return found


def _of_data(view: View, x: ir.Expr) -> bool:
    """`unsafe.Pointer(&block[0])`"""
    match x:
        case ir.Call(_, [ir.Addr(operand)]):
            return is_data(view, operand)
    return False
