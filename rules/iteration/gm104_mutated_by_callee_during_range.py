"""GM104: a loop over a map calls a function that inserts into the map or deletes from it."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related, Step, Trace
from golint_maps.flow.ranges import RangeCall
from golint_maps.flow.self_keyed import names_itself
from golint_maps.graphs.effects import ReachedEffect, translate
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM104",
    name="mutated-by-callee-during-range",
    summary="a loop over a map calls a function that changes the map, and goes on",
    level=Level.WARNING,
    precision=Precision.HIGH,
    tags=("iteration",),
)


_NEAR = 3
"""Calls on the way to a change that is near by."""


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report calls in loops over maps whose callees change the loop's map."""
    for fact in program.each(RangeCall):
        reached = min((found for found in program.effects.of(fact.callee) if _concerns(fact, found)), key=_order, default=None)
        if reached is None:
            continue
        function = program.effects.function(fact.callee)
        name = function.name if function is not None else fact.call
        inserts = reached.effect.kind == "insert"
        yield RULE.finding(
            fact,
            f"The loop over `{fact.over}` calls `{fact.call}`, which {'inserts into' if inserts else 'deletes another key from'} the same map, "
            f"and goes on. "
            + (
                "Go leaves open whether the loop visits an entry that was inserted on the way."
                if inserts
                else "Whether the entry was visited before it went away depends on the order of iteration."
            ),
            level=_level(fact, reached) if function is not None else Level.NOTE,
            key=f"{reached.effect.kind} {fact.call}",
            traces=(_trace(fact, reached, name),),
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help="Collect what has to be done in a slice and call the function when the loop is over, or loop over a copy of the keys.",
        )


def _concerns(fact: RangeCall, reached: ReachedEffect) -> bool:
    """Tell whether an effect of the callee changes the loop's map at another key than the loop's own."""
    effect = reached.effect
    if translate(effect.path, fact.receiver, fact.args) != fact.path or (fact.worklist and effect.kind == "insert"):
        return False
    if effect.key is None or effect.key[0][0] not in "rp":
        return effect.key is None or effect.key != fact.key
    index = int(effect.key[0][1:] or -1)
    match fact.called_on if index < 0 else fact.given[index] if index < len(fact.given) else "":
        case "key":
            return len(effect.key) > 1
        case "value":
            # What a call hands on is judged by its name: `h.Register(p.Name, p)`.
            return not (effect.identity or (reached.chain and len(effect.key) == 2 and names_itself(effect.key[1])))
        case "identity":
            return False
        case fields:
            return len(effect.key) != 2 or f".{effect.key[1]}" not in fields.split()


def _level(fact: RangeCall, reached: ReachedEffect) -> Level | None:
    """Return a warning for an insert near by under a key that is seen to be another one, else a note.

    Go defines what a delete does to the loop, a key that the callee makes may be the loop's own again, and what stands many calls away often
    depends on a condition in between. A test may do it to see what happens, and a key need not pass the test that the loop's own has passed.
    """
    key = reached.effect.key
    shown = reached.effect.kind == "insert" and key is not None and key[0][0] in "rp" and len(reached.chain) < _NEAR
    return None if shown and not fact.tested and not fact.place.path.endswith("_test.go") else Level.NOTE


def _order(reached: ReachedEffect) -> tuple[int, int]:
    return len(reached.chain), reached.effect.place.start


def _trace(fact: RangeCall, reached: ReachedEffect, name: str) -> Trace:
    steps = [Step(locate(fact.place), f"{fact.function} calls {name}")]
    for call, callee in reached.chain:
        steps.append(Step(locate(call.place), f"{name} calls {callee}"))
        name = callee
    if reached.effect.place.path:
        what = "inserts into" if reached.effect.kind == "insert" else "deletes from"
        steps.append(Step(locate(reached.effect.place), f"{name} {what} {reached.effect.spelled}"))
    return Trace("calls", tuple(steps))
