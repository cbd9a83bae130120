"""Types whose values own something, and what releases it."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.flow.view import PackageView
from golint_maps.types import model
from golint_maps.types.model import Type

CANCEL, TIMER, TICKER, CLOSER = "cancel", "timer", "ticker", "closer"

_NAMED: Final = {
    model.Named("context", "CancelFunc"): CANCEL,
    model.Named("context", "CancelCauseFunc"): CANCEL,
    model.Pointer(model.Named("time", "Timer")): TIMER,
    model.Pointer(model.Named("time", "Ticker")): TICKER,
}
_CLOSERS: Final = frozenset(
    """
    github.com/coder/websocket.Conn
    github.com/fsnotify/fsnotify.Watcher
    github.com/gobwas/ws.Conn
    github.com/gofiber/websocket/v2.Conn
    github.com/gorilla/websocket.Conn
    github.com/quic-go/quic-go.Transport
    github.com/rabbitmq/amqp091-go.Channel
    github.com/rabbitmq/amqp091-go.Connection
    github.com/redis/go-redis/v9.Client
    github.com/redis/go-redis/v9.PubSub
    github.com/segmentio/kafka-go.Reader
    github.com/segmentio/kafka-go.Writer
    github.com/streadway/amqp.Channel
    github.com/streadway/amqp.Connection
    golang.org/x/crypto/ssh.Client
    golang.org/x/crypto/ssh.Session
    golang.org/x/net/websocket.Conn
    google.golang.org/grpc.ClientConn
    nhooyr.io/websocket.Conn
    """.split()
)
"""Types of other modules, whose source is seldom at hand, of which a pointer has `Close() error`."""
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_RELEASING: Final = frozenset(
    "close stop shut shutdown reset release kill cancel destroy terminate abort detach disconnect quit free dispose finish unsubscribe hangup drain "
    "teardown cleanup exit end reap wait logout leave".split()
)
_OVER: Final = frozenset(
    "closed closing done stopped dead expired exited finished alive connected healthy err error valid active running broken stale".split()
)


def owned(kind: Type | None, package: PackageView) -> str:
    """Return what a type's values own, or an empty string.

    A pointer or interface with `Close() error` owns something, and so does a type parameter whose constraint asks for it; a struct that merely holds
    such a value does not.
    """
    if kind is None:
        return ""
    known: dict[Type, str] = package.memo.setdefault(__name__, {})
    if kind not in known:
        known[kind] = _NAMED.get(kind) or (CLOSER if _closes(kind, package) else "")
    return known[kind]


def _closes(kind: Type, package: PackageView) -> bool:
    if isinstance(kind, model.Pointer) and isinstance(kind.elem, model.Named) and f"{kind.elem.package}.{kind.elem.name}" in _CLOSERS:
        return True
    below = package.resolver.underlying(kind)
    if not isinstance(kind, model.Pointer | model.TypeParameter) and not isinstance(below, model.Interface):
        return False
    method = package.resolver.method(kind, "Close")
    return method is not None and method.signature.params == () and method.signature.results == (model.ERROR,)


def releases(method: str) -> bool:
    """Tell whether a method of this name releases what its receiver owns, or asks whether that has happened already."""
    words = {word.lower() for word in _WORD.findall(method)}
    return bool(words & _RELEASING) or bool(words & _OVER)
