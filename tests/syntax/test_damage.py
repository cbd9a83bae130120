"""Text that the grammar cannot read: what is whole is lowered, what is not is reported."""

from __future__ import annotations

from golint_maps.syntax import extract
from golint_maps.syntax.damage import MAX_ERRORS
from tests.syntax.lowering import lowered, shown


def test_functions_around_a_broken_one_are_lowered_in_full() -> None:
    facts = lowered("func a() { m[k] = 1 }\nfunc b() { x := ; y() }\nfunc c() { delete(m, k) }")
    whole = {f.name: f for f in facts.functions}
    assert [whole[name].damaged for name in "abc"] == [False, True, False]
    assert shown(whole["a"].body) == "[Assign(=, [Index(Name(m), Name(k))], [Const(int, 1)])]"
    assert shown(whole["c"].body) == "[Do(Call(Name(delete), [Name(m), Name(k)]))]"
    assert "Call(Name(y))" in shown(whole["b"].body)
    assert [error.line for error in facts.errors] == [3]


def test_declarations_beside_text_at_top_level_that_is_no_go_are_lowered() -> None:
    facts = lowered("func a() {}\n%%%\nfunc b() { f() }\ntype T map[string]int\n")
    assert facts.errors
    assert {"a", "b"} <= {f.name for f in facts.functions}
    assert [t.name for t in facts.types] == ["T"]


def test_a_missing_brace_is_an_error() -> None:
    facts = lowered("func a() {\n\tf()\n")
    assert facts.errors


def test_errors_that_touch_are_one_and_there_are_not_many() -> None:
    facts = lowered("\n".join(f"func f{i}() {{ x := ; ; ) }}" for i in range(200)))
    assert 0 < len(facts.errors) <= MAX_ERRORS
    assert all(a.end < b.pos for a, b in zip(facts.errors, facts.errors[1:], strict=False))


def test_a_damaged_literal_damages_the_function_around_it() -> None:
    facts = lowered("func f() { go func() { x := }() }")
    assert [f.damaged for f in facts.functions] == [True] * len(facts.functions)


def test_a_clean_file_has_no_errors() -> None:
    assert extract(b"\xef\xbb\xbfpackage p\r\n\r\nfunc f() {\r\n\tg()\r\n}\r\n").errors == []
    assert extract(b"package p").errors == []
