"""Options that several commands share, and the way from them to rules and settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golint_maps.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from golint_maps.rule import Rule
    from golint_maps.settings import Settings

    Command = Callable[..., Any]


def _words(flag: str, help: str, metavar: str = "RULE,…") -> Callable[[Command], Command]:
    """Return an option that takes lists with commas, and can be given several times."""
    return click.option(flag, multiple=True, callback=_split, metavar=metavar, help=help)


def _split(ctx: click.Context, param: click.Parameter, value: Sequence[str]) -> tuple[str, ...] | None:
    if not value:
        return None
    found = tuple(word.strip() for words in value for word in words.split(",") if word.strip())
    if not found and param.name == "select":
        # What starts from nothing and adds nothing would run nothing; whoever has an empty variable here wants to know.
        raise click.BadParameter("no rule is named; leave the option out to run the rules of the profile", ctx, param)
    return found


rules_dir = click.option(
    "--rules-dir",
    "rules_dirs",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with further rules. Runs their Python code.",
)

# Fields of Settings by name, None where the option is not given.
_JUDGING = (
    _words("--select", "Run these rules only: ids, families (GM2), names, ALL."),
    _words("--extend-select", "Run these rules as well."),
    _words("--ignore", "Do not run these rules."),
    click.option("--profile", type=click.Choice(["default", "strict"]), help="Which rules run when none are selected.  [default: default]"),
    click.option("--require-reasons/--no-require-reasons", default=None, help="Let only directives with a reason suppress."),
    rules_dir,
)
_READING = (
    click.option("--go", metavar="VERSION", help="The Go version to assume, such as 1.24.  [default: that of go.mod]"),
    _words("--tags", "Build tags that hold.", metavar="TAG,…"),
    click.option("--tests/--no-tests", default=None, help="Read _test.go files.  [default: tests]"),
    click.option("--generated/--no-generated", default=None, help="Look into generated files as well.  [default: no-generated]"),
    click.option("-j", "--jobs", type=click.IntRange(min=0), metavar="N", help="Processes to use; 0 means one for each processor.  [default: 0]"),
    click.option("--cache/--no-cache", default=None, help="Keep what was learnt of unchanged files.  [default: cache]"),
    click.option(
        "--cache-dir",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Where to keep it.  [default: the folder that `cache dir` prints]",
    ),
    click.option(
        "--timeout-per-package",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Give up on a package, or a rule of somebody else, that takes longer, with a GM000 note.  [default: 60]",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Configuration file.  [default: the nearest upward]",
    ),
)


def reading(command: Command) -> Command:
    """Add the options that decide what is read, and how."""
    for option in reversed(_READING):
        command = option(command)
    return command


def analysis(command: Command) -> Command:
    """Add the options that decide which findings there are: which rules run, and on what."""
    command = reading(command)
    for option in reversed(_JUDGING):
        command = option(command)
    return command


def folder() -> Path:
    """Return the current folder. That it is gone is a usage error."""
    try:
        return Path.cwd()
    except OSError as error:
        raise click.ClickException(f"the current folder cannot be read: {error.strerror or error}") from error


def load_rules(rules_dirs: Sequence[Path]) -> tuple[Rule, ...]:
    """Return all rules. What breaks the conventions is a usage error."""
    from golint_maps import registry

    try:
        return registry.load(rules_dirs)
    except registry.RegistryError as error:
        raise click.UsageError(str(error)) from error


def load_settings(patterns: Sequence[str], given: dict[str, Any], *, quiet: bool = False) -> Settings:
    """Return the settings for a run over `patterns`, selectors checked. `given` are the options above. What is wrong is a usage error.

    Configuration files of single patterns that do not hold are told on stderr.
    """
    from golint_maps import selection, settings
    from golint_maps.rule import Profile

    options = dict(given)
    config = options.pop("config", None)
    if options.get("profile") is not None:
        options["profile"] = Profile(options["profile"])
    if options.get("fail_on") is not None:
        options["fail_on"] = settings.FailOn(options["fail_on"])
    options["rules_dirs"] = options.get("rules_dirs") or None
    try:
        loaded = settings.load(patterns, options, cwd=folder(), config=config)
        selection.validate(loaded, load_rules(loaded.rules_dirs))
        ignored = () if quiet or config is not None else settings.passed_over(patterns, folder())
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    if ignored:
        chosen = f"here {os.path.relpath(loaded.origins['root'], folder())}" if "root" in loaded.origins else "and none is above all targets"
        output.tell(f"golint-maps: a run has one configuration, {chosen}; not read: {_listed(ignored)}")
    return loaded


def _listed(paths: Sequence[Path]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(os.path.relpath(path, folder()) for path in paths[:3]) + more
