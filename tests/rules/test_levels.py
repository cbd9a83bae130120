"""How sure a finding is decides its level: what the program shows is an error or a warning, what it only allows is a note."""

from __future__ import annotations

from types import ModuleType

import pytest
from golint_maps.rules.concurrency import (
    gm201_unguarded_concurrent_write,
    gm202_unguarded_concurrent_read,
    gm205_inconsistent_guard,
    gm206_guards_differ,
    gm207_guarded_map_escapes,
    gm209_guard_annotation_violated,
    gm212_write_through_copy,
)
from golint_maps.rules.iteration import gm103_insert_during_range, gm104_mutated_by_callee_during_range
from golint_maps.rules.syncmap import gm501_syncmap_load_then_store, gm502_syncmap_load_then_delete

from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

REGISTRY = """
import "sync"
type Server struct { mu sync.Mutex; services map[string]int } // mu guards services
func (s *Server) Register(name string) { s.mu.Lock(); defer s.mu.Unlock(); s.register(name) }
func (s *Server) register(name string) { s.services[name] = 1 }
func (s *Server) Names() int { s.mu.Lock(); defer s.mu.Unlock(); return s.services[`a`] + s.services[`b`] }
func (s *Server) Serve(c chan string) { for name := range c { go s.handle(name) } }
func (s *Server) handle(name string) int { return s.services[name] }
"""


def levels(rule: ModuleType, source: str, name: str = "p.go") -> list[str]:
    return [finding.level.value for finding in findings_of(rule, {name: "package p\n" + source})]


def test_what_registration_alone_fills_is_read_by_everybody() -> None:
    assert levels(gm205_inconsistent_guard, REGISTRY) == ["note"]
    assert levels(gm205_inconsistent_guard, REGISTRY.replace("egister", "emember")) == ["warning"]
    assert levels(gm207_guarded_map_escapes, REGISTRY + "func (s *Server) All() map[string]int { return s.services }") == ["note"]


def test_what_is_registered_while_the_program_serves_is_no_registry() -> None:
    escapes = REGISTRY + "func (s *Server) All() map[string]int { s.mu.Lock(); defer s.mu.Unlock(); return s.services }\n"
    assert levels(gm207_guarded_map_escapes, escapes + "func boot(s *Server) { go s.Register(`a`) }") == ["note"]
    served = "func boot(s *Server, c chan string) { go s.run(c) }\nfunc (s *Server) run(c chan string) { for { s.Register(<-c) } }"
    assert levels(gm207_guarded_map_escapes, escapes + served) == ["warning"]


def test_a_registry_that_loses_entries_is_none() -> None:
    removes = "func (s *Server) Unregister(name string) { s.mu.Lock(); defer s.mu.Unlock(); delete(s.services, name) }"
    assert levels(gm205_inconsistent_guard, REGISTRY + removes) == ["warning"]


def test_what_runs_once_is_one_level_less() -> None:
    source = (
        'import "sync/atomic"\ntype call struct { done atomic.Bool; header map[string]int }\n'
        "func (c *call) fill() { if c.done.CompareAndSwap(false, true) { c.header = map[string]int{} } }\n"
        "func (c *call) read() { c.header[`a`] = 1 }\n"
        "func begin() { c := &call{}; go c.fill(); go c.read() }"
    )
    assert levels(gm201_unguarded_concurrent_write, source) == ["warning"]
    always = source.replace("if c.done.CompareAndSwap(false, true) { c.header = map[string]int{} }", "c.header = map[string]int{}")
    assert levels(gm201_unguarded_concurrent_write, always) == ["error", "error"]


def test_a_declared_guard_is_an_error_where_a_goroutine_breaks_it() -> None:
    head = (
        'import "sync"\ntype T struct { mu sync.Mutex; m map[string]int } // mu protects m\n'
        "func (t *T) Put() { t.mu.Lock(); t.m[`a`] = 1; t.mu.Unlock() }\n"
    ).replace("mu sync.Mutex; m map[string]int } // mu protects m", "mu sync.Mutex // protects m\n m map[string]int }")
    assert levels(gm209_guard_annotation_violated, head + "func (t *T) Get() int { return t.m[`a`] }") == ["warning"]
    assert levels(gm209_guard_annotation_violated, head + "func (t *T) Start() { go t.run() }\nfunc (t *T) run() { t.m[`a`]++ }") == ["error"]


def test_code_behind_a_false_constant_never_runs() -> None:
    source = (
        'import "sync"\nconst debug = false\ntype T struct { mu sync.Mutex // protects m\n m map[string]int }\n'
        "func (t *T) Put() { t.mu.Lock(); t.m[`a`] = 1; t.mu.Unlock() }\nfunc (t *T) Get() { if debug { println(t.m[`a`]) } }"
    )
    assert levels(gm209_guard_annotation_violated, source) == []
    assert levels(gm209_guard_annotation_violated, source.replace("= false", "= true")) == ["warning"]


def test_a_map_beside_guarded_ones_is_a_note() -> None:
    source = (
        'import "sync"\ntype S struct { mu sync.Mutex; users, jobs map[string]int }\n'
        "func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.users[k] = 1 }\n"
        "func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.users[k] }\n"
        "func (s *S) Begin(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }"
    )
    assert levels(gm205_inconsistent_guard, source) == ["note"]


@pytest.mark.parametrize("doc", ["Total is called after all goroutines have ended.", "Total must be called from the event loop."])
def test_a_comment_that_says_when_a_function_is_called_is_believed(doc: str) -> None:
    source = (
        'import "sync"\ntype S struct { mu sync.Mutex; users map[string]int }\n'
        "func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.users[k] = 1 }\n"
        "func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.users[k] }\n"
    )
    total = "func (s *S) Total() int { return s.users[`a`] }"
    assert levels(gm205_inconsistent_guard, source + total) == ["warning"]
    assert levels(gm205_inconsistent_guard, f"{source}// {doc}\n{total}") == []


@pytest.mark.parametrize(
    ("name", "found"),
    [("Total", ["warning"]), ("UnsafeTotal", []), ("initializeTotal", []), ("Close", ["note"]), ("TearDown", ["note"]), ("Closest", ["warning"])],
)
def test_names_say_when_a_map_is_used_without_its_lock(name: str, found: list[str]) -> None:
    source = (
        'import "sync"\ntype S struct { mu sync.Mutex; users map[string]int }\n'
        "func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.users[k] = 1 }\n"
        "func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.users[k] }\n"
        f"func (s *S) {name}() int {{ return s.users[`a`] }}"
    )
    assert levels(gm205_inconsistent_guard, source) == found


def test_a_habit_with_the_lock_of_another_object_is_a_note() -> None:
    source = (
        'import "sync"\ntype tx struct { mu sync.Mutex; buffer *buffer }\ntype buffer struct { users map[string]int }\n'
        "func (t *tx) Put(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.buffer.users[k] = 1 }\n"
        "func (t *tx) Get(k string) int { t.mu.Lock(); defer t.mu.Unlock(); return t.buffer.users[k] }\n"
        "func (b *buffer) Total() int { return b.users[`a`] }"
    )
    assert levels(gm205_inconsistent_guard, source) == ["note"]


def test_a_map_that_a_method_replaces_is_moved_out() -> None:
    source = (
        'import "sync"\ntype T struct { mu sync.Mutex; conns map[string]int }\nfunc use(m map[string]int) {}\n'
        "func (t *T) Add(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.conns[k] = 1 }\nfunc (t *T) reset() { t.conns = map[string]int{} }\n"
    )
    moved = "func (t *T) Close() { t.mu.Lock(); conns := t.conns; t.reset(); t.mu.Unlock(); use(conns) }"
    kept = "func (t *T) Close() { t.mu.Lock(); t.reset(); conns := t.conns; t.mu.Unlock(); use(conns) }"
    assert levels(gm207_guarded_map_escapes, source + moved) == []
    assert levels(gm207_guarded_map_escapes, source + kept) == ["warning"]


def test_a_copy_in_code_that_serves_tests_is_left_alone() -> None:
    source = "package p\ntype C struct { Name string; M map[string]int }\nfunc F(p *C) C { c := *p; c.Name = `x`; c.M[`k`] = 1; return c }"
    rule = gm212_write_through_copy.RULE
    for path, count in (("example.com/store", 1), ("example.com/store/tests", 0), ("example.com/storetest", 0), ("example.com/latest", 1)):
        program = Program([facts_of(source, path=path)])
        assert len([finding for check in rule.checks for finding in check(program)]) == count


def test_a_test_may_change_a_map_that_it_ranges_over_to_see_what_happens() -> None:
    source = "func grow(m map[int]int) { for k := range m { m[k+1] = k } }"
    assert levels(gm103_insert_during_range, source) == ["warning"]
    assert levels(gm103_insert_during_range, source, "p_test.go") == ["note"]


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("func (t *T) put(k string) { t.m[k] = 1 }", "warning"),
        ("func (t *T) put(k string) { delete(t.m, k) }", "note"),  # Go says what happens
        ("func key(k string) string { return k }\nfunc (t *T) put(k string) { t.m[key(k)] = 1 }", "note"),  # the key may be the loop's own again
    ],
)
def test_a_callee_that_inserts_under_another_key_is_a_warning(body: str, level: str) -> None:
    source = "type T struct { m map[string]int }\nfunc (t *T) All() { for k := range t.m { t.put(k + k) } }\n"
    assert levels(gm104_mutated_by_callee_during_range, source + body) == [level]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("new(sync.Mutex)", "warning"),
        ("&counter{}", "warning"),
        ("make(chan int)", "warning"),
        ("new(int64)", "warning"),
        ("&point{}", "note"),
        ("key + `.`", "note"),
        ("len(key)", "note"),
    ],
)
def test_a_lost_store_matters_where_the_value_has_a_state(value: str, level: str) -> None:
    source = (
        'import "sync"\ntype counter struct { n struct { mu sync.Mutex } }\ntype point struct { x int; next *point }\nvar m sync.Map\n'
        f"func Of(key string) any {{ if v, ok := m.Load(key); ok {{ return v }}; v := {value}; m.Store(key, v); return v }}"
    )
    assert levels(gm501_syncmap_load_then_store, source) == [level]


def test_an_object_may_take_out_its_own_entry_in_two_steps() -> None:
    source = 'import "sync"\nvar m sync.Map\ntype T struct{}\nfunc use(v any) {}\n'
    own = "func (t *T) Close() { v, ok := m.Load(t); if !ok { return }; m.Delete(t); use(v) }"
    assert levels(gm502_syncmap_load_then_delete, source + own) == []
    assert levels(
        gm502_syncmap_load_then_delete,
        source + own.replace("m.Load(t)", "m.Load(k)").replace("m.Delete(t)", "m.Delete(k)").replace("Close()", "Close(k int)"),
    ) == ["warning"]


SHARED = """
import ("net/http"; "sync")
type result struct { mu sync.Mutex; refs map[string]int }
func (r *result) Add(k string) { r.mu.Lock(); defer r.mu.Unlock(); r.refs[k] = 1 }
type solver struct { mu sync.Mutex; last *result; all []*result }
func (s *solver) solve() *result { for _, r := range s.all { return r }; return nil }
func (s *solver) ServeHTTP(w http.ResponseWriter, q *http.Request) { r := %s; s.mu.Lock(); defer s.mu.Unlock(); println(r.refs[``]) }
type adder struct { s *solver }
func (a *adder) ServeHTTP(w http.ResponseWriter, q *http.Request) { r := a.s.solve(); r.Add(``) }
"""


def test_locks_that_differ_are_a_note_where_each_request_got_its_object_somewhere() -> None:
    assert levels(gm206_guards_differ, SHARED % "s.solve()") == ["note"]
    assert levels(gm206_guards_differ, SHARED % "s.last") == ["warning"]


@pytest.mark.parametrize(
    "said", ["It must be called before Serve.", "It should not be called from production code.", "It is intended for test isolation only."]
)
def test_what_a_comment_leaves_to_callers_is_a_note(said: str) -> None:
    source = (
        'import "sync"\ntype T struct { mu sync.Mutex; m map[string]int }\n// Stub replaces what is there. %s\nfunc (t *T) Stub() { t.m[``] = 2 }\n'
        "func (t *T) Serve(c chan string) { go func() { for k := range c { t.mu.Lock(); t.m[k] = 1; t.mu.Unlock() } }() }"
    )
    assert levels(gm201_unguarded_concurrent_write, source % said) == ["note"]
    assert levels(gm201_unguarded_concurrent_write, source % "It is fast.") == ["warning"]
    assert levels(gm201_unguarded_concurrent_write, source.replace("Stub", "ResetInit") % "It is fast.") == ["note"]


def test_an_encoder_calls_for_whoever_encodes() -> None:
    head = REGISTRY.partition("func (s *Server) Serve")[0].replace("egister", "emember").replace(" // mu guards services", "")
    assert levels(gm205_inconsistent_guard, head + "func (s *Server) MarshalJSON() ([]byte, error) { println(s.services[``]); return nil, nil }") == [
        "note"
    ]
    assert levels(gm205_inconsistent_guard, head + "func (s *Server) Write() { println(s.services[``]) }") == ["warning"]


def test_a_goroutine_ends_with_the_pipe_that_it_writes_to() -> None:
    source = """
import "io"
type T struct { m map[string]int }
func (t *T) fill(w %s) { t.m[``]++; w.Close() }
func (t *T) First() { r, w := io.Pipe(); go t.fill(w); io.ReadAll(r) }
func Run(t *T) { go t.First(); t.Second() }
func (t *T) Second() { r, w := io.Pipe(); go t.fill(w); io.ReadAll(r) }
"""
    assert set(levels(gm201_unguarded_concurrent_write, source % "*io.PipeWriter")) == {"note"}


def test_who_ends_an_object_may_be_the_last_to_have_it() -> None:
    source = (
        'import "sync"\ntype T struct { mu sync.Mutex // protects m\n m map[string]int }\n'
        "func (t *T) Put() { t.mu.Lock(); t.m[`a`] = 1; t.mu.Unlock() }\nfunc (t *T) Close() { println(t.m[`a`]) }"
    )
    assert levels(gm209_guard_annotation_violated, source) == ["note"]
    assert levels(gm209_guard_annotation_violated, source.replace("Close", "Closest")) == ["warning"]


@pytest.mark.parametrize(
    ("run", "body", "level"),
    [("run", "s.m = map[string]int{}", "note"), ("work", "s.m = map[string]int{}", "warning"), ("run", "for { s.m = map[string]int{} }", "warning")],
)
def test_a_map_that_is_put_in_place_by_what_begins_is_a_note(run: str, body: str, level: str) -> None:
    source = f"""
import "net/http"
type server struct {{ m map[string]int }}
func Boot(s *server) {{ go s.{run}(); http.HandleFunc("/", s.look) }}
func (s *server) {run}() {{ {body} }}
func (s *server) look(w http.ResponseWriter, r *http.Request) {{ println(s.m["a"]) }}
"""
    assert levels(gm201_unguarded_concurrent_write, source) == [level]
    if level == "warning":  # finished maps take the place of each other, unless somebody changes them as well
        changed = source + "func (s *server) add() { s.m[`a`] = 1 }\nfunc Add(s *server) { s.add() }\n"
        assert "error" in levels(gm201_unguarded_concurrent_write, changed)


@pytest.mark.parametrize(
    ("put", "level"),
    [
        ("m := build(); m[`b`] = 1; s.m = m", "warning"),
        ("m := build(); s.m = m; m[`b`] = 1", "error"),
        ("m := build(); fill := func() { m[`b`] = 1 }; s.m = m; fill()", "error"),
        ("m := build(); for { m[`b`] = 1; s.m = m }", "error"),
        ("for { m := build(); m[`b`] = 1; s.m = m }", "warning"),
    ],
)
def test_a_map_is_finished_where_no_local_name_is_used_behind(put: str, level: str) -> None:
    source = f"""
import "net/http"
type server struct {{ m map[string]int }}
func build() map[string]int
func Boot(s *server) {{ go s.work(); http.HandleFunc("/", s.look) }}
func (s *server) work() {{ {put} }}
func (s *server) look(w http.ResponseWriter, r *http.Request) {{ println(s.m["a"]) }}
"""
    assert levels(gm201_unguarded_concurrent_write, source)[-1] == level


def test_a_starter_that_calls_wait_of_what_its_goroutine_ends_is_a_note() -> None:
    source = """
import "example.com/bar"
func Main() {
	m, b := map[string]int{}, bar.New()
	go func() { m["a"] = 1; b.%s() }()
	b.Wait()
	println(len(m), m["a"])
}
"""
    assert set(levels(gm201_unguarded_concurrent_write, source % "End")) == {"note"}
    assert set(levels(gm201_unguarded_concurrent_write, source.replace("b.%s()", ""))) == {"error"}


def test_what_begins_to_serve_may_put_a_declared_map_in_place() -> None:
    source = (
        'import "sync"\ntype T struct { mu sync.Mutex // protects m\n m map[string]int }\n'
        "func (t *T) Put() { t.mu.Lock(); t.m[`a`] = 1; t.mu.Unlock() }\nfunc (t *T) StartWatch() { t.m = map[string]int{}; go t.Put() }"
    )
    assert levels(gm209_guard_annotation_violated, source) == ["note"]
    assert levels(gm209_guard_annotation_violated, source.replace("StartWatch", "Watch")) == ["warning"]


@pytest.mark.parametrize(("kind", "count"), [("T", 1), ("MockT", 0)])
def test_what_a_double_hands_out_is_for_its_test(kind: str, count: int) -> None:
    source = (
        f'import "sync"\ntype {kind} struct {{ mu sync.Mutex; m map[string]int }}\n'
        f"func (t *{kind}) Put() {{ t.mu.Lock(); t.m[`a`] = 1; t.mu.Unlock() }}\n"
        f"func (t *{kind}) All() map[string]int {{ t.mu.Lock(); defer t.mu.Unlock(); return t.m }}"
    )
    assert len(levels(gm207_guarded_map_escapes, source)) == count
    assert levels(gm207_guarded_map_escapes, source, "store_testing.go") == []


@pytest.mark.parametrize(("calls", "level"), [("mu.Lock(); Add(k); mu.Unlock()", "note"), ("mu.Lock(); mu.Unlock(); Add(k)", "warning")])
def test_what_callers_in_sight_lock_for_is_a_note(calls: str, level: str) -> None:
    source = f"""
import "sync"
type store struct {{ n int }}
var (
	mu sync.Mutex
	names = map[string]int{{}}
)
func Add(k string) {{ names[k] = 1 }}
func Refresh(k string) {{ {calls} }}
func Start(c chan string) {{ go func() {{ for k := range c {{ mu.Lock(); delete(names, k); mu.Unlock() }} }}() }}
"""
    assert set(levels(gm201_unguarded_concurrent_write, source)) == {level}


def test_what_only_the_goroutine_itself_is_seen_to_call_is_a_note() -> None:
    source = """
import "sync"
type Cache struct { mu sync.Mutex; m map[string]int }
func (c *Cache) Set(k string) { c.mu.Lock(); defer c.mu.Unlock(); c.m[k] = 1 }
func (c *Cache) loop(in chan string) { for k := range in { c.Set(k); println(c.m[k]) } }
func Start(c *Cache, in chan string) { go c.loop(in) }
"""
    assert levels(gm202_unguarded_concurrent_read, source) == ["note"]
    assert levels(gm202_unguarded_concurrent_read, source + "func Other(c *Cache) { c.Set(``) }") == ["warning"]


@pytest.mark.parametrize(("name", "level"), [("initSession", "note"), ("renew", "warning")])
def test_a_map_that_is_put_in_place_by_what_initialises_is_a_note(name: str, level: str) -> None:
    source = f"""
type session struct {{ m map[string]int; c chan string }}
func Stream(in chan string) {{ s := &session{{c: make(chan string)}}; go s.receive(in); for range in {{ println(s.m[""]) }} }}
func (s *session) receive(in chan string) {{ for range in {{ s.{name}() }} }}
func (s *session) {name}() {{ s.m = map[string]int{{}} }}
"""
    assert levels(gm201_unguarded_concurrent_write, source) == [level]
    said = [finding.message for finding in findings_of(gm201_unguarded_concurrent_write, "package p\n" + source)]
    assert ["Only a note: the map is put in place where its object is made ready" in message for message in said] == [level == "note"]
    assert levels(gm201_unguarded_concurrent_write, source.replace(f"for range in {{ s.{name}() }}", f"s.{name}()")) == ["warning"]


def test_where_tests_alone_bring_the_program_s_code_together_is_a_warning() -> None:
    code = "package p\nvar seen = map[string]int{}\nfunc note(k string) { seen[k]++ }\n"
    test = "package p\nfunc TestEach() { for _, k := range []string{`a`} { go note(k) } }\n"
    itself = "package p\nfunc TestEach() { seen := map[string]int{}; for _, k := range []string{`a`} { go func() { seen[k]++ }() } }\n"

    def found(*files: tuple[str, str]) -> list[str]:
        return [finding.level.value for finding in findings_of(gm201_unguarded_concurrent_write, dict(files))]

    assert found(("p.go", code + test.removeprefix("package p\n").replace("Test", "Do"))) == ["error"]
    assert found(("p.go", code), ("p_test.go", test)) == ["warning"]
    assert found(("p_test.go", itself)) == ["error"]  # plain to see
    helper = "package p\nimport `testing`\nfunc NoteAll(t *testing.T) { for _, k := range []string{`a`} { go note(k) } }\n"
    assert found(("p.go", code), ("harness.go", helper)) == ["warning"]
    assert found(("p.go", code), ("harness.go", helper.replace("`testing`", "testing `example.com/testing`"))) == ["error"]
    served = "package p\nfunc Serve(c chan string) { for k := range c { go note(k) } }\n"
    assert found(("p.go", code), ("harness.go", helper), ("serve.go", served)) == ["error"]  # what the program does itself counts for more
    assert found(("p.go", code), ("test_helper.go", helper.replace("`testing`", "testing `example.com/testing`"))) == ["warning"]
