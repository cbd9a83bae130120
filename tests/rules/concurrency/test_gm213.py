"""GM213: package variables that methods of many objects change."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm213_unguarded_package_map as rule

from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

HEAD = 'package p\nimport "sync"\nvar mu sync.Mutex\nvar names = map[string]int{}\ntype T struct{ n string }\nvar of = map[*T]int{}\n'


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) Use() { names[t.n]++ }",
        "func (t *T) Use() { t.use() }\nfunc (t *T) use() { delete(names, t.n) }",
        "func RegisterFor(t *T) { of[t] = 1 }",
        "func (t *T) UnmarshalYAML() { names[t.n] = 1 }",
    ],
)
def test_a_change_without_a_lock_is_reported(code: str) -> None:
    assert len(findings_of(rule, HEAD + code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) Use() { mu.Lock(); names[t.n]++; mu.Unlock() }",
        "func (t *T) Use() { fileInit(t.n) }\nfunc fileInit(n string) { names[n]++ }",
        "func (t *T) Use() { names[t.n]++ }\nfunc Get() int { mu.Lock(); defer mu.Unlock(); return names[`a`] }",
        "func (t *T) Register() { names[t.n] = 1 }",
        "func SetName(n string) { names[n] = 1 }",
        "func (t *T) Use() int { return names[t.n] }",
        "func init() { names[`a`] = 1 }",
    ],
)
def test_registration_reads_and_locked_maps_are_left_alone(code: str) -> None:
    assert findings_of(rule, HEAD + code) == []


def test_methods_of_the_only_object_are_left_alone() -> None:
    code = "package p\nvar names = map[string]int{}\ntype t struct{ m map[string]int }\nvar one = &t{}\nfunc (t *t) Use(n string) { names[n]++ }\n"
    assert findings_of(rule, code) == []


def test_an_internal_package_whose_callers_are_seen_is_judged_by_them() -> None:
    inside = facts_of(HEAD + "func (t *T) Use() { names[t.n]++ }", path="example.com/m/internal/p")
    caller = facts_of('package main\nimport "example.com/m/internal/p"\nfunc main() { var t p.T; t.Use() }', path="example.com/m")
    assert len(list(rule.RULE.checks[0](Program([inside])))) == 1
    assert list(rule.RULE.checks[0](Program([inside, caller]))) == []


def test_its_own_tests_are_no_callers_of_an_internal_package() -> None:
    inside = facts_of(HEAD + "func (t *T) Use() { names[t.n]++ }", path="example.com/m/internal/p")
    tests = facts_of('package p_test\nimport "example.com/m/internal/p"\nvar _ p.T', path="example.com/m/internal/p_test")
    assert len(list(rule.RULE.checks[0](Program([inside, tests])))) == 1


@pytest.mark.parametrize(("path", "count"), [("example.com/testcomponents", 0), ("example.com/mocks", 0), ("example.com/components", 1)])
def test_packages_for_tests_are_left_alone(path: str, count: int) -> None:
    program = Program([facts_of(HEAD + "func (t *T) Use() { names[t.n]++ }", path=path)])
    assert len([finding for check in rule.RULE.checks for finding in check(program)]) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("f := &formatter{}; funcs[`line`] = func() string { return f.line }; return f", 1),
        ("f := &formatter{}; funcs[name] = func() string { return f.line }; return f", 1),
        ("f := &formatter{}; funcs[key] = func() string { return f.line }; return f", 0),
        ("f := &formatter{funcs: map[string]func() string{}}; f.funcs[`line`] = func() string { return f.line }; return f", 0),
    ],
)
def test_a_constructor_that_sets_one_entry_for_all_objects_is_reported(body: str, count: int) -> None:
    code = (
        "package p\nconst name = `l`\nvar funcs = map[string]func() string{}\ntype formatter struct { line string; funcs map[string]func() string }\n"
    )
    assert len(findings_of(rule, f"{code}func NewFormatter(key string) *formatter {{ {body} }}")) == count
    assert findings_of(rule, f"{code}func Register(key string) *formatter {{ {body} }}") == []
