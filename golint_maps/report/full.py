"""`full`: what a person reads on a terminal. Source with underlined spans, the two ways to a race, what to do about it, the fix as a diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golint_maps.findings import Finding, Location, Trace
from golint_maps.outcome import Outcome
from golint_maps.report.ansi import Paint
from golint_maps.report.concise import spot, suppression
from golint_maps.report.diff import changes
from golint_maps.report.display import displayed
from golint_maps.report.excerpt import Frame, Mark, excerpt, last_line
from golint_maps.report.options import RenderOptions
from golint_maps.report.selection import reported
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import printable, title, wrapped

_LEAST_WIDTH = 40


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return all findings, separated by empty lines; nothing when there is none."""
    sources = SourceFiles(outcome.root)
    names = {rule.id: rule.name for rule in outcome.rules}
    blocks = ("\n".join(_finding(finding, names, sources, options)) for finding in reported(outcome, options))
    return "".join(f"{block}\n\n" for block in blocks)


def _finding(finding: Finding, names: Mapping[str, str], sources: SourceFiles, options: RenderOptions) -> Iterator[str]:
    paint = Paint(options.color)
    first, rest = title(finding.message)
    name = f" {names[finding.rule]}" if finding.rule in names else ""
    yield from _heading(finding, name, printable(first), paint, max(options.width, _LEAST_WIDTH))
    marks = _marks(finding)
    edited = (sources[edit.location.path].position(edit.location.end).line for fix in finding.fixes for edit in fix.edits)
    gutter = len(str(max(*(last_line(sources[path], in_file) for path, in_file in marks.items()), *edited, 0)))
    for path, in_file in marks.items():
        if path:
            arrow = "-->" if path == finding.location.path else ":::"
            # A file that changed under us has no excerpt, so the words of its marks go here.
            lines = excerpt(sources[path], in_file, Frame(paint, gutter, options.width))
            labels = "" if lines else "".join(f" {printable(mark.label)}" for mark in in_file if mark.label)
            yield f"{' ' * gutter}{paint('frame', arrow)} {spot(path, in_file[0].location.start, sources)}{labels}"
            yield from lines
    notes = _Notes(paint, " " * (gutter + 1), options.width)
    for trace in finding.traces:
        yield from notes.trace(trace, sources)
    if rest:
        yield from notes.note("note", rest)
    if finding.help:
        yield from notes.note("help", finding.help)
    for fix in finding.fixes:
        label = {"safe": "fix", "unsafe": "unsafe fix", "display": "suggestion"}[fix.safety]
        yield from notes.note(label, fix.message)
        yield from changes(fix, sources, Frame(paint, gutter, options.width))


def _heading(finding: Finding, name: str, text: str, paint: Paint, width: int) -> Iterator[str]:
    """Yield what is found, with its rule and level, wrapped to the terminal."""
    plain = f"{finding.rule}{name} [{finding.level}]: "
    head, *tail = wrapped(text, width, plain, "    ")
    bold = [paint("bold", line) for line in (head[len(plain) :], *(line[4:] for line in tail))]
    lines = [f"{paint(finding.level, finding.rule)}{paint('bold', name)} [{paint(finding.level, finding.level)}]: {bold[0]}"]
    lines += [f"    {line}" for line in bold[1:]]
    yield from lines[:-1]
    yield lines[-1] + paint("dim", suppression(finding))


def _marks(finding: Finding) -> dict[str, list[Mark]]:
    """Return what to underline in each file, the file of the finding first."""
    marks = {finding.location.path: [Mark(finding.location, level=finding.level)]}
    for related in finding.related:
        marks.setdefault(related.location.path, []).append(Mark(related.location, related.message))
    return marks


class _Notes:
    """What follows the excerpts, hung on `=` signs under the frame."""

    def __init__(self, paint: Paint, indent: str, width: int) -> None:
        self._paint = paint
        self._indent = indent
        self._width = max(width, _LEAST_WIDTH)

    def note(self, label: str, text: str) -> Iterator[str]:
        """Yield a labelled paragraph, wrapped to the terminal."""
        first = f"{self._indent}= {label}: "
        head, *tail = wrapped(printable(text), self._width, first, " " * len(first))
        yield f"{self._indent}{self._paint('frame', '=')} {self._paint('help', label)}:{head[len(first) - 1 :]}"
        yield from tail

    def trace(self, trace: Trace, sources: SourceFiles) -> Iterator[str]:
        """Yield the name of a trace and its numbered steps, each with its line of source."""
        room = self._width - len(self._indent) - len("= :")
        signs = [self._paint("frame", "=")]
        *names, last = wrapped(printable(trace.name), room, "", "")
        for name, end in (*((name, "") for name in names), (last, ":")):
            yield f"{self._indent}{signs.pop() if signs else ' '} {self._paint('bold', name)}{end}"
        digits = len(str(len(trace.steps)))
        for number, step in enumerate(trace.steps, 1):
            head = f"{self._indent}  {number:>{digits}}. "
            told = f"{spot(step.location.path, step.location.start, sources)}: {printable(step.message)}"
            yield from wrapped(told, self._width, head, " " * len(head))
            line = _line_of(step.location, sources)
            if line:
                room = self._width - len(head) - 2
                shown = line if len(line) <= room else line[: room - 1] + "…"
                yield f"{' ' * len(head)}{self._paint('frame', '|')} {shown}"


def _line_of(location: Location, sources: SourceFiles) -> str:
    source = sources[location.path]
    if not source.holds(location):
        return ""
    return "".join(displayed(source.line(source.position(location.start).line).strip()).pieces)
