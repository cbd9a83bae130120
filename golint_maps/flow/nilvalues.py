"""What the expressions of one function are known to be, as far as nil maps go: from the state, from the package, from how they are built."""

from __future__ import annotations

from golint_maps.flow import nilcalls
from golint_maps.flow.literals import field_name
from golint_maps.flow.makers import Makers
from golint_maps.flow.maps import extent
from golint_maps.flow.nilbeliefs import Beliefs
from golint_maps.flow.nildoubts import handed_in, looked_at, parameter
from golint_maps.flow.nilresults import nil_for_nothing
from golint_maps.flow.nilstate import ELEMENTS, FINE, GOOD, MAYBE, NIL, Origin, State, Value
from golint_maps.flow.paths import Path
from golint_maps.flow.spelling import spell
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type


class NilValues:
    """Looks up and works out values in one function."""

    def __init__(self, view: View, makers: Makers, beliefs: Beliefs) -> None:
        self.view = view
        self._makers = makers
        self._beliefs = beliefs
        self._resolver = view.package.resolver

    def known(self, state: State, path: Path) -> Value | None:
        """Return what is known of a path, by itself or by a zero value or empty map above it."""
        value = state.values.get(path)
        if value is not None:
            return value
        for cut in range(len(path) - 1, 0, -1):
            above = path[:cut]
            if path[cut][0] == "[":
                value = state.values.get((*above, ELEMENTS))
                if value is not None:
                    return value if cut + 1 == len(path) or self._held(self._type(path[: cut + 1]), path[cut + 1 :]) else None
            value = state.values.get(above)
            if value is not None:
                return value if value.kind != FINE and self._held(self._pointee(self._type(above)), path[cut:]) else None
        return None

    def value(self, x: ir.Expr, state: State) -> Value | None:
        """Return what is known of the map that an expression stands for, or None."""
        view = self.view
        path = view.paths.of(x)
        value = self.known(state, path) if path is not None else None
        if value is not None:
            return value
        match x:
            case ir.Sel(base, name):
                if view.typing.package_of(base) is None:
                    field = self._resolver.field(view.typing.of(base), name)
                    if field is not None and self._makers.field_is_nil(field.owner, name):
                        return Value(NIL, Origin(*extent(x, view), "field", name))
                    source = self._makers.optional(field.owner, name) if field is not None and self._is_old(path, state) else ""
                    if source:
                        return Value(MAYBE, Origin(*extent(x, view), "optional", source))
            case ir.Name(name) if name in view.package.scope.variables and self._makers.variable_is_nil(name):
                return Value(NIL, Origin(*extent(x, view), "variable", name))
            case ir.Index(base):
                outer = self.value(base, state)
                if outer is not None and outer.kind == NIL and self._resolver.map(view.typing.of(base)) is not None:
                    return Value(NIL, Origin(*extent(x, view), "inner"))
            case ir.Local() if self.is_alias(x):
                definition = view.typing.definitions.get(x.id)
                return self.value(definition.value, state) if isinstance(definition, FromValue) else None
            case ir.Call(fun, [argument]) if view.typing.as_type(fun) is not None and not view.typing.is_builtin(fun, "make"):
                return self.value(argument, state)
        return None

    def _is_old(self, path: Path | None, state: State) -> bool:
        """Tell whether a path leads into what came into the function from outside."""
        if path is None or path[0][0] != "l" or path[0] in state.private or path[0] in state.helped:
            return False
        return self.view.variables[int(path[0][1:])].kind in ("param", "receiver")

    def handed_in(self, x: ir.Expr, state: State) -> bool:
        """Tell whether a map is one that somebody else makes, or not."""
        path = self.view.paths.of(x)
        if path is None or path[0] in state.private or path in self.view.paths.assigned:
            return False
        field = handed_in(self.view, x)
        return field is not None and not self._beliefs.makes(*field)

    def is_alias(self, x: ir.Local) -> bool:
        return self.view.paths.of(x) != (f"l{x.id}",)

    def begins_alias(self, x: ir.Local) -> bool:
        """Tell whether an assignment to a variable makes it another name of something, not of what is put into that place next."""
        return self.is_alias(x) and (not self.view.assignments[x.id] or self.view.variables[x.id].pos == x.pos)

    def _pointee(self, kind: Type | None) -> Type | None:
        below = self._resolver.underlying(kind)
        return below.elem if isinstance(below, model.Pointer) else kind

    def _type(self, path: Path) -> Type | None:
        """Return the type of a path below a local variable, or None."""
        if path[0][0] != "l":
            return None
        kind = self.view.typing.local(int(path[0][1:]))
        for part in path[1:]:
            kind = self._step(self._pointee(kind), part)
        return kind

    def _step(self, kind: Type | None, part: str) -> Type | None:
        if part[0] != "[":
            field = self._resolver.field(kind, part)
            return field.type if field is not None else None
        match self._resolver.underlying(kind):
            case model.Map(_, elem) | model.Array(elem) | model.Slice(elem):
                return elem
        return None

    def _held(self, kind: Type | None, path: Path) -> bool:
        """Tell whether the zero value of a type has only zero values along a path: no pointer, slice or interface on the way."""
        for part in path:
            below = self._resolver.underlying(kind)
            if not isinstance(below, model.Map | model.Array if part[0] == "[" else model.Struct):
                return False
            kind = self._step(kind, part)
        return isinstance(self._resolver.underlying(kind), model.Map | model.Struct | model.Array)

    def set_in_element(self, path: Path, state: State) -> None:
        """Something gets a value, or may get one, that lies in an element: `rows[i] = m`, `rows[i].cells = m`, `&rows[i]`.

        Which of the other elements have got theirs is not known from here on: they are most often made one after the other, in a loop.
        """
        for cut in range(len(path) - 1, 0, -1):
            if path[cut][0] == "[":
                state.mix(path[:cut])
                if isinstance(self._resolver.underlying(self._pointee(self._type(path[:cut]))), model.Map | model.Slice):
                    return  # which holds its elements elsewhere

    def plan(self, x: ir.Expr, target: ir.Expr, state: State) -> dict[Path, Value] | None:
        """Return what an expression's value is known to be, by path below it, or None."""
        view = self.view
        start, end = extent(x, view)
        match x:
            case ir.Name("nil"):
                if self._resolver.map(view.typing.of(target)) is None:
                    return None
                return {(): Value(NIL, Origin(start, end, "assigned"))}
            case ir.Call(fun) if view.typing.is_builtin(fun, "make"):
                return self._empty(view.typing.of(x), start, end)
            case ir.Call(fun, [kind]) if view.typing.is_builtin(fun, "new"):
                below = self._resolver.underlying(view.typing.as_type(kind))
                return {(): Value(NIL, Origin(start, end, "literal"))} if isinstance(below, model.Struct | model.Map) else None
            case ir.Call(fun, [argument]) if view.typing.as_type(fun) is not None:
                return self.plan(argument, x, state)
            case ir.Call(fun, [argument]) if nilcalls.clones(view, fun):
                value = self.value(argument, state)
                if value is None and ((parameter(view, argument) and not looked_at(view, argument, start)) or self.handed_in(argument, state)):
                    value = Value(MAYBE, Origin(start, end, "cloned", spell(argument, view.variables)))
                return {(): value} if value is not None else None
            case ir.Call():
                if nilcalls.returns_nil(view, x):
                    return {(): Value(NIL, Origin(start, end, "returned", spell(x.fun, view.variables)))}
                about = nil_for_nothing(view, x, state) if self._resolver.map(view.typing.of(x)) is not None else frozenset()
                return {(): Value(MAYBE, Origin(start, end, "sometimes", spell(x.fun, view.variables)), about)} if about else None
            case ir.Addr(ir.Lit() as literal):
                return self._literal(literal, state) if self._is_struct(literal) else None
            case ir.Lit(_, elements):
                if self._is_struct(x):
                    return self._literal(x, state)
                if self._resolver.map(view.typing.of(x)) is None:
                    return None
                return {(): GOOD} if elements else self._empty(view.typing.of(x), start, end)
            case ir.Local() | ir.Sel() | ir.Name() | ir.Index():
                if self._resolver.map(view.typing.of(x)) is None:
                    return None
                value = self.value(x, state)
                return {(): value} if value is not None else None
        return None

    def _empty(self, kind: Type | None, start: int, end: int) -> dict[Path, Value] | None:
        """Return what a made, empty map is known to be."""
        below = self._resolver.underlying(kind)
        if not isinstance(below, model.Map | model.Slice):
            return None
        plan: dict[Path, Value] = {(): GOOD}
        if isinstance(self._resolver.underlying(below.value if isinstance(below, model.Map) else below.elem), model.Map | model.Struct | model.Array):
            plan[ELEMENTS,] = Value(NIL, Origin(start, end, "inner" if isinstance(below, model.Map) else "element"))
        return plan

    def _is_struct(self, literal: ir.Lit) -> bool:
        return isinstance(self._resolver.underlying(self.view.typing.of(literal)), model.Struct)

    def _literal(self, literal: ir.Lit, state: State) -> dict[Path, Value]:
        """Return what a struct literal is known to be: zero, except for what its elements give."""
        start, end = extent(literal, self.view)
        plan: dict[Path, Value] = {(): Value(NIL, Origin(start, end, "literal"))}
        struct = self._resolver.struct(self.view.typing.of(literal))
        names = [field.name for field in struct[1].fields] if struct is not None else []
        for index, element in enumerate(literal.elements):
            name = field_name(element, self.view.variables) or (names[index] if index < len(names) else "")
            if name:
                given = self.plan(element.value, ir.Sel(literal, name, start, end), state)
                plan[name,] = GOOD
                plan.update({(name, *below): value for below, value in (given or {}).items()})
        return plan
