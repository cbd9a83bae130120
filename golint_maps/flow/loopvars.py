from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class LoopVariableStored(Site, frozen=True, tag="loop-variable-stored"):
    """…"""


def analyse(view: View) -> Iterator[LoopVariableStored]:
    yield from ()
