"""GM207: guarded maps that leave their guard."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm202_unguarded_concurrent_read as gm202
from golint_maps.rules.concurrency import gm207_guarded_map_escapes as rule

from golint_maps.findings import Level
from golint_maps.testing import findings_of

TYPES = """package p
import ("iter"; "maps"; "slices"; "sync")
type T struct { mu sync.RWMutex; m map[string]int; sets map[string]map[string]int; copied map[string]int; last Out }
type Out struct { m map[string]int }
func use(m map[string]int) {}
func (t *T) put(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.m[k] = 1; t.sets[k][k] = 1 }
func (t *T) Put(k string) { t.put(k) }
func (t *T) Swap() { t.mu.Lock(); t.copied = map[string]int{}; t.mu.Unlock() }
var _ = maps.Clone[map[string]int]
"""


@pytest.mark.parametrize("out", ["c <- t.m", "go use(t.m)", "o.m = t.m"])
def test_a_literal_that_a_helper_runs_under_the_lock_lets_a_map_out(out: str) -> None:
    code = f"func (t *T) f(c chan map[string]int, o *Out) {{ t.with(func() {{ {out} }}) }}\n"
    code += "func (t *T) with(f func()) { t.mu.Lock(); f(); t.mu.Unlock() }"
    assert [finding.level for finding in findings_of(rule, TYPES + code)] == [Level.WARNING]
    assert findings_of(rule, TYPES + code.replace("t.mu.Lock(); f(); t.mu.Unlock()", "t.mu.Lock(); t.mu.Unlock(); f()")) == []


def test_a_callers_map_is_reported_under_any_name() -> None:
    code = "func (t *T) Set(m map[string]int) { {0}t.mu.Lock(); defer t.mu.Unlock(); t.m = {1} }"
    given, named = (findings_of(rule, TYPES + code.replace("{0}", first).replace("{1}", name)) for first, name in (("", "m"), ("own := m; ", "own")))
    assert [finding.level for finding in given] == [finding.level for finding in named] == [Level.NOTE]


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) All() map[string]int { t.mu.RLock(); defer t.mu.RUnlock(); return t.m }",
        "func (t *T) All() map[string]int { t.mu.RLock(); m := t.m; t.mu.RUnlock(); return m }",
        "func (t *T) All() (m map[string]int) { t.mu.RLock(); m = t.m; t.mu.RUnlock(); return }",
        "func (t *T) All() *Out { t.mu.RLock(); defer t.mu.RUnlock(); return &Out{m: t.m} }",
        "func (t *T) Of(k string) map[string]int { t.mu.RLock(); defer t.mu.RUnlock(); return t.sets[k] }",
        "func (t *T) Send(c chan map[string]int) { t.mu.RLock(); defer t.mu.RUnlock(); c <- t.m }",
        "func (t *T) Store(o *Out) { t.mu.RLock(); defer t.mu.RUnlock(); o.m = t.m }",
        "func (t *T) Go() { t.mu.RLock(); defer t.mu.RUnlock(); go use(t.m) }",
        'func (t *T) Use() int { t.mu.RLock(); m := t.m; t.mu.RUnlock(); if m == nil { return 0 }; return m["a"] + m["b"] }',
        "func (t *T) Walk() { t.mu.RLock(); all := maps.Keys(t.m); t.mu.RUnlock(); for k := range all { println(k) } }",
        "func (t *T) Walk() { t.mu.RLock(); m := t.m; all := maps.All(m); t.mu.RUnlock(); for k := range all { println(k) } }",
        "func (t *T) Walk() []string { t.mu.RLock(); all := maps.Keys(t.m); t.mu.RUnlock(); return slices.Sorted(all) }",
        "func (t *T) Walk() iter.Seq[int] { t.mu.RLock(); defer t.mu.RUnlock(); all := maps.Values(t.m); return all }",
        "func (t *T) Walk(c chan iter.Seq[int]) { t.mu.RLock(); c <- maps.Values(t.m); t.mu.RUnlock() }",
    ],
)
def test_every_way_out_is_reported_once(code: str) -> None:
    assert [finding.level for finding in findings_of(rule, TYPES + code)] == [Level.WARNING]


def test_a_caller_who_keeps_its_map_is_a_note() -> None:
    found = findings_of(rule, TYPES + "func (t *T) Set(m map[string]int) { t.mu.Lock(); t.m = m; t.mu.Unlock() }")
    assert [finding.level for finding in found] == [Level.NOTE]


@pytest.mark.parametrize(
    "code",
    [
        "func (t *T) All() map[string]int { t.mu.RLock(); defer t.mu.RUnlock(); return maps.Clone(t.m) }",
        "func (t *T) Take() map[string]int { t.mu.Lock(); defer t.mu.Unlock(); m := t.m; t.m = map[string]int{}; return m }",
        "func (t *T) Go() { t.mu.Lock(); go use(t.m); t.m = nil; t.mu.Unlock() }",
        "func (t *T) Drop(k string) map[string]int { t.mu.Lock(); defer t.mu.Unlock(); m := t.sets[k]; delete(t.sets, k); return m }",
        "func (t *T) Copied() map[string]int { t.mu.RLock(); defer t.mu.RUnlock(); return t.copied }",
        "func (t *T) allLocked() map[string]int { return t.m }",
        "func (t *T) lock() map[string]int { t.mu.Lock(); return t.m }",
        "func (t *T) Len() int { t.mu.RLock(); defer t.mu.RUnlock(); m := t.m; return len(m) }",
        "func (t *T) Use() { t.mu.RLock(); m := t.m; use(m); t.mu.RUnlock() }",
        "func (t *T) Walk() []string { t.mu.RLock(); all := slices.Collect(maps.Keys(t.m)); t.mu.RUnlock(); return slices.Sorted(all) }",
        "func (t *T) Walk() { t.mu.RLock(); all := maps.Keys(t.m); for k := range all { println(k) }; t.mu.RUnlock() }",
        "func (t *T) Walk() { t.mu.RLock(); all := maps.Keys(maps.Clone(t.m)); t.mu.RUnlock(); for k := range all { println(k) } }",
        "func (t *T) Walk() { t.mu.Lock(); all := maps.Keys(t.m); t.m = nil; t.mu.Unlock(); for k := range all { println(k) } }",
        "func New(m map[string]int) *T { t := &T{}; t.mu.Lock(); t.m = m; t.mu.Unlock(); return t }",
        "func (t *T) set(m map[string]int) { t.mu.Lock(); t.m = m; t.mu.Unlock() }; func (t *T) Fill() { t.set(map[string]int{}) }",
    ],
)
def test_copies_moves_and_maps_that_stay_are_quiet(code: str) -> None:
    assert not findings_of(rule, TYPES + code)


def test_a_map_is_moved_out_by_one_assignment() -> None:
    take = "func (t *T) take() (m map[string]int) { t.mu.Lock(); m, t.m = t.m, map[string]int{}; t.mu.Unlock(); return m }"
    assert findings_of(rule, TYPES + take) == []
    assert findings_of(rule, TYPES + take.replace("m, t.m = t.m, map[string]int{}", "m = t.m")) != []


def test_an_object_is_moved_out_with_its_map() -> None:
    source = "type W struct { m map[string]int }\ntype H struct { mu sync.Mutex; w *W }\n"
    source += "func (h *H) Put(k string) { h.mu.Lock(); h.w.m[k] = 1; h.mu.Unlock() }\n"
    source += "func (h *H) Take() map[string]int { h.mu.Lock(); defer h.mu.Unlock(); old := h.w; %sreturn old.m }"
    assert findings_of(rule, {"p.go": TYPES + source % "h.w = &W{}; "}) == []
    assert len(findings_of(rule, {"p.go": TYPES + source % ""})) == 1


def test_a_map_is_let_go_where_the_lock_is_switched_off() -> None:
    lock = "type lock struct { sync.RWMutex; on bool }\nfunc (l *lock) IsSafe() bool { return l.on }\n"
    code = lock + "func (t *T) Map() map[string]int { t.mu.RLock(); defer t.mu.RUnlock(); %s { return t.m }; return maps.Clone(t.m) }"
    types = TYPES.replace("mu sync.RWMutex", "mu lock; open bool")
    assert findings_of(rule, types + code % "if !t.mu.IsSafe()") == []
    assert len(findings_of(rule, types + code % "if t.open")) == 1


@pytest.mark.parametrize("mark", ["t.stale = true", "t.gone.Store(true)", "if t.gone.Swap(true) { panic(0) }"])
def test_the_successor_of_an_object_that_is_marked_as_done_with_has_its_map(mark: str) -> None:
    types = TYPES.replace("mu sync.RWMutex", "mu sync.RWMutex; stale bool; gone atomic.Bool").replace('"sync"', '"sync"; "sync/atomic"')
    code = "func (t *T) Next() *T { t.mu.Lock(); defer t.mu.Unlock(); %s; return &T{m: t.m} }"
    assert findings_of(rule, types + code % mark) == []
    assert len(findings_of(rule, types + code % "t.last = Out{}")) == 1


def test_a_map_that_another_object_of_the_type_takes_over_is_a_note() -> None:
    code = "func (t *T) TakeOver(old *T) { old.mu.Lock(); defer old.mu.Unlock(); t.m = old.m }"
    assert [finding.level for finding in findings_of(rule, TYPES + code)] == [Level.NOTE]


def test_what_is_made_once_is_not_guarded_by_that() -> None:
    code = """package p
import "sync"
type ctx struct { once sync.Once; granted map[string]bool }
func (c *ctx) Granted() map[string]bool { c.once.Do(func() { c.granted = map[string]bool{}; c.grant(); c.granted["a"] = true }); return c.granted }
func (c *ctx) grant() { c.granted["b"] = true }
"""
    assert findings_of(rule, code) == []


@pytest.mark.parametrize(
    ("between", "found"),
    [
        ("", 0),
        ("t.mu.Unlock(); t.mu.Lock();", 1),
        ("if len(t.m) == 0 { t.mu.Unlock(); return };", 0),
    ],
    ids=["one section", "two sections", "the lock given back on a way that ends"],
)
def test_a_map_that_is_replaced_in_a_later_section_was_not_moved_out(between: str, found: int) -> None:
    code = f"func (t *T) f() {{ t.mu.Lock(); go use(t.m); {between} t.m = map[string]int{{}}; t.mu.Unlock() }}"
    assert len(findings_of(rule, TYPES + code)) == found


def test_a_map_that_is_used_before_it_is_replaced_under_the_lock_again_was_not_moved_out() -> None:
    code = "func (t *T) f() { t.mu.Lock(); m := t.m; t.mu.Unlock(); use(m); t.mu.Lock(); t.m = map[string]int{}; t.mu.Unlock() }"
    assert len(findings_of(rule, TYPES + code)) == 1


@pytest.mark.parametrize("make", ["o := Out{}", "o := &Out{}", "var o Out"])
@pytest.mark.parametrize(("then", "found"), [("return o", 1), ("o.m = maps.Clone(o.m); return o", 0), ("use(o.m); panic(1)", 0)])
def test_a_struct_that_is_filled_and_returned_lets_a_map_out(make: str, then: str, found: int) -> None:
    result = "*Out" if "&" in make else "Out"
    code = f"func (t *T) f() {result} {{ t.mu.Lock(); defer t.mu.Unlock(); {make}; o.m = t.m; {then} }}"
    assert len(findings_of(rule, TYPES + code)) == found


@pytest.mark.parametrize(("lock", "found"), [("mu: a.mu, m: a.m", 0), ("mu: new(sync.Mutex), m: a.m", 1), ("m: a.m", 1)])
def test_a_map_may_go_out_along_with_the_pointer_to_its_lock(lock: str, found: int) -> None:
    code = (
        "package p\nimport `sync`\ntype adapter struct { mu *sync.Mutex; m map[string]int }\n"
        "func (a *adapter) add(k string) { a.mu.Lock(); a.m[k]++; a.mu.Unlock() }\n"
        f"func (a *adapter) With() *adapter {{ a.mu.Lock(); defer a.mu.Unlock(); return &adapter{{{lock}}} }}"
    )
    assert len(findings_of(rule, code)) == found


@pytest.mark.parametrize(("lock", "found"), [("mu", 0), ("a.own", 1)])
def test_a_map_stays_under_the_one_lock_of_all_objects_of_a_type(lock: str, found: int) -> None:
    code = (
        "package p\nimport `sync`\nvar mu sync.Mutex\ntype reader struct { own sync.Mutex; m map[string]int }\n"
        f"func (a *reader) add(k string) {{ {lock}.Lock(); a.m[k]++; {lock}.Unlock() }}\n"
        f"func (a *reader) Copy() *reader {{ {lock}.Lock(); defer {lock}.Unlock(); return &reader{{m: a.m}} }}"
    )
    assert len(findings_of(rule, code)) == found


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('t.mu.Lock(); tags := t.copied; t.mu.Unlock(); tags["a"] = 1', 1),  # nobody else changes the map in place
        ("t.mu.Lock(); tags := t.copied; t.mu.Unlock(); _ = tags[`a`]", 0),
        ("t.mu.Lock(); tags := t.copied; t.copied = nil; t.mu.Unlock(); tags[`a`] = 1", 0),
        ("t.mu.Lock(); tags := maps.Clone(t.copied); t.mu.Unlock(); tags[`a`] = 1", 0),
        ("other.Lock(); tags := t.copied; other.Unlock(); tags[`a`] = 1", 0),
    ],
)
def test_a_change_behind_the_lock_by_a_name_taken_under_it_needs_no_other_change(body: str, count: int) -> None:
    assert len(findings_of(rule, f"{TYPES}var other sync.Mutex\nfunc (t *T) handler() func() {{ return func() {{ {body} }} }}")) == count


@pytest.mark.parametrize(
    ("take", "leaves", "found"),
    [
        ("m, ok := t.sets[k]", "!ok", 0),
        ("m, ok := t.sets[k]", "k != `` && !ok", 0),
        ("m, ok := t.sets[k]", "ok", 1),
        ("m, ok := t.sets[k]", "k != `` || !ok", 1),
        ("m, ok := t.sets[k]; m = t.sets[``]", "!ok", 1),
        ("m, ok := t.sets[k]; ok = k == ``", "!ok", 1),
        ("m := t.sets[k]", "m == nil", 0),
        ("m := t.sets[k]", "!(m != nil)", 0),
        ("m := t.sets[k]", "nil != m", 1),
        ("m := t.sets[k]", "len(m) == 1", 1),
    ],
)
def test_a_map_that_was_not_there_gets_nowhere(take: str, leaves: str, found: int) -> None:
    code = f"func (t *T) Of(k string) map[string]int {{ t.mu.Lock(); defer t.mu.Unlock(); {take}; if {leaves} {{ return m }}; return maps.Clone(m) }}"
    assert len(findings_of(rule, TYPES + code)) == found


GATHERED = """package p
import "sync"
type collector interface{ SetStatus(name string, err error) }
type several struct { errs map[string]error; mu sync.Mutex }
func (s *several) Error() string { return "" }
func (s *several) Fields() map[string]error { s.mu.Lock(); defer s.mu.Unlock(); return s.errs }
func (s *several) SetStatus(name string, err error) { s.mu.Lock(); defer s.mu.Unlock(); s.errs[name] = err }
func each(names []string, c collector) {
	var wg sync.WaitGroup
	for _, name := range names { wg.Add(1); go func() { defer wg.Done(); c.SetStatus(name, nil) }() }
	wg.Wait()
}
func Run(names []string) error {
	s := several{errs: map[string]error{}}
	each(names, &s)
	for _, err := range s.errs { if err != nil { return &s } }
	return nil
}
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", 0),
        ("several{errs", "several{mu: sync.Mutex{}, errs", 0),
        ("several", "Several", 1),
        ("error {\n\ts :=", "collector {\n\ts :=", 1),
        ("range s.errs", "range names", 1),
        ("range s.errs {", "range s.errs { s.mu.Lock();", 1),
        ("return &s", "kept = &s; return &s", 1),
        ("return &s", "each(names, &s); return &s", 1),
        ("each(names, &s)", "go each(names, &s)", 1),
        ("func Run", "func Other() *several { s := several{}; return &s }\nfunc Run", 1),
        ("func Run", "func Ask(err error) { err.(*several).SetStatus(``, nil) }\nfunc Run", 1),
        ("func Run", "type holder struct { all []several }\nfunc Run", 1),
    ],
)
def test_a_map_may_go_out_of_what_has_been_let_go_as_something_that_cannot_change_it(old: str, new: str, found: int) -> None:
    assert len(findings_of(rule, GATHERED.replace(old, new) + "var kept any\n")) == found


def test_what_is_let_go_too_early_is_found_where_the_maker_looks_at_it() -> None:
    assert findings_of(gm202, GATHERED) == []
    assert [finding.level for finding in findings_of(gm202, GATHERED.replace("\twg.Wait()\n", ""))] == [Level.ERROR]
