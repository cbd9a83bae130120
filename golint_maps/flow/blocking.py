"""Statements that may wait for others for as long as these like: channels, sleeps, joins, network and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads

from golint_maps.flow.callees import callee
from golint_maps.flow.effects import effects_of
from golint_maps.flow.locks import has_room_for_one
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.scope import Declared

_MAX_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Blocking:
    """A statement that waits. `how` is send, receive, select, sleep, wait, network or file, `what` is what it waits for, as written.

    `inside` names the function of this package that waits, where the statement only calls it.
    """

    statement: ir.Stmt
    how: str
    what: str
    start: int
    end: int
    inside: str = ""


@cache
def _table() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return what each known function does, by its name, and by the beginnings of names."""
    exact: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for how, names in loads(files("golint_maps.flow").joinpath("blocking.toml").read_text(encoding="utf-8")).items():
        for name in names:
            if name.endswith("*"):
                beginnings.append((name[:-1], how))
            else:
                exact[name] = how
    return exact, beginnings


def blocking(view: View, body: Sequence[ir.Stmt], depth: int = _MAX_DEPTH) -> Iterator[Blocking]:
    """Yield the statements of a body that wait, in source order. What goroutines and deferred calls do does not count, nor do function literals."""
    tried: set[int] = set()
    for statement in statements(body):
        match statement:
            case ir.Select(cases):
                # Its cases are not waited for one by one.
                tried.update(id(case.comm) for case in cases if case.comm is not None)
                if cases and all(case.comm is not None for case in cases):
                    yield Blocking(statement, "select", "select", statement.pos, statement.pos + len("select"))
            case ir.Send(channel, _) if id(statement) not in tried and not _has_room(view, channel):
                yield Blocking(statement, "send", spell(channel, view.variables), statement.pos, statement.end)
            case ir.Range(_, _, _, over) if isinstance(view.package.resolver.underlying(view.typing.of(over)), model.Chan):
                yield Blocking(statement, "receive", spell(over, view.variables), statement.pos, statement.end)
            case ir.Go() | ir.Defer():
                pass
            case _ if id(statement) not in tried:
                for operand in operands(statement):
                    found = _in_expression(view, statement, operand, depth)
                    if found is not None:
                        yield found
                        break


def _in_expression(view: View, statement: ir.Stmt, x: ir.Expr, depth: int) -> Blocking | None:
    for part in subexpressions(x):
        if isinstance(part, ir.Recv):
            return Blocking(statement, "receive", spell(part.x, view.variables), part.pos, part.end)
        if isinstance(part, ir.Call):
            how = known(view, part) or _through(view, part)
            if how:
                return Blocking(statement, how, spell(part.fun, view.variables), part.pos, part.end)
            if isinstance(part.fun, ir.FuncLit):
                # Called where it stands.
                found = next(blocking(view, view.facts.functions[part.fun.function].body or (), depth), None)
                if found is not None:
                    return Blocking(statement, found.how, found.what, found.start, found.end)
            inside = _helper(view, part, depth) if depth else None
            if inside is not None:
                return Blocking(statement, inside.how, inside.what, part.pos, part.end, spell(part.fun, view.variables))
    return None


def known(view: View, call: ir.Call) -> str:
    """Return how a call of a function in the table waits, or an empty string."""
    exact, beginnings = _table()
    name = _qualified(view, call.fun)
    if not name:
        return ""
    return exact.get(name) or next((how for beginning, how in beginnings if name.startswith(beginning)), "")


def _through(view: View, call: ir.Call) -> str:
    """Return how a function waits that reads from or writes to what it is given: `fmt.Fprintf(conn, …)`, `io.Copy(file, …)`."""
    name = _qualified(view, call.fun)
    if not name.startswith(("fmt.Fprint", "io.Copy", "io.Read", "io.Write", "encoding/binary.Read", "encoding/binary.Write")):
        return ""
    for x in call.args:
        kind = view.typing.of(x)
        named = kind.elem if isinstance(kind, model.Pointer) else kind
        if isinstance(named, model.Named) and named.package == "net" and named.name.endswith("Conn"):
            return "network"
        if named == model.Named("os", "File") and not (isinstance(x, ir.Sel) and x.name.startswith("Std")):
            return "file"
        if isinstance(x, ir.Sel) and x.name == "Body" and view.typing.of(x.base) == model.Pointer(model.Named("net/http", "Response")):
            return "network"
    return ""


def _qualified(view: View, fun: ir.Expr) -> str:
    if not isinstance(fun, ir.Sel):
        return ""
    imported = view.typing.package_of(fun.base)
    if imported is not None:
        return f"{imported}.{fun.name}"
    kind = view.typing.of(fun.base)
    method = view.package.resolver.method(kind, fun.name)
    receiver = method.receiver if method is not None else kind.elem if isinstance(kind, model.Pointer) else kind
    return f"{receiver.package}.{receiver.name}.{fun.name}" if isinstance(receiver, model.Named) else ""


def _helper(view: View, call: ir.Call, depth: int) -> Blocking | None:
    """Return what a function of this package surely comes to wait for when it is called: files apart, whose waits end by themselves."""
    target = callee(view, call)
    if target is None or target.declared is None or target.declared.node.body is None:
        return None
    memo: dict[str, Blocking | None] = view.package.memo.setdefault(__name__, {})
    if target.id not in memo:
        memo[target.id] = None  # recursion
        memo[target.id] = _first(view.package, target.declared, depth - 1)
    return memo[target.id]


def _first(package: PackageView, declared: Declared[ir.Function], depth: int) -> Blocking | None:
    inside = effects_of(package).view_of(declared)
    return next((found for found in blocking(inside, declared.node.body or (), depth) if found.how != "file"), None)


def _has_room(view: View, channel: ir.Expr) -> bool:
    """Tell whether a channel was made with room: here for every entry of a map or slice, or for the one answer that it is made for."""
    if has_room_for_one(channel, view):
        return True
    definition = view.typing.definitions.get(channel.id) if isinstance(channel, ir.Local) else None
    match definition:
        case FromValue(ir.Call(ir.Name("make"), [_, size])):
            return any(isinstance(part, ir.Call) and part.fun == ir.Name("len", getattr(part.fun, "pos", 0)) for part in subexpressions(size))
    return False
