"""Orders between goroutines that stand in several functions, each beside the nearest form that orders nothing."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def certain(source: str) -> bool:
    """Tell whether a race is seen for sure."""
    return any(verdict.certain for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts)


def seen(source: str) -> bool:
    """Tell whether a race is seen, though it may be in doubt."""
    return Program([facts_of({"p.go": "package p\n" + source})]).verdicts != []


# --- a goroutine that calls what starts another one ---

WATCHER = """
type watcher struct { m map[string]int }
func (w *watcher) scan() { w.m["a"]++ }
func (w *watcher) watch() { go w.scan() }
"""


@pytest.mark.parametrize(
    ("run", "start", "racy"),
    [
        ("w.scan(); w.watch()", "go w.run()", False),
        ("w.scan(); if len(x) > 0 { w.watch() }", "go w.run()", False),
        ("defer w.watch(); w.scan()", "go w.run()", False),
        ("w.watch(); w.scan()", "go w.run()", True),
        ("defer w.scan(); defer w.watch()", "go w.run()", True),
        ("for range 2 { w.scan(); w.watch() }", "go w.run()", True),
        ("w.scan(); w.watch()", "go func() { for range 2 { w.run() } }()", True),
        ("w.scan(); w.watch()", "go w.run(); go w.run()", True),
        ("w.scan(); w.watch()", "for range 2 { go w.run() }", True),
        ("w.scan(); w.watch()", "go w.run(); w.watch()", True),
        ("w.scan(); w.watch()", "go w.run(); w.scan()", True),
        ("w.scan(); go w.watch()", "go w.run(); go w.watch()", True),
    ],
)
def test_a_goroutine_is_done_with_what_it_did_before_it_calls_what_starts_another(run: str, start: str, racy: bool) -> None:
    source = f"{WATCHER}func (w *watcher) run() {{ {run} }}\nvar x string\n"
    assert seen(f"{source}func New() *watcher {{ w := &watcher{{m: map[string]int{{}}}}; {start}; return w }}") is racy


@pytest.mark.parametrize(("others", "racy"), [("", False), ("func (w *watcher) again() { w.watch() }\nfunc Again(w *watcher) { w.again() }", True)])
def test_others_may_call_what_starts_a_goroutine_as_well(others: str, racy: bool) -> None:
    source = f"{WATCHER}func (w *watcher) run() {{ w.scan(); w.watch() }}\n{others}\n"
    assert seen(f"{source}func New() *watcher {{ w := &watcher{{m: map[string]int{{}}}}; go w.run(); return w }}") is racy
