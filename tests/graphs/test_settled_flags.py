"""Maps that are filled once, behind a flag that a lock guards, and read without the lock by whoever has seen the flag set."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of

TABLE = """package p
import ("net/http"; "sync")
type table struct { mu sync.RWMutex; done bool; m map[string]int }
var rows map[string]int
func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) { BODY }
func (t *table) fill() { t.m["a"] = 1 }
"""
FLAG = "t.mu.Lock(); if !t.done { t.m = map[string]int{}; t.m[`a`] = 1; t.done = true }; t.mu.Unlock()"
NIL = "t.mu.Lock(); if t.m == nil { t.m = map[string]int{}; t.m[`a`] = 1 }; t.mu.Unlock()"
HELPER = "\nfunc (t *table) ensure() { t.mu.Lock(); defer t.mu.Unlock(); if t.done { return }; t.m = map[string]int{}; t.fill(); t.done = true }"


def races(body: str, more: str = "") -> int:
    return len(Program([facts_of({"p.go": TABLE.replace("BODY", body) + more})]).verdicts)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (f"{FLAG}; _ = t.m[r.Host]", ""),
        (f"{NIL}; for k := range t.m {{ _ = k }}", ""),
        ("t.ensure(); _ = t.m[r.Host]", HELPER),
        (f"t.mu.RLock(); if t.m != nil {{ t.mu.RUnlock(); _ = t.m[r.Host]; return }}; t.mu.RUnlock(); {NIL}; _ = t.m[r.Host]", ""),
    ],
)
def test_who_has_seen_a_flag_set_under_the_lock_comes_after_what_was_done_before(body: str, more: str) -> None:
    assert races(body, more) == 0


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (f"_ = t.m[r.Host]; {FLAG}", ""),
        (f"{FLAG}; t.m[r.Host] = 1", ""),
        (
            f"{FLAG}; _ = t.m[r.Host]",
            "\nfunc (t *table) Reset(w http.ResponseWriter, r *http.Request) { t.mu.Lock(); t.done = false; t.mu.Unlock() }",
        ),
        (f"{FLAG}; _ = t.m[r.Host]", "\nfunc (t *table) Put(w http.ResponseWriter, r *http.Request) { t.mu.Lock(); t.m[r.Host] = 2; t.mu.Unlock() }"),
        (f"{NIL.replace('; t.mu.Unlock()', '; t.m[r.Host]++; t.mu.Unlock()')}; _ = t.m[r.Host]", ""),
        (f"{FLAG.replace('t.mu.Lock(); ', '').replace('; t.mu.Unlock()', '')}; _ = t.m[r.Host]", ""),
        (f"if r.Host == `` {{ {FLAG} }}; _ = t.m[r.Host]", ""),
    ],
)
def test_others_may_meet_the_fill_or_another_write(body: str, more: str) -> None:
    assert races(body, more) > 0


GATED = """
import ("net/http"; "sync")
const (idle = "idle"; busy = "busy"; ready = "ready")
var mu sync.Mutex
var status = idle
var done = map[string]int{}
func migrate() { for _, k := range []string{"a"} { done[k] = 1 }; status = ready }
func Execute() { GATE; go migrate() }
func handle(w http.ResponseWriter, r *http.Request) { Execute() }
func main() { http.HandleFunc("/", handle); http.ListenAndServe(":1", nil) }
"""


@pytest.mark.parametrize(
    ("gate", "racy"),
    [
        ("mu.Lock(); if status == busy { mu.Unlock(); return }; if status == ready { mu.Unlock(); return }; status = busy; mu.Unlock()", False),
        ("mu.Lock(); if status != idle { mu.Unlock(); return }; status = busy; mu.Unlock()", False),
        ("mu.Lock(); if status == ready { mu.Unlock(); return }; status = busy; mu.Unlock()", True),  # another one may be busy
        ("mu.Lock(); if status != idle { mu.Unlock(); return }; status = idle; mu.Unlock()", True),
        ("mu.Lock(); if status == busy { println() }; status = busy; mu.Unlock()", True),
        ("if status == busy { return }; status = busy", True),  # nothing keeps two from seeing it idle
    ],
)
def test_a_state_that_is_asked_and_changed_under_a_lock_lets_one_start_at_a_time(gate: str, racy: bool) -> None:
    program = Program([facts_of({"p.go": "package p\n" + GATED.replace("GATE", gate)})])
    assert (program.verdicts != []) is racy
