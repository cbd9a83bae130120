"""What tests of discovery call their helper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

Plant = Callable[[Mapping[str, str]], Path]
"""Writes files (relative path to text) and returns the directory that holds them."""
