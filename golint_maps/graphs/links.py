"""Who calls whom, and on which goroutine: call sites joined to functions across all packages.

Function values are followed flow-insensitively, as in Andersen's analysis restricted to functions: what is stored in a field, variable or
container may be called wherever that is called. A function that is passed as an argument is called where the callee calls its parameter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from golint_maps.flow.events import BOUND, KEPT, PARAMETERS, SERIAL, Argument, CallSite, Flow, FunctionSummary, Held, Position, Submit
from golint_maps.flow.structure import dominates
from golint_maps.graphs.callbacks import Callback, Table, table
from golint_maps.graphs.executors import Executors
from golint_maps.graphs.implementations import Implementations

_REGISTERS = re.compile(r"\.Register\w*Server$")
SERVICE = Callback("Register…Server", (-1,), parallel=True, words="a gRPC method")
"""What runs the methods of a service that is registered with a gRPC server."""

_KEEPS = re.compile(
    r"\.(?:(?:Set|Add|Register|On|With|Handle|Use)\w*(?:Handler|Callback|Listener|Hook|Observer|Route)s?|Subscribe\w*|On[A-Z]\w*(?:ed|Lost|Change|Message|Event))$"
)
"""Names of functions that keep a function and call it when something happens, on a goroutine of their own as a rule."""

_MAX_IMPLEMENTATIONS = 6
"""Interface methods with more implementations say too little about which one runs."""

_MAX_RELAYS = 3
"""How many functions may pass on a function that they were passed, one to the next."""

_WRAPPING = 2
"""Calls between a method of a locking wrapper and that of what it wraps."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """`callee` may be called (or started) at `site` of `caller`.

    `binding`: for a function passed as an argument, the call that passes it; above the function that got it, only that call
    is followed. `callback`: the API that runs it, for functions given to code outside of the program.
    """

    caller: str
    site: CallSite
    callee: str
    spawns: bool
    binding: CallSite | None = None
    receiver_argument: int = -1
    callback: Callback | None = None
    serial: Held | None = None
    """What keeps it apart from all else that the same goroutine runs."""
    relay: tuple[tuple[str, CallSite], ...] = ()
    """The declared functions that have got a passed function and pass it on, with the calls by which they do, from the last one to the first."""
    sent: Submit | None = None
    """How it gets to the goroutine that runs it, if over a channel."""


class Links:
    """All links of a program, by callee and by caller."""

    def __init__(
        self,
        functions: Mapping[str, FunctionSummary],
        interfaces: Mapping[str, Mapping[str, tuple[str, ...]]],
        callbacks: Sequence[Callback] = (),
        imports: Mapping[str, frozenset[str]] | None = None,
        only_tested: AbstractSet[str] = frozenset(),
    ) -> None:
        self.functions = functions
        self._interfaces = interfaces
        self._implementations = Implementations(functions, interfaces, imports, only_tested)
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._callbacks = table(callbacks)
        self.into: dict[str, list[Link]] = defaultdict(list)
        self.out_of: dict[str, list[Link]] = defaultdict(list)
        self._touching: dict[str, bool] | None = None
        self._reached: dict[str, frozenset[str]] = {}
        self._running: dict[str, frozenset[str]] = {}
        self._callees: dict[str, frozenset[str]] = {}
        self._values = _flow_closure(functions.values(), self._callbacks)
        self._by_type: dict[str, set[str]] = defaultdict(set)
        for function in functions.values():
            if function.receiver:
                self._by_type[function.receiver].add(function.id.rsplit(".", 1)[-1])
        handed_out = [flow.source for function in functions.values() for flow in function.flows if _hands_out(function, flow)]
        self.handed_out = frozenset((*handed_out, *(name for token in handed_out if token[:2] == "=l" for name in self._values.get(token, ()))))
        """Functions that exported functions return, or exported variables hold, for whoever wants to call them."""
        self.executors = Executors(functions, self._callbacks)
        self._single = dict(_single_groups(functions.values()))
        """Groups of goroutines of which one works at a time, each with where that is said: (function, position)."""
        self._parameter_calls = self._find_parameter_calls()
        for function in functions.values():
            for site in function.calls:
                self._link(function, site)
            for send in function.submits:
                self._link_sent(function, send)
        for literal in [function for function in functions.values() if function.parent]:
            self._bind_options(literal)

    def touching(self, depth: int) -> Mapping[str, bool]:
        """Return which functions use a field or package variable that is a map, in themselves or at most `depth` calls below.

        What they take a lock for themselves does not count: nobody has to hold one for them.
        """
        if self._touching is None:
            found = {
                function.id
                for function in self.functions.values()
                if any(access.identity[:1] in "fg" and not access.locks for access in function.accesses)
            }
            for _ in range(depth):
                found |= {link.caller for callee in found for link in self.into.get(callee, ()) if not link.site.locks}
            self._touching = dict.fromkeys(found, True)
        return self._touching

    def _find_parameter_calls(self) -> dict[tuple[str, int], list[tuple[FunctionSummary, CallSite]]]:
        found: dict[tuple[str, int], list[tuple[FunctionSummary, CallSite]]] = defaultdict(list)
        for function in self.functions.values():
            for site in function.calls:
                for target in site.targets:
                    if target[0] == "?":
                        found[function.root, int(target[1:])].append((function, site))
            for send in function.submits:
                for target in send.call.targets if self.executors.of(send) is not None else ():
                    if target[0] == "?":
                        found[function.root, int(target[1:])].append((function, send.call))
        return found

    def comes_to(self, function: str) -> frozenset[str]:
        """Return the declared functions that a function or literal may come to, with those inside of it, and those whose literals it comes to."""
        if function not in self._reached:
            self._reached[function] = frozenset(self.functions[callee].root for callee in self.runs(function))
        return self._reached[function]

    def runs(self, function: str) -> frozenset[str]:
        """Return the functions and literals that may run because a function or literal does, itself among them."""
        if function not in self._running:
            todo = list(self._within(function))
            seen = set(todo)
            while todo:
                for callee in self._called(todo.pop()):
                    found = set(self._within(callee)) - seen
                    seen |= found
                    todo += found
            self._running[function] = frozenset(seen)
        return self._running[function]

    def _called(self, function: str) -> frozenset[str]:
        """Return the functions and literals that a function calls or starts."""
        known = self._callees.get(function)
        if known is None:
            known = self._callees[function] = frozenset(link.callee for link in self.out_of.get(function, ()))
        return known

    def _within(self, function: str) -> Iterator[str]:
        """Yield a function with the literals in it. Who calls a literal does not come to what else stands in the function around it."""
        if not self.functions[function].parent:
            yield from (member.id for member in self.family(function))
            return
        inside = {function}
        for member in self.family(self.functions[function].root):
            if member.id == function or member.parent in inside:
                inside.add(member.id)
        yield from inside

    def resolve(self, token: str) -> Iterable[str]:
        """Return ids of the functions that a token may stand for."""
        if token in self.functions:
            return (token,)
        head = token[0]
        if head in "=&":
            return [name for name in self._values.get(token, ()) if name in self.functions]
        if head == "!":
            if token not in self._resolved:
                interface, _, method = token[1:].rpartition(".")
                found = self._implementations.of(interface, method)
                self._resolved[token] = tuple(found) if len(found) <= _MAX_IMPLEMENTATIONS else ()
            return self._resolved[token]
        return ()

    def _behind_wrapper(self, function: FunctionSummary, target: str, callees: list[str]) -> list[str]:
        """Leave out implementations that a locking wrapper stands before: others have the wrapper, it alone has them."""
        if target[0] != "!" or len(callees) < 2:
            return callees
        wrappers = [callee for callee in callees if self._calls_locked(self.functions[callee], target, False, _WRAPPING)]
        return (
            wrappers if wrappers and function.id not in wrappers else [callee for callee in callees if callee != function.id] if wrappers else callees
        )

    def _calls_locked(self, function: FunctionSummary, target: str, held: bool, depth: int) -> bool:
        """Tell whether a function holds a lock where it calls something on what it has, in itself or in what it calls for that."""
        for site in function.calls:
            locked = held or bool(site.locks)
            if target in site.targets:
                if locked and site.receiver is not None and site.receiver.path:
                    return True
                continue
            for inner in site.targets if depth else ():
                if inner in self.functions and self.functions[inner].package == function.package:
                    if self._calls_locked(self.functions[inner], target, locked, depth - 1):
                        return True
                    if self._passes_to_locked(site, inner, function.root, target, locked, depth - 1):
                        return True
        return False

    def _passes_to_locked(self, site: CallSite, runner: str, root: str, target: str, held: bool, depth: int) -> bool:
        """Tell whether a literal that is passed to what runs it under a lock (`l.with(func() {…})`) makes such a call."""
        for index, argument in enumerate(site.args):
            for token in argument.tokens:
                literal = self.functions.get(token)
                if literal is not None and literal.root == root:
                    locked = held or any(inner.locks for _, inner in self._parameter_calls.get((runner, index), ()))
                    if self._calls_locked(literal, target, locked, depth):
                        return True
        return False

    def _add(self, link: Link) -> None:
        if link.spawns and link.serial is None and link.callback is not None and self._single:
            link = msgspec.structs.replace(link, serial=self._of_single_group(link))
        self.into[link.callee].append(link)
        self.out_of[link.caller].append(link)

    def _of_single_group(self, link: Link) -> Held | None:
        """Return what keeps the goroutines of a group apart, of which one works at a time: `g.SetLimit(1)`."""
        for site in (link.site, link.binding):
            path = site.receiver.path if site is not None and site.receiver is not None else None
            if path is not None and path in self._single:
                function, at = self._single[path]
                if dominates(at, link.site.at) if function == link.caller else not at.nest:
                    return Held(path, "w", f"{'.'.join(path)}{SERIAL}", link.site.spelled.rpartition(".")[0])
        return None

    def _link(self, function: FunctionSummary, site: CallSite) -> None:
        for target in site.targets:
            if target.endswith(KEPT) and function.test:
                continue  # a test puts it there for what it calls next
            callees = self._behind_wrapper(function, target, list(self.resolve(target)))
            for callee in callees:
                self._add(Link(function.id, site, callee, spawns=site.mode == "go"))
            if _REGISTERS.search(target) and len(site.args) >= 2 and site.args[-1].type:
                self._link_service(function, site, target)
            callback = self._callback(target, known=bool(callees))
            if callback is not None and self._link_callback(function, site, callback):
                continue
            for index, argument in enumerate(site.args):
                for token in argument.tokens:
                    for passed in self.resolve(token):
                        if callees:
                            self._link_passed(function, site, callees, index, passed)
                        elif not target.startswith(("=", "&", "?")):
                            self._add(self._outside(function, site, target, passed, index))
        for index, argument in enumerate(site.args):
            self._link_fields(function, site, argument, index)

    def _bind_options(self, literal: FunctionSummary) -> None:
        """Follow a literal out of a field only to its own function's call, where that calls who calls it: `check(tx, &options{Limit: func() …})`.

        Others who call the same function have their own options, with functions of their own.
        """
        for link in list(self.into.get(literal.id, ())):
            if link.binding is not None or link.callback is not None or literal.id in link.site.targets or link.site.mode != "call":
                continue
            called = self.functions[link.caller].root
            own = [above.site for above in self.into.get(called, ()) if self.functions[above.caller].root == literal.root and not above.spawns]
            if own and called != literal.root:
                self.into[literal.id].remove(link)
                self.out_of[link.caller].remove(link)
                for site in own:
                    self._add(msgspec.structs.replace(link, binding=site, receiver_argument=0))

    def _link_sent(self, function: FunctionSummary, send: Submit) -> None:
        """Link a function that is sent to a channel to who sends it: that is where its goroutine, which may be there already, begins to run it."""
        executor = self.executors.of(send)
        if executor is not None:
            for target in send.call.targets:
                for callee in self.resolve(target):
                    self._add(Link(function.id, send.call, callee, True, callback=executor.callback, serial=executor.serial, sent=send))

    def _callback(self, target: str, *, known: bool) -> Callback | None:
        """Return the API that a target is. What the program declares is followed instead, unless the configuration names it or an actor runs it."""
        callback = self._callbacks.of(target)
        return callback if callback is not None and (callback.own or callback.serial is not None or not known) else None

    def _outside(self, function: FunctionSummary, site: CallSite, target: str, passed: str, index: int) -> Link:
        """Return how code outside of the program uses a function: it calls it before it returns, serves requests with it, or keeps it for events.

        Tests give handlers to what calls them at once.
        """
        handler = self.functions[passed].handler
        if handler and not function.test:
            callback = Callback(site.spelled, parallel=True, live=_KEEPS.search(target) is not None, words=handler)
        elif not function.test and (target.endswith(KEPT) or _KEEPS.search(target)):
            callback = Callback(site.spelled, words=f"a callback of {site.spelled}", assumed=True)
        else:
            return Link(function.id, site, passed, spawns=site.mode == "go", receiver_argument=index)
        return Link(function.id, site, passed, spawns=True, receiver_argument=index, callback=callback)

    def _link_fields(self, function: FunctionSummary, site: CallSite, argument: Argument, index: int) -> None:
        """Functions in the fields of a struct that is passed, where the struct is known to hold callbacks."""
        for name, token in argument.fields:
            callback = self._callbacks.field(name)
            if callback is not None and (callback.parallel or not any(target.endswith(BOUND) for target in site.targets)):
                for passed in self.resolve(token):
                    self._add(Link(function.id, site, passed, spawns=True, receiver_argument=index, callback=callback))

    def _link_passed(self, function: FunctionSummary, site: CallSite, callees: Sequence[str], index: int, passed: str) -> None:
        for callee in callees:
            for inner, inner_site in self._parameter_calls.get((callee, index), ()):
                self._link_called(inner, inner_site, passed, site, index, ())
            self._link_passed_on(site, callee, index, passed)

    def _link_passed_on(self, site: CallSite, callee: str, index: int, passed: str) -> None:
        """Follow a function that is passed on as an argument: to an API that starts it, or to other functions of the program."""
        todo: list[tuple[str, int, tuple[tuple[str, CallSite], ...], Mapping[int, bool]]] = [(callee, index, (), _flags(site, {}))]
        seen = {(callee, index)}
        while todo:
            at, number, way, known = todo.pop()
            for inner in self.family(at):
                for inner_site in inner.calls:
                    for position, argument in enumerate(inner_site.args):
                        if f"?{number}" not in argument.tokens or _contradicted(inner_site, known):
                            continue
                        for target in inner_site.targets:
                            callback = self._callback(target, known=target in self.functions)
                            if callback is not None and callback.takes(position):
                                link = Link(inner.id, inner_site, passed, True, binding=site, receiver_argument=index, callback=callback, relay=way)
                                self._add(msgspec.structs.replace(link, serial=_actor(inner_site, callback)))
                            for further in self.resolve(target):
                                passing, told = ((at, inner_site), *way), _flags(inner_site, known)
                                for last, last_site in self._parameter_calls.get((further, position), ()):
                                    if _contradicted(last_site, told):
                                        continue
                                    relay = passing if self._starts(inner_site, last, last_site, passed) else ()
                                    self._link_called(last, last_site, passed, site, index, relay)
                                if (further, position) not in seen and len(way) < _MAX_RELAYS:
                                    seen.add((further, position))
                                    todo.append((further, position, passing, told))

    def _link_called(
        self, runner: FunctionSummary, call: CallSite, passed: str, site: CallSite, index: int, relay: tuple[tuple[str, CallSite], ...]
    ) -> None:
        """Link a function that was passed to where its parameter is called, started, or sent to a channel whose goroutine calls it."""
        sent = next((send for send in runner.submits if send.call is call), None)
        executor = self.executors.of(sent) if sent is not None else None
        self._add(
            Link(
                runner.id,
                call,
                passed,
                call.mode == "go",
                binding=site,
                receiver_argument=index,
                callback=executor.callback if executor is not None else None,
                serial=executor.serial if executor is not None else None,
                relay=relay,
                sent=sent,
            )
        )

    def _starts(self, passing: CallSite, runner: FunctionSummary, call: CallSite, passed: str) -> bool:
        """Tell whether a function that is passed on gets a goroutine of its own there: a literal, or a method with its object."""
        if not self.functions[passed].parent and not self.functions[passed].receiver:
            return False
        if "go" in (passing.mode, call.mode):
            return True
        return any(self._starts_literal(site, runner.id) for function in self.family(runner.root) for site in function.calls)

    def _starts_literal(self, site: CallSite, literal: str) -> bool:
        """Tell whether a call starts a literal, or hands it to an API that does."""
        if site.mode == "go" and literal in site.targets:
            return True
        given = [position for position, argument in enumerate(site.args) if literal in argument.tokens]
        callbacks = [self._callback(target, known=target in self.functions) for target in site.targets] if given else []
        return any(callback is not None and any(map(callback.takes, given)) for callback in callbacks)

    def family(self, root: str) -> Iterable[FunctionSummary]:
        """Return a declared function with its literals."""
        if not hasattr(self, "_families"):
            self._families: dict[str, list[FunctionSummary]] = defaultdict(list)
            for function in self.functions.values():
                self._families[function.root].append(function)
        return self._families.get(root, ())

    def _link_service(self, function: FunctionSummary, site: CallSite, target: str) -> None:
        """A service that is registered with a gRPC server: each call of a client runs a method of it on a goroutine of its own.

        Where the source of the service's interface is there, only its methods are calls; else all exported ones may be that look like it.
        """
        kind = site.args[-1].type
        package, _, register = target.rpartition(".")
        calls = self._interfaces.get(f"{package}.{register.removeprefix('Register')}")
        for name in sorted(self._by_type.get(kind, ())):
            method = self.functions[f"{kind}.{name}"]
            if name[:1].isupper() and (name in calls if calls else method.rpc):
                self._add(Link(function.id, site, f"{kind}.{name}", True, receiver_argument=len(site.args) - 1, callback=SERVICE))

    def _link_callback(self, function: FunctionSummary, site: CallSite, callback: Callback) -> bool:
        """Link what an API is given to run. Tell whether the API is that which the name says."""
        for index in callback.arguments or range(len(site.args)):
            if index >= len(site.args):
                continue
            argument = site.args[index]
            callees = {name for token in argument.tokens for name in self.resolve(token)}
            if callback.methods and argument.type:
                methods = self._by_type.get(argument.type, set())
                names = {name for name in methods if name[:1].isupper()} if callback.methods == ("*",) else methods & {*callback.methods}
                callees |= {f"{argument.type}.{name}" for name in names}
            for callee in sorted(callees):
                if callback.direct:
                    self._add(Link(function.id, site, callee, spawns=site.mode == "go", receiver_argument=index))
                    continue
                spawns = not callback.test or self._parallel(callee)
                self._add(Link(function.id, site, callee, spawns, receiver_argument=index, callback=callback, serial=_actor(site, callback)))
        return callback.function[0] != "."

    def _parallel(self, callee: str) -> bool:
        return self.functions[callee].parallel_from >= 0


def _flags(site: CallSite, known: Mapping[int, bool]) -> Mapping[int, bool]:
    """Return which truth values a call hands to which parameters, where those of the caller are known as far as they are."""
    found = {}
    for index, argument in enumerate(site.args):
        if argument.flag in (0, 1):
            found[index] = bool(argument.flag)
        elif argument.flag >= PARAMETERS and argument.flag - PARAMETERS in known:
            found[index] = known[argument.flag - PARAMETERS]
    return found


def _contradicted(site: CallSite, known: Mapping[int, bool]) -> bool:
    """Tell whether a call stands where a parameter has another truth value than the one that was handed in."""
    return any(known.get(index, truth) != truth for index, truth in site.when)


def _actor(site: CallSite, callback: Callback) -> Held | None:
    """Return what keeps all apart that an actor is given to run, or None where no actor does, or where it has no name."""
    if callback.serial is None:
        return None
    actor = site.receiver if callback.serial == "receiver" else site.args[callback.serial] if 0 <= callback.serial < len(site.args) else None
    if actor is None or not actor.path or not actor.type:
        return None
    return Held((*actor.path, SERIAL), "w", f"f{actor.type}.{SERIAL}", ".".join(part for part in actor.path[1:]) or actor.type.rpartition(".")[2])


def _hands_out(function: FunctionSummary, flow: Flow) -> bool:
    """Tell whether a function value goes to where other packages find it: an exported function returns it, or an exported variable begins with it."""
    if function.name != "package-level initialiser":
        return function.exported and flow.target == f"&{function.id}"
    package, _, name = flow.target.removeprefix("=g").rpartition(".")
    return flow.target[:2] == "=g" and package == function.package and name[:1].isupper() and not function.test


def _single_groups(functions: Iterable[FunctionSummary]) -> Iterator[tuple[tuple[str, ...], tuple[str, Position]]]:
    """Yield the groups of goroutines that are given room for one, and never for more: path, and (function, position) of where that is said."""
    limits = [(function.id, sync) for function in functions for sync in function.syncs if sync.kind in ("single", "several")]
    more = {sync.path for _, sync in limits if sync.kind == "several"}
    for function, sync in limits:
        if sync.path[0][0] in "gl" and sync.path not in more:
            yield sync.path, (function, sync.at)


def _flow_closure(functions: Iterable[FunctionSummary], callbacks: Table) -> dict[str, frozenset[str]]:
    """Return the functions that may reach each token, through any number of assignments.

    What an actor is handed is its own to run: where that is kept until then says nothing more.
    """
    actors = {name for name, callback in callbacks.callbacks.items() if callback.serial is not None}
    sources: dict[str, set[str]] = defaultdict(set)
    for function in functions:
        parameter = f"@{function.root}?"
        for flow in function.flows:
            source = parameter + flow.source[1:] if flow.source[0] == "?" else flow.source
            sources[flow.target].add(source)
        for site in function.calls:
            for index, argument in enumerate(site.args):
                for token in argument.tokens:
                    origin = parameter + token[1:] if token[0] == "?" else token
                    for target in site.targets:
                        if target[0] not in "?=&!." and target not in actors:
                            sources[f"@{target}?{index}"].add(origin)
    closed: dict[str, frozenset[str]] = {}
    for target in list(sources):
        if target[0] == "@":
            continue
        seen: set[str] = set()
        todo = [target]
        while todo:
            for source in sources.get(todo.pop(), ()):
                if source not in seen:
                    seen.add(source)
                    todo.append(source)
        closed[target] = frozenset(sorted(name for name in seen if name[0] not in "@=&?!."))
    return closed
