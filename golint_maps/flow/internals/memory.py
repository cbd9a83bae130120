"""What a pointer, an integer or an interface has to do with a map's memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golint_maps.types import model


@dataclass(frozen=True, slots=True)
class Memory:
    """A value that leads to memory of a map.

    `kind` is one of
      header     the map's header, `hops` pointers away: 0 for the address of the header itself (which is what a map variable holds), 1 for the
                 address of a map variable, -1 for a copy of the header
      bucket     what a pointer in a header leads to, `hops` as above
      interface  the two words of an interface that holds a map, or a map's address (`inner` hops away)
      reflect    a reflect.Value of a map, or of a map's address (`inner` hops away), or the struct behind it
      holder     the address of a value of type `container` that has maps in it, `hops` as above
      c          memory of C
      own        memory that the package itself has made, whatever type it is seen as

    `out` says that it has left the map's own type already, `word` that it has become a single word or a pointer to one, `moved` that something
    was added to the address. `field` is the header's field that led to a bucket; `offset` how many bytes were added to a header's address, -1
    if that is not known; `view` the struct that the header was last seen as.
    """

    kind: str
    hops: int = 0
    inner: int = 0
    map: str = ""
    owner: str = ""
    type: model.Map | None = None
    container: model.Type | None = None
    out: bool = False
    word: bool = False
    moved: bool = False
    field: str = ""
    offset: int = 0
    view: model.Type | None = None

    def at(self, hops: int) -> Memory:
        """Return the same memory, so many pointers away."""
        return replace(self, hops=hops)

    @property
    def inside(self) -> bool:
        """Whether the value is an address within a header or behind it."""
        return self.kind in ("header", "bucket") and self.hops == 0

    def held(self, *, out: bool = False) -> Memory:
        """Return what an interface's data word or a reflect.Value's pointer is."""
        return replace(self, kind="header", hops=self.inner, inner=0, moved=False, out=out)

    def behind(self, field: str = "") -> Memory:
        """Return what a pointer that was read from this memory leads to."""
        return replace(self, kind="bucket", hops=0, out=True, moved=False, field=field or self.field, offset=0)


OWN = Memory("own")
C_MEMORY = Memory("c")
