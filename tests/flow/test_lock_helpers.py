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


def test_a_helper_may_call_another_helper() -> None:
    source = (
        'import "sync"\ntype T struct { mu sync.Mutex; m map[string]int }\n'
        "func (t *T) lock() { t.acquire() }\nfunc (t *T) acquire() { t.mu.Lock() }\nfunc (t *T) unlock() { t.mu.Unlock() }\n"
        "func (t *T) Put(k string) { t.lock(); defer t.unlock(); t.m[k] = 1 }"
    )
    (put,) = [summary for summary in facts_of("package p\n" + source).functions if summary.name == "T.Put"]
    assert [[lock.name for lock in access.locks] for access in put.accesses] == [["fexample.com/p.T.mu"]]


def test_a_helper_may_hand_its_object_to_a_function_that_locks() -> None:
    source = (
        'package p\nimport "sync"\ntype T struct { mu sync.Mutex; m map[string]int }\n'
        "func (t *T) lock() { acquire(t) }\nfunc acquire(t *T) { t.mu.Lock() }\nfunc (t *T) unlock() { t.mu.Unlock() }\n"
        "func (t *T) Put(k string) { t.lock(); defer t.unlock(); t.m[k] = 1 }"
    )
    (put,) = [summary for summary in facts_of(source).functions if summary.name == "T.Put"]
    assert [[lock.name for lock in access.locks] for access in put.accesses] == [["fexample.com/p.T.mu"]]
