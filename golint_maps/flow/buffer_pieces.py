"""Which expressions of a function are pieces of a large buffer that it has read.

Values are classified by how they are computed, whatever the order of statements: `whole` is all that was read from a file, body or stream,
`piece` a sub-slice or substring of it, `pieces` a list of those.
"""

from __future__ import annotations

from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

WHOLE, PIECE, PIECES = "whole", "piece", "pieces"

_READS: Final = frozenset(("io.ReadAll", "io/ioutil.ReadAll", "io/ioutil.ReadFile", "os.ReadFile", "io/fs.ReadFile", "embed.FS.ReadFile"))
"""Functions that return all of what they read, whatever its size."""
_TRIMS: Final = frozenset(("Trim", "TrimSpace", "TrimLeft", "TrimRight", "TrimPrefix", "TrimSuffix", "TrimFunc"))
"""Functions whose result is nearly all of their argument."""
_LISTS: Final = frozenset(("Split", "SplitN", "SplitAfter", "SplitAfterN", "Fields", "FieldsFunc", "Lines", "SplitSeq", "SplitAfterSeq", "FieldsSeq"))
_CUTS: Final = frozenset(("Cut", "CutPrefix", "CutSuffix"))
_SAME_SIZE: Final = frozenset(("ReplaceAll", "Replace", "ToValidUTF8"))
"""Functions that give a text of about the same size, copied or not."""
_FINDS: Final = frozenset(("Find", "FindString"))
_FINDS_SOME: Final = frozenset(("FindSubmatch", "FindStringSubmatch", "FindAll", "FindAllString", "Split"))
"""Methods of `regexp.Regexp` whose results are pieces of their first argument."""
_LEAST: Final = 4096
"""Bytes that a buffer of a written size must have to be worth a note."""
_MAX_DEPTH: Final = 12


class Pieces:
    """Classifies the expressions of one function."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._locals: dict[int, tuple[str, ir.Call] | None] = {}

    def inside(self, x: ir.Expr) -> tuple[ir.Expr, ir.Call] | None:
        """Return (the piece, what read the buffer) when an expression to be stored is or holds a piece."""
        match x:
            case ir.Lit(_, elements):
                return next((found for element in elements if (found := self.inside(element.value)) is not None), None)
            case ir.Addr(operand):
                return self.inside(operand)
            case ir.Call(ir.Name("append"), [_, *added]) if not x.spread:
                return next((found for item in added if (found := self.inside(item)) is not None), None)
        known = self.of(x)
        return (x, known[1]) if known is not None and known[0] == PIECE else None

    def of(self, x: ir.Expr, depth: int = 0) -> tuple[str, ir.Call] | None:
        """Return (class, the call that read the buffer) of an expression, or None."""
        if depth > _MAX_DEPTH:
            return None
        match x:
            case ir.Local(number):
                return self._local(number, depth)
            case ir.SliceOf(operand, bounds):
                found = self.of(operand, depth + 1)
                if found is None or found[0] == PIECES or not bounds:
                    return found
                return PIECE, found[1]
            case ir.Index(base):
                found = self.of(base, depth + 1)
                return (PIECE, found[1]) if found is not None and found[0] == PIECES else None
            case ir.Call():
                return self._call(x, depth)
        return None

    def _local(self, number: int, depth: int) -> tuple[str, ir.Call] | None:
        if number not in self._locals:
            self._locals[number] = None  # a variable that is cut shorter and shorter
            found = self._defined(number, depth) or self._assigned(number, depth)
            if found is not None and isinstance(found[1].fun, ir.Name) and found[0] == WHOLE and not self._read_into(number):
                found = None  # a buffer that is made to be cut into pieces
            self._locals[number] = found
        return self._locals[number]

    def _defined(self, number: int, depth: int) -> tuple[str, ir.Call] | None:
        match self.view.typing.definitions.get(number):
            case FromValue(value, index, count):
                return self._bound(value, index, count, depth)
            case FromRange(over, index):
                found = self.of(over, depth + 1)
                lazy = isinstance(over, ir.Call) and isinstance(self.view.package.resolver.underlying(self.view.typing.of(over)), model.Signature)
                return (PIECE, found[1]) if found is not None and found[0] == PIECES and index == (0 if lazy else 1) else None
        return None

    def _assigned(self, number: int, depth: int) -> tuple[str, ir.Call] | None:
        for statement in self.view.statements if self.view.assignments[number] else ():
            if not isinstance(statement, ir.Assign) or statement.op != "=":
                continue
            for index, target in enumerate(statement.lhs):
                if isinstance(target, ir.Local) and target.id == number:
                    paired = len(statement.rhs) == len(statement.lhs)
                    value = statement.rhs[index if paired else 0]
                    found = self._bound(value, 0 if paired else index, 1 if paired else len(statement.lhs), depth)
                    if found is not None:
                        return found
        return None

    def _read_into(self, number: int) -> bool:
        """Tell whether something is read into a local buffer: `r.Read(buf)`, `buf.ReadFrom(r)`, `io.Copy(&buf, r)`."""
        for function in self.view.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and x.fun.name.startswith(("Read", "Copy")):
                    for arg in (*x.args, x.fun.base):
                        inner = arg.x if isinstance(arg, ir.SliceOf | ir.Addr) else arg
                        if isinstance(inner, ir.Local) and inner.id == number:
                            return True
        return False

    def _bound(self, value: ir.Expr, index: int, count: int, depth: int) -> tuple[str, ir.Call] | None:
        found = self.of(value, depth + 1)
        if count == 1 or found is None:
            return found
        if isinstance(value, ir.Call) and self._library(value) in _CUTS:
            return found if index < 2 else None
        return found if index == 0 else None

    def _call(self, call: ir.Call, depth: int) -> tuple[str, ir.Call] | None:
        view = self.view
        if len(call.args) == 1 and view.typing.as_type(call.fun) is not None and view.typing.of(call.fun) is None:
            return self._converted(call, depth)
        name = self._library(call)
        if name and call.args:
            found = self.of(call.args[0], depth + 1)
            if found is None or found[0] == PIECES:
                return None
            if name in _TRIMS or (name in _SAME_SIZE and found[0] == WHOLE):
                return found
            if name in _LISTS:
                return PIECES, found[1]
            return (PIECE, found[1]) if name in _CUTS else None
        target = callee(view, call)
        if target is not None and target.id in _READS:
            return WHOLE, call
        if target is not None and target.receiver is not None:
            return self._method(call, target.id, target.receiver, depth)
        return self._made(call)

    def _method(self, call: ir.Call, id: str, receiver: ir.Expr, depth: int) -> tuple[str, ir.Call] | None:
        owner, _, name = id.rpartition(".")
        if owner == "regexp.Regexp" and call.args and name in _FINDS | _FINDS_SOME:
            found = self.of(call.args[0], depth + 1)
            return None if found is None or found[0] == PIECES else (PIECE if name in _FINDS else PIECES, found[1])
        if owner in ("bytes.Buffer", "strings.Builder") and name in ("Bytes", "String") and isinstance(receiver, ir.Local):
            return (WHOLE, call) if self._read_into(receiver.id) else None
        return None

    def _made(self, call: ir.Call) -> tuple[str, ir.Call] | None:
        """A buffer of a large size that this function makes, to read into."""
        match call:
            case ir.Call(ir.Name("make"), [ir.TypeArg(ir.TSlice(ir.TName("byte"))), size, *_]):
                return (WHOLE, call) if (_integer(self.view, size) or 0) >= _LEAST else None
        return None

    def _converted(self, call: ir.Call, depth: int) -> tuple[str, ir.Call] | None:
        """A conversion between text and bytes copies: of a piece that is what is wanted, of the whole it is another large buffer.

        One to a type of the same kind (`Name(text[a:b])`) copies nothing.
        """
        found = self.of(call.args[0], depth + 1)
        if found is None:
            return None
        resolver, typing = self.view.package.resolver, self.view.typing
        before, after = resolver.underlying(typing.of(call.args[0])), resolver.underlying(typing.as_type(call.fun))
        if isinstance(after, model.Array):
            return None
        same = type(before) is type(after)
        return found if same or found[0] == WHOLE else None

    def _library(self, call: ir.Call) -> str:
        """Return the name of a function of package strings or bytes, or an empty string."""
        fun = call.fun
        if isinstance(fun, ir.Sel) and self.view.typing.package_of(fun.base) in ("strings", "bytes"):
            return fun.name
        return ""


def _integer(view: View, x: ir.Expr) -> int | None:
    """Return the value of an integer constant that is written as a product or with a shift, or None."""
    if isinstance(x, ir.Name) and x.name in view.package.scope.constants:
        x = view.package.scope.constants[x.name].node.value or x
    if not isinstance(x, ir.Const) or x.kind != "int":
        return None
    value = 1
    for factor in x.text.split("*"):
        number = Sizes(view.package.resolver).length(factor.strip())
        if number is None:
            return None
        value *= number
    return value
