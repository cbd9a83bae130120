"""The report that people read, as it stands on the terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from golint_maps.findings import Edit, Finding, Fix, Level, Location, Related, Safety, Step, Trace
from golint_maps.report import RenderOptions, render
from tests.report.samples import Tree, store, suppressed


def finding(location: Location, message: str = "said", **more: object) -> Finding:
    return replace(Finding("GM103", Level.WARNING, message, location), **more)  # type: ignore[arg-type]


def shown(tree: Tree, *findings: Finding, **options: object) -> str:
    return render("full", tree.outcome(*findings), RenderOptions(**options))  # type: ignore[arg-type]


def block(text: str) -> str:
    return dedent(text).removeprefix("\n") + "\n"


def test_a_finding_shows_its_source_its_related_places_and_its_fix(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    assert shown(tree, insert) == block("""
        GM103 insert-during-range [warning]: Entry added to s.items while it is ranged over.
          --> store/store.go:26:3
           |
        25 |     for k, v := range s.items {
           |                       ------- the loop over s.items
        26 |         s.items[k+"2"] = v
           |         ^^^^^^^^^^^^^^^^^^
        27 |     }
           |
           = note: Whether the loop visits s.items[k+"2"] differs from run to run.
           = help: Collect the new entries in a second map and add them after the loop.
           = unsafe fix: range over a copy
         3 | - import "sync"
           | + import (
           | +     "maps"
           | +     "sync"
           | + )
        25 | -     for k, v := range s.items {
           | +     for k, v := range maps.Clone(s.items) {
        """)


def test_a_race_shows_both_ways_to_it(tmp_path: Path) -> None:
    tree, _, race = store(tmp_path)
    assert shown(tree, race) == block("""
        GM201 unguarded-concurrent-write [error]: s.items is deleted from without s.mu while Double writes it.
          --> store/store.go:19:4
           |
         6 |     mu    sync.Mutex
           |     ---------------- the lock beside it
        ...
        18 |         if s.items[k] == 0 {
        19 |             delete(s.items, k)
           |             ^^^^^^^^^^^^^^^^^^
        20 |         }
        ...
        26 |         s.items[k+"2"] = v
           |         -------------- the other write
           |
           = goroutine 1: the janitor:
             1. store/store.go:12:2: started by New
                | go s.janitor()
             2. store/store.go:19:4: deletes
                | delete(s.items, k)
           = goroutine 2: callers of Double:
             1. store/store.go:26:3: writes
                | s.items[k+"2"] = v
        """)


def test_wide_characters_tabs_and_combining_marks_keep_carets_in_place(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": 'x\n\tm["語é😀"] = \tv // 終\n'})
    related = (Related(tree.at("a.go", "v"), "the value"),)
    assert shown(tree, finding(tree.at("a.go", 'm["語é😀"]'), related=related)) == block("""
        GM103 insert-during-range [warning]: said
         --> a.go:2:2
          |
        1 | x
        2 |     m["語é😀"] =    v // 終
          |     ^^^^^^^^^^      - the value
          |
        """)


def test_labels_on_one_line_stand_below_each_other(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m[k], n[k] = v, w\n"})
    related = (Related(tree.at("a.go", "n[k]"), "second"), Related(tree.at("a.go", "w"), "third"), Related(tree.at("a.go", "k"), "the key"))
    assert shown(tree, finding(tree.at("a.go", "m[k]"), related=related)) == block("""
        GM103 insert-during-range [warning]: said
         --> a.go:1:1
          |
        1 | m[k], n[k] = v, w
          | ^^^^  ----      - third
          |   |   second
          |   the key
          |
        """)


def test_a_related_place_in_another_file_has_an_excerpt_of_its_own(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m[k] = v\n", "b.go": "one\ngo f(m)\nthree\n"})
    assert shown(tree, finding(tree.at("a.go", "m[k]"), related=(Related(tree.at("b.go", "go f(m)"), "started here"),))) == block("""
        GM103 insert-during-range [warning]: said
         --> a.go:1:1
          |
        1 | m[k] = v
          | ^^^^
          |
         ::: b.go:2:1
          |
        2 | go f(m)
          | ------- started here
          |
        """)


def test_a_short_span_over_lines_is_underlined_throughout_and_a_long_one_at_its_ends(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "a := T{\n\tm,\n}\n" + "b := T{\n" + "\tx,\n" * 9 + "}\n"})
    assert shown(tree, finding(Location("a.go", 0, 13))).splitlines()[3:9] == [
        "1 | a := T{",
        "  | ^^^^^^^",
        "2 |     m,",
        "  |     ^^",
        "3 | }",
        "  | ^",
    ]
    long = shown(tree, finding(Location("a.go", 14, len(tree.files["a.go"]))))
    assert long.count("^") == 8
    assert "..." in long


def test_a_long_line_is_cut_around_what_is_underlined(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "x = 1; " * 100 + "m[k] = v; " + "y = 2; " * 100})
    rows = shown(tree, finding(tree.at("a.go", "m[k] = v")), width=60).splitlines()
    line, carets = rows[3], rows[4]
    assert len(line) <= 60
    assert line[4] == line[-1] == "…"
    assert line[carets.index("^") : carets.rindex("^") + 1] == "m[k] = v"


def test_a_file_that_vanished_or_shrank_has_no_excerpt(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m\n"})
    related = (Related(Location("gone.go", 4, 9), "started here"),)
    steps = (Step(Location("gone.go", 4, 9), "writes"),)
    edit = Edit(Location("a.go", 70, 75), "x")
    text = shown(tree, finding(Location("a.go", 70, 75), related=related, traces=(Trace("t", steps),), fixes=(Fix("mend", (edit,), Safety.SAFE),)))
    assert text == block("""
        GM103 insert-during-range [warning]: said
         --> a.go:1:1
         ::: gone.go:1:1 started here
          = t:
            1. gone.go:1:1: writes
          = fix: mend
        """)


def test_nothing_of_a_file_can_drive_the_terminal(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a\n\x1b[31m.go": b'm["\x1b]0;pwned\x07"] = "\xe2\x80\xae" // \xff\x00\n'})
    path = next(iter(tree.files))
    text = shown(tree, finding(Location(path, 0, 1), "a\x1b[0m message\nof two lines"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert " --> a\\n\\x1b[31m.go:1:1" in text


def test_colours_change_nothing_else(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    colored = shown(tree, insert, race, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == shown(tree, insert, race)


def test_a_suppressed_finding_is_shown_when_asked_for_with_its_reason(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    assert shown(tree, suppressed(insert)) == ""
    assert shown(tree, suppressed(insert, "keys are disjoint"), show_suppressed=True).splitlines()[0].endswith("(suppressed: keys are disjoint)")


def test_a_finding_about_no_file_has_no_place(tmp_path: Path) -> None:
    assert (
        shown(Tree(tmp_path, {}), finding(Location("", 0, 0), "go.work is missing")) == "GM103 insert-during-range [warning]: go.work is missing\n\n"
    )


def test_long_notes_are_wrapped_to_the_terminal(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m[k] = v\n"})
    text = shown(tree, finding(tree.at("a.go", "m[k]"), help="word " * 40), width=50)
    assert max(map(len, text.splitlines())) <= 50


def test_titles_labels_and_traces_wrap_to_the_terminal(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"p.go": "package p\n\nfunc f() {\n\tsomething.very(long).that().goes(on, for, a, while) // and on\n}\n"})
    words = "a sentence of many words that goes on for much longer than any terminal of sixty columns is wide, and on"
    trace = Trace(words, (Step(tree.at("p.go", "something"), words), Step(tree.at("p.go", "goes"), words)))
    related = (Related(tree.at("p.go", "very(long)"), words), Related(tree.at("p.go", "while"), words), Related(tree.at("p.go", "something"), words))
    for width, told in ((60, 9), (45, 8), (120, 9)):  # in 45 columns one of the spans is out of sight
        text = shown(tree, finding(tree.at("p.go", "goes(on"), f"{words}. {words}", help=words, traces=(trace,), related=related), width=width)
        assert [line for line in text.splitlines() if len(line) > width] == []
        assert " ".join(re.sub(r"[|=^-]|\d+", " ", text).split()).count(words) == told
    colours = shown(tree, finding(tree.at("p.go", "goes(on"), words, traces=(trace,), related=related), width=60, color=True)
    plain = shown(tree, finding(tree.at("p.go", "goes(on"), words, traces=(trace,), related=related), width=60)
    assert re.sub(r"\x1b\[[\d;]*m", "", colours) == plain
