"""Keys whose hash panics: a slice, map or function, bare or inside of a struct or array, where the map's key type is or holds an interface.

Static types decide: what goes into an interface has them as its dynamic type. Composite literals are looked into element by element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.hashable import holds_interface, incomparable_part
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.reaching import value_at
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import Structure, dominates
from golint_maps.flow.syncmap_calls import map_call
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import View
from golint_maps.flow.walk import Forward
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type
from golint_maps.types.model import spell as spell_type

_MAX_DEPTH: Final = 6
_USING: Final[tuple[type[ir.Index | ir.Call | ir.Lit], ...]] = (ir.Index, ir.Call, ir.Lit)
_KEYED: Final = frozenset(("Load", "Store", "Delete", "LoadOrStore", "LoadAndDelete", "Swap", "CompareAndSwap", "CompareAndDelete"))


class UnhashableKey(Site, frozen=True, tag="unhashable-key"):
    """A look-up, store or delete that panics.

    `key` is the key as written, `type` that of what cannot be hashed, `inside` tells whether that is only a part of the key.
    """

    key: str
    type: str
    inside: bool
    key_type: str


@dataclass(frozen=True, slots=True)
class _Use:
    start: int
    end: int
    map: ir.Expr
    key: ir.Expr
    key_type: Type


def unhashable_keys(view: View) -> Iterator[UnhashableKey]:
    """Yield the uses of unhashable keys in a function and its literals, those behind a certain panic excepted."""
    for number in view.family:
        body = view.facts.functions[number].body or ()
        found: dict[int, UnhashableKey] = {}
        for kind in _USING:
            for x in each(body, kind):
                for fact in _check(x, view):
                    found.setdefault(id(x), fact)
        if found and number in _expected_panics(view):
            continue
        if len(found) > 1:
            flow = _Reached(set(found))
            flow.run(body, [False])
            found = {key: fact for key, fact in found.items() if key in flow.reached}
        yield from found.values()


def _expected_panics(view: View) -> frozenset[int]:
    """Return the literals that are handed to a function like `assert.Panics`: what they do is meant to panic."""
    return frozenset(
        arg.function
        for function in view.functions
        for x in each(function.body or (), ir.Call)
        if "panic" in spell(x.fun, view.variables).rsplit(".", 1)[-1].lower()
        for arg in x.args
        if isinstance(arg, ir.FuncLit)
    )


class _Reached(Forward[list[bool]]):
    """Which of some panicking expressions are reached without passing another. The state says whether one was passed."""

    def __init__(self, panicking: set[int]) -> None:
        super().__init__()
        self._panicking = panicking
        self.reached: set[int] = set()

    def copy(self, state: list[bool]) -> list[bool]:
        return list(state)

    def join(self, left: list[bool], right: list[bool]) -> list[bool]:
        return [left[0] and right[0]]

    def evaluate(self, x: ir.Expr, state: list[bool]) -> None:
        for part in subexpressions(x):
            if id(part) in self._panicking and not state[0]:
                self.reached.add(id(part))
                state[0] = True

    def assign(self, statement: ir.Assign | ir.Declare, state: list[bool]) -> None:
        if isinstance(statement, ir.Assign):
            for x in statement.lhs:
                if id(x) in self._panicking and not state[0]:
                    self.reached.add(id(x))
                    state[0] = True

    def defer(self, statement: ir.Defer, state: list[bool]) -> None:
        # What is deferred panics later, and does not keep what follows from running.
        self.evaluate(statement.call, self.copy(state))


def _check(x: ir.Expr, view: View) -> Iterator[UnhashableKey]:
    for use in _uses(x, view):
        part = _unhashable(use.key, use.key_type, view, 0)
        if part is not None:
            own = view.typing.of(use.key)
            yield UnhashableKey(
                place=Place(view.path, use.start, use.end),
                function=view.name,
                package=view.package.scope.path,
                map=spell(use.map, view.variables) if not isinstance(use.map, ir.Lit) else "the map literal",
                owner=qualified(view, use.map),
                key=spell(use.key, view.variables, 40),
                type=spell_type(part),
                inside=own is not None and part != own,
                key_type=spell_type(use.key_type),
            )
            return


def _uses(x: ir.Expr, view: View) -> Iterator[_Use]:
    """Yield what an expression does with keys that hold interfaces."""
    if (
        x.__class__ is ir.Call
        and not (x.fun.__class__ is ir.Sel and x.fun.name in _KEYED)
        and not (x.fun.__class__ is ir.Name and x.fun.name == "delete")
    ):
        return
    match x:
        case ir.Index(base, index) if _may_panic(index, view):
            kind = _interface_keyed(view.typing.of(base), view)
            if kind is not None:
                yield _Use(x.pos, x.end, base, index, kind)
        case ir.Call(ir.Name("delete") as fun, [base, key]) if view.typing.is_builtin(fun, "delete"):
            kind = _interface_keyed(view.typing.of(base), view)
            if kind is not None:
                yield _Use(x.pos, x.end, base, key, kind)
        case ir.Call(ir.Sel(_, name), [key, *_]) if name in _KEYED:
            found = map_call(x, view)
            if found is not None:
                yield _Use(x.pos, x.end, found.base, key, model.ANY)
        case ir.Lit(kind_written, elements) if kind_written is not None and elements and elements[0].key is not None:
            kind = _interface_keyed(view.typing.of(x), view)
            if kind is not None:
                for element in elements:
                    if element.key is not None:
                        start, end = extent(element.key, view)
                        yield _Use(start, end, x, element.key, kind)


def _may_panic(key: ir.Expr, view: View) -> bool:
    """Tell whether a key can hold what has no hash: a first look that saves most indexing from a closer one."""
    return not isinstance(key, ir.Const | ir.Binary | ir.Unary | ir.Addr) and not isinstance(view.typing.of(key), model.Basic | model.Pointer)


def _interface_keyed(kind: Type | None, view: View) -> Type | None:
    """Return the key type of a map whose keys are or hold interfaces, or None."""
    found = view.package.resolver.map(kind)
    if found is None or found.key is None or not holds_interface(found.key, view.package.resolver):
        return None
    return found.key


def _unhashable(x: ir.Expr, formal: Type | None, view: View, depth: int) -> Type | None:
    """Return the type of what cannot be hashed when an expression is put in a place of type `formal`, or None."""
    if depth > _MAX_DEPTH or not holds_interface(formal, view.package.resolver):
        return None
    resolver = view.package.resolver
    own = view.typing.of(x)
    if isinstance(x, ir.Lit) and x.type is None:
        own = formal
    if own is None or own == model.NIL:
        return None
    if _is_interface(formal, view) and not _is_interface(own, view):
        part = incomparable_part(own, resolver)
        if part is not None:
            return part
        if not holds_interface(own, resolver):
            return None
        formal = own
    match x:
        case ir.Call(fun, [operand]) if view.typing.as_type(fun) is not None:
            return _unhashable(operand, formal, view, depth + 1)
        case ir.Local(number):
            definition = view.typing.definitions.get(number)
            changed = view.assignments[number] or number in view.address_taken or any(path[0] == f"l{number}" for path in view.paths.assigned)
            if isinstance(definition, FromValue) and definition.count == 1 and not changed:
                return _unhashable(definition.value, formal, view, depth + 1)
            if view.assignments[number] and (value := value_at(view, x)) is not None:
                return _unhashable(value, formal, view, depth + 1)
            return _in_field(x, own, view, depth)
        case ir.Lit(_, elements):
            for index, element in enumerate(elements):
                part = _unhashable(element.value, _element_type(own, index, element, view), view, depth + 1)
                if part is not None:
                    return part
    return None


def _in_field(x: ir.Local, kind: Type, view: View, depth: int) -> Type | None:
    """Return the type of what cannot be hashed in a field that a local struct surely got before, and nowhere else: `k.args = list`."""
    struct = view.package.resolver.underlying(kind)
    function = view.facts.functions[view.variables[x.id].function]
    inside = any(function.pos < other.pos <= x.pos < other.end <= function.end for other in view.functions if other is not function)
    if not isinstance(struct, model.Struct) or view.assignments[x.id] or x.id in view.address_taken or inside:
        return None
    given: dict[str, list[tuple[int, ir.Expr | None]]] = {}
    for assign in (assign for other in view.functions for assign in each(other.body or (), ir.Assign)):
        for index, target in enumerate(assign.lhs):
            if isinstance(target, ir.Sel) and isinstance(target.base, ir.Local) and target.base.id == x.id:
                value = assign.rhs[index] if len(assign.lhs) == len(assign.rhs) else None
                given.setdefault(target.name, []).append((assign.pos, value))
    structure = Structure(function.body or ())
    for field in struct.fields:
        for pos, value in given.get(field.name, ()) if len(given.get(field.name, ())) == 1 else ():
            if value is not None and dominates(structure.at(pos), structure.at(x.pos)):
                part = _unhashable(value, field.type, view, depth + 1)
                if part is not None:
                    return part
    return None


def _is_interface(kind: Type | None, view: View) -> bool:
    return isinstance(view.package.resolver.underlying(kind), model.Interface) or kind == model.ERROR


def _element_type(kind: Type | None, index: int, element: ir.Element, view: View) -> Type | None:
    match view.package.resolver.underlying(kind):
        case model.Array(elem):
            return elem
        case model.Struct(fields):
            name = field_name(element, view.variables)
            if name:
                return next((field.type for field in fields if field.name == name), None)
            return fields[index].type if element.key is None and index < len(fields) else None
    return None
