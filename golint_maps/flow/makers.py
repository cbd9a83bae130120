"""Which map fields and package variables nothing in a package ever makes: they are nil wherever they are written.

Only what no other package can set is looked at. A walk over the package notes every place that may give such a field a map: assignments,
composite literals, `&x.f`, conversions. Names decide first; types are asked only where a name matches. The walk is in two steps, and most
packages need only the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from golint_maps.flow.traverse import expressions, statements
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.infer import Typing
from golint_maps.types.model import Type
from golint_maps.types.resolve import Context


@dataclass(frozen=True, slots=True)
class _Store:
    """`base.name = …` or `&base.name` somewhere in the package."""

    file: int
    root: int
    base: ir.Expr


class Makers:
    """All that may make a map of a package's fields and variables."""

    def __init__(self, package: PackageView) -> None:
        self._package = package
        self._scope = package.scope
        self._stores: dict[str, list[_Store]] = {}
        self._variables: set[str] = set()
        self._keyed: set[tuple[str, str]] = set()
        """(name of a struct type, field) of composite literals; an empty name where the literal does not say its type."""
        self._positional: set[str] = set()
        self._positional_elided: set[int] = set()
        self._converted: set[str] = set()
        self._typings: dict[tuple[int, int], Typing] = {}
        self._answers: dict[tuple[str, str], bool] = {}
        self.filled: set[str] = set()
        """Names of the fields that elements are stored to (`x.f[k] = v`) somewhere in the package."""
        self._complete = False
        for number, file in enumerate(self._scope.files):
            for function in file.functions:
                self._note_plain(number, function)
        self._linked = {
            words[1]
            for file in self._scope.files
            for comment in file.comments
            if len(words := comment.text.split()) > 1 and words[0] == "//go:linkname"
        }

    # --- the walk ---

    def _note_plain(self, file: int, function: ir.Function) -> None:
        """Note assignments, and the literals that stand alone in a statement: this finds the maker of almost every field, and costs little."""
        variables = self._scope.files[file].functions[function.root].variables
        for statement in statements(function.body or ()):
            values: list[ir.Expr] = []
            if isinstance(statement, ir.Assign):
                values = statement.rhs
                paired = len(statement.lhs) == len(values)
                for index, x in enumerate(statement.lhs):
                    if isinstance(x, ir.Index) and isinstance(x.base, ir.Sel):
                        self.filled.add(x.base.name)
                    elif isinstance(x, ir.Sel | ir.Name) and not (paired and _is_nil(values[index])):
                        self._store(x, file, function.root)
            elif isinstance(statement, ir.Range):
                self._store(statement.key, file, function.root)
                self._store(statement.value, file, function.root)
            elif isinstance(statement, ir.Return | ir.Declare):
                values = statement.values
            for x in values:
                literal = x.x if isinstance(x, ir.Addr) else x
                if isinstance(literal, ir.Lit):
                    self._literal(literal.type, literal.elements, variables)

    def _note_rest(self, file: int, function: ir.Function) -> None:
        """Note what may stand inside of any expression: addresses, literals, conversions."""
        variables = self._scope.files[file].functions[function.root].variables
        for x in expressions(function.body or ()):
            match x:
                case ir.Addr(inner):
                    self._store(inner, file, function.root)
                case ir.Lit(kind, elements):
                    self._literal(kind, elements, variables)
                case ir.Call(fun, [_]):
                    self._conversion(fun)

    def _walk_rest(self) -> None:
        if self._complete:
            return
        self._complete = True
        for number, file in enumerate(self._scope.files):
            for function in file.functions:
                self._note_rest(number, function)

    def _store(self, x: ir.Expr | None, file: int, root: int) -> None:
        match x:
            case ir.Sel(base, name):
                self._stores.setdefault(name, []).append(_Store(file, root, base))
            case ir.Name(name):
                self._variables.add(name)

    def _literal(self, kind: ir.TypeExpr | None, elements: list[ir.Element], variables: Sequence[ir.Variable]) -> None:
        if not elements:
            return
        name = self._name(kind)
        if name is None:
            return
        for element in elements:
            match element.key:
                case ir.Name(field) if not _is_nil(element.value):
                    self._keyed.add((name, field))
                case ir.Local(number):  # a field that has the name of a local variable
                    self._keyed.add((name, variables[number].name))
                case None if name:
                    self._positional.add(name)
                case None:
                    self._positional_elided.add(len(elements))

    def _name(self, kind: ir.TypeExpr | None) -> str | None:
        """Return the name of a literal's struct type, empty when it is not known, None when it is of no struct type of this package."""
        match kind:
            case ir.TName(name):
                declared = self._scope.types.get(name)
                return "" if declared is None or declared.node.alias else name
            case ir.TInst(base):
                return self._name(base)
            case ir.TMap() | ir.TSlice() | ir.TArray() | ir.TQual():
                return None
        return ""

    def _conversion(self, fun: ir.Expr) -> None:
        match fun:
            case ir.Name(name) if name in self._scope.types:
                self._converted.add(name)
            case ir.Deref(x) | ir.Index(x) | ir.Inst(x):
                self._conversion(x)
            case ir.TypeArg(kind):
                self._converted.update(_names(kind))

    # --- the answers ---

    def field_is_nil(self, owner: Type | None, field: str) -> bool:
        """Tell whether a map field of a defined struct type is nil in every value of that type."""
        if not isinstance(owner, model.Named) or owner.package != self._scope.path:
            return False
        key = (owner.name, field)
        if key not in self._answers:
            self._answers[key] = self._field_is_nil(owner, field)
        return self._answers[key]

    def _field_is_nil(self, owner: model.Named, field: str) -> bool:
        declared = self._scope.types.get(owner.name)
        if declared is None or not isinstance(declared.node.type, ir.TStruct) or self._seen_outside(field):
            return False
        fields = declared.node.type.fields
        found = self._package.resolver.field(owner, field)
        if found is None or self._package.resolver.map(found.type) is None or self._makes_itself(found.type):
            return False
        if self._made(owner, field, len(fields)):
            return False
        self._walk_rest()
        return not self._made(owner, field, len(fields))

    def _made(self, owner: model.Named, field: str, fields: int) -> bool:
        if owner.name in self._converted or owner.name in self._positional or fields in self._positional_elided:
            return True
        if (owner.name, field) in self._keyed or ("", field) in self._keyed:
            return True
        return any(self._may_be(store, owner, field) for store in self._stores.get(field, ()))

    def variable_is_nil(self, name: str) -> bool:
        """Tell whether a package variable of a map type is never given a map."""
        declared = self._scope.variables.get(name)
        if declared is None or declared.node.value is not None or name in self._variables or name in self._linked or self._seen_outside(name):
            return False
        kind = self._package.resolver.resolve(declared.node.type, Context(self._scope, declared.file))
        if self._package.resolver.map(kind) is None or self._makes_itself(kind):
            return False
        self._walk_rest()
        return name not in self._variables

    def _seen_outside(self, name: str) -> bool:
        """Tell whether code that is not in this package may set what has this name: another package, or a decoder by reflection."""
        if not name[0].isupper():
            return False
        return self._scope.name != "main" or any(item.path in _REFLECTING or "." in item.path for file in self._scope.files for item in file.imports)

    def _makes_itself(self, kind: Type | None) -> bool:
        """Tell whether a map type has a method with a pointer receiver, which may assign to what it is called on."""
        if not isinstance(kind, model.Named):
            return False
        declaration = self._package.resolver.declaration(kind)
        if declaration is None:
            return True
        methods = declaration[0].methods.get(kind.name, {})
        return any(isinstance(method.node.receiver_type, ir.TPtr) for method in methods.values())

    def _may_be(self, store: _Store, owner: model.Named, field: str) -> bool:
        found = self._package.resolver.field(self._typing(store.file, store.root).of(store.base), field)
        if found is None or not isinstance(found.owner, model.Named):
            return True
        return (found.owner.package, found.owner.name) == (owner.package, owner.name)

    def _typing(self, file: int, root: int) -> Typing:
        if (file, root) not in self._typings:
            functions = self._scope.files[file].functions
            context = self._package.resolver.context_of(functions[root], self._scope, file)
            bodies = [item.body or () for item in functions if item.root == root]
            self._typings[file, root] = Typing(self._package.resolver, context, functions[root], bodies)
        return self._typings[file, root]


_REFLECTING = frozenset(("reflect", "encoding/json", "encoding/xml", "encoding/gob", "encoding/asn1", "net/rpc", "database/sql"))


def _is_nil(x: ir.Expr) -> bool:
    return isinstance(x, ir.Name) and x.name == "nil"


def _names(kind: ir.TypeExpr) -> Iterable[str]:
    match kind:
        case ir.TName(name):
            yield name
        case ir.TPtr(elem) | ir.TSlice(elem) | ir.TArray(elem) | ir.TInst(elem):
            yield from _names(elem)


def makers(package: PackageView) -> Makers:
    """Return what may make the maps of a package, worked out once."""
    memo: dict[str, Any] = package.memo
    if __name__ not in memo:
        memo[__name__] = Makers(package)
    found: Makers = memo[__name__]
    return found
