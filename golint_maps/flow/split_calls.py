"""Two calls for one key of an object of another package: whether one looks up what the other inserts is for the whole program to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from golint_maps.flow.calls import Callees
from golint_maps.flow.events import Path
from golint_maps.flow.identity import Names
from golint_maps.flow.lock_helpers import LockEffects
from golint_maps.flow.maps import place
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import Structure, dominates
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model

_LOCKS: Final = frozenset((model.Named("sync", "Mutex"), model.Named("sync", "RWMutex")))


class SplitCalls(Site, frozen=True, kw_only=True, tag="split-calls"):
    """A call (the place) of the method `second`, after one of `first` on the same object, both with one key: their arguments `keys`.

    Both methods are of a type of another package that has a lock and a map; no lock is held here. `key` and `object` as written.
    """

    first: str
    second: str
    keys: tuple[int, int]
    key: str
    object: str
    looked: Place


def analyse(view: View) -> Iterator[SplitCalls]:
    """Yield the pairs of such calls in a function."""
    body = view.root.body
    if not body or not view.package.thorough or view.path.endswith("_test.go") or view.root.name == "var·":
        return
    found: dict[tuple[Path, str], list[tuple[ir.Call, int]]] = defaultdict(list)
    names: Names | None = None
    for call in sorted(each(body, ir.Call), key=lambda call: call.end):  # those in arguments are made first
        if not isinstance(call.fun, ir.Sel) or not call.args or not _guards_maps_elsewhere(view, call.fun.base):
            continue
        names = names or Names(view)
        path = names.path(call.fun.base)
        for index, argument in enumerate(call.args):
            key = _key(view, argument)
            if key and path is not None:
                found[path, key].append((call, index))
    if names is None or not any(len(calls) > 1 for calls in found.values()) or LockEffects.of(view.package).locks_in(body):
        return  # the lock may be held from one call to the other
    structure, callees = Structure(body), Callees(names)
    ignored = {id(statement.x) for statement in each(body, ir.Do)}
    for calls in found.values():
        for number, (then, second) in enumerate(calls):
            for before, first in calls[:number]:
                if id(before) in ignored or not dominates(structure.at(before.end - 1), structure.at(then.end - 1)):
                    continue  # nobody wants to know what the look-up has found
                tokens = (callees.targets(before.fun), callees.targets(then.fun))
                if len(tokens[0]) == len(tokens[1]) == 1 and tokens[0] != tokens[1]:
                    assert isinstance(then.fun, ir.Sel)
                    yield SplitCalls(
                        place=place(view, then.pos, then.end),
                        function=view.name,
                        package=view.package.scope.path,
                        first=tokens[0][0],
                        second=tokens[1][0],
                        keys=(first, second),
                        key=spell(then.args[second], view.variables),
                        object=spell(then.fun.base, view.variables),
                        looked=place(view, before.pos, before.end),
                    )


def _key(view: View, x: ir.Expr) -> str:
    """Return a text for an argument that is a variable, a field of one or put together of such, and does not change; else an empty string."""
    if not isinstance(x, ir.Local | ir.Sel | ir.Binary | ir.Call):
        return ""
    key = view.paths.key(x)
    variables = [part.id for part in subexpressions(x) if isinstance(part, ir.Local)]
    return key if variables and "?" not in key and not any(view.assignments[number] for number in variables) else ""


def _guards_maps_elsewhere(view: View, x: ir.Expr) -> bool:
    """Tell whether an object is of a type of another package that has a lock and a map."""
    if x.__class__ is not ir.Local and x.__class__ is not ir.Sel and x.__class__ is not ir.Name:
        return False
    kind = view.typing.of(x)
    kind = kind.elem if isinstance(kind, model.Pointer) else kind
    if not isinstance(kind, model.Named) or kind.package == view.package.scope.path:
        return False
    known: dict[model.Named, bool] = view.package.memo.setdefault(__name__, {})
    if kind not in known:
        known[kind] = _guards_maps(view.package, kind)
    return known[kind]


def _guards_maps(package: PackageView, kind: model.Named) -> bool:
    found = package.resolver.struct(kind)
    kinds = [field.type.elem if isinstance(field.type, model.Pointer) else field.type for field in found[1].fields] if found is not None else []
    return not _LOCKS.isdisjoint(kinds) and any(package.resolver.map(inner) is not None for inner in kinds)
