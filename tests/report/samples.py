"""Hand-made outcomes on real files: what the tests of reports are about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from golint_maps.findings import Edit, Finding, Fix, Level, Location, Related, Safety, Step, Trace
from golint_maps.outcome import Notice, Outcome, Totals
from golint_maps.rule import Precision, Profile, Rule

INCOMPLETE = Rule("GM000", "analysis-incomplete", "a file or package was not analysed in full", Level.NOTE, Precision.VERY_HIGH)
INSERT = Rule(
    "GM103", "insert-during-range", "an entry is added to a map while it is ranged over", Level.WARNING, Precision.HIGH, tags=("iteration",)
)
WRITE = Rule(
    "GM201",
    "unguarded-concurrent-write",
    "a map is written while another goroutine may use it",
    Level.ERROR,
    Precision.HIGH,
    cwe=(362, 820),
    security=7.5,
    tags=("concurrency",),
)
ORDER = Rule("GM105", "iteration-order-escapes", "the order of iteration reaches an ordered result", Level.NOTE, Precision.MEDIUM, Profile.STRICT)
RULES = (INCOMPLETE, INSERT, ORDER, WRITE)

PAGE = """\
# GM103: insert-during-range

## What it finds

An entry is added to `m` inside of `for … range m`, with a key that is **not** the loop's own.
See the [specification](https://go.dev/ref/spec#For_range).

## Bad

```go
for k := range m {
    m[k+"x"] = true // want "added"
}
```
"""

STORE = """\
package store

import "sync"

type Store struct {
\tmu    sync.Mutex
\titems map[string]int
}

func New() *Store {
\ts := &Store{items: map[string]int{}}
\tgo s.janitor()
\treturn s
}

func (s *Store) janitor() {
\tfor k := range s.items {
\t\tif s.items[k] == 0 {
\t\t\tdelete(s.items, k)
\t\t}
\t}
}

func (s *Store) Double() {
\tfor k, v := range s.items {
\t\ts.items[k+"2"] = v
\t}
}
"""


class Tree:
    """A directory with source files, and locations in them by their text."""

    def __init__(self, root: Path, files: dict[str, str | bytes]) -> None:
        self.root = root
        self.files = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
        for path, data in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)

    def at(self, path: str, text: str, number: int = 1) -> Location:
        """Return the place of the text, or of its `number`-th occurrence."""
        wanted, start = text.encode(), -1
        for _ in range(number):
            start = self.files[path].index(wanted, start + 1)
        return Location(path, start, start + len(wanted))

    def outcome(self, *findings: Finding, notices: tuple[Notice, ...] = (), rules: tuple[Rule, ...] = RULES) -> Outcome:
        """Return the outcome with these findings."""
        lines = sum(data.count(b"\n") for data in self.files.values())
        return Outcome(self.root, findings, notices, Totals(1, len(self.files), lines, 1.26), rules)


def store(root: Path) -> tuple[Tree, Finding, Finding]:
    """Return the sample store, an insert during range in it (related place, fix) and a race (two traces, related place)."""
    tree = Tree(root, {"store/store.go": STORE})
    path = "store/store.go"
    insert = Finding(
        rule="GM103",
        level=Level.WARNING,
        message='Entry added to s.items while it is ranged over. Whether the loop visits s.items[k+"2"] differs from run to run.',
        location=tree.at(path, 's.items[k+"2"] = v'),
        map="store.Store.items",
        function="store.Store.Double",
        package="example.com/app/store",
        key="insert s.items",
        related=(Related(tree.at(path, "s.items", 4), "the loop over s.items"),),
        fixes=(
            Fix(
                "range over a copy",
                (
                    Edit(tree.at(path, "range s.items {", 2), "range maps.Clone(s.items) {"),
                    Edit(tree.at(path, 'import "sync"'), 'import (\n\t"maps"\n\t"sync"\n)'),
                ),
                Safety.UNSAFE,
            ),
        ),
        help="Collect the new entries in a second map and add them after the loop.",
    )
    race = Finding(
        rule="GM201",
        level=Level.ERROR,
        message="s.items is deleted from without s.mu while Double writes it.",
        location=tree.at(path, "delete(s.items, k)"),
        map="store.Store.items",
        function="store.Store.janitor",
        package="example.com/app/store",
        key="delete s.items",
        related=(Related(tree.at(path, 's.items[k+"2"]'), "the other write"), Related(tree.at(path, "mu    sync.Mutex"), "the lock beside it")),
        traces=(
            Trace(
                "goroutine 1: the janitor",
                (Step(tree.at(path, "go s.janitor()"), "started by New"), Step(tree.at(path, "delete(s.items, k)"), "deletes")),
            ),
            Trace("goroutine 2: callers of Double", (Step(tree.at(path, 's.items[k+"2"] = v'), "writes"),)),
        ),
    )
    return tree, insert, race


def suppressed(finding: Finding, reason: str = "known") -> Finding:
    """Return the finding as a directive leaves it."""
    return replace(finding, suppressed=reason)
