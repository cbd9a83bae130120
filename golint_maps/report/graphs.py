"""Graphs as text: DOT, GraphML, node-link JSON and SVG. Same graph, same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from golint_maps.report.graph_svg import draw

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""

_SHAPES: Final = {"map": "cylinder", "lock": "diamond", "spawn": "box3d", "handler": "box3d"}
_LINES: Final = {"spawn": "dashed", "order": "bold", "write": "bold"}


def dot(graph: Graph) -> str:
    """Return the graph in the language of Graphviz."""
    lines = ["digraph {", "  rankdir=LR;", "  node [shape=box, fontname=sans];", "  edge [fontname=sans, fontsize=10];"]
    for node, data in graph.nodes(data=True):
        shape = _SHAPES.get(data["kind"], "")
        lines.append(f"  {_quoted(node)} [label={_quoted(data['label'])}{f', shape={shape}' if shape else ''}];")
    for left, right, data in graph.edges(data=True):
        label = f"label={_quoted(data['label'])}" if data["label"] else ""
        style = f"style={_LINES[data['kind']]}" if data["kind"] in _LINES else ""
        attributes = ", ".join(part for part in (label, style) if part)
        lines.append(f"  {_quoted(left)} -> {_quoted(right)}{f' [{attributes}]' if attributes else ''};")
    return "\n".join((*lines, "}")) + "\n"


def graphml(graph: Graph) -> str:
    """Return the graph as GraphML."""
    import networkx as nx

    clean: Graph = nx.DiGraph()
    clean.add_nodes_from((_xml(node), _clean(data)) for node, data in graph.nodes(data=True))
    clean.add_edges_from((_xml(left), _xml(right), _clean(data)) for left, right, data in graph.edges(data=True))
    text = "\n".join(nx.generate_graphml(clean))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def json(graph: Graph) -> str:
    """Return the graph as networkx' node-link data."""
    import networkx as nx

    data = nx.node_link_data(graph, edges="edges")
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {"dot": dot, "graphml": graphml, "json": json, "svg": draw}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _clean(data: Mapping[str, Any]) -> dict[str, Any]:
    # networkx writes booleans as Python spells them, which GraphML does not know.
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in data.items()}
    return {name: _xml(value) if isinstance(value, str) else value for name, value in texts.items()}
