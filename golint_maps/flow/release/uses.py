"""What one function and its literals do with values that own something: release them, hand them on, keep them in maps.

One walk over the bodies. A value is followed through the locals that it is assigned to, whatever the order of the statements: the question is
whether *any* path releases it, so that control flow does not matter here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.callees import callee
from golint_maps.flow.identity import Names
from golint_maps.flow.release.events import Delete, Insert, Source, Use
from golint_maps.flow.release.owners import CANCEL, TICKER, TIMER, owned, releases
from golint_maps.flow.traverse import statements
from golint_maps.flow.view import View
from golint_maps.flow.walk import children
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue

_READERS: Final = frozenset(
    "fmt io io/ioutil log log/slog errors bytes strings time os net reflect encoding/binary encoding/json encoding/gob encoding/xml".split()
)
"""Packages of the standard library whose functions do not keep what they are given, but for those that wrap it."""
_CALLBACKS: Final = {"time.AfterFunc": TIMER, "context.AfterFunc": CANCEL}
"""Functions that run their second argument when a timer has fired, or a context is done."""
_WRAPPERS: Final = ("New", "Multi", "Tee", "Limit", "Nop", "With", "ValueOf", "Append", "FileConn", "FileListener")


class Uses:
    """The uses in one view. Everything is told by position, so that the order of the walk does not matter."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.names = Names(view)
        self.direct: dict[Source, list[Use]] = defaultdict(list)
        """Uses of a local, or of a map's entries as they are written (`m[k]()`)."""
        self.aliases: dict[Source, set[int]] = defaultdict(set)
        """Locals that get their value from a source."""
        self.sources: dict[int, set[Source]] = defaultdict(set)
        self.inserts: list[Insert] = []
        self.deletes: list[Delete] = []
        self.read: set[str] = set()
        """Maps of which an entry is looked up."""
        self.whole: set[str] = set()
        """Maps that are handed on as a whole."""
        self.assigned: set[str] = set()
        """Maps that are replaced."""
        self.calls: list[tuple[str, int, ir.Call]] = []
        """(id of the callee, number of the calling function or literal, the call)"""
        self.callbacks: list[tuple[str, int | str]] = []
        """(what is over when it runs, number of a literal or id of a function)"""
        self.waits: set[int] = set()
        """Functions and literals that wait for a context's end."""
        self.deferred: set[int] = set()
        """Where deferred calls stand."""
        self._function = view.number
        for number in view.family:
            self._function = number
            for statement in statements(view.facts.functions[number].body or ()):
                self._statement(statement)

    def of(self, source: Source) -> Iterator[Use]:
        """Yield the uses of a source, also under other names."""
        seen: set[Source] = set()
        todo = [source]
        while todo:
            at = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            yield from self.direct.get(at, ())
            todo += self.aliases.get(at, ())

    # --- what expressions stand for ---

    def map(self, x: ir.Expr) -> tuple[str, str]:
        """Return (name, what its values own) of a map of owners; empty strings for everything else."""
        if not isinstance(x, ir.Local | ir.Name | ir.Sel | ir.Index | ir.Deref):
            return "", ""
        package = self.view.package
        found = package.resolver.map(self.view.typing.of(x))
        kind = owned(found.value, package) if found is not None else ""
        if not kind:
            return "", ""
        if isinstance(x, ir.Local):
            match self.view.typing.definitions.get(x.id):
                case FromValue(ir.Sel() | ir.Name() as value, _, 1):
                    return self.map(value)  # `all := s.m; s.m = make(…)`: the entries are the same ones
        return self.names.identity(x), kind

    def source(self, x: ir.Expr) -> Source | None:
        """Return where an expression gets an owner from, or None when it is no owner, or a new one."""
        while True:
            match x:
                case ir.Local(number):
                    return number if number in self.sources or owned(self.view.typing.local(number), self.view.package) else None
                case ir.Index(base, index):
                    name, _ = self.map(base)
                    if name:
                        self.read.add(name)
                        self._visit(index)
                    return name or None
                case ir.Assert(operand):
                    x = operand
                case ir.Call(fun, [operand]) if not isinstance(fun, ir.FuncLit) and self.converts(fun):
                    x = operand
                case ir.Sel(base) if self._closes_by(x):
                    x = base
                case _:
                    return None

    def _closes_by(self, x: ir.Sel) -> bool:
        """Tell whether a field is an embedded one that gives its struct the method Close: `c.Conn.Close()` is `c.Close()`."""
        method = self.view.package.resolver.method(self.view.typing.of(x.base), "Close")
        return method is not None and method.path[:1] == (x.name,)

    def converts(self, fun: ir.Expr) -> bool:
        """Tell whether a call of this is a conversion."""
        return self.view.typing.of(fun) is None and self.view.typing.as_type(fun) is not None

    # --- statements ---

    def _statement(self, statement: ir.Stmt) -> None:
        match statement:
            case ir.Assign(_, lhs, rhs):
                self._assign(statement, lhs, rhs)
            case ir.Declare(variables, values):
                targets: list[ir.Expr] = [ir.Local(number, 0) if number >= 0 else ir.Name("_", 0) for number in variables]
                self._bind_all(targets, values)
            case ir.Range(key, value, _, over):
                self._range(key, value, over)
            case ir.Return(values):
                for x in values:
                    self._give(x)
            case ir.Send(channel, value):
                self._visit(channel)
                self._give(value)
            case ir.Do(x) | ir.Go(x):
                self._visit(x)
            case ir.Defer(x):
                self.deferred.add(x.pos)
                self._visit(x)
            case ir.If(_, cond):
                self._visit(cond)
            case ir.For(_, cond):
                if cond is not None:
                    self._visit(cond)
            case ir.Switch(_, subject, cases):
                for x in (*((subject,) if subject is not None else ()), *(value for case in cases for value in case.values)):
                    self._visit(x)
            case ir.TypeSwitch(_, subject, cases):
                source = self.source(subject)
                if source is None:
                    self._visit(subject)
                else:
                    for case in cases:
                        if case.variable >= 0:
                            self._alias(case.variable, source)

    def _assign(self, statement: ir.Assign, lhs: Sequence[ir.Expr], rhs: Sequence[ir.Expr]) -> None:
        for index, target in enumerate(lhs):
            if isinstance(target, ir.Index):
                name, kind = self.map(target.base)
                self._visit(target.index)
                if name and statement.op == "=":
                    value = rhs[index] if len(rhs) == len(lhs) else rhs[0]
                    self.inserts.append(Insert(name, kind, target.base, target.index, value, statement, target, self._function))
                elif not name:
                    self._visit(target.base)
            elif isinstance(target, ir.Sel | ir.Name | ir.Local):
                name, _ = self.map(target)
                if name:
                    self.assigned.add(name)
        self._bind_all(lhs, rhs)

    def _bind_all(self, targets: Sequence[ir.Expr], values: Sequence[ir.Expr]) -> None:
        if len(targets) == len(values):
            for target, value in zip(targets, values, strict=True):
                self._bind(target, value)
        elif len(values) == 1:
            if isinstance(values[0], ir.Index | ir.Assert):
                self._bind(targets[0], values[0])
            else:
                self._visit(values[0])

    def _bind(self, target: ir.Expr, value: ir.Expr) -> None:
        source = self.source(value)
        if source is None:
            if self.map(value)[0] and not isinstance(target, ir.Local):
                self.whole.add(self.map(value)[0])
            self._visit(value)
        elif isinstance(target, ir.Local):
            self._alias(target.id, source)
        elif isinstance(target, ir.Index) and (name := self.map(target.base)[0]):
            # `if v == nil { v = open(); m[k] = v }` puts in what is new, though the same local was looked up before.
            if not (isinstance(source, int) and name in self.sources[source] and self.view.assignments[source]):
                self._use(source, "moved", target.pos, name)
        elif not (isinstance(target, ir.Name) and target.name == "_"):
            self._use(source, "handed", value.pos)

    def _alias(self, number: int, source: Source) -> None:
        self.sources[number].add(source)
        self.aliases[source].add(number)

    def _range(self, key: ir.Expr | None, value: ir.Expr | None, over: ir.Expr) -> None:
        match over:
            case ir.Call(ir.Sel(package, "All"), [operand]) if self.view.typing.package_of(package) == "maps":
                over = operand
            case ir.Call(ir.Sel(package, "Values"), [operand]) if self.view.typing.package_of(package) == "maps":
                over, value = operand, key
        name, _ = self.map(over)
        if name and isinstance(value, ir.Local):
            self._alias(value.id, name)
        elif not name:
            self._visit(over)

    # --- expressions ---

    def _use(self, source: Source, how: str, pos: int, target: str = "", index: int = 0) -> None:
        self.direct[source].append(Use(how, pos, self._function, target, index))

    def _give(self, x: ir.Expr) -> None:
        """An expression goes where this function does not follow it."""
        source = self.source(x)
        if source is not None:
            self._use(source, "handed", x.pos)
            return
        name, _ = self.map(x)
        if name:
            self.whole.add(name)
        self._visit(x)

    def _visit(self, x: ir.Expr) -> None:
        """Look at an expression whose own value goes nowhere."""
        match x:
            case ir.Call():
                self._call(x)
            case ir.Lit(_, elements):
                for element in elements:
                    if element.key is not None and not isinstance(element.key, ir.Name):
                        self._visit(element.key)
                    self._give(element.value)
            case ir.Addr(operand):
                self._give(operand)
            case ir.Recv(ir.Sel(base, "C")) if (source := self.source(base)) is not None:
                if owned(self.view.typing.of(base), self.view.package) != TICKER:
                    self._use(source, "released", x.pos)  # it has fired
            case ir.Recv(ir.Call(ir.Sel(_, "Done"))):
                self.waits.add(self._function)
            case ir.Sel(base, name):
                source = self.source(base)
                if source is None:
                    self._visit(base)
                elif releases(name):
                    self._use(source, "handed", x.pos)
            case ir.Index():
                if self.source(x) is None:
                    for operand in children(x):
                        self._visit(operand)
            case _:
                for operand in children(x):
                    self._visit(operand)

    def _call(self, call: ir.Call) -> None:
        fun = call.fun
        typing = self.view.typing
        if isinstance(fun, ir.Name) and fun.name in ("delete", "clear", "len", "append") and call.args and typing.is_builtin(fun, fun.name):
            self._builtin(call, fun.name)
            return
        if self.converts(fun):
            for x in call.args:
                self._visit(x)
            return
        if self._deletes_unseen(call):
            return
        self._callee(call)
        target = callee(self.view, call)
        id = target.id if target is not None else ""
        if id:
            self.calls.append((id, self._function, call))
        if id in _CALLBACKS and len(call.args) == 2:
            self._called_back(_CALLBACKS[id], call.args[1])
        for index, x in enumerate(call.args):
            source = self.source(x)
            if source is not None:
                self._pass(source, call, id, index)
                continue
            name, _ = self.map(x)
            if name:
                self.whole.add(name)
            self._visit(x)

    def _deletes_unseen(self, call: ir.Call) -> bool:
        """`maps.DeleteFunc(m, func(k K, _ V) bool {…})`: a function that does not look at the values cannot release them."""
        match call:
            case ir.Call(ir.Sel(package, "DeleteFunc"), [operand, ir.FuncLit(literal)]) if self.view.typing.package_of(package) == "maps":
                name, kind = self.map(operand)
                params = self.view.facts.functions[literal].params
                if not name or len(params) != 2 or (params[1] >= 0 and self.view.variables[params[1]].name != "_"):
                    return False
                key = ir.Local(params[0], operand.pos) if params[0] >= 0 else None
                self.deletes.append(Delete(name, kind, operand, key, call, self._function))
                return True
        return False

    def _called_back(self, kind: str, function: ir.Expr) -> None:
        if isinstance(function, ir.FuncLit):
            self.callbacks.append((kind, function.function))
            return
        target = callee(self.view, ir.Call(function, [], 0, 0))
        if target is not None:
            self.callbacks.append((kind, target.literal if target.literal >= 0 else target.id))

    def _callee(self, call: ir.Call) -> None:
        fun = call.fun
        if isinstance(fun, ir.Sel):
            source = self.source(fun.base)
            if source is None:
                self._visit(fun.base)
            elif releases(fun.name):
                self._use(source, "released", call.pos)
        else:
            source = self.source(fun)
            if source is not None:
                self._use(source, "released", call.pos)
            elif not isinstance(fun, ir.Name | ir.FuncLit | ir.Local):
                self._visit(fun)

    def _pass(self, source: Source, call: ir.Call, id: str, index: int) -> None:
        package, _, name = id.rpartition(".") if id else ("", "", "")
        if package in _READERS and not name.startswith(_WRAPPERS):
            return
        if id and id[0] != "?":
            self._use(source, "passed", call.pos, id, index)
        else:
            self._use(source, "handed", call.pos)

    def _builtin(self, call: ir.Call, builtin: str) -> None:
        first = call.args[0]
        name, kind = self.map(first)
        if not name:
            self._visit(first)
        if builtin == "append":
            for x in call.args[1:]:
                self._give(x)
        elif builtin != "len":
            for x in call.args[1:]:
                self._visit(x)
            if name:
                self.deletes.append(Delete(name, kind, first, call.args[1] if len(call.args) > 1 else None, call, self._function))
