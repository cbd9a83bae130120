"""The type of any expression of a function, on demand: just enough of Go's type checking to know maps, locks and what holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import Definition, FromCase, FromRange, FromValue, definitions
from golint_maps.types.model import Type
from golint_maps.types.resolve import Context, Resolver
from golint_maps.types.scope import Declared, PackageScope
from golint_maps.types.unify import instantiate, substitute

_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "&&", "||"))
_BUILTIN_RESULTS: Mapping[str, Type | None] = {
    "len": model.INT,
    "cap": model.INT,
    "copy": model.INT,
    "recover": model.ANY,
    "real": model.FLOAT,
    "imag": model.FLOAT,
}
_BUILTINS = frozenset((*_BUILTIN_RESULTS, "make", "new", "append", "min", "max", "complex", "panic", "print", "println", "close", "delete", "clear"))
_CONSTANTS: Mapping[str, Type] = {
    "int": model.INT,
    "float": model.FLOAT,
    "string": model.STRING,
    "rune": model.BASIC["rune"],
    "imaginary": model.BASIC["complex128"],
}

_NONE: Mapping[int, Definition] = {}


class Typing:
    """Types of the expressions in one outermost function and the literals inside of it, or in a package's initialisers."""

    def __init__(
        self,
        resolver: Resolver,
        context: Context,
        function: ir.Function | None,
        bodies: Sequence[Sequence[ir.Stmt]] = (),
        late: Mapping[int, Definition] = _NONE,
    ) -> None:
        self.resolver = resolver
        self.context = context
        self.function = function
        self.variables: Sequence[ir.Variable] = function.variables if function else ()
        self._bodies = bodies
        self._late = late
        self._locals: dict[int, Type | None] = {}
        self._known: dict[int, tuple[ir.Expr, Type | None]] = {}
        self._defining = 0

    @cached_property
    def definitions(self) -> dict[int, Definition]:
        """The defining occurrence of each local: with its declaration, or the one that follows it."""
        return {**definitions(self._bodies, self.variables), **self._late}

    # --- variables ---

    def local(self, number: int) -> Type | None:
        """Return the type of a local variable, or None."""
        if number in self._locals:
            return self._locals[number]
        self._locals[number] = None  # what a cycle of invalid code sees
        variable = self.variables[number]
        if variable.type is not None:
            kind = self.resolver.resolve(variable.type, self.context)
        else:
            self._defining += 1
            kind = self._defined(number)
            self._defining -= 1
        if kind is not None and kind == model.NIL:
            kind = None
        self._locals[number] = kind
        return kind

    def _defined(self, number: int) -> Type | None:
        match self.definitions.get(number):
            case FromValue(value, index, count):
                return self.result(value, index, count)
            case FromRange(over, index):
                return self._ranged(over, index)
            case FromCase(subject, types):
                if len(types) == 1 and types[0] != ir.TName("nil"):
                    return self.resolver.resolve(types[0], self.context)
                return self.of(subject)
        return None

    def _ranged(self, over: ir.Expr, index: int) -> Type | None:
        kind = self.of(over)
        below = self.resolver.underlying(kind)
        if isinstance(below, model.Pointer):
            below = self.resolver.underlying(below.elem)
        match below:
            case model.Map(key, value):
                return value if index else key
            case model.Slice(elem) | model.Array(elem):
                return elem if index else model.INT
            case model.Basic(name):
                if name == "string":
                    return model.BASIC["rune"] if index else model.INT
                return kind
            case model.Chan(elem):
                return elem
            case model.Signature(params):
                # Range over a function: the parameters of its yield function.
                below = self.resolver.underlying(params[0]) if params else None
                if isinstance(below, model.Signature) and index < len(below.params):
                    return below.params[index]
        return None

    def result(self, value: ir.Expr, index: int, count: int) -> Type | None:
        """Return the type that variable `index` of `count` gets from one value: a call's result, or the second value of a comma-ok form."""
        kind = self.of(value)
        if count == 1:
            return kind
        if isinstance(kind, model.Results):
            return kind.items[index] if index < len(kind.items) else None
        if isinstance(value, ir.Index | ir.Assert | ir.Recv):
            return kind if index == 0 else model.BOOL
        return None

    # --- expressions ---

    def of(self, x: ir.Expr | None) -> Type | None:
        """Return the type of an expression, or None when it is not known (or is a type or a package)."""
        # Classes are compared, here and wherever it is done very often: to ask whether a struct is an instance of another class is slow.
        if x.__class__ is ir.Local:
            return self.local(x.id)
        if x.__class__ is ir.Sel or x.__class__ is ir.Index or x.__class__ is ir.Call:
            known = self._known.get(id(x))
            return known[1] if known is not None else self._composed(x)
        if x.__class__ is ir.Name:
            return self._name(x.name)
        if x.__class__ is ir.Const:
            return _CONSTANTS[x.kind]
        return self._other(x)

    def _other(self, x: ir.Expr | None) -> Type | None:
        match x:
            case ir.Lit(kind):
                return self.resolver.resolve(kind, self.context)
            case ir.Addr(operand):
                return model.Pointer(self.of(operand))
            case ir.Deref(operand):
                below = self.resolver.underlying(self.of(operand))
                return below.elem if isinstance(below, model.Pointer) else None
            case ir.Recv(operand):
                below = self.resolver.underlying(self.of(operand))
                return below.elem if isinstance(below, model.Chan) else None
            case ir.Binary(op, left, right):
                if op in _COMPARISONS:
                    return model.BOOL
                if isinstance(left, ir.Const) and op not in ("<<", ">>"):
                    return self.of(right)
                return self.of(left)
            case ir.Unary(op, operand):
                return model.BOOL if op == "!" else self.of(operand)
            case ir.Assert(_, kind):
                return self.resolver.resolve(kind, self.context)
            case ir.SliceOf(operand):
                return self._sliced(self.of(operand))
            case ir.FuncLit(function):
                return self.resolver.signature(self.literal(function).type, self.context)
            case ir.Inst(base, args):
                return self._instance(base, tuple(self.resolver.resolve(arg, self.context) for arg in args))
        return None

    def _composed(self, x: ir.Sel | ir.Index | ir.Call) -> Type | None:
        # Each analysis asks for the same expressions again. The expression is kept as well: its address must not become that of another one.
        kind: Type | None = None
        if x.__class__ is ir.Sel:
            kind = self._selected(x.base, x.name)
        elif x.__class__ is ir.Index:
            kind = self._indexed(x.base, x.index)
        elif x.__class__ is ir.Call:
            kind = self._called(x)
        # What is unknown while a variable or a declaration is being typed may only be so for now.
        if kind is not None or not (self._defining or self.resolver.evaluates):
            self._known[id(x)] = x, kind
        return kind

    def literal(self, number: int) -> ir.Function:
        """Return a function literal of this file by its number."""
        return self.context.package.files[self.context.file].functions[number]

    def _name(self, name: str) -> Type | None:
        if name == "nil":
            return model.NIL
        if name in ("true", "false"):
            return model.BOOL
        package = self.context.package
        if package.declares(name):
            return self._package_level(package, name, self.context.package.path)
        for item in package.files[self.context.file].imports:
            if item.alias == ".":
                other = self.resolver.package(item.path, package.path)
                if other and other.declares(name):
                    return self._package_level(other, name, package.path)
        return model.INT if name == "iota" else None

    def _package_level(self, scope: PackageScope, name: str, importer: str) -> Type | None:
        """Return the type of a variable, constant or function of a package."""
        known = self.resolver.typed
        key = id(scope), name
        if key in known:
            return known[key]
        kind = self._declared(scope, name)
        if kind is not None:
            known[key] = kind
        return kind

    def _declared(self, scope: PackageScope, name: str) -> Type | None:
        variable = scope.variables.get(name)
        if variable:
            inside = Typing(self.resolver, Context(scope, variable.file), None)
            if variable.node.type is not None:
                return self.resolver.resolve(variable.node.type, inside.context)
            if variable.node.value is None or self.resolver.busy(scope.path, name):
                return None
            with self.resolver.evaluating(scope.path, name):
                count = 2 if variable.node.result or isinstance(inside.of(variable.node.value), model.Results) else 1
                return inside.result(variable.node.value, variable.node.result, count)
        function = scope.functions.get(name)
        if function:
            context = self.resolver.context_of(function.node, scope, function.file)
            return self.resolver.signature(function.node.type, context)
        constant = scope.constants.get(name)
        if constant:
            inside = Typing(self.resolver, Context(scope, constant.file), None)
            if constant.node.type is not None:
                return self.resolver.resolve(constant.node.type, inside.context)
            if self.resolver.busy(scope.path, name):
                return None
            with self.resolver.evaluating(scope.path, name):
                return inside.of(constant.node.value)
        return None

    def package_of(self, x: ir.Expr) -> str | None:
        """Return the import path when `x` is the name of an imported package, else None."""
        if x.__class__ is ir.Name and not self.context.package.declares(x.name):
            return self.resolver.import_path(x.name, self.context)
        return None

    def _selected(self, base: ir.Expr, name: str) -> Type | None:
        path = self.package_of(base)
        if path is not None:
            scope = self.resolver.package(path, self.context.package.path)
            return self._package_level(scope, name, path) if scope else None
        kind = self.of(base)
        if kind is None:
            written = self.as_type(base)
            method = self.resolver.method(written, name)
            if method:
                return model.Signature((written, *method.signature.params), method.signature.results, method.signature.variadic)
            return None
        field = self.resolver.field(kind, name)
        if field:
            return field.type
        method = self.resolver.method(kind, name)
        return method.signature if method else None

    def _indexed(self, base: ir.Expr, index: ir.Expr) -> Type | None:
        kind = self.of(base)
        below = self.resolver.underlying(kind)
        if isinstance(below, model.Pointer):
            below = self.resolver.underlying(below.elem)
        match below:
            case model.Map(_, value):
                return value
            case model.Slice(elem) | model.Array(elem):
                return elem
            case model.Basic("string"):
                return model.BASIC["uint8"]
            case model.Signature():
                return self._instance(base, (self.as_type(index),))
        return None

    def _instance(self, base: ir.Expr, args: tuple[Type | None, ...]) -> Type | None:
        """Return the signature of a generic function with explicit type arguments."""
        function = self.generic(base)
        kind = self.of(base)
        if function is None or not isinstance(kind, model.Signature):
            return None
        names = [parameter.name for parameter in function.node.type_params]
        return substitute(kind, dict(zip(names, args, strict=False)))

    def _sliced(self, kind: Type | None) -> Type | None:
        below = self.resolver.underlying(kind)
        if isinstance(below, model.Pointer):
            below = self.resolver.underlying(below.elem)
        return model.Slice(below.elem) if isinstance(below, model.Array) else kind

    # --- calls ---

    def _called(self, call: ir.Call) -> Type | None:
        fun = call.fun
        if isinstance(fun, ir.Name) and fun.name in _BUILTINS and not self.context.package.declares(fun.name):
            return self._builtin(fun.name, call.args)
        kind = self.resolver.underlying(self.of(fun))
        if not isinstance(kind, model.Signature):
            return self.as_type(fun)
        generic = self.generic(fun)
        if generic is not None and generic.node.type_params:
            kind = instantiate(self.resolver, kind, [self.of(arg) for arg in call.args])
        return kind.results[0] if len(kind.results) == 1 else model.Results(kind.results)

    def _builtin(self, name: str, args: Sequence[ir.Expr]) -> Type | None:
        if name in _BUILTIN_RESULTS:
            return _BUILTIN_RESULTS[name]
        if not args:
            return None
        match name:
            case "make":
                return self.as_type(args[0])
            case "new":
                return model.Pointer(self.as_type(args[0]) or self.of(args[0]))
            case "append" | "min" | "max":
                return self.of(args[0])
            case "complex":
                return model.BASIC["complex128"]
        return None

    def is_builtin(self, x: ir.Expr, name: str) -> bool:
        """Tell whether `x` is the builtin function of this name (and nothing in the package shadows it)."""
        return isinstance(x, ir.Name) and x.name == name and not self.context.package.declares(name)

    def unconverted(self, x: ir.Expr) -> ir.Expr:
        """Return an expression without the conversions around it: `x` of `int64(ID(x))`."""
        while isinstance(x, ir.Call) and len(x.args) == 1 and self.as_type(x.fun) is not None:
            x = x.args[0]
        return x

    def as_type(self, x: ir.Expr) -> Type | None:
        """Return the type that an expression stands for (`make`'s argument, the function of a conversion), or None."""
        match x:
            case ir.TypeArg(kind):
                return self.resolver.resolve(kind, self.context)
            case ir.Name(name):
                package = self.context.package
                if name in package.functions or name in package.variables:
                    return None
                return self.resolver.resolve(ir.TName(name), self.context)
            case ir.Sel(ir.Name(package_name), name):
                path = self.package_of(x.base)
                if path is None:
                    return None
                scope = self.resolver.package(path, self.context.package.path)
                if scope is None or name in scope.types or path == "unsafe":
                    return self.resolver.resolve(ir.TQual(package_name, name), self.context) if scope or path == "unsafe" else None
                return None
            case ir.Deref(operand):
                pointee = self.as_type(operand)
                return model.Pointer(pointee) if pointee else None
            case ir.Index(base, index):
                return self._generic_type(base, (self.as_type(index),))
            case ir.Inst(base, args):
                return self._generic_type(base, tuple(self.resolver.resolve(arg, self.context) for arg in args))
        return None

    def _generic_type(self, base: ir.Expr, args: tuple[Type | None, ...]) -> Type | None:
        kind = self.as_type(base)
        return model.Named(kind.package, kind.name, args) if isinstance(kind, model.Named) else None

    def generic(self, fun: ir.Expr) -> Declared[ir.Function] | None:
        """Return the declaration of the package-level function that an expression names, or None."""
        match fun:
            case ir.Name(name):
                return self.context.package.functions.get(name)
            case ir.Sel(base, name):
                path = self.package_of(base)
                scope = self.resolver.package(path, self.context.package.path) if path else None
                return scope.functions.get(name) if scope else None
            case ir.Index(base) | ir.Inst(base):
                return self.generic(base)
        return None
