"""Which functions may write to a nil map at all: cheap signs, so that few functions are walked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from golint_maps.flow import nilcalls
from golint_maps.flow.callees import callee, in_module
from golint_maps.flow.literals import field_name
from golint_maps.flow.makers import makers
from golint_maps.flow.nilbeliefs import beliefs
from golint_maps.flow.nildoubts import filled_unless_it_fails, handed_in
from golint_maps.flow.nilhanded import called_name, spelled_out, storing
from golint_maps.flow.nilresults import empty_arguments
from golint_maps.flow.parts import root_of
from golint_maps.flow.traverse import each, is_nil, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue


def worth_a_walk(view: View) -> list[int]:
    """Return the numbers of the functions with a write to a map that could be nil. Most functions have none, and are not walked."""
    found = set(_with_zero_values(view)) | set(_with_nil_receivers(view)) | set(_with_nil_arguments(view)) | set(_with_foreign_zero_values(view))
    found |= set(_with_unmade_fields(view))
    targets = list(_targets(view))
    if targets:
        suspects = _Suspects(view)
        found |= {_function_at(view, pos) for pos, base in targets if suspects.may_be_nil(base)}
    return sorted(found)


def _with_nil_arguments(view: View) -> Iterator[int]:
    """Yield the functions that hand a plain nil to a function of this package that takes a map."""
    for number, function in zip(view.family, view.functions, strict=True):
        for call in each(function.body or (), ir.Call):
            if any(argument.__class__ is ir.Name and argument.name == "nil" for argument in call.args):
                found = callee(view, call)
                declared = found.declared.node if found is not None and found.declared is not None else None
                if declared is not None and any(
                    is_nil(argument) and (isinstance(kind, ir.TMap) or _type_name(kind) in view.package.scope.types)
                    for argument, kind in zip(call.args, declared.type.params, strict=False)
                ):
                    yield number
                    break


def _with_zero_values(view: View) -> Iterator[int]:
    """Yield the functions with a local that starts as a zero value of a struct of this package that has a map: they may hand it on."""
    suspects = _filled_types(view.package)
    if not suspects:
        return
    filled = makers(view.package).filled
    for number, variable in enumerate(view.variables):
        given: set[str] = set()
        if variable.kind == "var":
            if variable.type is None or _type_name(variable.type) not in suspects:
                continue
        elif variable.kind == "define":
            match view.typing.definitions.get(number):
                case FromValue(ir.Addr(ir.Lit(kind, elements)) | ir.Lit(kind, elements)) if _type_name(kind) in suspects:
                    if any(element.key is None for element in elements):
                        continue
                    given = {field_name(element, view.variables) for element in elements}
                case FromValue(ir.Call(ir.Name("new"))):
                    pass
                case _:
                    continue
        else:
            continue
        struct = view.package.resolver.struct(view.typing.local(number))
        if struct is None or not isinstance(struct[0], model.Named) or struct[0].package != view.package.scope.path:
            continue
        missing = [field.name for field in struct[1].fields if field.name not in given and view.package.resolver.map(field.type) is not None]
        if not filled.isdisjoint(missing):
            yield variable.function


def _with_nil_receivers(view: View) -> Iterator[int]:
    """Yield the functions with a local of a map type of this package that starts as nil, and has methods."""
    scope = view.package.scope
    for number, variable in enumerate(view.variables):
        has_methods = variable.kind == "var" and variable.type is not None and bool(scope.methods.get(_type_name(variable.type)))
        if has_methods and view.package.resolver.map(view.typing.local(number)) is not None:
            yield variable.function


def _with_unmade_fields(view: View) -> Iterator[int]:
    """Yield the functions that hand a field or package variable which nothing ever makes to a function that stores to the map that it gets."""
    names = storing(view.package)
    for number, function in zip(view.family, view.functions, strict=True) if names else ():
        calls = (call for call in each(function.body or (), ir.Call) if called_name(call) in names)
        if any(_is_unmade(view, x) for call in calls for x in (*call.args, *_receiver(view, call))):
            yield number


def _receiver(view: View, call: ir.Call) -> Iterator[ir.Expr]:
    """Yield what a method is called on, the embedded fields on the way to it included."""
    if isinstance(call.fun, ir.Sel):
        method = view.package.resolver.method(view.typing.of(call.fun.base), call.fun.name)
        yield spelled_out(call.fun.base, method.path if method is not None else ())


def _is_unmade(view: View, x: ir.Expr) -> bool:
    made = makers(view.package)
    if isinstance(x, ir.Name):
        return made.variable_is_nil(x.name)
    field = view.package.resolver.field(view.typing.of(x.base), x.name) if isinstance(x, ir.Sel) else None
    return field is not None and isinstance(x, ir.Sel) and made.field_is_nil(field.owner, x.name)


def _with_foreign_zero_values(view: View) -> Iterator[int]:
    """Yield the functions with a local that starts as a zero value of another package's type that is or has a map, and call a method of it."""
    resolver = view.package.resolver
    for number, variable in enumerate(view.variables):
        kind = variable.type.base if isinstance(variable.type, ir.TInst) else variable.type
        if variable.kind != "var" or not isinstance(kind, ir.TQual) or view.path.endswith("_test.go"):
            continue
        found = view.typing.local(number)
        if not isinstance(found, model.Named) or not in_module(f"{found.package}.{found.name}"):
            continue
        struct = resolver.struct(found)
        if resolver.map(found) is not None or (struct is not None and any(resolver.map(field.type) is not None for field in struct[1].fields)):
            yield variable.function


def _filled_types(package: PackageView) -> frozenset[str]:
    """Return the names of a package's struct types with a map field that somebody stores elements to, and of its aliases."""
    found = package.memo.get(__name__)
    if found is None:
        filled = makers(package).filled
        found = package.memo[__name__] = frozenset(
            name
            for name, declared in package.scope.types.items()
            if filled
            and (
                declared.node.alias
                or not isinstance(declared.node.type, ir.TStruct)
                or any(field.name in filled for field in declared.node.type.fields)
            )
        )
    assert isinstance(found, frozenset)
    return found


def _type_name(kind: ir.TypeExpr | None) -> str:
    """Return the name of a written type of this package, without its arguments; empty for all else."""
    if isinstance(kind, ir.TInst):
        kind = kind.base
    return kind.name if isinstance(kind, ir.TName) else ""


def _targets(view: View) -> Iterator[tuple[int, ir.Expr]]:
    """Yield what is stored to (with the place): maps, and as no types are asked for yet, also slices and arrays."""
    for function in view.functions:
        body = function.body or ()
        for assign in each(body, ir.Assign):
            for x in assign.lhs:
                if x.__class__ is ir.Index:
                    yield assign.pos, x.base
        for call in each(body, ir.Do):
            written = nilcalls.written(view, call.x) if isinstance(call.x, ir.Call) else None
            if written is not None:
                yield call.x.pos, written[0]


def _function_at(view: View, pos: int) -> int:
    """Return the number of the innermost function around a place."""
    around = (number for number in view.family if view.facts.functions[number].pos <= pos < view.facts.functions[number].end)
    return max(around, key=lambda number: view.facts.functions[number].pos, default=view.number)


class _Suspects:
    """Cheap signs that a map may be nil."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._locals: set[int] = set()
        self._fields: set[str] = set()
        self._elements = False
        self._decodes = any(item.path in nilcalls.DECODERS for item in view.facts.imports)
        for function in view.functions:
            for assign in each(function.body or (), ir.Assign):
                if len(assign.lhs) == len(assign.rhs):
                    for x, value in zip(assign.lhs, assign.rhs, strict=True):
                        if (value.__class__ is ir.Name and value.name == "nil") or (value.__class__ is ir.Call and nilcalls.clones(view, value.fun)):
                            self._suspect(x)
                elif assign.rhs and isinstance(assign.rhs[0], ir.Index):
                    self._elements = True
                    self._suspect_of_others(assign.rhs[0].base)
            for condition in each(function.body or (), ir.If):
                for x in subexpressions(condition.cond):
                    if x.__class__ is ir.Binary and isinstance(x.right, ir.Name) and x.right.name == "nil":
                        self._suspect(x.left)
                    elif x.__class__ is ir.Call and len(x.args) == 1 and isinstance(x.fun, ir.Name) and x.fun.name == "len":
                        self._suspect_of_others(x.args[0])

    def _suspect(self, x: ir.Expr) -> None:
        match x:
            case ir.Local(number):
                self._locals.add(number)
            case ir.Sel(_, name) | ir.Name(name):
                self._fields.add(name)
            case ir.Index():
                self._elements = True

    def _suspect_of_others(self, x: ir.Expr) -> None:
        """Suspect a map that is looked up in, or measured, if others make it."""
        if handed_in(self._view, x) is not None:
            self._suspect(x)

    @cached_property
    def _ignored(self) -> frozenset[str]:
        """Names of the fields whose makers may have failed, as nobody looks at their errors."""
        view = self._view
        calls = [
            statement.x if isinstance(statement, ir.Do) else statement.rhs[0]
            for statement in view.statements
            if isinstance(statement, ir.Do) or (isinstance(statement, ir.Assign) and len(statement.rhs) == 1)
        ]
        return frozenset(
            name
            for call in calls
            if isinstance(call, ir.Call) and isinstance(call.fun, ir.Sel) and isinstance(call.fun.base, ir.Local)
            for name in filled_unless_it_fails(view, call)
        )

    @cached_property
    def _cleared(self) -> frozenset[str]:
        """Names of the fields that a method which is called here sets to nil."""
        calls = (call for function in self._view.functions for call in each(function.body or (), ir.Call))
        return frozenset(name for call in calls for name in nilcalls.cleared(self._view, call))

    def may_be_nil(self, base: ir.Expr) -> bool:
        """Tell whether a walk may find that a map is nil where it is written."""
        match base:
            case ir.Local(number):
                suspect = self._local(number)
            case ir.Name(name):
                suspect = name in self._fields or makers(self._view.package).variable_is_nil(name)
            case ir.Sel():
                suspect = self._field(base)
            case ir.Deref(pointer):
                suspect = self._starts_here(pointer)
            case ir.Index(outer):
                suspect = self._elements or self._starts_here(outer) or self.may_be_nil(outer)
            case _:
                return False
        return suspect and self._view.package.resolver.map(self._view.typing.of(base)) is not None

    def _field(self, x: ir.Sel) -> bool:
        if x.name in self._fields or self._starts_here(x):
            return True
        view = self._view
        field = view.package.resolver.field(view.typing.of(x.base), x.name)
        if field is None or view.package.resolver.map(field.type) is None:
            return False
        made, believed = makers(view.package), beliefs(view.package)
        return (
            made.field_is_nil(field.owner, x.name)
            or bool(made.optional(field.owner, x.name))
            or x.name in self._ignored
            or x.name in self._cleared
            or bool(believed.reset_by(field.owner, x.name))
            or bool(believed.taken_by(field.owner, x.name))
            or bool(believed.made_late_by(field.owner, x.name, view.name))
        )

    def _starts_here(self, x: ir.Expr) -> bool:
        """Tell whether an expression leads from a local variable that starts empty: zero, a literal, just made."""
        root = root_of(x)
        if root is None:
            return False
        variable = self._view.variables[root]
        if variable.kind in ("var", "define"):
            definition = self._view.typing.definitions.get(root)
            if definition is None:
                return True
            value = definition.value if isinstance(definition, FromValue) else None
            return isinstance(value, ir.Lit | ir.Addr) or (isinstance(value, ir.Call) and isinstance(value.fun, ir.Name))
        return variable.kind == "result"

    def _local(self, number: int) -> bool:
        view = self._view
        variable = view.variables[number]
        if number in self._locals or (self._decodes and number in view.address_taken):
            return True
        if variable.kind == "result":
            return True
        if variable.kind not in ("var", "define"):
            return False
        definition = view.typing.definitions.get(number)
        match definition:
            case None:
                return True
            case FromValue(ir.Index()) | FromValue(ir.Assert(), count=2):
                return True
            case FromValue(ir.Call() as call, count=count):
                return count > 1 or len(call.args) == 1 or nilcalls.returns_nil(view, call) or bool(empty_arguments(view, call))
            case FromValue(ir.Sel() | ir.Local() | ir.Name() as value):
                return value != ir.Local(number, value.pos) and self.may_be_nil(value)
        return False
