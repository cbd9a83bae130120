from __future__ import annotations

import pickle
import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import msgspec
import pytest

from golint_maps import settings
from golint_maps.findings import Level
from golint_maps.rule import Profile
from golint_maps.settings import ConcurrentCallback, FailOn, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def loaded(folder: Path, text: str = "", name: str = ".golint-maps.toml", **options: object) -> Settings:
    if text:
        (folder / name).write_text(text)
    return settings.load(["./..."], options, cwd=folder)


def test_without_a_file_and_options_the_defaults_hold(here: Path) -> None:
    assert loaded(here) == Settings()


def test_the_file_is_read_in_kebab_case(here: Path) -> None:
    found = loaded(here, 'fail-on = "note"\nprofile = "strict"\ntimeout-per-package = 5\nlevel = { GM103 = "note" }\n')
    assert (found.fail_on, found.profile, found.timeout_per_package) == (FailOn.NOTE, Profile.STRICT, 5.0)
    assert found.level == {"GM103": Level.NOTE}


def test_a_pyproject_section_counts_and_one_without_it_is_passed_over(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.golint-maps]\njobs = 3\n")
    inner = here / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert loaded(inner).jobs == 3


def test_the_nearest_file_upward_from_the_target_holds(here: Path) -> None:
    (here / ".golint-maps.toml").write_text("jobs = 1\n")
    (here / "a/b").mkdir(parents=True)
    (here / "a/.golint-maps.toml").write_text("jobs = 2\n")
    assert settings.load(["a/b/..."], {}, cwd=here).jobs == 2
    assert settings.load(["a/b/x.go", "c/y.go"], {}, cwd=here).jobs == 1


def test_files_that_are_nearest_to_single_targets_only_are_passed_over(here: Path) -> None:
    for name in ("a", "b", "c"):
        (here / name).mkdir()
    (here / "a/.golint-maps.toml").write_text("jobs = 1\n")
    (here / "b/.golint-maps.toml").write_text("jobs = 2\n")
    both = (here / "a/.golint-maps.toml", here / "b/.golint-maps.toml")
    assert settings.find(["a/...", "b/p.go", "c"], here) is None
    assert settings.passed_over(["a/...", "b/p.go", "c"], here) == both
    (here / ".golint-maps.toml").write_text("jobs = 3\n")
    assert settings.passed_over(["a/...", "b/p.go", "c"], here) == both
    assert settings.passed_over(["a/...", "a/p.go"], here) == ()
    assert settings.passed_over(["./..."], here) == ()


def test_an_own_file_wins_over_a_pyproject_section_beside_it(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.golint-maps]\njobs = 3\n")
    assert loaded(here, "jobs = 4\n").jobs == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ingore = ["GM1"]\n', ":1: unknown key `ingore`; did you mean `ignore`?"),
        ("jobs = 1\n\nfail_on = 'note'\n", ":3: unknown key `fail_on`; did you mean `fail-on`?"),
        ("[[overrides]]\npaths = ['x']\nlevels = {}\n", ":3: unknown key `levels` of overrides; did you mean `level`?"),
        ("zzz = 1\n", ":1: unknown key `zzz`; did you mean `"),
        ("tests = 'yes'\n", ":1: tests: expected `bool`, got `str`"),
        ("\njobs = -1\n", ":2: jobs: must not be negative"),
        ("\n\ntimeout-per-package = 0\n", ":3: timeout-per-package: must be more than 0 seconds"),
        ("go = 'new'\n", ":1: go: 'new' is no Go version; write it as 1.24"),
        ("go = '2.0'\n", ":1: go: '2.0' is no Go version; write it as 1.24"),
        ("level = { GM103 = 'fatal' }\n", ":1: level: 'fatal' is none of error, warning and note"),
        ("profile = 'stict'\n", ":1: profile: 'stict' is none of default and strict"),
        ("\nfail-on = 'warn'\n", ":2: fail-on: 'warn' is none of error, warning, note and never"),
        (
            "level = {}\n[[overrides]]\npaths = ['x']\n[[overrides]]\npaths = ['x']\nlevel = { GM1 = 'bad' }\n",
            ":6: level of overrides: 'bad' is none of error, warning and note",
        ),
        ("overrides = [{ paths = ['x'], level = { GM1 = 'bad' } }]\n", ":1: overrides: 'bad' is none of error, warning and note"),
        ("concurrent-callbacks = ['Subscribe']\n", ":1: concurrent-callbacks: 'Subscribe' names no function; write it as import/path.Func"),
        ("concurrent-callbacks = ['example.com/bus']\n", "names no function"),
        ("concurrent-callbacks = [{ function = 'a.F', arguments = [0, -1] }]\n", ":1: concurrent-callbacks: expected `int` >= 0"),
        ("jobs = \n", "Invalid value"),
        ("[[overrides]]\nignore = ['GM1']\n", ":1: overrides: object missing required field `paths`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_would_be_right(here: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(here, text)
    assert message in str(caught.value)
    assert ".golint-maps.toml" in str(caught.value)


def test_a_file_that_is_not_utf8_is_an_error_that_names_it(here: Path) -> None:
    (here / ".golint-maps.toml").write_bytes(b"go = '\xff'\n")
    with pytest.raises(SettingsError, match=r"\.golint-maps\.toml"):
        loaded(here)


def test_options_replace_what_the_file_says(here: Path) -> None:
    assert loaded(here, "jobs = 4\ntests = false\n", jobs=2, tests=None).jobs == 2
    assert loaded(here, "jobs = 4\ntests = false\n", jobs=2, tests=None).tests is False


def test_ignore_and_extend_select_add_to_the_file_but_select_starts_from_nothing(here: Path) -> None:
    text = 'select = ["GM1"]\nignore = ["GM102"]\n'
    assert loaded(here, text, ignore=("GM103",)).ignore == ("GM102", "GM103")
    assert loaded(here, text, extend_select=("GM2",)).select == ("GM1",)
    chosen = loaded(here, text, select=("GM102",))
    assert (chosen.select, chosen.ignore) == (("GM102",), ())


@pytest.mark.parametrize(("text", "version"), [("1.24", (1, 24)), ("go1.21", (1, 21)), ("1.24.3", (1, 24)), ("1.25rc1", (1, 25))])
def test_go_versions_are_read_in_the_forms_that_go_writes(text: str, version: tuple[int, int]) -> None:
    assert settings.go_version(text) == version


def test_concurrent_callbacks_have_a_short_and_a_long_form(here: Path) -> None:
    text = 'concurrent-callbacks = ["example.com/bus.Subscribe", { function = "example.com/bus.Bus.On", arguments = [1], parallel = false }]\n'
    assert loaded(here, text).concurrent_callbacks == (
        ConcurrentCallback("example.com/bus.Subscribe"),
        ConcurrentCallback("example.com/bus.Bus.On", (1,), parallel=False),
    )


@pytest.mark.parametrize(("text", "serial"), [('"receiver"', "receiver"), ("1", 1)])
def test_a_concurrent_callback_may_say_who_runs_it_one_at_a_time(here: Path, text: str, serial: int | Literal["receiver"]) -> None:
    found = loaded(here, f'concurrent-callbacks = [{{ function = "example.com/bus.Bus.On", serial = {text} }}]\n')
    assert found.concurrent_callbacks == (ConcurrentCallback("example.com/bus.Bus.On", serial=serial),)


def test_a_concurrent_callback_is_run_by_its_receiver_or_an_argument(here: Path) -> None:
    with pytest.raises(SettingsError):
        loaded(here, 'concurrent-callbacks = [{ function = "example.com/bus.Bus.On", serial = "self" }]\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 100_000, "nested too deeply"),
        ('[[overrides]]\npaths = ["\\\\"]\nignore = ["GM2"]\n', "overrides: paths: Invalid git pattern"),
        ('exclude = ["\\\\"]\n', "exclude: Invalid git pattern"),
    ],
)
def test_hostile_files_are_errors_with_a_message(here: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        loaded(here, text)


def test_paths_of_the_file_are_relative_to_it(here: Path) -> None:
    assert loaded(here, 'baseline = "accepted.json"\n').baseline == here / "accepted.json"


def test_no_key_of_a_file_can_name_code_to_run(here: Path) -> None:
    with pytest.raises(SettingsError, match="unknown key `rules-dirs`"):
        loaded(here, 'rules-dirs = ["rules"]\n')


def test_the_description_is_toml_and_says_where_each_value_comes_from(here: Path) -> None:
    found = loaded(here, 'go = "1.23"\n[[overrides]]\npaths = ["x/**"]\nlevel = { GM103 = "note" }\n', jobs=2)
    text = settings.describe(found)
    parsed = tomllib.loads(text)
    assert (parsed["go"], parsed["jobs"], parsed["overrides"][0]["level"]) == ("1.23", 2, {"GM103": "note"})
    origin = {line.split(" = ")[0]: line.rsplit("# ", 1)[1] for line in text.splitlines()}
    assert origin["go"].endswith(".golint-maps.toml:1")
    assert origin["overrides"].endswith(".golint-maps.toml:2")
    assert (origin["jobs"], origin["tests"]) == ("command line", "default")


def test_the_description_has_every_key_and_is_a_configuration_file_itself(here: Path) -> None:
    callbacks = '["a.B", { function = "a.C", arguments = [0, 1] }, { function = "a.D", serial = "receiver" }, { function = "a.E", serial = 0 }]'
    given = f'exclude = ["x"]\ngo = "1.22"\nconcurrent-callbacks = {callbacks}\n[[overrides]]\npaths = ["x/**"]\n'
    found = loaded(here, given, rules_dirs=(here / "rules",))
    text = settings.describe(found)
    keys = [item.encode_name for item in msgspec.structs.fields(settings.ConfigFile)]
    assert re.findall(r"^(?:# )?([a-z-]+)(?: =|:)", text, re.MULTILINE) == keys
    assert f"# paths are relative to {here}\n# --rules-dir {here / 'rules'}\n" in text
    assert loaded(here, text) == replace(found, rules_dirs=())


def test_settings_travel_to_other_processes(here: Path) -> None:
    found = loaded(here, 'concurrent-callbacks = ["a.B"]\n[[overrides]]\npaths = ["x"]\n')
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [(FailOn.ERROR, {"error"}), (FailOn.WARNING, {"error", "warning"}), (FailOn.NOTE, {"error", "warning", "note"}), (FailOn.NEVER, set())],
)
def test_fail_on_is_the_lowest_level_that_fails(fail_on: FailOn, failing: set[str]) -> None:
    assert {level for level in Level if fail_on.fails(level)} == failing
