"""GM205: maps that nobody locks beside maps that are locked."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm201_unguarded_concurrent_write as gm201
from golint_maps.rules.concurrency import gm205_inconsistent_guard as rule

from golint_maps.findings import Level
from golint_maps.testing import findings_of

HEAD = """package p
import "sync"
type S struct { mu sync.Mutex; users, jobs map[string]int }
func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.users[k] = 1 }
func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.users[k] }
"""


def test_a_change_of_the_map_beside_is_reported() -> None:
    code = HEAD + "func (s *S) Begin(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }"
    assert ["another map of the same object" in finding.message for finding in findings_of(rule, code)] == [True]


@pytest.mark.parametrize(
    "methods",
    [
        "func (s *S) Begin(k string) { s.jobs[k] = 1 }",
        "func (s *S) begin(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
        "func (s *S) Init(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
        "func (s *S) Jobs() int { return len(s.jobs) }\nfunc (s *S) Job(k string) int { return s.jobs[k] }",
        "func (s *S) Begin(k string) { s.mu.Lock(); s.jobs[k] = 1; s.mu.Unlock() }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
    ],
)
def test_maps_of_one_method_of_setting_up_or_with_a_lock_are_not(methods: str) -> None:
    assert [finding for finding in findings_of(rule, HEAD + methods) if "another map" in finding.message] == []


ONE = """package p
import "sync"
type S struct { mu sync.Mutex; m map[string]int; s *S }
func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }
func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[k] }
func (s *S) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }
"""


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("func (s *S) Peek(k string) int { return s.m[k] }", Level.WARNING),
        ("func (s *S) fill() { s.m[``] = 1 }\nfunc (s *S) Reload() { s.fill() }", Level.WARNING),
        ("func (s *S) fill() { s.m[``] = 1 }\nfunc (s *S) Initialize() { s.fill() }", Level.NOTE),
        ("func (s *S) fill() { s.m[``] = 1 }\nfunc (s *S) UnmarshalBinary(b []byte) error { s.fill(); return nil }", Level.NOTE),
    ],
)
def test_what_is_not_seen_to_be_in_use_is_a_note(code: str, level: Level) -> None:
    assert [finding.level for finding in findings_of(rule, ONE + code)] == [level]


def test_what_gathers_is_read_when_all_is_handed_in() -> None:
    read = "func (s *S) Sum() int { return len(s.m) }"
    assert [finding.level for finding in findings_of(rule, (ONE + read).replace("S)", "Aggregator)").replace("S struct", "Aggregator struct"))] == [
        Level.NOTE
    ]


def test_a_function_that_calls_itself_on_the_parts_is_judged_by_its_first_call() -> None:
    tree = (
        ONE.replace("s *S", "kids map[string]*S", 1) + "func sum(s *S) (n int) { for _, kid := range s.kids { n += sum(kid) }; return n + s.m[``] }\n"
    )
    assert findings_of(rule, tree + "func Made() int { return sum(&S{m: map[string]int{}}) }") == []
    assert len(findings_of(rule, tree + "func Sum(s *S) int { return sum(s) }")) == 1


def test_what_nobody_calls_is_a_note() -> None:
    source = (
        "import `sync`\ntype t struct { mu sync.Mutex; m map[string]int }\n"
        "func (x *t) Put(k string) { x.mu.Lock(); defer x.mu.Unlock(); x.m[k] = 1 }\n"
        "func (x *t) Get(k string) int { x.mu.Lock(); defer x.mu.Unlock(); return x.m[k] }\n"
        "func (x *t) All() int { x.mu.Lock(); defer x.mu.Unlock(); return len(x.m) }\nfunc (x *t) watch(k string) { delete(x.m, k) }\n"
    )
    assert [finding.level.value for finding in findings_of(rule, source)] == ["note"]
    assert [finding.level.value for finding in findings_of(rule, source + "func (x *t) Start(k string) { x.watch(k) }")] == ["warning"]


COPY = """package p
import ("sync"; "time")
type inv struct{ f func() }
func (i *inv) with(f func()) *inv { return &inv{f} }
type Chest struct { mu *sync.RWMutex; viewers map[string]int; inv *inv }
func (c *Chest) Add(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.viewers[k] = 1 }
func (c *Chest) Has(k string) bool { c.mu.RLock(); defer c.mu.RUnlock(); return c.viewers[k] > 0 }
func (c *Chest) Drop(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.viewers, k) }
func (c *Chest) keep() { kept = append(kept, c) }
func (c Chest) look() int { return 0 }
var kept []*Chest
func (c RECEIVER) Split() RECEIVER {
	BEFORE
	c.inv = c.inv.with(func() { c.mu.RLock(); defer c.mu.RUnlock(); for range c.viewers { } })
	c.mu = new(sync.RWMutex)
	c.viewers = make(map[string]int)
	return c
}
"""


@pytest.mark.parametrize(
    ("receiver", "before", "found"),
    [
        ("Chest", "", 0),
        ("Chest", "c.look()", 0),
        ("*Chest", "", 1),
        ("Chest", "c.keep()", 1),
        ("Chest", "kept = append(kept, &c)", 1),
        ("Chest", "go func() { time.Sleep(1); c.mu.RLock(); println(c.viewers[``]); c.mu.RUnlock() }()", 1),
    ],
)
def test_a_copy_gets_a_map_of_its_own_before_the_literals_that_have_it_run(receiver: str, before: str, found: int) -> None:
    findings = [*findings_of(rule, COPY.replace("RECEIVER", receiver).replace("BEFORE", before))]
    findings += findings_of(gm201, COPY.replace("RECEIVER", receiver).replace("BEFORE", before))
    assert len(findings) == found


GPU = """package p
import "sync"
type M struct { mu sync.Mutex; m map[string]int }
func (x *M) put(k string) { x.mu.Lock(); defer x.mu.Unlock(); x.m[k] = 1 }
func (x *M) Get(k string) int { x.mu.Lock(); defer x.mu.Unlock(); return x.m[k] }
func (x *M) All() int { x.mu.Lock(); defer x.mu.Unlock(); return len(x.m) }
func (x *M) parser() func(string) { x.m[``] = 0; return x.put }
func collect(parse func(string)) { for { parse(`a`) } }
func (x *M) start() { parse := x.parser(); go collect(parse) }
func New() *M { var x M; x.m = map[string]int{}; x.start(); return &x }
"""
TEST = """package p
import "testing"
func TestParser(t *testing.T) { x := shared; x.parser()(`b`) }
var shared = New()
"""


@pytest.mark.parametrize(("more", "found"), [("", 0), ("func (x *M) Restart() { x.start() }", 1)])
def test_what_the_program_calls_for_new_objects_only_a_test_may_call_as_it_likes(more: str, found: int) -> None:
    assert len(findings_of(rule, {"p.go": GPU + more, "p_test.go": TEST})) == found
