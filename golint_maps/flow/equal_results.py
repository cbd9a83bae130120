"""Calls that give equal results for equal operands, as long as nothing changes in between: what makes two keys one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from golint_maps.flow.traverse import each, expressions, statements
from golint_maps.syntax import ir

if TYPE_CHECKING:
    from golint_maps.flow.view import View

_GETTER: Final = re.compile(r"Get[A-Z]")
_DOES: Final = re.compile(
    "(?:Next|Pop|Pull|Poll|Take|Read|Recv|Receive|Scan|Fetch|Load|Swap|Shift|Dequeue|Draw|Roll|Pick|Rand|Random|Int|Uint|Float|Perm|UUID|Unique|Token"
    "|Nonce|New|Gen|Generate|Make|Create|Alloc|Allocate|Build|Acquire|Reserve|Inc|Increment|Dec|Decrement|Add|Advance|Step|Start|Open|Begin|Now|Tick)"
    "(?![a-z])"
)
"""Beginnings of the names of methods that do something, or give something new each time."""
_ONLY_LOOKS: Final = (ir.Return, ir.If, ir.Switch, ir.Block)
_READS: Final = (ir.Sel, ir.Local, ir.Name, ir.Const, ir.Deref, ir.Addr, ir.Binary, ir.Unary, ir.Index)


def gives_equal_results(view: View, fun: ir.Expr, args: int) -> bool:
    """Tell whether a call with so many arguments is a conversion, a builtin, a getter, or of a function that makes keys or of a pure package."""
    match fun:
        case ir.Name("string" | "len" | "int" | "int64" | "uint64" | "min" | "max"):
            return True
        case ir.Name(name):
            return name.lower().endswith(("key", "hash")) or view.typing.as_type(fun) is not None
        case ir.Sel(ir.Name("strings" | "path" | "filepath" | "strconv"), _):
            return True
        case ir.Sel(_, "String" | "Name" | "ID" | "Key" | "GetName" | "GetNamespace" | "GetUID" | "Path" | "Error"):
            return True
        case ir.Sel():
            return (args == 0 and _is_getter(view, fun)) or view.typing.as_type(fun) is not None
    return False


def _is_getter(view: View, fun: ir.Sel) -> bool:
    """Tell whether a method without arguments only says what its object has: by its body where that is in sight, else by its name.

    Of an object whose type is not in sight, that is any name that does not say that something is done.
    """
    if view.typing.package_of(fun.base) is not None:
        return False
    method = view.package.resolver.method(view.typing.of(fun.base), fun.name)
    if method is None:
        return fun.name[:1].isupper() and not _DOES.match(fun.name)
    if method.function is None:
        return _GETTER.match(fun.name) is not None
    node = method.function.node
    known: dict[int, tuple[ir.Function, bool]] = view.package.memo.setdefault(__name__, {})
    if id(node) not in known:
        # The function is kept as well: its address must not become that of another one.
        known[id(node)] = node, _only_looks(node) or _GETTER.match(fun.name) is not None
    return known[id(node)][1]


def _only_looks(function: ir.Function) -> bool:
    """Tell whether a method has nothing but conditions and results, of fields of its object and constants."""
    body = function.body or ()
    if not body or any(not isinstance(statement, _ONLY_LOOKS) for statement in statements(body)):
        return False
    return bool(each(body, ir.Return)) and all(isinstance(x, _READS) for x in expressions(body))
