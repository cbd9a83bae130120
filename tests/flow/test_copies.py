"""Writes to copies, and copies of sync.Map."""

from __future__ import annotations

import pytest

from golint_maps.flow.copies import LostWrite, MapReplacedOnCopy, SyncMapCopied
from golint_maps.testing import facts_of

PRELUDE = """package p
import "sync"
type pair struct { a, b int; list [2]int; ptr *pair; m map[string]int; in struct { x int } }
func (p pair) show() {}
func use(...any)
"""


def lost(body: str, params: str = "m map[string]pair, key string") -> list[tuple[str, str]]:
    """Return (kind, left side) of the lost writes in a function with this body."""
    facts = facts_of(f"{PRELUDE}func f({params}) (out pair) {{\n{body}\nreturn\n}}\n").facts
    return [(fact.kind, fact.written) for fact in facts if isinstance(fact, LostWrite)]


def replaced(text: str) -> list[str]:
    """Return the maps that are replaced on a copy."""
    return [fact.map for fact in facts_of(PRELUDE + text).facts if isinstance(fact, MapReplacedOnCopy)]


def copied(text: str) -> list[tuple[str, str, str]]:
    """Return (kind, what, way) of the copies of sync.Map."""
    holder = "type box struct { n int; inner struct { m sync.Map } }\nvar shared box\n"
    return [(fact.kind, fact.map, fact.holds) for fact in facts_of(PRELUDE + holder + text).facts if isinstance(fact, SyncMapCopied)]


# --- values of maps ---


def test_a_write_to_a_range_copy_is_lost() -> None:
    assert lost("for _, v := range m { v.a = 1 }") == [("range", "v.a")]


def test_a_write_to_a_looked_up_copy_is_lost() -> None:
    assert lost("v := m[key]; v.a++") == [("look-up", "v.a")]
    assert lost("v, ok := m[key]; if ok { v.in.x = 1; v.list[0] = 2 }") == [("look-up", "v.in.x"), ("look-up", "v.list[0]")]


@pytest.mark.parametrize(
    "after",
    [
        "m[key] = v",
        "return v",
        "use(v)",
        "use(&v)",
        "use(v.a)",
        "v.show()",
        "out = v",
        "out.a = v.a",
        "defer func() { use(v) }()",
        "if v.a > 0 { use() }",
    ],
)
def test_what_is_used_afterwards_is_not_lost(after: str) -> None:
    assert lost(f"v := m[key]; v.a = 1; {after}") == []
    assert lost(f"for _, v := range m {{ v.a = 1; {after} }}") == []


def test_a_use_before_the_write_does_not_keep_it() -> None:
    assert lost("v := m[key]; use(v, v.a); v.a = 1") == [("look-up", "v.a")]
    assert lost("for _, v := range m { use(v); v.a = 1 }") == [("range", "v.a")]


def test_a_method_with_a_copy_for_its_receiver_does_not_keep_the_write() -> None:
    assert lost("for _, v := range m { v.show(); v.a = 1 }") == [("range", "v.a")]
    assert lost("for _, v := range m { v.in.keep(); v.a = 1; v.in.x = 1 }") == [("range", "v.a"), ("range", "v.in.x")]
    assert replaced("type box struct { pair }\nfunc (b *box) keep() {}\nvar kept *box\nfunc f(b box) { b.keep(); b.m = nil }") == []


def test_a_use_of_another_field_does_not_keep_the_write() -> None:
    assert lost("v := m[key]; v.a = 1; use(v.b)") == [("look-up", "v.a")]


def test_a_use_in_the_next_turn_keeps_the_write() -> None:
    assert lost("v := m[key]; for range key { use(v.a); v.a++ }") == []


def test_a_write_through_a_reference_is_not_lost() -> None:
    assert lost("v := m[key]; v.ptr.a = 1; v.m[key] = 2") == []
    assert lost("for _, v := range m { v.a = 1 }", "m map[string]*pair") == []


def test_a_copy_from_elsewhere_is_no_copy_of_a_map_value() -> None:
    assert lost("v := list[0]; v.a = 1; for _, w := range list { w.a = 1 }", "list []pair") == []


def test_writes_of_a_literal_that_captures_the_copy_are_not_judged() -> None:
    assert lost("v := m[key]; g := func() { v.a++ }; g(); g()") == []


# --- maps of parameters ---


def test_a_map_replaced_on_a_receiver_is_lost() -> None:
    assert replaced("func (p pair) reset() { p.m = map[string]int{} }") == ["p.m"]
    assert replaced("func (p pair) add() { if p.m == nil { p.m = map[string]int{} }; p.m[``]++; p.m[``] = p.m[``] + 1 }") == ["p.m"]


def test_draining_the_old_map_does_not_excuse() -> None:
    assert replaced("func (p pair) reset() { for k := range p.m { use(k) }; p.m = nil }") == ["p.m"]


def test_a_map_replaced_on_a_pointer_is_seen() -> None:
    assert replaced("func (p *pair) reset() { p.m = nil }\nfunc f(p pair) { p.ptr.m = nil }") == []


@pytest.mark.parametrize("after", ["return p", "use(p)", "use(p.m)", "use(len(p.m))", "for range p.m {}", "*p.ptr = p", "p.show()", "use(p.m[``])"])
def test_a_copy_that_is_used_afterwards_is_fine(after: str) -> None:
    result = "any" if after.startswith("return") else ""
    assert replaced(f"func f(p pair) {result} {{ p.m = map[string]int{{}}; {after} }}") == []


def test_other_fields_are_not_this_rules() -> None:
    assert replaced("func (p pair) reset() { p.a = 0 }") == []


# --- sync.Map ---


def test_a_struct_that_holds_one_is_copied_by_receivers_and_parameters() -> None:
    assert copied("func (b box) f() {}\nfunc g(b box, p *box) {}") == [("receiver", "b", "inner.m"), ("param", "b", "inner.m")]


def test_copies_in_statements() -> None:
    assert copied("func f(p *box) { b := *p; _ = b; use(b, &b) }") == [("assignment", "*p", "inner.m"), ("interface", "b", "inner.m")]
    assert copied("func f(p *sync.Map) any { return *p }") == [("return", "*p", "")]
    assert copied("func f(ch chan box, p *box) { ch <- *p }") == [("send", "*p", "inner.m")]
    assert copied("func f(list []box) { for _, b := range list { use(b.n) } }") == [("range", "b", "inner.m")]
    assert copied("func f(p *box) []box { return append([]box{*p}, *p) }") == [("element", "*p", "inner.m"), ("element", "*p", "inner.m")]
    assert copied("func f() (b box) { b.n = 1; return }") == [("return", "b", "inner.m")]


def test_a_fresh_value_is_no_copy() -> None:
    assert copied("func f() *box { b := box{n: 1}; p := new(box); *p = box{}; use(len([]box{{}})); return &b }") == []
    assert copied("func g() box { return box{} }\nfunc f() { b := g(); b.n++; c := *new(box); c.n++ }") == []


def test_a_pointer_or_reference_is_no_copy() -> None:
    assert copied("type v struct { m *sync.Map; all []box }\nfunc f(a v) v { b := a; return b }\nfunc g(b *box) { c := &b.inner; use(c) }") == []


def test_values_of_type_parameters_are_not_known() -> None:
    assert copied("func f[T any](x T) T { y := x; return y }") == []


def test_a_defined_type_holds_what_it_is_made_of() -> None:
    assert copied("type table sync.Map\nfunc f(t table) {}\nfunc g(t [2]box) {}") == [("param", "t", ""), ("param", "t", "[].inner.m")]


def test_a_parameter_that_lets_go_of_its_map_after_use_loses_nothing() -> None:
    assert replaced("func f(p pair) { for k := range p.m { use(k) }; p.m = nil }") == []
    assert replaced("func f(p pair) { p.m = nil }") == ["p.m"]
    assert replaced("func f(p pair) { for k := range p.m { use(k) }; p.m = map[string]int{} }") == ["p.m"]
    assert replaced("func (p pair) f() { for k := range p.m { use(k) }; p.m = nil }") == ["p.m"]


def test_a_variable_that_one_loop_fills_is_a_copy() -> None:
    assert lost("var v pair; for _, v = range m { v.a = 1; v.list[0]++ }") == [("range", "v.a"), ("range", "v.list[0]")]
    assert lost("var v pair; for _, v = range m { v.a = 1 }; use(v)") == []
    assert lost("var v pair; for _, v = range m { v.a = 1 }; v = pair{}; v.b = 2") == []
