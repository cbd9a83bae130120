"""Maps whose keys or values are stored indirectly."""

from __future__ import annotations

import pytest

from golint_maps.flow.large_entries import LargeEntry
from golint_maps.testing import facts_of

HEAD = """package p

const n = 17

type fits struct{ a [16]int64 }
type large struct{ a [n]int64 }

func fill(x *s) { x.m[large{}] = true; m["a"] = large{} }
"""


def large(text: str) -> list[str]:
    return [f"{fact.map} {fact.part} {fact.size}" for fact in facts_of(f"{HEAD}\n{text}\n").facts if isinstance(fact, LargeEntry)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("type s struct{ m map[string]large }", "m value 136"),
        ("type s struct{ m map[large]bool }", "m key 136"),
        ("type s struct{ m []map[int]map[string]large }", "m value 136"),
        ("type table map[string]large", "table value 136"),
        ("var m = make(map[string]large)", "m value 136"),
        ("var m map[string][200]byte", "m value 200"),
        ("func f(x large) { m := make(map[int]large); m[1] = x; x = m[2] }", "m value 136"),
        ("func f(x large) { m := map[int]large{}; for i := range 3 { m[i] = x }; for _, x = range m {} }", "m value 136"),
    ],
)
def test_more_than_128_bytes_do_not_fit_into_the_map(text: str, found: str) -> None:
    assert large(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "type s struct{ m map[string]fits }",
        "type s struct{ decoded map[string]large }",
        "type s struct{ m map[string]*large }",
        "type s struct{ m map[string][]large }",
        "var m = map[string]large{`a`: {}}",
        "func f(m map[int]large, x large) { m[1] = x }",
        "func f() map[int]large { return nil }",
        "func f(x large) map[int]large { m := map[int]large{}; m[1] = x; return m }",
    ],
)
def test_what_fits_or_is_a_table_is_fine(text: str) -> None:
    assert large(text) == []
