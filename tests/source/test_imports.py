from __future__ import annotations

from pathlib import Path

import pytest

from golint_maps.source import Module, discover, environment, locate_import
from golint_maps.source.imports import escape_path
from tests.source.trees import Plant

A = "package a\n"


def locate(root: Path, import_path: str, importing: str, variables: dict[str, str] | None = None, below: str = "") -> str | None:
    """Return the directory that a module's import means, relative to the parent of `root`."""
    found = discover(["./..."], cwd=root / below)
    module = next(module for module in found.modules if module.path == importing)
    directory = locate_import(import_path, module, environment(found.root, found.modules, variables or {}))
    return directory.relative_to(root).as_posix() if directory else None


def test_packages_of_the_own_module_lie_below_it(plant: Plant) -> None:
    root = plant({"go.mod": "module m.io/m\n", "a.go": A, "b/c/c.go": A})
    assert locate(root, "m.io/m/b/c", "m.io/m") == "b/c"
    assert locate(root, "m.io/m", "m.io/m") == "."
    assert locate(root, "m.io/mm", "m.io/m") is None
    assert locate(root, "m.io/m/b", "m.io/m") is None


@pytest.mark.parametrize("import_path", ["fmt", "C", "unsafe", "", "./b", "../x", "/b", "b\0"])
def test_what_is_not_on_this_machine_is_not_found(plant: Plant, import_path: str) -> None:
    root = plant({"go.mod": "module m\n", "a.go": A, "b/b.go": A})
    assert locate(root, import_path, "m") is None


def test_the_standard_library_finds_itself_and_what_it_vendors(plant: Plant) -> None:
    root = plant({"go.mod": "module std\n", "net/http/a.go": A, "vendor/golang.org/x/a.go": A, "vendor/modules.txt": ""})
    assert locate(root, "net/http", "std") == "net/http"
    assert locate(root, "golang.org/x", "std") == "vendor/golang.org/x"


def test_the_longest_module_path_wins(plant: Plant) -> None:
    root = plant({"go.mod": "module m.io\n", "a.go": A, "n/b/b.go": A, "sub/go.mod": "module m.io/n\n", "sub/b/b.go": A})
    assert locate(root, "m.io/n/b", "m.io") == "sub/b"


def test_replaced_directories_are_found_even_outside_of_the_root(plant: Plant) -> None:
    root = plant(
        {
            "go.mod": "module m.io\nreplace x.io/x => ./forks/x\nreplace y.io/y v1.0.0 => ../root/deep/y\n",
            "a.go": A,
            "forks/x/p/p.go": A,
            "deep/y/y.go": A,
        }
    )
    assert locate(root, "x.io/x/p", "m.io") == "forks/x/p"
    assert locate(root, "y.io/y", "m.io") == "deep/y"


def test_a_workspace_is_found_above_the_root(plant: Plant) -> None:
    root = plant(
        {
            "go.work": "use ./a\nuse ./b\nreplace r.io => ./r\n",
            "a/go.mod": "module a.io\n",
            "a/a.go": A,
            "b/go.mod": "module b.io\n",
            "b/p/b.go": A,
            "r/r.go": A,
            "vendor/v.io/v.go": A,
        }
    )
    assert locate(root, "b.io/p", "a.io", below="a") == "b/p"
    assert locate(root, "r.io", "a.io", below="a") == "r"
    assert locate(root, "v.io", "a.io", below="a") == "vendor/v.io"
    assert locate(root, "b.io/p", "a.io", {"GOWORK": "off"}, below="a") is None
    assert locate(root, "b.io/p", "a.io", {"GOWORK": str(root / "go.work")}, below="a") == "b/p"


def test_of_modules_with_one_path_the_nearest_is_meant(plant: Plant) -> None:
    root = plant(
        {f"{place}/lib/{name}": text for place in ("one", "two") for name, text in {"go.mod": "module lib.io\n", "l.go": A}.items()}
        | {"two/app/go.mod": "module app.io\n", "two/app/a.go": A}
    )
    assert locate(root, "lib.io", "app.io") == "two/lib"


def test_vendored_packages_are_found(plant: Plant) -> None:
    root = plant({"go.mod": "module m.io\nrequire v.io v1.0.0\n", "a.go": A, "vendor/v.io/p/v.go": A, "vendor/v.io/t/v_test.go": A})
    assert locate(root, "v.io/p", "m.io") == "vendor/v.io/p"
    assert locate(root, "v.io/t", "m.io") is None


@pytest.mark.parametrize("variable", ["GOMODCACHE", "GOPATH", "HOME"])
def test_the_module_cache_is_read_for_required_versions(plant: Plant, variable: str) -> None:
    cache = {"GOMODCACHE": "cache", "GOPATH": "cache/pkg/mod", "HOME": "cache/go/pkg/mod"}[variable]
    root = plant(
        {
            "m/go.mod": "module m.io\nrequire (\n\tgithub.com/Azure/x v1.2.0-RC1\n\tf.io v1.0.0\n)\nreplace f.io => g.io v2.0.0\n",
            "m/a.go": A,
            f"{cache}/github.com/!azure/x@v1.2.0-!r!c1/p/p.go": A,
            f"{cache}/github.com/!azure/x@v1.1.0/old/p.go": A,
            f"{cache}/g.io@v2.0.0/g.go": A,
        }
    )
    variables = {variable: str(root / "cache")}
    assert locate(root, "github.com/Azure/x/p", "m.io", variables, below="m") == f"{cache}/github.com/!azure/x@v1.2.0-!r!c1/p"
    assert locate(root, "github.com/Azure/x/old", "m.io", variables, below="m") is None
    assert locate(root, "f.io", "m.io", variables, below="m") == f"{cache}/g.io@v2.0.0"


def test_a_relative_module_cache_is_not_trusted(plant: Plant) -> None:
    root = plant({"m/go.mod": "module m.io\nrequire f.io v1.0.0\n", "m/a.go": A, "m/f.io@v1.0.0/f.go": A})
    assert locate(root, "f.io", "m.io", {"GOMODCACHE": "."}, below="m") is None


def test_capitals_are_escaped_as_the_module_cache_does() -> None:
    assert escape_path("github.com/BurntSushi/toml") == "github.com/!burnt!sushi/toml"


def test_a_module_hashes_by_path_and_directory() -> None:
    assert hash(Module("m", "")) == hash(Module("m", "", go=(1, 22)))
    assert Module("m", "") != Module("m", "", go=(1, 22))
