"""What a tree without go.mod is imported as."""

from __future__ import annotations

from pathlib import Path

import pytest

from golint_maps.source.gopath import import_path_of, is_before_modules


def tree(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return import_path_of(str(root))


def test_a_tree_has_the_path_that_its_own_files_import_it_by(tmp_path: Path) -> None:
    files = {
        "main.go": 'package main\nimport (\n\t"example.com/app/store"\n\talias "example.com/app/web/api"\n\t"other.org/lib/store"\n)\n',
        "store/s.go": "package store\n",
        "web/api/a.go": "package api\n",
    }
    assert tree(tmp_path, files) == "example.com/app"


def test_one_folder_of_the_same_name_proves_nothing(tmp_path: Path) -> None:
    assert tree(tmp_path, {"main.go": 'package main\nimport "other.org/lib/store"\n', "store/s.go": "package store\n"}) == ""


def test_vendored_packages_do_not_speak_for_the_tree(tmp_path: Path) -> None:
    files = {"vendor/other.org/lib/l.go": 'package lib\nimport (\n"other.org/lib/store"\n"other.org/lib/web"\n)\n'}
    assert tree(tmp_path, {**files, "store/s.go": "package store\n", "web/w.go": "package web\n"}) == ""


def test_a_place_in_a_gopath_is_a_path(tmp_path: Path) -> None:
    root = tmp_path / "src" / "example.com" / "app"
    assert tree(root, {"main.go": "package main\n"}) == "example.com/app"


OLD = {
    "main.go": 'package main\nimport (\n\t"example.com/app/store"\n\t"example.com/app/web"\n)\n',
    "store/s.go": "package store\n",
    "web/w.go": "package web\n",
}


def test_a_tree_that_imports_itself_and_uses_nothing_newer_is_older_than_modules(tmp_path: Path) -> None:
    assert tree(tmp_path, OLD) == "example.com/app"
    assert is_before_modules(str(tmp_path))


@pytest.mark.parametrize(
    "newer",
    [
        "//go:build linux\n\npackage store\n",
        'package store\nimport "slices"\n',
        "package store\nfunc f[T any](x T) {}\n",
        "package store\nvar m map[string]any\n",
        "package store\nvar data, _ = os.ReadFile(name)\n",
    ],
)
def test_a_tree_that_uses_something_newer_is_not(tmp_path: Path, newer: str) -> None:
    tree(tmp_path, {**OLD, "store/s.go": newer})
    assert not is_before_modules(str(tmp_path))


def test_nothing_is_said_of_the_age_of_loose_files(tmp_path: Path) -> None:
    tree(tmp_path, {"main.go": "package main\n"})
    assert not is_before_modules(str(tmp_path))
