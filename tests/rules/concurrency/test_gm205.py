"""GM205: maps that nobody locks beside maps that are locked."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm205_inconsistent_guard as rule

from golint_maps.testing import findings_of

HEAD = """package p
import "sync"
type S struct { mu sync.Mutex; users, jobs map[string]int }
func (s *S) Put(k string) { s.mu.Lock(); defer s.mu.Unlock(); s.users[k] = 1 }
func (s *S) Get(k string) int { s.mu.Lock(); defer s.mu.Unlock(); return s.users[k] }
"""


def test_a_change_of_the_map_beside_is_reported() -> None:
    code = HEAD + "func (s *S) Begin(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }"
    assert ["another map of the same object" in finding.message for finding in findings_of(rule, code)] == [True]


@pytest.mark.parametrize(
    "methods",
    [
        "func (s *S) Begin(k string) { s.jobs[k] = 1 }",
        "func (s *S) begin(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
        "func (s *S) Init(k string) { s.jobs[k] = 1 }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
        "func (s *S) Jobs() int { return len(s.jobs) }\nfunc (s *S) Job(k string) int { return s.jobs[k] }",
        "func (s *S) Begin(k string) { s.mu.Lock(); s.jobs[k] = 1; s.mu.Unlock() }\nfunc (s *S) Jobs() int { return len(s.jobs) }",
    ],
)
def test_maps_of_one_method_of_setting_up_or_with_a_lock_are_not(methods: str) -> None:
    assert [finding for finding in findings_of(rule, HEAD + methods) if "another map" in finding.message] == []
