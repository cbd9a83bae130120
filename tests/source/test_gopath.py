"""What a tree without go.mod is imported as."""

from __future__ import annotations

from pathlib import Path

from golint_maps.source.gopath import import_path_of


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
