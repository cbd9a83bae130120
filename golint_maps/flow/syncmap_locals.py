"""Which goroutines have a local `sync.Map`: the one of its function alone, or one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.callees import callee
from golint_maps.flow.structure import start_of
from golint_maps.flow.syncmap_calls import METHODS
from golint_maps.flow.traverse import blocks, each, expressions, operands, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir


def lent(view: View) -> Iterator[ir.Local]:
    """Yield the locals that calls hand, themselves or by address, to functions of the package that only call methods of `sync.Map` on them."""
    for function in view.functions:
        started = {id(statement.call) for statement in each(function.body or (), ir.Go)}
        for call in each(function.body or (), ir.Call):
            given = [(index, arg.x if isinstance(arg, ir.Addr) else arg) for index, arg in enumerate(call.args)]
            held = [(index, x) for index, x in given if isinstance(x, ir.Local)]
            target = callee(view, call) if held and id(call) not in started else None
            if target is None or target.declared is None:
                continue
            file, node = view.package.scope.files[target.declared.file], target.declared.node
            for index, x in held:
                if index < len(node.params) and _only_calls(file, node, node.params[index]):
                    yield x


def _only_calls(file: ir.FileFacts, function: ir.Function, number: int) -> bool:
    """Tell whether all that a function does with a parameter is to call methods of `sync.Map` on it, itself or in a literal handed to its Range."""
    if number < 0 or function.body is None:
        return False
    inside = [other for other in file.functions if other.root == function.root]
    calls = [call for other in inside for call in each(other.body or (), ir.Call) if isinstance(call.fun, ir.Sel) and _is(call.fun.base, number)]
    bases = {id(call.fun.base) for call in calls if isinstance(call.fun, ir.Sel) and call.fun.name in METHODS}
    ranged = {id(arg) for call in calls for arg in call.args}
    literals = {literal.function for other in inside for literal in each(other.body or (), ir.FuncLit) if id(literal) not in ranged}
    if any(number in file.functions[literal].captures for literal in literals):
        return False
    return all(id(x) in bases for other in inside for x in expressions(other.body or ()) if _is(x, number))


def in_turn(view: View, number: int, literal: int) -> bool:
    """Tell whether a literal is a goroutine that the function waits for before it goes on to use a local that the literal has, too.

    `go func() { defer close(done); … }()` and `<-done` in one block, or the same with a `sync.WaitGroup` or another group that starts it.
    """
    for function in view.functions:
        for block in blocks(function.body or ()):
            for index, statement in enumerate(block):
                group = _started(statement, literal)
                if group is not None:
                    joined = next((other for other in block[index + 1 :] if _joins(view, other, literal, group)), None)
                    return joined is not None and not any(start_of(statement) < x < start_of(joined) for x in _uses(function, number))
    return False


def _started(statement: ir.Stmt, literal: int) -> int | None:
    """Return the group that starts a literal on a goroutine, -1 for a `go` statement; None where nothing starts it."""
    match statement:
        case ir.Go(ir.Call(ir.FuncLit(number))) if number == literal:
            return -1
        case ir.Do(ir.Call(ir.Sel(ir.Local(group), "Go"), [ir.FuncLit(number)])) if number == literal:
            return group
    return None


def _uses(function: ir.Function, number: int) -> Iterator[int]:
    return (x.pos for x in expressions(function.body or ()) if _is(x, number))


def _joins(view: View, statement: ir.Stmt, literal: int, started: int) -> bool:
    """Tell whether a statement waits for the end of a literal: for a channel that it closes or sends to as the last it does, or a group."""
    ends = list(_last(view.facts.functions[literal].body or ()))
    for x in (part for operand in operands(statement) for part in subexpressions(operand)):
        match x:
            case ir.Recv(ir.Local(channel)):
                if any(_signals(end, channel) for end in ends):
                    return True
            case ir.Call(ir.Sel(ir.Local(group), "Wait"), []):
                if group == started or any(_is_done(end, group) for end in ends):
                    return True
    return False


def _is_done(end: ir.Expr | ir.Stmt, group: int) -> bool:
    match end:
        case ir.Call(ir.Sel(x, "Done")):
            return _is(x, group)
    return False


def _last(body: Sequence[ir.Stmt]) -> Iterator[ir.Expr | ir.Stmt]:
    """Yield what a body does last: its deferred calls, and its last statement."""
    for statement in each(body, ir.Defer):
        yield statement.call
    if body:
        yield body[-1].x if isinstance(body[-1], ir.Do) else body[-1]


def _signals(end: ir.Expr | ir.Stmt, channel: int) -> bool:
    match end:
        case ir.Call(ir.Name("close"), [x]) | ir.Send(x):
            return _is(x, channel)
    return False


def _is(x: ir.Expr, number: int) -> bool:
    return isinstance(x, ir.Local) and x.id == number
