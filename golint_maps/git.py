"""Asks git: which lines changed since a revision, and which checkout this is. Runs no program that the repository configures."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A repository's own configuration may name programs for diffs and file watching. What we read must not be able to run anything.
_QUIET: Final = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null")
_HUNK: Final = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_ESCAPES: Final = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


class GitError(Exception):
    """There is no git, no repository, or no such revision."""


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """Lines (1-based, half-open ranges) of one file that are new. `everything` marks a file that git does not know yet."""

    ranges: tuple[tuple[int, int], ...] = ()
    everything: bool = False

    def __contains__(self, line: int) -> bool:
        return self.everything or any(first <= line < last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where a checkout came from and what it is at. `uri` has no user name or password in it."""

    uri: str
    revision: str
    branch: str


def changed_lines(folder: Path, revision: str) -> dict[str, ChangedLines]:
    """Return the new lines of each Go file below `folder`, by path relative to it; untracked files included.

    They are new since HEAD and `revision` were one: what was done on another branch after that is no change of this one. Where they never were, or
    the history is cut off, since `revision` itself. A file that only moved has no new lines. Raises `GitError`.
    """
    commit = _commit(folder, revision)
    commit = _common_ancestor(folder, commit) or commit
    arguments = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/", "--relative")
    patch = _git(folder, "diff", *arguments, commit, "--", "*.go")
    changed = {path: ChangedLines(tuple(ranges)) for path, ranges in _hunks(patch)}
    for path in _git(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.go").split(b"\0"):
        if path:
            changed[os.fsdecode(path)] = ChangedLines(everything=True)
    return changed


def _commit(folder: Path, revision: str) -> str:
    """Return the hash of a revision. Where it is missing because the history is cut off, as CI services do it, the error says how to have it."""
    try:
        return _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except GitError as error:
        try:
            shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
        except GitError:
            shallow = False
        if not shallow:
            raise
        hint = "this clone is shallow: `fetch-depth: 0` of actions/checkout, or `git fetch --unshallow`, brings the history"
        raise GitError(f"{error}; {hint}") from error


def _common_ancestor(folder: Path, commit: str) -> str:
    try:
        return _git(folder, "merge-base", commit, "HEAD").decode().strip()
    except GitError:
        return ""


def top_level(folder: Path) -> Path | None:
    """Return the root of the checkout that holds `folder`, without running git; None outside of any."""
    return next((each for each in (folder, *folder.parents) if os.path.exists(each / ".git")), None)


def checkout(folder: Path) -> Checkout | None:
    """Return what git says of the checkout that holds `folder`; None without a revision or a remote that others can reach."""
    try:
        revision = _git(folder, "rev-parse", "HEAD").decode().strip()
        uri = _public_uri(_git(folder, "remote", "get-url", "origin").decode(errors="replace").strip())
        branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD").decode(errors="replace").strip()
    except GitError:
        return None
    return Checkout(uri, revision, "" if branch == "HEAD" else branch) if uri else None


def _git(folder: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(["git", *_QUIET, *arguments], cwd=folder, env=environment, capture_output=True, check=False, timeout=120)  # noqa: S603, S607 - git from PATH, as every tool does
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git cannot be run: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").splitlines()
        raise GitError(said[0] if said else f"git {arguments[0]} found nothing for {arguments[-1]}")
    return done.stdout


def _hunks(patch: bytes) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    path, ranges = "", list[tuple[int, int]]()
    in_header = True
    for line in patch.split(b"\n"):
        if line.startswith(b"diff --git "):
            in_header = True
        elif in_header and line.startswith(b"+++ "):
            if path:
                yield path, ranges
            path, ranges = _unquoted(line[4:]), []
        elif match := _HUNK.match(line):
            in_header = False
            first, count = int(match[1]), int(match[2] or 1)
            ranges.append((first, first + count))
    if path:
        yield path, ranges


def _unquoted(name: bytes) -> str:
    """Return the path of a `+++` line; nothing for a file that was deleted. git quotes names with control characters as C does."""
    name = name.rstrip(b"\t")
    if name == b"/dev/null":
        return ""
    if name.startswith(b'"'):
        name = _ESCAPE.sub(lambda match: bytes([_ESCAPES[match[1]] if match[1] in _ESCAPES else int(match[1], 8)]), name[1:-1])
    return os.fsdecode(name.removeprefix(b"b/"))


def _public_uri(remote: str) -> str:
    if match := re.fullmatch(r"(?:[^@/:]+@)?([^/:]+\.[^/:]+):(?!//)(.+)", remote):
        return f"https://{match[1]}/{match[2]}"
    parts = urlsplit(remote)
    if parts.scheme not in {"https", "http", "ssh", "git"} or not parts.hostname:
        return ""
    return urlunsplit((parts.scheme, parts.hostname + (f":{parts.port}" if parts.port else ""), parts.path, "", ""))
