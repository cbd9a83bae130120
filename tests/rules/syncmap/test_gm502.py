"""GM502: levels of deletes of what was looked up."""

from __future__ import annotations

import pytest
from golint_maps.rules.syncmap import gm502_syncmap_load_then_delete

from golint_maps.findings import Level
from golint_maps.testing import findings_of

HEAD = """package p

import (
	"net"
	"sync"
)

type T struct{ conns sync.Map }
"""
CLOSE = "func (t *T) Close(k string) { if v, ok := t.conns.Load(k); ok { v.(net.Conn).Close(); t.conns.Delete(k) } }\n"


def levels(text: str) -> list[Level]:
    return [finding.level for finding in findings_of(gm502_syncmap_load_then_delete, HEAD + text)]


@pytest.mark.parametrize(
    ("add", "level"),
    [
        ("func (t *T) Add(k string, c net.Conn) { t.conns.Store(k, c) }", Level.WARNING),
        ("func (t *T) Add(k string, c net.Conn) { t.conns.Swap(k, c) }", Level.WARNING),
        ("func (t *T) Add(k string, c net.Conn) { t.conns.LoadOrStore(k, c) }", Level.NOTE),  # what is there stays
        ("func NewT(k string, c net.Conn) *T { t := &T{}; t.conns.Store(k, c); return t }", Level.NOTE),
        ("type U struct{ conns sync.Map }\nfunc (t *U) Add(k string, c net.Conn) { t.conns.Store(k, c) }", Level.NOTE),
    ],
)
def test_what_has_come_in_the_place_of_what_is_closed_stays_open(add: str, level: Level) -> None:
    assert levels(CLOSE + add) == [level]


def test_a_return_on_an_error_of_the_close_keeps_the_entry() -> None:
    close = CLOSE.replace("v.(net.Conn).Close();", "if err := v.(net.Conn).Close(); err != nil { return };")
    assert levels(close + "func (t *T) Add(k string, c net.Conn) { t.conns.Store(k, c) }") == [Level.NOTE]
