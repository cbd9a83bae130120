"""Options that several commands share, and the way from them to rules and settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from golint_maps.rule import Rule
    from golint_maps.settings import Settings

rules_dir = click.option(
    "--rules-dir",
    "rules_dirs",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with further rules. Runs their Python code.",
)


def load_rules(rules_dirs: Sequence[Path]) -> tuple[Rule, ...]:
    """Return all rules. A folder of rules that breaks the conventions is a usage error; a fault of our own rules is not."""
    from golint_maps import registry

    try:
        return registry.load(rules_dirs)
    except registry.RegistryError as error:
        raise click.UsageError(str(error)) from error


def load_settings(patterns: Sequence[str], given: dict[str, object], config: Path | None) -> Settings:
    """Return the settings for a run over `patterns`, with selectors checked. What is wrong is a usage error."""
    from golint_maps import selection, settings

    try:
        loaded = settings.load(patterns, given, cwd=Path.cwd(), config=config)
        selection.validate(loaded, load_rules(loaded.rules_dirs))
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    return loaded
