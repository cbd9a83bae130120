"""Names of maps: the qualified name of what an expression stands for, independent of the variable that it is reached through."""

from __future__ import annotations

from golint_maps.flow.site import Place
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model


def qualified(view: View, x: ir.Expr) -> str:
    """Return the qualified name of a variable or field: `cache.Cache.items`, `cache.registry`, `cache.Load.seen`; empty for other expressions.

    A field is named by the type that declares it, so it has one name however it is reached.
    """
    package = view.package.scope
    match x:
        case ir.Local(number):
            return f"{package.name}.{view.name}.{view.variables[number].name}"
        case ir.Name(name) if name in package.variables:
            return f"{package.name}.{name}"
        case ir.Sel(base, name):
            imported = view.typing.package_of(base)
            if imported is not None:
                return f"{model.brief(imported)}.{name}"
            field = view.package.resolver.field(view.typing.of(base), name)
            if field is not None and isinstance(field.owner, model.Named):
                return f"{model.brief(field.owner.package)}.{field.owner.name.split('·')[0]}.{name}"
            below = qualified(view, base)
            return f"{below}.{name}" if below else ""
        case ir.Index(base) | ir.Deref(base) | ir.Addr(base):
            return qualified(view, base)
    return ""


def place(view: View, start: int, end: int) -> Place:
    """Return a stretch of the view's file."""
    return Place(view.path, start, end)


def extent(x: ir.Expr, view: View) -> tuple[int, int]:
    """Return (start, end) of an expression in bytes."""
    match x:
        case ir.Local(number, pos):
            return pos, pos + len(view.variables[number].name.encode())
        case ir.Name(name, pos):
            return pos, pos + len(name.encode())
        case ir.Const(_, text, pos):
            return pos, pos + len(text.encode())
    return x.pos, x.end
