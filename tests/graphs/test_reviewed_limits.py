"""Where what the analysis knows of objects, locks, waits and starts ends: programs that a review had found to be misjudged."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def found(source: str) -> list[str]:
    """Return the kinds of what is wrong, with those that are sure in capitals."""
    return [verdict.kind.upper() if verdict.certain else verdict.kind for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts]


STRIPES = """
import `sync`
const lockUsers = 1
type S struct { locks [4]sync.Mutex; main int; m map[string]int }
func (s *S) put(k string) { LOCK; s.m[k]++; UNLOCK }
func main() { s := &S{m: map[string]int{}}; for _, k := range []string{`a`, `b`} { go s.put(k) } }
"""


@pytest.mark.parametrize("key", ["lockUsers", "1", "s.main"])
def test_a_lock_under_one_key_is_one_lock(key: str) -> None:
    assert found(STRIPES.replace("UNLOCK", f"s.locks[{key}].Unlock()").replace("LOCK", f"s.locks[{key}].Lock()")) == []


@pytest.mark.parametrize(
    ("take", "use", "count"),
    [
        ("s.locks[n]", "s.m[k]++", 1),
        ("s.locks[len(k)%4]", "s.m[k]++", 0),  # an expression as a key: no claim
        ("s.locks[n]", "s.shards[n][k]++", 0),
        ("s.locks[n]", "m := s.shards[n]; m[k]++", 0),
        ("s.of(n)", "s.m[k]++", 1),
        ("s.of(n)", "s.shards[n][k]++", 0),
        ("s.of(1)", "s.m[k]++", 0),
    ],
)
def test_a_lock_under_a_key_that_varies_does_not_guard_a_whole_map(take: str, use: str, count: int) -> None:
    source = STRIPES.replace("m map[string]int }", "m map[string]int; shards [4]map[string]int }").replace("put(k string)", "put(k string, n int)")
    source = source.replace("s.m[k]++", use).replace("go s.put(k)", "go s.put(k, len(k))").replace("LOCK;", f"l := &{take}; l.Lock();", 1)
    source = source.replace("UNLOCK", "l.Unlock()").replace("l := &s.of", "l := s.of") + "func (s *S) of(n int) *sync.Mutex { return &s.locks[n] }"
    assert len([kind for kind in found(source) if kind == "LOCKS-DIFFER"]) == count


KEYED = """
import `sync`
var mu sync.Mutex
var locks = map[string]*sync.Mutex{}
func lock(name string) func() {
    mu.Lock(); l, ok := locks[name]; if !ok { l = new(sync.Mutex); locks[name] = l }; mu.Unlock()
    l.Lock(); return l.Unlock
}
type S struct { m map[string]int; users map[string]map[string]int }
func (s *S) put(k string) { BODY }
func main() { s := &S{m: map[string]int{}}; for _, k := range []string{`a`, `b`} { go s.put(k) } }
"""


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("unlock := lock(`registry`); defer unlock(); s.m[k]++", 0),
        ("unlock := lock(k); defer unlock(); s.users[k][`x`]++", 0),
        ("unlock := lock(k); defer unlock(); s.m[k]++", 1),
    ],
)
def test_a_lock_that_a_helper_finds_is_another_one_only_under_another_key(body: str, count: int) -> None:
    assert len([kind for kind in found(KEYED.replace("BODY", body)) if kind.lower() == "locks-differ"]) == count


SHELL = """
type env struct { vars map[string]int }
type shell struct { env *env; shared bool }
func newShell(e *env) *shell { MAKE }
func (s *shell) set(k string) { SET }
func main() { base := &env{vars: map[string]int{}}; for range 3 { go func() { s := newShell(base); s.set(`a`) }() } }
"""
COPIED = "s := &shell{env: e, shared: true}; return s"


@pytest.mark.parametrize(
    ("make", "body", "racy"),
    [
        (COPIED, "s.env.vars[k] = 1", True),
        (COPIED, "if s.shared { s.env = &env{vars: map[string]int{}}; s.shared = false }; s.env.vars[k] = 1", False),
        ("if e == nil { return &shell{env: &env{vars: map[string]int{}}} }; return &shell{env: e}", "s.env.vars[k] = 1", False),
        ("s := &shell{env: e}; s.env = &env{vars: map[string]int{}}; return s", "s.env.vars[k] = 1", False),
    ],
)
def test_a_constructor_keeps_what_nobody_replaces(make: str, body: str, racy: bool) -> None:
    assert (found(SHELL.replace("MAKE", make).replace("SET", body)) != []) is racy


@pytest.mark.parametrize(
    "change",
    [
        "p := &next; p.m = map[string]int{}; next.m[`a`] = 1",
        "own(&next.m); next.m[`a`] = 1",
        "(&next).own(); next.m[`a`] = 1",
        "f := next.own; f(); next.m[`a`] = 1",
        "for _, next.m = range all { }; next.m[`a`] = 1",
    ],
)
def test_a_copied_struct_that_is_used_by_its_address_may_have_a_map_of_its_own(change: str) -> None:
    source = (
        "type state struct { m map[string]int }\nfunc (s *state) own() { s.m = map[string]int{} }\n"
        "func own(m *map[string]int) { *m = map[string]int{} }\n"
        "var current = &state{m: map[string]int{}}\nvar all []map[string]int\n"
        f"func apply() {{ next := *current; {change} }}\nfunc main() {{ for range 3 {{ go apply() }} }}"
    )
    assert found(source) == []


RETRY = """
type conn struct { pending map[int]int }
func (c *conn) read() { c.pending[1] = 1 }
func (c *conn) send() { c.pending[2] = 2 }
func main() { in := make(chan int); BODY }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("for { c := &conn{pending: map[int]int{}}; if len(in) > 1 { go c.read(); c.send(); break } }", True),
        ("for { c := &conn{pending: map[int]int{}}; c.send(); if len(in) > 1 { go c.read(); break } }", False),
        ("c := &conn{pending: map[int]int{}}; if len(in) > 1 { go c.read(); return }; go c.send()", False),
        ("c := &conn{pending: map[int]int{}}; if len(in) > 1 { go c.read() } else { go c.send() }", False),
        ("c := &conn{pending: map[int]int{}}; if len(in) > 1 { go c.read() }; go c.send()", True),
        ("c := &conn{pending: map[int]int{}}; for range in { if len(in) > 1 { go c.read() } else { go c.send() } }", True),
        ("c := &conn{pending: map[int]int{}}; switch len(in) { case 1: go c.read(); fallthrough; case 2: go c.send() }", True),
    ],
)
def test_what_one_activation_does_not_do_does_not_race(body: str, racy: bool) -> None:
    assert (found(RETRY.replace("BODY", body)) != []) is racy


@pytest.mark.parametrize(
    "loop",
    [
        "first := true; for range in { if first { go c.read(); if len(in) > 9 { continue }; first = false } }",
        "first := true; p := &first; for range in { if first { go c.read(); first = false }; *p = true }",
        "first := true; again := func() { first = true }; for range in { if first { go c.read(); first = false }; again() }",
    ],
)
def test_a_flag_that_may_be_set_again_stops_nobody(loop: str) -> None:
    assert "WRITE" in found(RETRY.replace("BODY", f"c := &conn{{pending: map[int]int{{}}}}; {loop}"))


@pytest.mark.parametrize(("outer", "racy"), [("Inner", True), ("Inner\nown int", True)])
def test_a_type_that_embeds_another_has_its_method(outer: str, racy: bool) -> None:
    source = (
        "var hits = map[string]int{}\ntype Putter interface { Put(k string) }\ntype Inner struct{}\nfunc (Inner) Put(k string) { hits[k]++ }\n"
        f"func (Inner) Flush() {{}}\ntype Outer struct {{ {outer} }}\nfunc (o Outer) Flush() {{}}\nfunc use(p Putter) {{ p.Put(`a`) }}\n"
        "func main() { o := Outer{}; for range 3 { go use(o) } }"
    )
    assert (found(source) != []) is racy


def test_what_a_branch_starts_behind_its_wait_is_not_waited_for() -> None:
    source = (
        "import `sync`\nfunc main() { m := map[string]int{}; var wg sync.WaitGroup; n := len(m); work := func() { m[`a`]++; wg.Done() }\n"
        "switch { case n > 1: wg.Wait(); wg.Add(1); go work(); default: wg.Wait(); wg.Add(1); go work() }; m[`b`]++; wg.Wait() }"
    )
    assert found(source) != []


@pytest.mark.parametrize(("background", "racy"), [("false", False), ("true", True)])
def test_a_truth_value_goes_along_with_a_function_that_is_handed_on(background: str, racy: bool) -> None:
    source = (
        f"type s struct {{ m map[int]int }}\nfunc (x *s) add() {{ run({background}, func() {{ x.m[1]++ }}) }}\n"
        "func run(bg bool, f func()) { run2(bg, f) }\nfunc run2(bg bool, f func()) { run3(bg, f) }\n"
        "func run3(bg bool, f func()) { if bg { go f() } }\n"
        "var one = &s{m: map[int]int{}}\nfunc main() { for range 3 { one.add() } }"
    )
    assert (found(source) != []) is racy


def test_code_that_does_not_compile_is_still_analysed() -> None:
    assert found("func main() { m := map[int]int{}; n := 1; for range 3 { if n { n++ }; go func() { m[1]++ }() } }") == ["WRITE"]


@pytest.mark.parametrize(
    ("change", "racy"),
    [
        ("m, _ := req.Arguments.(map[string]any); m[`a`] = 1", False),
        ("m := req.Header; m[`a`] = nil", False),
        ("m := shared; m[`a`] = 1", True),
    ],
)
def test_what_a_handler_is_handed_is_the_request_s_own(change: str, racy: bool) -> None:
    source = (
        "import lop `github.com/samber/lo/parallel`\ntype Request struct { Arguments any; Header map[string][]string }\n"
        "var shared = map[string]any{}\n"
        f"func Each(all []Request) {{ lop.ForEach(all, func(req Request, i int) {{ {change} }}) }}"
    )
    assert (found(source) != []) is racy
