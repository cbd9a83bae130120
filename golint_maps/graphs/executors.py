"""Goroutines that run the functions which others send them over a channel.

One alone runs them one after the other, whoever sent them: as if they, and all else that it does, held a lock. Several run them at the same time.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from golint_maps.flow.events import SERIAL, CallSite, FunctionSummary, Held, Path, Submit, Sync
from golint_maps.flow.paths import RECEIVED
from golint_maps.flow.structure import loops_around
from golint_maps.graphs.callbacks import Callback, Table
from golint_maps.graphs.variables import local, varies


class Executor(msgspec.Struct, frozen=True, gc=False):
    """What runs the functions sent to a channel. `serial` is what they hold where that is one goroutine; `callback` says it in words."""

    callback: Callback
    serial: Held | None


class Executors:
    """Who runs what is sent to the channels of a program."""

    def __init__(self, functions: Mapping[str, FunctionSummary], callbacks: Table) -> None:
        self._functions = functions
        self._callbacks = callbacks
        self._channels: dict[str, list[Submit]] = defaultdict(list)
        for function in functions.values():
            for send in function.submits:
                self._channels[send.channel.identity].append(send)
        self._receivers: dict[str, list[FunctionSummary]] = defaultdict(list)
        if self._channels:
            self._find_receivers()
        self._known = {identity: self._executor(identity, sends[0]) for identity, sends in self._channels.items()}
        self.serial = {
            receiver.id: executor.serial
            for identity, executor in self._known.items()
            if executor is not None and executor.serial is not None
            for receiver in self._receivers[identity]
        }
        """What functions hold that run what they receive, one after the other."""

    def of(self, send: Submit) -> Executor | None:
        """Return what runs a function that is sent, or None where that is not seen."""
        return self._known[send.channel.identity]

    def receivers(self, send: Submit) -> Sequence[FunctionSummary]:
        """Return the functions that run what is sent."""
        return self._receivers.get(send.channel.identity, ())

    def at_starts(self, function: FunctionSummary, channels: Iterable[Path], other: Path) -> Iterator[tuple[Path, Path]]:
        """Yield (channel, other path) as those know them that start a goroutine with a function, and as it knows them itself."""
        for channel in channels:
            yield channel, other
            for _, start in self._starts(function.id):
                yield from ((mine, its) for mine, its in itertools.product(_passed(start, channel), _passed(start, other)) if mine and its)

    def answers(self, send: Submit) -> Iterator[tuple[Path, Sync]]:
        """Yield (channel of the sender, signal) of what those who run a function tell over a channel in the same message when it has returned.

        `s.c <- &msg{f, back}; <-back`, where the receiver does `m.f(); m.back <- done`. Nobody else has the channel.
        """
        names = {f"={name}" for name, _ in send.channel.fields}
        receivers = self.receivers(send)
        users = {user for name in names for user in self._users[name]}
        for field, path in send.beside if users <= {receiver.id for receiver in receivers} else ():
            if self._given_away(path):
                continue
            signals: list[Sync] = []
            for receiver in receivers:
                received = {
                    (*sync.path, RECEIVED) for sync in receiver.syncs if sync.kind == "receive" and sync.path[-1] == self._last(send.channel.identity)
                }
                told = [sync for sync in receiver.syncs if sync.kind in ("send", "close") and sync.path[-1] == field and sync.path[:-1] in received]
                if not told or not self._returns_first(receiver, names, received, min(sync.at.order for sync in told)):
                    break
                signals += told
            else:
                yield from ((path, signal) for signal in signals)

    def _returns_first(self, receiver: FunctionSummary, names: set[str], messages: set[Path], told: int) -> bool:
        """Tell whether a receiver has called the function in each message, or had it called, before it tells, and hands the message to nobody."""
        for site in receiver.calls:
            handed = [index for index, argument in enumerate(site.args) if not names.isdisjoint(argument.tokens)]
            called = not names.isdisjoint(site.targets)
            if (handed or called) and (site.mode != "call" or site.at.order > told):
                return False
            if not all(target in self._functions and self._only_calls(target, index) for index in handed for target in site.targets):
                return False
            others = [argument for index, argument in enumerate(site.args) if index not in handed] + ([site.receiver] if not called else [])
            if any(other is not None and other.path in messages for other in others):
                return False
        return not any(names.intersection(send.call.targets) for send in receiver.submits) and not any(
            flow.source in names for flow in receiver.flows
        )

    def _only_calls(self, function: str, index: int) -> bool:
        """Tell whether a function calls what it is handed before it returns, and hands it to nobody."""
        token = f"?{index}"
        for member in self._families[self._functions[function].root]:
            calls = [site for site in member.calls if token in site.targets]
            if calls and (member.id != function or any(site.mode == "go" for site in calls)):
                return False
            if any(token in argument.tokens for site in member.calls for argument in site.args):
                return False
            if any(flow.source == token for flow in member.flows):
                return False
        return True

    def _given_away(self, channel: Path) -> bool:
        """Tell whether others than who receives a message may get the local channel in it, or its maker signals over it itself."""
        variable = local(self._functions, channel[0])
        if variable is None or len(channel) > 1:
            return True
        family = self._families[variable.family]
        sent = sum(path == channel for function in family for send in function.submits for _, path in send.beside)
        signals = any(sync.path == channel and sync.kind != "receive" for function in family for sync in function.syncs)
        return sent != 1 or signals or any(argument.path == channel for function in family for site in function.calls for argument in site.args)

    @cached_property
    def _users(self) -> dict[str, set[str]]:
        """The functions that call what a field holds, or hand it on, by its token."""
        found: dict[str, set[str]] = defaultdict(set)
        for function in self._functions.values():
            for token in _called(function):
                found[token].add(function.id)
        return found

    @cached_property
    def _families(self) -> dict[str, list[FunctionSummary]]:
        """Declared functions with their literals, by the declared one."""
        found: dict[str, list[FunctionSummary]] = defaultdict(list)
        for function in self._functions.values():
            found[function.root].append(function)
        return found

    def _executor(self, identity: str, send: Submit) -> Executor | None:
        receivers = self._receivers.get(identity)
        if not receivers:
            return None
        many = len(receivers) > 1 or self._several(receivers[0], identity)
        serial = None if many else Held(send.channel.path or (identity,), "w", f"{identity}{SERIAL}", send.call.spelled)
        return Executor(Callback(send.call.spelled, task=True, words=f"a function sent to `{send.call.spelled}`"), serial)

    # --- who receives? ---

    def _find_receivers(self) -> None:
        """Find the functions that receive from a channel and call what they get, or a function in a field of it."""
        fields: dict[str, set[str]] = defaultdict(set)
        for identity, sends in self._channels.items():
            for send in sends:
                for name, _ in send.channel.fields:
                    fields[name].add(identity)
        for function in self._functions.values():
            received = {sync.path[-1] for sync in function.syncs if sync.kind == "receive"}
            if not received:
                continue
            channels: set[str] = set()
            for token in _called(function):
                if token.endswith(RECEIVED):
                    channels.update(self._names(token[1:].removesuffix(RECEIVED)))
                channels.update(identity for identity in fields.get(token[1:], ()) if self._last(identity) in received)
            for identity in channels & self._channels.keys():
                self._receivers[identity].append(function)
        for identity, found in self._receivers.items():
            # A test that receives does so from an object of its own, in place of what the program starts for others.
            self._receivers[identity] = [function for function in found if not function.test] or found

    def _last(self, identity: str) -> str:
        path = self._channels[identity][0].channel.path
        return path[-1] if path else ""

    def _names(self, identity: str) -> Iterator[str]:
        """Yield the names of a channel: its own, and where it is a parameter, those of what callers pass."""
        yield identity
        family, _, number = identity[1:].partition("#")
        declaring = self._functions.get(family) if identity[0] == "l" and number.isdigit() else None
        if declaring is not None and int(number) in declaring.params:
            index = declaring.params.index(int(number))
            for _, site in self._calls_of[family]:
                if index < len(site.args):
                    yield site.args[index].identity

    @cached_property
    def _calls_of(self) -> dict[str, list[tuple[FunctionSummary, CallSite]]]:
        """The calls of each function, and the starts of goroutines with it."""
        found: dict[str, list[tuple[FunctionSummary, CallSite]]] = defaultdict(list)
        for function in self._functions.values():
            for site in function.calls:
                for target in site.targets:
                    found[target].append((function, site))
        return found

    # --- how many are there? ---

    def _several(self, receiver: FunctionSummary, identity: str) -> bool:
        """Tell whether several goroutines serve a channel."""
        if any(site.mode == "go" and token in site.targets for token in _called(receiver) for site in receiver.calls):
            return True  # it starts one for each function that it gets
        starts = [*self._starts(receiver.id)]
        for caller, site in self._calls_of[receiver.id]:
            starts += [] if site.mode == "go" else self._starts(caller.id)
        counts: dict[tuple[str, frozenset[Path]], int] = defaultdict(int)
        for starter, start in starts:
            # A function may well start one for each of two objects that it makes.
            counts[starter.id, _served(start, receiver)] += 2 if self._repeats(starter, start, receiver) else 1
        return any(count > 1 for count in counts.values())

    def _starts(self, id: str) -> Iterator[tuple[FunctionSummary, CallSite]]:
        """Yield where goroutines are started with a function."""
        yield from ((starter, site) for starter, site in self._calls_of[id] if site.mode == "go")
        yield from self._tasks[id]

    @cached_property
    def _tasks(self) -> dict[str, list[tuple[FunctionSummary, CallSite]]]:
        """Where functions are given to what starts a goroutine with them: `group.Go(p.work)`."""
        found: dict[str, list[tuple[FunctionSummary, CallSite]]] = defaultdict(list)
        for function in self._functions.values():
            for site in function.calls:
                tokens = [token for argument in site.args for token in argument.tokens]
                if tokens and any(callback is not None and callback.task for callback in map(self._callbacks.of, site.targets)):
                    for token in tokens:
                        found[token].append((function, site))
        return found

    def _repeats(self, starter: FunctionSummary, start: CallSite, receiver: FunctionSummary) -> bool:
        """Tell whether a start stands in a loop, for one channel and not for another one in each turn."""
        loops = loops_around(start.at)
        served = _served(start, receiver)
        return bool(loops) and not any(not path or "[" in "".join(path) or varies(self._functions, starter, path[0], loops) for path in served)


def _served(start: CallSite, receiver: FunctionSummary) -> frozenset[Path]:
    """Return the channels that a goroutine receives from, as the function knows them that starts it."""
    return frozenset(path for sync in receiver.syncs if sync.kind == "receive" for path in _passed(start, sync.path))


def _passed(start: CallSite, path: Path) -> Iterator[Path]:
    """Yield what a path stands for where a goroutine is started: the receiver, an argument, or what a literal shares with its function."""
    if path[0] == "r" and start.receiver is not None:
        yield (*start.receiver.path, *path[1:]) if start.receiver.path else ()
    elif path[0][0] == "p" and int(path[0][1:]) < len(start.args):
        given = start.args[int(path[0][1:])].path
        yield (*given, *path[1:]) if given else ()
    elif path[0][0] == "l":
        yield path


def _called(function: FunctionSummary) -> set[str]:
    """Return the tokens of the function values that a function calls, or hands on."""
    found = {token for site in function.calls for token in site.targets}
    found.update(token for site in function.calls for argument in site.args for token in argument.tokens)
    return {token for token in found if token[0] == "="}
