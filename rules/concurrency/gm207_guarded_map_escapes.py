"""GM207: a guarded map gets to where its lock does not reach."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.escapes import MapEscape
from golint_maps.flow.events import Held
from golint_maps.flow.support import doubles, helps_tests, serves_tests
from golint_maps.graphs.naming import beside
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import lock_name

RULE = Rule(
    id="GM207",
    name="guarded-map-escapes",
    summary="a guarded map gets to where its lock does not reach",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)

_HOW = {
    "return": "`{map}` is returned, and whoever gets it uses it without `{lock}`.",
    "iterator": "`{target}` walks `{map}` when the caller ranges over the iterator that is returned, and by then `{lock}` has been given back.",
    "send": "`{map}` is sent to `{target}`, and whoever receives it uses it without `{lock}`.",
    "store": "`{map}` is stored in `{target}` as well, where it is used without `{lock}`.",
    "go": "`{map}` is handed to a goroutine, which goes on to use it when `{lock}` has been given back.",
    "use": "`{target}` is `{map}` itself, and is used here after `{lock}` has been given back.",
    "walk": "`{target}` walks `{map}` only now, after `{lock}` has been given back.",
    "caller": "`{map}` becomes the map of the caller, who may go on to change it without `{lock}`.",
}
_CONSTRUCTORS = ("New", "new", "Make", "make", "With", "with", "Init", "init", "Open", "Must")


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report ways out for maps that somebody changes in place under the lock that was held."""
    judged = {(verdict.access.place.path, verdict.access.place.start) for verdict in program.verdicts}
    for fact in program.each(MapEscape):
        if fact.kind in ("use", "walk") and ((fact.place.path, fact.place.start) in judged or program.guarding.moved_out(fact)):
            continue  # the race itself is reported, or nobody else has the map any more
        if serves_tests(fact.package) or helps_tests(fact.place.path) or doubles(program.functions[fact.id].receiver):
            continue
        lock = _guard(program, fact)
        if lock:
            yield _finding(fact, lock, registry=program.guarding.registry(fact.identity))


def _guard(program: Program, fact: MapEscape) -> str:
    """Return the lock that a map leaves, or an empty string when it leaves none."""
    guard = program.guarding.of(fact.identity)
    if fact.kind == "use" and program.guarding.changed_by(fact) and not program.guarding.of_one_goroutine(fact.identity):
        return next((lock_name(lock) for lock in fact.locks if beside(lock.name, fact.identity)), "")
    if not guard.changes:
        return ""
    if not fact.locks:
        return _unlocked(program, fact)
    held = [lock for lock in fact.locks if guard.guarded_by(lock.name)]
    if not held or (fact.kind == "caller" and not _caller_keeps(program, fact)):
        return ""
    return lock_name(held[0])


def _unlocked(program: Program, fact: MapEscape) -> str:
    """Judge a return without a lock: only of exported functions, for maps that are never used without one."""
    function = program.functions[fact.id]
    if not function.exported or function.test or "ocked" in function.name:
        return ""
    name = program.guarding.of(fact.identity).always_guarded()
    return lock_name(Held((), "w", name)) if name else ""


def _caller_keeps(program: Program, fact: MapEscape) -> bool:
    """Tell whether a caller may still have the map that it hands in: not in constructors, and not when all callers in sight made it for this."""
    function = program.functions[fact.id]
    if function.name.rpartition(".")[2].startswith(_CONSTRUCTORS) or function.parent:
        return False
    sites = [link.site for link in program.races.links.into.get(fact.id, ()) if fact.parameter < len(link.site.args)]
    if not sites:
        return function.exported
    return any(site.args[fact.parameter].path is not None and not site.args[fact.parameter].owned for site in sites)


def _finding(fact: MapEscape, lock: str, *, registry: bool) -> Finding:
    how = _HOW[fact.kind].format(map=fact.map, lock=lock, target=fact.target)
    if fact.kind == "caller":
        help = "Store a copy, `maps.Clone(…)`, or say in the doc comment that the caller must not use the map any more."
    elif fact.kind == "iterator":
        help = "Return a slice (`slices.Collect`), or an iterator that takes the lock itself."
    else:
        help = f"Hand out a copy that is made under `{lock}` (`maps.Clone({fact.map})`), or move the map out and leave a new one behind."
    return RULE.finding(
        fact,
        f"{how} The lock guards the map only as long as the map stays behind it: others change it meanwhile, which ends the process with "
        "concurrent map read and map write.",
        level=Level.NOTE if registry or fact.successor or fact.kind == "caller" else None,
        key=f"{fact.kind} {fact.map}",
        help=help,
    )
