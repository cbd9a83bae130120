"""Floats that may be NaN: the operation that can make one of them, and what rules it out.

Functions of the package are looked into, with what their callers know of the arguments. Parameters, fields and plain variables are believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.traverse import each, expressions, statements, subexpressions
from golint_maps.flow.view import View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 8
_CALL: Final = 3
"""What a call costs of that depth."""
_FLOATS: Final = frozenset(("float32", "float64"))
_NAN_OF: Final = frozenset(("Sqrt", "Log", "Log2", "Log10", "Log1p", "Acos", "Asin", "Acosh", "Atanh", "Gamma"))
"""Functions of package math that give NaN for some finite argument."""
_ROUNDING: Final = frozenset(("Floor", "Ceil", "Round", "RoundToEven", "Trunc", "Abs", "Max", "Min"))
_BITS: Final = frozenset(("Float64frombits", "Float32frombits"))
_COMPARISONS: Final = frozenset(("==", "!=", "<", "<=", ">", ">="))


@dataclass(frozen=True, slots=True)
class Source:
    """An operation that may give NaN, and the function that it stands in."""

    x: ir.Expr
    view: View


def settled(view: View, x: ir.Local) -> FromValue | None:
    """Return where a local that is set once gets its value."""
    definition = view.typing.definitions.get(x.id)
    if isinstance(definition, FromValue) and not view.assignments[x.id] and x.id not in view.address_taken:
        return definition
    return None


def calls(view: View, x: ir.Expr, package: str, names: tuple[str, ...]) -> bool:
    """Tell whether an expression calls one of these functions of another package."""
    match x:
        case ir.Call(ir.Sel(base, name)):
            return name in names and view.typing.package_of(base) == package
    return False


@dataclass(eq=False)
class NotANumber:
    """The floats of one function. `given` has the arguments by the parameter (or receiver), as they stand in the `caller` at `at`."""

    view: View
    given: Mapping[int, ir.Expr] = field(default_factory=dict)
    caller: NotANumber | None = None
    at: int = 0

    def source(self, x: ir.Expr, before: int, depth: int = 0) -> Source | None:
        """Return the operation by which a value may become NaN, unless a test before rules it out."""
        if depth > _MAX_DEPTH or self.tested(x, before):
            return None
        match x:
            case ir.Local(number):
                if self.caller is not None and number in self.given:
                    return self.caller.source(self.given[number], self.at, depth + 1)
                definition = settled(self.view, x)
                if definition is None:
                    return None
                if definition.index == 0 and self.caller is None and calls(self.view, definition.value, "strconv", ("ParseFloat",)):
                    return Source(definition.value, self.view)
                return self.source(definition.value, before, depth + 1) if definition.count == 1 else None
            case ir.Lit(_, elements):
                return self._first([element.value for element in elements], before, depth)
            case ir.Unary("-" | "+", operand):
                return self.source(operand, before, depth + 1)
            case ir.Binary("/", left, right) if self._is_float(x):
                return self.source(left, before, depth + 1) if self.not_zero(right, before) else Source(x, self.view)
            case ir.Binary("+" | "-" | "*", left, right) if self._is_float(x):
                return self._first([left, right], before, depth)
            case ir.Call(fun, [operand]) if (target := self.view.typing.as_type(fun)) is not None:
                floats = self._is_float(operand) or isinstance(operand, ir.Binary)
                return self.source(operand, before, depth + 1) if floats and self._holds_float(target) else None
            case ir.Call(ir.Sel(base), args) if self.view.typing.package_of(base) == "math":
                return self._of_math(x, args, before, depth)
            case ir.Call() if self._is_float(x):
                return self._returned(x, before, depth)
        return None

    def _first(self, parts: list[ir.Expr], before: int, depth: int) -> Source | None:
        return next((found for x in parts if (found := self.source(x, before, depth + 1)) is not None), None)

    def _of_math(self, call: ir.Call, args: list[ir.Expr], before: int, depth: int) -> Source | None:
        name = call.fun.name if isinstance(call.fun, ir.Sel) else ""
        if name in _ROUNDING:
            return self._first(args, before, depth)
        if name == "NaN" or name in _BITS:
            return Source(call, self.view)
        if name in _NAN_OF and args and not self.in_domain(args[0], before, depth):
            return Source(call, self.view)
        if name in ("Mod", "Remainder") and len(args) == 2 and not self.not_zero(args[1], before):
            return Source(call, self.view)
        if name == "Pow" and len(args) == 2 and not self.constant(args[1]) and not self.in_domain(args[0], before, depth):
            return Source(call, self.view)
        return None

    # --- functions of the package ---

    def _inside(self, call: ir.Call, at: int) -> tuple[NotANumber, list[ir.Return]] | None:
        """Return a declared function that is called, with the arguments that it keeps as they are, and where it returns."""
        target = callee(self.view, call)
        if target is None or target.declared is None:
            return None
        function = target.declared.node
        view = function_view(self.view.package, target.declared)
        given = dict(zip(function.params, call.args, strict=False)) if not function.type.variadic else {}
        if target.receiver is not None and not target.embedded:
            given[function.receiver] = target.receiver
        kept = {number: x for number, x in given.items() if number >= 0 and not view.assignments[number] and number not in view.address_taken}
        return NotANumber(view, kept, self, at), [item for item in each(function.body or (), ir.Return) if len(item.values) == 1]

    def _returned(self, call: ir.Call, before: int, depth: int) -> Source | None:
        """Return the operation by which a result of a function of the package may become NaN."""
        inside = self._inside(call, before) if depth + _CALL <= _MAX_DEPTH else None
        if inside is None:
            return None
        frame, returns = inside
        return next((found for item in returns if (found := frame.source(item.values[0], item.pos, depth + _CALL)) is not None), None)

    def _handed(self, x: ir.Expr) -> ir.Expr | None:
        """Return what the caller has in the place of a parameter, or of a field of one."""
        match x:
            case ir.Local(number):
                return self.given.get(number)
            case ir.Sel(base, name) if (outer := self._handed(base)) is not None:
                return ir.Sel(outer, name, x.pos, x.end)
        return None

    # --- what rules NaN out ---

    def _holds_float(self, kind: Type | None) -> bool:
        """Tell whether a conversion to a type leaves a float what it is: a whole number is never NaN."""
        below = self.view.package.resolver.underlying(kind)
        return not isinstance(below, model.Basic) or below.name in _FLOATS

    def _is_float(self, x: ir.Expr) -> bool:
        below = self.view.package.resolver.underlying(self.view.typing.of(x))
        return isinstance(below, model.Basic) and below.name in _FLOATS and not self.constant(x)

    def constant(self, x: ir.Expr) -> bool:
        """Tell whether a value is written in the source."""
        if self.caller is not None and (outer := self._handed(x)) is not None:
            return self.caller.constant(outer)
        constants = self.view.package.scope.constants
        return all(
            isinstance(part, ir.Const | ir.Binary | ir.Unary)
            or (isinstance(part, ir.Name) and (part.name in constants or self.view.typing.as_type(part) is not None))
            or (isinstance(part, ir.Local) and self.view.variables[part.id].kind == "const")
            or (isinstance(part, ir.Call) and self.view.typing.as_type(part.fun) is not None)
            or (isinstance(part, ir.Sel) and self.view.typing.package_of(part.base) in ("math", "time"))
            for part in subexpressions(x)
            if not (isinstance(part, ir.Name) and self.view.typing.package_of(part) is not None)
        )

    def not_zero(self, divisor: ir.Expr, before: int) -> bool:
        """Tell whether a divisor is a constant, is one more than something, or was compared with something before."""
        divisor = self.view.typing.unconverted(divisor)
        if self.constant(divisor):
            return True
        if self.caller is not None and (outer := self._handed(divisor)) is not None and self.caller.not_zero(outer, self.at):
            return True
        match divisor:
            case ir.Binary("+", _, ir.Const()) | ir.Binary("+", ir.Const(), _):
                return True
            case ir.Binary("+" | "*", left, right):
                return self.not_zero(left, before) or self.not_zero(right, before)
            case ir.Local():
                definition = settled(self.view, divisor)
                if definition is not None and definition.count == 1 and self.not_zero(definition.value, before):
                    return True
            case ir.Call(ir.Sel(_, "Max") | ir.Name("max"), args):
                return any(self.constant(arg) for arg in args)
        return self.tested(divisor, before)

    def in_domain(self, argument: ir.Expr, before: int, depth: int) -> bool:
        """Tell whether an argument was compared before, is a constant, a length, unsigned, a square, or a sum or product of such."""
        argument = self.view.typing.unconverted(argument)
        if self.constant(argument) or self.tested(argument, before):
            return True
        if self.caller is not None and (outer := self._handed(argument)) is not None and self.caller.in_domain(outer, self.at, depth):
            return True
        match argument:
            case ir.Call(ir.Name("len")) | ir.Call(ir.Sel(_, "Abs" | "Exp" | "Hypot")):
                return True
            case ir.Call(ir.Sel(_, "Max") | ir.Name("max"), args) if any(self.constant(arg) for arg in args):
                return True
            case ir.Call(ir.Sel(_, "Pow"), [_, power]) if self.constant(power):
                return True
            case ir.Call(ir.Sel(base), [other]) if self.view.paths.key(base) == self.view.paths.key(other):
                return True  # v.Dot(v)
            case ir.Binary("*", left, right) if self.view.paths.key(left) == self.view.paths.key(right):
                return True
            case ir.Binary("+" | "*" | "/", left, right):
                return self.in_domain(left, before, depth) and self.in_domain(right, before, depth)
            case ir.Local():
                definition = settled(self.view, argument)
                if definition is not None and definition.count == 1 and self.in_domain(definition.value, before, depth):
                    return True
            case ir.Call() if depth + _CALL <= _MAX_DEPTH and (inside := self._inside(argument, before)) is not None:
                frame, returns = inside
                return bool(returns) and all(frame.in_domain(item.values[0], item.pos, depth + _CALL) for item in returns)
        below = self.view.package.resolver.underlying(self.view.typing.of(argument))
        return isinstance(below, model.Basic) and below.name.startswith("uint")

    @cached_property
    def _tests(self) -> dict[str, int]:
        """What is compared, or handed to a function that says yes or no, in the function: the text of the value, and where that is first."""
        found: dict[str, int] = {}
        for function in self.view.functions:
            for x in expressions(function.body or ()):
                compared: tuple[ir.Expr, ...] = ()
                if isinstance(x, ir.Binary) and x.op in _COMPARISONS:
                    compared = (x.left, x.right)
                elif isinstance(x, ir.Call) and self.view.typing.of(x) == model.BOOL:
                    compared = tuple(x.args)  # `math.IsNaN(ratio)`, `finite(ratio)`
                for operand in compared:
                    text = self.view.paths.key(self.view.typing.unconverted(operand))
                    found[text] = min(found.get(text, x.pos), x.pos)
            for statement in statements(function.body or ()):
                if isinstance(statement, ir.Switch) and statement.subject is not None:
                    found.setdefault(self.view.paths.key(self.view.typing.unconverted(statement.subject)), statement.pos)
        return found

    def tested(self, x: ir.Expr, before: int) -> bool:
        """Tell whether a value was compared before, also in the caller that hands it in."""
        x = self.view.typing.unconverted(x)
        if self._tests.get(self.view.paths.key(x), before) < before:
            return True
        return self.caller is not None and (outer := self._handed(x)) is not None and self.caller.tested(outer, self.at)
