from __future__ import annotations

import pytest

from golint_maps import suppression
from golint_maps.builtin_rules import BUILTIN_RULES
from golint_maps.findings import Finding, Level, Location
from golint_maps.rule import Precision, Rule
from golint_maps.syntax import extract

RULES = (*BUILTIN_RULES, *(Rule(f"GM{number}", f"rule-{number}", "…", Level.ERROR, Precision.HIGH) for number in (101, 201, 203)))
PATH = "p.go"


def run(
    text: str,
    *,
    marker: str = "m[1]",
    rule: str = "GM201",
    require_reasons: bool = False,
    ran: tuple[Rule, ...] = RULES,
) -> tuple[str | None, list[str]]:
    """Lint `text`, in which `rule` has a finding at each `marker`. Return the last one's reason (None when it stands) and the GM001 messages."""
    data = ("package p\n" + text).encode()
    findings, at = [], data.find(marker.encode())
    while at >= 0:
        findings.append(Finding(rule, Level.ERROR, "m", Location(PATH, at, at + len(marker))))
        at = data.find(marker.encode(), at + 1)
    directives = {PATH: suppression.directives_of(extract(data), data)}
    result = suppression.apply(findings, directives, rules=RULES, ran=ran, require_reasons=require_reasons)
    reason = result[len(findings) - 1].suppressed if findings else None
    return reason, [finding.message for finding in result[len(findings) :]]


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("//nolint:golintmaps // guarded by the caller", "guarded by the caller"),
        ("//nolint:golint-maps", ""),
        ("//nolint:GM201,GM203 // why", "why"),
        ("//nolint:GM203, GM201 // why", "why"),
        ("//nolint:gm201 // why", "why"),
        ("//nolint:rule-201", ""),
        ("//nolint:GM2", ""),
        ("//nolint:errcheck,GM201", ""),
        ("//nolint:GM201 the caller holds mu", "the caller holds mu"),
        ("//nolint", ""),
        ("//nolint // why", "why"),
        ("//nolint:all", ""),
        ("// nolint", ""),
        ("// nolint:GM201", ""),
        ("//nolint: GM201", ""),
        ("//lint:ignore GM201 why", "why"),
        ("//lint:ignore GM* why not", "why not"),
        ("//lint:ignore SA1000,GM201 why", "why"),
        ("//golint-maps:ignore GM201 why", "why"),
        ("//golint-maps:ignore GM201 // why", "why"),
        ("// golint-maps:ignore GM203,GM201", ""),
        ("//golint-maps:ignore", ""),
        ("//golint-maps:ignore // why", "why"),
    ],
)
def test_a_directive_at_the_end_of_a_line_suppresses_its_rules_on_that_line(comment: str, reason: str) -> None:
    text = f"var m map[int]int\n\nfunc f() {{\n\tm[1] = 2 {comment}\n}}\n"
    assert run(text)[0] == reason


@pytest.mark.parametrize(
    "comment",
    [
        "//nolint:GM203",
        "//nolint:errcheck",
        "//nolinting",
        "//nolint;GM201",
        "// see nolint:GM201",
        "//lint:ignore GM203 why",
        "//lint:ignore GM201",
        "//lint:ignores GM201 why",
        "//golint-maps:ignore GM203 why",
        "//golint-maps:ignored GM201",
        "//golint-maps:ignore because it is fine",
    ],
)
def test_a_directive_for_something_else_or_in_no_known_form_suppresses_nothing(comment: str) -> None:
    text = f"var m map[int]int\n\nfunc f() {{\n\tm[1] = 2 {comment}\n}}\n"
    assert run(text)[0] is None


def test_a_directive_at_the_end_of_a_line_says_nothing_of_the_next() -> None:
    assert run("func f() {\n\tx() //nolint:GM201\n\tm[1] = 2\n}\n")[0] is None
    assert run("func f() { //nolint:GM201\n\tm[1] = 2\n}\n")[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "func f() {\n\t//nolint:GM201 // why\n\tm[1] = 2\n}\n",
        "func f() {\n\t//nolint:GM201 // why\n\tfor range x {\n\t\tm[1] = 2\n\t}\n}\n",
        "func f() {\n\t//nolint:GM201 // why\n\tgo func() {\n\t\tm[1] = 2\n\t}()\n}\n",
        "func f() {\n\tif x {\n\t\t//nolint:GM201 // why\n\t\tswitch {\n\t\tcase y:\n\t\t\tm[1] = 2\n\t\t}\n\t}\n}\n",
        "func f() {\n\tx := func() {\n\t\t//nolint:GM201 // why\n\t\tcall(1,\n\t\t\tm[1])\n\t}\n}\n",
        "//nolint:GM201 // why\nfunc f() {\n\tx()\n\tm[1] = 2\n}\n",
        "//golint-maps:ignore GM201 why\nfunc f() {\n\tx()\n\tm[1] = 2\n}\n",
        "// f is documented.\n//\n//nolint:GM201 // why\nfunc f() {\n\tm[1] = 2\n}\n",
        "//nolint:GM201 // why\n// f is documented.\nfunc f() {\n\tm[1] = 2\n}\n",
        "//nolint:GM201 // why\ntype t struct {\n\ta int\n\tb [len(m[1])]int\n}\n",
        "//nolint:GM201 // why\nvar (\n\ta = 1\n\tb = m[1]\n)\n",
        "//nolint:GM201 // why\nvar b = []int{\n\tm[1],\n}\n",
    ],
)
def test_a_directive_alone_on_its_line_covers_the_statement_or_declaration_below(text: str) -> None:
    assert run(text) == ("why", [])


@pytest.mark.parametrize(
    "text",
    [
        "func f() {\n\t//nolint:GM201 // why\n\tx()\n\tm[1] = 2\n}\n",
        "//nolint:GM201 // why\nfunc g() {\n}\n\nfunc f() {\n\tm[1] = 2\n}\n",
        "//nolint:GM201 // why\n\nfunc f() {\n\tm[1] = 2\n}\n",
    ],
)
def test_a_directive_alone_on_its_line_ends_with_what_is_below(text: str) -> None:
    assert run(text)[0] is None


def test_a_staticcheck_ignore_covers_the_line_below_and_no_more() -> None:
    assert run("func f() {\n\t//lint:ignore GM201 why\n\tm[1] = 2\n}\n") == ("why", [])
    assert run("func f() {\n\t//lint:ignore GM201 why\n\tfor {\n\t\tm[1] = 2\n\t}\n}\n")[0] is None


def test_a_file_ignore_covers_the_whole_file_from_anywhere() -> None:
    assert run("func f() {\n\tm[1] = 2\n}\n\n//lint:file-ignore GM201 why\n") == ("why", [])


def test_a_directive_above_the_package_clause_covers_the_file() -> None:
    data = b"//nolint:GM201 // why\npackage p\n\nfunc f() {\n\tm[1] = 2\n}\n"
    finding = Finding("GM201", Level.ERROR, "m", Location(PATH, data.index(b"m[1]"), data.index(b"m[1]") + 4))
    directives = {PATH: suppression.directives_of(extract(data), data)}
    (found,) = suppression.apply([finding], directives, rules=RULES, ran=RULES)
    assert found.suppressed == "why"


def test_a_directive_behind_the_last_line_of_a_long_statement_counts() -> None:
    assert run("func f() {\n\tm[\n\t\t1] = 2 //nolint:GM201\n}\n", marker="m[\n\t\t1]") == ("", [])


def test_columns_after_letters_beyond_ascii_do_not_confuse_lines() -> None:
    assert run('func f() {\n\tx := "äöü😀" + m[1] //nolint:GM201 // größer\n}\n') == ("größer", [])


@pytest.mark.parametrize(
    ("comment", "complaint"),
    [
        ("//nolint:GM203", "no finding of GM203 is here"),
        ("//nolint:GM203,GM101", "no finding of GM203, GM101 is here"),
        ("//nolint:golintmaps", "no finding of golintmaps is here"),
        ("//nolint:errcheck,GM203", "no finding of GM203 is here"),
        ("//lint:ignore GM203 why", "no finding of GM203 is here"),
        ("//lint:ignore GM203", "a //lint: directive must give a reason"),
        ("//golint-maps:ignore GM203 why", "no finding of GM203 is here"),
        ("//golint-maps:ignore because", "names no rule: because"),
        ("//nolint:GM299", "names no rule: GM299"),
        ("//nolint:GM230", "names no rule: GM230; did you mean `GM203`?"),
        ("//golint-maps:ignore rule201", "names no rule: rule201; did you mean `rule-201`?"),
        ("//golint-maps:ingore GM201 why", "`//golint-maps:ingore` is no directive; did you mean `//golint-maps:ignore`?"),
        ("// golint-maps:ignored", "`//golint-maps:ignored` is no directive"),
        ("//golintmaps:ignore GM201", "`//golintmaps:ignore` is no directive; did you mean `//golint-maps:ignore`?"),
        ("//lint:ingore GM201 why", "`//lint:ingore` is no directive; did you mean `//lint:ignore`?"),
        ("//lint:fileignore GM201 why", "did you mean `//lint:file-ignore`?"),
    ],
)
def test_a_directive_that_names_us_and_does_nothing_is_reported(comment: str, complaint: str) -> None:
    _, messages = run(f"func f() {{\n\tx() {comment}\n}}\n")
    assert len(messages) == 1
    assert complaint in messages[0]


@pytest.mark.parametrize(
    "comment",
    [
        "//nolint",
        "//nolint:all",
        "//nolint:errcheck",
        "//lint:ignore SA1000 why",
        "// nolint is a word",
        "// golint-maps: see GM201",
        "//lint:ingore SA1000",
        "// golint-maps is a linter",
    ],
)
def test_a_directive_that_may_be_for_another_linter_is_never_reported(comment: str) -> None:
    assert run(f"func f() {{\n\tx() {comment}\n}}\n") == (None, [])


@pytest.mark.parametrize("comment", ["//nolint:GM299", "//golint-maps:ingore GM201 why", "//lint:ingore GM201 why", "//golint-maps:ignore because"])
def test_a_directive_that_can_never_suppress_is_reported_in_every_profile(comment: str) -> None:
    ran = tuple(rule for rule in RULES if rule.id != "GM001")
    _, messages = run(f"func f() {{\n\tx() {comment}\n}}\n", ran=ran)
    assert len(messages) == 1


def test_of_several_names_only_the_idle_ones_are_reported() -> None:
    assert run("func f() {\n\tm[1] = 2 //nolint:GM201,GM203\n}\n") == ("", ["This directive suppresses nothing: no finding of GM203 is here"])


def test_a_directive_for_a_rule_that_did_not_run_is_not_idle() -> None:
    ran = tuple(rule for rule in RULES if rule.id != "GM203")
    assert run("func f() {\n\tx() //nolint:GM203\n}\n", ran=ran) == (None, [])


def test_nothing_is_reported_when_the_rule_for_it_did_not_run() -> None:
    ran = tuple(rule for rule in RULES if rule.id != "GM001")
    assert run("func f() {\n\tx() //nolint:GM203\n}\n", ran=ran) == (None, [])


@pytest.mark.parametrize("comment", ["//nolint:GM201", "//nolint", "//golint-maps:ignore GM201"])
def test_where_reasons_are_required_a_directive_without_one_does_nothing_and_is_told_so(comment: str) -> None:
    ran = tuple(rule for rule in RULES if rule.id != "GM001")
    reason, messages = run(f"func f() {{\n\tm[1] = 2 {comment}\n}}\n", require_reasons=True, ran=ran)
    assert (reason, messages) == (None, ["This directive suppresses nothing because it gives no reason"])


def test_where_reasons_are_required_one_with_a_reason_works() -> None:
    assert run("func f() {\n\tm[1] = 2 //nolint:GM201 // why\n}\n", require_reasons=True) == ("why", [])


def test_a_wholly_idle_directive_comes_with_its_removal_as_an_unsafe_fix() -> None:
    data = b"package p\n\nfunc f() {\n\tx() //nolint:GM203 // why\n}\n"
    (found,) = suppression.apply([], {PATH: suppression.directives_of(extract(data), data)}, rules=RULES, ran=RULES)
    (edit,) = found.fixes[0].edits
    assert data[edit.location.start : edit.location.end] == b"//nolint:GM203 // why"
    assert edit.text == ""


def test_a_file_without_directives_leaves_its_findings_alone() -> None:
    assert run("func f() {\n\tm[1] = 2\n}\n") == (None, [])
