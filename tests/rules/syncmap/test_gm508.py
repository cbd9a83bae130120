"""Maps of package sync that only grow."""

from __future__ import annotations

import pytest
from golint_maps.rules.retention import gm401_map_only_grows
from golint_maps.rules.syncmap import gm508_syncmap_only_grows

from golint_maps.testing import findings_of

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
