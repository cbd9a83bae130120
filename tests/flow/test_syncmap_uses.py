"""Assertions on values of a sync.Map, comparisons, reassignments, and stores inside of Range."""

from __future__ import annotations

import pytest

from golint_maps.flow.syncmaps import SyncMapAssertion, SyncMapComparison, SyncMapRangeStore, SyncMapReassigned
from golint_maps.testing import facts_of

HEAD = """package p

import "sync"

type T struct{ n int }

var m, other sync.Map

func fail(text string) { stop(text) }
func stop(text string) { panic(text) }
func check(ok bool)
"""

HELPERS = """
func made() string
func fetch(k string) { m.Store(k, &T{}) }
func put(k string) { other.Store(k, &T{}) }
"""


def found(kind: type, body: str, head: str = HEAD, name: str = "p.go") -> list[object]:
    return [fact for fact in facts_of({name: f"{head}\n{body}\n"}).facts if isinstance(fact, kind)]


def reasons(text: str) -> list[str]:
    facts = facts_of(f"{HEAD}{HELPERS}\nfunc f(k string) any {{\n{text}\nreturn nil\n}}\n").facts
    return [fact.reason for fact in facts if isinstance(fact, SyncMapAssertion)]


@pytest.mark.parametrize(
    "text",
    [
        "v, _ := m.Load(k)\nreturn v.(*T)",
        "v, ok := m.Load(k)\nt := v.(*T)\nif ok { return t }",
        "v, ok := m.LoadAndDelete(k)\nreturn []any{v.(*T), ok}",
        "old, _ := m.Swap(k, 1)\nreturn old.(*T)",
        "v, ok := m.Load(k)\nif !ok { println(k) }\nreturn v.(*T)",
        "v, _ := m.Load(k)\nw := v\nreturn w.(*T)",
        "m.Store(k, &T{})\nm.Delete(k)\nv, _ := m.Load(k)\nreturn v.(*T)",
        "fetch(k)\nk = made()\nv, _ := m.Load(k)\nreturn v.(*T)",
        "put(k)\nv, _ := m.Load(k)\nreturn v.(*T)",
    ],
)
def test_an_assertion_that_a_miss_reaches_panics(text: str) -> None:
    assert reasons(text) == ["unchecked"]


@pytest.mark.parametrize(
    "text",
    [
        "v, ok := m.Load(k)\nif !ok { return nil }\nreturn v.(*T)",
        'v, ok := m.Load(k)\nif !ok || k == "" { return nil }\nreturn v.(*T)',
        "v, ok := m.Load(k)\nreturn ok && v.(*T).n > 0",
        "v, _ := m.Load(k)\nif v == nil { return nil }\nreturn v.(*T)",
        "v, ok := m.Load(k)\nif !ok { v = &T{} }\nreturn v.(*T)",
        "v, ok := m.Load(k)\nif !ok { fail(k) }\nreturn v.(*T)",
        "v, ok := m.Load(k)\ncheck(ok)\nreturn v.(*T)",
        "m.Store(k, &T{})\nv, _ := m.Load(k)\nreturn v.(*T)",
        "m.Store(k, &T{})\ndefer m.Delete(k)\nv, _ := m.Load(k)\nreturn v.(*T)",
        "v, ok := m.Load(k)\nif !ok {\nfetch(k)\nv, _ = m.Load(k)\n}\nreturn v.(*T)",
        "v, _ := m.LoadOrStore(k, &T{})\nreturn v.(*T)",
        "v, _ := m.Load(k)\nt, _ := v.(*T)\nreturn t",
        "v, _ := m.Load(k)\nswitch t := v.(type) { case *T: return t }",
        'v, ok := m.Load(k)\nok = ok && k != ""\nif ok { return v.(*T) }',
    ],
)
def test_an_assertion_behind_a_test_is_fine(text: str) -> None:
    assert reasons(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('if ok || none { if none { return "" }; return v.(*T) }', 0),
        ('if none || ok { if none { return "" }; return v.(*T) }', 0),
        ('if !ok && !none { return "" }; if none { return "" }; return v.(*T)', 0),
        ('if ok || !none { if !none { return "" }; return v.(*T) }', 0),
        ('if ok || t.none { if t.none { return "" }; return v.(*T) }', 0),
        ('t.hit = ok && !none; if t.hit || none { if none { return "" }; return v.(*T) }', 0),
        ("t.hit = ok; if t.hit { return v.(*T) }", 0),
        ('if ok || none { if !none { return "" }; return v.(*T) }', 1),
        ('if ok || none { none = made() == ""; if none { return "" }; return v.(*T) }', 1),
        ('if ok || t.none { println(made()); if t.none { return "" }; return v.(*T) }', 1),
        ('if ok || t.none { t.none = none; if t.none { return "" }; return v.(*T) }', 1),
        ('if ok || made() == "" { if made() == "" { return "" }; return v.(*T) }', 1),
        ('if none || k == "" { if none { return "" }; return v.(*T) }', 1),
        ("t.hit = ok || none; if t.hit { return v.(*T) }", 1),
        ("t.hit = ok; println(made()); if t.hit { return v.(*T) }", 1),
        ("t.hit = ok; t = u; if t.hit { return v.(*T) }", 1),
        ("t.hit = ok; t.hit = none; if t.hit { return v.(*T) }", 1),
    ],
)
def test_of_two_things_that_may_hold_the_other_one_is_ruled_out(text: str, found: int) -> None:
    state = "type state struct{ none, hit bool }\n"
    facts = facts_of(f"{HEAD}{HELPERS}{state}func f(k string, none bool, t, u *state) any {{\nv, ok := m.Load(k)\n{text}\nreturn nil\n}}\n").facts
    assert [fact.reason for fact in facts if isinstance(fact, SyncMapAssertion)] == ["unchecked"] * found


TOGETHER = """var a, b sync.Map
for _, k := range []string{k} { go func() { a.Store(k, &T{}); %s }() }
b.Range(func(k, _ any) bool { name := k.(string); v, _ := a.Load(name); use(v.(*T)); return true })"""


@pytest.mark.parametrize(
    ("stored", "found"), [("b.Store(k, 1)", []), ("b.Store(`x`, 1)", ["unchecked"]), ("b.Store(k, 1); a.Delete(k)", ["unchecked"])]
)
def test_a_map_that_gets_its_entries_along_with_another_has_those_of_that(stored: str, found: list[str]) -> None:
    assert reasons(TOGETHER % stored) == found


def test_an_assertion_to_a_type_that_nobody_stores_panics_on_every_hit() -> None:
    stores = "func g() { m.Store(1, int64(2)) }\n"
    assert [fact.stored for fact in found(SyncMapAssertion, stores + "func f() { if v, ok := m.Load(1); ok { _ = v.(int) } }")] == [("int64",)]  # type: ignore[attr-defined]
    assert found(SyncMapAssertion, stores + "func f() { if v, ok := m.Load(1); ok { _ = v.(int64) } }") == []


@pytest.mark.parametrize("more", ["func h(v any) { m.Store(2, v) }", "func h() { fill(&m) }\nfunc fill(*sync.Map)"])
def test_types_are_not_known_when_others_may_store(more: str) -> None:
    text = "func g() { m.Store(1, int64(2)) }\nfunc f() { if v, ok := m.Load(1); ok { _ = v.(int) } }\n"
    assert found(SyncMapAssertion, text + more) == []


@pytest.mark.parametrize(
    ("call", "side"),
    [
        ("func f(old []int) { m.CompareAndDelete(1, old) }", "old"),
        ("func f(old []int) { m.CompareAndDelete(1, any(old)) }", "old"),
        ("func f(old struct{ s []int }) { m.CompareAndSwap(1, old, 2) }", "old"),
        ("func f(old [2]func()) { m.CompareAndSwap(1, old, 2) }", "old"),
        ("func f() { old, _ := m.Load(1); m.CompareAndSwap(1, old, []int{}) }", "new"),
        ("func g() { m.Store(1, []int{}) }\nfunc f() { m.Range(func(k, v any) bool { return m.CompareAndDelete(k, v) }) }", "stored"),
    ],
)
def test_a_comparison_of_incomparable_values_panics(call: str, side: str) -> None:
    assert [fact.side for fact in found(SyncMapComparison, call)] == [side]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "call",
    [
        "func f(old *[]int) { m.CompareAndDelete(1, old) }",
        "func f(old any) { m.CompareAndDelete(1, old) }",
        "func f() { m.CompareAndSwap(1, nil, []int{}) }",
        "func f(old T) { m.CompareAndSwap(1, old, []int{}) }",
    ],
)
def test_pointers_and_unknown_interfaces_are_not_reported(call: str) -> None:
    assert found(SyncMapComparison, call) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("func f() { m = sync.Map{} }", 1),
        ("func f(p *sync.Map) { *p = sync.Map{} }", 1),
        ("type C struct{ m sync.Map }\nfunc (c *C) Reset() { c.m = sync.Map{} }", 1),
        ("func f() { var l sync.Map; go func() { l.Store(1, 1) }(); l = sync.Map{} }", 1),
        ("type C struct{ m sync.Map }\nfunc New() *C { c := new(C); c.m = sync.Map{}; return c }", 0),
        ("type C struct{ m sync.Map }\nfunc get() *C { c := &C{}; c.m = sync.Map{}; return c }", 0),
        ("type C struct{ m *sync.Map }\nfunc (c *C) Reset() { c.m = &sync.Map{} }", 0),
        ("func f() { var l sync.Map; l = sync.Map{}; l.Store(1, 1) }", 0),
    ],
)
def test_only_maps_that_others_may_use_are_reported_when_assigned_over(text: str, count: int) -> None:
    assert len(found(SyncMapReassigned, text)) == count


def test_a_test_may_reset_a_map() -> None:
    assert found(SyncMapReassigned, "func f() { m = sync.Map{} }", name="p_test.go") == []


@pytest.mark.parametrize(
    ("callback", "count"),
    [
        ("m.Store(v, k)", 1),
        ("m.LoadOrStore(1, k)", 1),
        ('s := k.(string) + "x"\nm.Store(s, v)', 1),
        ("m.Store(k, 1)", 0),
        ("s := k.(string)\nm.Store(s, 1)", 0),
        ("other.Store(v, k)", 0),
        ("m.Delete(v)", 0),
        ("if v == nil { m.Store(v, k)\nreturn false }", 0),
    ],
)
def test_only_other_keys_stored_inside_of_range_are_reported(callback: str, count: int) -> None:
    assert len(found(SyncMapRangeStore, f"func f() {{ m.Range(func(k, v any) bool {{ {callback}\nreturn true }}) }}")) == count


@pytest.mark.parametrize(
    ("callback", "count"),
    [
        ("each := func(d string) { m.Store(k.(string)+d, v) }\neach(``)", 1),
        ("func() { m.Store(v, k) }()", 1),
        ("defer func() { m.Store(v, k) }()", 1),
        ("inner := func() { m.Store(v, k) }\nouter := func() { inner() }\nouter()", 1),
        ("again()", 1),
        ("put := func(x any) { m.Store(x, v) }\nput(v)", 1),
        ("put := func(x any) { m.Store(x, v) }\nput(k)", 0),
        ("put := func(x any) { m.Store(x, v) }\nouter := func(y any) { put(y.(string)) }\nouter(k)", 0),
        ("put := func(x any) { m.Store(x, v) }\nput(k)\nput(v)", 1),
        ("put := func() { m.Store(k, v) }\nput()", 0),
        ("later := func() { m.Store(v, k) }\nuse(later)", 0),
        ("go func() { m.Store(v, k) }()", 0),
        ("each := func() { m.Store(v, k) }\ngo each()", 0),
        ("each := func() { other.Store(v, k) }\neach()", 0),
        ("each := func() { m.Store(v, k) }\nif v == nil { each()\nreturn false }", 0),
    ],
)
def test_a_literal_that_the_callback_runs_is_part_of_the_turn(callback: str, count: int) -> None:
    body = f"again := func() {{ m.Store(1, 2) }}\n_ = again\nm.Range(func(k, v any) bool {{ {callback}\nreturn true }})"
    assert len(found(SyncMapRangeStore, f"func use(func())\nfunc f() {{ {body} }}")) == count


@pytest.mark.parametrize(
    ("method", "use", "count"),
    [
        ("func (s *S) visit(k, v any) bool { s.m.Store(v, k)\nreturn true }", "s.m.Range(s.visit)", 1),
        ("func (s *S) visit(k, v any) bool { s.m.Store(k, 1)\nreturn true }", "s.m.Range(s.visit)", 0),
        ("func (s *S) visit(k, v any) bool { s.m.Store(v, k)\nreturn true }", "s.n.Range(s.visit)", 0),
        ("func (s *S) visit(k, v any) bool { s.m.Store(v, k)\nreturn true }", "u.m.Range(s.visit)", 0),
        ("func visit(k, v any) bool { m.Store(v, k)\nreturn true }", "m.Range(visit)", 1),
        ("func visit(k, v any) bool { m.Store(v, k)\nreturn false }", "m.Range(visit)", 0),
    ],
)
def test_a_function_of_the_package_may_be_what_range_calls(method: str, use: str, count: int) -> None:
    assert len(found(SyncMapRangeStore, f"type S struct {{ m, n sync.Map }}\n{method}\nfunc f(s, u *S) {{ {use} }}")) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("m.Store(v, k)", 1),
        ("m.Store(k, v)", 0),
        ("other.Store(v, k)", 0),
        ("if v == nil { m.Store(v, k)\nbreak }", 0),
        ("if v == nil { m.Store(v, k)\nreturn }", 0),
        ("for range 3 { m.Store(v, k)\nbreak }", 1),
    ],
)
def test_a_range_clause_over_range_is_a_loop_over_the_map(body: str, count: int) -> None:
    assert len(found(SyncMapRangeStore, f"func f() {{ for k, v := range m.Range {{ {body} }} }}")) == count
