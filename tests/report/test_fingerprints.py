"""Names of findings that outlive an edit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.findings import Finding, Level, Location
from golint_maps.report.fingerprints import line_hashes, stable_fingerprints

FINDING = Finding("GM103", Level.WARNING, "added", Location("a.go", 5, 9), "p.m", "p.F", "example.com/p", "insert m")


def rolled(text: str) -> list[str]:
    """The published algorithm, step by step: a ring of 100 units whose hash is updated with each unit that enters."""
    window, index, hashed, line = [0] * 100, 0, 0, 1
    starts: list[int | None] = [None] * 100
    counts: dict[str, int] = {}
    found: dict[int, str] = {}
    at_line_start, after_cr = True, False

    def enter(unit: int) -> None:
        nonlocal index, hashed, line, at_line_start, after_cr
        begun = window[index]
        if starts[index] is not None:
            value = f"{hashed:x}"
            counts[value] = counts.get(value, 0) + 1
            found[starts[index] or 0] = f"{value}:{counts[value]}"
        starts[index] = None
        if unit in (0x20, 0x09) or (after_cr and unit == 0x0A):
            after_cr = False
            # The slot is looked at again for the next unit.
            starts[index] = None
            return
        after_cr = unit == 0x0D
        unit = 0x0A if after_cr else unit
        window[index] = unit
        if at_line_start:
            at_line_start = False
            starts[index] = line
        if unit == 0x0A:
            line += 1
            at_line_start = True
        hashed = (hashed * 37 + unit - begun * pow(37, 100, 1 << 64)) % (1 << 64)
        index = (index + 1) % 100

    encoded = text.encode("utf-16-le")
    for place in range(0, len(encoded), 2):
        enter(int.from_bytes(encoded[place : place + 2], "little"))
    enter(65535)
    for _ in range(100):
        enter(0)
    return [found[number] for number in sorted(found)]


def test_an_empty_file_has_the_published_hash() -> None:
    assert line_hashes(b"") == ["c129715d7a2bc9a3:1"]


def test_equal_lines_with_equal_surroundings_are_counted() -> None:
    hashes = line_hashes(b"m[k] = v\n" * 40)
    assert hashes[0].endswith(":1")
    assert hashes[1] == hashes[0][:-1] + "2"


@given(st.text(st.sampled_from("ab \t\n\ré😀"), max_size=250))
@settings(max_examples=150, deadline=None)
def test_windows_by_prefix_sums_equal_the_rolling_hash(text: str) -> None:
    assert line_hashes(text.encode()) == rolled(text)


def test_a_finding_keeps_its_name_when_lines_move() -> None:
    moved = replace(FINDING, location=Location("renamed.go", 500, 504), message="said otherwise")
    assert stable_fingerprints([FINDING]) == stable_fingerprints([moved])


def test_findings_alike_are_told_apart_by_their_order() -> None:
    names = stable_fingerprints([FINDING, replace(FINDING, location=Location("a.go", 50, 54))])
    assert len(set(names)) == 2
    assert names[0] == stable_fingerprints([FINDING])[0]


def test_another_map_function_rule_or_key_is_another_name() -> None:
    others = [replace(FINDING, map="p.n"), replace(FINDING, function="p.G"), replace(FINDING, rule="GM101"), replace(FINDING, key="delete m")]
    assert len(set(stable_fingerprints([FINDING, *others]))) == 5


def test_findings_without_a_package_are_told_apart_by_path() -> None:
    alone = replace(FINDING, package="")
    assert len(set(stable_fingerprints([alone]) + stable_fingerprints([replace(alone, location=Location("b.go", 0, 0))]))) == 2
