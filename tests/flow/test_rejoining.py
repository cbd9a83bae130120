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
