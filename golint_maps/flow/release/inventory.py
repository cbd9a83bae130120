"""All maps of owners in a package: who fills them, who empties them, who else may have their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from golint_maps.flow.callees import function_id
from golint_maps.flow.new_keys import assigned_values
from golint_maps.flow.release.events import Insert, Source, Use
from golint_maps.flow.release.uses import Uses
from golint_maps.flow.syncmap_calls import is_constructor
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 4
_OPENERS: Final = (
    "Open",
    "Dial",
    "Listen",
    "Accept",
    "With",
    "AfterFunc",
    "Connect",
    "Start",
    "Watch",
    "Subscribe",
    "Spawn",
    "Launch",
    "Tempfile",
    "Pipe",
)


@dataclass(eq=False)
class Function:
    """A declared function with its literals."""

    id: str
    uses: Uses
    callers: list[tuple[Function, ir.Call]] = field(default_factory=list)

    @property
    def receiver_and_parameters(self) -> Iterator[int]:
        """Locals that the caller fills."""
        root = self.uses.view.root
        yield from (number for number in (root.receiver, *root.params) if number is not None and number >= 0)


class Inventory:
    """The functions of a package that are not tests, joined by their calls."""

    def __init__(self, package: PackageView) -> None:
        self.package = package
        self.functions: dict[str, Function] = {}
        self.by_map: dict[str, list[Function]] = defaultdict(list)
        files = [number for number, path in enumerate(package.paths) if not path.endswith("_test.go")]
        self._at: dict[tuple[int, int], Function] = {}
        for view in views(package, files):
            root = view.root
            id = function_id(package, root) if root.name not in ("init", "_", "var·") else f"{root.name}@{view.path}:{root.pos}"
            function = Function(id, Uses(view))
            self.functions[id] = self._at[view.file, view.number] = function
            names = {insert.map for insert in function.uses.inserts}
            for name in names:
                self.by_map[name].append(function)
        for function in self.functions.values():
            for id, _, call in function.uses.calls:
                target = self.functions.get(id)
                if target is not None:
                    target.callers.append((function, call))
        self._shared: dict[str, str] = {}

    @staticmethod
    def of(package: PackageView) -> Inventory:
        """Return the inventory of a package; made once."""
        found = package.memo.get(__name__)
        if not isinstance(found, Inventory):
            found = package.memo[__name__] = Inventory(package)
        return found

    def function(self, view: View) -> Function | None:
        """Return the function of a view, unless it is a test."""
        return self._at.get((view.file, view.number))

    # --- what becomes of values ---

    def fates(self, function: Function, source: Source, depth: int = 0) -> Iterator[Use]:
        """Yield the uses of a source in a function, calls of this package followed."""
        for use in function.uses.of(source):
            if use.how != "passed":
                yield use
                continue
            target = self.functions.get(use.target)
            if target is None:
                yield Use("handed", use.pos, use.function)
                continue
            params = target.uses.view.root.params
            number = params[min(use.index, len(params) - 1)] if params else -1
            if number >= 0 and depth < _MAX_DEPTH:
                for inner in self.fates(target, number, depth + 1):
                    yield Use(inner.how, use.pos, use.function, inner.target)

    def lets_go(self, function: Function, name: str) -> bool:
        """Tell whether a function releases an entry of a map, hands one on, or puts one elsewhere."""
        return name in function.uses.whole or any(True for _ in self.fates(function, name))

    def releases(self, name: str) -> bool:
        """Tell whether any function releases entries of a map, as their owner does."""
        return any(
            (name in function.uses.read or function.uses.aliases.get(name)) and any(use.how == "released" for use in self.fates(function, name))
            for function in self.functions.values()
        )

    @cached_property
    def expired(self) -> dict[str, set[tuple[str, int] | str]]:
        """Functions by id, and literals by (function, number), that run only when a timer has fired (or a context is done), by what is over."""
        found: dict[str, set[tuple[str, int] | str]] = defaultdict(set)
        for function in self.functions.values():
            for kind, callback in function.uses.callbacks:
                if isinstance(callback, int):
                    found[kind].add((function.id, callback))
                    family = _inside(function, callback)
                    found[kind].update((function.id, number) for number in family)
                    found[kind].update(id for id, number, _ in function.uses.calls if number in family)
                else:
                    found[kind].add(callback)
        for ids in found.values():
            for _ in range(2):
                called = {id for known in ids if isinstance(known, str) and known in self.functions for id, _, _ in self.functions[known].uses.calls}
                ids |= called & self.functions.keys()
        return found

    @cached_property
    def only_expired(self) -> dict[str, set[str]]:
        """Functions of `expired` that run at no other time, as far as the package shows: nobody else calls them, nor can."""
        found = {kind: {id for id in over if isinstance(id, str) and id in self.functions} for kind, over in self.expired.items()}
        for kind, ids in found.items():
            over = self.expired[kind]
            left: set[str] = set()
            while left != ids:
                left = set(ids)
                called_else = {
                    id
                    for function in self.functions.values()
                    for id, number, _ in function.uses.calls
                    if function.id not in left and (function.id, number) not in over
                }
                ids -= {id for id in left if id in called_else or self.functions[id].uses.view.root.name[:1].isupper()}
        return found

    # --- who owns the values of a map ---

    def ownership(self, name: str) -> str:
        """Return who can release what is in a map: `map` for the map alone, `given` where callers put values in, `shared` where others have them."""
        if name not in self._shared:
            self._shared[name] = "shared"
            self._shared[name] = self._ownership(name)
        return self._shared[name]

    def _ownership(self, name: str) -> str:
        found = {self._inserted(function, insert) for function in self.by_map[name] for insert in function.uses.inserts if insert.map == name}
        found.discard("")
        if "shared" in found or not found or self._handed_out(name):
            return "shared"
        return "given" if "given" in found else "map"

    def _handed_out(self, name: str) -> bool:
        """Tell whether entries are handed to others and stay in the map."""
        for function in self.functions.values():
            uses = function.uses
            if name in uses.read or uses.aliases.get(name):
                removes = any(delete.map == name for delete in uses.deletes) or name in uses.assigned
                if not removes and any(use.how == "handed" for use in self.fates(function, name)):
                    return True
        return False

    def _inserted(self, function: Function, insert: Insert) -> str:
        """Return `map`, `given` or `shared` for one insert; nothing for nil, and for entries that come from the map itself."""
        value = insert.value
        while isinstance(value, ir.Assert) or (isinstance(value, ir.Call) and len(value.args) == 1 and function.uses.converts(value.fun)):
            value = value.args[0] if isinstance(value, ir.Call) else value.x
        match value:
            case ir.Name("nil"):
                return ""
            case ir.FuncLit():
                return "map"
            case ir.Local(number):
                return self._local(function, insert, number)
            case ir.Call():
                return "map" if self.opens(function, value) else "shared"
            case ir.Lit() | ir.Addr(ir.Lit()):
                return "map"
            case ir.Index() if function.uses.map(value.base)[0] == insert.map:
                return ""
            case ir.Sel(ir.Local(number), "Body"):
                # The one field that must be closed though what holds it has no Close: that of an answer to an HTTP request.
                view = function.uses.view
                answer = view.typing.local(number) == model.Pointer(model.Named("net/http", "Response"))
                return "map" if answer and isinstance(view.typing.definitions.get(number), FromValue) else "shared"
        return "shared"

    def _local(self, function: Function, insert: Insert, number: int) -> str:
        view = function.uses.view
        literals = {other for other in view.family if other != view.number}
        after = insert.statement.pos
        for use in self.fates(function, number):
            # What is closed before it is stored was closed on a way that stores nothing.
            late = use.pos > after or (use.function in literals and use.function != insert.function) or use.pos in function.uses.deferred
            if (use.how == "released" and late) or use.how == "handed" or (use.how == "moved" and use.target != insert.map):
                return "shared"
        if number in function.receiver_and_parameters:
            return self._given(function, insert, number)
        return "given" if view.variables[number].kind == "param" else self._origin(function, insert, number)

    def _origin(self, function: Function, insert: Insert, number: int) -> str:
        """Return what the values of a local say: `map` when all of them are new, `shared` when one is somebody else's."""
        view = function.uses.view
        definition = view.typing.definitions.get(number)
        values = [definition.value] if isinstance(definition, FromValue) else []
        values += assigned_values(view, number)
        found = {self._made(function, insert, value) for value in values} - {""}
        return "shared" if "shared" in found or not found else "map"

    def _made(self, function: Function, insert: Insert, value: ir.Expr) -> str:
        match value:
            case ir.Call(_, [ir.Call(ir.Sel(_, "Context"), []), *_]):
                return "shared"  # the end of the request is the end of its contexts
            case ir.Call():
                return "map" if self.opens(function, value) else "shared"
            case ir.Lit() | ir.Addr(ir.Lit()) | ir.FuncLit():
                return "map"
            case ir.Name("nil"):
                return ""
            case ir.Index() if function.uses.map(value.base)[0] == insert.map:
                return ""  # looked up, and made on a miss
            case ir.Assert(operand):
                return self._made(function, insert, operand)
        return "shared"

    def _given(self, function: Function, insert: Insert, number: int) -> str:
        """Return who else has a value that a function gets as an argument: what the callers in this package do with it."""
        params = function.uses.view.root.params
        if number not in params or not function.callers:
            return "given"
        index = params.index(number)
        found = set()
        for caller, call in function.callers:
            argument = call.args[index] if index < len(call.args) else None
            if isinstance(argument, ir.Local) and argument.id not in caller.receiver_and_parameters:
                later = [use for use in self.fates(caller, argument.id) if use.pos != call.pos]
                released = any(use.how in ("released", "handed") for use in later)
                found.add("shared" if released else self._origin(caller, insert, argument.id))
            elif isinstance(argument, ir.Call):
                found.add("map" if self.opens(caller, argument) else "shared")
            else:
                found.add("given")
        return "shared" if "shared" in found else "given" if "given" in found else "map"

    def opens(self, function: Function, call: ir.Call) -> bool:
        """Tell whether a call makes a new owner: a constructor by its name."""
        fun = call.fun
        while isinstance(fun, ir.Index | ir.Inst):
            fun = fun.base
        name = fun.name if isinstance(fun, ir.Name | ir.Sel) else ""
        if isinstance(fun, ir.Local):
            name = function.uses.view.variables[fun.id].name  # `dial func(addr string) (net.Conn, error)`
        return is_constructor(name) or (name[:1].upper() + name[1:]).startswith(_OPENERS)

    def in_hand(self, function: Function, value: Type | None, name: str) -> bool:
        """Tell whether a function has an object of the map's value type from elsewhere, and so need not look it up to release it."""
        uses = function.uses
        for number in range(len(uses.view.variables)):
            if uses.view.typing.local(number) != value:
                continue
            if number in function.receiver_and_parameters or uses.view.variables[number].kind in ("param", "receiver"):
                return True
            if name not in uses.sources.get(number, ()) and any(use.how in ("released", "handed") for use in self.fates(function, number)):
                return True
        return False


def _inside(function: Function, literal: int) -> set[int]:
    """Return a literal and those inside of it."""
    facts = function.uses.view.facts
    found = {literal}
    for number in sorted(function.uses.view.family):
        if facts.functions[number].parent in found:
            found.add(number)
    return found
