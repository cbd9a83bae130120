"""Offsets to lines and columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.findings import Location
from golint_maps.report.source_text import Position, SourceFiles, SourceText

TEXTS = st.text(st.sampled_from("ab\t \n\r{é€語😀\u0301\ufeff\u2028"), max_size=60)


@given(TEXTS, st.data())
@settings(max_examples=200, deadline=None)
def test_columns_count_what_their_names_say_in_any_text(text: str, data: st.DataObject) -> None:
    split = data.draw(st.integers(0, len(text)))
    encoded = text.encode()
    head = text[:split].rpartition("\n")[2]
    first_line = "\n" not in text[:split]
    if first_line and text.startswith("\ufeff"):
        head = head[1:]
    position = SourceText(encoded).position(len(text[:split].encode()))
    assert position.line == text[:split].count("\n") + 1
    assert position.utf16 == len(head.encode("utf-16-le")) // 2 + 1
    assert position.column == len(head) + 1
    assert position.byte == len(head.encode()) + 1


@given(st.binary(max_size=40), st.data())
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_positions_that_never_go_back_and_stretches_agree_with_their_ends(raw: bytes, data: st.DataObject) -> None:
    source = SourceText(raw)
    positions = [source.position(offset) for offset in range(len(raw) + 1)]
    assert positions == sorted(positions)
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, len(raw)))
    assert source.positions(first, last) == (positions[first], positions[last])
    start, end = source.on_one_line(Location("a.go", first, last))
    assert source.line_of(start) == source.line_of(end)


def test_an_offset_inside_of_a_character_is_at_its_start() -> None:
    source = SourceText("x😀y".encode())
    assert [source.position(offset).utf16 for offset in range(7)] == [1, 2, 2, 2, 2, 4, 5]


def test_bytes_that_are_no_utf8_are_one_character_each() -> None:
    source = SourceText(b"a\xff\xfeb\n")
    assert source.line(1) == "a\ufffd\ufffdb"
    assert source.position(3) == Position(1, 4, 4, 4)


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    source = SourceText(b"\xef\xbb\xbfpackage p\nvar x int\n")
    assert source.line(1) == "package p"
    assert source.position(3) == Position(1, 1, 1, 1)
    assert source.position(0) == Position(1, 1, 1, 1)


def test_crlf_ends_a_line_and_is_no_part_of_it() -> None:
    source = SourceText(b"a\r\n\r\nb\rc\r\n")
    assert [source.line(line) for line in range(1, source.line_count + 1)] == ["a", "", "b\rc", ""]


def test_a_tab_is_one_column() -> None:
    assert SourceText(b"\t\tx").position(2).column == 3


def test_an_offset_past_the_end_is_at_the_start_of_the_file() -> None:
    assert SourceText(b"a\nb\n").position(99) == Position(1, 1, 1, 1)


def test_a_long_span_is_clipped_to_its_first_line_and_an_empty_one_widened() -> None:
    source = SourceText("ab\r\nc😀d\n\n".encode())
    assert source.on_one_line(Location("a.go", 1, 8)) == (1, 2)
    assert source.on_one_line(Location("a.go", 5, 5)) == (5, 9)
    assert source.on_one_line(Location("a.go", 11, 11)) == (11, 11)


def test_files_that_cannot_be_read_are_empty(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    sources = SourceFiles(tmp_path)
    assert [sources[path].data for path in ("gone.go", "folder", "", "nul\0.go")] == [b"", b"", b"", b""]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.go")
    assert SourceFiles(tmp_path)["pipe.go"].data == b""
