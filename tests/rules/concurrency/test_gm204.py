"""GM204: copies of a lock with its map."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm204_lock_copied_with_map as rule

from golint_maps.testing import findings_of

TYPES = """package p
import ("maps"; "sync")
type T struct { mu sync.Mutex; m map[string]int; name string }
type Deep struct { inner T }
type Pointer struct { mu *sync.Mutex; m map[string]int }
type Fixed struct { mu sync.Mutex; m map[string]int }
func (t *T) put() { t.mu.Lock(); t.m["a"] = 1; t.mu.Unlock() }
func (p Pointer) put() { p.mu.Lock(); p.m["a"] = 1; p.mu.Unlock() }
var _ = maps.Clone[map[string]int]
"""


@pytest.mark.parametrize(
    "code",
    [
        'func (t T) get() int { t.mu.Lock(); defer t.mu.Unlock(); return t.m["a"] }',
        'func get(t T) int { return t.m["a"] }',
        'func get(d Deep) int { return d.inner.m["a"] }',
        "func f(all []T) { for _, t := range all { t.mu.Lock(); clear(t.m); t.mu.Unlock() } }",
        "func f(t *T) { mine := *t; mine.put() }",
        "func f(t *T) { var mine = *t; delete(mine.m, mine.name) }",
        "func f(all map[int]T) { if t, ok := all[1]; ok { t.put() } }",
    ],
)
def test_a_copy_that_is_locked_or_whose_map_is_used_is_reported(code: str) -> None:
    assert len(findings_of(rule, TYPES + code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        'func (t *T) get() int { return t.m["a"] }',
        "func name(t T) string { return t.name }",
        "func f(all []*T) { for _, t := range all { t.put() } }",
        "func f(t *T) *T { return &T{m: maps.Clone(t.m)} }",
        "func f(t *T) { mine := *t; mine.m = maps.Clone(t.m); mine.put() }",
        "func f() { t := T{m: map[string]int{}}; t.put() }",
        'func (f Fixed) get() int { f.mu.Lock(); defer f.mu.Unlock(); return f.m["a"] }',
        "func f(t *T) { mine := t; mine.put() }",
    ],
)
def test_pointers_new_structs_and_maps_that_never_change_are_no_copies(code: str) -> None:
    assert not findings_of(rule, TYPES + code)


SERVER = """
type Server struct { t T; spare *T; all []T }
type Conn struct { t T; n int }
func (c *Conn) use() { c.t.mu.Lock(); c.t.m["a"]++; c.t.mu.Unlock() }
"""


@pytest.mark.parametrize(
    "code",
    [
        "func (s *Server) accept() *Conn { c := new(Conn); c.t = s.t; return c }",
        "func (s *Server) accept() *Conn { return &Conn{n: 1, t: s.t} }",
        "func (s *Server) accept() *Conn { return &Conn{t: *s.spare} }",
        "func (s *Server) accept(c *Conn, i int) { c.t = s.all[i] }",
        "var one Server\nfunc accept(c *Conn) { c.t = one.t }",
    ],
)
def test_a_copy_in_a_field_is_reported_where_it_is_stored(code: str) -> None:
    assert len(findings_of(rule, TYPES + SERVER + code)) == 1
    through_method = SERVER.replace('c.t.mu.Lock(); c.t.m["a"]++; c.t.mu.Unlock()', "c.t.put()")
    assert len(findings_of(rule, TYPES + through_method + code)) == 1
    unused = SERVER.replace('c.t.mu.Lock(); c.t.m["a"]++; c.t.mu.Unlock()', "println(c.t.name)")
    assert findings_of(rule, TYPES + unused + code) == []


@pytest.mark.parametrize(
    "code",
    [
        "func (s *Server) accept() *Conn { c := new(Conn); c.t = s.t; c.t.m = maps.Clone(s.t.m); return c }",
        "func (s *Server) rotate(c *Conn) { c.t = s.t; s.t = T{m: map[string]int{}} }",
        "func (s *Server) rotate(c *Conn) { c.t = s.t; s.t.m = map[string]int{} }",
        "func accept() *Conn { made := Server{t: T{m: map[string]int{}}}; return &Conn{t: made.t} }",
        "func accept(t *T) *Conn { return &Conn{t: *t} }",
        "func accept() *Conn { return &Conn{t: T{m: map[string]int{}}} }",
        "type Own struct { t *T }\nfunc (s *Server) accept() *Own { return &Own{t: &s.t} }",
    ],
)
def test_what_is_moved_made_or_pointed_to_is_no_copy_in_a_field(code: str) -> None:
    assert findings_of(rule, TYPES + SERVER + code) == []
