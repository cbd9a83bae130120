"""What a package says of how long its objects live: which variables and fields hold which types, where maps are declared, which loops serve.

Holding is read off the declarations, without resolving types: `type Server struct { cache *Cache }`, `var shared = newLexer()`. Elements of maps
and channels are not held by the variable itself: they come and go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from golint_maps.flow.constructors import MAKERS
from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.first_time import first_time
from golint_maps.flow.identity import Names, declared_id, function_id
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import is_constructor, is_fresh
from golint_maps.flow.traverse import each, expressions, statements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import PackageScope, receiver_name


class Holder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A package variable (`gpath.name`) or field (`fpath.Type.name`) that holds an object of a type (`path.Name`), or a list of them."""

    identity: str
    type: str
    list: bool
    place: Place


class Serving(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A loop that goes on until it is told to stop. `waits`: for events (a channel, a timer), not for more of one input."""

    id: str
    start: int
    end: int
    waits: bool


class OwnerReplaced(Site, frozen=True, kw_only=True, tag="owner-replaced"):
    """What holds an object gets another one: a variable or field by identity, or (`*p = T{}`) the object itself by type."""

    identity: str
    id: str


class MapDeclared(Site, frozen=True, kw_only=True, tag="map-declared"):
    """The declaration of a map that others can have."""

    identity: str


# --- holders ---


def holders(package: PackageView) -> list[Holder]:
    """Return what the variables and struct fields of a package hold."""
    return [*_variables(package), *_fields(package)]


def _variables(package: PackageView) -> Iterator[Holder]:
    scope = package.scope
    for name, declared in sorted(scope.variables.items()):
        if declared.file not in package.primary or package.paths[declared.file].endswith("_test.go") or name == "_":
            continue
        node = declared.node
        kind = node.type if node.type is not None and not _is_interface(scope, node.type) else _made(package, declared.file, node.value, node.result)
        for held, many in _named(scope, declared.file, kind if kind is not None else node.type):
            place = Place(package.paths[declared.file], node.pos, node.pos + len(name.encode()))
            yield Holder(f"g{scope.path}.{name}", held, many, place)


def _fields(package: PackageView) -> Iterator[Holder]:
    scope = package.scope
    for number in sorted(package.primary):
        if package.paths[number].endswith("_test.go"):
            continue
        for declared in scope.files[number].types:
            for field in declared.type.fields if isinstance(declared.type, ir.TStruct) else ():
                for held, many in _named(scope, number, field.type):
                    place = Place(package.paths[number], field.pos, field.pos + len(field.name.encode()))
                    yield Holder(f"f{scope.path}.{declared.name}.{field.name}", held, many, place)


def _named(scope: PackageScope, file: int, kind: ir.TypeExpr | None) -> Iterator[tuple[str, bool]]:
    """Yield (type, whether there are several of it) of what a variable of a type holds itself."""
    many = False
    while isinstance(kind, ir.TPtr | ir.TSlice | ir.TArray | ir.TInst):
        many = many or isinstance(kind, ir.TSlice)
        kind = kind.base if isinstance(kind, ir.TInst) else kind.elem
    match kind:
        case ir.TName(name):
            declared = scope.types.get(name)
            if declared is not None and isinstance(declared.node.type, ir.TStruct | ir.TInterface | ir.TName | ir.TQual):
                yield f"{scope.path}.{name}", many
        case ir.TQual(package, name):
            path = scope.imported(file, package, lambda path: None)
            if path is not None and ("." in path.partition("/")[0] or "." not in scope.path.partition("/")[0]):
                yield f"{path}.{name}", many


def _is_interface(scope: PackageScope, kind: ir.TypeExpr) -> bool:
    declared = scope.types.get(kind.name) if isinstance(kind, ir.TName) else None
    return isinstance(kind, ir.TInterface) or (declared is not None and isinstance(declared.node.type, ir.TInterface))


def _made(package: PackageView, file: int, value: ir.Expr | None, result: int) -> ir.TypeExpr | None:
    """Return the type of what an initialiser makes: a literal, `new`, or a result of a constructor."""
    match value:
        case ir.Lit(kind) | ir.Addr(ir.Lit(kind)):
            return kind
        case ir.Call(ir.Name("new"), [ir.TypeArg(kind)]):
            return kind
        case ir.Call(ir.Name("new"), [ir.Name(name)]):
            return ir.TName(name)
        case ir.Call(ir.Name(name)) | ir.Call(ir.Index(ir.Name(name))) if name in package.scope.functions:
            results = package.scope.functions[name].node.type.results
            return results[result] if result < len(results) else None
        case ir.Call(ir.Sel(ir.Name(alias), name)):
            path = package.scope.imported(file, alias, lambda path: None)
            other = package.resolver.package(path, package.scope.path) if path is not None else None
            declared = other.functions.get(name) if other is not None else None
            results = declared.node.type.results if declared is not None else []
            made = receiver_name(results[result]) if result < len(results) else ""
            return ir.TQual(alias, made) if made else None
    return None


# --- constructors ---


class Constructor(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function whose name says that it makes something, and the struct type (`path.Name`) of the same package that it returns first.

    `fields` are names of fields that it gives a value which it makes.
    """

    type: str
    id: str
    fields: tuple[str, ...] = ()


def constructors(package: PackageView) -> list[Constructor]:
    """Return what the functions of a package make, by their names and results."""
    scope = package.scope
    found = []
    for number in sorted(package.primary):
        for function in scope.files[number].functions:
            if function.parent >= 0 or not function.name.startswith(MAKERS) or not function.type.results:
                continue
            made = receiver_name(function.type.results[0])
            declared = scope.types.get(made)
            if declared is not None and isinstance(declared.node.type, ir.TStruct):
                fields = tuple(sorted(set(_filled(function))))
                found.append(Constructor(f"{scope.path}.{made}", declared_id(scope.path, function, package.paths[number]), fields))
    return found


def _filled(function: ir.Function) -> Iterator[str]:
    """Yield the names of fields that a function stores a literal or the result of a call to, or has in a literal with one."""
    for assign in each(function.body or (), ir.Assign):
        for x, value in zip(assign.lhs, assign.rhs, strict=False):
            if isinstance(x, ir.Sel) and isinstance(value, ir.Lit | ir.Call):
                yield x.name
    for literal in each(function.body or (), ir.Lit):
        yield from (field_name(x, function.variables) for x in literal.elements if x.key is not None and isinstance(x.value, ir.Lit | ir.Call))


# --- declarations ---


def declarations(package: PackageView, named: Iterable[str], summaries: Iterable[FunctionSummary]) -> Iterator[MapDeclared]:
    """Yield where the maps of the package are declared that facts name (by identity), or that are passed to somebody who may add entries."""
    passed = {argument.identity for summary in summaries for site in summary.calls for argument in site.args if argument.identity[:1] in ("g", "f")}
    own = _named_maps(package.scope)
    receivers = (site.receiver for summary in summaries if own for site in summary.calls)
    passed |= {receiver.identity for receiver in receivers if receiver is not None and receiver.type in own and receiver.identity[:1] in ("g", "f")}
    for identity in sorted({*named, *passed, *_exported(package.scope)}):
        place = _declared(package, identity)
        if place is not None:
            yield MapDeclared(place=place, function="", package=package.scope.path, identity=identity)


def _named_maps(scope: PackageScope) -> frozenset[str]:
    """Return the types of a package that are maps, by their full names."""
    return frozenset(f"{scope.path}.{name}" for name, declared in scope.types.items() if isinstance(declared.node.type, ir.TMap))


def _exported(scope: PackageScope) -> Iterator[str]:
    """Yield the identities of the maps that other packages can fill."""
    for name, declared in scope.variables.items():
        if name[:1].isupper() and _is_map(scope, declared.node.type, declared.node.value):
            yield f"g{scope.path}.{name}"
    for name, kind in scope.types.items():
        for field in kind.node.type.fields if isinstance(kind.node.type, ir.TStruct) else ():
            if field.name[:1].isupper() and _is_map(scope, field.type, None):
                yield f"f{scope.path}.{name}.{field.name}"


def _is_map(scope: PackageScope, kind: ir.TypeExpr | None, value: ir.Expr | None) -> bool:
    match value:
        case ir.Lit(made) | ir.Call(ir.Name("make"), [ir.TypeArg(made), *_]) if kind is None:
            kind = made
    if isinstance(kind, ir.TName) and kind.name in scope.types:
        kind = scope.types[kind.name].node.type
    return isinstance(kind, ir.TMap) or (isinstance(kind, ir.TQual) and kind.name == "Map")


def _declared(package: PackageView, identity: str) -> Place | None:
    scope = package.scope
    if not identity.startswith(scope.path + ".", 1):
        return None
    parts = identity[2 + len(scope.path) :].partition("[")[0].split(".")
    if identity[0] == "g":
        declared = scope.variables.get(parts[0])
        return _place(package, declared.file, declared.node.pos, parts[0]) if declared is not None else None
    if identity[0] == "f" and len(parts) > 1:
        kind = scope.types.get(parts[0])
        for field in kind.node.type.fields if kind is not None and isinstance(kind.node.type, ir.TStruct) else ():
            if field.name == parts[1] and kind is not None:
                return _place(package, kind.file, field.pos, field.name)
    return None


def _place(package: PackageView, file: int, pos: int, name: str) -> Place:
    return Place(package.paths[file], pos, pos + len(name.encode()))


# --- loops that serve ---


def serving(view: View, summaries: Sequence[FunctionSummary]) -> Iterator[Serving]:
    """Yield the loops of a function and its literals that have no end of their own."""
    main = view.package.scope.name == "main" and view.root.name == "main"
    for number, summary in zip(view.family, summaries, strict=True):
        if not summary.endless and not (main and summary.loops):
            continue
        for statement in statements(view.facts.functions[number].body or ()):
            if isinstance(statement, ir.For) and _retries(view, statement.body):
                continue
            match statement:
                case ir.For(_, cond, _, body) if cond is None or (isinstance(cond, ir.Name) and cond.name == "true"):
                    waits = any(map(_waits, _inside(body)))
                    # A loop of main that waits for nothing reads what there is, from a file or a terminal.
                    endless = not main and not any(isinstance(item, ir.Return | ir.Branch) and _leaves(item) for item in statements(body))
                    if waits or endless:
                        yield Serving(summary.id, statement.pos, statement.end, waits or any(map(_accepts, _inside(body))))
                    elif any(map(_accepts, _inside(body))):
                        yield Serving(summary.id, statement.pos, statement.end, True)
                case ir.For(_, ir.Call(ir.Sel(_, name) | ir.Name(name), args), _, []):
                    # for c.processNext() {}; but `for l.step() {}` may as well read one text.
                    if _WORK.search(name) or any(view.typing.of(argument) == _CONTEXT for argument in args):
                        yield Serving(summary.id, statement.pos, statement.end, True)
                case ir.For(None, ir.Binary("==", ir.Call(ir.Sel(base, "Err"), []), ir.Name("nil")), None, _) if view.typing.of(base) == _CONTEXT:
                    yield Serving(summary.id, statement.pos, statement.end, True)
                case ir.For(_, ir.Call(ir.Sel(_, "Scan" | "Next")), _, _) if main:
                    yield Serving(summary.id, statement.pos, statement.end, False)
                case ir.Range(_, _, _, over) if isinstance(view.package.resolver.underlying(view.typing.of(over)), model.Chan):
                    if not _closes(view, over):
                        yield Serving(summary.id, statement.pos, statement.end, True)


def _closes(view: View, channel: ir.Expr) -> bool:
    """Tell whether a function closes a channel of its own: a loop over that ends with the work of those who send."""
    path = view.paths.of(channel)
    if path is None or path[0][0] != "l" or len(path) != 1 or view.variables[int(path[0][1:])].kind in ("param", "receiver"):
        return False
    calls = (call for function in view.functions for call in each(function.body or (), ir.Call))
    return any(call.args and view.typing.is_builtin(call.fun, "close") and view.paths.of(call.args[0]) == path for call in calls)


def _retries(view: View, body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a loop tries one thing again until it succeeds: `if err = f(); err == nil { return }`."""
    for statement in body:
        match statement:
            case ir.If(_, ir.Binary("==", error, ir.Name("nil")), [*_, ir.Return() | ir.Branch() as last]) if _leaves(last):
                if view.typing.of(error) == model.ERROR:
                    return True
    return False


def _leaves(statement: ir.Return | ir.Branch) -> bool:
    return isinstance(statement, ir.Return) or statement.kind in ("break", "goto")


def _inside(body: Sequence[ir.Stmt]) -> Iterator[ir.Stmt | ir.Expr]:
    for statement in statements(body):
        if isinstance(statement, ir.Select):
            yield statement
    yield from expressions(body)


_CONTEXT = model.Named("context", "Context")
_WORK = re.compile(r"(?i:process|work|item|event|message|request|reconcile|serve|poll)")
"""Names of functions that do the next piece of work, and tell whether there may be more."""
_EVENTS = frozenset(("Sleep", "Wait", "After", "Tick", "Until"))
_ENDS = frozenset(("Done", "Idle", "Finished", "Stopped", "Closed"))
"""Methods whose channel tells that something has come to its end: `<-queue.Idle()`."""
_CLIENTS = frozenset(
    ("Accept", "AcceptTCP", "ReadFrom", "ReadFromUDP", "ReadMessage", "ReadMsg", "Recv", "RecvMsg", "Receive", "NextMessage", "ReadPacket")
)


def _waits(x: ir.Stmt | ir.Expr) -> bool:
    """Tell whether something waits for events: a channel, a condition, the clock."""
    match x:
        case ir.Recv(ir.Call(ir.Sel(_, name), [])) if name in _ENDS:
            return False
        case ir.Select() | ir.Recv():
            return True
        case ir.Call(ir.Sel(_, name)):
            return name in _EVENTS
    return False


def _accepts(x: ir.Stmt | ir.Expr) -> bool:
    """Tell whether something takes the next client or message of a network."""
    return isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and x.fun.name in _CLIENTS


# --- owners that are replaced ---


def replaced(view: View) -> Iterator[OwnerReplaced]:
    """Yield where a function puts another object in the place of one that others have."""
    if is_constructor(view.root.name) or view.root.name in ("var·", "init") or view.path.endswith("_test.go"):
        return
    held = _holder_names(view.package)
    names: Names | None = None
    for number in view.family:
        function = view.facts.functions[number]
        for statement in each(function.body or (), ir.Assign):
            if statement.op != "=":
                continue
            for target in statement.lhs:
                if not isinstance(target, ir.Sel | ir.Name | ir.Deref) or not (isinstance(target, ir.Deref) or target.name in held):
                    continue
                names = names or Names(view)
                identity = f"t{_pointee(view, target)}" if isinstance(target, ir.Deref) else names.identity(target)
                if identity[:1] not in ("g", "f", "t") or identity == "t" or _own(view, target) or _the_first(view, number, target, names):
                    continue
                yield OwnerReplaced(
                    place=Place(view.path, *extent(target, view)),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(target, view.variables),
                    identity=identity,
                    id=function_id(view, number),
                )


def _holder_names(package: PackageView) -> frozenset[str]:
    found = package.memo.get(__name__)
    if found is None:
        found = package.memo[__name__] = frozenset(holder.identity.rpartition(".")[2] for holder in holders(package))
    assert isinstance(found, frozenset)
    return found


def _pointee(view: View, target: ir.Deref) -> str:
    kind = view.typing.of(target)
    return f"{kind.package}.{kind.name}" if isinstance(kind, model.Named) else ""


def _own(view: View, target: ir.Expr) -> bool:
    """Tell whether what gets another part was made by this function itself."""
    while isinstance(target, ir.Sel | ir.Deref):
        target = target.base if isinstance(target, ir.Sel) else target.x
    return isinstance(target, ir.Local) and is_fresh(target.id, view)


def _the_first(view: View, number: int, target: ir.Expr, names: Names) -> bool:
    path = names.path(target)
    regions = first_time(view, view.facts.functions[number])
    start = extent(target, view)[0]
    return any(low <= start < high and flag in (None, path) for low, high, flag in regions)
