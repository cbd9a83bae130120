from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golint_maps.source import Replace
from golint_maps.source.gomod import go_version, load_module, load_workspace, parse_lines
from tests.source.trees import Plant

GO_MOD = """
// A comment
module "example.com/m" // trailing
go 1.21.3
toolchain go1.24.1
godebug default=go1.21
godebug (
	panicnil=1
	// nothing
	asynctimerchan=0 // why
)
require example.com/a v1.2.3
require (
	example.com/B v0.1.0 // indirect
	`example.com/c` v0.2.0
)
exclude example.com/a v1.0.0
retract [v1.0.0, v1.1.0]
replace example.com/a => ../a
replace (
	example.com/B v0.1.0 => example.com/fork v0.9.0
	broken =>
)
ignore ./generated
ignore (
	static
)
tool example.com/a/cmd
"""


def test_every_line_of_a_go_mod_that_matters_is_read(plant: Plant) -> None:
    root = plant({"go.mod": GO_MOD, "vendor/modules.txt": ""})
    module, problem = load_module(str(root), "sub")
    assert problem is None
    assert module is not None
    assert (module.path, module.directory, module.go, module.go_text, module.toolchain) == ("example.com/m", "sub", (1, 21), "1.21.3", "go1.24.1")
    assert module.godebug == (("default", "go1.21"), ("panicnil", "1"), ("asynctimerchan", "0"))
    assert module.requires == (("example.com/a", "v1.2.3"), ("example.com/B", "v0.1.0"), ("example.com/c", "v0.2.0"))
    assert module.replaces == (Replace("example.com/a", "", "../a", ""), Replace("example.com/B", "v0.1.0", "example.com/fork", "v0.9.0"))
    assert module.ignores == ("./generated", "static")
    assert module.vendor
    assert not module.synthetic


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.21", (1, 21)),
        ("1.21.3", (1, 21)),
        ("1.22rc1", (1, 22)),
        ("1.9", (1, 9)),
        ("1", None),
        ("2.0", None),
        ("", None),
        ("1.x", None),
        ("x", None),
    ],
)
def test_a_go_version_is_major_and_minor(text: str, version: tuple[int, int] | None) -> None:
    assert go_version(text) == version


def test_a_go_mod_without_a_go_line_has_no_version(plant: Plant) -> None:
    module, problem = load_module(str(plant({"go.mod": "module m\n"})), "")
    assert problem is None
    assert module is not None
    assert module.go is None


@pytest.mark.parametrize("text", ["", "garbage\n", "\x00\x01\ufffd{{{\n", "go 1.22\n", "module\n", "module (\n", "<<<<<<< HEAD\n"])
def test_a_garbage_go_mod_gives_a_module_named_after_its_directory(plant: Plant, text: str) -> None:
    module, problem = load_module(str(plant({"go.mod": text})), "x")
    assert module is not None
    assert module.synthetic
    assert module.path == "root"
    assert problem is not None
    assert problem.path == "x/go.mod"


def test_a_merge_conflict_below_the_module_line_is_told_and_the_rest_is_used(plant: Plant) -> None:
    module, problem = load_module(str(plant({"go.mod": "module m\n<<<<<<< HEAD\ngo 1.22\n"})), "")
    assert module is not None
    assert (module.path, module.go, module.synthetic) == ("m", (1, 22), False)
    assert problem is not None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("require (\n\texample.com/a v1.0.0\n", "has no end of the block that begins with 'require ('"),
        ("go one.two\n", "asks for 'one.two', which is no version of Go"),
        ("go\n", "asks for '', which is no version of Go"),
        (">>>>>>> main\n", "is not understood from '>>>>>>>' on"),
    ],
)
def test_what_is_broken_below_the_first_line_is_told_of_both_kinds_of_files(plant: Plant, line: str, words: str) -> None:
    root = plant({"go.mod": f"module m\n{line}", "go.work": f"use ./a\n{line}"})
    _, problem = load_module(str(root), "")
    workspace = load_workspace(str(root))
    assert problem is not None
    assert words in problem.message
    assert workspace is not None
    assert words in workspace.flaw
    assert workspace.uses == (str(root / "a"),)


def test_directives_of_later_go_versions_are_passed_over(plant: Plant) -> None:
    assert load_module(str(plant({"go.mod": "module m\nfuture x\n"})), "")[1] is None


def test_a_directory_named_go_mod_is_no_module(plant: Plant) -> None:
    assert load_module(str(plant({"go.mod/a.txt": ""})), "") == (None, None)


def test_a_workspace_names_its_directories_and_replacements(plant: Plant) -> None:
    root = plant({"go.work": "go 1.22\nuse ./a\nuse (\n\t./b // x\n\t../c\n)\nreplace example.com/x => ./x\n"})
    workspace = load_workspace(str(root))
    assert workspace is not None
    assert workspace.uses == (str(root / "a"), str(root / "b"), str(root.parent / "c"))
    assert workspace.replaces == (Replace("example.com/x", "", "./x", ""),)
    assert load_workspace(str(root.parent)) is None


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["module", "(", ")", "=>", '"', "`", "//", "\n", " ", "require", "a"]), max_size=30).map(" ".join)
)
def test_no_text_makes_the_line_parser_raise(text: str) -> None:
    for line in parse_lines(text):
        assert isinstance(line.verb, str)
