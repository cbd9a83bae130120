"""Inserts, releases and limits of maps that others have."""

from __future__ import annotations

import pytest

from golint_maps.flow.events import CONSTANT
from golint_maps.flow.growth import MapBound, MapGrowth, MapRelease
from golint_maps.flow.keyspace import FREE
from golint_maps.flow.site import Site
from golint_maps.testing import facts_of

HEAD = """package p
import ("fmt"; "maps"; "strings"; "reflect"; "time")
var _ = fmt.Sprint
var _ = strings.ToLower
var _ reflect.Type
var _ time.Time
const known = "k"
type level int
const low level = 1
var m, other map[string]int
"""


def facts(text: str) -> list[Site]:
    return [fact for fact in facts_of({"p.go": HEAD + text}).facts if isinstance(fact, MapGrowth | MapRelease | MapBound)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('m["a"] = 1', CONSTANT),
        ("m[known] = 1", CONSTANT),
        ('m["a"+known] = 1', CONSTANT),
        ("m[a] = 1", 0),
        ("m[b] = 1", 1),
        ("k := b; m[k] = 1", 1),
        ("m[strings.ToLower(a)] = 1", 0),
        ("m[a+b] = 1", 1),
        ("m[l.String()] = 1", CONSTANT),
        ("m[t.String()] = 1", CONSTANT),
        ("m[fmt.Sprint(l)] = 1", CONSTANT),
        ("a = b; m[a] = 1", FREE),
        ("for _, k := range list { m[k] = 1 }", FREE),
        ('for _, k := range []string{"a"} { m[k] = 1 }', CONSTANT),
        ('k := "a"; if l == low { k = known }; m[k] = 1', CONSTANT),
        ('k := "a"; if l == low { k = a }; m[k] = 1', 0),
        ("m[read()] = 1", FREE),
        ("m[fmt.Sprint(len(list)%16)] = 1", CONSTANT),
        ("m[fmt.Sprint(len(list)&0xff)] = 1", CONSTANT),
        ("m[fmt.Sprint(len(list)%1_000_000)] = 1", FREE),
        ("m[fmt.Sprint(time.Now().Hour())] = 1", CONSTANT),
        ("m[fmt.Sprint(time.Now().Unix())] = 1", FREE),
    ],
)
def test_where_a_key_comes_from(body: str, expected: int) -> None:
    source = "func (l level) String() string { return known }\nfunc read() string { return known }\n"
    (found,) = [
        fact for fact in facts(f"{source}func f(a, b string, l level, t reflect.Type, list []string) {{ {body} }}") if isinstance(fact, MapGrowth)
    ]
    assert found.origin == expected


def releases(text: str) -> list[tuple[str, bool]]:
    return [(fact.form, fact.all) for fact in facts(text) if isinstance(fact, MapRelease)]


def test_what_a_release_leaves() -> None:
    assert releases('func f() { delete(m, "a") }') == [("delete", False)]
    assert releases("func f() { for k := range m { delete(m, k) } }") == [("delete", True)]
    assert releases("func f() { for k, v := range m { if v > 0 { delete(m, k) } } }") == [("delete", False)]
    assert releases("func f() { clear(m) }") == [("clear", True)]
    assert releases("func f(on bool) { if on { clear(m) } }") == [("clear", False)]
    assert releases("func f() { maps.DeleteFunc(m, func(string, int) bool { return true }) }") == [("delete", True)]
    assert releases("func f() { maps.DeleteFunc(m, func(k string, _ int) bool { return k != known }) }") == [("delete", False)]
    assert releases("func f() { m = nil }") == [("remake", True)]
    assert releases("func f() { if m == nil { m = map[string]int{} } }") == []
    assert releases("func newMap() { m = map[string]int{} }") == []


def test_a_delete_by_another_maps_loop_names_that_map() -> None:
    (found,) = [fact for fact in facts("func f() { for k := range other { delete(m, k) } }") if isinstance(fact, MapRelease)]
    assert (found.over, found.part) == ("gexample.com/p.other", False)


@pytest.mark.parametrize(
    ("condition", "limits"),
    [
        ("len(m) >= 100", True),
        ("len(m) > n", True),
        ("100 < len(m)", True),
        ("len(m) == 0", False),
        ("len(m) > 0", False),
        ("len(m) != 1", False),
        ("len(m) == len(other)", False),
    ],
)
def test_which_comparisons_are_limits(condition: str, limits: bool) -> None:
    found = [fact.identity for fact in facts(f"func f(n int) bool {{ return {condition} }}") if isinstance(fact, MapBound)]
    assert found == (["gexample.com/p.m"] if limits else [])


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ("log.Warnf(`%d`, len(m))", False),
        ("log.Warnf(`%d`, len(m)); trim()", True),
        ("log.Warnf(`%d`, len(m)); return", True),
        ("trim()", True),
        ("log.Warnf(`large`) } else { trim()", True),
    ],
)
def test_a_length_that_is_only_logged_is_no_limit(body: str, limits: bool) -> None:
    log = "type logger struct{}\nfunc (logger) Warnf(string, ...any) {}\nfunc trim() {}\nvar log logger\n"
    found = facts(f"{log}func f(n int) {{ if n > 0 && len(m) > 1000 {{ {body} }} }}")
    assert any(isinstance(fact, MapBound) for fact in found) == limits
