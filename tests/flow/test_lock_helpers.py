"""Helpers that lock for their caller."""

from __future__ import annotations

from golint_maps.testing import facts_of

TEXT = """package p

import "sync"

var (
	locks sync.Map
	known = map[string]int{}
)

func lock(key string) func() {
	value, _ := locks.LoadOrStore(key, &sync.Mutex{})
	mutex := value.(*sync.Mutex)
	mutex.Lock()
	return mutex.Unlock
}

func Count(key string) {
	unlock := lock(key)
	defer unlock()
	known[key]++
}
"""


def test_the_lock_that_a_helper_gives_back_later_may_be_a_local_of_its_own() -> None:
    names = [function.name for function in facts_of(TEXT).functions]
    assert "Count" in names
