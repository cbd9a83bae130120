from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from golint_maps import changes, git
from golint_maps.findings import Finding, Level, Location, Step, Trace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"NAME": "t", "EMAIL": "t@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    (folder / "a.go").write_text("1\n2\n3\n4\n5\n")
    (folder / "b.go").write_text("1\n")
    commit(folder)
    return folder


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "-m", "change")


def new_lines(folder: Path, revision: str, path: str) -> list[int]:
    lines = git.changed_lines(folder, revision).get(path, git.ChangedLines())
    return [line for line in range(1, 20) if line in lines]


def test_changed_and_added_lines_are_new_and_lines_that_moved_are_not(repository: Path) -> None:
    (repository / "a.go").write_text("0\n1\n2\nthree\n4\n5\n6\n")
    assert new_lines(repository, "HEAD", "a.go") == [1, 4, 7]
    assert new_lines(repository, "HEAD", "b.go") == []


def test_the_working_tree_is_compared_with_the_revision(repository: Path) -> None:
    (repository / "a.go").write_text("one\n2\n3\n4\n5\n")
    commit(repository)
    (repository / "a.go").write_text("one\n2\n3\n4\nfive\n")
    assert new_lines(repository, "HEAD~1", "a.go") == [1, 5]


def test_what_another_branch_has_done_since_this_one_left_it_is_no_change(repository: Path) -> None:
    run(repository, "checkout", "-q", "-b", "feature")
    (repository / "b.go").write_text("one\n")
    commit(repository)
    run(repository, "checkout", "-q", "main")
    (repository / "a.go").write_text("1\n2\n3\n")
    commit(repository)
    run(repository, "checkout", "-q", "feature")
    assert set(git.changed_lines(repository, "main")) == {"b.go"}


def test_without_a_common_ancestor_the_revision_itself_is_compared_with(repository: Path) -> None:
    run(repository, "checkout", "-q", "--orphan", "other")
    (repository / "b.go").write_text("one\n")
    commit(repository)
    assert set(git.changed_lines(repository, "main")) == {"b.go"}


def test_a_file_that_moved_has_new_lines_only_where_it_was_edited(repository: Path) -> None:
    text = "".join(f"{number}\n" for number in range(20))
    (repository / "long.go").write_text(text)
    commit(repository)
    (repository / "in").mkdir()
    run(repository, "mv", "a.go", "in/a.go")
    run(repository, "mv", "long.go", "in/long.go")
    (repository / "in/long.go").write_text(text.replace("4\n", "four\n", 1))
    run(repository, "add", "-A")
    assert new_lines(repository, "HEAD", "in/long.go") == [5]
    assert new_lines(repository, "HEAD", "in/a.go") == []


def test_an_untracked_file_is_new_altogether_and_a_deleted_one_does_not_matter(repository: Path) -> None:
    (repository / "c.go").write_text("1\n")
    (repository / "b.go").unlink()
    changed = git.changed_lines(repository, "HEAD")
    assert set(changed) == {"c.go"}
    assert 17 in changed["c.go"]


def test_paths_are_relative_to_the_folder_that_is_linted(repository: Path) -> None:
    (repository / "in").mkdir()
    (repository / "in/d.go").write_text("1\n")
    commit(repository)
    (repository / "in/d.go").write_text("one\n")
    (repository / "a.go").write_text("one\n")
    assert set(git.changed_lines(repository / "in", "HEAD")) == {"d.go"}


def test_file_names_with_quotes_tabs_and_umlauts_are_read(repository: Path) -> None:
    names = ['qu"ote.go', "ta\tb.go", "größe 1.go", "back\\slash.go"]
    for name in names:
        (repository / name).write_text("1\n")
    commit(repository)
    for name in names:
        (repository / name).write_text("one\n")
    assert set(git.changed_lines(repository, "HEAD")) == set(names)


def test_text_that_looks_like_a_diff_is_only_text(repository: Path) -> None:
    (repository / "a.go").write_text("1\n2\n3\n4\n5\n++ b/x.go\n@@ -1 +90 @@\n")
    assert new_lines(repository, "HEAD", "a.go") == [6, 7]
    assert set(git.changed_lines(repository, "HEAD")) == {"a.go"}


def test_a_diff_program_of_the_repository_is_not_run(repository: Path) -> None:
    run(repository, "config", "diff.external", f"touch {repository}/ran;")
    run(repository, "config", "core.fsmonitor", f"touch {repository}/ran;")
    (repository / "a.go").write_text("one\n")
    assert new_lines(repository, "HEAD", "a.go") == [1]
    assert not (repository / "ran").exists()


@pytest.mark.parametrize("revision", ["nonsense", "--output=x", ""])
def test_an_unknown_revision_is_an_error(repository: Path, revision: str) -> None:
    with pytest.raises(git.GitError):
        git.changed_lines(repository, revision)
    assert not (repository / "x").exists()


def test_outside_of_a_repository_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(git.GitError, match="not a git repository"):
        git.changed_lines(tmp_path, "HEAD")


def test_without_git_it_is_an_error(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(git.GitError, match="git cannot be run"):
        git.changed_lines(repository, "HEAD")


@pytest.mark.parametrize(
    ("remote", "uri"),
    [
        ("https://user:secret@example.com/o/r.git", "https://example.com/o/r.git"),
        ("git@example.com:o/r.git", "https://example.com/o/r.git"),
        ("ssh://git@example.com:22/o/r.git", "ssh://example.com:22/o/r.git"),
        ("/srv/git/r.git", None),
        ("file:///srv/git/r.git", None),
    ],
)
def test_a_checkout_is_named_without_secrets_and_local_paths(repository: Path, remote: str, uri: str | None) -> None:
    run(repository, "remote", "add", "origin", remote)
    found = git.checkout(repository)
    assert (found and found.uri) == uri
    if found:
        assert (len(found.revision), found.branch) == (40, "main")


def test_a_folder_without_a_repository_is_no_checkout(tmp_path: Path) -> None:
    assert git.checkout(tmp_path) is None
    assert git.top_level(tmp_path) is None


def test_the_top_level_is_found_from_below(repository: Path) -> None:
    (repository / "in/deep").mkdir(parents=True)
    assert git.top_level(repository / "in/deep") == repository


def finding(rule: str = "GM201", path: str = "a.go", start: int = 0, end: int = 1, traces: tuple[Trace, ...] = ()) -> Finding:
    return Finding(rule, Level.ERROR, "m", Location(path, start, end), traces=traces)


def test_findings_on_changed_lines_are_of_the_change(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("1\n2\n3\n")
    changed = {"a.go": git.ChangedLines(((2, 3),))}
    found = [finding(start=0), finding(start=2, end=3), finding(start=0, end=5), finding(path="b.go")]
    assert changes.of_change(found, changed, tmp_path) == (found[1], found[2])


def test_a_race_is_of_the_change_when_either_side_ends_there(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("1\n2\n3\n")
    changed = {"b.go": git.ChangedLines(everything=True)}
    first = Trace("first", (Step(Location("b.go", 0, 1), "starts"), Step(Location("a.go", 0, 1), "reads")))
    second = Trace("second", (Step(Location("a.go", 0, 1), "starts"), Step(Location("b.go", 0, 1), "writes")))
    assert changes.of_change([finding(traces=(first,))], changed, tmp_path) == ()
    assert len(changes.of_change([finding(traces=(first, second))], changed, tmp_path)) == 1


def test_what_could_not_be_analysed_is_told_in_any_case(tmp_path: Path) -> None:
    assert len(changes.of_change([finding(rule="GM000")], {}, tmp_path)) == 1


def test_a_revision_that_a_shallow_clone_does_not_have_is_explained(repository: Path, tmp_path: Path) -> None:
    run(repository, "checkout", "-q", "-b", "work")
    (repository / "a.go").write_text("1\n")
    commit(repository)
    run(tmp_path, "clone", "-q", "--depth=1", "--branch=work", f"file://{repository}", "shallow")
    with pytest.raises(git.GitError, match=r"origin/main.*this clone is shallow: `fetch-depth: 0`"):
        git.changed_lines(tmp_path / "shallow", "origin/main")
    with pytest.raises(git.GitError) as caught:
        git.changed_lines(repository, "origin/main")
    assert "shallow" not in str(caught.value)
