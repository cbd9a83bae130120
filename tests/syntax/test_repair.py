"""Valid Go that the grammar does not know."""

from __future__ import annotations

import random
import re

import pytest

from tests.syntax.lowering import lowered, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("new(f(1))", "Call(Name(new), [Call(Name(f), [Const(int, 1)])])"),
        ("new(42)", "Call(Name(new), [Const(int, 42)])"),
        ("new(-1)", "Call(Name(new), [Const(int, -1)])"),
        ("new(a * 2)", "Call(Name(new), [Binary(*, Name(a), Const(int, 2))])"),
        ("new(T{1})", "Call(Name(new), [Lit(TName(T), [Element(None, Const(int, 1))])])"),
        ("new(&y)", "Call(Name(new), [Addr(Name(y))])"),
        ("new(a.b.c)", "Call(Name(new), [Sel(Sel(Name(a), b), c)])"),
        ('new(m["k"])', 'Call(Name(new), [Index(Name(m), Const(string, "k"))])'),
        ("new([]int{1})", "Call(Name(new), [Lit(TSlice(TName(int)), [Element(None, Const(int, 1))])])"),
        ("new(map[K]V{})", "Call(Name(new), [Lit(TMap(TName(K), TName(V)))])"),
        ('new("self", 1)', 'Call(Name(new), [Const(string, "self"), Const(int, 1)])'),
        ("make(1)", "Call(Name(make), [Const(int, 1)])"),
    ],
)
def test_new_and_make_take_values(text: str, expected: str) -> None:
    facts = lowered(f"var x = {text}\nvar y = make(map[K]V)\nvar z = new(T)")
    assert not facts.errors
    assert [shown(v.value) for v in facts.variables] == [
        expected,
        "Call(Name(make), [TypeArg(TMap(TName(K), TName(V)))])",
        "Call(Name(new), [Name(T)])",
    ]


def test_generic_methods_keep_their_type_parameters() -> None:
    facts = lowered("func (r *R[K]) N[T any, M ~map[K][2]T](n T, m M) T { return n }\nfunc (r *R[K]) O() {}")
    assert not facts.errors
    method = facts.functions[0]
    assert (method.name, shown(method.receiver_type), shown(method.params)) == ("N", "TPtr(TInst(TName(R), [TName(K)]))", "[1, 2]")
    assert [(p.name, shown(p.constraint)) for p in method.type_params] == [
        ("T", "TName(any)"),
        ("M", "TInterface([], [], [TMap(TName(K), TArray(TName(T), 2))])"),
    ]
    assert shown(method.body) == "[Return([Local(1)])]"
    assert facts.functions[1].type_params == []


def test_text_that_only_looks_like_a_call_of_new_is_left_alone() -> None:
    facts = lowered('var a = new(1)\nvar b = "new(x)"\nfunc renew(x int) {}')
    assert not facts.errors
    assert shown(facts.variables[1].value) == 'Const(string, "new(x)")'
    assert facts.functions[1].name == "renew"


@pytest.mark.parametrize("text", ["new([]int{1})", "new(map[K]V{})", "S{history: new([]D{}), timer: t}", "new([2]int{})", "new(struct{ a int }{1})"])
def test_new_takes_a_literal_where_nothing_else_in_the_file_needs_repair(text: str) -> None:
    assert not lowered(f"var x = {text}").errors


@pytest.mark.parametrize("body", ["{ ; g() }", "{;}", "{ ; if true { ; g() } }", "{ g(); { ; } }"])
def test_an_empty_statement_may_stand_first(body: str) -> None:
    facts = lowered(f"func f() {body}\nfunc g() {{}}")
    assert not facts.errors
    assert [function.name for function in facts.functions] == ["f", "g"]


_WORDS = ("new", "make", "nil", "true", "false", "iota")


@pytest.mark.parametrize("word", _WORDS)
def test_a_label_may_have_a_predeclared_name(word: str) -> None:
    assert _as_with_a_plain_name(f"{word}:\n\tfor _, n := range list {{\n\t\tif n > 0 {{ continue {word} }}\n\t\tbreak {word}\n\t}}", word)


@pytest.mark.parametrize("seed", range(200))
def test_nothing_else_before_a_colon_is_changed_along_with_a_label(seed: int) -> None:
    draw = random.Random(seed)
    word = draw.choice(_WORDS)
    around = [
        "switch v {{ case {0}: g(); case 1, {0}: g({0}) }}",
        "v = list[{0}:]",
        "v = list[{0}:{0}:{0}]",
        "v = T{{{0}: 1, b: {0}}}",
        "v = map[any]any{{\n\t{0}: 1,\n\t{0} : {0},\n}}",
        "v, w = {0}, {0}",
        'v = "a {0}: b"',
        "v = `\n{0}:\n`",
        "// {0}: not a label",
        "select {{ case c <- {0}: g() }}",
        "if v == {0} {{ goto {0} }}",
        "g(v, {0})",
        "func(v int) {{ _ = {0} }}(1)",
    ]
    labels = ["{0}: for {{ break {0} }}", "{0} : {{ goto {0} }}", "if v {{ {0}: g() }}", "a: {0}: for {{ continue {0} }}", "{0}:\n\n\tg()"]
    texts = draw.sample(around, draw.randrange(6))
    texts.insert(draw.randrange(len(texts) + 1), draw.choice(labels))
    assert _as_with_a_plain_name(draw.choice(["\n", "; ", "\n\n"]).join(texts).replace("// {0}: not a label; ", "").format(word), word)


def _as_with_a_plain_name(statements: str, word: str) -> bool:
    """Tell whether statements are lowered without errors to what they are with another word of the same length instead."""
    plain = "wxyzv"[: len(word)]
    found, wanted = (lowered(f"func f(list []int) {{\n{text}\n}}") for text in (statements, re.sub(rf"\b{word}\b", plain, statements)))
    assert not found.errors
    assert not wanted.errors
    return str(wanted).replace(plain, word) == str(found)
