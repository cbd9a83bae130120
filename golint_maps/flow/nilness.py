from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class NilWrite(Site, frozen=True, tag="nil-write"):
    """…"""


def analyse(view: View) -> Iterator[NilWrite]:
    yield from ()
