from __future__ import annotations

import os
from pathlib import Path

import pytest

from golint_maps.source import Discovery, Header, Package, PatternError, SourceFile, discover, imported_package
from tests.source.trees import Plant

A = "package a\n"


def directories(found: Discovery) -> list[str]:
    return sorted({package.directory for package in found.packages})


def paths(package: Package) -> list[str]:
    return [file.relative for file in package.files]


def by_label(found: Discovery) -> dict[str, Package]:
    return {package.configuration: package for package in found.packages}


def test_dots_find_every_package_below(plant: Plant) -> None:
    root = plant({"go.mod": "module example.com/m\n\ngo 1.22\n", "a.go": A, "b/c/c.go": "package c\n", "d/readme.md": ""})
    found = discover(["./..."], cwd=root)
    assert [(package.import_path, package.directory, package.name) for package in found.packages] == [
        ("example.com/m", "", "a"),
        ("example.com/m/b/c", "b/c", "c"),
    ]
    assert found.root == root
    assert found.modules[0].go == (1, 22)
    assert found.packages[0].module == found.modules[0]
    assert found.packages[0].primary == {"a.go"}
    assert found.notices == ()
    assert found.named == frozenset()


def test_no_pattern_means_everything_below(plant: Plant) -> None:
    root = plant({"a.go": A, "b/b.go": "package b\n"})
    assert directories(discover([], cwd=root)) == ["", "b"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (".", [""]),
        ("./", [""]),
        ("...", ["", "net", "net/http", "network"]),
        ("net", ["net"]),
        ("./net/", ["net"]),
        ("net/...", ["net", "net/http"]),
        ("./net...", ["net", "net/http", "network"]),
        ("./.../http", ["net/http"]),
        ("example.com/m/net", ["net"]),
        ("example.com/m/net/...", ["net", "net/http"]),
        ("example.com/m", [""]),
    ],
)
def test_a_pattern_names_what_it_names_for_the_go_command(plant: Plant, pattern: str, expected: list[str]) -> None:
    root = plant({"go.mod": "module example.com/m\n", "a.go": A, "net/n.go": A, "net/http/h.go": A, "network/w.go": A})
    found = discover([pattern], cwd=root)
    assert directories(found) == expected
    assert found.notices == ()


def test_a_directory_without_go_files_of_its_own_means_what_is_below_it(plant: Plant) -> None:
    root = plant({"x/a/a.go": A, "x/b/b.go": A, "y/y.go": A})
    assert directories(discover(["x"], cwd=root)) == ["x/a", "x/b"]


def test_absolute_paths_and_mixes_give_each_package_once(plant: Plant) -> None:
    root = plant({"a/a.go": A, "b/b.go": A, "c/c.go": A})
    found = discover([str(root / "a"), "./a/...", "b/b.go", str(root / "b" / "b.go")], cwd=root)
    assert [package.directory for package in found.packages] == ["a", "b"]
    assert found.named == {"b/b.go"}


def test_a_file_given_by_name_brings_its_whole_package(plant: Plant) -> None:
    root = plant({"a/a.go": A, "a/b.go": A, "c/c.go": A})
    found = discover(["a/a.go"], cwd=root)
    assert [paths(package) for package in found.packages] == [["a/a.go", "a/b.go"]]
    assert found.named == {"a/a.go"}


def test_the_root_is_the_working_directory_and_moves_up_only_for_targets_outside_of_it(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n", "a/a.go": A, "b/b.go": A})
    inside = discover(["./..."], cwd=root / "a")
    assert inside.root == root / "a"
    assert [package.import_path for package in inside.packages] == ["m/a"]
    assert inside.modules[0].directory == ".."
    outside = discover(["../b", "."], cwd=root / "a")
    assert outside.root == root
    assert [paths(package) for package in outside.packages] == [["a/a.go"], ["b/b.go"]]


def test_another_name_of_the_working_directory_does_not_move_the_root(plant: Plant) -> None:
    root = plant({"a.go": A})
    link = root.parent / "link"
    link.symlink_to(root)
    assert discover([str(root / "a.go")], cwd=link).root == link
    assert discover([str(link / "a.go")], cwd=root).root == root


@pytest.mark.parametrize("pattern", ["nowhere", "./nowhere/...", "nowhere.go", "go.mod", "", "a.go/...", "example.com/m/nowhere", "fmt", "a\0b"])
def test_a_pattern_that_names_nothing_that_exists_is_an_error(plant: Plant, pattern: str) -> None:
    root = plant({"go.mod": "module example.com/m\n", "a.go": A})
    with pytest.raises(PatternError) as raised:
        discover([pattern], cwd=root)
    assert raised.value.pattern == pattern


@pytest.mark.parametrize("pattern", ["./...", "empty", "empty/..."])
def test_a_pattern_that_matches_no_go_files_is_told(plant: Plant, pattern: str) -> None:
    root = plant({"empty/readme.md": ""})
    found = discover([pattern], cwd=root)
    assert found.packages == ()
    expected = f"holds no Go files that match {pattern}" if "..." in pattern else "holds no Go files"
    assert [notice.message for notice in found.notices] == [expected]


def test_nested_modules_are_visited_and_keep_their_packages(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n\ngo 1.20\n", "a/a.go": A, "n/go.mod": "module example.com/n\n\ngo 1.23\n", "n/b/b.go": "package b\n"})
    found = discover(["./..."], cwd=root)
    assert [(package.import_path, package.module.go) for package in found.packages] == [("m/a", (1, 20)), ("example.com/n/b", (1, 23))]
    assert [(module.path, module.directory) for module in found.modules] == [("m", ""), ("example.com/n", "n")]


def test_several_modules_below_a_root_without_go_mod(plant: Plant) -> None:
    root = plant({"x/go.mod": "module x\n", "x/a.go": A, "y/go.mod": "module y\n", "y/a.go": A, "loose/a.go": A})
    found = discover(["./..."], cwd=root)
    assert [(package.import_path, package.module.synthetic) for package in found.packages] == [("root/loose", True), ("x", False), ("y", False)]


def test_a_tree_without_go_mod_is_a_module_named_after_the_root(plant: Plant) -> None:
    root = plant({"a.go": A, "b/b.go": A})
    found = discover(["./..."], cwd=root)
    assert [package.import_path for package in found.packages] == ["root", "root/b"]
    assert [(module.path, module.synthetic, module.directory) for module in found.modules] == [("root", True, "")]


def test_a_garbage_go_mod_is_told_once_and_its_packages_are_found(plant: Plant) -> None:
    root = plant({"go.mod": "\x00\x01 ?", "a.go": A, "b/b.go": A})
    found = discover(["./..."], cwd=root)
    assert [package.import_path for package in found.packages] == ["root", "root/b"]
    assert [notice.path for notice in found.notices] == ["go.mod"]


def test_packages_of_the_standard_library_have_no_prefix(plant: Plant) -> None:
    root = plant({"go.mod": "module std\n", "net/http/a.go": A, "cmd/go.mod": "module cmd\n", "cmd/go/a.go": "package main\n"})
    found = discover(["./..."], cwd=root)
    assert [package.import_path for package in found.packages] == ["cmd/go", "net/http"]


@pytest.mark.parametrize("name", ["vendor", "testdata", "_x", ".x", "a/vendor"])
def test_dots_pass_over_what_the_go_command_passes_over_but_naming_it_enters_it(plant: Plant, name: str) -> None:
    root = plant({"a.go": A, f"{name}/p/p.go": "package p\n"})
    assert directories(discover(["./..."], cwd=root)) == [""]
    assert directories(discover([f"./{name}/..."], cwd=root)) == [f"{name}/p"]
    assert directories(discover([f"{name}/p"], cwd=root)) == [f"{name}/p"]
    assert directories(discover([f"{name}/p/p.go"], cwd=root)) == [f"{name}/p"]


def test_a_vendored_package_has_the_import_path_below_vendor(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n", "vendor/example.com/v/v.go": "package v\n"})
    assert [package.import_path for package in discover(["./vendor/..."], cwd=root).packages] == ["example.com/v"]


def test_files_that_begin_with_an_underscore_or_a_dot_count_only_by_name(plant: Plant) -> None:
    root = plant({"a.go": A, "_b.go": A, ".c.go": A})
    assert [paths(package) for package in discover(["."], cwd=root).packages] == [["a.go"]]
    assert [paths(package) for package in discover(["_b.go"], cwd=root).packages] == [["_b.go", "a.go"]]
    assert [paths(package) for package in discover(["_b.go", "./..."], cwd=root).packages] == [["_b.go", "a.go"]]


def test_ignore_lines_of_go_mod_keep_directories_out(plant: Plant) -> None:
    root = plant({"go.mod": "module m\nignore ./x\nignore y/z\n", "a.go": A, "x/x.go": A, "b/x/x.go": A, "b/y/z/z.go": A})
    assert directories(discover(["./..."], cwd=root)) == ["", "b/x"]


def test_test_files_belong_to_their_package_and_external_tests_are_packages(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n", "a.go": A, "a_test.go": A, "x_test.go": "package a_test\n"})
    found = discover(["."], cwd=root)
    assert [(package.import_path, package.name, package.kind, paths(package)) for package in found.packages] == [
        ("m", "a", "package", ["a.go", "a_test.go"]),
        ("m_test", "a_test", "external-test", ["x_test.go"]),
    ]


def test_without_tests_no_test_file_is_read(plant: Plant) -> None:
    root = plant({"a.go": A, "a_test.go": A, "x_test.go": "package a_test\n", "b/b_test.go": "package b\n"})
    found = discover(["./..."], cwd=root, tests=False)
    assert [paths(package) for package in found.packages] == [["a.go"]]
    assert found.notices == ()


def test_a_package_whose_own_name_ends_in_test_is_no_external_test(plant: Plant) -> None:
    root = plant({"a.go": "package a_test\n", "a_test.go": "package a_test\n"})
    assert [(package.kind, paths(package)) for package in discover(["."], cwd=root).packages] == [("package", ["a.go", "a_test.go"])]


def test_a_directory_with_external_tests_only_is_found(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n", "x_test.go": "package a_test\n"})
    assert [(package.import_path, package.kind) for package in discover(["."], cwd=root).packages] == [("m_test", "external-test")]


def test_files_that_the_default_leaves_out_come_in_further_configurations(plant: Plant) -> None:
    root = plant({"a.go": A, "a_linux.go": A, "a_windows.go": A, "b_windows.go": A, "c.go": "//go:build foo\n\npackage a\n", "d_arm64.go": A})
    found = by_label(discover(["."], cwd=root))
    assert {label: (paths(package), sorted(package.primary)) for label, package in found.items()} == {
        "linux/amd64": (["a.go", "a_linux.go"], ["a.go", "a_linux.go"]),
        "windows/amd64": (["a.go", "a_windows.go", "b_windows.go"], ["a_windows.go", "b_windows.go"]),
        "linux/amd64,foo": (["a.go", "a_linux.go", "c.go"], ["c.go"]),
        "linux/arm64": (["a.go", "a_linux.go", "d_arm64.go"], ["d_arm64.go"]),
    }


def test_the_default_configuration_comes_first_and_every_file_is_primary_once(plant: Plant) -> None:
    systems = ["aix", "darwin", "freebsd", "linux", "netbsd", "windows", "js", "plan9"]
    root = plant({"a.go": A, **{f"a_{system}.go": A for system in systems}})
    found = discover(["."], cwd=root)
    assert found.packages[0].configuration == "linux/amd64"
    assert {package.import_path for package in found.packages} == {"root"}
    primary = [relative for package in found.packages for relative in package.primary]
    assert sorted(primary) == sorted(["a.go", *(f"a_{system}.go" for system in systems)])


def test_both_sides_of_a_go_version_and_of_cgo_are_seen(plant: Plant) -> None:
    root = plant(
        {
            "new.go": "//go:build go1.24\n\npackage a\n",
            "old.go": "//go:build !go1.24\n\npackage a\n",
            "c.go": 'package a\n\nimport "C"\n',
            "noc.go": "//go:build !cgo\n\npackage a\n",
        }
    )
    found = by_label(discover(["."], cwd=root))
    assert {label: paths(package) for label, package in found.items()} == {
        "linux/amd64": ["c.go", "new.go"],
        "linux/amd64,!cgo": ["new.go", "noc.go"],
        "linux/amd64,go1.23": ["c.go", "old.go"],
    }


def test_tags_of_the_call_change_the_default_configuration(plant: Plant) -> None:
    root = plant({"a.go": A, "foo.go": "//go:build foo\n\npackage a\n", "a_windows.go": A, "a_linux.go": A})
    found = discover(["."], cwd=root, tags=frozenset({"foo", "windows"}))
    assert [(package.configuration, paths(package)) for package in found.packages] == [
        ("windows/amd64,foo", ["a.go", "a_windows.go", "foo.go"]),
        ("linux/amd64,foo", ["a.go", "a_linux.go", "foo.go"]),
    ]


def test_ignored_tools_are_packages_of_their_own(plant: Plant) -> None:
    tool = "//go:build ignore\n\npackage main\n"
    root = plant({"go.mod": "module m\n", "a.go": A, "gen.go": tool, "gen2.go": tool})
    found = discover(["."], cwd=root)
    assert [(package.import_path, package.name, paths(package)) for package in found.packages] == [
        ("m", "a", ["a.go"]),
        ("m/gen.go", "main", ["gen.go"]),
        ("m/gen2.go", "main", ["gen2.go"]),
    ]


def test_two_package_clauses_in_one_directory_are_two_packages(plant: Plant) -> None:
    root = plant({"go.mod": "module m\n", "a.go": A, "b.go": A, "doc.go": "package documentation\n"})
    found = discover(["."], cwd=root)
    assert [(package.import_path, paths(package)) for package in found.packages] == [("m", ["a.go", "b.go"]), ("m/doc.go", ["doc.go"])]


def test_impossible_and_malformed_constraints_give_packages_of_their_own(plant: Plant) -> None:
    root = plant({"a.go": A, "b_windows.go": "//go:build linux\n\npackage a\n", "c.go": "//go:build linux,amd64\n\npackage a\n"})
    found = discover(["."], cwd=root)
    assert [(package.configuration, paths(package)) for package in found.packages] == [
        ("linux/amd64", ["a.go"]),
        ("none", ["b_windows.go"]),
        ("none", ["c.go"]),
    ]
    assert [notice.path for notice in found.notices] == ["c.go"]


def test_the_number_of_configurations_is_bounded(plant: Plant) -> None:
    root = plant({f"f{number:03}.go": f"//go:build tag{number}\n\npackage a\n" for number in range(100)})
    found = discover(["."], cwd=root)
    assert len(found.packages) == 100
    assert sum(package.configuration == "none" for package in found.packages) == 100 - 63
    assert len({relative for package in found.packages for relative in package.primary}) == 100


def test_a_file_without_package_clause_is_told_and_joins_its_directory(plant: Plant) -> None:
    root = plant({"a.go": A, "empty.go": "", "text.go": "hello"})
    found = discover(["."], cwd=root)
    assert [paths(package) for package in found.packages] == [["a.go", "empty.go", "text.go"]]
    assert [notice.path for notice in found.notices] == ["empty.go", "text.go"]


def test_headers_that_are_known_are_not_read_again(plant: Plant) -> None:
    root = plant({"a.go": A, "b.go": "not read"})

    def known(file: SourceFile) -> Header | None:
        return Header("a", "windows", False) if file.relative == "b.go" else None

    found = discover(["."], cwd=root, header_of=known)
    assert [(package.configuration, sorted(package.primary)) for package in found.packages] == [
        ("linux/amd64", ["a.go"]),
        ("windows/amd64", ["b.go"]),
    ]
    assert found.headers == {"a.go": Header("a", "", False), "b.go": Header("a", "windows", False)}


def test_files_carry_size_and_time(plant: Plant) -> None:
    root = plant({"a.go": A})
    os.utime(root / "a.go", ns=(5_000_000_000, 7_000_000_000))
    [package] = discover(["."], cwd=root).packages
    assert package.files == (SourceFile(root / "a.go", "a.go", len(A), 7_000_000_000),)


def test_the_order_of_patterns_does_not_change_the_result(plant: Plant) -> None:
    root = plant({"a/a.go": A, "b/b.go": A, "b/b_windows.go": A, "_c.go": A})
    assert discover(["a", "_c.go", "b/..."], cwd=root) == discover(["b", "./a/...", "_c.go"], cwd=root)


def test_an_imported_package_is_its_default_configuration_without_tests(plant: Plant) -> None:
    root = plant({"vendor/v.io/x/x.go": "package x\n", "vendor/v.io/x/x_windows.go": "package x\n", "vendor/v.io/x/x_test.go": "package x\n"})
    package = imported_package(root / "vendor" / "v.io" / "x", "v.io/x", root=root)
    assert package is not None
    assert (package.import_path, package.name, paths(package)) == ("v.io/x", "x", ["vendor/v.io/x/x.go"])
    assert imported_package(Path(root / "vendor"), "v", root=root) is None
