"""What one function puts into `sync.Map`s that other packages can reach: what all of them put in, the whole program tells."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.identity import Names
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.site import Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import STORED_VALUE, MapCall, SyncMaps, owner_of, place_of, spelled_map
from golint_maps.flow.syncmap_stores import stored_type
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import spell as spell_type


class SyncMapPut(Site, frozen=True, tag="sync-map-put"):
    """Something is put into a `sync.Map` with an exported name, `identity`. `type` is its type; empty where that, or what is put in, is not known."""

    identity: str
    type: str


def puts(maps: SyncMaps) -> Iterator[SyncMapPut]:
    """Yield what a function and its literals put in, and where they let such a map go to somebody who may."""
    view = maps.view
    names = Names(view)
    for _, call in maps.calls:
        if call.method in STORED_VALUE and (identity := reachable(view, names, call)):
            kind = stored_type(call.call, STORED_VALUE[call.method], view)
            if kind != model.NIL:
                yield SyncMapPut(
                    place=place_of(call.call, view),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spelled_map(call, view),
                    owner=owner_of(call, view),
                    identity=identity,
                    type=spell_type(kind) if kind is not None else "",
                )
    for function in view.functions:
        for address in each(function.body or (), ir.Addr):
            x = address.x
            if isinstance(x, ir.Sel | ir.Name) and x.name[:1].isupper() and view.typing.of(x) == model.SYNC_MAP:
                yield SyncMapPut(
                    place=place(view, address.pos, x.pos + 1),
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(x, view.variables),
                    owner=qualified(view, x),
                    identity=names.identity(x),
                    type="",
                )


def reachable(view: View, names: Names, call: MapCall) -> str:
    """Return the program-wide name of the map of a call, if it is a field or variable with an exported name; or an empty text.

    A map behind a pointer may have been handed in from anywhere.
    """
    x = call.base
    if call.embedded or not isinstance(x, ir.Sel | ir.Name) or not x.name[:1].isupper() or view.typing.of(x) != model.SYNC_MAP:
        return ""
    return names.identity(x)
