"""The calls between functions that may change maps, as a graph over the ids of all packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from golint_maps.flow.effects import LIBRARY, EffectCall, FunctionEffects

if TYPE_CHECKING:
    import networkx as nx


def by_id(functions: Iterable[FunctionEffects]) -> dict[str, FunctionEffects]:
    """Return the functions by id, with those of the standard library that change maps."""
    return {**LIBRARY, **{function.id: function for function in functions}}


def call_graph(functions: Mapping[str, FunctionEffects], target: Callable[[str], FunctionEffects | None]) -> nx.DiGraph[str]:
    """Return the graph of calls to what `target` finds for an id; each edge from caller to callee holds the `EffectCall`s as `calls`."""
    import networkx as nx  # 0.1 s that only programs with calls in loops over maps shall pay

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(functions)
    for function in functions.values():
        for call in function.calls:
            callee = target(call.callee)
            if callee is not None:
                calls: list[EffectCall] = graph[function.id][callee.id]["calls"] if graph.has_edge(function.id, callee.id) else []
                calls.append(call)
                graph.add_edge(function.id, callee.id, calls=calls)
    return graph
