"""Small pieces of large buffers that a map keeps: the piece shares the memory of the whole (GM405)."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.buffer_pieces import Pieces
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.pointers import holds_pointers
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import expressions, operands, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue

_MAX_STEPS = 6
"""Definitions and conversions between a piece and what it is cut from."""


class PinnedBuffer(Site, frozen=True, tag="pinned-buffer"):
    """A piece of a large buffer is stored in a map. `part` is key or value, `piece` the piece as written, `buffer` the call that read it all.

    `text` says that it is a string, so that `strings.Clone` copies it.
    """

    part: str
    piece: str
    buffer: str
    origin: Place
    text: bool


def analyse(view: View) -> Iterator[PinnedBuffer]:
    """Yield the stores of pieces in maps that outlive the function. Tests and what is thrown away with its map do not matter."""
    if not view.package.thorough or view.path.endswith("_test.go") or not _reads_anything(view):
        return
    pieces = Pieces(view)
    for statement in view.statements:
        if not isinstance(statement, ir.Assign):
            continue
        for index, target in enumerate(statement.lhs):
            if not isinstance(target, ir.Index) or view.package.resolver.map(view.typing.of(target.base)) is None:
                continue
            value = statement.rhs[index] if len(statement.rhs) == len(statement.lhs) and statement.op == "=" else None
            found = [
                (part, held) for part, x in (("value", value), ("key", target.index)) if x is not None and (held := pieces.inside(x)) is not None
            ]
            if not found:
                continue
            part, (piece, origin) = found[0]
            keeps = _keeps(view, target.base)
            both = len(found) > 1
            parser = (keeps == "given" and not _keeps_names(view, target, part, piece)) or (both and not _is_choosy(view, pieces, statement, target))
            if parser and _of_a_turn(view, piece):
                continue  # it gives its caller what it needs, or keeps nearly all of the text anyway
            if keeps:
                yield _fact(view, statement, target, part, piece, origin)


def _fact(view: View, statement: ir.Assign, target: ir.Index, part: str, piece: ir.Expr, origin: ir.Call) -> PinnedBuffer:
    below = view.package.resolver.underlying(view.typing.of(piece))
    return PinnedBuffer(
        place=Place(view.path, statement.pos, statement.end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(target.base, view.variables),
        owner=qualified(view, target.base),
        part=part,
        piece=spell(piece, view.variables, 40),
        buffer=spell(origin.fun, view.variables),
        origin=Place(view.path, *extent(origin, view)),
        text=isinstance(below, model.Basic),
    )


def _reads_anything(view: View) -> bool:
    """Tell whether a function can have a large buffer at all, from the imports of its file: the only look that most functions get."""
    known: dict[int, bool] = view.package.memo.setdefault(__name__, {})
    if view.file not in known:
        paths = {item.path for item in view.facts.imports}
        known[view.file] = bool(paths & {"io", "os", "io/ioutil", "io/fs", "embed", "net", "bufio"})
    return known[view.file]


def _keeps(view: View, base: ir.Expr) -> str:
    """Tell whether a map lives on when its function has returned: `kept` (field, package variable or parameter), or a local that is `given` away."""
    path = view.paths.of(base)
    if path is None or path[0][0] == "g":
        return "kept"
    number = int(path[0][1:])
    if view.variables[number].kind in ("param", "receiver"):
        return "kept"
    return "given" if view.variables[number].kind == "result" or _given_away(view, number) else ""


def _of_a_turn(view: View, x: ir.Expr) -> bool:
    """Tell whether a piece is got from a loop: by its variable, or by cutting a rest shorter and shorter."""
    seen: set[int] = set()
    todo = [x]
    while todo:
        for part in subexpressions(todo.pop()):
            if not isinstance(part, ir.Local) or part.id in seen:
                continue
            seen.add(part.id)
            definition = view.typing.definitions.get(part.id)
            if isinstance(definition, FromRange) or view.assignments[part.id]:
                return True
            if isinstance(definition, FromValue):
                todo.append(definition.value)
    return False


def _keeps_names(view: View, target: ir.Index, part: str, piece: ir.Expr) -> bool:
    """Tell whether a parser keeps as keys what it cuts from each line, and nothing of the rest: the values hold no text."""
    found = view.package.resolver.map(view.typing.of(target.base))
    return part == "key" and found is not None and holds_pointers(found.value, view.package.resolver) is False and _is_cut(view, piece)


def _is_cut(view: View, x: ir.Expr) -> bool:
    """Tell whether a piece is a part of what a turn of a loop is about: of a line, not the line."""
    for _ in range(_MAX_STEPS):
        match x:
            case ir.Local(number) if not view.assignments[number]:
                definition = view.typing.definitions.get(number)
                if not isinstance(definition, FromValue):
                    return False
                if definition.count > 1:
                    return _of_a_turn(view, definition.value)
                x = definition.value
            case ir.SliceOf(operand) | ir.Index(operand):
                return _of_a_turn(view, operand)
            case ir.Call(fun, [operand, *_]) if view.typing.as_type(fun) is not None or (isinstance(fun, ir.Sel) and fun.name.startswith("Trim")):
                x = operand
            case _:
                return False
    return False


def _is_choosy(view: View, pieces: Pieces, store: ir.Assign, target: ir.Index) -> bool:
    """Tell whether a store is reached with some pieces only, by what the function knows of the wanted ones: the rest of the text is not kept.

    Blank lines and comments are left out by everybody; so conditions on constants choose nothing, and neither does a look for what is there already.
    """
    for statement in view.statements:
        if not isinstance(statement, ir.If) or statement.pos > store.pos:
            continue
        around = any(part is store for part in statements(statement.then))
        skips = bool(statement.then) and isinstance(statement.then[-1], ir.Branch) and statement.then[-1].kind == "continue"
        tested = (statement.cond, *(operands(statement.init) if statement.init is not None else ()))
        if (around or skips) and any(_chooses(view, pieces, x, target) for test in tested for x in subexpressions(test)):
            return True
    return False


def _chooses(view: View, pieces: Pieces, x: ir.Expr, target: ir.Index) -> bool:
    """Tell whether an expression holds a piece against something that is neither written in the code nor a piece itself."""
    match x:
        case ir.Binary("==" | "!=", left, right):
            sides: tuple[ir.Expr, ...] = (left, right)
        case ir.Index(base, key):
            if view.paths.raw(base) == view.paths.raw(target.base):
                return False
            sides = (base, key)
        case ir.Call(_, args) if len(args) > 1 and view.typing.of(x) == model.BOOL:
            sides = tuple(args)
        case _:
            return False
    held = [pieces.of(side) is not None for side in sides]
    return any(held) and any(not piece and _is_variable(view, side) for piece, side in zip(held, sides, strict=True))


def _is_variable(view: View, x: ir.Expr) -> bool:
    """Tell whether an operand is a variable or a field: what is wanted, known from elsewhere."""
    match x:
        case ir.Local(number):
            return view.variables[number].kind != "const"
        case ir.Name(name):
            return name in view.package.scope.variables
        case ir.Sel(base):
            return view.typing.package_of(base) is None
    return False


def _given_away(view: View, number: int) -> bool:
    """Tell whether a local is returned, stored or passed on, or part of something that is."""

    def gives(x: ir.Expr) -> bool:
        return isinstance(x, ir.Local) and x.id == number

    for statement in view.statements:
        match statement:
            case ir.Return(values) | ir.Assign(_, _, values):
                if any(map(gives, values)):
                    return True
            case ir.Send(_, value):
                if gives(value):
                    return True
    for function in view.functions:
        for x in expressions(function.body or ()):
            match x:
                case ir.Lit(_, elements):
                    if any(gives(element.value) for element in elements):
                        return True
                case ir.Addr(operand):
                    if gives(operand):
                        return True
    return False
