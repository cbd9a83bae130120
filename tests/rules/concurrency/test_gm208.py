"""GM208: look-ups whose insert stands in a later critical section."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm208_check_then_act as rule

from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

TYPES = """package p
import "sync"
type T struct { mu sync.Mutex; m, n map[string]int }
func (t *T) has(k string) bool { t.mu.Lock(); defer t.mu.Unlock(); _, ok := t.m[k]; return ok }
func (t *T) put(k string, v int) { t.mu.Lock(); defer t.mu.Unlock(); t.m[k] = v }
func (t *T) with(f func()) { t.mu.Lock(); defer t.mu.Unlock(); f() }
func (t *T) hasInside(k string) (ok bool) { func() { t.mu.Lock(); defer t.mu.Unlock(); _, ok = t.m[k] }(); return }
func (t *T) in() { t.mu.Lock() }
func (t *T) out() { t.mu.Unlock() }
func (t *T) set(k string, v int) { t.in(); defer t.out(); key := k; t.m[key] = v }
func (t *T) putNew(k string) { t.mu.Lock(); defer t.mu.Unlock(); if _, ok := t.m[k]; !ok { t.m[k] = 1 } }
"""


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) f(k string) { t.mu.Lock(); _, ok := t.m[k]; t.mu.Unlock(); if !ok { t.mu.Lock(); t.m[k] = 1; t.mu.Unlock() } }",
        "func (t *T) f(k string) { if !t.has(k) { t.put(k, 1) } }",
        "func (t *T) f(k string) { t.in(); _, ok := t.m[k]; t.out(); if !ok { t.in(); t.m[k] = 1; t.out() } }",
        "func (t *T) f(k string) { if !t.has(k) { t.set(k, 1) } }",
        "func (t *T) f(k string) { if !t.has(k) { t.mu.Lock(); t.m[k] = 1; t.mu.Unlock() } }",
        'func (t *T) f(k string) { k += "x"; if !t.has(k) { t.put(k, 1) } }',
        "func (t *T) f(ks []string) { for _, k := range ks { if !t.has(k) { t.put(k, 1) } } }",
        "func (t *T) f(k string) { for ; k != ``; k = k[1:] { if !t.has(k) { t.put(k, 1); return } } }",
        "func (t *T) f(k string) { search: for i := 0; i < 9; i++ { switch { case t.has(k): continue search }; t.put(k, 1) } }",
        "func (t *T) f(k string) { ok := func() bool { t.mu.Lock(); defer t.mu.Unlock(); _, ok := t.m[k]; return ok }(); if !ok { t.put(k, 1) } }",
        "func (t *T) f(k string) { if t.has(k) { return }; func() { t.mu.Lock(); defer t.mu.Unlock(); t.m[k] = 1 }() }",
        "func (t *T) f(k string) { has := func(k string) bool { t.in(); defer t.out(); return t.m[k] > 0 }; if !has(k) { t.put(k, 1) } }",
        "func (t *T) f(k string) { t.with(func() { println(t.m[k]) }); t.with(func() { t.m[k] = 1 }) }",
        "func (t *T) f(k string) { if !t.hasInside(k) { t.put(k, 1) } }",
    ],
)
def test_an_insert_in_a_later_section_is_reported(code: str) -> None:
    assert len(findings_of(rule, TYPES + code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) f(k string) { t.mu.Lock(); if t.m[k] == 0 { t.m[k] = 1 }; t.mu.Unlock() }",
        "func (t *T) f(k string) { if !t.has(k) { t.putNew(k) } }",
        "func (t *T) f(k, l string) { if !t.has(k) { t.put(l, 1) } }",
        'func (t *T) f(k string) { if !t.has(k) { k += "x"; t.put(k, 1) } }',
        "func (t *T) f(u *T, k string) { if !t.has(k) { u.put(k, 1) } }",
        "func (t *T) f(k string) { t.mu.Lock(); v := t.n[k]; t.mu.Unlock(); t.put(k, v) }",
        "func (t *T) f(ks []string) { for _, k := range ks { t.put(k, 1); println(t.has(k)) } }",
        "func (t *T) f() { for i := 0; ; i++ { k := string(rune(i)); t.put(k, 1); println(t.has(k)) } }",
        "func (t *T) f(k string) { next := func() { k = k[1:] }; if !t.has(k) { next(); t.put(k, 1) } }",
        "func (t *T) f(k string) { if !t.has(k) { go func() { t.mu.Lock(); t.m[k] = 1; t.mu.Unlock() }() } }",
        "func (t *T) f(k string) { if !t.has(k) { func() { t.mu.Lock(); defer t.mu.Unlock(); if t.m[k] == 0 { t.m[k] = 1 } }() } }",
        "func (t *T) f(k, l string) { has := func(k string) bool { t.in(); defer t.out(); return t.m[k] > 0 }; if !has(k) { t.put(l, 1) } }",
        "func (t *T) f(k string) { t.with(func() { println(t.m[k]) }); t.with(func() { if t.m[k] == 0 { t.m[k] = 1 } }) }",
        "func (t *T) f(k string) { t.with(func() { if t.m[k] == 0 { t.m[k] = 1 } }) }",
    ],
)
def test_one_section_a_second_look_and_other_keys_are_fine(code: str) -> None:
    assert not findings_of(rule, TYPES + code)


LEDGER = """package ledger
import "sync"
type Ledger struct { mu, other sync.Mutex; cents, limits map[string]int }
func (l *Ledger) Get(account string) int { l.mu.Lock(); defer l.mu.Unlock(); return l.cents[account] }
func (l *Ledger) Limit(account string) int { l.mu.Lock(); defer l.mu.Unlock(); return l.limits[account] }
func (l *Ledger) Put(account string, cents int) { l.mu.Lock(); defer l.mu.Unlock(); l.cents[account] = cents }
func (l *Ledger) Open(account string) { l.mu.Lock(); defer l.mu.Unlock(); if _, ok := l.cents[account]; !ok { l.cents[account] = 0 } }
"""


def of_another_package(code: str) -> list[str]:
    """Return the functions that split a section of the ledger."""
    head = 'package p\nimport ("sync"; "example.com/ledger")\ntype B struct { mu sync.Mutex; book *ledger.Ledger }\n'
    program = Program(
        [facts_of(LEDGER, path="example.com/ledger"), facts_of({"b.go": head + code}, path="example.com/p", imports={"example.com/ledger": LEDGER})]
    )
    return [finding.message.split("`")[1] for check in rule.RULE.checks for finding in check(program)]


@pytest.mark.parametrize(
    "code",
    [
        "func (b *B) f(a string) { old := b.book.Get(a); b.book.Put(a, old+1) }",
        "func (b *B) f(a string) { if b.book.Get(a) > 0 { b.book.Put(a, 0) } }",
        'func f(l *ledger.Ledger, k string) { a := k + "/"; old := l.Get(a); l.Put(a, old+1) }',
        "func f(l *ledger.Ledger, all []string) { for _, a := range all { l.Put(a, l.Get(a)+1) } }",
    ],
)
def test_sections_of_another_packages_object_are_split_as_well(code: str) -> None:
    assert [map_.rpartition(".")[2] for map_ in of_another_package(code)] == ["cents"]


@pytest.mark.parametrize(
    "code",
    [
        "func (b *B) f(a, c string) { old := b.book.Get(a); b.book.Put(c, old) }",
        "func (b *B) f(a string) { b.book.Put(a, 1); println(b.book.Get(a)) }",
        "func (b *B) f(a string) { b.mu.Lock(); defer b.mu.Unlock(); b.book.Put(a, b.book.Get(a)+1) }",
        "func (b *B) f(a string) { if b.book.Get(a) == 0 { b.book.Open(a) } }",
        "func (b *B) f(a string) { b.book.Put(a, b.book.Limit(a)) }",
        "func (b *B) f(o *B, a string) { b.book.Put(a, o.book.Get(a)) }",
        'func (b *B) f(a string) { old := b.book.Get(a); a += "/"; b.book.Put(a, old) }',
    ],
)
def test_other_keys_objects_and_maps_of_another_package_are_fine(code: str) -> None:
    assert of_another_package(code) == []
