"""Waits on all branches of a statement."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

SOURCE = """
import "time"
func all(names []string, limit time.Duration) int {
    m, done, stop := map[string]int{}, make(chan bool), make(chan bool)
    go func() { defer close(done); for _, name := range names { m[name] = 1 } }()
    WAIT
    return m["a"]
}
"""


@pytest.mark.parametrize(
    ("wait", "racy"),
    [
        ("select { case <-done: case <-time.After(limit): close(stop); <-done }", False),
        ("select { case <-done: case <-time.After(limit): close(stop) }", True),
        ("select { case <-done: case <-time.After(limit): return 0 }", False),
        ("select { case <-done: case <-time.After(limit): if limit > 0 { break }; <-done }", True),
        ("select { case <-done: case <-time.After(limit): if limit > 0 { <-done } }", True),
        ("if limit > 0 { <-done } else { <-done }", False),
        ("if limit > 0 { <-done }", True),
        ("switch { case limit > 9: <-done; case limit > 1: <-done; default: <-done }", False),
        ("switch { case limit > 9: <-done; case limit > 1: <-done }", True),
        ("select { case <-done: case <-time.After(limit): if limit > 1 { <-done } else { <-done } }", False),
    ],
)
def test_a_wait_on_all_branches_is_over_where_they_meet_again(wait: str, racy: bool) -> None:
    found = Program([facts_of({"p.go": "package p\n" + SOURCE.replace("WAIT", wait)})]).verdicts
    assert (found != []) is racy


POLLED = """
type dictionary struct { words map[string]int; loaded, quit chan bool }
func (d *dictionary) load() { d.words["a"] = 1; close(d.loaded) }
func (d *dictionary) wait() { for { WAIT } }
func main() { d := &dictionary{words: map[string]int{}, loaded: make(chan bool)}; go d.load(); d.wait(); println(d.words["a"]) }
"""


@pytest.mark.parametrize(
    ("wait", "racy"),
    [
        ("select { case <-d.loaded: return; default: println() }", False),
        ("select { case <-d.loaded: return; case <-d.quit: return }", True),
        ("select { case <-d.loaded: println(); case <-d.quit: return }", True),
        ("select { case <-d.loaded: if len(d.quit) > 0 { return }; return; default: println() }", False),
    ],
)
def test_a_function_that_returns_only_when_it_has_heard_has_waited(wait: str, racy: bool) -> None:
    found = Program([facts_of({"p.go": "package p\n" + POLLED.replace("WAIT", wait)})]).verdicts
    assert (found != []) is racy


@pytest.mark.parametrize(
    ("function", "call", "racy"),
    [
        ("func (d *dictionary) wait() { <-d.loaded }", "d.wait()", False),
        ("func (d *dictionary) wait() { <-d.quit }", "d.wait()", True),
        ("func (d *dictionary) wait() { if len(d.words) > 0 { <-d.loaded } }", "d.wait()", True),
        ("func await(done chan bool) { <-done }", "await(d.loaded)", False),
        ("func await(done chan bool) { <-done }", "await(d.quit)", True),
        ("func await(done chan bool) { <-done }", "go await(d.loaded)", True),
    ],
)
def test_who_calls_a_function_that_waits_has_waited(function: str, call: str, racy: bool) -> None:
    source = POLLED.replace("func (d *dictionary) wait() { for { WAIT } }", function).replace("d.wait()", call)
    found = Program([facts_of({"p.go": "package p\n" + source})]).verdicts
    assert (found != []) is racy
