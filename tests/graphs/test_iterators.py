"""Iterators run on the goroutine of who ranges over them, under the locks that are held there."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

SET = """package p
import ("iter"; "sync")
type set struct { m map[string]int }
func (s *set) put(k string) { s.m[k] = 1 }
func (s *set) all() iter.Seq2[string, int] {
    return func(yield func(string, int) bool) { for k, v := range s.m { if !yield(k, v) { return } } }
}
func (s *set) each(yield func(string, int) bool) { for k, v := range s.m { if !yield(k, v) { return } } }
func over(m map[string]int) iter.Seq2[string, int] {
    return func(yield func(string, int) bool) { for k, v := range m { if !yield(k, v) { return } } }
}
type pool struct { mu sync.Mutex; s *set }
func (p *pool) add(k string) { p.mu.Lock(); defer p.mu.Unlock(); p.s.put(k) }
func (p *pool) sum() (n int) { %s; return n }
func run() { p := &pool{s: &set{m: map[string]int{}}}; for range 3 { go p.add("a"); go p.sum() } }
"""
LOOPS = [
    "for _, v := range p.s.all() { n += v }",
    "all := p.s.all(); for _, v := range all { n += v }",
    "for _, v := range p.s.each { n += v }",
    "for _, v := range over(p.s.m) { n += v }",
]


def races(source: str) -> set[str]:
    """Return the kinds of the accesses that are seen to race."""
    return {item.kind for item in Program([facts_of(source)]).verdicts if item.other is not None and item.certain}


@pytest.mark.parametrize("loop", LOOPS)
def test_an_iterator_races_where_it_is_ranged_over_without_the_lock(loop: str) -> None:
    assert "read" in races(SET % loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_an_iterator_has_the_locks_of_who_ranges_over_it(loop: str) -> None:
    assert races(SET % f"p.mu.Lock(); defer p.mu.Unlock(); {loop}") == set()


@pytest.mark.parametrize("loop", LOOPS)
def test_an_iterator_over_ones_own_object_races_with_nobody(loop: str) -> None:
    own = "func (q *pool) sum() (n int) { p := &pool{s: &set{m: map[string]int{}}};"
    assert races(SET.replace("func (p *pool) sum() (n int) {", own) % loop) == set()
