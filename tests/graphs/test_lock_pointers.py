"""Which lock a `sync.Cond`, or a pointer to a mutex in a field, stands for."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

POST = """package p
import "sync"
type Post struct { mu, other %s; boxes map[string]int; arrived *sync.Cond }
func (p *Post) Deliver(to string) { p.mu.Lock(); p.boxes[to]++; p.mu.Unlock(); p.arrived.Broadcast() }
func (p *Post) Close(to string) { p.mu.Lock(); delete(p.boxes, to); p.mu.Unlock() }
func (p *Post) Collect(to string) int { p.mu.Lock(); defer p.mu.Unlock(); return p.boxes[to] }
func (p *Post) Wait(to string) { p.arrived.L.Lock(); defer p.arrived.L.Unlock(); for p.boxes[to] == 0 { p.arrived.Wait() } }
"""


def differ(source: str) -> list[str]:
    """Return the functions that use a map under another lock than the others."""
    return [item.access.function for item in Program([facts_of(source)]).verdicts if item.kind == "locks-differ"]


@pytest.mark.parametrize(
    "made",
    [
        "func New() *Post { return &Post{boxes: map[string]int{}, arrived: sync.NewCond(new(sync.Mutex))} }",
        "func New() *Post { return &Post{boxes: map[string]int{}, arrived: &sync.Cond{L: &sync.Mutex{}}} }",
        "func New() *Post { p := &Post{boxes: map[string]int{}}; p.arrived = sync.NewCond(&p.other); return p }",
        "func New() *Post { p := &Post{boxes: map[string]int{}, arrived: &sync.Cond{}}; p.arrived.L = &p.other; return p }",
    ],
)
def test_a_condition_with_a_lock_of_its_own_guards_nothing(made: str) -> None:
    assert differ(POST % "sync.Mutex" + made) == ["Post.Wait"]


@pytest.mark.parametrize(
    "made",
    [
        "func New() *Post { p := &Post{boxes: map[string]int{}}; p.arrived = sync.NewCond(&p.mu); return p }",
        "func New() *Post { p := &Post{boxes: map[string]int{}, arrived: &sync.Cond{}}; p.arrived.L = &p.mu; return p }",
        "func New(l sync.Locker) *Post { return &Post{boxes: map[string]int{}, arrived: sync.NewCond(l)} }",
        "func New(q *Post) *Post { return &Post{boxes: map[string]int{}, arrived: sync.NewCond(&q.other)} }",
        "func New(o *Post) *Post { o.arrived = sync.NewCond(&o.mu); return o }\nfunc (p *Post) set() { p.arrived = sync.NewCond(new(sync.Mutex)) }",
    ],
)
def test_a_condition_may_have_the_lock_of_the_map(made: str) -> None:
    assert differ(POST % "sync.Mutex" + made) == []


def test_a_conditions_lock_that_is_a_pointer_beside_it_is_that_lock() -> None:
    made = "func New() *Post { m := &sync.Mutex{}; return &Post{boxes: map[string]int{}, mu: m, arrived: sync.NewCond(m)} }"
    assert differ(POST % "*sync.Mutex" + made) == []


def test_the_lock_of_a_local_condition_is_what_it_was_made_with() -> None:
    source = """
import "sync"
func f(keys []string) {
    var mu sync.Mutex
    ready := sync.NewCond(&mu)
    m := map[string]int{}
    for _, k := range keys { go func() { mu.Lock(); m[k] = 1; mu.Unlock(); ready.Signal() }() }
    ready.L.Lock()
    for len(m) < len(keys) { ready.Wait() }
    ready.L.Unlock()
}"""
    assert Program([facts_of(source)]).verdicts == []


POINTERS = """package p
import "sync"
type T struct { mu, other *sync.Mutex; m map[string]int }
func (t *T) Put(k string) { t.mu.Lock(); t.m[k]++; t.mu.Unlock() }
func (t *T) Drop(k string) { t.mu.Lock(); delete(t.m, k); t.mu.Unlock() }
func (t *T) Get(k string) int { t.mu.Lock(); defer t.mu.Unlock(); return t.m[k] }
func (t *T) Has(k string) bool { t.other.Lock(); defer t.other.Unlock(); _, ok := t.m[k]; return ok }
"""


def test_pointers_to_locks_of_their_own_are_different_locks() -> None:
    assert differ(POINTERS + "func New() *T { return &T{new(sync.Mutex), new(sync.Mutex), map[string]int{}} }") == []
    made = "func New() *T { return &T{mu: new(sync.Mutex), other: &sync.Mutex{}, m: map[string]int{}} }"
    assert differ(POINTERS + made) == ["T.Has"]


@pytest.mark.parametrize("other", ["l", "&sync.Mutex{}, m: nil}; t.other = t.mu; _ = &T{other: nil"])
def test_a_pointer_that_also_gets_a_lock_from_elsewhere_may_be_the_other(other: str) -> None:
    made = f"func New(l *sync.Mutex) *T {{ t := &T{{mu: new(sync.Mutex), other: {other}}}; return t }}"
    assert differ(POINTERS + made) == []


@pytest.mark.parametrize("take", ["t.other.Lock(); defer t.other.Unlock()", "l := t.other; l.Lock(); defer l.Unlock()"])
@pytest.mark.parametrize(("kind", "functions"), [("*sync.Mutex", []), ("sync.Locker", []), ("sync.Mutex", ["T.Has"])])
def test_a_local_name_for_a_pointer_to_a_lock_is_no_lock_of_its_own(take: str, kind: str, functions: list[str]) -> None:
    mutex = kind if functions else "*sync.Mutex"
    source = POINTERS.replace("mu, other *sync.Mutex", f"mu {mutex}; other {kind}").replace("t.other.Lock(); defer t.other.Unlock()", take)
    if functions:
        assert differ(source.replace("l := t.other", "l := &t.other") + "func New() *T { return &T{m: map[string]int{}} }") == functions
    else:
        assert differ(source + "func New(l *sync.Mutex) *T { t := &T{mu: l, m: map[string]int{}}; t.other = t.mu; return t }") == []


@pytest.mark.parametrize(
    ("returned", "racy"), [("&c.mu", False), ("&c.other", True), ("c.pointer", True), ("new(sync.Mutex)", True), ("&sync.Mutex{}", True)]
)
def test_the_lock_that_a_method_gives_out_is_that_of_its_object(returned: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype client struct { mu, other sync.Mutex; pointer *sync.Mutex }\n"
        f"func (c *client) locker() *sync.Mutex {{ return {returned} }}\n"
        "type peer struct { c *client; m map[string]int }\nfunc (p *peer) locker() *sync.Mutex { return p.c.locker() }\n"
        "func (p *peer) put(k string) { p.locker().Lock(); defer p.locker().Unlock(); p.m[k]++ }\n"
        "func (p *peer) drop(k string) { p.c.mu.Lock(); delete(p.m, k); p.c.mu.Unlock() }\n"
        "func main() { p := &peer{c: &client{}, m: map[string]int{}}; for range 3 { go p.put(`a`); go p.drop(`a`) } }"
    )
    assert (Program([facts_of(source)]).verdicts != []) is racy


@pytest.mark.parametrize(
    ("call", "racy"),
    [("s.find()", False), ("s.find(`a`)", False), ("s.find(k)", True), ("newLock()", True), ("new(sync.Mutex)", True), ("s.find(nil...)", False)],
)
def test_a_lock_that_a_call_finds_may_be_any_but_one_of_another_key(call: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype S struct { m map[string]int; known sync.Map }\n"
        "func (s *S) find(names ...string) *sync.Mutex { l, _ := s.known.Load(names[0]); return l.(*sync.Mutex) }\n"
        "func newLock() *sync.Mutex { return &sync.Mutex{} }\n"
        f"func (s *S) put(k string) {{ l := {call}; l.Lock(); defer l.Unlock(); s.m[k]++ }}\n"
        "func main() { s := &S{m: map[string]int{}}; for _, k := range []string{`a`, `b`} { go s.put(k) } }"
    )
    assert (Program([facts_of(source)]).verdicts != []) is racy
