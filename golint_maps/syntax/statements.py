"""From statement nodes to `Stmt`, with Go's scopes: what a statement declares is seen by what follows in its block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from golint_maps.syntax import kinds as k
from golint_maps.syntax.expressions import EXPRESSIONS, lower, opaque
from golint_maps.syntax.ir import (
    Assign,
    Block,
    Branch,
    Case,
    CommCase,
    Declare,
    Defer,
    Do,
    Expr,
    For,
    Go,
    If,
    Label,
    Local,
    Name,
    Range,
    Return,
    Select,
    Send,
    Stmt,
    Switch,
    TName,
    TypeCase,
    TypeDecl,
    TypeExpr,
    TypeSwitch,
)
from golint_maps.syntax.kinds import (
    ERROR,
    EXPRESSION_LIST,
    EXTRAS,
    F_ALTERNATIVE,
    F_CONDITION,
    F_CONSEQUENCE,
    F_INITIALIZER,
    IDENTIFIER,
    IF_STATEMENT,
    STATEMENT_LIST,
)
from golint_maps.syntax.state import MAX_DEPTH, Lowering, named, only, significant
from golint_maps.syntax.type_nodes import lower_type, type_params

StmtHandler = Callable[[Lowering, Node, list[Stmt]], None]

LONG_CHAIN: Final = 32
"""Branches of `if … else if …` beyond which the chain is lowered as a switch without subject."""


def body_of(c: Lowering, block: Node | None) -> list[Stmt]:
    """The statements of a block, in a scope of its own."""
    if block is None or not block.named_child_count:
        return []
    outer = c.scope
    mark = len(c.undo)
    c.scopes = c.scope = c.scopes + 1
    out = statements_of(c, block)
    if len(c.undo) > mark:
        c.leave(mark, outer)
    else:
        c.scope = outer
    return out


def statements_of(c: Lowering, node: Node) -> list[Stmt]:
    """The statements of a block or clause, in the scope that is open."""
    out: list[Stmt] = []
    if c.depth >= MAX_DEPTH:
        c.too_deep.append((node.start_byte, node.end_byte))
        return out
    c.depth += 2
    handlers = STATEMENTS
    for child in named(node):
        kind = child.kind_id
        if kind == STATEMENT_LIST:
            for statement in named(child):
                handlers[statement.kind_id](c, statement, out)
        elif kind == ERROR:
            handlers[kind](c, child, out)
    c.depth -= 2
    return out


def _simple(c: Lowering, node: Node | None) -> Stmt | None:
    """The statement of an `init` or `post` clause."""
    if node is None:
        return None
    out: list[Stmt] = []
    STATEMENTS[node.kind_id](c, node, out)
    return out[0] if out else None


def expressions_of(c: Lowering, node: Node | None) -> list[Expr]:
    """The expressions of a list, or of the one expression that `node` is."""
    if node is None:
        return []
    handlers = EXPRESSIONS
    if node.kind_id != EXPRESSION_LIST:
        return [handlers[node.kind_id](c, node)]
    return [handlers[child.kind_id](c, child) for child in named(node) if child.kind_id not in EXTRAS]


def _ignore(c: Lowering, node: Node, out: list[Stmt]) -> None:
    """Comments and empty statements say nothing."""


def _unread(c: Lowering, node: Node, out: list[Stmt]) -> None:
    out.append(Do(opaque(c, node)))


def _expression(c: Lowering, node: Node, out: list[Stmt]) -> None:
    inner = only(node)
    if inner is not None:
        out.append(Do(EXPRESSIONS[inner.kind_id](c, inner)))


def _send(c: Lowering, node: Node, out: list[Stmt]) -> None:
    channel = lower(c, node.child_by_field_id(k.F_CHANNEL))
    out.append(Send(channel, lower(c, node.child_by_field_id(k.F_VALUE)), node.start_byte, node.end_byte))


def _increment(c: Lowering, node: Node, out: list[Stmt]) -> None:
    op = "+=" if node.kind_id == k.INC_STATEMENT else "-="
    out.append(Assign(op, [lower(c, only(node))], [], node.start_byte, node.end_byte))


def _assignment(c: Lowering, node: Node, out: list[Stmt]) -> None:
    parts = node.children if node.child_count == 3 else [child for child in node.children if child.kind_id not in EXTRAS]
    if len(parts) != 3:
        _unread(c, node, out)
        return
    left, operator, right = parts
    lhs = expressions_of(c, left)
    out.append(Assign(_ASSIGNMENTS.get(operator.kind_id, "="), lhs, expressions_of(c, right), node.start_byte, node.end_byte))


def _short_declaration(c: Lowering, node: Node, out: list[Stmt]) -> None:
    parts = node.children if node.child_count == 3 else [child for child in node.children if child.kind_id not in EXTRAS]
    if len(parts) != 3:
        _unread(c, node, out)
        return
    left, _, right = parts
    rhs = expressions_of(c, right)
    out.append(Assign(":=", _defined(c, left, "define"), rhs, node.start_byte, node.end_byte))


def _defined(c: Lowering, node: Node | None, kind: str) -> list[Expr]:
    """The left side of `:=`: names of the same scope are assigned, all others are new."""
    lhs: list[Expr] = []
    if node is None:
        return lhs
    pos = node.start_byte
    text = c.src[pos : node.end_byte]
    if text.replace(b", ", b"").translate(None, _UNDERSCORE).isalnum() and not c.damaged_text:
        # Plain names (the common case) are read from the text.
        for name in text.split(b", "):
            lhs.append(_defined_name(c, name, kind, pos))
            pos += len(name) + 2
        return lhs
    for child in named(node):
        child_kind = child.kind_id
        if child_kind == IDENTIFIER:
            pos = child.start_byte
            lhs.append(_defined_name(c, c.src[pos : child.end_byte], kind, pos))
        elif child_kind not in EXTRAS:
            lhs.append(lower(c, child))
    return lhs


def _defined_name(c: Lowering, name: bytes, kind: str, pos: int) -> Expr:
    known = c.names.get(name)
    if isinstance(known, int) and c.scope_of[known] == c.scope:
        return Local(known, pos)
    number = c.declare(name, None, kind, pos)
    return Local(number, pos) if number >= 0 else Name(name.decode(), pos)


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


def _var(c: Lowering, node: Node, out: list[Stmt]) -> None:
    for spec in var_specs(node):
        type_node = spec.child_by_field_id(k.F_TYPE)
        type = lower_type(c, type_node) if type_node is not None else None
        values = expressions_of(c, spec.child_by_field_id(k.F_VALUE))
        src = c.src
        numbers = [c.declare(src[name.start_byte : name.end_byte], type, "var", name.start_byte) for name in names_of(spec)]
        out.append(Declare(numbers, values, spec.start_byte, spec.end_byte))


def _const(c: Lowering, node: Node, out: list[Stmt]) -> None:
    type: TypeExpr | None = None
    for spec in const_specs(node):
        type_node = spec.child_by_field_id(k.F_TYPE)
        if type_node is not None:
            type = lower_type(c, type_node)
        elif spec.child_by_field_id(k.F_VALUE) is not None:
            type = None
        for name in names_of(spec):
            c.declare(c.src[name.start_byte : name.end_byte], type, "const", name.start_byte)


def _type(c: Lowering, node: Node, out: list[Stmt]) -> None:
    for spec in type_specs(node):
        name = spec.child_by_field_id(k.F_NAME)
        if name is None or name.start_byte == name.end_byte:
            continue
        hoisted = c.declare_type(c.src[name.start_byte : name.end_byte], name.start_byte)
        params = type_params(c, spec.child_by_field_id(k.F_TYPE_PARAMETERS))
        type = lower_type(c, spec.child_by_field_id(k.F_TYPE))
        c.types.append(TypeDecl(hoisted, params, type, spec.kind_id == k.TYPE_ALIAS, name.start_byte, spec.end_byte))


def _labeled(c: Lowering, node: Node, out: list[Stmt]) -> None:
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


def _branch(kind: str) -> StmtHandler:
    def branch(c: Lowering, node: Node, out: list[Stmt]) -> None:
        labels = significant(node) if node.child_count > 1 else []
        label = c.src[labels[0].start_byte : labels[0].end_byte].decode() if labels else ""
        if c.in_long_chain and kind == "break" and not label:
            # The if chain around it became a switch, which a plain break would end.
            label = c.break_label = c.break_label or f"break·{node.start_byte}"
        out.append(Branch(kind, label, node.start_byte))

    return branch


def _return(c: Lowering, node: Node, out: list[Stmt]) -> None:
    values = expressions_of(c, only(node)) if node.child_count > 1 else []
    out.append(Return(values, node.start_byte, node.end_byte))


def _go(c: Lowering, node: Node, out: list[Stmt]) -> None:
    out.append(Go(lower(c, only(node)), node.start_byte, node.end_byte))


def _defer(c: Lowering, node: Node, out: list[Stmt]) -> None:
    out.append(Defer(lower(c, only(node)), node.start_byte, node.end_byte))


def _block(c: Lowering, node: Node, out: list[Stmt]) -> None:
    label, c.label = c.label, ""
    out.append(Block(body_of(c, node), label))


def _if(c: Lowering, node: Node, out: list[Stmt]) -> None:
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
            init = _simple(c, link.child_by_field_id(F_INITIALIZER))
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


def _for(c: Lowering, node: Node, out: list[Stmt]) -> None:
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
        targets = _defined(c, left, "range") if define else expressions_of(c, left)
        key, value = [None if _is_blank(target) else target for target in (*targets, None, None)[:2]]
        body = body_of(c, body_node)
        out.append(Range(key, value, define, over, body, _end_breakable(c, outer_break), pos, end))
    else:
        first = len(c.variables)
        init = cond = post = None
        if header is not None and header.kind_id == k.FOR_CLAUSE:
            init = _simple(c, header.child_by_field_id(k.F_INITIALIZER))
            variables = [x.id for x in init.lhs if isinstance(x, Local) and x.id >= first] if isinstance(init, Assign) and init.op == ":=" else []
            cond_node = header.child_by_field_id(k.F_CONDITION)
            cond = lower(c, cond_node) if cond_node is not None else None
            post = _simple(c, header.child_by_field_id(k.F_UPDATE))
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


def _switch(c: Lowering, node: Node, out: list[Stmt]) -> None:
    outer_break = _begin_breakable(c)
    mark, outer = c.enter()
    init = _simple(c, node.child_by_field_id(k.F_INITIALIZER))
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


def _type_switch(c: Lowering, node: Node, out: list[Stmt]) -> None:
    outer_break = _begin_breakable(c)
    mark, outer = c.enter()
    init = _simple(c, node.child_by_field_id(k.F_INITIALIZER))
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


def _select(c: Lowering, node: Node, out: list[Stmt]) -> None:
    outer_break = _begin_breakable(c)
    cases: list[CommCase] = []
    for clause in node.named_children:
        if clause.kind_id in _SELECT_CLAUSES:
            inner = c.enter()
            comm = _simple(c, clause.child_by_field_id(k.F_COMMUNICATION))
            cases.append(CommCase(comm, statements_of(c, clause), clause.start_byte))
            c.leave(*inner)
    out.append(Select(cases, _end_breakable(c, outer_break), node.start_byte, node.end_byte))


def _receive(c: Lowering, node: Node, out: list[Stmt]) -> None:
    left = node.child_by_field_id(k.F_LEFT)
    right = node.child_by_field_id(k.F_RIGHT)
    if left is None or right is None:
        out.append(Do(lower(c, right)))
    elif b":=" in c.src[left.end_byte : right.start_byte]:
        rhs = [lower(c, right)]
        out.append(Assign(":=", _defined(c, left, "define"), rhs, node.start_byte, node.end_byte))
    else:
        out.append(Assign("=", expressions_of(c, left), [lower(c, right)], node.start_byte, node.end_byte))


_VAR_SPECS: Final = frozenset({k.VAR_SPEC})
_CONST_SPECS: Final = frozenset({k.CONST_SPEC})
_TYPE_SPECS: Final = frozenset({k.TYPE_SPEC, k.TYPE_ALIAS})
_LABEL_CARRIERS: Final = frozenset({k.FOR_STATEMENT, k.EXPRESSION_SWITCH_STATEMENT, k.TYPE_SWITCH_STATEMENT, k.SELECT_STATEMENT, k.BLOCK})
_SWITCH_CLAUSES: Final = frozenset({k.EXPRESSION_CASE, k.DEFAULT_CASE})
_TYPE_SWITCH_CLAUSES: Final = frozenset({k.TYPE_CASE, k.DEFAULT_CASE})
_SELECT_CLAUSES: Final = frozenset({k.COMMUNICATION_CASE, k.DEFAULT_CASE})
_UNDERSCORE: Final = b"_"
_ASSIGNMENTS: Final = {k.token(op): op for op in ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&^=")}

STATEMENTS: Final[dict[int, StmtHandler]] = dict.fromkeys(k.ALL, _unread) | {
    k.COMMENT: _ignore,
    k.EMPTY_STATEMENT: _ignore,
    k.EXPRESSION_STATEMENT: _expression,
    k.SEND_STATEMENT: _send,
    k.RECEIVE_STATEMENT: _receive,
    k.INC_STATEMENT: _increment,
    k.DEC_STATEMENT: _increment,
    k.ASSIGNMENT_STATEMENT: _assignment,
    k.SHORT_VAR_DECLARATION: _short_declaration,
    k.VAR_DECLARATION: _var,
    k.CONST_DECLARATION: _const,
    k.TYPE_DECLARATION: _type,
    k.LABELED_STATEMENT: _labeled,
    k.FALLTHROUGH_STATEMENT: _branch("fallthrough"),
    k.BREAK_STATEMENT: _branch("break"),
    k.CONTINUE_STATEMENT: _branch("continue"),
    k.GOTO_STATEMENT: _branch("goto"),
    k.RETURN_STATEMENT: _return,
    k.GO_STATEMENT: _go,
    k.DEFER_STATEMENT: _defer,
    k.BLOCK: _block,
    k.IF_STATEMENT: _if,
    k.FOR_STATEMENT: _for,
    k.EXPRESSION_SWITCH_STATEMENT: _switch,
    k.TYPE_SWITCH_STATEMENT: _type_switch,
    k.SELECT_STATEMENT: _select,
}
"""From a node's kind to the function that lowers it."""
