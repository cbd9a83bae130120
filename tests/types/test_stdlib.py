"""The table of the standard library."""

from __future__ import annotations

import pytest

from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.infer import Typing
from golint_maps.types.resolve import Context, Resolver
from golint_maps.types.scope import PackageScope
from golint_maps.types.stdlib import TABLE, standard_package, table


def _imports(*paths: str) -> tuple[Resolver, PackageScope]:
    imports = [ir.Import(path, "", 0, 0) for path in paths]
    facts = ir.FileFacts("p", "", imports, [], [], [], [], [], "", False, "", [], 1, 1)
    scope = PackageScope("example.com/p", "p", [facts])
    resolver = Resolver(lambda path, importer: standard_package(path))
    resolver.enter(scope)
    return resolver, scope


def _of(path: str, name: str) -> model.Type | None:
    resolver, scope = _imports(path)
    return Typing(resolver, Context(scope, 0), None).of(ir.Sel(ir.Name(path.rsplit("/", 1)[-1], 0), name, 0, 0))


def _written(path: str, name: str) -> tuple[Resolver, model.Type | None]:
    resolver, scope = _imports(path)
    return resolver, resolver.resolve(ir.TQual(path.rsplit("/", 1)[-1], name), Context(scope, 0))


def test_the_table_is_small_and_of_the_present_layout() -> None:
    assert TABLE.stat().st_size < 2_000_000
    assert table().schema == ir.SCHEMA
    assert table().go.startswith("go1.")


@pytest.mark.parametrize(("path", "name"), [("net/http", "Header"), ("net/url", "Values"), ("text/template", "FuncMap"), ("mime/multipart", "Form")])
def test_named_maps_are_there(path: str, name: str) -> None:
    resolver, kind = _written(path, name)
    below = resolver.underlying(kind)
    assert isinstance(below, model.Map) or name == "Form"


def test_a_type_that_is_an_alias_into_internal_packages_has_its_fields() -> None:
    resolver, kind = _written("go/ast", "File")
    found = resolver.field(kind, "Scope")
    assert found is not None
    assert isinstance(found.type, model.Pointer)


def test_methods_are_promoted_through_embedded_fields() -> None:
    resolver, kind = _written("bufio", "ReadWriter")
    assert resolver.method(kind, "ReadString") is not None


def test_methods_of_interfaces_and_of_unexported_types_are_there() -> None:
    resolver, kind = _written("net/http", "Server")
    assert resolver.method(model.Pointer(kind), "ListenAndServe") is not None
    assert resolver.field(kind, "Handler") is not None


def test_package_variables_without_a_written_type_are_typed_by_their_value() -> None:
    assert _of("net/http", "DefaultServeMux") == model.Pointer(model.Named("net/http", "ServeMux"))
    assert _of("io", "EOF") == model.ERROR
    assert _of("time", "Second") == model.Named("time", "Duration")


def test_constants_have_basic_types() -> None:
    assert _of("math", "Pi") == model.FLOAT
    assert _of("net/http", "MethodGet") == model.STRING


def test_generic_functions_have_type_parameters() -> None:
    scope = standard_package("maps")
    assert scope is not None
    assert len(scope.functions["Clone"].node.type_params) == 3


def test_every_exported_declaration_has_a_type() -> None:
    unknown: list[str] = []
    for path in table().packages:
        scope = standard_package(path)
        assert scope is not None
        if "internal" in path.split("/"):
            continue
        resolver, importer = _imports(path)
        typing = Typing(resolver, Context(importer, 0), None)
        exported = [name for name in (*scope.functions, *scope.variables, *scope.constants) if name[:1].isupper()]
        unknown += [f"{path}.{name}" for name in exported if typing.of(ir.Sel(ir.Name(scope.name, 0), name, 0, 0)) is None]
    assert unknown == []


def test_what_is_no_package_of_the_standard_library_is_not_there() -> None:
    assert standard_package("example.com/nothing") is None
    assert standard_package("cmd/go") is None
