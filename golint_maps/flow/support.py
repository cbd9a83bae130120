"""What serves tests: packages by their import path, files and types by their names. What they keep, and how they share it, ends with the test."""

from __future__ import annotations

import re

_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|(?!(?:la|con|at|pro|de|fast|great)test\b)\w+test|\w*test_?utils?"
    r"|test_?(?:components?|data|beds?|suites?|harness|helpers?|support|kit|fixtures?|infra|framework)|mocks?|fakes?|e2e|interop|integration)(?:/|$)"
)
"""Go calls packages that help tests of a package after it: `httptest`, `fstest`."""


_DOUBLE = re.compile(r"\.(?:[Mm]ock|[Ff]ake|[Ss]tub)(?![a-z])|(?:Mock|Fake|Stub)$")


def doubles(kind: str) -> bool:
    """Tell whether a type (`import/path.Name`) is by its name a double that tests put in place of something else."""
    return _DOUBLE.search(kind) is not None


def stubs(kind: str) -> bool:
    """Tell whether a double may as well be what stands in a program for a service that it calls: a stub."""
    return "stub" in kind.rpartition(".")[2].lower()


_OF_TESTS = re.compile(r"(?:^|/)(?:tests?|testing|e2e|\w*test_?utils?|test_?(?:helpers?|support|kit|harness|framework))(?:/|$)")
_TEST_FILE = re.compile(r"(?:^|_)test(?:ing|util|utils|_(?:util|utils|helper|helpers|support|common))(?:_|$)")


def of_tests(package: str, path: str) -> bool:
    """Tell whether code is there for tests beyond doubt: by the folder, or by the name of the file. Doubles and load tests are programs as well."""
    return _OF_TESTS.search(package) is not None or _TEST_FILE.search(path.rpartition("/")[2].removesuffix(".go").lower()) is not None


def serves_tests(package: str) -> bool:
    """Tell whether a package is there for tests."""
    return _TESTS.search(package) is not None


_FILES = frozenset(("mock", "mocks", "fake", "fakes", "stub", "stubs", "testing", "testutil", "testutils"))
_HELP = frozenset(("util", "utils", "helper", "helpers", "support", "common"))


def helps_tests(path: str) -> bool:
    """Tell whether a file is by its name there for tests, though it is no test: `agent_testing.go`, `mock.go`, `wrapper_test_helper.go`."""
    words = path.rpartition("/")[2].removesuffix(".go").lower().split("_")
    return not _FILES.isdisjoint(words) or words[0] == "test" or (words[-2:-1] == ["test"] and words[-1] in _HELP)
