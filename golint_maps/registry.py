"""Finds the rules: those in `golint_maps.rules`, those of installed packages, those of a folder named on the command line.

A family is a package whose modules are rules: `gm203_write_under_read_lock.py` sets `RULE`, and `gm203_write_under_read_lock.md` beside it is
its page. Modules whose name starts with `_` are helpers. There is no list of rules anywhere.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import pkgutil
import re
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from golint_maps import builtin_rules
from golint_maps.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

OWN_RULES: Final = "golint_maps.rules"
ENTRY_POINTS: Final = "golint_maps.rules"
"""The entry point group of third parties' rules. Each entry point names a package that is laid out like ours."""


class RegistryError(Exception):
    """A rule breaks the conventions, or two rules claim one id or name."""


def load(rules_dirs: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """Return all rules in id order, the two built-in ones included.

    `rules_dirs` are folders with further rules, flat or one sub-folder for each family. Raises `RegistryError`.
    """
    rules = list(builtin_rules.BUILTIN_RULES)
    for package in _packages(rules_dirs):
        found = [_rule_of(module) for module in _modules(package)]
        # That our own rules have their pages is for the tests to prove: reading all of them at every start would be a waste.
        if package.__name__ != OWN_RULES and (bare := next((rule for rule in found if page(rule) is None), None)):
            raise RegistryError(f"{_place(sys.modules[bare.checks[0].__module__])}: the page {stem(bare)}.md is missing beside it")
        rules += found
    return _distinct(rules)


def page(rule: Rule) -> str | None:
    """Return the Markdown page that lies beside a rule's module, or None if there is none."""
    module = sys.modules[rule.checks[0].__module__ if rule.checks else builtin_rules.__name__]
    # Through the loader, so that it works from a zip file as well; importlib.resources does not know folders without an __init__.py.
    read = getattr(module.__spec__ and module.__spec__.loader, "get_data", None)
    if module.__file__ is None or read is None:
        return None
    try:
        return str(read(os.path.join(os.path.dirname(module.__file__), f"{stem(rule)}.md")), "utf-8")
    except OSError:
        return None


def repository_path(rule: Rule) -> str | None:
    """Return where the page of one of our rules lies in the repository of golint-maps; None for a rule of somebody else."""
    if rule in builtin_rules.BUILTIN_RULES:
        return f"{builtin_rules.__name__.replace('.', '/')}/{stem(rule)}.md"
    module = rule.checks[0].__module__ if rule.checks else ""
    # The folder `rules` beside the package is the package `golint_maps.rules` once it is installed.
    return f"rules/{module.removeprefix(f'{OWN_RULES}.').replace('.', '/')}.md" if module.startswith(f"{OWN_RULES}.") else None


def stem(rule: Rule) -> str:
    """Return the name that a rule's two files share: `gm203_write_under_read_lock`."""
    return f"{rule.id.lower()}_{rule.name.replace('-', '_')}"


def _packages(rules_dirs: Sequence[Path]) -> Iterator[ModuleType]:
    yield _own_rules()
    for entry in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: (entry.value, entry.name)):
        try:
            yield importlib.import_module(entry.module)
        except Exception as error:
            raise RegistryError(f"entry point {entry.name} = {entry.value}: {_words(error)}") from error
    for folder in rules_dirs:
        yield _folder_as_package(folder)


def _own_rules() -> ModuleType:
    # In a wheel the rules lie inside of this package. In a checkout they are the folder beside it, also when another checkout is the one that is
    # installed: what the import system knows then are the rules of that one.
    here = Path(__file__).resolve().parent
    beside = here.parent / "rules"
    if OWN_RULES not in sys.modules and not (here / "rules").exists() and (beside / "__init__.py").is_file():
        return _import_folder(beside, OWN_RULES)
    return importlib.import_module(OWN_RULES)


def _folder_as_package(folder: Path) -> ModuleType:
    if not os.path.isdir(folder):
        raise RegistryError(f"{folder}: no such folder")
    # The name must be the same in every process that loads the folder, and different for two folders of one name.
    name = f"golint_maps_rules_{hashlib.blake2b(bytes(folder.resolve()), digest_size=6).hexdigest()}"
    return sys.modules[name] if name in sys.modules else _import_folder(folder.resolve(), name)


def _import_folder(folder: Path, name: str) -> ModuleType:
    init = folder / "__init__.py"
    if init.is_file():
        spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(folder)])
    else:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    if spec is None:
        raise RegistryError(f"{folder}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if spec.loader is not None:
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[name]
            raise RegistryError(f"{init}: {_words(error)}") from error
    return module


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        name = f"{package.__name__}.{info.name}"
        try:
            module = importlib.import_module(name)
        except Exception as error:
            # Not the module's name, which for a folder of the command line is made up.
            place = os.path.join(getattr(info.module_finder, "path", ""), info.name + ("" if info.ispkg else ".py"))
            raise RegistryError(f"{place}: {_words(error)}") from error
        if info.ispkg:
            yield from _modules(module)
        else:
            yield module


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _place(module: ModuleType) -> str:
    """Return what to call a module: its file, if it has one."""
    return module.__file__ or module.__name__


def _rule_of(module: ModuleType) -> Rule:
    name, place = module.__name__, _place(module)
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise RegistryError(f"{place}: sets no RULE = Rule(…)")
    if re.fullmatch(r"[A-Z]+\d{3}", rule.id) is None:
        raise RegistryError(f"{place}: {rule.id!r} is no rule id; ids are capital letters and three digits")
    if name.rpartition(".")[2] != stem(rule):
        raise RegistryError(f"{place}: holds {rule.id} {rule.name}, so the file must be named {stem(rule)}.py")
    if len(rule.checks) != 1:
        raise RegistryError(f"{place}: {rule.id} has {len(rule.checks)} functions under @RULE.check, not one")
    if rule.checks[0].__module__ != name:
        raise RegistryError(f"{place}: the check of {rule.id} is defined in {rule.checks[0].__module__}")
    return rule


def _distinct(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    ids: dict[str, Rule] = {}
    names: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in ids:
            raise RegistryError(f"{rule.id} is both {ids[rule.id].name} and {rule.name}")
        if rule.name in names:
            raise RegistryError(f"{rule.name} is both {names[rule.name].id} and {rule.id}")
        ids[rule.id] = names[rule.name] = rule
    return tuple(ids[id_] for id_ in sorted(ids))
