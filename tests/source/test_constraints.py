from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.source import Configuration, default_configuration, evaluate, file_version, maximum_go, minimum_go
from golint_maps.source.configuration import nearest, true_tags
from golint_maps.source.constraints import ALWAYS, ConstraintError, constraint_words, demands, holds, parse, tags_of
from golint_maps.source.platforms import KNOWN_ARCH, KNOWN_OS

LINUX = default_configuration()
WORDS = ["linux", "windows", "darwin", "amd64", "arm64", "unix", "cgo", "gc", "go1.20", "go1.30", "foo", "bar", "goexperiment.swissmap"]

expressions = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: (
        inner.filter(lambda text: not text.startswith("!")).map(lambda text: f"!({text})")
        | st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")
        | st.tuples(inner, st.sampled_from(["&&", " || "]), inner).map("".join)
    ),
    max_leaves=12,
)


def naive(expression: str, true: frozenset[str]) -> bool:
    python = re.sub(r"[\w.]+", lambda word: str(word[0] in true), expression)
    python = python.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    return bool(eval(python))


@settings(max_examples=150, deadline=None)
@given(expressions, st.sampled_from([LINUX, Configuration("windows", "arm64", go=21, cgo=False, tags=frozenset({"foo"}))]))
def test_any_expression_is_judged_as_a_naive_evaluator_judges_it(expression: str, configuration: Configuration) -> None:
    assert evaluate(expression, configuration) == naive(expression, true_tags(configuration))


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_the_nearest_configuration_satisfies_the_expression(expression: str) -> None:
    found = nearest(parse(expression), LINUX)
    assert found is None or evaluate(expression, found)
    if evaluate(expression, LINUX):
        assert found == LINUX


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab1.!&|() \t+,é\x00", max_size=40))
def test_no_text_makes_the_parser_fail_in_another_way_than_by_refusing(text: str) -> None:
    assert evaluate(text, LINUX) in {True, False}
    minimum_go(text)
    maximum_go(text)


@pytest.mark.parametrize("text", ["linux &&", "&& linux", "linux windows", "!!linux", "(linux", "linux)", "a & b", "linux,amd64", "a@b", "()", " "])
def test_a_malformed_expression_is_refused_and_true_nowhere(text: str) -> None:
    with pytest.raises(ConstraintError):
        parse(text)
    assert not evaluate(text, LINUX)


def test_parentheses_nested_without_end_are_refused() -> None:
    assert not evaluate("(" * 100_000 + "linux" + ")" * 100_000, LINUX)
    assert not evaluate("linux" + " && linux" * 100_000, LINUX)
    assert evaluate("(" * 50 + "linux" + ")" * 50, LINUX)


def test_and_binds_tighter_than_or() -> None:
    assert evaluate("linux || windows && foo", LINUX)
    assert not evaluate("(linux || windows) && foo", LINUX)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("+build linux", True),
        ("+build windows linux", True),
        ("+build linux,!amd64 darwin", False),
        ("+build linux\n+build !amd64", False),
        ("+build !windows", True),
        ("+build !!linux", False),
        ("+build", False),
        ("+build li-nux", False),
        ("+build !li-nux", True),
    ],
)
def test_old_build_lines_mean_or_by_spaces_and_by_commas_and_by_lines(lines: str, expected: bool) -> None:
    assert evaluate(lines, LINUX) is expected


@pytest.mark.parametrize("tag", ["linux", "amd64", "gc", "cgo", "unix", "go1", "go1.1", "go1.27", "amd64.v1", "goexperiment.jsonv2"])
def test_the_default_configuration_sets(tag: str) -> None:
    assert evaluate(tag, LINUX)


@pytest.mark.parametrize("tag", ["windows", "arm64", "gccgo", "go1.28", "ignore", "race", "amd64.v3", "goexperiment.swissmap", "goexperiment.simd"])
def test_the_default_configuration_does_not_set(tag: str) -> None:
    assert not evaluate(tag, LINUX)


@pytest.mark.parametrize(("go", "expected"), [(23, False), (24, True), (25, True), (26, False), (27, False)])
def test_the_swissmap_tag_is_true_for_go_1_24_and_1_25_only(go: int, expected: bool) -> None:
    assert evaluate("goexperiment.swissmap", Configuration(go=go)) is expected


@pytest.mark.parametrize(("goos", "implied"), [("android", "linux"), ("illumos", "solaris"), ("ios", "darwin")])
def test_some_systems_set_the_tag_of_another(goos: str, implied: str) -> None:
    assert evaluate(f"{goos} && {implied} && unix", Configuration(goos))


def test_a_system_or_architecture_among_the_tags_replaces_the_default_one() -> None:
    assert default_configuration(frozenset({"windows", "foo"})) == Configuration("windows", "amd64", tags=frozenset({"foo"}))
    assert default_configuration(frozenset({"arm64"})).label == "linux/arm64"
    assert default_configuration(frozenset({"js"})).label == "js/wasm"
    assert default_configuration(frozenset({"gccgo"})).label == "linux/amd64,gccgo"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.go", []),
        ("linux.go", []),
        ("_linux.go", ["linux"]),
        ("a_linux.go", ["linux"]),
        ("a_linux_test.go", ["linux"]),
        ("a_amd64.go", ["amd64"]),
        ("a_windows_arm64.go", ["windows", "arm64"]),
        ("a_windows_arm64_test.go", ["windows", "arm64"]),
        ("a_windows_arm64_extra.go", []),
        ("a_arm64_windows.go", ["windows"]),
        ("a_linux.pb.go", ["linux"]),
        ("a_unix.go", []),
        ("windows_amd64.go", ["amd64"]),
        ("a_test.go", []),
        ("linux_test.go", []),
    ],
)
def test_the_end_of_a_file_name_is_a_constraint(name: str, words: list[str]) -> None:
    assert list(constraint_words(name)) == words


@pytest.mark.parametrize(
    ("constraint", "minimum", "maximum"),
    [
        ("", None, None),
        ("linux", None, None),
        ("go1.22 && linux", (1, 22), None),
        ("go1.22 || linux", None, None),
        ("go1.22 || go1.20", (1, 20), None),
        ("go1.22 && go1.20", (1, 22), None),
        ("!go1.24", None, (1, 23)),
        ("!go1.24 && !go1.22", None, (1, 21)),
        ("!go1.24 || !go1.22", None, (1, 23)),
        ("!(go1.24 || !go1.20)", (1, 20), (1, 23)),
        ("!(go1.24 && linux)", None, None),
        ("go1", (1, 0), None),
        ("go1.20 && !go1.24", (1, 20), (1, 23)),
        ("go1.x", None, None),
        ("go1.22 &&", None, None),
        ("+build go1.22", None, None),
    ],
)
def test_a_constraint_bounds_the_go_version(constraint: str, minimum: tuple[int, int] | None, maximum: tuple[int, int] | None) -> None:
    assert minimum_go(constraint) == minimum
    assert maximum_go(constraint) == maximum


def test_a_file_version_moves_the_language_up_and_down_but_not_below_1_21() -> None:
    assert file_version("", (1, 20)) == (1, 20)
    assert file_version("go1.22", (1, 20)) == (1, 22)
    assert file_version("go1.21", (1, 25)) == (1, 21)
    assert file_version("go1.18", (1, 25)) == (1, 21)
    assert file_version("!go1.24", (1, 25)) == (1, 25)
    assert file_version("go1.22", None) == (1, 22)


@pytest.mark.parametrize(
    ("constraint", "label"),
    [
        ("linux", "linux/amd64"),
        ("windows", "windows/amd64"),
        ("!amd64", "linux/arm64"),
        ("!linux", "darwin/amd64"),
        ("!unix", "windows/amd64"),
        ("js && wasm", "js/wasm"),
        ("sparc64 && linux", "linux/sparc64"),
        ("foo", "linux/amd64,foo"),
        ("foo && !bar && windows", "windows/amd64,foo"),
        ("!go1.24", "linux/amd64,go1.23"),
        ("go1.30", "linux/amd64,go1.30"),
        ("goexperiment.swissmap", "linux/amd64,go1.25"),
        ("!cgo", "linux/amd64,!cgo"),
        ("gccgo", "linux/amd64,gccgo"),
        ("windows || plan9", "windows/amd64"),
    ],
)
def test_the_nearest_configuration_changes_least(constraint: str, label: str) -> None:
    found = nearest(parse(constraint), LINUX)
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize("constraint", ["linux && windows", "foo && !foo", "!go1.20 && go1.21", "gc && gccgo", "cgo && !cgo"])
def test_a_contradiction_has_no_configuration(constraint: str) -> None:
    assert nearest(parse(constraint), LINUX) is None


def test_a_tag_of_the_call_can_be_cleared_again() -> None:
    found = nearest(parse("!foo"), default_configuration(frozenset({"foo"})))
    assert found == LINUX


def test_many_free_tags_do_not_multiply() -> None:
    names = [f"t{number}" for number in range(40)]
    found = nearest(parse(" && ".join(names)), LINUX)
    assert found is not None
    assert found.tags == frozenset(names)


def test_a_constraint_made_to_be_costly_is_given_up() -> None:
    every = [*sorted(KNOWN_OS), *sorted(KNOWN_ARCH), *(f"go1.{minor}" for minor in range(1, 27)), *"abcdefg", "cgo", "gc"]
    assert nearest(parse(f"({' || '.join(every)}) && a && !a"), LINUX) is None


def test_a_tag_is_demanded_when_nothing_else_can_make_the_expression_true() -> None:
    assert demands(parse("ignore"), "ignore")
    assert demands(parse("ignore && linux"), "ignore")
    assert demands(parse("!(!ignore || linux)"), "ignore")
    assert not demands(parse("ignore || linux"), "ignore")
    assert not demands(parse("!ignore"), "ignore")


def test_the_tags_of_an_expression_are_all_it_names() -> None:
    assert tags_of(parse("a && (b || !c)")) == {"a", "b", "c"}
    assert holds(ALWAYS, frozenset())
