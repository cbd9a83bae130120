"""Maps that lose some of their entries only: on some ways, under another key, or for a moment."""

from __future__ import annotations

import pytest
from golint_maps.rules.retention import gm401_map_only_grows

from golint_maps.testing import findings_of

HEAD = """package p
import "strings"
var _ = strings.ToLower
type entry struct { ref string }
type S struct { in chan string; m, n map[string]*entry; count, other map[string]int }
func New() *S { s := &S{}; go s.run(); return s }
func (s *S) run() { for k := range s.in { _ = s.Do(k, nil) } }
func (s *S) Do(id string, f func() error) error { return nil }
func keyOf(subject, queue string) string { return subject + " " + queue }
func parent(path string) string { return path[:1] }
"""


def messages(body: str) -> list[str]:
    head = HEAD if ") Do(" not in body else HEAD.replace("func (s *S) Do(id string, f func() error) error { return nil }\n", "")
    return [finding.message for finding in findings_of(gm401_map_only_grows, {"p.go": head + body})]


# --- keys ---

ADD = "func (s *S) Add(a, b string) { key := keyOf(a, b); s.m[key] = nil }\n"


def test_a_look_up_by_one_key_and_a_delete_by_what_it_was_made_from() -> None:
    body = "func (s *S) Check(a, b string) { key := keyOf(a, b); if s.m[key] != nil { delete(s.m, %s) } }"
    (found,) = messages(ADD + body % "a")
    assert "stored under `key`, but S.Check deletes `a`" in found
    assert messages(ADD + body % "key") == []


def test_an_insert_under_one_form_and_a_delete_under_another() -> None:
    source = "func (s *S) Put(name string) { s.m[strings.ToLower(name)] = nil }\nfunc (s *S) Drop(name string) { delete(s.m, %s) }"
    (found,) = messages(source % "name")
    assert "but S.Drop deletes `name`" in found
    assert messages(source % "strings.ToLower(name)") == []


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("`user:` + name", True),
        ("prefix + name", True),
        ("strings.TrimSpace(name)", True),
        ("`user:` + strings.ToLower(strings.TrimSpace(name))", True),
        ("strings.TrimPrefix(name, `user:`)", True),
        ("keyOf(name, `x`)", True),
        ("host + name", False),  # who drops it may hand in both as one
        ("keyOf(host, name)", False),
        ("s.base + name", False),
        ("keyOf(name, strings.ToLower(host))", False),
    ],
)
def test_only_another_form_of_one_text_is_compared_with_the_key_of_another_function(form: str, found: bool) -> None:
    head = HEAD.replace("type S struct {", "const prefix = `p`\ntype S struct { base string;")
    body = "func (s *S) Put(host, name string) { s.m[%s] = nil }\nfunc (s *S) Drop(name string) { delete(s.m, name) }"
    assert bool(findings_of(gm401_map_only_grows, {"p.go": head + body % form})) == found


def test_a_number_that_is_made_coarser_may_be_what_the_other_function_is_handed() -> None:
    head = HEAD.replace("import", 'import "math"\nimport').replace("type S struct {", "type S struct { bins map[float64]*entry; tens map[int]*entry;")
    body = (
        "func (s *S) Scale(v float64) { scale := math.Floor(v); s.bins[scale] = nil }\nfunc (s *S) Rescale(v float64) { delete(s.bins, v) }\n"
        "func (s *S) Put(v int) { ten := v / 10; s.tens[ten] = nil }\nfunc (s *S) Drop(v int) { delete(s.tens, v) }"
    )
    assert findings_of(gm401_map_only_grows, {"p.go": head + body}) == []


@pytest.mark.parametrize(
    "body",
    [
        "func (s *S) Check(a string) { up := parent(a); if s.m[up] != nil { delete(s.m, a) } }",
        "func (s *S) Check(a, b string) { if s.m[a] != nil { delete(s.m, b) } }",
        "func (s *S) Put(name string) { s.m[strings.ToLower(name)] = nil }\nfunc (s *S) Drop() { for k := range s.m { delete(s.m, k) } }",
        "func (s *S) Put(name string) { s.m[strings.ToLower(name)] = nil }\nfunc (s *S) Drop(key string) { delete(s.m, key) }",
    ],
)
def test_other_things_and_keys_that_are_made_elsewhere(body: str) -> None:
    assert messages(body + "\nfunc (s *S) Fill(k string) { s.m[k] = nil }") == []


# --- back again ---


def test_a_count_that_is_stored_behind_the_delete() -> None:
    (found,) = messages("func (s *S) Bump(k string, n int) { if s.count[k]+n == 0 { delete(s.count, k) }; s.count[k] += n }")
    assert "`s.count` gets an entry back that S.Bump has just deleted" in found


def test_a_value_that_is_looked_up_under_the_deleted_key() -> None:
    body = (
        "func (s *S) Update(k string, d int) { n := 0\nif v, ok := s.other[k]; ok { n = v + d\nif n <= 0 { delete(s.other, k); delete(s.count, k) } "
        "else { s.other[k] = n } }\nn = s.other[k]\n%s }"
    )
    (found,) = messages(body % "if last, ok := s.count[k]; !ok || last != n { s.count[k] = n }")
    assert "`s.count` gets an entry back" in found
    assert messages(body % "_ = n") == []
    assert messages(body % "if n > 0 { s.count[k] = n }") == []


@pytest.mark.parametrize(
    "body",
    [
        "func (s *S) Bump(k string, n int) { if n == 0 { delete(s.count, k) } else { s.count[k] += n } }",
        "func (s *S) Bump(k string, n int) { if n == 0 { delete(s.count, k); return }; s.count[k] += n }",
        "func (s *S) Bump(k string, n int) { switch { case n == 0: delete(s.count, k); default: s.count[k] += n } }",
        "func (s *S) Bump(k string, n int) { s.count[k] += n; if s.count[k] == 0 { delete(s.count, k) } }",
        "func (s *S) Move(a, b string) { s.count[b] += s.count[a]; delete(s.count, a) }",
        "func (s *S) Renew(k string) { delete(s.m, k); s.m[k] = &entry{} }",
    ],
)
def test_stores_that_exclude_the_delete_or_mean_it(body: str) -> None:
    assert messages(body) == []


# --- ways ---


def test_a_return_on_an_error_passes_the_delete_by() -> None:
    body = (
        "func (s *S) Do(id string, f func() error) error {\ns.m[id] = nil\nif err := f(); err != nil { %sreturn err }\ndelete(s.m, id); return nil }"
    )
    (found,) = messages(body % "")
    assert "`s.m` keeps the entry for `id` when S.Do returns early" in found
    assert messages(body % "delete(s.m, id); ") == []


@pytest.mark.parametrize(
    "body",
    [
        "func (s *S) Do(id string, f func() error) error { s.m[id] = nil; defer delete(s.m, id); if f() != nil { return f() }; return nil }",
        "func (s *S) Do(id string, f func() error) error { s.m[id] = nil; defer func() { delete(s.m, id) }(); return f() }",
        "func (s *S) Do(id string, f func() error) error { if f == nil { return nil }; s.m[id] = nil; _ = f(); delete(s.m, id); return nil }",
        (
            "func (s *S) Do(id string, f func() error) error { s.m[id] = nil; if f() != nil { return f() }; delete(s.m, id); return nil }\n"
            "func (s *S) Sweep() { clear(s.m) }"
        ),
    ],
)
def test_deferred_deletes_and_sweeps(body: str) -> None:
    assert messages(body) == []


FILL = "func (s *S) Fill(a, b string) { s.m[a] = nil; s.n[b] = nil }\n"


def test_a_branch_that_cleans_one_of_two_maps() -> None:
    body = "func (s *S) Drop(a, b string, all bool) { if all { delete(s.n, b); delete(s.m, a) } else { delete(s.n, b)%s } }"
    (found,) = messages(FILL + body % "")
    assert "`s.m` keeps its entry on one branch of S.Drop: there only `s.n` is cleaned" in found
    assert messages(FILL + body % "; delete(s.m, a)") == []


def test_an_early_end_that_cleans_one_of_two_maps() -> None:
    body = "func (s *S) Drop(a, b string, all bool) { if !all { delete(s.n, b); return }; delete(s.n, b); delete(s.m, a) }"
    (found,) = messages(FILL + body)
    assert "`s.m` keeps its entry on one branch" in found


STORE = "func (s *S) Store(ks []string) { for _, k := range ks { %s } }\n"
RESET = "func (s *S) Reset(i int) { for k, v := range s.count { if v < i { delete(s.count, k); delete(s.m, k) } } }"


def test_an_insert_that_the_map_which_is_gone_over_never_hears_of() -> None:
    (found,) = messages(STORE % "if k == `` { s.m[k] = nil; continue }; s.count[k] = 1" + RESET)
    assert "`s.m` keeps entries that `s.count` does not know" in found
    assert messages(STORE % "s.count[k] = 1; if k == `` { s.m[k] = nil; continue }" + RESET) == []


def test_a_value_that_is_overwritten_with_its_way_to_another_map() -> None:
    body = "func (s *S) Add(k, ref string) { %ss.m[k] = &entry{ref}; s.n[ref] = nil }\n"
    done = "func (s *S) Done() { for k, e := range s.m { if e.ref == `` { delete(s.m, k); delete(s.n, e.ref) } } }"
    (found,) = messages(body % "" + done)
    assert "`s.n` keeps the entry of a value that S.Add overwrites" in found
    assert messages(body % "if e, ok := s.m[k]; ok { delete(s.n, e.ref) }; " + done) == []
    named = "func (s *S) Add(e *entry, ref string) { s.m[e.ref] = e; s.n[ref] = nil }\n"
    assert messages(named + done) == []  # what has this name already is the same thing


def test_a_way_to_another_map_that_is_lost_with_the_object_is_no_leak() -> None:
    body = "func (s *S) Add(k, ref string) { s.m[k] = &entry{ref}; s.n[ref] = nil }\n"
    body += "func (s *S) Done() { for k, e := range s.m { if e.ref == `` { delete(s.m, k); delete(s.n, e.ref) } } }"
    given = HEAD.replace("s := &S{}; go s.run(); return s", "return &S{}")
    assert findings_of(gm401_map_only_grows, {"p.go": HEAD + body}) != []
    assert findings_of(gm401_map_only_grows, {"p.go": given + body}) == []
    assert findings_of(gm401_map_only_grows, {"p.go": given + "var all = New()\n" + body}) != []
    locked = body.replace("{ s.m[k] = &entry", "{ mu.Lock(); defer mu.Unlock(); s.m[k] = &entry")
    assert findings_of(gm401_map_only_grows, {"p.go": given.replace("import", 'import "sync"\nimport') + "var mu sync.Mutex\n" + locked}) != []


@pytest.mark.parametrize(
    ("caller", "found"),
    [
        ("func Open() *S { s := &S{n: map[string]*entry{}}; s.load(nil); return s }", 0),
        ("func Open() *S { s := &S{n: map[string]*entry{}}; s.load(nil); return s }\nfunc (s *S) Reload() { s.load(nil) }", 1),
        ("func Open() *S { s := &S{n: map[string]*entry{}}; for { s.load(nil) } }", 1),
        ("func Open(s *S) { s.load(nil) }", 1),
    ],
)
def test_what_only_a_constructor_calls_overwrites_nothing(caller: str, found: int) -> None:
    load = "func (s *S) load(all map[string]string) { for k, ref := range all { s.m[k] = &entry{ref}; s.n[ref] = nil } }\n"
    done = "func (s *S) Done() { for k, e := range s.m { if e.ref == `` { delete(s.m, k); delete(s.n, e.ref) } } }\n"
    assert len([message for message in messages(load + done + caller) if "overwrites" in message]) == found


CALL = """func (s *S) Call(id string, f func() error) error {
s.m[id] = &entry{}
if err := f(); err != nil { %s }
switch s.Do(id, f) { case nil: %s; default: %s } }"""


def test_an_entry_that_only_success_takes_out() -> None:
    (found,) = messages(CALL % ("return err", "delete(s.m, id); return nil", "delete(s.m, id); return nil"))
    assert "when S.Call returns early" in found


@pytest.mark.parametrize(
    "returns",
    [
        ("delete(s.m, id); return err", "delete(s.m, id); return nil", "delete(s.m, id); return nil"),
        ("delete(s.m, id); return err", "return nil", "return nil"),  # taken back where it failed
    ],
)
def test_an_entry_that_failure_takes_out(returns: tuple[str, str, str]) -> None:
    assert messages(CALL % returns) == []


PAIR = "func (s *S) Fill(k string) { s.m[k] = nil; s.n[k] = nil }\n"


@pytest.mark.parametrize(
    "body",
    [
        # the map is cleaned at times of its own
        "func (s *S) Drop(k string, n int) { switch n { case 0: delete(s.m, k); delete(s.n, k); case 1: delete(s.n, k); case 2: delete(s.m, k) } }",
        # the entry is stored again: it is to stay
        "func (s *S) Drop(k string, all bool) { if !all { delete(s.n, k); s.m[k] = &entry{}; return }; delete(s.m, k); delete(s.n, k) }",
        # the other map is a list of work, and what has been dealt with goes out of it
        "func (s *S) Do(k string) { for id := range s.n { if id == k { delete(s.n, id); continue }; delete(s.m, k); delete(s.n, id) } }",
        # the other map has entries of its own as well
        (
            "func (s *S) On(k int) { switch { case k > 9: s.m[``], s.n[``] = nil, nil; case k > 8: delete(s.m, ``); delete(s.n, ``)\n"
            "case k > 7: s.n[``] = nil; default: delete(s.n, ``) } }"
        ),
    ],
)
def test_branches_that_mean_to_clean_one_of_two_maps(body: str) -> None:
    assert messages(PAIR + body) == []


def test_an_entry_that_was_stored_before_the_branch_is_kept_by_it() -> None:
    body = "func (s *S) Drop(k string, all bool) { s.count[k]++; if all { delete(s.count, k); delete(s.m, k) } else { delete(s.m, k) } }"
    fill = "func (s *S) Fill(k string) { s.count[k] = 1; s.m[k] = nil }\n"
    assert any("`s.count` keeps its entry on one branch" in message for message in messages(fill + body))


def test_an_entry_that_has_just_been_stored_is_to_stay() -> None:
    body = (
        "func (s *S) Put(k string, gone bool) { if gone { delete(s.count, k); delete(s.m, k) } else { %s; for o := range s.m { delete(s.m, o) } } }"
    )
    fill = "func (s *S) Fill(k string) { s.count[k] = 1; s.m[k] = nil }\n"
    assert messages(fill + body % "s.count[k] = 1") == []
    assert messages(fill + body % "println(k)") != []


def test_inner_maps_go_with_their_entry_on_a_branch() -> None:
    head = HEAD.replace("type S struct {", "type S struct { sets map[string]map[string]int;")
    body = (
        "func (s *S) Fill(k, p string) { s.sets[k][p] = 1; s.count[p] = 1 }\n"
        "func (s *S) Drop(k, p string, all bool) {\n"
        "if all { delete(s.sets, k); delete(s.count, p) } else { delete(s.sets[k], p); delete(s.count, p) } }"
    )
    assert findings_of(gm401_map_only_grows, {"p.go": head + body}) == []


def test_a_branch_that_has_found_no_entry_leaves_none() -> None:
    body = "func (s *S) Get(k string, n int) { %s { delete(s.n, k); return }; if n == 0 { delete(s.m, k); delete(s.n, k) } }"
    assert messages(PAIR + body % "e, ok := s.m[k]; _ = e; if !ok") == []
    assert messages(PAIR + body % "e, ok := s.n[k]; _ = e; if !ok") != []


def test_what_is_made_anew_has_no_old_entries() -> None:
    fill = "func (s *S) Fill(es []*entry) { %s for k, e := range es { s.other[e.ref] = k; s.m[e.ref+`x`] = e } }\n"
    drop = "func (s *S) Drop(k string) { if e, ok := s.m[k]; ok { delete(s.other, e.ref); delete(s.m, k) } }"
    assert messages(fill % "" + drop) != []
    assert messages(fill % "s.other = map[string]int{};" + drop) == []


def test_one_map_of_two_objects_is_no_pair() -> None:
    fill = "func (s *S) Fill(o *S, k string) { s.m[k] = nil; o.m[k] = nil }\n"
    assert messages(fill + "func (s *S) Drop(o *S, k string, all bool) { if all { delete(o.m, k); delete(s.m, k) } else { delete(o.m, k) } }") == []


def test_a_literal_that_is_deferred_deletes_on_every_way_behind_it() -> None:
    body = """func (s *S) Do(id string, f func() error) error {
	s.m[id] = nil
	if f == nil { delete(s.m, id); return nil }
	%s
	if err := f(); err != nil { return err }
	return nil
}
"""
    assert messages(body % "defer func() { delete(s.m, id) }()") == []
    assert messages(body % "defer func() { delete(s.n, id) }()") != []
