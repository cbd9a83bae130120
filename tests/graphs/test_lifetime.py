"""Which objects live as long as the process."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def reason(source: str, name: str = "T") -> str | None:
    found = Program([facts_of({"p.go": "package p\n" + source})]).lifetimes.of_type(f"example.com/p.{name}")
    return found.words if found is not None else None


TYPE = "type T struct { m map[string]int; in chan string }\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("var t T", "the package variable p.t holds it"),
        ("var t = &T{}", "the package variable p.t holds it"),
        ("var t = new(T)", "the package variable p.t holds it"),
        ("func newT() (*T, error) { return &T{}, nil }\nvar t, _ = newT()", "the package variable p.t holds it"),
        ("func newT() *T { return &T{} }\nvar t = newT()", "the package variable p.t holds it"),
        ("var all [4]T", "the package variable p.all holds it"),
        ("type U struct { t *T }\nvar u U", "it is a part of p.U: the package variable p.u holds it"),
        ("type I interface { Get() int }\nfunc (t *T) Get() int { return 0 }\ntype U struct { i I }\nvar u U", "it is a part of p.U"),
        ("func (t *T) run() { for range t.in {} }\nfunc New() *T { t := &T{}; go t.run(); return t }", "serves until it is told to stop"),
        (
            "func (t *T) run() { t.loop() }\nfunc (t *T) loop() { for range t.in {} }\nfunc New() *T { t := &T{}; go t.run(); return t }",
            "serves until it is told to stop",
        ),
        ("func (t *T) Run() { for { <-t.in } }", "T.Run serves until it is told to stop"),
    ],
)
def test_reasons_to_live(source: str, words: str) -> None:
    found = reason(TYPE + source)
    assert found is not None
    assert words in found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "func f() { t := &T{}; _ = t }",
        "var all = map[string]*T{}",
        "var c = make(chan *T)",
        "type U struct { t *T }",
        "var t = &T{}\nfunc Reset() { t = &T{} }",
        "var t T\nfunc (t *T) Reset() { *t = T{} }",
        "func (t *T) load() { for i := 0; i < 3; i++ {} }\nfunc New() *T { t := &T{}; go t.load(); return t }",
        "type U struct { t *T }\nvar u U\nfunc (u *U) Reset() { u.t = &T{} }",
    ],
)
def test_no_reason_is_seen(source: str) -> None:
    assert reason(TYPE + source) is None


def test_an_object_that_is_made_when_there_is_none_stays() -> None:
    assert reason(TYPE + "var t *T\nfunc Get() *T { if t == nil { t = &T{} }; return t }") is not None
    assert reason(TYPE + "type U struct { t *T }\nvar u U\nfunc (u *U) get() *T { if u.t == nil { u.t = &T{} }; return u.t }") is not None
