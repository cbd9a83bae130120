"""GM501: levels of stores that follow a miss."""

from __future__ import annotations

import pytest
from golint_maps.rules.syncmap import gm501_syncmap_load_then_store

from golint_maps.findings import Level
from golint_maps.testing import findings_of

HEAD = """package p

import (
	"errors"
	"sync"
)

var errTwice = errors.New("twice")

type T struct{ seen sync.Map }

func (t *T) add(k string) error

func (t *T) Forget(k string) { t.seen.Delete(k) }
"""


def levels(result: str, body: str) -> list[Level]:
    return [finding.level for finding in findings_of(gm501_syncmap_load_then_store, f"{HEAD}\nfunc (t *T) First(k string) {result} {{\n{body}\n}}\n")]


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("bool", "if _, ok := t.seen.Load(k); ok { return false }\nt.seen.Store(k, struct{}{})\nreturn true"),
        ("bool", "if _, ok := t.seen.Load(k); ok { return true }\nt.seen.Store(k, true)\nreturn false"),
        ("bool", "if _, ok := t.seen.Load(k); !ok { t.seen.Store(k, true); return true }\nreturn false"),
        ("bool", "if _, ok := t.seen.Load(k); !ok { t.seen.Store(k, true); return true } else { return false }"),
        ("bool", "_, ok := t.seen.Load(k)\nif !ok { t.seen.Store(k, true) }\nreturn !ok"),
        ("(int, bool)", "_, ok := t.seen.Load(k)\nif ok { return 1, false }\nt.seen.Store(k, 1)\nreturn 1, true"),
        ("error", "if _, ok := t.seen.Load(k); ok { return errTwice }\nt.seen.Store(k, true)\nreturn nil"),
        ("error", 'if _, ok := t.seen.Load(k); ok { return errors.New("twice") }\nt.seen.Store(k, true)\nreturn nil'),
    ],
)
def test_a_caller_that_is_told_whether_it_was_first_loses_the_answer(result: str, body: str) -> None:
    assert levels(result, body) == [Level.WARNING]


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("", "if _, ok := t.seen.Load(k); !ok { t.seen.Store(k, true) }"),
        ("bool", "if _, ok := t.seen.Load(k); ok { return true }\nt.seen.Store(k, true)\nreturn true"),
        ("error", "if _, ok := t.seen.Load(k); ok { return nil }\nt.seen.Store(k, true)\nreturn nil"),
        ("error", "if _, ok := t.seen.Load(k); ok { return nil }\nt.seen.Store(k, true)\nif k == `` { return errTwice }\nreturn nil"),
        ("error", "if _, ok := t.seen.Load(k); ok { return nil }\nt.seen.Store(k, true)\nreturn t.add(k)"),  # which may give nil as well
        ("int", "if _, ok := t.seen.Load(k); ok { return 1 }\nt.seen.Store(k, 2)\nreturn 2"),
        ("bool", "if v, ok := t.seen.Load(k); ok { return v.(bool) }\nt.seen.Store(k, true)\nreturn true"),  # what was found is the answer
        ("bool", "if _, ok := t.seen.Load(k); ok { println(k) } else { t.seen.Store(k, true) }\nreturn k == ``"),
    ],
)
def test_where_nothing_depends_on_who_was_first_it_is_a_note(result: str, body: str) -> None:
    assert levels(result, body) == [Level.NOTE]


def test_one_goroutine_at_a_time_is_always_told_the_truth() -> None:
    text = HEAD + "func (t *T) first(k string) bool { if _, ok := t.seen.Load(k); ok { return false }\nt.seen.Store(k, true)\nreturn true }\n"
    text += "var t = &T{}\nfunc loop() { for { t.first(`k`) } }\nfunc main() { START }\n"
    for start, level in (("go loop()", Level.NOTE), ("for range 3 { go loop() }", Level.WARNING)):
        (found,) = findings_of(gm501_syncmap_load_then_store, text.replace("START", start))
        assert found.level is level
