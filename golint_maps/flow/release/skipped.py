"""Overwrites and deletes of map entries whose value nobody releases: the facts behind GM402."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golint_maps.flow.maps import qualified
from golint_maps.flow.new_keys import is_new_key
from golint_maps.flow.release.events import Delete, Insert
from golint_maps.flow.release.inventory import Function, Inventory
from golint_maps.flow.release.misses import misses
from golint_maps.flow.release.owners import CANCEL, TIMER, owned
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import is_constructor, is_fresh
from golint_maps.flow.traverse import selected_from
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.model import spell as spell_type

_STARTS = re.compile(r"(?:\w*[a-z])?(?:[sS]tart|[rR]un|[sS]erve|[lL]aunch|[lL]oad|[oO]pen|[bB]oot|[bB]egin)(?![a-z])")
"""Names of functions that start what there is, once."""


class ReleaseSkipped(Site, frozen=True, tag="release-skipped"):
    """An entry goes whose value must be released first.

    `form` is overwrite, delete or clear; `kind` what the value owns (cancel, timer, ticker, closer), `type` its type, `key` the key as written.
    `go` is the language version of the file.
    """

    form: str
    kind: str
    type: str
    key: str
    go: tuple[int, int]


def analyse(view: View) -> Iterator[ReleaseSkipped]:
    """Yield the entries that a function and its literals lose. Tests may do as they like."""
    if view.path.endswith("_test.go") or not _loses(view):
        return
    inventory = Inventory.of(view.package)
    function = inventory.function(view)
    if function is None:
        return
    lost = [delete for delete in function.uses.deletes if _is_lost(inventory, function, delete)]
    over = [insert for insert in function.uses.inserts if _may_be_lost(inventory, function, insert)]
    missing = misses(view, over)
    found: list[Delete | Insert] = [*lost, *(insert for insert in over if insert.target.pos not in missing)]
    for item in sorted(found, key=_start):
        yield _fact(view, item)


def _start(item: Delete | Insert) -> int:
    return item.statement.pos if isinstance(item, Insert) else item.call.pos


def _fact(view: View, item: Delete | Insert) -> ReleaseSkipped:
    if isinstance(item, Insert):
        form, start, end = "overwrite", item.statement.pos, item.statement.end
    else:
        form, start, end = "clear" if item.key is None else "delete", item.call.pos, item.call.end
    values = view.package.resolver.map(view.typing.of(item.operand))
    return ReleaseSkipped(
        place=Place(view.path, start, end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(item.operand, view.variables),
        owner=qualified(view, item.operand),
        form=form,
        kind=item.kind,
        type=spell_type(values.value if values else None),
        key=spell(item.key, view.variables, 40) if item.key is not None else "",
        go=view.go,
    )


def _loses(view: View) -> bool:
    """Tell whether a function overwrites or deletes entries of any map of owners: few do, and only then is the package looked at."""
    package, typing = view.package, view.typing

    def owns(x: ir.Expr) -> bool:
        found = package.resolver.map(typing.of(x))
        return found is not None and bool(owned(found.value, package))

    for statement in view.statements:
        match statement:
            case ir.Assign(_, lhs):
                if any(target.__class__ is ir.Index and owns(target.base) for target in lhs):
                    return True
            case ir.Do(ir.Call(ir.Name("delete" | "clear") | ir.Sel(_, "DeleteFunc"), args)) | ir.Defer(ir.Call(ir.Name("delete" | "clear"), args)):
                if args and owns(args[0]):
                    return True
    return False


# --- who may release what goes ---


def _is_lost(inventory: Inventory, function: Function, delete: Delete) -> bool:
    name = delete.map
    if inventory.ownership(name) != "map" or _is_over(inventory, function, delete):
        return False
    if _made_here(function, delete.operand) or _released_around(inventory, function, name):
        return False
    view = function.uses.view
    values = view.package.resolver.map(view.typing.of(delete.operand))
    value = values.value if values is not None else None
    return not any(inventory.in_hand(other, value, name) for other in (function, *_callers(function)))


def _may_be_lost(inventory: Inventory, function: Function, insert: Insert) -> bool:
    name = insert.map
    ownership = inventory.ownership(name)
    if ownership == "shared" or (ownership == "given" and not inventory.releases(name)):
        return False
    view = function.uses.view
    root = view.root.name
    if (is_constructor(root) or root in ("init", "main", "var·")) and not _in_loop(function, insert):
        return False
    if _STARTS.match(root) and _is_own_key_of_loop(function, insert):
        return False
    # What has a name of its own, a constant or a variable of the package, is set up once.
    found = view.package.resolver.map(view.typing.of(insert.operand))
    if isinstance(insert.key, ir.Const | ir.Name) or is_new_key(view, insert.key, insert.value, found.key if found is not None else None):
        return False
    if _is_address_in_use(view, insert.key):
        return False
    if _is_over(inventory, function, insert) or _made_here(function, insert.operand):
        return False
    if _released_around(inventory, function, name):
        return False
    # Who looks the entry up in a caller, or asks a function that does, has seen that there is none.
    looked = {id for id, number, _ in function.uses.calls if (other := inventory.functions.get(id)) is not None and name in other.uses.read}
    return not looked and not _callers_look(function, insert) and not any(name in caller.uses.read for caller in _callers(function))


def _is_address_in_use(view: View, key: ir.Expr) -> bool:
    """Tell whether a key is where a listener listens: nobody else can listen there, so what had that key before has been closed."""
    definition = view.typing.definitions.get(key.id) if isinstance(key, ir.Local) and not view.assignments[key.id] else None
    match definition.value if isinstance(definition, FromValue) else key:
        case ir.Call(ir.Sel(ir.Call(ir.Sel(listener, "Addr"), []), "String"), []):
            kind = view.typing.of(listener)
            kind = kind.elem if isinstance(kind, model.Pointer) else kind
            return isinstance(kind, model.Named) and kind.package == "net" and kind.name.endswith("Listener")
    return False


def _callers_look(function: Function, insert: Insert) -> bool:
    """Tell whether all callers of a function that gets the map as a parameter look an entry up in what they hand it."""
    root = function.uses.view.root
    if not isinstance(insert.operand, ir.Local) or insert.operand.id not in root.params or not function.callers:
        return False
    index = root.params.index(insert.operand.id)
    return all(len(call.args) > index and caller.uses.map(call.args[index])[0] in caller.uses.read for caller, call in function.callers)


def _callers(function: Function) -> list[Function]:
    """Return the callers of a function in its package, and theirs."""
    found: dict[str, Function] = {}
    level = [function]
    for _ in range(2):
        level = [caller for inner in level for caller, _ in inner.callers if caller.id not in found and caller is not function]
        found.update((caller.id, caller) for caller in level)
    return list(found.values())


def _released_around(inventory: Inventory, function: Function, name: str) -> bool:
    """Tell whether the function, what it calls, or who calls it (with what they call) lets go of entries of the map."""
    callers = _callers(function)
    near = [function, *callers, *(inner for caller in callers for inner in _callees(inventory, caller))]
    level = [function]
    for _ in range(3):
        level = [inner for outer in level for inner in _callees(inventory, outer) if inner not in near]
        near += level
    return any(inventory.lets_go(inner, name) for inner in near)


def _callees(inventory: Inventory, function: Function) -> list[Function]:
    return [inventory.functions[id] for id in dict.fromkeys(id for id, _, _ in function.uses.calls) if id in inventory.functions]


def _is_over(inventory: Inventory, function: Function, item: Delete | Insert) -> bool:
    """Tell whether a timer has fired, or a context has ended, where a statement stands."""
    if item.kind not in (TIMER, CANCEL):
        return False
    expired = inventory.expired.get(item.kind, set())
    if (function.id, item.function) in expired:
        return True
    # A delete that a timer's function and others share is the end of the work; an overwrite that they share is a second timer for it.
    if function.id in (expired if isinstance(item, Delete) else inventory.only_expired.get(item.kind, ())):
        return True
    return item.kind == CANCEL and item.function in function.uses.waits


def _made_here(function: Function, operand: ir.Expr) -> bool:
    """Tell whether a map, or the object that holds it, is made in this very function: what it holds is what the function put in."""
    view = function.uses.view
    root = selected_from(operand)
    if not isinstance(root, ir.Local) or view.variables[root.id].kind == "param":
        return False
    if isinstance(operand, ir.Local):
        return False
    return is_fresh(root.id, view)


def _in_loop(function: Function, insert: Insert) -> bool:
    return any(
        isinstance(statement, ir.For) and statement.cond is None and statement.pos <= insert.statement.pos < statement.end
        for statement in function.uses.view.statements
    )


def _is_own_key_of_loop(function: Function, insert: Insert) -> bool:
    """Tell whether the key is that of a loop over another map: one entry for each, when all are started."""
    view = function.uses.view
    definition = view.typing.definitions.get(insert.key.id) if isinstance(insert.key, ir.Local) else None
    return isinstance(definition, FromRange) and definition.index == 0 and view.package.resolver.map(view.typing.of(definition.over)) is not None
