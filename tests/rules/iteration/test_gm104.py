"""GM104: calls in loops over maps."""

from __future__ import annotations

import pytest
from golint_maps.rules.iteration import gm104_mutated_by_callee_during_range as rule

from golint_maps.findings import Level
from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

TYPES = """package p
import ("net/http"; "strings")
var _ http.Header
var _ = strings.ToLower
type T struct { m map[string]*V; n map[string]*V }
type V struct { id, parent string; t *T }
type Dropper interface { drop(k string) }
func (t *T) put(k string) { t.m[k] = &V{id: k} }
func (t *T) drop(k string) { delete(t.m, k) }
func (t *T) dropAny() { for k := range t.m { t.drop(k); return } }
func (t *T) dropAll() { for k := range t.m { delete(t.m, k) } }
func (t *T) remove(v *V) { delete(t.m, v.id) }
func (t *T) removeParent(v *V) { delete(t.m, v.parent) }
func (t *T) tree(k string) { t.tree(t.m[k].parent); delete(t.m, k) }
func (t *T) later(k string) { defer t.drop(t.m[k].parent) }
func (t *T) elsewhere(k string) { go t.drop("x"); t.n["x"] = nil }
func (t *T) known(k string) { if t.m["x"] != nil { t.m["x"] = nil } }
func (t *T) fresh(k string) { t.m = map[string]*V{}; t.m["x"] = nil }
func (t *T) in(f func()) { f() }
func erase(m map[string]*V, k string) { delete(m, k) }
func twice(m map[string]*V, k string) { erase(m, k + k) }
"""


def calls(body: str, params: str = "t, u *T, m map[string]*V") -> list[str]:
    """Return the reported calls in a function with this body."""
    text = f"{TYPES}func f({params}) {{\n{body}\n}}\n"
    return [text.encode()[finding.location.start : finding.location.end].decode() for finding in findings_of(rule, text)]


@pytest.mark.parametrize(
    "call",
    ['t.put("x")', 't.drop("x")', "t.removeParent(v)", "t.tree(k)", "t.later(k)", 'erase(t.m, "x")', "twice(t.m, k)", "t.drop(v.parent)"],
)
def test_a_callee_that_changes_another_entry_is_reported(call: str) -> None:
    assert calls(f"for k, v := range t.m {{ _, _ = k, v; {call} }}") == [call]


@pytest.mark.parametrize(
    "call",
    [
        "t.put(k)",
        "t.drop(k)",
        "erase(t.m, k)",
        "t.remove(v)",
        "t.drop(v.id)",
        "w := v; t.remove(w)",
        "id := v.id; t.drop(id)",
        "t.elsewhere(k)",
        "t.known(k)",
        "t.fresh(k)",
        'u.drop("x")',
        'erase(t.n, "x")',
        'go t.drop("x")',
        't.drop("x"); return',
        't.drop("x"); break',
    ],
)
def test_a_callee_that_leaves_the_loop_alone_is_quiet(call: str) -> None:
    assert calls(f"for k, v := range t.m {{ _, _ = k, v; {call} }}") == []


def test_the_identity_of_the_value_is_its_own_key() -> None:
    types = TYPES.replace("t.m[k] = &V{id: k}", "t.m[k] = new(V)").replace("type V struct {", "type V struct { Addr, ParentAddr string;")
    for loop, field, found in (("_, v", "Addr", 0), ("k, v", "Addr", 0), ("k, v", "ParentAddr", 1)):
        text = f"{types}func f(t *T) {{ for {loop} := range t.m {{ t.drop(v.{field}) }} }}"
        assert len(findings_of(rule, text)) == found


def test_a_worklist_that_is_worked_off_takes_new_entries() -> None:
    assert calls("for len(t.m) > 0 { for k := range t.m { t.put(k + k) } }") == []
    assert calls("for len(u.m) > 0 { for k := range t.m { t.put(k + k) } }") == ["t.put(k + k)"]


@pytest.mark.parametrize(
    "turn",
    ["if t.put(k + k) { more = true }", "t.put(k + k); more = true", "more = t.put(k + k) || more", "if ok := t.put(k + k); ok { more = true }"],
)
def test_an_outer_loop_that_comes_again_after_a_call_visits_what_it_inserted(turn: str) -> None:
    body = f"for more := true; more; {{ more = false; for k := range t.m {{ {turn} }} }}"
    assert calls(body) == []
    assert (
        calls(body.replace("more = false; for", "more = true; break; for").replace("for more := true; more;", "more := true; for more == other;"))
        != []
    )


def test_a_literal_in_a_variable_is_a_callee() -> None:
    assert calls("drop := func(k string) { delete(m, k) }; for k := range m { drop(k + k) }") == ["drop(k + k)"]
    assert calls("drop := func(k string) { delete(m, k) }; for k := range m { drop(k) }") == []


def test_a_literal_that_has_captured_the_own_key_leaves_the_loop_alone() -> None:
    assert calls("for k := range m { set := func() { m[k] = nil }; set() }") == []
    assert calls("for k := range m { set := func() { m[k + k] = nil }; set() }") == ["set()"]


EACH = (
    "func each(ks []string, f func(string)) { for _, k := range ks { f(k) } }\nfunc with(k string, f func(string)) { f(k) }\n"
    "func async(f func(string)) { go f(``) }\nfunc keep(f func(string)) { kept = f }\nvar kept func(string)\n"
)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("each(nil, drop)", True),
        ("each(nil, t.drop)", True),
        ("each(nil, func(s string) { delete(t.m, s) })", True),
        ("with(k + k, t.drop)", True),
        ("with(k, t.drop)", False),
        ("with(k, u.drop)", False),
        ("each(nil, func(s string) { t.m[k] = nil })", False),
        ("async(t.drop)", False),
        ("keep(t.drop)", False),
    ],
)
def test_a_function_that_is_handed_to_one_which_calls_it_is_a_callee(call: str, found: bool) -> None:
    text = f"{TYPES}{EACH}func f(t, u *T) {{ drop := func(k string) {{ delete(t.m, k) }}; _ = drop\nfor k := range t.m {{ _ = k; {call} }} }}\n"
    assert bool(findings_of(rule, text)) == found


def test_a_recursive_literal_is_a_callee() -> None:
    body = "var visit func(k string); visit = func(k string) { m[k] = nil; visit(m[k].parent) }; for k := range m { visit(k) }"
    assert calls(body) == ["visit(k)"]


def test_an_interface_with_one_implementation_is_followed() -> None:
    text = "package p\ntype D interface { drop(string) }\ntype M map[string]int\nfunc (m M) drop(k string) { delete(m, k) }\n"
    use = 'func f(m M, d D) { for range m { D(m).drop("x") }; }\nfunc g(m map[string]D) { for _, d := range m { d.drop("x") } }'
    assert findings_of(rule, text + use) == []


def test_an_embedded_receiver_is_the_same_map() -> None:
    text = f'{TYPES}type H struct {{ *T }}\nfunc (h *H) f() {{ for range h.m {{ h.drop("x") }} }}'
    assert len(findings_of(rule, text)) == 1


def test_methods_of_headers_change_the_header() -> None:
    assert calls('for k := range h { _ = k; h.Set("x", "y") }', "h http.Header") == ['h.Set("x", "y")']
    assert calls("for k := range h { h.Del(k) }", "h http.Header") == []


def test_the_trace_tells_every_call() -> None:
    text = f"{TYPES}func (t *T) outer() {{ t.inner() }}\nfunc (t *T) inner() {{ t.put(`x`) }}\nfunc f(t *T) {{ for range t.m {{ t.outer() }} }}"
    [finding] = findings_of(rule, text)
    assert [step.message for step in finding.traces[0].steps] == [
        "f calls T.outer",
        "T.outer calls T.inner",
        "T.inner calls T.put",
        "T.put inserts into t.m",
    ]


def test_a_literal_may_know_the_map_by_another_name() -> None:
    body = "put := func(k string) { same[k] = nil }; for k := range t.m { put(k + k) }"
    assert calls(f"same := t.m; {body}") == ["put(k + k)"]
    assert calls(f"same := t.n; {body}") == []


@pytest.mark.parametrize(("asked", "level"), [("strings.HasPrefix(k, `form[`)", Level.NOTE), ("ready", Level.WARNING)])
def test_an_insert_behind_a_test_of_the_loops_key_is_a_note(asked: str, level: Level) -> None:
    body = f"func f(h http.Header, ready bool) {{ for k := range h {{ if {asked} {{ h.Add(`form`, h.Get(k)) }} }} }}\n"
    (found,) = findings_of(rule, TYPES + body)
    assert found.level is level


def test_a_bound_method_is_that_of_its_receiver() -> None:
    assert calls('drop := t.drop; for k := range t.m { _ = k; drop("x") }') == ['drop("x")']
    assert calls("drop := t.drop; for k := range t.m { drop(k) }") == []
    assert calls('drop := u.drop; for k := range t.m { _ = k; drop("x") }') == []
    assert calls('drop := t.drop; if len(m) > 0 { drop = u.drop }; for k := range t.m { _ = k; drop("x") }') == []
    assert calls('drop := t.drop; t = u; for k := range t.m { _ = k; drop("x") }') == []


def test_a_map_that_is_made_when_there_is_none_is_the_same_map() -> None:
    text = TYPES + "func (t *T) enter(k string) { if t.m == nil { t.m = map[string]*V{} }; t.m[k] = &V{} }\n"
    text += "func (t *T) start(k string) { if t.n == nil { t.m = map[string]*V{} }; t.m[k] = &V{} }\n"
    assert len(findings_of(rule, text + 'func f(t *T) { for k := range t.m { _ = k; t.enter("x") } }')) == 1
    assert findings_of(rule, text + "func f(t *T) { for k := range t.m { t.enter(k) } }") == []
    assert findings_of(rule, text + 'func f(t *T) { for k := range t.m { _ = k; t.start("x") } }') == []


LEVELS = """package p
func f(depth map[string]int, needs map[string][]string) {
	visit := func(name string, level int) bool { GUARD; depth[name] = level; return true }
	for again := true; again; {
		again = false
		for k, level := range depth {
			for _, next := range needs[k] {
				if visit(next, LEVEL) { again = true }
			}
		}
	}
}
"""


@pytest.mark.parametrize(
    ("guard", "level", "found"),
    [
        ("if _, ok := depth[name]; ok { return false }", "level+1", 1),
        ("if _, ok := depth[name]; ok { return false }", "1", 0),
        ("if old, ok := depth[name]; ok && old <= level { return false }", "level+1", 0),
    ],
)
def test_a_worklist_must_not_depend_on_who_comes_first(guard: str, level: str, found: int) -> None:
    assert len(list(findings_of(rule, LEVELS.replace("GUARD", guard).replace("LEVEL", level)))) == found


def test_a_task_behind_an_interface_may_insert_into_what_it_is_handed() -> None:
    text = """package p
type task interface { run(s *sched) error }
type sched struct { tasks map[string]task; done map[string]bool }
func (s *sched) add(name string, t task) { s.tasks[name] = t }
func (s *sched) all() { for name, t := range s.tasks { t.run(s); s.done[name] = true } }
type save struct{ name string }
func (b save) run(s *sched) error { s.add("check " + b.name, check{}); return nil }
type check struct{}
func (c check) run(s *sched) error { return nil }
"""
    (finding,) = findings_of(rule, text)
    assert (finding.level, finding.traces[0].steps[-1].message) == (Level.NOTE, "sched.add inserts into s.tasks")
    assert not list(findings_of(rule, text.replace('s.add("check " + b.name, check{})', "delete(s.tasks, b.name)")))
    assert not list(findings_of(rule, text.replace('s.add("check " + b.name, check{})', "s.done[b.name] = true")))


HOST = """package host
type Plugin interface { Start(h *Host) error; Stop(h *Host, name string) }
type Host struct { plugins, waiting map[string]Plugin }
func (h *Host) Register(name string, p Plugin) { h.plugins[name] = p }
func (h *Host) Wait(name string, p Plugin) { h.waiting[name] = p }
func (h *Host) Has(name string) bool { return h.plugins[name] != nil }
func (h *Host) Start() { for name, p := range h.plugins { _ = name; CALL } }
"""


@pytest.mark.parametrize(
    ("call", "body", "found"),
    [
        ("p.Start(h)", 'h.Register("log", m); return nil', 1),
        ("if p.Start(h) != nil { return }", 'if !h.Has("log") { h.Register("log", m) }; return nil', 1),
        ("p.Start(h); break", 'h.Register("log", m); return nil', 0),
        ("p.Start(&Host{})", 'h.Register("log", m); return nil', 0),
        ("p.Start(h)", 'h.Wait("log", m); return nil', 0),
        ("p.Start(h)", "h.Register(m.Name, m); return nil", 0),
        ("p.Stop(h, name)", "return nil", 0),
    ],
)
def test_a_plugin_of_another_package_may_call_back_what_starts_it(call: str, body: str, found: int) -> None:
    host = HOST.replace("CALL", call)
    plugin = 'package metrics\nimport "example.com/host"\ntype M struct{ Name string }\n'
    plugin += f"func (m M) Start(h *host.Host) error {{ {body} }}\nfunc (m M) Stop(h *host.Host, name string) {{ h.Register(name, m) }}\n"
    imports = {"example.com/host": host}
    program = Program([facts_of(host, path="example.com/host"), facts_of(plugin, path="example.com/metrics", imports=imports)])
    findings = list(rule.RULE.checks[0](program))
    assert [finding.level for finding in findings] == [Level.NOTE] * found
    if found:
        assert findings[0].traces[0].steps[-1].message == "Host.Register inserts into h.plugins"


OTHER = """package other
OTHERS
type Host struct{ plugins map[string]any }
func (h *Host) Register(name string, p any) { h.plugins[name] = p }
type M struct{ EMBEDS; Name string }
func (m M) Start(h *HOST) error { h.Register("log", m); return nil }
func (m M) STOP {}
func walk(h *Host) { for name := range h.plugins { h.Register(name+name, nil) } }
"""


@pytest.mark.parametrize(
    ("imports", "host", "stop", "embeds", "found"),
    [
        ('import "example.com/host"', "host.Host", "Stop(h *host.Host, name string)", "_ int", 1),
        ('import "example.com/host"', "host.Host", "Halt()", "_ int", 0),  # lacks a method of the interface
        ('import "example.com/host"', "host.Host", "Halt()", "host.Plugin", 1),  # has it by what it embeds
        ('import "example.com/host"', "host.Host", "Stop(n int)", "host.Plugin", 0),  # has another one of that name
        ("", "Host", "Stop(h *Host, name string)", "_ int", 0),  # another Host, in a package that has nothing to do with this one
    ],
)
def test_a_method_of_another_package_must_fit_the_interface(imports: str, host: str, stop: str, embeds: str, found: int) -> None:
    own = HOST.replace("CALL", "p.Start(h)") + "type none struct{}\nfunc (none) Start(h *Host) error { return nil }\n"
    own += "func (none) Stop(h *Host, name string) {}\n"
    other = OTHER.replace("OTHERS", imports).replace("HOST", host).replace("STOP", stop).replace("EMBEDS", embeds)
    facts = facts_of(other, path="example.com/other", imports={"example.com/host": own})
    program = Program([facts_of(own, path="example.com/host"), facts])
    assert len([finding for finding in rule.RULE.checks[0](program) if "calls `p.Start`" in finding.message]) == found


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("func (v *V) save(t *T) { t.m[v.id] = v }", False),
        ("func (v *V) save(t *T) { t.put(v.id) }", False),
        ("func (v *V) save(t *T) { t.m[v.parent] = nil }", True),
        ("func (v *V) save(t *T) { t.put(v.parent) }", True),
        ("func (v *V) save(t *T) { t.put(v.t.m[v.id].parent) }", True),
    ],
)
def test_the_loops_value_may_store_itself(method: str, found: bool) -> None:
    text = f"{TYPES}{method}\nfunc f(t *T) {{ for _, v := range t.m {{ v.save(t) }} }}"
    assert bool(findings_of(rule, text)) == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("set(V{id: k})", False),
        ("set(V{k, parent, nil})", False),
        ("setBy(&V{id: k, parent: parent})", False),
        ("w := V{id: k}; set(w)", False),
        ("set(V{id: parent})", True),
        ("set(V{parent: k})", True),
        ('w := V{id: k}; w.id = "x"; set(w)', True),
        ("w := V{id: k}; rename(&w); set(w)", True),
        ("set(V{id: k + parent})", True),
    ],
)
def test_the_loops_key_may_come_as_a_field_of_a_struct(call: str, found: bool) -> None:
    setters = "set := func(w V) { t.m[w.id] = &w }\nsetBy := func(w *V) { t.m[w.id] = w }\n_, _ = set, setBy\n"
    text = f'{TYPES}func rename(v *V) {{ v.id = "x" }}\nfunc f(t *T, parent string) {{\n{setters}for k := range t.m {{ {call} }}\n}}\n'
    assert bool(findings_of(rule, text)) == found


@pytest.mark.parametrize(
    ("look_up", "store", "found"),
    [
        ("w, _ := all.Load(k)", "t.m[w.id] = w", False),
        ("w := t.n[k]", "t.m[w.id] = w", False),
        ("w, _ := all.Load(k)", "t.m[w.parent] = nil", True),
        ("w, _ := all.Load(other)", "t.m[w.id] = w", True),
        ("w, _ := all.Load(k); w = t.n[other]", "t.m[w.id] = w", True),
    ],
)
def test_what_another_container_has_under_the_loops_key_may_store_itself(look_up: str, store: str, found: bool) -> None:
    container = "type All struct { m map[string]*V }\nfunc (a *All) Load(id string) (*V, bool) { v, ok := a.m[id]; return v, ok }\n"
    add = f"func (t *T) add(w *V) {{ {store} }}\n"
    text = f"{TYPES}{container}{add}func f(t *T, all *All, other string) {{ for k := range t.m {{ {look_up}; t.add(w) }} }}"
    assert bool(findings_of(rule, text)) == found
