"""Access paths of what functions return that only look something up."""

from __future__ import annotations

import pytest

from golint_maps.testing import facts_of

HEAD = """package p
import "sync"
type topic struct { offsets map[string]int }
type broker struct { mu sync.RWMutex; topics map[string]*topic; last *topic; first topic; all []*topic; offsets map[string]int }
type hub struct { broker }
"""


def path_in(function: str, source: str) -> tuple[str, ...]:
    """Return the path of the one map that others may have and a function writes; an empty one where there is none."""
    (summary,) = [summary for summary in facts_of(HEAD + source).functions if summary.name == function]
    (path,) = [access.path for access in summary.accesses if access.writes] or [()]
    return path


@pytest.mark.parametrize(
    ("getter", "path"),
    [
        ("return b.topics[name]", ("r", "topics", "[l1]", "offsets")),
        ("b.mu.RLock(); defer b.mu.RUnlock(); return b.topics[name]", ("r", "topics", "[l1]", "offsets")),
        ("if t, ok := b.topics[name]; ok { return t }; return nil", ("r", "topics", "[l1]", "offsets")),
        ("t := b.topics[name]; if t == nil { t = &topic{}; b.topics[name] = t }; return t", ("r", "topics", "[l1]", "offsets")),
        ("if t, ok := b.topics[name]; ok { return t }; t := &topic{}; b.topics[name] = t; return t", ("r", "topics", "[l1]", "offsets")),
        ("return b.last", ("r", "last", "offsets")),
        ("return &b.first", ("r", "first", "offsets")),
        ("return common", ("l4", "offsets")),  # a path of one part: the variable of the caller says as much
        ("for _, t := range b.all { return t }; return nil", ("l4", "offsets")),
        ("t := &topic{}; b.topics[name] = t; return t", ("l4", "offsets")),  # it makes one, and looks nothing up
        ("if name == `` { return b.last }; return b.topics[name]", ("l4", "offsets")),
        ("b = other; return b.topics[name]", ("l4", "offsets")),
    ],
)
def test_a_getter_gives_the_path_of_what_it_looks_up(getter: str, path: tuple[str, ...]) -> None:
    source = (
        "var common *topic\nvar other *broker\n"
        f"func (b *broker) find(name string) *topic {{ {getter} }}\n"
        "func (b *broker) commit(name, consumer string, n int) { t := b.find(name); t.offsets[consumer] = n }"
    )
    found = path_in("broker.commit", source)
    assert (found[0] if path[0] == "r" else "l4", *found[1:]) == path


def test_the_argument_stands_for_the_parameter() -> None:
    getter = "func (b *broker) find(name string) *topic { return b.topics[name] }\n"
    assert path_in("f", getter + 'func f(b *broker) { b.find("a").offsets[`x`] = 1 }') == ("p0", "topics", '["a"]', "offsets")
    assert path_in("f", getter + "func f(h *hub, k string) { t, x := h.find(k), 1; t.offsets[`x`] = x }") == (
        "p0",
        "broker",
        "topics",
        "[l1]",
        "offsets",
    )


def test_a_getter_may_call_another_one_or_itself() -> None:
    source = (
        'func (b *broker) find(name string) *topic { return b.topics[name] }\nfunc first(b *broker) *topic { return b.find("a") }\n'
        "func again(b *broker) *topic { return again(b) }\n"
    )
    assert path_in("f", source + "func f(b *broker) { first(b).offsets[`x`] = 1 }") == ("p0", "topics", '["a"]', "offsets")
    assert path_in("f", source + "func f(b *broker) { t := again(b); t.offsets[`x`] = 1 }") == ("lexample.com/p.f#1", "offsets")


def test_a_map_that_is_returned_from_under_its_lock_is_the_fault_of_who_returns_it() -> None:
    plain = "func (b *broker) table() map[string]int { return b.offsets }\n"
    locked = "func (b *broker) table() map[string]int { b.mu.Lock(); defer b.mu.Unlock(); return b.offsets }\n"
    use = "func f(b *broker) { m := b.table(); m[`x`] = 1 }"
    assert path_in("f", plain + use) == ("p0", "offsets")
    assert path_in("f", locked + use) == ()
