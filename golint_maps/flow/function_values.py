"""Where the function values of one function go: into fields, variables, lists, and what has no name."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.events import ELSEWHERE, Flow
from golint_maps.flow.family import Family
from golint_maps.flow.literals import field_name
from golint_maps.syntax import ir
from golint_maps.types import model

_NO_FUNCTIONS = frozenset((ir.Const, ir.Binary, ir.Unary, ir.SliceOf, ir.TypeArg, ir.Opaque))
"""Expressions whose value is no function and holds none."""


class FunctionValues:
    """Records the flows of function values."""

    def __init__(self, family: Family) -> None:
        self._names = family.names
        self._callees = family.callees
        self._typing = family.view.typing
        self._variables = family.view.variables
        self._resolver = family.view.package.resolver
        self.flows: list[Flow] = []

    def stored(self, value: ir.Expr, target: ir.Expr) -> None:
        """Record where function values go."""
        if value.__class__ in _NO_FUNCTIONS:
            return
        match value:
            case ir.Call(ir.Name("append"), args):
                for argument in args[1:]:
                    self.stored(argument, target)
                return
            case ir.Addr(ir.Lit() as literal):
                value = literal
        if isinstance(value, ir.Lit):
            self._literal(value)
            self._elements(value, target)
            return
        if not isinstance(value, ir.FuncLit) and not isinstance(self._resolver.underlying(self._typing.of(value)), model.Signature):
            return
        identity = self._callees.container(target)
        if identity:
            self.flows += [Flow(token, f"={identity}") for token in self._callees.targets(value)]

    def _elements(self, literal: ir.Lit, target: ir.Expr) -> None:
        """Record the functions in a list or table that a variable or field is given: who takes one out of it may call any of them."""
        kind = self._resolver.underlying(self._typing.of(literal))
        held = kind.value if isinstance(kind, model.Map) else kind.elem if isinstance(kind, model.Slice | model.Array) else None
        if isinstance(self._resolver.underlying(held), model.Signature | model.Interface):
            for element in literal.elements:
                if not isinstance(element.value, ir.Lit | ir.Addr):
                    self.stored(element.value, target)

    def listed(self, literal: ir.Lit) -> Iterator[str]:
        """Yield the functions that a table or list has as its values: `template.FuncMap{"trim": trim}`."""
        if isinstance(self._resolver.underlying(self._typing.of(literal)), model.Map | model.Slice | model.Array):
            for element in literal.elements:
                if isinstance(self._resolver.underlying(self._typing.of(element.value)), model.Signature):
                    yield from self._callees.targets(element.value)

    def stored_somewhere(self, value: ir.Expr) -> None:
        """Record functions that are stored, passed or returned as parts of something without a name."""
        match value:
            case ir.Addr(operand):
                self.stored_somewhere(operand)
            case ir.Lit():
                self._literal(value)
            case ir.Name() | ir.Sel() if isinstance(self._resolver.underlying(self._typing.of(value)), model.Signature):
                self.flows += [Flow(token, ELSEWHERE) for token in self._callees.targets(value)]

    def _literal(self, literal: ir.Lit) -> None:
        found = self._resolver.struct(self._typing.of(literal))
        named = found is not None and isinstance(found[0], model.Named)
        self.flows += [Flow(token, f"={name}") for name, token in self.fields(literal)]
        for element in literal.elements:
            if not named or isinstance(element.value, ir.Lit | ir.Addr):  # a list, a table, or a struct without a name
                self.stored_somewhere(element.value)

    def fields(self, literal: ir.Lit) -> Iterator[tuple[str, str]]:
        """Yield (name of the field, token) of the functions in a struct literal."""
        found = self._resolver.struct(self._typing.of(literal))
        owner, fields = found if found is not None else (None, None)
        if fields is None or not isinstance(owner, model.Named):
            return
        for index, element in enumerate(literal.elements):
            name = field_name(element, self._variables)
            if element.key is None and index < len(fields.fields):
                name = fields.fields[index].name
            if (
                name
                and isinstance(element.value, ir.FuncLit | ir.Sel | ir.Name | ir.Local | ir.Call)
                and isinstance(self._resolver.underlying(self._typing.of(element.value)), model.Signature)
            ):
                for token in self._callees.targets(element.value):
                    yield f"f{owner.package}.{owner.name}.{name}", token
