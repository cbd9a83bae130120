from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.site import Site
from golint_maps.flow.view import View


class LockReleased(Site, frozen=True, tag="lock-released"):
    """…"""


class OrderEscape(Site, frozen=True, tag="order-escape"):
    """…"""


class RangeCall(Site, frozen=True, tag="range-call"):
    """…"""


class RangeMutation(Site, frozen=True, tag="range-mutation"):
    """…"""


def analyse(view: View) -> Iterator[LockReleased | OrderEscape | RangeCall | RangeMutation]:
    yield from ()
