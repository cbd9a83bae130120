"""Helpers that lock for their caller."""

from __future__ import annotations

import pytest

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


READY = """package p
import ("context"; "sync")
type gate struct { mu sync.RWMutex; ready chan struct{} }
func (g *gate) lock(ctx context.Context) error {
    select { case <-ctx.Done(): return ctx.Err(); case <-g.ready: }
    g.mu.Lock()
    return nil
}
func (g *gate) unlock() { g.mu.Unlock() }
type T struct { gate *gate; m map[string]int }
func (t *T) Put(ctx context.Context, k string) error {
    if err := t.gate.lock(ctx); err != nil { return err }
    defer t.gate.unlock()
    t.m[k] = 1
    return nil
}
"""


def test_a_helper_that_may_fail_has_locked_where_it_has_not() -> None:
    (put,) = [summary for summary in facts_of(READY).functions if summary.name == "T.Put"]
    assert [[lock.name for lock in access.locks] for access in put.accesses] == [["fexample.com/p.gate.mu"]]


GUARD = """package lock
import "sync"
type Guard struct { mu *sync.Mutex }
func (g Guard) Unlock() { g.mu.Unlock() }
type Mutex struct { mu sync.Mutex }
func (m *Mutex) Lock(reason string) Guard { m.mu.Lock(); return Guard{&m.mu} }
"""


def test_a_lock_of_another_package_may_return_what_unlocks_it() -> None:
    source = (
        'package p\nimport "example.com/lock"\ntype T struct { mu lock.Mutex; m map[string]int }\n'
        "func (t *T) Put(k string) { guard := t.mu.Lock(`put`); t.m[k] = 1; guard.Unlock(); delete(t.m, k) }\n"
        "func (t *T) Drop(k string) { guard := t.mu.Lock(`drop`); defer guard.Unlock(); delete(t.m, k) }\n"
    )
    functions = facts_of(source, imports={"example.com/lock": GUARD}).functions
    held = {summary.name: [len(access.locks) for access in summary.accesses] for summary in functions}
    assert held == {"T.Put": [1, 0], "T.Drop": [1]}


def test_a_lock_that_a_flag_asks_for_may_fail() -> None:
    source = READY + (
        "func (t *T) sync(ctx context.Context, lock bool) error {\n"
        "if lock { err := t.gate.lock(ctx); if err != nil { return err }; defer t.gate.unlock() }\n"
        "t.m[`a`] = 1; return nil }\n"
    )
    (sync,) = [summary for summary in facts_of(source).functions if summary.name == "T.sync"]
    assert [[lock.name for lock in access.locks] for access in sync.accesses] == [["fexample.com/p.gate.mu"]]


def test_what_is_deferred_under_a_lock_runs_before_its_release() -> None:
    source = (
        'package p\nimport "sync"\ntype T struct { mu sync.Mutex; m map[string]int }\nfunc (t *T) fill() { t.m[`a`] = 1 }\n'
        "func (t *T) Load(ok bool) { if !ok { return }; t.mu.Lock(); defer t.mu.Unlock(); defer t.fill(); println() }\n"
        "func (t *T) Late(ok bool) { if !ok { return }; defer t.fill(); t.mu.Lock(); defer t.mu.Unlock(); println() }\n"
    )
    sites = {function.name: [len(site.locks) for site in function.calls if site.spelled == "t.fill"] for function in facts_of(source).functions}
    assert sites == {"T.fill": [], "T.Load": [1], "T.Late": [0]}


def test_a_lock_that_is_made_for_something_may_be_shared_below() -> None:
    source = (
        "package p\ntype lock struct { keys []string; c chan int }\nfunc newLock(keys ...string) *lock { return &lock{keys: keys} }\n"
        "func (l *lock) Lock() { for range l.keys { println() } }\nfunc (l *lock) Unlock() { for range l.keys { println() } }\n"
        "func Use() { m := map[int]int{}; go func() { l := newLock(`a`); l.Lock(); m[1] = 1; l.Unlock() }(); println(len(m)) }\n"
    )
    held = [lock.name[-1] for function in facts_of(source).functions for access in function.accesses for lock in access.locks]
    assert held == ["~"]


GUARDED = """package p
import "sync"
type guard struct { mu *sync.Mutex }
func (g guard) Unlock() { g.mu.Unlock() }
type traced struct { mu sync.Mutex }
func (t *traced) Lock(reason string) guard { t.mu.Lock(); println(reason); return guard{&t.mu} }
type T struct { mu traced; plain sync.Mutex; m map[string]int }
func (t *T) lock() func() { t.plain.Lock(); return func() { t.plain.Unlock() } }
func (t *T) Put(k string) { WORK }
func (t *T) Twice(k string) { t.Put(k); t.m[k] = 2 }
"""


@pytest.mark.parametrize(
    ("work", "held"),
    [
        ("g := t.mu.Lock(k); t.m[k] = 1; g.Unlock()", [1]),
        ("g := t.mu.Lock(k); g.Unlock(); t.m[k] = 1", [0]),
        ("g := t.mu.Lock(k); defer g.Unlock(); t.m[k] = 1", [1]),
        ("defer t.mu.Lock(k).Unlock(); t.m[k] = 1", [1]),
        ("unlock := t.lock(); t.m[k] = 1; unlock(); t.m[k] = 2", [1, 0]),
        ("unlock := t.lock(); defer unlock(); t.m[k] = 1", [1]),
        ("defer t.lock()(); t.m[k] = 1", [1]),
    ],
)
def test_what_unlocks_for_a_call_that_locks_ends_its_effect_also_for_callers(work: str, held: list[int]) -> None:
    functions = facts_of(GUARDED.replace("WORK", work)).functions
    found = {summary.name: [len(access.locks) for access in summary.accesses] for summary in functions if summary.accesses}
    assert found == {"T.Put": held, "T.Twice": [0]}
