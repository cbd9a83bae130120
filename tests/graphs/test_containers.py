"""Methods that `container/heap` and `sort` call: on the goroutine and under the locks of whoever calls those."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

QUEUE = """
import ("container/heap"; "sort"; "sync")
type queue struct { mu sync.RWMutex; keys []string; waiting map[string]int; closed bool }
func newQueue() *queue { return &queue{waiting: map[string]int{}} }
func (q *queue) Len() int { return len(q.keys) }
func (q *queue) Less(i, j int) bool { return q.waiting[q.keys[i]] < q.waiting[q.keys[j]] }
func (q *queue) Swap(i, j int) { q.keys[i], q.keys[j] = q.keys[j], q.keys[i] }
func (q *queue) Push(x any) { q.keys = append(q.keys, x.(string)); q.waiting[x.(string)]++ }
func (q *queue) Pop() any { k := q.keys[0]; q.keys = q.keys[1:]; delete(q.waiting, k); return k }
func (q *queue) Add(k string) { q.mu.Lock(); defer q.mu.Unlock(); heap.Push(q, k) }
func (q *queue) Next() any { q.mu.Lock(); defer q.mu.Unlock(); return heap.Pop(q) }
func (q *queue) Waits(k string) bool { q.mu.RLock(); defer q.mu.RUnlock(); return q.waiting[k] > 0 }
func (q *queue) Count() int { q.mu.RLock(); defer q.mu.RUnlock(); return len(q.waiting) }
func (q *queue) Drop(k string) { q.mu.Lock(); defer q.mu.Unlock(); delete(q.waiting, k) }
func (q *queue) Set(k string, n int) { q.mu.Lock(); defer q.mu.Unlock(); q.waiting[k] = n }
func main() { q := newQueue(); go q.Add("a"); go q.Next(); go q.Waits("a"); go q.Set("a", 1); q.Drop("b") }
"""


def seen(source: str) -> bool:
    """Tell whether an access is reported, though it may be in doubt."""
    return Program([facts_of({"p.go": "package p\n" + source})]).verdicts != []


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        ("q.mu.Lock(); defer q.mu.Unlock(); heap.Fix(q, 0)", False),
        ("q.mu.Lock(); defer q.mu.Unlock(); sort.Sort(q)", False),
        ("q.mu.Lock(); defer q.mu.Unlock(); sort.Sort(sort.Reverse(q))", False),
        ("q.mu.RLock(); defer q.mu.RUnlock(); sort.Stable(q)", False),
        ("q.mu.Lock(); q.mu.Unlock(); heap.Push(q, `b`)", True),
        ("q.mu.RLock(); defer q.mu.RUnlock(); heap.Push(q, `b`)", True),
        ("heap.Pop(q)", True),
        ("heap.Init(q)", True),
        ("heap.Remove(q, 0)", True),
        ("sort.Sort(sort.Reverse(q))", True),
        ("q.mu.Lock(); defer q.mu.Unlock(); go heap.Push(q, `b`)", True),
    ],
)
def test_the_methods_of_a_heap_run_under_the_locks_of_whoever_works_on_it(body: str, reported: bool) -> None:
    assert seen(QUEUE + f"func (q *queue) Renew() {{ {body} }}\nfunc (q *queue) Watch() {{ go q.Renew(); go q.Renew() }}") is reported


@pytest.mark.parametrize(
    ("work", "reported"),
    [
        ("s.mu.Lock(); heap.Push(&s.items, 1); s.mu.Unlock()", False),
        ("heap.Push(&s.items, 1)", True),
    ],
)
def test_a_heap_is_a_part_of_the_object_that_has_the_lock(work: str, reported: bool) -> None:
    source = (
        "import (`container/heap`; `sync`)\n"
        "type items struct { all []int; at map[int]int }\n"
        "func (h *items) Len() int { return len(h.all) }\n"
        "func (h *items) Less(i, j int) bool { return h.all[i] < h.all[j] }\n"
        "func (h *items) Swap(i, j int) { h.all[i], h.all[j] = h.all[j], h.all[i]; h.at[h.all[i]] = i; h.at[h.all[j]] = j }\n"
        "func (h *items) Push(x any) { h.at[x.(int)] = len(h.all); h.all = append(h.all, x.(int)) }\n"
        "func (h *items) Pop() any { x := h.all[len(h.all)-1]; h.all = h.all[:len(h.all)-1]; delete(h.at, x); return x }\n"
        "type store struct { mu sync.Mutex; items items }\n"
        "func (s *store) work() { WORK }\n"
        "func main() { s := &store{items: items{at: map[int]int{}}}; go s.work(); s.work() }"
    )
    assert seen(source.replace("WORK", work)) is reported
