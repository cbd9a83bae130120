"""Where a function does something at most once for its object: behind a flag that it sets, or behind an atomic flag that one goroutine wins."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from golint_maps.flow.paths import Path, Paths
from golint_maps.flow.slots import won_flag
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import chained, each, substatements
from golint_maps.syntax import ir

Region = tuple[int, int, Path, bool]
"""(start, end, the flag, whether it is atomic)"""


Setters = Mapping[str, Container[str]]
"""The fields that functions set, by their names."""


def once_regions(body: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> list[Region]:
    """Return the parts of a body that a flag lets nobody enter twice."""
    return list(_regions(body, paths, setters)) if each(body, ir.If) and _may_set(body) else []


def _may_set(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a body sets a flag that outlives it at all."""
    return any(x.__class__ is not ir.Local for statement in each(body, ir.Assign) for x in statement.lhs) or any(
        call.fun.__class__ is ir.Sel and call.fun.name.startswith("CompareAndSwap") for call in each(body, ir.Call)
    )


def _regions(body: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> Iterator[Region]:
    for index, statement in enumerate(body):
        if statement.__class__ is ir.If:
            rest = body[index + 1 :]
            if statement.then:
                yield from _of(_flags(statement.cond, paths, False), statement.then, paths, setters)
                if rest and isinstance(statement.then[-1], ir.Return):
                    yield from _of(_flags(statement.cond, paths, True), rest, paths, setters)
            yield from _regions(statement.then, paths, setters)
            yield from _regions(statement.orelse, paths, setters)
        elif inside := list(substatements(statement)):
            yield from _regions(inside, paths, setters)


def _of(flags: Sequence[tuple[Path, bool]], block: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> Iterator[Region]:
    for flag, atomic in flags:
        if (
            atomic
            or any(isinstance(item, ir.Assign) and any(paths.raw(x) == flag for x in item.lhs) for item in block)
            or _sets_by_call(block, flag, paths, setters)
        ):
            yield start_of(block[0]), end_of(block[-1]), flag, atomic


def _sets_by_call(block: Sequence[ir.Stmt], flag: Path, paths: Paths, setters: Setters) -> bool:
    """Tell whether a block hands what the flag is a field of to a function that sets it: `if t.done == nil { finish(t) }`."""
    for call in each(block, ir.Call) if len(flag) > 1 else ():
        if isinstance(call.fun, ir.Sel | ir.Name) and flag[-1] in setters.get(call.fun.name, ()):
            given = (call.fun.base, *call.args) if isinstance(call.fun, ir.Sel) else call.args
            if any(paths.raw(x) == flag[:-1] for x in given):
                return True
    return False


def _flags(condition: ir.Expr, paths: Paths, truth: bool) -> list[tuple[Path, bool]]:
    """Return the flags (path, atomic) that are set when a condition is `truth`, and not set, or just won, where it is not."""
    found: list[tuple[Path | None, bool]] = []
    if condition.__class__ is ir.Binary and condition.op not in ("&&", "||", "==", "!="):
        return []
    for x in chained(condition, "||" if truth else "&&"):
        negated = isinstance(x, ir.Unary) and x.op == "!"
        inner = x.x if isinstance(x, ir.Unary) and negated else x
        won = won_flag(inner)
        if won is not None:
            if negated == truth:
                found.append((paths.raw(won), True))
            continue
        match x:
            case ir.Binary("!=" | "==" as op, operand, ir.Name("nil")) if (op == "!=") == truth and isinstance(operand, ir.Sel | ir.Name):
                found.append((paths.raw(operand), False))
            case _ if negated != truth and isinstance(inner, ir.Sel | ir.Name):
                found.append((paths.raw(inner), False))
    return [(path, atomic) for path, atomic in found if path is not None]
