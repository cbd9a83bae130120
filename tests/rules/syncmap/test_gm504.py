"""GM504: assertions on values of maps that several packages share."""

from __future__ import annotations

import pytest
from golint_maps.rules.syncmap import gm504_syncmap_unchecked_assertion as gm504

from golint_maps.program import Program
from golint_maps.testing import facts_of

METER = """package meter
import "sync"
type Meter struct { Bytes sync.Map }
func (m *Meter) Set(port uint16, n int64) { m.Bytes.Store(port, n) }
"""
REPORT = """package report
import "example.com/meter"
func Total(m *meter.Meter, ports []uint16) (total int) {
	for _, port := range ports {
		if v, ok := m.Bytes.Load(port); ok { total += int(v.(TYPE)) }
	}
	return total
}
"""


def reported(kind: str, *, meter: str = METER, more: str = "", declared: bool = True) -> int:
    imports = {"example.com/meter": meter}
    packages = [facts_of(REPORT.replace("TYPE", kind) + more, path="example.com/report", imports=imports)]
    if declared:
        packages.append(facts_of(meter, path="example.com/meter"))
    return len(list(gm504.check(Program(packages))))


def test_a_type_that_no_package_puts_in_is_told() -> None:
    assert reported("int") == 1
    assert reported("int64") == 0


@pytest.mark.parametrize(
    "more",
    [
        "func Set(m *meter.Meter) { m.Bytes.Store(1, 2) }",
        "func Set(m *meter.Meter, x any) { m.Bytes.Store(1, x) }",
        "func Set(m *meter.Meter, fill func(any)) { fill(&m.Bytes) }",
    ],
)
def test_another_package_may_put_it_in(more: str) -> None:
    assert reported("int", more=more) == 0


def test_a_package_that_is_not_seen_may_put_it_in() -> None:
    assert reported("int", more="func Set(m *meter.Meter) { m.Bytes.Store(1, int64(2)) }", declared=False) == 0


def test_a_variable_that_all_can_reach_is_told_as_a_field_is() -> None:
    text = "package p\nimport `sync`\nvar All sync.Map\nfunc put(s string) { All.Store(s, s) }\n"
    use = "func get(k string) []byte { v, ok := All.Load(k); if !ok { return nil }; return v.([]byte) }"
    assert len(list(gm504.check(Program([facts_of(text + use)])))) == 1
    assert not list(gm504.check(Program([facts_of(text.replace("All sync.Map", "All = new(sync.Map)") + use)])))
