"""Writes to copies: of a map's value, of a parameter that holds a map; and copies of `sync.Map`."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow import syncmap_copies
from golint_maps.flow.maps import extent, place, qualified
from golint_maps.flow.parts import Part, Uses, part_of, root_of, writes
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import Definition, FromRange, FromValue


class LostWrite(Site, frozen=True, tag="lost-write"):
    """A field or element of a map value's copy is written, and nobody ever sees it. `written` is the left side as the programmer wrote it.

    `kind` is `range` or `look-up`; `copy` is where the copy is made; `key` is the key as written, empty when the loop does not name it.
    """

    kind: str
    variable: str
    written: str
    key: str
    copy: Place
    array: bool


class MapReplacedOnCopy(Site, frozen=True, tag="map-replaced-on-copy"):
    """A map field of a by-value receiver or parameter gets another map, and nobody ever sees it. `kind` is `receiver` or `param`."""

    kind: str
    variable: str
    held_type: str


class SyncMapCopied(Site, frozen=True, tag="sync-map-copied"):
    """A `sync.Map`, or a value that holds one, is copied. `map` is what is copied.

    `kind` is `receiver`, `param`, `range`, `assignment`, `return`, `interface`, `element` or `send`; `held_type` is the type copied, and
    `holds` the field that holds the `sync.Map`, empty when the type is `sync.Map` itself.
    """

    kind: str
    held_type: str
    holds: str


def analyse(view: View) -> Iterator[LostWrite | MapReplacedOnCopy | SyncMapCopied]:
    """Yield writes that are lost in a copy, and copies of `sync.Map`."""
    yield from _lost(view)
    for copied in syncmap_copies.copies(view):
        yield SyncMapCopied(
            place=place(view, copied.start, copied.end),
            function=view.name,
            package=view.package.scope.path,
            map=copied.text,
            owner=qualified(view, copied.x) if copied.x is not None else "",
            kind=copied.kind,
            held_type=_spelled(view, copied.type),
            holds=copied.holds,
        )


_DEFINED = ("define", "range", "var")
_HANDED_IN = ("receiver", "param")


def _lost(view: View) -> Iterator[LostWrite | MapReplacedOnCopy]:
    candidates: list[tuple[ir.Assign, ir.Expr, Part]] = []
    for statement, x in writes(view):
        root = root_of(x)
        if root is None or view.variables[root].kind not in (*_DEFINED, *_HANDED_IN):
            continue
        if view.variables[root].kind in _DEFINED and _source(view, root) is None:
            continue
        part = part_of(view, x)
        if part is None or (view.variables[root].kind in _HANDED_IN and view.package.resolver.map(view.typing.of(x)) is None):
            continue
        candidates.append((statement, x, part))
    if not candidates:
        return
    uses = Uses(view, frozenset(part.root for _, _, part in candidates))
    for statement, x, part in candidates:
        if uses.sees(part, statement.pos, statement.end) or _captured(view, statement, part.root):
            continue
        if view.variables[part.root].kind == "param" and _lets_go(view, statement, x):
            continue
        found = _replaced(view, x, part) if view.variables[part.root].kind in _HANDED_IN else _unseen(view, x, part)
        if found is not None:
            yield found


def _lets_go(view: View, statement: ir.Assign, x: ir.Expr) -> bool:
    """Tell whether a parameter's field is set to nil after its map was used: nobody is to see that but the garbage collector."""
    path = view.paths.raw(x)
    value = statement.rhs[statement.lhs.index(x)] if len(statement.lhs) == len(statement.rhs) else None
    if path is None or not isinstance(value, ir.Name) or value.name != "nil":
        return False
    return any(loop.pos < statement.pos and view.paths.raw(loop.over) == path for loop in view.statements if isinstance(loop, ir.Range))


def _captured(view: View, statement: ir.Assign, root: int) -> bool:
    """Tell whether a statement stands in a literal that captures the variable: when that runs, and how often, is not seen here."""
    owner = view.facts.functions[view.variables[root].function]
    if not owner.pos <= statement.pos < owner.end:
        return True
    for number in view.family:
        literal = view.facts.functions[number]
        if literal.pos > owner.pos and literal.end < owner.end and literal.pos <= statement.pos < literal.end:
            return True
    return False


def _replaced(view: View, x: ir.Expr, part: Part) -> MapReplacedOnCopy | None:
    variable = view.variables[part.root]
    return MapReplacedOnCopy(
        place=place(view, *extent(x, view)),
        function=view.name,
        package=view.package.scope.path,
        map=spell(x, view.variables),
        owner=qualified(view, x),
        kind=variable.kind,
        variable=variable.name,
        held_type=_spelled(view, view.typing.local(part.root)),
    )


def _spelled(view: View, kind: model.Type | None) -> str:
    """Return a type as it is written in its own package."""
    return model.spell(kind).removeprefix(f"{model.brief(view.package.scope.path)}.")


def _source(view: View, number: int) -> Definition | None:
    """Return the definition of a variable that gets its value from a map, and from nowhere else but composite literals."""
    definition = view.typing.definitions.get(number)
    if definition is None and view.variables[number].kind == "var":
        return _filled_by_loop(view, number)
    resolver = view.package.resolver
    match definition:
        case FromRange(over, 1) if resolver.map(view.typing.of(over)) is not None:
            pass
        case FromValue(ir.Index(base), 0) if resolver.map(view.typing.of(base)) is not None:
            pass
        case _:
            return None
    if view.assignments[number] and not all(isinstance(value, ir.Lit) for value in _assigned(view, number)):
        return None
    return definition


def _filled_by_loop(view: View, number: int) -> Definition | None:
    """Return where a variable gets its values from that was declared before, and that one loop over a map fills: `for _, v = range m`."""
    loops = [
        loop
        for loop in view.statements
        if isinstance(loop, ir.Range) and not loop.define and isinstance(loop.value, ir.Local) and loop.value.id == number
    ]
    if len(loops) != 1 or view.assignments[number] != 1 or view.package.resolver.map(view.typing.of(loops[0].over)) is None:
        return None
    return FromRange(loops[0].over, 1)


def _assigned(view: View, number: int) -> Iterator[ir.Expr | None]:
    for statement in view.statements:
        if isinstance(statement, ir.Assign):
            for index, x in enumerate(statement.lhs):
                if isinstance(x, ir.Local) and x.id == number and x.pos != view.variables[number].pos:
                    yield statement.rhs[index] if len(statement.rhs) == len(statement.lhs) else None
        elif isinstance(statement, ir.Range) and not statement.define:
            for target in (statement.key, statement.value):
                if isinstance(target, ir.Local) and target.id == number:
                    yield None


def _unseen(view: View, x: ir.Expr, part: Part) -> LostWrite | None:
    definition = _source(view, part.root)
    match definition:
        case FromRange(over):
            map_, key, kind = over, _loop_key(view, part.root), "range"
        case FromValue(ir.Index(base, index)):
            map_, key, kind = base, spell(index, view.variables), "look-up"
        case _:
            return None
    variable = view.variables[part.root]
    return LostWrite(
        place=place(view, *extent(x, view)),
        function=view.name,
        package=view.package.scope.path,
        map=spell(map_, view.variables),
        owner=qualified(view, map_),
        kind=kind,
        variable=variable.name,
        written=spell(x, view.variables),
        key=key,
        copy=place(view, variable.pos, variable.pos + len(variable.name.encode())),
        array=isinstance(view.package.resolver.underlying(view.typing.local(part.root)), model.Array),
    )


def _loop_key(view: View, value: int) -> str:
    for statement in view.statements:
        if isinstance(statement, ir.Range) and isinstance(statement.value, ir.Local) and statement.value.id == value:
            return spell(statement.key, view.variables) if statement.key is not None else ""
    return ""
