"""The parts of `var`, `const` and `type` declarations, in a file and in a function."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k


def _specs(node: Node, kinds: frozenset[int]) -> list[Node]:
    """The specs of a declaration, with or without parentheses."""
    specs: list[Node] = []
    for child in node.named_children:
        if child.kind_id in kinds:
            specs.append(child)
        elif child.kind_id == k.VAR_SPEC_LIST:
            specs.extend(spec for spec in child.named_children if spec.kind_id in kinds)
    return specs


def var_specs(node: Node) -> list[Node]:
    """The specs of a `var` declaration."""
    return _specs(node, _VAR_SPECS)


def const_specs(node: Node) -> list[Node]:
    """The specs of a `const` declaration."""
    return _specs(node, _CONST_SPECS)


def type_specs(node: Node) -> list[Node]:
    """The specs of a `type` declaration, aliases included."""
    return _specs(node, _TYPE_SPECS)


def names_of(node: Node) -> list[Node]:
    """The identifiers that a var or const spec declares."""
    return [name for name in node.children_by_field_id(k.F_NAME) if name.is_named and name.kind_id != k.COMMENT]


_VAR_SPECS: Final = frozenset({k.VAR_SPEC})
_CONST_SPECS: Final = frozenset({k.CONST_SPEC})
_TYPE_SPECS: Final = frozenset({k.TYPE_SPEC, k.TYPE_ALIAS})
