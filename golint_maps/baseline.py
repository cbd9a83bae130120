"""Findings that a project has accepted, so that only new ones are reported.

A baseline counts findings by what they are about (rule, package, function, map, key), never by line, so that it outlives edits elsewhere in
the file. It is JSON with one entry a line, sorted, so that it merges well.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from golint_maps.builtin_rules import ANALYSIS_INCOMPLETE

if TYPE_CHECKING:
    from golint_maps.findings import Finding
    from golint_maps.outcome import Scope

VERSION: Final = 1


class BaselineError(Exception):
    """The file is no baseline, or cannot be read."""


class Entry(msgspec.Struct, frozen=True, order=True):
    """What `count` findings are about. A finding outside of any package has its path in place of the package."""

    rule: str
    package: str
    function: str = ""
    map: str = ""
    key: str = ""
    count: int = 1


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    findings: list[Entry]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings held against a baseline: those it does not have, those it has, and what it has that is gone."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    stale: tuple[Entry, ...]


def of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """Return the baseline that accepts the findings.

    Suppressed ones need no acceptance, and that a file could not be analysed is never accepted: it would hide what is in the file.
    """
    counts = Counter(_identity(finding) for finding in findings if finding.suppressed is None and finding.rule != ANALYSIS_INCOMPLETE.id)
    return tuple(sorted(msgspec.structs.replace(entry, count=count) for entry, count in counts.items()))


def apply(findings: Iterable[Finding], baseline: Iterable[Entry], scope: Scope, file: Path) -> Comparison:
    """Hold findings against a baseline that is kept in `file`.

    Of findings alike, the first ones are the known ones; suppressed ones are new and stay suppressed. Only what is in the scope of the run can be
    gone: a run over one package, or of one rule, says nothing of the others.
    """
    left = Counter({msgspec.structs.replace(entry, count=1): entry.count for entry in baseline})
    new, known = [], []
    for finding in findings:
        identity = _identity(finding)
        if finding.suppressed is None and left[identity] > 0:
            left[identity] -= 1
            known.append(finding)
        else:
            new.append(finding)
    stale = tuple(sorted(msgspec.structs.replace(entry, count=count) for entry, count in left.items() if count > 0))
    folder = Path(os.path.abspath(file)).parent
    return Comparison(tuple(new), tuple(known), tuple(entry for entry in stale if _looked_at(entry, scope, folder)))


def shrunk(old: Iterable[Entry], findings: Iterable[Finding], scope: Scope, file: Path) -> tuple[Entry, ...]:
    """Return the baseline without what is gone, and with nothing added: it can only shrink."""
    old = tuple(old)
    gone = {msgspec.structs.replace(entry, count=1): entry.count for entry in apply(findings, old, scope, file).stale}
    kept = ((entry, entry.count - gone.get(msgspec.structs.replace(entry, count=1), 0)) for entry in old)
    return tuple(sorted(msgspec.structs.replace(entry, count=count) for entry, count in kept if count > 0))


def _looked_at(entry: Entry, scope: Scope, folder: Path) -> bool:
    """Tell whether a run would have found what an entry is about."""
    if entry.rule not in scope.rules:
        return False
    return entry.package in scope.packages or entry.package in scope.files or _vanished(entry.package, scope, folder)


def _vanished(package: str, scope: Scope, folder: Path) -> bool:
    """Tell whether there is no such package any more. Only who has looked at everything below the folder of the baseline can know."""
    if not any(folder.is_relative_to(tree) for tree in scope.trees):
        return False
    path = package.removesuffix("_test")
    modules = [(prefix, top) for prefix, top in scope.modules if path == prefix or path.startswith(f"{prefix}/")]
    if not modules:
        return False
    prefix, top = max(modules, key=lambda module: len(module[0]))
    try:
        return not any(name.endswith(".go") for name in os.listdir(top / path[len(prefix) :].lstrip("/")))
    except FileNotFoundError:
        return True
    except OSError:
        return False


def encode(entries: Iterable[Entry]) -> bytes:
    """Return the text of a baseline file."""
    lines = ",\n".join("    " + msgspec.json.encode(entry).decode() for entry in entries)
    return f'{{\n  "version": {VERSION},\n  "findings": [\n{lines}\n  ]\n}}\n'.encode()


def read(path: Path) -> tuple[Entry, ...]:
    """Read a baseline. Raises `BaselineError`."""
    try:
        # A pipe in the tree would be waited for; one that the shell makes has a writer.
        if stat.S_ISFIFO(path.stat().st_mode) and not path.is_relative_to("/dev") and not path.is_relative_to("/proc"):
            raise BaselineError(f"{path}: a named pipe is no baseline")
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}") from error
    except msgspec.MsgspecError as error:
        raise BaselineError(f"{path}: not a baseline: {error}") from error
    if file.version != VERSION:
        raise BaselineError(f"{path}: a baseline of version {file.version}, not {VERSION}; write it anew")
    return tuple(file.findings)


def _identity(finding: Finding) -> Entry:
    return Entry(finding.rule, finding.package or finding.location.path, finding.function, finding.map, finding.key)
