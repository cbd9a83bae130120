"""Misuse of `sync.Map`, function by function: the facts behind GM501, GM502, GM504, GM505, GM506, GM507, GM509 and GM510."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.growth import GrowthFact, emptied, sync_growth, sync_resets
from golint_maps.flow.syncmap_assertions import SyncMapAssertion, assertions
from golint_maps.flow.syncmap_calls import SyncMaps
from golint_maps.flow.syncmap_puts import SyncMapPut, puts
from golint_maps.flow.syncmap_sequences import SyncMapSequence, sequences
from golint_maps.flow.syncmap_uses import SyncMapComparison, SyncMapRangeStore, SyncMapReassigned, comparisons, range_stores, reassignments
from golint_maps.flow.syncmap_values import SyncMapMutation, mutations
from golint_maps.flow.view import View

SyncMapMisuse = SyncMapAssertion | SyncMapComparison | SyncMapMutation | SyncMapPut | SyncMapRangeStore | SyncMapReassigned | SyncMapSequence


def analyse(view: View) -> Iterator[SyncMapMisuse | GrowthFact]:
    """Yield all misuses in a function and its literals, and what makes the maps grow or shrink."""
    maps = SyncMaps(view)
    if maps.concerned:
        for fact in reassignments(view, maps):
            yield fact
            yield emptied(fact)
        yield from sync_resets(maps)
        yield from mutations(maps)
        yield from puts(maps)
    if maps.calls or maps.alike:
        yield from sequences(maps)
    if maps.calls:
        yield from assertions(maps)
        yield from comparisons(maps)
        yield from range_stores(maps)
        yield from sync_growth(maps)


__all__ = [
    "SyncMapAssertion",
    "SyncMapComparison",
    "SyncMapMisuse",
    "SyncMapMutation",
    "SyncMapPut",
    "SyncMapRangeStore",
    "SyncMapReassigned",
    "SyncMapSequence",
    "analyse",
]
