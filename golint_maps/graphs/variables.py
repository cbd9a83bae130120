"""Local variables by the names that they have in access paths: `l`, the outermost function around them, `#` and their number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.events import Argument, CallSite, FunctionSummary, Path

_NUMBER: Final = re.compile(r"\d+")
BY_LITERAL: Final = 2
"""How a variable is made whose value is a literal."""
_DIRECT: Final = 2
"""The length of the path of a map in the variable itself."""
_DEEPEST: Final = 4
"""How many structs that literals made may lie one in the other."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A local variable.

    `family` is the outermost function around it, `number` its number there, `function` the function or literal that declares it, `position`
    where it does (an offset); `made` says how it gets its value: 2 by a literal, 1 by a constructor, 0 elsewhere; `call` is the call, by its
    offset, whose first result it is, or -1.
    """

    family: str
    number: int
    function: str
    position: int
    made: int
    call: int


def local(functions: Mapping[str, FunctionSummary], name: str) -> Variable | None:
    """Return the local variable at the root of a path or identity, whatever stands behind it; None for what is none of a known function."""
    if name[:1] != "l":
        return None
    family, _, rest = name[1:].partition("#")
    number = _NUMBER.match(rest)
    declaring = functions.get(family)
    if declaring is None or number is None or int(number[0]) >= len(declaring.variables):
        return None
    position, owner, made, call = declaring.variables[int(number[0])]
    literal = f"{family}·{owner}"
    return Variable(family, int(number[0]), literal if literal in functions else family, position, made, call)


def held(functions: Mapping[str, FunctionSummary], path: Path) -> Path:
    """Return the path of what a literal or a constructor has put into a local variable, for a path that goes through it."""
    for _ in range(_DEEPEST):
        if len(path) <= _DIRECT or path[0][:1] != "l":
            break
        variable = local(functions, path[0])
        shared = functions[variable.family].shared if variable is not None else ()
        there = next((there for number, field, there in shared if variable is not None and (number, field) == (variable.number, path[1])), None)
        if there is None and variable is not None:
            there = _kept(functions, variable, path[1])
        if not there:
            break
        path = (*there, *path[2:])
    return path


def _kept(functions: Mapping[str, FunctionSummary], variable: Variable, field: str) -> Path | None:
    """Return the path of what a field holds of the object that a constructor has made for a local variable out of what it was handed."""
    sites = (site for site in functions[variable.function].calls if site.place.start == variable.call) if variable.call >= 0 else ()
    for site in sites:
        for target in site.targets:
            for index, name in functions[target].keeps if target in functions else ():
                if name == field and index < len(site.args):
                    return site.args[index].path
    return None


def result_of(functions: Mapping[str, FunctionSummary], name: str, caller: FunctionSummary, site: CallSite) -> str:
    """Return the local variable of a caller that holds what a called function returns out of a variable of its own, or an empty string."""
    returned = local(functions, name)
    if returned is None or functions[returned.family].returned != returned.number or returned.family not in site.targets:
        return ""
    given = functions[caller.root].variables
    return next((f"l{caller.root}#{number}" for number, variable in enumerate(given) if variable[3] == site.place.start), "")


def parameter(head: str, function: FunctionSummary) -> int:
    """Return which parameter of a function literal a local variable is, or -1: those of a literal have numbers among its family's locals."""
    family, _, number = head[1:].partition("#")
    if not function.parent or family != function.root or not number.isdigit() or int(number) not in function.params:
        return -1
    return function.params.index(int(number))


def handed(site: CallSite, head: str) -> Argument | None:
    """Return what a call hands to what it calls for its receiver (`r`) or for a parameter (`p0`), or None where that is not known."""
    if head == "r":
        return site.receiver
    index = int(head[1:])
    return site.args[index] if index < len(site.args) else None


def varies(functions: Mapping[str, FunctionSummary], frame: FunctionSummary, root: str, loops: Sequence[int]) -> bool:
    """Tell whether a local variable at the root of a path is another one in each turn of all these loops of a function."""
    variable = local(functions, root)
    if variable is None or variable.family != frame.root:
        return False
    around = [(start, end) for loop, start, end in frame.loops if loop in loops]
    return bool(around) and all(start <= variable.position < end for start, end in around)
