"""The pool: every item has a result, whatever happens on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from golint_maps.engine import pool
from golint_maps.engine.pool import Failure


def double(number: int) -> int:
    return number * 2


def misbehave(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 7:
        while True:
            pass
    if number == 9:
        return misbehave_deeply(number)
    return number


def misbehave_deeply(number: int) -> int:
    return misbehave_deeply(number + 1)


def deaf(number: int) -> int:
    """Hang where no signal of Python's is heard, as a C library does."""
    if number == 1:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
        time.sleep(60)
    return number


def run(work: pool.Work[int, int], items: Sequence[int], processes: int, seconds: float = 10) -> dict[int, int | Failure]:
    return dict(pool.run(work, items, [1] * len(items), processes=processes, seconds=seconds))


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_every_item_has_its_result(processes: int) -> None:
    assert run(double, range(100), processes) == {number: number * 2 for number in range(100)}


def test_no_items_are_no_work() -> None:
    assert run(double, [], 2) == {}


def test_a_fault_a_crash_a_hang_and_endless_recursion_cost_one_item_each() -> None:
    results = run(misbehave, range(20), 2, seconds=0.5)
    failed = {number: result.kind for number, result in results.items() if isinstance(result, Failure)}
    assert failed == {3: "fault", 5: "crash", 7: "time", 9: "depth"}
    assert [number for number in range(20) if number not in failed] == [results[number] for number in range(20) if number not in failed]


def test_a_fault_says_what_and_where() -> None:
    result = run(misbehave, [3], 1)[0]
    assert isinstance(result, Failure)
    assert result.message.startswith("ValueError: three (test_pool.py:")
    assert "Traceback" in result.traceback


def test_in_one_process_a_hang_costs_one_item() -> None:
    results = run(misbehave, [6, 7, 8], 1, seconds=0.2)
    assert results == {0: 6, 1: Failure("time"), 2: 8}


def test_a_process_that_hears_no_signals_is_killed_when_its_time_is_up() -> None:
    assert run(deaf, [0, 1, 2], 2, seconds=0.2) == {0: 0, 1: Failure("time"), 2: 2}


def die_once(flag: str) -> str:
    path = Path(flag)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


def test_an_item_whose_process_dies_is_tried_once_more(tmp_path: Path) -> None:
    flags = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert dict(pool.run(die_once, flags, [1, 1], processes=2, seconds=10)) == {0: "survived", 1: "survived"}


def test_heavy_items_go_first_and_neighbours_stay_together() -> None:
    batches = list(pool._batches([1, 1, 500, 1, 1, 900], range(6), 2))
    assert batches[:2] == [[5], [2]]
    assert batches[2] == [0, 1, 3, 4]


def test_a_group_stays_in_one_batch_however_heavy() -> None:
    batches = list(pool._batches([1, 300, 200, 1, 900], ["a", "b", "b", "c", "d"], 2))
    assert batches == [[4], [1, 2], [0, 3]]


def test_closing_early_leaves_no_process_behind() -> None:
    others = set(multiprocessing.active_children())
    results = pool.run(double, range(1000), [1] * 1000, processes=2, seconds=10)
    next(results)
    started = set(multiprocessing.active_children()) - others
    results.close()  # type: ignore[attr-defined]
    assert started
    for process in started:
        with pytest.raises(ChildProcessError):  # it has ended, and somebody has waited for it
            os.waitpid(process.pid or 0, os.WNOHANG)
