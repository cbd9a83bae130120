"""go.mod and go.work, read line by line and with tolerance: a file that is half garbage still gives what can be understood."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from golint_maps.source.files import read_small_file, reason
from golint_maps.source.gopath import BEFORE_MODULES, import_path_of, is_before_modules
from golint_maps.source.model import Module, Problem, Replace

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(=>|[()])|//.*|([^\s()"`]+)')
_VERB: Final = re.compile(r"[a-z]+")
_GO: Final = re.compile(r"1\.(\d{1,4})(?:$|[.a-z])")


@dataclass(frozen=True, slots=True)
class Line:
    """One directive with the verb of its block repeated: `require`, `("example.com/a", "v1.2.3")`. `at` is where its first argument starts."""

    verb: str
    arguments: tuple[str, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A go.work file. `directory` and `uses` are absolute paths. `flaw` says what is wrong with the file, if something is."""

    directory: str
    uses: tuple[str, ...] = ()
    replaces: tuple[Replace, ...] = ()
    flaw: str = ""


def parse_lines(text: str) -> Iterator[Line]:
    """Yield the directives of go.mod or go.work, comments removed and blocks unfolded."""
    block = ""
    offset = 0
    for whole in text.splitlines(keepends=True):
        row, start = whole.rstrip("\r\n"), offset
        offset += len(whole.encode())
        matches = [match for match in _TOKEN.finditer(row) if not match[0].startswith("//")]
        tokens = [match[1] or match[2] or match[3] or match[4] or "" for match in matches]
        if not tokens:
            continue
        if block:
            if tokens[0] == ")":
                block = ""
            else:
                yield Line(block, tuple(tokens), start + len(row[: matches[0].start()].encode()))
        elif tokens[-1] == "(" and len(tokens) == 2:
            block = tokens[0]
        else:
            yield Line(tokens[0], tuple(tokens[1:]), start + len(row[: matches[min(1, len(matches) - 1)].start()].encode()))


def go_version(text: str) -> tuple[int, int] | None:
    """Return (1, 21) for `1.21`, `1.21.3` or `1.21rc2`, and None for what is no Go version."""
    match = _GO.match(text)
    return (1, int(match[1])) if match else None


def load_module(directory: str, relative: str) -> tuple[Module | None, Problem | None]:
    """Return the module whose go.mod lies in an absolute directory, or None when there is no go.mod, and what is wrong with it.

    `relative` is that directory as the module gives it. A go.mod without a module line makes a synthetic module.
    """
    place = f"{relative}/go.mod" if relative else "go.mod"
    try:
        data = read_small_file(os.path.join(directory, "go.mod"))
    except OSError as error:
        return synthetic_module(directory, relative), Problem(place, f"cannot be read: {reason(error)}")
    if data is None:
        return None, None
    text = data.decode("utf-8", "replace")
    lines = list(parse_lines(text))
    arguments = {line.verb: line.arguments[0] for line in reversed(lines) if line.arguments}
    path = arguments.get("module", "")
    problem: Problem | None = None
    if not path:
        problem = Problem(place, f"has no module line; the module is taken to be {_base(directory)!r}")
    elif flaw := _flaw(text, lines):
        problem = Problem(place, flaw)
    go_text = arguments.get("go", "")
    module = Module(
        path=path or _base(directory),
        directory=relative,
        go=go_version(go_text),
        go_text=go_text,
        synthetic=not path,
        vendor=os.path.isdir(os.path.join(directory, "vendor")),
        replaces=_replaces(lines),
        godebug=tuple((key, value) for line in lines if line.verb == "godebug" for key, _, value in [" ".join(line.arguments).partition("=")]),
        godebug_at=tuple(line.at for line in lines if line.verb == "godebug"),
        requires=tuple((line.arguments[0], line.arguments[1]) for line in lines if line.verb == "require" and len(line.arguments) > 1),
        toolchain=arguments.get("toolchain", ""),
        ignores=tuple(line.arguments[0] for line in lines if line.verb == "ignore" and line.arguments),
    )
    return module, problem


def synthetic_module(directory: str, relative: str) -> Module:
    """Return a module for an absolute directory that no go.mod covers: with the path that its files import it by, else named after it."""
    go = BEFORE_MODULES if is_before_modules(directory) else None
    return Module(
        import_path_of(directory) or _base(directory), relative, go=go, synthetic=True, vendor=os.path.isdir(os.path.join(directory, "vendor"))
    )


def load_workspace(directory: str) -> Workspace | None:
    """Return the go.work of an absolute directory, or None when it has none."""
    try:
        data = read_small_file(os.path.join(directory, "go.work"))
    except OSError as error:
        return Workspace(directory, flaw=f"cannot be read: {reason(error)}")
    if data is None:
        return None
    text = data.decode("utf-8", "replace")
    lines = list(parse_lines(text))
    uses = (os.path.normpath(os.path.join(directory, line.arguments[0])) for line in lines if line.verb == "use" and line.arguments)
    return Workspace(directory, tuple(uses), _replaces(lines), _flaw(text, lines))


def _flaw(text: str, lines: list[Line]) -> str:
    """Return what is wrong with a go.mod or go.work that gives something all the same, or an empty text. Verbs of later versions are fine."""
    if strange := next((line.verb for line in lines if not _VERB.fullmatch(line.verb)), None):
        return f"is not understood from {strange[:40]!r} on; the rest is used"
    if (block := _open_block(text)) is not None:
        return f"has no end of the block that begins with '{block[:40]} ('"
    version = next((line.arguments[0] if line.arguments else "" for line in lines if line.verb == "go"), None)
    if version is not None and go_version(version) is None:
        return f"asks for {version[:40]!r}, which is no version of Go"
    return ""


def _open_block(text: str) -> str | None:
    """Return the verb of a block that is not closed."""
    block: str | None = None
    for row in text.splitlines():
        tokens = [match[0] for match in _TOKEN.finditer(row) if not match[0].startswith("//")]
        if block is not None:
            block = None if tokens[:1] == [")"] else block
        elif len(tokens) == 2 and tokens[1] == "(":
            block = tokens[0]
    return block


def upward(directory: str) -> Iterator[str]:
    """Yield an absolute directory and all directories above it."""
    yield directory
    while (parent := os.path.dirname(directory)) != directory:
        directory = parent
        yield directory


def _replaces(lines: list[Line]) -> tuple[Replace, ...]:
    found: list[Replace] = []
    for line in lines:
        if line.verb == "replace" and "=>" in line.arguments:
            arrow = line.arguments.index("=>")
            old, new = line.arguments[:arrow], line.arguments[arrow + 1 :]
            if old and new:
                found.append(Replace(old[0], old[1] if len(old) > 1 else "", new[0], new[1] if len(new) > 1 else ""))
    return tuple(found)


def _base(directory: str) -> str:
    return PurePath(directory).name or "main"
