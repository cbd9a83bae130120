"""Help whose options stand in sections, for commands that have too many for one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS: Final = {
    "What is read": ("go", "tags", "tests", "generated", "config"),
    "Rules": ("select", "extend_select", "ignore", "profile", "require_reasons", "rules_dirs"),
    "What is reported": ("baseline", "new_from", "show_suppressed", "fail_on"),
    "Reports": ("format_", "outputs", "color", "category", "provenance"),
    "Fixes": ("fix", "unsafe_fixes", "diff"),
    "Speed": ("jobs", "cache", "cache_dir", "timeout_per_package"),
    "Other options": ("statistics", "show_settings", "quiet", "verbose", "help"),
}
"""The options of each section, by the names of their parameters."""


class Sectioned(click.Command):
    """A command that lists its options by `SECTIONS`; those that are in none come last, among the others."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options into the formatter."""
        for title, records in self._sections(ctx):
            with formatter.section(title):
                formatter.write_dl(records)

    def _sections(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        options = (parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option))
        left = {str(option.name): record for option in options if (record := option.get_help_record(ctx))}
        *first, (last, names) = SECTIONS.items()
        for title, wanted in first:
            if records := [left.pop(name) for name in wanted if name in left]:
                yield title, records
        yield last, [*(left.pop(name) for name in names if name in left), *left.values()]
