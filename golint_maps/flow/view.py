"""One outermost function with its literals, its types and its access paths: what every analysis of `flow` looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from golint_maps.flow.files import families, of_file
from golint_maps.flow.paths import Paths
from golint_maps.flow.traverse import count_assignments, each, late_definitions, statements
from golint_maps.syntax import ir
from golint_maps.types.definitions import Definition, FromValue
from golint_maps.types.infer import Typing
from golint_maps.types.resolve import Context, Resolver
from golint_maps.types.scope import Declared, PackageScope, receiver_name


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package under analysis. `paths[i]` is the relative path of `scope.files[i]`; `go[i]` the language version of that file.

    `primary` are the numbers of the files whose functions are analysed here (the others belong to another configuration of the package).
    """

    scope: PackageScope
    resolver: Resolver
    paths: tuple[str, ...]
    go: tuple[tuple[int, int], ...]
    primary: frozenset[int]
    thorough: bool = True
    """Whether facts are wanted that only strict rules read, where they are costly."""
    generated: bool = True
    """Whether findings in generated files are wanted."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What analyses work out once for the whole package, by the name of the module that does."""


class View:
    """A declared function, or the package-level initialisers of a file, with all literals inside."""

    def __init__(self, package: PackageView, file: int, number: int, family: Sequence[int]) -> None:
        self.package = package
        self.file = file
        self.facts = package.scope.files[file]
        self.number = number
        self.root = self.facts.functions[number]
        self.family = family
        """Numbers of the function and of all literals inside of it, the function first."""

    @cached_property
    def functions(self) -> list[ir.Function]:
        """The function and its literals."""
        return [self.facts.functions[number] for number in self.family]

    @cached_property
    def statements(self) -> list[ir.Stmt]:
        """All statements of the function and its literals, outer before inner, in source order within each body."""
        return [statement for function in self.functions for statement in statements(function.body or ())]

    @cached_property
    def typing(self) -> Typing:
        """Types of its expressions."""
        context: Context = self.package.resolver.context_of(self.root, self.package.scope, self.file)
        return Typing(self.package.resolver, context, self.root, [function.body or () for function in self.functions], self._late)

    @cached_property
    def paths(self) -> Paths:
        """Access paths of its expressions."""
        return Paths(self)

    def beside(self, declared: Declared[ir.Function]) -> View:
        """Return the view of another declared function of the package."""
        return function_view(self.package, declared)

    def literal(self, x: ir.Expr) -> int | None:
        """Return the number of the function literal that an expression is, or that a local variable has and keeps; None for all else."""
        if x.__class__ is ir.Local and not self.assignments[x.id]:
            match self.typing.definitions.get(x.id):
                case FromValue(value, 0, 1):
                    x = value
        return x.function if x.__class__ is ir.FuncLit else None

    def release(self) -> None:
        """Drop what refers back to this view, so that it goes as soon as nobody has it any more: cycles are freed late, and looked for slowly."""
        self.__dict__.pop("paths", None)

    @property
    def variables(self) -> Sequence[ir.Variable]:
        """Local variables of the function and its literals."""
        return self.root.variables

    @property
    def path(self) -> str:
        """The file's path, relative to the root of the run."""
        return self.package.paths[self.file]

    @property
    def go(self) -> tuple[int, int]:
        """The language version of the file."""
        return self.package.go[self.file]

    @cached_property
    def name(self) -> str:
        """The function's name in messages: `Cache.Get`, `main`, or `package-level initialiser`."""
        return display_name(self.root)

    @cached_property
    def assignments(self) -> Counter[int]:
        """How often each local is assigned to after its definition, in the function and all literals."""
        count = self._written.copy()
        for number in self._late:
            del count[number]
        return count

    @cached_property
    def _written(self) -> Counter[int]:
        return count_assignments(self.functions, self.variables)

    @cached_property
    def _late(self) -> dict[int, Definition]:
        """Definitions in two steps: `var c *client; c, err = dial()`, where nothing else ever gives the variable a value."""
        found = [late for function in self.functions for late in late_definitions(function.body or (), function.results).items()]
        return {number: value for number, value in found if self._written[number] == 1 and number not in self.address_taken}

    @cached_property
    def address_taken(self) -> frozenset[int]:
        """Locals that are the direct operand of `&` somewhere."""
        return frozenset(x.x.id for function in self.functions for x in each(function.body or (), ir.Addr) if isinstance(x.x, ir.Local))


def display_name(function: ir.Function) -> str:
    """Return a declared function's name in messages: `Cache.Get`, `main`, or `package-level initialiser`."""
    if function.receiver_type is not None:
        return f"{receiver_name(function.receiver_type)}.{function.name}"
    return "package-level initialiser" if function.name == "var·" else function.name


def views(package: PackageView, files: Iterable[int]) -> Iterator[View]:
    """Yield the declared functions (and initialisers) of some files of a package, each with its literals."""
    for file in files:
        for root, family in of_file(package.scope.files[file], families).items():
            yield View(package, file, root, family)


def function_view(package: PackageView, declared: Declared[ir.Function]) -> View:
    """Return the view of a declared function of a package."""
    root = declared.node.root
    return View(package, declared.file, root, of_file(package.scope.files[declared.file], families)[root])
