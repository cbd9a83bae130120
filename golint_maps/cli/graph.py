"""`golint-maps graph`: who calls whom, what runs concurrently on which maps, which lock guards what; for other tools or to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golint_maps.cli import options, output
from golint_maps.cli.analysis import joined
from golint_maps.cli.main import TRACEBACK, Exit, bug_report

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

_FORMATS = ("dot", "graphml", "json", "svg")
_MOST_DRAWN = 1500
"""Nodes beyond which a picture can neither be read nor laid out in reasonable time."""


@click.command(name="graph")
@click.argument("kind", type=click.Choice(["calls", "goroutines", "locks"]))
@click.argument("patterns", metavar="[PATTERN]…", nargs=-1)
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="How to write it.  [default: by the suffix of FILE, else dot]")
@click.option("-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to a file.")
@click.option("--focus", metavar="NAME", help="Only what leads to or from a function, map or lock: an id, or a name such as Server.Start.")
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="With --focus: by at most N edges.")
@click.option("--all", "everything", is_flag=True, help="Also what has to do with no map, lock or goroutine.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")
@options.reading
def command(
    kind: str,
    patterns: tuple[str, ...],
    format_: str | None,
    file: Path | None,
    focus: str | None,
    depth: int | None,
    everything: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Write a graph of the program, for other tools or to look at.

    \b
    calls       nodes: functions that lead to a map, a lock or a goroutine
                edges: calls, and what starts a goroutine
    goroutines  nodes: goroutines, handlers, callers from outside, shared maps
                edges: who starts them; reads and writes, with the locks held
    locks       nodes: locks and maps
                edges: at how many accesses to a map a lock is held, as 2/3;
                which lock is taken while another one is held

    In DOT and SVG, dashed edges start a goroutine. In JSON and GraphML, nodes have id, label, kind, path and line, edges kind and label.

    \b
    Example:  golint-maps graph calls -o calls.svg --focus Server.Start --depth 3
    """  # noqa: D301 - the escapes are click's: what follows is not wrapped
    if depth is not None and focus is None:
        raise click.UsageError("--depth does nothing without --focus")
    chosen = format_ or _by_suffix(file)
    patterns = patterns or ("./...",)
    settings = options.load_settings(patterns, given, quiet=quiet)
    found = joined(settings, patterns, quiet=quiet)
    from golint_maps.graphs import views
    from golint_maps.report import graphs

    view = {"calls": views.calls, "goroutines": views.goroutines, "locks": views.locks}[kind]
    graph = view(found.program.races, everything=everything)
    if focus is not None:
        centre = views.find(graph, focus)
        if not centre:
            near = views.nearest(graph, focus)
            hint = f"; did you mean {' or '.join(near)}?" if near else "" if everything else "; --all adds those without maps"
            raise click.UsageError(f"--focus {focus}: the graph has no such node{hint}")
        graph = views.focus(graph, centre, depth)
    _add_lines(graph, found.root)
    if chosen == "svg" and len(graph) > _MOST_DRAWN:
        raise click.UsageError(f"{len(graph)} nodes are too many for a picture; --focus and --depth choose a part, the other formats take all")
    output.write(output.Target(chosen, file), graphs.FORMATS[chosen](graph))
    failed = [notice for notice in found.notices if notice.internal]
    for notice in found.notices:
        if notice.internal or not quiet:
            output.tell(f"golint-maps: {notice.path + ' ' if notice.path else ''}{notice.message}")
    if failed:
        output.tell(bug_report(f"the analysis of some files failed; {TRACEBACK}=1 shows where"))
    return Exit.INTERNAL if failed else Exit.CLEAN


def _by_suffix(file: Path | None) -> str:
    suffix = "" if file is None else file.suffix.lower().removeprefix(".")
    chosen = {"": "dot", "gv": "dot", "xml": "graphml"}.get(suffix, suffix)
    if chosen not in _FORMATS:
        raise click.UsageError(f"-o {file}: no graph is written as .{suffix}; --format chooses among {', '.join(_FORMATS)}")
    return chosen


def _add_lines(graph: Graph, root: Path) -> None:
    """Replace byte offsets by lines, which is what people and editors want. A file that is gone has none."""
    from golint_maps.report.source_text import SourceText

    texts: dict[str, SourceText | None] = {}
    for _, data in graph.nodes(data=True):
        offset = data.pop("offset", None)
        path = data.get("path")
        if offset is None or not isinstance(path, str):
            continue
        if path not in texts:
            try:
                texts[path] = SourceText((root / path).read_bytes())
            except OSError:
                texts[path] = None
        text = texts[path]
        if text is not None:
            data["line"] = text.position(offset).line
