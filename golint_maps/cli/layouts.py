"""The runtime's map structures and symbols of one version of Go, as tables for `golint-maps explain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.tables import FIRST_SWISS, NEWEST, Layout

_ROLES = {
    "GM301": ("header",),
    "GM302": ("header", "bucket", "table", "groups", "group"),
    "GM303": ("header", "bucket", "table", "groups", "group"),
    "GM304": ("shim",),
    "GM306": ("header", "bucket", "extra", "table", "groups", "group", "iterator", "shim", "descriptor"),
}
_STATES = {
    "ok": "links",
    "alias": "links, as an alias for old users",
    "changed": "links, with another argument",
    "refused": "refused by the linker",
    "absent": "does not exist",
}


def section(rule: str, minor: int) -> str:
    """Return what a rule's page is followed by for a minor release of Go 1; empty for rules that have nothing to do with layouts."""
    roles = _ROLES.get(rule)
    if roles is None:
        return ""
    at = min(max(minor, tables.OLDEST), NEWEST)
    lines = [f"## In Go 1.{at}", ""]
    if at != minor:
        lines += [f"The tables know Go 1.{tables.OLDEST} to 1.{NEWEST}; this is the nearest.", ""]
    for role in roles:
        found = tables.layout(role, at)
        if found is not None:
            lines += [*_layout(found), ""]
    if "header" in roles and at >= FIRST_SWISS:
        lines += [*_classic_fields(at), ""]
    if rule == "GM304":
        rows = [(name, _STATES[symbol.state(at)], symbol.instead) for name, symbol in sorted(tables.symbols().items())]
        lines += [*_table(("symbol", f"Go 1.{at}", "instead"), rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _layout(found: Layout) -> Iterator[str]:
    wide, narrow = found.size
    yield f"`{found.type}` ({found.file}), {wide} bytes, {narrow} with 32-bit pointers:"
    yield ""
    rows = [(slot.name, slot.kind, str(slot.at[0]), str(slot.at[1]), slot.meaning) for slot in found.fields]
    yield from _table(("field", "type", "offset", "32-bit", "meaning"), rows)


def _classic_fields(minor: int) -> Iterator[str]:
    """Yield what the fields of an hmap of Go 1.23 read in a release with Swiss maps."""
    classic = tables.layout("header", FIRST_SWISS - 1)
    if classic is None:
        return
    yield f"What a copy of the hmap of Go 1.{FIRST_SWISS - 1} reads there:"
    yield ""
    rows = []
    for slot in classic.fields:
        wide, narrow = (
            tables.describe(slot.at[index], slot.size(word), minor, pointer=slot.kind == "pointer", word=word) for index, word in enumerate((8, 4))
        )
        rows.append((slot.name, str(slot.at[0]), wide, str(slot.at[1]), narrow if narrow != wide else "the same"))
    yield from _table(("field", "offset", f"reads in Go 1.{minor}", "32-bit", "reads with 32-bit pointers"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table with columns of equal width."""
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, tuple("-" * width for width in widths), *rows):
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
