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

    A pointer or interface with `Close() error` owns something; a struct that merely holds such a value does not.
    """
    if kind is None:
        return ""
    known: dict[Type, str] = package.memo.setdefault(__name__, {})
    if kind not in known:
        known[kind] = _NAMED.get(kind) or (CLOSER if _closes(kind, package) else "")
    return known[kind]


def _closes(kind: Type, package: PackageView) -> bool:
    below = package.resolver.underlying(kind)
    if not isinstance(kind, model.Pointer) and not isinstance(below, model.Interface):
        return False
    if isinstance(kind, model.TypeParameter):
        return False
    method = package.resolver.method(kind, "Close")
    return method is not None and method.signature.params == () and method.signature.results == (model.ERROR,)


def releases(method: str) -> bool:
    """Tell whether a method of this name releases what its receiver owns, or asks whether that has happened already."""
    words = {word.lower() for word in _WORD.findall(method)}
    return bool(words & _RELEASING) or bool(words & _OVER)
