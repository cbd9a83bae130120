"""Statements and their structure."""

from __future__ import annotations

import pytest

from golint_maps.syntax import decode, encode
from golint_maps.syntax.ir import Block, For, If, Range, Select, Switch
from tests.syntax.lowering import body, lowered, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x++", "Assign(+=, [Name(x)])"),
        ("x--", "Assign(-=, [Name(x)])"),
        ("m[k]++", "Assign(+=, [Index(Name(m), Name(k))])"),
        ("x <<= 2", "Assign(<<=, [Name(x)], [Const(int, 2)])"),
        ("a, b = b, a", "Assign(=, [Name(a), Name(b)], [Name(b), Name(a)])"),
        ("m[k], ok = <-c", "Assign(=, [Index(Name(m), Name(k)), Name(ok)], [Recv(Name(c))])"),
        ("_ = x", "Assign(=, [Name(_)], [Name(x)])"),
        ("c <- v", "Send(Name(c), Name(v))"),
        ("<-c", "Do(Recv(Name(c)))"),
        ("go f(x)", "Go(Call(Name(f), [Name(x)]))"),
        ("go handlers[name](x)", "Go(Call(Index(Name(handlers), Name(name)), [Name(x)]))"),
        ("defer mu.Unlock()", "Defer(Call(Sel(Name(mu), Unlock)))"),
        ("defer func() {}()", "Defer(Call(FuncLit(1)))"),
        ("return", "Return()"),
        ("return a, b", "Return([Name(a), Name(b)])"),
        ("goto done; done:", "Branch(goto, done)"),
        ("{ f() }", "Block([Do(Call(Name(f)))])"),
        ("if x == nil { return }", "If(None, Binary(==, Name(x), Name(nil)), [Return()])"),
        ("if (x) { } else { f() }", "If(None, Name(x), [], [Do(Call(Name(f)))])"),
        ("for { break }", "For(None, None, None, [Branch(break)])"),
        ("for x { continue }", "For(None, Name(x), None, [Branch(continue)])"),
        ("for ; x; { }", "For(None, Name(x))"),
        ("for range 10 { f() }", "Range(None, None, False, Const(int, 10), [Do(Call(Name(f)))])"),
        (
            "switch { case a, b: f(); fallthrough; default: }",
            "Switch(None, None, [Case([Name(a), Name(b)], [Do(Call(Name(f))), Branch(fallthrough)]), Case([], [], True)])",
        ),
        ("switch x = 1; y.(type) { }", "TypeSwitch(Assign(=, [Name(x)], [Const(int, 1)]), Name(y))"),
        (
            "switch y.(type) { case map[K]V, *T: f() }",
            "TypeSwitch(None, Name(y), [TypeCase([TMap(TName(K), TName(V)), TPtr(TName(T))], [Do(Call(Name(f)))], False, -1)])",
        ),
        (
            "select { case v := <-c: f(v); case c <- 1: case <-d: default: }",
            (
                "Select([CommCase(Assign(:=, [Local(0)], [Recv(Name(c))]), [Do(Call(Name(f), [Local(0)]))]),"
                " CommCase(Send(Name(c), Const(int, 1))), CommCase(Do(Recv(Name(d)))), CommCase()])"
            ),
        ),
        ("const c = 1; f()", "Do(Call(Name(f)))"),
        ("; ; f()", "Do(Call(Name(f)))"),
        ("/* one */ // two\n f() // three", "Do(Call(Name(f)))"),
    ],
)
def test_statements_are_lowered(text: str, expected: str) -> None:
    assert shown(body(text)[0]) == expected


def test_the_first_of_several_statements_is_not_taken_for_all() -> None:
    assert len(body("a(); b()\nc()")) == 3
    assert len(body("a()")) == 1
    assert body("") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("L: for { break L }", For), ("L: for range m { continue L }", Range), ("L: switch { }", Switch), ("L: select { }", Select), ("L: { }", Block)],
)
def test_labels_belong_to_the_statement_that_can_carry_one(text: str, kind: type) -> None:
    found = body(text)
    assert len(found) == 1
    assert isinstance(found[0], kind)
    assert found[0].label == "L"  # type: ignore[union-attr]


def test_other_labels_are_statements() -> None:
    assert shown(body("L: f()")) == "[Label(L), Do(Call(Name(f)))]"
    assert shown(body("L:\n")) == "[Label(L)]"
    assert shown(body("L: M: for { }")) == "[Label(L), For(None, None, None, [], M)]"


def test_a_label_does_not_leak_into_a_loop_inside() -> None:
    outer = body("L: for { for { } }")[0]
    assert isinstance(outer, For)
    inner = outer.body[0]
    assert isinstance(inner, For)
    assert inner.label == ""


def test_else_if_is_nested() -> None:
    branch = body("if a { f() } else if b { g() } else { h() }")[0]
    assert isinstance(branch, If)
    assert shown(branch.orelse) == "[If(None, Name(b), [Do(Call(Name(g)))], [Do(Call(Name(h)))])]"


def test_a_long_else_if_chain_becomes_a_switch_in_which_break_still_ends_the_loop() -> None:
    links = " else ".join(f"if x == {i} {{ {'break' if i == 7 else f'f({i})'} }}" for i in range(4000))
    facts = lowered(f"func f() {{ for {{ {links} else {{ g() }} }} }}")
    assert decode(encode(facts)) == facts
    assert not facts.errors
    loop = (facts.functions[0].body or [])[0]
    assert isinstance(loop, For)
    assert isinstance(loop.body[0], Switch)
    assert len(loop.body[0].cases) == 4001
    assert loop.body[0].cases[-1].default
    assert loop.label
    assert shown(loop.body[0].cases[7].body) == f"[Branch(break, {loop.label})]"


def test_a_long_else_if_chain_with_init_statements_is_cut_and_reported() -> None:
    links = " else ".join(f"if x{i} := g(); x{i} {{ }}" for i in range(2000))
    facts = lowered(f"func f() {{ {links} }}")
    assert facts.functions[0].damaged
    assert facts.errors
    assert decode(encode(facts)) == facts
