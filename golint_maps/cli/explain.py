"""`golint-maps explain GM201`: a rule's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from golint_maps.cli import options, output

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="explain")
@click.argument("selectors", metavar="RULE…", nargs=-1, required=True)
@options.rules_dir
def command(selectors: tuple[str, ...], rules_dirs: tuple[Path, ...]) -> None:
    """Print the page of a rule, named by its id, its name or its family."""
    from golint_maps import registry, selection
    from golint_maps.settings import Settings, SettingsError

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
            pages.append(f"{head}{facts}{cwe} · since {rule.since}\n\n{(registry.page(rule) or '').strip()}\n")
    output.to_stdout("\n".join(pages))
