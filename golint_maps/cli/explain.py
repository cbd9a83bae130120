"""`golint-maps explain GM201`: a rule's page. `--go 1.24` adds the layouts of that version, where a rule is about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from golint_maps.cli import options, output, pages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from golint_maps.rule import Rule

_TITLE: Final = re.compile(r"\A# .*\n+")
_EXPECTED: Final = re.compile(r" // want \"[^\"\n]*\"$", re.MULTILINE)
"""What the tests expect of a line in the bad examples."""


@click.command(name="explain")
@click.argument("selectors", metavar="RULE…", nargs=-1, required=True)
@click.option("--go", metavar="VERSION", help="Also print the runtime's map structures of this version, where the rule is about them.")
@options.rules_dir
def command(selectors: tuple[str, ...], go: str | None, rules_dirs: tuple[Path, ...]) -> None:
    """Print the page of a rule by its id or name, or those of a family: GM203, write-under-read-lock, GM2, concurrency."""
    from golint_maps import registry, selection
    from golint_maps.cli import layouts
    from golint_maps.settings import Settings, SettingsError, go_version

    try:
        version = None if go is None else go_version(go)
    except SettingsError as error:
        raise click.UsageError(f"--{error}") from error
    rules = options.load_rules(rules_dirs)
    selectors = tuple(_family(selector, rules) or selector for selector in selectors)
    try:
        selection.validate(Settings(select=selectors), rules)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    wanted = frozenset[str]().union(*(selection.resolve(selector, rules) for selector in selectors))
    told = []
    for rule in rules:
        if rule.id in wanted:
            head = f"# {rule.id}: {rule.name}\n\n{rule.summary[:1].upper()}{rule.summary[1:]}.\n\n"
            facts = f"level: {rule.level} · profile: {rule.profile} · precision: {rule.precision}"
            cwe = "".join(f" · CWE-{number}" for number in rule.cwe)
            page = _EXPECTED.sub("", _TITLE.sub("", (registry.page(rule) or "").strip()))
            fixes = f" · {' and '.join(rule.fixes)} fixes" if rule.fixes else " · no fixes"
            told.append(pages.fitted(f"{head}{facts}{cwe}{fixes} · since {rule.since}\n\n{page}\n", output.width()))
            if version is not None and (section := layouts.section(rule.id, version[1])):
                told.append(section)
    output.to_stdout("\n".join(told))


def _family(word: str, rules: Sequence[Rule]) -> str:
    """Return the family that is called by the name of its folder, or an empty text: GM1 for `iteration`."""
    folder = word.lower().replace(".", "")
    return next((rule.id[:-2] for rule in rules if rule.checks and rule.checks[0].__module__.split(".")[-2] == folder), "")
