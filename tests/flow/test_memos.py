"""Inserts that follow a look-up of the same key that found nothing."""

from __future__ import annotations

import pytest

from golint_maps.flow.memos import MemoFill
from golint_maps.testing import facts_of

HEAD = """package p
type table struct { byName map[string]int }
type Finder struct { cache table; other map[string]int }
func (f *Finder) load(name string) int { f.cache.byName[name] = 1; return 1 }
"""


@pytest.mark.parametrize(
    ("caller", "maps"),
    [
        ("if e, ok := f.cache.byName[name]; ok { return e }; return f.load(name)", ["f.cache.byName"]),
        ("if e, ok := f.other[name]; ok { return e }; return f.load(name)", []),
        ("if e, ok := f.cache.byName[name]; ok { return e }; return f.load(name + `.`)", []),
        ("defer func() { println(f.cache.byName[name]) }(); return f.load(`a`)", []),
        ("return f.load(name)", []),
    ],
)
def test_a_helper_fills_what_its_caller_has_missed(caller: str, maps: list[str]) -> None:
    facts = facts_of(HEAD + f"func (f *Finder) Find(name string) int {{ {caller} }}")
    assert [fact.map for fact in facts.facts if isinstance(fact, MemoFill)] == maps
