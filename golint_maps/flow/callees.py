"""Which function a call reaches, as far as one package can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.traverse import each, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.scope import Declared, receiver_name
from golint_maps.types.stdlib import table

LITERAL: Final = "·"
"""Stands in the ids of function literals, and in no others."""
_THROUGH: Final = "?"
"""Begins the ids of methods of interfaces, and no others."""


@dataclass(frozen=True, slots=True)
class Callee:
    """The target of a call. `id` is `path.Func`, `path.Type.Method`, or what `wanted` reads for a method of an interface.

    `receiver` is the operand before the method's name, `embedded` the embedded fields between it and the method's own receiver.
    `declared` is the declaration when it stands in the calling package, `literal` the number of a literal that a local variable holds.
    """

    id: str
    receiver: ir.Expr | None = None
    embedded: tuple[str, ...] = ()
    declared: Declared[ir.Function] | None = None
    literal: int = -1

    @property
    def wanted(self) -> Wanted | None:
        """What a method of an interface asks of the type behind it."""
        return wanted(self.id)

    @property
    def outside(self) -> bool:
        """Whether it is a named function of another package."""
        return self.declared is None and self.literal < 0 and self.id[0] != _THROUGH


@dataclass(frozen=True, slots=True)
class Wanted:
    """A method of an interface. `interface` is `path.Name`, or `path.` of the calling package for one without a name, `shape` its signature's."""

    interface: str
    method: str
    shape: tuple[str, ...]

    @property
    def id(self) -> str:
        """The text by which calls name it: `?path.Interface.Method(int,->,error)`."""
        return f"{_THROUGH}{self.interface}.{self.method}({','.join(self.shape)})"


def wanted(id: str) -> Wanted | None:
    """Return what an id says of a method of an interface, or None for those of functions."""
    if id[:1] != _THROUGH:
        return None
    # No import path has a parenthesis or a comma in it.
    name, _, shape = id[1:-1].partition("(")
    interface, _, method = name.rpartition(".")
    return Wanted(interface, method, tuple(shape.split(",")))


def shape_of(package: PackageView, declared: Declared[ir.Function]) -> tuple[str, ...]:
    """Return the shape of a declared function's signature."""
    context = package.resolver.context_of(declared.node, package.scope, declared.file)
    return model.shape(package.resolver.signature(declared.node.type, context))


def in_module(id: str) -> bool:
    """Tell whether a function id is of a package outside of the standard library, whose source may be in the run."""
    folder, slash, last = id.rpartition("/")
    return f"{folder}{slash}{last.partition('.')[0]}" not in table().packages


def callee(view: View, call: ir.Call) -> Callee | None:
    """Return the function that a call reaches, or None for function values, conversions and what is not known."""
    fun = call.fun
    while isinstance(fun, ir.Index | ir.Inst):
        fun = fun.base
    match fun:
        case ir.Name(name):
            declared = view.package.scope.functions.get(name)
            return Callee(f"{view.package.scope.path}.{name}", declared=declared) if declared else None
        case ir.Local(number):
            literal = held_literal(view, number)
            if literal is not None:
                return of_literal(view, literal)
            bound = _method_value(view, number)
            return None if bound is None else _method(view, bound.base, bound.name)
        case ir.Sel(base, name):
            imported = view.typing.package_of(base)
            if imported is not None:
                return Callee(f"{imported}.{name}")
            return _method(view, base, name)
    return None


def of_literal(view: View, literal: int) -> Callee:
    """Return a function literal of the function as the target of a call."""
    return Callee(LITERAL.join((view.package.scope.path, view.path, str(literal))), literal=literal)


def _method(view: View, base: ir.Expr, name: str) -> Callee | None:
    method = view.package.resolver.method(view.typing.of(base), name)
    if method is None:
        return None
    if method.function is None or method.receiver is None or method.package is None:
        owner = f"{method.receiver.package}.{method.receiver.name}" if method.receiver is not None else f"{view.package.scope.path}."
        return Callee(Wanted(owner, name, model.shape(method.signature)).id, base, method.path)
    own = method.function if method.package is view.package.scope else None
    return Callee(f"{method.receiver.package}.{method.receiver.name}.{name}", base, method.path, own)


def held_literal(view: View, number: int) -> int | None:
    """Return the number of the function literal that is all that a local ever holds, or None."""
    definition = view.typing.definitions.get(number)
    assigned = view.assignments[number]
    if isinstance(definition, FromValue):
        return definition.value.function if isinstance(definition.value, ir.FuncLit) and not assigned else None
    # `var visit func(n int)` and then `visit = func(n int) {…}`, for recursion.
    if assigned != 1 or view.variables[number].kind != "var":
        return None
    for function in view.functions:
        for statement in statements(function.body or ()):
            match statement:
                case ir.Assign("=", [ir.Local(target)], [ir.FuncLit(literal)]) if target == number:
                    return literal
    return None


def _method_value(view: View, number: int) -> ir.Sel | None:
    """Return the method that is all that a local ever holds, bound to a variable that stays what it is: `send := c.send`."""
    match view.typing.definitions.get(number):
        case FromValue(ir.Sel(ir.Local(receiver)) as bound, _, 1) if not view.assignments[number] and not view.assignments[receiver]:
            return bound
    return None


def called_parameters(view: View, target: Callee) -> Sequence[tuple[int, tuple[int, ...]]]:
    """Return which of its parameters a function of the package calls before it returns, and with which others: -1 for what is no parameter."""
    if target.declared is None:
        return ()
    memo: dict[tuple[int, int], list[tuple[int, tuple[int, ...]]]] = view.package.memo.setdefault(__name__, {})
    key = (target.declared.file, target.declared.node.root)
    if key not in memo:
        function = target.declared.node
        params = {number: index for index, number in enumerate(function.params) if number >= 0}
        started = {id(statement.call) for statement in each(function.body or (), ir.Go)}
        memo[key] = [
            (params[call.fun.id], tuple(params.get(arg.id, -1) if isinstance(arg, ir.Local) else -1 for arg in call.args))
            for call in (each(function.body or (), ir.Call) if any(isinstance(kind, ir.TFunc) for kind in function.type.params) else ())
            if isinstance(call.fun, ir.Local) and call.fun.id in params and id(call) not in started
        ]
    return memo[key]


def function_id(package: PackageView, function: ir.Function) -> str:
    """Return the id of a declared function of a package."""
    if function.receiver_type is not None:
        return f"{package.scope.path}.{receiver_name(function.receiver_type)}.{function.name}"
    return f"{package.scope.path}.{function.name}"
