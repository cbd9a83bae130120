"""What the rules on the insides of maps find in real code, and how much of it is true.

usage: internals.py --judged FILE [--output FILE] DIRECTORY ...

Each DIRECTORY is a checkout, named owner+name. FILE is a TOML table of those that were read: [repositories."owner/name"] with `use` (`maps`: known
to reach into maps; `other`: uses unsafe for other things), `findings` (how many were read) and `false` (a list of "rule path reason").
Prints a table and writes it to benchmarks/results/internals.md. Findings beyond those that were read count as unread.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

RULES = tuple(f"GM30{number}" for number in range(1, 9))


def findings(directory: Path) -> list[dict[str, Any]]:
    """Return the findings of the family in a tree."""
    command = [sys.executable, "-m", "golint_maps", "check", "--select", "GM3", "--format", "jsonl", "--fail-on", "never", "--quiet", "./..."]
    result = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    rows = (json.loads(line) for line in result.stdout.splitlines())
    return [row for row in rows if row["rule"] in RULES]


def row_of(directory: Path, judged: dict[str, Any]) -> tuple[list[str], Counter[str]]:
    """Return a line of the table, and what to add to the totals."""
    name = directory.name.replace("+", "/")
    known = judged.get(name, {})
    found = findings(directory)
    count = Counter(row["rule"] for row in found)
    false = len(known.get("false", ()))
    unread = max(0, len(found) - known.get("findings", 0))
    cells = [
        name,
        known.get("use", "?"),
        *(str(count[rule] or "") for rule in RULES),
        str(len(found)),
        str(len(found) - unread - false),
        str(false),
        str(unread),
    ]
    print(f"{name}: {len(found)} findings", flush=True)
    return cells, Counter({"findings": len(found), "true": len(found) - unread - false, "false": false, "unread": unread})


def main() -> int:
    """Run over each tree and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judged", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "internals.md")
    parser.add_argument("directories", type=Path, nargs="+")
    arguments = parser.parse_args()
    judged = tomllib.loads(arguments.judged.read_text("utf-8"))["repositories"]
    head = ["repository", "uses unsafe for", *RULES, "findings", "true", "false", "unread"]
    lines = ["# Insides of maps: GM301 to GM308 on real code", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    totals: Counter[str] = Counter()
    for directory in sorted(arguments.directories):
        cells, counts = row_of(directory, judged)
        lines.append(f"| {' | '.join(cells)} |")
        totals += counts
    read = totals["true"] + totals["false"]
    share = f"{100 * totals['true'] / read:.1f} %" if read else "none"
    lines += [
        "",
        f"Findings: {totals['findings']}; read: {read}; true: {totals['true']} ({share}); false: {totals['false']}; unread: {totals['unread']}.",
        "",
    ]
    reasons = [f"- {name}: {reason}" for name, known in sorted(judged.items()) for reason in known.get("false", ())]
    lines += ["False, and why:", "", *reasons, ""] if reasons else []
    arguments.output.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
