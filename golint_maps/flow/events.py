"""Events of one function that matter to other goroutines: accesses to maps, calls, synchronisation. Serialisable, in order of execution.

Paths are access paths (see `paths`) whose root says how other functions can name the same thing: `p<i>` parameter i of a declared function,
`r` its receiver, `l<function>#<id>` a local variable (with all literals of the function sharing it), `g<package>.<name>` a package variable.
"""

from __future__ import annotations

import msgspec

from golint_maps.flow.site import Place, Site

Path = tuple[str, ...]
PARAMETERS = 2
"""Where the numbers of parameters begin in `Argument.flag`."""
Setting = tuple[str, bool]
"""A field that is true or false and that its package gives no other value later, by its program-wide name, and its truth."""
Condition = tuple[int, bool]
"""A parameter of the outermost function, by its number, and its truth."""

CONSTANT = -2
"""What stands for an argument that is the same at each call."""

BORROWED = "*"
"""Ends the path of a lock that is reached through a pointer in a field."""

ONCE = "~once"
"""Ends the name of what is like a lock: that a `sync.Once`, or an atomic flag, lets one goroutine alone do something."""

SLOT = f"~slot{ONCE}"
"""Ends such a name where what lets one goroutine in is given back, so that others come in later."""

SETTLED = f"~settled{ONCE}"
"""Ends such a name where a flag that is set under a lock, once and for good, lets nobody in again."""

SERIAL = "<-"
"""Ends the name of what is like a lock: that one goroutine does all that is sent to a channel, or one at a time of a group, or of an actor.

It ends the path as well where it lies in an object, which is an actor.
"""


class Held(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """A lock held: its path, `w` or `r`, and its name by declaring type (`sync` package variables and locals: the path's root)."""

    path: Path
    mode: str
    name: str
    spelled: str = ""

    @property
    def at_most_once(self) -> bool:
        """Whether what is done while this is held is done once."""
        return self.mode == "w" and self.name.endswith(ONCE) and not self.name.endswith(SLOT)


class Position(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where in its function an event stands: a running number, and the numbers of the enclosing branches and (negative) loops.

    Deferred events have a number beyond all others.
    """

    order: int
    nest: tuple[int, ...]


class MapAccess(Site, frozen=True, kw_only=True, tag="access"):
    """One access to a map that others may share.

    `op` is one of insert, update, delete, clear, copy, decode, assign (writes) and read, range, len, load (of the variable only), walk (a callee
    walks the whole map: encoders, printing, clones). `identity` is the map's name for the whole program: its variable, or its declaring type
    and field, with `[]` for a map inside of a map. `owned`: the object that holds it was made here and nobody else has it yet.
    """

    op: str
    path: Path
    identity: str
    at: Position
    locks: tuple[Held, ...] = ()
    owned: bool = False
    named: bool = False
    """Of `assign`: the map that is put in place has a local name as well, which is used behind it."""
    alias: bool = False
    """Reached through a local name for the map that was taken earlier."""
    key: str = ""
    in_copy: bool = False
    """Of `assign` and `load`: the variable lies in a struct that the function has for itself, by value, and literals of it have captured."""
    when: tuple[Condition, ...] = ()
    """What parameters have to be for this to happen."""
    settings: tuple[Setting, ...] = ()
    """What settings have to be for this to happen."""
    inline: int = 0
    """Of `assign` and `load`: how many fields at the end of the path lie in one another, and in what the path comes to before them, as values."""

    @property
    def writes(self) -> bool:
        """Whether the map or its variable is changed."""
        return self.op in WRITES


WRITES = frozenset(("insert", "update", "delete", "clear", "copy", "decode", "assign"))


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An argument, as far as it has an access path or is a function (`token`, see `CallSite.targets`)."""

    path: Path | None = None
    identity: str = ""
    tokens: tuple[str, ...] = ()
    owned: bool = False
    type: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    """Of a struct of another package that is written here: (`import/path.Type.Field`, token) of the functions in it."""
    given: int = -1
    """Of a number or text: which parameter of the outermost function it is, `CONSTANT`, or -1."""
    copied: bool = False
    """A struct that is handed over by value: the callee has variables of its own, though the maps in them are the same."""
    flag: int = -1
    """Of a truth value: 0 for false, 1 for true, `PARAMETERS` + i for parameter i of the outermost function as it is, -1 if nothing is known.

    Of anything else: 0 for nil, 1 for what is not nil.
    """
    maker: int = -1
    """Of a function that a call has returned, or a new object that a call has made for a field: that call, by its offset."""


class CallSite(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call, or the start of a goroutine.

    `targets` are tokens of what is called: a function id, `?<i>` for parameter i of the outermost function, `=<field or variable>` for a
    function value kept somewhere, `!<interface>.<method>` for an interface method, `.<method>` for a method of an unknown type, or
    `<function>().<method>` if that is what a function returns. `mode` is `call`, `go` or `defer`.
    """

    place: Place
    spelled: str
    targets: tuple[str, ...]
    mode: str
    at: Position
    receiver: Argument | None = None
    args: tuple[Argument, ...] = ()
    locks: tuple[Held, ...] = ()
    once: bool = False
    """A flag of the object lets this happen only once."""
    when: tuple[Condition, ...] = ()
    """What parameters have to be for this to happen."""
    settings: tuple[Setting, ...] = ()
    """What settings have to be for this to happen."""
    empty: tuple[str, ...] = ()
    """Program-wide names of the maps that are nil or empty when this happens."""
    made: bool = False
    """What is called is an iterator, and `receiver` and `args` are what the call got that made it."""
    alone: bool = False
    """Of a start: an atomic state that a method changes lets one such goroutine run at a time."""
    maker: int = -1
    """Of a call of what another call has returned: that one, by its offset."""


class Sync(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A signal (`done`, `send`, `close`) or a wait (`wait`, `receive`) on a wait group or channel, or a `store` or `load` of an atomic.

    `single` says of a group of goroutines that one of them works at a time, `several` that more may do so.
    """

    kind: str
    path: Path
    at: Position
    place: Place
    locks: tuple[Held, ...] = ()
    since: int = -1
    """Of a `done` in a loop, or a `wait`: where the last statement before it stands by which one may leave the turn, or the function."""


class Submit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Functions that are sent to a channel, for whoever receives them to call, as if they were called here on another goroutine.

    The `fields` of the channel are those of what is sent, where functions are parts of it.
    """

    call: CallSite
    channel: Argument
    beside: tuple[tuple[str, Path], ...] = ()
    """(field, path) of the channels that lie in the same message, in local variables of the sender: it may get its answer over one."""


KEPT = "="
"""Ends the target of what is no call, but comes to one: a function is put into a field, by this name, of code that nobody sees."""
BOUND = ":"
"""Ends such a target where what functions were put into has only got a local name, by which it may be handed on."""
ELSEWHERE = "-"
"""Where a function value goes that is stored in something without a name."""


class Flow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function value goes from one token to another: stored in a field or variable, bound to a name, or stored `ELSEWHERE`."""

    source: str
    target: str


class FunctionSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One function or literal. `handler` names the kind of framework callback that its signature shows, or is empty."""

    id: str
    name: str
    package: str
    place: Place
    parent: str
    root: str
    exported: bool
    receiver: str
    test: bool
    params: tuple[int, ...]
    """Numbers of the parameters among the local variables, -1 for those without a name."""
    accesses: tuple[MapAccess, ...]
    calls: tuple[CallSite, ...]
    syncs: tuple[Sync, ...]
    flows: tuple[Flow, ...]
    handler: str = ""
    rpc: bool = False
    """Whether it has the parameters and results of a method that gRPC calls."""
    doc: str = ""
    variables: tuple[tuple[int, int, int, int], ...] = ()
    """Of outermost functions: (position, declaring function's number, 2 if made by a literal or 1 by a constructor, call) of each local variable.

    The call, by its offset, is the one whose first result the variable is defined as, or -1.
    """
    returned: int = -1
    """Of outermost functions: the local variable that is the first result whenever there is one."""
    requires: tuple[tuple[Held, str], ...] = ()
    """Locks that it asks its callers to hold, with the words that ask."""
    parallel_from: int = -1
    """Where it calls `Parallel` of a test, or -1: until then the test around it waits for it."""
    endless: bool = False
    """Whether it has a loop without an end of its own: `for {…}`, or a range over a channel."""
    sends: tuple[tuple[str, str, Position], ...] = ()
    """(map, channel, where) of maps that are sent to a channel and kept under their old name."""
    submits: tuple[Submit, ...] = ()
    loops: tuple[tuple[int, int, int], ...] = ()
    """(number as in `Position.nest`, start, end) of each loop."""
    shared: tuple[tuple[int, str, Path], ...] = ()
    """Of outermost functions: (variable, field, what the literal that made the variable put there) for pointers to something that has a name."""
    request: bool = False
    """Whether it is a method that takes a context first: who calls it has one for each request, and requests come side by side."""
    alternatives: tuple[tuple[int, ...], ...] = ()
    """Of functions that start goroutines or pass functions on: the branches (as in `Position.nest`) of which one alone is executed, by statement."""
    leaving: dict[int, int] = {}
    """Of the same: the branches that leave something in the end, 0 for the function, else a loop."""
    signature: tuple[str, ...] = ()
    """Of methods: the shape of its signature (`model.shape`)."""
    keeps: tuple[tuple[int, str], ...] = ()
    """Of outermost functions: (parameter, field) of what it puts into the object that it makes and returns."""
    loop_keys: tuple[int, ...] = ()
    """Of outermost functions: local variables that have another value in each turn of the loop in whose head they are declared."""
    loop_lengths: tuple[tuple[int, int], ...] = ()
    """(number as in `Position.nest`, local variable) of loops with a turn for each element of a variable that keeps its value."""
