"""A sync.Map under a mutex."""

from __future__ import annotations

import pytest
from golint_maps.rules.syncmap import gm512_syncmap_under_mutex as gm512

from golint_maps.testing import findings_of

HEAD = """package p

import "sync"

type q struct {
	mu sync.RWMutex
	m  sync.Map
}

func (q *q) Set(k string, n int) { q.mu.Lock(); defer q.mu.Unlock(); q.m.Store(k, n) }
"""


@pytest.mark.parametrize(
    "other",
    [
        "func (q *q) Get(k string) { q.mu.Lock(); defer q.mu.Unlock(); q.m.Load(k) }",
        "func (q *q) Get(k string) { q.mu.RLock(); defer q.mu.RUnlock(); q.m.Load(k) }",
        "func (q *q) Drop(k string) { q.mu.Lock(); q.m.Delete(k); q.mu.Unlock() }",
        "func (q *q) Get(k string) { q.mu.Lock(); q.get(k); q.mu.Unlock() }\nfunc (q *q) get(k string) { q.m.Load(k) }",
        "func (q *q) getLocked(k string) { q.m.Load(k) }",
        "func (x *q) Get(k string) { x.mu.RLock(); x.m.Load(k); x.mu.RUnlock() }\nfunc New() *q { q := &q{}; q.m.Store(1, 2); return q }",
    ],
)
def test_a_mutex_around_every_call_makes_the_other_one_useless(other: str) -> None:
    assert len(findings_of(gm512, f"{HEAD}\n{other}\n")) == 1


@pytest.mark.parametrize(
    "other",
    [
        "",
        "func (q *q) Get(k string) { q.m.Load(k) }",
        "func (q *q) Add(k string) { q.mu.RLock(); defer q.mu.RUnlock(); q.m.Store(k, 1) }",
        "func (q *q) Get(k string) { q.mu.Lock(); q.mu.Unlock(); q.m.Load(k) }",
        "func (q *q) Get(k string) { q.mu.Lock(); go q.get(k); q.mu.Unlock() }\nfunc (q *q) get(k string) { q.m.Load(k) }",
        "func (q *q) Get(k string) { q.mu.Lock(); q.get(k); q.mu.Unlock(); q.get(k) }\nfunc (q *q) get(k string) { q.m.Load(k) }",
        "func (q *q) Get(k string) { q.mu.Lock(); use(&q.m); q.mu.Unlock() }\nfunc use(m *sync.Map) { m.Load(1) }",
        "var other sync.Mutex\nfunc (q *q) Get(k string) { other.Lock(); q.m.Load(k); other.Unlock() }",
    ],
)
def test_one_call_without_it_or_with_a_read_lock_is_reason_enough(other: str) -> None:
    assert findings_of(gm512, f"{HEAD}\n{other}\n") == []
