"""What kept files and packages from being analysed in full, and the GM000 findings that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from golint_maps.builtin_rules import ANALYSIS_INCOMPLETE
from golint_maps.engine.pool import Failure
from golint_maps.engine.records import MAX_FILE_SIZE, FileRecord
from golint_maps.findings import Finding, Location
from golint_maps.outcome import Notice
from golint_maps.source import Package


def of_record(path: str, record: FileRecord) -> Iterator[tuple[Notice, Location]]:
    """Yield what is wrong with a file that was read."""
    if record.flaw:
        yield _at(Notice(path, record.flaw))
    for error in record.errors:
        message = f"could not be parsed in full: what is around line {error.line} is left out of the analysis"
        yield Notice(path, message, error.line), Location(path, error.pos, error.end)


def unreadable(path: str, reason: str) -> tuple[Notice, Location]:
    """Return the notice for a file that could not be read."""
    return _at(Notice(path, f"cannot be read: {reason}"))


def oversized(path: str, size: int) -> tuple[Notice, Location]:
    """Return the notice for a file that is too large to be parsed."""
    return _at(Notice(path, f"is not read: it has {size:,} bytes, and the limit is {MAX_FILE_SIZE:,}"))


def of_file(path: str, failure: Failure, seconds: float) -> tuple[Notice, Location]:
    """Return the notice for a file without facts."""
    return _at(_failed(path, "", failure, f"within {seconds:g} seconds"))


def of_package(package: Package, failure: Failure, seconds: float) -> tuple[Notice, Location]:
    """Return the notice for a package without facts. It stands at the package's first file."""
    return _at(
        _failed(
            min(package.primary),
            f"is part of package {package.import_path}, which ",
            failure,
            f"within {seconds:g} seconds; see --timeout-per-package",
        )
    )


def of_rule(rule: str, failure: Failure, seconds: float) -> Notice:
    """Return the notice for a rule that failed."""
    if failure.kind == "time":
        return Notice("", f"{rule} could not be checked within {seconds:g} seconds; see --timeout-per-package")
    return Notice("", f"{rule} could not be checked: {failure.message or 'recursion too deep'}", internal=True, detail=failure.traceback)


def _failed(path: str, what: str, failure: Failure, time: str) -> Notice:
    match failure.kind:
        case "time":
            return Notice(path, f"{what}could not be analysed {time}")
        case "depth":
            return Notice(path, f"{what}is nested too deeply to be analysed", detail=failure.traceback)
        case "crash":
            return Notice(path, f"{what}could not be analysed: {failure.message}", internal=True)
        case "fault":
            return Notice(path, f"{what}could not be analysed: {failure.message}", internal=True, detail=failure.traceback)


def _at(notice: Notice) -> tuple[Notice, Location]:
    return notice, Location(notice.path, 0, 0)


def findings(notices: Iterable[tuple[Notice, Location]]) -> Iterator[Finding]:
    """Yield a GM000 finding for each notice."""
    for notice, location in notices:
        message = f"{notice.path} {notice.message}" if notice.path else notice.message
        yield Finding(ANALYSIS_INCOMPLETE.id, ANALYSIS_INCOMPLETE.level, message, location, key=notice.message)
