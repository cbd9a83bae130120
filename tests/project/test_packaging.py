"""The package is the same from a checkout, an editable install, a wheel and an sdist."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import golint_maps
from golint_maps import registry

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DATA = {".md", ".toml", ".msgpack"}


def sources() -> list[Path]:
    """All files of the two package folders, relative to the root."""
    files = (path for top in ("golint_maps", "rules") for path in (ROOT / top).rglob("*"))
    return sorted(path.relative_to(ROOT) for path in files if path.is_file() and "__pycache__" not in path.parts)


def as_installed(path: Path) -> str:
    return path.as_posix() if path.parts[0] == "golint_maps" else f"golint_maps/{path.as_posix()}"


def test_the_list_of_packages_is_that_of_the_folders_with_python_files() -> None:
    folders = {as_installed(path.parent).replace("/", ".") for path in sources() if path.suffix == ".py"}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == folders
    assert len(PROJECT["tool"]["setuptools"]["packages"]) == len(folders)


def test_every_package_says_what_it_is_for() -> None:
    for folder in {path.parent for path in sources() if path.suffix == ".py"}:
        assert (ROOT / folder / "__init__.py").read_text("utf-8").startswith('"""'), folder


def test_no_data_file_is_of_a_kind_that_would_be_left_out() -> None:
    patterns = {pattern.removeprefix("*") for pattern in PROJECT["tool"]["setuptools"]["package-data"]["*"]}
    left_out = [path for path in sources() if path.suffix != ".py" and path.suffix not in patterns and path.name not in patterns]
    assert left_out == []


def test_the_changelog_has_the_version() -> None:
    assert f"## [{golint_maps.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that building leaves nothing in the working tree."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("golint_maps", "rules"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "CHANGELOG.md", "CONTRIBUTING.md", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def built(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist. The wheel is made from the sdist, as on the package index."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, tree], check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return wheel, sdist


def venv(folder: Path) -> Path:
    """Make a virtual environment and return its Python. It sees the libraries that are installed here, but no golint_maps of here.

    A path in a .pth file is searched, but .pth files in that path are not read: an editable install of here stays invisible.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    asked: list[str | Path] = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def install(python: Path, *arguments: str | Path) -> None:
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, *arguments], check=True, capture_output=True)


def rules_seen_by(python: Path, cwd: Path) -> list[dict[str, object]]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    called: list[str | Path] = [python, "-m", "golint_maps", "rules", "--format", "json"]
    done = subprocess.run(called, cwd=cwd, env=environment, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout))


PAGES = "from golint_maps import registry\nfor rule in registry.load(): print(rule.id, len(registry.page(rule) or ''))"


@pytest.mark.slow
@pytest.mark.parametrize("way", ["wheel", "sdist", "editable", "checkout"])
def test_every_way_to_install_sees_the_same_rules_and_pages(way: str, tree: Path, built: tuple[Path, Path], tmp_path: Path) -> None:
    python = venv(tmp_path / "venv")
    cwd = tmp_path
    if way == "wheel":
        install(python, built[0])
    elif way == "sdist":
        install(python, built[1])
    elif way == "editable":
        editable = tmp_path / "editable"
        shutil.copytree(tree, editable)
        install(python, "--editable", editable)
    else:
        cwd = tree
    assert [row["id"] for row in rules_seen_by(python, cwd)] == [rule.id for rule in registry.load()]
    pages = subprocess.run([python, "-c", PAGES], cwd=cwd, check=True, capture_output=True, text=True).stdout.split()
    assert pages == [word for rule in registry.load() for word in (rule.id, str(len(registry.page(rule) or "")))]


@pytest.mark.slow
def test_an_editable_install_and_a_checkout_see_a_new_rule_at_once(tree: Path, tmp_path: Path) -> None:
    editable = tmp_path / "editable"
    shutil.copytree(tree, editable)
    python = venv(tmp_path / "venv")
    install(python, "--editable", editable)
    module = "from golint_maps.findings import Level\nfrom golint_maps.rule import Precision, Rule\n"
    module += 'RULE = Rule("GM999", "made-up", "…", Level.NOTE, Precision.LOW)\n@RULE.check\ndef check(program):\n    yield from ()\n'
    (editable / "rules/values/gm999_made_up.py").write_text(module, "utf-8")
    (editable / "rules/values/gm999_made_up.md").write_text("## What it finds\n")
    for cwd in (tmp_path, editable):
        assert rules_seen_by(python, cwd)[-1]["id"] == "GM999"


@pytest.mark.slow
def test_wheel_and_sdist_hold_every_file_and_no_top_level_rules(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == {as_installed(path) for path in sources()}
    with tarfile.open(built[1]) as sdist:
        inside = {name.partition("/")[2] for name in sdist.getnames()}
    assert {path.as_posix() for path in sources()} <= inside
    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} <= inside
