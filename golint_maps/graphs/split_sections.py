"""Look-ups and inserts of one key in two critical sections of another package's object, which one function asks for one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from golint_maps.flow.check_then_act import CheckThenAct, LockedEntry
from golint_maps.flow.split_calls import SplitCalls


def split_sections(calls: Iterable[SplitCalls], entries: Iterable[LockedEntry]) -> Iterator[CheckThenAct]:
    """Yield the calls that insert without looking again what an earlier call has looked up, as far as the called methods are known."""
    by_method: dict[str, list[LockedEntry]] = defaultdict(list)
    for entry in entries:
        by_method[entry.id].append(entry)
    seen = set()
    for call in calls:
        for looked in by_method.get(call.first, ()):
            for inserted in by_method.get(call.second, ()):
                if _meets(call, looked, inserted) and call.place not in seen:
                    seen.add(call.place)
                    yield CheckThenAct(
                        place=call.place,
                        function=call.function,
                        package=call.package,
                        map=f"{call.object}.{inserted.map}",
                        owner=inserted.owner,
                        lock=f"{call.object}.{inserted.lock}",
                        key=call.key,
                        looked=call.looked,
                        callee=inserted.function,
                    )


def _meets(call: SplitCalls, looked: LockedEntry, inserted: LockedEntry) -> bool:
    """Tell whether one method looks up, under the same lock and for the same key, what the other one inserts."""
    return (
        not looked.inserts
        and inserted.inserts
        and (looked.key, inserted.key) == call.keys
        and (looked.map, looked.lock) == (inserted.map, inserted.lock)
    )
