"""What the text says of the number of keys that a map gets without showing it: words for things of which there are few, and walks over what there is.

`keyspace` knows which keys the program bounds. This is weaker: a map of plug-ins by type grows with nothing but the program, yet the types are
plain strings. It decides between a warning and a note only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from golint_maps.flow.keyspace import is_closed
from golint_maps.flow.traverse import subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.model import Type

FEW: Final = "few"
MANY: Final = "many"

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_FEW: Final = frozenset(
    "type ptype kind class category level phase stage status method verb protocol proto scheme network driver plugin provider backend service"
    " component module group metric metrics label labels hook region zone cluster namespace ns locale lang language format codec encoding version"
    " model schema gvr gvk gk resource cpu core queue config option flag setting env feature rule policy pattern regex template port".split()
)
"""Words for what a program, or its configuration, has few of."""
_MANY: Final = frozenset(
    "id ids uid uuid guid user username account tenant customer email mail token session conn connection client peer ip addr remote uri url hash"
    " digest fingerprint request tx channel chan message sender recipient member player room visitor nonce cookie pub".split()
)
"""Words for what comes and goes without end."""
_NO_IDENTITY: Final = frozenset(("key", "unique"))
"""Before `id`: such an id is a key like any other."""
_SERVERS: Final = frozenset("host hostname endpoint upstream server broker".split())
"""Words for what a program talks to, unless they are said of what a request brings."""
_REQUEST: Final = model.Named("net/http", "Request")
_GENERIC: Final = frozenset("key k string str get to".split())
_HASH: Final = 16
_BYTE: Final = model.Basic("uint8")
_TAILS: Final = frozenset("key id str string".split())
_METRIC: Final = re.compile(r"\w*(?:Counter|Gauge|Histogram|Summary|Collector|Vec|Meter|Logger)$")
"""Names of types of metrics and loggers: of those there are as many as somebody looks at."""
_COUNTERS: Final = (model.Basic("int64"), model.Basic("uint64"), model.Named("sync/atomic", "Int64"), model.Named("sync/atomic", "Uint64"))
_EVENTS: Final = re.compile(
    r"(?i:poll|fetch|recv|receive|read|pop|drain|next|take|event|message|dequeue|consume|flush|pull|accept|batch|pending|change)"
)
"""Names of functions whose results are what has happened since the last call."""
_WALKED: Final = "walked"
_FRESH: Final = "fresh"
"""Where keys come from: a walk over what there is, or what has just arrived."""
_MAX_DEPTH: Final = 6


def hint(view: View, key: ir.Expr, kind: Type | None, value: Type | None) -> str:
    """Return what the text says of the keys, `FEW` or `MANY`, by their words, types or values; nothing where it says neither.

    Keys from a walk over what the object has, or over what a call lists, are as many as there are things at the time, whatever their names.
    """
    word = _word(view, key)
    if (
        word in _FEW
        or (word in _SERVERS and not _of_request(view, key, 0))
        or _is_struct_of_few(kind or view.typing.of(key), view)
        or _is_metric(value)
    ):
        return FEW
    if _is_walked(view, key):
        return ""
    return MANY if _is_identity(view, key, kind) or _of_request(view, key, 0) else ""


def _is_identity(view: View, key: ir.Expr, kind: Type | None) -> bool:
    """Tell whether a key is by its words, or by its type (a hash, a public key, a time), that of one thing of very many."""
    below = view.package.resolver.underlying(kind)
    if isinstance(below, model.Array) and below.length.isdecimal() and int(below.length) >= _HASH and below.elem == _BYTE:
        return True
    raw = _raw(view, key)
    return bool(raw) and raw[-1] in _MANY and not (raw[-1] == "id" and len(raw) > 1 and raw[-2] in _NO_IDENTITY)


def _raw(view: View, key: ir.Expr, depth: int = 0) -> list[str]:
    """Return the words of a key's name; of a key that is called just that, those of what it is defined by."""
    match key:
        case ir.Local(number):
            words = _split(view.variables[number].name)
            while words and words[-1] in _GENERIC:
                words.pop()
            definition = view.typing.definitions.get(number)
            if not words and isinstance(definition, FromValue) and depth < _MAX_DEPTH:
                return _raw(view, definition.value, depth + 1)
            return words
        case ir.Sel(base, name) | ir.Call(ir.Sel(base, name), []):
            words = [word for word in _split(name) if word not in _GENERIC]
            return words or (_raw(view, base, depth + 1) if depth < _MAX_DEPTH else [])
        case ir.Call(_, [argument, *_]) | ir.Deref(argument) | ir.Assert(argument) if depth < _MAX_DEPTH:
            return _raw(view, argument, depth + 1)
        case ir.Binary(_, left, right) if depth < _MAX_DEPTH:
            return _raw(view, right, depth + 1) or _raw(view, left, depth + 1)
    return []


def _split(name: str) -> list[str]:
    words = [word.lower() for word in _WORD.findall(name)]
    # The URL of a type, as in an `Any` message, is a name for it.
    return words[:-1] if words[-2:] in (["type", "url"], ["type", "uri"]) else words


def _word(view: View, key: ir.Expr, depth: int = 0) -> str:
    """Return the word that says what a key is: the last one of its name, without what all keys are called."""
    match key:
        case ir.Local(number):
            words = _words(view.variables[number].name)
            definition = view.typing.definitions.get(number)
            if not words and isinstance(definition, FromValue) and definition.count == 1 and not view.assignments[number] and depth < _MAX_DEPTH:
                return _word(view, definition.value, depth + 1)
            return words[-1] if words else ""
        case ir.Sel(base, name):
            words = _words(name)
            if words == ["name"] or not words:
                above = _word(view, base, depth + 1) if depth < _MAX_DEPTH and not isinstance(base, ir.Name) else ""
                return above if above in _FEW else "".join(words)
            return words[-1]
        case ir.Call(ir.Sel(base, name), []):
            words = _words(name)
            return words[-1] if words else _word(view, base, depth + 1) if depth < _MAX_DEPTH else ""
        case ir.Call(_, [argument]) | ir.Deref(argument) | ir.Assert(argument) if depth < _MAX_DEPTH:
            return _word(view, argument, depth + 1)
    return ""


def _words(name: str) -> list[str]:
    words = _split(name)
    while words and words[-1] in _TAILS:
        words.pop()
    return words


def _is_struct_of_few(kind: Type | None, view: View) -> bool:
    """Tell whether keys are structs whose fields are all of few values, by their types or names: `struct { Model string; Verbose bool }`."""
    below = view.package.resolver.underlying(kind)
    if not isinstance(below, model.Struct) or not below.fields:
        return False
    return all(is_closed(field.type, view.package.resolver) or (_words(field.name) or [""])[-1] in _FEW for field in below.fields)


def _is_metric(value: Type | None) -> bool:
    """Tell whether a metric is stored, or a number that is counted atomically."""
    if isinstance(value, model.Pointer):
        value = value.elem
        if value in _COUNTERS:
            return True
    return isinstance(value, model.Named) and _METRIC.match(value.name) is not None


def _is_walked(view: View, key: ir.Expr) -> bool:
    roots = list(_roots(view, key, 0))
    return _WALKED in roots and _FRESH not in roots


def _roots(view: View, x: ir.Expr, depth: int) -> Iterator[str]:
    """Yield where each variable in an expression comes from, or may come from. What never changes is left out."""
    for part in subexpressions(x):
        if isinstance(part, ir.Recv) or (isinstance(part, ir.Call) and _EVENTS.search(_called(part))):
            yield _FRESH
        if not isinstance(part, ir.Local) or part.id == view.root.receiver:
            continue
        definition = view.typing.definitions.get(part.id)
        if depth > _MAX_DEPTH or view.assignments[part.id] or part.id in view.root.params:
            yield _FRESH
        elif isinstance(definition, FromValue):
            yield from _roots(view, definition.value, depth + 1)
        elif isinstance(definition, FromRange):
            if isinstance(view.package.resolver.underlying(view.typing.of(definition.over)), model.Chan):
                yield _FRESH
            else:
                yield _WALKED
                yield from _roots(view, definition.over, depth + 1)
        else:
            yield _FRESH


def _of_request(view: View, x: ir.Expr, depth: int) -> bool:
    """Tell whether an expression, or what defines its variables, speaks of an HTTP request."""
    for part in subexpressions(x):
        kind = view.typing.of(part) if isinstance(part, ir.Local | ir.Sel) else None
        if kind in (_REQUEST, model.Pointer(_REQUEST)):
            return True
        definition = view.typing.definitions.get(part.id) if isinstance(part, ir.Local) else None
        if isinstance(definition, FromValue) and depth < _MAX_DEPTH and _of_request(view, definition.value, depth + 1):
            return True
    return False


def _called(call: ir.Call) -> str:
    return call.fun.name if isinstance(call.fun, ir.Sel | ir.Name) else ""
