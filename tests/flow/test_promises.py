"""What doc comments promise on concurrent use."""

from __future__ import annotations

import pytest

from golint_maps.flow.promises import SAFE, UNSAFE, promise


@pytest.mark.parametrize(
    "doc",
    [
        "A Cache is safe for concurrent use.",
        "Cache keeps what it has seen. It may be used simultaneously from multiple goroutines.",
        "A thread-safe set.",
    ],
)
def test_plain_words_promise(doc: str) -> None:
    assert promise(doc) == SAFE


@pytest.mark.parametrize(
    "doc",
    [
        "A Cache is not safe for concurrent use.",
        "Set changes a value. The caller must hold the lock.",
        "Callers must synchronize all calls.",
        "Callers need to hold StoreLocker before calling.",
        "Clear empties the cache. It is intended for test isolation only.",
        "Stub replaces what is called. It should not be called from production code.",
        "This is only used by tests.",
        "Update changes an item. This is used by the simulator, for test purpose.",
        "During engine initialization, this should be called to start the worker threads.",
        "Keys gives the keys. Calls to Keys should be guarded with a lock on the shards.",
        "_next without lock",
    ],
)
def test_a_denial_is_heard(doc: str) -> None:
    assert promise(doc) == UNSAFE


@pytest.mark.parametrize(
    "doc",
    [
        "A Cache keeps what it has seen.",
        "A Cache is safe for concurrent use once it is frozen.",
        "The other methods, such as Log, may be called simultaneously from multiple goroutines.",
        "Reads are safe for concurrent use.",
        "Check tests each entry for tests that it has passed.",
    ],
)
def test_a_promise_on_a_part_or_under_a_condition_is_none(doc: str) -> None:
    assert promise(doc) == ""
