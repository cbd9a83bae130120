"""Facts on maps that leave their locks, or have none: copies of locks, escapes, recoveries, memos, copies of what holds a map, and split sections."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow import check_then_act, escapes, lock_copies, memos, recoveries, shared_copies, split_calls
from golint_maps.flow.check_then_act import CheckThenAct, LockedEntry
from golint_maps.flow.escapes import MapEscape
from golint_maps.flow.lock_copies import LockCopied
from golint_maps.flow.memos import MemoFill
from golint_maps.flow.recoveries import RecoveryFact
from golint_maps.flow.shared_copies import SharedCopyWritten
from golint_maps.flow.split_calls import SplitCalls
from golint_maps.flow.view import View

SharingFact = CheckThenAct | LockedEntry | LockCopied | MapEscape | MemoFill | RecoveryFact | SharedCopyWritten | SplitCalls


def analyse(view: View) -> Iterator[SharingFact]:
    """Yield all of them for a function and its literals."""
    yield from lock_copies.analyse(view)
    yield from escapes.analyse(view)
    yield from memos.analyse(view)
    yield from recoveries.analyse(view)
    yield from shared_copies.analyse(view)
    yield from check_then_act.analyse(view)
    yield from split_calls.analyse(view)
