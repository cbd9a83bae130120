"""The elements of composite literals."""

from __future__ import annotations

from collections.abc import Sequence

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
