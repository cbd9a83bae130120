"""Effects on maps through calls of any depth: bottom-up over the condensation of the call graph, paths translated at each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from golint_maps.flow.callees import LITERAL, Wanted, wanted
from golint_maps.flow.effects import EffectCall, FunctionEffects, MapEffect
from golint_maps.graphs.callgraph import by_id, call_graph

Path = tuple[str, ...]

_LONGEST_CHAIN = 8
_LONGEST_LOOP = 2
"""Calls in a chain that comes through one function twice. Longer ones are rarely what the program does."""
_LONGEST_PATH = 6
_MOST_IMPLEMENTATIONS = 4
"""Types with a method of an interface, beyond which a call says too little about which one runs."""
_MOST_EFFECTS = 64
"""Beyond these a function does so much that no caller can be told anything useful."""


@dataclass(frozen=True, slots=True)
class ReachedEffect:
    """An effect of a function, itself or through `chain`: the calls that lead to it, outermost first, each with the name of its callee."""

    effect: MapEffect
    chain: tuple[tuple[EffectCall, str], ...]


class EffectTable:
    """What each function may do to maps, all calls followed."""

    def __init__(self, functions: Iterable[FunctionEffects], candidates: Callable[[Wanted], Iterable[tuple[str, bool]]] = lambda _: ()) -> None:
        """`candidates` gives the methods that a call through an interface may run, as `Implementations.candidates` does."""
        self._functions = by_id(functions)
        self._candidates = candidates
        self._behind: dict[str, tuple[list[FunctionEffects], bool]] = {}

    def function(self, id: str) -> FunctionEffects | None:
        """Return the function that a callee's id stands for, or None."""
        found, alone = self._implementations(id)
        return found[0] if found and alone else None

    def of(self, id: str) -> Sequence[ReachedEffect]:
        """Return what a callee may do, in terms of its own receiver, parameters and package variables.

        Of a method of an interface that few types have, that is what any of them inserts into what it is handed: what they delete is as a rule
        what they are called on.
        """
        found, alone = self._implementations(id)
        return [reached for function in found for reached in self._reached.get(function.id, ()) if alone or _is_of_others(reached.effect)]

    def _implementations(self, id: str) -> tuple[list[FunctionEffects], bool]:
        """Return the functions that an id may stand for, and whether it can be no other one."""
        if id not in self._behind:
            asked = wanted(id)
            if asked is None:
                self._behind[id] = [self._functions[id]] if id in self._functions else [], True
            else:
                # A type that does not declare all of the interface may have the rest by what it embeds. It is one more of which nothing is known.
                candidates = list(self._candidates(asked))
                found = [(self._functions[other], whole) for other, whole in candidates if other in self._functions]
                kept = [function for function, whole in found if whole or function.promotes]
                self._behind[id] = kept if len(candidates) <= _MOST_IMPLEMENTATIONS else [], len(candidates) == 1
        return self._behind[id]

    @cached_property
    def _reached(self) -> dict[str, tuple[ReachedEffect, ...]]:
        import networkx as nx

        graph = call_graph(self._functions, self.function)
        reached: dict[str, dict[tuple[str, Path, Path | None], ReachedEffect]] = {
            id: {(effect.kind, effect.path, effect.key): ReachedEffect(effect, ()) for effect in function.effects}
            for id, function in self._functions.items()
        }
        condensed = nx.condensation(graph)
        for component in reversed(list(nx.topological_sort(condensed))):
            members = sorted(condensed.nodes[component]["members"])
            # Within a cycle an effect needs at most as many turns as the cycle has members.
            for _ in range(min(len(members), _LONGEST_CHAIN)):
                changed = False
                for caller in members:
                    for callee in sorted(graph[caller]):
                        for call in graph[caller][callee]["calls"]:
                            changed = _absorb(reached[caller], reached[callee], call, self._functions[callee].name) or changed
                if not changed:
                    break
        return {id: tuple(found.values()) for id, found in reached.items()}


def _is_of_others(effect: MapEffect) -> bool:
    return effect.kind == "insert" and effect.path[0][0] in "pg"


def _absorb(
    into: dict[tuple[str, Path, Path | None], ReachedEffect],
    source: dict[tuple[str, Path, Path | None], ReachedEffect],
    call: EffectCall,
    name: str,
) -> bool:
    """Add a callee's effects to its caller's, in the caller's terms. Tell whether anything was new."""
    changed = False
    for reached in list(source.values()):
        effect = reached.effect
        path = translate(effect.path, call.receiver, call.args)
        if effect.path[0][0] == "l" and LITERAL not in call.callee:
            continue  # a variable of the callee's own, which a literal in it has captured
        if path is None or len(path) > _LONGEST_PATH or not _followed(reached.chain, call) or len(into) >= _MOST_EFFECTS:
            continue
        key = translate(effect.key, call.receiver, call.args) if effect.key is not None else None
        if (effect.kind, path, key) not in into:
            moved = MapEffect(effect.kind, path, key, effect.identity, effect.place, effect.spelled)
            into[effect.kind, path, key] = ReachedEffect(moved, ((call, name), *reached.chain))
            changed = True
    return changed


def _followed(chain: Sequence[tuple[EffectCall, str]], call: EffectCall) -> bool:
    """Tell whether a chain is followed one call further."""
    again = any(step.callee == call.callee for step, _ in chain)
    return len(chain) < (_LONGEST_LOOP if again else _LONGEST_CHAIN)


def translate(path: Path, receiver: Path | None, args: Sequence[Path | None]) -> Path | None:
    """Return a path of a callee in terms of its caller, or None where the caller gave something that has no path."""
    head = path[0]
    if head == "r":
        return None if receiver is None else (*receiver, *path[1:])
    if head[0] == "p":
        index = int(head[1:])
        given = args[index] if index < len(args) else None
        return None if given is None else (*given, *path[1:])
    return path
