"""Which methods a call through an interface may run: those of types that have what the interface asks for, and that can get to where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from golint_maps.flow.callees import Wanted
from golint_maps.flow.events import FunctionSummary
from golint_maps.types.model import alike


class Implementations:
    """The methods of a program's types, by the interfaces that they implement."""

    def __init__(
        self,
        functions: Mapping[str, FunctionSummary],
        interfaces: Mapping[str, Mapping[str, tuple[str, ...]]],
        imports: Mapping[str, frozenset[str]] | None = None,
        only_tested: AbstractSet[str] = frozenset(),
    ) -> None:
        self._functions = functions
        self._interfaces = interfaces
        self._imports: Mapping[str, frozenset[str]] = imports or {}
        self._only_tested = only_tested
        self._types: dict[str, set[str]] = defaultdict(set)
        """Types by the names of their methods."""
        for function in functions.values():
            if function.receiver:
                self._types[function.id.rsplit(".", 1)[-1]].add(function.receiver)

    def of(self, interface: str, method: str) -> list[str]:
        """Return the methods that a method of a declared interface may stand for."""
        wanted = self._interfaces.get(interface)
        if not wanted:
            return []
        return [
            f"{kind}.{method}"
            for kind in sorted(self._types.get(method, ()))
            if self._has_all(kind, wanted) and self._meets(f"{kind}.{method}", interface)
        ]

    def candidates(self, wanted: Wanted) -> Iterator[tuple[str, bool]]:
        """Yield the methods that a call may run, each with whether its type declares all that the interface asks for.

        What it does not declare may come from fields that it embeds. Of interfaces outside of the program only the called method is known.
        """
        asked = self._interfaces.get(wanted.interface, {wanted.method: wanted.shape})
        for kind in sorted(self._types.get(wanted.method, ())):
            id = f"{kind}.{wanted.method}"
            if alike(self._functions[id].signature, wanted.shape) and not self._contradicts(kind, asked) and self._meets(id, wanted.interface):
                yield id, self._has_all(kind, asked)

    def _has_all(self, kind: str, wanted: Mapping[str, tuple[str, ...]]) -> bool:
        """Tell whether a type has methods of these names and signatures."""
        return all((method := self._functions.get(f"{kind}.{name}")) is not None and alike(method.signature, shape) for name, shape in wanted.items())

    def _contradicts(self, kind: str, wanted: Mapping[str, tuple[str, ...]]) -> bool:
        """Tell whether a type has a method of one of these names with another signature."""
        found = ((self._functions.get(f"{kind}.{name}"), shape) for name, shape in wanted.items())
        return any(method is not None and not alike(method.signature, shape) for method, shape in found)

    def _meets(self, method: str, interface: str) -> bool:
        """Tell whether values of a method's package can become interfaces of another: one imports the other, or somebody imports both.

        What a test file declares is not seen outside of its package, so nobody else brings the two together, and what only tests import is theirs.
        A name that is not exported is another one in each package.
        """
        function, other = self._functions[method], interface.rpartition(".")[0]
        package = function.package
        if package == other or not self._imports:
            return True
        if package in self._only_tested or not method.rpartition(".")[2][:1].isupper():
            return False
        if function.test:
            return package.removesuffix("_test") == other or other in self._imports.get(package, ())
        if other in self._imports.get(package, ()) or package in self._imports.get(other, ()):
            return True
        return any(package in imported and other in imported for imported in self._imports.values())
