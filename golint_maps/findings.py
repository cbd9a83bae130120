"""What a rule says: findings, their places and their traces. Frozen values without behaviour."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Level(enum.StrEnum):
    """How bad it is: it will crash, corrupt or race; it is wrong for some run; it is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for the worst level, counting up."""
        return ("error", "warning", "note").index(self.value)


class Safety(enum.StrEnum):
    """Whether a fix keeps the meaning of the program (`safe`), may change it (`unsafe`), or is only shown (`display`)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A stretch of one file. `path` is relative to the root of the run, with `/`; `start` and `end` are byte offsets."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: a place and what happens there."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A named way through the program: how one side of a race, or a chain of calls, gets to the place."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that the reader needs to see. `message` is a few words: `the loop over c.items`."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `location` by `text`."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends the finding."""

    message: str
    edits: tuple[Edit, ...]
    safety: Safety


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one rule.

    `message` is plain text; its first sentence is a title. `map` is the qualified name of the map (`pkg.Cache.items`), or empty; `function`
    is the qualified name of the enclosing function (`pkg.Cache.Get`), or empty; `package` the import path. `key` tells equal findings of one
    function apart for the fingerprint that survives line shifts (kind of access, spelling of the map).
    """

    rule: str
    level: Level
    message: str
    location: Location
    map: str = ""
    function: str = ""
    package: str = ""
    key: str = ""
    traces: tuple[Trace, ...] = ()
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    help: str = ""
    suppressed: str | None = field(default=None)
    """The reason of the directive that suppresses this finding (possibly empty), or None when it stands."""
