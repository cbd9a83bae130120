"""GM211: caches that all callers share, and promises of safety."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm205_inconsistent_guard
from golint_maps.rules.concurrency import gm211_unguarded_lazy_cache as rule

from golint_maps.findings import Level
from golint_maps.program import Program
from golint_maps.testing import facts_of, findings_of

MEMO = "{ if v, ok := %s[k]; ok { return v }; v := len(k); %s[k] = v; return v }"
GLOBAL = "package p\nvar known = map[string]int{}\n"


def memo(map_: str) -> str:
    return MEMO % (map_, map_)


@pytest.mark.parametrize(
    "code",
    [
        GLOBAL + "func Of(k string) int " + memo("known"),
        GLOBAL + "func of(k string) int " + memo("known") + "\nfunc Of(k string) int { return of(k) }",
        "package p\ntype t struct { m map[string]int }\nvar one = &t{m: map[string]int{}}\nfunc (t *t) of(k string) int "
        + memo("t.m")
        + "\nfunc Of(k string) int { return one.of(k) }",
        "package p\ntype t struct { m map[string]int }\nvar one = &t{m: map[string]int{}}\nfunc (t *t) parse(k string) int "
        + memo("t.m")
        + "\nfunc Parse(k string) int { return one.parse(k) }",
    ],
)
def test_a_memo_that_exported_code_fills_is_reported(code: str) -> None:
    of_an_object = "struct" in code
    assert [finding.level for finding in findings_of(rule, code)] == [Level.NOTE if of_an_object else Level.WARNING]


def test_a_promise_of_safety_makes_it_an_error() -> None:
    found = findings_of(rule, GLOBAL + "// Of is safe for concurrent use.\nfunc Of(k string) int " + memo("known"))
    assert [finding.level for finding in found] == [Level.ERROR]


def test_every_access_of_a_type_that_promises_safety_is_reported() -> None:
    code = "package p\n// T is safe for concurrent use.\ntype T struct { m map[string]int }\n"
    code += "func (t *T) Put(k string) { t.m[k] = 1 }\nfunc (t *T) Get(k string) int { return t.m[k] }"
    assert [finding.level for finding in findings_of(rule, code)] == [Level.ERROR, Level.ERROR]


@pytest.mark.parametrize(
    "code",
    [
        "package main\nvar known = map[string]int{}\nfunc Of(k string) int " + memo("known"),
        GLOBAL + "func of(k string) int " + memo("known") + '\nfunc init() { of("a") }',
        GLOBAL + "func RegisterOf(k string) int " + memo("known"),
        GLOBAL + "func Put(k string, v int) { if _, ok := known[k]; !ok { known[k] = v } }",
        GLOBAL + "// Of must not be called concurrently.\nfunc Of(k string) int " + memo("known"),
        "// Package p is not safe for concurrent use.\n" + GLOBAL + "func Of(k string) int " + memo("known"),
        GLOBAL
        + "func Of(k string) int "
        + memo("known").replace("{ if", "{ mu.Lock(); defer mu.Unlock(); if", 1)
        + '\nvar mu sync.Mutex\nimport "sync"',
        "package p\ntype T struct { m map[string]int }\nfunc New() *T { return &T{m: map[string]int{}} }\nfunc (t *T) Of(k string) int "
        + memo("t.m"),
        GLOBAL
        + "func Put(all ...entry) { for _, e := range all { v := e.v; if _, ok := known[e.k]; !ok { known[e.k] = v } } }"
        + "\ntype entry struct { k string; v int }",
        "package p\ntype heap struct { m map[string]int }\nvar one = &heap{m: map[string]int{}}\nfunc (t *heap) Push(k string) int " + memo("t.m"),
        "package p\ntype fakeT struct { m map[string]int }\nvar one = &fakeT{m: map[string]int{}}\nfunc (t *fakeT) Of(k string) int " + memo("t.m"),
        "package p\n// T is safe for concurrent use once it is set up.\ntype T struct { m map[string]int }\nfunc (t *T) Put(k string) { t.m[k] = 1 }",
    ],
)
def test_programs_registration_warnings_and_objects_of_the_caller_are_quiet(code: str) -> None:
    assert not findings_of(rule, code)


@pytest.mark.parametrize(
    "code",
    [
        GLOBAL + "func NewOf(k string) int " + memo("known"),
        GLOBAL + "func Of(k string) (v int) { if v, ok := known[k]; ok { return v }; defer func() { known[k] = v }(); return len(k) }",
        GLOBAL + "func hashKey(k string) string { return k }\nfunc Of(k string) int " + memo("known").replace("[k]", "[hashKey(k)]"),
        "package p\ntype table map[string]int\nvar known = table{}\nfunc (t table) of(k string) int "
        + memo("t")
        + "\nfunc Of(k string) int { return known.of(k) }",
        "package p\ntype Provider interface { Get(k string) int }\ntype provider struct { m map[string]int }\n"
        "func NewProvider() Provider { return &provider{m: map[string]int{}} }\nfunc (p *provider) Get(k string) int " + memo("p.m"),
        "package p\ntype NameCache struct { Names map[string]int }\ntype T struct { Cache *NameCache }\nfunc (t *T) Get(k string) int "
        + memo("t.Cache.Names"),
    ],
)
def test_memos_that_services_and_shared_caches_hold_are_reported(code: str) -> None:
    of_an_object = "struct" in code
    assert [finding.level for finding in findings_of(rule, code)] == [Level.NOTE if of_an_object else Level.WARNING]


@pytest.mark.parametrize(
    "code",
    [
        GLOBAL + "func RegisterOf(k string) int " + memo("known"),
        "package p\ntype Parser interface { Get(k string) int }\ntype parser struct { m map[string]int }\n"
        "func NewParser() Parser { return &parser{m: map[string]int{}} }\nfunc (p *parser) Get(k string) int " + memo("p.m"),
        "package p\ntype names struct { m map[string]int }\nfunc NewNames() *names { return &names{m: map[string]int{}} }\n"
        "func (p *names) Get(k string) int " + memo("p.m"),
    ],
)
def test_memos_of_registration_and_of_objects_for_one_piece_of_work_are_not(code: str) -> None:
    assert findings_of(rule, code) == []


@pytest.mark.parametrize(
    "code",
    [
        "func visit(k string) { if known[k] > 0 { return }; known[k] = 1 }\nfunc Walk(ks []string) { clear(known); visit(ks[0]) }",
        "func visit(k string) { if known[k] > 0 { return }; known[k] = 1 }\nfunc Walk(ks []string) { known = map[string]int{}; visit(ks[0]) }",
        "func Walk(ks []string) { for k := range known { delete(known, k) }; for _, k := range ks { if known[k] == 0 { known[k] = 1 } } }",
    ],
)
def test_a_map_that_a_call_empties_for_its_own_use_is_no_memo(code: str) -> None:
    assert findings_of(rule, GLOBAL + code) == []


def test_a_memo_that_is_emptied_when_it_is_full_still_is_one() -> None:
    code = "func Of(k string) int { if v, ok := known[k]; ok { return v }; if len(known) > 99 { clear(known) }; v := len(k); known[k] = v; return v }"
    assert len(findings_of(rule, GLOBAL + code)) == 1


def test_an_object_that_one_user_works_on_is_no_memo() -> None:
    code = (
        "package p\ntype sym struct { uses int }\ntype lexer struct { m map[string]*sym; line int }\nvar one = &lexer{m: map[string]*sym{}}\n"
        "func (l *lexer) scan(k string) { %ss, ok := l.m[k]; if !ok { s = &sym{}; l.m[k] = s }; s.uses++ }\nfunc Uses(k string) { one.scan(k) }"
    )
    assert findings_of(rule, code % "l.line++; ") == []
    assert len(findings_of(rule, code % "")) == 1


@pytest.mark.parametrize("kind", ["table", "*table"])
def test_a_promise_covers_the_maps_that_are_embedded(kind: str) -> None:
    code = f"package p\n// T is safe for concurrent use.\ntype T struct {{ {kind} }}\ntype table struct {{ m map[string]int }}\n"
    code += "func (t *T) Put(k string) { t.m[k] = 1 }\nfunc (t *T) Get(k string) int { return t.m[k] }"
    assert [finding.level for finding in findings_of(rule, code)] == [Level.ERROR, Level.ERROR]


@pytest.mark.parametrize("name", ["l", "same := l; same"])
def test_what_an_object_works_on_is_no_memo_under_any_name(name: str) -> None:
    first, _, used = name.rpartition("; ")
    code = (
        "package p\ntype sym struct { uses []int }\ntype lexer struct { syms map[string]*sym; line int }\nvar one = &lexer{syms: map[string]*sym{}}\n"
    )
    code += f"func (l *lexer) Scan(k string) {{ {first}\n {used}.line++\n s, ok := {used}.syms[k]\n if !ok {{ s = &sym{{}}; {used}.syms[k] = s }}\n"
    code += f" s.uses = append(s.uses, {used}.line)\n}}\nfunc Scan(k string) {{ one.Scan(k) }}"
    assert findings_of(rule, code) == []


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("example.com/store", "warning"),
        ("example.com/cli/alias", "note"),
        ("example.com/client/command", "note"),
        ("example.com/command2", "warning"),
    ],
)
def test_who_types_commands_waits_for_each(path: str, level: str) -> None:
    program = Program([facts_of(GLOBAL + "func Of(k string) int " + memo("known"), path=path)])
    assert [finding.level.value for check in rule.RULE.checks for finding in check(program)] == [level]


@pytest.mark.parametrize("path", ["example.com/testcomponents", "example.com/test_helpers", "example.com/storetest"])
def test_packages_for_tests_are_left_alone(path: str) -> None:
    program = Program([facts_of(GLOBAL + "func Of(k string) int " + memo("known"), path=path)])
    assert [finding for check in rule.RULE.checks for finding in check(program)] == []


def test_a_key_may_be_worked_out_twice() -> None:
    code = (
        "package p\nvar cache = map[string]int{}\nfunc name(t int) string { return string(rune(t)) }\n"
        "func Of(t int) int { k := name(t); if v, ok := cache[k]; ok && v > t { return v }; v := t * 2; cache[KEY] = v; return v }\n"
    )
    assert len(findings_of(rule, {"p.go": code.replace("KEY", "name(t)")})) == 1
    assert len(findings_of(rule, {"p.go": code.replace("KEY", "name(t + 1)")})) == 0


def test_what_a_getter_returns_is_shared_whoever_makes_others() -> None:
    code = (
        "package p\ntype Keys struct { m map[string]int }\nfunc NewKeys() *Keys { return &Keys{m: map[string]int{}} }\nvar one = NewKeys()\n"
        f"func (s *Keys) Of(k string) int {memo('s.m')}\n"
    )
    assert [finding.level for finding in findings_of(rule, {"p.go": code + "func Get() *Keys { return one }"})] == [Level.NOTE]
    assert findings_of(rule, {"p.go": code + "func Get() *Keys { return NewKeys() }"}) == []


def test_a_value_made_of_the_entry_is_no_memo() -> None:
    code = "package p\nvar known = map[string][]int{}\n"
    code += "func Drop(k string) { list := known[k]; for i := range list { known[k] = append(list[:i], list[i+1:]...) } }"
    assert findings_of(rule, code) == []


def test_what_the_program_registers_with_as_it_starts_is_no_cache() -> None:
    code = GLOBAL + "func Of(k string) int " + memo("known")
    assert len(findings_of(rule, code + '\nvar a, b = Of("a"), Of("b")')) == 1
    assert findings_of(rule, code + '\nvar a = Of("a")\nvar b = Of("b")\nvar c = Of("c")') == []


def test_a_helper_may_get_the_memo_of_the_package_as_its_argument() -> None:
    code = f"{GLOBAL}func cached(m map[string]int, k string) int {memo('m')}\n"
    assert len(findings_of(rule, code + "func Of(k string) int { return cached(known, k) }")) == 1
    assert findings_of(rule, code + "func Of(k string) int { return cached(map[string]int{}, k) }") == []


@pytest.mark.parametrize("table", ["var Funcs = map[string]func(string) int{`of`: of}", "var Of = of"])
def test_what_an_exported_variable_holds_others_call(table: str) -> None:
    code = f"{GLOBAL}func of(k string) int {memo('known')}\n{table}\n"
    assert len(findings_of(rule, code)) == 1
    assert findings_of(rule, code.replace("var Funcs", "var funcs").replace("var Of", "var myOf")) == []


@pytest.mark.parametrize(
    ("doc", "found"),
    [
        ("All types of this package are safe for concurrent use.", 2),
        ("Every exported function and method is safe for concurrent use.", 2),
        ("It is about maps that are safe for concurrent use.", 0),
        ("All types of this package are safe for concurrent use, except T.", 0),
    ],
)
def test_a_package_may_promise_for_all_of_its_types(doc: str, found: int) -> None:
    code = f"// Package p is. {doc}\npackage p\ntype T struct {{ m map[string]int }}\nfunc New() *T {{ return &T{{m: map[string]int{{}}}} }}\n"
    code += "func (t *T) Put(k string) { t.m[k] = 1 }\nfunc (t *T) Get(k string) int { return t.m[k] }\n"
    assert len(findings_of(rule, {"p.go": code})) == found


@pytest.mark.parametrize(("given", "count"), [("dial(k)", 1), ("c", 0)])
def test_what_callers_make_for_a_helper_is_no_registration(given: str, count: int) -> None:
    code = (
        "package p\ntype conn struct{}\nfunc dial(k string) *conn { return &conn{} }\nvar known = map[string]*conn{}\n"
        "func kept(k string, c *conn) *conn { if v, ok := known[k]; ok { return v }; known[k] = c; return c }\n"
        f"func Open(k string, c *conn) *conn {{ return kept(k, {given}) }}\n"
    )
    assert len(findings_of(rule, code)) == count


def test_functions_in_a_table_that_is_returned_are_as_good_as_exported() -> None:
    table = "import `text/template`\nfunc Funcs() template.FuncMap { return template.FuncMap{`of`: of} }\n"
    assert findings_of(rule, "package p\n" + table + GLOBAL.removeprefix("package p\n") + "func of(k string) int " + memo("known"))
    assert not findings_of(rule, GLOBAL + "func of(k string) int " + memo("known"))


@pytest.mark.parametrize(("name", "found"), [("Loaded", 2), ("Load", 1), ("LoadAll", 1)])
def test_asking_whether_something_is_loaded_makes_nothing_ready(name: str, found: int) -> None:
    code = "package p\n// T is safe for concurrent use.\ntype T struct { m map[string]int }\nfunc (t *T) Put(k string) { t.m[k] = 1 }\n"
    assert len(findings_of(rule, f"{code}func (t *T) {name}() int {{ return len(t.m) }}")) == found


def test_a_promise_of_safety_counts_for_more_than_the_lock_of_another_map() -> None:
    source = (
        "package p\nimport `sync`\n// A Limiter is safe for concurrent use.\n"
        "type Limiter struct { aliases map[string]string; mu sync.Mutex; buckets map[string]int }\n"
        "func (l *Limiter) Alias(a, b string) { l.aliases[a] = b }\nfunc (l *Limiter) Unalias(a string) { delete(l.aliases, a) }\n"
        "func (l *Limiter) Allow(k string) { l.mu.Lock(); l.buckets[k]++; l.mu.Unlock() }\n"
        "func (l *Limiter) Forget(k string) { l.mu.Lock(); delete(l.buckets, k); l.mu.Unlock() }\n"
    )
    assert len(findings_of(rule, source)) == 2
    assert findings_of(gm205_inconsistent_guard, source) == []
    assert len(findings_of(gm205_inconsistent_guard, source.replace("// A Limiter is safe for concurrent use.", ""))) == 2
