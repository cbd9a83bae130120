"""Calls of code that is known: what it does to maps, and what need not be followed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Final

from golint_maps.flow.view import View
from golint_maps.syntax import ir

_LEAVES = frozenset(
    "fmt errors strings strconv bytes math math/bits math/big math/rand math/rand/v2 unicode unicode/utf8 unicode/utf16 path path/filepath io bufio "
    "hash/fnv html cmp encoding/binary encoding/hex encoding/base64 log log/slog net/netip net/url os reflect regexp time".split()
)
"""Packages whose functions work on their arguments alone, or on what is nobody's map."""
_CHECKS = ("github.com/stretchr/testify/", "go.uber.org/mock/gomock.", "github.com/golang/mock/gomock.")
"""What tests compare and expect with: most calls of a test are of these."""
_REPORTS = frozenset(
    "Error Errorf Fail FailNow Failed Fatal Fatalf Helper Log Logf Name Skip Skipf SkipNow TempDir Setenv Chdir "
    "ReportAllocs ResetTimer SetBytes StartTimer StopTimer".split()
)
"""Methods of tests and benchmarks that do no more than that."""

REFLECTED: Final = {"MapKeys": "walk", "MapRange": "walk", "MapIndex": "read", "SetMapIndex": "insert"}
"""What methods of a `reflect.Value` do to the map that it was made from."""

_LOGS: Final = re.compile(r"(?:Debug|Info|Warn|Warning|Error|Trace|Print|Log)(?:f|ln|w|Context)?$")
_LOGGER: Final = re.compile(r"log(?![io])|logger", re.IGNORECASE)


@cache
def map_apis() -> Mapping[str, Sequence[tuple[str, Sequence[int]]]]:
    """Return what functions of other packages do to maps: (operation, numbers of the arguments) by the function's token."""
    written = loads(files("golint_maps.flow").joinpath("apis.toml").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, Sequence[int]]]] = {}
    for table, op in (("walks", "walk"), ("fills", "copy"), ("deletes", "delete"), ("decodes", "decode")):
        for token, indices in written[table].items():
            found.setdefault(token, []).append((op, indices))
    return found


@cache
def map_api_names() -> frozenset[str]:
    """Return the last names of these functions."""
    return frozenset(token.rsplit(".", 1)[-1] for token in map_apis())


def concerns_nobody(tokens: tuple[str, ...], args: Sequence[ir.Expr]) -> bool:
    """Tell whether a call can be left out: functions on text, numbers and errors touch no shared map, start nothing and call nobody back."""
    if len(tokens) != 1 or tokens[0] == "time.AfterFunc" or any(argument.__class__ is ir.FuncLit for argument in args):
        return False
    package, _, name = tokens[0].partition(".")
    if "/" in name:
        return tokens[0].startswith(_CHECKS)  # else perhaps a module of the name log.example.com/…
    return package in _LEAVES or (package == "testing" and name.rpartition(".")[2] in _REPORTS)


def logs(view: View, call: ir.Call) -> bool:
    """Tell whether a call does no more than to show somebody what it is given: `log.Info(…)`, `s.logger.Debugf(…)`, `logger().Warn(…)`."""
    match call.fun:
        case ir.Sel(ir.Name(owner) | ir.Sel(_, owner) | ir.Call(ir.Name(owner) | ir.Sel(_, owner)), name):
            return _LOGS.match(name) is not None and _LOGGER.search(owner) is not None
        case ir.Sel(ir.Local(number), name):
            return _LOGS.match(name) is not None and _LOGGER.search(view.variables[number].name) is not None
    return False
