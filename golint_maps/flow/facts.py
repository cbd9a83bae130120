"""All kinds of facts that a package's analysis may state. A rule reads those of one kind: `program.each(NilWrite)`."""

from __future__ import annotations

import msgspec

from golint_maps.flow.annotations import Guard
from golint_maps.flow.copies import LostWrite, MapReplacedOnCopy, SyncMapCopied
from golint_maps.flow.effects import FunctionEffects
from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.growth import GrowthFact
from golint_maps.flow.hashing import UnhashableKey, UnreachableKey
from golint_maps.flow.internals.facts import InternalsFact
from golint_maps.flow.large_entries import LargeEntry
from golint_maps.flow.large_maps import LargeMap, TableFilled
from golint_maps.flow.lifetime import Constructor, Holder, MapDeclared, OwnerReplaced, Serving
from golint_maps.flow.loopvars import LoopVariableStored
from golint_maps.flow.map_sharing import MapShared
from golint_maps.flow.nilness import NilFact
from golint_maps.flow.pinned_buffers import PinnedBuffer
from golint_maps.flow.ranges import LockReleased, OrderEscape, RangeBlocked, RangeCall, RangeMutation
from golint_maps.flow.release.skipped import ReleaseSkipped
from golint_maps.flow.sharing import SharingFact
from golint_maps.flow.syncmap_profiles import SyncMapProfile
from golint_maps.flow.syncmaps import SyncMapMisuse

Fact = (
    LostWrite
    | MapReplacedOnCopy
    | SyncMapCopied
    | UnhashableKey
    | UnreachableKey
    | LargeEntry
    | LargeMap
    | TableFilled
    | LoopVariableStored
    | InternalsFact
    | NilFact
    | PinnedBuffer
    | LockReleased
    | OrderEscape
    | RangeBlocked
    | RangeCall
    | RangeMutation
    | ReleaseSkipped
    | SharingFact
    | SyncMapMisuse
    | GrowthFact
    | MapDeclared
    | MapShared
    | OwnerReplaced
    | SyncMapProfile
)


class PackageFacts(msgspec.Struct, array_like=True, gc=False):
    """What the analysis of one package says: to rules (`facts`) and to the whole program (`functions`, `effects`)."""

    path: str
    name: str
    facts: list[Fact]
    functions: list[FunctionSummary]
    effects: list[FunctionEffects] = []
    interfaces: dict[str, dict[str, tuple[str, ...]]] = {}
    """Methods of each interface type, by qualified name: their names, with the shapes of their signatures (`model.shape`)."""
    guards: list[Guard] = []
    imports: list[str] = []
    """Import paths of all files."""
    promises: dict[str, str] = {}
    """What doc comments say of concurrent use (see `promises`)."""
    singletons: list[str] = []
    """Types of which there is one value each, held by a package variable."""
    holders: list[Holder] = []
    """What package variables and fields hold."""
    serving: list[Serving] = []
    """Loops without an end of their own."""
    services: list[str] = []
    """Unexported types that are handed out as an exported interface."""
    keyed_by_pointers: list[str] = []
    """Package variables that are maps from pointers."""
    constructors: list[Constructor] = []
    """Functions that make objects of the package's types."""
    test_imports: list[str] = []
    """Import paths that only its tests have."""
    test_helpers: list[str] = []
    """Paths of the files beside its tests that import `testing`: what helps tests, of this package or of others."""
    fields_given: list[str] = []
    """Map fields of other packages' structs that it gives a map, as `path.Type.field`."""
    fields_given_by_tests: list[str] = []
    """Those that its tests do."""


ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(PackageFacts)
