"""`//go:linkname` to the functions that maps are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.contexts import called_name, declared
from golint_maps.flow.internals.facts import MapLinkname
from golint_maps.flow.internals.iterators import Shape, shape
from golint_maps.flow.internals.mirrors import Mirror, mirror_of
from golint_maps.flow.internals.tables import FIRST_SWISS, NEWEST, Symbol
from golint_maps.flow.internals.versions import Build, Versions, for_gc, versions
from golint_maps.flow.site import Place
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import PackageView, display_name
from golint_maps.syntax import ir
from golint_maps.types import model

_DIRECTIVE: Final = "//go:linkname"
UNLISTED: Final = re.compile(
    r"(?:runtime\.(?:map(?:access|assign|delete|clear|iter|Iter|len|clone)\w*|makemap\w*)|reflect\.map\w+)$|internal/runtime/maps\."
)
"""What is named like a map function. The table has all that runtime and reflect have; of internal/runtime/maps no release links any."""

_TYPE_NAME: Final = re.compile(r'["`]\*?runtime\.(?:hmap|bmap|maptype|hiter|mapextra)["`]')
_WORST: Final = ("ok", "alias", "changed", "refused", "absent", "undeclared")


@dataclass(frozen=True, slots=True)
class _Pull:
    """A directive with what it names on both sides.

    `function`, declared in file `file`, is None when the package declares no function of the local name; `undeclared` says that it declares
    no variable of that name either, which is an error since Go 1.18.
    """

    comment: ir.Comment
    local: str
    symbol: Symbol
    file: int
    function: ir.Function | None
    undeclared: bool


def linknames(package: PackageView, file: int) -> Iterator[MapLinkname]:
    """Yield the linknames of a file to functions that maps are made of."""
    facts = package.scope.files[file]
    if not for_gc(facts.build):
        return
    for comment in facts.comments:
        if not comment.text.startswith(_DIRECTIVE):
            continue
        words = comment.text.split()
        # With one argument the directive only opens the package's own symbol to others.
        if len(words) < 3 or words[0] != _DIRECTIVE:
            continue
        symbol = tables.symbols().get(words[2]) or _unlisted(words[2])
        if symbol is None:
            continue
        where, function = _declaration(package, file, words[1], comment.pos)
        undeclared = words[1] not in package.scope.functions and words[1] not in package.scope.variables and package.go[file] >= (1, 18)
        pull = _Pull(comment, words[1], symbol, where, function, undeclared)
        evidence = _evidence(package) if symbol.kind == "types" else ""
        if symbol.kind == "types" and not evidence:
            continue
        fact = _fact(package, file, pull, versions(facts.build, package.go[file]), evidence)
        if fact is not None:
            yield fact


def _unlisted(name: str) -> Symbol | None:
    if not UNLISTED.match(name):
        return None
    instead = "the language's own operations, or package reflect"
    if name.startswith("internal/"):
        return Symbol(name, "map", FIRST_SWISS, instead, refused=FIRST_SWISS)
    return Symbol(name, "map", NEWEST + 1, instead)


def _declaration(package: PackageView, file: int, local: str, pos: int) -> tuple[int, ir.Function | None]:
    """Return the declared function with a name, and its file: the one below the directive, or else the first of the file or the package."""
    name = local.rpartition(".")[2]  # a method, which no directive can name
    named = [function for function in package.scope.files[file].functions if function.parent < 0 and function.name == name]
    below = [function for function in named if function.pos > pos]
    if named:
        return file, (below or named)[0]
    declared = package.scope.functions.get(local)
    return (declared.file, declared.node) if declared else (file, None)


def _fact(package: PackageView, file: int, pull: _Pull, seen: Versions, evidence: str) -> MapLinkname | None:
    symbol, function = pull.symbol, pull.function
    body = function is not None and function.body is not None
    reasons = {build.minor: _state(package, pull, build) for build in seen.builds}
    states = {minor: state for minor, (state, _) in reasons.items()}
    plain = all(state == "ok" for state in states.values())
    # Where the file is for some releases only, and all is well in them, its writer did what can be done.
    split = seen.guarded and (seen.newest < NEWEST or seen.chosen >= FIRST_SWISS)
    if plain and not body and not evidence and (symbol.kind == "random" or split):
        return None
    first = states[seen.chosen]
    since = next((minor for minor, state in states.items() if _WORST.index(state) > _WORST.index(first)), 0)
    path = package.paths[file]
    start, end = (function.pos, function.name_pos + len(function.name.encode())) if function else (pull.comment.pos, _end(pull.comment))
    return MapLinkname(
        place=Place(package.paths[pull.file], start, end),
        function=display_name(function) if function else "",
        package=package.scope.path,
        map=symbol.name,
        symbol=symbol.name,
        local=pull.local,
        kind=symbol.kind,
        state=first,
        later=states[since] if since else "",
        since=since or (symbol.refused if first == "refused" else 0),
        body=body,
        structural=_structural(package, pull),
        instead=symbol.instead,
        changed=next((reason for state, reason in reasons.values() if state == "changed"), ""),
        go=seen.chosen,
        directive=Place(path, pull.comment.pos, _end(pull.comment)),
        evidence=evidence,
    )


def _end(comment: ir.Comment) -> int:
    return comment.pos + len(comment.text.encode())


def _state(package: PackageView, pull: _Pull, build: Build) -> tuple[str, str]:
    """Return what a build makes of a linkname, given how the local function is declared, and what has changed."""
    symbol, function = pull.symbol, pull.function
    if pull.undeclared:
        return "undeclared", ""
    state = symbol.state(build.minor)
    if function is None or state not in ("ok", "changed"):
        return state, symbol.changed
    if symbol.returned and (build.minor > symbol.returned) == bool(function.type.results):
        if function.type.results:
            return "changed", f"it returns no iterator, as it did up to Go 1.{symbol.returned}, but fills in one that is passed to it"
        return "changed", symbol.changed
    if symbol.kind == "map":
        if state == "changed" and build.experiment:
            return "ok", ""  # the classic maps of that release take what they always took
        mirror = _mirror(package, pull.file, function)
        return ("changed", symbol.changed) if state == "changed" and mirror and mirror.layout.family == "classic" else ("ok", "")
    if symbol.iterator >= 0 and not (symbol.returned and build.minor <= symbol.returned):
        given = _iterator(package, pull.file, function, symbol.iterator)
        if given is not None:
            fault = given.fault(build, allocated=symbol.iterator > 0)  # the others may be given what the runtime itself has allocated
            return ("changed", fault) if fault else ("ok", "")
    return ("ok", "") if build.experiment else (state, symbol.changed)


def _structural(package: PackageView, pull: _Pull) -> bool:
    """Tell whether the local function takes a struct that the runtime's must be laid out like."""
    function = pull.function
    if function is None:
        return False
    given = _iterator(package, pull.file, function, pull.symbol.iterator) if pull.symbol.iterator >= 0 else None
    return given is not None or _mirror(package, pull.file, function) is not None


def _iterator(package: PackageView, file: int, function: ir.Function, number: int) -> Shape | None:
    """Return the shape of the iterator that a linknamed function takes as its parameter `number`: of its type, or of what callers pass."""
    context = package.resolver.context_of(function, package.scope, file)
    params = package.resolver.signature(function.type, context).params
    kind = params[number] if number < len(params) else None
    if isinstance(kind, model.Pointer):
        return shape(package, kind.elem)
    if kind != model.UNSAFE_POINTER:
        return None
    found = [_passed(package, index, function.name, number) for index in range(len(package.scope.files)) if _unsafe(package, index)]
    return next((item for item in found if item), None)


def _unsafe(package: PackageView, file: int) -> bool:
    return any(item.path == "unsafe" for item in package.scope.files[file].imports)


def _passed(package: PackageView, file: int, name: str, number: int) -> Shape | None:
    """Return the shape of the first struct whose address a file passes to a function."""
    for view in declared(package, file):
        for function in view.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Call) and called_name(x.fun) == name and number < len(x.args):
                    argument = x.args[number]
                    while isinstance(argument, ir.Call) and len(argument.args) == 1:
                        argument = argument.args[0]
                    kind = view.typing.of(argument)
                    found = shape(package, kind.elem) if isinstance(kind, model.Pointer) else None
                    if found is not None:
                        return found
    return None


def _parameters(package: PackageView, file: int, function: ir.Function) -> list[model.Type | None]:
    context = package.resolver.context_of(function, package.scope, file)
    signature = package.resolver.signature(function.type, context)
    return [item.elem if isinstance(item, model.Pointer) else item for item in (*signature.params, *signature.results)]


def _mirror(package: PackageView, file: int, function: ir.Function) -> Mirror | None:
    """Return the first mirror of a header or an iterator among what a function takes and gives by pointer."""
    found = (mirror_of(package, kind) for kind in _parameters(package, file, function))
    return next((mirror for mirror in found if mirror and mirror.layout.role in ("header", "iterator")), None)


def _evidence(package: PackageView) -> str:
    """Return the name of a runtime map type that stands as a string in the package, if one does."""
    for file in package.scope.files:
        for function in file.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Const) and x.kind == "string" and _TYPE_NAME.fullmatch(x.text):
                    return x.text[1:-1]
    return ""
