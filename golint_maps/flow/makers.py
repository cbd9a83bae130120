"""Which map fields and package variables nothing in a package ever makes: they are nil wherever they are written.

Only what no other package can set is looked at. A walk over the package notes every place that may give such a field a map: assignments,
composite literals, `&x.f`, conversions. Names decide first; types are asked only where a name matches. The walk is in two steps, and most
packages need only the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from golint_maps.flow.files import of_file
from golint_maps.flow.literals import elided_types, field_name
from golint_maps.flow.traverse import each, is_nil
from golint_maps.flow.view import PackageView, display_name
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.infer import Typing
from golint_maps.types.model import Type
from golint_maps.types.resolve import Context


@dataclass(frozen=True, slots=True)
class _Store:
    """`base.name = value` or `&base.name` (no value) somewhere in the package."""

    file: int
    root: int
    base: ir.Expr
    value: ir.Expr | None


_NAMELESS = "struct "
"""Begins what stands for the name of a struct type that has none."""


@dataclass(slots=True)
class _Notes:
    """What one file may make, by names alone."""

    stores: dict[str, list[tuple[int, ir.Expr, ir.Expr | None]]] = field(default_factory=dict)
    """(number of the outermost function, `base`, value) of `base.name = value` and `&base.name`, by `name`."""
    variables: set[str] = field(default_factory=set)
    keyed: set[tuple[str, str]] = field(default_factory=set)
    """(name of a type, field) of composite literals; an empty name where the literal does not say its type."""
    given: dict[tuple[str, str], list[tuple[int, ir.Sel]]] = field(default_factory=dict)
    """(number of the outermost function, value) of those whose value is an exported field, or a name of another package."""
    built: set[str] = field(default_factory=set)
    """Names of the types of composite literals and of variables that start as zero."""
    positional: set[tuple[str, int]] = field(default_factory=set)
    """(name of a type, number of elements) of those without keys."""
    converted: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)

    def store(self, x: ir.Expr | None, root: int, value: ir.Expr | None = None) -> None:
        """Note that something is stored to a place."""
        if x.__class__ is ir.Sel:
            self.stores.setdefault(x.name, []).append((root, x.base, value))
        elif x.__class__ is ir.Name:
            self.variables.add(x.name)

    def literal(self, x: ir.Lit, root: int, variables: Sequence[ir.Variable], elided: ir.TypeExpr | None = None) -> None:
        """Note the fields that a composite literal gives a value. `elided` is its type where a literal around it says so."""
        name = _struct_name(x.type or elided)
        if name is None:
            return
        self.built.add(name)
        for element in x.elements:
            key = field_name(element, variables)
            if element.key is None:
                self.positional.add((name, len(x.elements)))
            elif key and isinstance(element.value, ir.Sel) and element.value.name[:1].isupper():
                self.given.setdefault((name, key), []).append((root, element.value))
            elif key and not is_nil(element.value):
                self.keyed.add((name, key))

    def conversion(self, fun: ir.Expr) -> None:
        """Note that a call may be a conversion to a type."""
        match fun:
            case ir.Name(name):
                self.converted.add(name)
            case ir.Deref(x) | ir.Index(x) | ir.Inst(x):
                self.conversion(x)
            case ir.TypeArg(kind):
                self.converted.update(_names(kind))


def _plain(file: ir.FileFacts) -> _Notes:
    """Note assignments, and the literals that stand alone in a statement: this finds the maker of almost every field, and costs little."""
    notes = _Notes()
    for function in file.functions:
        variables = file.functions[function.root].variables
        body = function.body or ()
        notes.built.update(variable.type.name for variable in function.variables if variable.kind == "var" and isinstance(variable.type, ir.TName))
        values: list[ir.Expr] = []
        for assign in each(body, ir.Assign):
            values += assign.rhs
            for index, x in enumerate(assign.lhs):
                if x.__class__ is ir.Index:
                    if isinstance(x.base, ir.Sel):
                        notes.filled.add(x.base.name)
                elif x.__class__ is not ir.Local and not (len(assign.lhs) == len(assign.rhs) and is_nil(assign.rhs[index])):
                    notes.store(x, function.root, assign.rhs[index] if len(assign.lhs) == len(assign.rhs) else None)
        for loop in each(body, ir.Range):
            notes.store(loop.key, function.root)
            notes.store(loop.value, function.root)
        for returned in each(body, ir.Return):
            values += returned.values
        for declared in each(body, ir.Declare):
            values += declared.values
        for x in values:
            literal = x.x if x.__class__ is ir.Addr else x
            if literal.__class__ is ir.Lit:
                notes.literal(literal, function.root, variables)
    return notes


def _rest(file: ir.FileFacts) -> _Notes:
    """Note what may stand inside of any expression: addresses, literals, conversions."""
    notes = _Notes()
    for function in file.functions:
        variables = file.functions[function.root].variables
        body = function.body or ()
        for address in each(body, ir.Addr):
            notes.store(address.x, function.root)
        literals = list(each(body, ir.Lit))
        elided = elided_types(literals)
        for literal in literals:
            notes.literal(literal, function.root, variables, elided.get(id(literal)))
        for call in each(body, ir.Call):
            if len(call.args) == 1:
                notes.conversion(call.fun)
    return notes


class Makers:
    """All that may make a map of a package's fields and variables."""

    def __init__(self, package: PackageView) -> None:
        self._package = package
        self._scope = package.scope
        self._stores: dict[str, list[_Store]] = {}
        self._variables: set[str] = set()
        self._given: dict[tuple[str, str], list[_Store]] = {}
        self._built: set[str] = set()
        """Names of the types that something outside of tests builds."""
        self._keyed: set[tuple[str, str]] = set()
        """(name of a struct type, field) of composite literals; an empty name where the literal does not say its type."""
        self._positional: set[str] = set()
        self._positional_elided: set[int] = set()
        self._converted: set[str] = set()
        self._typings: dict[tuple[int, int], Typing] = {}
        self._answers: dict[tuple[str, str], str] = {}
        self.filled: set[str] = set()
        """Names of the fields that elements are stored to (`x.f[k] = v`) somewhere in the package."""
        self._complete = False
        self._take(_plain)
        self._linked = {
            words[1]
            for file in self._scope.files
            for comment in file.comments
            if len(words := comment.text.split()) > 1 and words[0] == "//go:linkname"
        }

    # --- the walk ---

    def _take(self, look: Callable[[ir.FileFacts], _Notes]) -> None:
        """Join the notes on all files."""
        for number, file in enumerate(self._scope.files):
            notes = of_file(file, look)
            for name, places in notes.stores.items():
                self._stores.setdefault(name, []).extend(_Store(number, root, base, value) for root, base, value in places)
            for (name, key), values in notes.given.items():
                self._given.setdefault((self._struct(name), key), []).extend(_Store(number, root, value.base, value) for root, value in values)
            if not self._package.paths[number].endswith("_test.go"):
                self._built |= notes.built
            self._variables |= notes.variables
            self.filled |= notes.filled
            self._converted |= notes.converted
            self._keyed.update((self._struct(name), key) for name, key in notes.keyed)
            for name, count in notes.positional:
                if kind := self._struct(name):
                    self._positional.add(kind)
                else:
                    self._positional_elided.add(count)

    def _walk_rest(self) -> None:
        if not self._complete:
            self._complete = True
            self._take(_rest)

    def _struct(self, name: str) -> str:
        """Return the name of a defined type of this package, empty where a name stands for something else; a struct without a name is its fields."""
        if name.startswith(_NAMELESS):
            return name
        declared = self._scope.types.get(name)
        return "" if declared is None or declared.node.alias else name

    # --- the answers ---

    def field_is_nil(self, owner: Type | None, field: str) -> bool:
        """Tell whether a map field of a defined struct type is nil in every value of that type."""
        return self._unmade(owner, field) == "nil" and not self._seen_outside(field)

    def optional(self, owner: Type | None, field: str) -> str:
        """Return the field, as `Type.field`, that only other packages make a map for, if they like; or nothing.

        That is the given one, or the one that it gets its map from. That this package builds values without it shows that it need not be set.
        """
        source = self._unmade(owner, field)
        if source == "nil":
            built = isinstance(owner, model.Named) and owner.name in self._built
            return f"{owner.name}.{field}" if built and isinstance(owner, model.Named) and self._seen_outside(field) else ""
        return source

    def _unmade(self, owner: Type | None, field: str) -> str:
        """Return `nil` when nothing in the package makes a field, another unmade one (`Type.field`) when its map only ever comes from that, or ``."""
        if not isinstance(owner, model.Named) or owner.package != self._scope.path:
            return ""
        key = (owner.name, field)
        if key not in self._answers:
            self._answers[key] = ""  # fields that get their maps from each other
            self._answers[key] = self._find_unmade(owner, field)
        return self._answers[key]

    def _find_unmade(self, owner: model.Named, field: str) -> str:
        declared = self._scope.types.get(owner.name)
        if declared is None or not isinstance(declared.node.type, ir.TStruct):
            return ""
        fields = declared.node.type.fields
        found = self._package.resolver.field(owner, field)
        if found is None or self._package.resolver.map(found.type) is None or self._makes_itself(found.type):
            return ""
        if not self._maker(owner, field, fields):
            return ""
        self._walk_rest()
        return self._maker(owner, field, fields)

    def _maker(self, owner: model.Named, field: str, fields: Sequence[ir.Field]) -> str:
        """Return `nil` when nothing makes a field, the unmade field that it gets its map from, or an empty text when something makes it."""
        names = (owner.name, _nameless(fields), "")
        if owner.name in self._converted or not self._positional.isdisjoint(names) or len(fields) in self._positional_elided:
            return ""
        if any((name, field) in self._keyed for name in names):
            return ""
        given = [store for name in names for store in self._given.get((name, field), ())]
        sources = {self._source(store) for store in (*given, *(store for store in self._stores.get(field, ()) if self._may_be(store, owner, field)))}
        if not sources:
            return "nil"
        return sources.pop() if len(sources) == 1 and not self._seen_outside(field) else ""

    def _source(self, store: _Store) -> str:
        """Return the exported field, unmade in this package, that a store copies, as `Type.field`; or an empty text."""
        value = store.value
        if not isinstance(value, ir.Sel) or not self._seen_outside(value.name):
            return ""
        found = self._package.resolver.field(self._typing(store.file, store.root).of(value.base), value.name)
        return self.optional(found.owner, value.name) if found is not None else ""

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

    def stored_by(self, owner: model.Named, field: str) -> list[str]:
        """Return the names of the functions that may set a field to something, or take its address."""
        self._walk_rest()
        found = [store for store in self._stores.get(field, ()) if self._may_be(store, owner, field)]
        return [display_name(self._scope.files[store.file].functions[store.root]) for store in found]

    def is_field_of(self, owner: model.Named, field: str, file: int, root: int, base: ir.Expr) -> bool:
        """Tell whether `base.field`, somewhere in a function of the package, is surely a field of a type."""
        found = self._package.resolver.field(self._typing(file, root).of(base), field)
        return found is not None and isinstance(found.owner, model.Named) and (found.owner.package, found.owner.name) == (owner.package, owner.name)

    def _typing(self, file: int, root: int) -> Typing:
        if (file, root) not in self._typings:
            functions = self._scope.files[file].functions
            context = self._package.resolver.context_of(functions[root], self._scope, file)
            bodies = [item.body or () for item in functions if item.root == root]
            self._typings[file, root] = Typing(self._package.resolver, context, functions[root], bodies)
        return self._typings[file, root]


_REFLECTING = frozenset(("reflect", "encoding/json", "encoding/xml", "encoding/gob", "encoding/asn1", "net/rpc", "database/sql"))


def _struct_name(kind: ir.TypeExpr | None) -> str | None:
    """Return the name of a literal's type, empty when it is not known, None when it is of no struct type of this package."""
    match kind:
        case ir.TName(name):
            return name
        case ir.TInst(base):
            return _struct_name(base)
        case ir.TStruct(fields):
            return _nameless(fields)
        case ir.TMap() | ir.TSlice() | ir.TArray() | ir.TQual():
            return None
    return ""


def _nameless(fields: Sequence[ir.Field]) -> str:
    """Return what stands for a struct type without a name: it may become any defined type with the same fields."""
    return _NAMELESS + ",".join(field.name for field in fields)


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
