"""What a call calls: tokens of functions, function values and interface methods (see `events.CallSite`)."""

from __future__ import annotations

from golint_maps.flow.events import Argument
from golint_maps.flow.identity import Names, function_id
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

_MAX_HOPS = 8


class Callees:
    """Resolves the function expressions of one function and its literals."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._view = names.view
        root = names.view.root
        self._parameters = {number: index for index, number in enumerate(root.params) if number >= 0}

    def targets(self, fun: ir.Expr, hops: int = 0) -> tuple[str, ...]:
        """Return the tokens of what `fun` may be. Empty: a builtin, a conversion, or nothing known."""
        view = self._view
        if hops > _MAX_HOPS:
            return ()
        match fun:
            case ir.FuncLit(number):
                return (function_id(view, number),)
            case ir.Name(name):
                package = view.package.scope
                if name in package.functions:
                    return (f"{package.path}.{name}",)
                return (f"=g{package.path}.{name}",) if name in package.variables else ()
            case ir.Local(number):
                return self._local(number, hops)
            case ir.Sel(base, name):
                return self._selected(base, name)
            case ir.Index(base):
                if isinstance(view.package.resolver.underlying(view.typing.of(base)), model.Signature):
                    return self.targets(base, hops + 1)
                container = self._names.identity(base)
                return (f"={container}",) if container else ()
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
                case FromValue(value, _, 1):
                    found = self.targets(value, hops + 1)
                    if found:
                        return found
                case FromRange(over, 1):
                    container = self._names.identity(over)
                    return (f"={container}",) if container else ()
        return (f"=l{self._names.root_id}#{number}",)

    def _selected(self, base: ir.Expr, name: str) -> tuple[str, ...]:
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
                return (f".{name}",)
            kind = written
        field = view.package.resolver.field(kind, name)
        method = view.package.resolver.method(kind, name)
        if field is not None and (method is None or len(field.path) <= len(method.path)):
            identity = self._names.identity(ir.Sel(base, name, 0, 0))
            return (f"={identity}",) if identity else ()
        if method is None:
            named = kind.elem if isinstance(kind, model.Pointer) else kind
            # Without its source a type has no methods to look up, but the name of type and method may stand in a table of APIs.
            return (f"{named.package}.{named.name}.{name}",) if isinstance(named, model.Named) else (f".{name}",)
        if method.function is None:
            owner = f"{method.receiver.package}.{method.receiver.name}" if method.receiver else ""
            return (f"!{owner}.{name}",)
        assert method.receiver is not None
        return (f"{method.receiver.package}.{method.receiver.name}.{name}",)

    def receiver(self, fun: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> Argument | None:
        """Return the receiver of a method call or method value, or None."""
        if not isinstance(fun, ir.Sel) or self._view.typing.package_of(fun.base) is not None:
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

    def argument(self, x: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> Argument:
        """Return what other functions can know of an argument."""
        kind = self._view.typing.of(x)
        below = self._view.package.resolver.underlying(kind)
        tokens: tuple[str, ...] = ()
        path = None
        identity = ""
        if isinstance(below, model.Signature) or isinstance(x, ir.FuncLit):
            tokens = self.targets(x)
            if isinstance(x, ir.Call) and x.args and self._view.typing.as_type(x.fun) is not None:
                x = x.args[0]
            if isinstance(x, ir.Sel):
                bound = self.receiver(x, owned)  # a method value carries its receiver
                if bound is not None:
                    path, identity = bound.path, bound.identity
        elif not isinstance(below, model.Basic):
            path = self._names.path(x)
            identity = self._names.identity(x) if path is not None else ""
            if isinstance(below, model.Interface):
                tokens = self.targets(x)  # a function behind an interface, such as an http.HandlerFunc
        named = kind.elem if isinstance(kind, model.Pointer) else kind
        text = f"{named.package}.{named.name}" if isinstance(named, model.Named) else ""
        return Argument(path, identity, tokens, fresh(x, owned), text)


def fresh(x: ir.Expr, owned: frozenset[int | tuple[str, ...]]) -> bool:
    """Tell whether nobody else can have what an expression stands for: it is made here, or an owned local."""
    match x:
        case ir.Local(number):
            return number in owned
        case ir.Addr(operand) | ir.Sel(operand) | ir.Deref(operand):
            return fresh(operand, owned)
        case ir.Lit():
            return True
        case ir.Call(ir.Name("new" | "make")):
            return True
    return False
