"""What a call calls: tokens of functions, function values and interface methods (see `events.CallSite`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.events import CONSTANT, PARAMETERS, Argument
from golint_maps.flow.identity import Names, function_id
from golint_maps.flow.keyspace import origin
from golint_maps.flow.literals import field_name
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.traverse import is_nil
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

_MAX_HOPS = 8
NOTHING = Argument()
"""An argument that nobody can know anything of."""
_CONSTANT = Argument(given=CONSTANT)
_NIL = Argument(flag=0)
_PRESENT: Final = (ir.Addr, ir.FuncLit)
"""What is never nil."""

NEW_IN_PLACE: Final = "@"
"""Heads the path of a field or package variable among what a function owns: the object there was made by it, and nobody has used it yet."""


class Callees:
    """Resolves the function expressions of one function and its literals."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._view = names.view
        self._targets: dict[int, tuple[ir.Expr, tuple[str, ...]]] = {}
        root = names.view.root
        self._parameters = {number: index for index, number in enumerate(root.params) if number >= 0}

    def targets(self, fun: ir.Expr, hops: int = 0) -> tuple[str, ...]:
        """Return the tokens of what `fun` may be. Empty: a builtin, a conversion, or nothing known."""
        known = self._targets.get(id(fun))
        if known is not None:
            return known[1]
        if hops > _MAX_HOPS:
            return ()
        found = self._find(fun, hops)
        if hops == 0:
            # The expression is kept as well: its address must not become that of another one.
            self._targets[id(fun)] = fun, found
        return found

    def _find(self, fun: ir.Expr, hops: int) -> tuple[str, ...]:
        view = self._view
        if fun.__class__ is ir.Sel:
            return self._selected(fun.base, fun.name, hops)
        if fun.__class__ is ir.Name:
            package = view.package.scope
            if fun.name in package.functions:
                return (f"{package.path}.{fun.name}",)
            return (f"=g{package.path}.{fun.name}",) if fun.name in package.variables else ()
        match fun:
            case ir.FuncLit(number):
                return (function_id(view, number),)
            case ir.Local(number):
                return self._local(number, hops)
            case ir.Index(base):
                if isinstance(view.package.resolver.underlying(view.typing.of(base)), model.Signature):
                    return self.targets(base, hops + 1)
                container = self.container(base)
                return (f"={container}",) if container else ()
            case ir.Recv():
                channel = self._names.identity(fun)
                return (f"={channel}",) if channel else ()
            case ir.Inst(base) | ir.Deref(base):
                return self.targets(base, hops + 1)
            case ir.Call(inner, args):
                if args and view.typing.as_type(inner) is not None:
                    return self.targets(args[0], hops + 1)  # a conversion such as http.HandlerFunc(f)
                return tuple(f"&{token}" for token in self.targets(inner, hops + 1))
        return ()

    def _local(self, number: int, hops: int) -> tuple[str, ...]:
        view = self._view
        if number in self._parameters and not view.assignments[number]:
            return (f"?{self._parameters[number]}",)
        definition = view.typing.definitions.get(number)
        if not view.assignments[number]:
            match definition:
                case FromValue(value, 0, _) | FromValue(ir.Call() as value, _, _):
                    found = self.targets(value, hops + 1)
                    if found:
                        return found
                case FromRange(over, index):
                    return self._element(over, index, hops)
        return (f"=l{self._names.root_id}#{number}",)

    def _element(self, over: ir.Expr, index: int, hops: int) -> tuple[str, ...]:
        """Return the tokens of the functions that a range loop takes out of a list, a map or a channel."""
        view = self._view
        over = self._contents(over)
        if index == 1 and isinstance(over, ir.Lit):
            return tuple(dict.fromkeys(token for element in over.elements for token in self.targets(element.value, hops + 1)))
        channel = index == 0 and isinstance(view.package.resolver.underlying(view.typing.of(over)), model.Chan)
        container = self._names.identity(over) if channel else self.container(over) if index == 1 else ""
        return (f"={container}{RECEIVED if channel else ''}",) if container else ()

    def container(self, x: ir.Expr) -> str:
        """Return the name of what holds functions, whichever of the lists and tables in it they are in: `b.handlers[topic]`; empty if it has none."""
        return self._names.identity(_unindexed(x))

    def _contents(self, x: ir.Expr) -> ir.Expr:
        """Return what a local variable holds, or has been copied from: `subs := slices.Clone(b.subs)`."""
        for _ in range(_MAX_HOPS):
            if x.__class__ is ir.Local and not self._view.assignments[x.id]:
                match self._view.typing.definitions.get(x.id):
                    case FromValue(value, _, 1):
                        x = value
                        continue
            elif x.__class__ is ir.Call and x.fun.__class__ is ir.Name and x.fun.name == "append" and len(x.args) > 1:
                x = x.args[-1]
                continue
            elif x.__class__ is ir.Call and x.fun.__class__ is ir.Sel and x.fun.name == "Clone" and len(x.args) == 1:
                x = x.args[0]
                continue
            elif x.__class__ is ir.SliceOf:
                x = x.x
                continue
            break
        return x

    def _selected(self, base: ir.Expr, name: str, hops: int) -> tuple[str, ...]:
        view = self._view
        imported = view.typing.package_of(base)
        if imported is not None:
            scope = view.package.resolver.package(imported, view.package.scope.path)
            if scope is not None and name in scope.variables:
                return (f"=g{imported}.{name}",)
            return (f"{imported}.{name}",)
        kind = view.typing.of(base)
        if kind is None:
            written = view.typing.as_type(base)
            if written is None:
                maker = self._maker(base, hops)
                return (f"{maker}().{name}" if maker else f".{name}",)
            kind = written
        field = view.package.resolver.field(kind, name)
        method = view.package.resolver.method(kind, name)
        if field is not None and (method is None or len(field.path) <= len(method.path)):
            identity = self._names.identity(ir.Sel(base, name, 0, 0))
            return (f"={identity}",) if identity else ()
        if method is None:
            # Without its source a type has no methods to look up, but the name of type and method may stand in a table of APIs.
            named = view.package.resolver.unseen(kind) or (kind.elem if isinstance(kind, model.Pointer) else kind)
            return (f"{named.package}.{named.name}.{name}",) if isinstance(named, model.Named) else (f".{name}",)
        if method.function is None:
            owner = f"{method.receiver.package}.{method.receiver.name}" if method.receiver else ""
            return (f"!{owner}.{name}",)
        assert method.receiver is not None
        return (f"{method.receiver.package}.{method.receiver.name}.{name}",)

    def _maker(self, x: ir.Expr, hops: int) -> str:
        """Return the one function whose result an expression of unknown type is, or an empty string."""
        if isinstance(x, ir.Local) and not self._view.assignments[x.id]:
            match self._view.typing.definitions.get(x.id):
                case FromValue(value, 0, _):
                    x = value
        tokens = self.targets(x.fun, hops + 1) if isinstance(x, ir.Call) else ()
        return tokens[0].removeprefix("!") if len(tokens) == 1 and tokens[0][0] not in "=&?." else ""

    def is_method_expression(self, fun: ir.Expr) -> bool:
        """Tell whether a function is a method that takes its receiver as first argument: `(*T).method`."""
        if not isinstance(fun, ir.Sel) or fun.base.__class__ is ir.Local or self._view.typing.package_of(fun.base) is not None:
            return False
        return self._view.typing.of(fun.base) is None and self._view.typing.as_type(fun.base) is not None

    def receiver(self, fun: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> Argument | None:
        """Return the receiver of a method call or method value, or what holds the function that is called; None where that is not known."""
        if fun.__class__ is ir.Local or fun.__class__ is ir.Index:
            holder = self._holder(fun.id) if fun.__class__ is ir.Local else self._of_field(fun)
            if holder is not None:
                return self.argument(holder, owned)
            return self._listed(fun.id, owned) if fun.__class__ is ir.Local else None
        if not isinstance(fun, ir.Sel) or self._view.typing.package_of(fun.base) is not None:
            return None
        if self.is_method_expression(fun):
            return None
        found = self.argument(fun.base, owned)
        method = self._view.package.resolver.method(self._view.typing.of(fun.base), fun.name)
        if method is not None and method.path and found.path is not None:
            kind = self._view.typing.of(fun.base)
            identity = found.identity
            for name in method.path:
                field = self._view.package.resolver.field(kind, name)
                if field is not None and isinstance(field.owner, model.Named):
                    identity = f"f{field.owner.package}.{field.owner.name}.{name}"
                kind = field.type if field else None
            return Argument((*found.path, *method.path), identity, (), found.owned, found.type)
        return found

    def _holder(self, number: int) -> ir.Expr | None:
        """Return the object out of whose field a local function value has been taken: `h, ok := s.handlers[name]`."""
        match self._view.typing.definitions.get(number):
            case FromValue(x, 0, _) | FromRange(x, 1) if not self._view.assignments[number]:
                return self._of_field(self._contents(x))
        return None

    def _of_field(self, x: ir.Expr) -> ir.Expr | None:
        """Return the object of the field that something is taken out of: of `s.handlers[name]`, `s`."""
        x = _unindexed(x)
        return x.base if x.__class__ is ir.Sel and self._view.typing.package_of(x.base) is None else None

    def _listed(self, number: int, owned: frozenset[int | tuple[str, ...]]) -> Argument | None:
        """Return the receiver of all method values in a list of functions that a loop goes over: `range []func(){p.read, p.write}`."""
        match self._view.typing.definitions.get(number):
            case FromRange(over, 1) if not self._view.assignments[number]:
                literal = self._contents(over)
                if isinstance(literal, ir.Lit):
                    path, identity = self._bound(literal, owned)
                    return Argument(path, identity) if path is not None else None
        return None

    def argument(self, x: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> Argument:
        """Return what other functions can know of an argument."""
        if x.__class__ is ir.Const:
            return _CONSTANT
        if is_nil(x):
            return _NIL
        kind = self._view.typing.of(x)
        below = self._view.package.resolver.underlying(kind)
        tokens: tuple[str, ...] = ()
        path = None
        identity = ""
        given = -1
        if below.__class__ is model.Signature or x.__class__ is ir.FuncLit:
            tokens = self.targets(x)
            if isinstance(x, ir.Call) and x.args and self._view.typing.as_type(x.fun) is not None:
                x = x.args[0]
            if isinstance(x, ir.Sel):
                bound = self.receiver(x, owned)  # a method value carries its receiver
                if bound is not None:
                    path, identity = bound.path, bound.identity
        elif below.__class__ is model.Basic:
            given = origin(self._view, x)
            if kind is below:
                if below is model.BOOL:
                    return Argument(given=given, flag=self._flag(x))
                if x.__class__ is ir.Local:
                    return Argument(self._names.path(x), given=given)  # it may choose an element there
                return NOTHING if given < 0 and given != CONSTANT else Argument(given=given)
        else:
            if below.__class__ is model.Interface and x.__class__ is ir.Call:
                x = self._mutex_of_readers(x) or x
            path = self._names.path(x)
            identity = self._names.identity(x) if path is not None else ""
            if below.__class__ is model.Interface:
                tokens = self.targets(x)  # a function behind an interface, such as an http.HandlerFunc
        named = kind.elem if kind.__class__ is model.Pointer else kind
        text = f"{named.package}.{named.name}" if named.__class__ is model.Named else ""
        fields: tuple[tuple[str, str], ...] = ()
        literal = self._literal(x)
        if literal is not None and isinstance(named, model.Named) and named.package != self._view.package.scope.path:
            fields = tuple(self._fields(literal))
            if fields:
                path, identity = self._bound(literal, owned)  # of method values: what they carry
        new = fresh(x, owned) or self._new_in_place(x, owned)
        maker = self.maker(x) if tokens else -1
        return Argument(path, identity, tokens, new, text, fields, given, below.__class__ is model.Struct, self._presence(x), maker)

    def maker(self, fun: ir.Expr) -> int:
        """Return the call that has returned a function, by its offset, or -1 where that is not seen: `logged(run)`, and what is named after it."""
        for _ in range(_MAX_HOPS):
            if fun.__class__ is ir.Local and not self._view.assignments[fun.id]:
                match self._view.typing.definitions.get(fun.id):
                    case FromValue(ir.Call() as call, _, _):
                        fun = call
                        continue
                    case FromValue(value, 0, _):
                        fun = value
                        continue
            elif (inner := self._view.typing.unconverted(fun)) is not fun:
                fun = inner
                continue
            break
        return fun.pos if fun.__class__ is ir.Call else -1

    def _mutex_of_readers(self, call: ir.Call) -> ir.Expr | None:
        """Return the mutex that a call of `RLocker` is about, or None."""
        return call.fun.base if isinstance(call.fun, ir.Sel) and self.targets(call.fun) == ("sync.RWMutex.RLocker",) else None

    def _flag(self, x: ir.Expr) -> int:
        """Return what is known of a truth value, see `Argument.flag`."""
        if x.__class__ is ir.Name:
            return 1 if x.name == "true" else 0 if x.name == "false" else -1
        return self._as_it_is(x)

    def _presence(self, x: ir.Expr) -> int:
        """Return what is known of whether something else is nil, see `Argument.flag`."""
        return 1 if x.__class__ in _PRESENT else self._as_it_is(x)

    def _as_it_is(self, x: ir.Expr) -> int:
        if x.__class__ is ir.Local and not self._view.assignments[x.id]:
            return self._parameters.get(x.id, -1 - PARAMETERS) + PARAMETERS
        return -1

    def _new_in_place(self, x: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> bool:
        """Tell whether an expression names a field or variable that holds a new object: each activation of the function makes another one."""
        if not owned or (x.__class__ is not ir.Sel and x.__class__ is not ir.Name):
            return False
        path = self._view.paths.raw(x)
        return path is not None and (NEW_IN_PLACE, *path) in owned

    def _literal(self, x: ir.Expr) -> ir.Lit | None:
        """Return the composite literal that an expression or a local variable stands for, or None."""
        if x.__class__ is ir.Local and not self._view.assignments[x.id]:
            match self._view.typing.definitions.get(x.id):
                case FromValue(value, _, 1):
                    x = value
        if x.__class__ is ir.Addr:
            x = x.x
        return x if x.__class__ is ir.Lit else None

    def _fields(self, literal: ir.Lit, hops: int = 0) -> Iterator[tuple[str, str]]:
        """Yield (qualified field, token) of the functions in a struct literal and those inside of it."""
        kind = self._view.typing.of(literal)
        for element in literal.elements if hops < _MAX_HOPS else ():
            inner = self._literal(element.value)
            if inner is not None:
                yield from self._fields(inner, hops + 1)
            elif (
                isinstance(kind, model.Named)
                and (name := field_name(element, self._view.variables))
                and isinstance(element.value, ir.FuncLit | ir.Name | ir.Sel | ir.Local)
            ):
                for token in self.targets(element.value):
                    yield f"{kind.package}.{kind.name}.{name}", token

    def _bound(self, literal: ir.Lit, owned: frozenset[int | tuple[str, ...]]) -> tuple[tuple[str, ...] | None, str]:
        """Return (path, identity) of the receiver that all method values in a struct literal have, or (None, "")."""
        found: set[tuple[tuple[str, ...] | None, str]] = set()
        todo = [literal]
        while todo:
            for element in todo.pop().elements:
                inner = self._literal(element.value)
                if inner is not None:
                    todo.append(inner)
                elif isinstance(element.value, ir.Sel) and isinstance(self._view.typing.of(element.value), model.Signature):
                    bound = self.receiver(element.value, owned)
                    if bound is not None:
                        found.add((bound.path, bound.identity))
        return found.pop() if len(found) == 1 else (None, "")


def _unindexed(x: ir.Expr) -> ir.Expr:
    """Return the list or table that an element is taken out of, whichever lists and tables it lies in: `b.handlers` of `b.handlers[topic][i]`."""
    while x.__class__ is ir.Index:
        x = x.base
    return x


def fresh(x: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> bool:
    """Tell whether nobody else can have what an expression stands for: it is made here, or an owned local."""
    while True:
        if x.__class__ is ir.Sel:
            x = x.base
        elif x.__class__ is ir.Addr or x.__class__ is ir.Deref:
            x = x.x
        else:
            break
    if x.__class__ is ir.Local:
        return x.id in owned
    return x.__class__ is ir.Lit or (x.__class__ is ir.Call and x.fun.__class__ is ir.Name and x.fun.name in ("new", "make"))
