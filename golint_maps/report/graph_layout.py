"""Where the nodes of a layered drawing stand, left to right: the method of Sugiyama, Tagawa and Toda (1981).

Cycles are broken by turning the edges that a depth-first search finds to lead back, layers are longest paths, long edges get a dummy node in each
layer that they cross, crossings are reduced by sorting layers by the mean position of neighbours, and nodes are then moved towards theirs.
Everything goes in the order in which nodes are given, so the result is always the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

Edge = tuple[str, str]
Key = str | tuple[int, int]
"""A node, or the dummy of an edge (by its number) in a layer."""

_SWEEPS: Final = 12
_GAP: Final = 14.0
_DUMMY: Final = 8.0
"""Heights, in pixels, of what lies between two nodes and of an edge that passes through a layer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`layers` are the nodes and dummies from left to right; `y` is the middle of each. `ways` are the keys that each edge goes through."""

    layers: list[list[Key]]
    y: dict[Key, float]
    ways: dict[Edge, list[Key]]
    height: float


@dataclass(slots=True)
class _Neighbours:
    left: dict[Key, list[Key]] = field(default_factory=lambda: defaultdict(list))
    right: dict[Key, list[Key]] = field(default_factory=lambda: defaultdict(list))


def layout(nodes: Sequence[str], edges: Sequence[Edge], heights: Mapping[str, float]) -> Layout:
    """Place nodes of these heights (pixels). Edges from a node to itself are left out of `ways`."""
    plain = [edge for edge in edges if edge[0] != edge[1]]
    turned = _backward(nodes, plain)
    rank = _ranks(nodes, [(right, left) if (left, right) in turned else (left, right) for left, right in plain])
    layers: list[list[Key]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node in nodes:
        layers[rank[node]].append(node)
    ways: dict[Edge, list[Key]] = {}
    near = _Neighbours()
    for number, (left, right) in enumerate(plain):
        first, last = (left, right) if rank[left] < rank[right] else (right, left)
        way: list[Key] = [first]
        for layer in range(rank[first] + 1, rank[last]):
            way.append((number, layer))
            layers[layer].append((number, layer))
        way.append(last)
        for one, other in pairwise(way):
            near.right[one].append(other)
            near.left[other].append(one)
        ways[left, right] = way if first == left else way[::-1]
    _reduce_crossings(layers, near)
    y, height = _place(layers, near, heights)
    return Layout(layers, y, ways, height)


def _backward(nodes: Sequence[str], edges: Sequence[Edge]) -> set[Edge]:
    """Return edges without which there is no cycle."""
    out: dict[str, list[str]] = defaultdict(list)
    inward: set[str] = set()
    for left, right in edges:
        out[left].append(right)
        inward.add(right)
    state: dict[str, bool] = {}  # False while its descendants are visited
    found: set[Edge] = set()
    for root in sorted(nodes, key=lambda node: node in inward):  # sources first, so that edges go away from them
        if root in state:
            continue
        state[root] = False
        stack = [(root, iter(out[root]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in state:
                    state[target] = False
                    stack.append((target, iter(out[target])))
                    break
                if not state[target]:
                    found.add((node, target))
            else:
                state[node] = True
                stack.pop()
    return found


def _ranks(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the longest path to each node of an acyclic graph."""
    out: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(nodes, 0)
    for left, right in edges:
        out[left].append(right)
        waiting[right] += 1
    rank = dict.fromkeys(nodes, 0)
    todo = [node for node in nodes if not waiting[node]]
    for node in todo:
        for target in out[node]:
            rank[target] = max(rank[target], rank[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                todo.append(target)
    return rank


def _reduce_crossings(layers: list[list[Key]], near: _Neighbours) -> None:
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        side = near.left if forward else near.right
        for layer, before in zip(layers[1:], layers, strict=False) if forward else zip(layers[-2::-1], layers[::-1], strict=False):
            index = {key: position for position, key in enumerate(before)}
            old = {key: float(position) for position, key in enumerate(layer)}
            mean = {key: sum(index[other] for other in side[key]) / len(side[key]) if side[key] else old[key] for key in layer}
            layer.sort(key=lambda key: (mean[key], old[key]))


def _place(layers: list[list[Key]], near: _Neighbours, heights: Mapping[str, float]) -> tuple[dict[Key, float], float]:
    """Return the middles of all keys, and the height of it all."""
    size = {key: heights[key] if isinstance(key, str) else _DUMMY for layer in layers for key in layer}
    y: dict[Key, float] = {}
    for layer in layers:
        top = 0.0
        for key in layer:
            y[key] = top + size[key] / 2
            top += size[key] + _GAP
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = [_mean([y[other] for other in (*near.left[key], *near.right[key])], y[key]) for key in layer]
            y.update(zip(layer, _apart(layer, wanted, size), strict=True))
    top = min((y[key] - size[key] / 2 for key in y), default=0.0)
    y = {key: position - top for key, position in y.items()}
    return y, max((y[key] + size[key] / 2 for key in y), default=0.0)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(layer: Sequence[Key], wanted: Sequence[float], size: Mapping[Key, float]) -> list[float]:
    """Return the positions nearest to the wanted ones (least squares) that keep this order without overlaps.

    With the least distances taken off, that is an isotonic regression: pool adjacent violators (Ayer et al. 1955).
    """
    distances = [0.0]
    for key, other in pairwise(layer):
        distances.append(distances[-1] + (size[key] + size[other]) / 2 + _GAP)
    pools: list[tuple[float, int]] = []  # (sum, count)
    for position, distance in zip(wanted, distances, strict=True):
        total, count = position - distance, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, members = pools.pop()
            total, count = total + more, count + members
        pools.append((total, count))
    means = [total / count for total, count in pools for _ in range(count)]
    return [mean + distance for mean, distance in zip(means, distances, strict=True)]
