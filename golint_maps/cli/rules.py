"""`golint-maps rules`: the table of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from golint_maps.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from golint_maps.rule import Rule


@click.command(name="rules")
@click.option("--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True, help="How to print them.")
@options.rules_dir
def command(format_: str, rules_dirs: tuple[Path, ...]) -> None:
    """List the rules."""
    rules = options.load_rules(rules_dirs)
    output.to_stdout({"text": _text, "json": _json, "markdown": _markdown}[format_](rules))


def _text(rules: Sequence[Rule]) -> str:
    width = max(len(rule.name) for rule in rules)
    return "".join(f"{rule.id:<6} {rule.name:<{width}}  {rule.level:<7}  {rule.profile:<7}  {fix(rule):<10}  {rule.summary}\n" for rule in rules)


def fix(rule: Rule) -> str:
    """Return whether findings of a rule can be fixed, and how safely at best: the first of its kinds."""
    return f"{rule.fixes[0]} fix" if rule.fixes else "no fix"


def _markdown(rules: Sequence[Rule]) -> str:
    head = "| id | name | level | profile | precision | fix | what it finds |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| {rule.id} | `{rule.name}` | {rule.level} | {rule.profile} | {rule.precision} | {', '.join(rule.fixes)} | {rule.summary} |\n"
        for rule in rules
    )


def _json(rules: Sequence[Rule]) -> str:
    import msgspec

    rows = [
        {
            "id": rule.id,
            "name": rule.name,
            "summary": rule.summary,
            "level": rule.level,
            "profile": rule.profile,
            "precision": rule.precision,
            "cwe": rule.cwe,
            "tags": rule.tags,
            "fixes": rule.fixes,
            "since": rule.since,
        }
        for rule in rules
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"
