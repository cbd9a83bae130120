"""How long a run takes, cold and warm, compared with parsing alone.

usage: speed.py [--jobs N] [--repeat N] [--output FILE] DIRECTORY ...

For each Go tree: CPU seconds for parsing its files in one process, then wall and CPU seconds of `golint-maps check ./...` with an empty cache and
with a full one; and the peak memory of the largest process. Prints a table and writes it to
benchmarks/results/speed.md. Nothing in the trees is changed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from golint_maps.source import discover

_PARSE = """
import sys, time
from tree_sitter import Parser
from golint_maps.syntax.kinds import LANGUAGE
texts = [open(path, "rb").read() for path in sys.stdin.read().split("\\0") if path]
start = time.process_time()
for text in texts:
    Parser(LANGUAGE).parse(text)
print(time.process_time() - start)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the tool: wall and CPU seconds (processes included), and the peak memory of its largest process in MB."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "speed.md")
    arguments = parser.parse_args()
    rows = [row for directory in arguments.directories for row in measure(directory.resolve(), arguments.jobs, arguments.repeat)]
    head = (
        f"Python {platform.python_version()}, {arguments.jobs} processes, {os.cpu_count()} cores. "
        "P is the CPU time of parsing the same files in one process.\n\n"
        "| tree | files | MB | P s | run | wall s | × P | CPU s | × P | peak MB |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    text = "# Speed\n\n" + head + "".join(rows)
    print(text)
    arguments.output.write_text(text, "utf-8")


def measure(directory: Path, jobs: int, repeat: int) -> list[str]:
    """Return the rows of one tree."""
    files = sorted({str(file.path) for package in discover(["./..."], cwd=directory).packages for file in package.files})
    size = sum(os.path.getsize(path) for path in files) / 1e6
    done = subprocess.run([sys.executable, "-c", _PARSE], input="\0".join(files), capture_output=True, text=True, check=True)
    parse = float(done.stdout)
    colds, warms = [], []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as cache:
            colds.append(check(directory, jobs, Path(cache)))
            warms.append(check(directory, jobs, Path(cache)))
    rows = []
    for name, runs in (("cold", colds), ("warm", warms)):
        wall = statistics.median(run.wall for run in runs)
        cpu = statistics.median(run.cpu for run in runs)
        memory = max(run.memory for run in runs)
        rows.append(
            f"| {directory.name if directory.name != 'src' else directory.parent.name + '/src'} | {len(files)} | {size:.1f} | {parse:.2f} | {name} "
            f"| {wall:.2f} | {wall / parse:.2f} | {cpu:.2f} | {cpu / parse:.2f} | {memory:.0f} |\n"
        )
    return rows


def check(directory: Path, jobs: int, cache: Path) -> Measured:
    """Run the tool once. Its findings do not matter here."""
    call = [sys.executable, "-m", "golint_maps", "check", "-q", "--format", "json", "--fail-on", "never", "-j", str(jobs), "--cache-dir", str(cache)]
    started = time.perf_counter()
    # An installed package has its bytecode beside it; a checkout must be allowed to keep it, or each run compiles the tool anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen([*call, "./..."], cwd=directory, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        sys.exit(f"golint-maps failed with status {process.returncode} in {directory}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
