"""Package variables that the methods of many objects change, with no lock in sight: the objects are independent of each other, the map is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.support import serves_tests
from golint_maps.graphs.naming import initialises, makes, registers
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import Witness

_CONSTANT: Final = re.compile(r"[\"`]|(?!l\d+$)[A-Za-z_]\w*$")
"""A key that is a text or the name of a constant."""
_IN_PLACE: Final = frozenset(("insert", "update", "delete", "clear", "copy"))
_BEFORE_OTHERS: Final = re.compile(
    r"(?:Must)?(?:Register|Unregister|Add|Set|Init|Setup|Reset|Enable|Disable|Define|Declare|Install|Configure|Test|Bench|Run|Start|Main|Execute)"
)
"""Names of methods that a program calls while it sets itself up, or once."""


@dataclass(frozen=True, slots=True)
class SharedPackageMap:
    """One change without a lock. `keyed`: the map's keys are pointers, so its entries belong to objects. `maker`: a constructor sets one entry."""

    way: Witness
    keyed: bool
    maker: bool = False


def shared_package_maps(
    races: Races, keyed: AbstractSet[str], singletons: AbstractSet[str], mains: AbstractSet[str], imported: AbstractSet[str]
) -> Iterator[SharedPackageMap]:
    """Yield one way to each such change: the shortest.

    Of an internal package that packages of the program import (`imported`) all callers are seen: where two of them race, that is seen as well.
    """
    for identity, found in sorted(races.by_map.items()):
        if identity[0] != "g" or identity.endswith("]") or any(way.locks for way in found):
            continue
        if serves_tests(identity[1:].rpartition(".")[0]):
            continue
        best: dict[object, Witness] = {}
        for way in found:
            entry = races.functions[way.context.entry]
            if way.access.op not in _IN_PLACE or way.context.kind != "exported" or entry.package in mains or entry.test:
                continue
            if entry.package in imported and "/internal/" in f"/{entry.package}/":
                continue
            known = best.get(way.access.place)
            if (identity in keyed or _of_many(entry, way, races, singletons) or _by_maker(entry, way)) and (
                known is None or len(way.hops) < len(known.hops)
            ):
                best[way.access.place] = way
        for way in best.values():
            yield SharedPackageMap(way, identity in keyed, _by_maker(races.functions[way.context.entry], way))


def _of_many(entry: FunctionSummary, way: Witness, races: Races, singletons: AbstractSet[str]) -> bool:
    """Tell whether a way starts at a method that many objects have and call at any time."""
    if not entry.receiver or entry.receiver in singletons:
        return False
    functions = [races.functions[hop.function] for hop in way.hops]
    return not any(_BEFORE_OTHERS.match(function.name.rpartition(".")[2]) or initialises(function) or registers(function) for function in functions)


def _by_maker(entry: FunctionSummary, way: Witness) -> bool:
    """Tell whether a constructor sets an entry under a constant key: each object that is made has another value for it, and all share one."""
    key = way.access.key
    return not entry.receiver and makes(entry) and way.function == entry.id and way.access.op == "insert" and _CONSTANT.match(key) is not None
