"""Objects that a function makes, parks in a field, and has work: they are its own as others' are theirs."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

SERVER = """
import ("net"; "sync")
type handles struct { m map[int]int }
func newHandles() *handles { return &handles{m: map[int]int{}} }
func (h *handles) add() { h.m[len(h.m)] = 1 }
type session struct { conn net.Conn; vars *handles }
func newSession(c net.Conn) *session { return &session{conn: c, vars: newHandles()} }
func withHandles(c net.Conn, vars *handles) *session { return &session{conn: c, vars: vars} }
func (s *session) serve() { go s.beat(); for { s.vars.add() } }
func (s *session) beat() {}
type server struct { mu sync.Mutex; session *session; shared *handles }
func (s *server) clear() { s.session.vars.add() }
func (s *server) handle(c net.Conn) { RUN }
func (s *server) Serve(l net.Listener) { c, _ := l.Accept(); START }
func demux(l net.Listener, shared *handles) { c, _ := l.Accept(); DEMUX }
func main() { s := &server{shared: newHandles()}; s.Serve(nil); demux(nil, s.shared); demux(nil, s.shared) }
"""
MAKES = "s.mu.Lock(); s.session = newSession(c); s.mu.Unlock(); s.session.serve()"
DEMUX = "one := newSession(c); go one.serve()"


def certain(source: str) -> bool:
    """Tell whether a race is seen for sure."""
    return any(verdict.certain for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts)


@pytest.mark.parametrize(
    ("run", "start", "demux", "racy"),
    [
        (MAKES, "go s.handle(c)", DEMUX, False),
        (MAKES, "go s.handle(c)", "", False),
        (MAKES, "go s.handle(c); go func() { s.handle(c) }()", "", False),
        (MAKES, "go s.handle(c); go s.clear()", "", True),
        ("s.session = newSession(c); go s.session.serve(); s.session.vars.add()", "s.handle(c)", "", True),
        ("if s.session == nil { s.session = newSession(c) }; s.session.serve()", "go s.handle(c); go func() { s.handle(c) }()", "", True),
        ("s.session = withHandles(c, s.shared); s.session.serve()", "go s.handle(c); go func() { s.handle(c) }()", "", True),
        ("s.session.serve()", "s.session = newSession(c); go s.handle(c); go s.handle(c)", "", True),
    ],
)
def test_an_object_that_a_function_puts_in_a_field_for_itself_is_that_of_its_goroutine(run: str, start: str, demux: str, racy: bool) -> None:
    assert certain(SERVER.replace("RUN", run).replace("START", start).replace("DEMUX", demux or "_ = c")) is racy


SOURCES = """
type source struct { m map[int]int }
func (s *source) watch() { for { s.m[1]++ } }
type filtered struct { up *source }
func newFiltered(s *source) *filtered { return &filtered{up: s} }
func (f *filtered) watch() { go f.up.watch() }
func f(all []*filtered, s *source) { BODY }
func main() { f(nil, &source{m: map[int]int{}}) }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("for _, one := range all { go one.watch() }", False),
        ("for { for _, one := range all { go one.watch() } }", False),
        ("for range 3 { one := newFiltered(&source{m: map[int]int{}}); go one.watch() }", False),
        ("for range 3 { one := newFiltered(s); go one.watch() }", True),
        ("for range 3 { one := &filtered{up: s}; go one.watch() }", True),
        ("one := newFiltered(s); for range 3 { go one.watch() }", True),
        ("for range all { go all[0].watch() }", True),
    ],
)
def test_a_loop_that_starts_goroutines_on_objects_of_its_turns_has_each_start_one_of_its_own(body: str, racy: bool) -> None:
    assert certain(SOURCES.replace("BODY", body)) is racy


ROUTES = """
type adapter struct { m map[int]int }
func (a *adapter) stream() { for { a.m[1]++ } }
type route struct { adapter *adapter }
type manager struct { routes []*route }
func (m *manager) Add(r *route) { go r.adapter.stream() }
func (m *manager) Load(get func() []*route, one *route) { BODY }
func main() { one := &route{adapter: &adapter{m: map[int]int{}}}; for _, m := range []*manager{{}, {}} { m.Load(nil, one) } }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("for _, r := range get() { m.Add(r) }", False),
        ("for range 3 { r := &route{adapter: &adapter{m: map[int]int{}}}; m.Add(r) }", False),
        ("r := get()[0]; for range 3 { m.Add(r) }", True),
        ("for range get() { m.Add(one) }", True),
        ("m.Add(one)", True),
    ],
)
def test_a_loop_further_down_hands_another_object_on_in_each_turn(body: str, racy: bool) -> None:
    assert certain(ROUTES.replace("BODY", body)) is racy
