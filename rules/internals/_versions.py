"""How the rules of this family speak of releases of Go."""

from __future__ import annotations

from typing import Final

from golint_maps.flow.internals.tables import FIRST_SWISS

SWISS: Final = f"Go 1.{FIRST_SWISS}"


def now_or_later(go: int, newest: int) -> str:
    """Return a sentence on what maps a file's releases have: it may be compiled by newer toolchains than its own version names."""
    if go >= FIRST_SWISS:
        return f"Go 1.{go} keeps a Swiss table (internal/runtime/maps.Map) there"
    if newest >= FIRST_SWISS:
        return f"Go 1.{go} keeps an hmap there, and {SWISS} or newer, which compiles this file as well, a Swiss table"
    return f"Go 1.{go} keeps an hmap there"
