"""Graphs as SVG: one self-contained picture without scripts, for light and dark backgrounds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from golint_maps.report.graph_layout import Key, layout

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

_CHARACTER: Final = 7.3
"""Pixels of a character at 12 px in a monospaced font."""
_HEIGHT: Final = 26.0
_PADDING: Final = 12.0
_BETWEEN: Final = 60.0
_MARGIN: Final = 24.0
_LEGEND: Final = 30.0
_LONGEST: Final = 64

_STYLE: Final = """\
svg{background:#fff;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
text{fill:#1f2328}.edge text,.legend text{font-size:10.5px;fill:#57606a}
.node rect{fill:#f6f8fa;stroke:#8c959f}.map rect{fill:#fff8e6;stroke:#bf8700}.lock rect{fill:#eafbee;stroke:#1a7f37}
.spawn rect,.handler rect{fill:#eef4ff;stroke:#0969da}.parallel rect{stroke-width:2.5}
.edge path{fill:none;stroke:#8c959f}.edge.write path{stroke:#cf222e}.edge.read path{stroke:#0969da}.edge.spawn path{stroke-dasharray:5 3}
.edge.order path{stroke:#8250df;stroke-width:2}.edge.bare path{stroke-width:2.5}marker path{fill:#57606a}
@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.edge text,.legend text{fill:#9198a1}.node rect{fill:#161b22}
.map rect{fill:#2b2111}.lock rect{fill:#10281a}.spawn rect,.handler rect{fill:#121d2f}marker path{fill:#9198a1}}
"""

_ARROW: Final = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)

_WORDS: Final = {
    "call": "calls",
    "guards": "held at n of all accesses",
    "order": "held while taking",
    "read": "reads",
    "spawn": "starts",
    "write": "writes",
}


def draw(graph: Graph) -> str:
    """Return the picture of a graph whose nodes have `label` and `kind`, and whose edges have `kind` and `label`."""
    labels = {node: _short(str(data["label"])) for node, data in graph.nodes(data=True)}
    placed = layout(list(graph), list(graph.edges), dict.fromkeys(graph, _HEIGHT))
    widths = [max((_width(labels[key]) for key in layer if isinstance(key, str)), default=0.0) for layer in placed.layers]
    room = [max((len(str(data["label"])) for _, _, data in graph.edges(data=True)), default=0) * _CHARACTER * 0.8 + _BETWEEN] * len(widths)
    lefts = [_MARGIN]
    for width, gap in zip(widths, room, strict=True):
        lefts.append(lefts[-1] + width + gap)
    box: dict[Key, tuple[float, float, float]] = {}
    """Left, middle height and width of each node and dummy."""
    for number, layer in enumerate(placed.layers):
        for key in layer:
            width = _width(labels[key]) if isinstance(key, str) else widths[number]
            box[key] = (lefts[number], placed.y[key] + _MARGIN + _LEGEND, width)
    kinds = sorted({str(data["kind"]) for _, _, data in graph.edges(data=True)} & set(_WORDS))
    right = max(lefts[-1] - (room[-1] if room else 0.0), sum(len(_WORDS[kind]) * _CHARACTER + 60 for kind in kinds) + _MARGIN) + _MARGIN
    bottom = placed.height + 2 * _MARGIN + _LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" width="{right:.0f}" height="{bottom:.0f}" role="img">',
        f"<style>{_STYLE}</style>",
        _ARROW,
        *_legend(kinds),
    ]
    for left, to, data in graph.edges(data=True):
        points = [box[key] for key in placed.ways[left, to]] if left != to else [box[left]]
        parts.append(_edge(points, data, f"{graph.nodes[left]['label']} → {graph.nodes[to]['label']}"))
    for node, data in graph.nodes(data=True):
        parts.append(_node(box[node], labels[node], data))
    return "\n".join((*parts, "</svg>")) + "\n"


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST // 2]}…{label[-_LONGEST // 2 + 1 :]}"


def _width(label: str) -> float:
    return len(label) * _CHARACTER + 2 * _PADDING


def _legend(kinds: Sequence[str]) -> list[str]:
    """Return a line that says what the edges mean."""
    parts, x = [], _MARGIN
    for kind in kinds:
        line = f'<path d="M{x:.0f} 20h28" marker-end="url(#arrow)"/>'
        parts.append(f'<g class="edge legend {kind}">{line}<text x="{x + 34:.0f}" y="24">{_WORDS[kind]}</text></g>')
        x += len(_WORDS[kind]) * _CHARACTER + 60
    return parts


def _node(box: tuple[float, float, float], label: str, data: dict[str, Any]) -> str:
    x, y, width = box
    place = f"{data['path']}:{data['line']}" if data.get("path") and data.get("line") else str(data.get("path", ""))
    words = "\n".join(part for part in (str(data["label"]), place, "runs in parallel with itself" if data.get("parallel") else "") if part)
    radius = _HEIGHT / 2 if data["kind"] in ("map", "lock") else 4
    return (
        f'<g class="node {escape(str(data["kind"]))}{" parallel" if data.get("parallel") else ""}"><title>{_text(words)}</title>'
        f'<rect x="{x:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{width:.1f}" height="{_HEIGHT:.0f}" rx="{radius:.0f}"/>'
        f'<text x="{x + _PADDING:.1f}" y="{y + 4:.1f}">{_text(label)}</text></g>'
    )


def _edge(points: Sequence[tuple[float, float, float]], data: dict[str, Any], title: str) -> str:
    """Draw an edge from the first to the last point through the dummies between them."""
    bare = data["kind"] == "write" and not data.get("locks")
    label = str(data["label"])
    if len(points) == 1:
        x, y, width = points[0]
        path = f"M{x + width - 14:.1f} {y - _HEIGHT / 2:.1f}c0 -18 26 -18 20 9"
        middle = x + width + 10, y - _HEIGHT / 2
    else:
        forward = points[0][0] < points[-1][0]
        ends = [(x + width, x) if forward else (x, x + width) for x, _, width in points]
        path = f"M{ends[0][0]:.1f} {points[0][1]:.1f}"
        for number in range(1, len(points)):
            x1, y1 = ends[number - 1][0], points[number - 1][1]
            x2, y2 = ends[number][1], points[number][1]
            bend = (x2 - x1) / 2
            path += f"C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
            if number < len(points) - 1:
                path += f"H{ends[number][0]:.1f}"
        # Near its end, edges that come from one node have parted.
        x1, y1, x2, y2 = ends[-2][0], points[-2][1], ends[-1][1], points[-1][1]
        middle = (x1 + x2) / 2, (y1 + y2) / 2 - 3
    text = f'<text x="{middle[0]:.1f}" y="{middle[1]:.1f}" text-anchor="middle">{_text(label)}</text>' if label else ""
    name = f"{title}{': ' + label if label else ''}"
    style = f"edge {escape(str(data['kind']))}{' bare' if bare else ''}"
    return f'<g class="{style}"><title>{_text(name)}</title><path d="{path}" marker-end="url(#arrow)"/>{text}</g>'


def _text(words: str) -> str:
    return escape("".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in words), quote=False)
