""".gitignore files, as git reads them: a file deeper in the tree overrides those above it, and nothing below an ignored directory comes back."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from golint_maps.source.files import read_small_file
from golint_maps.source.gomod import upward

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Excludes = Callable[[str, bool], bool]
"""Tells whether an absolute path, which is that of a directory or not, is to be left aside."""

_GROUP_NAME: Final = re.compile(r"\?P<[^>]+>")


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns of one file, for paths below `base` (absolute, with a trailing separator), and those of the directories above it.

    `any_pattern` matches whatever some pattern matches: it settles most paths with one regular expression.
    """

    base: str
    spec: GitIgnoreSpec
    any_pattern: re.Pattern[str]
    above: IgnoreRules | None


def ignored(rules: IgnoreRules | None, path: str, is_directory: bool) -> bool:
    """Return whether an absolute path is ignored. The directories above it are taken not to be."""
    while rules is not None:
        relative = path[len(rules.base) :].replace(os.sep, "/") + ("/" if is_directory else "")
        if rules.any_pattern.match(relative):
            verdict = rules.spec.check_file(relative).include
            if verdict is not None:
                return verdict
        rules = rules.above
    return False


def rules_above(directory: str) -> IgnoreRules | None:
    """Return the rules that hold in a directory because of the git work tree it lies in, its own .gitignore left aside."""
    levels = list(upward(directory))
    top = next((index for index, level in enumerate(levels) if os.path.exists(os.path.join(level, ".git"))), None)
    if top is None:
        return None
    rules = excluded_by_repository(levels[top])
    for level in reversed(levels[1 : top + 1]):
        rules = with_file(rules, level, ".gitignore")
    return rules


def excluded_by_repository(top: str) -> IgnoreRules | None:
    """Return the rules of a work tree's `.git/info/exclude`. The user's global excludes are left aside: results depend on the tree alone."""
    return with_file(None, top, os.path.join(".git", "info", "exclude"))


def with_file(above: IgnoreRules | None, directory: str, name: str) -> IgnoreRules | None:
    """Return the rules of an ignore file of a directory on top of those above it. An unreadable file holds no rules."""
    try:
        data = read_small_file(os.path.join(directory, name))
    except OSError:
        return above
    lines = [line for line in (data or b"").decode("utf-8", "surrogateescape").splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return above
    # Most trees have no ignore file, and this import costs more than the rest of a small discovery.
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except ValueError:
        spec = GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])
    expressions = [pattern.regex.pattern for pattern in spec.patterns if pattern.include is not None and pattern.regex is not None]
    if not expressions:
        return above
    # Group names may not be repeated within one expression.
    combined = "|".join(f"(?:{_GROUP_NAME.sub('?:', str(expression))})" for expression in expressions)
    return IgnoreRules(os.path.join(directory, ""), spec, re.compile(combined), above)


def exclusion(patterns: Sequence[str], base: str) -> Excludes:
    """Return whether patterns as in a .gitignore that lies in `base` (absolute) name a path (absolute), or a directory above it."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(patterns)
    prefix = os.path.join(base, "")

    def excludes(path: str, is_directory: bool) -> bool:
        relative = path[len(prefix) :] if path.startswith(prefix) else os.path.relpath(path, base)
        return bool(spec.match_file(relative.replace(os.sep, "/") + ("/" if is_directory else "")))

    return excludes


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
