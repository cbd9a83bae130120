"""Packages as scopes: which declaration a name of a package, or an imported name of a file, stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from golint_maps.syntax import ir

_MAJOR = re.compile(r"v\d+$")
_DOT_MAJOR = re.compile(r"\.v\d+$")


def guessed_name(import_path: str) -> str:
    """Return the package name that an import path suggests, by the conventions that goimports uses too (`/v2`, `.v3`, `go-`, `-go`)."""
    parts = import_path.split("/")
    last = parts[-1]
    if _MAJOR.fullmatch(last) and len(parts) > 1:
        last = parts[-2]
    last = _DOT_MAJOR.sub("", last)
    return re.sub(r"^go[-.]|[-.]go$|\.go$", "", last).replace("-", "_")


T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Declared(Generic[T]):
    """A declaration and the file that it stands in (an index into `PackageScope.files`)."""

    node: T
    file: int


@dataclass(eq=False)
class PackageScope:
    """The package-level names of one package. Built once, never changed."""

    path: str
    name: str
    files: Sequence[ir.FileFacts]
    _imports: dict[int, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def types(self) -> dict[str, Declared[ir.TypeDecl]]:
        """Defined types and aliases by name; local types under `Name·offset`."""
        return {node.name: Declared(node, number) for number, file in enumerate(self.files) for node in file.types}

    @cached_property
    def functions(self) -> dict[str, Declared[ir.Function]]:
        """Functions without a receiver by name."""
        return {
            node.name: Declared(node, number)
            for number, file in enumerate(self.files)
            for node in file.functions
            if node.receiver_type is None and node.parent < 0
        }

    @cached_property
    def methods(self) -> dict[str, dict[str, Declared[ir.Function]]]:
        """Methods by receiver type name, then by name."""
        table: dict[str, dict[str, Declared[ir.Function]]] = {}
        for number, file in enumerate(self.files):
            for node in file.functions:
                if node.receiver_type is not None:
                    table.setdefault(receiver_name(node.receiver_type), {})[node.name] = Declared(node, number)
        return table

    @cached_property
    def variables(self) -> dict[str, Declared[ir.VarDecl]]:
        """Package variables by name. `var _ I = T{}` declares none."""
        return {node.name: Declared(node, number) for number, file in enumerate(self.files) for node in file.variables if node.name != "_"}

    @cached_property
    def constants(self) -> dict[str, Declared[ir.ConstDecl]]:
        """Package constants by name."""
        return {node.name: Declared(node, number) for number, file in enumerate(self.files) for node in file.constants}

    def declares(self, name: str) -> bool:
        """Tell whether a package-level declaration has this name."""
        return name in self.functions or name in self.variables or name in self.types or name in self.constants

    def imported(self, file: int, name: str, name_of: Callable[[str], str | None]) -> str | None:
        """Return the import path that `name` stands for in a file, or None.

        `name_of` gives the real name of a package by import path, where it is known.
        """
        table = self._imports.get(file)
        if table is None:
            table = {}
            for item in self.files[file].imports:
                if item.alias not in ("_", "."):
                    table[item.alias or name_of(item.path) or guessed_name(item.path)] = item.path
            self._imports[file] = table
        return table.get(name)


def receiver_name(kind: ir.TypeExpr) -> str:
    """Return the name of a receiver's type, without pointer and type parameters; empty when it has none."""
    while True:
        match kind:
            case ir.TPtr(elem):
                kind = elem
            case ir.TInst(base):
                kind = base
            case ir.TName(name):
                return name
            case _:
                return ""
