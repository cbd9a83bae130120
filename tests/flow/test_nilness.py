"""Writes to nil maps."""

from __future__ import annotations

import pytest

from golint_maps.flow.nilness import NilWrite
from golint_maps.testing import facts_of

PRELUDE = """package p
import ("encoding/json"; "errors"; "log"; "maps"; "net/http"; "sync")
var _ = json.Marshal
var _ = log.Fatal
var _ = maps.Clone[map[int]int]
var _ http.Header
type M = map[string]int
func cond() bool
func other(...any)
"""


def writes(text: str) -> list[tuple[str, str, bool]]:
    """Return (map, cause, sure) of the writes to nil maps in some declarations."""
    return [(fact.map, fact.cause, fact.sure) for fact in facts_of(PRELUDE + text).facts if isinstance(fact, NilWrite)]


def of_others(text: str) -> list[tuple[str, str, bool]]:
    """The same, in a package that imports another one with a struct, and a function that may fail."""
    imports = {"example.com/api": "package api\ntype Spec struct { Labels map[string]string; Inner *Spec }\nfunc Load() (map[string]string, error)"}
    text = 'package p\nimport ("example.com/api"; "log"; "maps")\nvar _ = maps.Clone[map[int]int]\nvar _ = log.Fatal\nfunc other(...any)\n' + text
    return [(fact.map, fact.cause, fact.sure) for fact in facts_of(text, imports=imports).facts if isinstance(fact, NilWrite)]


def inside(body: str, params: str = "c bool, keys []string, m M") -> list[tuple[str, str, bool]]:
    """Return (map, cause, sure) of the writes to nil maps in a function with this body."""
    return writes(f"func f({params}) {{\n{body}\n}}\n")


def test_a_declared_map_is_nil() -> None:
    assert inside("var n M; n[``]++") == [("n", "declared", True)]


def test_a_named_result_is_nil() -> None:
    assert writes("func f() (n M) { n[``] = 1; return }") == [("n", "result", True)]


def test_a_map_that_was_made_is_not_nil() -> None:
    assert inside("var n M; n = make(M); n[``]++; k := M{}; k[``]++") == []


def test_reading_a_nil_map_is_fine() -> None:
    assert inside("var n M; _ = n[``]; delete(n, ``); clear(n); for range n {}; other(len(n))") == []


def test_a_map_that_was_set_to_nil_is_nil() -> None:
    assert inside("n := M{}; n = nil; n[``] = 1") == [("n", "assigned", True)]


def test_nil_at_the_end_of_a_turn_is_seen_by_the_next() -> None:
    assert inside("n := M{}; for _, k := range keys { n[k]++; if c { n = nil } }") == [("n", "assigned", False)]


def test_made_on_one_way_only_is_a_maybe() -> None:
    assert inside("var n M; if c { n = M{} }; n[``]++") == [("n", "declared", False)]


def test_the_write_is_quiet_behind_the_condition_that_made_the_map() -> None:
    assert inside("var n M; if c { n = M{} }; other(); if c { n[``]++ }") == []


def test_the_write_is_quiet_behind_what_follows_from_the_condition_that_made_the_map() -> None:
    assert inside("var n M; if c { n = M{} }; d := c && cond(); if d { n[``]++ }") == []


def test_the_write_is_quiet_behind_what_was_set_along_with_the_map() -> None:
    assert inside("var n M; ready := false; if cond() { n = M{}; ready = true }; if ready { n[``]++ }") == []


def test_behind_a_correlated_condition_both_ways_are_taken_up_again() -> None:
    assert inside("var n M; if c { n = M{} }; if c { other() }; n[``]++") == [("n", "declared", False)]


def test_a_nil_check_makes_sure() -> None:
    assert inside("var n M; for _, k := range keys { if n == nil { n = M{} }; n[k]++ }") == []


@pytest.mark.parametrize(
    "condition", ["n != nil", "len(n) > 0", "len(n) != 0", "0 < len(n)", "len(n) >= 1", "!(n == nil)", "c && n != nil", "!(c || n == nil)"]
)
def test_conditions_that_a_nil_map_does_not_meet(condition: str) -> None:
    assert inside(f"var n M; if c {{ n = M{{}} }}; if {condition} {{ n[``]++ }}") == []


def test_a_map_that_was_found_nil_is_nil() -> None:
    assert inside("if m == nil { m[``] = 1 }") == [("m", "compared", True)]


def test_after_a_certain_panic_nothing_is_told() -> None:
    assert inside("var n, o M; n[``]++; o[``]++; n[``]++") == [("n", "declared", True)]


def test_an_uncertain_write_is_told_once() -> None:
    assert inside("var n M; if c { n = M{} }; n[``]++; n[``]++") == [("n", "declared", False)]


def test_ways_that_end_do_not_count() -> None:
    assert inside("var n M; if c { n = M{} } else { log.Fatal() }; n[``]++") == []
    assert inside("bad := func() { panic(1) }; var n M; switch { case c: n = M{}; default: bad() }; n[``]++") == []


def test_a_log_entry_that_ends_the_program_does_so_when_it_is_written() -> None:
    events = (
        "type E struct{}; func (e *E) Str(k, v string) *E; func (e *E) Msg(m string)\ntype L struct{}; func (l L) Fatal() *E; func (l L) Error() *E\n"
    )
    made = "func f(c bool, l L) {{ var n M; if c {{ n = M{{}} }} else {{ {} }}; n[``]++ }}"
    assert writes(events + made.format("l.Fatal().Str(``, ``).Msg(``)")) == []
    assert writes(events + made.format("l.Error().Str(``, ``).Msg(``)")) == [("n", "declared", False)]
    assert writes(events + made.format("l.Fatal().Str(``, ``)")) == [("n", "declared", False)]


def test_a_closure_may_make_the_map() -> None:
    assert inside("var n M; set := func() { n = M{} }; set(); n[``]++") == []


def test_a_closure_sees_a_map_that_nobody_makes() -> None:
    assert inside("var n M; func() { n[``]++ }()") == [("n", "declared", True)]


def test_whoever_has_the_address_may_make_the_map() -> None:
    assert inside("var n M; other(&n); n[``]++") == []
    assert inside("var n M; p := &n; *p = M{}; n[``]++") == []


def test_the_inner_map_of_a_new_map_is_nil() -> None:
    assert inside("n := map[string]M{}; n[``][``]++") == [("n[``]", "inner", True)]
    assert inside("var n map[string]M; n[``][``]++") == [("n[``]", "declared", True)]


def test_the_inner_map_of_an_unknown_map_is_not_known() -> None:
    assert inside("m[``][``]++", "m map[string]M") == []


def test_an_inner_map_that_was_stored_is_made() -> None:
    assert inside("n := map[string]M{}; for _, k := range keys { if n[k] == nil { n[k] = M{} }; n[k][k]++ }") == []
    assert inside("n := map[string]M{}; for _, k := range keys { row, ok := n[k]; if !ok { row = M{}; n[k] = row }; row[k]++ }") == []
    assert inside("n := map[string]M{}; for _, k := range keys { n[k] = M{} }; for _, k := range keys { n[k][k]++ }") == []


def test_an_inner_map_that_a_callee_may_store_is_not_known() -> None:
    assert inside("n := map[string]M{}; other(n); n[``][``]++") == []


def test_a_look_up_that_found_nothing_gives_nil() -> None:
    assert inside("row, ok := m[``]; if ok { return }; row[``]++", "m map[string]M") == [("row", "missing", True)]


def test_a_decoder_may_leave_the_map_nil() -> None:
    assert inside("n := M{}; json.Unmarshal(data, &n); n[``]++; n[``]++", "data []byte") == [("n", "decoded", False)]
    assert inside("var n M; json.NewDecoder(nil).Decode(&n); n[``]++") == [("n", "decoded", False)]


def test_a_decoder_may_leave_a_map_in_a_struct_nil() -> None:
    text = (
        "type T struct { M M; S string; In struct { M M }; Ptr *T }\ntype U struct { M M }\nfunc (u *U) UnmarshalJSON([]byte) error\nfunc check(T)\n"
    )

    def decoding(body: str, kind: str = "T", zero: str = "var t {}") -> list[tuple[str, str, bool]]:
        return writes(f"{text}func f() {{ {zero.format(kind)}; if json.NewDecoder(nil).Decode(&t) != nil {{ return }}; {body} }}")

    absent = [("t.M", "absent", False)]
    assert decoding("t.M[``]++; t.M[``]++") == absent
    assert decoding("if t.S == `` { return }; t.M[``]++") == absent
    assert decoding("t.In.M[``]++") == [("t.In.M", "absent", False)]
    assert decoding("if t.M == nil { t.M = M{} }; t.M[``]++") == []
    assert decoding("if t.S == `m` { t.M[``]++ }") == []
    assert decoding("check(t); t.M[``]++") == []
    assert decoding("t.Ptr.M[``]++") == []
    assert decoding("t.M[``]++", kind="U") == []
    for made, expected in (("&T{}", absent), ("new(T)", absent), ("&T{M: M{}}", []), ("given", [])):
        body = f"t := {made}; if json.NewDecoder(nil).Decode(t) != nil {{ return }}; t.M[``]++"
        assert writes(f"{text}func f(given *T) {{ {body} }}") == expected
    assert decoding("t.M[``]++", zero="t := T{{M: M{{}}}}") == []
    assert writes(f"{text}func f(t T) {{ json.NewDecoder(nil).Decode(&t); t.M[``]++ }}") == []
    assert writes(f"{text}func f(m T) {{ var t T; data, _ := json.Marshal(m); json.Unmarshal(data, &t); t.M[``]++ }}") == []


def test_a_function_gives_nil_for_nothing() -> None:
    makers = (
        "func some(keys []string) M { if len(keys) == 0 { return nil }; return M{} }\n"
        "func parse(text string) (M, error) { if text == `` { return nil, nil }; return M{}, nil }\n"
        "func unless(skip bool, p *int) M { if skip || p == nil { return nil }; return M{} }\n"
        "func at(p *int) M { if p == nil { return nil }; return M{} }\n"
    )

    def given(body: str) -> list[tuple[str, str, bool]]:
        return writes(f"{makers}func f(keys []string, c bool, p *int, text string) {{\n{body}\n}}\n")

    maybe = [("n", "sometimes", False)]
    assert given("n := some(keys); n[``]++; n[``]++") == maybe
    assert given("n, err := parse(text); if err != nil { return }; n[``]++") == maybe
    assert given("n := unless(c, p); n[``]++") == maybe
    assert given("n := some(keys); if n == nil { n = M{} }; n[``]++") == []
    assert given("n := some(keys); for _, k := range keys { n[k]++ }") == []
    assert given("if len(keys) == 0 { return }; n := some(keys); n[``]++") == []
    assert given("n := some([]string{``}); n[``]++; k := unless(false, nil); k[``]++") == []
    assert given("n := at(p); n[``]++") == []


def test_what_is_copied_to_be_changed_has_been_stored_before() -> None:
    assert inside("n, _ := current.Load().(M); n[``]++", "current interface{ Load() any }") == []
    assert inside("n, ok := current.Load().(M); println(ok); n[``]++", "current interface{ Load() any }") == [("n", "asserted", False)]


def test_an_assertion_that_fails_gives_nil() -> None:
    maybe = [("n", "asserted", False)]
    assert inside("n, _ := v.(M); n[``]++; n[``]++", "v any") == maybe
    assert inside("n, ok := v.(M); if !ok { other() }; n[``]++", "v any") == maybe
    assert inside("n, ok := v.(M); if !ok { n[``]++ }", "v any") == [("n", "asserted", True)]
    assert inside("n, ok := v.(M); if !ok { return }; n[``]++", "v any") == []
    assert inside("n, ok := v.(M); if !ok { n = M{} }; n[``]++", "v any") == []
    assert inside("if n, ok := v.(M); ok { n[``]++ }", "v any") == []
    assert inside("n, _ := v.(M); if n == nil { n = M{} }; n[``]++", "v any") == []
    assert inside("n := v.(M); n[``]++", "v any") == []


def test_the_elements_of_a_new_slice_are_nil() -> None:
    element = [("s[0]", "element", True)]
    assert inside("s := make([]M, 3); s[0][``]++") == element
    assert inside("s := make([]M, 3); for i := range s { s[i][``]++ }") == [("s[i]", "element", True)]
    assert inside("s := make([]M, 3); for i := range s { s[i] = M{} }; s[0][``]++") == []
    assert inside("s := make([]M, 3); other(s); s[0][``]++") == []
    assert inside("s := make([]M, 0, 3); s = append(s, M{}); s[0][``]++") == []
    head = "type t struct { m M; n int }\nfunc n() *t { return &t{m: M{}} }\n"
    assert writes(head + "func f() { s := make([]t, 3); s[0].n = 1; s[1].m[``]++ }") == []
    assert writes(head + "func f() { s := make([]t, 3); s[1].m[``]++ }") == [("s[1].m", "element", True)]
    assert writes(head + "func f() { s := make([]t, 3); for i := range s { s[i].m = M{} }; s[1].m[``]++ }") == []
    assert writes(head + "func f() { var s [3]t; for i := range s { s[i].m = M{} }; s[1].m[``]++ }") == []


def test_what_the_first_turn_makes_is_there_in_the_others() -> None:
    assert inside("var n M; for i := range keys { if i == 0 { n = M{} }; n[``]++ }") == []
    assert inside("var n M; for i := 0; i < 9; i++ { if i == 0 { n = M{} }; n[``]++ }") == []
    assert inside("var n M; for i := range keys { if i == 1 { n = M{} }; n[``]++ }") == [("n", "declared", False)]


def test_a_method_sets_the_map_to_nil() -> None:
    text = "type t struct { m M; n int }\nfunc n() *t { return &t{m: M{}} }\nfunc (x *t) make() { x.m = M{} }\nfunc (x *t) look() int\n"

    def taking(body: str, take: str = "full := x.m; x.m = nil; return full") -> list[tuple[str, str, bool]]:
        return writes(f"{text}func (x *t) take() M {{ {take} }}\nfunc (x *t) f() {{ {body} }}")

    assert taking("x.take(); x.m[``]++; x.m[``]++") == [("x.m", "cleared", True)]
    assert taking("other(x.take()); x.m[``]++") == [("x.m", "cleared", False)]
    assert taking("if len(x.m) > 3 { x.take() }; x.m[``]++") == [("x.m", "cleared", False)]
    assert taking("x.take(); x.make(); x.m[``]++") == []
    assert taking("x.take(); if x.m == nil { x.m = M{} }; x.m[``]++") == []
    assert taking("y := n(); y.take(); x.m[``]++") == []
    assert taking("x.take(); x.m[``]++", "if x.n > 0 { return nil }; x.m = nil; return nil") == []
    assert taking("x.take(); x.m[``]++", "x.m = nil; x.make(); return nil") == []
    assert taking("x.take(); x.m[``]++", "x.m = nil; if x.n > 0 { x.m = M{} }; return nil") == []


def test_text_that_is_not_null_makes_the_map() -> None:
    assert inside("var n M; data, _ := json.Marshal(m); json.Unmarshal(data, &n); n[``]++") == []
    assert inside('var n M; json.Unmarshal([]byte(`{"a": 1}`), &n); n[``]++') == []
    assert writes("//go:embed a.json\nvar data []byte\nfunc f() { var n M; json.Unmarshal(data, &n); n[``]++ }") == []


def test_a_field_that_nothing_makes_is_nil() -> None:
    assert writes("type t struct { a, b M }\nfunc n() *t { return &t{a: M{}} }\nfunc (x *t) f() { x.a[``]++; x.b[``]++ }") == [("x.b", "field", True)]


@pytest.mark.parametrize(
    "maker",
    [
        "func g(x *t) { x.b = M{} }",
        "func g(x *t) { x.b, _ = h() }",
        "func g(x *t) { other(&x.b) }",
        "var v = t{b: M{}}",
        "var v = t{M{}, M{}}",
        "var v = []t{{b: M{}}}",
        "func g(b M) t { return t{b: b} }",
        "func g(b M) any { return []any{map[string]*t{``: {M{}, b}}} }",
        "type u struct { a, b M }\nfunc g(x u) t { return t(x) }",
        "func g() { for _, x.b = range []M{} {} }\nvar x t",
    ],
)
def test_a_field_that_something_makes_is_not_known(maker: str) -> None:
    assert writes(f"type t struct {{ a, b M }}\nfunc h() (M, error)\n{maker}\nfunc (x *t) f() {{ x.b[``]++ }}") == []


def test_another_field_of_that_name_makes_no_difference() -> None:
    assert writes("type t struct { b M }\ntype u struct { b M }\nvar v = u{b: M{}}\nfunc (x *t) f() { x.b[``]++ }") == [("x.b", "field", True)]


def test_an_exported_field_may_be_set_elsewhere() -> None:
    assert writes("type T struct { B M }\nfunc (x *T) f() { x.B[``]++ }") == []


def test_a_map_type_may_make_itself() -> None:
    assert writes("type set M\nfunc (s *set) init() { *s = set{} }\ntype t struct { s set }\nfunc (x *t) f() { x.s.init(); x.s[``]++ }") == []


def test_a_package_variable_that_nothing_makes_is_nil() -> None:
    assert writes("var v M\nvar w M\nfunc init() { w = M{} }\nfunc f() { v[``]++; w[``]++ }") == [("v", "variable", True)]


def test_a_literal_leaves_out_a_field() -> None:
    text = "type t struct { a, b M }\nfunc n() *t { return &t{M{}, M{}} }\n"
    assert writes(text + "func f() { x := &t{a: M{}}; x.a[``]++; x.b[``]++ }") == [("x.b", "literal", True)]
    assert writes(text + "func f() { x := new(t); x.a = M{}; x.a[``]++; x.b[``]++ }") == [("x.b", "literal", True)]
    assert writes(text + "func f() { var x t; x.b[``]++ }") == [("x.b", "declared", True)]


def test_a_method_may_make_the_fields_of_a_literal() -> None:
    text = "type t struct { a M }\nfunc (x *t) init() { x.a = M{} }\n"
    assert writes(text + "func f() { x := &t{}; x.init(); x.a[``]++ }") == []
    assert writes(text + "func f(ts []*t) { x := &t{}; ts = append(ts, x); other(ts); x.a[``]++ }") == []


def test_a_field_of_a_nil_pointer_is_another_fault() -> None:
    assert writes("type t struct { a M }\ntype u struct { *t }\nfunc n() *t { return &t{M{}} }\nfunc f() { var x u; x.a[``]++ }") == []


def test_methods_of_the_standard_library_that_store() -> None:
    assert inside("var h http.Header; h.Get(``); h.Del(``); h.Set(``, ``)") == [("h", "declared", True)]


def test_copying_into_a_nil_map_panics_when_there_is_something_to_copy() -> None:
    facts = facts_of(PRELUDE + "func f(m M) { var n M; maps.Copy(n, m) }").facts
    assert [(fact.map, fact.sure, fact.always) for fact in facts if isinstance(fact, NilWrite)] == [("n", True, False)]


def test_a_function_that_always_returns_nil() -> None:
    assert writes("func g() M { return nil }\nfunc f() { n := g(); n[``]++ }") == [("n", "returned", True)]


def test_a_field_with_the_name_of_a_local_is_given_a_map() -> None:
    assert writes("type t struct { a M }\nfunc n(a M) *t { return &t{a: M{}} }\nfunc f() { a := M{}; x := t{a: a}; x.a[``]++ }") == []


SET = "type set struct { words M; n int }\nfunc newSet() *set { return &set{words: M{}} }\nfunc (s *set) add(word string) { s.words[word]++ }\n"


def test_a_zero_receiver_is_seen_in_the_method() -> None:
    assert writes(SET + "func f() { var s set; s.add(``) }") == [("s.words", "handed", True)]
    assert writes(SET + "func f() { s := &set{n: 1}; s.add(``) }") == [("s.words", "handed", True)]
    assert writes(SET + "func (s *set) all(words []string) { for _, w := range words { s.add(w) } }\nfunc f() { var s set; s.all(nil) }") == [
        ("s.words", "handed", True)
    ]


def test_a_receiver_that_was_made_is_fine_in_the_method() -> None:
    assert writes(SET + "func f() { s := newSet(); s.add(``); t := set{words: M{}}; t.add(``); var u set; u.words = M{}; u.add(``) }") == []
    assert writes(SET + "func (s *set) init() { s.words = M{} }\nfunc f() { var s set; s.init(); s.add(``) }") == []


def test_a_method_that_asks_its_receiver_first_is_fine() -> None:
    assert (
        writes(
            "type set struct { words M; n int }\nvar s = set{words: M{}}\n"
            "func (s *set) add(word string) { if s.words == nil { s.words = M{} }; s.words[word]++ }\n"
            "func (s *set) put(word string) { if s.n > 0 { s.words[word]++ } }\nfunc f() { var s set; s.put(``); s.add(``) }"
        )
        == []
    )


def test_a_nil_map_that_is_handed_to_a_function_is_seen_there() -> None:
    assert writes("func g(n M) { n[``]++ }\nfunc f() { var s struct{}; use(s); n := h(); g(n) }\nfunc h() M\nfunc use(any)") == []


MAPS = """type set[T comparable] map[T]struct{}
func (s set[T]) has(v T) bool { _, ok := s[v]; return ok }
func (s set[T]) add(v T) { s[v] = struct{}{} }
func fill(n M, k string) { n[k]++ }
type visitor struct { seen set[string]; counts M }
type names map[string]bool
func (n names) put(k string) { n[k] = true }
type list struct { names }
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func (v *visitor) walk(k string) { if v.seen.has(k) { return }; v.seen.add(k) }", [("s", "handed", True)]),
        ("func (v *visitor) walk(k string) { fill(v.counts, k) }", [("n", "handed", True)]),
        ("type outer struct { v visitor }\nfunc (o *outer) walk(k string) { o.v.seen.add(k) }", [("s", "handed", True)]),
        ("var seen set[string]\nfunc walk(k string) { seen.add(k) }", [("s", "handed", True)]),
        ("func (l *list) walk(k string) { l.put(k) }", [("n", "handed", True)]),
        ("func (l *list) walk(k string) { l.put(k) }\nfunc n() *list { return &list{names: names{}} }", []),
        ("func (v *visitor) walk(k string) { if v.seen != nil { v.seen.add(k) } }", []),
        ("func (v *visitor) walk(k string) { v.seen.add(k) }\nfunc n() *visitor { return &visitor{seen: set[string]{}} }", []),
        ("func (v *visitor) walk(k string) { v.seen.add(k) }\nfunc (v *visitor) init() { v.seen = set[string]{} }", []),
        ("func (v *visitor) walk(k string) { v.seen.add(k) }\nfunc n(s set[string]) visitor { return visitor{s, nil} }", []),
        ("func (v *visitor) walk(k string) bool { return v.seen.has(k) }", []),
    ],
)
def test_a_field_that_nothing_makes_is_handed_to_a_function_that_stores(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert writes(MAPS + text) == expected


def test_a_pointer_that_is_nil_is_no_zero_value() -> None:
    text = "type t struct { m M }\ntype u struct { p *t }\n"
    assert writes(text + "func f(ts []*t) { x := &u{}; for _, r := range ts { x.p = r }; if x.p == nil { x.p = &t{m: M{}} }; x.p.m[``]++ }") == []


def test_a_map_that_something_was_found_in_is_not_nil() -> None:
    assert inside("n := M{}; json.Unmarshal(data, &n); if _, ok := n[``]; ok { n[``]++ }", "data []byte") == []
    assert inside("n := map[string]any{}; json.Unmarshal(data, &n); if v, ok := n[``].(int); ok { n[``] = v }", "data []byte") == []
    assert inside("n := map[string]bool{}; json.Unmarshal(data, &n); if n[``] { n[``] = false }", "data []byte") == []


def test_a_result_beside_an_error_is_nil() -> None:
    assert of_others("func f() { m, err := api.Load(); if err != nil { m[``] = `` } }") == [("m", "failed", False)]
    assert of_others("func f() { m, err := api.Load(); if err != nil { log.Print(err) }; m[``] = `` }") == [("m", "failed", False)]
    assert of_others("func f() { m, err := api.Load(); if err != nil { return }; m[``] = `` }") == []
    assert of_others("func f() { m, err := api.Load(); if err != nil { m = map[string]string{} }; m[``] = `` }") == []
    assert of_others("func f() { m, err := api.Load(); err = nil; if err != nil { m[``] = `` } }") == []


def test_what_a_function_of_the_package_returns_beside_an_error_is_known() -> None:
    use = "func f() { m, err := load(); if err != nil { m[``]++ } }\n"
    assert writes(use + "func load() (M, error) { if cond() { return nil, errors.New(``) }; return M{}, nil }") == [("m", "failed", True)]
    assert writes(use + "func load() (M, error) { m := M{}; if cond() { return m, errors.New(``) }; return m, nil }") == []
    assert writes(use + "func load() (m M, err error) { m = M{}; return }") == []


def test_the_standard_library_may_return_a_map_beside_an_error() -> None:
    text = 'package p\nimport "net/url"\nfunc f() { v, err := url.ParseQuery(``); if err != nil { v.Set(``, ``) } }'
    assert [fact for fact in facts_of(text).facts if isinstance(fact, NilWrite)] == []


def test_an_empty_map_of_somebody_else_may_be_nil() -> None:
    assert of_others("func f(s *api.Spec) { if len(s.Labels) == 0 { s.Labels[``] = `` } }") == [("s.Labels", "empty", False)]
    assert of_others("func f(ss []api.Spec) { for _, s := range ss { l := s.Inner.Labels; if len(l) < 1 { other(); l[``] = `` } } }") == [
        ("l", "empty", False)
    ]
    assert of_others("func f(s *api.Spec) { if len(s.Labels) == 0 { other() }; s.Labels[``] = `` }") == []
    assert of_others("func f(s *api.Spec) { if len(s.Labels) == 0 { fill(s); s.Labels[``] = `` } }\nfunc fill(*api.Spec)") == []
    assert of_others("func f(s *api.Spec) { if len(s.Labels) > 0 { s.Labels[``] = `` } }") == []
    assert of_others("func f() { s := makes(); if len(s.Labels) == 0 { s.Labels[``] = `` } }\nfunc makes() *api.Spec") == []


def test_a_map_of_somebody_else_without_the_key_may_be_nil() -> None:
    assert of_others("func f(s *api.Spec, k string) { if _, ok := s.Labels[k]; !ok { s.Labels[k] = `` } }") == [("s.Labels", "unfound", False)]
    assert of_others("func f(s *api.Spec, k string) { s.Labels[``] = ``; if _, ok := s.Labels[k]; !ok { s.Labels[k] = `` } }") == []
    assert of_others("func F(m map[string]int, k string) { if _, ok := m[k]; !ok { m[k] = 0 } }") == []


def test_a_map_that_the_package_makes_is_no_map_of_somebody_else() -> None:
    use = "func f(s *api.Spec, k string) { if _, ok := s.Labels[k]; !ok { s.Labels[k] = `` } }\n"
    assert of_others(use + "func norm(s *api.Spec) { if s.Labels == nil { s.Labels = map[string]string{} } }") == []
    assert of_others(use + "func build() *api.Spec { return &api.Spec{Labels: map[string]string{}} }") == []
    assert of_others("type t struct { s *api.Spec }\nfunc (x *t) f(k string) { if _, ok := x.s.Labels[k]; !ok { x.s.Labels[k] = `` } }") == []
    assert of_others("func f(s *api.Spec, k string) { s.Labels = other(k); if _, ok := s.Labels[k]; !ok { s.Labels[k] = `` } }") == []


def test_a_doubt_is_no_finding_in_a_test() -> None:
    text = "package p\nimport (`sync`; `errors`)\nvar _ = errors.New\ntype M = map[string]int\n" + CLOSED
    use = "package p\nfunc use(x *t, c bool) { x.mu.Lock(); x.m[``]++; x.mu.Unlock(); var m, n M; if c { m = M{} }; m[``]++; n[``]++ }"
    assert [fact.cause for fact in facts_of({"p.go": text, "q.go": use}).facts if isinstance(fact, NilWrite)] == ["reset", "declared", "declared"]
    assert [fact.map for fact in facts_of({"p.go": text, "p_test.go": use}).facts if isinstance(fact, NilWrite)] == ["n"]


def test_the_clone_of_a_map_of_somebody_else_may_be_nil() -> None:
    assert of_others("func f(s *api.Spec) { m := maps.Clone(s.Labels); m[``] = `` }") == [("m", "cloned", False)]
    assert of_others("func F(a map[int]int) { m := maps.Clone(a); m[0] = 1 }") == [("m", "cloned", False)]
    assert of_others("func F(a map[int]int) { m := maps.Clone(a); if m == nil { m = map[int]int{} }; m[0] = 1 }") == []
    assert of_others("func f() { a := map[int]int{}; m := maps.Clone(a); m[0] = 1 }") == []
    assert of_others("func f() { var a map[int]int; m := maps.Clone(a); m[0] = 1 }") == [("m", "declared", True)]


def test_who_asks_after_the_write_asks_too_late() -> None:
    assert of_others("func f(s *api.Spec) { s.Labels[``] = ``; if s.Labels != nil { other(s) } }") == [("s.Labels", "checked", False)]
    assert of_others("func f(s *api.Spec) { s.Labels[``] = ``; other(s); if s.Labels != nil { other(s) } }") == []
    assert of_others("func f(s *api.Spec) { if s.Labels == nil { return }; s.Labels[``] = ``; if s.Labels != nil { other(s) } }") == []
    assert of_others("func f(s *api.Spec, c bool) { if c { s.Labels[``] = `` } else if s.Labels != nil { other(s) } }") == []


LOADED = """type t struct { m M; n int }
func (x *t) load() error { if x.n == 0 { return errors.New(``) }; x.m = M{}; return nil }
func (x *t) ensure() error { if x.m != nil { return nil }; return x.load() }
"""


def test_a_map_is_nil_when_its_maker_fails_and_nobody_looks() -> None:
    assert writes(LOADED + "func (x *t) f() { x.ensure(); x.m[``]++ }") == [("x.m", "ignored", False)]
    assert writes(LOADED + "func (x *t) f() { _ = x.ensure(); x.m[``]++ }") == [("x.m", "ignored", False)]
    assert writes(LOADED + "func (x *t) f() { if err := x.ensure(); err != nil { return }; x.m[``]++ }") == []
    assert writes(LOADED + "func (x *t) g() { x.m = M{} }\nfunc (x *t) f() { x.g(); x.m[``]++ }") == []


CLOSED = """type t struct { mu sync.Mutex; done bool; m M }
func n() *t { return &t{m: M{}} }
func (x *t) Close() { x.mu.Lock(); x.m = nil; x.mu.Unlock() }
func (x *t) drop() { x.mu.Lock(); defer x.mu.Unlock(); if x.m == nil { return }; delete(x.m, ``) }
"""


def test_a_map_may_be_gone_when_the_lock_is_taken() -> None:
    assert writes(CLOSED + "func (x *t) f() { x.mu.Lock(); defer x.mu.Unlock(); x.m[``]++ }") == [("x.m", "reset", False)]
    assert writes(CLOSED + "func (x *t) f() { x.mu.Lock(); if x.m == nil { x.mu.Unlock(); return }; x.mu.Unlock(); x.mu.Lock(); x.m[``]++ }") == [
        ("x.m", "reset", False)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "x.mu.Lock(); defer x.mu.Unlock(); if x.m == nil { x.m = M{} }; x.m[``]++",
        "x.mu.Lock(); defer x.mu.Unlock(); if x.done { return }; x.m[``]++",
        "x.mu.Lock(); defer x.mu.Unlock(); x.again(); x.m[``]++",
        "x.mu.Lock(); n := x.m[``]; if n > 0 { x.m[``] = n - 1 }; x.mu.Unlock()",
        "x.m[``]++",
    ],
)
def test_who_looks_under_the_lock_knows(body: str) -> None:
    assert writes(CLOSED + f"func (x *t) again()\nfunc (x *t) f() {{ {body} }}") == []


def test_a_map_that_nobody_asks_about_is_out_of_use_once_it_is_gone() -> None:
    text = CLOSED.replace("if x.m == nil { return }; ", "")
    assert writes(text + "func (x *t) f() { x.mu.Lock(); defer x.mu.Unlock(); x.m[``]++ }") == []


TAKEN = """type t struct { mu sync.Mutex; done bool; m M }
func New() *t { return &t{m: M{}} }
func (x *t) Flush() M { x.mu.Lock(); defer x.mu.Unlock(); full := x.m; x.m = nil; return full }
"""
ADD = "func (x *t) Add(k string) { x.mu.Lock(); defer x.mu.Unlock(); x.m[k]++ }\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TAKEN, [("x.m", "taken", False)]),
        (TAKEN.replace("full := x.m; x.m = nil", "var full M; full, x.m = x.m, nil"), [("x.m", "taken", False)]),
        (TAKEN.replace("return &t{m: M{}}", "x := new(t); x.m = make(M); return x"), [("x.m", "taken", False)]),
        (TAKEN.replace("full := x.m; x.m = nil; return full", "defer other(x.m); x.m = nil; return nil"), [("x.m", "taken", False)]),
        (TAKEN.replace("full := x.m; x.m = nil; return full", "x.m = nil; return nil").replace("Flush", "Reset"), [("x.m", "taken", False)]),
        (TAKEN.replace("full := x.m; x.m = nil; return full", "x.m = nil; return nil"), [("x.m", "taken", False)]),
        (TAKEN.replace("full := x.m; x.m = nil; return full", "x.m = nil; return nil").replace("Flush", "Freeze"), []),
        (TAKEN.replace("Flush", "take") + "func (x *t) loop() { for { other(x.take()) } }", [("x.m", "taken", False)]),
        (TAKEN.replace("Flush", "take") + "func (x *t) Close() { other(x.take()) }", []),
        (TAKEN.replace("Flush", "Close"), []),
        (TAKEN.replace("Flush", "takeAndStop"), []),
        (TAKEN.replace("full := x.m; x.m = nil", "full := x.m; x.m = nil; x.done = true"), []),
        (TAKEN.replace("full := x.m; x.m = nil", "full := x.m; x.m = M{}"), []),
        (TAKEN + "func (x *t) Begin() { x.mu.Lock(); x.m = M{}; x.mu.Unlock() }", []),
        (TAKEN + "func (x *t) Begin() { other(&x.m) }", []),
    ],
)
def test_a_map_that_is_taken_away_is_nil_for_who_stores_next(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert writes(text + "\n" + ADD) == expected


def test_without_a_lock_no_condition_may_stand_before_the_write() -> None:
    assert writes(TAKEN + "func (x *t) Add(k string) { x.m[k]++ }") == [("x.m", "taken", False)]
    assert writes(TAKEN + "func (x *t) Add(k string) { if x.done { return }; x.m[k]++ }") == []
    assert writes(TAKEN + "func (x *t) Add(k string) { if len(x.m) > 0 { x.m[k]++ } }") == []
    assert writes(TAKEN + "func add(x *t) { x.m[``]++ }") == []


def test_others_make_the_map_before_they_store_to_it() -> None:
    text = "type T struct { M M }\nfunc (x *T) put() { if x.M == nil { x.M = M{} }; x.M[``]++ }\n"
    assert writes(text + "func (x *T) Add(k string) { if _, ok := x.M[k]; ok { return }; other(); x.M[k] = 1 }") == [("x.M", "late", False)]
    assert writes(text + "func (x *T) add(k string) { if _, ok := x.M[k]; ok { return }; x.M[k] = 1 }") == []
    assert writes(text + "func (x *T) Add(k string) { x.put(); if _, ok := x.M[k]; ok { return }; x.M[k] = 1 }") == []


def test_an_exported_field_that_is_left_out_of_what_the_package_builds() -> None:
    text = "type T struct { B M; n int }\nfunc New() *T { return &T{n: 1} }\n"
    assert writes(text + "func (x *T) f() { x.B[``]++ }") == [("x.B", "optional", False)]
    assert writes(text + "func (x *T) f() { if x.B[``] > 0 { x.B[``]++ } }") == []
    assert writes(text + "type u struct { b M }\nfunc of(x *T) *u { return &u{b: x.B} }\nfunc (y *u) f() { y.b[``]++ }") == [
        ("y.b", "optional", False)
    ]
    assert writes(text + "type u struct { b M }\nfunc of(x *T) { y := &u{}; y.b = x.B; other(y) }\nfunc (y *u) f() { y.b[``]++ }") == [
        ("y.b", "optional", False)
    ]
    assert writes(text + "func (x *T) fill() { x.B = M{} }\nfunc (x *T) f() { x.B[``]++ }") == []


ARRAYS = "type row struct { m M }\ntype table struct { rows [4]row; maps [4]M; grid [2][2]M; n int }\n"
FILLED = [
    ("t [4]M", "for i := range t { t[i] = M{} }; t[k][``]++"),
    ("t [4]M", "for i := 0; i < len(t); i++ { t[i] = M{} }; for i := range k { t[i][``]++ }"),
    ("t [2]M", "t[0] = M{}; t[1] = M{}; t[k][``]++"),
    ("t [2]M", "s := t[:]; for i := range s { s[i] = M{} }; t[k][``]++"),
    ("t [2][2]M", "for i := range t { for j := range t[i] { t[i][j] = M{} } }; t[k][k][``]++"),
    ("t table", "for i := range t.maps { t.maps[i] = M{} }; t.maps[k][``]++"),
    ("t table", "for i := range t.maps { if i > k { t.maps[i] = M{} } }; t.maps[k][``]++"),
    ("t table", "for i := range t.grid { for j := range t.grid[i] { t.grid[i][j] = M{} } }; t.grid[k][k][``]++"),
    ("t table", "for i := range t.rows { t.rows[i].m = M{} }; t.rows[k].m[``]++"),
    ("t table", "for i := range t.rows { r := &t.rows[i]; r.m = M{} }; t.rows[k].m[``]++"),
    ("t table", "s := t.maps[:]; for i := range s { s[i] = M{} }; t.maps[k][``]++"),
]


@pytest.mark.parametrize(("declared", "body"), FILLED)
def test_an_array_of_maps_is_filled_one_by_one(declared: str, body: str) -> None:
    name, _, kind = declared.partition(" ")
    assert writes(f"{ARRAYS}func f(k int) ({declared}) {{ {body}; return }}") == []
    assert writes(f"{ARRAYS}func f(k int) {{ var {declared}; {body} }}") == []
    if kind == "table":
        assert writes(f"{ARRAYS}func f(k int) {{ {name} := &table{{n: k}}; {body} }}") == []


def test_a_slice_of_arrays_is_filled_one_by_one() -> None:
    body = "s := make([][2]M, k); for i := range s { for j := range s[i] { s[i][j] = M{} } }; s[k][0][``]++"
    assert writes(f"func f(k int) {{ {body} }}") == []
    assert writes("func f(k int) { s := make([][2]M, k); s[k][0][``]++ }") == [("s[k][0]", "element", True)]


@pytest.mark.parametrize(("declared", "body"), [("t [4]M", "t"), ("t table", "t.maps")])
def test_a_loop_over_an_array_of_nil_maps_has_turns(declared: str, body: str) -> None:
    loop = f"for i := range {body} {{ {body}[i][``]++ }}"
    assert writes(f"{ARRAYS}func f() ({declared}) {{ {loop}; return }}") == [(f"{body}[i]", "result", True)]
    assert writes(f"{ARRAYS}func f() {{ var {declared}; {loop} }}") == [(f"{body}[i]", "declared", True)]


def test_a_plain_nil_is_handed_to_a_function_that_stores() -> None:
    assert writes("func g(n M) { n[``]++ }\nfunc f() { g(nil) }") == [("n", "handed", True)]
    assert writes("func g(n M) { if n == nil { n = M{} }; n[``]++ }\nfunc f() { g(nil) }") == []


def test_a_map_behind_a_pointer_is_written_through_reflect() -> None:
    text = "package p\nimport `reflect`\nfunc bind(p any, k, v reflect.Value) {{ x := {}; {}x.SetMapIndex(k, v) }}"
    found = [fact for fact in facts_of(text.format("reflect.ValueOf(p).Elem()", "")).facts if isinstance(fact, NilWrite)]
    assert [(fact.map, fact.cause, fact.call) for fact in found] == [("x", "reflected", "x.SetMapIndex")]
    for value, before in (
        ("reflect.ValueOf(p).Elem()", "if x.IsNil() { x.Set(reflect.MakeMap(x.Type())) }; "),
        ("reflect.ValueOf(p)", ""),
        ("reflect.MakeMap(reflect.TypeOf(p))", ""),
    ):
        assert [fact for fact in facts_of(text.format(value, before)).facts if isinstance(fact, NilWrite)] == []


def test_a_flag_that_is_set_with_the_map_goes_with_it() -> None:
    text = "type t struct { m M; all bool }\nfunc f(keys []string) *t {\nx := &t{m: M{}}\n"
    loop = "for _, k := range keys { if k == `` { x.all = true; x.m = nil; continue }; if x.all { continue }; x.m[k]++ }; return x }"
    assert writes(text + loop) == []


def test_a_deferred_function_sees_a_result_that_no_return_sets() -> None:
    assert writes("func f() (out M) { defer func() { out[``]++ }(); return }") == [("out", "result", True)]
    assert writes("func f() (out M) { defer func() { out[``]++ }(); return M{} }") == []


def test_a_new_map_variable_is_nil() -> None:
    assert writes("func f() { m := new(M); (*m)[``]++ }") == [("*m", "literal", True)]


@pytest.mark.parametrize("loop", ["for k := range n", "for i := 0; i < len(n); i++", "for i := 0; len(n) > i; i++"])
def test_a_loop_over_a_nil_map_has_no_turn(loop: str) -> None:
    assert inside(f"var n M; {loop} {{ n[`a`]++ }}") == []


def test_a_loop_over_something_else_has() -> None:
    assert inside("var n M; for i := 0; i < len(keys); i++ { n[keys[i]]++ }") != []


def test_a_callee_that_only_ranges_over_what_it_is_given_may_be_given_nil() -> None:
    assert writes("func double(m M) { for k, v := range m { m[k] = 2 * v } }\nfunc Use() { double(nil) }") == []


@pytest.mark.parametrize("use", ["other(s.Name)", "_, ok := m[s.Name]; other(ok)", "n := s.Name; other(n)"])
def test_the_text_in_a_struct_leads_nobody_to_its_maps(use: str) -> None:
    assert writes("type S struct { Name string; Vars M }\nfunc f(m M) { s := S{}; " + use + "; s.Vars[``] = 1 }") == [("s.Vars", "literal", True)]


def test_a_pointer_in_a_struct_may_lead_to_it() -> None:
    assert writes("type S struct { Self *S; Vars M }\nfunc f(p *S) { s := S{}; s.Self = &s; other(s.Self); s.Vars[``] = 1 }") == []


SCALER = """
type scaler struct { n int; name string; rates M }
func newScaler(n int) *scaler { return &scaler{n: n} }
func (s *scaler) Add(k string) { s.rates[k] = 1 }
"""


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("[]struct{ a int; b string; c M }{{1, ``, nil}}", True),
        ("[]row{{1, ``, nil}}", True),
        ("map[string]*row{``: {1, ``, nil}}", True),
        ("[]struct{ n int; name string; rates M }{{1, ``, nil}}", False),
        ("[]scaler{{1, ``, M{}}}", False),
        ("rows{{1, ``, nil}}", False),
    ],
)
def test_a_literal_without_its_type_has_that_of_what_it_lies_in(table: str, found: bool) -> None:
    made = writes(SCALER + "type row struct { a int; b string; c M }\ntype rows []scaler\nfunc f() { other(" + table + ") }")
    assert made == ([("s.rates", "field", True)] if found else [])


ASKED = (
    "type S struct { links map[string]int }\nfunc (s *S) f(k string) { other(k); if s.links != nil { other(k); s.links[k] = 1 }\n"
    "other(k); if s.links != nil { delete(s.links, k) } }"
)


def test_who_asks_before_each_store_does_not_ask_too_late() -> None:
    assert writes(ASKED) == []


@pytest.mark.parametrize(
    "test",
    [
        "x[``] == kind",
        "x[``] != kind { return }; if true",
        'strings.EqualFold(x[``], "k")',
    ],
)
def test_a_value_that_equals_a_constant_was_found(test: str) -> None:
    text = 'const kind = "k"\nfunc f(x map[string]string) {{ {} if {} {{ x["y"] = "" }} }}'
    made = "_ = json.Unmarshal([]byte(other2()), &x);"
    source = PRELUDE.replace('"sync"', '"sync"; "strings"') + "var _ = strings.ToLower\nfunc other2() string\n" + text.format(made, test)
    assert [fact for fact in facts_of(source).facts if isinstance(fact, NilWrite)] == []


def test_an_assertion_of_a_value_that_was_found() -> None:
    body = 'var x map[string]any; _ = json.Unmarshal(b, &x); if kind, _ := x["kind"].(string); kind != "k" {{ {} }}; x["y"] = 1'
    assert inside(body.format("return"), "b []byte") == []
    assert inside(body.format("other()"), "b []byte") != []


def test_a_text_that_gave_a_struct_is_taken_for_no_null() -> None:
    body = (
        "var head struct { Kind string }; _ = json.Unmarshal(%s, &head); if head.Kind == `` { return }\n"
        "var x map[string]any; _ = json.Unmarshal(b, &x); x[``] = 1"
    )
    assert inside(body % "b", "b, c []byte") == []
    assert inside(body % "c", "b, c []byte") != []
    assert inside(body.replace("Unmarshal(b", "Unmarshal([]byte(s)") % "[]byte(s)", "s string") == []


def test_an_element_that_was_decoded_was_there() -> None:
    body = "var x map[string]json.RawMessage; _ = json.Unmarshal(b, &x); var s string\n"
    body += "if err := json.Unmarshal(%s, &s); err != nil { return }; x[``] = b"
    assert inside(body % "x[`a`]", "b, c []byte") == []
    assert inside(body % "c", "b, c []byte") != []


def test_a_clone_whose_source_is_asked_for() -> None:
    body = "all := maps.Clone(m); if m == nil { all = M{} }; all[``] = 1"
    assert writes(f"func F(m M) {{ {body} }}") == []
    assert writes("func F(m M) { all := maps.Clone(m); all[``] = 1 }") != []
    assert writes("func F(m M) { if m[`a`] == 2 { return }; all := maps.Clone(m); all[``] = 1 }") == []


def test_a_map_that_is_made_and_written_under_conditions() -> None:
    assert inside("var n M; if c { n = M{} }; for _, k := range keys { if k != `` { n[k] = 1 } }") == []
    assert inside("var n M; if c { n = M{} }; n[``] = 1") == [("n", "declared", False)]


def test_a_struct_that_another_package_was_given_may_have_been_filled() -> None:
    text = (
        'package p\nimport ("example.com/merge"; "maps")\ntype Config struct { Plugins map[string]string }\nfunc New() *Config { return &Config{} }\n'
    )
    text += "var _ = merge.Merge\nfunc Merge(to, from *Config) { %s maps.Copy(to.Plugins, from.Plugins) }"

    def found(call: str) -> list[object]:
        facts = facts_of(text % call, imports={"example.com/merge": "package merge\nfunc Merge(to, from any) error"}).facts
        return [fact for fact in facts if isinstance(fact, NilWrite)]

    assert found("_ = merge.Merge(to, from);") == []
    assert found("_ = merge.Merge(0, from);") != []


TEMPLATES = """
type records struct { text string; raw []byte }
type options struct { text string }
type templates interface { Execute(any, any) error; Parse(any) }
func check(m M) (int, error)
"""


def cause_of_decoding(text: str) -> list[str]:
    declarations = (
        TEMPLATES + f"func f(r records, o options, t templates, s string, data []byte) error {{\nvar n M\n{text}\nn[``]++\nreturn nil\n}}\n"
    )
    text = PRELUDE.replace('import ("encoding/json"', 'import ("bytes"; "encoding/json"') + "var _ bytes.Buffer\n" + declarations
    return [fact.cause for fact in facts_of(text).facts if isinstance(fact, NilWrite)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("json.Unmarshal(data, &n)", ["decoded"]),
        ("json.Unmarshal([]byte(r.text), &n)", ["stored"]),
        ("raw := r.raw; json.Unmarshal(raw, &n)", ["stored"]),
        ("json.Unmarshal([]byte(o.text), &n)", ["decoded"]),
        ("json.Unmarshal([]byte(s), &n)", ["decoded"]),
        ("var b bytes.Buffer; t.Execute(&b, r); json.Unmarshal(b.Bytes(), &n)", []),
        ("var b bytes.Buffer; t.Execute(&b, r); t.Parse(&b); json.Unmarshal(b.Bytes(), &n)", ["decoded"]),
        ("var b bytes.Buffer; other(&b); json.Unmarshal(b.Bytes(), &n)", ["decoded"]),
        ("json.Unmarshal(data, &n); if _, err := check(n); err != nil { return err }", []),
        ("json.Unmarshal(data, &n); _, err := check(n); if err != nil { log.Println(err) }", ["decoded"]),
    ],
)
def test_what_text_is_decoded_tells_whether_it_may_be_null(text: str, expected: list[str]) -> None:
    assert cause_of_decoding(text) == expected


def test_a_loop_over_a_map_that_nobody_makes_has_no_turn() -> None:
    source = "type S struct { m M }\nfunc (s *S) f() { for k := range s.m { other(k); s.m[k] = 1 } }"
    assert writes(source) == []
    assert writes(source.replace("s.m[k] = 1 }", "}; s.m[``] = 1")) != []


def test_a_method_of_a_map_type_is_called_on_nil() -> None:
    source = "type set M\nfunc (s set) add(k string) { s[k] = 1 }\nfunc (s set) has(k string) bool { return s[k] > 0 }\n"
    source += "func (s *set) fill() { if *s == nil { *s = set{} } }\nfunc f(c bool) { var s set; %s }"
    assert writes(source % "s.add(``)") == [("s", "handed", True)]
    assert writes(source % "s.has(``)") == []
    assert writes(source % "s.fill(); s.add(``)") == []
    assert writes(source % "s = set{}; s.add(``)") == []
    assert writes(source % "if c { s = set{} }; s.add(``)") == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("m, _ := read(p); m[``]++", True),
        ("var m M; m, _ = read(p); m[``]++", True),
        ("m, n, _ := two(p); m[``]++; n[``]++", True),
        ("m, _ := read(p); if m == nil { m = M{} }; m[``]++", False),
        ("m, _ := read(p); if len(m) == 0 { return }; m[``]++", False),
        ("m, _ := read(`defaults`); m[``]++", False),  # its author knows what comes of it
        ("m, _ := always(p); m[``]++", False),
        ("m, _ := found(p); m[``]++", False),  # no error
        ("m, err := read(p); if err != nil { return }; m[``]++", False),
        ("m, _ := read(p); m = M{}; m[``]++", False),
        ("m, _ := unknown.Read(p); m[``]++", False),
    ],
)
def test_the_error_of_what_returns_nil_beside_it_is_thrown_away(body: str, found: bool) -> None:
    readers = (
        "func read(p string) (M, error) { if p == `` { return nil, failed }; return M{}, nil }\n"
        "func two(p string) (M, M, error) { if p == `` { return nil, M{}, failed }; return M{}, M{}, nil }\n"
        "func always(p string) (M, error) { if p == `` { return M{}, failed }; return M{}, nil }\n"
        "func found(p string) (M, bool) { if p == `` { return nil, true }; return M{}, false }\nvar failed error\n"
    )
    assert writes(f"{readers}func f(p string) {{ {body} }}") == ([("m", "ignored", False)] if found else [])
