"""Races on maps, locks and objects that go by other names: of parameters, of local variables, and in helpers. What a verdict means is in
`golint_maps.graphs.verdicts`."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def verdicts(source: str) -> list[tuple[str, str]]:
    """Return (kind, text of the access) of each verdict in one file."""
    text = "package p\n" + source
    program = Program([facts_of({"p.go": text})])
    data = text.encode()
    return [(item.kind, data[item.access.place.start : item.access.place.end].decode()) for item in program.verdicts]


def breaches(source: str) -> list[str]:
    return [item.words for item in Program([facts_of({"p.go": "package p\n" + source})]).breaches]


CACHE = """
import "sync"
type cache struct { mu sync.RWMutex; m map[string]int }
func newCache() *cache { return &cache{m: map[string]int{}} }
"""


def test_a_map_that_a_literal_gets_as_an_argument_is_the_callers() -> None:
    found = verdicts(
        "func f(keys []string) {\n m := map[string]int{}\n for _, k := range keys { go func(k string, m map[string]int) { m[k] = 1 }(k, m) }\n}"
    )
    assert found == [("write", "m[k]")]


@pytest.mark.parametrize(
    ("parameter", "argument", "before", "after"),
    [
        ("mu *sync.Mutex", "&mu", "mu.Lock()", "mu.Unlock()"),
        ("turn chan bool", "turn", "turn <- true", "<-turn"),
    ],
)
def test_a_lock_that_a_literal_gets_as_an_argument_is_the_callers(parameter: str, argument: str, before: str, after: str) -> None:
    source = (
        'import "sync"\nfunc f(keys []string) {\n var mu sync.Mutex\n turn := make(chan bool, 1)\n _, _ = &mu, turn\n m := map[string]int{}\n'
        f" for _, k := range keys {{ go func({parameter}) {{ {before}; m[k] = 1; {after} }}({argument}) }}\n}}"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace(f"{before};", "").replace(f"; {after}", "")) == [("write", "m[k]")]


def test_a_channel_of_capacity_one_is_a_lock_where_a_function_gets_it_as_well() -> None:
    source = (
        "func work(turn chan bool, m map[string]int, k string) { turn <- true; m[k] = 1; <-turn }\n"
        "func f(keys []string) {\n m := map[string]int{}\n turn := make(chan bool, 1)\n for _, k := range keys { go work(turn, m, k) }\n}"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace("bool, 1", "bool, 2")) == [("write", "m[k]")]


@pytest.mark.parametrize(
    ("parameter", "argument", "end", "wait"),
    [
        ("wg *sync.WaitGroup", "&wg", "defer wg.Done()", "wg.Wait()"),
        ("done chan bool", "done", "defer close(done)", "<-done"),
    ],
)
def test_a_join_by_what_a_literal_gets_as_an_argument_orders(parameter: str, argument: str, end: str, wait: str) -> None:
    source = (
        'import "sync"\nfunc f() int {\n m := map[string]int{}\n var wg sync.WaitGroup\n wg.Add(1)\n done := make(chan bool)\n _, _ = &wg, done\n'
        f" go func({parameter}) {{ {end}; m[`a`] = 1 }}({argument})\n {wait}\n return m[`a`]\n}}"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace(f"\n {wait}\n", "\n")) == [("write", "m[`a`]"), ("read", "m[`a`]")]


LEDGER = """
import "sync"
type ledger struct { m map[string]int }
func (l *ledger) post(in chan string) { for e := range in { l.m[e]++ } }
func (l *ledger) run(wg *sync.WaitGroup, in chan string) { defer wg.Done(); l.post(in) }
"""


def test_parameters_of_two_functions_are_not_one_channel_for_having_one_number() -> None:
    source = LEDGER + (
        "func f() {\n l := &ledger{m: map[string]int{}}\n a, b := make(chan string), make(chan string)\n var wg sync.WaitGroup\n wg.Add(2)\n"
        " go l.run(&wg, a)\n go l.run(&wg, b)\n a <- `x`\n b <- `y`\n close(a)\n close(b)\n wg.Wait()\n}"
    )
    assert verdicts(source) == [("write", "l.m[e]")]


def test_a_function_that_gets_through_two_helpers_runs_concurrently() -> None:
    source = (
        'import "sync"\ntype group struct { wg sync.WaitGroup }\n'
        "func (g *group) Go(f func()) { g.start(f) }\n"
        "func (g *group) start(f func()) { g.wg.Add(1); go func() { defer g.wg.Done(); f() }() }\n"
        "func (g *group) Wait() { g.wait() }\nfunc (g *group) wait() { g.wg.Wait() }\n"
        "func f(keys []string) int {\n m := map[string]int{}\n var g group\n for _, k := range keys { g.Go(func() { m[k] = 1 }) }\n"
        " g.Wait()\n return len(m)\n}"
    )
    assert verdicts(source) == [("write", "m[k]")]


@pytest.mark.parametrize(
    "start",
    [
        "var c *cache\n c = &cache{m: map[string]int{}}\n run := c.run\n go run()",
        "var value cache\n value.m = map[string]int{}\n c := &value\n go c.run()",
        "value := cache{m: map[string]int{}}\n c := &value\n go func() { c.run() }()",
    ],
)
def test_an_object_goes_to_a_goroutine_under_any_of_its_names(start: str) -> None:
    source = f"type cache struct {{ m map[string]int }}\nfunc (c *cache) run() {{ c.m[`a`]++ }}\nfunc f() {{\n {start}\n c.m[`b`] = 1\n}}"
    assert verdicts(source) == [("write", "c.m[`a`]"), ("write", "c.m[`b`]")]


def test_a_callback_in_a_variable_is_as_good_as_one_in_place() -> None:
    source = (
        'import "time"\ntype leases struct { m map[string]int }\n'
        "func (l *leases) grant(k string) { l.m[k] = 1; drop := func() { delete(l.m, k) }; time.AfterFunc(1, drop) }\n"
        "func f(keys []string) { l := &leases{m: map[string]int{}}; for _, k := range keys { l.grant(k) } }"
    )
    assert verdicts(source) == [("write", "l.m[k]"), ("write", "delete(l.m, k)")]
    assert verdicts(source.replace("{ l.m[k] = 1; drop", "{ l.put(k) }\nfunc (l *leases) put(k string) { l.m[k] = 1; drop")) != []


@pytest.mark.parametrize("first", ["var m map[string]int\n m = s.m", "m := s.m"])
def test_a_local_name_of_a_map_that_was_got_without_the_lock_is_no_snapshot(first: str) -> None:
    source = CACHE + (
        "func (c *cache) Put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }\n"
        "func (c *cache) Drop(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.m, k) }\n"
        f"func (c *cache) Get(k string) int {{\n {first.replace('s.m', 'c.m')}\n return m[k]\n}}"
    )
    assert verdicts(source) == [("inconsistent", "m[k]")]
    taken = source.replace("m := c.m", "c.mu.Lock(); m := c.m; c.mu.Unlock()").replace("m = c.m", "c.mu.Lock(); m = c.m; c.mu.Unlock()")
    assert verdicts(taken) == []


@pytest.mark.parametrize(
    ("read", "kind"),
    [
        ("for range reflect.ValueOf(c.m).MapKeys() {}", "read"),
        ("v := reflect.ValueOf(c.m); v.SetMapIndex(v, v)", "write"),
        ("slog.Info(`state`, `m`, c.m)", "read"),
        ("_ = reflect.ValueOf(c.m).IsNil(); c.m[`b`] = 1", "write"),
    ],
)
def test_reflection_and_logs_walk_over_maps(read: str, kind: str) -> None:
    source = (
        'import ("log/slog"; "reflect")\ntype counts struct { m map[string]int }\n'
        f"func f() {{\n c := &counts{{m: map[string]int{{}}}}\n go func() {{ for {{ c.m[`a`]++ }} }}()\n {read}\n}}\n"
        "var _ = slog.Info\nvar _ reflect.Value"
    )
    assert [found for found, _ in verdicts(source)] == ["write", kind]


def test_a_method_that_starts_a_goroutine_may_be_called_again_while_it_works() -> None:
    source = (
        "type tracker struct { m map[string]int }\n"
        "func (t *tracker) Follow(done chan int, k string) { t.m[k] = 1; go func() { <-done; delete(t.m, k) }() }"
    )
    assert verdicts(source) == [("write", "t.m[k]"), ("write", "delete(t.m, k)")]
    assert verdicts(source.replace("Follow", "Start")) == []


@pytest.mark.parametrize(("parameter", "map_", "argument"), [("s *store", "s.m", "s"), ("m map[string]int", "m", "s.m")])
def test_what_a_function_is_given_that_makes_a_handler_is_shared_by_all_requests(parameter: str, map_: str, argument: str) -> None:
    source = (
        'import "net/http"\ntype store struct { m map[string]int }\n'
        f"func count({parameter}) http.HandlerFunc {{ return func(w http.ResponseWriter, r *http.Request) {{ {map_}[r.URL.Path]++ }} }}\n"
        f"func f() {{ s := &store{{m: map[string]int{{}}}}; http.Handle(`/`, count({argument})) }}"
    )
    assert verdicts(source) == [("write", f"{map_}[r.URL.Path]")]


@pytest.mark.parametrize(
    "call",
    [
        "func() { l.mu.Lock(); defer l.mu.Unlock(); l.next.Put(k) }()",
        "l.put(k) }\nfunc (l *locked) put(k string) { l.mu.Lock(); defer l.mu.Unlock(); l.next.Put(k)",
        "l.with(func() { l.next.Put(k) }) }\nfunc (l *locked) with(f func()) { l.mu.Lock(); defer l.mu.Unlock(); f()",
    ],
)
def test_a_wrapper_may_lock_in_a_helper(call: str) -> None:
    source = (
        'import "sync"\ntype Sink interface { Put(k string) }\n'
        "type memory struct { m map[string]int }\nfunc (m *memory) Put(k string) { m.m[k] = 1 }\n"
        f"type locked struct {{ mu sync.Mutex; next Sink }}\nfunc (l *locked) Put(k string) {{ {call} }}\n"
        "func f(keys []string) {\n var out Sink = &locked{next: &memory{m: map[string]int{}}}\n for _, k := range keys { go out.Put(k) }\n}"
    )
    assert verdicts(source) == []


def test_a_group_may_start_its_goroutines_in_a_helper() -> None:
    source = (
        'import "sync"\ntype group struct { wg sync.WaitGroup }\nfunc spawn(f func()) { go f() }\n'
        "func (g *group) Go(f func()) { g.wg.Add(1); spawn(func() { defer g.wg.Done(); f() }) }\nfunc (g *group) Wait() { g.wg.Wait() }\n"
        "func f(keys []string) int {\n var mu sync.Mutex\n m := map[string]int{}\n var g group\n"
        " for _, k := range keys { g.Go(func() { mu.Lock(); m[k] = 1; mu.Unlock() }) }\n g.Wait()\n return len(m)\n}"
    )
    assert verdicts(source) == []


@pytest.mark.parametrize("lock", ["t.mu", "t.core.mu"])
def test_a_comment_names_a_lock_of_an_embedded_struct(lock: str) -> None:
    source = (
        'import "sync"\ntype core struct { mu sync.Mutex; m map[string]int }\ntype T struct { core }\n'
        "func (t *T) Put(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.m[k] = 1 }\n"
        "func (t *T) Get(k string) int { t.mu.Lock(); defer t.mu.Unlock(); return t.m[k] }\n"
        "func (t *T) Drop(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.drop(k) }\n"
        f"// drop needs the caller to hold {lock}: the caller must hold {lock}.\nfunc (t *T) drop(k string) {{ delete(t.m, k) }}"
    )
    assert verdicts(source) == []
    assert breaches(source + "\nfunc (t *T) Clean(k string) { t.drop(k) }") != []


SEMAPHORE = """
import "sync"
func f(keys []string) int {
    m := map[string]int{}
    var mu sync.Mutex
    places := make(chan bool, 4)
    for _, k := range keys { places <- true; go func() { defer func() { <-places }(); mu.Lock(); m[k] = 1; mu.Unlock() }() }
    for range cap(places) { places <- true }
    return m[`a`]
}"""


def test_who_takes_all_places_of_a_semaphore_has_waited_for_all() -> None:
    assert verdicts(SEMAPHORE) == []
    assert verdicts(SEMAPHORE.replace("    for range cap(places) { places <- true }\n", "")) != []


def test_a_runner_under_another_name_is_waited_for() -> None:
    source = (
        "type run struct { done chan bool; n int }\n"
        "func (r *run) Go(f func()) { r = &run{done: make(chan bool)}; go work(r, f); <-r.done }\n"
        "func work(r *run, f func()) { defer func() { defer func() { r.done <- true }(); r.n++ }(); f() }\n"
        "func f(keys []string) { m := map[string]int{}; r := &run{}; for _, k := range keys { r.Go(func() { m[k] = 1 }) } }"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace("; <-r.done", "")) != []


def test_a_variable_of_the_turn_that_gets_its_map_in_a_second_step_is_no_other_turns() -> None:
    source = (
        "func f(all map[string]map[string]int, keys []string) {\n"
        " for _, k := range keys { var own map[string]int; own = all[k]; go func() { own[k]++ }() }\n}"
    )
    assert ("write", "own") not in verdicts(source)


def test_of_several_locks_the_name_means_the_one_that_the_map_is_declared_to_need() -> None:
    source = (
        "type T struct {\n mu, other sync.Mutex\n m map[string]int // guarded by mu\n n map[string]int\n}\n"
        "func (t *T) dropLocked(k string) { delete(t.m, k) }\nfunc (t *T) Drop(k string) { %s; t.dropLocked(k) }"
    )
    source = 'import "sync"\n' + source
    assert breaches(source % "println(k)") == ["the name dropLocked"]
    held = "\nfunc (t *T) Clear(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.dropLocked(k) }"
    assert breaches(source % "t.other.Lock(); defer t.other.Unlock()" + held) == ["the name dropLocked"]
    assert breaches(source % "t.mu.Lock(); defer t.mu.Unlock()") == []
    assert breaches(source.replace("guarded by mu", "by name") % "println(k)") == []


INSIDE = """
type cache struct { m map[string]int }
type janitor struct { cache *cache }
func (j *janitor) run() { for k := range j.cache.m { delete(j.cache.m, k) } }
func main() { c := &cache{m: map[string]int{}}; c.m["a"] = 1; GIVE; go j.run(); c.m["b"] = 2 }
"""


@pytest.mark.parametrize(
    ("give", "racy"),
    [
        ("j := &janitor{cache: c}", True),
        ("d := &cache{m: map[string]int{}}; j := &janitor{cache: d}", False),
    ],
)
def test_what_was_put_into_an_object_goes_with_it_to_a_goroutine(give: str, racy: bool) -> None:
    assert (verdicts(INSIDE.replace("GIVE", give)) != []) is racy
