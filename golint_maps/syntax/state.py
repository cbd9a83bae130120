"""What is known while one file is lowered: its bytes, the names in scope, the function that is being read.

A name in scope maps to the number of a local variable, or to the hoisted name of a type that was declared inside of a function. Leaving a
scope plays an undo log back, so a look-up is one dictionary access whatever the nesting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from golint_maps.syntax.ir import Function, TFunc, TypeDecl, TypeExpr, Variable
from golint_maps.syntax.kinds import EXTRAS

MAX_DEPTH: Final = 200
"""Levels of nesting that are lowered. Deeper text becomes `Opaque`, so that nobody who recurses over the IR can overflow a stack."""

ROOT_SCOPE: Final = 0


_DECLARED: Final = re.compile(rb"^\t?(?:func |var |type )?([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*)", re.MULTILINE)


class Lowering:
    """The state of lowering one file. `src` is the text that names are read from; `damaged_text` says that the tree has errors in it."""

    __slots__ = (
        "base",
        "bodies",
        "break_label",
        "captures",
        "damaged_text",
        "depth",
        "function",
        "functions",
        "generated",
        "generic_methods",
        "in_long_chain",
        "label",
        "local_types",
        "names",
        "own",
        "root",
        "scope",
        "scope_of",
        "scopes",
        "src",
        "too_deep",
        "types",
        "undo",
        "variables",
    )

    def __init__(self, src: bytes, *, bodies: bool, damaged_text: bool, generic_methods: dict[int, bytes]) -> None:
        self.src = src
        self.bodies = bodies
        self.damaged_text = damaged_text
        self.generic_methods = generic_methods
        self.generated = False
        self.own: frozenset[bytes] | None = None
        self.functions: list[Function] = []
        self.types: list[TypeDecl] = []
        self.names: dict[bytes, int | str] = {}
        self.undo: list[tuple[bytes, int | str | None]] = []
        self.scope = ROOT_SCOPE
        self.scopes = ROOT_SCOPE
        self.variables: list[Variable] = []
        self.scope_of: list[int] = []
        self.base = 0
        self.captures: set[int] = set()
        self.function = -1
        self.root = -1
        self.depth = 0
        self.label = ""
        self.break_label: str | None = None
        self.in_long_chain = False
        self.local_types = False
        self.too_deep: list[tuple[int, int]] = []

    def enter(self) -> tuple[int, int]:
        """Open a scope. What it returns closes it again: `leave(*enter())`."""
        outer = self.scope
        self.scopes += 1
        self.scope = self.scopes
        return len(self.undo), outer

    def leave(self, mark: int, outer: int) -> None:
        """Close a scope: what was declared since is forgotten, what it hid is seen again."""
        self.scope = outer
        undo = self.undo
        if len(undo) > mark:
            names = self.names
            while len(undo) > mark:
                name, hidden = undo.pop()
                if hidden is None:
                    names.pop(name, None)
                else:
                    names[name] = hidden

    def declare(self, name: bytes, type: TypeExpr | None, kind: str, pos: int) -> int:
        """Declare a variable in the innermost scope and return its number, or -1 for the blank identifier."""
        if name == b"_" or not name:
            return -1
        number = len(self.variables)
        self.variables.append(Variable(name.decode(), type, self.function, kind, pos))
        self.scope_of.append(self.scope)
        self.undo.append((name, self.names.get(name)))
        self.names[name] = number
        return number

    def own_names(self) -> frozenset[bytes]:
        """What the file declares, as its lines tell, and some more. Only for the large tables of generated files."""
        if self.own is None:
            self.own = frozenset(name for names in _DECLARED.findall(self.src) for name in names.split(b", "))
        return self.own

    def declare_type(self, name: bytes, pos: int) -> str:
        """Declare a local type in the innermost scope and return its hoisted name."""
        self.local_types = True
        hoisted = f"{name.decode()}·{pos}"
        self.undo.append((name, self.names.get(name)))
        self.names[name] = hoisted
        return hoisted


def begin_function(pos: int, end: int, name: str, name_pos: int, parent: int, root: int) -> Function:
    """An empty function, to be filled by whoever lowers it."""
    return Function(name, -1, None, [], TFunc([], []), [], [], None, [], parent, root, [], pos, end, name_pos)


def significant(node: Node) -> list[Node]:
    """The named children without comments and errors."""
    return [child for child in node.named_children if child.kind_id not in EXTRAS]


def only(node: Node) -> Node | None:
    """The one named child of a node that has at most one, comments aside."""
    if node.child_count == 1:
        child = node.child(0)
        return None if child.kind_id in EXTRAS else child
    for child in node.named_children:
        if child.kind_id not in EXTRAS:
            return child
    return None


def named(node: Node) -> Sequence[Node]:
    """The named children. Asking for one or two by number is cheaper than having all of them listed, tokens and commas included."""
    count = node.named_child_count
    if count == 1:
        return (node.named_child(0),)
    if count == 2:
        return (node.named_child(0), node.named_child(1))
    return node.named_children if count else ()
