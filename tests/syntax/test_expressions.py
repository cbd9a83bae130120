"""Expressions, the grammar's silent misreadings among them. `local`, `m` and `k` are the local variables 0, 1 and 2."""

from __future__ import annotations

import pytest

from golint_maps.syntax import decode, encode, extract
from golint_maps.syntax.ir import Const, Sel
from tests.syntax.lowering import expression, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers[name](req)", "Call(Index(Name(handlers), Name(name)), [Name(req)])"),
        ("handlers[k](req)", "Call(Index(Name(handlers), Local(2)), [Name(req)])"),
        ("m[k](local)", "Call(Index(Local(1), Local(2)), [Local(0)])"),
        ("s.m[k](x)", "Call(Index(Sel(Name(s), m), Local(2)), [Name(x)])"),
        ("s.m[a.b](x)", "Call(Index(Sel(Name(s), m), Sel(Name(a), b)), [Name(x)])"),
        ("local.m[k](x)", "Call(Index(Sel(Local(0), m), Local(2)), [Name(x)])"),
        ("m[*k](x)", "Call(Index(Local(1), Deref(Local(2))), [Name(x)])"),
        ("m[(k)](x)", "Call(Index(Local(1), Local(2)), [Name(x)])"),
        ("(m[k])(x)", "Call(Index(Local(1), Local(2)), [Name(x)])"),
        ("*m[k](x)", "Deref(Call(Index(Local(1), Local(2)), [Name(x)]))"),
        ("m[m[k]](x)", "Call(Index(Local(1), Index(Local(1), Local(2))), [Name(x)])"),
        ("m[k](x)(y)", "Call(Call(Index(Local(1), Local(2)), [Name(x)]), [Name(y)])"),
        ("m[k](x)[y]", "Index(Call(Index(Local(1), Local(2)), [Name(x)]), Name(y))"),
        ("m[k](x, y)", "Call(Index(Local(1), Local(2)), [Name(x), Name(y)])"),
        ("m[k](x...)", "Call(Index(Local(1), Local(2)), [Name(x)], True)"),
        ('m["a"](x)', 'Call(Index(Local(1), Const(string, "a")), [Name(x)])'),
        ("f[int](x)", "Call(Index(Name(f), Name(int)), [Name(x)])"),
        ("f[map[K]V](x)", "Call(Index(Name(f), TypeArg(TMap(TName(K), TName(V)))), [Name(x)])"),
        ("f[[]int](x, y)", "Call(Index(Name(f), TypeArg(TSlice(TName(int)))), [Name(x), Name(y)])"),
        ("f[K, V](x, y)", "Call(Inst(Name(f), [TName(K), TName(V)]), [Name(x), Name(y)])"),
        ("pkg.F[K, V](x)", "Call(Inst(Sel(Name(pkg), F), [TName(K), TName(V)]), [Name(x)])"),
        ("f[K, V]", "Inst(Name(f), [TName(K), TName(V)])"),
        ("f[[]int]", "Index(Name(f), TypeArg(TSlice(TName(int))))"),
        ("(*T)(x)", "Call(Deref(Name(T)), [Name(x)])"),
        ("(*a.T)(nil)", "Call(Deref(Sel(Name(a), T)), [Name(nil)])"),
        ("[]byte(x)", "Call(TypeArg(TSlice(TName(byte))), [Name(x)])"),
        ("map[K]V(x)", "Call(TypeArg(TMap(TName(K), TName(V))), [Name(x)])"),
        ("new(local)", "Call(Name(new), [Local(0)])"),
        ("new(T)", "Call(Name(new), [Name(T)])"),
        ("new(*T)", "Call(Name(new), [Deref(Name(T))])"),
        ("make(M, 3)", "Call(Name(make), [Name(M), Const(int, 3)])"),
        ("make(http.Header)", "Call(Name(make), [Sel(Name(http), Header)])"),
        ("make(Set[T])", "Call(Name(make), [Index(Name(Set), Name(T))])"),
        ("make(Map[K, V])", "Call(Name(make), [Inst(Name(Map), [TName(K), TName(V)])])"),
        ("make(map[K]V, n)", "Call(Name(make), [TypeArg(TMap(TName(K), TName(V))), Name(n)])"),
        ("make(chan int)", "Call(Name(make), [TypeArg(TChan(TName(int), both))])"),
        ("T{a: 1, b: local}", "Lit(TName(T), [Element(Name(a), Const(int, 1)), Element(Name(b), Local(0))])"),
        ("T{local: 1}", "Lit(TName(T), [Element(Local(0), Const(int, 1))])"),
        ("struct{ local int }{local: local}", "Lit(TStruct([Field(local, TName(int))]), [Element(Name(local), Local(0))])"),
        (
            "[]struct{ k int }{{k: k}}",
            "Lit(TSlice(TStruct([Field(k, TName(int))])), [Element(None, Lit(None, [Element(Name(k), Local(2))]))])",
        ),
        (
            "map[K]V{k: {1, 2}}",
            "Lit(TMap(TName(K), TName(V)), [Element(Local(2), Lit(None, [Element(None, Const(int, 1)), Element(None, Const(int, 2))]))])",
        ),
        (
            "map[K]int{{1, 2}: 3}",
            "Lit(TMap(TName(K), TName(int)), [Element(Lit(None, [Element(None, Const(int, 1)), Element(None, Const(int, 2))]), Const(int, 3))])",
        ),
        ("[...]string{2: `a`}", "Lit(TArray(TName(string), ...), [Element(Const(int, 2), Const(string, `a`))])"),
        ("&T{}", "Addr(Lit(TName(T)))"),
        ("pkg.T[int]{}", "Lit(TInst(TQual(pkg, T), [TName(int)]))"),
        ("local.a.b.c", "Sel(Sel(Sel(Local(0), a), b), c)"),
        ("local.\n\ta().\n\tb", "Sel(Call(Sel(Local(0), a)), b)"),
        ("local /* why */ .a", "Sel(Local(0), a)"),
        ("f(/* none */)", "Call(Name(f))"),
        ("f(a, // first\n b)", "Call(Name(f), [Name(a), Name(b)])"),
        ("m[k][local]", "Index(Index(Local(1), Local(2)), Local(0))"),
        ("local[a:b:c]", "SliceOf(Local(0), [Name(a), Name(b), Name(c)])"),
        ("local[:b]", "SliceOf(Local(0), [Name(b)])"),
        ("local.(map[string]int)", "Assert(Local(0), TMap(TName(string), TName(int)))"),
        ("<-local", "Recv(Local(0))"),
        ("!local", "Unary(!, Local(0))"),
        ("-1", "Const(int, -1)"),
        ("1 << 10", "Const(int, 1 << 10)"),
        ('"a" + "b"', 'Const(string, "a" + "b")'),
        ("1 < 2", "Binary(<, Const(int, 1), Const(int, 2))"),
        ("local != nil", "Binary(!=, Local(0), Name(nil))"),
        ("local<10", "Binary(<, Local(0), Const(int, 10))"),
        ("local < 10", "Binary(<, Local(0), Const(int, 10))"),
        ("local < 0x10", "Binary(<, Local(0), Const(int, 0x10))"),
        ("local + k*m", "Binary(+, Local(0), Binary(*, Local(2), Local(1)))"),
        ("local /* a */ + /* b */ k", "Binary(+, Local(0), Local(2))"),
        ("(((local)))", "Local(0)"),
        ("f(m...)", "Call(Name(f), [Local(1)], True)"),
        ("1.5i", "Const(imaginary, 1.5i)"),
        ("'x'", "Const(rune, 'x')"),
        (
            "T{0x1, 'a', -3}",
            "Lit(TName(T), [Element(None, Const(int, 0x1)), Element(None, Const(rune, 'a')), Element(None, Const(int, -3))])",
        ),
        (
            'T{"a", "b" + "c", "\\"", local}',
            (
                'Lit(TName(T), [Element(None, Const(string, "a")), Element(None, Const(string, "b" + "c")),'
                ' Element(None, Const(string, "\\"")), Element(None, Local(0))])'
            ),
        ),
        ("héllo.wörld", "Sel(Name(héllo), wörld)"),
    ],
)
def test_expressions_are_lowered_to_what_they_mean(text: str, expected: str) -> None:
    assert shown(expression(text)) == expected


def test_positions_are_byte_offsets_of_the_text() -> None:
    text = "package p\nvar x = a.bb.c"
    value = extract(text.encode()).variables[0].value
    assert isinstance(value, Sel)
    assert isinstance(value.base, Sel)
    assert text[value.pos : value.end] == "a.bb.c"
    assert text[value.base.pos : value.base.end] == "a.bb"


def test_the_text_of_constants_is_cut() -> None:
    constant = expression('"' + "é" * 100 + '"')
    assert isinstance(constant, Const)
    assert len(constant.text.encode()) <= 84


def test_a_key_that_is_a_named_type_is_a_plain_name() -> None:
    facts = extract(b"package p\nfunc f() { type T int; _ = S{T: 1} }")
    assert "Element(Name(T), Const(int, 1))" in shown(facts.functions[0].body)


def test_tables_of_constants_keep_no_elements_but_maps_and_names_do() -> None:
    constants = ", ".join(f'{i}, "x{i}", {i:#x}' for i in range(10))
    assert shown(expression(f"[]any{{{constants}}}")) == "Lit(TSlice(TName(any)))"
    assert shown(expression(f"[]any{{{constants}, local}}")).endswith("Element(None, Local(0))])")
    assert shown(expression(f"T{{{constants}}}")).count("Element") == 30
    pairs = ", ".join(f"{i}: 1" for i in range(10))
    assert shown(expression(f"map[int]int{{{pairs}}}")).count("Element") == 10


@pytest.mark.parametrize("operator", ["+", "&&", "||"])
def test_a_long_chain_of_operators_is_lowered_as_a_shallow_tree_with_its_operands_in_order(operator: str) -> None:
    names = [f"x{i}" for i in range(5000)]
    facts = extract(f"package p\nvar v = {f' {operator} '.join(names)}".encode())
    assert decode(encode(facts)) == facts
    order: list[str] = []
    stack: list[tuple[object, int]] = [(facts.variables[0].value, 0)]
    deepest = 0
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        if hasattr(node, "left"):
            stack += [(node.right, depth + 1), (node.left, depth + 1)]  # type: ignore[attr-defined]
        else:
            order.append(node.name)  # type: ignore[attr-defined]
    assert order == names
    assert deepest < 20
