"""The rule that CONTRIBUTING.md writes is a rule as it stands there: its two files, copied to the letter, pass what every rule has to pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from golint_maps import registry
from golint_maps.engine import run
from golint_maps.rule import Profile
from golint_maps.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ID = "GM409"
TOOLS = ("golint_maps", "rules", "tests/conftest.py", "tests/rules/test_pages.py", "tests/test_registry.py", "pyproject.toml", "README.md", "LICENSE")


def files() -> Iterator[tuple[str, str]]:
    """The files of the walk-through: the path that the text gives for each, and the block that follows."""
    for suffix, fence, language in ((".md", "````", "markdown"), (".py", "```", "python")):
        (path,) = set(re.findall(rf"^`(rules/\S+{re.escape(suffix)})`", TEXT, re.MULTILINE))
        (block,) = re.findall(rf"^{fence}{language}\n(.*?)^{fence}$", TEXT, re.DOTALL | re.MULTILINE)
        yield path, block


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the two files in their places."""
    checkout = tmp_path_factory.mktemp("contributed")
    for name in TOOLS:
        source, target = ROOT / name, checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for path, text in files():
        assert not (checkout / path).exists()
        (checkout / path).write_text(text, "utf-8")
    return checkout


def called(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-m", *command], cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_two_files_pass_the_tests_of_all_rules(checkout: Path) -> None:
    result = called(checkout, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-k", ID.lower(), "tests")
    assert result.returncode == 0, result.stdout
    assert "3 passed" in result.stdout or "5 passed" in result.stdout, result.stdout  # with the examples compiled, where there is a Go toolchain
    result = called(checkout, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/test_registry.py")
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_the_linters_have_nothing_to_say_of_them(checkout: Path) -> None:
    for command in (("ruff", "check", "--no-cache", "rules"), ("ruff", "format", "--no-cache", "--check", "rules")):
        result = called(checkout, *command)
        assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_the_commands_of_the_text_see_the_rule(checkout: Path) -> None:
    result = called(checkout, "golint_maps", "explain", ID)
    assert result.stdout.startswith(f"# {ID}: "), result.stderr


def test_no_other_rule_reports_what_the_example_is_about(tmp_path: Path) -> None:
    (page,) = (text for path, text in files() if path.endswith(".md"))
    for number, block in enumerate(re.findall(r"^```go\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "page.go").write_text(block)
    outcome = run(Settings(profile=Profile.STRICT, cache=False, jobs=1), ["./..."], cwd=tmp_path)
    assert outcome.totals.files == 2
    assert not outcome.findings


def test_the_example_takes_no_id_or_name_of_ours() -> None:
    name = next(path for path, _ in files()).rpartition("/")[2].partition("_")[2].removesuffix(".md").replace("_", "-")
    assert not {ID, name} & {word for rule in registry.load() for word in (rule.id, rule.name)}
