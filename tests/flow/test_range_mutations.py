"""Mutations of a map in a loop over it."""

from __future__ import annotations

import pytest

from golint_maps.flow.ranges import RangeMutation
from golint_maps.testing import facts_of


def mutations(body: str, *, declarations: str = "", params: str = "m map[string]int, other string") -> list[tuple[str, bool, str]]:
    """Return (kind, own, key) of the mutations in a function with this body."""
    text = f'package p\nimport ("maps"; "os"; "strings")\nvar _ = maps.Keys[map[int]int]\nvar _ = os.Exit\nvar _ = strings.ToLower\n{declarations}\n'
    facts = facts_of(f"{text}func f({params}) {{\n{body}\n}}\n").facts
    return [(fact.kind, fact.own, fact.key) for fact in facts if isinstance(fact, RangeMutation)]


DELETE = [("delete", False, "other")]
INSERT = [("insert", False, "other")]


def test_a_delete_of_another_key_is_told() -> None:
    assert mutations("for k := range m { _ = k; delete(m, other) }") == DELETE


def test_a_delete_of_the_own_key_is_told_as_own() -> None:
    assert mutations("for k := range m { delete(m, k) }") == [("delete", True, "k")]


@pytest.mark.parametrize("copy", ["key := k", "var key = k", "key := string(k)"])
def test_a_copy_of_the_key_is_the_own_key(copy: str) -> None:
    assert mutations(f"for k := range m {{ {copy}; m[key] = 1 }}") == []


def test_a_key_variable_that_is_assigned_to_is_another_key() -> None:
    assert mutations("for k := range m { k = strings.ToUpper(k); m[k] = 1 }") == [("insert", False, "k")]


def test_a_key_of_which_a_part_is_assigned_to_is_another_key() -> None:
    assert mutations("for k := range m { k[0]++; m[k] = 1 }", params="m map[[2]int]int") == [("insert", False, "k")]
    assert mutations("for k := range m { k.x = 1; m[k] = 1 }", params="m map[struct{ x int }]int") == [("insert", False, "k")]
    assert mutations("for k := range m { k.x = 1; m[k] = 1 }", params="m map[*struct{ x int }]int") == []


def test_a_key_that_was_compared_with_the_own_key_is_the_own_key() -> None:
    assert mutations("for k := range m { if k == other { m[other] = 1 } }") == []


@pytest.mark.parametrize(
    "exit",
    ["return", "break", 'panic("x")', "os.Exit(1)", "goto out", "break outer", "continue outer", "if other == k { return }; break"],
)
def test_a_loop_that_ends_after_the_mutation_is_quiet(exit: str) -> None:
    loop = f"for k := range m {{ _ = k; if i == 2 {{ continue outer }}; if i == 1 {{ break outer }}; delete(m, other); {exit} }}"
    body = f"outer: for i := 0; i < 3; i++ {{ {loop} }}; goto out; out:"
    assert mutations(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "for k := range m { _ = k; switch other { case `a`: delete(m, other); break } }",
        "for k := range m { _ = k; select { default: delete(m, other); break } }",
        "for k := range m { _ = k; for i := 0; i < 3; i++ { delete(m, other); break } }",
        "for k := range m { _ = k; if len(m) > 3 { delete(m, other) } else { return } }",
    ],
)
def test_a_break_of_something_else_does_not_end_the_loop(body: str) -> None:
    assert mutations(body) == DELETE


def test_a_loop_without_a_name_for_its_entries_leaves_nothing_to_chance() -> None:
    assert mutations("for range m { delete(m, other) }") == []


@pytest.mark.parametrize("statement", ["m[other] = 1", "m[other] += 1", "m[other]++"])
def test_every_form_of_assignment_inserts(statement: str) -> None:
    assert mutations(f"for range m {{ {statement} }}") == INSERT


@pytest.mark.parametrize(("call", "kind"), [("maps.Copy(m, n)", "insert"), ("maps.DeleteFunc(m, nil)", "delete"), ("clear(m)", "delete")])
def test_calls_that_change_many_keys_are_told_without_a_key(call: str, kind: str) -> None:
    assert mutations(f"for range m {{ {call} }}", params="m, n map[string]int") == [(kind, False, "")]


@pytest.mark.parametrize(
    "proof",
    [
        "if _, ok := m[other]; ok { m[other] = 1 }",
        "_, ok := m[other]; if !ok { continue }; m[other] = 1",
        "if v, ok := m[other]; ok && v > 3 { m[other] = v }",
        "if m[other] != 0 { m[other]++ }",
        "if m[other] > 0 { m[other]-- }",
        "if v := m[other]; v != 0 { m[other] = v + 1 }",
        "switch { case m[other] != 0: m[other] = 1 }",
        "for other := range m { m[other] = 1 }",
    ],
)
def test_a_key_that_is_surely_present_is_updated_not_inserted(proof: str) -> None:
    assert mutations(f"for range m {{ {proof} }}") == []


@pytest.mark.parametrize(
    "body",
    [
        "if _, ok := m[other]; !ok { m[other] = 1 }",
        "if m[other] == 0 { m[other] = 1 }",
        "if _, ok := m[other]; ok { other = `x`; m[other] = 1 }",
        "if _, ok := m[other]; ok || len(m) > 3 { m[other] = 1 }",
        "if _, ok := m[other]; ok { delete(m, other); m[other] = 1; return }; m[other] = 2",
    ],
)
def test_a_key_that_may_be_absent_is_inserted(body: str) -> None:
    assert ("insert", False, "other") in mutations(f"for range m {{ {body} }}")


def test_keys_brought_to_a_fixed_form_are_quiet() -> None:
    body = "for k, v := range m { low := strings.ToLower(k); if low == k { continue }; delete(m, k); m[low] = v }"
    assert mutations(body) == [("delete", True, "k")]


@pytest.mark.parametrize(
    "body",
    [
        'for k, v := range m { if strings.HasPrefix(k, "x-") { m[strings.TrimPrefix(k, "x-")] = v } }',
        'for k, v := range m { if rest, ok := strings.CutPrefix(k, "x-"); ok { m[rest] = v } }',
        'for k, v := range m { if rest, ok := strings.CutPrefix(k, "/"); ok { m[rest] = v } }',
        'for k, v := range m { plain := strings.TrimSuffix(k, "."); if plain == k { continue }; m[plain] = v }',
    ],
)
def test_keys_cut_down_where_the_cut_was_needed_are_quiet(body: str) -> None:
    assert mutations(body) == []


@pytest.mark.parametrize(
    "body",
    [
        'for k, v := range m { rest := strings.TrimSuffix(k, "s"); if rest == k { continue }; m[rest] += v }',
        'for k, v := range m { if rest, ok := strings.CutSuffix(k, "s"); ok { m[rest] = v } }',
        'for k, v := range m { if strings.HasSuffix(k, "s") { rest := strings.TrimSuffix(k, "s"); m[rest] = v } }',
    ],
)
def test_a_letter_that_is_cut_off_may_be_there_twice(body: str) -> None:
    assert mutations(body) == [("insert", False, "rest")]


@pytest.mark.parametrize("key", ['"x-" + k', "strings.ToLower(k)"])
def test_keys_renamed_without_a_guard_are_told(key: str) -> None:
    assert [kind for kind, _, _ in mutations(f"for k, v := range m {{ m[{key}] = v }}")] == ["insert"]


def test_keys_completed_where_something_was_missing_are_quiet() -> None:
    assert mutations('for k, v := range m { if strings.HasPrefix(k, "x-") { continue }; key := "x-y-" + k; m[key] = v }') == []
    assert mutations('for k, v := range m { if strings.HasPrefix(k, "x-") { continue }; m["y-" + k] = v }') == [("insert", False, '"y-" + k')]


def test_a_worklist_whose_entries_tell_who_came_first_depends_on_the_order() -> None:
    loop = "for again := true; again; {{ again = false; for k, n := range m {{ _ = k; {} }} }}"
    assert mutations(loop.format("if _, ok := m[other]; !ok { m[other] = n + 1; again = true }")) == INSERT
    assert mutations(loop.format("if _, ok := m[other]; !ok { m[other] = 1; again = true }")) == []
    assert mutations(loop.format("if old, ok := m[other]; !ok || n + 1 < old { m[other] = n + 1; again = true }")) == []


def test_a_worklist_that_is_worked_off_takes_new_entries() -> None:
    assert mutations("for len(m) > 0 { for k := range m { delete(m, k); m[other] = 1 } }") == [("delete", True, "k")]


INSERTING = 'for k := range m { if _, ok := m[k+"x"]; !ok { m[k+"x"] = 1; %s } }'


@pytest.mark.parametrize(
    ("loop", "beside"),
    [
        ("for changed := true; changed; { changed = false; %s }", "changed = true"),
        ("for { changed := false; %s; if !changed { break } }", "changed = true"),
        ("for { changed := false; %s; if !changed { return } }", "changed = true"),
        ("for { n := 0; %s; if n == 0 { break } }", "n++"),
        ("n := 1; for n > 0 && other != `` { n = 0; %s }", "n++"),
        ("done := false; for !done { done = true; %s }", "done = false"),
        ("for { before := len(m); %s; if len(m) == before { break } }", ""),
        ("for range 10 { before := len(m); %s; after := len(m); if after == before { break } }", ""),
    ],
)
def test_an_outer_loop_that_comes_again_after_an_insert_visits_what_was_inserted(loop: str, beside: str) -> None:
    assert mutations(loop % (INSERTING % beside)) == []


@pytest.mark.parametrize(
    ("loop", "beside"),
    [
        ("for changed := true; changed; { changed = false; %s }", ""),
        ("for { changed := false; %s; if !changed { break } }", "changed = false"),
        ("done := false; for !done { %s }", "done = true"),
        ("for i := 0; i < 3; i++ { %s }", ""),
        ("for range 10 { %s }", ""),
        ("changed := false; %s; for changed { changed = false }", "changed = true"),
    ],
)
def test_an_outer_loop_that_may_end_after_an_insert_does_not(loop: str, beside: str) -> None:
    assert mutations(loop % (INSERTING % beside)) == [("insert", False, 'k + "x"')]


def test_a_value_of_unknown_type_is_a_map_if_it_is_given_to_delete() -> None:
    assert mutations("n := unknown(); for k := range n { delete(n, k); n[k + other] = 1 }") == [("delete", True, "k"), ("insert", False, "k + other")]


def test_a_lazy_iterator_walks_over_the_map_itself() -> None:
    assert mutations("for k := range maps.Keys(m) { _ = k; delete(m, other) }") == DELETE


def test_a_clone_is_another_map() -> None:
    assert mutations("for k := range maps.Clone(m) { _ = k; delete(m, other) }") == []


def test_a_map_that_the_loop_replaces_is_another_map() -> None:
    assert mutations("for range m { m = map[string]int{}; m[other] = 1 }") == []


def test_an_alias_is_the_same_map() -> None:
    declarations = "type T struct { m map[string]int }"
    assert mutations("n := t.m; for range n { t.m[other] = 1 }", declarations=declarations, params="t *T, other string") == INSERT


def test_a_field_of_another_object_is_another_map() -> None:
    declarations = "type T struct { m map[string]int }"
    assert mutations("for range t.m { u.m[other] = 1 }", declarations=declarations, params="t, u *T, other string") == []


def test_the_inner_key_of_nested_loops_is_another_key_of_the_outer_one() -> None:
    assert mutations("for a := range m { for b := range m { if a != b { delete(m, b) } } }") == [("delete", False, "b")]


@pytest.mark.parametrize(
    ("loop", "found"),
    [
        ("for a := range m { for b := range m { if a != b { m[a]++ } } }", []),
        ("for a := range m { for i := 0; i < 2; i++ { for b := range m { _ = b; m[a]++ } } }", []),
        ("for a := range n { for b := range m { _ = b; m[a]++ } }", [("insert", False, "a")]),
        ("for a := range m { a += other; for b := range m { _ = b; m[a]++ } }", [("insert", False, "a")]),
        ("for a := range m { delete(m, a); for b := range m { _ = b; m[a]++ } }", [("delete", True, "a"), ("insert", False, "a")]),
        ("for a := range m { m = n; for b := range m { _ = b; m[a]++ } }", [("insert", False, "a")]),
        ("var a string; for a = range m { }; for b := range m { _ = b; m[a]++ }", [("insert", False, "a")]),
    ],
)
def test_the_key_of_an_outer_loop_over_the_same_map_is_there(loop: str, found: list[tuple[str, bool, str]]) -> None:
    assert mutations(loop, params="m, n map[string]int, other string") == found


def test_a_literal_called_in_place_counts_and_one_that_runs_elsewhere_does_not() -> None:
    assert mutations("for k := range m { _ = k; func() { delete(m, other) }() }") == DELETE
    assert mutations("for k := range m { _ = k; go func() { delete(m, other) }(); defer func() { delete(m, other) }() }") == []


def test_what_a_literal_called_in_place_defers_runs_at_its_end() -> None:
    assert mutations("for k := range m { _ = k; func() { defer func() { delete(m, other) }() }() }") == DELETE
    assert mutations("for k := range m { _ = k; func() { defer delete(m, other); println(other) }() }") == DELETE
    assert mutations("for k := range m { func() { defer func() { delete(m, other) }(); k = other }(); return }") == []


def test_a_field_behind_a_pointer_value_is_no_insert() -> None:
    declarations = "type T struct { n int }"
    assert mutations("for range m { m[other].n = 1 }", declarations=declarations, params="m map[string]*T, other string") == []


STORED = "type T struct { id, parent string }\nfunc put(m map[string]*T, t *T) { m[t.id] = t }"


def test_the_field_that_values_are_stored_by_is_the_own_key() -> None:
    assert mutations("for k, t := range m { _ = k; delete(m, t.id) }", declarations=STORED, params="m map[string]*T") == []


def test_another_field_of_the_value_is_another_key() -> None:
    found = mutations("for _, t := range m { delete(m, t.parent) }", declarations=STORED, params="m map[string]*T")
    assert found == [("delete", False, "t.parent")]


@pytest.mark.parametrize(
    "store",
    [
        "func put(m map[string]T, k string) { m[k] = T{name: k} }",
        "func put(m map[string]T, name string) { t := T{name: name}; m[name] = t }",
        "func put(m map[string]T, k string) { var t T; t.name = k; m[k] = t }",
        "func put(m map[string]T, k, n string) { m[k] = T{name: n}; t := T{}; m[t.name] = t }",
        "func put(m map[string]T, k string) { m[k] = made(k) }\nfunc made(n string) T { return T{name: n} }",
    ],
)
def test_stores_by_a_field_are_found_in_all_their_forms(store: str) -> None:
    declarations = f"type T struct {{ name string }}\n{store}"
    assert mutations("for k, t := range m { _ = k; delete(m, t.name) }", declarations=declarations, params="m map[string]T") == []


@pytest.mark.parametrize(
    ("loop", "clear"),
    [
        ("for k := range m {\n\t\tdelete(m, k)\n\t}", "clear(m)"),
        ("for k := range m {\n\t\t// old\n\t\tdelete(m, k)\n\t}", ""),
        ("for k, v := range m {\n\t\tuse(v)\n\t\tdelete(m, k)\n\t}", ""),
        ("for k = range m {\n\t\tdelete(m, k)\n\t}", ""),
    ],
)
def test_only_a_loop_that_does_nothing_else_can_be_a_clear(loop: str, clear: str) -> None:
    facts = facts_of(f"package p\n\nfunc use(int) {{}}\n\nfunc f(m map[string]int) {{\n\tvar k string\n\t_ = k\n\t{loop}\n}}\n").facts
    assert [fact.clear for fact in facts if isinstance(fact, RangeMutation)] == [clear]


@pytest.mark.parametrize(("key", "exact"), [("string", True), ("float64", False), ("any", False), ("struct{ a int }", True), ("[2]float32", False)])
def test_a_clear_does_the_same_unless_a_key_may_be_nan(key: str, exact: bool) -> None:
    facts = facts_of(f"package p\n\nfunc f(m map[{key}]int) {{\n\tfor k := range m {{\n\t\tdelete(m, k)\n\t}}\n}}\n").facts
    assert [fact.exact for fact in facts if isinstance(fact, RangeMutation)] == [exact]


@pytest.mark.parametrize(
    ("body", "quiet"),
    [
        # a key that the loop has met before
        ("var last string\nfor k := range m { if last != `` { delete(m, last) }; last = k }", True),
        ("var last string\nfor k := range m { if last == `` { last = k; continue }; delete(m, last); last = `` }", True),
        ("var last string\nfor k := range m { if last != `` { delete(m, last) }; last = k + `x` }", False),
        ("last := other\nfor k := range m { delete(m, last); last = k }", False),
        # the key is what the loop's own was found equal to
        ("for k := range m { if k == label() { delete(m, label()) } }", True),
        ("for k := range m { if k == label() { delete(m, title()) } }", False),
        ("for k := range m { if k != label() { delete(m, label()) } }", False),
        # the loop's key without what is around it
        ("for k := range m { k = strings.TrimSpace(k); delete(m, k) }", True),
        ("for k := range m { k = label(); delete(m, k) }", False),
    ],
)
def test_deletes_of_keys_that_the_loop_has_met(body: str, quiet: bool) -> None:
    assert bool(mutations(body, declarations="func label() string\nfunc title() string")) is not quiet


def test_a_set_of_objects_is_keyed_by_its_values() -> None:
    declarations = "type T struct{}"
    assert mutations("for _, t := range set { delete(set, t) }", declarations=declarations, params="set map[*T]*T") == []
    assert mutations("for k, t := range set { _ = k; delete(set, t) }", declarations=declarations, params="set map[*T]*T") != []
    assert mutations("for _, t := range set { delete(set, t) }", params="set map[string]string") != []


USERS = """
type user struct { Name, ParentName, ManagerName string; Boss *user; Credentials credentials; peers, Members []user }
type credentials struct { AccessKey, Name string }
type id struct { group, name string }
"""


@pytest.mark.parametrize(
    ("body", "quiet"),
    [
        ("for _, u := range m { c := u.Credentials; delete(m, c.AccessKey) }", True),
        ("for k, u := range m { _ = k; delete(m, u.Credentials.AccessKey) }", True),
        ("for k := range m { u := m[k]; delete(m, u.Name) }", True),
        ("for k, u := range m { _ = k; delete(m, u.ParentName) }", False),
        ("for k, u := range m { _ = k; delete(m, u.peers[0].Name) }", False),
        ("for k, u := range m { _ = k; delete(m, u.Members[0].Name) }", False),
        ("for k, u := range m { _ = k; delete(m, u.ManagerName) }", False),
        ("for k, u := range m { _ = k; delete(m, u.Boss.Name) }", False),
        ("for k := range m { if k == other { other = label(); delete(m, other) } }", False),
        ("for k := range m { u := m[k]; if u.Name == other { m[other] = u } }", True),
        ("for k := range m { u := m[k]; if u.ParentName == other { m[other] = u } }", False),
    ],
)
def test_the_identity_of_a_value_is_its_own_key(body: str, quiet: bool) -> None:
    assert bool(mutations(body, declarations=USERS, params="m map[string]user, other string")) is not quiet


def test_entries_that_the_loop_does_nothing_with_may_go() -> None:
    def told(body: str) -> bool:
        return bool(mutations(f"for k := range m {{ {body} }}", declarations=USERS, params="m map[id]int"))

    assert not told('if k.name != "" { delete(m, id{group: k.group}) }')
    assert told('if k.name != "" { delete(m, id{group: k.group, name: "x"}) }')
    assert told('if k.group != "x" { delete(m, id{group: k.group}) }')
    assert told('if k.name != "" { delete(m, id{group: k.group}) }; println(k.name)')


def test_a_key_that_is_put_back_in_its_settled_form_stays() -> None:
    assert mutations("for k, v := range m { delete(m, k); m[strings.ToLower(k)] = v }") == [("delete", True, "k")]
    assert ("insert", False, "strings.ToLower(…)") in mutations("for k, v := range m { m[strings.ToLower(k)] = v; delete(m, k) }")
    assert len(mutations("for k, v := range m { delete(m, k); m[strings.ReplaceAll(k, `a`, `b`)] = v }")) == 2


@pytest.mark.parametrize(
    ("body", "renames"),
    [
        ("for k, v := range m { if strings.Contains(k, `.`) { m[other] = v } }", True),
        ("for k, v := range m { parts := strings.Split(k, `@`); if len(parts) == 2 { m[parts[0]] = v } }", True),
        ("for k, v := range m { if strings.HasPrefix(k, `old.`) { m[`new.`+k] = v } }", True),
        ("for k, v := range m { if strings.HasPrefix(k, `old`) { m[`older.`+k] = v } }", False),
        ("for k, v := range m { if strings.HasPrefix(k, `old`) { m[k+`.x`] = v } }", False),
        ("for k, v := range m { if strings.HasSuffix(k, `.x`) { m[k+`.x`] = v } }", False),
        ("for k, v := range m { if strings.Contains(k, `.`) { m[other+k] = v } }", False),
        ("for k, v := range m { if strings.EqualFold(other, k) && v > 0 { m[other] = v } }", True),
        ("for k, v := range m { if strings.Contains(other, `.`) { _ = k; m[other] = v } }", False),
        ("for k, v := range m { if v > 0 { _ = k; m[other] = v } }", False),
    ],
)
def test_renaming_under_a_test_of_the_text_of_the_key(body: str, renames: bool) -> None:
    text = f'package p\nimport "strings"\nvar _ = strings.ToLower\nfunc f(m map[string]int, other string) {{\n{body}\n}}\n'
    assert [fact.renames for fact in facts_of(text).facts if isinstance(fact, RangeMutation) and fact.kind == "insert"] == [renames]


SUMS = """
type sum string
func (s sum) String() string
type edge struct { from, to string }
func (e edge) Sum() (sum, error)
func (e edge) Twin() (sum, error)
func put(m map[string]edge, e edge) error { key, err := e.Sum(); m[key.String()] = e; return err }
"""


def test_what_a_value_tells_of_its_key_is_found_through_a_call_that_may_fail() -> None:
    def told(body: str) -> bool:
        return bool(mutations(f"for k, e := range m {{ _ = k; {body} }}", declarations=SUMS, params="m map[string]edge"))

    assert not told("key, err := e.Sum(); if err != nil { return }; delete(m, key.String())")
    assert not told("key, err := e.Sum(); delete(m, key.String()); key, err = e.Twin(); println(key, err)")
    assert told("key, err := e.Twin(); if err != nil { return }; delete(m, key.String())")
    assert told("key, err := e.Sum(); key, err = e.Twin(); if err != nil { return }; delete(m, key.String())")


@pytest.mark.parametrize(("condition", "quiet"), [("changed", True), ("other != ``", False)])
def test_a_function_that_runs_again_until_nothing_changes_leaves_nothing_to_chance(condition: str, quiet: bool) -> None:
    text = "package p\nfunc up(k string) string\nfunc f(m map[string]int, other string) {\nchanged := false\n"
    text += f"for k := range m {{ if _, ok := m[up(k)]; !ok {{ m[up(k)] = 1 }}; changed = true }}\nif {condition} {{ f(m, other) }}\n}}\n"
    assert bool([fact for fact in facts_of(text).facts if isinstance(fact, RangeMutation)]) is not quiet


def test_a_key_that_a_function_has_tested_is_told_from_a_new_one() -> None:
    source = "package p\nfunc special(k string) bool { return k != `` }\nfunc f(m map[string]int) { for k := range m { %s } }\n"
    (tested,) = (fact for fact in facts_of(source % "if special(k) { m[`all`] = 1 }").facts if isinstance(fact, RangeMutation))
    (other,) = (fact for fact in facts_of(source % "if special(``) { m[`all`] = 1 }").facts if isinstance(fact, RangeMutation))
    assert (tested.renames, other.renames) == (True, False)


def test_a_value_that_moves_to_the_key_in_its_field_is_told() -> None:
    declarations = "type V struct { to, label string }"
    move = "for _, v := range m { m[v.to] = v }"
    assert mutations(move, declarations=declarations, params="m map[string]V") == [("insert", False, "v.to")]
    keyed = f"{declarations}\nfunc add(m map[string]V, v V) {{ m[v.label] = v }}"
    assert mutations("for _, v := range m { m[v.label] = v }", declarations=keyed, params="m map[string]V") == []
