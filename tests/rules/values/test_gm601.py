"""GM601."""

from __future__ import annotations

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


def test_what_serves_tests_stops_a_test_at_worst() -> None:
    text = "package testutil\nfunc F(c bool) {\n\tvar m map[string]int\n\tif c {\n\t\tm = map[string]int{}\n\t}\n\tm[``] = 1\n}"
    found = Program([facts_of({"p.go": text}, path="example.com/testutil")])
    assert [finding.level for finding in gm601.check(found)] == [Level.NOTE]
