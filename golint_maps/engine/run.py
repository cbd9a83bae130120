"""One run: survey, analysis, verdict, and the memory of the run before."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import msgspec

from golint_maps import registry, selection
from golint_maps.engine import keys, verdict
from golint_maps.engine.analysis import analyse
from golint_maps.engine.cache import Cache, default_directory
from golint_maps.engine.records import ENCODER, Import
from golint_maps.engine.scope import scope_of
from golint_maps.engine.survey import Survey, remember, survey, tree_key
from golint_maps.engine.world import World, from_elsewhere, still_imported
from golint_maps.findings import Finding, Location
from golint_maps.flow.facts import PackageFacts
from golint_maps.graphs.callbacks import configured
from golint_maps.outcome import Notice, Outcome, Reading, Totals
from golint_maps.program import Program
from golint_maps.rule import Profile, Rule
from golint_maps.settings import Settings
from golint_maps.source.builds import Builds
from golint_maps.source.configuration import default_configuration
from golint_maps.source.model import Discovery

_WORTH_A_POOL: Final = 3_000_000
"""Bytes of source below which starting processes takes longer than they save."""


class Progress(Protocol):
    """Is told of each step: the stage, what is done and what there is to do."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Take note of a step."""


class _Memory(msgspec.Struct, frozen=True, array_like=True):
    """What a run came to, and what it imported from elsewhere: while that is as it was, it comes to the same again."""

    imports: tuple[Import, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]


_MEMORY: Final = msgspec.msgpack.Decoder(_Memory)


def run(settings: Settings, patterns: Sequence[str], *, cwd: Path, progress: Progress | None = None) -> Outcome:
    """Analyse what the patterns name (none means `./...`) and return what is found.

    Paths are relative to the outcome's root. Raises PatternError for a pattern that names nothing, SettingsError for a selector that does, and
    RegistryError for rules that break the conventions; no input makes it raise anything else.
    """
    started = time.monotonic()
    with _without_collections():
        rules = verdict.with_builtin(registry.load(settings.rules_dirs))
        selected = selection.selected(rules, settings)
        cache = Cache((settings.cache_dir or default_directory(os.environ)) if settings.cache else None)
        try:
            outcome = _run(settings, patterns or ("./...",), cwd, cache, rules, selected, progress)
        finally:
            cache.close()
    notes = tuple(Notice("", note) for note in cache.notes)
    totals = replace(outcome.totals, seconds=time.monotonic() - started)
    return replace(outcome, notices=outcome.notices + notes, totals=totals)


@dataclass(frozen=True, slots=True)
class Joined:
    """The model of a program, the folder that its paths are relative to, and what could not be read of it."""

    program: Program
    root: Path
    notices: tuple[Notice, ...]


def program(settings: Settings, patterns: Sequence[str], *, cwd: Path, progress: Progress | None = None) -> Joined:
    """Return the joined model of what the patterns name (none means `./...`), without running rules.

    Raises PatternError for a pattern that names nothing.
    """
    with _without_collections():
        cache = Cache((settings.cache_dir or default_directory(os.environ)) if settings.cache else None)
        try:
            now = time.time_ns()
            patterns = patterns or ("./...",)
            seen = survey(settings, patterns, cwd, cache, _processes(settings), _steps(progress, "Reading"))
            world = _world(seen, settings, cache)
            analysed = analyse(world, settings, _processes(settings), _steps(progress, "Analysing"), thorough=False)
            if cache.enabled:
                remember(cache, tree_key(settings, patterns, cwd), seen.before, seen.known, world.outside, now)
        finally:
            cache.close()
    notices = tuple(notice for notice, _ in (*_told(seen), *analysed.notices))
    return Joined(_joined(analysed.facts, seen.discovery, settings), seen.discovery.root, notices)


def _joined(facts: Sequence[PackageFacts], discovery: Discovery, settings: Settings) -> Program:
    """Return the program of some packages, with the APIs that the configuration adds."""
    callbacks = [configured(each.function, each.arguments, parallel=each.parallel, serial=each.serial) for each in settings.concurrent_callbacks]
    builds = Builds(discovery.headers, default_configuration(frozenset(settings.tags)))
    return Program(facts, callbacks, discovery.modules, builds)


def _world(seen: Survey, settings: Settings, cache: Cache) -> World:
    discovery = seen.discovery
    return World(
        packages=discovery.packages,
        known=seen.known,
        surroundings=seen.surroundings,
        cache=cache,
        tags=frozenset(settings.tags),
        before={entry.path: entry for entry in seen.before.outside},
        facts=seen.facts,
        visible=seen.exports,
    )


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keep the garbage collector off: nearly all that a run makes stays until its end, and looking at it again and again is slow."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _run(
    settings: Settings,
    patterns: Sequence[str],
    cwd: Path,
    cache: Cache,
    rules: tuple[Rule, ...],
    selected: tuple[Rule, ...],
    progress: Progress | None,
) -> Outcome:
    now = time.time_ns()
    tree = tree_key(settings, patterns, cwd)
    seen = survey(settings, patterns, cwd, cache, _processes(settings), _steps(progress, "Reading"))
    world = _world(seen, settings, cache)
    key = _key(seen, settings, selected, world)
    memory = _recall(cache, key, world)
    if memory is None:
        memory, lasting = _analyse(seen, world, settings, rules, selected, progress)
        if lasting and cache.enabled:
            cache.put([(key, ENCODER.encode(memory))])
    if cache.enabled:
        remember(cache, tree, seen.before, seen.known, world.outside, now)
    # Files that nothing is said of count here as well: where one cannot be read, its package has not been looked at in full.
    noted = (*memory.notices, *(notice for notice, _ in seen.notices))
    scope = scope_of(seen.discovery, noted, selected, settings)
    reading = _reading(seen, settings)
    return Outcome(seen.discovery.root, memory.findings, memory.notices, _totals(seen), verdict.with_builtin(selected), scope, reading)


def _thorough(selected: Sequence[Rule]) -> bool:
    """Tell whether some rule may read what only strict rules do: a strict one, or one that is not ours."""
    return any(rule.profile is Profile.STRICT or not verdict.is_ours(rule) for rule in selected)


def _analyse(
    seen: Survey, world: World, settings: Settings, rules: Sequence[Rule], selected: Sequence[Rule], progress: Progress | None
) -> tuple[_Memory, bool]:
    """Return what a run comes to, and whether another one would come to the same: not if time or a fault had a part in it."""
    analysed = analyse(world, settings, _processes(settings), _steps(progress, "Analysing"), thorough=_thorough(selected))
    found, failed = verdict.check(_joined(analysed.facts, seen.discovery, settings), selected, settings.timeout_per_package)
    noticed = [*_told(seen), *analysed.notices, *((notice, Location("", 0, 0)) for notice in failed)]
    records = {path: known.record for path, known in seen.known.items()}
    findings = verdict.judge(found, noticed, seen.discovery, records, settings, rules=rules, ran=selected)
    every = tuple(sorted({notice for notice, _ in noticed}, key=lambda notice: (notice.path, notice.line, notice.message)))
    lasting = not analysed.notices and not failed and not any(notice.internal for notice in every)
    imports = dict.fromkeys(
        item for number, answers in analysed.answers for item in from_elsewhere(world, world.own(world.packages[number]), answers)
    )
    return _Memory(tuple(imports), findings, every), lasting


def _recall(cache: Cache, key: bytes, world: World) -> _Memory | None:
    """Return what the same run came to before, if what it imports from elsewhere is as it was."""
    blob = cache.get(key)
    if blob is None:
        return None
    try:
        memory = _MEMORY.decode(blob)
    except msgspec.DecodeError:
        return None
    return memory if all(still_imported(world, item) for item in memory.imports) else None


def _key(seen: Survey, settings: Settings, selected: Sequence[Rule], world: World) -> bytes:
    """Return the key of a run: all that its outcome depends on, except what it imports from elsewhere."""
    discovery = seen.discovery
    base = "" if settings.root is None else os.path.relpath(settings.root, discovery.root)
    shaped = replace(settings, jobs=0, cache=True, cache_dir=None, baseline=None, rules_dirs=(), root=None, origins={}, timeout_per_package=1.0)
    parts: list[bytes | str] = [repr(shaped), base, repr(sorted(discovery.named)), repr(sorted(discovery.aside))]
    parts += [repr(discovery.modules), repr(world.surroundings.workspace)]
    parts += [repr(notice) for notice, _ in _told(seen)]
    for package in discovery.packages:
        parts += [repr((package.import_path, package.name, package.kind, package.configuration, package.directory, sorted(package.primary)))]
        for file in package.files:
            known = seen.known.get(file.relative)
            parts += [file.relative, known.content if known else b"-"]
    return keys.digest("run", keys.rules_version(selected), *parts)


def _told(seen: Survey) -> list[tuple[Notice, Location]]:
    """Return the notices of a survey, without those of files that nothing is to be said of."""
    return [each for each in seen.notices if each[0].path not in seen.discovery.aside]


def _processes(settings: Settings) -> Callable[[int], int]:
    """Return the function from an amount of source to the number of processes that it is worth."""

    def processes(size: int) -> int:
        if settings.jobs == 1 or size < _WORTH_A_POOL:
            return 1
        return settings.jobs or os.cpu_count() or 1

    return processes


def _steps(progress: Progress | None, stage: str) -> Callable[[int, int], None]:
    return (lambda done, total: None) if progress is None else (lambda done, total: progress(stage, done, total))


def _totals(seen: Survey) -> Totals:
    lines = sum(known.record.lines for known in seen.known.values())
    return Totals(len(seen.discovery.packages), len(seen.known), lines, 0.0)


def _reading(seen: Survey, settings: Settings) -> Reading:
    discovery = seen.discovery
    label = default_configuration(frozenset(settings.tags)).label
    built = {file.relative for package in discovery.packages if package.configuration == label for file in package.files}
    return Reading(
        modules=tuple((module.path, module.go_text) for module in discovery.modules if not module.synthetic),
        configuration=label,
        tests=sum(path.endswith("_test.go") for path in seen.known),
        generated=sum(known.record.generated for known in seen.known.values()),
        others=sum(path not in built for path in seen.known),
        aside=sum(path in discovery.aside for path in seen.known),
        passed=tuple((problem.path, problem.message) for problem in discovery.passed),
    )
