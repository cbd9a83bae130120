"""`golint-maps graph` over the real engine."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.report.graph_layout import layout
from tests.cli.conftest import Call

SOURCE = """\
package app

import (
	"net/http"
	"sync"
)

type Server struct {
	mu   sync.RWMutex
	hits map[string]int
	log  Log
}

type Log struct {
	mu    sync.Mutex
	lines map[int]string
}

func (l *Log) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[len(l.lines)] = s
}

func (s *Server) Start() {
	http.HandleFunc("/", s.get)
	go s.expire()
	go func() { s.hits["x"]++ }()
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_ = s.hits[r.URL.Path]
	s.note()
}

func (s *Server) note() { s.log.add("got") }

func (s *Server) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.hits)
}

func Plain(a int) int { return twice(a) }

func twice(a int) int { return 2 * a }
"""


SHARED = """type T struct {
	mu sync.Mutex
	m  map[int]int
}

func (t *T) Put() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[1]++
}
"""

LOCAL = """
func f() {
	seen := map[int]int{}
	var mu sync.Mutex
	go func() {
		mu.Lock()
		seen[1]++
		mu.Unlock()
	}()
	println(len(seen))
}
"""


@pytest.fixture
def module(here: Path) -> Path:
    (here / "go.mod").write_text("module example.com/app\n\ngo 1.24\n")
    (here / "app.go").write_text(SOURCE)
    return here


def edges(call: Call, *arguments: str) -> dict[tuple[str, str], dict[str, object]]:
    """The edges of a graph by the labels of their ends."""
    result = call("graph", *arguments, "--format", "json", "--no-cache")
    assert result.status == 0, result.err
    data = json.loads(result.out)
    labels = {node["id"]: node["label"] for node in data["nodes"]}
    return {(labels[edge["source"]], labels[edge["target"]]): edge for edge in data["edges"]}


def nodes(call: Call, *arguments: str) -> dict[str, dict[str, object]]:
    data = json.loads(call("graph", *arguments, "--format", "json", "--no-cache").out)
    return {node["label"]: node for node in data["nodes"]}


def test_the_call_graph_has_calls_and_starts_that_lead_to_maps(module: Path, call: Call) -> None:
    found = edges(call, "calls")
    assert {pair: (edge["kind"], edge["label"]) for pair, edge in found.items()} == {
        ("app.Server.Start", "app.Server.get"): ("spawn", "an HTTP handler"),
        ("app.Server.Start", "app.Server.expire"): ("spawn", "go"),
        ("app.Server.Start", "func in app.Server.Start"): ("spawn", "go"),
        ("app.Server.get", "app.Server.note"): ("call", ""),
        ("app.Server.note", "app.Log.add"): ("call", ""),
    }
    assert ("app.Plain", "app.twice") in edges(call, "calls", "--all")


def test_nodes_say_where_they_stand(module: Path, call: Call) -> None:
    node = nodes(call, "calls")["app.Server.get"]
    assert (node["path"], node["line"]) == ("app.go", 31)


def test_the_goroutine_graph_has_maps_with_how_they_are_used_under_which_locks(module: Path, call: Call) -> None:
    found = edges(call, "goroutines")
    uses = {pair: (edge["write"], edge["read"], edge["locks"]) for pair, edge in found.items() if edge["kind"] != "spawn"}
    assert uses == {
        ("an HTTP handler: app.Server.get", "app.Server.hits"): (False, True, "app.Server.mu (read)"),
        ("an HTTP handler: app.Server.get", "app.Log.lines"): (True, True, "app.Log.mu, app.Server.mu (read)"),
        ("go app.Server.expire", "app.Server.hits"): (True, False, "app.Server.mu"),
        ("go func in app.Server.Start", "app.Server.hits"): (True, False, ""),
    }
    assert found["app.Server.Start", "go app.Server.expire"]["kind"] == "spawn"
    assert {label for label, node in nodes(call, "goroutines").items() if node.get("parallel")} == {"an HTTP handler: app.Server.get"}


def test_the_lock_graph_has_maps_with_their_locks_and_the_order_of_locks_through_calls(module: Path, call: Call) -> None:
    found = edges(call, "locks")
    assert {pair: edge["label"] for pair, edge in found.items()} == {
        ("app.Server.mu", "app.Server.hits"): "2/3",
        ("app.Log.mu", "app.Log.lines"): "2/2",
        ("app.Server.mu", "app.Log.lines"): "2/2",
        ("app.Server.mu", "app.Log.mu"): "held while taking",
    }


def test_a_focus_keeps_what_leads_to_and_from_a_function(module: Path, call: Call) -> None:
    assert set(nodes(call, "calls", "--focus", "Server.note")) == {"app.Server.Start", "app.Server.get", "app.Server.note", "app.Log.add"}
    assert set(nodes(call, "calls", "--focus", "example.com/app.Server.note", "--depth", "1")) == {"app.Server.get", "app.Server.note", "app.Log.add"}
    assert set(nodes(call, "goroutines", "--focus", "Log.lines", "--depth", "1")) == {"app.Log.lines", "an HTTP handler: app.Server.get"}


def test_a_focus_that_is_not_there_and_a_depth_without_one_have_status_2(module: Path, call: Call) -> None:
    missing = call("graph", "calls", "--focus", "Server.nothing", "--no-cache")
    assert (missing.status, "no such node" in missing.err) == (2, True)
    assert "did you mean app.Server.note?" in call("graph", "calls", "--focus", "Sever.note", "--no-cache").err
    assert call("graph", "calls", "--depth", "1").status == 2
    assert call("graph", "trees").status == 2
    assert call("graph", "calls", "./nothing/...", "--no-cache").status == 2


def test_a_file_whose_suffix_is_no_format_is_refused(module: Path, call: Call) -> None:
    refused = call("graph", "calls", "-o", "calls.png", "--no-cache")
    assert (refused.status, "no graph is written as .png" in refused.err, Path("calls.png").exists()) == (2, True, False)
    assert call("graph", "calls", "-o", "calls.png", "--format", "dot", "--no-cache").status == 0
    assert call("graph", "calls", "-o", "calls", "--no-cache").status == 0


@pytest.mark.parametrize("kind", ["calls", "goroutines", "locks"])
@pytest.mark.parametrize("format", ["dot", "graphml", "json", "svg"])
def test_the_same_program_gives_the_same_bytes(module: Path, call: Call, kind: str, format: str) -> None:
    first = call("graph", kind, "--format", format, "--no-cache").out
    assert first == call("graph", kind, "--format", format, "--cache-dir", "cache", "-j", "2").out
    assert first == call("graph", kind, "--format", format, "--cache-dir", "cache").out


@pytest.mark.parametrize("kind", ["goroutines", "locks"])
def test_maps_and_locks_have_ids_that_can_be_read_and_labels_of_their_own(here: Path, call: Call, kind: str) -> None:
    for name in ("a/x", "b/x", "y"):
        (here / name).mkdir(parents=True)
        (here / name / "x.go").write_text(f'package {name[-1]}\n\nimport "sync"\n\n{SHARED}{LOCAL if name == "y" else ""}')
    (here / "go.mod").write_text("module example.com/app\n\ngo 1.24\n")
    found = {node["id"]: label for label, node in nodes(call, kind, "--all").items() if node["kind"] == "map"}
    assert found == {
        "example.com/app/a/x.T.m": "example.com/app/a/x.T.m",
        "example.com/app/b/x.T.m": "example.com/app/b/x.T.m",
        "example.com/app/y.T.m": "y.T.m",
        "example.com/app/y.f#0": "y.f.seen",
    }
    assert set(nodes(call, kind, "--all", "--focus", "example.com/app/y.T.m")) >= {"y.T.m"}


@pytest.mark.parametrize("kind", ["calls", "goroutines", "locks"])
def test_graphml_can_be_read_back(module: Path, call: Call, kind: str) -> None:
    import networkx as nx

    graph = nx.parse_graphml(call("graph", kind, "--format", "graphml", "--no-cache").out)
    assert {data["label"] for _, data in graph.nodes(data=True)} == set(nodes(call, kind))


@pytest.mark.parametrize("kind", ["calls", "goroutines", "locks"])
def test_a_picture_is_well_formed_and_shows_every_node_within_its_bounds(module: Path, call: Call, kind: str) -> None:
    assert call("graph", kind, "-o", f"{kind}.svg", "--no-cache").out == ""
    picture = ET.parse(module / f"{kind}.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    boxes = [group.find(f"{space}rect") for group in picture.iter(f"{space}g") if group.attrib["class"].startswith("node")]
    texts = {group.findtext(f"{space}text") for group in picture.iter(f"{space}g") if group.attrib["class"].startswith("node")}
    assert texts == set(nodes(call, kind))
    for box in boxes:
        assert box is not None
        x, y, across, down = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + across <= width
        assert y + down <= height


def test_an_empty_graph_is_written_in_every_format(here: Path, call: Call) -> None:
    (here / "p.go").write_text("package p\n")
    for format in ("dot", "graphml", "json", "svg"):
        result = call("graph", "locks", "--format", format, "--no-cache")
        assert (result.status, bool(result.out)) == (0, True)


def test_a_file_that_cannot_be_parsed_is_told_and_the_rest_is_shown(module: Path, call: Call) -> None:
    (module / "bad.go").write_text("package app\n\nfunc (\n")
    result = call("graph", "calls", "--no-cache")
    assert result.status == 0
    assert "bad.go" in result.err
    assert "app.Server.get" in result.out


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_layout_never_lets_nodes_overlap_and_leads_edges_from_layer_to_layer(pairs: list[tuple[int, int]]) -> None:
    names = [str(number) for number in range(10)]
    edges = list(dict.fromkeys((str(left), str(right)) for left, right in pairs))
    found = layout(names, edges, dict.fromkeys(names, 20.0))
    layer_of = {key: number for number, layer in enumerate(found.layers) for key in layer}
    assert set(names) <= set(layer_of)
    for layer in found.layers:
        for key, below in pairwise(layer):
            least = 20.0 if isinstance(key, str) and isinstance(below, str) else 0.0
            assert found.y[below] - found.y[key] > least
    assert set(found.ways) == {edge for edge in edges if edge[0] != edge[1]}
    for (left, right), way in found.ways.items():
        assert (way[0], way[-1]) == (left, right)
        assert {abs(layer_of[key] - layer_of[after]) for key, after in pairwise(way)} == {1}


def test_help_says_what_the_nodes_and_edges_of_each_graph_are(call: Call) -> None:
    text = " ".join(call("graph", "--help").out.split())
    for kind in ("calls", "goroutines", "locks"):
        assert f" {kind} nodes: " in text
    assert text.count(" edges: ") == 3
