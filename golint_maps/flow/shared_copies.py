"""Maps that are changed through what looks like a copy: the struct around them was copied, the map was not.

Copying a struct copies the reference to its map, so both structs go on with one map. What is looked for is a copy that is worked on as a copy
(another field of it is set, and it is not written back), an object that gets somebody else's map and then changes it, and a local name for such
a map that is changed before it goes into an object of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.callees import callee
from golint_maps.flow.identity import function_id
from golint_maps.flow.literals import field_name
from golint_maps.flow.maps import extent, place, qualified
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import end_of, leaves, start_of
from golint_maps.flow.traverse import each, paired
from golint_maps.flow.view import View, views
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromRange, FromValue


class SharedCopyWritten(Site, frozen=True, kw_only=True, tag="shared-copy-written"):
    """A map is changed through a copy of what holds it. `map` is the map as written there, `original` the same map where it comes from.

    `kind` is `struct` (a copied struct), `param` (a struct handed in by value), `field` (an object that was given the map), or `alias` (a local
    name that goes into another object). `id` is the function, `parameter` the number of the parameter for `param` (-1: the receiver).
    """

    kind: str
    original: str
    shared_at: Place
    id: str
    parameter: int = -1


@dataclass(frozen=True, slots=True)
class _Write:
    map: ir.Sel | ir.Local
    whole: ir.Expr
    function: int

    @property
    def root(self) -> int:
        """The local variable that the map is reached through."""
        base = self.map.base if isinstance(self.map, ir.Sel) else self.map
        assert isinstance(base, ir.Local)
        return base.id


def analyse(view: View) -> Iterator[SharedCopyWritten]:
    """Yield the first change through each copy in a function and its literals."""
    root = view.root
    if root.name == "var·" or view.path.endswith("_test.go") or (root.receiver_type is None and root.name in ("init", "main")):
        return
    written = list(_writes(view))
    if not written:
        return
    stores = [statement for function in view.functions for statement in each(function.body or (), ir.Assign)]
    seen: set[object] = set()
    for write in written:
        key = (write.root, write.map.name if isinstance(write.map, ir.Sel) else "")
        if key in seen:
            continue
        found = _judge(view, write, stores)
        if found is not None:
            seen.add(key)
            yield found


def _writes(view: View) -> Iterator[_Write]:
    """Yield the changes of maps that are reached through one local variable: `m[k] = v`, `c.m[k] = v`, `delete(c.m, k)`, `maps.Copy(c.m, …)`."""
    for number, function in zip(view.family, view.functions, strict=True):
        body = function.body or ()
        for statement in each(body, ir.Assign):
            for target in statement.lhs:
                if type(target) is ir.Index:
                    map_ = _rooted(target.base)
                    if map_ is not None and view.package.resolver.map(view.typing.of(map_)) is not None:
                        yield _Write(map_, target, number)
        for done in each(body, ir.Do):
            if type(done.x) is ir.Call and done.x.args:
                map_ = _rooted(done.x.args[0])
                if map_ is not None and _changes(view, done.x.fun):
                    yield _Write(map_, done.x, number)


def _rooted(x: ir.Expr) -> ir.Sel | ir.Local | None:
    if type(x) is ir.Local or (type(x) is ir.Sel and type(x.base) is ir.Local):
        return x
    return None


def _changes(view: View, fun: ir.Expr) -> bool:
    match fun:
        case ir.Name("delete" | "clear"):
            return True
        case ir.Sel(base, "Copy" | "DeleteFunc" | "Insert"):
            return view.typing.package_of(base) == "maps"
    return False


def _judge(view: View, write: _Write, stores: Sequence[ir.Assign]) -> SharedCopyWritten | None:
    variable = view.variables[write.root]
    kind = view.package.resolver.underlying(view.typing.local(write.root))
    if isinstance(write.map, ir.Local):
        return _alias(view, write, stores)
    if isinstance(kind, model.Struct) and not view.assignments[write.root]:
        if variable.kind in ("param", "receiver"):
            return _handed_in(view, write, stores)
        source = view.typing.definitions.get(write.root)
        if isinstance(source, FromValue) and source.count == 1 and _others_have(view, source.value):
            return _copied(view, write, source.value, stores)
    return _given(view, write, stores)


# --- a copied struct ---


def _copied(view: View, write: _Write, source: ir.Expr, stores: Sequence[ir.Assign]) -> SharedCopyWritten | None:
    """Judge a change through `c` after `c := *p`: its other fields say that it is meant to be a copy, unless it is stored back."""
    assert isinstance(write.map, ir.Sel)
    if not _worked_on(write, stores) or _renewed(view, write, stores):
        return None
    back = spell(source.x if isinstance(source, ir.Deref) else source, view.variables)
    for statement in stores:
        if any(isinstance(value, ir.Local) and value.id == write.root for value in statement.rhs) and any(
            spell(target.x if isinstance(target, ir.Deref) else target, view.variables) == back for target in statement.lhs
        ):
            return None
    return _fact(view, write, "struct", f"{back}.{write.map.name}", view.variables[write.root].pos)


def _handed_in(view: View, write: _Write, stores: Sequence[ir.Assign]) -> SharedCopyWritten | None:
    """Judge a change through a struct that came by value: it is worked on as a copy when other fields are set and it is returned."""
    if not _worked_on(write, stores) or _renewed(view, write, stores) or not _returned(view, write.root):
        return None
    function = view.facts.functions[view.variables[write.root].function]
    if function is not view.root:
        return None
    parameter = function.params.index(write.root) if write.root in function.params else -1
    if _takes_its_place(view, function, parameter):
        return None
    return _fact(view, write, "param", spell(write.map, view.variables), view.variables[write.root].pos, parameter)


def _takes_its_place(view: View, function: ir.Function, parameter: int) -> bool:
    """Tell whether all that call a function in its package put the result where the argument was: `c.ranges = c.ranges.merged()`.

    A local variable may well be a copy itself, of what goes on with the same map.
    """
    found = False
    package = view.package
    for other in views(package, (number for number, path in enumerate(package.paths) if not path.endswith("_test.go"))):
        calls = [call for part in other.functions for call in each(part.body or (), ir.Call) if _named(call, function.name)]
        if not calls:
            continue
        replaced = {
            statement.rhs[0].pos: spell(statement.lhs[0], other.variables)
            for part in other.functions
            for statement in each(part.body or (), ir.Assign)
            if statement.lhs and len(statement.rhs) == 1 and isinstance(statement.rhs[0], ir.Call)
        }
        for call in calls:
            target = callee(other, call)
            if target is None or target.declared is None or target.declared.node is not function:
                continue
            given = [call.fun.base] if parameter < 0 and isinstance(call.fun, ir.Sel) else call.args[parameter:][:1]
            if not given or not isinstance(given[0], ir.Sel) or replaced.get(call.pos) != spell(given[0], other.variables):
                return False
            found = True
    return found


def _named(call: ir.Call, name: str) -> bool:
    return isinstance(call.fun, ir.Sel | ir.Name) and call.fun.name == name


def _worked_on(write: _Write, stores: Sequence[ir.Assign]) -> bool:
    """Tell whether some other field of the same struct is assigned to."""
    assert isinstance(write.map, ir.Sel)
    for statement in stores:
        for target in statement.lhs:
            if isinstance(target, ir.Sel) and target.name != write.map.name and isinstance(target.base, ir.Local) and target.base.id == write.root:
                return True
    return False


def _returned(view: View, number: int) -> bool:
    for function in view.functions:
        for statement in each(function.body or (), ir.Return):
            for value in statement.values:
                inner = value.x if isinstance(value, ir.Addr) else value
                if isinstance(inner, ir.Local) and inner.id == number:
                    return True
    return False


def _renewed(view: View, write: _Write, stores: Sequence[ir.Assign]) -> bool:
    """Tell whether the copy gets a map of its own before the change. A map that is made where there was none does not end the sharing."""
    name = spell(write.map, view.variables)
    for statement in stores:
        if statement.pos >= write.whole.pos or not any(spell(target, view.variables) == name for target in statement.lhs):
            continue
        if not any(
            around.pos <= statement.pos < around.end and _when_missing(view, around.cond, name)
            for function in view.functions
            for around in each(function.body or (), ir.If)
        ):
            return True
    return False


def _when_missing(view: View, condition: ir.Expr, name: str) -> bool:
    match condition:
        case ir.Binary("==", ir.Call(ir.Name("len"), [x]) | x, ir.Name("nil") | ir.Const()):
            return spell(x, view.variables) == name
        case ir.Binary("&&", left, right):
            return _when_missing(view, left, name) or _when_missing(view, right, name)
    return False


# --- an object that is given a map ---


def _given(view: View, write: _Write, stores: Sequence[ir.Assign]) -> SharedCopyWritten | None:
    """Judge a change through `o.m` after `o.m = s.m`, where `o` is an object of another package: data that is filled for others."""
    assert isinstance(write.map, ir.Sel)
    if not _foreign(view, view.typing.local(write.root)):
        return None
    last: tuple[int, ir.Expr] | None = None
    for statement in stores:
        if statement.pos < write.whole.pos and not _left_with(view, statement, write):
            for target, value in paired(statement):
                if isinstance(target, ir.Sel) and _same_field(target, write):
                    last = statement.pos, value
                elif isinstance(target, ir.Local) and target.id == write.root:
                    inside = _element(value, write.map.name, view.variables)
                    last = (statement.pos, inside) if inside is not None else None
    if last is None or not _somebodys_field(view, last[1]) or _root(view, last[1]) == f"l{write.root}":
        return None
    return _fact(view, write, "field", spell(last[1], view.variables), last[0])


def _same_field(x: ir.Sel, write: _Write) -> bool:
    """Tell whether an expression is the field that is changed, of the same variable."""
    return isinstance(write.map, ir.Sel) and x.name == write.map.name and isinstance(x.base, ir.Local) and x.base.id == write.root


def _left_with(view: View, store: ir.Assign, write: _Write) -> bool:
    """Tell whether a store stands in a branch that does not come to a change: it returns before."""
    return any(
        start_of(branch[0]) <= store.pos < end_of(branch[-1]) <= write.whole.pos and leaves(branch)
        for function in view.functions
        for statement in each(function.body or (), ir.If)
        for branch in (statement.then, statement.orelse)
        if branch
    )


def _element(value: ir.Expr, name: str, variables: Sequence[ir.Variable]) -> ir.Expr | None:
    """Return what a composite literal gives a field."""
    if isinstance(value, ir.Addr):
        value = value.x
    if isinstance(value, ir.Lit):
        for element in value.elements:
            if field_name(element, variables) == name:
                return element.value
    return None


def _alias(view: View, write: _Write, stores: Sequence[ir.Assign]) -> SharedCopyWritten | None:
    """Judge a change through `m` after `m := s.m`: it was meant to be a copy when `m` then goes into an object of its own."""
    assert isinstance(write.map, ir.Local)
    number = write.root
    if view.variables[number].kind not in ("define", "var"):
        return None
    values = [
        (target.pos, statement.rhs[index] if len(statement.rhs) == len(statement.lhs) else None)
        for statement in stores
        for index, target in enumerate(statement.lhs)
        if isinstance(target, ir.Local) and target.id == number
    ]
    shared = [(at, value) for at, value in values if value is not None and _somebodys_field(view, value)]
    if not shared or len(shared) != len(values):
        return None
    at, original = next(((at, value) for at, value in shared if _root(view, value)[:1] == "g"), shared[0])
    if not _handed_on(view, number, anywhere=_root(view, original)[:1] == "g"):
        return None
    return _fact(view, write, "alias", spell(original, view.variables), at)


def _handed_on(view: View, number: int, *, anywhere: bool) -> bool:
    """Tell whether a local goes into a composite literal: of a type of another package, or `anywhere`."""
    for function in view.functions:
        for x in each(function.body or (), ir.Lit):
            if any(
                isinstance(element.value, ir.Local) and element.value.id == number and not isinstance(element.key, ir.Const) for element in x.elements
            ):
                kind = view.typing.of(x)
                if isinstance(x.type, ir.TQual) or _foreign(view, kind):
                    return True  # a type of another package, known or not; with a map in it, it is a struct
                if anywhere and isinstance(view.package.resolver.underlying(kind), model.Struct):
                    return True
    return False


# --- whose map it is ---


def _others_have(view: View, x: ir.Expr) -> bool:
    """Tell whether an expression stands for something that was not made here."""
    match x:
        case ir.Local(number):
            return view.variables[number].kind in ("param", "receiver") or isinstance(view.typing.definitions.get(number), FromRange)
        case ir.Deref(operand):
            return _others_have(view, operand) if isinstance(operand, ir.Local) else _root(view, operand) != ""
        case ir.Sel() | ir.Name():
            return _root(view, x) != ""
    return False


def _somebodys_field(view: View, x: ir.Expr) -> bool:
    """Tell whether an expression is a map in a package variable, or in an object that others have."""
    if not isinstance(x, ir.Sel | ir.Name) or view.package.resolver.map(view.typing.of(x)) is None:
        return False
    return _root(view, x) != ""


def _root(view: View, x: ir.Expr) -> str:
    """Return the root of what an expression leads to, when others have it: a package variable, a receiver or a parameter that is a pointer."""
    path = view.paths.of(x)
    if path is None:
        return ""
    head = path[0]
    if head[0] == "g":
        return head
    variable = view.variables[int(head[1:])]
    if len(path) < 2 or variable.kind not in ("param", "receiver"):
        return ""
    return head if isinstance(view.package.resolver.underlying(view.typing.local(int(head[1:]))), model.Pointer) else ""


def _foreign(view: View, kind: model.Type | None) -> bool:
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    return isinstance(kind, model.Named) and kind.package not in ("", view.package.scope.path)


def _fact(view: View, write: _Write, kind: str, original: str, shared: int, parameter: int = -1) -> SharedCopyWritten:
    return SharedCopyWritten(
        place=place(view, *extent(write.whole, view)),
        function=view.name,
        package=view.package.scope.path,
        map=spell(write.map, view.variables),
        owner=qualified(view, write.map),
        kind=kind,
        original=original,
        shared_at=place(view, shared, shared + len(view.variables[write.root].name.encode())),
        id=function_id(view, write.function),
        parameter=parameter,
    )
