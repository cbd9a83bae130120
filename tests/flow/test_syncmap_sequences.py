"""Look-ups of a sync.Map and the changes that rely on them."""

from __future__ import annotations

import pytest

from golint_maps.flow.syncmaps import SyncMapSequence
from golint_maps.testing import facts_of

HEAD = """package p

import "sync"

type T struct{ n int }

type C struct {
	mu sync.Mutex
	rw sync.RWMutex
	m  sync.Map
	n  sync.Map
	o  sync.Once
}

func made() *T

type group struct{ mu sync.Mutex }

func (g *group) Do(key string, f func())
"""


def kinds(body: str, *, head: str = HEAD) -> list[str]:
    facts = facts_of(f"{head}\n{body}\n").facts
    return [fact.kind for fact in facts if isinstance(fact, SyncMapSequence)]


def in_method(text: str, name: str = "Get") -> list[str]:
    return kinds(f"func (c *C) {name}(k string) any {{\n{text}\n}}")


def test_a_store_behind_an_early_return_of_the_hit_is_a_second_step() -> None:
    assert in_method("if v, ok := c.m.Load(k); ok { return v }\nx := made()\nc.m.Store(k, x)\nreturn x") == ["miss"]


@pytest.mark.parametrize(
    "text",
    [
        "if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) }",
        "v, ok := c.m.Load(k)\nif ok { _ = v } else { c.m.Store(k, made()) }",
        "v, ok := c.m.Load(k)\nswitch { case ok: return v }\nc.m.Store(k, made())",
        "v, _ := c.m.Load(k)\nif v == nil { c.m.Store(k, made()) }",
        "v, _ := c.m.Load(k)\nif t, ok := v.(*T); ok { return t }\nc.m.Store(k, made())",
        'v, ok := c.m.Load(k)\nfound := ok\nif !found || k == "" { if !found { c.m.Store(k, v == nil) } }',
        "v, ok := c.m.Load(k)\nif !ok { v = made() }\nc.m.Store(k, v)",
    ],
)
def test_every_form_of_the_test_leads_to_the_miss(text: str) -> None:
    assert in_method(f"{text}\nreturn nil") == ["miss"]


@pytest.mark.parametrize(
    "text",
    [
        "if v, ok := c.m.Load(k); ok { return v }\nv, _ := c.m.LoadOrStore(k, made())\nreturn v",
        'v, ok := c.m.Load(k)\nif ok { c.m.Store(k+"x", v) }',
        "if old, ok := c.m.Load(k); ok { old.(*T).n++ }\nc.m.Store(k, made())",
        "if _, ok := c.m.Load(k); !ok { c.m.Store(k, nil) }",
        '_, ok := c.m.Load(k)\nk += "x"\nif !ok { c.m.Store(k, made()) }',
        "if v, ok := c.m.Load(k); ok && v.(*T).n > 0 { return v }\nc.m.Store(k, made())",
    ],
)
def test_other_stores_are_no_second_step(text: str) -> None:
    assert in_method(f"{text}\nreturn nil") == []


@pytest.mark.parametrize(
    "text",
    [
        "c.mu.Lock()\ndefer c.mu.Unlock()\nif _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) }",
        "if v, ok := c.m.Load(k); ok { return v }\nc.mu.Lock()\ndefer c.mu.Unlock()\nif v, ok := c.m.Load(k); ok { return v }\nc.m.Store(k, made())",
        "var g group\ng.Do(k, func() { if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) } })",
        "c.o.Do(func() { if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) } })",
        "c.mu.Lock()\nadd := func() { if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) } }\nadd()\nc.mu.Unlock()",
        "var m sync.Map\nif _, ok := m.Load(k); !ok { m.Store(k, made()) }",
        "c = &C{}\nd := &C{}\nif _, ok := d.m.Load(k); !ok { d.m.Store(k, made()) }",
    ],
)
def test_one_lock_over_both_calls_or_a_map_of_ones_own_is_fine(text: str) -> None:
    assert in_method(f"{text}\nreturn nil") == []


def test_a_lock_given_back_in_between_or_a_read_lock_does_not_help() -> None:
    assert in_method("c.mu.Lock()\n_, ok := c.m.Load(k)\nc.mu.Unlock()\nif !ok { c.m.Store(k, made()) }\nreturn nil") == ["miss"]
    assert in_method("c.rw.RLock()\ndefer c.rw.RUnlock()\nif _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) }\nreturn nil") == ["miss"]


def test_a_function_that_is_called_locked_is_believed() -> None:
    assert in_method("if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) }\nreturn nil", "getLocked") == []


def test_a_promoted_method_is_one_of_the_embedded_map() -> None:
    head = 'package p\nimport "sync"\ntype C struct { *sync.Map }\n'
    assert kinds("func (c *C) f(k string) { if _, ok := c.Load(k); !ok { c.Map.Store(k, 1) } }", head=head) == ["miss"]


@pytest.mark.parametrize(
    "text",
    [
        "v, _ := c.m.LoadOrStore(k, 0)\nc.m.Store(k, v.(int)+1)",
        "n := 0\nif v, ok := c.m.Load(k); ok { n = v.(int) }\nn++\nc.m.Store(k, n)",
        "if v, ok := c.m.Load(k); ok { list := append(v.([]string), k)\nc.m.Store(k, list) }",
        "if v, ok := c.m.Load(k); ok { t := v.(T)\nt.n = 3\nc.m.Store(k, t) }",
        "v, _ := c.m.Load(k)\nif n, ok := v.(int); ok { c.m.Store(k, n-1) }",
        "v, ok := c.m.Load(k)\nif ok { switch n := v.(type) { case int: c.m.Store(k, n*2) } }",
    ],
)
def test_a_value_made_of_the_old_one_loses_what_comes_in_between(text: str) -> None:
    assert in_method(f"{text}\nreturn nil") == ["modify"]


def test_storing_the_same_pointer_back_is_not_a_new_value() -> None:
    assert in_method("if v, ok := c.m.Load(k); ok { t := v.(*T)\nt.n++\nc.m.Store(k, t) }\nreturn nil") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v, ok := c.m.Load(k)\nif !ok { return nil }\nc.m.Delete(k)\nreturn v", ["delete"]),
        ("v, ok := c.m.Load(k)\nif !ok { return nil }\ndefer c.m.Delete(k)\nreturn v", ["delete"]),
        ("if v, ok := c.m.Load(k); ok { return v }\nc.m.Delete(k)\nreturn nil", []),
        ("if _, ok := c.m.Load(k); ok { c.m.Delete(k) }\nreturn nil", []),
        ("v, _ := c.m.LoadAndDelete(k)\nc.m.Delete(k)\nreturn v", []),
        ("c.mu.Lock()\ndefer c.mu.Unlock()\nv, _ := c.m.Load(k)\nc.m.Delete(k)\nreturn v", []),
    ],
)
def test_a_value_that_is_used_is_not_to_be_deleted_in_a_second_step(text: str, expected: list[str]) -> None:
    assert in_method(text) == expected


def test_a_function_that_asks_for_a_lock_in_words_is_believed() -> None:
    text = "func (c *C) get(k string) {\nif _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) }\n}"
    assert kinds(f"// get fills c.\n// Lock should be held on entry.\n{text}") == []
    assert kinds(f"// get fills c.\n{text}") == ["miss"]


ALIKE = """package p

import "sync"

type Map[K comparable, V any] struct{ m sync.Map }

func (m *Map[K, V]) Load(k K) (v V, ok bool)
func (m *Map[K, V]) Store(k K, v V)
func (m *Map[K, V]) Delete(k K)
func (m *Map[K, V]) LoadOrStore(k K, v V) (V, bool)

type Whole struct{ Map[string, int] }

func (m *Whole) LoadAndDelete(k string) (int, bool)
func (m *Whole) CompareAndSwap(k string, old, new int) bool

type Plain struct{ m map[string]int }

func (p *Plain) Load(k string) (int, bool)
func (p *Plain) Store(k string, v int)

type C struct {
	mu    sync.Mutex
	m     Map[string, int]
	whole Whole
	plain Plain
}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if _, ok := c.m.Load(k); !ok { c.m.Store(k, 1) }", ["miss"]),
        ("if _, ok := c.whole.Load(k); !ok { c.whole.Store(k, 1) }", ["miss"]),
        ("c.mu.Lock()\nif _, ok := c.m.Load(k); !ok { c.m.Store(k, 1) }\nc.mu.Unlock()", []),
        ("if _, ok := c.plain.Load(k); !ok { c.plain.Store(k, 1) }", []),
        ("if v, ok := c.whole.Load(k); ok { c.whole.Delete(k)\nprintln(v) }", ["delete"]),
        ("if v, ok := c.m.Load(k); ok { c.m.Delete(k)\nprintln(v) }", []),
        ("if v, ok := c.whole.Load(k); ok { c.whole.Store(k, v+1) }", ["modify"]),
        ("if v, ok := c.m.Load(k); ok { c.m.Store(k, v+1) }", []),
        ("var own Map[string, int]\nif _, ok := own.Load(k); !ok { own.Store(k, 1) }", []),
    ],
)
def test_a_type_with_the_methods_of_a_sync_map_is_one_as_far_as_it_has_the_method_that_does_both(text: str, found: list[str]) -> None:
    assert kinds(f"func (c *C) f(k string) {{\n{text}\n}}", head=ALIKE) == found


def test_load_or_store_made_of_load_and_store_is_two_steps() -> None:
    text = "package p\ntype M struct{ n int }\nfunc (m *M) Load(k int) (any, bool)\nfunc (m *M) Store(k int, v any)\n"
    body = "func (m *M) LoadOrStore(k int, v any) (any, bool) {\nif old, ok := m.Load(k); ok { return old, true }\nm.Store(k, v)\nreturn v, false\n}"
    assert kinds(body, head=f'{text}import "sync"\nvar _ sync.Mutex') == ["miss"]


def test_a_helper_of_any_name_may_lock() -> None:
    helpers = "func (c *C) in() { c.mu.Lock() }\nfunc (c *C) out() { c.mu.Unlock() }\n"
    body = "{0}if v, ok := c.m.Load(k); ok { return v }\nx := made()\nc.m.Store(k, x)\nreturn x"
    get = "func (c *C) Get(k string) any {{\n{}\n}}"
    assert kinds(helpers + get.format(body.replace("{0}", "c.in()\ndefer c.out()\n"))) == []
    assert kinds(helpers + get.format(body.replace("{0}", "c.in()\nc.out()\n"))) == ["miss"]


def test_what_a_once_runs_may_have_a_name() -> None:
    literal = "func() { if _, ok := c.m.Load(k); !ok { c.m.Store(k, made()) } }"
    assert in_method(f"fill := {literal}\nc.o.Do(fill)\nreturn nil") == []
    assert in_method(f"fill := {literal}\nfill()\nreturn nil") == ["miss"]


def harmless(text: str) -> list[bool]:
    facts = facts_of(f"{HEAD}func (c *C) Take(k string) any {{\n{text}\n}}\n{HELPERS}").facts
    return [fact.harmless for fact in facts if isinstance(fact, SyncMapSequence) and fact.kind == "delete"]


HELPERS = """
type set struct{}
func (s *set) Remove(k string) bool
func (t *T) Old() bool
func (t *T) Close()
func (t *T) Lock()
func (t *T) Unlock()
func (t *T) Empty() bool
func fails(t *T) error
func drop(t *T)
func deleteFromDisk(t *T) error
func log(x any)
var logger interface { Info(args ...any); Wake(args ...any) }
type CancelFunc func()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v, ok := c.m.Load(k)\nif ok { c.m.Delete(k); return v }\nreturn nil", False),  # taken
        ("v, ok := c.m.Load(k)\nif ok { v.(*T).Close(); c.m.Delete(k) }\nreturn nil", False),
        ("v, ok := c.m.Load(k)\nif ok && v.(*set).Remove(k) { c.m.Delete(k) }\nreturn nil", False),
        ("v, ok := c.m.Load(k)\nif ok { c.m.Delete(k); drop(v.(*T)) }\nreturn nil", False),
        ("v, ok := c.m.Load(k)\nif ok { c.m.Delete(k); deleteFromDisk(v.(*T)) }\nreturn nil", True),  # gone is gone
        ("v, ok := c.m.Load(k)\nif ok { c.m.Delete(k); err := deleteFromDisk(v.(*T)); log(err) }\nreturn nil", True),
        ("v, ok := c.m.Load(k)\nif ok { t := v.(*T); t.Lock(); if t.Empty() { c.m.Delete(k); drop(t) } }\nreturn nil", True),  # its own lock
        ("v, ok := c.m.Load(k)\nif ok { t := v.(*T); t.Lock(); drop(t); t.Unlock(); c.m.Delete(k) }\nreturn nil", False),
        ("v, ok := c.m.Load(k)\nif !ok { return nil }\nif v.(string) != k { log(v); return nil }\nc.m.Delete(k)\nreturn nil", True),
        ("v, ok := c.m.Load(k)\nif ok { t := v.(*T); if t.Old() { c.m.Delete(k) } }\nreturn nil", True),  # thrown away
        ("old := ``\nv, ok := c.m.Load(k)\nif ok { old = v.(string) }\nlogger.Info(k, v)\nc.m.Delete(k)\nreturn nil", True),  # shown
        ("v, ok := c.m.Load(k)\nif ok { println(k) }\nlogger.Wake(k, v)\nc.m.Delete(k)\nreturn nil", False),
        ("v, ok := c.m.Load(k)\nt := v.(*T)\nif ok { if t.Old() { c.m.Delete(k); t = made() } }\nreturn t", True),
        ("if v, ok := c.m.Load(k); ok { if t, valid := v.(*T); valid && !t.Old() { return t }\nc.m.Delete(k) }\nreturn nil", True),
        (
            "v, _ := c.m.Load(k)\nt := v.(*T)\nif err := fails(t); err != nil { return err }\nc.m.Delete(k)\nreturn nil",
            True,
        ),  # stays until it is done
    ],
)
def test_deletes_that_hardly_hurt_anybody(text: str, expected: bool) -> None:
    assert harmless(text) == [expected]


def test_a_context_may_be_cancelled_twice() -> None:
    head = HEAD.replace('import "sync"', 'import ("sync"; "context")')
    for way in ("cancel := v.(context.CancelFunc); cancel()", "v.(context.CancelFunc)()"):
        body = f"func (c *C) Stop(k string) {{ v, ok := c.m.Load(k)\nif ok {{ {way}; c.m.Delete(k) }} }}"
        (fact,) = [fact for fact in facts_of(f"{head}{body}").facts if isinstance(fact, SyncMapSequence)]
        assert fact.harmless


def test_a_connection_may_be_closed_twice() -> None:
    head = HEAD.replace('import "sync"', 'import ("sync"; "net")')
    body = "func (c *C) Stop(k string) { v, ok := c.m.Load(k)\nif ok { v.(net.Conn).Close(); c.m.Delete(k) } }"
    (fact,) = [fact for fact in facts_of(f"{head}{body}").facts if isinstance(fact, SyncMapSequence)]
    assert fact.harmless


def test_who_marks_a_key_as_busy_is_alone_with_it() -> None:
    assert (
        in_method(
            "if _, ok := c.m.Load(k); ok { return nil }\nif _, busy := c.n.LoadOrStore(k, 1); busy { return nil }\nc.m.Store(k, made())\nreturn nil"
        )
        == []
    )
    assert in_method("if _, ok := c.m.Load(k); ok { return nil }\nc.n.LoadOrStore(k, 1)\nc.m.Store(k, made())\nreturn nil") == ["miss"]


def test_tests_are_left_alone() -> None:
    body = "func (c *C) Take(k string) any { v, ok := c.m.Load(k)\nif ok { c.m.Delete(k); return v }\nreturn nil }"
    assert kinds(body) == ["delete"]
    assert not [fact for fact in facts_of({"p_test.go": f"{HEAD}{body}"}).facts if isinstance(fact, SyncMapSequence)]


WON = (
    HEAD
    + """
import "sync/atomic"
type entry struct { gone atomic.Bool; n int }
func (e *entry) take() bool { return e.gone.CompareAndSwap(false, true) }
func (e *entry) is() bool { return e.gone.Load() }
"""
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("e.gone.CompareAndSwap(false, true)", []),
        ("e.take()", []),
        ("e.is()", ["delete"]),
        ("!e.take()", ["delete"]),
        ("c.other.gone.CompareAndSwap(false, true)", ["delete"]),
    ],
)
def test_who_has_won_an_entry_takes_it_out_alone(asked: str, found: list[str]) -> None:
    body = f"func (c *C) drop(k string) {{ v, ok := c.m.Load(k); if ok {{ e := v.(*entry); if {asked} {{ c.m.Delete(k); println(e.n) }} }} }}"
    assert (
        kinds(
            body,
            head=WON.replace('import "sync"\n', 'import ("sync"; "sync/atomic")\n')
            .replace('\nimport "sync/atomic"', "")
            .replace("n  sync.Map", "n  sync.Map; other *entry"),
        )
        == found
    )
