"""Discovery held against the go command itself, where there is one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from golint_maps.source import discover
from tests.source.trees import Plant

GO = shutil.which("go", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))

Listing = dict[str, tuple[set[str], set[str], set[str]]]

pytestmark = pytest.mark.skipif(GO is None, reason="needs a go command")


def go_list(root: Path) -> Listing:
    """Return import path to ordinary files, tests and external tests, as the go command sees them on linux/amd64."""
    assert GO is not None
    settings = {
        "GOOS": "linux",
        "GOARCH": "amd64",
        "CGO_ENABLED": "1",
        "GOPROXY": "off",
        "GOFLAGS": "-mod=mod",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    cache = {"GOCACHE": str(root.parent / "gocache"), "GOMODCACHE": str(root.parent / "modcache")}
    fields = "ImportPath,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"
    call = [GO, "list", "-e", f"-json={fields}", "./..."]
    done = subprocess.run(call, cwd=root, env={**os.environ, **settings, **cache}, capture_output=True, text=True, check=True)
    return {
        package["ImportPath"]: (
            {*package.get("GoFiles", []), *package.get("CgoFiles", [])},
            {*package.get("TestGoFiles", [])},
            {*package.get("XTestGoFiles", [])},
        )
        for package in objects(done.stdout)
    }


def objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    text = text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].lstrip()


def listing(root: Path) -> Listing:
    found: Listing = {}
    for package in discover(["./..."], cwd=root).packages:
        if package.configuration != "linux/amd64":
            continue
        path = package.import_path.removesuffix("_test") if package.kind == "external-test" else package.import_path
        ordinary, tests, external = found.setdefault(path, (set(), set(), set()))
        for file in package.files:
            name = file.path.name
            (external if package.kind == "external-test" else tests if name.endswith("_test.go") else ordinary).add(name)
    return found


def test_the_default_configuration_has_the_packages_and_files_of_the_go_command(plant: Plant) -> None:
    clause = "package a\n"
    constraints = {
        "b01": "//go:build linux",
        "b02": "//go:build !linux",
        "b03": "//go:build unix && (amd64 || arm64) && !windows",
        "b04": "// +build linux,!cgo darwin\n// +build amd64",
        "b05": "// +build linux\n// +build amd64 arm64",
        "b06": "//go:build go1.18",
        "b07": "//go:build go1.999",
        "b08": "//go:build gc && !gccgo",
        "b09": "//go:build cgo",
        "b10": "//go:build amd64.v1 && !amd64.v3",
        "b11": "/* licence */\n\n//go:build !windows",
        "b12": "/*\n//go:build windows\n*/",
        "b13": "//go:build goexperiment.nothing || race",
        "b14": "// +build windows\n\n// text\n\n/* x */\n\n// +build darwin",
        "b15": "// text // +build windows",
    }
    names = ["c_linux", "c_windows", "c_arm64", "c_amd64", "c_linux_arm64", "c_linux_amd64", "c_unix", "linux", "c_linux.x", "c_zos", "c_linux_extra"]
    tests = {"t_test.go": clause, "t_windows_test.go": clause, "x_test.go": "package a_test\n", "x_linux_test.go": "package a_test\n"}
    root = plant(
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n",
            "doc.go": clause,
            **{f"{name}.go": f"{text}\n\n{clause}" for name, text in constraints.items()},
            **{f"{name}.go": clause for name in names},
            **tests,
            "_under.go": clause,
            ".dot.go": clause,
            "gen.go": "//go:build ignore\n\npackage main\n",
            "cgo/c.go": 'package cgo\n\nimport "C"\n',
            "tests/only_test.go": "package tests_test\n",
            "plus/p.go": "// +build linux\npackage plus\n",
            "vendor/v.io/v.go": "package v\n",
            "testdata/t.go": clause,
            "_hidden/h.go": clause,
            ".hidden/h.go": clause,
            "deep/vendor/v/v.go": "package v\n",
        }
    )
    assert listing(root) == go_list(root)
