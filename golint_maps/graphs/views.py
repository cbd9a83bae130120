"""The graphs that people look at: calls, goroutines with the maps that they touch, and locks. Made on networkx from the links and witnesses.

Nodes and edges have plain attributes only (strings, numbers, booleans), so that every exporter of networkx takes them. Nodes have `label`, `kind`
and, where they stand in a file, `path` and `offset`. Nodes and edges are added in sorted order: same program, same graph, same bytes.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from golint_maps.flow.events import CallSite, FunctionSummary, Held, MapAccess
from golint_maps.flow.identity import short
from golint_maps.graphs.races import Races
from golint_maps.graphs.witness import PRIVATE, Context, Witness
from golint_maps.types.model import brief

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

_NEAR: Final = 3
"""Nodes that are named in place of one that is not there."""

KINDS: Final = ("calls", "goroutines", "locks")

_CALLERS: Final = {"exported": "a caller of {}", "handler": "{}", "main": "{}", "init": "{}", "test": "{}", "own": "{}"}


def calls(races: Races, *, everything: bool = False) -> Graph:
    """Return who calls whom. Edges that start a goroutine have `spawns`, and the API that does so as `label`.

    Without `everything`, what leads to no map, lock or goroutine is left out.
    """
    graph = _graph()
    links = races.links
    ids = set(races.functions)
    if not everything:
        ids = _leading_to(_matters(races), _callers(races))
    for id in sorted(ids):
        graph.add_node(id, **_function(races.functions[id]))
    edges: dict[tuple[str, str], tuple[bool, str]] = {}
    for caller in sorted(ids):
        for link in links.out_of.get(caller, ()):
            if link.callee in ids:
                words = link.callback.words if link.callback is not None else "go" if link.spawns else ""
                spawns, label = edges.get((caller, link.callee), (False, ""))
                edges[caller, link.callee] = (spawns or link.spawns, label or words)
    for (caller, callee), (spawns, label) in sorted(edges.items()):
        graph.add_edge(caller, callee, kind="spawn" if spawns else "call", spawns=spawns, label=label if spawns else "")
    return graph


def goroutines(races: Races, *, everything: bool = False) -> Graph:
    """Return what runs concurrently and the maps that it touches.

    An edge to a map says how (`read`, `write`) and under which `locks`: those that are held at all of its accesses. An edge between contexts
    says who starts whom. Without `everything`, maps that only one sequential context touches, or that nobody changes, are left out.
    """
    graph = _graph()
    touched: dict[tuple[str, str], list[Witness]] = defaultdict(list)
    contexts: dict[str, Context] = {}
    for identity, found in _touched(races, everything=everything):
        for witness in found:
            name = _name(witness.context)
            contexts.setdefault(name, witness.context)
            touched[name, identity].append(witness)
    starters = {name: starter for name, context in contexts.items() if (starter := _starter(races, context))}
    for name in sorted(contexts):
        graph.add_node(name, **_context(races, contexts[name]))
    for starter in sorted(set(starters.values()) - set(contexts)):
        function = races.functions[starter.partition(":")[2]]
        graph.add_node(starter, **{**_function(function), "kind": "starter"})
    for identity in sorted({identity for _, identity in touched}):
        graph.add_node(identity, label=_map(races, identity), kind="map")
    for name, starter in sorted(starters.items()):
        graph.add_edge(starter, name, kind="spawn", label="starts")
    for (name, identity), witnesses in sorted(touched.items()):
        writes, reads = (any(witness.access.writes is wanted for witness in witnesses) for wanted in (True, False))
        held = set.intersection(*({(lock.name, lock.mode) for lock in witness.locks} for witness in witnesses))
        locks = ", ".join(f"{_lock(lock)}{' (read)' if mode == 'r' else ''}" for lock, mode in sorted(held))
        does = "writes" if writes else "reads"
        label = f"{does} [{locks}]" if locks else does
        graph.add_edge(name, identity, kind=does.removesuffix("s"), write=writes, read=reads, locks=locks, label=label)
    return _with_plain_names(graph)


def locks(races: Races, *, everything: bool = False) -> Graph:
    """Return which lock is held at the accesses to which map, and which lock is taken or needed while which other one is held.

    An edge from lock to map counts the accesses that hold it (`held`) out of all (`accesses`), in the modes `r` and `w`; one from lock to lock
    means that the second is taken while the first is held. Locks of one field of different objects are one node. Without `everything`, maps that
    are never accessed under a lock are left out.
    """
    graph = _graph()
    guards: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    totals: dict[str, int] = {}
    for identity, found in _touched(races, everything=True):
        places: dict[object, list[Witness]] = defaultdict(list)
        for witness in found:
            places[witness.access.place].append(witness)
        totals[identity] = len(places)
        for ways in places.values():
            # Held at an access is what is held on every way to it.
            for name in set.intersection(*({lock.name for lock in _real(way.locks)} for way in ways)):
                guards[name, identity].append({lock.mode for way in ways for lock in way.locks if lock.name == name})
    order = _order(races)
    names = {lock for lock, _ in guards} | {name for pair in order for name in pair}
    for lock in sorted(names):
        graph.add_node(lock, label=_lock(lock), kind="lock")
    for identity in sorted(totals if everything else {identity for _, identity in guards}):
        graph.add_node(identity, label=_map(races, identity), kind="map")
    for (lock, identity), modes in sorted(guards.items()):
        held, accesses = len(modes), totals[identity]
        graph.add_edge(
            lock, identity, kind="guards", held=held, accesses=accesses, modes="".join(sorted(set().union(*modes))), label=f"{held}/{accesses}"
        )
    for first, second in sorted(order):
        graph.add_edge(first, second, kind="order", label="held while taking")
    return _with_plain_names(graph)


def focus(graph: Graph, centre: Collection[str], depth: int | None) -> Graph:
    """Return the part of a graph that leads to or from `centre` by at most `depth` edges (None: any number)."""
    import networkx as nx

    kept: set[str] = set(centre)
    for node in centre:
        for way in (graph, graph.reverse(copy=False)):
            kept |= set(nx.single_source_shortest_path_length(way, node, cutoff=depth))
    return _sub(graph, kept)


def find(graph: Graph, wanted: str) -> list[str]:
    """Return the nodes that a name stands for: an id, a label (`Server.Start`, `cache.Cache.items`), or the end of one of them."""
    if wanted in graph:
        return [wanted]
    labels = {node: str(data["label"]) for node, data in graph.nodes(data=True)}
    ends = (f".{wanted}", f"/{wanted}"), (f".{wanted}", f" {wanted}")
    return [node for node, label in labels.items() if label == wanted] or [
        node for node, label in labels.items() if node.endswith(ends[0]) or label.endswith(ends[1])
    ]


def nearest(graph: Graph, wanted: str) -> list[str]:
    """Return up to three labels that are spelled like a name that stands for no node, their packages left out where the name has none."""
    labels: dict[str, str] = {}
    for _, data in graph.nodes(data=True):
        label = str(data["label"])
        labels.setdefault(label.rpartition("/")[2].lower(), label)
        labels.setdefault(label.rpartition(".")[2].lower(), label)
    found = difflib.get_close_matches(wanted.lower(), labels, n=_NEAR)
    return list(dict.fromkeys(labels[name] for name in found))


# --- parts ---


def _graph() -> Graph:
    import networkx as nx  # 0.1 s that no other command shall pay

    return nx.DiGraph()


def _with_plain_names(graph: Graph) -> Graph:
    """Return a graph whose maps and locks have ids without the letter that tells variables from fields, unless two of them would be one then.

    Where several have one label, their ids are the labels: those are never the same.
    """
    things = {node: str(data["label"]) for node, data in graph.nodes(data=True) if data["kind"] in ("map", "lock")}
    letters = Counter(node[1:] for node in things)
    labels = Counter(things.values())
    names = {node: node[1:] for node in things if letters[node[1:]] == 1 and node[1:] not in graph}
    for node, label in things.items():
        if labels[label] > 1:
            graph.nodes[node]["label"] = names.get(node, node)
    plain = _graph()
    plain.add_nodes_from((names.get(node, node), data) for node, data in graph.nodes(data=True))
    plain.add_edges_from((names.get(left, left), names.get(right, right), data) for left, right, data in graph.edges(data=True))
    return plain


def _sub(graph: Graph, kept: Collection[str]) -> Graph:
    """Return a copy with some nodes only, in the order of the original (that of `subgraph` is a set's)."""
    part = _graph()
    part.add_nodes_from((node, data) for node, data in graph.nodes(data=True) if node in kept)
    part.add_edges_from((left, right, data) for left, right, data in graph.edges(data=True) if left in kept and right in kept)
    return part


def _callers(races: Races) -> dict[str, set[str]]:
    into: dict[str, set[str]] = defaultdict(set)
    for callee, found in races.links.into.items():
        into[callee].update(link.caller for link in found)
    return into


def _matters(races: Races) -> set[str]:
    """Return the functions that touch a map that others can see, hold a lock, or start a goroutine."""
    starters = {link.caller for found in races.links.out_of.values() for link in found if link.spawns}
    return starters | {
        function.id
        for function in races.functions.values()
        if function.accesses or any(site.mode == "go" or _real(site.locks) for site in function.calls)
    }


def _leading_to(ends: Iterable[str], into: dict[str, set[str]]) -> set[str]:
    seen = set(ends)
    todo = list(seen)
    while todo:
        for caller in into.get(todo.pop(), ()):
            if caller not in seen:
                seen.add(caller)
                todo.append(caller)
    return seen


def _touched(races: Races, *, everything: bool) -> Iterator[tuple[str, list[Witness]]]:
    """Yield maps with the ways to them, without those that cannot race: that nobody changes, or that no goroutine reaches."""
    found: dict[str, list[Witness]] = {}
    if everything:
        for identity in races.accesses:
            ways = races.all_ways(identity)
            if ways and "?" not in identity:
                found[identity] = ways
    found.update(races.by_map)
    for identity in sorted(found):
        ways = found[identity]
        if everything or any(witness.context.concurrent for witness in ways):
            yield identity, sorted(ways, key=lambda witness: (witness.access.place, [hop.function for hop in witness.hops]))


def _name(context: Context) -> str:
    link = context.link
    return f"{context.kind}:{context.entry}" + (f"@{link.site.place.path}:{link.site.place.start}" if link is not None else "")


def _starter(races: Races, context: Context) -> str:
    """Return the node of the function that starts a goroutine, or an empty string."""
    return f"starter:{context.link.caller}" if context.link is not None and context.link.caller in races.functions else ""


def _context(races: Races, context: Context) -> dict[str, object]:
    function = races.functions[context.entry]
    link = context.link
    parallel = context.kind == "handler" or (link is not None and link.callback is not None and link.callback.parallel)
    if link is not None:
        words = f"{link.callback.words}: {_label(function)}" if link.callback is not None else f"go {_label(function)}"
        place = link.site.place
    else:
        words = _CALLERS.get(context.kind, "{}").format(_label(function))
        place = function.place
    return {
        "label": words,
        "kind": context.kind,
        "function": context.entry,
        "parallel": parallel,
        "path": place.path,
        "offset": place.start,
    }


def _label(function: FunctionSummary) -> str:
    package = brief(function.package)
    if function.parent:
        return f"func in {package}.{function.name.removeprefix('a function literal in ')}"
    return f"{package}.{function.name}"


def _function(function: FunctionSummary) -> dict[str, object]:
    return {
        "label": _label(function),
        "kind": "literal" if function.parent else "function",
        "path": function.place.path,
        "offset": function.place.start,
    }


def _real(held: Iterable[Held]) -> list[Held]:
    """Return locks that others can take as well: no `sync.Once`, no lock of one activation, nothing of which only the effect is known."""
    return [lock for lock in held if not lock.name.endswith(PRIVATE) and "~" not in lock.name and lock.name]


def _map(races: Races, identity: str) -> str:
    """Return a map as a reader would write it: `cache.Cache.items`, `cache.Load.seen` for a local variable."""
    own = (access.owner for _, access in races.accesses.get(identity, ()) if access.owner) if identity[:1] == "l" else ()
    return min(own, default=short(identity))


def _lock(name: str) -> str:
    return short(name).removesuffix(PRIVATE).removesuffix("~")


def _order(races: Races) -> set[tuple[str, str]]:
    """Return (held, taken) of locks that are taken, here or in what is called, while another one is held."""
    functions = races.functions
    taken = {id: _taken(function) for id, function in functions.items()}
    callers: dict[str, set[str]] = defaultdict(set)
    for callee, found in races.links.into.items():
        callers[callee].update(link.caller for link in found if not link.spawns)
    todo = sorted(id for id, found in taken.items() if found)
    while todo:
        callee = todo.pop()
        for caller in callers.get(callee, ()):
            if not taken[callee] <= taken[caller]:
                taken[caller] |= taken[callee]
                todo.append(caller)
    order: set[tuple[str, str]] = set()
    for found in races.links.out_of.values():
        for link in found:
            if not link.spawns:
                order.update((lock.name, name) for lock in _real(link.site.locks) for name in taken[link.callee] if lock.name != name)
    for function in functions.values():
        before: set[str] = set()
        for event in sorted(_events(function), key=lambda event: event.at.order):
            now = {lock.name for lock in _real(event.locks)}
            if before < now:
                order.update((outer, inner) for outer in before for inner in now - before)
            before = now
    return order


def _events(function: FunctionSummary) -> list[MapAccess | CallSite]:
    return [*function.accesses, *function.calls]


def _taken(function: FunctionSummary) -> set[str]:
    """Return the locks that a function takes itself, as far as something happens under them."""
    return {lock.name for event in _events(function) for lock in _real(event.locks)} - {lock.name for lock, _ in function.requires}
