"""From `sarif_om` objects to the dictionaries and lists that JSON is written from."""

from __future__ import annotations

from typing import Any

import attr

_KEPT = {"level", "results", "rules"}
"""Properties that are written even when they say what the schema would assume: a result's level may lower its rule's, and no `results` at all
means a run that failed, not one that found nothing."""

_SCALARS = frozenset((str, int, bool, float))

_plans: dict[type, dict[str, tuple[str, Any]]] = {}


def plain(node: Any) -> Any:
    """Return an object, scalar or dictionary as plain data, under the names of the schema.

    Dictionaries are taken for plain already, so parts may be shared.
    `None`, empty lists and the schema's own defaults are left out, except for `_KEPT`. Each class is looked at once; `jschema_to_python` looks at
    each object, copies whole subtrees on the way and drops `level`, which is why it is not used here.
    """
    kind = type(node)
    if kind in _SCALARS or kind is dict:
        return node
    plan = _plans.get(kind) or _plan(kind)
    out = {}
    for attribute, value in node.__dict__.items():
        # Most attributes of most objects are not set, and most others are scalars: no call for either.
        if value is None:
            continue
        name, default = plan[attribute]
        if type(value) in _SCALARS:
            if value != default or name in _KEPT:
                out[name] = value
        elif type(value) is list:
            if (value and value != default) or name in _KEPT:
                out[name] = [plain(item) for item in value]
        else:
            out[name] = value if type(value) is dict else plain(value)
    return out


def _plan(kind: type) -> dict[str, tuple[str, Any]]:
    """Return, for each attribute of a class, its name in the schema and its default. Raises `TypeError` for what is no `sarif_om` class."""
    if not attr.has(kind):
        raise TypeError(f"{kind.__name__} has no place in a SARIF log")
    plan: dict[str, tuple[str, Any]] = {}
    for field in attr.fields(kind):
        # A default that is a list comes as a factory of it.
        factory = getattr(field.default, "factory", None)
        plan[field.name] = (field.metadata["schema_property_name"], factory() if factory else field.default)
    _plans[kind] = plan
    return plan
