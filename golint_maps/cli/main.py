"""The command group, the meaning of its exit statuses, and what happens when something goes wrong.

A command's module is imported when the command is called, so that `--version` and shell completion stay fast.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NoReturn

import click

from golint_maps import HOMEPAGE, __version__
from golint_maps.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exit(IntEnum):
    """Exit statuses."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INTERNAL = 3
    INTERRUPTED = 130


COMMANDS: Final = {
    "baseline": "Accept today's findings and report new ones only.",
    "cache": "Show or empty the cache.",
    "check": "Find map hazards in Go packages and files.",
    "explain": "Print the page of a rule.",
    "graph": "Write who calls whom, which goroutines use which maps, or which locks guard them.",
    "rules": "List the rules.",
}

_OTHER_NAMES: Final = frozenset({"lint", "run", "scan", "analyse", "analyze", "vet"})
"""What other linters call `check`."""

TRACEBACK: Final = "GOLINT_MAPS_TRACEBACK"
"""Environment variable that asks for the traceback of an internal error."""


class _Commands(click.Group):
    """Commands by name; each lives in the module of that name, as `command`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            ctx.fail(f"there is no command {name!r}; {_hint(name)}")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = importlib.import_module(f"golint_maps.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


def _hint(name: str) -> str:
    import difflib

    near = ["check"] if name in _OTHER_NAMES else difflib.get_close_matches(name.lower(), COMMANDS, n=1)
    if near:
        return f"did you mean `golint-maps {near[0]}`?"
    if os.path.exists(name) or "/" in name or name.startswith("."):
        return f"did you mean `golint-maps check {name}`?"
    return f"the commands are {', '.join(sorted(COMMANDS))}"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="golint-maps", message="%(prog)s %(version)s")
def group() -> None:
    """Find map hazards in Go source: races, iteration, retention, runtime internals. Needs no Go toolchain."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its status."""
    gc.disable()  # also after the analysis: nothing that it has made is looked at again
    status = run(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    # Taking millions of objects apart one by one, only to end, takes longer than many a run.
    os._exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status. Never a traceback, unless the environment asks for it."""
    try:
        status = group.main(args=list(arguments), prog_name="golint-maps", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except click.ClickException as error:
        _show(error)
        return Exit.USAGE
    except OSError as error:
        # Commands say what they cannot read or write. This is click's own output, of --help and --version.
        if error.filename is not None:
            return _internal_error(error)
        output.forget_stdout()
        output.tell(f"Error: cannot write to stdout: {error.strerror or error}")
        return Exit.USAGE
    except Exception as error:  # noqa: BLE001 - the last resort, with a report instead of a traceback
        return _internal_error(error)
    return int(status or Exit.CLEAN)


def bug_report(what: str) -> str:
    """Return what to say when golint-maps itself is at fault."""
    return (
        f"golint-maps: internal error: {what}\n"
        f"Please report it at {HOMEPAGE}/issues with golint-maps {__version__}, Python {sys.version.split()[0]},\n"
        f"and what the same command says with {TRACEBACK}=1 set."
    )


def _show(error: click.ClickException) -> None:
    if sys.stderr is None:  # click would say it on stdout
        return
    try:
        error.show()
    except OSError:  # nobody hears what is wrong; the status still tells that something is
        output.forget_stderr()


def _internal_error(error: Exception) -> int:
    import traceback

    if TRACEBACK in os.environ:
        output.tell("".join(traceback.format_exception(error)), nl=False)
    where = traceback.extract_tb(error.__traceback__)[-1]
    output.tell(bug_report(f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"))
    return Exit.INTERNAL
