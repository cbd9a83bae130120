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
        ('return append(s, "last")', "returned"),
        ('s = append(s, "last"); return s', "returned"),
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
        's = append(s, "last"); return nil',
        's = append(s, "last"); sort.Strings(s); return s',
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


HELD = """type T struct { name string; s []string }
var all []T
func sortDeep(list []T) { for _, t := range list { sort.Strings(t.s) } }
"""


@pytest.mark.parametrize(
    "use",
    [
        "sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name }); all = list; return nil",
        "sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name }); fmt.Println(list); return nil",
        "all = list; return nil",
    ],
)
def test_sorting_what_holds_a_slice_does_not_sort_the_slice(use: str) -> None:
    body = f"var list []T; t := T{{}}; for k := range m {{ t.s = append(t.s, k) }}; list = append(list, t); {use}"
    assert [kind for kind, _ in escapes(body, declarations=HELD)] == ["append"]


@pytest.mark.parametrize(
    "use",
    [
        "for i := range list { sort.Strings(list[i].s) }; all = list; return nil",
        "for _, t := range list { sort.Strings(t.s) }; all = list; return nil",
        "sortDeep(list); all = list; return nil",
    ],
)
def test_a_held_slice_is_sorted_where_it_lies(use: str) -> None:
    body = f"var list []T; t := T{{}}; for k := range m {{ t.s = append(t.s, k) }}; list = append(list, t); {use}"
    assert escapes(body, declarations=HELD) == []


def test_a_slice_of_the_same_elements_is_sorted_with_them() -> None:
    assert escapes("var s, t []string; for k := range m { s = append(s, k) }; t = append(t, s...); sort.Strings(t); return t") == []


def test_a_template_shows_the_order_of_a_slice() -> None:
    declarations = 'import "html/template"\nvar page *template.Template\n'
    assert escapes(FILL + "page.Execute(w, s); return nil", declarations=declarations) == [("append", "rendered")]


@pytest.mark.parametrize(
    "loop",
    [
        "for _, v := range groups { sums[v.size] += v.weight }",
        "for _, v := range groups { for i, w := range v.weights { sums[i] += w * v.weight } }",
        "for _, v := range groups { t.sums[0] += v.weight }",
    ],
)
def test_a_sum_in_an_element_that_several_turns_add_to_depends_on_the_order(loop: str) -> None:
    declarations = (
        "type G struct { id int; size int; weight float64; weights map[int]float64 }\nvar groups map[int]G\nvar t struct { sums [3]float64 }\n"
    )
    assert escapes(f"sums := map[int]float64{{}}; {loop}; return nil", declarations=declarations) == [("float", "")]


@pytest.mark.parametrize(
    "loop",
    [
        "for k, v := range groups { sums[k] += v.weight }",
        "for k, v := range groups { sums[k+1] += v.weight }",
        "for k, v := range m { n := len(k); sums[n] += v }",
        "for _, v := range groups { sums[v.id] += v.weight }",
        "for _, v := range groups { for i, w := range v.weights { each := map[int]float64{}; each[i] += w } }",
        "for _, v := range groups { counts[v.size]++ }",
        "for _, v := range groups { sums[v.size] += float64(v.size) * 2 }",
        "for _, v := range groups { sums[0] = 0; for _, w := range list { sums[0] += w * v.weight }; fmt.Sprint(sums[0]) }",
    ],
)
def test_a_sum_of_one_turn_or_of_whole_numbers_does_not(loop: str) -> None:
    declarations = "type G struct { id int; size int; weight float64; weights map[int]float64 }\nvar groups map[int]G\nvar list []float64\n"
    assert escapes(f"sums, counts := map[int]float64{{}}, map[int]int{{}}; {loop}; return nil", declarations=declarations) == []


COLLECT = """import ("maps"; "slices"; old "golang.org/x/exp/maps")
var _ = maps.Keys[map[int]int]
var _ = slices.Sort[[]int]
var _ = old.Keys[map[int]int]
type T struct { s []string }
var x T
"""


def test_reflection_lists_keys_in_no_order_either() -> None:
    declarations = 'import "reflect"\nvar v reflect.Value\ntype K struct{}\nfunc (K) MapKeys() []string\nvar own K\n'
    assert escapes("for _, k := range v.MapKeys() { fmt.Fprintln(w, k) }; return nil", declarations=declarations) == [("collect", "walked over")]
    sorting = "ks := v.MapKeys(); sort.Slice(ks, func(i, j int) bool { return ks[i].String() < ks[j].String() })"
    assert escapes(f"{sorting}; for _, k := range ks {{ fmt.Fprintln(w, k) }}; return nil", declarations=declarations) == []
    assert escapes("for _, k := range v.MapKeys() { os.Remove(k.String()) }; return nil", declarations=declarations) == []
    assert escapes("return own.MapKeys()", declarations=declarations) == []


@pytest.mark.parametrize("listed", ["slices.Collect(maps.Keys(m))", "slices.AppendSeq([]string{}, maps.Keys(m))", "old.Keys(m)"])
@pytest.mark.parametrize(
    ("use", "how"),
    [
        ("return {}", "returned"),
        ("s := {}; return s", "returned"),
        ('_ = strings.Join({}, ","); return nil', "joined"),
        ("x.s = {}; return nil", "stored"),
        ("x = T{{{}}}; return nil", "stored"),
        ("for _, k := range {} {{ fmt.Fprintln(w, k) }}; return nil", "walked over"),
    ],
)
def test_a_map_listed_without_a_loop_shows_its_order_where_the_slice_does(listed: str, use: str, how: str) -> None:
    assert escapes(use.format(listed), declarations=COLLECT) == [("collect", how)]


@pytest.mark.parametrize(
    "use",
    [
        "return slices.Sorted(maps.Keys(m))",
        "s := slices.Collect(maps.Keys(m)); slices.Sort(s); return s",
        "s := old.Keys(m); sort.Strings(s); return s",
        "_ = len(slices.Collect(maps.Keys(m))); return nil",
        "for _, k := range old.Keys(m) { os.Remove(k) }; return nil",
        "return inOrder(old.Keys(m))",
        "for k := range maps.Keys(m) { os.Remove(k) }; return nil",
        "return slices.Collect(strings.Lines(x.s[0]))",
    ],
)
def test_a_listed_map_that_is_sorted_or_used_like_a_set_does_not_show(use: str) -> None:
    assert escapes(use, declarations=COLLECT + "func inOrder(s []string) []string { sort.Strings(s); return s }\n") == []


def test_a_function_that_says_that_there_is_no_order_may_list() -> None:
    assert escapes("return slices.Collect(maps.Keys(m))", declarations=COLLECT + "// f lists keys in no particular order.") == []


RANDOM = """import "math/rand"
type G struct { r *rand.Rand; *rand.Zipf }
type E struct { *rand.Rand }
var shared *rand.Rand
func (g *G) word() string { return string(rune(g.r.Intn(26))) }
func (g *G) text() string { return g.word() + g.word() }
func (g *G) name() string { return "g" }
func fromShared() int { return shared.Intn(3) }
func fill(r *rand.Rand, k string) {}
func local() int { return rand.New(rand.NewSource(1)).Intn(3) }
"""


@pytest.mark.parametrize(
    "call", ["g.r.Intn(3)", "e.Intn(3)", "g.word()", "g.text()", "fromShared()", "fill(g.r, k)", "fill(shared, k)", "g.r.Shuffle(3, nil)"]
)
def test_a_loop_that_draws_random_numbers_gives_them_to_other_entries_in_each_run(call: str) -> None:
    assert escapes(f"var g *G; var e E; for k := range m {{ {call} }}; return nil", declarations=RANDOM) == [("draw", "")]


@pytest.mark.parametrize(
    "loop",
    [
        "for k := range m { rand.Intn(len(k)) }",
        "for k := range m { r := rand.New(rand.NewSource(int64(len(k)))); r.Intn(3) }",
        "for k := range m { g := &G{}; _ = k; g.word() }",
        "for k := range m { _ = k; g.name(); local() }",
        "for range m { g.word() }",
        "for _, k := range []string{} { fill(g.r, k) }",
    ],
)
def test_a_generator_of_each_turn_or_of_the_runtime_is_as_random_in_any_order(loop: str) -> None:
    assert escapes(f"var g *G; {loop}; return nil", declarations=RANDOM) == []


@pytest.mark.parametrize("seed", ["time.Now().UnixNano()", "rand.Int63()"])
def test_a_generator_that_is_seeded_anew_in_each_run_need_not_be_repeatable(seed: str) -> None:
    declarations = f'import "time"\nvar _ = time.Now\n{RANDOM}func init() {{ shared = rand.New(rand.NewSource({seed})) }}\n'
    assert escapes("var g *G; for k := range m { _ = k; g.word() }; return nil", declarations=declarations) == []


EMITTING = """import "bytes"
type G struct { w io.Writer; buf bytes.Buffer; n int }
type E struct { name string }
var out strings.Builder
func (g *G) emit(k string) { fmt.Fprintf(g.w, k) }
func (g *G) line(k string) { g.emit(k); g.emit("") }
func (g *G) scratch(k string) string { g.buf.Reset(); g.buf.WriteString(k); return g.buf.String() }
func (g *G) part(k string) { g.buf.WriteString(k) }
func (g *G) count(k string) { g.n++ }
func (e E) to(w io.Writer) { io.WriteString(w, e.name) }
func write(w io.Writer, k string) { write2(k, w) }
func write2(k string, w io.Writer) { fmt.Fprint(w, k) }
func toOut(k string) { out.WriteString(k) }
func own(k string) string { var b strings.Builder; b.WriteString(k); return b.String() }
func warn(k string) { fmt.Fprintln(os.Stderr, k) }
var elements map[string]E
"""


@pytest.mark.parametrize(
    "turn",
    [
        "g.emit(k)",
        "g.line(k)",
        "write(w, k)",
        "write(&b, k)",
        "write(g.w, k)",
        "toOut(k)",
        "elements[k].to(w)",
        "here(k)",
        "if k != `` { g.part(k) }",
    ],
)
def test_what_functions_of_the_package_write_shows_the_order(turn: str) -> None:
    body = f"var g *G; var b strings.Builder; here := func(k string) {{ b.WriteString(k) }}; _ = here; for k := range m {{ {turn} }}; return nil"
    assert escapes(body, declarations=EMITTING) == [("write", "")]


@pytest.mark.parametrize(
    "turn",
    [
        "g.scratch(k)",
        "g.count(k)",
        "own(k)",
        "warn(k)",
        "var b strings.Builder; write(&b, k)",
        "g := &G{w: w}; g.buf.Reset(); g.part(k)",
        "g.buf.Reset(); g.part(k)",
        'g.emit("")',
        "there(k)",
        "go g.emit(k)",
    ],
)
def test_what_is_written_anew_in_each_turn_or_says_nothing_of_it_does_not(turn: str) -> None:
    body = f"var g *G; there := func(k string) {{ var b strings.Builder; b.WriteString(k) }}; _ = there; for k := range m {{ {turn} }}; return nil"
    assert escapes(body, declarations=EMITTING) == []


def test_a_slice_that_is_filled_by_a_counter_has_the_order_of_the_loop() -> None:
    fill = "s, i := make([]string, len(m)), 0; for k := range m { s[i] = k; i++ }; "
    assert escapes(fill + "return s") == [("append", "returned")]
    assert escapes(fill + "sort.Strings(s); return s") == []
    assert escapes("s, i := make([]string, 9), 0; for k := range m { s[len(k)] = k; i++ }; return s") == []
    assert escapes("s, i := make([]string, 9), 0; for k := range m { i := len(k); s[i] = k; i++ }; return s[i:]") == []


def test_a_flag_that_each_entry_has_fits_several() -> None:
    def kinds(body: str) -> list[str]:
        return [kind for kind, _ in escapes(body, result="string", declarations="var alive map[string]bool")]

    assert kinds("for k, ok := range alive { if ok { return k } }; return ``") == ["choice"]
    assert kinds("for k, ok := range alive { if !ok { continue }; return k }; return ``") == ["choice"]
    assert kinds("for k, last := range alive { if !last { return k } }; return ``") == []
