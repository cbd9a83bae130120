"""GM601."""

from __future__ import annotations

import pytest
from golint_maps.rules.values import gm601_nil_map_write as gm601

from golint_maps.findings import Level
from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of


def test_a_map_that_is_nil_on_every_path_is_an_error() -> None:
    (finding,) = findings_of(gm601, "func f() {\n\tvar m map[string]int\n\tm[``] = 1\n}")
    assert finding.level is Level.ERROR
    assert finding.map == "p.f.m"
    assert [related.message for related in finding.related] == ["declared here"]


def test_a_map_that_is_nil_on_some_path_is_a_warning() -> None:
    (finding,) = findings_of(gm601, "func f(c bool) {\n\tvar m map[string]int\n\tif c {\n\t\tm = map[string]int{}\n\t}\n\tm[``] = 1\n}")
    assert finding.level is Level.WARNING


def test_copying_into_a_nil_map_is_a_warning() -> None:
    text = 'package p\nimport "maps"\nfunc f(o map[string]int) {\n\tvar m map[string]int\n\tmaps.Copy(m, o)\n}'
    (finding,) = findings_of(gm601, text)
    assert finding.level is Level.WARNING
    assert "when there is anything to copy" in finding.message


def test_a_text_that_the_program_keeps_is_a_note() -> None:
    text = 'package p\nimport "encoding/json"\ntype row struct{ text string }\nfunc f(r row) {\n\tvar m map[string]int\n'
    (finding,) = findings_of(gm601, text + "\tjson.Unmarshal([]byte(r.text), &m)\n\tm[``] = 1\n}")
    assert finding.level is Level.NOTE


def test_a_field_that_its_own_constructor_makes_is_no_doubt() -> None:
    api = "package api\ntype State struct { Names map[string]int }\nfunc Reset(s *State)\n"
    use = 'package p\nimport "example.com/api"\nfunc f(s *api.State) {\n\tif _, ok := s.Names[``]; !ok {\n\t\ts.Names[``] = 1\n\t}\n}'
    user = facts_of(use, imports={"example.com/api": api})
    assert len(list(gm601.check(Program([user])))) == 1
    for made in ("return &State{Names: map[string]int{}}", "s := new(State)\n\ts.Names = make(map[string]int)\n\treturn s"):
        maker = facts_of(f"{api}func NewState() *State {{\n\t{made}\n}}", path="example.com/api")
        assert not list(gm601.check(Program([user, maker])))


META = """package meta
type Info struct { Name string; Notes map[string]string }
func New(name string) Info { return Info{Name: name} }
func (i *Info) Note(k, v string) { i.Notes[k] = v }
type Index struct { notes map[string]string }
func Of(i Info) *Index { return &Index{notes: i.Notes} }
func (x *Index) Add(k string) { x.notes[k] = k }
"""


@pytest.mark.parametrize(
    ("made", "findings"),
    [
        ("func f() *Pod { p := &Pod{}; p.Notes = map[string]string{}; return p }", 0),
        ("func f(m map[string]string) { p := &Pod{}; p.Info.Notes = m; use(p) }", 0),
        ("func f() *Pod { return &Pod{Info: meta.Info{Notes: map[string]string{}}} }", 0),
        ("func f() any { return []meta.Info{{Notes: map[string]string{}}} }", 0),
        ("func f() any { return meta.Info{`a`, map[string]string{}} }", 0),
        ("func f() { p := &Pod{}; use(&p.Notes) }", 0),
        ("func f() *Pod { p := &Pod{}; p.Notes = nil; p.Name = ``; return p }", 2),
        ("func f() any { return meta.Info{Name: `a`, Notes: nil} }", 2),
    ],
)
def test_another_package_makes_an_exported_field(made: str, findings: int) -> None:
    use = f'package pod\nimport "example.com/meta"\ntype Pod struct {{ meta.Info; Notices map[string]string }}\nfunc use(any)\n{made}'
    program = Program([facts_of(META, path="example.com/meta"), facts_of(use, path="example.com/pod", imports={"example.com/meta": META})])
    assert len(list(gm601.check(program))) == findings


def test_what_only_tests_use_is_made_by_tests() -> None:
    use = 'package pod\nimport "example.com/meta"\nfunc f() any { return meta.Info{Notes: map[string]string{}} }'
    for path, findings in (("example.com/meta", 2), ("example.com/metafake", 0)):
        imports = {path: META}
        meta = facts_of(META, path=path)
        user = facts_of({"p_test.go": use.replace("example.com/meta", path)}, path="example.com/pod", imports=imports)
        code = facts_of(f'package app\nimport _ "{path}"', path="example.com/app") if findings else facts_of("package app", path="example.com/app")
        assert len(list(gm601.check(Program([meta, user, code])))) == findings


def test_what_serves_tests_stops_a_test_at_worst() -> None:
    text = "package testutil\nfunc F(c bool) {\n\tvar m map[string]int\n\tif c {\n\t\tm = map[string]int{}\n\t}\n\tm[``] = 1\n}"
    found = Program([facts_of({"p.go": text}, path="example.com/testutil")])
    assert [finding.level for finding in gm601.check(found)] == [Level.NOTE]


SETS = """package sets
type Set map[string]bool
func (s Set) Has(k string) bool { return s[k] }
func (s Set) Add(k string) { s[k] = true }
type Counter struct { n map[string]int; limit int }
func New() *Counter { return &Counter{n: map[string]int{}} }
func (c *Counter) Inc(k string) { c.n[k]++ }
func (c *Counter) Late(k string) { if c.n == nil { c.n = map[string]int{} }; c.n[k]++ }
func (c *Counter) Some(k string) { if c.limit > 0 { c.n[k]++ } }
"""


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("var s sets.Set; s.Has(``); s.Add(``)", ["s[k]"]),
        ("var c sets.Counter; c.Inc(``); c.Inc(``)", ["c.n[k]"]),
        ("var c sets.Counter; c.Late(``)", []),
        ("var c sets.Counter; c.Late(``); c.Inc(``)", []),
        ("var c sets.Counter; c.Some(``)", []),
        ("var c *sets.Counter; c = sets.New(); c.Inc(``)", []),
        ("s := sets.Set{}; s.Add(``)", []),
    ],
)
def test_a_method_of_another_package_is_called_on_a_zero_value(body: str, written: list[str]) -> None:
    called = facts_of(SETS, path="example.com/sets")
    caller = facts_of(f'package p\nimport "example.com/sets"\nfunc f() {{ {body} }}', imports={"example.com/sets": SETS})
    findings = list(gm601.check(Program([called, caller])))
    assert [SETS.encode()[found.location.start : found.location.end].decode() for found in findings] == written
    assert all(found.level is Level.ERROR for found in findings)


@pytest.mark.parametrize(
    ("made", "body", "levels"),
    [
        ("", "h.m[`a`] = 1", ["error"]),
        ("", "for _, n := range names { h.m[n] = 1 }", ["warning"]),
        ("if len(names) > 0 { h.m = map[string]int{} }; ", "for _, n := range names { h.m[n] = 1 }", []),
        ("if len(names) > 0 { h.m = map[string]int{} }; ", "h.m[`a`] = 1", []),
    ],
)
def test_what_a_callee_writes_in_a_loop_is_not_sure_and_what_a_caller_may_have_made_is_made(made: str, body: str, levels: list[str]) -> None:
    source = (
        "package p\ntype host struct { m map[string]int }\nfunc Make() *host { return &host{m: map[string]int{}} }\n"
        f"func bind(h *host, names []string) {{ {body} }}\nfunc Run(names []string) {{ h := &host{{}}; {made}bind(h, names) }}\n"
    )
    assert [finding.level.value for finding in findings_of(gm601, source)] == levels


@pytest.mark.parametrize(("kind", "found"), [("ids.ID", 0), ("ids.Draw", 1)])
def test_a_conversion_to_a_type_of_another_package_gives_equal_keys_for_equal_values(kind: str, found: int) -> None:
    ids = "package ids\ntype ID uint64\nfunc Draw(n uint64) ID { return ID(n + 1) }"
    text = (
        'package p\nimport "example.com/ids"\nfunc f(data map[uint64][]string) map[ids.ID]map[int]bool {\n\tall := map[ids.ID]map[int]bool{}\n'
        "\tfor n, list := range data {\n\t\tif all[KIND(n)] == nil {\n\t\t\tall[KIND(n)] = map[int]bool{}\n\t\t}\n"
        "\t\tfor i := range list {\n\t\t\tall[KIND(n)][i] = true\n\t\t}\n\t}\n\treturn all\n}"
    ).replace("KIND", kind)
    assert len(list(gm601.check(Program([facts_of(text, imports={"example.com/ids": ids})])))) == found


@pytest.mark.parametrize(
    ("method", "key", "found"),
    [
        ("func (c *conf) group() string { return c.g }", "c.group()", 0),
        ('func (c *conf) group() string { if c == nil || c.g == "" { return "app" }; return c.g }', "c.group()", 0),
        ("func (c *conf) group() string { c.n++; return names[c.n] }", "c.group()", 1),
        ("func (c *conf) group() string { return next(c) }; func next(c *conf) string { c.n++; return names[c.n] }", "c.group()", 1),
        ("func (c *conf) group() string { return <-draws }", "c.group()", 1),
        ("func (c *conf) GetGroup() string { return find(c) }; func find(c *conf) string { return c.g }", "c.GetGroup()", 0),
        ("", "c.meta.GetGroup()", 0),
        ("", "c.meta.Group()", 0),
        ("", "c.meta.Addr()", 0),
        ("", "c.meta.NextGroup()", 1),
        ("", "meta.Group()", 1),
    ],
)
def test_what_a_getter_says_twice_is_one_key(method: str, key: str, found: int) -> None:
    text = (
        'package p\nimport "example.com/meta"\ntype conf struct { g string; n int; meta meta.Info }\nvar names []string\nvar draws chan string\n'
        f"{method}\nfunc f(all []*conf) map[string]map[string]bool {{\n\tm := map[string]map[string]bool{{}}\n\tfor _, c := range all {{\n"
        f"\t\tif m[{key}] == nil {{ m[{key}] = map[string]bool{{}} }}\n\t\tm[{key}][``] = true\n\t}}\n\treturn m\n}}"
    )
    assert len(findings_of(gm601, text)) == found
