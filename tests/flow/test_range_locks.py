"""Locks given back in loops over the maps that they guard."""

from __future__ import annotations

import pytest

from golint_maps.flow.ranges import LockReleased
from golint_maps.testing import facts_of

TYPES = """package p
import "sync"
type W struct { mu sync.Mutex }
type S struct { mu sync.RWMutex; m map[int]*W; cond *sync.Cond; other sync.Mutex }
func New() *S { s := &S{}; s.cond = sync.NewCond(&s.mu); return s }
func (s *S) pause() { s.mu.Unlock(); defer s.mu.Lock(); work() }
func (s *S) rest() { s.unlock(); defer s.lock(); work() }
func (s *S) look() { s.lock(); defer s.unlock(); work() }
func (s *S) lock() { s.mu.Lock() }
func (s *S) unlock() { s.mu.Unlock() }
func work() {}
"""


def releases(body: str) -> list[tuple[str, str]]:
    """Return (how, call) of the releases in a method of S with this body."""
    facts = facts_of(f"{TYPES}func (s *S) f() {{\n{body}\n}}\n").facts
    return [(fact.how, fact.call) for fact in facts if isinstance(fact, LockReleased)]


@pytest.mark.parametrize(
    ("statements", "how"),
    [
        ("s.mu.Unlock(); work(); s.mu.Lock()", ("unlock", "s.mu.Unlock")),
        ("s.mu.RUnlock(); work(); s.mu.RLock()", ("unlock", "s.mu.RUnlock")),
        ("if k > 3 { s.mu.Unlock(); work(); s.mu.Lock() }", ("unlock", "s.mu.Unlock")),
        ("func() { s.mu.Unlock(); defer s.mu.Lock(); work() }()", ("unlock", "s.mu.Unlock")),
        ("s.pause()", ("call", "s.pause")),
        ("s.rest()", ("call", "s.rest")),
        ("s.unlock(); work(); s.lock()", ("call", "s.unlock")),
        ("s.cond.Wait()", ("wait", "s.cond.Wait")),
    ],
)
def test_a_release_in_the_loop_is_told(statements: str, how: tuple[str, str]) -> None:
    assert releases(f"s.mu.Lock(); defer s.mu.Unlock(); for k := range s.m {{ _ = k; {statements} }}") == [how]


@pytest.mark.parametrize(
    "body",
    [
        "s.mu.Lock(); for range s.m { s.mu.Unlock(); return }",
        "for k := range s.m { s.mu.Lock(); _ = k; s.mu.Unlock() }",
        "for k := range s.m { s.lock(); _ = k; s.unlock() }",
        "for range s.m { s.look() }",
        "s.mu.Lock(); defer s.mu.Unlock(); for _, w := range s.m { w.mu.Lock(); w.mu.Unlock() }",
        "s.mu.Lock(); old := s.m; s.m = nil; for range old { s.mu.Unlock(); work(); s.mu.Lock() }",
        "own := map[int]int{}; for range own { s.mu.Unlock(); work(); s.mu.Lock() }",
        "s.mu.Lock(); defer s.mu.Unlock(); for range s.m { go func() { s.mu.Unlock() }() }",
    ],
)
def test_what_releases_nothing_that_the_loop_relies_on_is_quiet(body: str) -> None:
    assert releases(body) == []


HELPERS = """
func (s *S) settle(w *W) { for s.busy(w) { s.sleep() } }
func (s *S) sleep() { s.cond.Wait() }
func (s *S) busy(w *W) bool
func (s *S) await() { s.mu.Lock(); s.cond.Wait(); s.mu.Unlock() }
func (s *S) deep() { s.awaitLocked() }
func (s *S) awaitLocked() { s.lock(); s.cond.Wait(); s.unlock() }
func (s *S) done(wg *sync.WaitGroup) { wg.Wait() }
func (s *S) foreign(o *S) { o.cond.Wait() }
"""


@pytest.mark.parametrize(
    ("statements", "calls"),
    [
        ("s.settle(w)", ["s.settle"]),
        ("s.sleep()", ["s.sleep"]),
        ("s.foreign(s)", ["s.foreign"]),
        ("s.foreign(New())", []),
        ("s.await()", []),
        ("s.deep()", []),
        ("s.done(nil)", []),
        ("s.sleep(); break", []),
        ("go s.sleep()", []),
    ],
)
def test_a_helper_waits_for_a_condition_of_the_lock(statements: str, calls: list[str]) -> None:
    facts = facts_of(f"{TYPES}{HELPERS}func (s *S) f() {{ s.mu.Lock(); defer s.mu.Unlock(); for _, w := range s.m {{ _ = w; {statements} }} }}").facts
    assert [fact.call for fact in facts if isinstance(fact, LockReleased)] == calls


def test_a_helper_that_waits_under_the_lock_of_this_turn_gives_back_no_other() -> None:
    facts = facts_of(f"{TYPES}{HELPERS}func (s *S) f() {{ for range s.m {{ s.mu.Lock(); s.sleep(); s.mu.Unlock() }} }}").facts
    assert not [fact for fact in facts if isinstance(fact, LockReleased)]


def test_a_condition_of_an_unknown_lock_counts_where_one_lock_is_held() -> None:
    text = f"{TYPES}type T struct {{ mu sync.Mutex; m map[int]int; c *sync.Cond }}\n"
    body = "func (t *T) f() { t.mu.Lock(); defer t.mu.Unlock(); for range t.m { t.c.Wait() } }"
    assert [fact.how for fact in facts_of(text + body).facts if isinstance(fact, LockReleased)] == ["wait"]
