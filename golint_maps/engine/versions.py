"""The language version of each file."""

from __future__ import annotations

from typing import Final

from golint_maps.source import Module, file_version, maximum_go
from golint_maps.source.platforms import NEWEST_GO

_NEWEST: Final = (1, NEWEST_GO)
_WITHOUT_GO_LINE: Final = (1, 16)
"""What the go command takes for a go.mod without a go line."""


def language_version(module: Module, constraint: str, chosen: tuple[int, int] | None) -> tuple[int, int]:
    """Return the version for a file of a module with this build constraint; `chosen` is that of the command line, which goes before all else."""
    if chosen is not None:
        return chosen
    declared = module.go or (_NEWEST if module.synthetic else _WITHOUT_GO_LINE)
    version = file_version(constraint, declared) or declared
    # A file for older toolchains only (`!go1.22`) is never compiled as anything newer than they know.
    oldest_toolchains = maximum_go(constraint)
    return min(version, oldest_toolchains) if oldest_toolchains else version
