"""Keys that cannot be hashed (GM602), and keys that cannot be found again (GM404)."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.unhashable_keys import UnhashableKey, unhashable_keys
from golint_maps.flow.unreachable_keys import UnreachableKey, unreachable_keys
from golint_maps.flow.view import View


def analyse(view: View) -> Iterator[UnhashableKey | UnreachableKey]:
    """Yield all such keys in a function and its literals."""
    yield from unhashable_keys(view)
    yield from unreachable_keys(view)


__all__ = ["UnhashableKey", "UnreachableKey", "analyse"]
