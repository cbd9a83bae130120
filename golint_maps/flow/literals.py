"""The elements of composite literals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golint_maps.syntax import ir


def field_name(element: ir.Element, variables: Sequence[ir.Variable]) -> str:
    """Return the field that an element of a struct literal gives a value, or an empty string if it names none.

    Only types tell `T{name: name}`, whose key is a field, from a map literal whose key is the variable: a key that has the name of a local
    variable is lowered as that variable.
    """
    key = element.key
    if key.__class__ is ir.Name:
        return key.name
    return variables[key.id].name if key.__class__ is ir.Local else ""


def elided_types(literals: Iterable[ir.Lit]) -> dict[int, ir.TypeExpr]:
    """Return the types of the literals in others that need not say them: `[]T{{1}, {2}}`, `map[K]*T{k: {3}}`."""
    found: dict[int, ir.TypeExpr] = {}
    todo = [(literal, literal.type) for literal in literals if literal.type is not None]
    while todo:
        literal, kind = todo.pop()
        inner = kind.elem if isinstance(kind, ir.TSlice | ir.TArray) else kind.value if isinstance(kind, ir.TMap) else None
        if inner is not None:
            inner = inner.elem if isinstance(inner, ir.TPtr) else inner
            for element in literal.elements:
                if isinstance(element.value, ir.Lit) and element.value.type is None:
                    found[id(element.value)] = inner
                    todo.append((element.value, inner))
    return found
