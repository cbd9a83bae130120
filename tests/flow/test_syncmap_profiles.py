"""What a sync.Map is used for."""

from __future__ import annotations

import pytest

from golint_maps.flow.syncmap_profiles import SyncMapProfile
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type client struct {
	last    atomic.Int64
	next    int
	pending sync.Map
}

var kept *sync.Map

func use(m *sync.Map) { kept = m }
func fill(n int, m *sync.Map) { m.Store(n, n); m.Range(func(k, v any) bool { m.Delete(k); return true }) }
func later(m *sync.Map) { go func() { m.Store(1, 1) }() }
"""


def wastes(text: str) -> list[str]:
    return [f"{fact.map} {fact.waste}" for fact in facts_of(f"{HEAD}\n{text}\n").facts if isinstance(fact, SyncMapProfile) and fact.waste]


PUT = "func (c *client) put(x any) { c.pending.Store(c.last.Add(1), x) }\n"
TAKE = "func (c *client) take(id int64) { c.pending.LoadAndDelete(id) }\n"


@pytest.mark.parametrize(
    "text",
    [
        "func f(xs []int) { var seen sync.Map; for _, x := range xs { seen.LoadOrStore(x, true) } }",
        "func f(xs []int) { seen := &sync.Map{}; for _, x := range xs { seen.Store(x, true) } }",
        "func f(xs []int) (n int) { var seen sync.Map; seen.Range(func(k, v any) bool { seen.Delete(k); n++; return true }); return n }",
        "func f() { var seen sync.Map; fill(1, &seen); fill(2, &seen); seen.Load(1) }",
        "func f() { seen := new(sync.Map); fill(1, seen); seen.Load(1) }",
        "func (c *client) put(m *sync.Map) { m.Store(c.next, 1) }\nfunc (c *client) f() { var seen sync.Map; c.put(&seen); seen.Load(1) }",
        "func f() { var seen sync.Map; for i := 0; i < 1000; i++ { seen.Store(i%100, i) } }",
    ],
)
def test_a_map_that_never_leaves_its_function_has_one_goroutine(text: str) -> None:
    assert wastes(text) == ["seen alone"]


@pytest.mark.parametrize(
    "text",
    [
        "func f(xs []int) { var seen sync.Map; for _, x := range xs { go func() { seen.Store(x, true) }() } }",
        "func f() { var seen sync.Map; use(&seen); seen.Load(1) }",
        "func f() { var seen sync.Map; go fill(1, &seen); seen.Load(1) }",
        "func f() { var seen sync.Map; later(&seen); seen.Load(1) }",
        "func f() *sync.Map { seen := &sync.Map{}; seen.Store(1, 2); return seen }",
        "func f(seen *sync.Map) { seen.Store(1, 2) }",
        "func f(each func(func(int))) { var seen sync.Map; each(func(x int) { seen.Store(x, x) }) }",
    ],
)
def test_a_map_that_others_may_have_has_more(text: str) -> None:
    assert wastes(text) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("done := make(chan int); go func() { defer close(done); seen.Store(1, 2) }(); <-done; seen.Load(1)", ["seen in turn"]),
        ("done := make(chan int); go func() { seen.Store(1, 2); done <- 1 }(); n := <-done; seen.Load(n)", ["seen in turn"]),
        ("var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); seen.Store(1, 2) }(); wg.Wait(); seen.Load(1)", ["seen in turn"]),
        ("var wg sync.WaitGroup; wg.Go(func() { seen.Store(1, 2) }); wg.Wait(); seen.Load(1)", ["seen in turn"]),
        ("var wg sync.WaitGroup; for range 2 { wg.Go(func() { seen.Store(1, 2) }) }; wg.Wait(); seen.Load(1)", []),
        ("done := make(chan int); go func() { defer close(done); seen.Store(1, 2) }(); seen.Load(1); <-done", []),
        ("done := make(chan int); go func() { done <- 1; seen.Store(1, 2) }(); <-done; seen.Load(1)", []),
        ("done := make(chan int); go func() { defer close(done); seen.Store(1, 2) }(); if kept != nil { <-done }; seen.Load(1)", []),
        ("done, other := make(chan int), make(chan int); go func() { defer close(done); seen.Store(1, 2) }(); <-other; seen.Load(1)", []),
        ("var wg sync.WaitGroup; wg.Add(2); for range 2 { go func() { defer wg.Done(); seen.Store(1, 2) }() }; wg.Wait(); seen.Load(1)", []),
    ],
)
def test_a_goroutine_that_is_waited_for_is_no_second_one(body: str, found: list[str]) -> None:
    assert wastes(f"func f() {{ var seen sync.Map; {body} }}") == found


@pytest.mark.parametrize(
    "text",
    [
        "func (c *client) put(x any) { id := c.last.Add(1); c.pending.Store(id, x) }\n" + TAKE,
        "func (c *client) put(x any) { c.next++; c.pending.Store(c.next, x) }\n" + TAKE,
        PUT + "func (c *client) take(id int64) { if v, ok := c.pending.Load(id); ok { _ = v; c.pending.Delete(id) } }",
        "func (c *client) put(x any) { c.pending.Store(time.Now().UnixNano(), x) }\n" + TAKE,
        "func (c *client) put(x any) { now := time.Now().UTC(); id := now.UnixNano(); c.pending.Store(id, x) }\n" + TAKE,
        'func (c *client) put(n string, x any) { c.pending.Store(fmt.Sprintf("%s-%d", n, c.last.Add(1)), x) }\n' + TAKE,
        'func (c *client) put(n string, x any) { c.pending.Store(n+"-"+strconv.FormatInt(time.Now().UnixNano(), 10), x) }\n' + TAKE,
    ],
)
def test_keys_that_are_stored_once_and_taken_once_are_fresh(text: str) -> None:
    assert wastes(text) == ["pending fresh"]


@pytest.mark.parametrize(
    "text",
    [
        "func (c *client) put(x any) { id := c.last.Add(1); c.pending.Store(id, x) }\n"
        + TAKE
        + "func (c *client) get(id int64) { c.pending.Load(id) }",
        "func (c *client) put(name string, x any) { c.pending.Store(name, x) }\n" + TAKE,
        "func (c *client) put(x *client) { c.pending.Store(x, 1) }\nfunc (c *client) drop(x *client) { c.pending.Delete(x) }",
        "func (c *client) put(nextName string) { c.pending.Store(nextName, 1) }\nfunc (c *client) drop(n string) { c.pending.Delete(n) }",
        "func (c *client) put(x any) { c.pending.Store(c.last.Add(1), x); use(&c.pending) }\n" + TAKE,
        "func (c *client) put(x any) { c.pending.Store(c.last.Add(1)%16, x) }\n" + TAKE,
        "func (c *client) put(t time.Time, x any) { c.pending.Store(t.UnixNano(), x) }\n" + TAKE,
        "func (c *client) put(x any) { c.pending.Store(time.Now().Truncate(time.Hour).UnixNano(), x) }\n" + TAKE,
        'func (c *client) put(n string, x any) { c.pending.Store(fmt.Sprintf("%s-%d", n, len(n)), x) }\n' + TAKE,
    ],
)
def test_keys_that_are_looked_up_or_come_again_are_not(text: str) -> None:
    assert wastes(text) == []


@pytest.mark.parametrize(
    ("loop", "overwritten"),
    [
        ("for x := range in { c.pending.Store(x.name, x) }", True),
        ("for { select { case x := <-in: c.pending.Store(x.name, x) } }", True),
        ("for x := range in { c.pending.Store(c.last.Add(1), x) }", False),
        ("for range time.Tick(1) { c.pending.Store(k, 1) }", False),
        ("for { select { case <-t.C: c.pending.Store(k, 1) } }", False),
        ("for { time.Sleep(1); c.pending.Store(k, 1) }", False),
        ("for _, x := range xs { c.pending.Store(x.name, x) }", False),
    ],
)
def test_events_that_may_come_fast_overwrite_and_a_clock_does_not(loop: str, *, overwritten: bool) -> None:
    head = "type event struct{ name string }\nfunc (c *client) run(in chan event, xs []event, k string, t *time.Ticker) {"
    assert wastes(f"{head} {loop} }}") == (["pending overwritten"] if overwritten else [])


def test_few_keys_in_a_loop_that_never_waits_are_overwritten() -> None:
    spin = "func (c *client) spin() { for i := 0; ; i++ { %s c.pending.Store(%s, i) } }"
    assert wastes(spin % ("", "i%16")) == ["pending overwritten"]
    assert wastes(spin % ("", '"latest"')) == ["pending overwritten"]
    assert wastes(spin % ("", "i")) == []
    assert wastes(spin % ("c.wait();", "i%16") + "\nfunc (c *client) wait() { <-make(chan int) }") == []
    assert wastes(spin % ("", "i%16") + "\nfunc (c *client) get(i int) { c.pending.Load(i) }") == []
