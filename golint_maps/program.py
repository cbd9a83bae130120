"""The joined model that rules read: the facts of all packages, and what the whole program says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from golint_maps.flow.check_then_act import CheckThenAct, LockedEntry
from golint_maps.flow.events import FunctionSummary
from golint_maps.flow.facts import PackageFacts
from golint_maps.flow.growth import MapBound, MapGrowth, MapRelease
from golint_maps.flow.half_releases import HalfRelease
from golint_maps.flow.lifetime import MapDeclared, OwnerReplaced
from golint_maps.flow.lock_copies import LockCopied
from golint_maps.flow.map_sharing import MapShared
from golint_maps.flow.memos import MemoFill
from golint_maps.flow.promises import UNSAFE
from golint_maps.flow.site import Place, Site
from golint_maps.flow.split_calls import SplitCalls
from golint_maps.flow.support import serves_tests
from golint_maps.graphs.assumed import AssumedRaces
from golint_maps.graphs.callbacks import Callback
from golint_maps.graphs.contracts import Breach, breaches
from golint_maps.graphs.effects import EffectTable
from golint_maps.graphs.guarded import Guarding
from golint_maps.graphs.implementations import Implementations
from golint_maps.graphs.lifetime import Lifetimes
from golint_maps.graphs.links import Links
from golint_maps.graphs.memos import Memos, SharedMemo
from golint_maps.graphs.neighbours import unguarded_in_requests
from golint_maps.graphs.package_maps import SharedPackageMap, shared_package_maps
from golint_maps.graphs.precedence import without_copies
from golint_maps.graphs.races import Races
from golint_maps.graphs.retention import Kept, Retention
from golint_maps.graphs.split_sections import split_sections
from golint_maps.graphs.syncmap_callers import SyncMapCallers
from golint_maps.graphs.syncmap_locks import SyncMapLocks
from golint_maps.graphs.verdicts import Verdict, verdicts
from golint_maps.graphs.witness import Witness
from golint_maps.source.builds import Builds
from golint_maps.source.model import Module
from golint_maps.types.model import brief

F = TypeVar("F", bound=Site)


def _yields_to_declarations(verdict: Verdict) -> bool:
    """Tell whether a verdict says less of an access than that it does without the lock that is declared for it."""
    seen = verdict.certain and verdict.other is not None
    return verdict.kind in ("inconsistent", "neighbour") or (verdict.kind == "locks-differ" and not seen)


@dataclass(eq=False)
class Program:
    """All packages of a run. Rules never change it."""

    packages: Sequence[PackageFacts]
    callbacks: Sequence[Callback] = ()
    """APIs that the configuration adds to those known to run a function on another goroutine."""
    modules: Sequence[Module] = ()
    """The modules whose packages these are."""
    builds: Builds | None = None
    """Which of their files are never built together."""

    @cached_property
    def _by_kind(self) -> dict[type[Site], list[Site]]:
        table: dict[type[Site], list[Site]] = {}
        for package in self.packages:
            for fact in package.facts:
                table.setdefault(type(fact), []).append(fact)
        return table

    def each(self, kind: type[F]) -> Iterator[F]:
        """Yield all facts of one kind, package by package, in source order."""
        for fact in self._by_kind.get(kind, ()):
            if isinstance(fact, kind):
                yield fact

    @cached_property
    def functions(self) -> dict[str, FunctionSummary]:
        """Summaries of all functions and literals by id."""
        return {function.id: function for package in self.packages for function in package.functions}

    @cached_property
    def effects(self) -> EffectTable:
        """What functions insert into and delete from maps of their callers, all calls followed."""
        implementations = Implementations(self.functions, self._interfaces, self._imports, self._only_tested)
        return EffectTable((function for package in self.packages for function in package.effects), implementations.candidates)

    @cached_property
    def _interfaces(self) -> dict[str, dict[str, tuple[str, ...]]]:
        return {name: methods for package in self.packages for name, methods in package.interfaces.items()}

    @cached_property
    def _imports(self) -> dict[str, frozenset[str]]:
        return {package.path: frozenset(package.imports) for package in self.packages}

    def makes(self, field: str) -> bool:
        """Tell whether a constructor of a struct, in its own package, makes a map field, as `package.Type.field`."""
        return field in self._made_fields

    def gives(self, field: str, package: str) -> bool:
        """Tell whether other packages give a map field, as `path.Type.field`, of a package's struct a map; of what is there for tests, tests do."""
        if field in self._fields_given:
            return True
        return field in self._fields_given_by_tests and (serves_tests(package) or package in self._only_tested)

    @cached_property
    def _fields_given(self) -> frozenset[str]:
        return frozenset(name for package in self.packages for name in package.fields_given)

    @cached_property
    def _fields_given_by_tests(self) -> frozenset[str]:
        return frozenset(name for package in self.packages for name in package.fields_given_by_tests)

    @cached_property
    def _made_fields(self) -> frozenset[str]:
        return frozenset(f"{brief(item.type)}.{name}" for package in self.packages for item in package.constructors for name in item.fields)

    @cached_property
    def races(self) -> Races:
        """Who may touch a map at the same time as whom."""
        declared = {guard.identity: guard for package in self.packages for guard in package.guards}
        helpers = frozenset(path for package in self.packages for path in package.test_helpers)
        return Races(Links(self.functions, self._interfaces, self.callbacks, self._imports, self._only_tested), declared, self.builds, helpers)

    @cached_property
    def _only_tested(self) -> frozenset[str]:
        """Packages that tests of other packages import, and no other code of the program."""
        of_code = {path for package in self.packages for path in package.imports if path not in package.test_imports}
        tested = {path for package in self.packages for path in package.test_imports if path != package.path.removesuffix("_test")}
        return frozenset(tested - of_code)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The unguarded accesses to shared maps, each with its strongest fault."""
        declared = {breach.side.access.place for breach in self.breaches}
        found = without_copies(verdicts(self.races), self.each(LockCopied), self.races)
        promised = {memo.way.access.place for memo in self.broken_promises}
        return [
            verdict
            for verdict in found
            if (verdict.access.place not in declared or not _yields_to_declarations(verdict))
            and (verdict.access.place not in promised or verdict.kind != "neighbour")
        ]

    @cached_property
    def assumed(self) -> AssumedRaces:
        """What races are worth whose other side nobody sees."""
        return AssumedRaces(self.races, self.guarding, self.promises)

    @cached_property
    def promises(self) -> dict[str, str]:
        """What doc comments say of concurrent use, by what they are on."""
        return {name: said for package in self.packages for name, said in package.promises.items()}

    @cached_property
    def memos(self) -> Memos:
        """Which memos are shared by callers outside of the program."""
        return Memos(
            self.races,
            self.promises,
            singletons={name for package in self.packages for name in package.singletons},
            services={name for package in self.packages for name in package.services},
            mains=self._mains,
            imported={path for package in self.packages for path in package.imports},
            emptied={(release.id, release.identity) for release in self.each(MapRelease) if release.all},
        )

    @cached_property
    def broken_promises(self) -> list[SharedMemo]:
        """Accesses without a lock to maps of types that are documented as safe for concurrent use."""
        return list(self.memos.broken())

    @cached_property
    def requests(self) -> list[Verdict]:
        """Changes by methods that serve requests, of maps that nobody locks, and that no other rule has a better reason to report."""
        judged = {verdict.side.identity for verdict in self.verdicts} | {breach.side.identity for breach in self.breaches}
        judged |= {memo.way.identity for memo in (*self.broken_promises, *self.memos.shared(self.each(MemoFill)))}
        return [
            Verdict("write", way, other, None, False)
            for way, other in unguarded_in_requests(self.races)
            if way.identity not in judged and not self._alone(way) and not self._alone(other)
        ]

    def _alone(self, way: Witness) -> bool:
        """Tell whether the functions on a way are documented as not safe, or nobody outside calls them."""
        functions = [self.functions[hop.function] for hop in way.hops]
        said = {self.promises.get(name) for function in functions for name in (function.id, function.receiver, function.package)}
        return UNSAFE in said or functions[0].package in self._mains or serves_tests(functions[0].package)

    @cached_property
    def _mains(self) -> frozenset[str]:
        return frozenset(package.path for package in self.packages if package.name == "main")

    @cached_property
    def package_maps(self) -> list[SharedPackageMap]:
        """Package variables that methods of many objects change without a lock."""
        keyed = {name for package in self.packages for name in package.keyed_by_pointers}
        singletons = {name for package in self.packages for name in package.singletons}
        # Its own external tests are no callers of a package.
        imported = {path for package in self.packages if not package.name.endswith("_test") for path in package.imports}
        return list(shared_package_maps(self.races, keyed, singletons, self._mains, imported))

    @cached_property
    def lifetimes(self) -> Lifetimes:
        """Which objects live as long as the process, and which code runs again and again."""
        races = self.races
        holders = [holder for package in self.packages for holder in package.holders]
        serving = [loop for package in self.packages for loop in package.serving]
        made = [constructor for package in self.packages for constructor in package.constructors]
        return Lifetimes(races.links, races.witnesses, holders, serving, self.each(OwnerReplaced), self._interfaces, made)

    @cached_property
    def retention(self) -> Retention:
        """Which maps only grow."""
        declared = {fact.identity: fact.place for fact in self.each(MapDeclared)}
        return Retention(self.races, self.lifetimes, self.each(MapGrowth), self.each(MapRelease), self.each(MapBound), self.each(MapShared), declared)

    @cached_property
    def kept_entries(self) -> list[Kept]:
        """Which maps lose some of their entries only."""
        return list(self.retention.kept(self.each(HalfRelease)))

    @cached_property
    def split_sections(self) -> list[CheckThenAct]:
        """Inserts into objects of other packages that an earlier look-up in the same function no longer covers."""
        return list(split_sections(self.each(SplitCalls), self.each(LockedEntry)))

    @cached_property
    def guarding(self) -> Guarding:
        """Which locks guard which maps."""
        return Guarding(self.races)

    @cached_property
    def syncmap_locks(self) -> SyncMapLocks:
        """Which mutex is held at all calls of a `sync.Map`."""
        return SyncMapLocks(self.races.links)

    @cached_property
    def syncmap_callers(self) -> SyncMapCallers:
        """What callers say of the calls of a `sync.Map` that a function makes."""
        return SyncMapCallers(self.races)

    @cached_property
    def breaches(self) -> list[Breach]:
        """Accesses and calls without a lock that the source says they need, one for each place."""
        found: dict[Place, Breach] = {}
        for breach in breaches(self.races):
            found.setdefault(breach.side.access.place, breach)
        return [found[place] for place in sorted(found)]


__all__ = ["Module", "Place", "Program", "Site"]
