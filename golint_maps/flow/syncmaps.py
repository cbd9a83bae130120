from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class SyncMapMisuse(Site, frozen=True, tag="sync-map-misuse"):
    """…"""


def analyse(view: View) -> Iterator[SyncMapMisuse]:
    yield from ()
