"""What a function does to maps and locks, and whom it calls: the input of the whole-program analyses."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from golint_maps.flow.view import View


class FunctionSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One function or literal."""

    id: str


def analyse(view: View) -> Iterator[FunctionSummary]:
    yield from ()
