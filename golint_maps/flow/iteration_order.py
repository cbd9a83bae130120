"""Loops over maps that let the order of their turns show: in a slice, a text, a sum of floats, an output, or a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from golint_maps.flow.map_ranges import MapRange, iterated
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.outputs import writers_of, written_to
from golint_maps.flow.random_draws import draws
from golint_maps.flow.self_keyed import identifies, selected, self_keyed_fields
from golint_maps.flow.site import Place, Site
from golint_maps.flow.slice_fate import fate, is_put_in_order, is_sorted_later, sorted_by_callers, use_shows, uses_of
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, expressions, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_ANY_ORDER = re.compile(
    r"\b(no particular|any|undefined|unspecified|random|arbitrary|non-?deterministic|not guaranteed|map) order|unordered|unsorted", re.IGNORECASE
)
_ANY_ENTRY = re.compile(r"(?:^(?:any|random|arbitrary|pick|sample|pop|one|evict)|Any|Random|Arbitrary|Pick|Sample|Pop|One|Evict)(?![a-z])")
"""Words in the name of a function that takes whichever entry comes first, and says so."""
_PREDICATES = frozenset(("Contains", "ContainsAny", "ContainsRune", "HasPrefix", "HasSuffix", "MatchString", "Match"))
_DEBUGGING = re.compile(r"debug|verbose|trace", re.IGNORECASE)
_PLACES = (ir.Local, ir.Name, ir.Sel, ir.Deref)
_LISTS = frozenset(("golang.org/x/exp/maps", "github.com/samber/lo"))
"""Packages whose functions Keys and Values return slices."""
_LISTING = _LISTS | {"maps", "reflect"}
_NO_LOOP: Sequence[int] = ()


class OrderEscape(Site, frozen=True, tag="order-escape"):
    """A statement of a loop over a map by which the order of iteration reaches an ordered result.

    `kind` is append, text, float, write or choice, draw for a call that draws random numbers, or collect for one that lists a map in a slice
    without a loop; `target` is what takes the order, as written; `use` says of a slice how its order shows.
    """

    kind: str
    target: str
    use: str
    loop: Place
    over: str


@dataclass(frozen=True, slots=True)
class _Escape:
    kind: str
    target: ir.Expr | None
    use: str
    at: tuple[int, int]


def order_escapes(view: View, loops: Sequence[MapRange]) -> Iterator[OrderEscape]:
    """Yield the statements that let the order of a loop over a map show, each once."""
    if _ANY_ORDER.search(view.root.doc):
        return
    told: set[int] = set()
    for found in loops:
        for escape in _Loop(view, found.loop, found.function, (found.key, found.value)).escapes():
            if escape.at[0] in told:
                continue
            told.add(escape.at[0])
            yield OrderEscape(
                place=place(view, *escape.at),
                function=view.name,
                package=view.package.scope.path,
                map=spell(found.operand, view.variables),
                owner=qualified(view, found.operand),
                kind=escape.kind,
                target=spell(escape.target, view.variables) if escape.target is not None else "",
                use=escape.use,
                loop=place(view, found.loop.pos, found.loop.end),
                over=spell(found.operand, view.variables),
            )


def collected_orders(view: View) -> Iterator[OrderEscape]:
    """Yield the calls that list a map in a slice whose order shows: `slices.Collect(maps.Keys(m))`, and `maps.Keys(m)` where that is a slice."""
    if _LISTING.isdisjoint(item.path for item in view.facts.imports) or _ANY_ORDER.search(view.root.doc):
        return
    for function in view.functions:
        for statement in statements(function.body or ()):
            for use in uses_of(statement, lambda x: _listed_map(view, x) is not None):
                operand = _listed_map(view, use.x)
                how = "" if operand is None or is_put_in_order(view, use, held=False) else use_shows(view, use, order_shows)
                if operand is None or not how or not isinstance(use.x, ir.Call):
                    continue
                where = place(view, use.x.pos, use.x.end)
                yield OrderEscape(
                    place=where,
                    function=view.name,
                    package=view.package.scope.path,
                    map=spell(operand, view.variables),
                    owner=qualified(view, operand),
                    kind="collect",
                    target=spell(use.x, view.variables),
                    use=how,
                    loop=where,
                    over=spell(operand, view.variables),
                )


def _listed_map(view: View, x: ir.Expr) -> ir.Expr | None:
    """Return the map that a call lists in a slice, in the order of iteration, or None."""
    match x:
        case ir.Call(ir.Sel(ir.Name() as base, "Collect"), [arg]) | ir.Call(ir.Sel(ir.Name() as base, "AppendSeq"), [_, arg]):
            operand, kind = iterated(view, arg) if view.typing.package_of(base) == "slices" else (None, "")
            return operand if kind else None
        case ir.Call(ir.Sel(ir.Name() as base, "Keys" | "Values"), [operand]):
            return operand if view.typing.package_of(base) in _LISTS else None
        case ir.Call(ir.Sel(base, "MapKeys"), []):
            return base if view.typing.of(base) == model.Named("reflect", "Value") else None
    return None


def order_shows(view: View, loop: ir.Range) -> bool:
    """Tell whether a loop over a slice lets the order of its turns show."""
    function = next((function for function in view.functions if function.pos <= loop.pos < function.end), view.root)
    return any(escape.kind != "choice" for escape in _Loop(view, loop, function, _NO_LOOP).escapes())


class _Loop:
    """One loop whose turns come in no particular order."""

    def __init__(self, view: View, loop: ir.Range, function: ir.Function, own: Sequence[int]) -> None:
        self.view = view
        self.loop = loop
        self.function = function
        self.own = {number for number in own if number >= 0}
        self.key = own[0] if own else -1

    def escapes(self) -> Iterator[_Escape]:
        """Yield what lets the order show, in source order."""
        for statement in statements(self.loop.body):
            match statement:
                case ir.Assign():
                    yield from self._assigned(statement)
                    for x in statement.rhs:
                        yield from self._written(x)
                case ir.Do(x):
                    yield from self._written(x)
                case ir.If(ir.Assign(_, _, rhs)):
                    for x in rhs:
                        yield from self._written(x)
        yield from self._choices(self.loop.body, ())
        yield from self._drawn()

    @cached_property
    def _debugging(self) -> bool:
        """Whether the loop runs, or prints, only where somebody asked for debug output."""
        return any(
            isinstance(statement, ir.If)
            and (statement.pos <= self.loop.pos < statement.end or self.loop.pos <= statement.pos < self.loop.end)
            and _DEBUGGING.search(spell(statement.cond, self.view.variables))
            for statement in statements(self.function.body or ())
        )

    # --- variables ---

    def _inner(self, number: int) -> bool:
        """Tell whether a local is the loop's own or declared in its body."""
        return number in self.own or self.loop.pos <= self.view.variables[number].pos < self.loop.end

    def _depends(self, x: ir.Expr) -> bool:
        """Tell whether an expression has another value in each turn."""
        return any(isinstance(part, ir.Local) and self._inner(part.id) for part in subexpressions(x))

    def _outside(self, x: ir.Expr) -> bool:
        """Tell whether an expression is one place for all turns, declared outside of the loop."""
        while isinstance(x, ir.Sel | ir.Deref | ir.Addr):
            x = x.base if isinstance(x, ir.Sel) else x.x
        return isinstance(x, ir.Name) or (isinstance(x, ir.Local) and not self._inner(x.id))

    def _outer(self, x: ir.Expr) -> bool:
        """Tell whether an expression is one place that gathers something from all turns."""
        return self._outside(x) and not self._begun_by_turn(x)

    def _begun_by_turn(self, x: ir.Expr) -> bool:
        """Tell whether a place from outside begins anew in each turn: `buf.Reset()`, `line = ""`."""
        for statement in statements(self.loop.body):
            match statement:
                case ir.Assign("=", lhs, rhs) if any(self._same(target, x) for target in lhs):
                    if not any(self._same(part, x) for value in rhs for part in subexpressions(value) if isinstance(part, _PLACES)):
                        return True
                case ir.Do(ir.Call(ir.Sel(base, "Reset" | "Truncate"))) if self._same(base, x):
                    return True
        return False

    # --- ordered results ---

    def _assigned(self, statement: ir.Assign) -> Iterator[_Escape]:
        at = statement.pos, statement.end
        if len(statement.lhs) != 1 or len(statement.rhs) != 1:
            return
        target, value = statement.lhs[0], statement.rhs[0]
        if isinstance(value, ir.Call) and self.view.typing.is_builtin(value.fun, "append"):
            if statement.op == "=" and len(value.args) > 1 and any(map(self._depends, value.args[1:])) and self._same(target, value.args[0]):
                use = self._fate(target)
                if use:
                    yield _Escape("append", target, use, at)
        elif isinstance(target, ir.Index) and statement.op == "=" and self._counts_turns(target.index) and self._depends(value):
            # `names[i] = k; i++` fills a slice as append does.
            if isinstance(self.view.package.resolver.underlying(self.view.typing.of(target.base)), model.Slice):
                use = self._fate(target.base)
                if use:
                    yield _Escape("append", target.base, use, at)
        elif statement.op in ("+=", "-=", "*=", "/=") or (statement.op == "=" and self._extends(target, value)):
            kind = self._sum_kind(statement.op, target, value)
            if kind:
                yield _Escape(kind, target, "", at)

    def _counts_turns(self, x: ir.Expr) -> bool:
        """Tell whether an index is a variable from outside that the loop counts up."""
        if not isinstance(x, ir.Local) or self._inner(x.id):
            return False
        return any(
            assign.op in ("++", "+=") and any(isinstance(target, ir.Local) and target.id == x.id for target in assign.lhs)
            for assign in each(self.loop.body, ir.Assign)
        )

    def _sum_kind(self, op: str, target: ir.Expr, value: ir.Expr) -> str:
        """Return `text` or `float` when the sum depends on the order of its parts, else an empty string."""
        if not self._depends(value) or not (self._outer(target) or self._is_shared_element(target)):
            return ""
        kind = self.view.package.resolver.underlying(self.view.typing.of(target))
        if kind == model.STRING:
            return "text"
        floating = isinstance(kind, model.Basic) and kind.name.startswith(("float", "complex"))
        return "float" if floating and not self._is_whole(value) else ""

    def _is_whole(self, x: ir.Expr) -> bool:
        """Tell whether a float is a whole number: then a sum of it is exact, in whatever order."""
        match x:
            case ir.Const("int"):
                return True
            case ir.Binary("+" | "-" | "*", left, right):
                return self._is_whole(left) and self._is_whole(right)
            case ir.Call(fun, [arg]) if self.view.typing.as_type(fun) is not None:
                kind = self.view.package.resolver.underlying(self.view.typing.of(arg))
                return (isinstance(kind, model.Basic) and kind.name.startswith(("int", "uint"))) or self._is_whole(arg)
        return False

    def _is_shared_element(self, x: ir.Expr) -> bool:
        """Tell whether a place is an element from outside of the loop that several turns add to: `sums[e.group]`, but not `sums[key]`."""
        indices: list[ir.Expr] = []
        root = x
        while isinstance(root, ir.Index | ir.Sel | ir.Deref):
            if isinstance(root, ir.Index):
                indices.append(root.index)
            root = root.x if isinstance(root, ir.Deref) else root.base
        return bool(self.own and indices) and self._outside(root) and not any(map(self._tells_turn, indices)) and not self._begun_by_turn(x)

    def _tells_turn(self, index: ir.Expr) -> bool:
        """Tell whether an index is, by all signs, another one in each turn: made of the loop's key, or what its value is known by."""
        for part in subexpressions(index):
            if not isinstance(part, ir.Local):
                continue
            if part.id == self.key:
                return True
            definition = self.view.typing.definitions.get(part.id)
            if isinstance(definition, FromValue) and self._inner(part.id) and part.id not in self.own and self._tells_turn(definition.value):
                return True
        chain = selected(index)
        if chain is None or not isinstance(chain[0], ir.Local) or chain[0].id not in self.own:
            return False
        return chain[1] in self_keyed_fields(self.view.package) or identifies(chain[1], self.view.typing.local(chain[0].id))

    def _same(self, left: ir.Expr, right: ir.Expr) -> bool:
        path = self.view.paths.raw(left)
        return path is not None and path == self.view.paths.raw(right)

    def _extends(self, target: ir.Expr, value: ir.Expr) -> bool:
        match value:
            case ir.Binary("+", left, right):
                return self._same(target, left) or self._extends(target, left) or self._same(target, right)
        return False

    def _fate(self, target: ir.Expr) -> str:
        if not self._outer(target):
            return ""
        if isinstance(target, ir.Local):
            return fate(self.view, target.id, self.loop.end, order_shows)
        # A field or package variable: stored where others read it, unless something sorts it or what holds it.
        if is_sorted_later(self.view, target, self.loop.pos):
            return ""
        root = list(subexpressions(target))[-1]
        if isinstance(root, ir.Local) and self.view.variables[root.id].kind in ("var", "define"):
            return fate(self.view, root.id, self.loop.end, order_shows, held=True)
        return "" if sorted_by_callers(self.view) else "stored"

    # --- output ---

    def _written(self, x: ir.Expr) -> Iterator[_Escape]:
        if not isinstance(x, ir.Call) or not any(map(self._depends, (x.fun, *x.args))):
            return
        at = x.pos, x.end
        if isinstance(x.fun, ir.Sel) and x.fun.name in ("Print", "Printf", "Println") and self.view.typing.package_of(x.fun.base) == "fmt":
            if not self._debugging:
                yield _Escape("write", None, "", at)
            return
        writer = written_to(self.view, x)
        if writer is None and self.view.package.thorough and not self._debugging:
            # Through a function of the package: what it writes to must not begin anew in each turn, either.
            handed = writers_of(self.view.package).of(self.view, x)
            writer = next((given for given in handed if not self._emptied_by_turn(given)), None)
        if writer is x.fun:
            yield _Escape("write", None, "", at)  # a package variable, in the function
        elif writer is not None and self._outer(writer):
            yield _Escape("write", writer.x if isinstance(writer, ir.Addr) else writer, "", at)

    def _emptied_by_turn(self, x: ir.Expr) -> bool:
        """Tell whether a turn empties a part of something: `g.buf.Reset()`."""
        path = self.view.paths.raw(x)
        return path is not None and any(
            isinstance(call.fun, ir.Sel)
            and call.fun.name in ("Reset", "Truncate")
            and (self.view.paths.raw(call.fun.base) or ())[: len(path)] == path
            for call in each(self.loop.body, ir.Call)
        )

    def _drawn(self) -> Iterator[_Escape]:
        """Yield the first call in a loop over a map that draws random numbers for its entry, from a generator that all turns share."""
        if not self.own or not self.view.package.thorough or self.view.path.endswith("_test.go"):
            return
        for call in each(self.loop.body, ir.Call):
            generator = draws(self.view, call)
            if generator is not None and self._shared_by_turns(generator):
                yield _Escape("draw", call.fun, "", (call.pos, call.end))
                return

    def _shared_by_turns(self, generator: ir.Expr) -> bool:
        return not any(isinstance(part, ir.Local) and self._inner(part.id) for part in subexpressions(generator))

    # --- choices ---

    def _choices(self, body: Sequence[ir.Stmt], conditions: tuple[tuple[ir.Expr, bool], ...], *, breaks: bool = True) -> Iterator[_Escape]:
        """Yield the statements that take the first entry seen. `breaks` says that a plain `break` leaves this loop."""
        assigned = False
        for statement in body:
            match statement:
                case ir.If(_, cond, then, orelse):
                    yield from self._choices(then, (*conditions, (cond, True)), breaks=breaks)
                    yield from self._choices(orelse, (*conditions, (cond, False)), breaks=breaks)
                    if _always_continues(then):
                        conditions = (*conditions, (cond, False))
                case ir.Block(inner):
                    yield from self._choices(inner, conditions, breaks=breaks)
                case ir.Assign("=", lhs, rhs):
                    assigned = assigned or (any(map(self._outside, lhs)) and any(map(self._depends, rhs)))
                case ir.Return(values):
                    if self._tells_entry(values) and self._ambiguous(conditions):
                        yield _Escape("choice", None, "returned", (statement.pos, statement.end))
                case ir.Branch("break", label):
                    if assigned and (label == self.loop.label if label else breaks) and self._ambiguous(conditions):
                        yield _Escape("choice", None, "kept", (statement.pos, statement.pos + len("break")))

    def _tells_entry(self, values: Sequence[ir.Expr]) -> bool:
        results = self.function.type.results
        telling = False
        for index, value in enumerate(values):
            kind = results[index] if index < len(results) else None
            if kind == ir.TName("error") and value != ir.Name("nil", getattr(value, "pos", 0)):
                return False  # which of several errors is told first does not matter
            if kind != ir.TName("bool") and self._depends(value):
                telling = True
        return telling

    def _ambiguous(self, conditions: tuple[tuple[ir.Expr, bool], ...]) -> bool:
        """Tell whether more than one entry may well meet the conditions."""
        relevant = [(condition, truth) for condition, truth in conditions if self._depends(condition)]
        if not relevant:
            return not conditions and not _ANY_ENTRY.search(self.function.name or self.view.root.name) and not self._measured()
        verdicts = [self._unique(condition, truth) for condition, truth in relevant]
        return True not in verdicts and False in verdicts

    def _measured(self) -> bool:
        """Tell whether the function looks at the number of entries: then it may know that there is one."""
        return any(
            isinstance(x.fun, ir.Name) and x.fun.name == "len" and self._same(x.args[0], self.loop.over)
            for function in self.view.functions
            for x in expressions(function.body or ())
            if isinstance(x, ir.Call) and x.args
        )

    def _unique(self, condition: ir.Expr, truth: bool) -> bool | None:
        """Tell whether a condition picks one entry (True), plainly picks several (False), or neither can be said."""
        match condition:
            case ir.Unary("!", operand):
                return self._unique(operand, not truth)
            case ir.Binary("&&", left, right) if truth:
                sides = self._unique(left, True), self._unique(right, True)
                return True if True in sides else (False if False in sides else None)
            case ir.Binary("==" | "!=" as op, left, right):
                if (op == "==") == truth:
                    return True
                nil = any(isinstance(side, ir.Name) and side.name == "nil" for side in (left, right))
                return None if nil else False
            case ir.Binary("<" | ">" | "<=" | ">="):
                return False
            case ir.Call(ir.Sel(_, name)) if name in _PREDICATES:
                return False
            case ir.Sel():
                return False
            case ir.Local() if truth and isinstance(self.loop.value, ir.Local) and condition.id == self.loop.value.id:
                return False  # the flag that each entry has
            case ir.Call(ir.Sel(_, name) | ir.Name(name)) if "qual" in name:
                return True
        return None


def _always_continues(body: Sequence[ir.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ir.Branch) and body[-1].kind == "continue"
