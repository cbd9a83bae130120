"""What the findings on races say."""

from __future__ import annotations

from golint_maps.rules.concurrency import gm201_unguarded_concurrent_write as gm201
from golint_maps.rules.concurrency import gm202_unguarded_concurrent_read as gm202

from golint_maps.findings import Finding
from golint_maps.testing import findings_of

STORE = "package p\nimport (`net/http`; `sync`; `time`)\nvar _ time.Duration\ntype store struct { mu sync.Mutex; m map[string]int }\n"
GUARDED = "func (s *store) get() int { s.mu.Lock(); defer s.mu.Unlock(); return s.m[``] }\n"
GUARDED += "func (s *store) put() { s.mu.Lock(); s.m[``]++; s.mu.Unlock() }\n"


def one(rule: object, source: str) -> Finding:
    (finding,) = findings_of(rule, (STORE + source).replace("`", '"'))
    return finding


def test_a_race_with_itself_names_the_lock_that_the_others_hold() -> None:
    found = one(gm201, GUARDED + "func (s *store) Later() { for range 3 { time.AfterFunc(1, func() { delete(s.m, ``) }) } }\n")
    assert found.help == "Hold `s.mu` here as well."


def test_a_lock_whose_owner_has_no_name_here_is_named_by_its_type() -> None:
    found = one(gm201, GUARDED + "func reset(other *store) { for range 3 { go func() { delete(other.m, ``) }() } }\n")
    assert found.help == "Hold `p.store.mu` here as well."


def test_a_variable_that_is_assigned_is_no_fatal_error() -> None:
    use = "func use(s *store) { for range 3 { go func() { ACCESS }() } }\n"
    assert "fatal" not in one(gm201, use.replace("ACCESS", "s.m = map[string]int{}")).message
    assert "fatal error, concurrent map writes" in one(gm201, use.replace("ACCESS", "s.m[``] = 1")).message
    found = findings_of(gm202, (STORE + use.replace("ACCESS", "s.m = nil; println(s.m[``])")).replace("`", '"'))
    assert all("fatal" not in item.message for item in found)


def test_another_way_to_the_same_line_is_told_from_the_same_way() -> None:
    handler = "func (s *store) serve(w http.ResponseWriter, r *http.Request) { s.count() }\nfunc (s *store) count() { s.m[``]++ }\n"
    alone = one(gm201, handler)
    assert "and each request may do so at the same time" in alone.message
    locked = handler.replace("s.count() }", "s.mu.Lock(); s.count(); s.mu.Unlock() }")
    both = one(gm201, locked + "func Watch(s *store) { go s.count() }\n")
    assert "A goroutine gets there, and at the same time an HTTP handler may, holding `s.mu`." in both.message


def test_handlers_are_registered_and_goroutines_started() -> None:
    found = one(
        gm201, "func (s *store) count(w http.ResponseWriter, r *http.Request) { s.m[``]++ }\nfunc New(s *store) { http.HandleFunc(`/`, s.count) }\n"
    )
    assert [step.message.split()[1] for step in found.traces[0].steps[:1]] == ["registers"]
