"""Which packages serve tests, by their import path: what they keep, and how they share it, ends with the test."""

from __future__ import annotations

import re

_TESTS = re.compile(r"(?:^|/)(?:test|tests|testing|\w*testutils?|mocks?|fakes?|e2e|interop|integration)(?:/|$)")


def serves_tests(package: str) -> bool:
    """Tell whether a package is there for tests."""
    return _TESTS.search(package) is not None
