from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class UnhashableKey(Site, frozen=True, tag="unhashable-key"):
    """…"""


class UnreachableKey(Site, frozen=True, tag="unreachable-key"):
    """…"""


def analyse(view: View) -> Iterator[UnhashableKey | UnreachableKey]:
    yield from ()
