"""Branches, loops and labels, with the scopes that they open. Very long `if … else if …` chains become a switch, which is not nested."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.expression_table import EXPRESSIONS, lower
from golint_maps.syntax.ir import (
    Assign,
    Block,
    Branch,
    Case,
    CommCase,
    Expr,
    For,
    If,
    Label,
    Local,
    Name,
    Range,
    Select,
    Stmt,
    Switch,
    TName,
    TypeCase,
    TypeSwitch,
)
from golint_maps.syntax.kinds import EXTRAS, F_ALTERNATIVE, F_CONDITION, F_CONSEQUENCE, F_INITIALIZER, IF_STATEMENT
from golint_maps.syntax.local_declarations import defined
from golint_maps.syntax.state import MAX_DEPTH, Lowering, significant
from golint_maps.syntax.statement_table import STATEMENTS, StmtHandler, body_of, expressions_of, simple_statement, statements_of
from golint_maps.syntax.type_nodes import lower_type

LONG_CHAIN: Final = 32
"""Branches of `if … else if …` beyond which the chain is lowered as a switch without subject."""


def labeled_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`label: …`; the label of a loop, switch or block goes with it."""
    while True:
        label = node.child_by_field_id(k.F_LABEL)
        name = c.src[label.start_byte : label.end_byte].decode() if label is not None else ""
        inner = [child for child in significant(node) if label is None or child.start_byte != label.start_byte]
        if inner and inner[0].kind_id == k.LABELED_STATEMENT:
            out.append(Label(name, node.start_byte))
            node = inner[0]
            continue
        if inner and inner[0].kind_id in _LABEL_CARRIERS:
            c.label = name
        else:
            out.append(Label(name, node.start_byte))
        if inner:
            STATEMENTS[inner[0].kind_id](c, inner[0], out)
        return


def branch(kind: str) -> StmtHandler:
    """A handler of `break`, `continue`, `goto` or `fallthrough`."""

    def branch(c: Lowering, node: Node, out: list[Stmt]) -> None:
        labels = significant(node) if node.child_count > 1 else []
        label = c.src[labels[0].start_byte : labels[0].end_byte].decode() if labels else ""
        if c.in_long_chain and kind == "break" and not label:
            # The if chain around it became a switch, which a plain break would end.
            label = c.break_label = c.break_label or f"break·{node.start_byte}"
        out.append(Branch(kind, label, node.start_byte))

    return branch


def block(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`{ … }`"""
    label, c.label = c.label, ""
    out.append(Block(body_of(c, node), label))


def if_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`if … else if … else …`, in a loop over its links."""
    tail = node.child_by_field_id(F_ALTERNATIVE) if node.child_count > 3 else None
    chain = [node]
    while tail is not None and tail.kind_id == IF_STATEMENT:
        chain.append(tail)
        tail = tail.child_by_field_id(F_ALTERNATIVE)
    if len(chain) > LONG_CHAIN and all(link.child_by_field_id(F_INITIALIZER) is None for link in chain):
        out.append(_chain_as_switch(c, chain, tail))
        return
    outer = c.scope
    mark = len(c.undo)
    depth = c.depth
    links: list[tuple[Stmt | None, Expr, list[Stmt], Node]] = []
    for link in chain:
        if c.depth >= MAX_DEPTH:
            c.too_deep.append((link.start_byte, link.end_byte))
            tail = None
            break
        # Each link is a scope inside of that of the link before it.
        c.scopes = c.scope = c.scopes + 1
        if link.child_count == 3:
            _, cond_node, then_node = link.children
            links.append((None, EXPRESSIONS[cond_node.kind_id](c, cond_node), body_of(c, then_node), link))
        else:
            init = simple_statement(c, link.child_by_field_id(F_INITIALIZER))
            cond = lower(c, link.child_by_field_id(F_CONDITION))
            links.append((init, cond, body_of(c, link.child_by_field_id(F_CONSEQUENCE)), link))
        c.depth += 2
    orelse = body_of(c, tail) if tail is not None and tail.kind_id == k.BLOCK else []
    c.depth = depth
    c.leave(mark, outer)
    for init, cond, then, link in reversed(links):
        orelse = [If(init, cond, then, orelse, link.start_byte, link.end_byte)]
    out.extend(orelse)


def _chain_as_switch(c: Lowering, chain: list[Node], tail: Node | None) -> Stmt:
    """A long if chain as a switch without subject, which means the same and is not nested."""
    in_long_chain, c.in_long_chain = c.in_long_chain, True
    cases: list[Case] = []
    for link in chain:
        cond = lower(c, link.child_by_field_id(k.F_CONDITION))
        cases.append(Case([cond], body_of(c, link.child_by_field_id(k.F_CONSEQUENCE)), False, link.start_byte))
    if tail is not None:
        cases.append(Case([], body_of(c, tail), True, tail.start_byte))
    c.in_long_chain = in_long_chain
    return Switch(None, None, cases, "", chain[0].start_byte, chain[0].end_byte)


def for_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`for …`, with or without a `range`."""
    outer_break = _begin_breakable(c)
    mark, outer = c.enter()
    body_node = node.child_by_field_id(k.F_BODY)
    pos, end = node.start_byte, node.end_byte
    header: Node | None = None
    for child in node.named_children:
        if child.kind_id not in EXTRAS:
            header = child if body_node is None or child.start_byte != body_node.start_byte else None
            break
    if header is not None and header.kind_id == k.RANGE_CLAUSE:
        left = header.child_by_field_id(k.F_LEFT)
        right = header.child_by_field_id(k.F_RIGHT)
        over = lower(c, right)
        define = left is not None and right is not None and b":=" in c.src[left.end_byte : right.start_byte]
        targets = defined(c, left, "range") if define else expressions_of(c, left)
        key, value = [None if _is_blank(target) else target for target in (*targets, None, None)[:2]]
        body = body_of(c, body_node)
        out.append(Range(key, value, define, over, body, _end_breakable(c, outer_break), pos, end))
    else:
        first = len(c.variables)
        init = cond = post = None
        if header is not None and header.kind_id == k.FOR_CLAUSE:
            init = simple_statement(c, header.child_by_field_id(k.F_INITIALIZER))
            variables = [x.id for x in init.lhs if isinstance(x, Local) and x.id >= first] if isinstance(init, Assign) and init.op == ":=" else []
            cond_node = header.child_by_field_id(k.F_CONDITION)
            cond = lower(c, cond_node) if cond_node is not None else None
            post = simple_statement(c, header.child_by_field_id(k.F_UPDATE))
        else:
            variables = []
            cond = lower(c, header) if header is not None else None
        body = body_of(c, body_node)
        out.append(For(init, cond, post, body, _end_breakable(c, outer_break), variables, pos, end))
    c.leave(mark, outer)


def _is_blank(x: Expr | None) -> bool:
    return isinstance(x, Name) and x.name == "_"


def _begin_breakable(c: Lowering) -> tuple[str | None, bool]:
    """Enter a statement that `break` ends, with the label that stands before it."""
    saved = c.break_label, c.in_long_chain
    c.break_label, c.in_long_chain, c.label = c.label, False, ""
    return saved


def _end_breakable(c: Lowering, saved: tuple[str | None, bool]) -> str:
    label = c.break_label
    c.break_label, c.in_long_chain = saved
    return label or ""


def switch_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`switch x { case … }`"""
    outer_break = _begin_breakable(c)
    mark, outer = c.enter()
    init = simple_statement(c, node.child_by_field_id(k.F_INITIALIZER))
    subject_node = node.child_by_field_id(k.F_VALUE)
    subject = lower(c, subject_node) if subject_node is not None else None
    cases: list[Case] = []
    for clause in node.named_children:
        kind = clause.kind_id
        if kind in _SWITCH_CLAUSES:
            values = expressions_of(c, clause.child_by_field_id(k.F_VALUE))
            inner = c.enter()
            cases.append(Case(values, statements_of(c, clause), kind == k.DEFAULT_CASE, clause.start_byte))
            c.leave(*inner)
    c.leave(mark, outer)
    out.append(Switch(init, subject, cases, _end_breakable(c, outer_break), node.start_byte, node.end_byte))


def type_switch_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`switch x := y.(type) { case … }`"""
    outer_break = _begin_breakable(c)
    mark, outer = c.enter()
    init = simple_statement(c, node.child_by_field_id(k.F_INITIALIZER))
    subject = lower(c, node.child_by_field_id(k.F_VALUE))
    alias = node.child_by_field_id(k.F_ALIAS)
    alias_names = significant(alias) if alias is not None else []
    cases: list[TypeCase] = []
    for clause in node.named_children:
        kind = clause.kind_id
        if kind in _TYPE_SWITCH_CLAUSES:
            types = [lower_type(c, t) for t in clause.children_by_field_id(k.F_TYPE) if t.is_named and t.kind_id != k.COMMENT]
            inner = c.enter()
            variable = -1
            if alias_names:
                name = alias_names[0]
                only = types[0] if len(types) == 1 and not (isinstance(types[0], TName) and types[0].name == "nil") else None
                variable = c.declare(c.src[name.start_byte : name.end_byte], only, "case", name.start_byte)
            cases.append(TypeCase(types, statements_of(c, clause), kind == k.DEFAULT_CASE, variable, clause.start_byte))
            c.leave(*inner)
    c.leave(mark, outer)
    out.append(TypeSwitch(init, subject, cases, _end_breakable(c, outer_break), node.start_byte, node.end_byte))


def select_statement(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """`select { case … }`"""
    outer_break = _begin_breakable(c)
    cases: list[CommCase] = []
    for clause in node.named_children:
        if clause.kind_id in _SELECT_CLAUSES:
            inner = c.enter()
            comm = simple_statement(c, clause.child_by_field_id(k.F_COMMUNICATION))
            cases.append(CommCase(comm, statements_of(c, clause), clause.start_byte))
            c.leave(*inner)
    out.append(Select(cases, _end_breakable(c, outer_break), node.start_byte, node.end_byte))


_LABEL_CARRIERS: Final = frozenset({k.FOR_STATEMENT, k.EXPRESSION_SWITCH_STATEMENT, k.TYPE_SWITCH_STATEMENT, k.SELECT_STATEMENT, k.BLOCK})
_SWITCH_CLAUSES: Final = frozenset({k.EXPRESSION_CASE, k.DEFAULT_CASE})
_TYPE_SWITCH_CLAUSES: Final = frozenset({k.TYPE_CASE, k.DEFAULT_CASE})
_SELECT_CLAUSES: Final = frozenset({k.COMMUNICATION_CASE, k.DEFAULT_CASE})
