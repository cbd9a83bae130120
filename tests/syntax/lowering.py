"""Helpers that lower Go text and show what became of it."""

from __future__ import annotations

from golint_maps.syntax import extract
from golint_maps.syntax.ir import Expr, FileFacts, Function, Local, Stmt


def lowered(text: str) -> FileFacts:
    """The facts of a file; a package clause is put before the text if it has none."""
    return extract((text if "package " in text else "package p\n" + text).encode())


def function(text: str, name: str = "f") -> Function:
    """The function with a name in a file."""
    return next(found for found in lowered(text).functions if found.name == name)


def body(statements: str) -> list[Stmt]:
    """The lowered statements of a function's body."""
    found = function("func f() {\n" + statements + "\n}").body
    assert found is not None
    return found


def expression(text: str) -> Expr:
    """One lowered expression, read in a function that has the local variables `local`, `m` and `k`."""
    statements = function("func f(local, m, k T) {\n_ = " + text + "\n}").body
    assert statements
    return statements[0].rhs[0]  # type: ignore[union-attr]


def shown(node: object) -> str:
    """An IR node without positions: `Call(Sel(Name(s), get), [Local(0)])`."""
    if isinstance(node, list):
        return "[" + ", ".join(shown(item) for item in node) + "]"
    if isinstance(node, Local):
        return f"Local({node.id})"
    fields = getattr(node, "__struct_fields__", None)
    if fields is None:
        return str(node)
    values = [getattr(node, field) for field in fields if field not in ("pos", "end")]
    while values and (values[-1] is False or values[-1] is None or values[-1] == "" or values[-1] == []):
        values.pop()
    return f"{type(node).__name__}({', '.join(shown(value) for value in values)})"
