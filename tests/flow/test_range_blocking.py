"""Loops over maps that wait for others."""

from __future__ import annotations

import pytest

from golint_maps.flow.ranges import RangeBlocked
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

type hub struct {
	mu   sync.RWMutex
	subs map[string]chan int
	wg   sync.WaitGroup
	done chan struct{}
	conn net.Conn
	file *os.File
}

func (h *hub) deliver(ch chan int) { ch <- 1 }
"""


def waits(text: str) -> list[str]:
    facts = facts_of(f"{HEAD}\n{text}\n").facts
    return [f"{fact.how} {fact.lock}".strip() for fact in facts if isinstance(fact, RangeBlocked)]


def loop(body: str, before: str = "h.mu.Lock()\ndefer h.mu.Unlock()") -> str:
    return f"func (h *hub) f() {{\n{before}\nfor name, ch := range h.subs {{\n_, _ = name, ch\n{body}\n}}\n}}"


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("ch <- 1", "send"),
        ("<-ch", "receive"),
        ("x := <-ch; _ = x", "receive"),
        ("for range ch {}", "receive"),
        ("select { case ch <- 1: case <-h.done: }", "select"),
        ("time.Sleep(1)", "sleep"),
        ("h.wg.Wait()", "wait"),
        ("if _, err := http.Get(name); err != nil { return }", "network"),
        ("os.WriteFile(name, nil, 0)", "file"),
        ("h.deliver(ch)", "send"),
        ("func() { ch <- 1 }()", "send"),
        ("fmt.Fprintln(h.conn, name)", "network"),
        ("io.Copy(h.file, h.conn)", "file"),
        ("h.conn.Write(nil)", "network"),
    ],
)
def test_what_waits_under_the_lock_of_the_map_is_told_with_the_lock(body: str, how: str) -> None:
    assert waits(loop(body)) == [f"{how} h.mu"]


@pytest.mark.parametrize(
    "body",
    [
        "select { case ch <- 1: default: }",
        "go func() { ch <- 1 }()",
        "defer h.wg.Wait()",
        "close(ch)",
        "fmt.Fprintln(os.Stderr, name)",
        "fmt.Println(name)",
        "_ = func() { ch <- 1 }",
    ],
)
def test_what_does_not_wait_is_not_told(body: str) -> None:
    assert waits(loop(body)) == []


def test_a_read_lock_keeps_writers_waiting_as_well() -> None:
    assert waits(loop("ch <- 1", "h.mu.RLock()\ndefer h.mu.RUnlock()")) == ["send h.mu"]


def test_a_function_that_is_called_with_the_lock_has_it() -> None:
    assert waits(loop("ch <- 1", "").replace("f()", "fLocked()")) == ["send ~"]


def test_without_a_lock_the_map_stays_reachable_and_files_and_helpers_do_not_count() -> None:
    assert waits(loop("ch <- 1", "")) == ["send"]
    assert waits(loop("os.WriteFile(name, nil, 0)", "")) == []
    assert waits(loop("h.deliver(ch)", "")) == []


def test_a_lock_given_back_before_is_not_held() -> None:
    assert waits(loop("ch <- 1", "h.mu.Lock()\nh.mu.Unlock()")) == ["send"]


def test_a_copy_may_be_walked_over_at_leisure() -> None:
    copied = "h.mu.Lock(); subs := maps.Clone(h.subs); h.mu.Unlock(); for _, ch := range subs { ch <- 1 }"
    assert waits(f"func (h *hub) f() {{ {copied} }}") == []


def test_a_channel_with_room_for_all_does_not_make_the_loop_wait() -> None:
    assert waits(loop("all <- 1", "h.mu.Lock(); defer h.mu.Unlock(); all := make(chan int, len(h.subs))")) == []


def test_an_answer_has_room_in_a_channel_of_its_own() -> None:
    request = "type request struct{ answer chan int }\nfunc ask() request { return request{answer: make(chan int, 1)} }\n"
    assert waits(request + "type all struct{ m map[int]request }\nfunc (a *all) end() { for _, r := range a.m { r.answer <- 1 } }") == []


def test_joining_as_many_as_there_are_entries_is_no_wait_for_each() -> None:
    assert waits("func (h *hub) join() { for range h.subs { <-h.done } }") == []
    assert waits("func (h *hub) join() { for range h.subs { h.wg.Wait() } }") == []


def test_a_table_of_the_package_is_nobodys_to_collect() -> None:
    assert waits("var table = map[int]string{1: `a`}\nfunc f(c chan string) { for _, x := range table { c <- x } }") == []
