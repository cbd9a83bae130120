"""`//go:linkname` to the functions that maps are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.facts import MapLinkname
from golint_maps.flow.internals.mirrors import Mirror, mirror_of
from golint_maps.flow.internals.tables import FIRST_SWISS, NEWEST, Symbol
from golint_maps.flow.internals.versions import Build, Versions, for_gc, versions
from golint_maps.flow.site import Place
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import PackageView, display_name
from golint_maps.syntax import ir
from golint_maps.types import model

_DIRECTIVE: Final = "//go:linkname"
_UNLISTED: Final = re.compile(
    r"(?:runtime\.(?:map(?:access|assign|delete|clear|iter|Iter|len|clone)\w*|makemap\w*)|reflect\.map\w+)$|internal/runtime/maps\."
)
"""Map functions that the table does not have: no release lets others link them."""

_TYPE_NAME: Final = re.compile(r'["`]\*?runtime\.(?:hmap|bmap|maptype|hiter|mapextra)["`]')
_WORST: Final = ("ok", "alias", "changed", "refused", "absent")


@dataclass(frozen=True, slots=True)
class _Pull:
    """A directive with what it names on both sides. `function` is None when the file does not declare the local name as a function."""

    comment: ir.Comment
    local: str
    symbol: Symbol
    function: ir.Function | None


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
        pull = _Pull(comment, words[1], symbol, _declaration(facts, words[1], comment.pos))
        evidence = _evidence(package) if symbol.kind == "types" else ""
        if symbol.kind == "types" and not evidence:
            continue
        fact = _fact(package, file, pull, versions(facts.build, package.go[file]), evidence)
        if fact is not None:
            yield fact


def _unlisted(name: str) -> Symbol | None:
    if not _UNLISTED.match(name):
        return None
    return Symbol(name, "map", 0, "the language's own operations, or package reflect", refused=23)


def _declaration(facts: ir.FileFacts, local: str, pos: int) -> ir.Function | None:
    """Return the declared function with a name: the one below the directive, or else the first."""
    named = [function for function in facts.functions if function.parent < 0 and function.name == local]
    below = [function for function in named if function.pos > pos]
    return next(iter(below or named), None)


def _fact(package: PackageView, file: int, pull: _Pull, seen: Versions, evidence: str) -> MapLinkname | None:
    symbol, function = pull.symbol, pull.function
    body = function is not None and function.body is not None
    states = {build.minor: _state(package, file, pull, build) for build in seen.builds}
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
        place=Place(path, start, end),
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
        structural=function is not None and _mirror(package, file, function) is not None,
        instead=symbol.instead,
        changed=_changed(symbol, function),
        go=seen.chosen,
        directive=Place(path, pull.comment.pos, _end(pull.comment)),
        evidence=evidence,
    )


def _end(comment: ir.Comment) -> int:
    return comment.pos + len(comment.text.encode())


def _state(package: PackageView, file: int, pull: _Pull, build: Build) -> str:
    """Return what a build makes of a linkname, given how the local function is declared."""
    symbol, function = pull.symbol, pull.function
    state = symbol.state(build.minor)
    if state == "changed" and build.experiment:
        return "ok"  # the classic maps of that release take what they always took
    if function is None or state not in ("ok", "changed"):
        return state
    if symbol.returned and (build.minor > symbol.returned) == bool(function.type.results):
        return "changed"
    if state == "changed":
        mirror = _mirror(package, file, function)
        if symbol.kind == "map":
            return "changed" if mirror is not None and mirror.layout.family == "classic" else "ok"
        if _fits_shim(package, file, function, mirror):
            return "ok"
    return state


def _changed(symbol: Symbol, function: ir.Function | None) -> str:
    if symbol.returned and function is not None and function.type.results:
        return f"it returned the iterator up to Go 1.{symbol.returned}; since then it fills in one that is passed to it"
    return symbol.changed


def _parameters(package: PackageView, file: int, function: ir.Function) -> list[model.Type | None]:
    context = package.resolver.context_of(function, package.scope, file)
    signature = package.resolver.signature(function.type, context)
    return [item.elem if isinstance(item, model.Pointer) else item for item in (*signature.params, *signature.results)]


def _mirror(package: PackageView, file: int, function: ir.Function) -> Mirror | None:
    """Return the first mirror of a header or an iterator among what a function takes and gives by pointer."""
    found = (mirror_of(package, kind) for kind in _parameters(package, file, function))
    return next((mirror for mirror in found if mirror and mirror.layout.role in ("header", "iterator")), None)


def _fits_shim(package: PackageView, file: int, function: ir.Function, mirror: Mirror | None) -> bool:
    """Tell whether the iterator that a function takes is what Go 1.24 and newer fill in: four pointers, or their own iterator, which is larger."""
    if mirror is not None:
        return mirror.layout.family == "swiss"
    for kind in _parameters(package, file, function):
        below = package.resolver.underlying(kind)
        if isinstance(below, model.Struct):
            words = [package.resolver.underlying(field.type) for field in below.fields]
            if len(words) >= 4 and all(isinstance(word, model.Pointer) or word == model.UNSAFE_POINTER for word in words[:4]):
                return True
    return False


def _evidence(package: PackageView) -> str:
    """Return the name of a runtime map type that stands as a string in the package, if one does."""
    for file in package.scope.files:
        for function in file.functions:
            for x in expressions(function.body or ()):
                if isinstance(x, ir.Const) and x.kind == "string" and _TYPE_NAME.fullmatch(x.text):
                    return x.text[1:-1]
    return ""
