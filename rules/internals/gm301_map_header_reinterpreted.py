"""GM301: a map is converted through unsafe.Pointer to something that it is not."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.internals.facts import MapReinterpreted
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._versions import now_or_later

RULE = Rule(
    id="GM301",
    name="map-header-reinterpreted",
    summary="a map is converted through unsafe.Pointer to a type that is not its own",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(843,),
    security=7.0,
    tags=("correctness", "unsafe"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the conversions, with what the fields read that the code goes on to use."""
    for fact in program.each(MapReinterpreted):
        subject = f"`{fact.map}`" if fact.map else "A map"
        yield RULE.finding(
            fact,
            f"{subject} is read as {_article(fact.view)} `{fact.view}` through unsafe.Pointer. {_consequence(fact)}{_readings(fact)}",
            level=_level(fact),
            help=_help(fact),
        )


def _level(fact: MapReinterpreted) -> Level:
    if fact.target == "map" and fact.agrees:
        return Level.NOTE
    return Level.WARNING if fact.target == "word" or fact.agrees else Level.ERROR


def _article(text: str) -> str:
    letters = text.lstrip("*").lower()
    # Names as hmap and hdr are spelled out: "an aitch-map".
    spelled = letters[:1] == "h" and letters[1:2] not in tuple("aeiouy")
    return "an" if letters[:1] in tuple("aeio") or spelled or letters.startswith("uns") else "a"


def _consequence(fact: MapReinterpreted) -> str:
    if fact.target == "map" and fact.agrees:
        return "Keys and values of the two differ in their names alone, so that they are hashed and laid out alike; nothing promises it for maps."
    if fact.target == "map":
        return "A map of another type hashes its keys with another function and lays out its slots differently: look-ups miss, and values are torn."
    if fact.short:
        return (
            "One indirection is missing: a map variable is a single pointer, so this reads the pointer itself and whatever lies behind the variable, "
            "in every version of Go."
        )
    if fact.agrees:
        place = "the descriptor of the map's type" if fact.source == "interface" else "the map's header"
        releases = f"in Go 1.{fact.go}" if fact.go == fact.newest else f"from Go 1.{fact.go} to 1.{fact.newest}"
        return f"What is used of it is where {place} has it {releases}. It is private, and no check notices when the next release moves it."
    if fact.source == "interface":
        return (
            "The first word of an interface with a map in it leads to the descriptor of the map's type, the second to the map. "
            f"{now_or_later(fact.go, fact.newest)}, and the descriptor changed with Go 1.24, 1.26 and 1.27."
        )
    if fact.target == "word":
        integer = ", and the garbage collector does not follow it in an integer" if "uintptr" in fact.view else ""
        return (
            f"What comes out is the address of the map's header: {now_or_later(fact.go, fact.newest)}. It says whether two maps are one; "
            f"nothing may be read through it{integer}. That a map is a single pointer is no promise of the language's."
        )
    return f"{now_or_later(fact.go, fact.newest)}, and no check notices when the two differ."


def _readings(fact: MapReinterpreted) -> str:
    parts = []
    for reading in fact.readings[:6]:
        text = f"`{reading.field}` (offset {reading.offset}) reads {reading.then}"
        if reading.now and reading.now.partition(", ")[2] == reading.then.partition(", ")[2] != "":
            text += f", with Go 1.{fact.newest} too"
        elif reading.now and reading.now != reading.then:
            text += f", and with Go 1.{fact.newest} {reading.now}"
        parts.append(text)
    return f" {'; '.join(parts)}." if parts else ""


def _help(fact: MapReinterpreted) -> str:
    if fact.target == "map":
        return "Copy entry by entry into a map of the other type."
    if fact.source == "interface":
        hashing = "hash/maphash.Comparable" if fact.go >= 24 else "hash/maphash (Comparable from Go 1.24 on)"
        return f"Ask reflect: `reflect.TypeOf`, `Value.Len`, `Value.MapRange`. To hash keys use {hashing}."
    copying = "`maps.Clone` to copy, `clear` to empty" if fact.go >= 21 else "a loop to copy or empty (maps.Clone and clear from Go 1.21 on)"
    if fact.target == "word":
        return "Compare maps with `reflect.ValueOf(m).UnsafePointer()`; to publish one, store a pointer to it in an `atomic.Pointer`."
    return f"Use `len` for the number of entries, {copying}, `reflect.MapIter` to walk over maps of any type; nothing tells the number of buckets."
