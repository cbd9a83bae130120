"""`explain --go`: the runtime's structures of a version."""

from __future__ import annotations

import pytest

from golint_maps.cli.layouts import section


def test_a_release_with_swiss_maps_shows_their_header_and_what_an_old_copy_reads() -> None:
    text = section("GM301", 24)
    assert "internal/runtime/maps.Map" in text
    assert "| B          | 9      | byte 1 of seed" in text


def test_a_release_with_classic_maps_shows_the_hmap() -> None:
    text = section("GM303", 23)
    assert "runtime.hmap" in text
    assert "runtime.bmap" in text
    assert "seed, the random" not in text


def test_the_symbols_are_listed_for_linknames() -> None:
    assert "| runtime.mapclear " in section("GM304", 23)
    assert "refused by the linker" in section("GM304", 24)


def test_a_release_that_the_tables_do_not_know_gets_the_nearest() -> None:
    assert "this is the nearest" in section("GM306", 99)


@pytest.mark.parametrize("rule", ["GM201", "GM307"])
def test_other_rules_have_no_layouts(rule: str) -> None:
    assert section(rule, 24) == ""
