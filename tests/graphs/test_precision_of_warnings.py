"""What looks like a forgotten or a wrong lock in real code, and is none: each case is the shortest form of a false alarm."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm202_unguarded_concurrent_read, gm205_inconsistent_guard

from golint_maps.findings import Level
from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

STORE = """package p
import "sync"
type store struct { mu sync.RWMutex; m map[string]int }
func (s *store) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }
func (s *store) Get(k string) int { s.mu.RLock(); defer s.mu.RUnlock(); return s.m[k] }
func (s *store) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.m, k) }
"""


def program(source: str) -> Program:
    return Program([facts_of({"p.go": source})])


def kinds(source: str) -> list[str]:
    return [verdict.kind for verdict in program(source).verdicts]


def words(source: str) -> list[str]:
    return [breach.words for breach in program(source).breaches]


# --- one goroutine ---

HUB = """package p
import "sync"
type hub struct { mu sync.Mutex; m map[string]bool; add chan string }
var (
	only *hub
	once sync.Once
)
func Hub() *hub {
	%s
	return only
}
func Serve(c chan string) { for range c { go Hub() } }
func (h *hub) run() {
	for k := range h.add {
		h.mu.Lock()
		h.m[k] = true
		delete(h.m, "")
		h.mu.Unlock()
		println(len(h.m))
	}
}
"""


def test_a_goroutine_that_is_started_once_is_one() -> None:
    start = "only = &hub{m: map[string]bool{}, add: make(chan string)}; go only.run()"
    assert kinds(HUB % start) == ["read"]
    assert kinds(HUB % f"once.Do(func() {{ {start} }})") == []


def test_who_writes_alone_reads_without_the_lock() -> None:
    source = """package p
import "sync"
type store struct {
	mu sync.Mutex
	m map[string]int // guarded by mu
}
func newStore(c chan string) *store { s := &store{m: map[string]int{}}; go s.loop(c); return s }
func (s *store) loop(c chan string) { for k := range c { s.put(k); println(s.m[k]) } }
func (s *store) put(k string) { s.mu.Lock(); s.m[k] = 1; s.mu.Unlock() }
func (s *store) Sum() int { s.mu.Lock(); defer s.mu.Unlock(); return s.m["a"] + s.m["b"] }
"""
    assert words(source) == []
    assert words(source + 'func (s *store) Clear() { s.mu.Lock(); delete(s.m, "a"); s.mu.Unlock() }') == ["guarded by mu"]


def test_a_function_that_a_go_statement_hands_out_runs_on_that_goroutine() -> None:
    source = """package p
import ("example.com/wait"; "sync")
type node struct { mu sync.Mutex; m map[string]int }
func newNode() *node { n := &node{m: map[string]int{}}; go n.Run(); return n }
func (n *node) Run() {
	go wait.Until(func() { n.monitor() })
	go wait.Until(n.watch)
}
func (n *node) monitor() { n.mu.Lock(); n.m["a"] = 1; n.mu.Unlock(); println(n.m["a"]) }
func (n *node) watch() { n.mu.Lock(); defer n.mu.Unlock(); println(n.m["a"], n.m["b"]) }
"""
    assert kinds(source) == []
    assert kinds(source.replace("n.mu.Lock(); defer n.mu.Unlock(); ", "")) == ["read", "read"]


# --- words about locks ---


def test_a_lock_that_words_find_in_another_type_is_that_lock() -> None:
    source = """package p
import "sync"
type DB struct { mu struct { sync.Mutex; versions versions } }
type versions struct { m map[string]int }
// Apply needs a lock. DB.mu must be held.
func (v *versions) Apply(k string) { v.m[k] = 1 }
func (d *DB) Put(k string) { d.mu.Lock(); defer d.mu.Unlock(); d.mu.versions.Apply(k) }
func (d *DB) Get(k string) int { d.mu.Lock(); defer d.mu.Unlock(); return d.mu.versions.m[k] }
func (d *DB) Watch() { go func() { d.mu.Lock(); defer d.mu.Unlock(); delete(d.mu.versions.m, "a") }() }
"""
    assert kinds(source) == []
    assert words(source) == []


@pytest.mark.parametrize("said", ["the caller must hold s.lock", "s.lock must be held"])
def test_words_that_name_no_lock_of_the_type_have_outlived_it(said: str) -> None:
    source = STORE + f"// fill is called by others: {said}.\nfunc (s *store) fill() {{ s.m[``] = 1 }}\nfunc (s *store) Fill() {{ s.fill() }}"
    assert words(source) == []
    assert len(words(source.replace("s.lock", "s.mu"))) == 1


def test_a_map_is_not_its_own_lock() -> None:
    source = """package p
import "sync"
var (
	// kept is protected by the kept mutex.
	kept map[string]int
	keptMu sync.Mutex
)
func Put(k string) { keptMu.Lock(); defer keptMu.Unlock(); kept[k] = 1 }
"""
    assert words(source) == []


def test_another_lock_that_everybody_holds_makes_words_obsolete() -> None:
    source = """package p
import "sync"
type client struct {
	allocs sync.Mutex
	// tokens are protected by allocs
	tokens map[string]string
	tokensMu sync.RWMutex
}
func (c *client) Get(k string) string { c.tokensMu.RLock(); defer c.tokensMu.RUnlock(); return c.tokens[k] }
func (c *client) Put(k string) { c.tokensMu.Lock(); defer c.tokensMu.Unlock(); c.tokens[k] = k }
"""
    assert words(source) == []
    assert words(source + "func (c *client) Drop(k string) { delete(c.tokens, k) }") == ["protected by allocs"] * 3


@pytest.mark.parametrize("said", ["hold lock before calling", "requires that s.mu is locked", "Callers need to hold s.mu"])
def test_more_words_ask_for_a_lock(said: str) -> None:
    source = STORE.replace("RWMutex", "Mutex").replace("RLock", "Lock").replace("RUnlock", "Unlock")
    source += f"// {said}\nfunc (s *store) fill() {{ s.m[``] = 1 }}\nfunc (s *store) Fill() {{ s.mu.Lock(); s.fill(); s.mu.Unlock() }}"
    assert kinds(source) == []
    assert len(words(source + "\nfunc (s *store) Bad() { s.fill() }")) == 1


# --- whose lock, whose object ---


def test_a_map_in_a_variable_of_its_own_is_not_written_under_anybodys_read_lock() -> None:
    source = STORE + (
        "type info struct { labels map[string]int }\n"
        "func run(f func()) { f() }\n"
        "func (s *store) Update() info {\n s.mu.RLock(); defer s.mu.RUnlock()\n var local info\n"
        " run(func() { local.labels = map[string]int{}; local.labels[`a`] = 1 })\n return local }"
    )
    assert kinds(source) == []


def test_the_package_lock_of_another_package_is_for_what_happens_there() -> None:
    device = "package ml\ntype Device struct { Env map[string]string }\nfunc Env(l []Device) { for _, d := range l { println(d.Env[``]) } }"
    finder = """package discover
import ("example.com/ml"; "sync")
var mu sync.Mutex
func Find(l []ml.Device) { mu.Lock(); defer mu.Unlock(); for i := range l { l[i].Env["a"] = "1"; l[i].Env["b"] = "1" } }
"""
    found = Program(
        [
            facts_of({"d.go": device}, path="example.com/ml"),
            facts_of({"f.go": finder}, path="example.com/discover", imports={"example.com/ml": device}),
        ]
    )
    assert [verdict.kind for verdict in found.verdicts] == []


def test_an_outer_lock_that_all_writers_hold_is_enough() -> None:
    source = """package p
import "sync"
type solver struct { mu sync.Mutex; states map[string]*state }
type state struct { mu sync.Mutex; jobs map[string]int }
func (s *solver) Load(k string) { s.mu.Lock(); defer s.mu.Unlock(); st := s.states[k]; st.mu.Lock(); st.jobs[k] = 1; st.mu.Unlock(); s.walk(st) }
func (s *solver) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); st := s.states[k]; st.mu.Lock(); delete(st.jobs, k); st.mu.Unlock() }
func (s *solver) walk(st *state) { for j := range st.jobs { println(j) } }
func (st *state) Len() int { st.mu.Lock(); defer st.mu.Unlock(); return len(st.jobs) }
func (st *state) Has(k string) int { st.mu.Lock(); defer st.mu.Unlock(); return st.jobs[k] }
"""
    assert kinds(source) == []


def test_a_lock_of_an_object_whose_type_is_not_known_makes_no_habit() -> None:
    source = """package p
import ("example.com/cmap"; "sync")
type model struct { all *cmap.Map }
type item struct { lock sync.Mutex; m map[string]int }
func (m *model) with(k string, f func(*item)) { v := m.all.Get(k); v.lock.Lock(); defer v.lock.Unlock(); f(v) }
func (m *model) Fill() { m.with("a", func(v *item) { v.m["a"] = 1; v.m["b"] = 1; delete(v.m, "c") }) }
func (v *item) Each() { v.lock.Lock(); defer v.lock.Unlock(); for k := range v.m { println(k) } }
"""
    assert kinds(source) == []


# --- who calls ---

RUNNER = (
    STORE
    + """
type task interface { Execute(s *store) }
type fill struct{}
func (fill) Execute(s *store) { s.m["a"] = 1 }
func (s *store) do(t task) { %s; t.Execute(s) }
func (s *store) Do() { s.do(fill{}) }
"""
)


def test_a_method_that_nobody_else_can_name_is_judged_by_its_callers() -> None:
    assert kinds(RUNNER % "s.mu.Lock(); defer s.mu.Unlock()") == []
    assert kinds(RUNNER % "println()") == ["inconsistent"]


def test_what_is_handed_out_under_the_lock_only_is_called_under_it() -> None:
    source = STORE + (
        "type cleaner struct { s *store }\n"
        "func (c *cleaner) Put(k string) { delete(c.s.m, k) }\n"
        "func (s *store) Commit(replay func(any)) { s.mu.Lock(); defer s.mu.Unlock(); c := &cleaner{s}; replay(c) }"
    )
    assert kinds(source) == []
    assert kinds(source + "\nfunc (s *store) Clean(replay func(any)) { replay(&cleaner{s}) }") == ["inconsistent"]


def test_a_function_among_options_is_called_for_who_gives_these_options() -> None:
    source = STORE + (
        "type options struct { limit func() int }\n"
        "func check(o *options) int { return o.limit() }\n"
        "func (s *store) Check() { s.mu.Lock(); defer s.mu.Unlock(); o := &options{limit: func() int { return len(s.m) }}; check(o) }\n"
        "type other struct { mu sync.Mutex }\n"
        "func (t *other) Check() { t.mu.Lock(); defer t.mu.Unlock(); o := &options{limit: func() int { return 0 }}; check(o) }\n"
        "func Watch(s *store, t *other) { go t.Check(); go s.Put(`a`) }"
    )
    assert kinds(source) == []


def test_a_finalizer_is_alone_with_its_object() -> None:
    source = STORE + (
        "func (s *store) Two() int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[`a`] + s.m[`b`] }\n"
        "func newStore() *store {\n s := &store{m: map[string]int{}}\n"
        " runtime.SetFinalizer(s, func(s *store) { for k := range s.m { println(k) }; s.m = nil })\n return s }"
    )
    assert kinds(source.replace('import "sync"', 'import ("runtime"; "sync")')) == []


def test_an_object_that_callers_make_for_one_call_is_not_called_by_two() -> None:
    source = """package p
import "sync"
type Solver struct { mu sync.Mutex; ins map[string]int }
func (s *Solver) Solve() { s.ins["a"] = 1; s.start() }
func (s *Solver) Other() { s.start() }
func (s *Solver) start() { go s.work() }
func (s *Solver) work() { s.mu.Lock(); s.ins["b"] = 1; s.mu.Unlock() }
"""
    assert kinds(source) == ["write"]
    assert kinds(source + "func run() { s := &Solver{ins: map[string]int{}}; s.Solve() }") == []


# --- what has been waited for ---

COLLECT = """package p
import "sync"
func work(c chan int) { c <- 1 }
func collect(keys []string, other chan error) {
	m := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	c := make(chan int)
	for _, k := range keys {
		wg.Add(1)
		go func() { defer wg.Done(); %s; mu.Lock(); m[k] = 1; mu.Unlock() }()
	}
	go func() { wg.Wait(); %s }()
	%s
	println(m["a"])
}
"""


@pytest.mark.parametrize(
    ("sent", "told", "heard"),
    [
        ("println()", "close(c)", "<-c"),
        ("println()", "c <- 0", "<-c"),
        ("println()", "c <- 0", "select { case <-c: case <-other: return }"),
        ("c <- 1", "close(c)", "for n := range c { println(n) }"),
    ],
)
def test_who_hears_that_a_helper_has_waited_has_waited(sent: str, told: str, heard: str) -> None:
    assert kinds(COLLECT % (sent, told, heard)) == []


@pytest.mark.parametrize(
    ("sent", "told", "heard"),
    [("c <- 1", "close(c)", "<-c"), ("c <- 1", "c <- 0", "<-c"), ("work(c)", "c <- 0", "<-c"), ("println()", "println()", "<-c")],
)
def test_who_hears_of_one_of_them_has_not_waited_for_all(sent: str, told: str, heard: str) -> None:
    assert kinds(COLLECT % (sent, told, heard)) == ["read"]


def test_objects_in_a_field_of_different_types_are_hardly_one() -> None:
    source = """package p
type trie struct { cache map[string]int }
func (t *trie) Commit() { fill(t.cache) }
func fill(m map[string]int) { m["a"] = 1 }
type object struct { trie *trie }
func (o *object) commit() { o.trie.Commit() }
type db struct { trie *trie; objects map[string]*object }
func (d *db) Commit(all []string) {
	go func() { d.trie.Commit() }()
	for _, k := range all { o := d.objects[k]; go func() { o.commit() }() }
}
"""
    assert kinds(source) == []


# --- objects of one call, and of others ---


def test_what_a_named_result_is_given_first_is_new() -> None:
    source = (
        STORE
        + """
type answer struct { s store; n int }
func (s *store) Answer(each func(func())) (a *answer, err error) {
	if s == nil { return }
	a = %s
	a.s.m["a"] = 1
	each(func() { a.n++ })
	return
}
"""
    )
    assert kinds(source % "&answer{s: store{m: map[string]int{}}}") == []
    assert kinds(source % "kept" + "var kept *answer") == ["inconsistent"]


def test_a_lock_of_another_package_guards_what_is_held_there() -> None:
    state = "package state\ntype State struct { M map[string]int }\n"
    server = """package server
import ("sync"; "example.com/state")
type Server struct { sync.Mutex; s *state.State }
func (s *Server) Put(k string) { s.Lock(); defer s.Unlock(); s.s.M[k] = 1; delete(s.s.M, "") }
func (s *Server) Get(k string) int { s.Lock(); defer s.Unlock(); return s.s.M[k] + s.s.M["a"] }
"""
    worker = """package worker
import ("sync"; "example.com/state")
type group struct { sync.Mutex; own *state.State }
func (g *group) Get(k string) int { g.Lock(); defer g.Unlock(); return g.own.M[k] }
"""
    facts = [
        facts_of(state, path="example.com/state"),
        facts_of(server, path="example.com/server", imports={"example.com/state": state}),
        facts_of(worker, path="example.com/worker", imports={"example.com/state": state}),
    ]
    assert Program(facts).verdicts == []
    beside = worker.replace("package worker", "package server")
    facts[1:] = [facts_of({"s.go": server, "w.go": beside}, path="example.com/server", imports={"example.com/state": state})]
    assert [verdict.kind for verdict in Program(facts).verdicts] == ["locks-differ"]


@pytest.mark.parametrize(
    ("start", "shared"),
    [
        ("for i := range g.kids { kid := g.kids[i]; go work(kid) }", True),
        ("for range g.kids { go work(g) }", False),
        ("go work(g.named[name])", False),
        ("http.HandleFunc(``, func(w http.ResponseWriter, r *http.Request) { work(g.named[r.URL.Path]) })", False),
    ],
)
def test_goroutines_that_are_each_given_an_element_share_the_work(start: str, shared: bool) -> None:
    source = f"""package p
import "net/http"
type graph struct {{ kids []*graph; named map[string]*graph; vars map[string]int }}
func (g *graph) Run() {{ {start} }}
func work(g *graph) {{ g.vars["a"] = 1 }}
var name string
var _ http.Handler
"""
    races = program(source).races
    ways = [way for identity, found in races.by_map.items() if identity.endswith(".vars") for way in found if way.context.concurrent]
    assert [races.objects.shared_out(way, way) for way in ways] == [shared]


# --- who comes without a lock ---


def test_a_lock_that_only_the_making_takes_guards_no_map() -> None:
    source = """package p
import "sync"
type push struct { once sync.Mutex; done bool; m map[string]int }
func (p *push) %s(ks []string) {
	p.once.Lock()
	defer p.once.Unlock()
	if p.done { return }
	p.m = map[string]int{}
	for _, k := range ks { p.m[k] = len(p.m) }
	p.done = true
}
func (p *push) Has(k string) bool { return p.m[k] > 0 }
"""
    assert kinds(source % "InitContext") == []
    assert kinds(source % "Update") == ["inconsistent"]


def test_a_test_knows_when_it_is_alone_with_what_the_program_locks() -> None:
    source = STORE + "func (s *store) add(k string) { s.m[k]++ }\nfunc (s *store) Add(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.add(k) }"
    test = "package p\nimport `testing`\nfunc TestAdd(t *testing.T) { kept.add(``) }\nvar kept = &store{m: map[string]int{}}"
    assert [verdict.kind for verdict in Program([facts_of({"p.go": source, "p_test.go": test})]).verdicts] == []
    said = source.replace("mu sync.RWMutex; m", "mu sync.RWMutex // protects m\n m")
    assert Program([facts_of({"p.go": said, "p_test.go": test})]).breaches == []
    both = Program([facts_of({"p.go": source + "\nfunc (s *store) More(k string) { s.add(k) }", "p_test.go": test})])
    assert [verdict.kind for verdict in both.verdicts] == ["inconsistent"]


def test_who_is_called_with_the_lock_held_does_not_take_it() -> None:
    source = (STORE + "func (s *store) Names() (n int) { for range s.m { n++ }; return n }\n").replace("store", "Store")
    assert kinds(source) == ["inconsistent"]
    assert kinds(source + "func (s *Store) Save() { s.mu.Lock(); defer s.mu.Unlock(); println(s.Names()) }") == []
    assert kinds(source + "func (s *Store) Save() { s.mu.Lock(); s.mu.Unlock(); println(s.Names()) }") == ["inconsistent"]


@pytest.mark.parametrize(("mode", "found"), [("", True), ("R", False)])
def test_a_lock_that_writers_hold_for_reading_guards_something_else(mode: str, found: bool) -> None:
    source = """package p
import "sync"
type list struct { mu sync.RWMutex; all []*entry }
type entry struct { mu sync.Mutex; m map[string]int }
func (l *list) Load(k string) { l.mu.Lock(); defer l.mu.Unlock(); for _, e := range l.all { e.m[k] = 1; delete(e.m, "") } }
func (l *list) Sum() (n int) { l.mu.Lock(); defer l.mu.Unlock(); for _, e := range l.all { n += e.m["a"] }; return n }
func (e *entry) Get(k string) int { e.mu.Lock(); defer e.mu.Unlock(); return e.m[k] }
"""
    assert (
        "locks-differ" in kinds(source.replace("Lock(); defer l", f"{mode}Lock(); defer l").replace("l.mu.Unlock", f"l.mu.{mode}Unlock"))
    ) == found


@pytest.mark.parametrize("name", ["store_test_helper.go", "test_util.go", "store_testing.go"])
def test_files_that_help_tests_are_left_alone(name: str) -> None:
    helper = "package p\nfunc Fill(s *store) { s.m[``] = 1 }"
    assert [verdict.kind for verdict in Program([facts_of({"p.go": STORE, name: helper})]).verdicts] == []
    assert [verdict.kind for verdict in Program([facts_of({"p.go": STORE, "store_helper.go": helper})]).verdicts] == ["inconsistent"]


def test_what_serves_fills_its_map_first() -> None:
    source = STORE + "func (s *store) Serve(c chan string) { %s for k := range c { go s.Put(k) } }"
    assert kinds(source % "s.m[``] = 1;") == []
    assert kinds(source.replace("go s.Put(k)", "s.m[k] = 2; go s.Put(k)") % "") != []


def test_what_is_filled_where_its_object_is_made_may_be_read_by_everybody() -> None:
    source = """package p
import "sync"
type set struct { mu sync.Mutex; gauges map[string]*gauge }
type gauge struct { v int }
func newSet(name string) *set {
	s := &set{gauges: map[string]*gauge{}}
	var fill func(string)
	fill = func(name string) { if name != "" { s.gauges[name] = &gauge{}; fill(name[1:]) } }
	fill(name)
	return s
}
func (s *set) Add(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.gauges[k].v++ }
func (s *set) Reset() { s.mu.Lock(); defer s.mu.Unlock(); for _, g := range s.gauges { g.v = s.gauges["a"].v + s.gauges["b"].v } }
func (s *set) Describe(f func(*gauge)) { for _, g := range s.gauges { f(g) } }
"""
    assert kinds(source) == []
    assert kinds(source + "func (s *set) Drop(k string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.gauges, k) }") == ["inconsistent"]


# --- locks that are held after all ---


def test_a_deferred_call_runs_before_the_unlock_that_was_deferred_first() -> None:
    forget = "func (s *store) drop(k string) { delete(s.m, k) }\n"
    clean = "func (s *store) Clean(k string) error { s.mu.Lock(); %s; if k == `` { return nil }; return check(k) }\nfunc check(k string) error\n"
    assert kinds(STORE + forget + clean % "defer s.mu.Unlock(); defer s.drop(k)") == []
    assert kinds(STORE + forget + clean % "defer s.drop(k); defer s.mu.Unlock()") == ["inconsistent"]


LOCKED = """package p
import "sync"
type shop struct { mu, other sync.Mutex; m map[string]int; stock stock }
type stock struct { mu sync.Mutex; n map[string]int }
func (s *stock) of(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.n[k] }
func (s *stock) put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.n[k] = 1 }
func (s *shop) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = s.findLocked(k) }
func (s *shop) Peek(k string) int { return s.findLocked(k) }
func (s *shop) findLocked(k string) int { return %s }
"""


def test_who_locks_for_himself_needs_no_lock_of_his_callers() -> None:
    assert words(LOCKED % "s.m[k]") == ["the name findLocked"]
    assert words(LOCKED % "s.stock.of(k)") == []


def test_locks_by_key_are_taken_in_ways_that_nobody_sees() -> None:
    code = 'package p\nimport ("sync"; "example.com/keyed")\nvar locks %s\nvar m = map[string]int{}\n'
    code += "// open opens one. Callers must hold the locks until it is closed.\nfunc open(k string) { m[k] = 1 }\n"
    code += "func Open(k string) { open(k) }\nvar _ sync.Mutex\n"
    assert words(code % "sync.Mutex") != []
    assert words(code % "= keyed.NewLocks()") == []


def test_a_method_that_nobody_else_can_name_is_judged_where_its_package_calls_it() -> None:
    kept = "func (s *store) Sum() int { return len(s.m) }\nfunc Total() int { s := &store{m: map[string]int{}}; return s.Sum() }\n"
    assert kinds(STORE + kept) == []
    assert kinds(STORE + kept.partition("func Total")[0]) == ["inconsistent"]


def test_what_a_function_has_made_by_another_and_filled_is_the_callers_own() -> None:
    made = "func newStore() *store { return &store{m: map[string]int{}} }\n"
    load = "func read(k string) (*store, error) { s := newStore(); %s; if k == `` { return nil, nil }; return s, nil }\nvar kept *store\n"
    use = "func Total(k string) int { s, _ := read(k); return s.sum() }\nfunc (s *store) sum() int { return len(s.m) }\n"
    assert kinds(STORE + made + load % "s.Put(k)" + use) == []
    assert kinds(STORE + made + load % "kept = s" + use) == ["inconsistent"]


@pytest.mark.parametrize(
    ("source", "level"),
    [
        (STORE + "func (s *store) Fill(k string) { s.m[k] = 2 }\n", Level.WARNING),
        (STORE.replace("store", "MockStore") + "func (s *MockStore) Fill(k string) { s.m[k] = 2 }\n", Level.NOTE),
        (
            STORE.replace("package p", "package main").replace("store", "Store")
            + "var only Store\nfunc Fill(k string) { only.m[k] = 2 }\nfunc main() { Fill(``); only.Put(``) }\n",
            Level.NOTE,
        ),
    ],
)
def test_what_sets_up_a_double_or_a_program_is_no_more_than_a_note(source: str, level: Level) -> None:
    (found,) = findings_of(gm205_inconsistent_guard, source)
    assert found.level is level


READY = """
import "sync"
type docs struct { mu sync.Mutex; ready chan bool; m map[string]int }
func (d *docs) prepare() { d.mu.Lock(); defer func() { close(d.ready); d.mu.Unlock() }(); d.m["a"] = 1 }
func (d *docs) size() int { d.mu.Lock(); defer d.mu.Unlock(); return len(d.m) }
func (d *docs) drop() { d.mu.Lock(); defer d.mu.Unlock(); clear(d.m) }
func (d *docs) Visit(k string) int { FIRST; return d.m[k] }
"""


@pytest.mark.parametrize(("first", "count"), [("<-d.ready", 0), ("println()", 1), ("if k != `` { <-d.ready }", 1)])
def test_an_object_that_has_said_that_it_is_ready_may_be_read(first: str, count: int) -> None:
    found = Program([facts_of({"p.go": "package p\n" + READY.replace("FIRST", first)})]).verdicts
    assert len(found) == count


SETTER = """
import "sync"
type client struct { mu sync.Mutex; objects map[string]int }
func (c *client) get(k string) int { c.mu.Lock(); defer c.mu.Unlock(); return c.objects[k] }
func (c *client) put(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.objects[k] = 1 }
func (c *client) SetObjects(m map[string]int) { c.objects = m }
var kept *client
"""


@pytest.mark.parametrize(
    ("caller", "count"),
    [
        ("func New() *client { c := &client{}; c.SetObjects(map[string]int{}); return c }", 0),
        ("func Reset() { kept.SetObjects(map[string]int{}) }", 1),
        ("", 1),
    ],
)
def test_a_setter_that_is_called_on_new_objects_alone_needs_no_lock(caller: str, count: int) -> None:
    assert len(program(SETTER + caller).verdicts) == count


# --- callers lock ---

LENT = """package p
import (
	"net/http"
	"sync"
)
type Cache struct { mu sync.Mutex; m map[string]int }
func (c *Cache) Lock() { c.mu.Lock() }
func (c *Cache) Unlock() { c.mu.Unlock() }
func (c *Cache) Put(k string) { c.m[k] = 1 }
func (c *Cache) Get(k string) int { return c.m[k] }
type server struct { c *Cache }
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.c.Lock(); defer s.c.Unlock(); s.c.Put(r.URL.Path) }
"""


def test_a_type_that_lends_its_lock_is_locked_by_its_callers() -> None:
    assert kinds(LENT) == []


def test_a_type_that_lends_its_lock_and_takes_it_itself_is_not() -> None:
    assert kinds(LENT + "func (c *Cache) Drop(k string) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.m, k) }\n") != []


def test_a_caller_that_does_not_lock_what_is_lent_is_one_still() -> None:
    source = LENT + "func (s *server) reset(c chan string) { for k := range c { go func() { s.c.Put(k) }() } }\n"
    assert "write" in kinds(source)


@pytest.mark.parametrize(
    ("readers", "writers", "found"),
    [
        (["reading"], ["writing"], ["Set0"]),
        (["reading", "reading"], ["writing", "writing"], ["Set0", "Set1"]),
        (["reading"], ["writing", "reading"], ["Set0"]),  # two of three
        (["reading"], ["reading"], []),
        (["reading"], ["other"], []),  # a lock of something else
    ],
)
def test_of_two_locks_that_are_held_as_often_the_one_for_writing_is_at_fault(readers: list[str], writers: list[str], found: list[str]) -> None:
    source = "package p\nimport `sync`\ntype Quotas struct { reading, writing sync.Mutex; limits map[string]int; part struct { other sync.Mutex } }\n"
    for number, lock in enumerate(readers):
        source += f"func (q *Quotas) Get{number}(k string) int {{ q.{lock}.Lock(); defer q.{lock}.Unlock(); return q.limits[k] }}\n"
    for number, lock in enumerate(writers):
        lock = lock.replace("other", "part.other")
        source += f"func (q *Quotas) Set{number}(k string) {{ q.{lock}.Lock(); defer q.{lock}.Unlock(); q.limits[k] = 1 }}\n"
    verdicts = Program([facts_of(source)]).verdicts
    assert [verdict.access.function.removeprefix("Quotas.") for verdict in verdicts if verdict.kind == "locks-differ"] == found


# --- behind an interface ---

HUB_WITH_ROUTER = """package p
type router interface { Publish(string); Leave(string) }
type hub struct { topics map[string]bool; eval chan func(); rt router }
type Flood struct { h *hub }
func (f *Flood) Publish(t string) { println(f.h.topics[t]) }
func (f *Flood) Leave(t string) {}
func New() *hub { h := &hub{topics: map[string]bool{}, eval: make(chan func()), rt: &Flood{}}; go h.loop(); return h }
func (h *hub) loop() { for { f := <-h.eval; f() } }
func (h *hub) Join(t string) { h.eval <- func() { h.topics[t] = true } }
func (h *hub) Send(t string) { h.eval <- func() { h.rt.Publish(t) } }
func (h *hub) Now(t string) { BODY }
"""


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("h.eval <- func() { h.rt.Publish(t) }", Level.NOTE),
        ("h.rt.Publish(t)", Level.WARNING),
        ("h.eval <- func() { h.rt.(*Flood).Publish(t) }", Level.WARNING),
        ("go h.rt.Publish(t)", Level.ERROR),
    ],
)
def test_a_method_behind_an_interface_is_called_on_the_goroutine_that_all_its_callers_are_on(body: str, level: Level) -> None:
    (found,) = findings_of(gm202_unguarded_concurrent_read, {"p.go": HUB_WITH_ROUTER.replace("BODY", body)})
    assert found.level is level
