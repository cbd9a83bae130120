"""Which packages and types serve tests, by their names: what they keep, and how they share it, ends with the test."""

from __future__ import annotations

import re

_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|(?!(?:la|con|at|pro|de|fast|great)test\b)\w+test|\w*testutils?|mocks?|fakes?|e2e|interop|integration)(?:/|$)"
)
"""Go calls packages that help tests of a package after it: `httptest`, `fstest`."""


_DOUBLE = re.compile(r"\.(?:[Mm]ock|[Ff]ake|[Ss]tub)(?![a-z])|(?:Mock|Fake|Stub)$")


def doubles(kind: str) -> bool:
    """Tell whether a type (`import/path.Name`) is by its name a double that tests put in place of something else."""
    return _DOUBLE.search(kind) is not None


def serves_tests(package: str) -> bool:
    """Tell whether a package is there for tests."""
    return _TESTS.search(package) is not None
