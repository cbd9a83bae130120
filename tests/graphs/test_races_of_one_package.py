"""Who races with whom, in the shortest Go that shows it. What a verdict means is in `golint_maps.graphs.verdicts`."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def verdicts(source: str, *, name: str = "p.go") -> list[tuple[str, str]]:
    """Return (kind, text of the access) of each verdict in one file."""
    text = "package p\n" + source
    program = Program([facts_of({name: text})])
    data = text.encode()
    return [(item.kind, data[item.access.place.start : item.access.place.end].decode()) for item in program.verdicts]


CACHE = """
import "sync"
type cache struct { mu sync.RWMutex; m map[string]int }
func newCache() *cache { return &cache{m: map[string]int{}} }
"""


def test_a_goroutine_in_a_loop_races_with_itself() -> None:
    found = verdicts("func f(keys []string) {\n m := map[string]int{}\n for _, k := range keys { go func() { m[k] = 1 }() }\n}")
    assert found == [("write", "m[k]")]


def test_one_goroutine_does_not_race_with_itself() -> None:
    assert verdicts("func f() {\n m := map[string]int{}\n go func() { m[`a`] = 1 }()\n}") == []


def test_what_stands_before_the_go_statement_is_ordered() -> None:
    assert verdicts("func f() {\n m := map[string]int{}\n m[`b`] = 2\n go func() { m[`a`] = 1 }()\n}") == []


def test_what_stands_behind_the_go_statement_is_not() -> None:
    found = verdicts("func f() {\n m := map[string]int{}\n go func() { m[`a`] = 1 }()\n _ = m[`b`]\n}")
    assert found == [("write", "m[`a`]"), ("read", "m[`b`]")]


def test_a_wait_for_the_group_ends_the_race() -> None:
    source = """
import "sync"
func f(keys []string) int {
    var mu sync.Mutex
    var wg sync.WaitGroup
    m := map[string]int{}
    for _, k := range keys {
        wg.Add(1)
        go func() { defer wg.Done(); mu.Lock(); m[k] = 1; mu.Unlock() }()
    }
    wg.Wait()
    return m["x"]
}"""
    assert verdicts(source) == []


def test_a_wait_on_one_branch_only_orders_nothing_behind_it() -> None:
    source = """
import "sync"
func f(b bool) int {
    var wg sync.WaitGroup
    m := map[string]int{}
    wg.Add(1)
    go func() { defer wg.Done(); m["a"] = 1 }()
    if b { wg.Wait() }
    return m["x"]
}"""
    assert verdicts(source) == [("write", 'm["a"]'), ("read", 'm["x"]')]


def test_a_join_in_each_turn_keeps_the_turns_apart() -> None:
    source = """
func f(keys []string) {
    m := map[string]int{}
    for _, k := range keys {
        done := make(chan bool)
        go func() { defer close(done); m[k] = 1 }()
        <-done
    }
}"""
    assert verdicts(source) == []


def test_a_close_after_the_write_orders_who_receives_before_the_read() -> None:
    source = """
func f() int {
    m := map[string]int{}
    ready := make(chan bool)
    go func() { m["a"] = 1; close(ready) }()
    <-ready
    return m["a"]
}"""
    assert verdicts(source) == []


def test_the_lock_of_the_caller_counts_for_its_helper() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { c.m[k] = 1 }
func (c *cache) Put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.put(k) }
func f() { c := newCache(); for range 3 { go c.Put("a") } }"""
    )
    assert verdicts(source) == []


def test_a_caller_that_forgets_the_lock_is_found_through_the_helper() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { c.m[k] = 1 }
func (c *cache) Put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.put(k) }
func (c *cache) Hurry(k string) { c.put(k) }
func f() { c := newCache(); for range 3 { go c.Put("a"); go c.Hurry("b") } }"""
    )
    assert verdicts(source) == [("write", "c.m[k]")]


def test_a_write_under_the_read_lock_is_its_own_fault_and_readers_are_quiet() -> None:
    source = (
        CACHE
        + """
func (c *cache) get(k string) int { c.mu.RLock(); defer c.mu.RUnlock(); return c.m[k] }
func (c *cache) hit(k string) { c.mu.RLock(); c.m[k]++; c.mu.RUnlock() }
func f() { c := newCache(); for range 3 { go c.get("a"); go c.hit("a") } }"""
    )
    assert verdicts(source) == [("read-lock", "c.m[k]")]


def test_a_deferred_unlock_in_a_literal_ends_at_return() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { c.mu.Lock(); defer func() { c.mu.Unlock() }(); c.m[k] = 1 }
func f() { c := newCache(); for range 3 { go c.put("a") } }"""
    )
    assert verdicts(source) == []


def test_what_is_deferred_after_the_unlock_runs_before_it() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { c.mu.Lock(); defer c.mu.Unlock(); defer func() { delete(c.m, k) }() }
func f() { c := newCache(); for range 3 { go c.put("a") } }"""
    )
    assert verdicts(source) == []


def test_what_is_deferred_before_the_lock_runs_without_it() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { defer func() { delete(c.m, k) }(); c.mu.Lock(); defer c.mu.Unlock() }
func f() { c := newCache(); for range 3 { go c.put("a") } }"""
    )
    assert verdicts(source) == [("write", "delete(c.m, k)")]


def test_a_lock_that_is_held_on_one_path_only_is_not_held_behind_it() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string, b bool) { if len(k) > 3 { c.mu.Lock() }; c.m[k] = 1 }
func f() { c := newCache(); for range 3 { go c.put("a", true) } }"""
    )
    assert verdicts(source) == [("write", "c.m[k]")]


def test_a_flag_that_asks_for_the_lock_is_taken_at_its_word() -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string, lock bool) { if lock { c.mu.Lock(); defer c.mu.Unlock() }; c.m[k] = 1 }
func f() { c := newCache(); for range 3 { go c.put("a", true) } }"""
    )
    assert verdicts(source) == []


@pytest.mark.parametrize("helper", ["func (c *cache) lock() { c.mu.Lock() }", "func (c *cache) lock() func() { c.mu.Lock(); return c.mu.Unlock }"])
def test_a_helper_that_locks_holds_for_its_caller(helper: str) -> None:
    source = (
        CACHE
        + helper
        + """
func (c *cache) put(k string) { c.lock(); c.m[k] = 1 }
func f() { c := newCache(); for range 3 { go c.put("a") } }"""
    )
    assert verdicts(source) == []


def test_a_lock_made_in_the_goroutine_excludes_nobody() -> None:
    source = """
import "sync"
func f(keys []string) {
    m := map[string]int{}
    for _, k := range keys { go func() { var mu sync.Mutex; mu.Lock(); m[k] = 1; mu.Unlock() }() }
}"""
    assert verdicts(source) == [("locks-differ", "m[k]")]


def test_a_fresh_object_for_each_goroutine_is_nobody_elses() -> None:
    source = """
type job struct { m map[string]int }
func (j *job) run() { j.m["a"]++ }
func f() { for range 3 { j := &job{m: map[string]int{}}; go j.run() } }"""
    assert verdicts(source) == []


def test_two_maps_that_share_only_a_type_are_two_maps() -> None:
    source = """
type job struct { m map[string]int }
func (j *job) run() { j.m["a"]++ }
func f() { a := &job{m: map[string]int{}}; b := &job{m: map[string]int{}}; go a.run(); b.run() }"""
    assert verdicts(source) == []


def test_a_once_orders_its_fill_before_all_readers() -> None:
    source = """
import "sync"
var once sync.Once
var table map[string]int
func look(k string) int { once.Do(func() { table = map[string]int{"a": 1} }); return table[k] }
func f() { for range 3 { go look("a") } }"""
    assert verdicts(source) == []


def test_a_function_passed_to_a_helper_that_starts_it_runs_concurrently() -> None:
    source = """
func spawn(f func()) { go f() }
func f(keys []string) {
    m := map[string]int{}
    for _, k := range keys { spawn(func() { m[k] = 1 }) }
}"""
    assert verdicts(source) == [("write", "m[k]")]


def test_a_function_passed_to_a_helper_that_calls_it_does_not() -> None:
    source = """
func each(keys []string, f func(string)) { for _, k := range keys { f(k) } }
func f(keys []string) { m := map[string]int{}; each(keys, func(k string) { m[k] = 1 }) }"""
    assert verdicts(source) == []


def test_most_accesses_under_one_lock_show_which_one_is_missing() -> None:
    source = (
        CACHE
        + """
func (c *cache) Put(k string) { c.mu.Lock(); c.m[k] = 1; c.mu.Unlock() }
func (c *cache) Drop(k string) { c.mu.Lock(); delete(c.m, k); c.mu.Unlock() }
func (c *cache) Len() int { return len(c.m) }"""
    )
    assert verdicts(source) == [("inconsistent", "len(c.m)")]


def test_tests_that_look_at_the_programs_goroutines_are_left_alone() -> None:
    source = (
        'import "testing"\n'
        + CACHE
        + """
func (c *cache) run() { for { c.mu.Lock(); c.m["a"]++; c.mu.Unlock() } }
func start() *cache { c := newCache(); go c.run(); return c }
func TestRun(t *testing.T) { c := start(); _ = c.m["a"] }"""
    )
    assert verdicts(source, name="p_test.go") == []


def test_of_two_calls_of_one_function_each_has_its_own_place_in_time() -> None:
    source = """
import "sync"
var m = map[string]int{}
func put() { m["a"] = 1 }
func f() {
    var wg sync.WaitGroup
    wg.Add(1)
    go func() { defer wg.Done(); put() }()
    put()
    wg.Wait()
    put()
}"""
    assert verdicts(source) == [("write", 'm["a"]')]


def test_a_captured_variable_that_is_made_again_is_still_shared() -> None:
    source = """
func f() {
    m := map[string]int{}
    done := make(chan bool)
    go func() { m = map[string]int{}; close(done) }()
    m = map[string]int{}
    <-done
}"""
    assert verdicts(source) == [("write", "m"), ("write", "m")]


def test_the_lock_of_who_starts_goroutines_does_not_keep_them_apart() -> None:
    source = (
        CACHE
        + """
func (c *cache) Prune(keys []string) {
    c.mu.Lock()
    defer c.mu.Unlock()
    var wg sync.WaitGroup
    for _, k := range keys {
        wg.Add(1)
        go func() { defer wg.Done(); delete(c.m, k) }()
    }
    wg.Wait()
}"""
    )
    assert verdicts(source) == [("write", "delete(c.m, k)")]


def test_what_a_constructor_made_is_shared_once_its_method_has_started_a_goroutine() -> None:
    found = verdicts(
        "type store struct { m map[string]int }\n"
        "func New() *store { s := &store{m: map[string]int{}}; s.start(); return s }\n"
        "func (s *store) start() { s.m[`first`] = 0; go s.run(); s.m[`a`] = 1 }\n"
        "func (s *store) run() { for { s.m[`b`]++ } }"
    )
    assert found == [("write", "s.m[`a`]"), ("write", "s.m[`b`]")]


STARTER = """
import "sync"
func f(keys []string) map[string]int {
    m := map[string]int{}
    var wg sync.WaitGroup
    start := func(k string) { wg.Add(1); go func() { defer wg.Done(); m[k] = 1 }() }
    for _, k := range keys { start(k)%s }
    wg.Wait()
    return m
}"""


def test_a_literal_that_starts_a_goroutine_starts_many_in_a_loop_of_the_function_around_it() -> None:
    assert verdicts(STARTER % "") == [("write", "m[k]")]


def test_a_literal_whose_goroutine_each_turn_waits_for_starts_one_at_a_time() -> None:
    assert verdicts(STARTER % "; wg.Wait()") == []


@pytest.mark.parametrize(
    "body",
    [
        "start := func(k string) { m := map[string]int{}; go func() { m[k] = 1 }() }\n for _, k := range keys { start(k) }",
        "for _, k := range keys { m := map[string]int{}; func() { go func() { m[k] = 1 }() }() }",
        "rows := make([]map[string]int, 9)\n start := func(i int) { go func() { rows[i][`k`] = 1 }() }\n for i := range keys { start(i) }",
    ],
    ids=["made by the literal", "made in the turn", "a row for each"],
)
def test_a_literal_that_is_called_in_a_loop_with_another_map_each_time_is_quiet(body: str) -> None:
    assert verdicts("func f(keys []string) {\n" + body + "\n}") == []


CONTEXTS = """
import "sync"
type counts struct { seen map[string]int }
type reader struct { name string; counts *counts }
type writer struct { size int; counts *counts }
var mu sync.Mutex
func (r *reader) run() { mu.Lock(); _ = len(r.counts.seen); mu.Unlock() }
func write(w *writer) { w.counts.seen[`a`]++ }
func f() {
    counts := counts{seen: map[string]int{}}
    %s
    r := reader{name: `r`, counts: &counts}
    w := writer{counts: %s}
    go r.run()
    go write(&w)
}"""


def test_two_structs_that_are_made_with_one_pointer_share_what_it_points_to() -> None:
    assert verdicts(CONTEXTS % ("", "&counts")) == [("write", "w.counts.seen[`a`]")]


def test_two_structs_that_are_made_with_two_pointers_share_nothing() -> None:
    assert verdicts(CONTEXTS % ("others := struct{ counts counts }{}", "&others.counts")) == []


NAMED = """
import "sync"
type disk struct { sync.RWMutex; shards map[int]string; shardsLock sync.RWMutex }
func newDisk() *disk { return &disk{shards: map[int]string{}} }
func (d *disk) add(k int) { d.shardsLock.Lock(); defer d.shardsLock.Unlock(); d.shards[k] = `` }
func (d *disk) Drop(k int) { d.shardsLock.Lock(); defer d.shardsLock.Unlock(); delete(d.shards, k) }
func (d *disk) Size() int { d.RLock(); defer d.RUnlock(); return len(d.shards) }
func (d *disk) Has(k int) bool { d.RLock(); defer d.RUnlock(); return d.shards[k] != `` }
func (d *disk) Peek(k int) string { return d.shards[k] }
func (d *disk) Add(k int) { d.add(k) }
"""


def test_a_lock_with_the_name_of_a_map_is_the_one_to_hold_though_most_accesses_hold_another() -> None:
    assert verdicts(NAMED) == [("locks-differ", "len(d.shards)"), ("locks-differ", "d.shards[k]"), ("inconsistent", "d.shards[k]")]


def test_a_lock_with_the_name_of_a_map_is_not_asked_for_where_most_accesses_hold_none() -> None:
    bare = NAMED.replace("d.RLock(); defer d.RUnlock(); ", "")
    assert verdicts(bare) == []
    locked = "func (d *disk) All(k int) int { d.shardsLock.RLock(); defer d.shardsLock.RUnlock(); return len(d.shards) }\n"
    assert verdicts(bare + locked) == [("inconsistent", "len(d.shards)"), ("inconsistent", "d.shards[k]"), ("inconsistent", "d.shards[k]")]


def test_a_lock_of_another_name_is_asked_for_only_where_most_accesses_hold_it() -> None:
    assert verdicts(NAMED.replace("shardsLock", "ioLock")) == []


def test_what_a_flag_lets_in_once_may_still_start_many_goroutines_in_a_loop() -> None:
    source = """
import "sync"
type client struct { mu sync.Mutex; busy chan int }
func (c *client) Report(servers []string) map[string]int {
    c.mu.Lock()
    if c.busy != nil { c.mu.Unlock(); return nil }
    c.busy = make(chan int)
    c.mu.Unlock()
    found := map[string]int{}
    var wg sync.WaitGroup
    for _, s := range servers { wg.Add(1); go func() { defer wg.Done(); found[s] = 1 }() }
    wg.Wait()
    return found
}"""
    assert verdicts(source) == [("write", "found[s]")]


SERVED = """
import "context"
// Catalog knows who serves what.
%stype Catalog struct { servers map[string]string }
func New() *Catalog { return &Catalog{servers: map[string]string{}} }
func (c *Catalog) Add(%skey, server string) { c.servers[key] = server }
func (c *Catalog) Find(key string) string { return c.servers[key] }
%s"""


def requests(source: str) -> list[str]:
    """Return the text of each change that requests make to a map that nobody locks."""
    text = "package p\n" + source
    data = text.encode()
    return [data[item.access.place.start : item.access.place.end].decode() for item in Program([facts_of({"p.go": text})]).requests]


@pytest.mark.parametrize(
    ("doc", "params", "more", "found"),
    [
        ("", "ctx context.Context, ", "", True),
        ("", "_ context.Context, ", "", True),
        ("", "", "func (c *Catalog) loop() { for { println() } }\nfunc Open() *Catalog { c := New(); go c.loop(); return c }\n", True),
        ("", "", "", False),
        ("// It is not safe for concurrent use.\n", "ctx context.Context, ", "", False),
        ("", "ctx context.Context, ", "func use(c *Catalog) { c.Add(nil, ``, ``); c.Find(``) }\n", False),
    ],
    ids=["a context", "a context without a name", "a goroutine of its own", "neither", "documented", "callers in sight"],
)
def test_methods_that_serve_requests_change_a_map_side_by_side(doc: str, params: str, more: str, found: bool) -> None:
    assert requests(SERVED % (doc, params, more)) == (["c.servers[key]"] if found else [])


def test_a_pointer_to_a_map_is_decoded_into() -> None:
    source = """
import "encoding/json"
func fill(text string, into *map[string]int) { json.Unmarshal([]byte(text), into) }
func f(texts []string) {
    m := map[string]int{}
    for _, text := range texts { go fill(text, &m) }
}"""
    assert verdicts(source) == [("write", "json.Unmarshal([]byte(text), into)")]


def test_one_call_may_read_two_maps() -> None:
    source = (
        "import `maps`\n"
        "func f(seen map[string]int) {\n m := map[string]int{}\n go func() { m[`a`] = 1 }()\n _ = maps.Equal(m, seen)\n}\n"
        "func g(seen map[string]int) {\n m := map[string]int{}\n go func() { m[`a`] = 1 }()\n _ = maps.Equal(seen, m)\n}"
    )
    assert verdicts(source.replace("`maps`", '"maps"')).count(("read", "maps.Equal(m, seen)")) == 1
    assert verdicts(source.replace("`maps`", '"maps"')).count(("read", "maps.Equal(seen, m)")) == 1


POOL = """
import "sync"
type index struct { mu sync.Mutex; m map[int]int }
func (x *index) add(n int) { x.m[n]++ }
type pool struct { tasks chan int; wg sync.WaitGroup }
func start(n int, handle func(int)) *pool {
    p := &pool{tasks: make(chan int)}
    p.wg.Add(n)
    for range n { go p.work(handle) }
    return p
}
func (p *pool) work(handle func(int)) { defer p.wg.Done(); for n := range p.tasks { handle(n) } }
func (p *pool) stop() { close(p.tasks); p.wg.Wait() }
func f() int {
    x := &index{m: map[int]int{}}
    p := start(4, %s)
    p.tasks <- 1
    %s
    return x.m[1]
}"""


@pytest.mark.parametrize("passed", ["x.add", "func(n int) { x.add(n) }"])
def test_a_method_value_takes_its_object_to_the_workers_that_call_it(passed: str) -> None:
    assert verdicts(POOL % (passed, "p.stop()")) == [("write", "x.m[n]")]
    assert verdicts(POOL % (passed, "")) == [("write", "x.m[n]"), ("read", "x.m[1]")]


def test_a_method_value_that_is_called_at_once_takes_its_object_nowhere() -> None:
    source = POOL.replace("for range n { go p.work(handle) }", "handle(n)")
    assert verdicts(source % ("x.add", "")) == []


def test_what_a_starter_does_next_is_no_word_of_its_goroutines() -> None:
    source = "package p" + POOL % ("x.add", "")
    assert [item.certain for item in Program([facts_of({"p.go": source})]).verdicts] == [True, True]


@pytest.mark.parametrize("locker", ["l := c.mu.RLocker(); l.Lock(); defer l.Unlock()", "c.mu.RLocker().Lock(); defer c.mu.RLocker().Unlock()"])
def test_the_locker_of_the_readers_is_the_read_lock(locker: str) -> None:
    source = (
        CACHE
        + """
func (c *cache) put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }
func (c *cache) get(k string) int { LOCKER; return c.m[k] }
func (c *cache) drop(k string) { LOCKER; delete(c.m, k) }
func f() { c := newCache(); for range 3 { go c.put("a"); go c.get("a"); go c.drop("a") } }"""
    )
    assert verdicts(source.replace("LOCKER", locker)) == [("read-lock", "delete(c.m, k)")]


MERGE = (
    CACHE
    + """
func (c *cache) Put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }
func (c *cache) Drop(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.m, k) }
func (c *cache) Merge(other *cache) { LOCK c.mu.Lock(); defer c.mu.Unlock(); for k, v := range other.m { c.m[k] = v } }
"""
)


@pytest.mark.parametrize("caller", ["", "func f() { a, b := newCache(), newCache(); go a.Put(`a`); b.Merge(a) }"])
def test_the_lock_of_another_object_of_the_type_is_another_lock(caller: str) -> None:
    assert verdicts(MERGE.replace("LOCK ", "") + caller) == [("locks-differ", "other.m")]
    assert verdicts(MERGE.replace("LOCK ", "other.mu.Lock(); defer other.mu.Unlock(); ") + caller) == []


def test_a_caller_may_hold_the_lock_of_the_other_object() -> None:
    source = MERGE.replace("LOCK ", "").replace("Merge", "merge")
    assert verdicts(source + "func (c *cache) Take(other *cache) { other.mu.Lock(); defer other.mu.Unlock(); c.merge(other) }") == []


REGISTRY = """
import "sync"
var ( mu sync.Mutex; known = map[string]func(){} )
func Add(k string, f func()) { mu.Lock(); defer mu.Unlock(); known[k] = f }
func Remove(k string) { mu.Lock(); defer mu.Unlock(); delete(known, k) }
func Has(k string) bool { mu.Lock(); defer mu.Unlock(); return known[k] != nil }
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("func Open(k string) { known[k]() }", [("inconsistent", "known[k]")]),
        ("func Load(k string) { known[k]() }", [("inconsistent", "known[k]")]),
        ("func Load() { known[`a`] = nil }", []),
        ("func initAll() { known[`a`]() }", []),
    ],
    ids=["open", "load", "a write while it is loaded", "initialised"],
)
def test_who_opens_something_by_a_package_variable_does_not_make_that_ready(code: str, found: list[tuple[str, str]]) -> None:
    assert verdicts(REGISTRY + code) == found


def test_a_function_out_of_a_table_is_called_with_the_table() -> None:
    source = """
var counts = map[string]int{}
var commands = map[string]func(string){"count": count}
func count(k string) { counts[k]++ }
func f(names []string) { for _, name := range names { go commands[name](name) } }"""
    assert verdicts(source) == [("write", "counts[k]")]


FLUSH = (
    CACHE
    + """
func (c *cache) flushLocked() { clear(c.m) }
func (c *cache) Flush() { c.mu.Lock(); defer c.mu.Unlock(); c.flushLocked() }
"""
)


def started(source: str) -> list[str]:
    return [item.words for item in Program([facts_of({"p.go": "package p\n" + source})]).breaches]


def test_a_goroutine_has_none_of_the_locks_of_its_starter() -> None:
    assert started(FLUSH + "func (c *cache) Hurry() { c.mu.Lock(); defer c.mu.Unlock(); go c.flushLocked() }") == ["the name flushLocked"]


def test_a_starter_that_waits_under_the_lock_lends_it() -> None:
    source = FLUSH + (
        "func (c *cache) drainLocked(wg *sync.WaitGroup) { defer wg.Done(); c.flushLocked() }\n"
        "func (c *cache) Drain() { c.mu.Lock(); defer c.mu.Unlock(); var wg sync.WaitGroup; wg.Add(1); go c.drainLocked(&wg); wg.Wait() }"
    )
    assert started(source) == []


def test_a_goroutine_may_be_handed_the_lock_to_give_it_back() -> None:
    source = FLUSH + (
        "// c.mu must be held, and is given back.\nfunc (c *cache) finish() { c.flushLocked(); c.mu.Unlock() }\n"
        "func (c *cache) Hurry() { c.mu.Lock(); go c.finish() }"
    )
    assert started(source) == []


def test_what_a_constructor_does_that_gives_its_method_away_says_nothing_of_the_lock() -> None:
    source = (
        CACHE.replace("newCache", "make")
        + """
var hook func(string)
func keep(f func(string)) { hook = f }
func open() *cache { s := &cache{m: map[string]int{}}; keep(s.put); s.m["a"] = 1; s.m["b"] = 2; s.m["c"] = 3; return s }
func (s *cache) put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }
func (s *cache) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }
func (s *cache) Get(k string) int { s.mu.RLock(); defer s.mu.RUnlock(); return s.m[k] }
func (s *cache) Peek(k string) int { return s.m[k] }"""
    )
    assert verdicts(source) == [("inconsistent", "s.m[k]")]


def test_a_literal_that_is_returned_by_a_variable_is_called_from_outside() -> None:
    source = CACHE + (
        "func (c *cache) Put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }\n"
        "func (c *cache) Get(k string) int { c.mu.Lock(); defer c.mu.Unlock(); return c.m[k] }\n"
        "func (c *cache) Pin(k string) func() {\n var drop func()\n c.mu.Lock()\n defer c.mu.Unlock()\n"
        " if c.m[k] > 0 { drop = func() { delete(c.m, k) } }\n return drop\n}"
    )
    assert verdicts(source) == [("inconsistent", "delete(c.m, k)")]


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("Load(k string) int { return c.m[k] }", [("inconsistent", "c.m[k]")]),
        ("Load() int { return c.m[`a`] }", []),
        ("Load(k string) { c.m[k] = 1 }", []),
    ],
    ids=["asked for a key", "reads what it needs", "fills the map"],
)
def test_a_method_that_looks_up_what_it_is_asked_for_makes_nothing_ready(method: str, found: list[tuple[str, str]]) -> None:
    source = CACHE + (
        "func (c *cache) Store(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }\n"
        "func (c *cache) Delete(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.m, k) }\n"
        "func (c *cache) Len() int { c.mu.RLock(); defer c.mu.RUnlock(); return len(c.m) }\n"
    )
    assert verdicts(f"{source}func (c *cache) {method}") == found


@pytest.mark.parametrize(
    ("cases", "racy"),
    [
        ("case <-done: break wait; case <-tick: continue", False),
        ("case <-done: break wait; case <-tick: n++", False),
        ("case <-done: if n > 2 { break wait }; n++; case <-tick: n++", False),
        ("case <-done: break wait; case <-tick: n++; if n > 2 { break wait }", True),
        ("case <-done: break; case <-tick: n++; if n > 2 { break wait }", True),
    ],
)
def test_a_loop_that_is_left_behind_a_receive_alone_has_received(cases: str, racy: bool) -> None:
    loop = f"wait: for {{ select {{ {cases} }} }}"
    start = "m := map[int]int{}; done := make(chan bool); go func() { m[1] = 1; close(done) }()"
    assert (verdicts(f"func f(tick chan int) int {{ n := 0; {start}\n{loop}; return m[1] + n }}") != []) is racy


def test_waiting_for_goroutines_that_run_method_values_is_waiting_for_their_object() -> None:
    source = """
import "sync"
type pipe struct { wg sync.WaitGroup; mu sync.Mutex; n map[string]int }
func (p *pipe) add(k string) { p.mu.Lock(); p.n[k]++; p.mu.Unlock() }
func (p *pipe) read() { defer p.wg.Done(); p.add("r") }
func (p *pipe) write() { defer p.wg.Done(); p.add("w") }
func (p *pipe) start() { stages := []func(){p.read, p.write}; for _, stage := range stages { p.wg.Add(1); go stage() } }
func newPipe() *pipe { return &pipe{n: map[string]int{}} }
func main() { p := newPipe(); p.start(); p.wg.Wait(); p.n["done"] = 1 }
"""
    assert verdicts(source) == []
    assert verdicts(source.replace("p.wg.Wait(); ", "")) != []


LOOKED_UP = """
import "sync"
type topic struct { offsets map[string]int }
type broker struct { mu sync.RWMutex; topics map[string]*topic }
func (b *broker) find(name string) *topic { b.mu.RLock(); defer b.mu.RUnlock(); return b.topics[name] }
func (b *broker) commit(name, consumer string, n int) { t := b.find(name); %s }
func start() { b := &broker{}; for i := range 9 { go b.commit("orders", "c", i) } }
"""


def test_what_a_getter_looks_up_is_one_object_for_all_who_look_it_up() -> None:
    assert verdicts(LOOKED_UP % "t.offsets[consumer] = n") == [("write", "t.offsets[consumer]")]
    assert verdicts(LOOKED_UP % "b.mu.Lock(); t.offsets[consumer] = n; b.mu.Unlock()") == []


@pytest.mark.parametrize(
    ("stages", "count"),
    [
        ("[]func(){p.parse, p.write}", 2),
        ("[]func(){p.parse, q.write}", 0),  # of two objects
    ],
)
def test_method_values_in_a_list_bring_their_object_along(stages: str, count: int) -> None:
    found = verdicts(
        "type pipeline struct { counts map[string]int }\n"
        'func (p *pipeline) parse() { p.counts["parsed"]++ }\nfunc (p *pipeline) write() { p.counts["long"]++ }\n'
        f"func start() {{ p, q := &pipeline{{}}, &pipeline{{}}; _ = q; for _, stage := range {stages} {{ go stage() }} }}"
    )
    assert len(found) == count
