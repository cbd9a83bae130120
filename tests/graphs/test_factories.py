"""Functions that return functions: what is returned calls what that one call of the factory was handed, and nothing else."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

FACTORY = """
import "golang.org/x/sync/errgroup"
type runner struct { m map[string]int }
func (r *runner) Run() error { r.m["a"]++; return nil }
func (r *runner) Rest() error { return nil }
func logged(run func() error) func() error { return func() error { println("starts"); return run() } }
func guarded(run func() error) func() error { return func() error { defer func() { recover() }(); return run() } }
func both(run func() error) func() error { return guarded(logged(run)) }
func through(run func() error) func() error { return logged(run) }
func start(g *errgroup.Group, run func() error) { g.Go(run) }
func main() { r := &runner{m: map[string]int{}}; var g errgroup.Group; BODY; g.Wait() }
"""


def certain(source: str) -> bool:
    """Tell whether a race is seen for sure."""
    return any(verdict.certain for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts)


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("g.Go(logged(r.Run)); g.Go(logged(r.Rest)); g.Go(logged(func() error { return nil }))", False),
        ("g.Go(logged(r.Run)); g.Go(logged(r.Run))", True),
        ("g.Go(logged(r.Run)); g.Go(logged(func() error { return r.Run() }))", True),
        ("for range 3 { g.Go(logged(r.Run)) }", True),
        ("g.Go(logged(r.Run)); for range 3 { g.Go(logged(r.Rest)) }", False),
        ("run := logged(r.Run); rest := logged(r.Rest); g.Go(run); g.Go(rest); g.Go(rest)", False),
        ("run := logged(r.Run); rest := logged(r.Rest); g.Go(rest); g.Go(run); g.Go(run)", True),
        ("run := logged(r.Rest); run = logged(r.Run); g.Go(run); g.Go(run)", True),
        ("go logged(r.Run)(); go logged(r.Rest)(); go logged(r.Rest)()", False),
        ("go logged(r.Run)(); go logged(r.Rest)(); go logged(r.Run)()", True),
        ("run := logged(r.Run); rest := logged(r.Rest); go run(); go rest(); go rest()", False),
        ("run := logged(r.Run); rest := logged(r.Rest); go run(); go rest(); go run()", True),
        ("logged(r.Run)(); g.Go(logged(r.Rest)); g.Go(logged(r.Rest))", False),
        ("g.Go(logged(r.Rest)); g.Go(logged(r.Run)); logged(r.Run)()", True),
        ("g.Go(guarded(logged(r.Run))); g.Go(guarded(logged(r.Rest))); g.Go(guarded(logged(r.Rest)))", False),
        ("g.Go(guarded(logged(r.Run))); g.Go(guarded(logged(r.Rest))); g.Go(guarded(logged(r.Run)))", True),
        ("run := logged(r.Run); g.Go(guarded(run)); g.Go(guarded(logged(r.Rest)))", False),
        ("run := logged(r.Run); g.Go(guarded(run)); g.Go(run)", True),
        ("g.Go(through(r.Run)); g.Go(through(r.Run))", True),
        ("g.Go(both(r.Run)); g.Go(both(r.Run))", True),
        ("g.Go(through(r.Run)); g.Go(through(r.Rest)); g.Go(through(r.Rest))", False),
        ("start(&g, logged(r.Run)); start(&g, logged(r.Rest))", False),
        ("start(&g, logged(r.Run)); start(&g, logged(r.Run))", True),
        ("start(&g, through(r.Run)); start(&g, through(r.Run))", True),
        ("all := []func() error{logged(r.Run), logged(r.Run)}; for _, run := range all { g.Go(run) }", True),
    ],
)
def test_a_function_that_a_factory_returns_calls_what_that_call_of_the_factory_was_handed(body: str, racy: bool) -> None:
    assert certain(FACTORY.replace("BODY", body)) is racy


@pytest.mark.parametrize(("second", "racy"), [("b", False), ("a", True)])
def test_a_map_that_a_factory_was_handed_is_that_of_its_call(second: str, racy: bool) -> None:
    source = (
        "func counting(m map[string]int) func() { return func() { m[`x`]++ } }\n"
        f"func main() {{ a, b := map[string]int{{}}, map[string]int{{}}; go counting(a)(); go counting({second})(); _ = b }}"
    )
    assert certain(source) is racy


STORE = """
import ("golang.org/x/sync/errgroup"; "sync")
type store struct { mu sync.RWMutex; m map[string]int }
func (s *store) fill() error { s.mu.Lock(); s.m = map[string]int{}; s.mu.Unlock(); println(len(s.m)); return nil }
func (s *store) look() error { s.mu.RLock(); println(s.m["a"]); s.mu.RUnlock(); return nil }
func Logged(run func() error) func() error { return func() error { println("starts"); return run() } }
func (s *store) Setup() { var g errgroup.Group; g.Go(Logged(s.fill)); g.Go(Logged(s.look)); MORE }
"""


@pytest.mark.parametrize(
    ("more", "other", "reported"),
    [
        ("g.Go(Logged(s.look))", "", False),
        ("g.Go(Logged(s.fill))", "", True),
        ("", "func (s *store) Filler() func() error { return Logged(s.fill) }", True),
        ("", "func (s *store) Looker() func() error { return Logged(s.look) }", False),
    ],
)
def test_what_an_exported_factory_returns_is_called_by_whoever_has_it(more: str, other: str, reported: bool) -> None:
    source = "package p\n" + STORE.replace("MORE", more) + other
    assert (Program([facts_of({"p.go": source})]).verdicts != []) is reported
