"""What a run is asked to do: the configuration file, then the command line, made into one frozen value.

The file is `.golint-maps.toml`, or `[tool.golint-maps]` of a `pyproject.toml`, nearest upward from what is linted. Its keys are the fields
of `ConfigFile`; a key that is none of them is an error that names the nearest one.
"""

from __future__ import annotations

import difflib
import enum
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from golint_maps.findings import Level
from golint_maps.rule import Profile

CONFIG_NAME: Final = ".golint-maps.toml"
DEFAULT: Final = "default"
COMMAND_LINE: Final = "command line"


class SettingsError(Exception):
    """The configuration or the options are wrong. The message says where and what would be right."""


class _ValueError(SettingsError):
    """The value of one key is wrong, in a file or among the options."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key


class FailOn(enum.StrEnum):
    """The lowest level that makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"

    def fails(self, level: Level) -> bool:
        """Return whether a finding of `level` makes the run fail."""
        return self is not FailOn.NEVER and level.rank <= Level(self.value).rank


class Override(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What holds for some paths only. `paths` are patterns as in a .gitignore, relative to the folder of the configuration file."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    level: dict[str, Level] = {}


class ConcurrentCallback(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """A function that runs some of its arguments on another goroutine.

    `function` is `import/path.Func` or `import/path.Type.Method`; `arguments` are the positions of the callbacks, from 0 (none given: every
    argument that is a function); `parallel` says that two calls of one callback may overlap. `serial` names an actor that runs them one at a time
    instead: `"receiver"`, or the position of the argument that is the actor.
    """

    function: str
    arguments: tuple[Annotated[int, msgspec.Meta(ge=0)], ...] = ()
    parallel: bool = True
    serial: int | Literal["receiver"] | None = None


class ConfigFile(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The keys of a configuration file, in kebab case. What is unset is not there: the default, or the command line, holds."""

    select: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    extend_select: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    ignore: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    profile: Profile | msgspec.UnsetType = msgspec.UNSET
    level: dict[str, Level] | msgspec.UnsetType = msgspec.UNSET
    fail_on: FailOn | msgspec.UnsetType = msgspec.UNSET
    go: str | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    tests: bool | msgspec.UnsetType = msgspec.UNSET
    generated: bool | msgspec.UnsetType = msgspec.UNSET
    exclude: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    jobs: int | msgspec.UnsetType = msgspec.UNSET
    cache: bool | msgspec.UnsetType = msgspec.UNSET
    cache_dir: str | msgspec.UnsetType = msgspec.UNSET
    timeout_per_package: float | msgspec.UnsetType = msgspec.UNSET
    require_reasons: bool | msgspec.UnsetType = msgspec.UNSET
    show_suppressed: bool | msgspec.UnsetType = msgspec.UNSET
    baseline: str | msgspec.UnsetType = msgspec.UNSET
    concurrent_callbacks: tuple[str | ConcurrentCallback, ...] | msgspec.UnsetType = msgspec.UNSET
    overrides: tuple[Override, ...] | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes a run. Picklable, so that worker processes get the same value.

    `go` is the language version to assume, or None for that of each go.mod. `jobs` of 0 means one for each processor. `root` is the folder of
    the configuration file, to which patterns and relative paths refer. `rules_dirs` can be set on the command line only: no
    configuration file makes the linter run code. `origins` says for each field where its value comes from.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: Profile = Profile.DEFAULT
    level: Mapping[str, Level] = field(default_factory=dict)
    fail_on: FailOn = FailOn.WARNING
    go: tuple[int, int] | None = None
    tags: tuple[str, ...] = ()
    tests: bool = True
    generated: bool = False
    exclude: tuple[str, ...] = ()
    jobs: int = 0
    cache: bool = True
    cache_dir: Path | None = None
    timeout_per_package: float = 60.0
    require_reasons: bool = False
    show_suppressed: bool = False
    baseline: Path | None = None
    concurrent_callbacks: tuple[ConcurrentCallback, ...] = ()
    overrides: tuple[Override, ...] = ()
    rules_dirs: tuple[Path, ...] = ()
    root: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


def load(targets: Sequence[str], options: Mapping[str, Any], *, cwd: Path, config: Path | None = None) -> Settings:
    """Return the settings that hold for `targets`.

    `options` are fields of `Settings` as the command line gives them; None stands for an option that was not given. `--select` starts from
    nothing; `--extend-select`, `--ignore` and `--tags` add to what the file says; every other option replaces it. `config` names the file
    instead of looking for it. Raises `SettingsError`.
    """
    path = config if config is not None else find(targets, cwd)
    settings = Settings() if path is None else _from_file(path)
    return _with_options(settings, {name: value for name, value in options.items() if value is not None})


def find(targets: Sequence[str], cwd: Path) -> Path | None:
    """Return the configuration file that is nearest upward from the folder that holds all `targets` (patterns such as `./...` included)."""
    folders = [os.path.normpath(cwd / target.removesuffix("...")) for target in targets] or [str(cwd)]
    try:
        start = Path(os.path.commonpath(folders))
    except ValueError:  # on several drives of Windows
        start = cwd
    return _nearest(start, {})


def passed_over(targets: Sequence[str], cwd: Path) -> tuple[Path, ...]:
    """Return the configuration files that are nearest upward from single `targets`, and that `find` does not choose for all of them.

    A program has one configuration: races cross packages, and go versions, tags and callbacks decide what the whole is. So targets that would each
    have another one get that of the folder around them.
    """
    known: dict[Path, Path | None] = {}
    nearest = {_nearest(Path(os.path.normpath(cwd / target.removesuffix("..."))), known) for target in targets}
    return tuple(sorted(path for path in nearest - {find(targets, cwd)} if path is not None))


def _nearest(start: Path, known: dict[Path, Path | None]) -> Path | None:
    """Return the configuration file of a folder or the nearest above it. `known` saves asking the same folders for each of many targets."""
    passed: list[Path] = []
    found: Path | None = None
    for folder in (start, *start.parents):
        found = known[folder] if folder in known else _own(folder)
        if found is not None or folder in known:
            break
        passed.append(folder)
    known.update(dict.fromkeys(passed, found))
    return found


def _own(folder: Path) -> Path | None:
    # Not Path.is_file, which raises where the folder may not be entered.
    if os.path.isfile(own := folder / CONFIG_NAME):
        return own
    return shared if os.path.isfile(shared := folder / "pyproject.toml") and _has_section(shared) else None


def go_version(text: str) -> tuple[int, int]:
    """Return `(1, 24)` for `1.24`, `go1.24` and `1.24.3`. Raises `SettingsError`; there is no Go 2."""
    match = re.fullmatch(r"(?:go)?1\.(\d{1,3})(?:(?:\.|rc|beta)\d{1,3})?", text.strip())
    if match is None:
        raise _ValueError("go", f"{text!r} is no Go version; write it as 1.24")
    return 1, int(match[1])


_UNSET: Final = {"go": "that of each go.mod", "cache_dir": "that of the user", "baseline": "none"}
"""What holds where a key has no value of its own."""


def describe(settings: Settings) -> str:
    """Return the settings as a configuration file, one key a line, each with a comment that says where its value comes from.

    What is no key, or has no value, is a comment alone.
    """
    head = "" if settings.root is None else f"# paths are relative to {settings.root}\n"
    head += "".join(f"# --rules-dir {path}\n" for path in settings.rules_dirs)
    lines = []
    for item in msgspec.structs.fields(ConfigFile):
        value = getattr(settings, item.name)
        if item.name == "go" and value is not None:
            value = ".".join(map(str, value))
        left = f"# {item.encode_name}: {_UNSET[item.name]}" if value is None else f"{item.encode_name} = {_toml(value)}"
        lines.append((left, settings.origins.get(item.name, DEFAULT)))
    width = max(len(left) for left, _ in lines)
    return head + "".join(f"{left:<{min(width, 60)}}  # {origin}\n" for left, origin in lines)


def _has_section(path: Path) -> bool:
    # Somebody else's pyproject.toml may be unreadable or broken: that is no concern of ours unless it names us.
    try:
        text = path.read_text("utf-8")
        return "golint-maps" in text and "golint-maps" in tomllib.loads(text).get("tool", {})
    except (OSError, UnicodeDecodeError):
        return False
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply") from error


def _from_file(path: Path) -> Settings:
    try:
        text = path.read_text("utf-8")
        data: dict[str, Any] = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply") from error
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("golint-maps", {})
    _refuse_unknown_keys(data, path, text)
    try:
        parsed = msgspec.convert(data, ConfigFile)
        values = {name: value for name in ConfigFile.__struct_fields__ if (value := getattr(parsed, name)) is not msgspec.UNSET}
        settings = replace(Settings(), **_typed(values, path.parent), root=path.parent)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        key, line = _blamed(text, where.strip("`."))
        raise SettingsError(f"{path}:{line}: {key}: {_with_choices(key, what)}") from error
    except _ValueError as error:
        raise SettingsError(f"{path}:{_line(text, error.key)}: {error}") from error
    return replace(settings, origins={name: f"{path}:{_line(text, name.replace('_', '-'))}" for name in values} | {"root": str(path)})


def _blamed(text: str, where: str) -> tuple[str, int]:
    """Return the key that a path of msgspec, such as `overrides[0].level[...]`, leads to, and its line."""
    table, *inner = re.sub(r"\[\.\.\.\]", "", where).split(".")
    match = re.fullmatch(r"([\w-]+)\[(\d+)\]", table)
    if match is None:
        return table, _line(text, table)
    headers = [header.end() for header in re.finditer(rf"^\s*\[\[\s*{match[1]}\s*\]\]", text, re.MULTILINE)]
    number = int(match[2])
    if number >= len(headers):
        return match[1], _line(text, match[1])
    start = text.count("\n", 0, headers[number])
    return (f"{inner[0]} of {match[1]}", start + _line(text[headers[number] :], inner[0])) if inner else (match[1], start + 1)


def _with_choices(key: str, what: str) -> str:
    """Return what is wrong with a value, with the values that there are for one that is none of them."""
    match = re.fullmatch(r"Invalid enum value '(.*)'", what)
    if match is None:
        return what[:1].lower() + what[1:]
    kinds: dict[str, type[enum.StrEnum]] = {"profile": Profile, "fail-on": FailOn}
    choices = [item.value for item in kinds.get(key, Level)]
    return f"{match[1]!r} is none of {', '.join(choices[:-1])} and {choices[-1]}"


def _with_options(settings: Settings, options: dict[str, Any]) -> Settings:
    origins = dict(settings.origins) | dict.fromkeys(options, COMMAND_LINE)
    if "select" in options:
        settings = replace(settings, extend_select=(), ignore=())
        origins = {name: origin for name, origin in origins.items() if name in options or name not in {"extend_select", "ignore"}}
    try:
        values = _typed(options, None)
    except _ValueError as error:
        raise SettingsError(f"--{error}") from error
    for name in ("extend_select", "ignore", "tags"):
        if name in values and (before := getattr(settings, name)):
            values[name] = before + tuple(values[name])
            origins[name] = f"{settings.origins.get(name, DEFAULT)}, {COMMAND_LINE}"
    return replace(settings, **values, origins=origins)


def _typed(values: dict[str, Any], root: Path | None) -> dict[str, Any]:
    """Return values as `Settings` holds them: versions parsed, paths made relative to `root`, short forms spelt out."""
    typed = dict(values)
    if isinstance(go := typed.get("go"), str):
        typed["go"] = go_version(go)
    for name in ("cache_dir", "baseline"):
        if name in typed:
            typed[name] = Path(typed[name]) if root is None else root / typed[name]
    if "concurrent_callbacks" in typed:
        typed["concurrent_callbacks"] = tuple(
            ConcurrentCallback(function=each) if isinstance(each, str) else each for each in typed["concurrent_callbacks"]
        )
        for callback in typed["concurrent_callbacks"]:
            _refuse_bad_function(callback.function)
    for override in typed.get("overrides", ()):
        _refuse_bad_patterns("overrides", override.paths, "paths: ")
    _refuse_bad_patterns("exclude", typed.get("exclude", ()))
    if typed.get("jobs", 0) < 0:
        raise _ValueError("jobs", "must not be negative; 0 means one for each processor")
    if not typed.get("timeout_per_package", 1) > 0:
        raise _ValueError("timeout-per-package", "must be more than 0 seconds")
    return typed


def _refuse_bad_function(name: str) -> None:
    # Without its package no function is ever found, and nobody would notice that the setting does nothing.
    if not re.fullmatch(r"(?:[^/\s]+/)*[^/\s.][^/\s]*(?:\.\w+){1,2}", name):
        raise _ValueError("concurrent-callbacks", f"{name!r} names no function; write it as import/path.Func or import/path.Type.Method")


def _refuse_bad_patterns(key: str, patterns: tuple[str, ...], where: str = "") -> None:
    if not patterns:
        return
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise _ValueError(key, f"{where}{error}") from error


def _refuse_unknown_keys(data: dict[str, Any], path: Path, text: str) -> None:
    _refuse(data, ConfigFile, path, text, "")
    for key, schema in (("overrides", Override), ("concurrent-callbacks", ConcurrentCallback)):
        entries = data.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                _refuse(entry, schema, path, text, f" of {key}")


def _refuse(data: dict[str, Any], schema: type[msgspec.Struct], path: Path, text: str, where: str) -> None:
    valid = [item.encode_name for item in msgspec.structs.fields(schema)]
    for key in data:
        if key not in valid:
            nearest = difflib.get_close_matches(key.lower().replace("_", "-"), valid, n=1, cutoff=0.0)[0]
            raise SettingsError(f"{path}:{_line(text, key)}: unknown key `{key}`{where}; did you mean `{nearest}`?")


def _line(text: str, key: str) -> int:
    """Return the 1-based line on which `key` is set or opens a table; 1 if it cannot be told."""
    pattern = re.compile(rf"""(?:^|[\[{{,.])\s*["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""", re.MULTILINE)
    match = pattern.search(text)
    return 1 if match is None else text.count("\n", 0, match.end()) + 1


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() | Path():
            return msgspec.json.encode(str(value)).decode()
        case int() | float():
            return str(value)
        case msgspec.Struct():
            given = ((item.encode_name, getattr(value, item.name)) for item in msgspec.structs.fields(value))
            return _toml({key: each for key, each in given if each is not None})
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    raise TypeError(f"{type(value).__name__} has no TOML form")
