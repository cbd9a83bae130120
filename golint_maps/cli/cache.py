"""`golint-maps cache dir/clean`: where what was learnt of unchanged files is kept, and how to be rid of it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from golint_maps.cli import options, output

_cache_dir = click.option(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder.  [default: `cache-dir` of the configuration, else that of the system]",
)


@click.group(name="cache")
def command() -> None:
    """Show or empty the cache."""


@command.command(name="dir")
@_cache_dir
def dir_(cache_dir: Path | None) -> None:
    """Print the folder of the cache."""
    output.to_stdout(f"{_folder(cache_dir)}\n")


@command.command()
@_cache_dir
def clean(cache_dir: Path | None) -> None:
    """Delete what the cache holds. Nothing else in its folder is touched."""
    freed = 0
    for path in sorted(_folder(cache_dir).glob("cache-*.sqlite*")):
        try:
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
        except OSError as error:
            raise click.ClickException(f"cannot delete {path}: {error.strerror or error}") from error
    output.tell(f"Deleted {freed / 1e6:,.1f} MB")


def _folder(chosen: Path | None) -> Path:
    from golint_maps import settings
    from golint_maps.engine.cache import default_directory

    try:
        folder = chosen or settings.load(["."], {}, cwd=options.folder()).cache_dir or default_directory(os.environ)
    except settings.SettingsError as error:
        raise click.UsageError(str(error)) from error
    if folder is None:
        raise click.ClickException("there is no folder for a cache here: HOME and XDG_CACHE_HOME are not set")
    return folder
