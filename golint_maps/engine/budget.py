"""A limit on the time that one file or package may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OverBudgetError(BaseException):
    """Time is up. No `Exception`, so that nothing on the way handles it by mistake."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Raise `OverBudgetError` in the body when it takes more than `seconds` of processor time, so that a busy machine changes no outcome.

    Works between two steps of the interpreter, in the main thread, where there are interval timers; elsewhere there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise OverBudgetError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
