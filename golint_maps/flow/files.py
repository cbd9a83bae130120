"""What is worked out once for each file, however many packages it belongs to.

A directory with files for several platforms makes as many packages, which share most of their files. What only depends on one file is kept
from one of them to the next, until `forget`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from golint_maps.flow import traverse
from golint_maps.syntax import ir

T = TypeVar("T")

_known: dict[tuple[int, Callable[[ir.FileFacts], Any]], tuple[ir.FileFacts, Any]] = {}
# By the identity of the file, which is held as well, so that no other file can get its number.


def of_file(file: ir.FileFacts, work_out: Callable[[ir.FileFacts], T]) -> T:
    """Return `work_out(file)`, which must depend on nothing else."""
    key = (id(file), work_out)
    known = _known.get(key)
    if known is None:
        known = _known[key] = file, work_out(file)
    return cast("T", known[1])


def families(file: ir.FileFacts) -> dict[int, list[int]]:
    """Return the numbers of each declared function (or initialisers) and of the literals inside of it, the function first, by its number."""
    found: dict[int, list[int]] = {}
    for number, function in enumerate(file.functions):
        found.setdefault(function.root, []).append(number)
    for root, family in found.items():
        family.sort(key=lambda number: number != root)
    return found


def forget() -> None:
    """Drop all that is remembered of files and of the bodies in them."""
    _known.clear()
    traverse.forget()
