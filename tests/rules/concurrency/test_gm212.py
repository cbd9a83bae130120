"""GM212: maps that are changed through copies of what holds them."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm212_write_through_copy as rule

from golint_maps.testing import findings_of

HEAD = 'package p\nimport ("example.com/log"; "maps"; "net/http"; "sync")\nvar _ = maps.Clone[map[int]int]\nvar _ http.Header\nvar _ sync.Mutex\n'
TYPES = "type C struct { Name string; M map[string]int }\ntype T struct { mu sync.Mutex; h map[string][]string; c C }\n"


def lines(code: str) -> list[int]:
    return [finding.location.start for finding in findings_of(rule, HEAD + TYPES + code)]


@pytest.mark.parametrize(
    "body",
    [
        "func F(p *C) C { c := *p; c.Name = `x`; c.M[`k`] = 1; return c }",
        "func F(t *T) C { c := t.c; c.Name = `x`; delete(c.M, `k`); return c }",
        "func F(o C) C { c := o; c.Name = `x`; if c.M == nil { c.M = map[string]int{} }; c.M[`k`] = 1; return c }",
        "func F(c C) C { c.Name = `x`; clear(c.M); return c }",
        "func (c C) F() *C { c.Name = `x`; maps.Copy(c.M, map[string]int{}); return &c }",
        "func g(c C) C { c.Name = `x`; c.M[`k`] = 1; return c }\nfunc F(c C) C { return g(c) }",
        "func (c C) merged() C { c.M[`k`] = 1; c.Name = ``; return c }\nfunc (t *T) F() C { return t.c.merged() }",
        "func (t *T) F() http.Request { var r http.Request; r.Header = t.h; r.Header[`k`] = nil; return r }",
        "func (t *T) F() *http.Request { r := &http.Request{Header: t.h}; r.Header[`k`] = nil; return r }",
        "func (t *T) F() *http.Request { h := t.h; h[`k`] = nil; return &http.Request{Header: h} }",
    ],
)
def test_a_change_through_a_copy_is_reported(body: str) -> None:
    assert len(lines(body)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "func F(p *C) C { c := *p; c.Name = `x`; c.M = maps.Clone(c.M); c.M[`k`] = 1; return c }",
        "func F(p *C) { c := *p; c.Name = `x`; c.M[`k`] = 1; *p = c }",
        "func F(p *C) { c := *p; c.M[`k`] = 1 }",
        "func (c C) merged() C { c.M[`k`] = 1; c.Name = ``; return c }\nfunc (t *T) F() { t.c = t.c.merged() }",
        "func F() C { o := C{M: map[string]int{}}; c := o; c.Name = `x`; c.M[`k`] = 1; return c }",
        "func (t *T) F() C { t.mu.Lock(); defer t.mu.Unlock(); c := t.c; c.Name = `x`; c.M[`k`] = 1; return c }",
        "func g(c C) C { c.Name = `x`; c.M[`k`] = 1; return c }\nfunc F() C { return g(C{M: map[string]int{}}) }",
        "func F(c C) { c.Name = `x`; c.M[`k`] = 1 }",
        "func (t *T) F() *http.Request { r := &http.Request{Header: t.h}; r.Header = http.Header{}; r.Header[`k`] = nil; return r }",
        "func (t *T) F() *http.Request { h := t.h; if h == nil { h = http.Header{} }; h[`k`] = nil; return &http.Request{Header: h} }",
        "func (t *T) F() int { h := t.h; h[`k`] = nil; return len(h) }",
        "func (t *T) F(off bool) (r http.Request) { r.Header = http.Header{}; if off { r.Header = t.h; return }; r.Header[`k`] = nil; return }",
        "func (t *T) F() any { h := t.h; h[`k`] = nil; return log.Fields{`h`: h} }",
        "func F(s *http.Request, t *T) *http.Request { r := &http.Request{Header: s.Header}; t.h[`k`] = nil; return r }",
        "func (t *T) F(r *http.Request) func(r *http.Request) { r.Header = t.h; return func(r *http.Request) { r.Header[`k`] = nil } }",  # another r
    ],
)
def test_what_is_the_copys_own_or_meant_to_be_shared_is_left_alone(body: str) -> None:
    assert lines(body) == []
