"""What is known of a package's dealings with the insides of maps: the facts behind GM301 to GM308."""

from __future__ import annotations

import msgspec

from golint_maps.flow.site import Place, Site


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a field of a mirror reads: at its offset lies `then` in the file's own version of Go, and `now` in the newest that may compile it."""

    field: str
    offset: int
    then: str
    now: str


class MapReinterpreted(Site, tag="map-reinterpreted", kw_only=True, frozen=True):
    """A map, or a way to one, is converted to another type.

    `view` is that type; `source` how the code got there: `variable` (the address of a map variable), `header` (what a map variable holds,
    taken from an interface, a reflect.Value or a helper), `interface` (an interface read as words of which one has a mirror's type), or
    `unknown` (only the type tells that it must be a map). `target` is `mirror`, `word`, `map` or `other`. `short` says that one indirection is
    missing: the map variable itself is read as what it points to. `go` and `newest` are minor releases. `type` is the qualified name of the
    defined type at the end of `view`, if it has one. `agrees` says that all that is used of it is there in each release from `go` to `newest`, or
    that a map of another type has the same keys and values under other names.
    """

    view: str
    type: str
    source: str
    target: str
    short: bool
    go: int
    newest: int
    agrees: bool = False
    readings: tuple[Reading, ...] = ()


class MapInternalsWritten(Site, tag="map-internals-written", kw_only=True, frozen=True):
    """A write into a map's header or into memory behind it. `target` is what is written, `then` and `now` what lies there (empty: unknown)."""

    target: str
    field: str
    part: str
    atomic: bool
    short: bool
    go: int
    newest: int
    then: str = ""
    now: str = ""


class MapMemoryArithmetic(Site, tag="map-memory-arithmetic", kw_only=True, frozen=True):
    """An address within a map's memory is computed. `how` is `add`, `slice`, `array` or `cast`; `part` is `header` or `bucket`.

    `what` is the type that it is taken for, `type` its qualified name, if it is a defined one. `agrees` says that the header was seen as what it
    is in each release from `go` to `newest`.
    """

    how: str
    part: str
    what: str
    type: str
    go: int
    newest: int
    agrees: bool = False
    offset: int = -1
    then: str = ""
    now: str = ""


class MapLinkname(Site, tag="map-linkname", kw_only=True, frozen=True):
    """A linkname to a function that maps are made of.

    `state` is what the file's own version makes of it: `ok`, `alias`, `refused`, `changed`, `absent`, `undeclared`; `later` the first worse
    state in a newer release (empty: none) and `since` that release. `body` says that the declaration has one. `directive` is the place of the
    directive.
    """

    symbol: str
    local: str
    kind: str
    state: str
    later: str
    since: int
    body: bool
    structural: bool
    instead: str
    changed: str
    go: int
    directive: Place
    evidence: str = ""


class MapCrossesCgo(Site, tag="map-crosses-cgo", kw_only=True, frozen=True):
    """A map goes to C. `what` is `map`, `pointer`, `holder` or `value`; `target` names the C side.

    `how` is `argument`, `stored` (in memory of C, or of nobody knows whom), `held` (by a struct of C's in Go memory), `callback` (a map is made of
    an address that an exported function is given) or `result` (an exported function returns it).
    """

    how: str
    what: str
    target: str
    go: int


class RuntimeStructMirrored(Site, tag="runtime-struct-mirrored", kw_only=True, frozen=True):
    """A struct that is declared like one of the runtime's, `original`, of releases `since` to `until` (0: it is the present one).

    `kept` are those of the matching fields that the newest release has at the same place. `reachable` says that its package imports unsafe:
    otherwise only other packages can lay it over a map.
    """

    struct: str
    type: str
    reachable: bool
    original: str
    role: str
    matching: tuple[str, ...]
    kept: tuple[str, ...]
    since: int
    until: int
    successor: str
    instead: str
    go: int
    newest: int


class StaleSwissGuard(Site, tag="stale-swiss-guard", kw_only=True, frozen=True):
    """A build expression that asks for `goexperiment.swissmap` where the tag is gone. `comes` says that the file comes in again with Go 1.26."""

    expression: str
    comes: bool
    go: int


class NonexistentKnob(Site, tag="nonexistent-knob", kw_only=True, frozen=True):
    """A switch that no version of Go has. `kind` is `directive`, `godebug`, `debug-line`, `flag`, `experiment` or `build-tag`."""

    kind: str
    knob: str
    go: int


InternalsFact = (
    MapReinterpreted
    | MapInternalsWritten
    | MapMemoryArithmetic
    | MapLinkname
    | MapCrossesCgo
    | RuntimeStructMirrored
    | StaleSwissGuard
    | NonexistentKnob
)
