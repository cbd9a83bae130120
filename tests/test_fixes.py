from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps import atomic, fixes
from golint_maps.findings import Edit, Finding, Fix, Level, Location, Safety

if TYPE_CHECKING:
    from pathlib import Path


def edit(start: int, end: int, text: str, path: str = "p.go") -> Edit:
    return Edit(Location(path, start, end), text)


def finding(*edits: Edit, safety: Safety = Safety.SAFE, suppressed: str | None = None) -> Finding:
    return Finding("GM102", Level.NOTE, "m", Location("p.go", 0, 1), fixes=(Fix("do", edits, safety),), suppressed=suppressed)


def test_safe_fixes_are_chosen_and_others_only_on_request() -> None:
    found = [finding(edit(0, 1, "a")), finding(edit(2, 3, "b"), safety=Safety.UNSAFE), finding(edit(4, 5, "c"), safety=Safety.DISPLAY)]
    assert fixes.choose(found, unsafe=False) == {"p.go": (edit(0, 1, "a"),)}
    assert fixes.choose(found, unsafe=True) == {"p.go": (edit(0, 1, "a"), edit(2, 3, "b"))}


def test_suppressed_findings_are_not_fixed() -> None:
    assert fixes.choose([finding(edit(0, 1, "a"), suppressed="why")], unsafe=True) == {}


def test_of_two_fixes_that_overlap_the_second_waits_whole() -> None:
    found = [finding(edit(0, 5, "a")), finding(edit(4, 6, "b"), edit(8, 9, "c")), finding(edit(6, 7, "d"))]
    assert fixes.choose(found, unsafe=False) == {"p.go": (edit(0, 5, "a"), edit(6, 7, "d"))}


def test_two_fixes_may_share_an_edit_such_as_an_import() -> None:
    found = [finding(edit(0, 0, "import"), edit(3, 4, "a")), finding(edit(0, 0, "import"), edit(7, 8, "b"))]
    assert fixes.choose(found, unsafe=False) == {"p.go": (edit(0, 0, "import"), edit(3, 4, "a"), edit(7, 8, "b"))}


def test_two_insertions_at_one_place_are_not_both_made() -> None:
    assert fixes.choose([finding(edit(3, 3, "a")), finding(edit(3, 3, "b"))], unsafe=False) == {"p.go": (edit(3, 3, "a"),)}


def test_edits_count_bytes() -> None:
    assert fixes.applied("ä😀b".encode(), [edit(0, 2, "ö"), edit(6, 7, "ß")]) == "ö😀ß".encode()


def test_an_edit_outside_of_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        fixes.applied(b"abc", [edit(2, 4, "x")])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.text(max_size=3)), max_size=8))
def test_whatever_is_chosen_can_be_applied(data: bytes, wanted: list[tuple[int, int, str]]) -> None:
    found = [finding(edit(min(a, b), max(a, b), text)) for a, b, text in wanted if max(a, b) <= len(data)]
    for edits in fixes.choose(found, unsafe=False).values():
        grown = sum(len(each.text.encode()) - (each.location.end - each.location.start) for each in edits)
        assert len(fixes.applied(data, edits)) == len(data) + grown


def test_a_fix_that_breaks_the_syntax_is_noticed() -> None:
    text = b"package p\n\nfunc f() {}\n"
    assert fixes.still_parses(text, text.replace(b"f()", b"g()"))
    assert not fixes.still_parses(text, text.replace(b"}", b""))


def test_a_diff_is_one_that_git_can_apply() -> None:
    diff = fixes.unified_diff("a/p.go", b"one\ntwo\nthree", b"one\n2\nthree")
    assert diff.splitlines() == ["--- a/a/p.go", "+++ b/a/p.go", "@@ -1,3 +1,3 @@", " one", "-two", "+2", " three", "\\ No newline at end of file"]


def test_writing_replaces_a_file_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "p.go"
    path.write_text("old")
    path.chmod(0o640)
    atomic.write(path, b"new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_writing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.go").write_text("old")
    link = tmp_path / "link.go"
    link.symlink_to("real.go")
    atomic.write(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real.go").read_text() == "new"


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        atomic.write(tmp_path / "folder", b"new")
    with pytest.raises(FileNotFoundError):
        atomic.write(tmp_path / "nowhere/p.go", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
