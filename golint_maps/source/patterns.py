"""Patterns of the command line, as the go command understands them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from golint_maps.source.gomod import load_module, upward
from golint_maps.source.model import PatternError


@dataclass(frozen=True, slots=True)
class Target:
    """What a pattern names. All paths are absolute.

    `folder` is where to look, `path` the file or directory that was meant, `file` whether it is a single Go file. `wildcard`, if any, matches
    the directories below `folder` that count, with `/`; `everything` says that all do.
    """

    pattern: str
    path: str
    folder: str
    file: bool = False
    wildcard: re.Pattern[str] | None = None
    everything: bool = False


def parse_pattern(pattern: str, cwd: str) -> Target:
    """Return what a pattern names, seen from an absolute directory. Raises PatternError when it names nothing that exists."""
    if not pattern or "\0" in pattern:
        raise PatternError(pattern, "is not a path")
    fixed, dots, _ = pattern.partition("...")
    if dots:
        head = os.path.dirname(fixed)
        folder = _existing_directory(pattern, head or ("." if not fixed.startswith(("/", os.sep)) else os.sep), cwd)
        rest = pattern[len(head) :].replace(os.sep, "/").lstrip("/").rstrip("/")
        return Target(pattern, folder, folder, wildcard=_wildcard(folder, rest), everything=rest == "...")
    path = _inside(os.path.abspath(os.path.join(cwd, pattern)), cwd)
    if os.path.isdir(path) or (_is_locked(path) and not path.endswith(".go")):
        return Target(pattern, path, path)
    if not os.path.lexists(path) and not _is_locked(path):
        return Target(pattern, folder := _import_directory(pattern, cwd), folder)
    if not path.endswith(".go"):
        raise PatternError(pattern, "is neither a directory nor a Go file")
    return Target(pattern, path, os.path.dirname(path), file=True)


def _wildcard(folder: str, rest: str) -> re.Pattern[str]:
    """`...` stands for any text; at the end, `/...` for nothing as well: `net/...` names `net` and all below it."""
    text = re.escape(folder.replace(os.sep, "/").rstrip("/") + "/" + rest)
    dots = re.escape("...")
    if text.endswith("/" + dots):
        text = text.removesuffix("/" + dots) + "(?:/.*)?"
    return re.compile(text.replace(dots, ".*"), re.DOTALL)


def _existing_directory(pattern: str, head: str, cwd: str) -> str:
    path = _inside(os.path.abspath(os.path.join(cwd, head)), cwd)
    if os.path.isdir(path) or _is_locked(path):
        return path
    if os.path.lexists(path):
        raise PatternError(pattern, f"{head} is not a directory")
    return _import_directory(head, cwd, pattern)


def _is_locked(path: str) -> bool:
    """Tell whether nobody can say what a path is, because a directory above it may not be entered. The walk reports that."""
    try:
        os.lstat(path)
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _import_directory(path: str, cwd: str, pattern: str = "") -> str:
    """Return the directory of a package of the module around `cwd`, given by its import path."""
    if not path.startswith((".", "/")):
        for level in upward(cwd):
            module, _ = load_module(level, "")
            if module is None:
                continue
            prefix = "" if module.path == "std" else module.path + "/"
            if f"{path}/".startswith(prefix):
                directory = os.path.join(level, f"{path}/"[len(prefix) :].rstrip("/")).rstrip("/")
                if os.path.isdir(directory):
                    return directory
            break
    raise PatternError(pattern or path, "no such file or directory")


def _inside(path: str, cwd: str) -> str:
    """Respell an absolute path that leads into `cwd` by another name of it (a symbolic link above), so that it does not move the root."""
    if path == cwd or path.startswith(os.path.join(cwd, "")):
        return path
    real_cwd, real_path = os.path.realpath(cwd), os.path.realpath(path)
    if real_path == real_cwd:
        return cwd
    return os.path.join(cwd, real_path[len(real_cwd) :].lstrip(os.sep)) if real_path.startswith(os.path.join(real_cwd, "")) else path
