"""`golint-maps explain GM201`: a rule's page. `--go 1.24` adds the layouts of that version, where a rule is about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from golint_maps.cli import options, output

if TYPE_CHECKING:
    from pathlib import Path

_TITLE: Final = re.compile(r"\A# .*\n+")
_EXPECTED: Final = re.compile(r" // want \"[^\"\n]*\"$", re.MULTILINE)
"""What the tests expect of a line in the bad examples."""


@click.command(name="explain")
@click.argument("selectors", metavar="RULE…", nargs=-1, required=True)
@click.option("--go", metavar="VERSION", help="Also print the runtime's map structures of this version, where the rule is about them.")
@options.rules_dir
def command(selectors: tuple[str, ...], go: str | None, rules_dirs: tuple[Path, ...]) -> None:
    """Print the page of a rule, named by its id, its name or its family."""
    from golint_maps import registry, selection
    from golint_maps.cli import layouts
    from golint_maps.settings import Settings, SettingsError, go_version

    try:
        version = None if go is None else go_version(go)
    except SettingsError as error:
        raise click.UsageError(f"--{error}") from error
    rules = options.load_rules(rules_dirs)
    try:
        selection.validate(Settings(select=selectors), rules)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    wanted = frozenset[str]().union(*(selection.resolve(selector, rules) for selector in selectors))
    pages = []
    for rule in rules:
        if rule.id in wanted:
            head = f"# {rule.id}: {rule.name}\n\n{rule.summary[:1].upper()}{rule.summary[1:]}.\n\n"
            facts = f"level: {rule.level} · profile: {rule.profile} · precision: {rule.precision}"
            cwe = "".join(f" · CWE-{number}" for number in rule.cwe)
            page = _EXPECTED.sub("", _TITLE.sub("", (registry.page(rule) or "").strip()))
            fixes = f" · {' and '.join(rule.fixes)} fixes" if rule.fixes else " · no fixes"
            pages.append(f"{head}{facts}{cwe}{fixes} · since {rule.since}\n\n{page}\n")
            if version is not None and (section := layouts.section(rule.id, version[1])):
                pages.append(section)
    output.to_stdout("\n".join(pages))
