from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golint_maps import selection
from golint_maps.builtin_rules import BUILTIN_RULES
from golint_maps.findings import Finding, Level, Location
from golint_maps.rule import Precision, Profile, Rule
from golint_maps.settings import Override, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def rule(id_: str, name: str, profile: Profile = Profile.DEFAULT) -> Rule:
    return Rule(id_, name, name, Level.WARNING, Precision.HIGH, profile)


RULES = (
    *BUILTIN_RULES,
    rule("GM101", "delete-other-key-during-range"),
    rule("GM102", "delete-own-key-during-range", Profile.STRICT),
    rule("GM201", "unguarded-concurrent-write"),
    rule("XY201", "somebody-elses"),
)


def ids(**fields: object) -> list[str]:
    return [rule.id for rule in selection.selected(RULES, Settings(**fields))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ("GM101", {"GM101"}),
        ("gm101", {"GM101"}),
        ("unguarded-concurrent-write", {"GM201"}),
        ("GM1", {"GM101", "GM102"}),
        ("GM", {"GM000", "GM001", "GM101", "GM102", "GM201"}),
        ("ALL", {rule.id for rule in RULES}),
        ("GM10", set()),
        ("G", set()),
        ("nonsense", set()),
    ],
)
def test_a_selector_is_an_id_a_name_a_family_or_all(selector: str, named: set[str]) -> None:
    assert selection.resolve(selector, RULES) == named


def test_the_default_profile_leaves_strict_rules_out() -> None:
    assert ids() == ["GM000", "GM101", "GM201", "XY201"]


def test_the_strict_profile_runs_everything() -> None:
    assert ids(profile=Profile.STRICT) == [rule.id for rule in RULES]


def test_select_runs_what_it_names_and_always_says_what_could_not_be_analysed() -> None:
    assert ids(select=("GM102",)) == ["GM000", "GM102"]


def test_extend_select_adds_to_the_profile() -> None:
    assert ids(extend_select=("GM102",)) == ["GM000", "GM101", "GM102", "GM201", "XY201"]


@pytest.mark.parametrize(
    ("select", "ignore", "left"),
    [
        (("GM1",), ("GM101",), ["GM000", "GM102"]),
        (("GM101",), ("GM1",), ["GM000", "GM101"]),
        (("GM101",), ("GM101",), ["GM000"]),
        (("ALL",), ("GM",), ["XY201"]),
    ],
)
def test_the_narrower_selector_wins_and_ignore_of_two_equal_ones(select: tuple[str, ...], ignore: tuple[str, ...], left: list[str]) -> None:
    chosen = ids(select=select, ignore=ignore)
    assert [each for each in chosen if each != "GM000"] == [each for each in left if each != "GM000"]


@pytest.mark.parametrize(
    ("selector", "hint"),
    [("GM210", "did you mean `GM201`?"), ("unguarded-write", "did you mean `unguarded-concurrent-write`?"), ("%%", "see `golint-maps rules`")],
)
def test_an_unknown_selector_is_an_error_with_a_suggestion(selector: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ids(ignore=(selector,))
    assert f"no rule is named `{selector}`; {hint}" in str(caught.value)


def finding(rule: str, path: str) -> Finding:
    return Finding(rule, Level.WARNING, "m", Location(path, 0, 1))


def adjusted(settings: Settings, findings: list[Finding], root: Path) -> list[tuple[str, str, str]]:
    return [(each.rule, each.location.path, each.level) for each in selection.adjust(findings, RULES, settings, root)]


def test_overrides_turn_rules_on_and_off_and_set_levels_for_their_paths(tmp_path: Path) -> None:
    settings = Settings(
        ignore=("GM2",),
        level={"GM1": Level.ERROR},
        overrides=(
            Override(("**/legacy/*.go",), select=("GM201",), level={"GM101": Level.NOTE}),
            Override(("cmd/**",), ignore=("GM1",)),
        ),
        root=tmp_path,
    )
    found = [finding(rule, path) for path in ("a.go", "x/legacy/b.go", "cmd/c.go") for rule in ("GM101", "GM201")]
    assert adjusted(settings, found, tmp_path) == [
        ("GM101", "a.go", "error"),
        ("GM101", "x/legacy/b.go", "note"),
        ("GM201", "x/legacy/b.go", "warning"),
    ]
    assert "GM201" in [rule.id for rule in selection.selected(RULES, settings)]


def test_override_paths_are_relative_to_the_configuration_file(tmp_path: Path) -> None:
    settings = Settings(overrides=(Override(("/sub/gen/*.go",), ignore=("ALL",)),), root=tmp_path)
    found = [finding("GM101", "gen/a.go"), finding("GM101", "b.go")]
    assert adjusted(settings, found, tmp_path / "sub") == [("GM101", "b.go", "warning")]


def test_the_narrowest_level_wins_in_any_order(tmp_path: Path) -> None:
    for level in ({"ALL": Level.NOTE, "GM101": Level.ERROR}, {"GM101": Level.ERROR, "ALL": Level.NOTE}):
        assert adjusted(Settings(level=level), [finding("GM101", "a.go")], tmp_path) == [("GM101", "a.go", "error")]
