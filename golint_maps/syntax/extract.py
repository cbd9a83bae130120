"""One file, from bytes to facts: parse, lower, drop the tree."""

from __future__ import annotations

import gc
import re
from typing import Final

from tree_sitter import Node, Parser, Tree

from golint_maps.syntax import kinds as k
from golint_maps.syntax.comments import build_constraint, cgo_preamble, directive_comments, doc_of, is_generated
from golint_maps.syntax.damage import damaged_stretches, parse_errors
from golint_maps.syntax.declarations import declarations, declare, import_specs
from golint_maps.syntax.ir import FileFacts, ParseError
from golint_maps.syntax.nesting import is_absurdly_nested
from golint_maps.syntax.repair import hide_method_type_params, mend_within, rename_builtins
from golint_maps.syntax.state import Lowering
from golint_maps.syntax.tables import are_literals, hide_tables

_SWITCHES: Final = (b"GODEBUG", b"GOEXPERIMENT", b"-maprace")
"""What strings about switches of the go command and the runtime are made of."""


def extract(data: bytes, *, bodies: bool = True) -> FileFacts:
    """Lower the text of one Go file. Never raises, whatever the bytes.

    With `bodies=False` only declarations are lowered: every `Function.body` is None.
    """
    src = data if data.isascii() and b"\x00" not in data else _readable(data)
    facts = FileFacts("", "", [], [], [], [], [], [], "", False, "", [], _count_lines(src), len(src), any(map(src.__contains__, _SWITCHES)))
    if is_absurdly_nested(src):
        facts.errors.append(ParseError(0, len(src), 1))
        return facts
    # Nothing here makes cycles; a collection in between would only cost time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _lower(src, facts, bodies)
    finally:
        if collecting:
            gc.enable()
    return facts


def _readable(data: bytes) -> bytes:
    """The same number of bytes, with those that are not UTF-8, and NUL, replaced by question marks."""
    if b"\x00" in data:
        data = data.replace(b"\x00", b"?")
    try:
        data.decode()
    except UnicodeDecodeError:
        # `surrogateescape` turns each wrong byte into one character of its own.
        text = data.decode(errors="surrogateescape")
        data = re.sub("[\udc80-\udcff]", "?", text).encode()
    return data


def _count_lines(src: bytes) -> int:
    return src.count(b"\n") + (1 if src and not src.endswith(b"\n") else 0)


def _parse(src: bytes) -> tuple[Tree, dict[int, bytes]]:
    """The tree, repaired if that helps, and the type parameters that were hidden from it."""
    parser = Parser(k.LANGUAGE)
    text, tables = hide_tables(src)
    tree = parser.parse(text)
    if are_literals(tree.root_node, tables):
        src = text
    else:
        tree = parser.parse(src)
    if not tree.root_node.has_error:
        return tree, {}
    best, hidden = tree, dict[int, bytes]()
    repaired, type_params = hide_method_type_params(rename_builtins(src))
    for _ in range(2):
        candidate = tree if repaired == src else parser.parse(repaired)
        if not candidate.root_node.has_error:
            return candidate, type_params
        if _damage(candidate.root_node) < _damage(best.root_node):
            best, hidden = candidate, type_params
        # What is still damaged may be `new` with an argument that begins like a type, or as a label.
        again = mend_within(repaired, [_whole_lines(src, *stretch) for stretch in damaged_stretches(candidate.root_node)])
        if again == repaired:
            break
        repaired = again
    return best, hidden


def _damage(root: Node) -> int:
    return sum(end - start + 1 for start, end in damaged_stretches(root))


def _whole_lines(src: bytes, pos: int, end: int) -> tuple[int, int]:
    stop = src.find(b"\n", end)
    return src.rfind(b"\n", 0, pos) + 1, stop if stop >= 0 else len(src)


def _lower(src: bytes, facts: FileFacts, bodies: bool) -> None:
    tree, hidden = _parse(src)
    damaged = tree.root_node.has_error
    c = Lowering(src, bodies=bodies, damaged_text=damaged, generic_methods=hidden)
    # A node keeps all that was asked of it alive. No node of the root is held here, so that what one declaration took is there for the next.
    found = declarations(tree.root_node)
    clause = next((node for node in tree.root_node.named_children if node.kind_id == k.PACKAGE_CLAUSE), None)
    package_pos = clause.start_byte if clause is not None else 0
    if clause is not None:
        name = next((n for n in clause.named_children if n.kind_id == k.PACKAGE_IDENTIFIER), None)
        facts.package = src[name.start_byte : name.end_byte].decode() if name is not None else ""
        facts.package_doc = doc_of(src, package_pos)
        facts.build = build_constraint(src[:package_pos])
    facts.generated = c.generated = is_generated(src[: found[0].start_byte if found else len(src)])
    found.reverse()
    while found:
        node = found.pop()
        declare(c, node, facts)
        if node.kind_id == k.IMPORT_DECLARATION and not facts.cgo_preamble and b'"C"' in src[node.start_byte : node.end_byte]:
            facts.cgo_preamble = _cgo(src, node)
    facts.types = c.types
    facts.functions = c.functions
    facts.comments = directive_comments(src, tree)
    stretches = damaged_stretches(tree.root_node) if damaged else []
    facts.errors = parse_errors(src, stretches + c.too_deep)


def _cgo(src: bytes, node: Node) -> str:
    for spec in import_specs(node):
        if src[spec.start_byte : spec.end_byte].endswith(b'"C"'):
            single = b"(" not in src[node.start_byte : spec.start_byte]
            return cgo_preamble(src, node.start_byte if single else spec.start_byte)
    return ""
