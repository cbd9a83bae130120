"""From written types to resolved ones, across the files of a package and the packages that it imports.

The rules are those of the Go specification (identifier resolution, underlying types, selectors with embedding, method sets), applied lazily
and without ever failing: what cannot be found is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.scope import Declared, PackageScope, receiver_name

PackageLookup = Callable[[str, str], PackageScope | None]
"""(import path, import path of the importing package) → its scope, or None when the source is not to be had."""

_MAX_DEPTH = 32
"""How far chains of declarations are followed; real code stays below ten, only cycles of invalid code go on."""

_ALIASES: dict[str, Type] = {"any": model.ANY, "comparable": model.ANY}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a type is written: a file of a package, below declarations with these type parameters (bound or free)."""

    package: PackageScope
    file: int
    parameters: Mapping[str, Type | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """A method found by selection. `receiver` is the defined type that declares it; `function` is None for interface methods."""

    receiver: model.Named | None
    name: str
    signature: model.Signature
    function: Declared[ir.Function] | None
    package: PackageScope | None
    path: tuple[str, ...]
    """Names of the embedded fields that lead to it."""


@dataclass(frozen=True, slots=True)
class FieldFound:
    """A field found by selection: its type, the struct's owner, and the embedded fields that lead to it."""

    type: Type | None
    owner: Type | None
    path: tuple[str, ...]


class Resolver:
    """Resolves types against a set of packages. Memoises by declaration; safe to share between functions of one process."""

    def __init__(self, lookup: PackageLookup) -> None:
        self._lookup = lookup
        self._underlying: dict[model.Named, Type | None] = {}
        self._scopes: dict[tuple[str, str], PackageScope | None] = {}
        self._fields: dict[tuple[Type, str], FieldFound | None] = {}
        self._methods: dict[tuple[Type, str], Method | None] = {}
        self._home: dict[str, PackageScope] = {}
        self._evaluating: set[tuple[str, str]] = set()
        self.typed: dict[tuple[int, str], Type] = {}
        """Types of package-level names that have one, by scope (its `id`: scopes live as long as whoever looks them up) and name."""

    @property
    def evaluates(self) -> bool:
        """Whether some package-level name is being typed right now."""
        return bool(self._evaluating)

    def busy(self, package: str, name: str) -> bool:
        """Tell whether this package-level name is being typed right now: its initialiser refers to itself."""
        return (package, name) in self._evaluating

    @contextmanager
    def evaluating(self, package: str, name: str) -> Iterator[None]:
        """Mark a package-level name as being typed."""
        self._evaluating.add((package, name))
        try:
            yield
        finally:
            self._evaluating.discard((package, name))

    def package(self, path: str, importer: str) -> PackageScope | None:
        """Return the scope of an imported package, or None."""
        key = (path, importer)
        if key not in self._scopes:
            scope = self._home.get(path) if path == importer else self._lookup(path, importer)
            self._scopes[key] = scope
            if scope is not None:
                self._home.setdefault(path, scope)
        return self._scopes[key]

    def enter(self, scope: PackageScope) -> None:
        """Make `scope` the package that its own import path stands for. Needed before any of its types are resolved."""
        self._home[scope.path] = scope
        self._scopes[scope.path, scope.path] = scope

    def import_path(self, name: str, context: Context) -> str | None:
        """Return the import path that a name stands for in this file, unless the package declares that name itself."""
        package = context.package

        def name_of(path: str) -> str | None:
            scope = self.package(path, package.path)
            return scope.name if scope else None

        return package.imported(context.file, name, name_of)

    # --- written types ---

    def resolve(self, written: ir.TypeExpr | None, context: Context) -> Type | None:
        """Return what a written type means, or None."""
        if written.__class__ is ir.TName:
            return self._named(written.name, (), context)
        if written.__class__ is ir.TPtr:
            return model.Pointer(self.resolve(written.elem, context))
        if written.__class__ is ir.TQual:
            return self._qualified(written.package, written.name, (), context)
        if written.__class__ is ir.TSlice:
            return model.Slice(self.resolve(written.elem, context))
        return self._composed(written, context)

    def _composed(self, written: ir.TypeExpr | None, context: Context) -> Type | None:
        match written:
            case ir.TMap(key, value):
                return model.Map(self.resolve(key, context), self.resolve(value, context))
            case ir.TArray(elem, length):
                return model.Array(self.resolve(elem, context), length)
            case ir.TChan(elem, direction):
                return model.Chan(self.resolve(elem, context), direction)
            case ir.TFunc():
                return self.signature(written, context)
            case ir.TInst(base, args):
                resolved = tuple(self.resolve(arg, context) for arg in args)
                match base:
                    case ir.TName(name):
                        return self._named(name, resolved, context)
                    case ir.TQual(package, name):
                        return self._qualified(package, name, resolved, context)
                return None
            case ir.TStruct(fields):
                return model.Struct(tuple(model.StructField(item.name, self.resolve(item.type, context), item.embedded) for item in fields))
            case ir.TInterface(methods, embeds, union):
                return self._interface(methods, embeds, union, context)
        return None

    def signature(self, written: ir.TFunc, context: Context) -> model.Signature:
        """Return the resolved form of a signature."""
        return model.Signature(
            tuple(self.resolve(item, context) for item in written.params),
            tuple(self.resolve(item, context) for item in written.results),
            written.variadic,
        )

    def _interface(self, methods: list[ir.Method], embeds: list[ir.TypeExpr], union: list[ir.TypeExpr], context: Context) -> Type | None:
        found = [model.InterfaceMethod(item.name, self.signature(item.type, context)) for item in methods]
        terms = [self.resolve(item, context) for item in union]
        complete = True
        for item in embeds:
            embedded = self.resolve(item, context)
            below = self.underlying(embedded)
            if isinstance(below, model.Interface):
                found += below.methods
                terms += below.union
                complete = complete and below.complete
            elif below is not None:
                terms.append(embedded)
            else:
                complete = False
        return model.Interface(tuple(found), tuple(terms), complete)

    def _named(self, name: str, args: tuple[Type | None, ...], context: Context) -> Type | None:
        if name in context.parameters:
            return context.parameters[name]
        declared = context.package.types.get(name)
        if declared is not None:
            return self._instance(context.package, declared, args)
        if name in model.BASIC:
            return model.BASIC[name]
        if name in _ALIASES:
            return _ALIASES[name]
        for item in context.package.files[context.file].imports:
            if item.alias == ".":
                other = self.package(item.path, context.package.path)
                if other and name in other.types:
                    return self._instance(other, other.types[name], args)
        return None

    def _qualified(self, package: str, name: str, args: tuple[Type | None, ...], context: Context) -> Type | None:
        path = self.import_path(package, context)
        if path is None:
            return None
        if path == "unsafe":
            return model.UNSAFE_POINTER if name == "Pointer" else None
        other = self.package(path, context.package.path)
        if other is not None:
            declared = other.types.get(name)
            return self._instance(other, declared, args) if declared else None
        # A package without source still tells types apart by name; only what lies below them stays unknown.
        return model.Named(path, name, args)

    def _instance(self, scope: PackageScope, declared: Declared[ir.TypeDecl], args: tuple[Type | None, ...]) -> Type | None:
        node = declared.node
        self._home.setdefault(scope.path, scope)
        if node.alias:
            return self._follow(node.type, Context(scope, declared.file, _bind(node, args)))
        return model.Named(scope.path, node.name, args)

    _depth = 0

    def _follow(self, written: ir.TypeExpr, context: Context) -> Type | None:
        """Resolve one declaration deeper, giving up on the cycles that only invalid code has."""
        if self._depth > _MAX_DEPTH:
            return None
        self._depth += 1
        try:
            return self.resolve(written, context)
        finally:
            self._depth -= 1

    # --- what lies below a name ---

    def declaration(self, kind: model.Named) -> tuple[PackageScope, Declared[ir.TypeDecl]] | None:
        """Return the package and declaration of a defined type, or None."""
        scope = self._home.get(kind.package)
        if scope is None:
            return None
        declared = scope.types.get(kind.name)
        return (scope, declared) if declared else None

    def underlying(self, kind: Type | None) -> Type | None:
        """Return the underlying type; that of a type parameter is the one of all terms of its constraint, when they agree."""
        for _ in range(_MAX_DEPTH):
            if kind.__class__ is model.Named:
                kind = self._underlying[kind] if kind in self._underlying else self._below(kind)
            elif kind.__class__ is model.TypeParameter:
                below = self.underlying(kind.constraint)
                if not isinstance(below, model.Interface) or not below.union:
                    return None
                cores = {self.underlying(term) for term in below.union}
                return cores.pop() if len(cores) == 1 else None
            else:
                return kind
        return None

    def _below(self, kind: model.Named) -> Type | None:
        if kind not in self._underlying:
            self._underlying[kind] = None  # what a cycle sees
            found = self.declaration(kind)
            if found:
                scope, declared = found
                self._underlying[kind] = self._follow(declared.node.type, Context(scope, declared.file, _bind(declared.node, kind.args)))
        return self._underlying[kind]

    def struct(self, kind: Type | None) -> tuple[Type, model.Struct] | None:
        """Return (the struct's own type, its fields) of a struct or a pointer to one, or None."""
        below = self.underlying(kind)
        if isinstance(below, model.Pointer):
            kind = below.elem
            below = self.underlying(kind)
        if isinstance(below, model.Struct) and kind is not None:
            return kind, below
        return None

    def map(self, kind: Type | None) -> model.Map | None:
        """Return the map type below `kind`, or None."""
        below = self.underlying(kind)
        return below if below.__class__ is model.Map else None

    # --- selection ---

    def field(self, kind: Type | None, name: str) -> FieldFound | None:
        """Return the field that `x.name` selects for an x of this type, through pointers and embedded fields (breadth first), or None."""
        if kind is None:
            return None
        key = (kind, name)
        if key in self._fields:
            return self._fields[key]
        found: FieldFound | None = None
        level: list[tuple[Type | None, tuple[str, ...]]] = [(kind, ())]
        for _ in range(8):
            below: list[tuple[Type | None, tuple[str, ...]]] = []
            for item, path in level:
                struct = self.struct(item)
                if struct is None:
                    continue
                owner, fields = struct
                for candidate in fields.fields:
                    if candidate.name == name:
                        found = found or FieldFound(candidate.type, owner, path)
                    elif candidate.embedded:
                        below.append((candidate.type, (*path, candidate.name)))
            if found or not below:
                break
            level = below
        self._fields[key] = found
        return found

    def method(self, kind: Type | None, name: str) -> Method | None:
        """Return the method that `x.name` selects for an x of this type, through pointers and embedding, or None."""
        if kind is None:
            return None
        key = (kind, name)
        if key not in self._methods:
            self._methods[key] = self._find_method(kind, name)
        return self._methods[key]

    def _find_method(self, kind: Type, name: str) -> Method | None:
        level: list[tuple[Type | None, tuple[str, ...]]] = [(kind, ())]
        for _ in range(8):
            below: list[tuple[Type | None, tuple[str, ...]]] = []
            for item, path in level:
                if isinstance(item, model.Pointer):
                    item = item.elem
                found = self._own_method(item, name, path)
                if found:
                    return found
                struct = self.struct(item)
                if struct:
                    below += [(field.type, (*path, field.name)) for field in struct[1].fields if field.embedded]
            if not below:
                break
            level = below
        return None

    def unseen(self, kind: Type | None) -> model.Named | None:
        """Return the one type without a source that is embedded in a struct, whose methods alone are not seen, or None."""
        level: list[Type | None] = [kind]
        for _ in range(8):
            below: list[Type | None] = []
            for item in level:
                struct = self.struct(item)
                below += [field.type for field in struct[1].fields if field.embedded] if struct else []
            named = [item.elem if isinstance(item, model.Pointer) else item for item in below]
            found = [item for item in named if isinstance(item, model.Named) and item.package and self.declaration(item) is None]
            if found or not below:
                return found[0] if len(found) == 1 else None
            level = below
        return None

    def _own_method(self, kind: Type | None, name: str, path: tuple[str, ...]) -> Method | None:
        if isinstance(kind, model.Named):
            scope = self._home.get(kind.package)
            declared = scope.methods.get(kind.name, {}).get(name) if scope else None
            if declared and scope:
                context = Context(scope, declared.file, self.receiver_parameters(declared.node, kind.args))
                return Method(kind, name, self.signature(declared.node.type, context), declared, scope, path)
        constraint = kind.constraint if isinstance(kind, model.TypeParameter) else kind
        below = self.underlying(constraint)
        if isinstance(below, model.Interface):
            for method in below.methods:
                if method.name == name:
                    return Method(kind if isinstance(kind, model.Named) else None, name, method.type, None, None, path)
        return None

    def receiver_parameters(self, function: ir.Function, args: tuple[Type | None, ...]) -> Mapping[str, Type | None]:
        """Return what the type parameters named in a method's receiver stand for, given the receiver's type arguments."""
        kind = function.receiver_type
        if isinstance(kind, ir.TPtr):
            kind = kind.elem
        if not isinstance(kind, ir.TInst):
            return {}
        names = [arg.name for arg in kind.args if isinstance(arg, ir.TName)]
        return dict(zip(names, args, strict=False)) if args else dict.fromkeys(names)

    def context_of(self, function: ir.Function, scope: PackageScope, file: int) -> Context:
        """Return the context of a declared function's body, with its type parameters free."""
        if not function.type_params and not isinstance(_pointee(function.receiver_type), ir.TInst):
            return Context(scope, file)
        parameters: dict[str, Type | None] = {}
        context = Context(scope, file, parameters)
        receiver = _pointee(function.receiver_type)
        if isinstance(receiver, ir.TInst):
            declared = scope.types.get(receiver_name(receiver))
            names = [arg.name for arg in receiver.args if isinstance(arg, ir.TName)]
            if declared:
                for name, parameter in zip(names, declared.node.params, strict=False):
                    parameters[name] = model.TypeParameter(name, self.resolve(parameter.constraint, Context(scope, declared.file)))
        for parameter in function.type_params:
            parameters[parameter.name] = model.TypeParameter(parameter.name, None)
        for parameter in function.type_params:
            parameters[parameter.name] = model.TypeParameter(parameter.name, self.resolve(parameter.constraint, context))
        return context


def _pointee(kind: ir.TypeExpr | None) -> ir.TypeExpr | None:
    return kind.elem if isinstance(kind, ir.TPtr) else kind


def _bind(node: ir.TypeDecl, args: tuple[Type | None, ...]) -> Mapping[str, Type | None]:
    if not node.params:
        return {}
    names = [item.name for item in node.params]
    if len(args) == len(names):
        return dict(zip(names, args, strict=True))
    return dict.fromkeys(names)
