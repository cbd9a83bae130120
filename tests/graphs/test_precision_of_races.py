"""What looks like a race in real code, and is none: each case is the shortest form of a false alarm."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

STORE = """
import "sync"
type store struct { mu sync.RWMutex; m map[string]int }
func newStore() *store { return &store{m: map[string]int{}} }
"""


def program(source: str, name: str = "p.go") -> Program:
    return Program([facts_of({name: "package p\n" + source})])


def verdicts(source: str, name: str = "p.go") -> list[tuple[str, bool]]:
    """Return (kind, certain) of each verdict."""
    return [(item.kind, item.certain) for item in program(source, name).verdicts]


def breaches(source: str) -> list[str]:
    return [item.words for item in program(source).breaches]


def test_a_helper_that_locks_when_a_flag_says_so_keeps_its_callers_lock() -> None:
    source = STORE + (
        "func (s *store) drop(k string, lock bool) { if lock { s.mu.Lock(); defer s.mu.Unlock() }; delete(s.m, k) }\n"
        "func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.drop(k, false); s.m[k] = 1 }\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
    )
    assert verdicts(source) == []


def test_a_lock_that_a_setting_asks_for_is_believed() -> None:
    source = STORE + (
        "type options struct { shared bool }\n"
        "func (s *store) Add(o options) { if o.shared { s.mu.Lock(); defer s.mu.Unlock() }; s.m[`b`] = 1 }\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
    )
    assert verdicts(source) == []


def test_a_return_before_the_lock_gives_nothing_back() -> None:
    source = STORE + (
        "func (s *store) fill(k string) { if k == `` { return }; s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }\n"
        "func (s *store) Keep(other *store) { s.mu.Lock(); defer s.mu.Unlock(); s.fill(``); s.m[`a`] = 1 }\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
    )
    assert verdicts(source) == []


def test_a_lock_that_is_taken_unless_its_owner_is_nil_is_held() -> None:
    source = STORE + (
        "func (s *store) addLocked(k string) { s.m[k] = 1 }\n"
        "func (s *store) Add(k string) { if s != nil { s.mu.Lock(); defer s.mu.Unlock() }; s.addLocked(k) }"
    )
    assert breaches(source) == []


def test_a_function_with_a_flag_for_the_lock_may_be_called_without_it() -> None:
    source = STORE + "func (s *store) addLocked(k string, needLock bool) { s.m[k] = 1 }\nfunc (s *store) Add(k string) { s.addLocked(k, true) }"
    assert breaches(source) == []


def test_words_that_say_who_holds_the_lock_are_read_in_many_forms() -> None:
    for words in (
        "Lock is assumed held.",
        "Assumes caller is holding the write lock.",
        "It does not sleep.\n// Lock should be held.",
        "Called with mu held.",
        "Caller holds mu.",
        "Callers must hold s.mu.",
        "Must hold mu.",
    ):
        source = STORE + f"// {words}\nfunc (s *store) add(k string) {{ s.m[k] = 1 }}\nfunc (s *store) Add(k string) {{ s.add(k) }}"
        assert breaches(source) != [], words


def test_the_lock_of_something_else_is_not_asked_of_the_receiver() -> None:
    source = STORE + "// The `client` lock must be held.\nfunc (s *store) add(client *store) { s.m[`a`] = 1 }\nfunc (s *store) Add() { s.add(s) }"
    assert breaches(source) == []


def test_functions_that_say_that_they_do_without_the_lock_may() -> None:
    source = "import `sync`\ntype box struct { mu sync.Mutex // guards m\n m map[string]int }\nfunc (b *box) UnsafeLoad() { b.m = map[string]int{} }"
    assert breaches(source) == []


def test_done_before_a_return_in_a_loop_is_the_end_of_a_goroutine() -> None:
    source = (
        "import `sync`\nfunc f(stop, c chan int) int {\n var wg sync.WaitGroup\n m := map[int]int{}\n wg.Add(1)\n"
        " go func() { for { select { case <-stop: wg.Done(); return; case i := <-c: m[i]++ } } }()\n wg.Wait()\n return m[1]\n}"
    )
    assert verdicts(source) == []


def test_done_in_a_deferred_literal_is_the_end_of_a_goroutine() -> None:
    source = (
        "import `sync`\nfunc f() int {\n var wg sync.WaitGroup\n m := map[int]int{}\n wg.Add(1)\n"
        " go func() { defer func() { recover(); wg.Done() }(); m[1] = 1 }()\n wg.Wait()\n return m[1]\n}"
    )
    assert verdicts(source) == []


def test_a_runner_that_waits_for_what_it_starts_is_a_call() -> None:
    source = (
        "func run(f func()) { done := make(chan bool, 1); go func() { defer func() { done <- true }(); f() }(); <-done }\n"
        "func g() int { m := map[int]int{}; run(func() { m[1] = 1 }); return m[1] }"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace("; <-done", "")) != []


def test_a_wait_in_the_branch_of_the_start_ends_it() -> None:
    source = (
        "import `sync`\nfunc f(many bool) int {\n m := map[int]int{}\n"
        " if many { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); m[1] = 1 }(); wg.Wait() }\n return m[1]\n}"
    )
    assert verdicts(source) == []


def test_a_lock_held_until_all_goroutines_have_ended_guards_them() -> None:
    source = STORE + (
        "func (s *store) Sum() {\n s.mu.Lock()\n defer s.mu.Unlock()\n var wg sync.WaitGroup\n wg.Add(1)\n"
        " go func() { defer wg.Done(); s.m[`a`] = 1 }()\n wg.Wait()\n}\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
    )
    assert verdicts(source) == []


def test_a_start_behind_a_flag_happens_once() -> None:
    source = (
        "type r struct { started bool; m map[int]int }\nfunc (x *r) Receive() {\n if !x.started { x.started = true; go x.loop() }\n}\n"
        "func (x *r) loop() { x.m[1]++ }\nfunc main() { x := &r{m: map[int]int{}}; for { x.Receive() } }"
    )
    assert verdicts(source) == []
    assert verdicts(source.replace("if !x.started { x.started = true; go x.loop() }", "go x.loop()")) == [("write", True)]


def test_objects_of_a_loop_are_started_once_each() -> None:
    source = (
        "type r struct { m map[int]int }\nfunc (x *r) Begin() { x.m = map[int]int{}; go func() { x.m[1]++ }() }\n"
        "func main() { for range 3 { x := &r{}; x.Begin() } }"
    )
    assert [kind for kind, certain in verdicts(source) if certain] == []


def test_a_lock_behind_a_pointer_may_be_the_other_lock() -> None:
    source = (
        "import `sync`\ntype keeper struct { mu *sync.Mutex; m map[string]int }\n"
        "type owner struct { mu sync.Mutex; k *keeper }\n"
        "func New() *owner { o := &owner{}; o.k = &keeper{mu: &o.mu, m: map[string]int{}}; go o.k.run(); return o }\n"
        "func (k *keeper) run() { k.mu.Lock(); delete(k.m, `a`); k.mu.Unlock() }\n"
        "func (o *owner) Add() { o.mu.Lock(); o.k.m[`a`] = 1; o.mu.Unlock() }"
    )
    assert verdicts(source) == []


def test_a_lock_for_writing_on_one_way_and_for_reading_on_another_is_no_read_lock() -> None:
    source = STORE + (
        "func (s *store) Set(all bool) { if all { s.mu.RLock() } else { s.mu.Lock() }; s.m[`a`] = 1 }\n"
        "func (s *store) Get() int { s.mu.RLock(); defer s.mu.RUnlock(); return s.m[`a`] }"
    )
    assert verdicts(source) == []


def test_a_struct_that_grows_its_own_field_is_still_its_functions_own() -> None:
    source = STORE + (
        "type info struct { names []string; m map[string]int }\n"
        "func (s *store) Info() info {\n s.mu.RLock()\n defer s.mu.RUnlock()\n i := info{}\n"
        " for k := range s.m { i.names = append(i.names, k) }\n i.m = map[string]int{}\n return i\n}"
    )
    assert verdicts(source) == []


def test_a_test_serves_its_own_requests_one_by_one() -> None:
    source = (
        "import (`net/http`; `net/http/httptest`; `testing`)\nfunc TestServer(t *testing.T) {\n got := map[string]string{}\n"
        " srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got[`a`] = r.URL.Path }))\n"
        " http.Get(srv.URL)\n _ = got[`a`]\n}"
    )
    assert verdicts(source, "p_test.go") == []


def test_goroutines_that_tell_each_other_leave_doubt() -> None:
    source = (
        "import `sync/atomic`\ntype s struct { ready atomic.Bool; out chan int; m map[string]int }\n"
        "func New() *s { x := &s{m: map[string]int{}}; go x.write(); go x.read(); return x }\n"
        "func (x *s) write() { x.m[`a`] = 1; x.out <- 1 }\n"
        "func (x *s) read() { if !x.ready.Load() { return }; _ = x.m[`a`] }"
    )
    assert [certain for _, certain in verdicts(source) if certain] == []


def test_a_bubble_at_rest_has_no_races() -> None:
    source = (
        "import (`testing`; `testing/synctest`)\nfunc TestRest(t *testing.T) {\n synctest.Test(t, func(t *testing.T) {\n  m := map[int]int{}\n"
        "  go func() { m[1] = 1 }()\n  synctest.Wait()\n  _ = m[1]\n })\n}"
    )
    assert verdicts(source, "p_test.go") == []
    assert verdicts(source.replace("synctest.Wait()\n", ""), "p_test.go") != []


def test_a_field_of_a_struct_that_came_by_value_is_a_variable_of_its_own() -> None:
    source = (
        'import "maps"\ntype options struct { m map[string]int }\n'
        "func set(o options) options { o.m = maps.Clone(o.m); o.m[`a`] = 1; return o }\n"
        "func f(o options) { for { go func() { _ = set(o) }() } }"
    )
    assert verdicts(source) == []


def test_an_object_without_a_lock_is_guarded_by_what_lies_around_it() -> None:
    source = (
        'import "sync"\nimport "example.com/prometheus"\n'
        "type Inner struct { m map[string]int }\n"
        "func (i *Inner) Add(k string) { i.m[k] = 1 }\nfunc (i *Inner) Len() int { n := 0; for range i.m { n++ }; return n }\n"
        "type Outer struct { mu sync.Mutex; in *Inner }\n"
        "func (o *Outer) Collect(ch chan<- prometheus.Metric) { o.mu.Lock(); defer o.mu.Unlock(); o.in.Add(`a`); _ = o.in.Len() }\n"
    )
    assert verdicts(source) == []


GROUP = """
import "sync"
type group struct { wg sync.WaitGroup }
func (g *group) run(job func()) { g.wg.Add(1); go func() { defer g.wg.Done(); job() }() }
func (g *group) wait() { g.wg.Wait() }
type store struct { mu sync.RWMutex; m map[string]int }
func submit(g *group, job func()) { g.run(func() { job() }) }
func (s *store) each() { g := &group{}; for i := 0; i < 3; i++ { submit(g, func() { _ = s.m[`a`] }) }; WAIT }
func (s *store) Collect() { s.mu.RLock(); defer s.mu.RUnlock(); s.each() }
func (s *store) Discover() { go func() { for { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() } }() }
"""


def test_a_callers_lock_counts_for_goroutines_that_a_method_of_their_group_waits_for() -> None:
    assert verdicts(GROUP.replace("WAIT", "g.wait()")) == []


def test_without_the_wait_it_does_not() -> None:
    assert [kind for kind, _ in verdicts(GROUP.replace("WAIT", ""))] == ["read"]


def test_a_map_that_is_made_where_its_users_are_started_is_nobody_elses_yet() -> None:
    source = STORE + (
        "func (s *store) Start() { s.m = map[string]int{}; go s.Put() }\n"
        "func (s *store) Put() { s.mu.Lock(); s.m[`a`] = 1; s.mu.Unlock() }\n"
        "func (s *store) Get() int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[`a`] }"
    )
    assert verdicts(source) == []


def test_nobody_is_assumed_to_call_what_other_packages_in_sight_call() -> None:
    registry = (
        "package p\nvar known = map[string]int{}\nfunc Add(k string) { known[k] = 1 }\nfunc Run() { go func() { println(known[`a`]) }() }\n"
        "func Stop() { known[`a`]++ }"
    )
    plugin = 'package q\nimport "example.com/p"\nfunc init() { p.Add(`x`) }'
    alone, together = Program([facts_of(registry)]), Program([facts_of(registry), facts_of(plugin, path="example.com/q")])
    at = registry.index("known[k] = 1")
    assert any(verdict.access.place.start == at for verdict in alone.verdicts)
    assert not any(verdict.access.place.start == at for verdict in together.verdicts)


def test_a_pointer_to_a_lock_may_be_the_lock_that_the_others_hold() -> None:
    source = STORE + (
        "func (s *store) Put() { s.mu.Lock(); s.m[`a`] = 1; s.mu.Unlock() }\n"
        "func (s *store) Get() int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[`a`] }\n"
        "func (s *store) Has() bool { s.mu.Lock(); defer s.mu.Unlock(); _, ok := s.m[`a`]; return ok }\n"
        "type keeper struct { mu *sync.RWMutex; s *store }\n"
        "func (k *keeper) Drop() { k.mu.Lock(); delete(k.s.m, `a`); k.mu.Unlock() }"
    )
    assert verdicts(source) == []


def test_the_goroutine_that_owns_a_map_is_run_once_though_its_method_is_exported() -> None:
    source = (
        "type hub struct { in chan string; m map[string]int }\nfunc (h *hub) Run() { for k := range h.in { h.m[k]++ } }\n"
        "func Serve() *hub { h := &hub{in: make(chan string), m: map[string]int{}}; go h.Run(); return h }"
    )
    assert verdicts(source) == []
    assert verdicts(source + "\nfunc (h *hub) Get(k string) int { return h.m[k] }") != []


def test_a_starter_that_works_along_with_its_goroutines_returns_when_all_is_done() -> None:
    pool = (
        "type pool struct { f func() }\nfunc (p *pool) runner() { p.f() }\n"
        "func Load(keys []string) int { m := map[string]int{}; var p pool; p.do(func() { m[`a`] = 1 }); return m[`a`] }\n"
    )
    along = "func (p *pool) do(f func()) { p.f = f; for i := 0; i < 3; i++ { go p.runner() }; p.runner() }"
    assert "read" not in {kind for kind, _ in verdicts(pool + along)}
    away = "func (p *pool) do(f func()) { p.f = f; for i := 0; i < 3; i++ { go p.runner() } }"
    assert ("read", True) in verdicts(pool + away)


def test_two_halves_of_a_pump_do_not_end_together() -> None:
    source = (
        "func pump(m map[string]int, from, to string) { m[from] = 1 }\n"
        "func Load() int { m := map[string]int{}; go pump(m, `a`, `b`); pump(m, `b`, `a`); return m[`a`] }"
    )
    assert "read" in {kind for kind, _ in verdicts(source)}


def test_what_a_channel_hands_around_has_one_user_at_a_time() -> None:
    hands = "import `net`\ntype state struct { conns map[string]int }\ntype server struct { s chan *state }\n"
    rest = (
        "func (h *server) Run(l net.Listener) { h.s = make(chan *state, 1); h.s <- &state{conns: map[string]int{}}; "
        "for { c, _ := l.Accept(); go h.serve(c) } }"
    )
    token = "func (h *server) serve(c net.Conn) { s := <-h.s; s.conns[`a`] = 1; h.s <- s }\n"
    assert verdicts(hands.replace("`", '"') + token + rest) == []


def test_what_tests_start_side_by_side_does_not_make_a_program_start_it_twice() -> None:
    code = (
        "package p\ntype writer struct { in chan string; counts map[string]int }\n"
        "func (w *writer) Start() { go w.loop() }\nfunc (w *writer) loop() { for k := range w.in { w.counts[k]++ } }\n"
    )
    test = (
        'package p\nimport "testing"\n'
        "func TestAll(t *testing.T) { for _, name := range []string{`a`} { t.Run(name, one) } }\n"
        "func one(t *testing.T) { t.Parallel(); w := open(); w.Start() }\n"
        "func open() *writer { return &writer{} }"
    )
    found = Program([facts_of({"p.go": code, "p_test.go": test})])
    assert [item.kind for item in found.verdicts] == []


def test_a_lock_is_not_missed_on_a_message_of_another_package_of_which_only_the_type_is_known() -> None:
    source = (
        'import ("net/http"; "sync")\ntype owner struct { mu sync.RWMutex; last *http.Response }\n'
        "func (o *owner) Put() { o.mu.Lock(); defer o.mu.Unlock(); o.last.Header[`a`] = nil }\n"
        "func (o *owner) Drop() { o.mu.Lock(); defer o.mu.Unlock(); delete(o.last.Header, `a`) }\n"
        "func (o *owner) Get() int { o.mu.RLock(); defer o.mu.RUnlock(); return len(o.last.Header[`a`]) + len(trim(load()).Header) }\n"
        "func trim(r *http.Response) *http.Response { delete(r.Header, `b`); return r }\nfunc load() *http.Response { return nil }\n"
    )
    assert verdicts(source) == []
    own = "type response struct { Header map[string][]string }\n"
    assert verdicts(own + source.replace("*http.Response", "*response").replace('"net/http"; ', "")) != []


def test_a_name_that_asks_for_a_lock_counts_where_somebody_holds_one() -> None:
    source = (
        'import "sync"\ntype store struct { m map[string]int }\nvar mu sync.Mutex\n'
        "func (s *store) runLocked(f func()) { s.m[`a`] = 1; f() }\nfunc (s *store) Create() { s.runLocked(func() {}) }\n"
    )
    assert breaches(source) == []
    assert breaches(source + "func (s *store) Update() { mu.Lock(); defer mu.Unlock(); s.runLocked(func() {}) }") == ["the name runLocked"]


def test_the_blank_identifier_is_no_map() -> None:
    source = "type labels map[string]int\nvar _ = labels{}\nfunc f() labels\nfunc Start() { go func() { _ = f() }(); _ = f() }"
    assert verdicts(source) == []


def test_goroutines_that_an_inner_loop_starts_are_joined_by_a_wait_in_the_outer_one() -> None:
    source = (
        'import "sync"\n'
        "func Grow(n int) { m := map[int]int{}; for i := 0; i < n; i++ { m[i] = i; var wg sync.WaitGroup; wg.Add(4)\n"
        "for r := 0; r < 4; r++ { go func() { defer wg.Done(); _ = m[i] }() }; wg.Wait() } }"
    )
    assert verdicts(source) == []


def test_a_wait_in_a_branch_does_not_end_each_turn() -> None:
    source = (
        'import "sync"\n'
        "func Grow(n int) { m := map[int]int{}; for i := 0; i < n; i++ { m[i] = i; var wg sync.WaitGroup; wg.Add(4)\n"
        "for r := 0; r < 4; r++ { go func() { defer wg.Done(); _ = m[i] }() }; if n > 9 { wg.Wait() } } }"
    )
    assert ("write", True) in verdicts(source)


SHARED = (
    "func (s *store) Put(k string) { shared := k != ``; if shared { s.mu.Lock(); defer s.mu.Unlock(); println(k) }; %s }\n"
    "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
)


def test_a_lock_that_a_flag_asks_for_is_held_wherever_the_flag_is_set() -> None:
    assert verdicts(STORE + SHARED % "if shared { s.m[k] = 1 }") == []
    assert verdicts(STORE + SHARED % "if !shared { return }; s.m[k] = 1") == []


def test_a_lock_that_a_flag_asks_for_is_not_held_where_it_is_not_set() -> None:
    assert verdicts(STORE + SHARED % "if !shared { s.m[k] = 1 }") != []
    assert verdicts(STORE + SHARED % "if shared { s.mu.Unlock() }; if shared { s.m[k] = 1 }; if shared { s.mu.Lock() }") != []


@pytest.mark.parametrize(("kind", "asks"), [("string", 'k != ""'), ("*int", "k != nil"), ("int", "k == 1")])
def test_a_comparison_that_asks_for_a_lock_is_as_good_as_a_flag(kind: str, asks: str) -> None:
    again = SHARED.replace("k string", f"k {kind}").replace("shared := k != ``; if shared", f"if {asks}")
    assert verdicts(STORE + again % f"if {asks} {{ s.m[`b`] = 1 }}") == []
    assert verdicts(STORE + again % f"if !({asks}) {{ return }}; s.m[`b`] = 1") == []
    assert verdicts(STORE + again % f"if !({asks}) {{ s.m[`b`] = 1 }}") != []
    other = asks.replace('""', '"x"').replace("1", "2")
    assert (verdicts(STORE + again % f"if {other} {{ s.m[`b`] = 1 }}") != []) is (other != asks)
    changed = "k = nil; " if kind == "*int" else "k += k; "
    assert verdicts(STORE + again % f"{changed} if {asks} {{ s.m[`b`] = 1 }}") != []


@pytest.mark.parametrize(
    ("makes", "racy"),
    [
        ("var id string; if k.next != nil { id = k.next.id }", False),
        ("id := k.id; for id == `` { k = k.next; id = k.id }", True),
        ("id := k.id; set := func() { id = `b` }; defer set()", True),
        ("id := k.id; p := &id; defer func() { *p = `` }()", True),
        ("id := k.id; p := &id; _ = p; id = `c`", True),
        ("var id string; for _, id = range k.all { println(id) }", True),
    ],
)
def test_a_variable_asks_for_a_lock_once_it_has_got_its_value(makes: str, racy: bool) -> None:
    source = (
        "type key struct { id string; next *key; all []string }\n"
        f"func (s *store) Put(k *key) {{ {makes}; if id != `` {{ s.mu.Lock(); defer s.mu.Unlock(); println(k) }}; if id != `` {{ s.m[id] = 1 }} }}\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }() }"
    )
    assert (verdicts(STORE + source) != []) is racy
    later = source.replace("println(k) };", "println(k) }; id = k.id;")
    assert verdicts(STORE + later) != []


@pytest.mark.parametrize(("loop", "racy"), [("for _, id := range ids", False), ("for _, id := range more", True), ("for id := `a`; id != ``;", True)])
def test_a_loop_over_a_list_has_the_lock_that_is_taken_for_a_list_with_something_in_it(loop: str, racy: bool) -> None:
    source = (
        "func (s *store) Put(ids, more []string) { if len(ids) > 0 { s.mu.Lock(); defer s.mu.Unlock(); println(ids) }\n"
        f"{loop} {{ s.m[id] = 1 }} }}\nfunc (s *store) Watch() {{ go func() {{ s.mu.Lock(); s.m[`a`]++; s.mu.Unlock() }}() }}"
    )
    assert (verdicts(STORE + source) != []) is racy


def test_what_is_deferred_under_a_lock_runs_before_its_deferred_release() -> None:
    source = STORE + (
        "func (s *store) lenLocked() int { return len(s.m) }\n"
        "func (s *store) Get(c bool) int { if c { s.mu.Lock(); defer s.mu.Unlock(); defer func() { println(s.lenLocked()) }() }; return 0 }"
    )
    assert breaches(source) == []


LOOP = (
    "type path struct { readers map[int]bool; ch chan int }\n"
    "func (p *path) initialize() { p.readers = map[int]bool{}; p.ch = make(chan int); go p.run() }\n"
    "func (p *path) run() { for i := range p.ch { p.readers[i] = true } }\n"
)
"""An object that makes its map, and then starts the goroutine that alone uses it."""


def test_each_object_of_a_loop_in_the_caller_has_one_goroutine() -> None:
    source = LOOP + (
        "type manager struct { paths map[string]*path; names chan string }\n"
        "func (m *manager) run() { for n := range m.names { m.create(n) } }\n"
        "func (m *manager) create(n string) { p := &path{}; p.initialize(); m.paths[n] = p }\n"
        "func Start(m *manager) { go m.run() }"
    )
    assert not any("readers" in item.side.identity for item in program(source).verdicts)


@pytest.mark.parametrize("new", ["&path{}", "newPath()"])
def test_an_object_that_a_field_gets_anew_has_one_goroutine(new: str) -> None:
    source = LOOP + (
        "type core struct { p *path }\n"
        "func newPath() *path { return &path{} }\n"
        f"func (c *core) run(reload chan int) {{ for range reload {{ c.p = {new}; c.p.initialize() }} }}\n"
        "func Start(c *core, reload chan int) { go c.run(reload) }"
    )
    assert verdicts(source) == []


def test_an_object_that_stays_in_its_field_is_started_again() -> None:
    source = LOOP + (
        "type core struct { p *path }\n"
        "func (c *core) run(reload chan int) { for range reload { c.p.initialize() } }\n"
        "func Start(c *core, reload chan int) { go c.run(reload) }"
    )
    assert ("write", True) in verdicts(source)


def test_a_double_of_a_test_is_driven_by_the_test() -> None:
    source = {
        "p.go": "package p\nimport `net/http`\ntype Sessions interface { List() int; Kick(string) }\ntype API struct { s Sessions }\n"
        "func (a *API) Serve() { http.HandleFunc(`/list`, a.list); http.HandleFunc(`/kick`, a.kick) }\n"
        "func (a *API) list(w http.ResponseWriter, r *http.Request) { a.s.List() }\n"
        "func (a *API) kick(w http.ResponseWriter, r *http.Request) { a.s.Kick(r.URL.Path) }\n",
        "%s": "package p\ntype table struct { m map[string]int }\n"
        "func (t *table) List() int { n := 0; for range t.m { n++ }; return n }\nfunc (t *table) Kick(k string) { delete(t.m, k) }\n",
    }
    for name, racy in (("p_test.go", False), ("table.go", True)):
        found = Program([facts_of({file.replace("%s", name): text for file, text in source.items()})]).verdicts
        assert bool(found) is racy


def test_a_double_of_a_package_that_serves_tests_is_driven_by_tests() -> None:
    calls = (
        "package p\nimport `net/http`\ntype Sessions interface { List() int; Kick(string) }\ntype API struct { s Sessions }\n"
        "func (a *API) Serve() { http.HandleFunc(`/list`, a.list); http.HandleFunc(`/kick`, a.kick) }\n"
        "func (a *API) list(w http.ResponseWriter, r *http.Request) { a.s.List() }\n"
        "func (a *API) kick(w http.ResponseWriter, r *http.Request) { a.s.Kick(r.URL.Path) }\n"
    )
    double = (
        "package q\ntype table struct { m map[string]int }\n"
        "func (t *table) List() int { n := 0; for range t.m { n++ }; return n }\nfunc (t *table) Kick(k string) { delete(t.m, k) }\n"
    )
    for path, racy in (("example.com/table", True), ("example.com/tabletest", False), ("example.com/mocks", False)):
        both = facts_of(f'package r\nimport ("example.com/p"; "{path}")\nvar _ = p.Run\nvar _ = q.X', path="example.com/r")
        found = Program([facts_of(calls, path="example.com/p"), facts_of(double, path=path), both]).verdicts
        assert bool(found) is racy


def test_what_is_received_is_another_thing_each_time() -> None:
    source = (
        "type job struct { m map[string]int }\n"
        "func (j *job) work() { j.m[`a`]++ }\n"
        "func Run(jobs chan *job) { for i := 0; i < 8; i++ { go func() { for j := range jobs { j.work() } }() } }"
    )
    assert verdicts(source) == []


def test_an_exported_function_whose_callers_are_in_sight_is_judged_by_them() -> None:
    source = (
        'import "sync"\n'
        "type group struct { o *Server }\n"
        "type table struct { groups map[string]*group }\n"
        "func (t *table) Iterate(f func(*group) bool) { for k, g := range t.groups { if !f(g) { delete(t.groups, k) } } }\n"
        "func (t *table) get(k string) *group { return t.groups[k] }\n"
        "type Server struct { mu sync.Mutex; t *table }\n"
        "func (s *Server) Tick() { s.mu.Lock(); defer s.mu.Unlock(); s.t.Iterate(func(g *group) bool { g.pull(); return true }) }\n"
        "func (s *Server) Get(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.t.get(k) }\n"
        "func (g *group) pull() { go func() { g.o.Get(``) }() }"
    )
    assert not any(certain for _, certain in verdicts(source))


def test_an_object_that_was_looked_up_may_be_another_one() -> None:
    source = (
        "import `net/http`\n"
        "type room struct { m map[string]int }\ntype hub struct { rooms map[string]*room }\n"
        "func (h *hub) Serve() { http.HandleFunc(`/`, h.join) }\n"
        "func (h *hub) join(w http.ResponseWriter, r *http.Request) { h.rooms[r.URL.Path].m[r.Host] = 1 }"
    )
    assert verdicts(source) == [("write", False)]


def test_the_end_of_a_pipe_may_be_the_end_of_who_writes_to_it() -> None:
    source = (
        "import `io`\ntype names struct { m map[string]string }\n"
        "func (n *names) copy(r io.Reader, w *io.PipeWriter) { n.m[`a`] = `b`; w.Close() }\n"
        "func (n *names) Add(files []io.Reader) { for _, f := range files { r, w := io.Pipe(); go n.copy(f, w); io.ReadAll(r) } }"
    )
    assert not any(certain for _, certain in verdicts(source))


def test_a_wait_that_is_not_known_leaves_doubt() -> None:
    source = (
        "import `example.com/bars`\n"
        "func main() { bar := bars.New(); m := map[string]int{}\n"
        "go func() { defer func() { bar.End() }(); m[`a`] = 1 }()\n%s; for k := range m { println(k) } }"
    )
    assert ("write", True) in verdicts(source % "println()")
    assert not any(certain for _, certain in verdicts(source % "bar.Wait()"))


def test_a_parameter_that_is_assigned_to_is_a_map_of_each_call() -> None:
    source = (
        "func fill(m map[string]int) { if m == nil { m = map[string]int{} }; func() { m[`a`]++ }() }\n"
        "func Run(n int) { for i := 0; i < n; i++ { go func() { fill(nil) }() } }"
    )
    assert verdicts(source) == []


def test_the_lock_of_what_is_copied_from_does_not_guard_the_map_copied_to() -> None:
    source = (
        'import "sync"\n'
        "type row struct { mu sync.RWMutex; cols, names map[string]int }\n"
        "type rows struct { list []*row; all map[string]int }\n"
        "func (r *row) into(m map[string]int) { r.mu.RLock(); defer r.mu.RUnlock()\n"
        "for k, v := range r.cols { m[k] = v }; for k, v := range r.names { m[k] = v } }\n"
        "func (r *rows) Map() map[string]int { if r.all == nil { r.all = map[string]int{}; r.fill() }; return r.all }\n"
        "func (r *rows) fill() { for _, row := range r.list { row.into(r.all) } }"
    )
    assert ("read-lock", True) not in verdicts(source)


def test_a_goroutine_that_starts_another_is_ordered_by_the_start() -> None:
    source = (
        "type server struct { m map[string]int }\n"
        "func (s *server) RunLoop() { func() { s.m[`a`] = 1 }(); go func() { for range s.m { println() } }(); select {} }\n"
        "func Entry() { s := &server{m: map[string]int{}}; go s.RunLoop() }"
    )
    assert not any(certain for _, certain in verdicts(source))


def test_each_call_that_makes_an_object_starts_a_goroutine_of_its_own() -> None:
    source = (
        "type session struct { m map[int]int }\ntype option func(*session)\n"
        "func open(o ...option) *session { return &session{m: map[int]int{}} }\n"
        "func (s *session) with(o option) *session { o(s); return s }\n"
        "func (s *session) start() { go s.read() }\n"
        "func (s *session) read() { for { s.m[1]++ } }\n"
        "func pull() { s := open().with(nil); s.start() }\n"
        "func Main(n int) { for i := 0; i < n; i++ { go pull() } }"
    )
    assert verdicts(source) == []


RING = 'import "sync"\ntype ring struct { sync.RWMutex; m map[int]int }\n'


@pytest.mark.parametrize("words", ["caller must hold r.Lock", "Assumes caller holds mu lock or is OK with races", "how long the lock should be held"])
def test_words_about_locks_that_ask_for_none_by_that_name(words: str) -> None:
    source = RING + (
        f"// add adds. {words}.\nfunc (r *ring) add(i int) {{ println(i) }}\n"
        "func (r *ring) Set(i int) { r.Lock(); if i < 0 { r.Unlock(); return }; r.add(i); r.Unlock() }"
    )
    assert breaches(source) == []


def test_words_that_name_the_method_of_an_embedded_lock_ask_for_the_lock() -> None:
    source = RING + "// add adds. The caller must hold r.Lock.\nfunc (r *ring) add(i int) { r.m[i] = 1 }\nfunc (r *ring) Set(i int) { r.add(i) }"
    assert breaches(source) == ['the comment "caller must hold r.Lock"']


def test_a_helper_that_takes_the_lock_again_in_a_deferred_literal_gives_it_to_its_caller() -> None:
    source = STORE + (
        "func (s *store) flushLocked(f func()) { s.mu.Unlock(); defer func() { s.mu.Lock(); s.m[`a`] = 1 }(); f() }\n"
        "func (s *store) Flush(f func()) { s.mu.Lock(); defer s.mu.Unlock(); for len(s.m) > 0 { s.flushLocked(f) } }"
    )
    assert breaches(source) == []


def test_an_object_of_one_type_has_no_methods_of_another() -> None:
    source = (
        "type Listener interface { Get(string) int; Drop(string) }\n"
        "type Event interface { Handle(Listener) }\ntype seen struct{}\n"
        "func (seen) Handle(l Listener) { l.Get(``); l.Drop(``) }\n"
    ) + "".join(
        f"type {name} struct {{ m map[string]int; events chan Event }}\n"
        f"func (l *{name}) Get(k string) int {{ return l.m[k] }}\nfunc (l *{name}) Drop(k string) {{ delete(l.m, k) }}\n"
        f"func (l *{name}) Listen() {{ go l.rx() }}\nfunc (l *{name}) rx() {{ for e := range l.events {{ e.Handle(l) }} }}\n"
        for name in ("udp", "tcp")
    )
    assert not any(certain for _, certain in verdicts(source))


def test_a_lock_held_around_a_runner_that_waits_guards_what_it_runs() -> None:
    source = STORE + (
        "func all(n int, f func(int)) { var wg sync.WaitGroup; for i := 0; i < n; i++ { wg.Add(1)\n"
        "go func() { defer wg.Done(); f(i) }() }; wg.Wait() }\n"
        "func (s *store) sync() { var mu sync.Mutex; all(9, func(i int) { mu.Lock(); s.m[`a`] = i; mu.Unlock() }) }\n"
        "func (s *store) Ensure() { s.mu.Lock(); defer s.mu.Unlock(); s.sync() }\n"
        "func (s *store) Watch() { go func() { s.mu.Lock(); s.m[`b`]++; s.mu.Unlock() }() }"
    )
    assert verdicts(source) == []


def test_what_a_server_makes_when_it_begins_to_serve_is_there_before_its_handlers_run() -> None:
    source = (
        "import `net/http`\ntype server struct { mux *http.ServeMux; m map[string]int }\n"
        "func (s *server) Init() { s.mux.HandleFunc(`/`, s.get) }\n"
        "func (s *server) get(w http.ResponseWriter, r *http.Request) { println(s.m[r.Host]) }\n"
        "func (s *server) Serve() { s.m = map[string]int{}; http.Serve(nil, s.mux) }\n"
        "func Start(s *server) { s.Init(); go s.Serve() }"
    )
    assert not any(certain for _, certain in verdicts(source))


def test_a_test_double_stands_for_interfaces_that_its_own_package_can_see_only() -> None:
    calls = "package p\ntype Sink interface { Put(string) }\nfunc Run(s Sink) { for range 3 { go s.Put(`a`) } }"
    double = "package q\nIMPORT\ntype fake struct { m map[string]int }\nfunc (f *fake) Put(k string) { f.m[k] = 1 }"
    both = facts_of('package r\nimport ("example.com/p"; "example.com/q")\nvar _ = p.Run\nvar _ = q.X', path="example.com/r")

    def implementations(name: str, imports: str = "") -> list[str]:
        doubled = facts_of({name: double.replace("IMPORT", imports)}, path="example.com/q")
        return list(Program([facts_of(calls, path="example.com/p"), doubled, both]).races.links.resolve("!example.com/p.Sink.Put"))

    assert implementations("fake.go") == ["example.com/q.fake.Put"]
    assert implementations("fake_test.go") == []
    assert implementations("fake_test.go", 'import "example.com/p"') == ["example.com/q.fake.Put"]


GO = "func use(s *store) { for range 3 { go s.put(`a`) } }\n"
OWN = "import (`context`; `sync`; `sync/atomic`)\nvar _ = context.Canceled\n"


def test_a_lock_of_somebodys_own_making_is_a_lock() -> None:
    spins = (
        "type spin struct { v atomic.Bool }\nfunc (s *spin) Unlock() { s.v.Store(false) }\n"
        "func (s *spin) Lock() { for !s.v.CompareAndSwap(false, true) {} }\n"
    )
    put = "type store struct { mu spin; m map[string]int; _ sync.Mutex }\n"
    put += "func (s *store) put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k]++ }\n"
    assert verdicts(OWN + spins + put + GO) == []
    off = "type spin struct { v atomic.Bool }\nfunc (s *spin) Lock() {}\nfunc (s *spin) Unlock() {}\n"
    assert verdicts(OWN + off + put + GO) == [("write", True)]


def test_the_lock_that_was_tried_is_held_where_that_succeeded() -> None:
    for put in (
        "func (s *store) put(k string) { if ok := s.mu.TryLock(); ok { s.m[k]++; s.mu.Unlock() } }\n",
        "func (s *store) put(k string) { ok := s.mu.TryLock(); if !ok { return }; s.m[k]++; s.mu.Unlock() }\n",
        "func (s *store) put(k string) { if !s.try() { return }; s.m[k]++; s.mu.Unlock() }\nfunc (s *store) try() bool { return s.mu.TryLock() }\n",
    ):
        assert verdicts(STORE + put + GO) == []
    assert verdicts(STORE + "func (s *store) put(k string) { if s.mu.TryLock() { defer s.mu.Unlock() }; s.m[k]++ }\n" + GO) == [("write", True)]


def test_functions_that_do_no_more_than_use_a_channel_may_lock_with_it() -> None:
    head = OWN + "type store struct { sem chan struct{}; m map[string]int; _ sync.Mutex; _ atomic.Bool }\n"
    made = "func newStore() *store { return &store{sem: make(chan struct{}, 1), m: map[string]int{}} }\n"
    waits = (
        "func (s *store) get(ctx context.Context) error { select { case s.sem <- struct{}{}: return nil; case <-ctx.Done(): return ctx.Err() } }\n"
    )
    tells = "func (s *store) get(ctx context.Context) error { select { case s.sem <- struct{}{}: default: }; return nil }\n"
    put = (
        "func (s *store) give() { <-s.sem }\nfunc (s *store) put(k string) { if s.get(context.TODO()) != nil { return }; defer s.give(); s.m[k]++ }\n"
    )
    assert verdicts(head + made + waits + put + GO) == []
    assert verdicts(head + made + tells + put + GO) == [("write", True)]
    assert verdicts(head + waits + put + GO) == [("write", True)]  # no telling how many have room


def test_a_channel_type_with_the_methods_of_a_lock_is_one() -> None:
    kind = "type sem chan struct{}\nfunc (c sem) Lock() { c <- struct{}{} }\nfunc (c sem) Unlock() { <-c }\n"
    put = "type store struct { mu sem; m map[string]int; _ sync.Mutex; _ atomic.Bool }\n"
    put += "func (s *store) put(k string) { s.mu.Lock(); s.m[k]++; s.mu.Unlock() }\n"
    assert verdicts(OWN + kind + put + GO) == []


ONCE = OWN + "type store struct { once sync.Once; mu sync.Mutex; m map[string]int; _ atomic.Bool }\n" + GO
LOAD = "func (s *store) load() { s.once.Do(func() { s.m = map[string]int{}; s.m[`a`] = 1 }) }\n"


def test_who_calls_a_function_that_does_something_once_has_seen_it() -> None:
    assert verdicts(ONCE + LOAD + "func (s *store) put(k string) { s.load(); println(s.m[k]) }\n") == []


def test_what_was_done_once_orders_nothing_that_comes_after_it() -> None:
    add = "func (s *store) put(k string) { s.load(); s.mu.Lock(); s.m[k]++; s.mu.Unlock(); s.get(k) }\n"
    get = "func (s *store) get(k string) int { s.load(); return s.m[k] }\n"
    found = program(ONCE + LOAD + add + get).verdicts
    assert [(item.kind, item.certain, item.guard and item.guard.spelled) for item in found] == [("read", True, "s.mu")]


POOL = """
import "sync"
var _ sync.Mutex
type pool struct { jobs chan func(); done chan bool }
func (p *pool) work() { defer close(p.done); for f := range p.jobs { f() } }
func (p *pool) do(f func()) { ack := make(chan bool); p.jobs <- func() { defer close(ack); f() }; <-ack }
"""
ONE = "func start() *pool { p := &pool{jobs: make(chan func()), done: make(chan bool)}; go p.work(); return p }\n"
MANY = "func start() *pool { p := &pool{jobs: make(chan func()), done: make(chan bool)}; for range 4 { go p.work() }; return p }\n"


def test_functions_that_one_goroutine_gets_over_a_channel_do_not_race_with_each_other() -> None:
    use = "func use(p *pool) { m := map[string]int{}; for range 3 { p.put(m) } }\n"
    use += "func (p *pool) put(m map[string]int) { p.jobs <- func() { m[`a`]++ } }\n"
    assert verdicts(POOL + ONE + use) == []
    assert [kind for kind, _ in verdicts(POOL + MANY + use)] == ["write"]


def test_a_goroutine_for_each_function_is_more_than_one() -> None:
    serve = "func start() *pool { p := &pool{jobs: make(chan func())}; go func() { for f := range p.jobs { go f() } }(); return p }\n"
    use = "func use(p *pool) { m := map[string]int{}; for range 3 { p.jobs <- func() { m[`a`]++ } } }\n"
    assert [kind for kind, _ in verdicts(POOL + serve + use)] == ["write"]


def test_who_waits_for_what_it_has_sent_is_alone() -> None:
    use = "func use(p *pool) { m := map[string]int{}; for range 3 { p.do(func() { m[`a`]++ }) }; println(m[`a`]) }\n"
    assert verdicts(POOL + MANY + use) == []


def test_what_ends_with_the_goroutines_that_were_sent_it_is_over() -> None:
    use = "func use(p *pool) { m := map[string]int{}; p.jobs <- func() { m[`a`]++ }; close(p.jobs); <-p.done; println(m[`a`]) }\n"
    assert verdicts(POOL + ONE + use) == []
    assert verdicts(POOL + ONE + use.replace("<-p.done; ", "")) == [("read", True)]


def test_the_goroutine_that_runs_what_it_gets_may_use_its_state_itself() -> None:
    actor = (
        "type actor struct { ops chan func(); m map[string]int }\n"
        "func newActor() *actor { a := &actor{ops: make(chan func()), m: map[string]int{}}; go a.run(); return a }\n"
        "func (a *actor) run() { for { select { case f := <-a.ops: f(); println(len(a.m)) } } }\n"
        "func (a *actor) put(k string) { a.ops <- func() { a.m[k]++ } }\n"
        "func (a *actor) get(k string) int { return a.m[k] }\n"
    )
    assert verdicts(actor + "func Use() { a := newActor(); a.put(`a`) }\n") == []
    found = program(actor + "func Use() { a := newActor(); a.put(`a`); println(a.get(`b`)) }\n").verdicts
    assert [(item.kind, item.certain, item.guard and item.guard.spelled) for item in found] == [("read", True, "a.ops")]


def test_each_worker_with_a_channel_of_its_own_is_one() -> None:
    worker = (
        "type worker struct { jobs chan func(); m map[string]int }\nfunc (w *worker) run() { for f := range w.jobs { f() } }\n"
        "func (w *worker) put(k string) { w.jobs <- func() { w.m[k]++ } }\n"
        "func start() (all []*worker) { for range 3 { w := newWorker(); go w.run(); all = append(all, w) }; return }\n"
        "func newWorker() *worker { return &worker{jobs: make(chan func()), m: map[string]int{}} }\n"
        "func Use() { for _, w := range start() { for range 3 { w.put(`a`) } } }\n"
    )
    assert verdicts(worker) == []


def test_functions_in_parts_of_what_is_sent_run_where_that_is_received() -> None:
    source = (
        "type job struct { name string; run func() }\nfunc work(jobs chan job) { for j := range jobs { j.run() } }\n"
        "func use() { jobs := make(chan job); for range 3 { go work(jobs) }; m := map[string]int{}\n"
        "for range 3 { jobs <- job{name: `a`, run: func() { m[`a`]++ }} } }\n"
    )
    assert verdicts(source) == []  # received under the name of a parameter
    assert verdicts(
        source.replace("func work(jobs chan job)", "var jobs chan job\nfunc work()")
        .replace("work(jobs)", "work()")
        .replace("jobs := make", "jobs = make")
    ) == [("write", True)]


def test_a_subtest_waits_for_the_parallel_tests_in_it() -> None:
    source = (
        'import ("sync"; "testing")\nfunc TestAll(t *testing.T) { var mu sync.Mutex; m := map[string]bool{}\n'
        "RUN for _, n := range []string{`a`, `b`} { t.Run(n, func(t *testing.T) { t.Parallel(); mu.Lock(); m[n] = true; mu.Unlock() }) } END\n"
        "for range m { t.Log() } }\n"
    )
    assert verdicts(source.replace("RUN", "t.Run(`group`, func(t *testing.T) {").replace("END", "})"), "p_test.go") == []
    assert verdicts(source.replace("RUN", "").replace("END", ""), "p_test.go") == [("read", True)]


def test_a_goroutine_that_its_starter_waits_for_is_over_for_the_callers_too() -> None:
    wait = "import `sync`\nfunc await(f func()) { var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); f() }(); wg.Wait() }\n"
    use = "func use() { m := map[int]int{}; for i := range 3 { await(func() { m[i]++ }) }\n"
    use += "done := make(chan bool); go func() { m[1]++; done <- true }(); <-done }\n"
    assert verdicts(wait + use) == []
    many = (
        "import `sync`\nfunc await(f func()) { var wg sync.WaitGroup; for range 2 { wg.Add(1); go func() { defer wg.Done(); f() }() }; wg.Wait() }\n"
    )
    assert verdicts(many + use) == [("write", True)]


def test_a_local_of_a_test_is_used_only_where_the_test_leads_to() -> None:
    source = (
        "type watcher struct { seen func(string) }\n"
        "func newWatcher(f func(string)) *watcher { w := &watcher{seen: f}; w.scan(); go w.scan(); return w }\n"
        "func (w *watcher) scan() { w.seen(`a`) }\nfunc serve() { for range 3 { go func() { newWatcher(nil) }() } }\n"
    )
    test = 'package p\nimport "testing"\nfunc TestIt(t *testing.T) { m := map[string]int{}; newWatcher(func(k string) { m[k]++ }) }\n'
    assert Program([facts_of({"p.go": "package p\n" + source, "p_test.go": test})]).verdicts == []


def test_what_an_argument_has_just_been_made_of_is_nobody_elses() -> None:
    source = STORE + (
        "func (s *store) trim() { for k := range s.m { delete(s.m, k) } }\n"
        "func (s *store) snapshot() *store { c := &store{m: map[string]int{}}; return c }\n"
        "func trimmed(s *store) *store { s.trim(); return s }\n"
        "func (s *store) Show() { s.mu.RLock(); defer s.mu.RUnlock(); trimmed(s.snapshot()) }\n"
        "func (s *store) Put(k string) { s.mu.Lock(); s.m[k]++; s.mu.Unlock() }\n"
        "func (s *store) Get() int { s.mu.RLock(); defer s.mu.RUnlock(); return s.m[``] }\n"
    )
    assert verdicts(source) == []


def test_who_starts_an_object_for_each_request_starts_it_once() -> None:
    source = (
        'import "net/http"\ntype task struct { m map[string]int }\nfunc (t *task) Start() { go t.run() }\nfunc (t *task) run() { t.m[`a`]++ }\n'
        "func handle(w http.ResponseWriter, r *http.Request) { t := TASK; t.Start() }\nfunc init() { http.HandleFunc(`/`, handle) }\n"
        "var one = &task{m: map[string]int{}}\nvar all []*task\n"
        "func makeTask() *task { t := &task{m: map[string]int{}}; all = append(all, t); return t }\n"
    )
    assert verdicts(source.replace("TASK", "makeTask()")) == []
    assert [kind for kind, _ in verdicts(source.replace("t := TASK; t.Start()", "one.Start()"))] == ["write"]


def test_a_name_that_speaks_of_another_lock_asks_for_none() -> None:
    source = "type rows struct { m map[string]int }\nfunc (r *rows) putRowLocked(k string) { r.m[k]++ }\n"
    source += "func (r *rows) Put(k string) { r.putRowLocked(k) }\n"
    assert breaches(source) == []
    locked = "import `sync`\nvar mu sync.Mutex\nfunc (r *rows) Add(k string) { mu.Lock(); r.putRowLocked(k); mu.Unlock() }\n"
    assert breaches(locked + source) != []


def test_who_has_been_given_a_map_does_not_race_with_another_one_in_its_place() -> None:
    source = STORE + (
        "func show(m map[string]int) { for range m { println() } }\n"
        "func (s *store) Show() { s.mu.RLock(); m := s.m; s.mu.RUnlock(); show(m) }\nfunc (s *store) Watch() { for range 3 { go s.CALL } }\n"
        "func (s *store) Reset() { for range 3 { go func() { s.mu.Lock(); s.m = map[string]int{}; s.mu.Unlock() }() } }\n"
    )
    assert verdicts(source.replace("CALL", "Show()")) == []
    found = program(source.replace("CALL", "Bad()") + "func (s *store) Bad() { show(s.m) }\n").verdicts
    assert [(item.kind, item.access.op) for item in found] == [("read", "load")]


def test_what_makes_ready_before_it_starts_leaves_doubt() -> None:
    source = (
        "type server struct { peers map[string]int }\nfunc (s *server) serve() { for { go s.handle() } }\n"
        "func (s *server) handle() { println(s.peers[`a`]) }\n"
        "func (s *server) startPeers() { FIRST; go s.serve(); THEN }\nfunc (s *server) more() { go s.serve() }\n"
        "func Run(s *server) { s.more(); go s.startPeers() }\n"
    )
    write = "for range 3 { s.peers[`b`] = 1 }"
    assert {certain for _, certain in verdicts(source.replace("FIRST", write).replace("THEN", ""))} == {False}
    assert {certain for _, certain in verdicts(source.replace("FIRST", "").replace("THEN", write))} == {True}


def test_a_map_that_is_put_in_place_before_an_atomic_flag_is_set_is_seen_behind_it() -> None:
    source = (
        "import (`sync`; `sync/atomic`)\ntype lazy struct { ready atomic.Bool; other atomic.Bool; mu sync.Mutex; m map[string]int }\n"
        "func (l *lazy) get(k string) int { if !l.ready.Load() { l.mu.Lock()\n"
        "if !l.FLAG.Load() { l.m = map[string]int{}; l.m[k] = 1; l.FLAG.Store(true) }; l.mu.Unlock() }; return l.m[k] }\n"
        "func use(l *lazy) { for range 3 { go l.get(`a`) } }\n"
    )
    assert verdicts(source.replace("FLAG", "ready")) == []
    assert verdicts(source.replace("FLAG", "other")) != []


@pytest.mark.parametrize(("parameters", "racy"), [("id string", True), ("", False)])
def test_a_method_with_other_parameters_is_no_implementation(parameters: str, racy: bool) -> None:
    source = (
        "import `net/http`\ntype Invalidator interface { Invalidate(id string) }\n"
        "func retry(i Invalidator) { i.Invalidate(`a`) }\nfunc Start(i Invalidator) { go retry(i) }\n"
        "type admin struct { m map[string]int }\n"
        "func (a *admin) Serve() { http.HandleFunc(`/`, a.get); Start(a) }\n"
        "func (a *admin) get(w http.ResponseWriter, r *http.Request) { println(a.m[r.Host]) }\n"
        f"func (a *admin) Invalidate({parameters}) {{ clear(a.m) }}"
    )
    assert any(certain for _, certain in verdicts(source)) is racy


def test_what_each_request_makes_for_its_functions_is_its_own() -> None:
    source = (
        'import "net/http"\ntype consumer struct { put func(string); flush func() }\n'
        "func newConsumer() consumer {\nm := map[string]int{}\n"
        "return consumer{put: func(k string) { m[k] = 1 }, flush: func() { println(len(m), m[`a`]) }} }\n"
        "type emitter struct { c consumer }\nfunc (e *emitter) add(k string) { e.c.put(k) }\nfunc (e *emitter) end() { e.c.flush() }\n"
        "func generate(c consumer) { e := &emitter{c: c}; defer e.end(); e.add(`a`) }\n"
        'func Serve() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { CALL }) }\n'
    )
    assert verdicts(source.replace("CALL", "generate(newConsumer())")) == []
    shared = source.replace("CALL", "generate(one)") + "var one = newConsumer()"
    assert ("write", False) in verdicts(shared)  # which of its makers' activations a stored function belongs to, nobody sees


def test_what_makes_an_object_ready_may_put_the_map_in_place_under_another_lock() -> None:
    source = """
import "sync"
type session struct { state, clients sync.Mutex; byName map[string]int }
func get(s *session) { s.state.Lock(); defer s.state.Unlock(); initializeSession(s) }
func initializeSession(s *session) { s.byName = map[string]int{} }
func (s *session) Add(k string) { s.clients.Lock(); defer s.clients.Unlock(); s.byName[k] = 1 }
func (s *session) Flush() { s.clients.Lock(); defer s.clients.Unlock(); clear(s.byName) }
func serve(s *session) { go get(s); go s.Flush() }
"""
    assert verdicts(source) == []


def test_an_initialiser_by_any_name_puts_the_map_in_place() -> None:
    source = STORE + (
        "func (s *store) onBucketInit() { s.m = map[string]int{} }\nfunc (s *store) OnInit() { s.onBucketInit() }\n"
        "func (s *store) Add(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }\n"
        "func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }\n"
    )
    assert verdicts(source) == []


VISITOR = STORE.replace("import", 'import "example.org/kv"\nimport') + (
    "type %s struct { s *store }\n"
    "func (c *%s) Put(k string) { delete(c.s.m, k) }\n"
    "func (s *store) Add(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }\n"
    "func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }\n"
    "func (s *store) Commit(b *kv.Batch) { c := &%s{s}; s.mu.Lock(); %s s.mu.Unlock(); %s }\n"
)


def test_a_visitor_is_called_under_the_lock_that_is_held_where_it_is_handed_over() -> None:
    assert verdicts(VISITOR % ("cleaner", "cleaner", "cleaner", "b.Replay(c);", "")) == []


def test_a_visitor_that_is_handed_over_without_the_lock_is_called_without_it() -> None:
    assert verdicts(VISITOR % ("cleaner", "cleaner", "cleaner", "", "b.Replay(c)")) == [("inconsistent", True)]
    assert verdicts(VISITOR % ("Cleaner", "Cleaner", "Cleaner", "b.Replay(c);", "")) == [("inconsistent", True)]
    assert verdicts(VISITOR % ("cleaner", "cleaner", "cleaner", "b.AddListener(c);", "")) == [("inconsistent", True)]


def test_the_variable_of_one_function_is_not_the_parameter_of_a_literal_in_another() -> None:
    source = (
        "type node struct { m map[string]*node }\n"
        "func (n *node) child(k string) *node { c := n.m[k]; if c == nil { c = &node{m: map[string]*node{}}; n.m[k] = c }; return c }\n"
        "func build(a, b, c string) *node { t := &node{m: map[string]*node{}}; n := t; for range 3 { n = n.child(a) }; return t }\n"
        "func Serve(all []string, out *node) { for _, a := range all { go func(x string, z *node) { println(build(x, x, x)) }(a, out) } }\n"
    )
    assert verdicts(source) == []


def test_a_map_that_its_starter_replaces_is_handed_over() -> None:
    source = (
        "func run(m map[string]int) { for k := range m { delete(m, k) }; m[`b`] = 1 }\n"
        "func loop(in chan string) { queued := map[string]int{}; for k := range in { if k == `` { go run(queued); THEN; continue }; queued[k]++ } }\n"
        "func Start(in chan string) { go loop(in) }\n"
    )
    assert verdicts(source.replace("THEN", "queued = map[string]int{}")) == []
    assert ("write", True) in verdicts(source.replace("THEN", "println()"))


def test_what_is_sent_is_worked_out_before_it_is_sent() -> None:
    source = STORE + (
        "func (s *store) put(k string) error { s.m[k] = 1; return nil }\n"
        "func Fill() { s := newStore(); done := make(chan error, 1); go func() { done <- s.put(`a`) }(); WAIT; println(s.m[`a`]) }\n"
    )
    assert verdicts(source.replace("WAIT", "<-done")) == []
    assert verdicts(source.replace("WAIT", "println()")) != []


@pytest.mark.parametrize(("otherwise", "expected"), [("return", set()), ("panic(`late`)", set()), ("println(`late`)", {False})])
def test_a_select_has_waited_if_its_other_clauses_go_no_further(otherwise: str, expected: set[bool]) -> None:
    source = (
        "import `time`\nfunc Fill() { m := map[string]int{}; done := make(chan int); go func() { defer close(done); m[`a`] = 1 }()\n"
        f"select {{ case <-done: println()\ncase <-time.After(time.Second): {otherwise} }}; println(m[`a`]) }}\n"
    )
    assert {certain for _, certain in verdicts(source)} == expected


def test_a_start_that_may_be_given_up_does_not_order_the_next_one() -> None:
    source = (
        "import `time`\nvar seen = map[string]int{}\nfunc note(k string) error { seen[k]++; return nil }\n"
        "func Scan(all []string) { for _, k := range all { done := make(chan error, 1); go func() { done <- note(k) }()\n"
        "select { case <-done:\ncase <-time.After(time.Second): println(k) } } }\n"
    )
    assert ("write", True) in verdicts(source)


def test_each_constructor_has_made_an_object_of_its_own() -> None:
    source = (
        "type table struct { m map[string]int }\nfunc newTable() (*table, error) { return &table{m: map[string]int{}}, nil }\n"
        "func (t *table) loop(in chan string) { for k := range in { t.m[k]++ } }\n"
        "func (t *table) other(in chan string) { for k := range in { t.m[k]++ } }\n"
        "func ListenA(in chan string) { t, _ := newTable(); go t.loop(in) }\nfunc ListenB(in chan string) { t, _ := newTable(); go t.other(in) }\n"
    )
    assert verdicts(source) == []


def test_a_deep_copy_is_nobody_elses() -> None:
    source = (
        "import `sync`\ntype work struct { mu sync.Mutex; labels map[string]string }\nfunc (w *work) set() { w.labels[`a`] = `b` }\n"
        "func (w *work) DeepCopy() *work { out := new(work); w.into(out); return out }\nfunc (w *work) get() *work { return w }\n"
        "func (w *work) into(out *work) { w.mu.Lock(); out.labels = map[string]string{}; w.mu.Unlock() }\n"
        "func apply(w *work) { o := w.CALL; o.set() }\nfunc All(w *work) { for range 3 { go apply(w) } }\n"
    )
    assert verdicts(source.replace("CALL", "DeepCopy()")) == []
    assert verdicts(source.replace("CALL", "get()")) != []


def test_what_a_returned_function_has_captured_may_be_of_another_activation() -> None:
    source = (
        'import "net/http"\ntype record struct { m map[string]int }\n'
        "func begin() func(string) { rec := &record{}; return func(k string) { rec.m = map[string]int{}; rec.m[k] = 1 } }\n"
        'func Serve() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { end := begin(); func() { end(`a`) }() }) }\n'
    )
    assert not any(certain for _, certain in verdicts(source))


def test_a_goroutine_that_a_once_starts_is_one() -> None:
    source = (
        'import ("net/http"; "sync")\ntype hub struct { mu sync.RWMutex; m map[string]int; in chan string }\nvar (one *hub; once sync.Once)\n'
        "func get() *hub { once.Do(func() { one = &hub{m: map[string]int{}}; go one.run() }); return one }\n"
        "func (h *hub) run() { for k := range h.in { h.mu.RLock(); for x := range h.m { delete(h.m, x) }; "
        "h.mu.RUnlock(); h.mu.Lock(); h.m[k]++; h.mu.Unlock() } }\n"
        'func Serve() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { get().in <- r.Host }) }\n'
    )
    assert not any(certain for _, certain in verdicts(source))


def test_a_read_lock_that_is_taken_for_another_map_says_nothing_of_this_one() -> None:
    source = (
        'import ("net/http"; "sync")\ntype arb struct { mu sync.RWMutex; fresh map[string]int; active map[string]int }\n'
        "func (a *arb) put(k string) { a.mu.Lock(); a.fresh[k]++; a.mu.Unlock() }\n"
        "func (a *arb) merge() { a.mu.RLock(); defer a.mu.RUnlock(); a.active[`a`] = READ; a.active[`b`] = READ }\n"
        "func (a *arb) loop(in chan string) { for k := range in { a.put(k); a.merge() } }\nfunc (a *arb) Merge() { a.merge() }\n"
    )
    assert verdicts(source.replace("READ", "a.fresh[`a`]")) == []
    assert ("read-lock", True) in verdicts(source.replace("READ", "1"))


def test_handlers_that_a_constructor_registers_are_served_later() -> None:
    source = (
        'import "net/rpc"\ntype server struct { m map[string]int }\ntype api struct { s *server }\n'
        "func (a *api) Get(k string, out *int) error { *out = a.s.m[k]; return nil }\nfunc (s *server) loop() {}\n"
        "func (s *server) fill() { s.m = map[string]int{} }\nfunc (s *server) register() { rpc.Register(&api{s}) }\n"
        "func NewServer() *server { s := &server{}; go s.loop(); s.register(); START; return s }\n"
    )
    assert {certain for _, certain in verdicts(source.replace("START", "s.fill()"))} == {False}
    assert {certain for _, certain in verdicts(source.replace("START", "go s.fill()"))} == {True}


def test_a_goroutine_that_serves_has_one_of_its_starters() -> None:
    source = (
        "type notifier struct { m map[string]int; in chan string }\nfunc (n *notifier) dispatch() { for { select { case k := <-n.in: n.m[k]++ } } }\n"
        "func (n *notifier) Start() { go n.dispatch() }\nfunc (n *notifier) UnsafeStart() { go n.dispatch() }\n"
    )
    assert not any(certain for _, certain in verdicts(source))


def test_an_object_in_another_field_is_another_one() -> None:
    source = (
        "import `sync`\ntype lru struct { m map[string]int }\nfunc (c *lru) get(k string) int { return c.m[k] }\n"
        "func (c *lru) purge() { clear(c.m) }\n"
        "type cache struct { mu sync.Mutex; inner lru }\nfunc (c *cache) Purge() { c.mu.Lock(); defer c.mu.Unlock(); c.inner.purge() }\n"
        "type tracker struct { mu sync.Mutex; txs lru }\nfunc (t *tracker) Start() { go t.loop(nil) }\n"
        "func (t *tracker) loop(in chan string) { for k := range in { t.mu.Lock(); t.txs.get(k); t.mu.Unlock() } }\n"
        "type oracle struct { c *cache }\n"
        "func NewOracle() *oracle { c := &cache{}; go func() { for { c.Purge() } }(); return &oracle{c} }\n"
    )
    assert verdicts(source) == []


def test_a_name_means_the_lock_that_some_caller_holds() -> None:
    source = (
        "import `sync`\ntype loader struct { mu sync.Mutex }\n"
        "func (l *loader) with(f func() error) error { l.mu.Lock(); defer l.mu.Unlock(); return f() }\n"
        "type service struct { sync.Mutex; m map[string]int }\nfunc (s *service) handleLocked(k string) error { s.m[k]++; return nil }\n"
        "f"
        "unc (s *service) Handle(k string, l *loader) error { if l != nil { return l.with(func() error { return s.handleLocked(k) }) }\n"
        "return s.handleLocked(k) }\n"
    )
    assert breaches(source) == []
    assert breaches(source + "func (s *service) Own(k string) { s.Lock(); s.handleLocked(k); s.Unlock() }\n") != []


def test_a_goroutine_that_registers_handlers_later_is_done_with_what_it_has_done_before() -> None:
    source = (
        'import "net/http"\nvar rules = map[string]int{}\nfunc load() { rules[`a`] = 1 }\nfunc Start() { go run() }\n'
        "func run() { FIRST; serve(); THEN }\nfunc serve() { http.HandleFunc(`/`, handle) }\n"
        "func handle(w http.ResponseWriter, r *http.Request) { println(rules[r.Host]) }\n"
    )
    assert {certain for _, certain in verdicts(source.replace("FIRST", "load()").replace("THEN", ""))} <= {False}
    assert {certain for _, certain in verdicts(source.replace("FIRST", "").replace("THEN", "load()"))} == {True}


def test_a_wait_group_that_is_handed_to_a_literal_is_waited_for() -> None:
    source = (
        "import `sync`\nfunc Fill(n int) { m := map[int]int{}; var mu sync.Mutex; var wg sync.WaitGroup; wg.Add(n)\n"
        "for i := 0; i < n; i++ { go func(k int, done *sync.WaitGroup) { defer done.Done(); mu.Lock(); m[k] = 1; mu.Unlock() }(i, ARG) }\n"
        "wg.Wait(); for x := range m { println(x) } }\n"
    )
    assert verdicts(source.replace("ARG", "&wg")) == []
    assert verdicts(source.replace("ARG", "new(sync.WaitGroup)")) == [("read", True)]


def test_what_the_next_turn_of_a_loop_uses_is_its_own() -> None:
    source = (
        "import `sync`\nfunc job(in map[string]int) { delete(in, `a`) }\nfunc batch(all []map[string]int, in map[string]int, many bool) {\n"
        "var wg sync.WaitGroup\nfor _, x := range all { USE; if !many { job(in) } else { wg.Add(1); go func() { defer wg.Done(); job(in) }() } }\n"
        "wg.Wait() }\n"
    )
    assert verdicts(source.replace("USE", "in := x")) == []
    assert ("write", True) in verdicts(source.replace("USE", "_ = x"))


def test_a_method_that_waits_for_the_goroutines_of_another_one_orders_them() -> None:
    source = (
        "import `sync`\ntype copier struct { mu sync.Mutex; wg sync.WaitGroup; m map[string]int; in chan string }\n"
        "func (c *copier) start() { for range 3 { c.wg.Add(1); go c.rename() } }\nfunc (c *copier) stop() { close(c.in); c.wg.Wait() }\n"
        "func (c *copier) rename() { defer c.wg.Done(); for k := range c.in { c.mu.Lock(); delete(c.m, k); c.mu.Unlock() } }\n"
        "func Run(c *copier) { c.start(); STOP; for range c.m { println() } }\n"
    )
    assert verdicts(source.replace("STOP", "c.stop()")) == []
    assert verdicts(source.replace("STOP", "println()")) != []


def test_a_goroutine_that_gives_a_lock_back_has_got_it_from_its_starter() -> None:
    source = (
        "import `sync`\nvar mu sync.Mutex\nvar bases = map[string]int{}\nfunc Warm() { mu.Lock(); go func() { bases[`a`] = 1; END }() }\n"
        "func Build() { for range 3 { go func() { mu.Lock(); bases[`b`]++; mu.Unlock() }() } }\n"
    )
    assert verdicts(source.replace("END", "mu.Unlock()")) == []
    assert ("write", True) in verdicts(source.replace("END", "println()"))


@pytest.mark.parametrize(
    ("signature", "racy"),
    [
        ("(ctx context.Context, in *int) (*int, error)", True),
        ("(stream pb.Thing_TalkServer) error", True),
        ("(in *pb.Word, stream grpc.ServerStreamingServer[pb.Word]) error", True),
        ("(channel string, nodes []*int) error", False),
        ("(mux, inner any, on bool, f func())", False),
    ],
)
def test_only_what_looks_like_a_method_of_a_service_is_called_by_clients(signature: str, racy: bool) -> None:
    value = (
        "{ s.m[`a`]++; return nil, nil }"
        if "*int, error" in signature
        else "{ s.m[`a`]++; return nil }"
        if "error" in signature
        else "{ s.m[`a`]++ }"
    )
    source = (
        "import (`context`; `google.golang.org/grpc`; pb `example.com/pb`)\nvar _ context.Context\nvar _ grpc.Server\n"
        "type server struct { m map[string]int }\n"
        f"func (s *server) Handle{signature} {value}\nfunc Serve(g *pb.Server) {{ pb.RegisterThingServer(g, &server{{m: map[string]int{{}}}}) }}\n"
    )
    assert any(certain for _, certain in verdicts(source)) is racy


def test_a_test_that_polls_may_know_when_its_goroutine_is_done() -> None:
    source = (
        "import `testing`\ntype client struct { m map[string]int }\nfunc (c *client) run() { c.m[`a`] = 1 }\nfunc eventuallyClosed(c *client) {}\n"
        "func TestIt(t *testing.T) { c := &client{m: map[string]int{}}; go c.run(); WAIT; println(c.m[`a`]) }\n"
    )
    assert not any(certain for _, certain in verdicts(source.replace("WAIT", "eventuallyClosed(c)"), "p_test.go"))
    assert any(certain for _, certain in verdicts(source.replace("WAIT", "println()"), "p_test.go"))


def test_what_a_server_fills_before_it_serves_leaves_doubt() -> None:
    source = (
        "type server struct { nodes map[int]int; in chan int }\n"
        "func (s *server) Serve() { FIRST; for k := range s.in { THEN; go s.handle(k) } }\nfunc (s *server) handle(k int) { delete(s.nodes, k) }\n"
        "func Mount(s *server) { go s.Serve(); go s.update() }\nfunc (s *server) update() { println(s.nodes[1]) }\n"
    )
    placed = [v.certain for v in program(source.replace("FIRST", "s.nodes[1] = 1").replace("THEN", "")).verdicts if v.access.op == "insert"]
    assert placed == [False]
    placed = [v.certain for v in program(source.replace("FIRST", "").replace("THEN", "s.nodes[1] = 1")).verdicts if v.access.op == "insert"]
    assert placed == [True]


def test_an_object_that_gives_itself_away_under_its_lock_is_called_back_later() -> None:
    source = STORE.replace("import", 'import "example.org/kv"\nimport') + (
        "func (s *store) DataChange(k string) { delete(s.m, k) }\n"
        "func (s *store) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[k] }\n"
        "func (s *store) Bind(b *kv.Batch) { s.mu.Lock(); defer s.mu.Unlock(); s.m[`a`] = 1; b.Replay(s) }\n"
    )
    assert verdicts(source) == [("inconsistent", True)]


def test_the_lock_of_another_object_is_not_missed_on_what_a_function_has_made_itself() -> None:
    source = """
import "sync"
type report struct { seen map[string]int }
type client struct { mu sync.Mutex; last *report }
func (c *client) Add(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.last.seen[k] = 1 }
func (c *client) Get(k string) int { c.mu.Lock(); defer c.mu.Unlock(); return c.last.seen[k] }
func (c *client) Size() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.last.seen) }
func (c *client) Drop(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.last.seen, k) }
func (c *client) Clear() { c.mu.Lock(); defer c.mu.Unlock(); clear(c.last.seen) }
func (c *client) Report() *report {
    var mu sync.Mutex
    r := &report{seen: map[string]int{}}
    go func() { mu.Lock(); r.seen[`a`] = 1; mu.Unlock() }()
    mu.Lock()
    defer mu.Unlock()
    r.seen[`b`] = 2
    return r
}
"""
    assert [verdict for verdict in verdicts(source) if verdict[1]] == []


@pytest.mark.parametrize("field", ["cache", "store"])
def test_one_object_in_two_structs_is_shared_whatever_their_fields_are_called(field: str) -> None:
    source = (
        "type shared struct { m map[string]int }\ntype left struct { cache *shared }\n"
        f"type right struct {{ {field} *shared }}\nfunc (l *left) run() {{ l.cache.m[`a`] = 1 }}\nfunc (r *right) run() {{ r.{field}.m[`b`] = 1 }}\n"
        "func Start() { s := &shared{m: map[string]int{}}; "
        f"l := &left{{cache: s}}; r := &right{{{field}: s}}; go l.run(); go r.run() }}\n"
    )
    assert ("write", True) in verdicts(source)


def test_what_an_interface_locks_in_its_own_way_is_not_held_from_the_start() -> None:
    source = (
        "type locker interface { Lock(reason string) error; Unlock() error }\nvar files = map[string]int{}\n"
        "type local struct{}\nfunc (l *local) Unlock() error { return nil }\n"
        "func (l *local) Lock(reason string) error { files[reason] = 1; return nil }\n"
        "func Both(a, b locker) { for range 3 { go func() { a.Lock(`x`); if b.Lock(`y`) != nil { a.Unlock() } }() } }\n"
    )
    assert ("write", True) in verdicts(source)


def test_what_the_program_does_by_way_of_a_function_of_tests_is_driven_by_the_test() -> None:
    shared = "package p\ntype target struct { m map[int]int }\nfunc (t *target) Add() { t.m[1] = 1 }\n"
    served = (
        'import "net/http"\nvar finder func()\nfunc Serve() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { finder() }) }\n'
    )
    test = "package p\nvar one = &target{m: map[int]int{}}\nfunc setUp() { finder = func() { one.Add() } }\n"
    source = shared.replace("package p\n", "package p\n" + served)
    assert Program([facts_of({"p.go": source, "q_test.go": test})]).verdicts == []
    assert [item.certain for item in Program([facts_of({"p.go": source, "q.go": test})]).verdicts] == [True]


def test_a_helper_that_takes_an_answer_from_each_goroutine_has_waited_for_them() -> None:
    source = (
        "import `sync`\nfunc perform(all []int, fn func(int) error) error { errs := make(chan error); go batch(all, fn, errs)\n"
        "for range all { WAIT }; return nil }\n"
        "func batch(all []int, fn func(int) error, errs chan<- error) { for _, x := range all { go func(i int) { errs <- fn(i) }(x) } }\n"
        "func Get(all []int) { m := map[int]int{}; var mu sync.Mutex\n"
        "perform(all, func(k int) error { mu.Lock(); m[k] = 1; mu.Unlock(); return nil }); for range m { println() } }\n"
    )
    assert verdicts(source.replace("WAIT", "if err := <-errs; err != nil { return err }")) == []
    assert ("read", True) in verdicts(source.replace("WAIT", "println()"))


def test_a_read_lock_of_one_object_is_none_for_the_map_of_another() -> None:
    source = (
        STORE + "func sum(all []*store) []*store { by := map[string]*store{}; var out []*store; for _, src := range all { src.mu.RLock()\n"
        "for k := range src.m { dst, ok := by[k]; if !ok { dst = newStore(); by[k] = dst; out = append(out, dst) }; dst.m[k] = 1 }\n"
        "src.mu.RUnlock() }; return out }\nfunc Serve(all []*store) { for range 3 { go sum(all) } }\n"
    )
    assert [verdict for verdict in verdicts(source) if verdict[1]] == []
    assert ("read-lock", True) in verdicts(source.replace("dst.m[k] = 1", "src.m[k] = 1"))


@pytest.mark.parametrize("limit", [1, 2])
def test_a_group_with_room_for_one_runs_one_at_a_time(limit: int) -> None:
    source = (
        "import `golang.org/x/sync/errgroup`\nvar seen = map[string]int{}\nfunc note(k string) error { seen[k]++; return nil }\n"
        f"func main() {{ var g errgroup.Group; g.SetLimit({limit})\n"
        "g.Go(func() error { return note(`a`) }); g.Go(func() error { return note(`b`) }); g.Wait() }\n"
    )
    assert verdicts(source) == ([] if limit == 1 else [("write", True)])


def test_what_a_method_expression_is_called_on_is_the_first_argument() -> None:
    source = (
        'import "net/http"\ntype object struct { vectors map[string]int }\n'
        "func (o *object) decode(data []byte) error { o.vectors = nil; o.vectors = map[string]int{}; return nil }\n"
        "func each(data []byte, decode func(*object, []byte) error) []*object { var out []*object\n"
        "for { var one object; if decode(ONE, data) != nil { return out }; out = append(out, &one) } }\n"
        "var last object\nfunc Serve() { http.HandleFunc(`/`, func(w http.ResponseWriter, r *http.Request) { each(nil, (*object).decode) }) }\n"
    )
    assert verdicts(source.replace("ONE", "&one")) == []
    assert ("write", True) in verdicts(source.replace("ONE", "&last"))
    started = "func Run() { WHERE for range 3 { HERE go (*object).decode(o, nil) } }\n"
    assert ("write", True) in verdicts(source.replace("ONE", "&one") + started.replace("WHERE", "o := &object{};").replace("HERE", ""))
    assert verdicts(source.replace("ONE", "&one") + started.replace("HERE", "o := &object{};").replace("WHERE", "")) == []
    other = {"example.com/o": "package o\ntype Object struct{}\nfunc (o *Object) Decode() {}\n"}
    (use,) = facts_of(
        'package p\nimport "example.com/o"\nfunc use() { each((*o.Object).Decode) }\nfunc each(f func(*o.Object))\n', imports=other
    ).functions[:1]
    assert [argument.path for site in use.calls for argument in site.args] == [None]


@pytest.mark.parametrize(("loop", "quiet"), [("for x := range ch { println(x) }", True), ("println(len(ch))", False)])
def test_who_takes_all_until_a_channel_is_closed_has_waited_in_each_turn(loop: str, quiet: bool) -> None:
    source = (
        "type filter struct { cache map[string]int }\n"
        "func (f *filter) fill(ch chan int) { clear(f.cache)\n"
        "for i := 0; i < 3; i++ { f.send(ch, i); f.cache[`a`] = i }; f.send(ch, 4); close(ch) }\n"
        "func (f *filter) send(ch chan<- int, i int) { ch <- i }\n"
        f"func Run(f *filter) {{ for i := 0; i < 2; i++ {{ ch := make(chan int); go f.fill(ch); {loop} }} }}\n"
    )
    assert (verdicts(source) == []) is quiet


@pytest.mark.parametrize(("wait", "quiet"), [("if g.wait() != nil { return }", True), ("println()", False)])
@pytest.mark.parametrize("then", ["m[2] = 1", "fallthrough\ncase 2: m[2] = 1"])
def test_a_group_may_get_its_work_in_a_struct_and_signal_the_end_by_a_helper(wait: str, quiet: bool, then: str) -> None:
    source = (
        "import `sync`\ntype group struct { wg sync.WaitGroup; n int }\ntype work struct { before, do func() error }\n"
        "func (g *group) done() { if g.n > 0 { g.n-- }; g.wg.Done() }\nfunc (g *group) wait() error { g.wg.Wait(); return nil }\n"
        "func (g *group) run(do func() error) { g.runWork(work{do: do}) }\nfunc retry(f func() error) { f() }\n"
        "func (g *group) runWork(w work) { g.wg.Add(1); go func() { defer g.done(); retry(func() error { return w.do() }) }() }\n"
        "func Put(kind int) { m := map[int]int{}; switch kind { case 1: g := &group{}\n"
        f"for range 3 {{ g.run(func() error {{ println(m[1]); return nil }}) }}; {wait}; {then} }} }}\n"
    )
    assert (verdicts(source) == []) is quiet


SLOTS = """
import ("sync"; "sync/atomic")
type stat struct { sync.Mutex; id string }
func (s *stat) begin(id string) string { s.Lock(); defer s.Unlock(); if s.id != "" { return s.id }; s.id = id; return "" }
func (s *stat) end() { s.Lock(); s.id = ""; s.Unlock() }
type op struct { last stat; busy int32; parts map[string]int; refs map[string]int }
func run(f func()) { go func() { f() }() }
func (o *op) Backup(id string) {
    if running := o.last.begin(id); running != "" { return }
    o.parts = map[string]int{}
    f := func() { END; o.parts["a"] = 1 }
    run(f)
}
func (o *op) Restore(id string) {
    if o.last.begin(id) != "" { return }
    run(func() { END; delete(o.parts, "b") })
}
func (o *op) Compact() {
    if !atomic.CompareAndSwapInt32(&o.busy, 0, 1) { return }
    go func() { RESET; o.refs["a"] = 1 }()
}
func (o *op) Prune() {
    if !atomic.CompareAndSwapInt32(&o.busy, 0, 1) { return }
    go o.prune()
}
func (o *op) prune() { RESET; delete(o.refs, "a") }
"""


def test_who_gives_a_slot_back_has_had_it_from_the_start() -> None:
    reset = SLOTS.replace("RESET", "defer atomic.StoreInt32(&o.busy, 0)")
    assert verdicts(reset.replace("END", "defer o.last.end()")) == []
    assert ("write", True) in verdicts(reset.replace("END", "println()"))


@pytest.mark.parametrize("start", ["run(func() { WORK })", "go func() { WORK }()"])
def test_a_goroutine_has_no_lock_of_who_has_it_started_by_another(start: str) -> None:
    source = STORE + (
        "func run(f func()) { go func() { f() }() }\n"
        f"func (s *store) Add() {{ s.mu.Lock(); defer s.mu.Unlock(); {start.replace('WORK', 's.m[`a`] = 1')} }}\n"
        f"func (s *store) Drop() {{ s.mu.Lock(); defer s.mu.Unlock(); {start.replace('WORK', 'delete(s.m, `a`)')} }}\n"
    )
    assert verdicts(source) == [("write", True), ("write", True)]


@pytest.mark.parametrize(("name", "racy"), [("Book", True), ("BookMock", False), ("fakeBook", False), ("bookStub", True)])
def test_a_double_is_driven_by_tests_in_whatever_package_it_lies(name: str, racy: bool) -> None:
    source = (
        "type book interface { Add(k string) }\ntype NAME struct { m map[string]int }\nfunc (b *NAME) Add(k string) { b.m[k] = 1 }\n"
        "type Switch struct { book book }\nfunc (s *Switch) accept() { for { s.book.Add(`a`) } }\n"
        "func (s *Switch) dial() { for { s.book.Add(`b`) } }\n"
        "func Make() *Switch { s := &Switch{book: &NAME{m: map[string]int{}}}; go s.accept(); go s.dial(); return s }\n"
    ).replace("NAME", name)
    assert (verdicts(source) != []) is racy


@pytest.mark.parametrize(
    ("made", "racy"),
    [
        ("d.last = d.factory.CreateMonitor()", False),
        ("d.last = newMonitor(map[int]int{})", False),
        ("d.last = newMonitor(d.seen)", True),
        ("d.last = &monitor{seen: d.seen}", True),
        ("println()", True),
    ],
)
def test_what_is_made_for_each_start_is_nobody_elses(made: str, racy: bool) -> None:
    source = (
        "type monitor struct { seen map[int]int }\nfunc (m *monitor) run() { for i := range 9 { m.seen[i] = 1 } }\n"
        "type factory interface { CreateMonitor() *monitor }\ntype driver struct { factory factory; last *monitor; seen map[int]int }\n"
        "func newMonitor(seen map[int]int) *monitor { return &monitor{seen: seen} }\n"
        f"func (d *driver) Deliver() {{ for {{ {made}; go d.last.run() }} }}\n"
    )
    assert (verdicts(source) != []) is racy


@pytest.mark.parametrize(("end", "quiet"), [("close(ch)", True), ("println()", False)])
def test_a_channel_may_be_closed_by_what_the_goroutine_calls(end: str, quiet: bool) -> None:
    source = (
        "type filter struct { cache map[string]int }\nfunc (f *filter) fill(ch chan int) { clear(f.cache); ch <- 1; f.cache[`a`] = 1; END }\n"
        "func Run(f *filter) { for i := 0; i < 2; i++ { ch := make(chan int); go func() { f.fill(ch); println(i) }()\n"
        "for x := range ch { println(x) } } }\n"
    ).replace("END", end)
    assert (verdicts(source) == []) is quiet


@pytest.mark.parametrize(("embedded", "racy"), [("state", False), ("*state", True)])
def test_the_fields_of_what_an_embedded_pointer_leads_to_are_nobodys_own(embedded: str, racy: bool) -> None:
    source = (
        f"type state struct {{ targets map[string]int }}\ntype options struct {{ id string; {embedded} }}\n"
        "func drop(opts options) { opts.targets = map[string]int{} }\nfunc Drop(opts options) { for range 3 { go drop(opts) } }\n"
    )
    assert any(certain for _, certain in verdicts(source)) is racy


@pytest.mark.parametrize(("kind", "racy"), [("options", False), ("*options", True)])
def test_the_fields_of_a_struct_that_is_handed_over_by_value_are_the_callees(kind: str, racy: bool) -> None:
    source = (
        "type state struct { targets map[string]int }\ntype options struct { id string; state state }\n"
        "func (o *options) set() { o.state = state{}; o.state.targets = map[string]int{} }\n"
        "func (o *options) get() int { return len(o.state.targets) }\n"
        "func drop(opts KIND) { opts.set(); println(opts.get()) }\n"
        "func Drop(opts KIND) { for range 3 { go func() { drop(opts) }() } }\n"
    ).replace("KIND", kind)
    assert any(certain for _, certain in verdicts(source)) is racy


@pytest.mark.parametrize("first", [True, False])
def test_what_is_made_in_the_first_turn_before_requests_are_handed_on_is_a_doubt(first: bool) -> None:
    source = (
        "type conn struct { m map[string]int; requests chan int }\n"
        "func (c *conn) receive(in chan int) { first := true; for r := range in { IF c.m = map[string]int{}; END; c.requests <- r } }\n"
        "func (c *conn) answer() { for { r := <-c.requests; println(c.m[`a`], r) } }\n"
        "func Stream(in chan int) { c := &conn{requests: make(chan int)}; go c.receive(in); go c.answer() }\n"
    ).replace("IF", "if first { first = false;" if first else "println(first);")
    assert any(certain for _, certain in verdicts(source.replace("END", "}" if first else "println()"))) is not first


@pytest.mark.parametrize(("sent", "certain"), [("if i == 2 { trigger <- 1 }", False), ("println(i)", True)])
def test_a_goroutine_that_is_let_go_on_some_turn_of_a_loop_may_come_later(sent: str, certain: bool) -> None:
    source = (
        "type builder struct { states map[int]int }\nfunc (b *builder) revoke() { delete(b.states, 1) }\n"
        "func Run() { b := &builder{states: map[int]int{}}; trigger := make(chan int); go func() { <-trigger; b.revoke() }()\n"
        f"for i := range 9 {{ {sent}; if i < 2 {{ println(b.states[1]) }} }} }}\n"
    )
    assert any(item for _, item in verdicts(source)) is certain


def test_a_name_that_asks_for_a_lock_which_nobody_holds_says_what_the_function_needs_itself() -> None:
    source = (
        "import `sync`\ntype registry struct { mu sync.Mutex; m map[string]int }\n"
        "func (r *registry) all() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.m) }\n"
        "type engine struct { mu sync.Mutex; r *registry; m map[string]int }\nfunc (e *engine) countLocked() int { return BODY }\n"
        "func (e *engine) Count() int { return e.countLocked() }\n"
    )
    assert breaches(source.replace("BODY", "e.r.all()")) == []
    assert len(breaches(source.replace("BODY", "len(e.m)"))) == 1


@pytest.mark.parametrize(("helper", "certain"), [("awaitBlocked", False), ("show", True)])
def test_what_a_helper_that_waits_reads_may_be_read_when_all_is_over(helper: str, certain: bool) -> None:
    source = (
        'import "testing"\nvar seen = map[string]int{}\nfunc HELPER() { for range 9 { println(seen[`a`]) } }\n'
        "func TestIt(t *testing.T) { go func() { seen[`a`] = 1 }(); HELPER() }\n"
    ).replace("HELPER", helper)
    assert any(item for _, item in verdicts(source, "p_test.go")) is certain


@pytest.mark.parametrize("name", ["p_test.go", "p.go"])
def test_a_service_of_a_test_serves_the_tests_own_requests(name: str) -> None:
    source = (
        "import (`context`; pb `example.com/pb`)\ntype things struct { m map[string]int }\n"
        "func (s *things) List(ctx context.Context, in *int) (*int, error) { s.m[`a`]++; return nil, nil }\n"
        "func TestStream(g *pb.Server) { pb.RegisterThingServer(g, &things{m: map[string]int{}}) }\n"
    )
    assert (verdicts(source, name) == []) is (name == "p_test.go")


@pytest.mark.parametrize(("wait", "quiet"), [("closer.SignalAndWait()", True), ("closer.Signal()", False)])
def test_an_object_may_be_told_to_stop_and_be_waited_for_at_once(wait: str, quiet: bool) -> None:
    source = (
        "import `example.com/z`\nfunc main() { seen := map[int]int{}; closer := z.NewCloser(1); go func() { defer closer.Done(); seen[1] = 1 }()\n"
        f"{wait}; println(seen[1]) }}\n"
    )
    assert any(certain for _, certain in verdicts(source)) is not quiet


def test_locks_by_keys_that_each_goroutine_makes_may_share_what_locks() -> None:
    source = (
        "type lock struct { keys []string }\nfunc newLock(keys ...string) *lock { return &lock{keys: keys} }\n"
        "func (l *lock) Lock() { for range l.keys { println() } }\nfunc (l *lock) Unlock() { for range l.keys { println() } }\n"
        "func Run() { m := map[int]int{}; for i := range 2 { go func() { l := newLock(`a`, `b`); l.Lock(); defer l.Unlock(); m[i] = 1 }() } }\n"
    )
    assert verdicts(source) == []
    assert ("locks-differ", True) in verdicts(("import `sync`\n" + source).replace("l := newLock(`a`, `b`)", "var l sync.Mutex"))


PIPELINE = """
func stage(in <-chan map[string]int) <-chan map[string]int {
    out := make(chan map[string]int)
    go func() { defer close(out); for m := range in { BODY } }()
    return out
}
func f() {
    src := make(chan map[string]int)
    go func() { for i := range 3 { m := map[string]int{`i`: i}; m[`a`] = 1; src <- m } }()
    for m := range stage(stage(src)) { m[`end`] = 1 }
}"""


def test_what_the_stages_of_a_pipeline_hand_on_has_one_user_at_a_time() -> None:
    assert verdicts(PIPELINE.replace("BODY", "m[`s`]++; out <- m")) == []
    assert verdicts(PIPELINE.replace("BODY", "touch(m); out <- m") + "\nfunc touch(m map[string]int) { m[`s`]++ }") == []


def test_a_stage_that_goes_on_with_what_it_has_handed_on_is_found() -> None:
    assert verdicts(PIPELINE.replace("BODY", "out <- m; m[`s`]++")) == [("write", True)]


def test_goroutines_that_share_what_was_received_before_they_were_started_race() -> None:
    source = "func f(in chan map[string]int) { m := <-in; for range 3 { go func() { m[`a`]++ }() } }"
    assert verdicts(source) == [("write", True)]


def test_a_helper_may_be_given_the_locker_of_the_readers() -> None:
    source = """
import "sync"
func with(l sync.Locker, f func()) { l.Lock(); defer l.Unlock(); f() }
func f() {
    var mu sync.RWMutex
    m := map[string]int{}
    for range 3 { go func() { with(&mu, func() { m[`a`]++ }); with(mu.RLocker(), func() { _ = m[`a`] }) }() }
}"""
    assert verdicts(source) == []
    assert verdicts(source.replace("mu.RLocker()", "new(sync.Mutex)")) != []


MAIN = """
import "net/http"
var conf map[string]string
func handle(w http.ResponseWriter, r *http.Request) { println(conf[r.Host]) }
func routes() { http.HandleFunc("/", handle) }
func load() { conf = map[string]string{}; conf[`a`] = `b` }
func main() { BODY }
"""


@pytest.mark.parametrize(
    ("body", "quiet"),
    [
        ("http.HandleFunc(`/`, handle); load(); http.ListenAndServe(`:1`, nil)", True),
        ("routes(); load(); http.ListenAndServe(`:1`, nil)", True),
        ("routes(); go http.ListenAndServe(`:1`, nil); load()", False),
        ("go http.ListenAndServe(`:1`, nil); routes(); load()", False),
        ("routes(); startServer(); load()", False),
        ("http.NewServeMux(); routes(); load()", True),
    ],
)
def test_handlers_are_called_when_something_begins_to_serve(body: str, quiet: bool) -> None:
    source = MAIN.replace("BODY", body) + "func startServer() { go http.ListenAndServe(`:1`, nil) }\n"
    facts = facts_of({"p.go": "package main\n" + source}, path="example.com/cmd")
    assert any(verdict.certain for verdict in Program([facts]).verdicts) is not quiet


@pytest.mark.parametrize(
    ("start", "certain"),
    [("go h.Run(stop)", False), ("go func() { h.Add(`b`) }()", True)],
)
def test_what_a_test_does_beside_a_goroutine_of_the_program_is_up_to_the_test(start: str, certain: bool) -> None:
    hub = (
        "package p\ntype Hub struct { m map[string]int; in chan string }\n"
        "func New() *Hub { return &Hub{m: map[string]int{}, in: make(chan string)} }\n"
        "func (h *Hub) Run(stop chan int) { for { select { case <-stop: return; case k := <-h.in: println(h.m[k]) } } }\n"
        "func (h *Hub) Add(k string) { h.m[k]++ }\n"
    )
    test = f"package p\nimport `testing`\nfunc TestHub(t *testing.T) {{ h := New(); stop := make(chan int); {start}; h.Add(`a`); close(stop) }}\n"
    assert any(verdict.certain for verdict in Program([facts_of({"p.go": hub, "p_test.go": test})]).verdicts) is certain


@pytest.mark.parametrize(("name", "found"), [("r_test.go", False), ("r.go", True)])
def test_what_only_tests_import_is_theirs(name: str, found: bool) -> None:
    calls = (
        "package p\nimport `net/http`\ntype Chain interface { Block() int }\ntype Service struct { chain Chain }\n"
        "func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.chain.Block() }\n"
    )
    replay = "package replay\ntype backend struct { seen map[int]int }\nfunc (b *backend) Block() int { b.seen[1]++; return 1 }\n"
    both = facts_of({name: 'package r\nimport ("example.com/p"; "example.com/replay")\nvar _ p.Chain\nvar _ = replay.New'}, path="example.com/r")
    program = Program([facts_of(calls), facts_of(replay, path="example.com/replay"), both])
    assert (program.races.links.resolve("!example.com/p.Chain.Block") != ()) is found
    assert bool(program.verdicts) is found


@pytest.mark.parametrize(("end", "certain"), [("wg.Wait(); drop()", False), ("drop(); wg.Wait()", True)])
def test_main_has_waited_for_the_group_that_it_gave_away(end: str, certain: bool) -> None:
    source = (
        "package main\nimport `sync`\nvar cache = map[string]int{}\nfunc drop() { cache = nil }\n"
        "func work(wg *sync.WaitGroup) { defer wg.Done(); cache[`a`] = 1 }\n"
        "type server struct { wg *sync.WaitGroup }\nfunc (s *server) begin() { s.wg.Add(1); go work(s.wg) }\n"
        "func start(wg *sync.WaitGroup) { s := &server{wg}; s.begin() }\n"
        f"func main() {{ var wg sync.WaitGroup; start(&wg); {end} }}\n"
    )
    assert any(verdict.certain for verdict in Program([facts_of({"p.go": source}, path="example.com/cmd")]).verdicts) is certain


def test_a_flag_that_is_set_beside_the_lock_changes_nothing() -> None:
    source = STORE + (
        "func (s *store) get(k string, synchronized bool) int { held := false; if synchronized { s.mu.RLock(); held = true }\n"
        "defer func() { if held { s.mu.RUnlock() } }(); return s.m[k] }\n"
        "func (s *store) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1; s.get(k, false) }\n"
        "func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }\n"
        "type view struct { s *store }\nfunc (v *view) Get(k string) int { return v.s.get(k, false) }\n"
    )
    assert verdicts(source) == []


@pytest.mark.parametrize("call", ["s.locks[k].Unlock()", "give(s.locks[k])", "func(l *sync.Mutex) {}(s.locks[k])"])
def test_operands_of_a_deferred_call_are_evaluated_under_the_locks_of_its_place(call: str) -> None:
    source = (
        "import `sync`\ntype set struct { mu sync.Mutex; locks map[string]*sync.Mutex }\nfunc give(l *sync.Mutex) {}\n"
        "func (s *set) Add(k string) { s.mu.Lock(); s.locks[k] = new(sync.Mutex); s.mu.Unlock() }\n"
        "func (s *set) Del(k string) { s.mu.Lock(); delete(s.locks, k); s.mu.Unlock() }\n"
        f"func (s *set) With(k string) {{ s.mu.Lock(); defer {call}; s.mu.Unlock(); println(k) }}\n"
    )
    assert verdicts(source) == []


def test_an_access_that_breaks_a_declaration_is_told_once() -> None:
    source = (
        "import `sync`\ntype pool struct { mu sync.Mutex\nready sync.Mutex // protects m\nm map[string]int }\n"
        "func (p *pool) Reset() { p.mu.Lock(); defer p.mu.Unlock(); p.m = map[string]int{} }\n"
        "func (p *pool) Get(k string) int { p.ready.Lock(); defer p.ready.Unlock(); return p.m[k] }\n"
        "func (p *pool) Put(k string) { p.ready.Lock(); defer p.ready.Unlock(); p.m[k] = 1 }\n"
    )
    assert len(breaches(source)) == 1
    assert verdicts(source) == []


CREATE = STORE + (
    "func (s *store) get(k string, create bool) int { if v, ok := s.m[k]; ok { return v }; if !create { return 0 }; return s.add(k) }\n"
    "func (s *store) add(k string) int { s.m[k] = 1; return 1 }\nfunc (s *store) via(k string, make bool) int { return s.get(k, make) }\n"
    "func (s *store) Make(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.get(k, true) }\n"
    "func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }\n"
)
LOOK = "func (s *store) Look(k string) int { s.mu.RLock(); defer s.mu.RUnlock(); return CALL }\n"


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("s.get(k, false)", []),
        ("s.via(k, false)", []),
        ("s.get(k, true)", [("read-lock", True)]),
        ("s.via(k, true)", [("read-lock", True)]),
        ("s.get(k, k != ``)", [("read-lock", True)]),
    ],
)
def test_a_call_leads_where_the_truth_that_it_passes_leads(call: str, found: list[tuple[str, bool]]) -> None:
    assert verdicts(CREATE + LOOK.replace("CALL", call)) == found


@pytest.mark.parametrize(("flag", "quiet"), [("locked", True), ("!locked", False)])
def test_a_flag_that_says_that_its_caller_has_the_lock_is_believed(flag: str, quiet: bool) -> None:
    source = STORE + (
        f"func (s *store) drop(k string, locked bool) {{ if {flag} {{ delete(s.m, k); return }}; s.mu.Lock(); delete(s.m, k); s.mu.Unlock() }}\n"
        "func (s *store) Drop(k string) { s.drop(k, false) }\nfunc (s *store) Put(k string) { s.mu.Lock(); s.m[k] = 1; s.mu.Unlock() }\n"
        "func (s *store) Swap(k string) { s.mu.Lock(); s.drop(k, true); s.m[``] = 1; s.mu.Unlock() }\n"
        "func (s *store) Watch() { go s.Drop(``) }\n"
    )
    assert (verdicts(source) == []) is quiet


SESSIONS = """
import "sync"
type session struct { mu sync.Mutex; vals map[string]int }
type server struct { mu sync.Mutex; all map[string]*session }
func (s *session) set(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.vals[k] = 1 }
func (s *session) get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.vals[k] }
func (s *server) of(id string) *session {
    s.mu.Lock()
    defer s.mu.Unlock()
    x, ok := s.all[id]
    if ok { return x }
    x = &session{vals: map[string]int{}}
    FIRST
    s.all[id] = x
    THEN
    return x
}"""


def test_a_variable_that_gets_a_new_object_is_its_functions_own_until_a_goroutine_gets_it() -> None:
    assert (
        verdicts(SESSIONS.replace("FIRST", "x.vals[id] = 1").replace("THEN", "go x.set(id); go use(x)") + "\nfunc use(x *session) { x.get(``) }")
        == []
    )
    found = verdicts(
        SESSIONS.replace("FIRST", "").replace("THEN", "go x.set(id); go use(x); x.vals[id] = 1") + "\nfunc use(x *session) { x.get(``) }"
    )
    assert [kind for kind, _ in found] == ["locks-differ"]


def test_a_variable_that_gets_another_map_after_a_start_is_not_the_goroutines() -> None:
    source = "func f(c chan int) { m := map[string]int{}; go g(m); m = map[string]int{}; m[`a`] = 1; <-c }\nfunc g(m map[string]int) { m[`b`] = 2 }"
    assert verdicts(source) == []
    assert [kind for kind, _ in verdicts(source.replace("m = map[string]int{};", ""))] == ["write", "write"]


@pytest.mark.parametrize(("start", "certain"), [("", False), ("go http.ListenAndServe(`:1`, nil);", True)])
def test_a_goroutine_that_a_handler_starts_begins_when_that_is_called(start: str, certain: bool) -> None:
    source = (
        "import `net/http`\nvar known = map[string]int{}\nfunc process() { println(known[`a`]) }\nfunc handle(k string) { known[k] = 1 }\n"
        "func request(w http.ResponseWriter, r *http.Request) { go process() }\n"
        f"func main() {{ http.HandleFunc(`/`, request); {start} handle(`a`); http.ListenAndServe(`:2`, nil) }}\n"
    )
    program = Program([facts_of({"p.go": "package main\n" + source}, path="example.com/cmd")])
    assert any(verdict.certain for verdict in program.verdicts) is certain


LENT = """
import "sync"
type T struct { mu sync.Mutex; m map[string]int }
func (t *T) Do() { t.mu.Lock(); defer t.mu.Unlock(); done := make(chan bool); FIRST go func() { t.m["a"] = 1; close(done) }(); THEN }
func (t *T) Get() int { t.mu.Lock(); defer t.mu.Unlock(); return t.m["a"] }
func main() { t := &T{m: map[string]int{}}; go t.Do(); go t.Do(); t.Get() }
"""


@pytest.mark.parametrize(
    ("first", "then", "kinds"),
    [
        ("", '<-done; t.m["b"] = 2', []),
        ('t.m["b"] = 2', "<-done", []),
        ("defer func() { <-done }()", "println()", []),  # the wait is over before the lock is given back
        ('defer func() { <-done }(); t.m["b"] = 2', "println()", []),
        ("", 't.m["b"] = 2; <-done', ["write"]),  # the starter's lock does not keep it from what it has started
        ("defer func() { <-done }()", 't.m["b"] = 2', ["write"]),
    ],
)
def test_a_starter_lends_its_lock_until_it_has_waited(first: str, then: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in verdicts(LENT.replace("FIRST", first and f"{first};").replace("THEN", then))] == kinds


ACTOR = """
import "time"
type group struct { ch chan func(); pending map[string]int }
func newGroup() *group { return &group{ch: make(chan func()), pending: map[string]int{}} }
func (g *group) manage() { for fn := range g.ch { fn(); delete(g.pending, "") } }
func (g *group) later(k string) { time.AfterFunc(1, func() { g.ch <- func() { g.pending[k] = 1 } }) }
func load(names []string) { START }
"""


@pytest.mark.parametrize(
    ("start", "racy"),
    [
        ("a := newGroup(); go a.manage(); b := newGroup(); go b.manage(); a.later(``)", False),  # one for each
        ("a := newGroup(); go a.manage(); go a.manage(); a.later(``)", True),
        ("for _, n := range names { g := newGroup(); go g.manage(); g.later(n) }", False),
        ("g := newGroup(); for _, n := range names { go g.manage(); g.later(n) }", True),
    ],
)
def test_functions_that_are_sent_run_one_by_one_where_each_object_has_one_goroutine(start: str, racy: bool) -> None:
    assert (verdicts(ACTOR.replace("START", start)) != []) is racy


def test_a_test_that_receives_takes_the_place_of_the_goroutine() -> None:
    source = ACTOR.replace("START", "g := newGroup(); go g.manage(); g.later(``)")
    test = "package p\nfunc TestLater() { g := newGroup(); g.later(``); (<-g.ch)() }"
    program = Program([facts_of({"p.go": "package p\n" + source, "p_test.go": test})])
    assert program.verdicts == []


STARTED = """
import "sync/atomic"
type state struct { v atomic.Int32 }
func (s *state) begin() bool { return s.v.CompareAndSwap(0, 1) }
func (s *state) busy() bool { return s.v.Load() == 1 }
type source struct { state state; used map[string]int; stop bool }
func (s *source) loop() { for !s.stop { s.used[``]++ } }
func main() { s := &source{used: map[string]int{}}; for range 9 { START } }
"""


@pytest.mark.parametrize(
    ("start", "racy"),
    [
        ("go s.loop()", True),
        ("if s.state.begin() { go s.loop() }", False),
        ("if !s.state.begin() { go s.loop() }", True),
        ("if s.state.busy() { go s.loop() }", True),
        ("if s.stop { go s.loop(); return }", False),
        ("if s.stop { go s.loop(); continue }", True),
        ("if s.stop { go s.loop(); if s.state.busy() { continue }; return }", True),
        ("switch { case s.stop: go s.loop(); return }", False),
        ("for range 9 { go s.loop() }; return", True),
    ],
)
def test_what_a_state_lets_in_or_ends_the_loop_is_started_once(start: str, racy: bool) -> None:
    assert (verdicts(STARTED.replace("START", start)) != []) is racy


def test_what_one_field_holds_is_new_though_other_fields_are_handed_out() -> None:
    source = (
        "type orch struct { nodes map[string]int }\nfunc NewOrch() *orch { return &orch{nodes: map[string]int{}} }\n"
        "func (o *orch) run() { for { o.nodes[``] = 1 } }\ntype key struct{}\nfunc (k *key) run() {}\n"
        "type manager struct { o *orch; k *key }\nfunc (m *manager) lead() { m.k = &key{}; m.o = NewOrch(); GO; go func(o *orch) { o.run() }(m.o) }\n"
        "func (m *manager) loop(c chan bool) { for range c { m.lead() } }\nfunc main() { m := &manager{}; m.loop(make(chan bool)) }\n"
    )
    assert verdicts(source.replace("GO", "go func(k *key) { k.run() }(m.k)")) == []
    assert verdicts(source.replace("GO", "go func(o *orch) { o.run() }(m.o)")) != []


HANDED = """
type spec struct { plan map[string]int }
func work(s *spec) { s.plan[``]++ }
func create(s *spec) { go work(s) }
func attach(s *spec) { go func() { work(s) }() }
"""


@pytest.mark.parametrize(
    ("callers", "certain"),
    [
        ("func Handle(a, b *spec) { create(a); attach(b) }", False),
        ("func Handle(a *spec) { create(a); attach(a) }", True),
        ("func first() *spec\nfunc Create() { create(first()) }\nfunc Attach() { attach(first()) }", False),
        ("type t struct { s *spec }\nfunc (x *t) Create() { create(x.s) }\nfunc (x *t) Attach() { attach(x.s) }", True),
        ("func main() { s := &spec{plan: map[string]int{}}; create(s); attach(s) }", True),
    ],
)
def test_what_two_functions_were_handed_is_one_object_where_a_caller_shows_it(callers: str, certain: bool) -> None:
    assert any(sure for _, sure in verdicts(HANDED + callers)) is certain


LEVELS = """
import "sync"
func collect(levels [][]string) int {
    m := map[string]int{}
    for _, level := range levels {
        var wg sync.WaitGroup
        for _, name := range level { wg.Add(1); go func() { defer wg.Done(); mu.Lock(); m[name] = 1; mu.Unlock() }() }
        WAIT
    }
    return m["a"]
}
var mu sync.Mutex
"""


@pytest.mark.parametrize(
    ("wait", "racy"),
    [("wg.Wait()", False), ("if len(level) > 3 { wg.Wait() }", True), ("println()", True)],
)
def test_a_wait_in_each_turn_is_over_when_the_loop_is(wait: str, racy: bool) -> None:
    assert (verdicts(LEVELS.replace("WAIT", wait)) != []) is racy


def test_one_receive_in_each_turn_is_not_enough_for_those_of_an_inner_loop() -> None:
    source = (
        "func collect(levels [][]string) int { m := map[string]int{}\nfor _, level := range levels { done := make(chan bool)\n"
        "for _, name := range level { go func() { m[name] = 1; done <- true }() }\nWAIT }\nreturn m[``] }"
    )
    assert "read" in [kind for kind, _ in verdicts(source.replace("WAIT", "<-done"))]
    assert "read" not in [kind for kind, _ in verdicts(source.replace("WAIT", "for range level { <-done }"))]


TAKEN = """
import "sync"
type node struct { lock sync.Mutex; msess map[string]int }
type cluster struct { nodes map[string]*node }
func (c *cluster) put(k string) { n := c.nodes[k]; n.lock.Lock(); n.msess[k] = 1; n.lock.Unlock() }
func (c *cluster) gc(k string) { n := c.nodes[k]; n.lock.Lock(); msess := n.msess; TAKE n.lock.Unlock(); for s := range msess { println(s) } }
func main() { c := &cluster{nodes: map[string]*node{}}; for range 9 { go c.put(``); go c.gc(``) } }
"""


def test_a_map_that_is_taken_out_of_an_object_that_was_looked_up_is_nobody_else_s() -> None:
    assert verdicts(TAKEN.replace("TAKE", "n.msess = map[string]int{};")) == []
    assert verdicts(TAKEN.replace("TAKE", "")) != []


def test_the_address_of_a_map_variable_says_nothing_of_the_map() -> None:
    source = (
        "import `sync`\ntype metrics struct { mu sync.Mutex; lat map[int]int }\n"
        "func (m *metrics) observe(to *map[int]int, k int) { m.mu.Lock(); defer m.mu.Unlock(); (*to)[k]++ }\n"
        "func (m *metrics) push() { m.mu.Lock(); m.lat = nil; m.mu.Unlock() }\n"
        "func main() { m := &metrics{lat: map[int]int{}}; for range 9 { go m.push() }; m.observe(USE, 1) }\n"
    )
    assert verdicts(source.replace("USE", "&m.lat")) == []
    assert [kind for kind, _ in verdicts(source.replace("m.observe(USE, 1)", "println(m.lat == nil)"))] == ["read"]


WORKERS = """
import "sync"
func each(xs []string, fn func(string), more ...int) {
    n := 1
    if len(more) > 0 && more[0] > 1 { n = more[0] }
    _ = n
    pool := make(chan struct{}, ROOM)
    var wg sync.WaitGroup
    for _, x := range xs { wg.Add(1); START }
    wg.Wait()
}
func use(xs []string) { m := map[string]int{}; each(xs, func(x string) { m[x] = 1 }) }
"""


@pytest.mark.parametrize("start", ["pool <- struct{}{}; go func() { GIVE; fn(x) }()", "go func() { pool <- struct{}{}; GIVE; fn(x) }()"])
@pytest.mark.parametrize("give", ["defer func() { <-pool; wg.Done() }()", "defer wg.Done(); defer func() { <-pool }()"])
@pytest.mark.parametrize(("room", "racy"), [("1", False), ("n", False), ("10", True), ("len(xs)", True)])
def test_a_channel_with_room_for_one_goes_from_a_starter_to_its_goroutine(start: str, give: str, room: str, racy: bool) -> None:
    source = WORKERS.replace("START", start.replace("GIVE", give)).replace("ROOM", room)
    assert (verdicts(source) != []) is racy


@pytest.mark.parametrize(("give", "racy"), [("defer func() { mu.Unlock() }(); m[x] = 1", False), ("mu.Unlock(); m[x] = 1", True)])
def test_a_lock_that_a_goroutine_gives_back_in_a_deferred_literal_is_its_own(give: str, racy: bool) -> None:
    body = f"for _, x := range xs {{ mu.Lock(); go func() {{ {give} }}() }}"
    source = f"import `sync`\nfunc use(xs []string) {{ m := map[string]int{{}}; var mu sync.Mutex; {body} }}"
    assert (verdicts(source) != []) is racy


@pytest.mark.parametrize(("wait", "racy"), [("if err := <-errc; err != nil { return err }", False), ("", True)])
def test_a_function_that_waits_for_its_goroutine_in_each_turn_runs_one(wait: str, racy: bool) -> None:
    source = (
        "func all(n int, fn func(int)) error { errc := make(chan error, 1)\nfor range n { go func() { fn(1); errc <- nil }()\n"
        f"{wait} }}\nreturn nil }}\nfunc use() {{ m := map[int]int{{}}; all(3, func(i int) {{ m[i]++ }}) }}"
    )
    assert (verdicts(source) != []) is racy


WRAPPED = """
import "golang.org/x/sync/errgroup"
func recovering(f func() error) func() error { return func() error { defer func() { recover() }(); return f() } }
func merge() { m := map[string]int{}; var g errgroup.Group; g.Go(recovering(func() error { m["a"] = 1; return nil })); WAIT println(m["a"]) }
func other(xs []string) { var g errgroup.Group; for range xs { g.Go(recovering(func() error { return nil })) }; g.Wait() }
"""


def test_a_wrapper_s_literal_calls_what_its_own_call_was_handed() -> None:
    assert verdicts(WRAPPED.replace("WAIT", "g.Wait();")) == []
    assert [kind for kind, _ in verdicts(WRAPPED.replace("WAIT", ""))] == ["write", "read"]


REQUEST = """
import "sync"
type request struct { wg sync.WaitGroup; mu sync.Mutex; m map[string]int }
func (r *request) start(k string) { r.wg.Go(func() { r.mu.Lock(); defer r.mu.Unlock(); r.m[k] = 1; if k == "" { r.start("a") } }) }
func (r *request) Result() int { FIRST; return r.m["a"] }
func serve() int { r := &request{m: map[string]int{}}; r.start(""); return r.Result() }
"""


@pytest.mark.parametrize(("first", "racy"), [("r.wg.Wait()", False), ("println()", True), ("if len(r.m) == 7 { r.wg.Wait() }", True)])
def test_a_wait_for_the_group_of_an_object_is_one_for_all_that_it_has_started(first: str, racy: bool) -> None:
    assert any(kind == "read" for kind, _ in verdicts(REQUEST.replace("FIRST", first))) is racy


RUNNER = "package run\nfunc Each(n int, fn func(int)) { for i := range n { go func() { fn(i) }() } }\n"


def test_how_many_a_runner_of_another_package_starts_at_a_time_is_for_that_to_say() -> None:
    use = "func Use(n int) { m := map[int]int{}; Each(n, func(i int) { m[i] = 1 }) }"
    assert [certain for _, certain in verdicts(RUNNER.replace("package run", "") + use)] == [True]
    other = facts_of(
        {"u.go": 'package u\nimport "example.com/run"\n' + use.replace("Each", "run.Each")}, path="example.com/u", imports={"example.com/run": RUNNER}
    )
    program = Program([facts_of({"r.go": RUNNER}, path="example.com/run"), other])
    assert [item.certain for item in program.verdicts] == [False]


@pytest.mark.parametrize("quit_", ["select { case <-quit: return; default: }", "select { case <-quit: return; case <-stop: }"])
def test_a_goroutine_that_is_told_to_end_gives_nothing_back(quit_: str) -> None:
    source = (
        "var stop chan bool\nfunc watch(m map[string]int) { quit := make(chan struct{}, 1)\n"
        f"go func() {{ {quit_}; m[`a`] = 1; println() }}(); m[`b`] = 2\n"
        "if len(m) > 7 { quit <- struct{}{} } }\nfunc main() { watch(map[string]int{}) }"
    )
    assert verdicts(source) != []


SNAPSHOT = """
import "sync"
type T struct { mu sync.Mutex; m map[string]int }
func (t *T) reload() { n := map[string]int{"a": 1}; t.mu.Lock(); t.m = n; t.mu.Unlock() }
func (t *T) get(k string) int { LOAD; return m[k] }
func main() { t := &T{m: map[string]int{}}; go func() { for { t.reload() } }(); go func() { for { t.get("a") } }(); MORE }
"""


@pytest.mark.parametrize(
    ("load", "more", "ops"),
    [
        ("t.mu.Lock(); m := t.m; t.mu.Unlock()", "", []),
        ("t.mu.Lock(); m := t.m; t.mu.Unlock()", 't.mu.Lock(); t.m["b"] = 2; t.mu.Unlock()', ["read"]),
        ("m := t.m", "", ["load"]),
    ],
)
def test_a_map_that_is_only_replaced_may_be_read_by_a_name_that_was_taken_under_the_lock(load: str, more: str, ops: list[str]) -> None:
    program = Program([facts_of({"p.go": "package p\n" + SNAPSHOT.replace("LOAD", load).replace("MORE", more)})])
    assert [item.access.op for item in program.verdicts] == ops
