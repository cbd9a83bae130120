"""Mutations of a map inside of a loop over it, and whether the loop goes on after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.entries import EntryFlow, Knowledge, Path
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.maps import extent, place, qualified
from golint_maps.flow.range_keys import LoopKeys, is_settling
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, expressions, statements
from golint_maps.flow.view import View
from golint_maps.flow.worklists import is_worklist, takes_the_first
from golint_maps.syntax import ir
from golint_maps.types import model


class RangeMutation(Site, frozen=True, tag="range-mutation"):
    """A mutation of the map of an enclosing range loop that goes on afterwards.

    `kind` is insert or delete. `form` is assign, delete, clear, or the function of package maps: Copy, Insert, DeleteFunc. `own` says that the
    key is the loop's own (only deletes are told then), `key` is the key as written, empty for many keys. `over` is the loop's operand as
    written. `whole` says that the delete is all that the loop does; `clear` is the statement that could replace the loop then, empty if none
    could for sure, and `exact` that it does exactly the same (no key can be NaN). `renames` says of an insert that the loop makes it where it has
    tested the text of its own key, a test that the new key need not pass.
    """

    kind: str
    form: str
    own: bool
    key: str
    loop: Place
    over: str
    go: tuple[int, int]
    whole: bool = False
    clear: str = ""
    exact: bool = False
    renames: bool = False


@dataclass(frozen=True, slots=True)
class _Event:
    kind: str
    form: str
    own: bool
    operand: ir.Expr
    key: ir.Expr | None
    at: tuple[int, int]
    renames: bool = False


class LoopTurns(EntryFlow):
    """Walks one loop over a map, and notes at each mutation of that map whether another turn may follow."""

    def __init__(self, view: View, found: MapRange, path: Path) -> None:
        super().__init__(view, path)
        self.found = found
        self.keys = LoopKeys(view, found)
        self.events: dict[int, _Event] = {}
        self.followed: set[int] = set()
        """Positions after which the loop goes on."""

    def take(self) -> None:
        """Walk the loop. The keys of the loops around it over the same map, in which nothing is deleted, are present."""
        around = (outer for outer in each(self.found.function.body or (), ir.Range) if outer.pos < self.found.loop.pos < outer.end)
        keys = (outer.key.id for outer in around if isinstance(outer.key, ir.Local) and self._is_at_an_entry(outer, outer.key))
        present = frozenset((self.own_path or (), f"l{key}") for key in keys)
        self.statement(self.found.loop, Knowledge(present=present))

    def _is_at_an_entry(self, outer: ir.Range, key: ir.Local) -> bool:
        """Tell whether a loop goes over the map as well, and its key is that of an entry wherever it is used in the loop."""
        paths = self.view.paths
        if not outer.define or paths.of(outer.over) != self.own_path or self.view.assignments[key.id]:
            return False
        removes = any(
            isinstance(call.fun, ir.Name | ir.Sel) and call.fun.name in ("delete", "clear", "DeleteFunc") and paths.of(call.args[0]) == self.own_path
            for call in each(outer.body, ir.Call)
            if call.args
        )
        replaced = any(paths.of(target) == self.own_path for assign in each(outer.body, ir.Assign) for target in assign.lhs)
        return not removes and not replaced

    def enter_range(self, statement: ir.Range, state: Knowledge) -> None:
        super().enter_range(statement, state)
        if statement is self.found.loop:
            self.followed |= state.done
            own = frozenset((f"l{self.found.key}",)) if self.found.key >= 0 else frozenset[str]()
            state.own, state.differs = own, frozenset()
            state.done, state.locked = frozenset(), frozenset()

    def happened(self, at: int, state: Knowledge) -> None:
        """Note that something of interest happens at a position of this turn."""
        state.done |= {at}

    def mutated(self, kind: str, form: str, path: Path, operand: ir.Expr, key: ir.Expr | None, at: tuple[int, int], state: Knowledge) -> None:
        if path != self.own_path:
            return
        own = key is not None and self.is_own(key, state)
        if key is not None and not own:
            if self.keys.is_own_by_value(key) or self.keys.is_asked_for(key, at[0]):
                return
            if kind == "insert" and (self.is_canonical(key, state) or self._is_put_back(key, state)):
                return
            if kind == "delete" and (self.keys.was_visited(key) or self.keys.is_passed_over(key, at[0])):
                return
            if kind == "delete" and self.found.key < 0 and self.found.value < 0:
                return  # a loop that has no name for its entries does the same in each turn
        renames = key is not None and kind == "insert" and self.keys.is_told_by_key(key, at[0])
        self.events[at[0]] = _Event(kind, form, own, operand, key, at, renames)
        self.happened(at[0], state)

    def _is_put_back(self, key: ir.Expr, state: Knowledge) -> bool:
        """Tell whether the entry goes out and back in under a key that a second turn leaves alone: `delete(m, k); m[strings.ToLower(k)] = v`."""
        out = any(event.own and event.kind == "delete" for pos in state.done if (event := self.events.get(pos)) is not None)
        return out and isinstance(key, ir.Call) and is_settling(key, self.view) and self.is_own(key.args[0], state)

    def is_turn(self, x: ir.Expr) -> bool:
        return isinstance(x, ir.Local) and x.id == self.found.value


def range_mutations(view: View, loops: Sequence[MapRange]) -> Iterator[RangeMutation]:
    """Yield the mutations of the loops' maps that the loops go on after. Of one mutation in nested loops, the worst is told."""
    told: dict[int, RangeMutation] = {}
    for found in loops:
        if found.path is None or not _may_mutate(view, found):
            continue
        turns = LoopTurns(view, found, found.path)
        turns.take()
        for at, event in turns.events.items():
            if event.kind == "insert" and is_worklist(view, found, at) and not takes_the_first(view, found, _stored(found, at), found.loop.body):
                continue
            if at in turns.followed and (at not in told or (told[at].own and not event.own)):
                told[at] = _fact(view, found, event)
    yield from told.values()


def _stored(found: MapRange, at: int) -> Sequence[ir.Expr]:
    """Return what an assignment at a place in a loop stores."""
    return next((assign.rhs for assign in each(found.loop.body, ir.Assign) if assign.pos == at and assign.op == "="), ())


def _may_mutate(view: View, found: MapRange) -> bool:
    """Tell whether a loop's body, or a literal that may be called in it, holds anything that looks like a mutation of its map."""
    body = found.loop.body
    paths = view.paths
    for statement in statements(body):
        if isinstance(statement, ir.Assign):
            for target in statement.lhs:
                if isinstance(target, ir.Index) and paths.of(target.base) == found.path:
                    return True
    for x in expressions(body):
        if isinstance(x, ir.Call):
            match x.fun:
                case ir.FuncLit():
                    return True
                case ir.Name("delete" | "clear") | ir.Sel(ir.Name(), "Copy" | "Insert" | "DeleteFunc") if x.args:
                    if paths.of(x.args[0]) == found.path:
                        return True
    return False


def _fact(view: View, found: MapRange, event: _Event) -> RangeMutation:
    loop = found.loop
    whole = event.own and len(loop.body) == 1 and isinstance(loop.body[0], ir.Do) and event.form == "delete"
    clear, exact = _clearing(view, found, event) if whole else ("", False)
    return RangeMutation(
        place=place(view, *event.at),
        function=view.name,
        package=view.package.scope.path,
        map=spell(event.operand, view.variables),
        owner=qualified(view, event.operand),
        kind=event.kind,
        form=event.form,
        own=event.own,
        key=spell(event.key, view.variables) if event.key is not None else "",
        loop=place(view, loop.pos, loop.end),
        over=spell(found.operand, view.variables),
        go=view.go,
        whole=whole,
        clear=clear,
        exact=exact,
        renames=event.renames,
    )


def _clearing(view: View, found: MapRange, event: _Event) -> tuple[str, bool]:
    """Return (the `clear` statement that may stand for a loop, whether it does exactly the same); the statement is empty if none may."""
    loop = found.loop
    if view.go < (1, 21) or not loop.define or loop.label or not isinstance(loop.key, ir.Local) or loop.value is not None:
        return "", False
    if view.package.scope.declares("clear") or any(variable.name == "clear" for variable in view.variables):
        return "", False
    if not _plain(found.operand) or not isinstance(loop.over, ir.Local | ir.Name | ir.Sel):
        return "", False
    # A comment in the loop would be lost. There is none when the gaps before and after the call differ by one tab, as gofmt leaves them.
    text = spell(found.operand, view.variables, 1000)
    before = event.at[0] - extent(loop.over, view)[1] - 2
    after = loop.end - 1 - event.at[1]
    if before - after not in (0, 1):
        return "", False
    kind = view.package.resolver.map(view.typing.of(found.operand))
    return f"clear({text})", kind is not None and _reflexive(view, kind.key)


def _plain(x: ir.Expr) -> bool:
    return isinstance(x, ir.Local | ir.Name) or (isinstance(x, ir.Sel) and _plain(x.base))


def _reflexive(view: View, kind: model.Type | None) -> bool:
    """Tell whether every value of a key type surely equals itself, as NaN does not."""
    match view.package.resolver.underlying(kind):
        case model.Basic(name):
            return not name.startswith(("float", "complex", "untyped"))
        case model.Pointer() | model.Chan():
            return True
        case model.Array(elem):
            return _reflexive(view, elem)
        case model.Struct(fields):
            return all(_reflexive(view, field.type) for field in fields)
    return False
