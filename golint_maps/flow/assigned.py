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


def fields_set_by(package: PackageView) -> dict[str, frozenset[str]]:
    """The fields that functions and methods of the package assign to, by the name of the function."""
    found = package.memo.get("fields set by")
    if found is None:
        table: dict[str, set[str]] = {}
        for file in package.scope.files:
            for name, field in of_file(file, _fields_in):
                table.setdefault(name, set()).add(field)
        found = package.memo["fields set by"] = {name: frozenset(fields) for name, fields in table.items()}
    assert isinstance(found, dict)
    return found


def assigned_fields(package: PackageView) -> frozenset[str]:
    """Names of the fields that some function of the package assigns to."""
    found = package.memo.get("assigned fields")
    if found is None:
        found = package.memo["assigned fields"] = frozenset[str]().union(*fields_set_by(package).values())
    assert isinstance(found, frozenset)
    return found


def _fields_in(file: ir.FileFacts) -> set[tuple[str, str]]:
    return {
        (file.functions[function.root].name, target.name)
        for function in file.functions
        for statement in each(function.body or (), ir.Assign)
        for target in statement.lhs
        if target.__class__ is ir.Sel
    }


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
