"""How an access is reached: backward search from the access to the goroutines, handlers and callers that lead to it.

Every way gives one `Witness`: the context at its root, the chain of calls, the access path of the map in the root's own terms, and the locks
that are held along the way. This is the demand-driven form of RELAY's relative locksets (Voung, Jhala, Lerner 2007): a lock of the caller counts
for the callee, a lock of the callee's own objects is translated to the caller's names, and what a caller made for itself is nobody else's
(RacerD's ownership).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from golint_maps.flow.events import Argument, CallSite, FunctionSummary, Held, MapAccess, Position
from golint_maps.graphs.links import Link, Links

_MAX_DEPTH = 12
_MAX_WITNESSES = 48
_MAX_STEPS = 1500

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What runs concurrently (or not).

    `kind`: `spawn` (a go statement or a callback API), `handler` (by its signature), `exported` (called from outside of the program),
    `main`, `init`, `test`, or `own` (the function that declares a local map). `entry` is the function that it starts with. Of a spawn, `link` is
    its start, and the first hop of the witness stands in the function that made the start happen.
    """

    kind: str
    entry: str
    link: Link | None = None

    @property
    def concurrent(self) -> bool:
        """Whether this is a goroutine of its own."""
        return self.kind in ("spawn", "handler")


@dataclass(frozen=True, slots=True)
class Hop:
    """One call on the way: `function` runs `site`, which leads to the next hop (or to the access)."""

    function: str
    site: CallSite | None
    at: Position
    spawns: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """One way to an access. `hops` lead from the root to the access; `path` and `locks` are in the terms of the root."""

    access: MapAccess
    context: Context
    hops: tuple[Hop, ...]
    path: Path | None
    identity: str
    locks: tuple[Held, ...]

    @property
    def function(self) -> str:
        """The function that makes the access."""
        return self.hops[-1].function


@dataclass(frozen=True, slots=True)
class _Search:
    function: str
    path: Path | None
    identity: str
    locks: tuple[Held, ...]
    hops: tuple[Hop, ...]
    pinned: tuple[tuple[str, CallSite], ...] = ()
    """Functions that are left by one call only: that which passed the function value."""


class Witnesses:
    """Finds and remembers the witnesses of accesses."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._functions = links.functions
        self._found: dict[tuple[str, int, str], list[Witness]] = {}
        self._chains: dict[str, list[tuple[Context, tuple[Hop, ...]]]] = {}

    def of(self, function: FunctionSummary, access: MapAccess) -> list[Witness]:
        """Return the ways to an access; empty when only owners of a private map get there."""
        key = (function.id, access.place.start, access.op)
        if key not in self._found:
            start = _Search(function.id, access.path, access.identity, access.locks, (Hop(function.id, None, access.at),))
            self._found[key] = list(self._search(access, start))
        return self._found[key]

    def chains(self, function: str) -> list[tuple[Context, tuple[Hop, ...]]]:
        """Return the ways to a function, as (context, hops)."""
        if function not in self._chains:
            summary = self._functions[function]
            nothing = MapAccess(
                place=summary.place, function=summary.name, package=summary.package, op="read", path=(), identity="", at=Position(0, ())
            )
            start = _Search(function, None, "", (), (Hop(function, None, Position(0, ())),))
            self._chains[function] = [(found.context, found.hops) for found in self._search(nothing, start)]
        return self._chains[function]

    def _search(self, access: MapAccess, start: _Search) -> Iterator[Witness]:
        todo = [start]
        seen: set[tuple[object, ...]] = set()
        found = steps = 0
        while todo and found < _MAX_WITNESSES and steps < _MAX_STEPS:
            steps += 1
            search = todo.pop()
            key = (search.function, search.path, search.identity, tuple(lock.name for lock in search.locks), search.pinned)
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
            step = self._step(search, above) if above is not None else None
            if step is None:
                break
            search = step
        return Witness(access, Context("spawn", entry, link), search.hops, search.path, search.identity, search.locks)

    # --- roots ---

    def _roots(self, access: MapAccess, search: _Search) -> Iterator[Witness]:
        summary = self._functions[search.function]
        home = self._home(search)
        if home == search.function:
            # A local map: the function that declares it is where both sides of a race meet.
            yield Witness(access, Context("own", search.function), search.hops, search.path, search.identity, search.locks)
            if search.path is None or search.path[0][0] == "l":
                return
        kind = self._kind(summary)
        if kind:
            yield Witness(access, Context(kind, search.function), search.hops, search.path, search.identity, search.locks)

    def _kind(self, summary: FunctionSummary) -> str:
        if summary.handler:
            return "handler"
        if summary.parent:
            return ""
        name = summary.id.rsplit(".", 1)[-1].split("@")[0]
        plain = summary.name.rsplit(".", 1)[-1]
        if not summary.receiver:
            if plain == "main":
                return "main"
            if plain in ("init", "package-level initialiser") or name == "var·":
                return "init"
        if summary.test and plain.startswith(("Test", "Benchmark", "Fuzz", "Example")):
            return "test"
        return "exported" if summary.exported else ""

    def _home(self, search: _Search) -> str:
        """Return the function that declares the local at the root of the path, or an empty string."""
        root = search.path[0] if search.path and search.path[0][0] == "l" else search.identity
        if root[:1] != "l" or "#" not in root:
            return ""
        family, _, number = root[1:].partition("#")
        declaring = self._functions.get(family)
        if declaring is None:
            return family
        index = int(number.split("[")[0].split(".")[0])
        if index >= len(declaring.variables):
            return family
        owner = declaring.variables[index][1]
        literal = f"{family}·{owner}"
        return literal if literal in self._functions else family

    # --- steps ---

    def _above(self, search: _Search) -> Iterator[tuple[Link, _Search]]:
        if len(search.hops) > _MAX_DEPTH:
            return
        if self._home(search) == search.function and (search.path is None or search.path[0][0] == "l"):
            return
        pinned = dict(search.pinned).get(search.function)
        for link in self._links.into.get(search.function, ()):
            if pinned is not None and link.site is not pinned:
                continue
            if any(hop.function == link.caller and hop.site is link.site for hop in search.hops):
                continue  # recursion
            step = self._step(search, link)
            if step is not None:
                yield link, step

    def _step(self, search: _Search, link: Link) -> _Search | None:
        caller = self._functions[link.caller]
        callee = self._functions[link.callee]
        same_family = caller.root == callee.root
        path, identity, owned = self._translate(search.path, search.identity, link, same_family)
        if owned and not link.spawns:
            return None
        site = link.site
        locks: dict[tuple[str, Path], Held] = {}
        for lock in search.locks:
            moved, _, _ = self._translate(lock.path, lock.name, link, same_family) if not same_family else (lock.path, lock.name, False)
            if self._declared_below(lock, link, same_family):
                continue
            kept = Held(moved or (), lock.mode, lock.name, lock.spelled)
            locks[kept.name, kept.path] = kept
        if not link.spawns:
            for lock in site.locks:
                locks.setdefault((lock.name, lock.path), lock)
        hops = (Hop(link.caller, site, site.at, link.spawns), *search.hops)
        pinned = search.pinned
        if link.binding is not None:
            pinned = (*pinned, (caller.root, link.binding))
        return _Search(link.caller, path, identity, tuple(sorted(locks.values())), hops, pinned)

    def _declared_below(self, lock: Held, link: Link, same_family: bool) -> bool:
        """A lock that is a local variable of what is left behind is another one in each activation."""
        if lock.name[:1] != "l" or "#" not in lock.name:
            return False
        if not same_family:
            return bool(lock.path) and lock.path[0][:1] == "l" and lock.name[1:].startswith(self._functions[link.callee].root + "#")
        family, _, rest = lock.name[1:].partition("#")
        declaring = self._functions.get(family)
        number = rest.split(".")[0].split("[")[0].split("~")[0]
        if declaring is None or not number.isdigit() or int(number) >= len(declaring.variables):
            return False
        owner = declaring.variables[int(number)][1]
        return link.callee == f"{family}·{owner}"

    def _translate(self, path: Path | None, identity: str, link: Link, same_family: bool) -> tuple[Path | None, str, bool]:
        """Return (path, identity, owned) in terms of the caller."""
        if same_family and not (path and path[0] in ("r",) and link.callback is not None):
            return path, identity, False
        if path is None or not path:
            return None, identity, False
        head = path[0]
        if head[0] in "gl":
            return path, identity, False
        argument = self._argument(head, link)
        if argument is None:
            return None, identity if identity[:1] in "gf" else identity + "?", False
        moved = (*argument.path, *path[1:]) if argument.path is not None else None
        if identity[:1] == "l":
            # A map that is a parameter itself has the name of what is passed.
            suffix = identity.partition("#")[2].lstrip("0123456789")
            identity = argument.identity + suffix if argument.identity else identity + "?"
        return moved, identity, argument.owned

    def _argument(self, head: str, link: Link) -> Argument | None:
        site = link.site
        if link.receiver_argument >= 0:
            # A method value, or a handler object: its receiver travels with the argument.
            if head != "r":
                return None
            source = link.binding or site
            return source.args[link.receiver_argument] if link.receiver_argument < len(source.args) else None
        if head == "r":
            return site.receiver
        index = int(head[1:])
        return site.args[index] if index < len(site.args) else None
