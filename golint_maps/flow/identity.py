"""Names for the whole program: of functions, of variables and fields, and of access paths whose roots other functions can translate."""

from __future__ import annotations

from functools import lru_cache

from golint_maps.flow.getters import getter_of
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue
from golint_maps.types.scope import receiver_name


def function_id(view: View, number: int) -> str:
    """Return the id of a function of the view's file: `path.Func`, `path.Type.Method`, or that of its outermost function with `·number`."""
    root = view.facts.functions[view.facts.functions[number].root]
    base = declared_id(view.package.scope.path, root, view.path)
    return base if view.facts.functions[number].parent < 0 else f"{base}·{number}"


def declared_id(package: str, function: ir.Function, file: str) -> str:
    """Return the id of a declared function. `init`, blank and initialiser functions, of which there may be many, have their place in it."""
    if function.name in ("init", "_", "var·", "main") and function.receiver_type is None:
        return f"{package}.{function.name}@{file}:{function.pos}"
    if function.receiver_type is not None:
        return f"{package}.{receiver_name(function.receiver_type)}.{function.name}"
    return f"{package}.{function.name}"


class Names:
    """Program-wide names of what the expressions of one function stand for."""

    def __init__(self, view: View) -> None:
        self.view = view
        root = view.root
        self.root_id = function_id(view, view.number)
        self._roots: dict[int, str] = {number: f"p{index}" for index, number in enumerate(root.params) if number >= 0}
        if root.receiver is not None and root.receiver >= 0:
            self._roots[root.receiver] = "r"

    def rooted(self, path: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Return an access path with a root that other functions understand."""
        if path is None:
            return None
        head = path[0]
        if head[0] != "l" or "#" in head:
            return path  # nobody's own, or a local of another function, which has its root already
        number = int(head[1:])
        # A parameter that is assigned to is a variable of its own: it may stand for something else than the argument.
        name = self._roots.get(number) if not self.view.assignments[number] else None
        return (name or f"l{self.root_id}#{number}", *path[1:])

    def path(self, x: ir.Expr | None) -> tuple[str, ...] | None:
        """Return the rooted access path of an expression, or None."""
        return self.rooted(self.view.paths.of(x))

    def identity(self, x: ir.Expr) -> str:
        """Return the program-wide name of a variable or field, `[]` for elements; empty when it has none."""
        view = self.view
        if x.__class__ is ir.Local:
            return self._local(x)
        if x.__class__ is ir.Name:
            return f"g{view.package.scope.path}.{x.name}" if x.name in view.package.scope.variables else ""
        if x.__class__ is ir.Sel:
            imported = view.typing.package_of(x.base)
            if imported is not None:
                return f"g{imported}.{x.name}"
            field = view.package.resolver.field(view.typing.of(x.base), x.name)
            if field is not None and isinstance(field.owner, model.Named):
                return f"f{field.owner.package}.{field.owner.name}.{x.name}"
            below = self.identity(x.base)
            return f"{below}.{x.name}" if below else ""
        match x:
            case ir.Index(base):
                below = self.identity(base)
                return f"{below}[]" if below else ""
            case ir.Deref(base) | ir.Addr(base) | ir.Assert(base):
                return self.identity(base)
            case ir.Recv(base):
                below = self.identity(base)
                return f"{below}<-" if below else ""
            case ir.Call(ir.Sel(base, "Load"), []):
                below = self.identity(base)
                return f"{below}.Load()" if below else ""
            case ir.Call():
                getter = getter_of(view, x)
                if getter is None:
                    return ""
                name = Names(getter.view).identity(getter.value)
                getter.view.release()
                return name
        return ""

    def _local(self, x: ir.Local) -> str:
        view = self.view
        aliased = view.paths.of(x)
        if aliased is not None and aliased != (f"l{x.id}",):
            match view.typing.definitions.get(x.id):
                case FromValue(source):
                    return self.identity(source)
                case FromRange(over):
                    channel = self.identity(over)
                    return f"{channel}<-" if channel else ""
        return f"l{self.root_id}#{x.id}"


@lru_cache(4096)
def short(identity: str) -> str:
    """Return an identity as a reader would write it: `cache.Cache.items`."""
    text = identity[1:]
    if identity[:1] == "l":
        text = text.split("#", maxsplit=1)[0]
    return model.brief(text)
