"""Nothing in a file can stop a run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.syntax import decode, encode, extract

GO = b"""// Package cache is safe for concurrent use.
package cache

import (
	"fmt"
	s "sync"
)

/* int x; */
import "C"

const (
	A T = iota // first
	B
)

type Cache[K comparable, V any] struct {
	mu s.RWMutex // protects items
	items map[K]V
	*Base
	handlers map[string]func(int) (err error)
}

type I interface { ~map[string]int | ~[]int; M(a, b int) string; fmt.Stringer }

var a, b = g(), new(42)
var table = map[string][]struct{ x, y int }{"a": {{1, 2}, {x: 3}}, k: {}}

//go:noinline
func (c *Cache[K, V]) Get(k K, more ...string) (v V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.items[k]
	if h := c.handlers[name](1); h != nil && ok || !ok { return v, false } else if x := <-ch; x { goto done }
	for i, v := range c.items { go func(i int) { c.items[i] = v; v++ }(i); continue }
loop:
	for i := 0; i < 10; i++ {
		switch y := any(i).(type) { case int, *T: break loop; case nil: default: fallthrough }
		select { case m[k] = <-ch: case ch <- 1: default: }
	}
	type local struct{ l *local }
	const n, \xc3\xa9t\xc3\xa9 = 1 << 3, 'x'
	var q local = local{l: &local{}}
	f(a[1:2:3], (*T)(p), []byte("s"), x.(map[string]int), Map[K, V](m), func() {}, more...) //nolint
done:
	return
}

func (r R) Generic[T any](x T) T { return x }
"""


def nodes(value: Any) -> Iterator[msgspec.Struct]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, msgspec.Struct):
            yield node
            stack.extend(getattr(node, field) for field in node.__struct_fields__)


def assert_sound(data: bytes) -> None:
    facts = extract(data)
    assert decode(encode(facts)) == facts
    assert extract(bytes(data)) == facts
    assert facts.size == len(data)
    variables = {id(f): facts.functions[f.root].variables for f in facts.functions}
    for node in nodes(facts):
        pos = getattr(node, "pos", 0)
        assert 0 <= pos <= getattr(node, "end", pos) <= len(data), node
    for function in facts.functions:
        for node in nodes(function.body):
            if type(node).__name__ == "Local":
                assert 0 <= node.id < len(variables[id(function)])  # type: ignore[attr-defined]
    extract(data, bodies=False)


def test_the_sample_is_good_go() -> None:
    assert extract(GO).errors == []
    assert_sound(GO)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    text = GO
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        how = draw(st.sampled_from(("delete", "duplicate", "swap", "insert")))
        span = text[start:end]
        if how == "delete":
            text = text[:start] + text[end:]
        elif how == "duplicate":
            text = text[:end] + span + text[end:]
        elif how == "swap":
            text = text[:start] + text[end : end + len(span)] + span + text[end + len(span) :]
        else:
            text = text[:start] + draw(st.binary(max_size=6)) + text[start:]
    return text


@settings(max_examples=150, deadline=None)
@given(mangled())
def test_mangled_go_never_raises_and_its_facts_are_sound(data: bytes) -> None:
    assert_sound(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    assert_sound(data)


def test_truncated_files_are_read() -> None:
    for end in range(0, len(GO), 7):
        assert_sound(GO[:end])


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff\xfe", b"package p\n\x00\x00func f() {}", b'package p\nvar \xe9 = "\xff"\n', b"package \xc3", b"\n" * 1000]
)
def test_odd_bytes_are_read(data: bytes) -> None:
    assert_sound(data)


def test_bytes_that_are_not_utf8_do_not_shift_positions() -> None:
    text = b'package p\nvar s = "\xff\xfe\xe9"\nvar after = m[k]\n'
    facts = extract(text)
    value = facts.variables[1].value
    assert text[value.pos : value.end] == b"m[k]"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "var x = " + "(" * 100_000,
        "var x = " + "(" * 100_000 + "y" + ")" * 100_000,
        "var x = " + "f(" * 900 + ")" * 900,
        "var x = " + "[]T{" + "{" * 900 + "}" * 900 + "}",
        "func f() " + "{" * 900 + "}" * 900,
        "func f() { " + "for { " * 900 + "}" * 901,
        "func f() { " + "switch { default: " * 900 + "}" * 901,
        "func f() { x := " + "func() { x := " * 400 + "}" * 401,
        "var x = " + "!" * 20_000 + "y",
        "var x = " + "<-" * 20_000 + "y",
        "var x " + "*" * 20_000 + "T",
        "var x " + "[]" * 20_000 + "T",
        "var x " + "map[int]" * 20_000 + "T",
        "var x " + "chan " * 20_000 + "T",
        "var x " + "func() " * 5_000,
        "var x = y" + ".z" * 20_000,
        "var x = y" + ".z()" * 10_000,
        "var x = y" + "[0]" * 10_000,
        "var x = y" + "()" * 10_000,
        "var x = y" + "[k](v)" * 5_000,
        "var x = y" + ".(T)" * 5_000,
        "func f() { " + "L: " * 10_000 + "}",
        "func f() { " + "if x { } else " * 5_000 + "{ } }",
        "var x = " + " + ".join(["y"] * 20_000),
        "type T struct { " + "a struct { " * 900 + "} " * 901,
        "var x T" + "[T" * 900 + "]" * 900,
    ],
    ids=lambda text: text[:30],
)
def test_deep_nesting_does_not_overflow(text: str) -> None:
    data = ("package p\n" + text).encode()
    facts = extract(data)
    assert decode(encode(facts)) == facts


def test_absurd_nesting_is_one_error() -> None:
    facts = extract(b"package p\nvar x = " + b"(" * 100_000)
    assert len(facts.errors) == 1
    assert facts.functions == []


def test_brackets_in_strings_and_comments_are_not_nesting() -> None:
    text = b"package p\n// " + b"(" * 5000 + b'\nvar s = "' + b"{" * 5000 + b'"\nvar t = `' + b"[" * 5000 + b"`\n"
    facts = extract(text)
    assert facts.errors == []
    assert [v.name for v in facts.variables] == ["s", "t"]


def test_many_random_cuts_of_two_files_are_sound() -> None:
    random_numbers = random.Random(1)
    for _ in range(100):
        cut = sorted(random_numbers.randrange(len(GO)) for _ in range(4))
        assert_sound(GO[cut[2] :] + GO[: cut[1]] + GO[cut[0] : cut[3]])
