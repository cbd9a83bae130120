"""Keys that cannot be hashed, and keys that cannot be found again."""

from __future__ import annotations

import pytest

from golint_maps.flow.hashing import UnhashableKey, UnreachableKey
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"errors"
	"math"
	"strconv"
	"time"
)

type key struct {
	name string
	any  any
}

type place struct {
	where *key
	line  int
}

func (k *key) Error() string { return k.name }

func later(t time.Time) time.Time { return t.Add(time.Hour) }

func day(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

var (
	byAny   map[any]int
	byKey   map[key]int
	byError map[error]int
	byPlace map[place]int
	floats  map[float64]int
	times   map[time.Time]int
	ptrs    map[*key]int
	ids     map[int64]int
	_       = math.Pi
	_       = errors.New
	_       = strconv.Itoa
)
"""


def unhashable(text: str, parameters: str = "s []int") -> list[str]:
    facts = facts_of(f"{HEAD}\nfunc f({parameters}) {{\n{text}\n}}\n").facts
    return [fact.key for fact in facts if isinstance(fact, UnhashableKey)]


def unreachable(text: str, parameters: str = "a, b float64, n int", more: str = "") -> list[str]:
    facts = facts_of(f"{HEAD}\nfunc f({parameters}) {{\n{text}\n}}\n{more}\n").facts
    return [fact.kind for fact in facts if isinstance(fact, UnreachableKey)]


@pytest.mark.parametrize(
    "text",
    [
        "_ = byAny[s]",
        "byAny[s] = 1",
        "delete(byAny, s)",
        "byAny[any(s)]++",
        "byAny[map[int]int{}] = 1",
        "byAny[func() {}] = 1",
        "byAny[[1][]int{s}] = 1",
        '_ = byKey[key{"x", s}]',
        "_ = byKey[key{any: s}]",
        "k := key{any: s}\n_ = byKey[k]",
        "var k key\nk.name, k.any = ``, s\n_ = byKey[k]",
        "k := key{}\nif len(s) > 0 {\n\tk.any = s\n\tbyKey[k]++\n}",
        "var x any = s\nif len(s) > 1 {\n\tx = 1\n\tbyAny[x]++\n\treturn\n}\n_ = byAny[x]",
        "var x any = 1\n_ = byAny[x]\nx = s\n_ = byAny[x]",
        "var x any\nfor i := range s {\n\tx = s[i:]\n\tbyAny[x]++\n\tx = i\n}",
        "var x any = 1\nif len(s) > 1 {\n\tx = s\n\tdelete(byAny, x)\n}\n_ = byAny[x]",
        "_ = byAny[key{any: s}]",
        "_ = map[any]int{1: 1, key{any: s}: 2}",
    ],
)
def test_a_slice_map_or_function_in_an_interface_key_panics(text: str) -> None:
    assert len(unhashable(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "_ = byAny[&s]",
        "_ = byAny[len(s)]",
        "_ = byAny[[2]int{}]",
        '_ = byKey[key{"x", 1}]',
        "k := key{any: s}\nk.any = 1\n_ = byKey[k]",
        "var k key\nif len(s) > 0 {\n\tk.any = s\n}\n_ = byKey[k]",
        "var k key\n_ = byKey[k]\nk.any = s",
        "var k key\nk.any = s\nk.any = nil\n_ = byKey[k]",
        "var x any = s\nx = 1\n_ = byAny[x]",
        "var x any = s\nif len(s) > 1 {\n\tx = 1\n}\n_ = byAny[x]",
        "var x any = 1\nfor range s {\n\tbyAny[x]++\n\tx = s\n}",
        "var x any = s\nset := func() { x = 1 }\nset()\n_ = byAny[x]",
        "var x any = s\np := &x\n*p = 1\n_ = byAny[x]",
        "var x any = s\nfor x = range s {\n}\n_ = byAny[x]",
        '_ = map[string][]int{"x": s}',
        "Panics(func() { _ = byAny[s] })",
    ],
)
def test_what_can_be_hashed_is_fine(text: str) -> None:
    assert unhashable(text) == []


def test_nothing_is_reported_behind_a_certain_panic() -> None:
    assert len(unhashable("byAny[s] = 1\nbyAny[key{any: s}] = 2")) == 1
    assert len(unhashable("if c { byAny[s] = 1 } else { delete(byAny, s) }", "s []int, c bool")) == 2


def test_the_keys_of_a_sync_map_are_interfaces() -> None:
    facts = facts_of('import "sync"\nvar m sync.Map\nfunc f(b []byte) { m.Store(b, 1) }\nfunc g(b []byte) { m.Load(string(b)) }').facts
    assert [fact.function for fact in facts if isinstance(fact, UnhashableKey)] == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        "floats[a/b]++",
        "floats[float64(n)/b] = 1",
        "r := a / b\nfloats[r] = 1",
        "floats[math.Floor(a/b)] = 1",
        "floats[math.Sqrt(a)] = 1",
        "floats[math.NaN()] = 1",
        'x, _ := strconv.ParseFloat("x", 64)\nfloats[x] = 1',
        "byAny[math.Log(a)] = 1",
    ],
)
def test_what_may_be_nan_is_no_key(text: str) -> None:
    assert unreachable(text) == ["nan"]


@pytest.mark.parametrize(
    "text",
    [
        "floats[a] = 1",
        "floats[a/2] = 1",
        "floats[float64(n)] = 1",
        "floats[0.5] = 1",
        "floats[a/float64(n+1)] = 1",
        "if b != 0 { floats[a/b] = 1 }",
        "if n > 0 { floats[a/float64(n)] = 1 }",
        "r := a / b\nif math.IsNaN(r) { return }\nfloats[r] = 1",
        "r := a / b\nif r != r { return }\nfloats[r] = 1",
        "finite := func(x float64) bool { return x-x == 0 }\nr := a / b\nif !finite(r) { return }\nfloats[r] = 1",
        "floats[math.Sqrt(a*a+b*b)] = 1",
        "_ = floats[a/b]",
        "ids[int64(a/b)] = 1",
        "m := map[float64]int{}\nm[a/b] = 1\nprintln(len(m))",
    ],
)
def test_floats_that_are_believed_or_tested_may_be_keys(text: str) -> None:
    assert unreachable(text) == []


HELPERS = """
type price float64
type rate struct { hits, tries float64 }
var prices map[price]int
func middle(bid, ask float64) price { return price(math.Sqrt(bid * ask)) }
func ratio(of, all float64) float64 { return of / all }
func safe(of, all float64) float64 { if all == 0 { return 0 }; return of / all }
func (r rate) value() float64 { return r.hits / r.tries }
func square(x float64) float64 { return x * x }
func length(x, y float64) float64 { return math.Sqrt(square(x) + square(y)) }
func read(s string) float64 { x, _ := strconv.ParseFloat(s, 64); return x }
func halves(x float64) float64 { if x < 0.1 { return x }; return halves(x / 2) }
"""


@pytest.mark.parametrize(
    "text",
    [
        "prices[middle(a, b)] = 1",
        "p := middle(a, b)\nprices[p] = 1",
        "floats[ratio(a, b)] = 1",
        "floats[math.Round(ratio(a, b) * 100)] = 1",
        "floats[ratio(ratio(a, b), 2)] = 1",
        "var r rate\nfloats[r.value()] = 1",
    ],
)
def test_what_a_function_of_the_package_may_make_nan_is_no_key(text: str) -> None:
    assert unreachable(text, more=HELPERS) == ["nan"]


@pytest.mark.parametrize(
    "text",
    [
        "p := middle(a, b)\nif p != p { return }\nprices[p] = 1",
        "if a <= 0 || b <= 0 { return }\nprices[middle(a, b)] = 1",
        "if b > 0 { floats[ratio(a, b)] = 1 }",
        "floats[ratio(a, 4)] = 1",
        "floats[ratio(a, float64(n + 1))] = 1",
        "floats[safe(a, b)] = 1",
        "var r rate\nif r.tries > 0 { floats[r.value()] = 1 }",
        "floats[length(a, b)] = 1",
        "floats[halves(a)] = 1",
        'floats[read("1")] = 1',
        "ids[int64(ratio(a, b))] = 1",
        "byAny[int64(ratio(a, b))] = 1",
        "byAny[int(math.Round(math.Log10(a)))] = 1",
    ],
)
def test_what_the_caller_or_the_function_rules_out_may_be_a_key(text: str) -> None:
    assert unreachable(text, more=HELPERS) == []


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("return found", ["text"]),
        ("return &held{name: s, found: found}", ["text"]),
        ("return give(found)", []),
        ("for k := range found { println(k) }; return nil", []),
    ],
)
def test_a_number_out_of_a_text_matters_where_the_map_stays(end: str, expected: list[str]) -> None:
    head = "type held struct { name string; found map[float64]int }\nfunc give(m map[float64]int) any\n"
    body = f"found := map[float64]int{{}}\nx, err := strconv.ParseFloat(s, 64)\nif err == nil {{ found[x] = 1 }}\n{end}"
    assert unreachable("", more=f"{head}func g(s string) any {{\n{body}\n}}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("times[time.Now()] = 1", ["time"]),
        ("times[time.Now().Add(5)] = 1", ["time"]),
        ("now := time.Now()\ntimes[now] = 1", ["time"]),
        ("byAny[time.Now()] = 1", ["time"]),
        ("times[later(time.Now())] = 1", ["time"]),
        ("times[time.Now().AddDate(0, 0, 1)] = 1", []),
        ("times[day(time.Now())] = 1", []),
        ("times[time.Now().UTC()] = 1", []),
        ("times[time.Now().Truncate(5)] = 1", []),
        ("now := time.Now()\ntimes[now] = 1\ndelete(times, now)", []),
        ("ids[time.Now().UnixNano()] = 1", ["clock"]),
        ("id := time.Now().UnixNano()\nids[id] = 1", ["clock"]),
        ("ids[time.Now().Unix()/60]++", []),
        ("id := time.Now().UnixNano()\nfor ids[id] != 0 { id++ }\nids[id] = 1", []),
    ],
)
def test_readings_of_the_clock_are_no_keys(text: str, expected: list[str]) -> None:
    assert unreachable(text) == expected


def test_times_that_a_loop_gives_back_to_delete_are_found_again() -> None:
    assert unreachable("times[time.Now()] = 1", more="func g() { for t := range times { delete(times, t) } }") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ptrs[&key{}] = 1", ["pointer"]),
        ("ptrs[new(key)]++", ["pointer"]),
        ("byError[&key{}]++", ["pointer"]),
        ('byError[errors.New("new")]++', ["pointer"]),
        ('err := errors.New("new")\nbyError[err]++\nkeep(err)', []),
        ("byPlace[place{&key{}, n}] = 1", ["pointer"]),
        ("k := &key{}\nbyPlace[place{k, n}] = 1\nkeep(k)", []),
        ("k := &key{}\nif ptrs[k] == 0 { ptrs[k] = 1 }", ["pointer"]),
        ('k := &key{}\nk.name = "x"\nptrs[k] = 1', ["pointer"]),
        ("k := &key{}\nptrs[k] = 1\nkeep(k)", []),
        ("k := &key{}\nptrs[k] = 1\ndefer func() { delete(ptrs, k) }()", []),
    ],
)
def test_a_pointer_that_nobody_keeps_is_no_key(text: str, expected: list[str]) -> None:
    assert unreachable(text) == expected


def test_a_function_that_only_makes_an_object_keeps_no_pointer_to_it() -> None:
    assert unreachable("ptrs[made(n)] = 1", more="func made(n int) *key { return &key{any: n} }") == ["pointer"]
    assert unreachable("k := made(n)\nptrs[k] = 1", more="func made(n int) *key { return new(key) }") == ["pointer"]
    assert unreachable("ptrs[made(n)] = 1", more="func made(n int) *key { if n > 0 { return &key{any: n} }; println(n); return &key{} }") == [
        "pointer"
    ]
    assert unreachable("ptrs[made(n)] = 1", more="func made(n int) *key { if n > 0 { return all[n] }; return &key{} }\nvar all []*key") == []
    assert unreachable("ptrs[made(n)] = 1", more="func made(n int) *key { k := &key{any: n}; keep(k); return k }") == []
    assert unreachable("k := made(n)\nptrs[k] = 1\nkeep(k)", more="func made(n int) *key { return &key{} }") == []


def test_pointers_are_kept_by_a_set_that_is_ranged_over() -> None:
    assert unreachable("ptrs[&key{}] = 1", more="func g() { for k := range ptrs { println(k.name) } }") == []


def test_a_map_that_is_returned_or_ranged_over_by_its_type_gives_its_keys_back() -> None:
    assert unreachable("pairs := map[*key]int{}\npairs[&key{}] = 1\nprintln(pairs)") == ["pointer"]
    assert unreachable("", more="func g() map[*key]int {\npairs := map[*key]int{}\npairs[&key{}] = 1\nreturn pairs\n}") == []
    sets = "type set map[*key]struct{}\nfunc of(n int) set\nfunc each(s map[int]set) { for k := range s[0] { println(k.name) } }"
    assert unreachable("of(1)[&key{}] = struct{}{}", more=sets) == []
    assert unreachable("of(1)[&key{}] = struct{}{}", more=sets.replace("k :=", "_ =")) != []
