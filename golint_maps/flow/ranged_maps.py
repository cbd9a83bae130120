"""Which maps of a package are ranged over for their keys: whoever ranges gets keys back that no look-up finds."""

from __future__ import annotations

from golint_maps.flow.syncmap_stores import identity
from golint_maps.flow.traverse import operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model


class RangedMaps:
    """Names of fields and package variables, and locals of each function, that are ranged over with a key.

    A local that is returned counts as well: who gets it has no other use for keys that nobody knows. Of maps without a name, such as the result
    of a function, the type tells.
    """

    def __init__(self, package: PackageView) -> None:
        self._listed: set[str] = set()
        self._types: set[model.Type] = set()
        self._emptied: set[str] = set()
        for view in views(package, range(len(package.scope.files))):
            for statement in view.statements:
                if isinstance(statement, ir.Range):
                    self._ranged(statement, view)
                elif isinstance(statement, ir.Return):
                    self._listed.update(_name(view, value) for value in statement.values if isinstance(value, ir.Local))
                for x in operands(statement):
                    for part in subexpressions(x):
                        if isinstance(part, ir.Call):
                            self._called(part, view)

    @staticmethod
    def of(package: PackageView) -> RangedMaps:
        """Return what is known of a package, worked out once."""
        known: RangedMaps | None = package.memo.get(__name__)
        if known is None:
            known = package.memo[__name__] = RangedMaps(package)
        return known

    def listed(self, view: View, x: ir.Expr) -> bool:
        """Tell whether somebody gets at the keys of a map."""
        name = _name(view, x)
        return name in self._listed or (name[0] == "?" and view.typing.of(x) in self._types)

    def emptied(self, view: View, x: ir.Expr) -> bool:
        """Tell whether somebody deletes from a map what a loop over it gives."""
        return _name(view, x) in self._emptied

    def _ranged(self, statement: ir.Range, view: View) -> None:
        if statement.key is None:
            return
        name = _name(view, statement.over)
        self._listed.add(name)
        kind = view.typing.of(statement.over)
        if isinstance(kind, model.Named):
            self._types.add(kind)
        for inner in statements(statement.body):
            match inner:
                case ir.Do(ir.Call(ir.Name("delete"), [base, _])) if _name(view, base) == name:
                    self._emptied.add(name)
        if name.startswith("l"):
            # A local is gone with its function: whoever ranges over it has had the use of it.
            self._emptied.add(name)

    def _called(self, call: ir.Call, view: View) -> None:
        match call:
            case ir.Call(ir.Sel(ir.Name("maps"), "Keys" | "All" | "Copy" | "Clone"), args):
                self._listed.update(_name(view, arg) for arg in args)
            case ir.Call(ir.Sel(ir.Name("maps"), "DeleteFunc"), [base, _]):
                self._listed.add(_name(view, base))
                self._emptied.add(_name(view, base))
            case ir.Call(ir.Name("clear"), [base]):
                self._emptied.add(_name(view, base))


def _name(view: View, x: ir.Expr) -> str:
    if isinstance(x, ir.Local):
        return f"l{view.path}:{view.root.pos}:{x.id}"
    return identity(view, x) or f"?{view.path}:{x.pos}"
