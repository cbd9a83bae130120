"""Where the source says which lock a package variable needs, or that a method needs one, and in which words."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def breaches(source: str) -> list[str]:
    """Return the words of the declarations that are broken."""
    return [breach.words for breach in Program([facts_of({"p.go": 'package p\nimport "sync"\n' + source})]).breaches]


PUT = """
func Put(k string) { mu.Lock(); defer mu.Unlock(); a[k] = 1; b[k] = 1; c[k] = 1 }
func Read(k string) int { return a[k] }
func Other(k string) int { return c[k] }
"""


@pytest.mark.parametrize(
    "block",
    [
        "var (\n mu sync.Mutex // protects a, b\n a = map[string]int{}\n b = map[string]int{}\n)\nvar c = map[string]int{}",
        "var (\n // mu guards a and b.\n mu = &sync.RWMutex{}\n a, b = map[string]int{}, map[string]int{}\n)\nvar c = map[string]int{}",
        "var c = map[string]int{}\nvar (\n // mu guards the variables below.\n mu sync.Mutex\n a = map[string]int{}\n b = map[string]int{}\n)",
        "var (\n c = map[string]int{}\n mu sync.Mutex // protects the following\n a = map[string]int{}\n b = map[string]int{}\n)",
        "// protects a\nvar mu sync.Mutex\nvar a, b, c = map[string]int{}, map[string]int{}, map[string]int{}",
    ],
)
def test_a_comment_at_a_package_lock_names_what_it_protects(block: str) -> None:
    assert len(breaches(block + PUT)) == 1


@pytest.mark.parametrize(
    "block",
    [
        "var (\n mu sync.Mutex // protects b\n a, b, c = map[string]int{}, map[string]int{}, map[string]int{}\n)",
        "var (\n a, c = map[string]int{}, map[string]int{}\n // mu guards the variables below.\n mu sync.Mutex\n b = map[string]int{}\n)",
        "var mu sync.Mutex // protects everything below\nvar a, b, c = map[string]int{}, map[string]int{}, map[string]int{}",
        "var mu sync.Mutex\nvar (\n a = map[string]int{} // protects b, see below\n b, c = map[string]int{}, map[string]int{}\n)",
    ],
)
def test_variables_that_no_comment_names_are_free(block: str) -> None:
    assert breaches(block + PUT) == []


@pytest.mark.parametrize(
    ("words", "between", "found"),
    [
        ("protects the following fields", "", 1),
        ("protects the following fields", "\n", 0),
        ("guards the fields below", " other sync.Mutex\n", 0),
        ("protects everything below", "\n other sync.Mutex\n\n", 1),
    ],
)
def test_what_stands_below_a_lock_ends_with_an_empty_line_or_another_lock(words: str, between: str, found: int) -> None:
    for before, head in (("// mu " + words + ".\n mu sync.Mutex", ""), ("mu sync.Mutex // " + words, "\n")):
        source = (
            f"type T struct {{\n {before}\n{head} a map[string]int\n{between} b map[string]int\n}}\n"
            "func (t *T) Put(k string) { t.mu.Lock(); defer t.mu.Unlock(); t.a[k] = 1 }\nfunc (t *T) Read(k string) int { return t.b[k] }"
        )
        assert len(breaches(source)) == found


WORLD = """
type World struct { mu sync.RWMutex; chunks map[int]int }
func (w *World) %s(k int) { %sdelete(w.chunks, k) }
func (w *World) Leave(k int) { w.mu.Lock(); defer w.mu.Unlock(); w.%s(k) }
func (w *World) Tick(k int) { w.%s(k) }
"""


@pytest.mark.parametrize("name", ["unloadLocked", "lockedUnload", "locked_unload"])
def test_a_name_with_locked_at_either_end_asks_for_the_lock(name: str) -> None:
    assert breaches(WORLD % (name, "", name, name)) == [f"the name {name}"]


@pytest.mark.parametrize("name", ["locked", "unlockedUnload", "isLockedUnload", "lockedness"])
def test_other_names_with_locked_in_them_ask_for_nothing(name: str) -> None:
    assert breaches(WORLD % (name, "", name, name)) == []


def test_a_name_with_locked_in_front_asks_for_nothing_where_the_method_takes_the_lock() -> None:
    body = "w.mu.Lock(); defer w.mu.Unlock(); "
    assert (
        breaches((WORLD % ("lockedUnload", body, "lockedUnload", "lockedUnload")).replace("{ w.mu.Lock(); defer w.mu.Unlock(); w.l", "{ w.l")) == []
    )


MERGE = """package p
import "sync"
type bag struct {
	mu sync.Mutex
	n  map[string]int // GUARDED_BY(mu)
}
func (b *bag) Add(k string) { b.mu.Lock(); defer b.mu.Unlock(); b.n[k]++ }
func (b *bag) Merge(other *bag) { b.mu.Lock(); defer b.mu.Unlock(); LOCK for k, n := range other.n { b.n[k] += n } }
"""


@pytest.mark.parametrize(("lock", "count"), [("", 1), ("other.mu.Lock(); defer other.mu.Unlock();", 0)])
def test_the_lock_of_one_object_is_not_that_of_another(lock: str, count: int) -> None:
    program = Program([facts_of(MERGE.replace("LOCK", lock))])
    assert len(program.breaches) == count


@pytest.mark.parametrize("comment", ["// +checklocksignore", "// enc runs last.\n// +checklocksignore: nobody else is there", "//+checklocksignore"])
def test_a_function_that_asks_to_be_left_alone_is(comment: str) -> None:
    source = (
        "package p\nimport `sync`\ntype S struct { mu sync.Mutex\n// +checklocks:mu\nm map[string]int }\n"
        "func (s *S) Set(k string) { s.mu.Lock(); s.m[k] = 1; s.mu.Unlock() }\nCOMMENT\nfunc enc(s *S) { for k := range s.m { println(k) } }\n"
        "func Use(s *S) { s.Set(``); go enc(s) }\n"
    )
    assert Program([facts_of({"p.go": source.replace("COMMENT", "// enc")})]).breaches
    assert not Program([facts_of({"p.go": source.replace("COMMENT", comment)})]).breaches
