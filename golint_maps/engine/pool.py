"""Runs one function over many items, in this process or in several, and survives items that fail, hang or kill their process.

The pool of `concurrent.futures` gives up as a whole when one process dies, so processes are managed here: each has a pipe, gets a batch of items
at a time and answers item by item, so that it is always known which item it was busy with.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Final, Generic, Literal, TypeVar

from golint_maps.engine.budget import OverBudgetError, budget

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE: Final = 5.0
"""How many times its budget a process may take by the clock before it is killed. The budget itself counts processor time, and a machine may be
shared; what does not even notice that its budget is spent hangs outside of the interpreter."""

_WORTH_COLLECTING: Final = 1_000_000
"""Objects made and not gone since the last look for cycles: some 150 MB. A look costs more than most items do."""

_NICE_BATCH: Final = 24
"""Batches for each process that the items are cut into: enough to end at the same time, few enough for the pipes."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An item without a result: it took too long, its process died twice, it was nested too deeply, or the function raised an exception."""

    kind: Literal["time", "crash", "depth", "fault"]
    message: str = ""
    traceback: str = ""


Work = Callable[[T], R]


def run(
    work: Work[T, R], items: Sequence[T], weights: Sequence[int], *, groups: Sequence[object] = (), processes: int, seconds: float
) -> Iterator[tuple[int, R | Failure]]:
    """Yield (number of the item, its result) for all items, in the order in which they are done.

    `weights` are in proportion to the expected cost; heavy items go first. Neighbours of one group (`groups` gives that of each item) stay
    together: they have much in common. `seconds` is the budget for each item. With more than one process
    `work` and results must be picklable where processes cannot be forked.
    """
    if processes < 2 or len(items) < 2:
        for number, item in enumerate(items):
            yield number, attempt(work, item, seconds)
            tidy()
        return
    pool = _Pool(work, items, _batches(weights, groups or range(len(items)), processes), min(processes, len(items)), seconds)
    try:
        yield from pool.results()
    finally:
        pool.close()


def attempt(work: Work[T, R], item: T, seconds: float) -> R | Failure:
    """Return the result for one item, or how it failed."""
    try:
        with budget(seconds) if seconds > 0 else contextlib.nullcontext():
            return work(item)
    except OverBudgetError:
        return Failure("time")
    except RecursionError as error:
        return Failure("depth", traceback="".join(traceback.format_exception(error, limit=-12)))
    except Exception as error:  # noqa: BLE001 - whatever a fault is, all other items go on; the outcome says so
        last = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}:{last.lineno})"
        return Failure("fault", message, "".join(traceback.format_exception(error)))


def tidy() -> None:
    """Free what was made for items and is in cycles, where the garbage collector is off; the rest goes by itself."""
    if not gc.isenabled() and gc.get_count()[0] > _WORTH_COLLECTING:
        gc.collect(0)


def _batches(weights: Sequence[int], groups: Sequence[object], processes: int) -> deque[list[int]]:
    """Cut items into batches: heavy groups alone and first, then neighbours together, because they tend to import the same packages."""
    limit = max(1, sum(weights) // (processes * _NICE_BATCH))
    together = [[number for number, _ in items] for _, items in itertools.groupby(enumerate(groups), key=lambda item: item[1])]
    weighed = [(sum(weights[number] for number in group), group) for group in together]
    batches = deque(group for _, group in sorted((item for item in weighed if item[0] > limit), key=lambda item: (-item[0], item[1])))
    batch: list[int] = []
    filled = 0
    for weight, group in weighed:
        if weight > limit:
            continue
        if batch and filled + weight > limit:
            batches.append(batch)
            batch, filled = [], 0
        batch += group
        filled += weight
    if batch:
        batches.append(batch)
    return batches


@dataclass(slots=True)
class _Worker:
    """A process and what it has still to answer, the item that it is busy with first. `busy_since` is when it last said something."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    pending: deque[int] = field(default_factory=deque)
    busy_since: float = 0.0


class _Pool(Generic[T, R]):
    def __init__(self, work: Work[T, R], items: Sequence[T], batches: deque[list[int]], size: int, seconds: float) -> None:
        # Forking is chosen wherever it exists, whatever the default: workers then share all that is in memory.
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        self._work, self._items, self._batches, self._size, self._seconds = work, items, batches, size, seconds
        self._workers: list[_Worker] = []
        self._retried: set[int] = set()

    def results(self) -> Iterator[tuple[int, R | Failure]]:
        """Yield results until all batches are done."""
        gc.freeze()  # Memory that no collection touches stays shared with the workers.
        while self._batches or any(worker.pending for worker in self._workers):
            self._hand_out()
            busy = [worker for worker in self._workers if worker.pending]
            deadline = min(worker.busy_since for worker in busy) + self._seconds * _PATIENCE
            ready = wait([worker.pipe for worker in busy], timeout=max(0.0, deadline - time.monotonic()))
            for worker in busy:
                if worker.pipe in ready:
                    yield from self._receive(worker)
                elif time.monotonic() > worker.busy_since + self._seconds * _PATIENCE:
                    yield from self._lose(worker, hung=True)

    def _hand_out(self) -> None:
        while self._batches:
            idle = next((worker for worker in self._workers if not worker.pending), None)
            if idle is None:
                if len(self._workers) >= self._size:
                    return
                idle = self._start()
            idle.pending.extend(batch := self._batches.popleft())
            idle.busy_since = time.monotonic()
            with contextlib.suppress(OSError):  # A process that is gone is noticed when it is waited for.
                idle.pipe.send(batch)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        forked = self._context.get_start_method() == "fork"
        inherited = [ours, *(worker.pipe for worker in self._workers)] if forked else []
        process = self._context.Process(target=_serve, args=(theirs, inherited, self._work, self._items, self._seconds))
        process.daemon = True
        with warnings.catch_warnings():
            # A progress bar has a thread of its own; it holds no lock that a worker could want.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        self._workers.append(worker := _Worker(process, ours))
        return worker

    def _receive(self, worker: _Worker) -> Iterator[tuple[int, R | Failure]]:
        try:
            number, result = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._lose(worker, hung=False)
            return
        worker.pending.remove(number)
        worker.busy_since = time.monotonic()
        yield number, result

    def _lose(self, worker: _Worker, *, hung: bool) -> Iterator[tuple[int, R | Failure]]:
        """Give up on a process: its first item is to blame, the others are handed out again."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        culprit = worker.pending.popleft()
        if worker.pending:
            self._batches.appendleft(list(worker.pending))
            worker.pending.clear()
        if hung:
            yield culprit, Failure("time")
        elif culprit in self._retried:
            yield culprit, Failure("crash", f"the process that analysed it died ({_death(worker.process.exitcode)})")
        else:
            self._retried.add(culprit)
            self._batches.append([culprit])

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.pipe.close()
            if worker.pending:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()
        gc.unfreeze()


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit status {code}"


def _serve(pipe: Connection, inherited: Sequence[Connection], work: Work[T, R], items: Sequence[T], seconds: float) -> None:
    """Answer batches until the pipe closes: that is what happens when the parent is done, or dead."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides what an interrupt means.
    # A forked process inherits the parent's ends as well; while it holds them, no worker would see that the parent is gone.
    for other in inherited:
        other.close()
    gc.disable()
    gc.freeze()
    with contextlib.suppress(EOFError, OSError):
        while True:
            for number in pipe.recv():
                pipe.send((number, attempt(work, items[number], seconds)))
                tidy()
