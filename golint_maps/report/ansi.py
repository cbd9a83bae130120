"""Colours for a terminal, as plain escape sequences: loading a library for them would cost more than a whole small run."""

from __future__ import annotations

from dataclasses import dataclass

from golint_maps.findings import Level

_RESET = "\x1b[0m"
_CODES = {
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "frame": "\x1b[1;94m",
    "help": "\x1b[1;96m",
    "added": "\x1b[32m",
    "removed": "\x1b[31m",
    Level.ERROR: "\x1b[1;31m",
    Level.WARNING: "\x1b[1;33m",
    Level.NOTE: "\x1b[1;36m",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in the escape sequence of a style, or leaves it alone. Styles: a `Level`, `bold`, `dim`, `frame`, `help`, `added`, `removed`."""

    color: bool

    def __call__(self, style: str, text: str) -> str:
        """Return the text in that style."""
        return f"{_CODES[style]}{text}{_RESET}" if self.color and text else text
