"""What functions say of themselves by their names: that they begin something, set it up, or are called by others in known ways."""

from __future__ import annotations

import re
from collections.abc import Iterable

from golint_maps.flow.events import FunctionSummary

_BEGINS = re.compile(r"(?i:start|open|serve|listen|connect|enable|run)(?![a-z])|Start|Serve|Listen")
"""Names of functions that begin what they are not asked to begin again before it has ended."""
_SETS_UP = re.compile(
    r"(?i:new|make|must|init|setup|open|with|unmarshal|decode|load|restore|configure|provision|prepare)(?![a-z])"
    r"|New|Init|initiali[sz]e|Setup|Unmarshal|SetDefault"
)
_MAKES = re.compile(r"(?i:new|make|init)(?![a-z])|New|Init")
_ENDS = re.compile(r"(?:Must)?(?:Close|Stop|Shutdown|Destroy|Quit|Terminate|Disconnect|Tear_?down|Finish|Finali[sz]e)(?![a-z])", re.IGNORECASE)
_INITIALISES = re.compile(r"(?:Init|^init)(?![a-z])|[Ii]nitiali[sz]e")
_REGISTERS = re.compile(r"(?:Must)?[Rr]egister(?![a-z])")
FOR_ONE = re.compile(
    r"(?i:builder|parser|decoder|encoder|scanner|reader|writer|visitor|compiler|request|iterator|walker|printer|lexer|query|transaction|session"
    r"|context|state|generator|resolver|checker|extractor|aggregator|accumulator|combiner|merger|tx)$"
)
"""Names of types whose objects one goroutine makes for one piece of work."""
_GATHERS = re.compile(r"(?i:aggregator|accumulator|combiner|merger)$")
_KEEPS = re.compile(r"(?:Add|Register|Subscribe|Listen|On[A-Z]|Set|Handle|Watch|Notify|Observe|Use|With|New|Make|Start|Run|Serve|Go$)")
_BY_CONTAINERS = frozenset(("Len", "Less", "Swap", "Push", "Pop"))
"""Methods that `sort` and `container/heap` call for whoever calls them, under that caller's locks."""
_BY_ENCODERS = re.compile(r"Marshal\w*|GobEncode|Encode[A-Z]\w*")
"""Methods that encoders call for whoever encodes what holds the object."""
_BY_DECODERS = re.compile(r"Unmarshal\w*|GobDecode|Decode[A-Z]\w*")
"""Methods that decoders call on an object that whoever decodes has made for it."""


def begins(function: FunctionSummary) -> bool:
    """Tell whether a function begins, by its name, what it is not asked to begin again before it has ended."""
    return _BEGINS.match(function.name.rsplit(".", 1)[-1]) is not None


def sets_up(function: FunctionSummary) -> bool:
    """Tell whether a function makes an object ready, by its name: nobody else has the object yet, or not to use it."""
    return _SETS_UP.match(function.name.rsplit(".", 1)[-1]) is not None


def makes(function: FunctionSummary) -> bool:
    """Tell whether a function makes an object, by its name."""
    return _MAKES.match(function.name.rsplit(".", 1)[-1]) is not None


def initialises(function: FunctionSummary) -> bool:
    """Tell whether a function has a word for making things ready anywhere in its name: `onBucketInit`, `initCodes`."""
    return _INITIALISES.search(function.name.rsplit(".", 1)[-1]) is not None


def ends(function: FunctionSummary) -> bool:
    """Tell whether a function comes last in the life of an object, by its name: `Close`, `MustStop`."""
    return _ENDS.match(function.name.rpartition(".")[2]) is not None


def registers(function: FunctionSummary) -> bool:
    """Tell whether a function registers something, by its name: init functions call it as a rule."""
    return _REGISTERS.match(function.id.rpartition(".")[2]) is not None


def serves_containers(function: FunctionSummary) -> bool:
    """Tell whether a method is one that `sort` and `container/heap` call for whoever calls them, under that caller's locks."""
    return bool(function.receiver) and function.id.rpartition(".")[2] in _BY_CONTAINERS


_LOCK_WORDS = re.compile(r"_?(?:rw_?)?(?:lock(?:er)?|mutex|mu|mtx|mux)$", re.IGNORECASE)


def beside(lock: str, identity: str) -> bool:
    """Tell whether a lock and a map are fields of one struct, or variables of one package."""
    return lock.rpartition(".")[0] == identity.rpartition(".")[0]


def named_after(lock: str, identity: str) -> bool:
    """Tell whether a lock beside a map has the map's name: `usersLock`, `userMu`, `users_mutex` of `users`."""
    owner, _, name = identity.rpartition(".")
    beside, _, own = lock.rpartition(".")
    stem, count = _LOCK_WORDS.subn("", own)
    return count > 0 and owner == beside and bool(stem) and _plain(stem) == _plain(name)


def _plain(name: str) -> str:
    """Return a name in the one way that all spellings of it share."""
    return name.replace("_", "").lower().removesuffix("s")


def encodes(function: FunctionSummary) -> bool:
    """Tell whether a method is one that encoders call for whoever encodes, who may hold the lock: `MarshalJSON`."""
    return bool(function.receiver) and _BY_ENCODERS.fullmatch(function.id.rpartition(".")[2]) is not None


def decodes(function: FunctionSummary) -> bool:
    """Tell whether a method is one that decoders call on an object which is new, or which its owner fills again: `UnmarshalJSON`."""
    return bool(function.receiver) and _BY_DECODERS.fullmatch(function.id.rpartition(".")[2]) is not None


def gathers(kind: str) -> bool:
    """Tell whether a type is one that goroutines hand in to what they have found, and that is asked for the whole then: `textAggregator`."""
    return _GATHERS.search(kind) is not None


def keeps(targets: Iterable[str]) -> bool:
    """Tell whether a function may keep what it is given for later, by its name."""
    return any(_KEEPS.match(target.rpartition(".")[2]) for target in targets)


def hidden(function: FunctionSummary) -> bool:
    """Tell whether a method belongs to a type that other packages cannot name: they have it behind interfaces only."""
    return function.receiver.rpartition(".")[2][:1].islower()
