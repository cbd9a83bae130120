from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class LostWrite(Site, frozen=True, tag="lost-write"):
    """…"""


class MapReplacedOnCopy(Site, frozen=True, tag="map-replaced-on-copy"):
    """…"""


class SyncMapCopied(Site, frozen=True, tag="sync-map-copied"):
    """…"""


def analyse(view: View) -> Iterator[LostWrite | MapReplacedOnCopy | SyncMapCopied]:
    yield from ()
