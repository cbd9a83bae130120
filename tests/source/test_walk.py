from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from golint_maps.source import Discovery, discover
from golint_maps.source.ignore import exclusion
from tests.source.trees import Plant

A = "package a\n"


def files(found: Discovery) -> list[str]:
    return sorted(file.relative for package in found.packages for file in package.files)


def notices(found: Discovery) -> dict[str, str]:
    return {notice.path: notice.message for notice in found.notices}


def test_pipes_and_sockets_are_told_and_never_opened(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant({"a.go": A})
    os.mkfifo(root / "pipe.go")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.go")
        for pattern in ("./...", ".", "pipe.go"):
            found = discover([pattern], cwd=root)
            assert "named pipe" in notices(found)["pipe.go"]
            assert "socket" in notices(found)["socket.go"]
    assert files(discover(["."], cwd=root)) == ["a.go"]


def test_a_link_to_a_device_is_told(plant: Plant) -> None:
    root = plant({"a.go": A})
    (root / "null.go").symlink_to("/dev/null")
    assert "character device" in notices(discover(["."], cwd=root))["null.go"]


def test_links_to_files_are_read_and_links_to_directories_are_not_entered(plant: Plant) -> None:
    root = plant({"a.go": A, "b/b.go": A})
    (root / "link.go").symlink_to(root / "a.go")
    (root / "c").symlink_to(root / "b")
    found = discover(["./..."], cwd=root)
    assert files(found) == ["a.go", "b/b.go", "link.go"]
    assert found.notices == ()
    assert files(discover(["c/..."], cwd=root)) == ["c/b.go"]


def test_link_loops_and_broken_links_are_told_and_not_followed(plant: Plant) -> None:
    root = plant({"a.go": A, "d/d.go": A})
    (root / "self.go").symlink_to("self.go")
    (root / "gone.go").symlink_to("nowhere")
    (root / "d" / "up").symlink_to(root)
    (root / "x").symlink_to("y")
    (root / "y").symlink_to("x")
    found = discover(["./..."], cwd=root)
    assert files(found) == ["a.go", "d/d.go"]
    assert set(notices(found)) == {"self.go", "gone.go", "d/up", "x", "y"}


def test_a_directory_named_like_a_go_file_is_a_directory(plant: Plant) -> None:
    root = plant({"x.go/a.go": A})
    found = discover(["./..."], cwd=root)
    assert files(found) == ["x.go/a.go"]
    assert found.notices == ()


def test_names_that_cannot_be_printed_are_told_in_print(plant: Plant) -> None:
    root = plant({"a.go": A, "new\nline.go": A, "dir\n/b.go": A})
    with open(os.fsencode(root) + b"/bad\xff.go", "wb") as file:
        file.write(b"package a\n")
    found = discover(["./..."], cwd=root)
    assert files(found) == ["a.go"]
    assert set(notices(found)) == {"new\\nline.go", "dir\\n", "bad\\xff.go"}


def test_unreadable_files_are_told_and_the_others_are_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant({"a.go": A, "secret.go": A, "secret/b.go": A, "c/c.go": A})
    real_open, real_scandir = os.open, os.scandir

    def guarded_open(path: str, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("secret.go"):
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, flags, mode)

    def guarded_scandir(path: str) -> object:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return real_scandir(path)

    monkeypatch.setattr(os, "open", guarded_open)
    monkeypatch.setattr(os, "scandir", guarded_scandir)
    found = discover(["./..."], cwd=root)
    assert files(found) == ["a.go", "c/c.go"]
    assert notices(found) == {"secret.go": "cannot be read: Permission denied", "secret": "cannot be read: Permission denied"}


def test_directories_nested_deeper_than_a_path_can_say_are_told(plant: Plant) -> None:
    root = plant({"a.go": A})
    home = os.getcwd()
    try:
        os.chdir(root)
        for _ in range(25):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        found = discover(["./..."], cwd=root)
    finally:
        os.chdir(home)
    assert files(found) == ["a.go"]
    assert len(found.notices) == 1


def test_a_thousand_levels_are_walked(plant: Plant) -> None:
    root = plant({"a.go": A})
    levels = [str(root)]
    for _ in range(1000):
        levels.append(levels[-1] + "/d")
        os.mkdir(levels[-1])
    Path(levels[-1], "b.go").write_text(A, encoding="utf-8")
    found = discover(["./..."], cwd=root)
    Path(levels[-1], "b.go").unlink()
    for level in reversed(levels[1:]):  # pytest's own clean-up recurses
        os.rmdir(level)
    assert [package.import_path.count("/") for package in found.packages] == [0, 1000]


def test_gitignore_keeps_files_and_directories_out_of_walks(plant: Plant) -> None:
    root = plant(
        {
            ".git/info/exclude": "excluded.go\n",
            ".gitignore": "# comment\n\nbuild/\n*.pb.go\n/top.go\n!keep.pb.go\n",
            "a.go": A,
            "a.pb.go": A,
            "keep.pb.go": A,
            "top.go": A,
            "excluded.go": A,
            "build/b.go": A,
            "x/build/b.go": A,
            "x/top.go": A,
            "x/.gitignore": "!*.pb.go\nlocal.go\n",
            "x/y.pb.go": A,
            "x/local.go": A,
            "local.go": A,
        }
    )
    expected = ["a.go", "keep.pb.go", "local.go", "x/top.go", "x/y.pb.go"]
    assert files(discover(["./..."], cwd=root)) == expected
    assert files(discover(["./..."], cwd=root / "x")) == ["top.go", "y.pb.go"]


def test_files_and_directories_given_by_name_are_taken_even_if_git_ignores_them(plant: Plant) -> None:
    root = plant({".git/HEAD": "", ".gitignore": "build/\nb.go\n", "a.go": A, "b.go": A, "build/c.go": A})
    assert files(discover(["b.go"], cwd=root)) == ["a.go", "b.go"]
    assert files(discover(["build"], cwd=root)) == ["build/c.go"]
    assert files(discover(["./...", "b.go"], cwd=root)) == ["a.go", "b.go"]


def test_gitignore_counts_without_a_repository_too_and_stops_at_a_nested_one(plant: Plant) -> None:
    root = plant({".gitignore": "x.go\n", "x.go": A, "a.go": A, "sub/.git/HEAD": "", "sub/x.go": A})
    assert files(discover(["./..."], cwd=root)) == ["a.go", "sub/x.go"]


def test_what_is_excluded_is_not_walked_and_files_of_a_package_are_read_for_it_alone(plant: Plant) -> None:
    root = plant({"a.go": A, "a_gen.go": A, "mocks/m.go": A, "x/mocks/deep/m.go": A, "only/b_gen.go": A, "x/x.go": A})
    excludes = exclusion(["mocks/", "*_gen.go"], str(root))
    found = discover(["./..."], cwd=root, excludes=excludes)
    assert files(found) == ["a.go", "a_gen.go", "x/x.go"]
    assert found.aside == {"a_gen.go"}


@pytest.mark.parametrize("pattern", ["mocks/m.go", "mocks", "mocks/...", "mocks/deep/..."])
def test_what_a_call_names_is_read_even_if_it_is_excluded(plant: Plant, pattern: str) -> None:
    root = plant({"a.go": A, "mocks/m.go": A, "mocks/deep/m.go": A})
    found = discover([pattern], cwd=root, excludes=exclusion(["mocks/"], str(root)))
    assert files(found)
    assert not found.aside
    both = discover(["./...", pattern], cwd=root, excludes=exclusion(["mocks/"], str(root)))
    assert files(both) == ["a.go", *files(found)]


def test_patterns_of_exclude_are_relative_to_the_folder_that_they_stand_in(plant: Plant) -> None:
    root = plant({"sub/gen/a.go": A, "sub/b.go": A, "gen/c.go": A})
    assert files(discover(["./..."], cwd=root, excludes=exclusion(["/gen/"], str(root / "sub")))) == ["gen/c.go", "sub/b.go"]
    assert files(discover(["./..."], cwd=root / "sub", excludes=exclusion(["sub/gen/"], str(root)))) == ["b.go"]


@pytest.mark.parametrize("content", [b"\xff\xfe\n!\n/\n**\\\n[\n", b"!\n", b"\x00\n"])
def test_a_broken_gitignore_breaks_nothing(plant: Plant, content: bytes) -> None:
    root = plant({"a.go": A})
    (root / ".gitignore").write_bytes(content + b"b.go\n")
    (root / "b.go").write_text(A, encoding="utf-8")
    assert files(discover(["./..."], cwd=root)) == ["a.go"]


def test_a_pipe_named_gitignore_or_go_mod_is_not_opened(plant: Plant) -> None:
    root = plant({"a.go": A})
    os.mkfifo(root / ".gitignore")
    os.mkfifo(root / "go.mod")
    assert files(discover(["./..."], cwd=root)) == ["a.go"]


def test_a_file_that_vanishes_between_listing_and_reading_is_told(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant({"go.mod": "module m\n", "a.go": A, "b.go": A})
    real_open = os.open

    def vanishing(path: str, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("b.go"):
            Path(path).unlink()
        return real_open(path, flags, mode)

    monkeypatch.setattr(os, "open", vanishing)
    found = discover(["./..."], cwd=root)
    assert files(found) == ["a.go"]
    assert list(notices(found)) == ["b.go"]
