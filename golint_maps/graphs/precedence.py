"""One access, one rule: results that stand for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from golint_maps.flow.lock_copies import LockCopied
from golint_maps.graphs.races import Races
from golint_maps.graphs.verdicts import Verdict
from golint_maps.graphs.witness import Witness


def without_copies(found: Iterable[Verdict], copies: Iterable[LockCopied], races: Races) -> Iterator[Verdict]:
    """Leave out the verdicts of accesses that go through a copied lock and map: the copy is the fault, and has one result for all of them."""
    copied = {(copy.root, copy.head) for copy in copies}
    for verdict in found:
        if not copied or not any(_passes(way, copied, races) for way in (verdict.side, verdict.other) if way is not None):
            yield verdict


def _passes(way: Witness, copied: set[tuple[str, str]], races: Races) -> bool:
    """Tell whether the way to an access leads through a copy, at the access itself or at a call on the way."""
    if way.access.path and (races.functions[way.function].root, way.access.path[0]) in copied:
        return True
    for hop in way.hops:
        if hop.site is None:
            continue
        root = races.functions[hop.function].root
        for argument in (hop.site.receiver, *hop.site.args):
            if argument is not None and argument.path and (root, argument.path[0]) in copied:
                return True
    return False
