"""What a package's `sync.Map`s are used for, all functions taken together: the facts behind GM511 and GM512."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from golint_maps.flow.blocking import blocking
from golint_maps.flow.identity import Names
from golint_maps.flow.new_keys import is_bounded, is_new_key, is_numbered
from golint_maps.flow.site import Place, Site
from golint_maps.flow.syncmap_calls import MapCall, SyncMaps
from golint_maps.flow.syncmap_locals import in_turn, lent
from golint_maps.flow.syncmap_stores import other_uses
from golint_maps.flow.traverse import expressions, operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.resolve import Context

WRITES: Final = frozenset(("Store", "Delete", "LoadOrStore", "LoadAndDelete", "Swap", "CompareAndSwap", "CompareAndDelete", "Clear"))
"""Methods that may change the map."""
_STORES: Final = frozenset(("Store", "Swap", "LoadOrStore"))
_REMOVES: Final = frozenset(("Delete", "LoadAndDelete", "CompareAndDelete"))


class SyncMapProfile(Site, frozen=True, tag="sync-map-profile"):
    """A `sync.Map` at its declaration. `identity` is its name for the whole program.

    `calls` counts the calls of its methods; `let_out` says that something else is done to it as well (its address is passed on, say), so that
    there may be calls that nobody sees. `waste` says what it is used for that a `sync.Map` is not made for: `alone` (by one goroutine), `in turn`
    (by one that the other waits for), `fresh` (each key is stored once and taken out once), `overwritten` (few keys, again and again), or nothing.
    `go` is the language version of the file.
    """

    identity: str
    calls: int
    let_out: bool
    waste: str
    go: tuple[int, int]


@dataclass(slots=True)
class _Profile:
    """One map: where it is declared, and what is known of it."""

    name: str
    spelled: str
    file: int
    start: int
    calls: list[tuple[View, int, MapCall]] = field(default_factory=list)
    let_out: bool = False


def profiles(package: PackageView) -> Iterator[SyncMapProfile]:
    """Yield the `sync.Map`s that files under analysis declare as fields or package variables, and the locals that only one goroutine has."""
    if not package.thorough or not any(item.path == "sync" for file in package.scope.files for item in file.imports):
        return
    declared = dict(_declared(package))
    for view in views(package, [number for number, path in enumerate(package.paths) if not path.endswith("_test.go")]):
        maps = SyncMaps(view)
        _collect(view, maps, declared)
        if view.file in package.primary:
            yield from _locals(view, maps)
    for identity, profile in declared.items():
        if profile.file in package.primary and not package.paths[profile.file].endswith("_test.go") and profile.calls:
            yield _fact(package, identity, profile, "" if profile.let_out else _waste(profile.calls))


def _fact(package: PackageView, identity: str, profile: _Profile, waste: str) -> SyncMapProfile:
    path = package.paths[profile.file]
    return SyncMapProfile(
        place=Place(path, profile.start, profile.start + len(profile.spelled.encode())),
        function="",
        package=package.scope.path,
        map=profile.spelled,
        owner=f"{package.scope.name}.{profile.name}",
        identity=identity,
        calls=len(profile.calls),
        let_out=profile.let_out,
        waste=waste,
        go=package.go[profile.file],
    )


# --- declarations ---


def _declared(package: PackageView) -> Iterator[tuple[str, _Profile]]:
    scope = package.scope
    for number, file in enumerate(scope.files):
        context = Context(scope, number)
        for kind in file.types:
            if isinstance(kind.type, ir.TStruct):
                for item in kind.type.fields:
                    if _is_map(item.type, context, package):
                        name = f"{kind.name}.{item.name}"
                        yield f"f{scope.path}.{name}", _Profile(name, item.name, number, item.pos)
        for variable in file.variables:
            made = variable.type or _literal(variable.value)
            if made is not None and _is_map(made, context, package):
                yield f"g{scope.path}.{variable.name}", _Profile(variable.name, variable.name, number, variable.pos)


def _is_map(kind: ir.TypeExpr, context: Context, package: PackageView) -> bool:
    if isinstance(kind, ir.TPtr):
        kind = kind.elem
    return isinstance(kind, ir.TQual) and kind.name == "Map" and package.resolver.resolve(kind, context) == model.SYNC_MAP


def _literal(value: ir.Expr | None) -> ir.TypeExpr | None:
    match value:
        case ir.Lit(kind) | ir.Addr(ir.Lit(kind)) | ir.Call(ir.Name("new"), [ir.TypeArg(kind)]):
            return kind
    return None


# --- uses ---


def _collect(view: View, maps: SyncMaps, declared: dict[str, _Profile]) -> None:
    names = Names(view)
    bases: set[int] = set()
    for number, call in maps.calls:
        bases.add(id(call.base))
        profile = declared.get(_identity(view, names, call))
        if profile is not None:
            profile.calls.append((view, number, call))
    if not declared:
        return
    for x in other_uses(view, bases):
        profile = declared.get(names.identity(x))
        if profile is not None:
            profile.let_out = True


def _identity(view: View, names: Names, call: MapCall) -> str:
    if not call.embedded:
        return names.identity(call.base)
    kind = view.typing.of(call.base)
    for name in call.embedded[:-1]:
        found = view.package.resolver.field(kind, name)
        kind = found.type if found is not None else None
    found = view.package.resolver.field(kind, call.embedded[-1])
    owner = found.owner if found is not None else None
    return f"f{owner.package}.{owner.name}.{call.embedded[-1]}" if isinstance(owner, model.Named) else ""


def _waste(calls: Sequence[tuple[View, int, MapCall]]) -> str:
    """Return what a map that many may use is wasted on, or an empty string."""
    stores = [item for item in calls if item[2].method in _STORES and item[2].key is not None]
    if not stores:
        return ""
    removing = {view.root.pos for view, _, call in calls if call.method in _REMOVES}
    reading = [(view, call) for view, _, call in calls if call.method == "Load"]
    # Who looks an entry up and leaves it there may do so again and again: that is what a sync.Map is for.
    taken_out = removing and all(view.root.pos in removing for view, _ in reading)
    if taken_out and all(call.method == "Store" and call.key is not None and is_numbered(view, call.key) for view, _, call in stores):
        return "fresh"
    if not reading and any(_overwrites(view, number, call) for view, number, call in stores if call.method != "LoadOrStore"):
        return "overwritten"
    return ""


def _overwrites(view: View, number: int, call: MapCall) -> bool:
    """Tell whether a store stands in a loop that keeps nobody waiting: an endless one with keys that come again, or any one with few keys."""
    if call.key is None:
        return False
    loops = [
        statement
        for statement in statements(view.facts.functions[number].body or ())
        if isinstance(statement, ir.For | ir.Range) and statement.pos <= call.pos < statement.end
    ]
    if not loops or any(_is_paced(view, loop) for loop in loops):
        return False
    if any(_is_endless(view, loop) for loop in loops) and not is_new_key(view, call.key):
        return True
    return _few(view, call.key)


def _is_endless(view: View, loop: ir.For | ir.Range) -> bool:
    if isinstance(loop, ir.For):
        return loop.cond is None
    return isinstance(view.package.resolver.underlying(view.typing.of(loop.over)), model.Chan)


def _is_paced(view: View, loop: ir.For | ir.Range) -> bool:
    """Tell whether each turn of a loop waits for a clock or for somebody far away. Events that come in over a channel may come fast."""
    if isinstance(loop, ir.Range) and _ticks(loop.over):
        return True
    for found in blocking(view, loop.body):
        if found.how in ("sleep", "wait", "network", "file") or found.inside:
            return True
        if found.how == "select" and isinstance(found.statement, ir.Select):
            comms = [case.comm for case in found.statement.cases if case.comm is not None]
            if any(_ticks(x) for comm in comms for operand in operands(comm) for x in subexpressions(operand)):
                return True
        if found.how == "receive" and any(_ticks(x) for operand in operands(found.statement) for x in subexpressions(operand)):
            return True
    return False


def _ticks(x: ir.Expr) -> bool:
    """Tell whether an expression is the channel of a clock: `ticker.C`, `time.After(d)`, `time.Tick(d)`."""
    match x:
        case ir.Recv(inner):
            return _ticks(inner)
        case ir.Sel(_, "C") | ir.Call(ir.Sel(ir.Name("time"), "After" | "Tick")):
            return True
    return False


def _few(view: View, key: ir.Expr) -> bool:
    if isinstance(key, ir.Const):
        return True
    definition = view.typing.definitions.get(key.id) if isinstance(key, ir.Local) and not view.assignments[key.id] else None
    if isinstance(definition, FromValue):
        key = definition.value
    return any(is_bounded(part) for part in subexpressions(key))


# --- locals ---


def _locals(view: View, maps: SyncMaps) -> Iterator[SyncMapProfile]:
    """Yield the local `sync.Map`s that one goroutine uses, or one after the other: that of their function, and one that it waits for."""
    used: dict[int, list[tuple[View, int, MapCall]]] = {}
    for number, call in maps.calls:
        if isinstance(call.base, ir.Local) and not call.embedded:
            used.setdefault(call.base.id, []).append((view, number, call))
    if not used:
        return
    package = view.package
    bases = {id(call.base) for calls in used.values() for _, _, call in calls}
    bases |= {id(x) for x in lent(view)}
    others = {
        x.id
        for function in view.functions
        for x in expressions(function.body or ())
        if isinstance(x, ir.Local) and x.id in used and id(x) not in bases and x.pos != view.variables[x.id].pos
    }
    in_place = {
        literal
        for literal, caller in maps.callers.items()
        if isinstance(caller.fun, ir.Sel) and (caller.fun.name == "Range" or view.typing.package_of(caller.fun.base) in ("sort", "slices", "maps"))
    }
    for local, calls in used.items():
        variable = view.variables[local]
        if local in others or variable.kind not in ("var", "define") or not _made_here(view, local):
            continue
        strangers = {number for number in view.family if local in view.facts.functions[number].captures and number not in in_place}
        if strangers and not (len(strangers) == 1 and in_turn(view, local, *strangers)):
            continue
        profile = _Profile(f"{view.name}.{variable.name}", variable.name, view.file, variable.pos, calls)
        yield _fact(package, f"l{variable.pos}", profile, "in turn" if strangers else "alone")


def _made_here(view: View, local: int) -> bool:
    """Tell whether a local is, or points to, a map of its own."""
    definition = view.typing.definitions.get(local)
    if view.assignments[local]:
        return False
    if definition is None:
        return view.typing.local(local) == model.SYNC_MAP
    value = definition.value if isinstance(definition, FromValue) else None
    new = isinstance(value, ir.Call) and view.typing.is_builtin(value.fun, "new")
    return new or _literal(value) is not None
