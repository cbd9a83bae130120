"""Entries that are taken out on some ways only, under another key than they were put in, or that come back after they were deleted.

Each of these looks at one function. Whether the map loses its entries elsewhere is for the whole program to say (`graphs.retention`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from golint_maps.flow.events import FunctionSummary, MapAccess, Path, Position
from golint_maps.flow.identity import Names
from golint_maps.flow.self_keyed import selected
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.structure import DEFERRED, Structure, dominates, end_of, start_of
from golint_maps.flow.traverse import each, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue

_ANOTHER = frozenset("parent root dir base next prev previous sub owner split first last find lookup get resolve".split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ENTRY = frozenset(("insert", "update", "delete", "read"))


class HalfRelease(Site, frozen=True, kw_only=True, tag="half-release"):
    """What keeps entries in a map although the function deletes some. `place` is where they are kept.

    `kind`: `key` (looked up by `key`, deleted by `other`), `again` (stored to after its delete), `return` (a return between insert and delete),
    `branch` (a branch that cleans only the map `partner`), `skipped` (an insert on a way that leaves before `partner` gets the key), or
    `orphaned` (the entry of `partner` that would lead to it is overwritten). `beside` is the statement that does it right.
    """

    identity: str
    id: str
    kind: str
    beside: Place
    key: str = ""
    other: str = ""
    partner: str = ""
    partner_map: str = ""


def analyse(view: View, summary: FunctionSummary, number: int) -> Iterator[HalfRelease]:
    """Yield the half releases of one function or literal."""
    maps: dict[Path, list[MapAccess]] = defaultdict(list)
    for access in summary.accesses:
        if access.op in _ENTRY and not access.owned and access.identity[:1] in "gf":
            maps[access.path].append(access)
    written = {path for path, found in maps.items() if any(access.op != "read" for access in found)}
    if not written:
        return
    body = _Body(view, summary, number)
    for path in written:
        found = sorted(maps[path], key=lambda access: access.at.order)
        yield from body.other_key(found)
        yield from body.again(found, maps)
        yield from body.early_return(found)
    if len(written) > 1:
        remade = {access.path for access in summary.accesses if access.op == "assign"}
        yield from body.pairs({path: maps[path] for path in written}, remade)


class _Body:
    """One body, with what the questions on it share."""

    def __init__(self, view: View, summary: FunctionSummary, number: int) -> None:
        self.view = view
        self.summary = summary
        self.function = view.facts.functions[number]
        self.body = self.function.body or ()

    def _fact(self, kind: str, access: MapAccess, place: Place, beside: Place, **more: str) -> HalfRelease:
        return HalfRelease(
            place=place,
            function=self.view.name,
            package=access.package,
            map=access.map,
            owner=access.owner,
            identity=access.identity,
            id=self.summary.id,
            kind=kind,
            beside=beside,
            **more,
        )

    # --- keys that do not match ---

    def other_key(self, found: Sequence[MapAccess]) -> Iterator[HalfRelease]:
        """`key := f(subject)`, a look-up of `m[key]`, and then `delete(m, subject)`."""
        for delete in found:
            if delete.op != "delete" or not _is_local(delete.key):
                continue
            others = [access for access in found if access.op != "delete" and access.key != delete.key]
            same = [access for access in found if access is not delete and access.key == delete.key]
            reads = [access for access in others if access.op == "read" and dominates(access.at, delete.at) and _is_local(access.key)]
            if same or not reads:
                continue
            source = reads[-1]
            if self._made_from(int(source.key[1:]), int(delete.key[1:])):
                yield self._fact(
                    "key", delete, delete.place, source.place, key=self._name(int(source.key[1:])), other=self._name(int(delete.key[1:]))
                )

    def _made_from(self, number: int, part: int) -> bool:
        """Tell whether a local is the result of a function, or of an operator, on another one."""
        definition = self.view.typing.definitions.get(number)
        if self.view.assignments[number] or self.view.assignments[part] or not isinstance(definition, FromValue):
            return False
        value = definition.value
        if not isinstance(value, ir.Call | ir.Binary) or (isinstance(value, ir.Call) and self.view.typing.as_type(value.fun) is not None):
            return False
        if self.view.typing.local(number) != self.view.typing.local(part):
            return False
        if isinstance(value, ir.Call) and gives_another(value.fun):
            return False
        operands = value.args if isinstance(value, ir.Call) else [value]
        return any(isinstance(x, ir.Local) and x.id == part for operand in operands for x in subexpressions(operand))

    def _name(self, number: int) -> str:
        return self.view.variables[number].name

    # --- entries that come back ---

    def again(self, found: Sequence[MapAccess], maps: dict[Path, list[MapAccess]]) -> Iterator[HalfRelease]:
        """`delete(m, k)` in a branch, and behind it `m[k] += n`, or `m[k] = n` with an n that was looked up under the deleted key."""
        for delete in found:
            if delete.op != "delete" or delete.key.startswith("?"):
                continue
            for store in found:
                if store.op not in ("insert", "update") or store.key != delete.key or not self._reaches(delete.at, store.at):
                    continue
                if self._counts(store, delete, maps):
                    yield self._fact("again", store, store.place, delete.place, key=self._key(store))
                    return

    def _counts(self, store: MapAccess, delete: MapAccess, maps: dict[Path, list[MapAccess]]) -> bool:
        statement = next((item for item in statements(self.body) if isinstance(item, ir.Assign) and _covers(item, store)), None)
        if statement is None:
            return False
        if statement.op != "=":
            return True  # +=, ++, -=
        if len(statement.rhs) != 1 or not isinstance(statement.rhs[0], ir.Local):
            return False
        number = statement.rhs[0].id
        values = [
            item.rhs[0]
            for item in statements(self.body)
            if isinstance(item, ir.Assign)
            and len(item.lhs) == len(item.rhs) == 1
            and isinstance(item.lhs[0], ir.Local)
            and item.lhs[0].id == number
            and delete.at.order < item.pos < store.at.order
        ]
        if not values or not isinstance(values[-1], ir.Index) or self._only_if_counted(store, number):
            return False
        path = self.view.paths.of(values[-1].base)
        looked_up = [access for access in maps.get(self._rooted(path), ()) if access.place.start == values[-1].pos]
        return any(
            other.op == "delete" and other.key == delete.key and other.at.nest == delete.at.nest[: len(other.at.nest)]
            for access in looked_up
            for other in maps[access.path]
        )

    def _only_if_counted(self, store: MapAccess, number: int) -> bool:
        """Tell whether a store stands behind a look whether its value is more than nothing."""
        for statement in statements(self.body):
            if (
                not isinstance(statement, ir.If)
                or not statement.then
                or not start_of(statement.then[0]) <= store.at.order < end_of(statement.then[-1])
            ):
                continue
            for x in subexpressions(statement.cond):
                match x:
                    case ir.Binary(">" | "!=" | ">=", ir.Local(compared), ir.Const()) if compared == number:
                        return True
        return False

    def _rooted(self, path: Path | None) -> Path:
        return (Names(self.view).rooted(path) or path) if path is not None else ()

    def _reaches(self, first: Position, then: Position) -> bool:
        """Tell whether control can come from one position to a later one: the branch of the first does not leave, and they do not exclude."""
        if then.order <= first.order or then.order >= DEFERRED or first.order >= DEFERRED:
            return False
        for statement in statements(self.body):
            branches = _branches(statement)
            if not branches or not start_of(statement) <= first.order < end_of(statement):
                continue
            mine = next((branch for branch in branches if branch and start_of(branch[0]) <= first.order < end_of(branch[-1])), None)
            if mine is None:
                continue
            inside = start_of(mine[0]) <= then.order < end_of(mine[-1])
            if not inside and (then.order < end_of(statement) or _leaves(mine[-1])):
                return False
        return True

    # --- ways that keep an entry ---

    def early_return(self, found: Sequence[MapAccess]) -> Iterator[HalfRelease]:
        """`m[k] = v`, a return on an error, and `delete(m, k)` only behind it."""
        inserts = [access for access in found if access.op == "insert"]
        deletes = [access for access in found if access.op == "delete"]
        if not inserts or not deletes or any(delete.at.order >= DEFERRED for delete in deletes) or self._deletes_at_last(inserts[0].path):
            return
        structure: Structure | None = None
        for insert in inserts:
            mine = [delete for delete in deletes if delete.key == insert.key and delete.at.order > insert.at.order]
            if not mine or len(mine) != len(deletes):
                continue
            structure = structure or Structure(self.body)
            always = any(delete.at.nest == insert.at.nest[: len(delete.at.nest)] for delete in mine)
            if not always and not all(self._succeeds(delete.at, structure) for delete in mine):
                continue
            last = max(delete.at.order for delete in mine) if always else DEFERRED
            for statement in statements(self.body):
                if not isinstance(statement, ir.Return) or not insert.at.order < statement.pos < last or not (always or _fails(statement)):
                    continue
                at = structure.at(statement.pos)
                if dominates(insert.at, at) and at.nest != insert.at.nest and not any(dominates(delete.at, at) for delete in mine):
                    place = Place(self.view.path, statement.pos, max(statement.end, statement.pos + 6))
                    yield self._fact("return", insert, place, mine[-1].place, key=self._key(insert))
                    return

    def _deletes_at_last(self, path: Path) -> bool:
        """Tell whether a literal that is deferred deletes from a map."""
        return any(
            isinstance(call.fun, ir.Name) and call.fun.name == "delete" and call.args and self._rooted(self.view.paths.of(call.args[0])) == path
            for statement in each(self.body, ir.Defer)
            if isinstance(statement.call, ir.Call) and isinstance(statement.call.fun, ir.FuncLit)
            for call in each(self.view.facts.functions[statement.call.fun.function].body or (), ir.Call)
        )

    def _succeeds(self, delete: Position, structure: Structure) -> bool:
        """Tell whether a delete is followed by a return without an error."""
        results = self.function.type.results
        if not results or results[-1] != ir.TName("error"):
            return False
        returns = [item for item in statements(self.body) if isinstance(item, ir.Return) and dominates(delete, structure.at(item.pos))]
        return any(structure.at(item.pos).nest == delete.nest and item.values and not _fails(item) for item in returns)

    def _key(self, access: MapAccess) -> str:
        for statement in statements(self.body):
            for target in statement.lhs if isinstance(statement, ir.Assign) else ():
                if isinstance(target, ir.Index) and target.pos == access.place.start:
                    return spell(target.index, self.view.variables, 40)
        return ""

    # --- two maps that belong together ---

    def pairs(self, maps: dict[Path, list[MapAccess]], remade: set[Path]) -> Iterator[HalfRelease]:
        """Two maps with the same ids, one of which is not cleaned, or not filled, on some way. Those that are `remade` have no old entries."""
        for path, found in maps.items():
            for other_path, others in maps.items():
                if path != other_path and found[0].identity != others[0].identity:
                    around = maps.get(path[:-1], []) if path[-1][:1] == "[" else []
                    yield from self._one_branch(found, others, around)
                    yield from self._skipped(found, others)
                    if path not in remade:
                        yield from self._orphaned(found, others)

    def _one_branch(self, found: Sequence[MapAccess], others: Sequence[MapAccess], around: Sequence[MapAccess]) -> Iterator[HalfRelease]:
        """A branch that deletes from one map only, where all other deletes go through both.

        `around` are accesses to the map that the first lies in.
        """
        mine = [access for access in found if access.op == "delete"]
        theirs = [access for access in others if access.op == "delete"]
        if not mine or not theirs or all(self._dealt_with(other) for other in theirs):
            return
        all_mine = [*mine, *(access for access in around if access.op == "delete")]
        if not all(any(self._together(own.at, other.at) for other in theirs) for own in all_mine):
            return  # it is cleaned at times of its own as well
        lonely = [other for other in theirs if not any(self._together(own.at, other.at) for own in all_mine)]
        stores = [access for access in (*found, *around) if access.op in ("insert", "update")]
        # What is stored on the same way is to stay.
        lonely = [other for other in lonely if not any(self._reaches(other.at, store.at) for store in stores)]
        lonely = [other for other in lonely if not any(store.op == "insert" and dominates(store.at, other.at) for store in stores)]
        lonely = [other for other in lonely if not self._is_missing(found, other)]
        if any(store.op == "insert" and not any(self._together(own.at, store.at) for own in stores) for store in others) and stores:
            return  # the other map has entries of its own as well
        if lonely and len(lonely) < len(theirs):
            yield self._fact("branch", mine[0], lonely[0].place, mine[0].place, partner=lonely[0].identity, partner_map=lonely[0].map)

    def _dealt_with(self, delete: MapAccess) -> bool:
        """Tell whether a loop takes out of the map that it walks over what it has dealt with: that is a list of work, no companion."""
        loops = (loop for loop in each(self.body, ir.Range) if loop.pos <= delete.at.order < loop.end)
        return any(self._rooted(self.view.paths.of(loop.over)) == delete.path for loop in loops)

    def _is_missing(self, found: Sequence[MapAccess], other: MapAccess) -> bool:
        """Tell whether a delete stands where a look-up in the first map has just found nothing: `if _, ok := m[k]; !ok { delete(n, k) }`."""
        looks = {access.place.start for access in found if access.op == "read"}
        told: dict[int, bool] = {}
        for statement in statements(self.body):
            match statement:
                case ir.Assign(_, [_, ir.Local(number)], values):
                    told[number] = isinstance(values[0], ir.Index) and values[0].pos in looks
                case ir.If(_, ir.Unary("!", ir.Local(number)), [first, *_, last] | [first as last]) if told.get(number):
                    if start_of(first) <= other.at.order < end_of(last):
                        return True
        return False

    def _together(self, own: Position, other: Position) -> bool:
        """Tell whether some way through the body passes both positions."""
        if own.order == other.order:
            return True
        first, then = (own, other) if own.order < other.order else (other, own)
        return self._reaches(first, then)

    def _skipped(self, found: Sequence[MapAccess], others: Sequence[MapAccess]) -> Iterator[HalfRelease]:
        for own in found:
            for other in others if own.op == "insert" else ():
                if other.op == "insert" and other.key == own.key and own.at.order < other.at.order and not self._reaches(own.at, other.at):
                    yield self._fact("skipped", own, own.place, other.place, partner=other.identity, partner_map=other.map, key=self._key(own))
                    return

    def _orphaned(self, found: Sequence[MapAccess], others: Sequence[MapAccess]) -> Iterator[HalfRelease]:
        if any(access.op != "insert" for access in (*found, *others)):
            return  # somebody looks first
        own, other = found[0], others[0]
        if (
            own.key != other.key
            and not self._under_its_own_name(other)
            and dominates(min(own.at, other.at, key=_order), max(own.at, other.at, key=_order))
        ):
            yield self._fact("orphaned", own, other.place, own.place, partner=other.identity, partner_map=other.map, key=self._key(other))

    def _under_its_own_name(self, access: MapAccess) -> bool:
        """Tell whether a value is stored under a part of itself (`m[e.ID] = e`): what it overwrites has that name, and is the same thing."""
        for statement in each(self.body, ir.Assign):
            match statement:
                case ir.Assign(_, [ir.Index(_, key, pos)], [ir.Local(value)]) if pos == access.place.start:
                    field = selected(key)
                    return field is not None and isinstance(field[0], ir.Local) and field[0].id == value
        return False


def _fails(statement: ir.Return) -> bool:
    """Tell whether the last value of a return, an error, is one."""
    last = statement.values[-1] if statement.values else None
    return last is not None and not (isinstance(last, ir.Name) and last.name == "nil")


def gives_another(fun: ir.Expr) -> bool:
    """Tell whether, by its name, a function's result is another thing than its argument, not another form of it: `parentOf`, `filepath.Dir`."""
    name = fun.name if isinstance(fun, ir.Name | ir.Sel) else ""
    return not _ANOTHER.isdisjoint(word.lower() for word in _WORD.findall(name))


def _order(at: Position) -> int:
    return at.order


def _is_local(key: str) -> bool:
    return key[:1] == "l" and key[1:].isdigit()


def _covers(statement: ir.Assign, access: MapAccess) -> bool:
    return any(isinstance(target, ir.Index) and target.pos == access.place.start for target in statement.lhs)


def _branches(statement: ir.Stmt) -> list[list[ir.Stmt]]:
    match statement:
        case ir.If(_, _, then, orelse):
            return [then, orelse]
        case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
            return [case.body for case in cases]
    return []


def _leaves(statement: ir.Stmt) -> bool:
    return isinstance(statement, ir.Return) or (isinstance(statement, ir.Branch) and statement.kind in ("break", "continue", "goto"))
