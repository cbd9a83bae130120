"""How an access is reached: backward search from the access to the goroutines, handlers and callers that lead to it.

Every way gives one `Witness`: the context at its root, the chain of calls, the access path of the map in the root's own terms, and the locks
that are held along the way. This is the demand-driven form of RELAY's relative locksets (Voung, Jhala, Lerner 2007): a lock of the caller counts
for the callee, a lock of the callee's own objects is translated to the caller's names, and what a caller made for itself is nobody else's
(RacerD's ownership).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from golint_maps.flow.events import BORROWED, PARAMETERS, Argument, CallSite, Condition, FunctionSummary, Held, MapAccess, Position
from golint_maps.flow.site import Place
from golint_maps.flow.structure import may_follow
from golint_maps.graphs.links import Link, Links
from golint_maps.graphs.variables import handed, held, local, parameter

_MAX_DEPTH = 12
_MAX_WITNESSES = 32
_MAX_STEPS = 1500

Path = tuple[str, ...]

PRIVATE = "!"
"""Ends the name of a lock that belongs to one activation, and so excludes nobody."""

NOTHING = MapAccess(place=Place("", 0, 0), function="", package="", op="read", path=(), identity="", at=Position(0, ()))
"""The access at the end of a way that leads to a function only."""


class Context(msgspec.Struct, frozen=True, gc=False):
    """What runs concurrently (or not).

    `kind`: `spawn` (a go statement or a callback API), `handler` (by its signature), `exported` (called from outside of the program),
    `main`, `init`, `test`, `unseen` (nobody is seen to call it), or `own` (the function that declares a local map). `entry` is the function that
    it starts with. Of a spawn, `link` is its start, and the first hop of the witness stands in the function that made the start happen.
    """

    kind: str
    entry: str
    link: Link | None = None

    @property
    def concurrent(self) -> bool:
        """Whether this is a goroutine of its own."""
        return self.kind in ("spawn", "handler")


class Hop(msgspec.Struct, frozen=True, gc=False):
    """One call on the way: `function` runs `site`, which leads to the next hop (or to the access)."""

    function: str
    site: CallSite | None
    at: Position
    spawns: bool = False


class Witness(msgspec.Struct, frozen=True, gc=False):
    """One way to an access. `hops` lead from the root to the access; `path` and `locks` are in the terms of the root."""

    access: MapAccess
    context: Context
    hops: tuple[Hop, ...]
    path: Path | None
    identity: str
    locks: tuple[Held, ...]
    lent: frozenset[Held] = frozenset()
    """Those of the locks that the starter of a goroutine holds for it: they keep others out, not its siblings."""

    @property
    def function(self) -> str:
        """The function that makes the access."""
        return self.hops[-1].function


class _Search(msgspec.Struct, frozen=True, gc=False):
    function: str
    path: Path | None
    identity: str
    locks: tuple[Held, ...]
    hops: tuple[Hop, ...]
    pinned: tuple[tuple[str, CallSite], ...] = ()
    """Functions that are left by one call only: that which passed the function value."""
    kind: str = ""
    """The method that was called on the object at the root of the path, as far as it is known: the object is of its type, or embeds that.

    Where the path begins at no parameter, the method that an interface stood for, whose object is at `head`."""
    head: str = ""
    inline: int = 0
    """As of the access."""
    when: tuple[Condition, ...] = ()
    """What parameters have to be for what was searched to happen."""


class Witnesses:
    """Finds and remembers the witnesses of accesses."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._functions = links.functions
        self._found: dict[tuple[str, int, str, str], list[Witness]] = {}
        self._ways_to: dict[tuple[str, Path | None], list[Witness]] = {}
        self._above_with: dict[tuple[str, Path | None], list[Witness]] = {}
        self._ordering: dict[str, bool] = {}
        self._failing: dict[tuple[str, Condition], bool] = {}

    def of(self, function: FunctionSummary, access: MapAccess) -> list[Witness]:
        """Return the ways to an access; empty when only owners of a private map get there."""
        key = (function.id, access.place.start, access.op, access.identity)
        if key not in self._found:
            start = self._asking(
                _Search(
                    function.id,
                    access.path,
                    access.identity,
                    self._held_in(function, access.locks, access.path),
                    (Hop(function.id, None, access.at),),
                    inline=access.inline,
                    when=tuple(self._refutable(function.root, access.when)),
                )
            )
            self._found[key] = list(self._search(access, start))
        return self._found[key]

    def chains(self, function: str, path: Path | None = None) -> list[tuple[Context, tuple[Hop, ...]]]:
        """Return the ways to a function, as (context, hops); where a path of its own is given, only as far as that object is handed down."""
        return [(way.context, way.hops) for way in self.ways_to(function, path)]

    def ways_to(self, function: str, path: Path | None = None) -> list[Witness]:
        """Return the same with what the path is at the root of each."""
        key = (function, path)
        if key not in self._ways_to:
            start = _Search(function, path, "", (), (Hop(function, None, Position(0, ())),))
            self._ways_to[key] = list(self._search(NOTHING, start))
        return self._ways_to[key]

    def above(self, witness: Witness) -> list[Witness]:
        """Return the ways to the function at the root of a witness that have the same object."""
        function = witness.hops[0].function
        key = (function, witness.path)
        if key not in self._above_with:
            start = _Search(function, witness.path, witness.identity, (), (Hop(function, None, Position(0, ())),))
            self._above_with[key] = list(self._search(NOTHING, start))
        return self._above_with[key]

    def calls_around(self, literal: FunctionSummary) -> Iterator[Hop]:
        """Yield the calls of a literal by the functions around it."""
        for link in self._links.into.get(literal.id, ()):
            if not link.spawns and link.binding is None and self._functions[link.caller].root == literal.root:
                yield Hop(link.caller, link.site, link.site.at)

    def declared_around(self, root: str, function: str, family: str) -> bool:
        """Tell whether a local variable, as `…#number`, is declared by a function or by one that is around it."""
        number = root.partition("#")[2]
        variables = self._functions[family].variables
        if not number.isdigit() or int(number) >= len(variables):
            return False
        literal = f"{family}·{variables[int(number)][1]}"
        owner = literal if literal in self._functions else family
        while function and function != owner:
            function = self._functions[function].parent
        return bool(function)

    def _search(self, access: MapAccess, start: _Search) -> Iterator[Witness]:
        todo = [start]
        seen: set[tuple[object, ...]] = set()
        found = steps = 0
        while todo and found < _MAX_WITNESSES and steps < _MAX_STEPS:
            steps += 1
            search = todo.pop()
            order = search.hops[0].at.order if self._orders(search.function) else 0
            locks = tuple(lock.name for lock in search.locks)
            key = (search.function, order, search.path, search.identity, locks, search.pinned, search.kind, search.head, search.when)
            if key in seen:
                continue
            seen.add(key)
            for witness in self._roots(access, search):
                found += 1
                yield witness
            for link, above in self._above(search):
                if link.spawns:
                    found += 1
                    yield self._started(access, link, above)
                else:
                    todo.append(above)

    def _started(self, access: MapAccess, link: Link, search: _Search) -> Witness:
        """Return the witness of a spawn; where a function got the body as an argument, whoever passed it is the one that starts it."""
        entry = link.callee
        for _ in range(4):
            site = dict(search.pinned).get(self._functions[search.function].root)
            if site is None:
                break
            above = next((item for item in self._links.into.get(self._functions[search.function].root, ()) if item.site is site), None)
            step = self._step(search, above, apart=True) if above is not None else None
            if step is None:
                break
            search = step
        return _witness(access, Context("spawn", entry, link), search)

    def _orders(self, function: str) -> bool:
        """Tell whether it matters where in a function a call stands: whether goroutines are started or waited for around it."""
        known = self._ordering.get(function)
        if known is None:
            started = any(link.spawns for link in self._links.out_of.get(function, ()))
            known = self._ordering[function] = started or bool(self._functions[function].syncs)
        return known

    # --- roots ---

    def _roots(self, access: MapAccess, search: _Search) -> Iterator[Witness]:
        summary = self._functions[search.function]
        home = self._home(search)
        if home == search.function:
            # A local map: the function that declares it is where both sides of a race meet.
            yield _witness(access, Context("own", search.function), search)
            if not self._is_parameter(search):
                return
        if dict(search.pinned).get(search.function) is not None:
            return  # only the call that passed the function leads here
        kind = self._kind(summary)
        if kind == "exported" and summary.parent and search.path and search.path[0][0] == "l" and self._is_parameter(search):
            return  # what a function that is handed out is given is its caller's
        if kind == "exported" and summary.parent and self._seen_where_it_goes(search):
            return
        if kind:
            yield _witness(access, Context(kind, search.function), search)

    def _kind(self, summary: FunctionSummary) -> str:
        if summary.handler and not self._links.into.get(summary.id):
            return "handler"
        if summary.parent:
            return "exported" if summary.id in self._links.handed_out else ""
        name = summary.id.rsplit(".", 1)[-1].split("@")[0]
        plain = summary.name.rsplit(".", 1)[-1]
        if not summary.receiver:
            if plain == "main":
                return "main"
            if plain in ("init", "package-level initialiser") or name == "var·":
                return "init"
        if summary.test and plain.startswith(("Test", "Benchmark", "Fuzz", "Example")):
            return "test"
        if summary.exported or summary.id in self._links.handed_out:
            return "exported"
        return "" if self._links.into.get(summary.id) else "unseen"

    def _home(self, search: _Search) -> str:
        """Return the function that declares the local at the root of the path, or an empty string."""
        root = search.path[0] if search.path and search.path[0][0] == "l" else search.identity
        if root[:1] != "l" or "#" not in root:
            return ""
        variable = local(self._functions, root)
        if variable is None:
            return root[1:].partition("#")[0]
        if search.identity[:1] == "f" and not variable.made:
            return ""  # an object that was looked up: others have it too
        return variable.function

    def _is_parameter(self, search: _Search) -> bool:
        """Tell whether the map is what a caller passed: then the way leads on to the caller."""
        if not search.path:
            return False
        head = search.path[0]
        if head[0] in "rp":
            return True
        # A parameter of a declared function that has a name of its own is assigned to: it may be another map than the caller's.
        return parameter(head, self._functions[search.function]) >= 0

    # --- steps ---

    def _above(self, search: _Search) -> Iterator[tuple[Link, _Search]]:
        if len(search.hops) > _MAX_DEPTH:
            return
        if self._home(search) == search.function and not self._is_parameter(search):
            return
        pinned = dict(search.pinned).get(search.function)
        for link in self._links.into.get(search.function, ()):
            if pinned is not None and link.site is not pinned:
                continue
            if any(hop.function == link.caller and hop.site is link.site for hop in search.hops):
                continue  # recursion
            if pinned is None and self._wrapped_by_another_call(search, link):
                continue
            step = self._step(search, link)
            if step is not None:
                yield link, step

    def _wrapped_by_another_call(self, search: _Search, link: Link) -> bool:
        """Tell whether a literal that calls what its function was handed (`g.Go(recovering(f))`) is started by who has handed in something else."""
        root, caller = self._functions[search.function].root, self._functions[link.caller].root
        pinned = dict(search.pinned).get(root) if root not in (search.function, caller) else None
        if pinned is None:
            return False
        makers = self._makers(search.function, link, pinned.targets)
        if makers and -1 not in makers:
            return pinned.place.path != (link.binding or link.site).place.path or pinned.place.start not in makers
        calls = [site for function in self._links.family(caller) for site in function.calls if root in site.targets]
        return bool(calls) and not any(site is pinned for site in calls)

    def _seen_where_it_goes(self, search: _Search) -> bool:
        """Tell whether what a call of a factory has returned is seen to be called or handed on: others that it returns are for others."""
        root = self._functions[search.function].root
        pinned = dict(search.pinned).get(root)
        return pinned is not None and any(
            pinned.place.start in self._makers(search.function, link, pinned.targets) and pinned.place.path == (link.binding or link.site).place.path
            for link in self._links.into.get(search.function, ())
        )

    def _makers(self, literal: str, link: Link, factories: Sequence[str]) -> set[int]:
        """Return the calls of factories, by their offsets, that have returned a literal to who calls it or hands it on; -1 stands for others."""
        source = link.binding or link.site
        given = [(argument.maker, token) for argument in source.args for token in argument.tokens]
        given += [(source.maker, token) for token in source.targets]
        return {maker if token[0] == "&" and token[1:] in factories else -1 for maker, token in given if self._stands_for(token, literal)}

    def _stands_for(self, token: str, literal: str) -> bool:
        return token == literal or (token[0] in "=&" and literal in self._links.resolve(token))

    def _step(self, search: _Search, link: Link, *, apart: bool = False) -> _Search | None:
        """Return a search in the caller's terms. Where what was searched runs `apart`, as a goroutine does, it has none of the caller's locks."""
        caller = self._functions[link.caller]
        callee = self._functions[link.callee]
        pins = dict(search.pinned)
        # Who only passes a function on names nothing that is in it.
        leaves_binding = pins.get(search.function) is link.site and caller.root not in pins
        path, identity, owned = self._translate(search.path, search.identity, link, leaves_binding)
        if link.binding is not None:
            owned = False  # whoever passed the function may own its receiver: that is judged at the call which passed it
        elif leaves_binding and not apart:
            owned = owned or _owned_there(path, link.site)
        if path is not None and (through := held(self._functions, path)) != path:
            path, owned = through, False  # an object may be new, but not what it was given a pointer to
        if owned and not link.spawns and not any(self.started_before(hop) for hop in search.hops):
            return None
        if search.inline and self._in_a_copy(search, link):
            return None
        above = self._kind_above(search, link)
        when = self._when_above(search, link)
        if above is None or when is None:
            return None
        own = search.path is not None and (parameter(search.path[0], callee) >= 0 if callee.parent else search.path[0][0] == "p")
        if link.callback is not None and own:
            return None  # what an API passes to a callback belongs to that call
        if link.callback is not None and link.callback.alone and self._of_its_argument(search, link):
            return None
        site = link.site
        locks: dict[tuple[str, Path], Held] = {}
        for lock in search.locks:
            moved, name, _ = self._translate(lock.path, lock.name, link, leaves_binding)
            if self._declared_below(lock, link) and not (apart and self._shared_by_all(lock, search, path, link)):
                # A lock that is a local variable of what is left behind is another one in each activation: it excludes nobody.
                name = lock.name if lock.name.endswith(PRIVATE) else lock.name + PRIVATE
            elif name.endswith("?"):
                name = lock.name
            # Of one whose place is not known it still counts that it is somebody else's.
            place = moved or ((BORROWED,) if lock.path[-1:] == (BORROWED,) else ())
            locks[name, place] = Held(place, lock.mode, name, lock.spelled)
        if link.serial is not None:
            locks.setdefault((link.serial.name, link.serial.path), link.serial)
        if not link.spawns and not apart:
            for lock in self._held_in(caller, site.locks, path):
                locks.setdefault((lock.name, lock.path), lock)
        hops = (Hop(link.caller, site, site.at, link.spawns), *search.hops)
        pinned = search.pinned
        if link.binding is not None:
            # Each function that passed it on was called by the one before, the first one by whoever bound it.
            roots = (caller.root, *(function for function, _ in link.relay))
            pinned = (*pinned, *zip(roots, (*(passing for _, passing in link.relay), link.binding), strict=True))
        return self._asking(_Search(link.caller, path, identity, tuple(sorted(locks.values())), hops, pinned, *above, search.inline, when))

    def _kind_above(self, search: _Search, link: Link) -> tuple[str, str] | None:
        """Return (kind, head) of a search in the caller (empty if not known), or None if a call cannot be about that object.

        An interface method stands for the methods of all types that have it, but an object is of one type only.
        """
        callee = self._functions[link.callee]
        if link.receiver_argument >= 0 or link.binding is not None:
            return "", ""
        if search.path and search.path[0][0] in "rp":
            head = search.path[0]
            kind = search.kind or (callee.id if head == "r" and callee.receiver else "")
        elif callee.receiver and link.callee not in link.site.targets:
            head, kind = "r", callee.id
        else:
            head, kind = search.head, search.kind
        argument = self._argument(head, -1, link) if head else None
        if argument is None or argument.path is None or len(argument.path) != 1:
            return "", ""
        if kind and argument.type != self._functions[kind].receiver and f"{argument.type}.{kind.rpartition('.')[2]}" in self._functions:
            return None  # a method of its own, not that of what it embeds
        return kind, argument.path[0] if argument.path[0][0] in "rp" else ""

    def _when_above(self, search: _Search, link: Link) -> tuple[Condition, ...] | None:
        """Return what the caller's parameters have to be for a call to lead on; None where it passes a truth by which it does not."""
        caller, callee = self._functions[link.caller], self._functions[link.callee]
        found = set(link.site.when)
        if search.when and callee.parent:
            found.update(search.when if caller.root == callee.root else ())
        elif search.when and link.binding is None and link.callback is None and link.receiver_argument < 0:
            for index, truth in search.when:
                flag = link.site.args[index].flag if index < len(link.site.args) else -1
                if flag == (not truth):
                    return None
                if flag >= PARAMETERS:
                    found.add((flag - PARAMETERS, truth))
        if any((index, not truth) in found for index, truth in found):
            return None
        return tuple(sorted(self._refutable(caller.root, found)))

    def _refutable(self, function: str, when: Iterable[Condition]) -> Iterator[Condition]:
        """Yield those conditions on a function's parameters that some call of it does not meet, as far as is seen: the others rule nothing out."""
        return (condition for condition in when if self._may_fail(function, condition))

    def _may_fail(self, function: str, condition: Condition) -> bool:
        key = (function, condition)
        if key not in self._failing:
            self._failing[key] = False  # as long as it is only asked by itself
            index, truth = condition
            self._failing[key] = any(
                argument.flag == (not truth)
                or (
                    argument.flag >= PARAMETERS
                    and (
                        (argument.flag - PARAMETERS, not truth) in link.site.when
                        or self._may_fail(self._functions[link.caller].root, (argument.flag - PARAMETERS, truth))
                    )
                )
                for link in self._links.into.get(function, ())
                for argument in link.site.args[index : index + 1]
            )
        return self._failing[key]

    def started_before(self, hop: Hop) -> bool:
        """Tell whether a function has started a goroutine of its own when it comes to a call or access: what its caller made is shared then."""
        if not self._orders(hop.function):
            return False
        started = (link for link in self._links.out_of.get(hop.function, ()) if link.spawns and (link.callback is None or link.callback.task))
        return any(may_follow(link.site.at, hop.at) for link in started)

    def _asking(self, search: _Search) -> _Search:
        """Take a function that asks its callers for a lock to hold it: who calls it without is at fault, not the function.

        And what one goroutine does that serves a channel, it does one after the other.
        """
        asked = self._functions[search.function].requires
        serial = self._links.executors.serial.get(search.function)
        if not asked and serial is None:
            return search
        held = {lock.name for lock in search.locks}
        added = tuple(lock for lock in (*(lock for lock, _ in asked), *((serial,) if serial is not None else ())) if lock.name not in held)
        return replace(search, locks=tuple(sorted((*search.locks, *added)))) if added else search

    def _of_its_argument(self, search: _Search, link: Link) -> bool:
        """Tell whether a path begins at what an API calls a function with, not at what a literal captures or a method value carries along."""
        callee = self._functions[link.callee]
        head = search.path[0] if search.path else ""
        if callee.parent:
            return parameter(head, callee) >= 0
        source = link.binding or link.site
        given = source.args[link.receiver_argument] if 0 <= link.receiver_argument < len(source.args) else None
        return head[:1] == "p" or (head == "r" and (given is None or given.path is None))

    def _held_in(self, function: FunctionSummary, locks: tuple[Held, ...], path: Path | None) -> tuple[Held, ...]:
        """Return the locks that a function holds, for a map at a path. One that a helper found for it by a key is another one for other keys.

        Unless the map is chosen by that key as well, or the key is a constant.
        """
        if all(lock.name[:1] != "l" or lock.name[1:].startswith((f"{function.root}#", f"{function.root}·")) for lock in locks):
            return locks
        found = []
        for lock in locks:
            variable = local(self._functions, lock.name) if lock.path == (lock.name,) and not lock.name.endswith(("~", PRIVATE)) else None
            keys = self._keys_for(function, variable.family) if variable is not None and variable.family != function.root else set()
            apart = bool(keys) and keys.isdisjoint(path or ())
            found.append(replace(lock, name=lock.name + PRIVATE) if apart else lock)
        return tuple(found)

    def _keys_for(self, function: FunctionSummary, helper: str) -> set[str]:
        """Return the texts and numbers in variables that a function hands to a helper, as keys in a path."""
        given = [
            argument.path[0]
            for site in function.calls
            if helper in site.targets
            for argument in site.args
            if argument.path and len(argument.path) == 1 and not argument.type
        ]
        numbers = [str(function.params[int(root[1:])]) if root[0] == "p" else root.partition("#")[2] for root in given if root[0] in "lp"]
        return {f"[l{number}]" for number in numbers}

    def _declared_below(self, lock: Held, link: Link) -> bool:
        if lock.name.endswith((PRIVATE, "~")) or not lock.path or lock.path[0][0] != "l":
            return False  # one that is another's below a name of its own may well keep out others
        variable = local(self._functions, lock.name)
        if variable is None or variable.number in self._functions[link.callee].params:
            return False  # `go func(mu *sync.Mutex) {…}(&mu)`: the caller's
        return link.callee == variable.function

    def _shared_by_all(self, lock: Held, search: _Search, path: Path | None, link: Link) -> bool:
        """Tell whether a lock that the starter of goroutines declares is one for all that have a map: the starter is called once for each map.

        The map is a local variable of the caller, whose call stands in no loop, nor does the lock stand in one that starts the goroutines.
        """
        variable = local(self._functions, path[0]) if path else None
        if variable is None or variable.function != link.caller or any(number < 0 for number in link.site.at.nest):
            return False
        declared, start = local(self._functions, lock.name), search.hops[0].at
        loops = self._functions[link.callee].loops
        return declared is not None and not any(number in start.nest and begin <= declared.position < end for number, begin, end in loops)

    def _translate(self, path: Path | None, identity: str, link: Link, leaves_binding: bool) -> tuple[Path | None, str, bool]:
        """Return (path, identity, owned) in terms of the caller.

        What a function that was passed as an argument names stands for things of whoever passed it: such paths are kept behind an `@` until
        the search comes to that call.
        """
        if path and path[0] == "@":
            return (path[1:] if leaves_binding else path), identity, False
        moved, name, owned = self._moved(path, identity, link)
        if moved is not None and not self._functions[link.callee].parent and any(part[:1] == "[" for part in moved):
            moved = self._rekeyed(path or (), moved, link)
        if link.binding is not None and moved is not None:
            moved = ("@", *moved)
        return moved, name, owned

    def _rekeyed(self, path: Path, moved: Path, link: Link) -> Path:
        """Return a path that was moved to the caller with the keys of the callee in terms of the caller: `[?]` where they are no variables of it."""
        below = len(path) - 1
        parts = [self._key(part, link) if part[:2] == "[l" else part for part in moved[len(moved) - below :]]
        return (*moved[: len(moved) - below], *parts)

    def _key(self, part: str, link: Link) -> str:
        callee, number = self._functions[link.callee], part[2:-1]
        if not number.isdigit() or int(number) not in callee.params or link.receiver_argument >= 0:
            return "[?]"
        given = handed(link.site, f"p{callee.params.index(int(number))}")
        if given is None or given.path is None or len(given.path) != 1:
            return "[?]"
        root, caller = given.path[0], self._functions[self._functions[link.caller].root]
        if root[0] == "p":
            return f"[l{caller.params[int(root[1:])]}]"
        return f"[l{root.partition('#')[2]}]" if root[0] == "l" else "[?]"

    def _moved(self, path: Path | None, identity: str, link: Link) -> tuple[Path | None, str, bool]:
        if not path:
            return path, identity, False
        head = path[0]
        callee = self._functions[link.callee]
        index = -1
        if head[0] == "l":
            index = parameter(head, callee)
            if index < 0 or link.receiver_argument >= 0:
                return path, identity, False
        elif head[0] not in "rp":
            return path, identity, False  # package variables, and protection that is not known
        elif callee.parent and not (link.site.made and f"&{callee.root}" in link.site.targets):
            # Parameters of the outermost function are the same for all of its literals, until they are left for whoever called it.
            argument = self._given_to_maker(head, link)
            if argument is None or argument.path is None:
                return path, identity, False
            return (*argument.path, *path[1:]), _renamed(identity, argument), False  # whose it was then says nothing of when the literal runs
        argument = self._argument(head, index, link)
        if argument is None:
            return None, identity if identity[:1] in "gf" else identity + "?", False
        moved = (*argument.path, *path[1:]) if argument.path is not None else None
        if moved is None and head == "r" and link.callback is not None:
            # A handler object that is made where it is registered: one object, though it has no name there.
            moved = (f"g{link.site.place.path}:{link.site.place.start}", *path[1:])
        return moved, _renamed(identity, argument), argument.owned

    def _given_to_maker(self, head: str, link: Link) -> Argument | None:
        """Return what the function around a literal was given by the call that returned the literal (`go counting(m)()`), if it has a name there."""
        root, caller = self._functions[link.callee].root, self._functions[link.caller].root
        makers = self._makers(link.callee, link, (root,)) if head[0] == "p" and link.binding is None and root != caller else set()
        for function in self._links.family(caller) if len(makers) == 1 and -1 not in makers else ():
            for site in function.calls:
                if site.place.start in makers and root in site.targets:
                    return handed(site, head)
        return None

    def _in_a_copy(self, search: _Search, link: Link) -> bool:
        """Tell whether a map variable lies in a struct that a call hands over by value: the caller's variable is another one."""
        if not search.path or search.path[0] == "@" or len(search.path) - 1 > search.inline:
            return False
        head, callee = search.path[0], self._functions[link.callee]
        index = parameter(head, callee) if head[0] == "l" else -1
        if (head[0] != "p" or callee.parent) and index < 0:
            return False
        argument = self._argument(head, index, link)
        return argument is not None and argument.copied

    def _argument(self, head: str, index: int, link: Link) -> Argument | None:
        site = link.site
        if link.receiver_argument >= 0:
            # A method value, or a handler object: its receiver travels with the argument.
            if head != "r":
                return None
            source = link.binding or site
            bound = source.args[link.receiver_argument] if link.receiver_argument < len(source.args) else None
            if bound is not None and bound.path is None and len(site.args) == len(self._functions[link.callee].params) + 1:
                return site.args[0]  # of a method expression, `(*T).method`: the receiver is the first argument
            return bound
        return handed(site, head if index < 0 else f"p{index}")


def _renamed(identity: str, argument: Argument) -> str:
    """Return the name of a map in a caller: one that is a parameter itself has that of what is passed."""
    if identity[:1] != "l":
        return identity
    suffix = identity.partition("#")[2].lstrip("0123456789")
    return argument.identity + suffix if argument.identity else identity + "?"


def _owned_there(path: Path | None, site: CallSite) -> bool:
    """Tell whether what a path leads to is handed over by a call which the caller alone has it at: as the receiver of a method value."""
    return path is not None and any(given.owned and given.path and path[: len(given.path)] == given.path for given in site.args)


def _witness(access: MapAccess, context: Context, search: _Search) -> Witness:
    """Return a witness in plain terms: where the call that passed a function is not on the way, its names are taken as they are."""
    path = search.path
    while path and path[0] == "@":
        path = path[1:]
    locks = tuple(lock if lock.path[:1] != ("@",) else Held(lock.path[1:], lock.mode, lock.name, lock.spelled) for lock in search.locks)
    return Witness(access, context, search.hops, path, search.identity, locks)
