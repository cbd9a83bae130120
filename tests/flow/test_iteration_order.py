"""Where the order of a loop over a map shows."""

from __future__ import annotations

import pytest

from golint_maps.flow.ranges import OrderEscape
from golint_maps.testing import facts_of

IMPORTS = """import ("encoding/json"; "fmt"; "io"; "os"; "sort"; "strings")
var _ = json.Marshal
var _ io.Writer = os.Stdout
var _ = fmt.Sprint
var _ = sort.Strings
var _ = strings.Join
"""


def escapes(body: str, *, result: str = "[]string", declarations: str = "", name: str = "f") -> list[tuple[str, str]]:
    """Return (kind, use) of what shows in a function with this body."""
    text = f"package p\n{IMPORTS}{declarations}\nfunc {name}(m map[string]float64, w io.Writer) {result} {{\n{body}\n}}\n"
    return [(fact.kind, fact.use) for fact in facts_of(text).facts if isinstance(fact, OrderEscape)]


FILL = "var s []string; for k := range m { s = append(s, k) }; "


@pytest.mark.parametrize(
    ("use", "how"),
    [
        ("return s", "returned"),
        ('t := strings.Join(s, ","); _ = t; return nil', "joined"),
        ("b, _ := json.Marshal(s); _ = b; return nil", "encoded"),
        ("fmt.Println(s); return nil", "printed"),
        ("x.s = s; return nil", "stored"),
        ("x = T{s}; return nil", "stored"),
        ("for _, e := range s { fmt.Fprintln(w, e) }; return nil", "walked over"),
        ("t := s; return t", "returned"),
        ("return append([]string{}, s...)", "returned"),
    ],
)
def test_a_slice_filled_in_map_order_shows_where_it_is_used_in_order(use: str, how: str) -> None:
    assert escapes(FILL + use, declarations="type T struct { s []string }\nvar x T") == [("append", how)]


@pytest.mark.parametrize(
    "use",
    [
        "sort.Strings(s); return s",
        "sort.Slice(s, func(i, j int) bool { return s[i] < s[j] }); return s",
        "inOrder(s); return s",
        "bySort(s); return s",
        "for _, e := range s { os.Remove(e) }; return nil",
        "_ = len(s); return nil",
        "x.s = s; sort.Strings(x.s); return nil",
    ],
)
def test_a_slice_that_is_sorted_or_used_like_a_set_does_not_show(use: str) -> None:
    declarations = "type T struct { s []string }\nvar x T\nfunc inOrder(a []string) { sort.Strings(a) }\nfunc bySort(a []string) {}"
    assert escapes(FILL + use, declarations=declarations) == []


def test_a_result_that_a_caller_sorts_does_not_show() -> None:
    assert escapes(FILL + "return s", declarations="func g() { s := f(nil, nil); sort.Strings(s) }") == []


def test_a_function_documented_to_have_no_order_is_quiet() -> None:
    doc = "// f returns the keys in no particular order."
    text = f"package p\n{doc}\nfunc f(m map[string]int) (s []string) {{ for k := range m {{ s = append(s, k) }}; return }}"
    assert [fact for fact in facts_of(text).facts if isinstance(fact, OrderEscape)] == []


def test_a_named_result_is_returned() -> None:
    assert escapes("for k := range m { s = append(s, k) }; return", result="(s []string)") == [("append", "returned")]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("t += k", "text"),
        ("t = t + k", "text"),
        ("x += v", "float"),
        ("x = x + v", "float"),
        ("n += len(k)", ""),
        ('t += "."', ""),
        ("x += 1", ""),
        ("u := ``; u += k; _ = u", ""),
        ("t = k", ""),
    ],
)
def test_sums_show_when_their_parts_do_not_commute(statement: str, kind: str) -> None:
    body = f"t, x, n := ``, 0.0, 0; for k, v := range m {{ _, _ = k, v; {statement} }}; _, _, _ = t, x, n"
    assert [found for found, _ in escapes(body, result="")] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("statement", "shows"),
    [
        ("fmt.Fprintln(w, k)", True),
        ("io.WriteString(w, k)", True),
        ("w.Write([]byte(k))", True),
        ("b.WriteString(k)", True),
        ("json.NewEncoder(w).Encode(k)", False),
        ("e.Encode(k)", True),
        ("fmt.Println(k)", True),
        ("fmt.Fprintln(os.Stderr, k)", False),
        ("if debug { fmt.Println(k) }", False),
        ("b.Reset(); b.WriteString(k)", False),
        ("var own strings.Builder; own.WriteString(k)", False),
        ("files[k].WriteString(k)", False),
    ],
)
def test_output_to_one_place_shows_the_order(statement: str, shows: bool) -> None:
    declarations = "var b strings.Builder\nvar e = json.NewEncoder(nil)\nvar debug bool\nvar files map[string]*os.File"
    assert escapes(f"for k := range m {{ {statement} }}", result="", declarations=declarations) == ([("write", "")] if shows else [])


@pytest.mark.parametrize(
    ("condition", "shows"),
    [
        ('strings.Contains(k, "x")', True),
        ("v > 3", True),
        ("v != 3", True),
        ('k == "x"', False),
        ("strings.EqualFold(k, `x`)", False),
        ('strings.HasPrefix(k, "x") && v == 3', False),
        ("fits(k)", False),
    ],
)
def test_the_first_entry_shows_where_several_may_fit(condition: str, shows: bool) -> None:
    body = f'for k, v := range m {{ _ = v; if {condition} {{ return k }} }}; return ""'
    found = escapes(body, result="string", declarations="func fits(string) bool { return true }")
    assert found == ([("choice", "returned")] if shows else [])


def test_a_kept_first_entry_shows_at_the_break() -> None:
    assert escapes('s := ""; for k, v := range m { if v > 3 { s = k; break } }; return s', result="string") == [("choice", "kept")]


@pytest.mark.parametrize("body", ["for k := range m { return k }; return ``", "for k := range m { if m[k] > 3 { return k } }; return ``"])
def test_a_function_that_asks_for_any_entry_by_name_is_quiet_without_a_condition(body: str) -> None:
    assert bool(escapes(body, result="string", name="anyKey")) == ("if" in body)


def test_errors_and_booleans_do_not_tell_which_entry_came_first() -> None:
    assert escapes('for k, v := range m { if v > 3 { return true, fmt.Errorf("%s", k) } }; return false, nil', result="(bool, error)") == []
