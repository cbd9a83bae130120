"""Names of variables and fields that somebody assigns to."""

from __future__ import annotations

from golint_maps.flow.files import of_file
from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir


def assigned_names(package: PackageView) -> frozenset[str]:
    """Names of variables and fields that some statement of the package assigns to, outside of their declaration."""
    found = package.memo.get("assigned names")
    if found is None:
        names = set[str]().union(*(of_file(file, _assigned_in) for file in package.scope.files))
        found = package.memo["assigned names"] = frozenset(names)
    assert isinstance(found, frozenset)
    return found


def _assigned_in(file: ir.FileFacts) -> set[str]:
    names: set[str] = set()
    for function in file.functions:
        if function.name == "var·":
            continue
        variables = file.functions[function.root].variables
        for statement in each(function.body or (), ir.Assign):
            for target in statement.lhs:
                if target.__class__ is ir.Local:
                    if variables[target.id].pos != target.pos:
                        names.add(variables[target.id].name)
                elif target.__class__ is ir.Sel or target.__class__ is ir.Name:
                    names.add(target.name)
    return names
