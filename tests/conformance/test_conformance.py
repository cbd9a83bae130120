"""Small Go programs, each written for one point of one rule, with what must be reported in them.

    // want GM201           a finding of GM201 stands on this line
    // want GM201 GM205     both
    // want GM201|GM205     at least one of them
    // want-strict GM102    in the strict profile

Any other finding of the default profile is one too many, except on lines that end in `// any`. A finding on a `//go:` directive is judged at
the first line of text below it, because a directive cannot carry a comment.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import tree_sitter_go
from tree_sitter import Language, Node, Parser

from golint_maps import registry
from golint_maps.engine import run
from golint_maps.rule import Profile
from golint_maps.settings import Settings

CASES = Path(__file__).parent
WANT = re.compile(r"//\s*want(?P<strict>-strict)?\s+(?P<ids>GM\d{3}(?:[ |]GM\d{3})*)")
ANY = re.compile(r"//\s*any\s*$")

KNOWN_FAILURES: dict[str, str] = {}
"""Cases that fail, with the reason."""

Wants = dict[int, list[frozenset[str]]]


@cache
def present() -> frozenset[str]:
    """Ids of the rules that there are."""
    return frozenset(rule.id for rule in registry.load())


@cache
def found(profile: Profile) -> dict[Path, dict[int, set[str]]]:
    """Rule ids by file and line of one run over all cases."""
    outcome = run(Settings(profile=profile, cache=False, jobs=1), ["./..."], cwd=CASES)
    table: dict[Path, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding in outcome.findings:
        if finding.suppressed is None and finding.rule != "GM000":
            path = CASES / finding.location.path
            table[path][judged_line(path, finding.location.start)].add(finding.rule)
    return table


def judged_line(path: Path, offset: int) -> int:
    """The line on which a finding at a byte offset is judged."""
    data = path.read_bytes()
    line = data.count(b"\n", 0, offset) + 1
    lines = data.decode().splitlines()
    if lines[line - 1].startswith("//go:"):
        while line < len(lines) and (lines[line - 1].startswith("//go:") or not lines[line - 1].strip()):
            line += 1
    return line


def expected(path: Path) -> tuple[Wants, Wants, set[int]]:
    """What a file wants by default and in the strict profile, by line, and the lines that are not judged."""
    default: Wants = defaultdict(list)
    strict: Wants = defaultdict(list)
    unjudged: set[int] = set()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if ANY.search(line):
            unjudged.add(number)
        for match in WANT.finditer(line):
            table = strict if match["strict"] else default
            table[number] += [frozenset(group.split("|")) for group in match["ids"].split(" ")]
    return default, strict, unjudged


def judge(wants: Wants, unjudged: set[int], got: dict[int, set[str]]) -> Iterator[str]:
    """Yield what is missing and what is too much in one file."""
    for line, groups in sorted(wants.items()):
        for group in groups:
            if group <= present() and not group & got.get(line, set()):
                yield f"{line}: {'|'.join(sorted(group))} is missing"
    for line, ids in sorted(got.items()):
        if line not in unjudged:
            for extra in sorted(ids.difference(*wants.get(line, ()))):
                yield f"{line}: {extra} is too much"


def cases() -> Iterator[object]:
    for module in sorted(CASES.glob("GM*/*/go.mod")):
        name = module.parent.relative_to(CASES).as_posix()
        marks: list[pytest.MarkDecorator] = []
        if name in KNOWN_FAILURES:
            marks.append(pytest.mark.xfail(reason=KNOWN_FAILURES[name], strict=True))
        if module.parts[-3] not in present():
            marks.append(pytest.mark.skip(reason=f"there is no {module.parts[-3]}"))
        yield pytest.param(module.parent, id=name, marks=marks)


@pytest.mark.parametrize("case", [*cases()])
def test_what_is_wanted_is_reported_and_nothing_else(case: Path) -> None:
    wrong: list[str] = []
    for path in sorted(case.rglob("*.go")):
        where = path.relative_to(case).as_posix()
        default, strict, unjudged = expected(path)
        wrong += [f"{where}:{text}" for text in judge(default, unjudged, found(Profile.DEFAULT).get(path, {}))]
        if strict:
            both = {line: default.get(line, []) + strict.get(line, []) for line in {*default, *strict}}
            got = {line: ids for line, ids in found(Profile.STRICT).get(path, {}).items() if line in both}
            wrong += [f"{where}:{text} (strict)" for text in judge(both, unjudged, got)]
    assert wrong == []


def test_every_known_failure_is_a_case() -> None:
    assert all((CASES / name / "go.mod").is_file() for name in KNOWN_FAILURES)


# --- the same in other words: rewrites that keep every line, and change nothing that a program does ---

PARSER = Parser(Language(tree_sitter_go.language()))
Insertions = Iterator[tuple[int, bytes]]

OPERANDS = ("selector_expression", "index_expression", "call_expression")
"""What surely is a value: a name alone may be that of a package or a type."""


def nodes(root: Node) -> Iterator[Node]:
    todo = [root]
    while todo:
        node = todo.pop()
        yield node
        todo += node.children


def in_parentheses(root: Node) -> Insertions:
    """`s.m[k] = v` becomes `(s.m)[k] = v`, and `f(s.m)` becomes `f((s.m))`."""
    for node in nodes(root):
        parent = node.parent
        if node.type not in OPERANDS or parent is None or node.type == "call_expression":
            continue
        if parent.type == "argument_list" or parent.child_by_field_name("operand") == node:
            yield node.start_byte, b"("
            yield node.end_byte, b")"


def in_blocks(root: Node) -> Insertions:
    """`{ f() }` becomes `{{ f() }}`."""
    for node in nodes(root):
        if node.type == "block" and node.parent is not None and node.parent.type != "block" and node.named_children:
            yield node.start_byte + 1, b"{"
            yield node.end_byte - 1, b"}"


def between_calls(root: Node) -> Insertions:
    """`f(); g()` becomes `print(); f(); print(); g()`."""
    for node in nodes(root):
        if node.type == "statement_list" and node.parent is not None and node.parent.type == "block":
            for child in node.named_children:
                if child.type != "comment":
                    yield child.start_byte, b"print(); "


def rewritten(source: bytes, rewrite: Callable[[Node], Insertions]) -> bytes:
    text = source
    # Of two at one place the one that was found last is written first: what closes an inner node stands before what closes the outer one.
    for offset, inserted in sorted(rewrite(PARSER.parse(source).root_node), key=lambda item: -item[0]):
        text = text[:offset] + inserted + text[offset:]
    return text


@pytest.mark.parametrize("rewrite", [in_parentheses, in_blocks, between_calls])
def test_the_findings_are_the_same(rewrite: Callable[[Node], Insertions], tmp_path: Path) -> None:
    root = tmp_path / "cases"
    shutil.copytree(CASES, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in root.rglob("*.go"):
        path.write_bytes(rewritten(path.read_bytes(), rewrite))
    got: dict[Path, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding in run(Settings(profile=Profile.DEFAULT, cache=False, jobs=1), ["./..."], cwd=root).findings:
        if finding.suppressed is None:
            path = root / finding.location.path
            got[path][path.read_bytes().count(b"\n", 0, finding.location.start) + 1].add(finding.rule)
    wrong: list[str] = []
    for path in sorted(root.rglob("*.go")):
        name = path.relative_to(root)
        if name.parts[0] not in ("GM304", "GM307", "GM308"):  # about directives, whose line no statement has
            default, _, unjudged = expected(path)
            wrong += [f"{name}:{text}" for text in judge(default, unjudged, got.get(path, {}))]
    assert wrong == []
