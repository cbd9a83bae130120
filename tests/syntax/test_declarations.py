"""Imports, types, constants and functions of a file."""

from __future__ import annotations

import pytest

from golint_maps.syntax import extract
from tests.syntax.lowering import function, lowered, shown


def test_imports_keep_path_and_alias() -> None:
    facts = lowered('import "fmt"\nimport (\n\tx "a/b"\n\t. "c"\n\t_ `d`\n)')
    assert [(i.path, i.alias) for i in facts.imports] == [("fmt", ""), ("a/b", "x"), ("c", "."), ("d", "_")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("map[string][]*T", "TMap(TName(string), TSlice(TPtr(TName(T))))"),
        ("[4]int", "TArray(TName(int), 4)"),
        ("[2 * N]int", "TArray(TName(int), 2 * N)"),
        ("chan int", "TChan(TName(int), both)"),
        ("<-chan int", "TChan(TName(int), receive)"),
        ("chan<- int", "TChan(TName(int), send)"),
        ("chan (<-chan int)", "TChan(TChan(TName(int), receive), both)"),
        ("func(a, b int, c ...string) (x int, err error)", "TFunc([TName(int), TName(int), TName(string)], [TName(int), TName(error)], True)"),
        ("func(int) string", "TFunc([TName(int)], [TName(string)])"),
        ("sync.Map", "TQual(sync, Map)"),
        ("Set[string]", "TInst(TName(Set), [TName(string)])"),
        ("a.Map[K, V]", "TInst(TQual(a, Map), [TName(K), TName(V)])"),
        ("(T)", "TName(T)"),
        ('struct{ a, b int; c T `json:"c"` }', "TStruct([Field(a, TName(int)), Field(b, TName(int)), Field(c, TName(T))])"),
        (
            "struct { *sync.Mutex; T; *E[int]; p.Q[K, V] }",
            (
                "TStruct([Field(Mutex, TPtr(TQual(sync, Mutex)), True), Field(T, TName(T), True),"
                " Field(E, TPtr(TInst(TName(E), [TName(int)])), True), Field(Q, TInst(TQual(p, Q), [TName(K), TName(V)]), True)])"
            ),
        ),
        (
            "interface { M(a int) string; fmt.Stringer; E }",
            "TInterface([Method(M, TFunc([TName(int)], [TName(string)]))], [TQual(fmt, Stringer), TName(E)])",
        ),
        ("interface { ~map[K]V | ~[]V }", "TInterface([], [], [TMap(TName(K), TName(V)), TSlice(TName(V))])"),
        ("interface{}", "TInterface()"),
    ],
)
def test_types_are_lowered_as_written(text: str, expected: str) -> None:
    assert shown(lowered(f"type X {text}").types[0].type).replace(", 0)", ")").removesuffix(", [], [])") in (
        expected,
        expected.removesuffix(", [], [])"),
    )


def test_generic_types_aliases_and_groups() -> None:
    facts = lowered("type (\n\tSet[K comparable, V, W any] map[K]V\n\tA = B\n\tG[P ~map[string]int | ~[]int] = C[P]\n)")
    assert [(t.name, t.alias, [p.name for p in t.params]) for t in facts.types] == [
        ("Set", False, ["K", "V", "W"]),
        ("A", True, []),
        ("G", True, ["P"]),
    ]
    assert shown(facts.types[2].params[0].constraint) == "TInterface([], [], [TMap(TName(string), TName(int)), TSlice(TName(int))])"


def test_constants_repeat_type_and_value_of_the_line_above() -> None:
    facts = lowered("const (\n\tA T = iota\n\tB\n\t_\n\tC, D = 1, 2\n\tE, F\n)")
    assert [(c.name, shown(c.type), shown(c.value)) for c in facts.constants] == [
        ("A", "TName(T)", "Name(iota)"),
        ("B", "TName(T)", "Name(iota)"),
        ("_", "TName(T)", "Name(iota)"),
        ("C", "None", "Const(int, 1)"),
        ("D", "None", "Const(int, 2)"),
        ("E", "None", "Const(int, 1)"),
        ("F", "None", "Const(int, 2)"),
    ]


def test_methods_know_their_receiver() -> None:
    found = function("func (c *Cache[K, _]) f() {}")
    assert shown(found.receiver_type) == "TPtr(TInst(TName(Cache), [TName(K), TName(_)]))"
    assert found.receiver == 0
    unnamed = function("func (Cache) f() {}")
    assert (shown(unnamed.receiver_type), unnamed.receiver) == ("TName(Cache)", -1)


def test_a_function_without_body_has_none() -> None:
    assert function("func f(x int) error").body is None
    assert function("func f() {}").body == []


def test_type_parameters_of_functions() -> None:
    found = function("func f[K comparable, M ~map[K]V, V any](m M) {}")
    assert [(p.name, shown(p.constraint)) for p in found.type_params] == [
        ("K", "TName(comparable)"),
        ("M", "TInterface([], [], [TMap(TName(K), TName(V))])"),
        ("V", "TName(any)"),
    ]


def test_without_bodies_only_declarations_are_lowered() -> None:
    text = b"package p\nvar v = func(a int) { g() }\ntype T struct{ m map[string]int }\nfunc (t *T) f(x int) (err error) { type L int; return nil }"
    facts = extract(text, bodies=False)
    assert [f.body for f in facts.functions] == [None, None, None]
    assert [t.name for t in facts.types] == ["T"]
    assert shown(facts.variables[0].value) == "FuncLit(1)"
    method = facts.functions[2]
    assert [v.name for v in method.variables] == ["t", "x", "err"]
    assert extract(text).functions[2].type == method.type


def test_positions_of_declarations() -> None:
    text = "package p\nfunc f() {}\ntype T struct {\n\tname int\n}\n"
    facts = lowered(text)
    found = facts.functions[0]
    assert (text[found.pos : found.end], text[found.name_pos]) == ("func f() {}", "f")
    assert text[facts.types[0].pos :].startswith("T struct")
    field = facts.types[0].type.fields[0]  # type: ignore[union-attr]
    assert text[field.pos : field.end] == "name"
    assert (facts.lines, facts.size, facts.package) == (5, len(text), "p")
