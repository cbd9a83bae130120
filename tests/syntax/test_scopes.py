"""Names of local variables, resolved as Go resolves them."""

from __future__ import annotations

from golint_maps.syntax.ir import Assign, Block, Declare, Do, Expr, For, FuncLit, Function, If, Local, Name, Range, Stmt, Switch, TName, TypeSwitch
from tests.syntax.lowering import function, lowered, shown


def statements(text: str) -> list[Stmt]:
    found = function(text).body
    assert found is not None
    return found


def ids(expressions: list[Expr]) -> list[int | str]:
    return [x.id if isinstance(x, Local) else x.name if isinstance(x, Name) else "?" for x in expressions]


def named(found: Function) -> list[tuple[str, str]]:
    return [(variable.name, variable.kind) for variable in found.variables]


def test_receiver_parameters_and_named_results_are_variables_in_this_order() -> None:
    found = function("func (r *R) f(a, b int, _ string, rest ...byte) (n int, err error) { return }")
    assert named(found) == [("r", "receiver"), ("a", "param"), ("b", "param"), ("rest", "param"), ("n", "result"), ("err", "result")]
    assert (found.receiver, found.params, found.results) == (0, [1, 2, -1, 3], [4, 5])
    assert shown(found.variables[3].type) == "TSlice(TName(byte))"
    assert found.type.variadic


def test_a_definition_is_not_in_scope_on_its_own_right_side() -> None:
    inner = statements("func f(x int) { { x := x; use(x) } }")[0]
    assert isinstance(inner, Block)
    assign = inner.body[0]
    assert isinstance(assign, Assign)
    assert (ids(assign.lhs), ids(assign.rhs)) == ([1], [0])


def test_define_reassigns_names_of_the_same_scope_only() -> None:
    first, second, block = statements("func f() { a, err := g(); b, err := g(); { c, err := g() } }")
    assert isinstance(first, Assign)
    assert isinstance(second, Assign)
    assert isinstance(block, Block)
    assert ids(first.lhs) == [0, 1]
    assert ids(second.lhs) == [2, 1]
    inner = block.body[0]
    assert isinstance(inner, Assign)
    assert ids(inner.lhs) == [3, 4]


def test_a_parameter_is_reassigned_by_define_at_the_top_of_the_body() -> None:
    assign = statements("func f(err error) { x, err := g() }")[0]
    assert isinstance(assign, Assign)
    assert ids(assign.lhs) == [1, 0]


def test_new_variables_of_a_definition_have_its_position() -> None:
    found = function("func f() { a, b := 1, 2; b, c := 3, 4 }")
    assert found.body
    second = found.body[1]
    assert isinstance(second, Assign)
    assert [x.pos == found.variables[x.id].pos for x in second.lhs if isinstance(x, Local)] == [False, True]


def test_a_variable_of_an_if_clause_is_seen_in_all_branches_and_not_behind() -> None:
    branch, after = statements("func f() { if v := g(); v { use(v) } else if w := v; w { use(w) } else { use(v, w) }; use(v) }")
    assert isinstance(branch, If)
    assert shown(branch.orelse).count("Local(0)") == 2
    assert "Local(1)" in shown(branch.orelse)
    assert shown(after) == "Do(Call(Name(use), [Name(v)]))"


def test_range_variables_are_new_for_the_loop_and_the_range_expression_sees_the_outer_ones() -> None:
    loop = statements("func f(v M) { for k, v := range v { use(k, v) } }")[0]
    assert isinstance(loop, Range)
    assert loop.define
    assert shown(loop.over) == "Local(0)"
    assert (shown(loop.key), shown(loop.value)) == ("Local(1)", "Local(2)")
    assert shown(loop.body) == "[Do(Call(Name(use), [Local(1), Local(2)]))]"


def test_blank_and_missing_range_variables_are_none() -> None:
    blank, bare, assigned = statements("func f(m M, x K) { for _, v := range m { }; for range m { }; for x = range m { } }")
    assert isinstance(blank, Range)
    assert isinstance(bare, Range)
    assert isinstance(assigned, Range)
    assert blank.key is None
    assert blank.value is not None
    assert bare.key is None
    assert bare.value is None
    assert not bare.define
    assert shown(assigned.key) == "Local(1)"
    assert not assigned.define


def test_the_variables_of_a_for_clause_are_listed() -> None:
    loop = statements("func f() { for i, j := 0, 1; i < j; i++ { i := i; use(i) } }")[0]
    assert isinstance(loop, For)
    assert loop.variables == [0, 1]
    assert shown(loop.body[0]) == "Assign(:=, [Local(2)], [Local(0)])"


def test_each_clause_of_a_switch_is_a_scope() -> None:
    switch = statements("func f(x int) { switch y := x; y { case 1: x := 2; use(x); default: use(x) } }")[0]
    assert isinstance(switch, Switch)
    assert shown(switch.cases[0].body[1]) == "Do(Call(Name(use), [Local(2)]))"
    assert shown(switch.cases[1].body) == "[Do(Call(Name(use), [Local(0)]))]"


def test_each_clause_of_a_type_switch_has_its_own_variable_with_the_only_type() -> None:
    found = function("func f(x any) { switch v := x.(type) { case M: use(v); case A, B: use(v); case nil: default: use(v) } }")
    assert found.body
    switch = found.body[0]
    assert isinstance(switch, TypeSwitch)
    assert [case.variable for case in switch.cases] == [1, 2, 3, 4]
    assert [shown(found.variables[case.variable].type) for case in switch.cases] == ["TName(M)", "None", "None", "None"]
    assert shown(switch.cases[2].types) == "[TName(nil)]"
    assert shown(switch.cases[1].body) == "[Do(Call(Name(use), [Local(2)]))]"


def test_a_literal_shares_the_variables_and_lists_what_it_captures() -> None:
    facts = lowered("func f(a, b int) { c := 1; go func(d int) { e := a; func() { use(b, e, d) }() }(c) }")
    outer, literal, inner = facts.functions
    assert [v.name for v in outer.variables] == ["a", "b", "c", "d", "e"]
    assert [v.function for v in outer.variables] == [0, 0, 0, 1, 1]
    assert literal.captures == [0, 1], "b only stands in the inner literal, but passes through this one"
    assert inner.captures == [1, 3, 4]
    assert (literal.parent, inner.parent, literal.root, inner.root) == (0, 1, 0, 0)
    assert literal.params == [3]
    assert literal.variables == []


def test_a_local_variable_hides_the_universe_and_the_package() -> None:
    found = statements("func f(nil int, fmt P) { fmt.Println(nil) }")
    assert shown(found) == "[Do(Call(Sel(Local(1), Println), [Local(0)]))]"


def test_local_types_are_hoisted_and_renamed_in_their_scope() -> None:
    facts = lowered("type L int\nfunc f() { { type L struct{ next *L }; var x L; _ = L{}; _ = []L{} }; var y L }")
    local = facts.types[1]
    assert local.name.startswith("L·")
    assert shown(local.type) == f"TStruct([Field(next, TPtr(TName({local.name})))])"
    variables = facts.functions[0].variables
    assert [shown(v.type) for v in variables] == [f"TName({local.name})", "TName(L)"]
    assert f"Lit(TName({local.name}))" in shown(facts.functions[0].body)


def test_local_constants_are_variables() -> None:
    found = function("func f() { const a, b = 1, 2; use(a) }")
    assert named(found) == [("a", "const"), ("b", "const")]
    assert shown(found.body) == "[Do(Call(Name(use), [Local(0)]))]"


def test_var_declarations_carry_type_and_values() -> None:
    first, second = statements("func f() { var a, _ map[K]V; var b = a }")
    assert isinstance(first, Declare)
    assert isinstance(second, Declare)
    assert (first.variables, first.values) == ([0, -1], [])
    assert (second.variables, shown(second.values)) == ([1], "[Local(0)]")


def test_a_recursive_literal_refers_to_the_variable_declared_before_it() -> None:
    facts = lowered("func f() { var g func(); g = func() { g() } }")
    assert facts.functions[1].captures == [0]


def test_names_of_variables_of_an_ended_scope_are_plain_names() -> None:
    found = statements("func f() { { x := 1; use(x) }; use(x) }")
    assert isinstance(found[1], Do)
    assert shown(found[1].x) == "Call(Name(use), [Name(x)])"


def test_package_initialisers_share_one_function() -> None:
    facts = lowered("var a, b = g()\nvar c = func(x int) int { return x }\nvar d int")
    root = facts.functions[0]
    assert (root.name, root.root, [v.name for v in root.variables]) == ("var·", 0, ["x"])
    assert shown(root.body) == "[Assign(=, [Name(a), Name(b)], [Call(Name(g))]), Assign(=, [Name(c)], [FuncLit(1)])]"
    assert [(v.name, v.result, v.value is None) for v in facts.variables] == [("a", 0, False), ("b", 1, False), ("c", 0, False), ("d", 0, True)]
    assert root.body is not None
    assert isinstance(root.body[0], Assign)
    assert facts.variables[0].value is root.body[0].rhs[0]
    assert isinstance(facts.variables[2].value, FuncLit)
    assert facts.functions[1].parent == 0


def test_the_type_of_a_parameter_is_kept() -> None:
    assert function("func f(m map[string]int) {}").variables[0].type is not None
    assert isinstance(function("func f(m M) {}").variables[0].type, TName)
