"""Values of maps that must be released before they go."""

from __future__ import annotations

import pytest

from golint_maps.flow.release.skipped import ReleaseSkipped
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

type session struct{ conn net.Conn }

func (s *session) Close() error { return s.conn.Close() }

type S struct {
	mu       sync.Mutex
	last     int
	cancels  map[string]context.CancelFunc
	contexts map[string]context.Context
	byNumber map[int]context.CancelFunc
	timers   map[string]*time.Timer
	tickers  map[string]*time.Ticker
	conns    map[string]net.Conn
	files    map[string]*os.File
	bodies   map[string]io.ReadCloser
	holders  map[string]struct{ conn net.Conn }
	sessions map[string]*session
}
"""


def forms(text: str) -> list[str]:
    facts = facts_of(f"{HEAD}\n{text}\n").facts
    return [f"{fact.form} {fact.kind}" for fact in facts if isinstance(fact, ReleaseSkipped)]


START = """
func (s *S) start(name string) {
	ctx, cancel := context.WithCancel(context.Background())
	%s
	s.cancels[name] = cancel
	go work(ctx)
}

func work(ctx context.Context) {}
"""
DIAL = """
func (s *S) dial(addr string) {
	if _, ok := s.conns[addr]; ok {
		return
	}
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	s.conns[addr] = c
}
"""


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (START % "", "overwrite cancel"),
        (START % 'if _, ok := s.cancels[name]; ok { println("again") }', "overwrite cancel"),
        (
            "func (s *S) every(n string, f func()) { t := time.NewTicker(1); s.tickers[n] = t; go func() { for range t.C { f() } }() }",
            "overwrite ticker",
        ),
        (
            "func (s *S) each(n string, f func()) { t := time.NewTicker(1); s.tickers[n] = t; go func() { for { <-t.C; f() } }() }",
            "overwrite ticker",
        ),
        ("func (s *S) later(n string, f func()) { s.timers[n] = time.AfterFunc(1, f) }", "overwrite timer"),
        ("func (s *S) open(n string) (err error) { s.files[n], err = os.Open(n); return err }", "overwrite closer"),
        ("func (s *S) get(u string) { if r, err := http.Get(u); err == nil { s.bodies[u] = r.Body } }", "overwrite closer"),
        (DIAL + "func (s *S) drop(addr string) { delete(s.conns, addr) }", "delete closer"),
        (DIAL + "func (s *S) drop() { for addr := range s.conns { delete(s.conns, addr) } }", "delete closer"),
        (DIAL + "func (s *S) drop() { clear(s.conns) }", "clear closer"),
        (DIAL + 'func (s *S) drop() { maps.DeleteFunc(s.conns, func(addr string, _ net.Conn) bool { return addr != "" }) }', "delete closer"),
        (DIAL + "func (s *S) drop(addr string) { if s.conns[addr] != nil { delete(s.conns, addr) } }", "delete closer"),
        (
            "func run(names chan string, f func()) { timers := map[string]*time.Timer{}; for n := range names { timers[n] = time.AfterFunc(1, f) } }",
            "overwrite timer",
        ),
        ("func (s *S) reopen(n string, open func() (io.ReadCloser, error)) { c, _ := open(); s.bodies[n] = c }", "overwrite closer"),
        (
            """func (s *S) Try(n string, f func() error) { if f() != nil { s.again(n, f) } }
func (s *S) again(n string, f func() error) { s.timers[n] = time.AfterFunc(1, func() { s.Try(n, f) }) }""",
            "overwrite timer",
        ),
        (
            "func (s *S) add(n string, c net.Conn) { s.conns[n] = c }\nfunc (s *S) end() { for _, c := range s.conns { c.Close() } }",
            "overwrite closer",
        ),
    ],
)
def test_a_value_that_only_the_map_has_is_lost_when_its_entry_goes(text: str, form: str) -> None:
    assert forms(text) == [form]


@pytest.mark.parametrize(
    "before",
    [
        "if old, ok := s.cancels[name]; ok { old() }",
        "if old := s.cancels[name]; old != nil { old() }",
        "old := s.cancels[name]; defer func() { if old != nil { old() } }()",
        "s.stop(name)",
        "if _, ok := s.cancels[name]; ok { return }",
        "if old, ok := s.cancels[name]; ok && old != nil { return }",
        "if s.cancels[name] != nil { panic(name) }",
        "if s.contexts[name] != nil { return }; s.contexts[name] = ctx",
        "if s.has(name) { return }",
        "if elsewhere.Exists(name) { return }",
        "state := elsewhere.Of(name); if name == `` || state.isProcessing { return }; state.isProcessing = true",
        "running, err := elsewhere.IsRunning(name); if err != nil || running { return }",
        "defer cancel()",
        "go func() { defer cancel(); work(ctx) }()",
        "keep(cancel)",
        "s.last++; name = string(rune(s.last))",
    ],
)
def test_an_overwrite_is_fine_when_the_old_value_is_released_is_missing_or_is_not_the_maps_alone(before: str) -> None:
    helpers = """
func (s *S) stop(name string) { s.drop(name) }
func (s *S) drop(name string) { if f, ok := s.cancels[name]; ok { f(); delete(s.cancels, name) } }
func (s *S) has(name string) bool { _, ok := s.cancels[name]; return ok }
var elsewhere interface{ Exists(string) bool; IsRunning(string) (bool, error) }
var kept []context.CancelFunc
func keep(f context.CancelFunc) { kept = append(kept, f) }
"""
    assert forms(START % before + helpers) == []


@pytest.mark.parametrize(
    "text",
    [
        DIAL + "func (s *S) drop(addr string) { if c := s.conns[addr]; c != nil { c.Close() }; delete(s.conns, addr) }",
        DIAL + "func (s *S) drop(addr string) { delete(s.conns, addr) }\nfunc (s *S) get(addr string) net.Conn { return s.conns[addr] }",
        DIAL + "func (s *S) drop() { maps.DeleteFunc(s.conns, func(_ string, c net.Conn) bool { return c.Close() == nil }) }",
        DIAL + "func (s *S) pop(addr string) net.Conn { c := s.conns[addr]; delete(s.conns, addr); return c }",
        DIAL
        + "func (s *S) drop() { all := s.conns; s.conns = nil; end(all) }\nfunc end(m map[string]net.Conn) { for _, c := range m { c.Close() } }",
        DIAL + "func (s *S) drop(addr string) { end(s.conns[addr]); delete(s.conns, addr) }\nfunc end(c net.Conn) { c.Close() }",
        DIAL + "func (s *S) move(from, to string) { s.conns[to] = s.conns[from]; delete(s.conns, from) }",
        DIAL + "func (s *S) closed(addr string) { s.conns[addr].Close(); s.forget(addr) }\nfunc (s *S) forget(addr string) { delete(s.conns, addr) }",
        "func (s *S) serve(n string, c net.Conn) { defer c.Close(); s.conns[n] = c; defer delete(s.conns, n) }",
        "func (s *S) add(n string, c net.Conn) { s.conns[n] = c }\nfunc (s *S) remove(n string) { delete(s.conns, n) }",
        """func (s *S) hold(n string) { c, _ := net.Dial(n, n); s.holders[n] = struct{ conn net.Conn }{c} }
func (s *S) drop(n string) { delete(s.holders, n) }""",
        "func (s *S) login(n string) *session { x := &session{}; s.sessions[n] = x; return x }\nfunc (s *S) drop(n string) { delete(s.sessions, n) }",
        "func (s *S) next() { s.last++; _, cancel := context.WithCancel(context.TODO()); s.byNumber[s.last] = cancel }",
        """type EntryID int
type scheduler interface{ Schedule(f func()) EntryID }
type jobs struct { active map[EntryID]context.CancelFunc; scheduler scheduler }
func (j *jobs) add(f func()) { id := new(EntryID); cancel := func() {}; *id = j.scheduler.Schedule(f); j.active[*id] = cancel }""",
        """func (s *S) StartAll(jobs map[string]func(context.Context)) {
	for n, job := range jobs { ctx, cancel := context.WithCancel(context.Background()); s.cancels[n] = cancel; go job(ctx) }
}""",
        """func (s *S) handle(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context()); s.add(r.URL.Path, cancel); <-ctx.Done(); s.forget(r.URL.Path)
}
func (s *S) add(n string, f context.CancelFunc) { s.cancels[n] = f }
func (s *S) forget(n string) { delete(s.cancels, n) }
func (s *S) end() { for _, f := range s.cancels { f() } }""",
        """func (s *S) arm(n string) {
	if t, ok := s.timers[n]; ok { t.Reset(1); return }
	s.timers[n] = time.AfterFunc(1, func() { s.fired(n) })
}
func (s *S) fired(n string) { delete(s.timers, n) }""",
        """func (s *S) Arm(n string) {
	if s.timers[n] != nil { return }
	s.timers[n] = time.AfterFunc(1, func() { s.fired(n) })
}
func (s *S) fired(n string) { s.again(n) }
func (s *S) again(n string) { s.timers[n] = time.AfterFunc(1, func() { s.fired(n) }) }""",
        """func (s *S) watch(n string) {
	if s.cancels[n] != nil { return }
	ctx, cancel := context.WithCancel(context.Background())
	s.cancels[n] = cancel
	go func() { <-ctx.Done(); delete(s.cancels, n) }()
}""",
        "func New(n string) *S { s := &S{files: map[string]*os.File{}}; f, _ := os.Open(n); s.files[n] = f; return s }",
    ],
)
def test_an_entry_may_go_when_somebody_releases_the_value_or_can(text: str) -> None:
    assert forms(text) == []


def test_tests_may_lose_what_they_like() -> None:
    facts = facts_of({"p_test.go": HEAD + START % ""}).facts
    assert not any(isinstance(fact, ReleaseSkipped) for fact in facts)


def test_all_callers_that_hand_the_map_in_may_have_looked() -> None:
    start = "func start(m map[string]context.CancelFunc, n string) { _, cancel := context.WithCancel(context.Background()); m[n] = cancel }\n"
    each = "func each(names chan string) { m := map[string]context.CancelFunc{}; for n := range names { %s; start(m, n) } }"
    assert forms(start + each % "if _, ok := m[n]; ok { continue }") == []
    assert forms(start + each % "println(n)") == ["overwrite cancel"]


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [("io.WriteCloser", ["delete closer"]), ("interface{ comparable; Close() error }", ["delete closer"]), ("io.Writer", []), ("any", [])],
)
def test_a_type_parameter_owns_what_its_constraint_can_close(constraint: str, expected: list[str]) -> None:
    pool = f"type pool[V {constraint}] struct {{ open map[string]V; create func() V }}\n"
    put = "func (p *pool[V]) put(k string) { if _, ok := p.open[k]; !ok { p.open[k] = p.create() } }\n"
    assert forms(pool + put + "func (p *pool[V]) drop(k string) { delete(p.open, k) }") == expected
    assert (
        forms(pool + put + "func (p *pool[V]) drop(k string) { if v, ok := p.open[k]; ok { _ = any(v).(io.Closer).Close(); delete(p.open, k) } }")
        == []
    )


@pytest.mark.parametrize(
    ("fields", "methods", "expected"),
    [
        ("*session", "", []),
        ("*session", "func (c *counted) Close() error { return nil }", ["delete closer"]),
        ("session *session; net.Conn", "", ["delete closer"]),
    ],
)
def test_a_value_is_released_by_the_method_of_an_embedded_field_that_is_its_own(fields: str, methods: str, expected: list[str]) -> None:
    types = f"type counted struct {{ {fields}; uses int }}\n{methods}\ntype pool struct {{ open map[string]*counted }}\n"
    put = "func (p *pool) put(k string) { if _, ok := p.open[k]; !ok { p.open[k] = &counted{uses: 1} } }\n"
    assert forms(types + put + "func (p *pool) drop(k string) { v := p.open[k]; v.session.Close(); delete(p.open, k) }") == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ln.Addr().String()", []),
        ("tcp.Addr().String()", []),
        ("conn.RemoteAddr().String()", ["overwrite closer"]),
        ("conn.LocalAddr().String()", ["overwrite closer"]),
        ("server.Addr().String()", ["overwrite closer"]),
        ("addr", ["overwrite closer"]),
    ],
)
def test_where_somebody_listens_nobody_else_does(key: str, expected: list[str]) -> None:
    types = "type server struct{}\nfunc (s server) Addr() net.Addr { return nil }\n"
    params = "ln net.Listener, tcp *net.TCPListener, conn net.Conn, server server, addr string"
    assert forms(f"{types}func (s *S) serve({params}) {{ srv := &session{{}}; s.sessions[{key}] = srv }}") == expected
    assert forms(f"{types}func (s *S) serve({params}) {{ at := {key}; s.sessions[at] = &session{{}} }}") == expected
