"""`golint-maps check`: settings, analysis, fixes, baseline, reports, exit status, in this order."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golint_maps.cli import mend, notices, options, output
from golint_maps.cli.analysis import analyse
from golint_maps.cli.main import Exit
from golint_maps.cli.sections import Sectioned
from golint_maps.findings import Level

if TYPE_CHECKING:
    from golint_maps.baseline import Entry
    from golint_maps.outcome import Outcome
    from golint_maps.report import RenderOptions, Repository
    from golint_maps.settings import Settings

_FIX_ROUNDS = 10
"""A fix may uncover the next one. More rounds than this mean two fixes that undo each other."""


_EPILOG = """\b
Exit status:
  0  no finding at or above --fail-on
  1  findings; with --diff, changes that can be made
  2  the call or the configuration is wrong, or a report cannot be written
  3  an internal error; the rest is still reported

\b
Examples:
  golint-maps check                                   # all packages below here
  golint-maps check ./cache cmd/app/main.go --select GM2,GM601
  golint-maps check -o sarif:maps.sarif --fail-on error
"""


@dataclass(frozen=True, slots=True)
class _Request:
    """What to analyse and which of its findings to leave out. `accepted` is None without a baseline."""

    settings: Settings
    patterns: tuple[str, ...]
    accepted: tuple[Entry, ...] | None
    new_from: str | None
    quiet: bool


@click.command(name="check", cls=Sectioned, epilog=_EPILOG)
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@click.option("--format", "format_", type=click.Choice(output.FORMATS), help="Of the report on stdout.  [default: full on a terminal, else concise]")
@click.option("-o", "--output", "outputs", multiple=True, metavar="[FORMAT:]FILE", help="Write one more report, to a file. Can be repeated.")
@options.analysis
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="Level from which findings fail the run.  [default: warning]"
)
@click.option("--fix", is_flag=True, help="Apply fixes that keep the meaning of the program.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply fixes that may change it, too.")
@click.option(
    "--diff", is_flag=True, help="Print the fixes as a diff instead of making them, with --fix or without, and no report; status 1 if there are any."
)
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Report only what this file does not accept.")
@click.option("--new-from", metavar="REV", help="Report only findings on lines that changed since this git revision, or since HEAD left its branch.")
@click.option("--show-suppressed/--no-show-suppressed", default=None, help="Report suppressed findings, too, marked as such.")
@click.option("--category", help="Name of this run for code scanning, where one commit has several.")
@click.option("--provenance", is_flag=True, help="Put times, absolute paths and arguments into SARIF, which then differs from run to run.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule and level, on stderr, with -q as well.")
@click.option("--show-settings", is_flag=True, help="Print the settings that hold and where each comes from, and stop.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what was read and what was passed over, and tell all notes.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the report.")
def command(
    patterns: tuple[str, ...],
    format_: str | None,
    outputs: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    new_from: str | None,
    category: str | None,
    provenance: bool,
    statistics: bool,
    show_settings: bool,
    quiet: bool,
    verbose: bool,
    color: str,
    **given: Any,
) -> int:
    """Find map hazards in Go packages and files. A PATTERN is a file, a folder, or DIR/...; the default is ./..."""
    patterns = patterns or ("./...",)
    if unsafe_fixes and not (fix or diff):
        raise click.UsageError("--unsafe-fixes does nothing without --fix or --diff")
    if diff:
        _refuse_beside_diff({"--format": format_, "--output": outputs, "--statistics": statistics})
    settings = options.load_settings(patterns, given, quiet=quiet)
    if show_settings:
        from golint_maps.settings import describe

        output.to_stdout(describe(settings))
        return Exit.CLEAN
    targets = () if diff else output.targets(format_, outputs)
    request = _Request(settings, patterns, _accepted(settings), new_from, quiet)
    outcome, stale = _look(request)
    if diff:
        return _print_diff(outcome, unsafe=unsafe_fixes, quiet=quiet, verbose=verbose)
    if fix:
        outcome, stale = _mend(request, outcome, stale, unsafe=unsafe_fixes)
    from golint_maps import report

    shown = _render_options(settings, outcome, category=category, provenance=provenance, color=color)
    written = output.write_all((target, _report(target, outcome, shown, color)) for target in targets)
    if not quiet:
        _tell(outcome, stale, verbose=verbose)
    if statistics:
        output.tell(report.statistics(outcome), nl=False)
    if not quiet:
        output.tell(report.summary_line(outcome, None if settings.fail_on == "never" else Level(settings.fail_on)))
    status = _status(outcome, settings)
    return status if written or status == Exit.INTERNAL else Exit.USAGE


def _refuse_beside_diff(given: dict[str, object]) -> None:
    for option, value in given.items():
        if value:
            raise click.UsageError(f"{option} does nothing with --diff, which prints the changes and no report")


def _accepted(settings: Settings) -> tuple[Entry, ...] | None:
    if settings.baseline is None:
        return None
    from golint_maps import baseline

    try:
        return baseline.read(settings.baseline)
    except baseline.BaselineError as error:
        raise click.UsageError(str(error)) from error


def _look(request: _Request) -> tuple[Outcome, tuple[Entry, ...]]:
    """Analyse, and leave out what is not of the change and what the baseline accepts. Return the stale entries of the baseline, too."""
    outcome = analyse(request.settings, request.patterns, quiet=request.quiet)
    stale: tuple[Entry, ...] = ()
    if request.accepted is not None and request.settings.baseline is not None:
        from golint_maps import baseline

        compared = baseline.apply(outcome.findings, request.accepted, outcome.scope, request.settings.baseline)
        outcome, stale = replace(outcome, findings=compared.new), compared.stale
    if request.new_from is not None:
        from golint_maps import changes, git

        try:
            changed = git.changed_lines(outcome.root, request.new_from)
        except git.GitError as error:
            raise click.UsageError(f"--new-from {request.new_from}: {error}") from error
        outcome = replace(outcome, findings=changes.of_change(outcome.findings, changed, outcome.root))
    return outcome, stale


def _mend(request: _Request, outcome: Outcome, stale: tuple[Entry, ...], *, unsafe: bool) -> tuple[Outcome, tuple[Entry, ...]]:
    """Apply fixes until there are none left, and return what is found then."""
    from golint_maps import report

    files = 0
    for _ in range(_FIX_ROUNDS):
        mended = mend.apply(report.seen_from(outcome, options.folder()), unsafe=unsafe)
        if not mended:
            break
        files = max(files, mended)
        outcome, stale = _look(request)
    if not request.quiet:
        output.tell(f"Fixed {files} {'file' if files == 1 else 'files'}" if files else mend.nothing(outcome, unsafe=unsafe))
    return outcome, stale


def _print_diff(outcome: Outcome, *, unsafe: bool, quiet: bool, verbose: bool) -> int:
    """Print the fixes. The status tells of them, and not of the findings, most of which have no fix."""
    text = mend.diff(outcome, unsafe=unsafe)
    output.to_stdout(text)
    if not text and not quiet:
        output.tell(mend.nothing(outcome, unsafe=unsafe))
    if text and not quiet and outcome.root != options.folder():
        # git takes no path with `..` in it, so the paths of a diff start where all files are below.
        output.tell(f"The paths of this diff start at {outcome.root}: `git -C {shlex.quote(str(outcome.root))} apply` applies it")
    if not quiet:
        notices.tell(outcome, verbose=verbose)
    return notices.failure(outcome) or (Exit.FINDINGS if text else Exit.CLEAN)


def _render_options(settings: Settings, outcome: Outcome, *, category: str | None, provenance: bool, color: str) -> RenderOptions:
    from golint_maps import __version__, git, registry
    from golint_maps.report import RenderOptions

    rules = {rule.id: rule for rule in outcome.rules}

    def page(id_: str) -> str | None:
        return registry.page(rules[id_]) if id_ in rules else None

    return RenderOptions(
        color=output.wants_color(color),
        width=output.width(),
        show_suppressed=settings.show_suppressed,
        folder=options.folder(),
        category=category,
        provenance=provenance,
        source_root=git.top_level(outcome.root),
        baseline=settings.baseline is not None,
        pages=page,
        version=__version__,
        arguments=tuple(sys.argv[1:]),
    )


def _report(target: output.Target, outcome: Outcome, shown: RenderOptions, color: str) -> str:
    from golint_maps.report import render

    wanted = replace(shown, repository=_repository(outcome)) if target.format == "sarif" else shown
    return render(target.format, outcome, wanted if target.path is None else replace(wanted, color=color == "always"))


def _repository(outcome: Outcome) -> Repository | None:
    from golint_maps import git
    from golint_maps.report import Repository

    found = git.checkout(outcome.root)
    return None if found is None else Repository(found.uri, found.revision, found.branch)


def _tell(outcome: Outcome, stale: tuple[Entry, ...], *, verbose: bool) -> None:
    """Say on stderr what could not be analysed, and what the baseline need not accept any more."""
    notices.tell(outcome, verbose=verbose)
    if stale:
        count = sum(entry.count for entry in stale)
        gone, them = ("finding that is gone", "it") if count == 1 else ("findings that are gone", "them")
        output.tell(f"The baseline accepts {count} {gone}; `golint-maps baseline update` forgets {them}")


def _status(outcome: Outcome, settings: Settings) -> int:
    if failed := notices.failure(outcome):
        return failed
    failing = any(finding.suppressed is None and settings.fail_on.fails(finding.level) for finding in outcome.findings)
    return Exit.FINDINGS if failing else Exit.CLEAN
