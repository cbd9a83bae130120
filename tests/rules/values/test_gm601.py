"""GM601."""

from __future__ import annotations

from golint_maps.rules.values import gm601_nil_map_write as gm601

from golint_maps.findings import Level
from golint_maps.testing import findings_of


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
