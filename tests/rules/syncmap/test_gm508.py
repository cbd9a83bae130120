"""Maps of package sync that only grow."""

from __future__ import annotations

import pytest
from golint_maps.rules.retention import gm401_map_only_grows
from golint_maps.rules.syncmap import gm508_syncmap_only_grows

from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

HEAD = 'package p\nimport ("net/http"; "sync")\nvar _ http.Handler\nvar m sync.Map\n'


def maps(source: str) -> list[str]:
    return [finding.key for finding in findings_of(gm508_syncmap_only_grows, {"p.go": HEAD + source})]


@pytest.mark.parametrize(
    "body",
    [
        "func Put(k string) { m.Store(k, 1) }",
        "func Put(k string) { m.LoadOrStore(k, 1) }",
        "func Put(k string) { m.Swap(k, 1) }",
        "func Put(k string) { all := &m; all.Store(k, 1) }",
        "func Put(k string) { put(k) }\nfunc put(k string) { m.Store(k, 1) }",
    ],
)
def test_keys_from_outside_that_nobody_deletes(body: str) -> None:
    assert maps(body) == ["all" if "all" in body else "m"]


@pytest.mark.parametrize(
    "release",
    [
        "func Drop(k string) { m.Delete(k) }",
        "func Take(k string) any { v, _ := m.LoadAndDelete(k); return v }",
        "func Drop(k string, v int) { m.CompareAndDelete(k, v) }",
        "func Drop() { m.Clear() }",
        "func Drop() { m.Range(func(k, _ any) bool { m.Delete(k); return true }) }",
        "func Drop() { m = sync.Map{} }",
        "func Drop() { wipe(&m) }\nfunc wipe(all *sync.Map) { *all = sync.Map{} }",
        "func Drop(k string) { drop(&m, k) }\nfunc drop(all *sync.Map, k string) { all.Delete(k) }",
        (
            "type handle struct { all *sync.Map; k string }\nfunc (h handle) Close() { h.all.Delete(h.k) }\n"
            "func Open(k string) handle { return handle{all: &m, k: k} }"
        ),
    ],
)
def test_releases(release: str) -> None:
    assert maps("func Put(k string) { m.Store(k, 1) }\n" + release) == []


@pytest.mark.parametrize(
    "body",
    [
        "func Put(v any) { m.Store(`a`, v) }",
        'func init() { m.Store("a", 1) }',
        "func Once(k string) { var local sync.Map; local.Store(k, 1) }",
        "var once sync.Once\nfunc Load(ks []string) { once.Do(func() { for _, k := range ks { m.Store(k, 1) } }) }",
        "func Bump(k string) { m.CompareAndSwap(k, 1, 2) }",
    ],
)
def test_what_does_not_grow(body: str) -> None:
    assert maps(body) == []


def test_an_embedded_map_is_the_field_of_its_type() -> None:
    source = "type cache struct { sync.Map }\nfunc (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.Store(r.Host, 1) }\n"
    assert maps(source) == ["c"]
    assert maps(source + "func (c *cache) Drop(k string) { c.Delete(k) }") == []


def test_a_sync_map_is_no_map_and_a_map_is_no_sync_map() -> None:
    source = HEAD + "var plain = map[string]int{}\nvar mu sync.Mutex\nfunc Put(k string) { m.Store(k, 1); mu.Lock(); plain[k] = 1; mu.Unlock() }"
    assert [finding.key for finding in findings_of(gm508_syncmap_only_grows, source)] == ["m"]
    assert [finding.key for finding in findings_of(gm401_map_only_grows, source)] == ["plain"]


def test_a_pointer_to_a_fresh_map_empties_it_but_not_where_there_was_none() -> None:
    source = "var p = &sync.Map{}\nfunc Put(k string) { p.Store(k, 1) }\n"
    assert maps(source) == ["p"]
    assert maps(source + "func Reset() { p = new(sync.Map) }") == []
    assert maps(source + "func Get() *sync.Map { if p == nil { p = new(sync.Map) }; return p }") == ["p"]


API = """package api
import ("net/http"; "sync")
type API struct { waiting *sync.Map }
func New(waiting *sync.Map) *API { return &API{waiting: waiting} }
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.waiting.Store(r.URL.Path, 1) }
"""
ROUTER = """package router
import "sync"
type Router struct { waiting *sync.Map }
func New(waiting *sync.Map) *Router { r := &Router{}; r.waiting = waiting; return r }
func (r *Router) Run(names chan string) { for name := range names { r.WORK(name) } }
"""
APP = """package main
import ("net/http"; "sync"; "example.com/api"; "example.com/router")
type App struct { waiting, other *sync.Map }
func main() {
	a := &App{waiting: &sync.Map{}, other: &sync.Map{}}
	names := make(chan string)
	go router.New(a.GIVEN).Run(names)
	http.Handle("/", api.New(a.waiting))
	MORE
	http.ListenAndServe(":1", nil)
}
"""


@pytest.mark.parametrize(
    ("given", "work", "more", "found"),
    [
        ("waiting", "waiting.Delete", "", 0),
        ("waiting", "waiting.Load", "", 1),
        ("other", "waiting.Delete", "", 1),
        ("waiting", "waiting.Delete", 'http.Handle("/other", api.New(a.other))', 1),
        ("waiting", "waiting.Delete", 'http.Handle("/other", api.New(new(sync.Map)))', 1),
    ],
)
def test_a_map_that_constructors_hand_around_is_released_by_another_object(given: str, work: str, more: str, found: int) -> None:
    router, app = ROUTER.replace("WORK", work), APP.replace("GIVEN", given).replace("MORE", more)
    imports = {"example.com/api": API, "example.com/router": router}
    packages = [facts_of(text, path=path, imports=imports) for path, text in (*imports.items(), ("example.com/app", app))]
    assert len(list(gm508_syncmap_only_grows.check(Program(packages)))) == found
