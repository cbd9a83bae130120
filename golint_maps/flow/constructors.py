"""Which functions make what they return, by their bodies: each call gives another object, which nobody else has got from this function."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.calls import fresh
from golint_maps.flow.traverse import each
from golint_maps.syntax import ir
from golint_maps.types.definitions import FromValue, definitions

_NOBODY: frozenset[int | tuple[str, ...]] = frozenset()

MAKERS = tuple("New new make Make clone Clone copy Copy DeepCopy deepCopy create Create build Build init open Open".split())
"""Names of functions whose results nobody else has, as a rule."""


def makes_anew(function: ir.Function) -> bool:
    """Tell whether all that a function returns as its first result, but for nil, has been made by itself and is stored nowhere else.

    A local variable may also have it from a function that by its name makes things, and be worked on then.
    """
    body = function.body or ()
    returned = [statement.values[0] for statement in each(body, ir.Return) if statement.values]
    made = [value for value in returned if not (isinstance(value, ir.Name) and value.name == "nil")]
    locals_ = {value.id for value in made if isinstance(value, ir.Local)}
    if not made or any(not isinstance(value, ir.Local) and not fresh(value, _NOBODY) for value in made):
        return False
    known = definitions([body], function.variables) if locals_ else {}
    for number in locals_:
        definition = known.get(number)
        if not isinstance(definition, FromValue) or not (fresh(definition.value, _NOBODY) or _is_made(definition)):
            return False
    return locals_.isdisjoint(_stored(body, locals_))


def _is_made(definition: FromValue) -> bool:
    match definition.value:
        case ir.Call(ir.Name(name)):
            return definition.index == 0 and name.startswith(MAKERS)
    return False


def _stored(body: list[ir.Stmt] | tuple[()], wanted: set[int]) -> Iterator[int]:
    """Yield the local variables whose value a body assigns to something, sends, or hands to a call."""
    values: list[ir.Expr] = []
    if wanted:
        values += [value for statement in each(body, ir.Assign) for value in (*statement.rhs, *(statement.lhs if statement.op == "=" else ()))]
        values += [statement.value for statement in each(body, ir.Send)]
        values += [argument for call in each(body, ir.Call) for argument in call.args]
        values += [element.value for literal in each(body, ir.Lit) for element in literal.elements]
    yield from (value.id for value in values if value.__class__ is ir.Local)
