"""Build constraints: `//go:build` expressions, `+build` lines and the words in file names.

Grammar and limits follow the documentation of the go command (`go help buildconstraint`); conjunctions and disjunctions are kept flat, so
that only parentheses make an expression deep.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from golint_maps.source.platforms import KNOWN_ARCH, KNOWN_OS

_MAX_DEPTH: Final = 100
"""Nesting of parentheses that is read. Deeper expressions are refused, because evaluation recurses."""

_MAX_TOKENS: Final = 4000
_TOKEN: Final = re.compile(r"[ \t]*(?:(&&|\|\||[()!])|([\w.]+)|(\S))")
_TAG: Final = re.compile(r"[\w.]+")
_RELEASE: Final = re.compile(r"go1(?:\.(\d{1,4}))?")


class ConstraintError(ValueError):
    """A constraint that the go command would refuse."""


@dataclass(frozen=True, slots=True)
class Tag:
    name: str


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expr, ...]


Expr = Tag | Not | And | Or
ALWAYS: Final = And(())
"""The constraint of a file without one."""


@lru_cache(maxsize=4096)
def parse(constraint: str) -> Expr:
    """Return the expression of a constraint as `Header.build` spells it.

    Raises ConstraintError when it is malformed. Empty text is no constraint.
    """
    if not constraint:
        return ALWAYS
    if constraint.startswith("+build"):
        return conjunction([_parse_plus_build(line.removeprefix("+build")) for line in constraint.split("\n")])
    return _parse_expression(constraint)


def constraint_words(name: str) -> tuple[str, ...]:
    """Return the tags that `_GOOS`, `_GOARCH` or `_GOOS_GOARCH` at the end of a file name demand.

    Everything from the first dot on is left aside, and what stands before the first underscore never counts: `linux.go` is for all systems.
    """
    if "_" not in name:
        return ()
    words = name.partition(".")[0].split("_")[1:]
    if words and words[-1] == "test":
        words.pop()
    if len(words) > 1 and words[-2] in KNOWN_OS and words[-1] in KNOWN_ARCH:
        return words[-2], words[-1]
    if words and (words[-1] in KNOWN_OS or words[-1] in KNOWN_ARCH):
        return (words[-1],)
    return ()


def conjunction(parts: list[Expr]) -> Expr:
    """Return the flat conjunction of all parts."""
    operands: list[Expr] = []
    for part in parts:
        operands += part.operands if isinstance(part, And) else [part]
    return operands[0] if len(operands) == 1 else And(tuple(operands))


def holds(expression: Expr, true: AbstractSet[str]) -> bool:
    """Return whether the expression is true when exactly the tags in `true` are."""
    if isinstance(expression, Tag):
        return expression.name in true
    if isinstance(expression, Not):
        return not holds(expression.operand, true)
    if isinstance(expression, And):
        return all(holds(operand, true) for operand in expression.operands)
    return any(holds(operand, true) for operand in expression.operands)


def tags_of(expression: Expr) -> frozenset[str]:
    """Return all tags that the expression names."""
    if isinstance(expression, Tag):
        return frozenset((expression.name,))
    if isinstance(expression, Not):
        return tags_of(expression.operand)
    return frozenset().union(*(tags_of(operand) for operand in expression.operands))


def demands(expression: Expr, tag: str) -> bool:
    """Return whether the expression can only be true when `tag` is, whatever the values of all other tags."""
    return not _possible(expression, tag, True)


def minimum_go(constraint: str) -> tuple[int, int] | None:
    """Return the Go version that a `//go:build` line implies for its file, or None: `go1.22 && linux` gives (1, 22), `!go1.24` nothing.

    `+build` lines and malformed constraints imply none, as in the compiler.
    """
    expression = _version_expression(constraint)
    minor = -1.0 if expression is None else _bound(expression, True, -1.0)
    return (1, int(minor)) if minor >= 0 else None


def maximum_go(constraint: str) -> tuple[int, int] | None:
    """Return the newest Go version that a `//go:build` line lets a file be built with, or None: `!go1.24` gives (1, 23)."""
    expression = _version_expression(constraint)
    minor = math.inf if expression is None else _bound(expression, True, math.inf)
    return (1, int(minor)) if 0 <= minor < math.inf else None


def file_version(constraint: str, module: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the language version of a file of a module with that `go` line.

    A `//go:build` line moves it up and down, but never below 1.21: older toolchains did not know of file versions.
    """
    own = minimum_go(constraint)
    return module if own is None else max(own, (1, 21))


def release_minor(tag: str) -> int | None:
    """Return 22 for the release tag `go1.22`, 0 for `go1`, None for every other tag."""
    match = _RELEASE.fullmatch(tag)
    return int(match[1] or 0) if match else None


def _version_expression(constraint: str) -> Expr | None:
    if not constraint or "go1" not in constraint or constraint.startswith("+build"):
        return None
    try:
        return parse(constraint)
    except ConstraintError:
        return None


def _bound(expression: Expr, positive: bool, unbounded: float) -> float:
    """Return the least (`unbounded` is -1) or greatest (inf) minor release that the expression, or its negation, implies."""
    if isinstance(expression, Not):
        return _bound(expression.operand, not positive, unbounded)
    lower = unbounded < 0
    if isinstance(expression, Tag):
        minor = release_minor(expression.name)
        if minor is None or positive != lower:
            return unbounded
        return minor if lower else minor - 1
    bounds = [_bound(operand, positive, unbounded) for operand in expression.operands] or [unbounded]
    tightens = isinstance(expression, And) == positive
    return max(bounds) if tightens == lower else min(bounds)


def _possible(expression: Expr, without: str, value: bool) -> bool:
    if isinstance(expression, Tag):
        return not value or expression.name != without
    if isinstance(expression, Not):
        return _possible(expression.operand, without, not value)
    needs_all = isinstance(expression, And) == value
    results = (_possible(operand, without, value) for operand in expression.operands)
    return all(results) if needs_all else any(results)


def _parse_plus_build(text: str) -> Expr:
    """Spaces are alternatives, commas join: `linux,amd64 darwin`. Words that are no tags count as a tag that is never set."""
    alternatives: list[Expr] = []
    for clause in text.split():
        literals: list[Expr] = []
        for literal in clause.split(","):
            word = literal.removeprefix("!")
            negated = word != literal and not literal.startswith("!!") and bool(word)
            tag = Tag(word if _TAG.fullmatch(word) and not literal.startswith("!!") else "ignore")
            literals.append(Not(tag) if negated else tag)
        alternatives.append(conjunction(literals))
    if not alternatives:
        return Tag("ignore")
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))


def _parse_expression(text: str) -> Expr:
    tokens = list(_tokens(text))
    if len(tokens) > _MAX_TOKENS:
        raise ConstraintError("the build expression is too large")
    expression, at = _disjunction(tokens, 0, 0)
    if at < len(tokens):
        raise ConstraintError(f"unexpected {tokens[at]!r}")
    return expression


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        if match[3]:
            raise ConstraintError(f"unexpected {match[3]!r}")
        yield match[1] or match[2]


def _disjunction(tokens: list[str], at: int, depth: int) -> tuple[Expr, int]:
    """Return the disjunction that starts at a token, and the index of the token after it."""
    if depth > _MAX_DEPTH:
        raise ConstraintError("the build expression is nested too deeply")
    alternatives: list[Expr] = []
    factors: list[Expr] = []
    while True:
        factor, at = _factor(tokens, at, depth)
        factors.append(factor)
        operator = tokens[at] if at < len(tokens) else ""
        if operator == "&&":
            at += 1
            continue
        alternatives.append(conjunction(factors))
        if operator != "||":
            return (alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))), at
        factors = []
        at += 1


def _factor(tokens: list[str], at: int, depth: int) -> tuple[Expr, int]:
    token = tokens[at] if at < len(tokens) else ""
    if token == "!":
        if tokens[at + 1 : at + 2] == ["!"]:
            raise ConstraintError("double negation")
        operand, at = _factor(tokens, at + 1, depth)
        return Not(operand), at
    if token == "(":
        inner, at = _disjunction(tokens, at + 1, depth + 1)
        if tokens[at : at + 1] != [")"]:
            raise ConstraintError("missing closing parenthesis")
        return inner, at + 1
    if not token:
        raise ConstraintError("unexpected end of the expression")
    if not _TAG.fullmatch(token):
        raise ConstraintError(f"unexpected {token!r}")
    return Tag(token), at + 1
