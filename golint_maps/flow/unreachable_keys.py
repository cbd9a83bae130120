"""Keys that an insert makes and nobody can find again: NaN, the time of the clock with its monotonic reading, pointers to new objects.

Where the key comes from decides, not its type: parameters, constants and fields are believed. A map whose keys the package gets back by ranging
over it loses nothing, except the NaN ones, which no delete removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.maps import extent, qualified
from golint_maps.flow.not_a_number import NotANumber, calls, settled
from golint_maps.flow.ranged_maps import RangedMaps
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.syncmap_calls import is_fresh
from golint_maps.flow.traverse import each, expressions, operands, statements, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 8
_TIME: Final = model.Named("time", "Time")
_FLOATS: Final = frozenset(("float32", "float64"))


class UnreachableKey(Site, frozen=True, tag="unreachable-key"):
    """An insert under a key that cannot be found again.

    `kind` is `nan`, `text` (a NaN that a text would have to spell), `time`, `pointer` or `clock` (a reading of the clock as a unique id: two events
    may share it). `key` is the key as written, `source` the expression that makes it so, at `origin`.
    """

    kind: str
    key: str
    source: str
    origin: Place


def unreachable_keys(view: View) -> Iterator[UnreachableKey]:
    """Yield the inserts under such keys in a function and its literals."""
    keys: _Keys | None = None
    for number in view.family:
        for statement in statements(view.facts.functions[number].body or ()):
            if isinstance(statement, ir.Assign):
                for target in statement.lhs:
                    if isinstance(target, ir.Index) and _computed(target.index):
                        keys = keys or _Keys(view)
                        fact = keys.judge(statement, target, number)
                        if fact is not None:
                            yield fact


def _carried(x: ir.Expr) -> Iterator[ir.Expr]:
    """Yield what a value may be, or hold: itself, and the elements of literals."""
    todo = [x]
    while todo:
        x = todo.pop()
        yield x
        match x:
            case ir.Lit(_, elements):
                todo += [element.value for element in elements]
            case ir.Addr(operand):
                todo.append(operand)
            case ir.Call(_, args):
                todo += args


def _held(x: ir.Expr) -> Iterator[ir.Expr]:
    """Yield what a value is or holds, as far as it is written out."""
    match x:
        case ir.Lit(_, elements):
            for element in elements:
                yield from _held(element.value)
        case ir.Addr(operand):
            yield from _held(operand)
        case _:
            yield x


def _computed(key: ir.Expr) -> bool:
    """Tell whether a key may be made here at all: a first look at its form that saves most inserts from a closer one."""
    return isinstance(key, ir.Local | ir.Call | ir.Binary | ir.Addr | ir.Lit)


def _is_new(x: ir.Expr) -> bool:
    """Tell whether an expression makes a new object and gives its address."""
    match x:
        case ir.Addr(ir.Lit()) | ir.Call(ir.Name("new"), [_]):
            return True
    return False


class _Keys:
    def __init__(self, view: View) -> None:
        self._view = view
        self._floats = NotANumber(view)

    def judge(self, statement: ir.Assign, target: ir.Index, number: int) -> UnreachableKey | None:
        """Return what is wrong with the key of an insert."""
        view = self._view
        found = view.package.resolver.map(view.typing.of(target.base))
        if found is None:
            return None
        key, formal = target.index, found.key
        if self._may_be(formal, "float"):
            nan = self._floats.source(key, target.pos)
            # Text that says "NaN" is rare, and worth a word only where the map stays.
            text = isinstance(target.base, ir.Local) and nan is not None and calls(nan.view, nan.x, "strconv", ("ParseFloat",))
            if nan is not None and not (self._goes_nowhere(target.base) if text else self._short_lived(target.base, number)):
                return self._fact("text" if text else "nan", target, nan.x, nan.view)
        if self._may_be(formal, "time"):
            source = self._now(key, 0)
            if source is not None and not self._kept(key, target) and not RangedMaps.of(view.package).emptied(view, target.base):
                return self._fact("time", target, source)
        if self._may_be(formal, "pointer"):
            source = self._fresh(key)
            if source is not None and not self._kept(key, target) and not RangedMaps.of(view.package).listed(view, target.base):
                return self._fact("pointer", target, source)
        if self._may_be(formal, "clock") and statement.op == "=":
            source = self._clock(key, 0)
            if source is not None and not self._looked_up(target, number):
                return self._fact("clock", target, source)
        return None

    def _fact(self, kind: str, target: ir.Index, source: ir.Expr, within: View | None = None) -> UnreachableKey:
        """State an insert. `within` is the function that the source stands in, if it is another one."""
        view = self._view
        within = within or view
        return UnreachableKey(
            place=Place(view.path, target.pos, target.end),
            function=view.name,
            package=view.package.scope.path,
            map=spell(target.base, view.variables),
            owner=qualified(view, target.base),
            kind=kind,
            key=spell(target.index, view.variables, 40),
            source=spell(source, within.variables, 40),
            origin=Place(within.path, *extent(source, within)),
        )

    def _may_be(self, formal: Type | None, kind: str, depth: int = 0) -> bool:
        """Tell whether a key type can hold such a key: itself, in an interface, or in a field or element."""
        if depth > _MAX_DEPTH or formal is None:
            return False
        if formal == _TIME:
            return kind == "time"
        below = self._view.package.resolver.underlying(formal)
        match below:
            case model.Basic(name):
                clock = kind == "clock" and (name == "string" or "int64" in name)
                return clock or (kind == "float" and name in _FLOATS) or (kind == "pointer" and formal == model.ERROR)
            case model.Interface():
                return kind != "clock" and not below.union
            case model.Pointer():
                return kind == "pointer"
            case model.Struct(fields):
                return kind != "clock" and any(self._may_be(field.type, kind, depth + 1) for field in fields)
            case model.Array(elem):
                return kind in ("float", "time") and self._may_be(elem, kind, depth + 1)
        return False

    def _short_lived(self, base: ir.Expr, number: int) -> bool:
        """Tell whether a map is made by this function and gone with it: not returned, stored, sent or captured."""
        view = self._view
        if not isinstance(base, ir.Local) or view.variables[base.id].function != number or not is_fresh(base.id, view):
            return False
        if any(base.id in function.captures for function in view.functions):
            return False
        for statement in statements(view.facts.functions[number].body or ()):
            out: Sequence[ir.Expr] = ()
            match statement:
                case ir.Return(values) | ir.Assign(_, _, values) | ir.Declare(_, values):
                    out = values
                case ir.Send(_, value):
                    out = (value,)
            if any(isinstance(part, ir.Local) and part.id == base.id for x in out for part in _carried(x)):
                return False
        return True

    def _goes_nowhere(self, base: ir.Expr) -> bool:
        """Tell whether a local map is not returned, itself or as a part of something. What calls do with it is their affair."""
        returned = (x for function in self._view.functions for item in each(function.body or (), ir.Return) for x in item.values)
        return not any(isinstance(part, ir.Local) and isinstance(base, ir.Local) and part.id == base.id for x in returned for part in _held(x))

    # --- time ---

    def _now(self, x: ir.Expr, depth: int) -> ir.Expr | None:
        """Return the `time.Now()` whose monotonic reading is still in a value. UTC, In, Local, Round, Truncate and AddDate strip it."""
        if depth > _MAX_DEPTH:
            return None
        match x:
            case ir.Call(ir.Sel(base, "Now"), []):
                return x if self._view.typing.package_of(base) == "time" else None
            case ir.Call(ir.Sel(base, "Add")):
                return self._now(base, depth + 1)
            case ir.Call(ir.Name() | ir.Sel(), [operand]) if self._view.typing.of(x) == _TIME and self._hands_back(x):
                return self._now(operand, depth + 1)
            case ir.Local():
                definition = settled(self._view, x)
                return self._now(definition.value, depth + 1) if definition is not None and definition.count == 1 else None
            case ir.Lit(_, elements):
                return next((found for element in elements if (found := self._now(element.value, depth + 1)) is not None), None)
        return None

    def _hands_back(self, call: ir.Call) -> bool:
        """Tell whether a function of the package returns the time that it gets, or another one from it on: `return t.Add(-d)`."""
        target = callee(self._view, call)
        function = target.declared.node if target is not None and target.declared is not None else None
        if function is None or len(function.params) != 1:
            return False
        given = [statement.values for statement in statements(function.body or ()) if isinstance(statement, ir.Return)]
        for values in given:
            x = values[0] if values else None
            while isinstance(x, ir.Call) and isinstance(x.fun, ir.Sel) and x.fun.name == "Add":
                x = x.fun.base
            if not isinstance(x, ir.Local) or x.id != function.params[0]:
                return False
        return bool(given) and not any(
            isinstance(target, ir.Local) and target.id == function.params[0]
            for assign in each(function.body or (), ir.Assign)
            for target in assign.lhs
        )

    def _clock(self, x: ir.Expr, depth: int) -> ir.Expr | None:
        """Return the reading of the clock that a value consists of, perhaps as text."""
        if depth > _MAX_DEPTH:
            return None
        match x:
            case ir.Call(ir.Sel(base, "UnixNano" | "UnixMicro"), []):
                return x if self._now(base, 0) is not None else None
            case ir.Call(fun, [operand]) if self._view.typing.as_type(fun) is not None:
                return self._clock(operand, depth + 1)
            case ir.Call(ir.Sel(_, "FormatInt" | "Itoa" | "Sprint"), [operand, *_]):
                if calls(self._view, x, "strconv", ("FormatInt", "Itoa")) or (len(x.args) == 1 and calls(self._view, x, "fmt", ("Sprint",))):
                    return self._clock(operand, depth + 1)
            case ir.Call(ir.Sel(_, "Sprintf"), [_, operand]) if calls(self._view, x, "fmt", ("Sprintf",)):
                return self._clock(operand, depth + 1)
            case ir.Binary("+", ir.Const("string"), operand):
                return self._clock(operand, depth + 1)
            case ir.Local():
                definition = settled(self._view, x)
                return self._clock(definition.value, depth + 1) if definition is not None and definition.count == 1 else None
        return None

    def _looked_up(self, target: ir.Index, number: int) -> bool:
        """Tell whether the function looks whether the key is taken."""
        text = self._view.paths.key(target.index)
        for x in expressions(self._view.facts.functions[number].body or ()):
            if isinstance(x, ir.Index) and x is not target and x.pos < target.pos and self._view.paths.key(x.index) == text:
                return True
        return False

    # --- pointers ---

    def _fresh(self, x: ir.Expr) -> ir.Expr | None:
        """Return the expression that makes the new object a key points to."""
        match x:
            case _ if _is_new(x):
                return x
            case ir.Lit(_, elements):
                # What a struct holds under a name may be kept under it; what it is made with is nobody else's.
                return next((found for element in elements if isinstance(element.value, ir.Addr) and (found := self._fresh(element.value))), None)
            case ir.Local():
                definition = settled(self._view, x)
                if definition is not None and definition.count == 1 and not isinstance(definition.value, ir.Local):
                    return self._fresh(definition.value)
            case ir.Call() if self._only_makes(x) or calls(self._view, x, "errors", ("New",)) or calls(self._view, x, "fmt", ("Errorf",)):
                return x
        return None

    def _only_makes(self, call: ir.Call) -> bool:
        """Tell whether a function of the package returns what it makes at that very place, `return &token{name: name}`, so that it cannot keep it."""
        target = callee(self._view, call)
        function = target.declared.node if target is not None and target.declared is not None else None
        returned = [statement.values for statement in each(function.body or (), ir.Return)] if function is not None else []
        return bool(returned) and all(len(values) == 1 and _is_new(values[0]) for values in returned)

    def _kept(self, key: ir.Expr, target: ir.Index) -> bool:
        """Tell whether the key is in a local that is used for more than this insert: returned, stored, passed on, captured, looked up again."""
        if not isinstance(key, ir.Local):
            return False
        view = self._view
        if any(key.id in function.captures for function in view.functions):
            return True
        for function in view.functions:
            for statement in statements(function.body or ()):
                for x in operands(statement):
                    if x is not target and self._passes(x, key, target):
                        return True
        return False

    def _passes(self, x: ir.Expr, key: ir.Local, target: ir.Index) -> bool:
        """Tell whether an expression does more with a local than select a field of it, call a method on it, or look up the entry.

        `m[k] = append(m[k], v)` is one insert, and `if m[k] { … }` before it never finds anything.
        """
        skipped = {id(part.base) for part in subexpressions(x) if isinstance(part, ir.Sel)}
        same = self._view.paths.raw(target.base)
        for part in subexpressions(x):
            if isinstance(part, ir.Index) and self._view.paths.raw(part.base) == same and same is not None:
                skipped.add(id(part.index))
        for part in subexpressions(x):
            if isinstance(part, ir.Local) and part.id == key.id and id(part) not in skipped and part.pos != key.pos:
                return part.pos != self._view.variables[key.id].pos
        return False
