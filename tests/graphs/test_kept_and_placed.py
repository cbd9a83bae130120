"""Functions that are kept in tables or hooks, and maps that are put in place, as far as others come to them by that."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def program(source: str) -> Program:
    """Return the program of one file."""
    return Program([facts_of({"p.go": "package p\n" + source})])


@pytest.mark.parametrize(
    ("kind", "put", "get"),
    [
        ("map[string][]func(string)", "b.hooks[t] = append(b.hooks[t], f)", "for _, f := range b.hooks[t] { go f(t) }"),
        ("map[string]func(string)", "b.hooks[t] = f", "f := b.hooks[t]; go f(t)"),
        ("map[string]map[int]func(string)", "b.hooks[t][1] = f", "for _, f := range b.hooks[t] { go f(t) }"),
        ("[][]func(string)", "b.hooks[0] = append(b.hooks[0], f)", "go b.hooks[0][0](t)"),
    ],
)
def test_functions_in_lists_of_a_table_are_what_is_taken_out_of_it(kind: str, put: str, get: str) -> None:
    source = (
        f"type bus struct {{ hooks {kind} }}\nfunc (b *bus) on(t string, f func(string)) {{ {put} }}\nfunc (b *bus) fire(t string) {{ {get} }}\n"
        "type totals struct { m map[string]int }\nfunc (x *totals) add(k string) { x.m[k]++ }\n"
        "func main() { x := &totals{m: map[string]int{}}; b := &bus{}; b.on(`a`, x.add); for range 9 { b.fire(`a`) } }"
    )
    assert [verdict.kind for verdict in program(source).verdicts if verdict.certain] == ["write"]
    assert [verdict.kind for verdict in program(source.replace("go ", "")).verdicts if verdict.certain] == []


def test_a_read_lock_around_handlers_says_nothing_of_their_maps() -> None:
    source = (
        "import `sync`\ntype Bus struct { mu sync.RWMutex; hooks []func(string) }\n"
        "func (b *Bus) On(f func(string)) { b.mu.Lock(); b.hooks = append(b.hooks, f); b.mu.Unlock() }\n"
        "func (b *Bus) Fire(t string) { b.mu.RLock(); defer b.mu.RUnlock(); for _, f := range b.hooks { f(t) } }\n"
        "type totals struct { m map[string]int }\nfunc (x *totals) add(k string) { x.m[k]++ }\nfunc (x *totals) drop(k string) { delete(x.m, k) }\n"
        "func main() { x := &totals{m: map[string]int{}}; b := &Bus{}; b.On(x.add); b.On(x.drop); b.Fire(`a`) }"
    )
    assert program(source).verdicts == []
    direct = source.replace("for _, f := range b.hooks { f(t) }", "b.x.add(t); b.x.drop(t)").replace("hooks []", "x *totals; hooks []")
    assert {verdict.kind for verdict in program(direct).verdicts} == {"read-lock"}


PLACED = """
import (`net/http`; `sync`; `sync/atomic`)
type server struct { mu sync.Mutex; m map[string]int; p atomic.Pointer[map[string]int]; v atomic.Value }
func (s *server) load(keys []string) { BODY }
func (s *server) serve(w http.ResponseWriter, r *http.Request) { READ }
func main() { s := &server{}; s.load(nil); http.HandleFunc(`/`, s.serve); go func() { for { s.load(nil) } }(); http.ListenAndServe(``, nil) }
"""


@pytest.mark.parametrize(
    ("put", "read"),
    [
        ("s.mu.Lock(); s.m = m; s.mu.Unlock()", "s.mu.Lock(); defer s.mu.Unlock(); println(s.m[r.Host])"),
        ("s.p.Store(&m)", "println((*s.p.Load())[r.Host])"),
        ("s.p.Swap(&m)", "m := *s.p.Load(); println(m[r.Host])"),
        ("s.v.Store(m)", "println(s.v.Load().(map[string]int)[r.Host])"),
    ],
)
def test_a_map_that_is_in_place_is_not_its_makers_any_more(put: str, read: str) -> None:
    fill = "for _, k := range keys { m[k] = 1 }"
    source = PLACED.replace("READ", read)
    after = program(source.replace("BODY", f"m := map[string]int{{}}; {put}; {fill}")).verdicts
    assert [(verdict.access.op, verdict.certain) for verdict in after if verdict.access.writes] == [("insert", True)]
    before = program(source.replace("BODY", f"m := map[string]int{{}}; {fill}; {put}")).verdicts
    another = program(source.replace("BODY", f"m := map[string]int{{}}; {put}; m = map[string]int{{}}; {fill}")).verdicts
    assert [verdict.access.op for verdict in (*before, *another) if verdict.access.op == "insert"] == []


@pytest.mark.parametrize(
    "make",
    [
        "srv := &http.Server{ConnState: t.changed}; go srv.Serve(nil)",
        "var srv = http.Server{ConnState: func(c net.Conn, s http.ConnState) { t.changed(c, s) }}; go srv.Serve(nil)",
        "srv := &http.Server{}; srv.ConnState = t.changed; go srv.Serve(nil)",
        "var srv http.Server; srv.ConnContext = func(x context.Context, c net.Conn) context.Context { t.changed(c, 0); return x }",
    ],
)
def test_hooks_of_a_server_run_at_the_same_time(make: str) -> None:
    source = (
        "import (`context`; `net`; `net/http`)\ntype tracker struct { m map[string]int }\n"
        "func (t *tracker) changed(c net.Conn, s http.ConnState) { t.m[c.RemoteAddr().String()]++ }\n"
        f"func main() {{ t := &tracker{{m: map[string]int{{}}}}; {make} }}"
    )
    assert [(verdict.kind, verdict.certain) for verdict in program(source).verdicts] == [("write", True)]


RECEIVED = """
type message map[string]int
var queue = make(chan message)
func init() { go run() }
func Notify(n int) { queue <- message{`n`: n} }
func run() { BODY }
func send(m message) { m[`a`] = 1 }
func hook(m message) { m[`b`] = 1 }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("for m := range queue { go send(m) }", False),
        ("for { m := <-queue; go send(m) }", False),
        ("for { select { case m := <-queue: go send(m) } }", False),
        ("for m := range queue { m[`c`] = 1; switch m[`k`] { case 1: go send(m); case 2: go hook(m) } }", False),
        ("for m := range queue { if m[`k`] == 1 { go send(m); continue }; go hook(m) }", False),
        ("m := <-queue; for range 3 { go send(m) }", True),
        ("for m := range queue { go send(m); go hook(m) }", True),
        ("for m := range queue { go send(m); m[`c`] = 1 }", True),
        ("for m := range queue { for range 3 { go send(m) } }", True),
    ],
)
def test_what_is_received_in_each_turn_is_another_map(body: str, racy: bool) -> None:
    assert any(verdict.certain for verdict in program(RECEIVED.replace("BODY", body)).verdicts) is racy


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("for k := range keys { m := map[string]int{}; for range 3 { go func() { m[k]++ }() } }", True),
        ("for k := range keys { m := map[string]int{}; go func() { m[k]++ }() }", False),
        ("for range 3 { for k := range keys { m := map[string]int{}; go send(m, k) } }", False),
        ("for k := range keys { m := map[string]int{}; if k == `` { go send(m, k); continue }; go hook(m, k) }", False),
        ("for k := range keys { m := map[string]int{}; if k == `` { go send(m, k); break }; go hook(m, k) }", False),
        ("for k := range keys { m := map[string]int{}; if k == `` { go send(m, k) }; go hook(m, k) }", True),
        ("for k := range keys { m := map[string]int{}; for range 2 { if k == `` { go send(m, k); continue }; go hook(m, k) } }", True),
        ("m := map[string]int{}; for k := range keys { if k == `` { go send(m, k); continue }; go hook(m, k) }", True),
        ("for k := range keys { m := map[string]int{}; for range 2 { if k == `` { go send(m, k); break }; println(k) }; hook(m, k) }", True),
    ],
)
def test_a_map_is_another_one_in_each_turn_of_a_loop_that_makes_it(body: str, racy: bool) -> None:
    source = (
        "func send(m map[string]int, k string) { m[k]++ }\nfunc hook(m map[string]int, k string) { m[k] = 2 }\n"
        f"func F(keys map[string]int) {{ {body} }}"
    )
    assert any(verdict.certain for verdict in program(source).verdicts) is racy


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("s.m[c] = 1; t.Parallel(); println(c)", False),
        ("t.Parallel(); s.m[c] = 1", True),
        ("t.Parallel(); defer func() { s.m[c] = 1 }()", True),
        ("defer func() { s.m[c] = 1 }(); t.Parallel()", True),
    ],
)
def test_what_a_subtest_does_before_it_runs_beside_others_is_done_alone(body: str, racy: bool) -> None:
    source = (
        "package p\nimport `testing`\ntype store struct { m map[string]int }\n"
        "func TestX(t *testing.T) { s := &store{m: map[string]int{}}; for _, c := range []string{`a`, `b`} { "
        f"t.Run(c, func(t *testing.T) {{ {body} }}) }} }}"
    )
    assert (Program([facts_of({"p_test.go": source})]).verdicts != []) is racy


@pytest.mark.parametrize(
    ("kind", "clean", "racy"), [("*testing.T", "t.Cleanup", False), ("testing.TB", "t.Cleanup", False), ("*testing.T", "call", True)]
)
def test_what_cleans_up_comes_when_the_test_is_over(kind: str, clean: str, racy: bool) -> None:
    source = (
        "package p\nimport `testing`\nfunc call(f func()) { f() }\n"
        f"func run(t {kind}) {{ m := map[int]int{{}}; done := make(chan int); go func() {{ m[1] = 1; close(done) }}()\n"
        f"{clean}(func() {{ delete(m, 1) }}); <-done }}\nfunc TestX(t *testing.T) {{ run(t) }}"
    )
    assert (Program([facts_of({"p_test.go": source})]).verdicts != []) is racy


SETTING = """
type config struct { inPlace, other bool; name string }
type world struct { conf config; m map[string]int; queue chan func() }
func (w *world) serve() { for f := range w.queue { f() } }
func (w *world) exec(f func()) { if COND { f(); return }; w.queue <- f }
func (w *world) put() { w.exec(func() { w.m[`a`]++ }) }
func run(conf config) { w := &world{conf: conf, m: map[string]int{}, queue: make(chan func())}
if !conf.inPlace { go w.serve(); go w.put(); go w.put() } }
func main() { run(config{inPlace: true}) }
"""


@pytest.mark.parametrize(
    ("condition", "more", "racy"),
    [
        ("w.conf.inPlace", "", False),
        ("w.conf.other", "", True),
        ("!w.conf.inPlace", "", True),
        ("w.conf.inPlace", "func (w *world) toggle() { w.conf.inPlace = !w.conf.inPlace }", True),
    ],
)
def test_a_setting_that_must_be_on_and_off_leaves_doubt(condition: str, more: str, racy: bool) -> None:
    assert any(verdict.certain for verdict in program(SETTING.replace("COND", condition) + more).verdicts) is racy


@pytest.mark.parametrize(
    ("work", "racy"),
    [
        ("defer func() { s.mu.Lock(); defer s.mu.Unlock(); println(s.name) }(); s.m[`a`]++; s.mu.Unlock()", False),
        ("s.m[`a`]++; s.mu.Unlock()", False),
        ("defer func() { println(s.name); s.mu.Unlock() }(); s.m[`a`]++", False),
        ("defer func() { s.mu.Lock(); defer s.mu.Unlock(); println(s.name) }(); s.m[`a`]++", True),
        ("s.mu.Lock(); s.mu.Unlock(); s.m[`a`]++", True),
    ],
)
def test_a_lock_is_handed_to_the_goroutine_that_gives_it_back_first(work: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype store struct { mu sync.Mutex; m map[string]int; name string }\n"
        f"func (s *store) watch() {{ s.mu.Lock(); go func() {{ {work} }}() }}\n"
        "func (s *store) put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = 1 }\n"
        "func main() { s := &store{m: map[string]int{}}; for range 3 { s.watch(); go s.put(`b`) } }"
    )
    assert (program(source).verdicts != []) is racy


@pytest.mark.parametrize(
    ("take", "racy"),
    [
        ("s.mu.Lock(); m := s.all[k]; delete(s.all, k); s.mu.Unlock()", False),
        ("s.mu.Lock(); m, ok := s.all[k]; if !ok { s.mu.Unlock(); return }; delete(s.all, k); s.mu.Unlock()", False),
        ("s.mu.Lock(); m := s.all[k]; s.mu.Unlock()", True),
        ("s.mu.Lock(); m := s.all[k]; s.mu.Unlock(); s.mu.Lock(); delete(s.all, k); s.mu.Unlock()", True),
        ("s.mu.Lock(); m := s.all[k]; delete(s.all, k+`x`); s.mu.Unlock()", True),
        ("s.mu.Lock(); m := s.all[k]; if k == `` { delete(s.all, k) }; s.mu.Unlock()", True),
    ],
)
def test_a_map_that_is_taken_out_with_its_entry_is_nobody_elses(take: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype store struct { mu sync.Mutex; all map[string]map[string]int }\n"
        f"func (s *store) flush(k string) {{ {take}; for x := range m {{ println(x) }} }}\n"
        "func (s *store) put(k string) { s.mu.Lock(); defer s.mu.Unlock(); if s.all[k] == nil { s.all[k] = map[string]int{} }; s.all[k][`x`]++ }\n"
        "func main() { s := &store{all: map[string]map[string]int{}}; for range 3 { go s.flush(`a`); go s.put(`a`) } }"
    )
    assert (program(source).verdicts != []) is racy


@pytest.mark.parametrize(
    ("starts", "racy"),
    [
        ("h := make_(); go h.serve(); h.use()", False),
        ("for range 3 { h := make_(); go h.serve(); h.use() }", False),
        ("for range 3 { h := make_(); for range 2 { go h.serve() }; h.use() }", True),
        ("h := make_(); for range 2 { go h.serve() }; h.use()", True),
    ],
)
def test_a_channel_has_one_goroutine_where_each_turn_of_all_loops_makes_another_channel(starts: str, racy: bool) -> None:
    source = (
        "type hub struct { ops chan func(); m map[string]int }\nfunc make_() *hub { return &hub{make(chan func()), map[string]int{}} }\n"
        "func (h *hub) serve() { for f := range h.ops { f() } }\n"
        f"func (h *hub) use() {{ for range 9 {{ h.ops <- func() {{ h.m[`a`]++ }} }} }}\nfunc main() {{ {starts} }}"
    )
    assert (program(source).verdicts != []) is racy
