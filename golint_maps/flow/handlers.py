"""Functions that a framework runs on goroutines of its own, told by the types of their parameters: the table `handlers.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from tomllib import loads

import msgspec

from golint_maps.syntax import ir


class _Handler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`alone`: there are no further parameters. `declared`: literals do not count. `method`: the only name that counts."""

    params: tuple[str, ...]
    words: str
    alone: bool = False
    declared: bool = False
    method: str = ""


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    handler: tuple[_Handler, ...]


@cache
def _by_first_parameter() -> dict[str, list[_Handler]]:
    data = msgspec.convert(loads(files("golint_maps.flow").joinpath("handlers.toml").read_text(encoding="utf-8")), _Data)
    found: dict[str, list[_Handler]] = {}
    for handler in data.handler:
        found.setdefault(handler.params[0], []).append(handler)
    return found


def handler(function: ir.Function) -> str:
    """Return what kind of framework callback a function is by its parameters, or an empty string."""
    params = function.type.params
    if not params:
        return ""
    for entry in _by_first_parameter().get(_written(params[0]), ()):
        if _fits(entry, params, function):
            return entry.words
    return ""


def is_rpc(kind: ir.TFunc) -> bool:
    """Tell whether a method may be one that gRPC calls: `(context, *request) (*response, error)`, `([*request,] stream) error`."""
    if not kind.results or kind.results[-1] != ir.TName("error"):
        return False
    match kind.params, len(kind.results):
        case ([ir.TQual("context", "Context"), _], 2):
            return True
        case ([stream] | [ir.TPtr(), stream], 1):
            return _is_stream(stream)
    return False


def _is_stream(kind: ir.TypeExpr) -> bool:
    """Tell whether a type is that of a stream: `pb.Chat_TalkServer`, `grpc.ServerStreamingServer[pb.Word]`."""
    if isinstance(kind, ir.TInst):
        kind = kind.base
    return isinstance(kind, ir.TQual | ir.TName) and (kind.name.endswith("Server") or kind == ir.TQual("grpc", "ServerStream"))


def _fits(entry: _Handler, params: Sequence[ir.TypeExpr], function: ir.Function) -> bool:
    if len(params) < len(entry.params) or (entry.alone and len(params) > len(entry.params)):
        return False
    if (entry.declared and function.receiver_type is None) or (entry.method and function.name != entry.method):
        return False
    return all(_written(param) == wanted for param, wanted in zip(params, entry.params, strict=False))


def _written(kind: ir.TypeExpr) -> str:
    if isinstance(kind, ir.TPtr):
        kind = kind.elem
    match kind:
        case ir.TQual(package, name):
            return f"{package}.{name}"
        case ir.TChan(elem):
            return f"chan {_written(elem)}"
        case ir.TName("any"):
            return "any"
        case ir.TInterface([], []):
            return "interface{}"
    return ""
