"""What the README shows is what holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from golint_maps import registry, settings
from golint_maps.cli.check import command as check
from golint_maps.cli.graph import command as graph
from golint_maps.cli.main import COMMANDS
from golint_maps.engine.records import MAX_FILE_SIZE

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CI = (ROOT / ".ci/run").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_continuous_integration_sets_up_and_tests_as_the_readme_says() -> None:
    set_up, _, test = blocks("sh")[:3]
    lines = [line.replace(" -q", "") for line in CI.splitlines()]
    for line in set_up.splitlines():
        assert line in lines
    assert CI.rstrip().splitlines()[-1] == test.strip()


@pytest.mark.skipif(os.name == "nt", reason="a file has no such mode there")
def test_continuous_integration_can_be_called() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)


def test_the_configuration_shown_is_valid_and_shows_the_keys_that_projects_need(tmp_path: Path) -> None:
    shown, override = blocks("toml")
    (tmp_path / ".golint-maps.toml").write_text(shown, "utf-8")
    found = settings.load([], {}, cwd=tmp_path)
    assert found.overrides[0].paths == ("**/legacy/*.go",)
    assert len(found.concurrent_callbacks) == 3
    keys = {line.partition("=")[0].strip(" #") for line in shown.splitlines() if "=" in line} | {"overrides"}
    # `select` is in the comment on another key.
    assert {item.encode_name for item in msgspec.structs.fields(settings.ConfigFile)} - keys == {"select"}
    (tmp_path / ".golint-maps.toml").write_text(override, "utf-8")
    assert settings.load([], {}, cwd=tmp_path).overrides[0].ignore == ("ALL",)


def test_the_limit_of_a_file_is_the_one_that_holds() -> None:
    assert f"Files over {MAX_FILE_SIZE >> 20} MiB are not read" in README


def test_every_option_and_command_in_the_readme_exists() -> None:
    known = {option for parameter in (*check.params, *graph.params) for option in (*parameter.opts, *parameter.secondary_opts)} | {
        "--file",
        "--version",
        "--bleeding-edge",  # of pre-commit
        "--freeze",
    }
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert shown <= known
    for name in re.findall(r"golint-maps ([a-z]+)(?=[ `])", " ".join(re.findall(r"`golint-maps[^`]*`", README))):
        assert name in COMMANDS


def test_the_table_of_fixes_has_the_rules_that_have_some() -> None:
    rows = re.findall(r"^\| (GM\d{3}(?:, GM\d{3})*) \| (safe|unsafe) \|", README, re.MULTILINE)
    assert {id_: kind for ids, kind in rows for id_ in ids.split(", ")} == {rule.id: rule.fixes[0] for rule in registry.load() if rule.fixes}


def test_every_rule_in_the_table_of_families_exists() -> None:
    named = re.findall(r"^\| GM(\d) [^|]*\|[^|]*\| (.*) \|$", README, re.MULTILINE)
    names = {rule.name: rule.id for rule in registry.load()}
    wrong = [
        (family, name) for family, listed in named for name in re.findall(r"`([a-z-]+)`", listed) if not names.get(name, "").startswith(f"GM{family}")
    ]
    assert wrong == []


@pytest.mark.slow
def test_the_hooks_are_valid_for_pre_commit() -> None:
    pytest.importorskip("pre_commit")
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=True)
