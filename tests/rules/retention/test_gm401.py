"""Maps that only grow: each case is the shortest form of a pattern."""

from __future__ import annotations

import pytest
from golint_maps.rules.retention import gm401_map_only_grows

from golint_maps.findings import Finding
from golint_maps.testing import findings_of


def findings(source: str) -> list[Finding]:
    return findings_of(gm401_map_only_grows, {"p.go": "package p\n" + source})


def maps(source: str) -> list[str]:
    return [finding.key for finding in findings(source)]


# --- what lives long ---


def test_a_package_map_grows_by_an_exported_function() -> None:
    assert maps("var m = map[string]*int{}\nfunc Put(k string, v *int) { m[k] = v }") == ["m"]


def test_the_result_stands_at_the_declaration() -> None:
    source = "package p\ntype S struct { other int; items map[string]*int }\nvar s = &S{}\nfunc Put(k string) { s.items[k] = nil }"
    (found,) = findings_of(gm401_map_only_grows, {"p.go": source})
    assert source[found.location.start : found.location.end] == "items"


@pytest.mark.parametrize(
    "source",
    [
        "type C struct { m map[string]*int }\ntype S struct { c *C }\nvar s = &S{}\nfunc (c *C) Put(k string) { c.m[k] = nil }",
        "type C struct { m map[string]*int }\ntype S struct { c [4]C }\nvar s S\nfunc (c *C) Put(k string) { c.m[k] = nil }",
        'import "net/http"\ntype S struct { m map[string]*int }\nfunc (s *S) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.m[r.Host] = nil }',
        (
            'import "net/http"\ntype C struct { m map[string]*int }\ntype S struct { c C }\nfunc (c *C) put(k string) { c.m[k] = nil }\n'
            "func (s *S) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.c.put(r.Host) }"
        ),
        (
            "type S struct { in chan string; m map[string]*int }\nfunc New() *S { s := &S{}; go s.run(); return s }\n"
            "func (s *S) run() { for k := range s.in { s.m[k] = nil } }"
        ),
        (
            "type S struct { in chan string; quit chan bool; m map[string]*int }\nfunc (s *S) Start() { go s.run() }\n"
            "func (s *S) run() { for { select { case k := <-s.in: s.m[k] = nil; case <-s.quit: return } } }"
        ),
        (
            'import "time"\ntype S struct { m map[string]*int; next func() string }\nfunc (s *S) Start() { go func() {\n'
            "t := time.NewTicker(time.Second); for range t.C { s.m[s.next()] = nil } }() }"
        ),
        (
            'import "net/http"\nfunc main() { m := map[string]*int{}\n'
            'http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { m[r.Host] = nil }) }'
        ),
        (
            'import "net/http"\ntype S struct { m map[string]*int }\nfunc (s *S) put(k string) { s.m[k] = nil }\n'
            "func Count(next http.Handler) http.Handler { s := &S{m: map[string]*int{}}\n"
            "return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.put(r.Host); next.ServeHTTP(w, r) }) }"
        ),
        (
            'import "net/http"\nfunc Count(next http.Handler) http.Handler { m := map[string]*int{}\n'
            "return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m[r.Host] = nil; next.ServeHTTP(w, r) }) }"
        ),
        (
            'import "net"\nfunc main() { m := map[string]*int{}; l, _ := net.Listen("tcp", ":1")\n'
            "for { c, err := l.Accept(); if err != nil { return }; go func() { m[c.RemoteAddr().String()] = nil }() } }"
        ),
    ],
)
def test_what_lives_as_long_as_the_process(source: str) -> None:
    assert len(maps(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        (
            'import "net"\nfunc main() { l, _ := net.Listen("tcp", ":1"); for { c, err := l.Accept(); if err != nil { return }\n'
            "m := map[string]*int{}; go func() { m[c.RemoteAddr().String()] = nil }() } }"
        ),
        "func Count(words []string) int { m := map[string]*int{}; for _, w := range words { m[w] = nil }; return len(m) }",
        (
            "type lexer struct { m map[string]*int }\nfunc (l *lexer) add(k string) { l.m[k] = nil }\n"
            "func Lex(words []string) { l := &lexer{m: map[string]*int{}}; for _, w := range words { l.add(w) } }"
        ),
        'import "net/http"\nfunc Handle(w http.ResponseWriter, r *http.Request) { m := map[string]*int{}; for k := range r.Header { m[k] = nil } }',
        (
            'import "net/http"\ntype req struct { m map[string]*int }\nfunc (q *req) add(k string) { q.m[k] = nil }\n'
            "func Handle(w http.ResponseWriter, r *http.Request) { q := &req{map[string]*int{}}; q.add(r.Host) }"
        ),
        (
            "type loader struct { m map[string]*int }\nfunc (l *loader) load(lines []string) { for _, k := range lines { l.m[k] = nil } }\n"
            "func New(lines []string) *loader { l := &loader{map[string]*int{}}; go l.load(lines); return l }"
        ),
        (
            'import ("bufio"; "os")\ntype loader struct { m map[string]*int }\n'
            "func (l *loader) load(r *bufio.Reader) { for { k, err := r.ReadString('\\n'); if err != nil { return }; l.m[k] = nil } }\n"
            "func New() *loader { l := &loader{map[string]*int{}}; go l.load(bufio.NewReader(os.Stdin)); return l }"
        ),
        (
            "type T struct { m map[string]*int }\nvar all = map[string]*T{}\nfunc (t *T) put(k string) { t.m[k] = nil }\n"
            'func Drop(k string) { delete(all, k) }\nfunc init() { all["x"] = &T{}; all["x"].put("y") }'
        ),
    ],
)
def test_what_ends_with_a_call_or_with_its_work(source: str) -> None:
    assert maps(source) == []


# --- what is growth ---


@pytest.mark.parametrize(
    "body",
    [
        "func Put(k string) { m[k] = nil }",
        "func Put(k string) { if m[k] == nil { m[k] = new(int) } }",
        "func Put(k string) *int { v, ok := m[k]; if ok { return v }; v = new(int); m[k] = v; return v }",
        "func Put(a, b string) { m[a+`/`+b] = nil }",
        "func put(k string) { m[k] = nil }\nfunc Put(k string) { put(k) }",
        "func put(m map[string]*int, k string) { m[k] = nil }\nfunc Put(k string) { put(m, k) }",
        "func Put(k string) { if m == nil { m = map[string]*int{} }; m[k] = nil }",
        "func Put(k string) { all := m; all[k] = nil }",
        'import "maps"\nfunc Put(more map[string]*int) { maps.Copy(m, more) }',
        "func NewSession(id string) *int { s := new(int); m[id] = s; return s }",
    ],
)
def test_inserts_that_make_a_map_grow(body: str) -> None:
    imports, _, rest = body.partition("\n") if body.startswith("import") else ("", "", body)
    assert maps(f"{imports}\nvar m = map[string]*int{{}}\n{rest}") != []


@pytest.mark.parametrize(
    "body",
    [
        "func Put(v *int) { m[`a`] = v }",
        "const name = `a`\nfunc Put(v *int) { m[name] = v }",
        "func put(k string) { m[k] = nil }\nfunc Put() { put(`a`); put(`b`) }",
        "func Put(on bool) { k := `off`; if on { k = `on` }; m[k] = nil }",
        "func Put() { for _, k := range []string{`a`, `b`} { m[k] = nil } }",
        "var names = []string{`a`, `b`}\nfunc Put() { for _, k := range names { m[k] = nil } }",
        "func Put(k string, v *int) { if _, ok := m[k]; ok { m[k] = v } }",
        "func Put(v *int) { for k := range m { m[k] = v } }",
        "func Put(k string, v *int) { if _, ok := m[k]; !ok { return }; m[k] = v }",
        "func init() { put(`a`) }\nfunc put(k string) { m[k] = nil }",
        "func Register(k string) { m[k] = nil }\nfunc init() { Register(`a`) }",
        "import `sync`\nvar once sync.Once\nfunc Put(ks []string) { once.Do(func() { for _, k := range ks { m[k] = nil } }) }",
        "func Get(k string) *int { if m == nil { m = map[string]*int{}; for _, x := range all() { m[x] = nil } }; return m[k] }\nfunc all() []string",
        "func main() { for _, k := range args() { m[k] = nil } }\nfunc args() []string",
    ],
)
def test_inserts_that_do_not(body: str) -> None:
    imports, _, rest = body.partition("\n") if body.startswith("import") else ("", "", body)
    assert maps(f"{imports}\nvar m map[string]*int\n{rest}") == []


@pytest.mark.parametrize(
    ("types", "key"),
    [
        ("", "bool"),
        ("", "byte"),
        ("type kind int\nconst (\n\ta kind = iota\n\tb\n)", "kind"),
        ("type kind string\nconst a = kind(`a`)", "kind"),
        ("type pair struct { a bool; b uint8 }", "pair"),
        ("import `reflect`", "reflect.Type"),
        ("import `time`", "time.Weekday"),
        ("", "uintptr"),
    ],
)
def test_a_closed_key_type_bounds_a_map(types: str, key: str) -> None:
    assert maps(f"{types}\nvar m = map[{key}]*int{{}}\nfunc Put(k {key}) {{ m[k] = nil }}") == []


def test_text_that_is_converted_to_a_type_of_constants_is_still_any_text() -> None:
    assert maps("type kind string\nconst a kind = `a`\nvar m = map[kind]*int{}\nfunc Put(k string) { m[kind(k)] = nil }") == ["m"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return kind(text())", ["m"]),
        ("if k := text(); k != `` { return kind(k) }; return a", ["m"]),
        ("switch k := text(); k { case `a`, `b`: return kind(k) }; return a", []),
        ("k := text(); if k != `b` { return a }; return kind(k)", []),
        ("k := text(); if _, ok := known[k]; !ok { return a }; return kind(k)", []),
        ("k := text(); if !valid(k) { return a }; return kind(k)", []),
    ],
)
def test_text_that_a_function_converts_is_any_text_unless_it_is_looked_at(body: str, found: list[str]) -> None:
    types = "type kind string\nconst a kind = `a`\nvar known map[string]bool\nfunc text() string\nfunc valid(string) bool\n"
    assert maps(f"{types}var m = map[kind]*int{{}}\nfunc of() kind {{ {body} }}\nfunc Put() {{ m[of()] = nil }}") == found


def test_a_registry_that_is_filled_from_data_too_is_none() -> None:
    source = "var m = map[string]*int{}\nfunc Register(k string) { m[k] = nil }\nfunc init() { Register(`a`) }\nfunc Decode(k string) { Register(k) }"
    assert maps(source) == ["m"]


# --- what is a release ---


@pytest.mark.parametrize(
    "release",
    [
        "func Drop(k string) { delete(m, k) }",
        "func Drop() { clear(m) }",
        "func Drop() { m = nil }",
        "func Drop() map[string]*int { old := m; m = map[string]*int{}; return old }",
        "func drop(all map[string]*int, k string) { delete(all, k) }\nfunc Drop(k string) { drop(m, k) }",
        "func drop(all map[string]*int) { for k := range all { delete(all, k) } }\nfunc pass(x map[string]*int) { drop(x) }\nfunc Drop() { pass(m) }",
        "func Drop(k string) { all := m; delete(all, k) }",
        "func Drop(k string) { p := &m; delete(*p, k) }",
        "type box struct { m map[string]*int }\nfunc (b *box) Drop(k string) { delete(b.m, k) }\nfunc Box() *box { return &box{m: m} }",
        "func Full() bool { return len(m) > 1000 }",
        "const most = 10\nfunc Trim() { if n := len(m); n >= most { drop(n) } }\nfunc drop(int)",
    ],
)
def test_releases_and_limits(release: str) -> None:
    assert maps("var m = map[string]*int{}\nfunc Put(k string) { m[k] = nil }\n" + release) == []


@pytest.mark.parametrize(
    "forget",
    [
        "func Forget(k string) { forget(k, a, b) }\nfunc forget(k string, maps ...map[string]*int) { for _, m := range maps { delete(m, k) } }",
        "func Forget(k string) { for _, m := range []map[string]*int{a, b} { delete(m, k) } }",
        "func Forget() { all := []*map[string]*int{&a, &b}; for _, m := range all { clear(*m) } }",
    ],
)
def test_maps_may_be_emptied_as_elements_of_a_list(forget: str) -> None:
    source = "var a, b, c = map[string]*int{}, map[string]*int{}, map[string]*int{}\nfunc Put(k string) { a[k] = nil; b[k] = nil; c[k] = nil }\n"
    assert maps(source + forget) == ["c"]


def test_a_method_of_the_named_map_type_releases() -> None:
    source = "type set map[string]*int\nfunc (s set) drop(k string) { delete(s, k) }\nvar m = set{}\nfunc Put(k string) { m[k] = nil }\n"
    assert maps(source + "func Drop(k string) { m.drop(k) }") == []


def test_an_owner_that_is_replaced_takes_its_map_along() -> None:
    source = "type C struct { m map[string]*int }\nvar c = &C{m: map[string]*int{}}\nfunc (c *C) put(k string) { c.m[k] = nil }\n"
    assert maps(source + "func Put(k string) { c.put(k) }") == ["c.m"]
    assert maps(source + "func Put(k string) { c.put(k) }\nfunc Reset() { c = &C{m: map[string]*int{}} }") == []
    assert maps(source + "func Put(k string) { c.put(k) }\nfunc (c *C) Reset() { *c = C{m: map[string]*int{}} }") == []


def test_maps_in_a_list_are_replaced_one_by_one() -> None:
    source = "type S struct { shards []map[string]*int }\nvar s = &S{}\nfunc Put(i int, k string) { s.shards[i][k] = nil }\n"
    assert maps(source) == ["s.shards[i]"]
    assert maps(source + "func Reset(i int) { s.shards[i] = map[string]*int{} }") == []


def test_maps_in_a_map_are_replaced_one_by_one() -> None:
    source = (
        "type S struct { byKind map[int]map[string]*int }\nvar s = &S{}\nfunc Put(i int, k string) { s.byKind[i][k] = nil }\n"
        "func kept(m map[string]*int) map[string]*int\n"
    )
    assert maps(source) == ["s.byKind[i]"]
    assert maps(source + "func Sweep() { for i, m := range s.byKind { s.byKind[i] = kept(m) } }") == []


def test_an_inner_map_goes_with_its_entry() -> None:
    source = "var m = map[string]map[string]*int{}\nfunc Put(a, b string) { if m[a] == nil { m[a] = map[string]*int{} }; m[a][b] = nil }\n"
    assert maps(source) == ["m"]
    assert maps(source + "func Drop(a string) { delete(m, a) }") == []
    assert maps(source + "func Drop(a, b string) { delete(m[a], b) }") == ["m"]


@pytest.mark.parametrize(
    "release",
    [
        "func drop(k string) { delete(m, k) }",
        "func drop(k string) { delete(m, k) }\nfunc dropAll(ks []string) { for _, k := range ks { drop(k) } }",
    ],
)
def test_a_release_that_nothing_calls_is_none_and_is_named(release: str) -> None:
    (found,) = findings("var m = map[string]*int{}\nfunc Put(k string) { m[k] = nil }\n" + release)
    assert "except drop, which nothing calls" in found.message


def test_a_release_that_is_only_passed_on_is_called() -> None:
    source = "var m = map[string]*int{}\nfunc Put(k string) { m[k] = nil }\nfunc drop(k string) { delete(m, k) }\nvar hook = drop\n"
    assert maps(source) == []


def test_what_is_emptied_at_the_end_only_grows_until_then() -> None:
    (found,) = findings("var m = map[string]*int{}\nfunc Put(k string) { m[k] = nil }\nfunc Close() { m = nil }")
    assert "before Close" in found.message


def test_a_namesake_of_another_type_is_not_meant() -> None:
    source = "type A struct { m map[string]*int }\ntype B struct { m map[string]*int }\nvar a, b = &A{}, &B{}\n"
    assert maps(source + "func Put(k string) { a.m[k] = nil; b.m[k] = nil }\nfunc Drop(k string) { delete(b.m, k) }") == ["a.m"]


# --- words and levels ---


def test_values_without_pointers_make_it_a_note() -> None:
    for value, level in (
        ("int", "note"),
        ("[4]float64", "note"),
        ("struct{}", "note"),
        ("string", "warning"),
        ("[]int", "warning"),
        ("any", "warning"),
    ):
        source = f'import "net/http"\nvar m = map[string]{value}{{}}\nfunc put(w http.ResponseWriter, r *http.Request) {{ m[r.Host] = zero }}\n'
        source += f"var zero {value}\n"
        (found,) = findings(source + 'func Serve() { http.HandleFunc("/", put) }')
        assert found.level.value == level


@pytest.mark.parametrize(
    "source",
    [
        "var m = map[string]*int{}\nfunc Put(k string, v *int) { m[k] = v }",
        "var m = map[string]*int{}\nfunc Put(c chan string) { go func() { m[<-c] = nil }() }",
    ],
)
def test_growth_that_the_program_does_not_show_is_a_note(source: str) -> None:
    (found,) = findings(source)
    assert found.level.value == "note"


def test_growth_that_the_program_shows_goes_before_what_callers_may_do() -> None:
    source = (
        'import "net/http"\nvar m = map[string]*int{}\nfunc Put(k string) { m[k] = nil }\n'
        "func put(w http.ResponseWriter, r *http.Request) { m[r.Host] = nil }\n"
        'func Serve() { http.HandleFunc("/", put) }'
    )
    (found,) = findings(source)
    assert found.level.value == "warning"
    assert "each call of put" in found.message.lower()


def test_a_map_that_is_cleaned_beside_it_is_named() -> None:
    source = "var m, n = map[string]*int{}, map[string]*int{}\nfunc Put(k string) { m[k] = nil; n[k] = nil }\nfunc Drop(k string) { delete(n, k) }"
    (found,) = findings(source)
    assert "`n` gets the same keys, and Drop takes them out again" in found.message


# --- what real code taught ---


def test_a_handler_with_a_key_of_its_own_adds_one_entry() -> None:
    source = (
        'import ("net/http"; "sync")\ntype checks struct { mu sync.Mutex; failures map[string]*int }\n'
        "func (c *checks) Wrap(next http.Handler, target string) http.Handler {\n"
        "return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.mu.Lock(); c.failures[%s] = nil; c.mu.Unlock() }) }\n"
    )
    assert maps(source % "target") == []
    assert maps(source % "r.Host") == ["c.failures"]


def test_keys_that_are_configured_are_few() -> None:
    source = "type serverConfig struct { name string }\nvar m = map[string]*int{}\nfunc Use(c *serverConfig) { m[c.name] = nil }"
    assert maps(source) == []
    assert maps("type Options struct { extra map[string]*int }\nvar o Options\nfunc (o *Options) Put(k string) { o.extra[k] = nil }") == []


def test_a_pool_for_each_size() -> None:
    source = "import `sync`\nvar pools = map[int]*sync.Pool{}\nfunc Of(size int) *sync.Pool { pools[size] = new(sync.Pool); return pools[size] }"
    assert maps(source) == []


def test_a_lock_says_that_an_object_is_shared() -> None:
    source = "import `sync`\ntype Counter struct { mu sync.Mutex; counts map[string]*int }\n"
    assert maps(source + "func (c *Counter) Add(k string) { c.mu.Lock(); c.counts[k] = nil; c.mu.Unlock() }") == ["c.counts"]
    assert maps(source + "func (c *Counter) Add(k string) { c.counts[k] = nil }") == []


def test_a_goroutine_of_one_connection_ends_with_it() -> None:
    source = (
        'import "net"\ntype conn struct { in chan string; m map[string]*int }\n'
        "func (c *conn) run() { for k := range c.in { c.m[k] = nil } }\n"
        "func Serve(l net.Listener) { for { if _, err := l.Accept(); err != nil { return }; c := &conn{m: map[string]*int{}}; go c.run() } }"
    )
    assert maps(source) == []


def test_an_object_that_is_made_on_the_way_is_another_one_each_time() -> None:
    source = (
        'import "net/http"\ntype app struct { m map[string]*int }\nvar last *app\nfunc (a *app) put(k string) { a.m[k] = nil }\n'
        "func Handle(w http.ResponseWriter, r *http.Request) { a := &app{m: map[string]*int{}}; a.put(r.Host) }\n"
        "func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {}"
    )
    assert maps(source) == []


def test_a_key_that_an_object_always_has_is_one_for_each_object() -> None:
    source = "type gauge struct { name string }\nvar m = map[string]float64{}\nfunc add(k string, v float64) { m[k] = v }\n"
    assert maps(source + "func (g *gauge) Add(v float64) { add(g.name, v) }") == []
    assert maps(source + "func (g *gauge) Add(v float64) { add(g.name, v) }\nfunc (g *gauge) Rename(n string) { g.name = n }") == ["m"]


def test_objects_that_register_themselves_are_many() -> None:
    source = "type sensor struct { id string }\nvar m = map[string]*sensor{}\n"
    assert maps(source + "func (s *sensor) Connect() { m[s.id] = s }") == ["m"]
    assert maps(source + "func put(k string, s *sensor) { m[k] = s }\nfunc (s *sensor) Connect() { put(s.id, s) }") == ["m"]


def test_a_goroutine_whose_input_is_closed_and_that_is_waited_for_ends() -> None:
    source = (
        "import `sync`\ntype ledger struct { mu sync.Mutex; m map[string]*int }\n"
        "func (l *ledger) consume(in chan string) { for k := range in { l.mu.Lock(); l.m[k] = nil; l.mu.Unlock() } }\n"
        "func main() { l := &ledger{m: map[string]*int{}}; in := make(chan string); var wg sync.WaitGroup; wg.Add(1)\n"
        "go func() { defer wg.Done(); l.consume(in) }()\nin <- `a`; %swg.Wait() }"
    )
    assert maps(source % "close(in); ") == []
    assert maps(source % "") == ["l.m"]


def test_goroutines_that_end_with_their_work_come_again_with_what_starts_them() -> None:
    source = (
        "import `sync`\ntype finder struct { mu sync.Mutex; m map[string]*int; names []string }\n"
        "func (f *finder) fetch(k string) { f.mu.Lock(); defer f.mu.Unlock(); f.m[k] = nil }\n"
        "func (f *finder) scan() { in := make(chan string); var wg sync.WaitGroup; wg.Add(1)\n"
        "go func() { defer wg.Done(); for k := range in { f.fetch(k) } }()\nfor _, k := range f.names { in <- k }; close(in); wg.Wait() }\n"
        "func NewFinder() *finder { f := &finder{m: map[string]*int{}}; %s; return f }"
    )
    assert maps(source % "services.NewTimerService(f.scan)") == ["f.m"]
    assert maps(source % "f.scan()") == []


@pytest.mark.parametrize(
    "body",
    [
        "if len(c.m) == 0 { c.load() }",
        "if c.m == nil { c.load() }",
        "if len(c.m) > 0 { return }; c.load()",
        "if len(c.m) != 0 { println() } else { c.load() }",
        "if k == `` || len(c.m) != 0 { return }; c.load()",
        "if len(c.m) == 0 { c.reload() }",
        "if !(ready && len(c.m) != 0) && k != `` { println() } else if ready && len(c.m) == 0 { c.load() }",
    ],
)
def test_a_helper_that_fills_a_map_where_it_is_empty_fills_it_once(body: str) -> None:
    source = (
        "type cache struct { m map[string]*int }\nvar c = &cache{m: map[string]*int{}}\nvar names []string\nvar ready bool\n"
        "func (c *cache) reload() { c.load() }\nfunc (c *cache) load() { for _, k := range names { c.m[k] = nil } }\n"
    )
    assert maps(f"{source}func Get(k string) {{ {body} }}") == []


@pytest.mark.parametrize("body", ["if len(names) == 0 { c.load() }", "if len(c.m) > 0 { c.load() }", "if len(c.m) == 0 || k != `` { c.load() }"])
def test_a_helper_that_is_also_called_where_the_map_has_entries_may_fill_it_again(body: str) -> None:
    source = (
        "type cache struct { m map[string]*int }\nvar c = &cache{m: map[string]*int{}}\nvar names []string\n"
        "func (c *cache) load() { for _, k := range names { c.m[k] = nil } }\n"
    )
    assert maps(f"{source}func Get(k string) {{ {body} }}") == ["c.m"]


def test_a_lock_in_an_element_says_nothing_of_its_life() -> None:
    source = (
        "import `sync`\ntype counter struct { mu sync.Mutex; n map[string]*int }\nvar all sync.Map\nfunc Drop(k string) { all.Delete(k) }\n"
        "func Count(user, tag string) { v, _ := all.LoadOrStore(user, &counter{n: map[string]*int{}}); c := v.(*counter)\n"
        "c.mu.Lock(); c.n[tag] = nil; c.mu.Unlock() }"
    )
    assert maps(source) == []


def test_what_main_holds_lives_as_long_as_main_serves() -> None:
    source = (
        "import (`net`; `time`; `bufio`; `os`)\nvar _ = time.Tick\nvar _ net.Conn\nvar _ = bufio.NewScanner\nvar _ = os.Stdin\n"
        "type server struct { m map[string]*int }\nfunc (s *server) handle(k string) { s.m[k] = nil }\nfunc next() string\n"
        "func main() { s := &server{m: map[string]*int{}}\n%s }"
    )
    assert maps(source % "for range time.Tick(time.Second) { s.handle(next()) }") == ["s.m"]
    accept = "l, _ := net.Listen(`tcp`, `:1`)\nfor { c, err := l.Accept(); if err != nil { return }; go s.handle(c.RemoteAddr().String()) }"
    assert maps(source % accept) == ["s.m"]
    assert maps(source % "for lines := bufio.NewScanner(os.Stdin); lines.Scan(); { s.handle(lines.Text()) }") == []
    assert maps(source % "for i := 0; i < 3; i++ { s.handle(next()) }") == []


# --- functions that are named, but not called by name ---

CACHE = "type cache struct { m map[string]*int }\nvar c = &cache{m: map[string]*int{}}\nfunc Put(k string) { c.m[k] = nil }\n"


@pytest.mark.parametrize(
    "use",
    [
        "var list = []func(string){c.drop}",
        "var table = map[string]func(string){`a`: c.drop}",
        "type job struct { f func(string) }\nvar jobs = []job{{c.drop}}",
        "type job struct { f func(string) }\nfunc run(j job) { j.f(`a`) }\nfunc Run() { run(job{f: c.drop}) }",
        "func run(all ...func(string)) { for _, f := range all { f(`a`) } }\nfunc Run() { run([]func(string){c.drop}...) }",
        "type job struct { f func(string) }\nfunc Job() any { return &job{f: c.drop} }",
        "func Send(to chan func(string)) { to <- c.drop }",
    ],
)
def test_a_release_that_is_stored_as_a_value_can_run(use: str) -> None:
    assert maps(f"{CACHE}func (c *cache) drop(k string) {{ delete(c.m, k) }}\n{use}") == []


def test_a_release_that_nothing_names_cannot_run() -> None:
    (found,) = findings(CACHE + "func (c *cache) drop(k string) { delete(c.m, k) }")
    assert "except cache.drop, which nothing calls" in found.message


# --- names, types and packages ---


def test_a_map_is_called_by_its_name_where_a_helper_fills_it() -> None:
    source = "var all, other = map[string]*int{}, map[string]*int{}\nfunc put(m map[string]*int, k string) { m[k] = nil }\n"
    source += "func drop(m map[string]*int, k string) { delete(m, k) }\nfunc Put(k string) { put(all, k); put(other, k) }\n"
    source += "func Drop(k string) { drop(other, k) }"
    (found,) = findings(source)
    assert found.message.startswith("`all` only grows")


def test_methods_of_a_named_map_type_fill_and_empty_the_map_that_they_are_called_on() -> None:
    source = "type table map[string]*int\nfunc (t table) put(k string) { t[k] = nil }\nfunc (t table) drop(k string) { delete(t, k) }\n"
    source += "var all, live = table{}, table{}\nfunc Put(k string) { all.put(k); live.put(k) }\nfunc Drop(k string) { live.drop(k) }"
    (found,) = findings(source)
    assert found.message.startswith("`all` only grows")


# --- what happens once, and keys that are few ---


def test_what_a_flag_lets_a_helper_do_once_is_no_growth() -> None:
    source = "type T struct { m map[string]*int; done bool }\nvar t = &T{m: map[string]*int{}}\nfunc lines() []string\n"
    source += "func (t *T) load() { for _, k := range lines() { t.m[k] = nil } }\n"
    assert maps(source + "func Get(k string) *int { if !t.done { t.load(); t.done = true }; return t.m[k] }") == []
    assert maps(source + "func Get(k string) *int { if !t.done { t.load() }; return t.m[k] }") == ["t.m"]


def test_a_goroutine_that_is_started_once_goes_on() -> None:
    source = "type T struct { m map[string]*int; in chan string; on bool }\nvar t = &T{m: map[string]*int{}}\n"
    source += "func (t *T) run() { for k := range t.in { t.m[k] = nil } }\n"
    source += "func Get(k string) *int { if !t.on { go t.run(); t.on = true }; return t.m[k] }"
    assert maps(source) == ["t.m"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("switch k { case `a`, `b`: m[k] = nil }", []),
        ("switch k { case `a`: return; default: m[k] = nil }", ["m"]),
        ("switch k { case other: m[k] = nil }", ["m"]),
        ("switch other { case `a`: m[k] = nil }", ["m"]),
    ],
)
def test_keys_that_a_switch_lets_through(body: str, found: list[str]) -> None:
    assert maps(f"var m = map[string]*int{{}}\nfunc Put(k, other string) {{ {body} }}") == found


# --- goroutines ---


@pytest.mark.parametrize(
    ("loop", "serves"),
    [
        ("for w.next(w.ctx) {}", True),
        ("for w.processNextItem() {}", True),
        ("for w.ctx.Err() == nil { w.next(w.ctx) }", True),
        ("for w.step() {}", False),
        ("for w.s.Err() == nil { w.step() }", False),
    ],
)
def test_loops_that_serve_in_their_condition(loop: str, serves: bool) -> None:
    source = 'import ("bufio"; "context")\ntype W struct { ctx context.Context; s *bufio.Scanner; get func() (string, bool); m map[string]*int }\n'
    source += "func (w *W) step() bool { k, ok := w.get(); w.m[k] = nil; return ok }\nfunc (w *W) processNextItem() bool { return w.step() }\n"
    source += "func (w *W) next(ctx context.Context) bool { return w.step() }\n"
    source += "func New() *W { w := &W{m: map[string]*int{}}; go w.run(); return w }\n"
    assert maps(f"{source}func (w *W) run() {{ {loop} }}") == (["w.m"] if serves else [])


SERVING = """type event struct { id string; data []byte }
type W struct { in chan event; quit chan bool }
func New() *W { w := &W{}; go w.run(); return w }
func use(m map[string][]byte) {}
func (w *W) run() { n := 0; last := map[string][]byte{}
for { %s; select { case e := <-w.in: if last[e.id] == nil { n++ }; last[e.id] = e.data; %s; case <-w.quit: return } } }"""


def test_a_local_map_of_a_loop_that_serves() -> None:
    (found,) = findings(SERVING % ("", ""))
    assert found.message.startswith("`last` only grows: W.run adds an entry for `e.id`")
    assert "the goroutine that runs W.run serves until it is told to stop" in found.message


@pytest.mark.parametrize(
    ("head", "then"),
    [
        ("", "delete(last, e.id)"),
        ("", "if len(last) > 9 { clear(last) }"),
        ("", "use(last)"),
        ("", "last = map[string][]byte{}"),
        ("", "if len(last) > 9 { return }"),
        ("last := map[string][]byte{}", ""),
        ("", "func() { use(last) }()"),
    ],
)
def test_a_local_map_that_is_emptied_or_let_out_or_made_in_each_turn(head: str, then: str) -> None:
    assert maps(SERVING % (head, then)) == []


def test_a_local_map_of_a_loop_for_one_call() -> None:
    assert maps(SERVING.replace("go w.run()", "w.run()") % ("", "")) == []


def test_what_an_atomic_holds_is_exchanged_as_a_whole() -> None:
    source = "import (`sync`; `sync/atomic`)\ntype state struct { mu sync.Mutex; m map[string]*int }\ntype T struct { now atomic.Pointer[state] }\n"
    source += "var t T\nvar now atomic.Pointer[state]\n"
    source += "func Reset() { now.Store(&state{m: map[string]*int{}}); t.now.Store(&state{m: map[string]*int{}}) }\n"
    assert maps(source + "func Put(k string) { s := now.Load(); s.mu.Lock(); s.m[k] = nil; s.mu.Unlock() }") == []
    assert maps(source + "func Put(k string) { s := t.now.Load(); s.mu.Lock(); s.m[k] = nil; s.mu.Unlock() }") == []


@pytest.mark.parametrize(
    "loop",
    [
        "for { if err := load(); err == nil { return }; <-time.After(time.Second) }",  # tried again until it succeeds
        "for { add(); <-q.Idle(); if !q.more { break } }",  # rounds, until nothing changes
        "for { watchConfigFile() ; time.Sleep(time.Second) }",  # a configuration that is read again
    ],
)
def test_rounds_that_come_to_an_end_do_not_grow_a_map(loop: str) -> None:
    source = (
        'import "time"\ntype queue struct { more bool }\nfunc (q *queue) Idle() chan bool { return nil }\nvar q queue\nvar name string\n'
        "var m = map[string]*int{}\nfunc add() { m[name] = nil }\nfunc load() error { add(); return nil }\nfunc watchConfigFile() { add() }\n"
    )
    assert not maps(source + f"func run() {{ {loop} }}\nfunc Start() {{ go run() }}")
    assert maps(source + "func run() { for { add(); <-time.After(time.Second) } }\nfunc Start() { go run() }") == ["m"]


def test_a_flag_that_the_callee_sets_lets_a_map_grow_once() -> None:
    source = (
        'import "net/http"\ntype page struct { err error; names map[string]*int; name string }\nvar done error\nvar p = &page{}\n'
        "func fill(p *page) { p.names[p.name] = nil; %s }\n"
        "func show(w http.ResponseWriter, r *http.Request) { p.name = r.Host; if p.err == nil { fill(p) } }\n"
        'func Serve() { http.HandleFunc("/", show) }'
    )
    assert maps(source % "p.err = done") == []
    assert maps(source % "") == ["p.names"]


def test_what_a_part_points_back_to_does_not_live_longer_for_it() -> None:
    source = (
        'import "net/http"\ntype whole struct { m map[string]*int; part worker }\ntype part struct { whole *whole; in chan string }\n'
        "type worker interface { Start() }\ntype other struct{}\nfunc (o *other) Start() {}\nfunc find(name string) *whole { return nil }\n"
        "func (p *part) Start() { go p.run() }\nfunc (p *part) run() { for range p.in { } }\nfunc (w *whole) put(k string) { w.m[k] = nil }\n"
        "func show(w http.ResponseWriter, r *http.Request) { find(r.Host).put(r.Host) }\nfunc Serve() { http.HandleFunc(`/`, show) }"
    )
    assert maps(source) == []
    assert maps(source.replace("; part worker", "")) == ["w.m"]


def test_what_only_tests_repeat_is_not_repeated() -> None:
    code = "package p\ntype C struct{ m map[string]*int }\nvar c = &C{}\nfunc put(k string) { c.m[k] = nil }\n"
    test = "package p\nimport `testing`\nfunc TestAll(t *testing.T) { go func() { for { put(t.Name()); <-ticks } }() }\nvar ticks chan int\n"
    assert findings_of(gm401_map_only_grows, {"p.go": code, "p_test.go": test.replace("`", '"')}) == []


def test_a_known_handler_counts_although_something_calls_it() -> None:
    source = (
        'import "net/http"\ntype H struct { m map[string]*int }\n'
        "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.m[r.Host] = nil }\n"
        "func (h *H) Warm(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }"
    )
    assert [finding.level.value for finding in findings(source)] == ["warning"]


@pytest.mark.parametrize("start", ["go serve(in, m)", "spawn(func() { serve(in, m) })"])
def test_a_goroutine_ends_with_its_work_whoever_starts_it(start: str) -> None:
    source = (
        "func spawn(f func()) { go f() }\nfunc serve(in chan string, m map[string]*int) { for k := range in { m[k] = new(int) } }\n"
        f"func Count(keys []string) {{\n in, done := make(chan string), make(chan int)\n m := map[string]*int{{}}\n {start}\n"
        " for _, k := range keys { in <- k }\n close(in)\n <-done\n}"
    )
    assert maps(source) == []


def test_what_main_holds_while_a_method_that_it_calls_serves() -> None:
    source = (
        "package main\nimport `context`\ntype tail struct { in chan string; m map[string]*int }\n"
        "func (t *tail) loop(ctx context.Context) {\n"
        " for { select { case <-ctx.Done(): return\ncase k := <-t.in: t.m[k] = new(int) } }\n}\n"
        "func feed(c chan string)\n"
        "func main() { t := &tail{in: make(chan string), m: map[string]*int{}}; go feed(t.in); t.loop(context.Background())%s }"
    )
    assert [found.key for found in findings_of(gm401_map_only_grows, {"p.go": source % ""})] == ["t.m"]
    # What is read afterwards was collected, by a loop that ends with the work.
    assert findings_of(gm401_map_only_grows, {"p.go": source % "; println(len(t.m))"}) == []


def test_a_loop_of_main_over_a_channel_that_is_closed_ends_with_the_work() -> None:
    source = (
        "package main\nfunc work(c chan string) { c <- `a` }\nfunc main() {\n c := make(chan string)\n s := &set{m: map[string]*int{}}\n"
        " go func() { work(c); {0} }()\n for k := range c { s.add(k) }\n}\ntype set struct { m map[string]*int }\n"
        "func (s *set) add(k string) { s.m[k] = new(int) }"
    )
    found = {end: findings_of(gm401_map_only_grows, {"p.go": source.replace("{0}", end)}) for end in ("close(c)", "work(c)")}
    assert [len(findings) for findings in found.values()] == [0, 1]


@pytest.mark.parametrize("run", ["func() { s.mu.Lock(); defer s.mu.Unlock(); s.m[k] = new(int) }()", "s.with(func() { s.m[k] = new(int) })"])
def test_a_literal_that_is_run_at_once_has_another_key_each_time(run: str) -> None:
    source = (
        'import ("net/http"; "sync")\ntype server struct { mu sync.Mutex; m map[string]*int }\n'
        "func (s *server) with(f func()) { s.mu.Lock(); defer s.mu.Unlock(); f() }\n"
        f"func (s *server) report(w http.ResponseWriter, r *http.Request) {{ k := r.URL.Path; {run} }}\n"
        "func Serve() { s := &server{m: map[string]*int{}}; http.HandleFunc(`/`, s.report) }"
    )
    assert maps(source) == ["s.m"]


# --- what says that keys are few, or that an object ends, without showing it ---

SERVER = (
    'import "net/http"\ntype H struct { m map[string]*%s }\ntype V struct{ ID, Name, Kind, Title, TypeURL, PageURL string }\n'
    "type hitCounter struct{ n *int }\n"
)


def levels(source: str) -> list[str]:
    return [finding.level.value for finding in findings(source)]


@pytest.mark.parametrize(
    ("value", "key", "level"),
    [
        ("V", "v.ID", "warning"),
        ("V", "v.Name", "note"),
        ("V", "v.Title", "note"),
        ("V", "r.Form.Get(v.Title)", "warning"),
        ("V", "v.Kind", "note"),
        ("V", "v.TypeURL", "note"),
        ("V", "v.PageURL", "warning"),
        ("V", "kind", "note"),
        ("V", "pluginID", "note"),
        ("V", "host", "note"),
        ("V", "user", "warning"),
        ("V", "r.Host", "warning"),
        ("hitCounter", "v.ID", "note"),
    ],
)
def test_words_for_what_there_are_few_of(value: str, key: str, level: str) -> None:
    source = SERVER % value + f"func (h *H) add(v *V, kind, pluginID, host, user string, r *http.Request) {{ h.m[{key}] = nil }}\n"
    source += "func get(r *http.Request) *V { return nil }\nfunc text() string { return `` }\n"
    source += "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.add(get(r), text(), text(), text(), text(), r) }"
    assert levels(source) == [level]


LOOP = (
    'import "time"\ntype item struct{ id, name string }\ntype S struct { in chan *item; all []*item; m map[string]*item }\n'
    "func New() *S { s := &S{}; go s.run(); return s }\nfunc list() []*item { return nil }\nfunc poll() []*item { return nil }\n"
)


def test_keys_that_are_hashes() -> None:
    source = (
        'import "net/http"\ntype H struct { m map[%s]*int }\nfunc of(r *http.Request) (k %s) { return }\nfunc (h *H) add(k %s) { h.m[k] = nil }\n'
    )
    source += "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.add(of(r)) }"
    assert levels(source.replace("%s", "[32]byte")) == ["warning"]
    assert levels(source.replace("%s", "[4]byte")) == ["note"]
    assert levels(source.replace("%s", "string")) == ["note"]


def test_a_handler_that_adds_the_entry_itself_adds_what_it_is_sent() -> None:
    source = 'import "net/http"\ntype H struct { m map[string]*int }\nfunc text(r *http.Request) string { return `` }\n'
    source += "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { %s }\nfunc (h *H) add(k string) { h.m[k] = nil }"
    assert levels(source % "k := text(r); h.m[k] = nil") == ["warning"]
    assert levels(source % "kind := text(r); h.m[kind] = nil") == ["note"]
    assert levels(source % "h.add(text(r))") == ["note"]


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("for v := range s.in { s.m[v.id] = v }", "warning"),
        ("for v := range s.in { s.m[v.name] = v }", "note"),
        ("for { time.Sleep(1); for _, v := range s.all { s.m[v.id] = v } }", "note"),
        ("for { time.Sleep(1); vs := list(); for _, v := range vs { s.m[v.id] = v } }", "note"),
        ("for { time.Sleep(1); for _, v := range poll() { s.m[v.id] = v } }", "warning"),
    ],
)
def test_a_loop_that_goes_over_what_there_is_meets_the_same_again(body: str, level: str) -> None:
    assert levels(LOOP + f"func (s *S) run() {{ {body} }}") == [level]


def test_keys_of_structs_of_few() -> None:
    source = 'import "net/http"\ntype key struct { %s string; all bool }\ntype H struct { m map[key]*int }\n'
    source += "func of(r *http.Request) key { return key{} }\n"
    source += "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.m[of(r)] = nil }"
    assert levels(source % "model") == ["note"]
    assert levels(source % "user") == ["warning"]  # nothing is said of such keys, and the handler adds them itself


def test_objects_that_are_made_again_and_again_may_end() -> None:
    source = (
        "type worker struct { in chan string; m map[string]*int }\nfunc newWorker() *worker { return &worker{m: map[string]*int{}} }\n"
        "func (t *worker) Start() { go t.run() }\nfunc (t *worker) run() { for id := range t.in { t.m[id] = nil } }\n"
        "type S struct { in chan string; all []*worker }\nfunc New() *S { s := &S{}; go s.loop(); return s }\n"
        "func (s *S) StartAll() { for _, t := range s.all { t.Start() } }\nfunc (s *S) add() { s.all = append(s.all, newWorker()) }\n"
        "func (s *S) loop() { %s }"
    )
    assert levels(source % "for range s.in { s.add() }") == ["note"]
    assert levels(source % "s.add(); for range s.in { }") == ["warning"]


def test_doubles_end_with_their_test() -> None:
    source = (
        'package p\nimport "net/http"\ntype %s struct { m map[string]*int }\n'
        "func (h *%s) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.m[r.Host] = nil }"
    )

    def count(name: str, file: str) -> int:
        return len(findings_of(gm401_map_only_grows, {file: source % (name, name)}))

    assert count("Agent", "agent.go") == 1
    assert count("MockAgent", "agent.go") == 0
    assert count("Agent", "agent_testing.go") == 0
    assert count("Agent", "test_utils.go") == 0


def test_a_goroutine_that_reports_its_end_is_expected_to_end() -> None:
    source = SERVING.replace("func (w *W) run() {", "func (w *W) run() { defer close(w.quit);") % ("", "")
    assert levels(source) == ["note"]
    assert levels(SERVING % ("", "")) == ["warning"]


def test_a_transport_meets_what_its_program_talks_to() -> None:
    source = (
        'import "net/http"\ntype T struct { m map[string]*int }\n'
        "func (t *T) RoundTrip(r *http.Request) (*http.Response, error) { t.m[r.URL.Path] = nil; return nil, nil }"
    )
    assert levels(source) == ["note"]


def test_a_loop_that_is_called_ends_with_its_input_unless_it_says_that_it_serves() -> None:
    source = (
        "var m = map[string]*int{}\nfunc %s(in chan string) { for { select { case id, ok := <-in: if !ok { return }; m[id] = nil } } }\n"
        "func Copy(in chan string) { %s(in) }\nfunc copyAll() { Copy(nil) }\nvar _ = copyAll"
    )
    assert levels(source % ("produce", "produce")) == ["note"]
    assert levels(source % ("watchAll", "watchAll")) == ["warning"]


def test_what_is_emptied_on_request_goes_on_afterwards() -> None:
    source = (
        'import "net/http"\ntype S struct { m map[string]*int }\nvar s = &S{}\nfunc (s *S) Destroy() { s.m = map[string]*int{} }\n'
        "func add(w http.ResponseWriter, r *http.Request) { s.m[r.Host] = nil }\nfunc reset(w http.ResponseWriter, r *http.Request) { %s }\n"
        'func Serve() { http.HandleFunc("/", add); http.HandleFunc("/reset", reset) }'
    )
    assert maps(source % "s.Destroy()") == []
    assert maps(source % "") == ["s.m"]


def test_a_flag_that_is_taken_back_says_that_something_is_under_way() -> None:
    source = (
        'import "time"\ntype S struct { in chan string; busy bool; m map[string]*int }\nfunc New() *S { s := &S{}; go s.run(); return s }\n'
        "func (s *S) run() { for k := range s.in { s.m[k] = nil; s.createBatch() } }\n"
        "func (s *S) createBatch() { if s.busy { return }; s.busy = true; time.AfterFunc(1, func() { s.m = nil; s.busy = false }) }"
    )
    assert maps(source) == []


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("c", True),  # of any list
        ("p", False),  # of a configuration
        ("h.policy.root.url", False),  # a part of what the object always has
        ("h.other.url", True),
        ("keyFrom(`leader`)", False),
        ("keyFrom(r.Host)", True),
        ("newKey(`leader`)", True),
    ],
)
def test_keys_from_configuration_and_constants(key: str, found: bool) -> None:
    source = (
        'import "net/http"\ntype Config struct { patterns []string }\ntype root struct { url string }\ntype policy struct { root *root }\n'
        "type H struct { m map[string]*int; config Config; policy *policy; other *root; list []string }\n"
        "func (h *H) Set(o *root) { h.other = o }\nfunc keyFrom(s string) string { return s }\nfunc newKey(s string) string { return s }\n"
        "func texts(r *http.Request) []string { return nil }\n"
        "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) {\n"
        f"for _, p := range h.config.patterns {{ for _, c := range texts(r) {{ _, _ = p, c; h.m[{key}] = nil }} }} }}"
    )
    assert bool(maps(source)) is found


def test_a_way_through_many_functions_proves_little() -> None:
    def source(calls: int) -> str:
        chain = "".join(f"func (h *H) f{n}(user string) {{ h.f{n + 1}(user) }}\n" for n in range(calls))
        last = f"func (h *H) f{calls}(user string) {{ h.m[user] = nil }}\n"
        head = 'import "net/http"\ntype H struct { m map[string]*int }\n'
        return head + chain + last + "func (h *H) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.f0(r.Host) }"

    assert levels(source(3)) == ["warning"]
    assert levels(source(8)) == ["note"]


def test_what_a_configuration_names_is_as_much_as_it_names() -> None:
    source = (
        'import "net/http"\nvar m = map[string]*int{}\nfunc %s(url string) *int { v := new(int); m[url] = v; return v }\n'
        'func add(w http.ResponseWriter, r *http.Request) { %s(r.Host) }\nfunc Serve() { http.HandleFunc("/", add) }'
    )
    assert levels(source % ("NewFromConfig", "NewFromConfig")) == ["note"]
    assert levels(source % ("NewSession", "NewSession")) == ["warning"]
