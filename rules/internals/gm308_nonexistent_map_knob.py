"""GM308: a switch for maps is set that no version of Go has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golint_maps.findings import Edit, Finding, Fix, Level, Safety
from golint_maps.flow.internals.facts import NonexistentKnob
from golint_maps.flow.internals.knobs import is_map_setting
from golint_maps.program import Module, Place, Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM308",
    name="nonexistent-map-knob",
    summary="a switch for maps is set that does not exist",
    level=Level.WARNING,
    precision=Precision.VERY_HIGH,
    cwe=(1164,),
    tags=("configuration",),
    fixes=(Safety.SAFE,),
)

_EFFECTS = {
    "directive": "The compiler ignores directives that it does not know, without a word.",
    "godebug": "The runtime ignores GODEBUG settings that it does not know, without a word.",
    "flag": "A test program stops with `flag provided but not defined`, and the go command refuses it as well.",
    "build-tag": "No version of Go ever sets it: GOEXPERIMENT=noswissmap takes the tag `goexperiment.swissmap` away and puts none in its place.",
}

_INSTEAD = {
    "directive": "Run the tests with -race to see unsynchronised access, or log where the map is used.",
    "godebug": "GODEBUG knows nothing of maps; -race finds unsynchronised access.",
    "debug-line": "Delete the line: GODEBUG knows nothing of maps; -race finds unsynchronised access.",
    "flag": "The flag is -race.",
    "experiment": "Delete it: the newer maps are the only ones.",
    "build-tag": "Let the version decide: `go1.24` has Swiss maps.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the directives, settings and strings."""
    for module in program.modules:
        yield from _of_go_mod(module)
    for fact in program.each(NonexistentKnob):
        title = f"`GOEXPERIMENT={fact.knob}` does not exist" if fact.kind == "experiment" else f"`{fact.knob}` exists in no version of Go"
        yield RULE.finding(fact, f"{title}. {_effect(fact)}", key=fact.knob, fixes=_fixes(fact), help=_INSTEAD[fact.kind])


def _fixes(fact: NonexistentKnob) -> tuple[Fix, ...]:
    """Return the removal of a line that nothing listens to, or that only keeps the build from beginning. What a string is for is not known."""
    if fact.kind not in ("directive", "debug-line"):
        return ()
    # With the line break: an empty line would part a comment from what it is about.
    line = replace(locate(fact.place), end=fact.place.end + 1)
    return (Fix("Delete the line", (Edit(line, ""),), Safety.SAFE),)


def _of_go_mod(module: Module) -> Iterator[Finding]:
    """Yield the `godebug` lines of a module that name no setting of Go."""
    path = f"{module.directory}/go.mod" if module.directory else "go.mod"
    for (key, _), at in zip(module.godebug, module.godebug_at, strict=True):
        if is_map_setting(key):
            place = Place(path, at, at + len(key.encode()))
            fact = NonexistentKnob(place=place, function="", package=module.path, map=key, kind="debug-line", knob=key, go=(module.go or (1, 16))[1])
            message = f'`{key}` exists in no version of Go. The go command refuses it: `unknown godebug "{key}"`.'
            yield RULE.finding(fact, message, key=key, help=_INSTEAD["debug-line"])


def _effect(fact: NonexistentKnob) -> str:
    if fact.kind == "debug-line":
        if fact.go >= 21:
            return f'The build fails: `unknown //go:debug setting "{fact.knob}"`.'
        return "Go 1.20 and older ignore it; from Go 1.21 on the build fails."
    if fact.kind == "experiment":
        return "Go 1.24 and 1.25 had it, or its opposite; since Go 1.26 there are no other maps, and the go command stops: `unknown GOEXPERIMENT`."
    return _EFFECTS[fact.kind]
