"""The second half of a run: the facts of each package, from the cache or made now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from golint_maps.engine import keys, notices, pool
from golint_maps.engine.records import ENCODER, STORED_FACTS, Answer, StoredFacts, TreeEntry
from golint_maps.engine.tasks import PackageInput, analyse_package
from golint_maps.engine.versions import language_version
from golint_maps.engine.world import Imports, Known, World, still_true
from golint_maps.findings import Location
from golint_maps.flow.facts import DECODER, PackageFacts
from golint_maps.outcome import Notice
from golint_maps.settings import Settings
from golint_maps.source import Package


@dataclass(slots=True)
class Analysed:
    """Facts in the order of the packages. `answers` are those about packages outside of the run, with the number of the package that asked."""

    facts: list[PackageFacts] = field(default_factory=list)
    notices: list[tuple[Notice, Location]] = field(default_factory=list)
    answers: list[tuple[int, tuple[Answer, ...]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Made:
    """What one analysis gives: answers that it got, facts, and what it made or read on the way."""

    answers: tuple[Answer, ...]
    facts: bytes
    fresh: tuple[tuple[bytes, bytes], ...]
    outside: tuple[TreeEntry, ...]


def analyse(world: World, settings: Settings, processes: Callable[[int], int], step: Callable[[int, int], None], *, thorough: bool) -> Analysed:
    """Return the facts of all packages of a run; `thorough` ones include what only strict rules read."""
    packages = world.packages
    found: dict[int, tuple[tuple[Answer, ...], bytes]] = {}
    todo: list[int] = []
    own_keys = [_key(world, package, settings, thorough=thorough) for package in packages] if world.cache.enabled else []
    for number, package in enumerate(packages):
        stored = _stored(world, package, own_keys[number]) if own_keys else None
        if stored is not None:
            found[number] = stored.answers, bytes(stored.facts)
        elif any(file.relative in world.known for file in package.files):
            todo.append(number)
    result = Analysed()
    fresh: list[tuple[bytes, bytes]] = []
    weights = [_weight(packages[number]) for number in todo]
    groups = [packages[number].directory for number in todo]
    world.cache.suspend()
    done = len(packages) - len(todo)
    work = partial(_analyse, world, settings, thorough)
    for index, made in pool.run(work, todo, weights, groups=groups, processes=processes(sum(weights)), seconds=settings.timeout_per_package):
        number = todo[index]
        done += 1
        step(done, len(packages))
        if isinstance(made, pool.Failure):
            result.notices.append(notices.of_package(packages[number], made, settings.timeout_per_package))
            continue
        found[number] = made.answers, made.facts
        world.outside.update((entry.path, entry) for entry in made.outside)
        fresh += made.fresh
        if own_keys:
            fresh.append((own_keys[number], ENCODER.encode(StoredFacts(made.answers, msgspec.Raw(made.facts)))))
    world.cache.put(fresh)
    for number, (answers, blob) in sorted(found.items()):
        result.facts.append(DECODER.decode(blob))
        result.answers.append((number, answers))
    return result


def _weight(package: Package) -> int:
    """Return how much work a package is: its own files, and a little for those that it shares with the others of its directory."""
    return sum(file.size if file.relative in package.primary else file.size // 20 for file in package.files)


def _stored(world: World, package: Package, key: bytes) -> StoredFacts | None:
    """Return cached facts of a package if everything that they were made of is as it was."""
    blob = world.cache.get(key)
    if blob is None:
        return None
    try:
        stored = STORED_FACTS.decode(blob)
        DECODER.decode(stored.facts)
    except msgspec.DecodeError:
        return None
    return stored if still_true(world, world.own(package), stored.answers) else None


def _key(world: World, package: Package, settings: Settings, *, thorough: bool) -> bytes:
    """Return the cache key of a package's facts: all that they depend on except what it imports."""
    parts: list[bytes | str | int] = [package.import_path, package.name, package.kind, package.configuration, int(thorough), int(settings.generated)]
    for known in _files(world, package):
        major, minor = _version(package, known, settings.go)
        parts += [known.file.relative, known.content, major, minor, known.file.relative in package.primary]
    return keys.digest("package", keys.analysis_version(), *parts)


def _files(world: World, package: Package) -> Sequence[Known]:
    return [world.known[file.relative] for file in package.files if file.relative in world.known]


def _version(package: Package, known: Known, chosen: tuple[int, int] | None) -> tuple[int, int]:
    return language_version(package.module, known.record.build, chosen)


def _analyse(world: World, settings: Settings, thorough: bool, number: int) -> _Made:
    """Analyse one package of a run, in whatever process this is."""
    package = world.packages[number]
    files = _files(world, package)
    imports = Imports(world, world.own(package))
    given = PackageInput(
        import_path=package.import_path,
        name=package.name,
        files=world.all(package.directory, files),
        paths=tuple(known.file.relative for known in files),
        go=tuple(_version(package, known, settings.go) for known in files),
        primary=frozenset(index for index, known in enumerate(files) if known.file.relative in package.primary),
        thorough=thorough,
        generated=settings.generated,
    )
    seen = len(world.outside)
    facts = analyse_package(given, imports)
    # What is made on the way stays in this process as well, but is handed back once only.
    fresh = tuple(world.fresh.items())
    world.fresh.clear()
    return _Made(tuple(imports.answers.values()), facts, fresh, tuple(list(world.outside.values())[seen:]))
