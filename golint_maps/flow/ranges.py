"""Loops over maps: everything that may go wrong while one is under way. The loops are looked for once, for all analyses of them."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.iteration_order import OrderEscape, collected_orders, order_escapes
from golint_maps.flow.map_ranges import map_ranges
from golint_maps.flow.range_blocking import RangeBlocked, ranges_blocked
from golint_maps.flow.range_calls import RangeCall, range_calls
from golint_maps.flow.range_locks import LockReleased, locks_released
from golint_maps.flow.range_mutations import RangeMutation, range_mutations
from golint_maps.flow.view import View


def analyse(view: View) -> Iterator[LockReleased | OrderEscape | RangeBlocked | RangeCall | RangeMutation]:
    """Yield what the loops over maps in a function do wrong."""
    loops = map_ranges(view)
    if loops:
        yield from range_mutations(view, loops)
        yield from range_calls(view, loops)
        yield from locks_released(view, loops)
        yield from order_escapes(view, loops)
        yield from ranges_blocked(view, loops)
    yield from collected_orders(view)


__all__ = ["LockReleased", "OrderEscape", "RangeBlocked", "RangeCall", "RangeMutation", "analyse"]
