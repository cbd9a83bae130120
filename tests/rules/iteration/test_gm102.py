"""GM102: the fix."""

from __future__ import annotations

import pytest
from golint_maps.rules.iteration import gm102_delete_own_key_during_range as rule

from golint_maps.findings import Safety
from golint_maps.testing import findings_of


def loop(key: str) -> str:
    return f"package p\n\nfunc f(m map[{key}]int) {{\n\tfor k := range m {{\n\t\tdelete(m, k)\n\t}}\n}}\n"


@pytest.mark.parametrize(("key", "safety"), [("string", Safety.SAFE), ("float64", Safety.UNSAFE)])
def test_a_loop_that_only_deletes_becomes_a_clear(key: str, safety: Safety) -> None:
    text = loop(key)
    [finding] = findings_of(rule, text)
    [fix] = finding.fixes
    [edit] = fix.edits
    assert fix.safety is safety
    assert text[: edit.location.start] + edit.text + text[edit.location.end :] == f"package p\n\nfunc f(m map[{key}]int) {{\n\tclear(m)\n}}\n"


def test_clear_is_not_offered_before_it_exists() -> None:
    [finding] = findings_of(rule, loop("string"), go=(1, 20))
    assert finding.fixes == ()
    assert "1.21" in finding.help
