"""What looks as if it kept goroutines apart, and does not: each case is the shortest form of a race that was missed."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.source.builds import Builds
from golint_maps.source.configuration import default_configuration
from golint_maps.source.model import Header
from golint_maps.testing import facts_of


def certain(source: str) -> bool:
    """Tell whether a race is seen for sure."""
    return any(verdict.certain for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts)


def seen(source: str) -> bool:
    """Tell whether a race is seen, though it may be in doubt."""
    return Program([facts_of({"p.go": "package p\n" + source})]).verdicts != []


# --- groups with room for one ---

GROUP = "import `golang.org/x/sync/errgroup`\nvar seen = map[int]int{}\nfunc main() { work(false) }\n"
EACH = "for i := range 9 { g.Go(func() error { seen[i]++; return nil }) }"


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        (f"g.SetLimit(1); {EACH}; g.Wait()", False),
        (f"if slow {{ g.SetLimit(1) }}; {EACH}; g.Wait()", True),
        (f"{EACH}; g.SetLimit(1); g.Wait()", True),
        (f"g.SetLimit(1); g.Wait(); g.SetLimit(8); {EACH}; g.Wait()", True),
    ],
)
def test_a_group_has_room_for_one_where_that_was_said_before_and_for_good(body: str, racy: bool) -> None:
    assert certain(f"{GROUP}func work(slow bool) {{ var g errgroup.Group; {body} }}") is racy


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("g.Go(add); all = append(all, g)", True),
        ("g.Go(add); g.Wait()", False),
        ("for range 3 { g.Go(add) }; g.Wait()", False),
    ],
)
def test_each_turn_of_a_loop_may_have_a_group_of_its_own(body: str, racy: bool) -> None:
    work = "var all []*errgroup.Group; for range 3 { g := &errgroup.Group{}; g.SetLimit(1); BODY }; for _, g := range all { g.Wait() }"
    source = f"{GROUP}func work(slow bool) {{ add := func() error {{ seen[1]++; return nil }}; {work.replace('BODY', body)} }}"
    assert certain(source) is racy


@pytest.mark.parametrize(("start", "racy"), [("s.work()", False), ("for range 3 { go s.work() }", True), ("for range 3 { s.work() }", False)])
def test_each_activation_of_a_function_has_a_group_of_its_own(start: str, racy: bool) -> None:
    work = (
        "func (s *store) work() { var g errgroup.Group; g.SetLimit(1); for i := range 9 { g.Go(func() error { s.m[i]++; return nil }) }; g.Wait() }"
    )
    source = f"import `golang.org/x/sync/errgroup`\ntype store struct {{ m map[int]int }}\n{work}\n"
    assert certain(f"{source}func Run() {{ s := &store{{m: map[int]int{{}}}}; {start} }}") is racy


# --- slots ---

BEGIN = """
type stat struct { mu sync.Mutex; busy bool; m map[string]int }
func (s *stat) begin() bool { s.mu.Lock(); defer s.mu.Unlock(); if REFUSES { return false }; s.busy = true; return true }
func (s *stat) end() { s.mu.Lock(); s.busy = false; s.mu.Unlock() }
func (s *stat) work() { WORK }
func Run() { s := &stat{m: map[string]int{}}; for range 9 { go s.work() } }
"""


@pytest.mark.parametrize(
    ("refuses", "work", "racy"),
    [
        ("s.busy", "if !s.begin() { return }; s.m[`a`]++; s.end()", False),
        ("s.busy", "if ok := s.begin(); !ok { return }; defer s.end(); s.m[`a`]++", False),
        ("s.busy || len(s.m) > 9", "if s.begin() == false { return }; defer s.end(); s.m[`a`]++", False),
        ("s.busy", "if !s.begin() { return }; go func() { defer func() { println(); s.end() }(); s.m[`a`]++ }()", False),
        ("s.busy", "if s.begin() { s.end(); return }; s.m[`a`]++", True),
        ("s.busy", "if !s.begin() { return }; s.end(); s.m[`a`]++", True),
        ("!s.busy", "if !s.begin() { return }; defer s.end(); s.m[`a`]++", True),
    ],
)
def test_a_slot_is_held_by_whom_it_was_not_refused_until_it_is_given_back(refuses: str, work: str, racy: bool) -> None:
    assert certain("import `sync`\n" + BEGIN.replace("REFUSES", refuses).replace("WORK", work)) is racy


@pytest.mark.parametrize(
    ("begins", "racy"),
    [("if s.current != `` { return errors.New(`busy`) }", False), ("if s.current == id { return errors.New(`busy`) }", True)],
)
def test_who_refuses_one_name_alone_gives_no_slot(begins: str, racy: bool) -> None:
    source = (
        "import (`errors`; `sync`)\ntype stat struct { mu sync.Mutex; current string; m map[string]int }\n"
        f"func (s *stat) use(id string) error {{ s.mu.Lock(); defer s.mu.Unlock(); {begins}; s.current = id; return nil }}\n"
        "func (s *stat) end() { s.mu.Lock(); s.current = ``; s.mu.Unlock() }\n"
        "func (s *stat) work(id string) { if err := s.use(id); err != nil { return }; s.m[id]++ }\n"
        "func Run(ids []string) { s := &stat{m: map[string]int{}}; for _, id := range ids { go s.work(id) } }"
    )
    assert certain(source) is racy


@pytest.mark.parametrize(("start", "racy"), [("if !b.busy.CompareAndSwap(false, true) { return }", False), ("b.busy.Store(true)", True)])
def test_a_status_that_has_the_name_of_a_flag_elsewhere_is_no_slot(start: str, racy: bool) -> None:
    source = (
        "import `sync/atomic`\ntype other struct { busy atomic.Bool }\nfunc (o *other) try() bool { return o.busy.CompareAndSwap(false, true) }\n"
        "type box struct { busy atomic.Bool; m map[int]int }\n"
        f"func (b *box) work(k int) {{ {start}; go func() {{ b.m[k]++; b.busy.Store(false) }}() }}\n"
        "func Run() { b := &box{m: map[int]int{}}; for i := range 9 { b.work(i) } }"
    )
    assert certain(source) is racy


def test_who_comes_without_the_slot_races_with_who_has_it() -> None:
    source = (
        "import `sync/atomic`\ntype box struct { busy atomic.Bool; m map[int]int }\n"
        "func (b *box) one(k int) { if b.busy.CompareAndSwap(false, true) { go func() { defer b.busy.Store(false); b.m[k]++ }() } }\n"
        "func (b *box) two(k int) { go func() { WORK }() }\n"
        "func Run() { b := &box{m: map[int]int{}}; for i := range 9 { b.one(i); b.two(i) } }"
    )
    assert certain(source.replace("WORK", "b.m[k]++"))
    assert not certain(source.replace("WORK", "if b.busy.CompareAndSwap(false, true) { b.m[k]++; b.busy.Store(false) }"))


# --- what a goroutine signals last ---

RUN = "import `sync`\ntype box struct { wg sync.WaitGroup; m map[int]int }\nfunc (b *box) add() { b.m[1]++ }\nfunc (b *box) done() { b.wg.Done() }\n"


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("defer b.done(); b.add()", False),
        ("defer b.done(); defer b.add()", False),
        ("defer b.wg.Done(); defer func() { b.m[1]++ }()", False),
        ("defer func() { b.m[1]++; b.wg.Done() }()", False),
        ("defer func() { defer b.wg.Done(); b.m[1]++ }()", False),
        ("defer b.add(); defer b.done()", True),
        ("defer func() { b.m[1]++ }(); defer b.wg.Done()", True),
        ("defer func() { b.wg.Done(); b.m[1]++ }()", True),
    ],
)
def test_what_is_deferred_first_comes_last(body: str, racy: bool) -> None:
    run = f"func Run() {{ b := &box{{m: map[int]int{{}}}}; b.wg.Add(1); go func() {{ {body} }}(); b.wg.Wait(); b.m[2]++ }}"
    assert seen(RUN + run) is racy


@pytest.mark.parametrize(
    ("fill", "body", "racy"),
    [
        ("defer close(ch); ch <- 1; m[1]++", "fill(ch, m)", False),
        ("defer close(ch); defer func() { m[1]++ }(); ch <- 1", "fill(ch, m)", False),
        ("defer func() { m[1]++ }(); defer close(ch); ch <- 1", "fill(ch, m)", True),
        ("defer func() { m[1]++ }(); defer close(ch); for i := range 9 { ch <- i }", "fill(ch, m)", True),
        ("ch <- 1; close(ch)", "fill(ch, m); m[1]++", True),
        ("ch <- 1; close(ch)", "m[1]++; fill(ch, m)", False),
    ],
)
def test_what_closes_a_channel_for_a_goroutine_is_not_always_its_end(fill: str, body: str, racy: bool) -> None:
    source = f"func fill(ch chan int, m map[int]int) {{ {fill} }}\n"
    run = f"func Run() {{ m := map[int]int{{}}; ch := make(chan int); go func() {{ {body} }}(); for range ch {{ }}; m[2]++ }}"
    assert certain(source + run) is racy


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("println(x)", False),
        ("if x > 9 { continue }; println(x)", False),
        ("switch x { case 1: break }", False),
        ("if x > 9 { break }; println(x)", True),
    ],
)
def test_a_loop_that_is_left_has_not_waited_for_the_close(body: str, racy: bool) -> None:
    run = "for range 9 { ch := make(chan int, 9); go func() { defer close(ch); ch <- 1; m[1]++ }(); for x := range ch { BODY } }"
    assert certain(f"func Run() {{ m := map[int]int{{}}; {run.replace('BODY', body)} }}") is racy


# --- names of one map ---

ROWS = "import `sync`\ntype table struct { mu sync.Mutex; rows map[string]map[string]int }\n"
SUM = "func (t *table) sum(k string) (n int) { t.mu.Lock(); row := t.rows[k]; t.mu.Unlock(); for _, v := range row { n += v }; return }\n"
BOTH = "func main() { t := &table{rows: map[string]map[string]int{}}; go t.sum(`a`); t.add(`a`) }"


@pytest.mark.parametrize(
    ("add", "racy"),
    [
        ("row, ok := t.rows[k]; if !ok { row = map[string]int{}; t.rows[k] = row }; row[k]++", True),
        ("row := t.rows[k]; if row == nil { row = make(map[string]int); t.rows[k] = row }; row[k]++", True),
        ("row, ok := t.rows[k]; if !ok { row = map[string]int{} }; row[k]++", False),
    ],
)
def test_a_row_that_is_made_when_it_is_missing_is_that_of_the_table(add: str, racy: bool) -> None:
    assert certain(f"{ROWS}{SUM}func (t *table) add(k string) {{ t.mu.Lock(); defer t.mu.Unlock(); {add} }}\n{BOTH}") is racy


# --- timers ---


def test_a_timer_that_a_method_starts_shares_the_object_of_its_caller() -> None:
    late = "func (j *job) run() { time.AfterFunc(1, j.late); j.m[`a`] = 1 }\nfunc (j *job) late() { j.m[`b`] = 1 }\n"
    source = f"import `time`\ntype job struct {{ m map[string]int }}\n{late}"
    assert certain(f"{source}func main() {{ j := &job{{m: map[string]int{{}}}}; j.run() }}")


# --- channels with room for one that are no locks ---


@pytest.mark.parametrize("wait", ["<-ch", "defer func() { <-ch }()"])
def test_to_wait_for_a_goroutine_in_the_end_is_not_to_have_had_a_lock(wait: str) -> None:
    first, last = (wait, "") if wait.startswith("defer") else ("println()", f"; {wait}")
    assert certain(f"func f() {{ m := map[int]int{{}}; ch := make(chan bool, 1); {first}; go func() {{ m[1] = 1; ch <- true }}(); m[2] = 2{last} }}")


def test_a_method_that_waits_in_the_end_has_no_lock_either() -> None:
    source = (
        "type s struct { done chan bool; m map[int]int }\nfunc New() *s { return &s{done: make(chan bool, 1), m: map[int]int{}} }\n"
        "func (x *s) run() { x.m[1] = 1; x.done <- true }\nfunc (x *s) Stop() { x.m[2] = 2; <-x.done }\n"
        "func start() { x := New(); go x.run(); x.Stop() }"
    )
    assert certain(source)


# --- loops that serve ---


@pytest.mark.parametrize(
    ("body", "racy"), [("for { select { case k := <-s.ops: s.drop(k); case <-s.in: return } }", True), ("s.drop(<-s.ops)", False)]
)
def test_what_a_serving_loop_does_makes_nothing_ready_for_what_it_starts_at_its_end(body: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype client struct { m map[int]int }\n"
        "func (c *client) loop(in chan int) { for k := range in { c.m[k] = 1 } }\n"
        "func start(in chan int) *client { c := &client{m: map[int]int{}}; go c.loop(in); return c }\n"
        "type server struct { mu sync.Mutex; ops, in chan int; c *client }\n"
        f"func (s *server) serve() {{ defer s.enable(); {body} }}\n"
        "func (s *server) enable() { s.c = start(s.in) }\n"
        "func (s *server) drop(k int) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.c.m, k) }\n"
        "func main() { s := &server{ops: make(chan int), in: make(chan int)}; s.enable(); go s.serve() }"
    )
    assert certain(source) is racy


@pytest.mark.parametrize(
    ("starter", "racy"), [("func main() { s := New(); go register(s, s.start); MAIN }", True), ("func main() { again() }", False)]
)
def test_a_handler_that_starts_something_makes_ready_what_it_starts_alone(starter: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype S struct { mu sync.Mutex; actions map[string]func() }\nfunc New() *S { return &S{actions: map[string]func(){}} }\n"
        "func register(s *S, f func(string)) { for range 3 { f(`x`) } }\n"
        "func (s *S) start(k string) { if f := s.actions[k]; f != nil { go f() } }\n"
        "func (s *S) attach(k string, f func()) { s.mu.Lock(); defer s.mu.Unlock(); s.actions[k] = f }\n"
    )
    work = "go func() { s.attach(`c`, func() { println(`c`) }) }()"
    again = "func again() { s := New(); go register(s, s.start); go func() { s.attach(`c`, again) }() }"
    assert certain(source + starter.replace("MAIN", work) + ("" if racy else again)) is racy


@pytest.mark.parametrize(("channel", "racy"), [("s.log.lines", True), ("s.done", False), ("s.ready", False)])
def test_goroutines_talk_to_each_other_over_what_they_both_have(channel: str, racy: bool) -> None:
    source = (
        "type log struct { lines chan string }\ntype api struct { in chan string }\n"
        "type S struct { log *log; api *api; ready, done chan int; m map[string]int }\n"
        "func (s *S) fill() { s.m[`a`] = 1; TELL }\nfunc (s *S) use() { LOOK; println(s.m[`a`]) }\n"
        "func main() { s := &S{log: &log{}, api: &api{}, m: map[string]int{}}; go s.fill(); go s.use() }"
    )
    tell = f"{channel} <- `x`" if channel == "s.log.lines" else f"{channel} <- 1"
    look = "<-s.api.in" if racy else "<-s.ready"
    assert certain(source.replace("TELL", tell).replace("LOOK", look)) is racy


# --- what is handed in ---

HANDED_IN = """
import `sync`
type S struct { m map[string]int; mu sync.Mutex }
type request struct { name string }
func (s *S) count(r *request, err error) error { BODY; return err }
func (s *S) fail(r *request) { s.count(r, nil) }
func main() { s := &S{m: map[string]int{}}; for range 3 { go CALL } }
"""


@pytest.mark.parametrize(
    "body",
    ["if r != nil { s.m[r.name]++ }", "if r == nil { return err }; s.m[r.name]++", "if r == nil || err != nil { return err }; s.m[r.name]++"],
)
@pytest.mark.parametrize(
    ("call", "racy"),
    [
        ("s.count(nil, nil)", False),
        ("s.fail(nil)", False),
        ("s.count(&request{}, nil)", True),
        ("s.fail(&request{})", True),
        ("func(r *request) { s.count(r, nil) }(nil)", True),
    ],
)
def test_what_is_nil_closes_the_way_behind_a_test_for_it(body: str, call: str, racy: bool) -> None:
    assert certain(HANDED_IN.replace("BODY", body).replace("CALL", call)) is racy


@pytest.mark.parametrize(
    "body",
    ["if r == nil { s.m[`none`]++ }", "if r != nil { println(r.name) }; s.m[`all`]++", "r = &request{}; if r != nil { s.m[r.name]++ }"],
)
def test_a_test_that_nil_passes_closes_nothing(body: str) -> None:
    assert certain(HANDED_IN.replace("BODY", body).replace("CALL", "s.count(nil, nil)"))


def test_nil_among_variadic_arguments_does_not_make_the_list_nil() -> None:
    source = HANDED_IN.replace("r *request, err error", "r ...*request").replace("return err", "return nil").replace("s.count(r, nil)", "s.count(r)")
    assert certain(source.replace("BODY", "if r != nil { s.m[`a`]++ }").replace("CALL", "s.count(nil)"))


EACH_OF_THEM = """
import (`sync`; `golang.org/x/sync/errgroup`)
func list(names []string) map[string]int { OBJECTS }
func each(names []string, fn func(string)) error {
    var mu sync.Mutex; var g errgroup.Group
    for _, name := range names { INSIDE g.Go(func() error { mu.Lock(); fn(name); mu.Unlock(); return nil }) }
    return g.Wait()
}
func Up() { println(len(list(nil))) }
var all = map[string]int{}
func Many() { for range 3 { go list(nil) } }
"""


@pytest.mark.parametrize(
    ("objects", "inside", "racy"),
    [
        ("m := map[string]int{}; each(names, func(k string) { m[k] = 1 }); return m", "", False),
        ("m := map[string]int{}; each(names, func(k string) { m[k] = 1 }); return m", "var mu sync.Mutex;", True),
        ("m := all; each(names, func(k string) { m[k] = 1 }); return m", "", True),
        ("m := map[string]int{}; for range 3 { go each(names, func(k string) { m[k] = 1 }) }; return m", "", True),
    ],
)
def test_a_lock_of_who_starts_the_goroutines_keeps_those_of_one_call_apart(objects: str, inside: str, racy: bool) -> None:
    assert seen(EACH_OF_THEM.replace("OBJECTS", objects).replace("INSIDE", inside)) is racy


# --- functions that are handed on ---

HANDED_ON = """
import `golang.org/x/sync/errgroup`
type state struct { seen map[string]int }
func (s *state) apply() error { return inOrder(func(name string) error { s.seen[name] = 1; return nil }) }
func inOrder(fn func(string) error) error { return visit(3, fn) }
func visit(n int, fn func(string) error) error { var g errgroup.Group; run(&g, n, fn); return g.Wait() }
func run(g *errgroup.Group, n int, fn func(string) error) { for range n { START } }
func Up() error { s := &state{seen: map[string]int{}}; return s.apply() }
"""


@pytest.mark.parametrize(
    ("start", "racy"),
    [
        ("g.Go(func() error { return fn(`a`) })", True),
        ("go func() { fn(`a`) }()", True),
        ("fn(`a`)", False),
    ],
)
def test_a_function_is_followed_through_those_that_only_hand_it_on(start: str, racy: bool) -> None:
    assert certain(HANDED_ON.replace("START", start)) is racy


def test_one_who_hands_a_function_on_is_not_taken_for_another() -> None:
    other = "func Other() { alone(func(name string) error { quiet[name]++; return nil }) }\nvar quiet = map[string]int{}\n"
    alone = "func alone(fn func(string) error) { fn(`a`) }\n"
    assert not certain("var seen = map[string]int{}\n" + HANDED_ON.replace("START", "go fn(`a`)").replace("s.seen[name] = 1; ", "") + other + alone)


# --- starts before main, and at the end of objects ---


def test_a_goroutine_that_init_starts_runs_beside_main() -> None:
    source = (
        "var on = map[string]bool{}\nfunc init() { on[`a`] = true; START }\nfunc refresh() { for { on[`b`] = true } }\nfunc main() { _ = on[`a`] }"
    )
    assert seen(source.replace("START", "go refresh()"))
    assert not seen(source.replace("START", "refresh()"))
    assert not seen(source.replace("START", "go refresh()").replace("func main() {", "var ready chan bool\nfunc main() { <-ready;"))


@pytest.mark.parametrize(
    ("registered", "racy"),
    [("t.release", True), ("(*handle).close", False), ("func(h *handle) { delete(t.paths, h.id) }", True), ("func(h *handle) { h.close() }", False)],
)
def test_a_finalizer_runs_while_the_next_object_is_made(registered: str, racy: bool) -> None:
    source = (
        "import `runtime`\ntype handle struct { id int; m map[int]int }\nfunc (h *handle) close() { h.m[1] = 1 }\n"
        "type table struct { paths map[int]int }\nfunc (t *table) release(h *handle) { delete(t.paths, h.id) }\n"
        "func (t *table) open(id int) *handle { h := &handle{id: id, m: map[int]int{}}; h.m[2] = 2; t.paths[id] = id\n"
        f"runtime.SetFinalizer(h, {registered}); return h }}\n"
        "func main() { t := &table{paths: map[int]int{}}; for i := range 9 { t.open(i) } }"
    )
    assert certain(source) is racy


@pytest.mark.parametrize(
    "kept", ["return &httputil.ReverseProxy{ModifyResponse: e.note}", "e.p = &httputil.ReverseProxy{ModifyResponse: e.note}; return e.p"]
)
def test_a_hook_of_a_struct_that_is_returned_or_stored_is_registered(kept: str) -> None:
    source = (
        "import (`net/http`; `net/http/httputil`)\ntype edge struct { failures map[string]int; p *httputil.ReverseProxy }\n"
        "func (e *edge) note(res *http.Response) error { e.failures[res.Status]++; return nil }\n"
        f"func (e *edge) proxy() *httputil.ReverseProxy {{ {kept} }}"
    )
    assert certain(source)
    assert not seen(source.replace("ModifyResponse: e.note", "Transport: nil"))


# --- locks that each activation has for itself, and objects inside of others ---

REQUESTS = """
import (`net/http`; `sync`)
type server struct { mu sync.Mutex; once sync.Once; roles map[string]int }
type exchange struct { once sync.Once; mu sync.Mutex; srv *server }
func (x *exchange) role() { BODY }
func main() { s := &server{roles: map[string]int{}}; http.HandleFunc(`/`, s.handle); http.ListenAndServe(``, nil) }
func (s *server) handle(w http.ResponseWriter, r *http.Request) { x := &exchange{srv: s}; x.role() }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("x.once.Do(func() { x.srv.roles[`a`] = 1 })", True),
        ("x.srv.once.Do(func() { x.srv.roles[`a`] = 1 })", False),
        ("x.mu.Lock(); x.srv.roles[`a`] = 1; x.mu.Unlock()", True),
        ("x.srv.mu.Lock(); x.srv.roles[`a`] = 1; x.srv.mu.Unlock()", False),
    ],
)
def test_a_lock_in_an_object_that_each_request_makes_keeps_nobody_apart(body: str, racy: bool) -> None:
    assert certain(REQUESTS.replace("BODY", body)) is racy


@pytest.mark.parametrize(
    ("start", "racy"),
    [
        ("for range 3 { w := &worker{reg: reg}; go func() { w.encode() }() }", True),
        ("for range 3 { w := &worker{reg: reg}; go w.encode() }", True),
        ("w := &worker{reg: reg}; for range 3 { go w.encode() }", False),
        ("w := &worker{reg: reg}; go w.encode(); go w.encode()", False),
    ],
)
def test_each_turn_of_a_loop_makes_an_object_with_a_lock_of_its_own(start: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype registry struct { m map[int]int }\nfunc (r *registry) load() { r.m[1] = 1 }\n"
        "type worker struct { once sync.Once; reg *registry }\nfunc (w *worker) encode() { w.once.Do(w.reg.load) }\n"
        f"func main() {{ reg := &registry{{m: map[int]int{{}}}}; {start} }}"
    )
    assert certain(source) is racy


def test_goroutines_that_share_an_object_share_its_lock() -> None:
    source = (
        "import `sync`\ntype box struct { mu sync.Mutex }\nvar m = map[int]int{}\nfunc (b *box) put() { b.mu.Lock(); m[1]++; b.mu.Unlock() }\n"
        "func Run() { b := &box{}; go b.put(); b.put() }\nfunc main() { Run() }"
    )
    assert not certain(source)


REAPER = """
import `sync`
type server struct { mu sync.Mutex; sessions map[string]int }
func (s *server) login(k string) { s.mu.Lock(); s.sessions[k] = 1; s.mu.Unlock() }
type reaper struct { mu MUTEX; srv *server }
func newReaper(s *server) *reaper { return &reaper{LOCK srv: s} }
func (r *reaper) loop() { for { r.mu.Lock(); delete(r.srv.sessions, `a`); r.mu.Unlock() } }
func main() { s := &server{sessions: map[string]int{}}; START; for { s.login(`b`) } }
"""


@pytest.mark.parametrize("start", ["r := newReaper(s); go r.loop()", "r := newReaper(s); go func() { r.loop() }()", "go newReaper(s).loop()"])
def test_what_a_constructor_puts_into_an_object_goes_with_it_to_a_goroutine(start: str) -> None:
    source = REAPER.replace("START", start)
    assert seen(source.replace("MUTEX", "sync.Mutex").replace("LOCK", ""))
    assert not seen(source.replace("MUTEX", "*sync.Mutex").replace("LOCK", "mu: &s.mu,"))


def test_a_lock_that_a_helper_chooses_by_a_key_is_not_that_of_another_key() -> None:
    source = (
        "import `sync`\ntype keyed struct { mu sync.Mutex; locks map[string]*sync.Mutex }\n"
        "func (k *keyed) lock(key string) func() { k.mu.Lock(); l, ok := k.locks[key]; if !ok { l = new(sync.Mutex) }\n"
        "k.locks[key] = l; k.mu.Unlock(); l.Lock(); return l.Unlock }\n"
        "type bank struct { by keyed; all sync.Mutex; balance map[string]int }\n"
        "func (b *bank) put(key string) { unlock := b.by.lock(key); defer unlock(); BODY }\n"
        "func main() { b := &bank{balance: map[string]int{}}; for _, k := range []string{`a`, `b`} { go b.put(k) } }"
    )
    assert certain(source.replace("BODY", "b.balance[key]++"))
    assert not seen(source.replace("BODY", "b.all.Lock(); b.balance[key]++; b.all.Unlock()"))


def test_who_calls_a_literal_does_not_come_to_what_the_function_around_it_does() -> None:
    source = (
        "type hooks struct { f func() }\nfunc far() { println() }\nfunc (h *hooks) call() { h.f() }\n"
        "func around(h *hooks) { h.f = func() { near() }; far() }\nfunc near() {}"
    )
    links = Program([facts_of({"p.go": "package p\n" + source})]).races.links
    reached = links.comes_to("example.com/p.hooks.call")
    assert ("example.com/p.near" in reached, "example.com/p.far" in reached, "example.com/p.around" in reached) == (True, False, True)


# --- copies of structs ---


@pytest.mark.parametrize(
    ("change", "racy"),
    [
        ("next.limits[`a`] = 1", True),
        ("next.limits = map[string]int{}; next.limits[`a`] = 1", False),
        ("next.renew(); next.limits[`a`] = 1", False),
        ("renew(&next); next.limits[`a`] = 1", False),
    ],
)
def test_the_map_of_a_copied_struct_is_that_of_the_original(change: str, racy: bool) -> None:
    source = (
        "import (`net/http`; `sync/atomic`)\ntype config struct { version int; limits map[string]int }\n"
        "func (c *config) renew() { c.limits = map[string]int{} }\nfunc renew(c *config) { c.renew() }\n"
        "type gate struct { current atomic.Pointer[config] }\n"
        f"func (g *gate) apply() {{ next := *g.current.Load(); next.version++; {change}; g.current.Store(&next) }}\n"
        "func (g *gate) serve(w http.ResponseWriter, r *http.Request) { _ = g.current.Load().limits[r.URL.Path] }\n"
        "func main() { g := &gate{}; http.HandleFunc(`/`, g.serve); go func() { for { g.apply() } }(); http.ListenAndServe(``, nil) }"
    )
    assert certain(source) is racy


def test_ways_through_files_that_no_build_has_together_do_not_race() -> None:
    shared = "package p\nvar keys = map[int]int{}\nfunc update() { keys[1] = 1 }\nfunc main() { run() }\n"
    files = {"p.go": shared, "a_js.go": "package p\nfunc run() { go update(); extra() }\n", "b.go": "package p\nfunc extra() { update() }\n"}

    def races(constraint: str) -> bool:
        headers = {path: Header("p", constraint if path == "b.go" else "", generated=False) for path in files}
        return bool(Program([facts_of(files)], builds=Builds(headers, default_configuration())).verdicts)

    assert races("js || linux")
    assert not races("!js")


@pytest.mark.parametrize(
    ("loop", "racy"),
    [
        ("first := true; for range in { if first { go s.work(); first = false } }", False),
        ("started := false; for range in { if !started { started = true; go s.work() } }", False),
        ("for range in { first := true; if first { go s.work(); first = false } }", True),
        ("first := true; for range in { if first { go s.work(); first = false }; if len(in) > 9 { first = true } }", True),
        ("first := true; for range in { if first { go s.work() } }; println(first)", True),
        ("for range in { if len(in) > 9 { go s.work(); break } }", False),
        ("for range in { switch len(in) { case 9: go s.work(); break } }", True),
        ("for range in { for range in { if len(in) > 9 { go s.work(); break } } }", True),
        ("for range in { select { case <-in: go s.work(); break; default: } }", True),
        ("for range in { if len(in) > 9 { go s.work(); if len(in) > 99 { continue }; break } }", True),
        ("for range in { first := true; for range in { if first { go s.work(); first = false } } }", True),
    ],
)
def test_a_local_flag_lets_one_start_through(loop: str, racy: bool) -> None:
    source = "type state struct { m map[int]int }\nfunc (s *state) work() { s.m[1]++ }\n"
    assert certain(f"{source}func Run(in chan int) {{ s := &state{{m: map[int]int{{}}}}; {loop} }}") is racy


@pytest.mark.parametrize(("end", "racy"), [("break", False), ("continue", True)])
def test_what_stands_behind_a_start_in_a_loop_that_it_breaks_off_does_not_come(end: str, racy: bool) -> None:
    source = "type state struct { m map[int]int }\nfunc (s *state) work() { s.m[1]++ }\nfunc (s *state) late() { s.m[2]++ }\n"
    loop = f"for range in {{ if len(in) > 9 {{ go s.work(); {end} }}; s.late() }}"
    assert seen(f"{source}func (s *state) serve(in chan int) {{ {loop} }}\nfunc main() {{ s := &state{{m: map[int]int{{}}}}; s.serve(nil) }}") is racy


@pytest.mark.parametrize(
    ("parameters", "fits"),
    [
        ("k string, n uint8", True),
        ("k ID, n byte", True),
        ("k Name, n byte", False),
        ("k string, n int", False),
        ("k string, n ...byte", False),
        ("k string, n *byte", False),
    ],
)
def test_an_interface_stands_for_methods_of_its_signature(parameters: str, fits: bool) -> None:
    source = (
        "type ID = string\ntype Name string\ntype putter interface { Put(k string, n byte) }\ntype store struct { m map[string]int }\n"
        f"func (s *store) Put({parameters}) {{ s.m[``] = 1 }}\nfunc each(p putter) {{ for range 3 {{ go p.Put(``, 1) }} }}\n"
        "func Start(s *store, p putter) { each(p) }"
    )
    links = Program([facts_of({"p.go": "package p\n" + source})]).races.links
    assert bool(links.into["example.com/p.store.Put"]) is fits


def test_an_object_that_is_handed_to_an_interface_is_of_its_own_type_for_package_maps_too() -> None:
    source = (
        "type reloader interface { Reload() }\nvar peers = map[string]int{}\n"
        "type peer struct{}\nfunc (p *peer) Reload() { peers[``] = 1 }\ntype auth struct{}\nfunc (a *auth) Reload() {}\n"
        "func period(r reloader) { for { r.Reload() } }\nfunc Look() int { return peers[``] }\n"
        "func main() { KIND; go period(x); Look() }"
    )
    assert certain(source.replace("KIND", "x := &peer{}"))
    assert not certain(source.replace("KIND", "x := &auth{}"))


def test_maps_of_a_struct_by_value_that_are_cloned_one_by_one_are_its_own() -> None:
    source = (
        "import `maps`\ntype options struct { a, b map[string]int }\n"
        "func fill(o options) options { o.a = maps.Clone(o.a); o.b = maps.Clone(o.b); o.a[`x`] = 1; o.b[`y`] = 2; return o }\n"
        "func main() { o := options{a: map[string]int{}, b: map[string]int{}}; for range 3 { go func() { fill(o) }() } }"
    )
    assert not seen(source)
    assert seen(source.replace("o.b = maps.Clone(o.b); ", ""))


# --- waits below what both come from ---


@pytest.mark.parametrize(
    ("close", "racy"), [("close(r.quit); <-r.done; println(len(r.members), r.members[1])", False), ("close(r.quit); println(r.members[1])", True)]
)
def test_what_ends_a_goroutine_and_waits_for_it_may_look_at_its_map(close: str, racy: bool) -> None:
    source = (
        "import `sync`\ntype room struct { ops chan func(); quit, done chan bool; members map[int]int }\n"
        "func (r *room) loop() { defer close(r.done); for { select { case op := <-r.ops: op(); case <-r.quit: return } } }\n"
        "func (r *room) do(op func()) { select { case r.ops <- op: case <-r.quit: } }\n"
        "func (r *room) join(id int) { r.do(func() { r.members[id] = 1 }) }\n"
        f"func (r *room) close() {{ {close} }}\n"
        "func main() { r := &room{members: map[int]int{}}; go r.loop(); var wg sync.WaitGroup; wg.Add(1)\n"
        "go func() { defer wg.Done(); r.join(1) }(); wg.Wait(); r.close() }"
    )
    assert seen(source) is racy
