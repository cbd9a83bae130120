"""Changes of values that came out of a sync.Map."""

from __future__ import annotations

import sys

import pytest

from golint_maps import registry
from golint_maps.findings import Level
from golint_maps.flow.syncmaps import SyncMapMutation
from golint_maps.testing import facts_of, findings_of

HEAD = """package p

import (
	"maps"
	"sort"
	"sync"
	"sync/atomic"
)

type T struct {
	n     int
	hits  atomic.Int64
	total int64
	tags  map[string]int
	list  []int
	mu    sync.Mutex
	once  sync.Once
	next  *T
	inner struct{ n int }
}

type S struct {
	m  sync.Map
	mu sync.Mutex
}

var m sync.Map

func locked(f func()) { f() }
func fresh() *T       { return &T{} }

var _, _, _ = maps.Copy[map[int]int, map[int]int], sort.Ints, atomic.AddInt64
"""


def kinds(body: str, signature: str = "func (s *S) f(k string, x int) any") -> list[str]:
    facts = facts_of(f"{HEAD}\n{signature} {{\n{body}\nreturn nil\n}}\n").facts
    return [fact.kind for fact in facts if isinstance(fact, SyncMapMutation)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("v, _ := m.Load(k)\nv.(map[string]int)[k] = 1", "map"),
        ("v, _ := m.Load(k)\nt := v.(map[string]int)\ndelete(t, k)", "map"),
        ("v, _ := m.Load(k)\nt := v.(map[string]int)\nclear(t)", "map"),
        ("v, _ := m.Load(k)\nmaps.Copy(v.(map[string]int), nil)", "map"),
        ("v, _ := m.Load(k)\nt := v.(*T)\nt.tags[k]++", "map"),
        ("v, _ := m.Load(k)\ntags := v.(*T).tags\ntags[k]++", "map"),
        ("v, _ := m.Load(k)\nt := *v.(*T)\nt.tags[k]++", "map"),
        ("if v, ok := m.Load(k); ok { if t, ok := v.(map[string]int); ok { t[k] = 1 } }", "map"),
        ("v, _ := m.LoadOrStore(k, map[string]int{})\nswitch t := v.(type) {\ncase map[string]int:\n\tt[k] = 1\n}", "map"),
        ("v, _ := m.Load(k)\ngo func(t map[string]int) { t[k] = 1 }(v.(map[string]int))", "map"),
        ("v, _ := m.Load(k)\nv.([]int)[0] = 1", "slice"),
        ("v, _ := m.Load(k)\nt := v.([]int)\nt[0], t[1] = t[1], t[0]", "slice"),
        ("v, _ := m.Load(k)\nsort.Ints(v.([]int))", "slice"),
        ("v, _ := m.Load(k)\nsort.Sort(sort.Reverse(sort.IntSlice(v.([]int))))", "slice"),
        ("v, _ := m.Load(k)\nt := v.([]int)\nsort.Stable(sort.IntSlice(t))", "slice"),
        ("v, _ := m.Load(k)\ncopy(v.([]int)[1:], []int{1})", "slice"),
        ("v, _ := s.m.Load(k)\nt := v.(*T)\nt.n++", "pointer"),
        ("v, _ := s.m.Load(k)\nt := v.(*T)\n*t = T{}", "pointer"),
        ("v, _ := s.m.Load(k)\nt := v.(*T)\nt.inner.n = 1", "pointer"),
        ("v, _ := s.m.Load(k)\np := &v.(*T).n\n*p = 1", "pointer"),
        ("v, _ := s.m.Load(k)\nt := v.(*T)\nt.list = append(t.list, 1)", "pointer"),
        ("s.m.Range(func(k, v any) bool { v.(*T).n = 0; return true })", "pointer"),
        ("s.m.Range(func(k, v any) bool {\nt, ok := v.(*T)\nif ok { t.n = 0 }\nreturn true })", "pointer"),
        ("for _, v := range s.m.Range { v.(*T).n = 0 }", "pointer"),
        ("var t *T\nif v, ok := m.Load(k); ok { t = v.(*T) } else { t = &T{}; m.Store(k, t) }\nt.n = 1", "pointer"),
        ("v, loaded := m.LoadOrStore(k, &T{})\nif loaded { v.(*T).n++ }", "pointer"),
        ("v, _ := m.Load(k)\nt := v.(*T)\nt.mu.Lock()\nt.mu.Unlock()\nt.n++", "pointer"),
        ("v, _ := m.Load(k)\nt := v.(*T)\nt.mu.Lock()\ndefer t.mu.Unlock()\ngo func() { t.n++ }()", "pointer"),
    ],
)
def test_a_change_without_a_lock_is_told_with_its_kind(body: str, kind: str) -> None:
    assert kinds(body) == [kind]


@pytest.mark.parametrize(
    "body",
    [
        "v, _ := m.Load(k)\nt := v.(*T)\nt.mu.Lock()\ndefer t.mu.Unlock()\nt.n++",
        "v, _ := m.Load(k)\ns.mu.Lock()\nv.(map[string]int)[k]++\ns.mu.Unlock()",
        "s.mu.Lock()\ndefer s.mu.Unlock()\ns.m.Range(func(k, v any) bool { v.(*T).n = 0; return true })",
        "v, _ := m.Load(k)\nt := v.(*T)\nif !t.mu.TryLock() { return nil }\nt.n++",
        "v, _ := m.Load(k)\nt := v.(*T)\nlocked(func() { t.n++ })",
        "v, _ := m.Load(k)\nt := v.(*T)\nt.once.Do(func() { t.n = 1 })",
        "v, _ := m.Load(k)\nt := v.(*T)\nsem := make(chan int, 1)\nsem <- 1\nt.n++\n<-sem",
    ],
)
def test_a_change_under_a_lock_is_quiet(body: str) -> None:
    assert kinds(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "v, _ := m.Load(k)\nv.(*T).hits.Add(1)",
        "v, _ := m.Load(k)\natomic.AddInt64(&v.(*T).total, 1)",
        "v, _ := m.Load(k)\nreturn v.(map[string]int)[k]",
        "t := &T{}\nt.n = 1\nm.Store(k, t)",
    ],
)
def test_atomic_changes_reads_and_changes_before_the_store_are_quiet(body: str) -> None:
    assert kinds(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "v, _ := m.LoadAndDelete(k)\nv.(*T).n = 1",
        "v, _ := m.Swap(k, nil)\nv.(*T).n = 1",
        "v, _ := m.Load(k)\nm.Delete(k)\nv.(*T).n = 1",
        "m.Range(func(k, v any) bool { m.Delete(k); v.(*T).n = 1; return true })",
        "v, loaded := m.LoadOrStore(k, &T{})\nif !loaded { v.(*T).n = 1 }",
        "v, loaded := m.LoadOrStore(k, &T{})\nif loaded { return v }\nt := v.(*T)\nt.n = 1",
        "v, ok := m.Load(k)\nif !ok { t := &T{}; m.Store(k, t); t.n = 1; return t }\nreturn v",
    ],
)
def test_what_is_out_of_the_map_or_just_put_in_belongs_to_the_function(body: str) -> None:
    assert kinds(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "v, _ := m.Load(k)\nt := *v.(*T)\nt.n = 1\nm.Store(k, &t)",
        "v, _ := m.Load(k)\nt := v.(T)\nt.n = 1",
        "v, _ := m.Load(k)\nt := *v.(*T)\nt.tags = map[string]int{}\nt.tags[k] = 1",
        "v, _ := m.Load(k)\nt := maps.Clone(v.(map[string]int))\nt[k] = 1",
        "v, _ := m.Load(k)\nt := v.(*T)\nt = fresh()\nt.n = 1",
    ],
)
def test_a_change_of_a_copy_is_quiet(body: str) -> None:
    assert kinds(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "v, _ := m.Load(s)\nv.(*T).n = 1",
        "var own sync.Map\nv, _ := own.Load(k)\nv.(*T).n = 1",
        "var own sync.Map\nown.Range(func(k, v any) bool { v.(*T).n = 1; return true })",
        "var own sync.Map\nvar wg sync.WaitGroup\nwg.Go(func() { own.Store(k, &T{}) })\nwg.Wait()\nv, _ := own.Load(k)\nv.(*T).n = 1",
    ],
)
def test_an_entry_that_nobody_else_can_be_at_is_quiet(body: str) -> None:
    assert kinds(body) == []


RUN = "v, loaded := s.m.LoadOrStore(k, {})\nwg := v.(*sync.WaitGroup)\n{}\nreturn nil"


@pytest.mark.parametrize(
    ("group", "rest", "found"),
    [
        ("&sync.WaitGroup{}", "if loaded { wg.Wait() } else { wg.Add(1) }", ["group"]),
        ("new(sync.WaitGroup)", "if loaded { wg.Wait()\nreturn nil }\nwg.Add(1)\ndefer wg.Done()", ["group"]),
        ("&sync.WaitGroup{}", "if !loaded { v.(*sync.WaitGroup).Add(1) }", ["group"]),
        ("&sync.WaitGroup{}", "if loaded { wg.Wait() } else { other.Add(1) }", []),
        ("own", "if loaded { wg.Wait() } else { wg.Add(1) }", []),
        ("&sync.WaitGroup{}", "s.mu.Lock()\nif !loaded { wg.Add(1) }\ns.mu.Unlock()", []),
    ],
)
def test_a_wait_group_that_others_find_before_there_is_something_to_wait_for(group: str, rest: str, found: list[str]) -> None:
    assert kinds(f"var other sync.WaitGroup\nown := &sync.WaitGroup{{}}\nown.Add(1)\n{RUN.format(group, rest)}") == found


def test_constructors_and_tests_are_quiet() -> None:
    body = "s := &S{}\nv, _ := m.Load(1)\nv.(*T).n = 1\nreturn s"
    assert kinds(body, "func NewS() any") == []
    facts = facts_of({"p_test.go": f"{HEAD}\nfunc f() any {{\n{body}\n}}\n"}).facts
    assert not [fact for fact in facts if isinstance(fact, SyncMapMutation)]


RULE = next(rule for rule in registry.load() if rule.id == "GM505")


def levels(text: str) -> list[Level]:
    return [finding.level for finding in findings_of(sys.modules[RULE.checks[0].__module__], f"{HEAD}\n{text}\n")]


def test_a_map_write_is_an_error_and_another_change_a_warning() -> None:
    assert levels("func f() {\nv, _ := m.Load(1)\nt := v.(*T)\nt.n = 1\nt.tags[``] = 1\n}") == [Level.WARNING, Level.ERROR]


def test_a_function_that_is_only_called_with_a_lock_is_quiet() -> None:
    inside = "func (s *S) set(k string) {\nv, _ := s.m.Load(k)\nv.(*T).n = 1\n}\n"
    assert levels(inside + "func (s *S) Set(k string) {\ns.mu.Lock()\ndefer s.mu.Unlock()\ns.set(k)\n}") == []
    assert levels(inside + "func (s *S) Set(k string) {\ns.set(k)\n}") == [Level.WARNING]


@pytest.mark.parametrize(
    ("callee", "use"),
    [
        ("func (t *T) touch() { t.n++ }", "v.(*T).touch()"),
        ("func (t *T) touch() { t.tags[``] = 1 }", "t := v.(*T)\nt.touch()"),
        ("func touch(n int, t *T) { go func() { t.n = n }() }", "t := v.(*T)\ntouch(1, t)"),
        ("func touch(tags map[string]int) { delete(tags, ``) }", "touch(v.(map[string]int))"),
        ("func touch(v any) { v.(*T).n++ }", "touch(v)"),
        ("func touch(_, v any) bool { v.(*T).n++\nreturn true }", "m.Range(touch)\n_ = v"),
    ],
)
def test_a_change_by_a_function_that_is_handed_the_value(callee: str, use: str) -> None:
    assert len(levels(f"{callee}\nfunc f(k string) {{\nv, _ := m.Load(k)\n{use}\n}}\nfunc g(k string) {{\nv, _ := m.Load(k)\n{use}\n}}")) == 1


@pytest.mark.parametrize(
    ("callee", "use"),
    [
        ("func (t *T) touch() { t.mu.Lock()\ndefer t.mu.Unlock()\nt.n++ }", "v.(*T).touch()"),
        ("func (t *T) touch() { t.hits.Add(1) }", "v.(*T).touch()"),
        ("func (t *T) touchLocked() { t.n++ }", "v.(*T).touchLocked()"),
        ("func (t *T) touch() { t.n++ }", "t := v.(*T)\nt.mu.Lock()\nt.touch()\nt.mu.Unlock()"),
        ("func (t T) touch() { t.n++ }", "v.(*T).touch()"),
        ("func touch(t *T, u T) { u.n = t.n }", "touch(v.(*T), T{})"),
        ("func (t *T) init() { t.n = 1 }", "v.(*T).init()"),
        ("func (t *T) touch() { t.n++ }", "w := fresh()\nw.touch()"),
        ("func touch(k, _ any) bool { k.(*T).n++\nreturn true }", "m.Range(touch)\n_ = v"),
        ("func (s *S) touch(_, v any) bool { v.(*T).n++\nreturn true }", "var s S\ns.mu.Lock()\nm.Range(s.touch)\n_ = v\ns.mu.Unlock()"),
    ],
)
def test_a_function_that_leaves_what_it_is_handed_alone_or_locks_is_quiet(callee: str, use: str) -> None:
    assert levels(f"{callee}\nfunc f(k string) {{\nv, _ := m.Load(k)\n{use}\n}}") == []


def test_a_function_that_asks_for_a_lock_is_quiet() -> None:
    assert levels("func (s *S) setLocked(k string) {\nv, _ := s.m.Load(k)\nv.(*T).n = 1\n}") == []
    assert levels("// Set sets n. The caller must hold s.mu.\nfunc (s *S) Set(k string) {\nv, _ := s.m.Load(k)\nv.(*T).n = 1\n}") == []


def test_a_field_that_one_function_on_one_goroutine_has_for_itself_is_quiet() -> None:
    own = HEAD.replace("type T struct {", "type T struct { idle bool;")
    assert own != HEAD
    clean = "func clean() {\nm.Range(func(_, v any) bool { v.(*T).idle = true; return true })\n}\n"
    start = "func main() {\ngo func() { for { clean() } }()\nselect {}\n}\n"

    def found(text: str) -> list[Level]:
        source = own.replace("package p", "package main") + text
        return [finding.level for finding in findings_of(sys.modules[RULE.checks[0].__module__], source)]

    assert found(clean + start) == []
    assert found(clean + start + "func idle(t *T) bool { return t.idle }\n") == [Level.WARNING]
    assert found(clean + start.replace("go func", "go clean(); go func")) == [Level.WARNING]
