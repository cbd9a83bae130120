"""What functions insert into and delete from maps that their callers can name, and whom they call on the way.

Only functions that a loop over a map may reach are looked at, and those of an exported interface that takes maps. Effects are told by access
paths whose root the caller can replace: `r` (the receiver), `p<i>` (parameter i), `g<package>.<name>` (a package variable), and for literals
`l<id>` (a captured local).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from golint_maps.flow import handed_back
from golint_maps.flow.callees import Callee, callee, function_id, in_module, shape_of, wanted
from golint_maps.flow.entries import EntryFlow, Knowledge, Path
from golint_maps.flow.maps import place
from golint_maps.flow.self_keyed import identifies, selected, self_keyed_fields
from golint_maps.flow.site import Place
from golint_maps.flow.spelling import spell
from golint_maps.flow.view import PackageView, View, display_name, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import alike
from golint_maps.types.scope import Declared, receiver_name

_LONGEST_PATH = 5


class MapEffect(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An insert or delete.

    `key` is the path of the key, None for keys that the caller does not pass; `identity` says that the last field of `key` is by all signs the
    key that its owner is stored at. `spelled` is the map as written.
    """

    kind: str
    path: Path
    key: Path | None
    identity: bool
    place: Place
    spelled: str


class EffectCall(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call on the way to an effect. Paths are None where the callee is given what has no path."""

    callee: str
    place: Place
    spelled: str
    receiver: Path | None
    args: tuple[Path | None, ...]


class FunctionEffects(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One function. Of a method, `method` is the name and `signature` its shape; `promotes`: the type has methods of what it embeds as well."""

    id: str
    name: str
    effects: tuple[MapEffect, ...]
    calls: tuple[EffectCall, ...]
    method: str = ""
    signature: tuple[str, ...] = ()
    promotes: bool = False


class Effects:
    """The functions of one package whose effects somebody asked for."""

    def __init__(self, package: PackageView) -> None:
        self._package = package
        self._found: dict[str, FunctionEffects] = {}

    @property
    def all(self) -> list[FunctionEffects]:
        """Those that do or call anything, by id."""
        return [self._found[id] for id in sorted(self._found) if self._found[id].effects or self._found[id].calls]

    def ask(self, view: View, target: Callee) -> None:
        """Look at a callee, and at all that it calls in this package."""
        todo: list[tuple[View, Callee]] = [(view, target)]
        while todo:
            view, target = todo.pop()
            for at, function, inside in self._functions(view, target):
                if at in self._found:
                    continue
                walk = _Walk(inside, function)
                self._found[at] = walk.take(at)
                todo += ((inside, called) for called in walk.callees)

    def _functions(self, view: View, target: Callee) -> Iterator[tuple[str, ir.Function, View]]:
        """Yield (id, function, view) of what a callee may be in this package."""
        if target.literal >= 0:
            yield target.id, view.facts.functions[target.literal], view
        elif target.declared is not None:
            yield target.id, target.declared.node, self.view_of(target.declared)
        elif (asked := target.wanted) is not None:
            for methods in self._package.scope.methods.values():
                declared = methods.get(asked.method)
                if declared and alike(shape_of(self._package, declared), asked.shape):
                    yield function_id(self._package, declared.node), declared.node, self.view_of(declared)

    def view_of(self, declared: Declared[ir.Function]) -> View:
        """Return the view of a declared function of the package."""
        return function_view(self._package, declared)

    def reaches(self, target: Callee, field: str) -> bool:
        """Tell whether a callee that was asked for may change a map of this last path component, or one that it is handed."""
        seen: set[str] = set()
        todo = [target.id]
        while todo:
            at = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            found = self._found.get(at)
            if found is None:
                # Through an interface to methods of this package, or out of the package: only the whole program can tell.
                asked = wanted(at)
                if asked is not None:
                    todo += [id for id, other in self._found.items() if other.method == asked.method and alike(other.signature, asked.shape)]
                    continue
                return True
            if any(effect.path[-1] == field or len(effect.path) == 1 for effect in found.effects):
                return True
            todo += [call.callee for call in found.calls]
        return False


def effects_of(package: PackageView) -> Effects:
    """Return the package's effects, one value for all that ask."""
    found = package.memo.get("effects")
    if not isinstance(found, Effects):
        found = package.memo["effects"] = Effects(package)
    return found


def analyse(package: PackageView) -> list[FunctionEffects]:
    """Return the effects that loops of this package asked for, and of functions that other packages may call and hand a map, or what has one."""
    effects = effects_of(package)
    for file in sorted(package.primary):
        for function in package.scope.files[file].functions:
            if function.parent < 0 and function.name[:1].isupper() and any(isinstance(kind, ir.TMap) for kind in function.type.params):
                declared = Declared(function, file)
                effects.ask(effects.view_of(declared), Callee(function_id(package, function), declared=declared))
    for method in handed_back.implementations(package):
        if method.declared is not None:
            effects.ask(effects.view_of(method.declared), method)
    return effects.all


class _Walk(EntryFlow):
    """Collects the effects and calls of one function or literal."""

    def __init__(self, view: View, function: ir.Function) -> None:
        super().__init__(view)
        self._function = function
        self._roots = {number: f"p{index}" for index, number in enumerate(function.params) if number >= 0 and not view.assignments[number]}
        if function.receiver >= 0 and not view.assignments[function.receiver]:
            self._roots[function.receiver] = "r"
        self._effects: dict[tuple[str, Path, Path | None], MapEffect] = {}
        self._calls: dict[int, EffectCall] = {}
        self.callees: list[Callee] = []

    def take(self, id: str) -> FunctionEffects:
        self.run(self._function.body or (), Knowledge())
        name = display_name(self._function) if self._function.parent < 0 else f"a function literal in {self.view.name}"
        effects, calls = tuple(self._effects.values()), tuple(self._calls.values())
        kind = self._function.receiver_type
        if kind is None:
            return FunctionEffects(id, name, effects, calls)
        package = self.view.package
        signature = shape_of(package, Declared(self._function, self.view.file))
        struct = package.resolver.struct(model.Named(package.scope.path, receiver_name(kind)))
        promotes = struct is not None and any(field.embedded for field in struct[1].fields)
        return FunctionEffects(id, name, effects, calls, self._function.name, signature, promotes)

    def rooted(self, path: Path | None) -> Path | None:
        """Return a path with a root that the caller knows, or None."""
        if path is None or len(path) > _LONGEST_PATH:
            return None
        head = path[0]
        if head[0] != "l":
            return path
        number = int(head[1:])
        root = self._roots.get(number)
        if root is None and self._function.parent >= 0 and not self._function.pos <= self.view.variables[number].pos < self._function.end:
            # A variable around a literal: captured, or what a captured one is an alias of.
            root = head
        return None if root is None else (root, *path[1:])

    def mutated(self, kind: str, form: str, path: Path, operand: ir.Expr, key: ir.Expr | None, at: tuple[int, int], state: Knowledge) -> None:
        target = self.rooted(path)
        if target is None or any(part[0] == "[" for part in target):
            return
        while isinstance(key, ir.Call) and len(key.args) == 1 and self.view.typing.as_type(key.fun) is not None:
            key = key.args[0]
        if isinstance(key, ir.Local) and key.id not in self._roots and not self.view.assignments[key.id]:
            definition = self.view.typing.definitions.get(key.id)
            key = definition.value if isinstance(definition, FromValue) and definition.count == 1 else key
        from_caller = self._key_path(key.fun if isinstance(key, ir.Call) and not key.args else key)
        identity = key is not None and self._identifies(key)
        effect = MapEffect(kind, target, from_caller, identity, place(self.view, *at), spell(operand, self.view.variables))
        self._effects.setdefault((kind, target, from_caller), effect)

    def _identifies(self, key: ir.Expr) -> bool:
        field = selected(key)
        if field is None:
            return False
        return field[1] in self_keyed_fields(self.view.package) or identifies(field[1], self.view.typing.of(field[0]))

    def _key_path(self, key: ir.Expr | None) -> Path | None:
        if key is None:
            return None
        if isinstance(key, ir.Local) and key.id not in self._roots:
            # `id := w.id` names a value, which `Paths.of` does not follow.
            text = self.view.paths.key(key)
            return self.rooted((text,)) if text[0] == "l" and text[1:].isdigit() else None
        path = self.rooted(self.view.paths.raw(key))
        return path if path is not None and path[0][0] in "rpl" else None

    def called(self, call: ir.Call, state: Knowledge) -> None:
        target = callee(self.view, call)
        if target is None or (target.outside and target.id not in LIBRARY and not (call.args and in_module(target.id))):
            return
        self.callees.append(target)
        receiver = self.rooted(self.view.paths.of(target.receiver)) if target.receiver is not None else None
        self._calls[call.pos] = EffectCall(
            target.id,
            place(self.view, call.pos, call.end),
            spell(call.fun, self.view.variables),
            None if receiver is None else (*receiver, *target.embedded),
            tuple(self._argument(arg) for arg in call.args),
        )

    def _argument(self, arg: ir.Expr) -> Path | None:
        return self.rooted(self.view.paths.of(arg)) or self._key_path(arg)

    def defer(self, statement: ir.Defer, state: Knowledge) -> None:
        # Deferred calls run before the caller goes on. What is known here may not hold then.
        self.evaluate(statement.call, Knowledge(replaced=state.replaced))


def _header(kind: str) -> MapEffect:
    return MapEffect(kind, ("r",), ("p0",), False, Place("", 0, 0), "")


LIBRARY = {
    f"{owner}.{name}": FunctionEffects(f"{owner}.{name}", f"{model.brief(owner)}.{name}", (_header(kind),), ())
    for owner in ("net/http.Header", "net/textproto.MIMEHeader", "net/url.Values")
    for name, kind in (("Set", "insert"), ("Add", "insert"), ("Del", "delete"))
}
"""Methods of the standard library's named maps."""
