"""GM511: a sync.Map is used for what it is not made for."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.syncmap_profiles import SyncMapProfile
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule

RULE = Rule(
    id="GM511",
    name="syncmap-write-heavy",
    summary="a sync.Map is written as often as it is read, or has one goroutine only: a plain map costs less",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("performance", "concurrency"),
)

_TRIE = (1, 24)
"""Since this version a sync.Map is a hash trie; before it was a read-only map beside a dirty one."""

_WASTE = {
    "alone": "The sync.Map `{map}` is used by one goroutine only: it never leaves the function that makes it.",
    "in turn": "The sync.Map `{map}` is used by one goroutine at a time: the function that makes it waits for the other before it goes on.",
    "fresh": "The sync.Map `{map}` gets a new key for each entry, stored once and taken out once.",
    "overwritten": "Entries of the sync.Map `{map}` are overwritten again and again, and never loaded one by one.",
}
_GARBAGE = "Each store makes 24 bytes of garbage (up to Go 1.23) and boxes key and value; a plain map makes none."
_GARBAGE_OF_TRIE = "Each store makes 56 bytes of garbage (since Go 1.24) and boxes key and value; a plain map makes none."
_COST = {
    ("alone", False): _GARBAGE,
    ("alone", True): _GARBAGE_OF_TRIE,
    ("in turn", False): _GARBAGE,
    ("in turn", True): _GARBAGE_OF_TRIE,
    (
        "fresh",
        False,
    ): "Up to Go 1.23 every new key takes the internal lock and goes into the dirty map, which is copied from the read-only one "
    "after each promotion, and deleted keys linger until the next one.",
    ("fresh", True): "Since Go 1.24 every new key takes the lock of a trie node and allocates an entry of its own beside the boxed key and value.",
    ("overwritten", False): "Up to Go 1.23 an overwrite makes 24 bytes of garbage, that of a map with a mutex 8.",
    ("overwritten", True): "Since Go 1.24 an overwrite makes 56 bytes of garbage, that of a map with a mutex 8.",
}
_PLAIN = "A plain map does the same, with types."
_WITH_A_MUTEX = "A plain map with a mutex is simpler and cheaper. A sync.Map is for keys that are written once and read many times."
_HELP = {
    "alone": _PLAIN,
    "in turn": _PLAIN,
    "fresh": _WITH_A_MUTEX,
    "overwritten": _WITH_A_MUTEX,
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the declarations of such maps."""
    for fact in program.each(SyncMapProfile):
        if fact.waste:
            cost = _COST[fact.waste, fact.go >= _TRIE]
            yield RULE.finding(fact, f"{_WASTE[fact.waste].format(map=fact.map)} {cost}", key=f"{fact.waste} {fact.owner}", help=_HELP[fact.waste])
