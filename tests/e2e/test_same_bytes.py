"""Same input, same bytes: whatever order sets have in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).resolve().parents[1] / "conformance"


def report(seed: int) -> bytes:
    """Return the JSON report on the conformance cases of a process with another order of sets."""
    call = [sys.executable, "-m", "golint_maps", "check", "--no-cache", "--profile", "strict", "--fail-on", "never", "--format", "json", "./..."]
    run = subprocess.run(call, cwd=CASES, env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True, check=True)
    return run.stdout


def test_the_order_of_sets_does_not_show() -> None:
    first = report(0)
    assert first.count(b'"rule"') > 100
    assert all(report(seed) == first for seed in (1, 4))
