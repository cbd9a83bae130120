"""Words, traces and places that the rules on racing accesses share."""

from __future__ import annotations

from msgspec.structs import replace

from golint_maps.findings import Finding, Level, Related, Step, Trace
from golint_maps.flow.events import ONCE, SERIAL, SLOT, Held, MapAccess
from golint_maps.graphs.assumed import comes_once
from golint_maps.graphs.callbacks import Callback
from golint_maps.graphs.verdicts import Verdict
from golint_maps.graphs.witness import Witness
from golint_maps.program import Program
from golint_maps.rule import Rule, locate
from golint_maps.types.model import brief

_DOES = {
    "insert": "writes",
    "update": "writes",
    "delete": "deletes from",
    "clear": "clears",
    "copy": "copies into",
    "decode": "decodes into",
    "assign": "assigns",
    "read": "reads",
    "range": "ranges over",
    "len": "takes the length of",
    "load": "reads the variable",
    "walk": "walks over",
}


def does(access: MapAccess) -> str:
    """Return what an access does, as a clause without subject."""
    return f"{_DOES[access.op]} `{access.map}`"


def holding(locks: tuple[Held, ...]) -> str:
    """Return which locks are held, in words."""
    if not locks:
        return "without a lock"
    plain = [lock for lock in locks if not lock.name.endswith((ONCE, SERIAL))]
    names = [f"`{lock_name(lock)}`{' for reading' if lock.mode == 'r' else ''}" for lock in plain]
    once = [f"`{lock_name(lock)}`" for lock in locks if lock.name.endswith(ONCE)]
    served = [f"`{lock_name(lock)}`" for lock in locks if lock.name.endswith(SERIAL)]
    parts = ["holding " + " and ".join(names)] if names else []
    parts += [f"where {' and '.join(once)} lets one goroutine in"] if once else []
    parts += ["on the goroutine that serves " + " and ".join(served)] if served else []
    return ", ".join(parts)


def lock_name(lock: Held) -> str:
    """Return a lock as the programmer wrote it, else by its declaring type."""
    if lock.spelled:
        return lock.spelled
    name = lock.name.removesuffix(SLOT).removesuffix(ONCE).rstrip("!~")
    return ".".join(lock.path[1:-1]) or name if lock.name[:1] not in "fgl" else brief(name[1:].split("#", maxsplit=1)[0])


def context(program: Program, way: Witness) -> str:
    """Return what the function at the root of a way runs in."""
    entry = program.functions[way.context.entry]
    kind = way.context.kind
    if kind == "spawn":
        link = way.context.link
        if link is not None and link.callback is not None:
            return link.callback.words
        return "a goroutine"
    return {
        "handler": entry.handler,
        "exported": f"a caller of {entry.name}",
        "main": "the main goroutine",
        "test": f"the test {entry.name}",
        "own": entry.name,
    }.get(kind, entry.name)


def trace(program: Program, way: Witness, name: str) -> Trace:
    """Return how a context comes to its access, what it holds, and what it does there."""
    steps = []
    functions = program.functions
    first = functions[way.hops[0].function]
    if way.context.kind in ("handler", "exported", "test"):
        what = {"handler": f"{first.handler}: one goroutine for each request", "exported": "exported: any goroutine may call it", "test": "a test"}
        steps.append(Step(locate(first.place), f"{first.name} is {what[way.context.kind]}"))
    for hop, then in zip(way.hops, way.hops[1:], strict=False):
        if hop.site is None:
            continue
        caller, callee = functions[hop.function], functions[then.function]
        held = f", {holding(hop.site.locks)}" if hop.site.locks and not hop.spawns else ""
        if hop.spawns:
            link = way.context.link
            callback = link.callback if link is not None else None
            steps.append(
                Step(locate(hop.site.place), f"{caller.name} {_starts(callback)} {callee.name} as {callback.words if callback else 'a goroutine'}")
            )
        else:
            steps.append(Step(locate(hop.site.place), f"{caller.name} calls {callee.name}{held}"))
    last = functions[way.function]
    steps.append(Step(locate(way.access.place), f"{last.name} {does(way.access)} {holding(way.locks)}"))
    return Trace(name, tuple(steps))


def _starts(callback: Callback | None) -> str:
    """Return what is done with a function so that an API runs it."""
    if callback is None or callback.task or callback.blocks or callback.test:
        return "starts"
    return "registers" if callback.parallel else "hands over"


def traces(program: Program, verdict: Verdict) -> tuple[Trace, ...]:
    """Return the traces of both sides, one of them when a context races with itself."""
    if verdict.other is None:
        return (trace(program, verdict.side, context(program, verdict.side)),)
    if verdict.other.access.place == verdict.side.access.place and verdict.other.context == verdict.side.context:
        what = context(program, verdict.side)
        return (trace(program, verdict.side, f"first: {what}"), trace(program, verdict.other, f"second: {what}, at the same time"))
    return (
        trace(program, verdict.side, context(program, verdict.side)),
        trace(program, verdict.other, f"at the same time: {context(program, verdict.other)}"),
    )


def opponent(program: Program, verdict: Verdict) -> str:
    """Return what runs at the same time, as a sentence."""
    other = verdict.other
    if other is None:
        return ""
    if other.access.place == verdict.side.access.place:
        what = context(program, verdict.side)
        if what != context(program, other):
            return f"{_capital(what)} gets there, and at the same time {context(program, other)} may, {holding(other.locks)}."
        many = "each request" if "handler" in what else "several goroutines"
        return f"{_capital(what)} gets there, and {many} may do so at the same time."
    function = program.functions[other.function].name
    return f"At the same time {context(program, other)} {does(other.access)} in {function}, {holding(other.locks)}."


def replaces(verdict: Verdict) -> bool:
    """Tell whether the map variable is assigned while it is read: that loses what others store in the old map, but crashes nothing by itself."""
    other = verdict.other.access.op if verdict.other is not None else ""
    return "assign" in (verdict.access.op, other)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def level(rule: Rule, program: Program, verdict: Verdict, *, shown: bool | None = None) -> Level:
    """Return the rule's level where both sides are seen in the program, a warning where one is only assumed, a note where that is doubtful.

    One side that runs once only may well be ordered before the other by whoever asks for it: that is one level less. So is what tests alone do, which
    know by their data when they are alone. `shown` is whether it is seen which objects are meant.
    """
    if verdict.certain:
        return Level.WARNING if comes_once(verdict) or program.assumed.of_tests(verdict) else rule.level
    return Level.NOTE if program.assumed.doubt(verdict, shown=shown) else Level.WARNING


def why(program: Program, verdict: Verdict, found: Level | None, *, shown: bool | None = None) -> str:
    """Return why a race is only a note, as a sentence; empty for what is more."""
    if found is not Level.NOTE:
        return ""
    return f"Only a note: {program.assumed.between(verdict) or program.assumed.doubt(verdict, shown=shown)}."


def _harmless(program: Program, verdict: Verdict) -> Level | None:
    """Return the level of a race that cannot crash, where both sides are seen: with `len`, or of finished maps that take each other's place."""
    accesses = [verdict.access] if verdict.other is None else [verdict.access, verdict.other.access]
    ops = {access.op for access in accesses}
    # By a local name, a map may be changed when others have it already.
    finished = "assign" in ops and not any(access.named for access in accesses) and not program.guarding.written(verdict.side.identity)
    return Level.WARNING if verdict.certain and ("len" in ops or finished) else None


def racing(rule: Rule, program: Program, verdict: Verdict, title: str, help: str) -> Finding:
    """Return the finding for one unguarded access."""
    access = verdict.access
    related: tuple[Related, ...] = ()
    if verdict.other is not None and verdict.other.access.place != access.place:
        related = (Related(locate(verdict.other.access.place), f"the other side: {_DOES[verdict.other.access.op]} {verdict.other.access.map}"),)
    found = _harmless(program, verdict) or level(rule, program, verdict)
    return rule.finding(
        access,
        " ".join(filter(None, (title, opponent(program, verdict), why(program, verdict, found)))),
        level=found,
        key=f"{access.op} {access.map} {access.key}",
        traces=traces(program, verdict),
        related=related,
        help=help,
    )


def reach(lock: Held, access: MapAccess) -> str:
    """Return how to name a lock where an access stands: as it is written elsewhere, unless what that begins with is another variable here."""
    root = lock.spelled.partition(".")[0]
    return lock_name(lock) if lock.name[:1] != "f" or root == access.map.partition(".")[0] else lock_name(replace(lock, spelled=""))


def guard_help(verdict: Verdict) -> str:
    """Return what to lock."""
    if verdict.guard is not None and verdict.guard.name.endswith(SERIAL):
        return f"Send what is done here to `{lock_name(verdict.guard)}` as well, so that one goroutine does it all."
    if verdict.guard is not None:
        return f"Hold `{reach(verdict.guard, verdict.access)}` here as well."
    return "Guard all accesses with one mutex, give each goroutine a map of its own, or use a sync.Map."
