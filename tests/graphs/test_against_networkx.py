"""The backward search against networkx: on small call graphs, what it finds must be what all simple paths say."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.program import Program
from golint_maps.testing import facts_of

_Edges = dict[tuple[int, int], str]
"""Calls from a function to one with a higher number, and the lock that is held for it: `a`, `b`, or none."""


@st.composite
def calls(draw: st.DrawFn) -> tuple[int, _Edges, frozenset[int]]:
    """Draw the number of functions, their calls, and which of them are exported."""
    count = draw(st.integers(2, 6))
    pairs = [(low, high) for low in range(count) for high in range(low + 1, count)]
    edges = {pair: draw(st.sampled_from(("", "a", "b"))) for pair in draw(st.lists(st.sampled_from(pairs), unique=True))}
    return count, edges, frozenset(draw(st.sets(st.integers(0, count - 1))))


def name(number: int, exported: frozenset[int]) -> str:
    return f"{'F' if number in exported else 'f'}{number}"


def source(count: int, edges: _Edges, exported: frozenset[int]) -> str:
    """Return the program: the last function changes the map."""
    lines = ["package p", 'import "sync"', "var a, b sync.Mutex", "var m map[int]int"]
    for number in range(count):
        body = [
            f"{lock}.Lock(); {name(callee, exported)}(); {lock}.Unlock()" if lock else f"{name(callee, exported)}()"
            for (caller, callee), lock in edges.items()
            if caller == number
        ]
        if number == count - 1:
            body.append("m[1] = 2")
        lines.append(f"func {name(number, exported)}() {{ {'; '.join(body)} }}")
    return "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(calls())
def test_every_way_to_an_access_is_a_path_of_the_call_graph_with_the_locks_on_it(drawn: tuple[int, _Edges, frozenset[int]]) -> None:
    count, edges, exported = drawn
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(edges)
    last = count - 1
    roots = [node for node in nx.ancestors(graph, last) | {last} if node in exported or graph.in_degree(node) == 0]
    expected = {
        (f"example.com/p.{name(path[0], exported)}", frozenset(edges[step] for step in nx.utils.pairwise(path)) - {""})
        for root in roots
        for path in ([[last]] if root == last else nx.all_simple_paths(graph, root, last))
    }

    program = Program([facts_of({"p.go": source(count, edges, exported)})])
    ways = [way for found in program.races.by_map.values() for way in found]

    assert {(way.hops[0].function, frozenset(lock.name.rpartition(".")[2] for lock in way.locks)) for way in ways} == expected


@settings(max_examples=40, deadline=None)
@given(calls(), st.integers(0, 3))
def test_who_touches_a_map_within_some_calls_is_who_reaches_it_in_as_many_steps(drawn: tuple[int, _Edges, frozenset[int]], depth: int) -> None:
    count, edges, exported = drawn
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((callee, caller) for (caller, callee), lock in edges.items() if not lock)  # what a lock is taken for needs no other
    near = nx.single_source_shortest_path_length(graph, count - 1, cutoff=depth)

    program = Program([facts_of({"p.go": source(count, edges, exported)})])

    assert set(program.races.links.touching(depth)) == {f"example.com/p.{name(number, exported)}" for number in near}
