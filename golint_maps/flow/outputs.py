"""What calls write to: writers, hashes and encoders, by themselves or in functions of the package that have one or are handed one."""

from __future__ import annotations

from golint_maps.flow.reach import Reach
from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model

_WRITES = frozenset(("Write", "WriteString", "WriteByte", "WriteRune"))
_ENCODES = frozenset(("Encode", "EncodeElement", "EncodeToken", "EncodeValue", "WriteAll"))
_NAMES = _WRITES | _ENCODES | {"Fprint", "Fprintf", "Fprintln", "Copy"}


def written_to(view: View, call: ir.Call) -> ir.Expr | None:
    """Return what a call of a method or a function of the standard library writes to, or None."""
    if not isinstance(call.fun, ir.Sel):
        return None
    name = call.fun.name
    match view.typing.package_of(call.fun.base):
        case "fmt" if name in ("Fprint", "Fprintf", "Fprintln"):
            writer = call.args[0]
        case "io" if name in ("WriteString", "Copy"):
            writer = call.args[0]
        case "encoding/binary" if name == "Write":
            writer = call.args[0]
        case None if name in _WRITES and _is_writer(view, call.fun.base):
            writer = call.fun.base
        case None if name in (_ENCODES | {"Write"}) and _is_encoder(view, call.fun.base):
            writer = call.fun.base
        case _:
            return None
    if isinstance(writer, ir.Sel) and writer.name in ("Stderr", "Discard"):
        return None
    return writer.x if isinstance(writer, ir.Addr) else writer


def _is_writer(view: View, x: ir.Expr) -> bool:
    method = view.package.resolver.method(view.typing.of(x), "Write")
    return method is not None and method.signature.params == (model.Slice(model.BASIC["byte"]),)


def _is_encoder(view: View, x: ir.Expr) -> bool:
    kind = view.typing.of(x)
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    return isinstance(kind, model.Named) and kind.package.startswith("encoding/")


# --- through functions ---


def writers_of(package: PackageView) -> Reach:
    """Return which functions of a package write to what their callers know, worked out once."""
    known: Reach | None = package.memo.get(__name__)
    if known is None:
        known = package.memo[__name__] = Reach(package, _NAMES, _lasting)
    return known


def _lasting(view: View, call: ir.Call) -> ir.Expr | None:
    """Return what a call writes to, unless the function begins it anew or empties it: then what is in it is of this call alone."""
    writer = written_to(view, call)
    if writer is None:
        return None
    path = view.paths.raw(writer)
    for function in view.functions:
        for other in each(function.body or (), ir.Call):
            if isinstance(other.fun, ir.Sel) and other.fun.name in ("Reset", "Truncate") and view.paths.raw(other.fun.base) == path:
                return None
    return writer
