"""Orders between goroutines that stand in several functions, each beside the nearest form that orders nothing."""

from __future__ import annotations

import pytest

from golint_maps.program import Program
from golint_maps.testing import facts_of


def certain(source: str) -> bool:
    """Tell whether a race is seen for sure."""
    return any(verdict.certain for verdict in Program([facts_of({"p.go": "package p\n" + source})]).verdicts)


def seen(source: str) -> bool:
    """Tell whether a race is seen, though it may be in doubt."""
    return Program([facts_of({"p.go": "package p\n" + source})]).verdicts != []


# --- a goroutine that calls what starts another one ---

WATCHER = """
type watcher struct { m map[string]int }
func (w *watcher) scan() { w.m["a"]++ }
func (w *watcher) watch() { go w.scan() }
"""


@pytest.mark.parametrize(
    ("run", "start", "racy"),
    [
        ("w.scan(); w.watch()", "go w.run()", False),
        ("w.scan(); if len(x) > 0 { w.watch() }", "go w.run()", False),
        ("defer w.watch(); w.scan()", "go w.run()", False),
        ("w.watch(); w.scan()", "go w.run()", True),
        ("w.watch(); w.scan(); w.watch()", "go w.run()", True),
        ("for range 2 { w.scan() }; w.watch()", "go w.run()", False),
        ("w.scan(); func() { w.watch() }()", "go w.run()", False),
        ("func() { w.watch(); w.scan() }(); w.watch()", "go w.run()", True),
        ("for range 2 { func() { w.scan(); w.watch() }() }", "go w.run()", True),
        ("defer w.scan(); defer w.watch()", "go w.run()", True),
        ("for range 2 { w.scan(); w.watch() }", "go w.run()", True),
        ("w.scan(); w.watch()", "go func() { for range 2 { w.run() } }()", True),
        ("w.scan(); w.watch()", "go w.run(); go w.run()", True),
        ("w.scan(); w.watch()", "for range 2 { go w.run() }", True),
        ("w.scan(); w.watch()", "go w.run(); w.watch()", True),
        ("w.scan(); w.watch()", "go w.run(); w.scan()", True),
        ("w.scan(); go w.watch()", "go w.run(); go w.watch()", True),
    ],
)
def test_a_goroutine_is_done_with_what_it_did_before_it_calls_what_starts_another(run: str, start: str, racy: bool) -> None:
    source = f"{WATCHER}func (w *watcher) run() {{ {run} }}\nvar x string\n"
    assert seen(f"{source}func New() *watcher {{ w := &watcher{{m: map[string]int{{}}}}; {start}; return w }}") is racy


@pytest.mark.parametrize(("others", "racy"), [("", False), ("func (w *watcher) again() { w.watch() }\nfunc Again(w *watcher) { w.again() }", True)])
def test_others_may_call_what_starts_a_goroutine_as_well(others: str, racy: bool) -> None:
    source = f"{WATCHER}func (w *watcher) run() {{ w.scan(); w.watch() }}\n{others}\n"
    assert seen(f"{source}func New() *watcher {{ w := &watcher{{m: map[string]int{{}}}}; go w.run(); return w }}") is racy


# --- groups that are waited for elsewhere than where they were used ---

WRITES = "g.Go(func() error { m[1]++; return nil })"
WAITS = "o.Go(func() error { g.Wait(); m[2]++; return nil })"


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        (f"{WRITES}; {WAITS}", False),
        (f"{WRITES}; go func() {{ g.Wait(); m[2]++ }}()", False),
        (f"{WRITES}; go func() {{ if err := g.Wait(); err != nil {{ for k := range m {{ println(k) }} }} }}()", False),
        (f"for range 3 {{ var g errgroup.Group; m := map[int]int{{}}; {WRITES}; {WAITS} }}", False),
        (f"{WAITS}; {WRITES}", True),
        (f"for range 3 {{ {WRITES}; {WAITS} }}", True),
        (f"for range 3 {{ var g errgroup.Group; {WRITES}; {WAITS} }}", True),
        (f"{WRITES}; o.Go(func() error {{ if late {{ g.Wait() }}; m[2]++; return nil }})", True),
        (f"{WRITES}; o.Go(func() error {{ m[2]++; g.Wait(); return nil }})", True),
        (f"{WRITES}; go func() {{ o.Wait(); m[2]++ }}()", True),
    ],
)
def test_a_goroutine_may_wait_for_a_group_that_was_started_before_it(body: str, racy: bool) -> None:
    source = "import `golang.org/x/sync/errgroup`\nvar late bool\n"
    assert seen(f"{source}func Run() {{ var g, o errgroup.Group; m := map[int]int{{}}; {body} }}") is racy


def test_the_group_of_one_activation_is_not_that_of_another() -> None:
    source = f"import `golang.org/x/sync/errgroup`\nvar m = map[int]int{{}}\nfunc run() {{ var g, o errgroup.Group; {WRITES}; {WAITS} }}\n"
    assert certain(f"{source}func Run() {{ for range 9 {{ run() }} }}")


@pytest.mark.parametrize(
    ("run", "racy"),
    [
        ("s.wg.Go(s.fill); s.wg.Wait(); s.m[1]++", False),
        ("for range 3 { s.wg.Go(s.fill); s.wg.Wait(); s.m[1]++ }", False),
        ("s.wg.Go(s.check); s.wg.Wait(); s.wg.Go(s.fill); s.m[1]++", True),
        ("s.wg.Go(s.check); s.wg.Wait(); s.begin(); s.m[1]++", True),
    ],
)
def test_a_group_that_starts_something_after_its_wait_is_at_work_again(run: str, racy: bool) -> None:
    source = "import `sync`\ntype store struct { wg sync.WaitGroup; m map[int]int }\nfunc (s *store) check() {}\n"
    source += (
        "func (s *store) fill() { s.m[1]++ }\nfunc (s *store) begin() { s.wg.Go(s.fill) }\nfunc New() { s := &store{m: map[int]int{}}; s.run() }\n"
    )
    assert certain(f"{source}func (s *store) run() {{ {run} }}") is racy


# --- what a callee starts when its caller has waited ---

JOB = """
import "golang.org/x/sync/errgroup"
type job struct { m map[string]int }
func fill(j *job) { j.m["a"]++ }
func serve(jobs chan string) { for range 4 { go func() { for range jobs { work() } }() } }
"""
STARTS = """
func (j *job) send() chan string {
	start := func() chan string { out := make(chan string); go func() { READ; close(out) }(); return out }
	return start()
}
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("g.Go(func() error { fill(j); return nil }); g.Wait(); j.send()", False),
        ("g.Go(func() error { fill(j); return nil }); if err := g.Wait(); err != nil { return }; j.send()", False),
        ("g.Go(func() error { fill(j); return nil }); j.send(); g.Wait()", True),
        ("g.Go(func() error { fill(j); return nil }); if len(j.m) > 9 { g.Wait() }; j.send()", True),
        ("j.send(); g.Go(func() error { fill(j); return nil }); g.Wait()", True),
        ("for range 2 { g.Go(func() error { fill(j); return nil }); g.Wait(); j.send() }", True),
    ],
)
def test_a_literal_that_is_called_starts_its_goroutine_when_the_caller_has_waited(body: str, racy: bool) -> None:
    source = f"{JOB}{STARTS.replace('READ', 'for k := range j.m { println(k) }')}"
    assert seen(f"{source}func work() {{ j := &job{{m: map[string]int{{}}}}; var g errgroup.Group; {body} }}") is racy


@pytest.mark.parametrize(("calls", "racy"), [("work(j)", False), ("for range 4 { go work(j) }", True)])
def test_a_caller_has_not_waited_for_the_goroutines_of_another_one(calls: str, racy: bool) -> None:
    source = f"{JOB.partition('func serve')[0]}{STARTS.replace('READ', 'for k := range j.m { println(k) }')}"
    source += "func work(j *job) { var g errgroup.Group; g.Go(func() error { fill(j); return nil }); g.Wait(); j.send() }\n"
    assert seen(f"{source}func Run() {{ j := &job{{m: map[string]int{{}}}}; {calls} }}") is racy


LOCKED = """
import ("sync"; "golang.org/x/sync/errgroup")
type job struct { mu sync.Mutex; m map[string]int }
func fill(j *job) { j.mu.Lock(); j.m["a"]++; j.mu.Unlock(); j.mu.Lock(); j.m["b"]++; j.mu.Unlock() }
func serve(jobs chan string) { for range 4 { go func() { for range jobs { work() } }() } }
"""


@pytest.mark.parametrize(
    ("body", "racy"),
    [
        ("g.Go(func() error { fill(j); return nil }); g.Wait(); j.send()", False),
        ("g.Go(func() error { fill(j); return nil }); g.Wait(); go func() { j.send() }()", False),
        ("g.Go(func() error { fill(j); return nil }); j.send(); g.Wait()", True),
        ("g.Go(func() error { fill(j); return nil }); g.Wait(); j.send(); fill(j)", True),
    ],
)
def test_who_comes_when_all_others_are_done_needs_no_lock(body: str, racy: bool) -> None:
    source = f"{LOCKED}{STARTS.replace('READ', 'println(j.m[`a`])')}"
    assert seen(f"{source}func work() {{ j := &job{{m: map[string]int{{}}}}; var g errgroup.Group; {body} }}") is racy


def test_a_map_that_several_activations_have_needs_its_lock() -> None:
    source = f"{LOCKED.partition('func serve')[0]}{STARTS.replace('READ', 'println(j.m[`a`])')}"
    source += "func work(j *job) { var g errgroup.Group; g.Go(func() error { fill(j); return nil }); g.Wait(); j.send() }\n"
    assert seen(f"{source}func Run() {{ j := &job{{m: map[string]int{{}}}}; for range 4 {{ go work(j) }} }}")


# --- turns that count themselves off a wait group ---

COUNTED = """
import "sync"
func add(wg *sync.WaitGroup) { wg.Add(1); go func() { println("more") }() }
func work(urls []string) { MADE }
"""
ANSWERS = "ch := make(chan string); var wg sync.WaitGroup; for range urls { wg.Add(1); go func() { ch <- `x` }() }"
LISTS = "go func() { wg.Wait(); close(ch); for k := range seen { println(k) } }()"


@pytest.mark.parametrize(
    ("collects", "racy"),
    [
        ("for p := range ch { seen[p]++; wg.Done() }", False),
        ("for p := range ch { if p == `` { return }; seen[p]++; wg.Done() }", False),
        ("for { select { case p, ok := <-ch: if !ok { return }; for _, c := range p { seen[string(c)]++ }; wg.Done(); case <-quit: } }", False),
        ("for p := range ch { wg.Done(); seen[p]++ }", True),
        ("for p := range ch { seen[p]++; if p == `` { wg.Done() } }", True),
        ("for p := range ch { seen[p]++; if p == `` { continue }; wg.Done() }", True),
        ("for p := range ch { seen[p]++; if p == `` { return }; wg.Done() }", True),
        ("for p := range ch { for _, c := range p { if c == 'x' { wg.Done() }; seen[p]++ } }", True),
    ],
)
def test_a_collector_is_done_with_each_answer_that_it_counts_off(collects: str, racy: bool) -> None:
    made = f"var quit chan int; seen := map[string]int{{}}; {ANSWERS}; {LISTS}; go func() {{ {collects} }}()"
    assert seen(COUNTED.replace("MADE", made)) is racy


@pytest.mark.parametrize(
    ("made", "racy"),
    [
        (f"{ANSWERS}; seen := map[string]int{{}}; {LISTS}; COLLECTS", False),
        (f"for range 3 {{ {ANSWERS}; seen := map[string]int{{}}; {LISTS}; COLLECTS }}", False),
        (f"seen := map[string]int{{}}; for range 3 {{ {ANSWERS}; {LISTS}; COLLECTS }}", True),
        (f"{ANSWERS}; seen := map[string]int{{}}; {LISTS}; wg.Add(1); COLLECTS", True),
        (f"{ANSWERS}; seen := map[string]int{{}}; add(&wg); {LISTS}; COLLECTS", True),
        (f"{ANSWERS}; seen := map[string]int{{}}; {LISTS.replace('wg.Wait()', 'wg.Wait(); wg.Add(1)')}; COLLECTS", True),
        (f"{ANSWERS.replace('wg.Add(1)', '').replace('ch <-', 'wg.Add(1); ch <-')}; seen := map[string]int{{}}; {LISTS}; COLLECTS", True),
    ],
)
def test_a_wait_is_over_for_good_where_all_was_added_before_it(made: str, racy: bool) -> None:
    collects = "go func() { for p := range ch { seen[p]++; wg.Done() } }()"
    assert seen(COUNTED.replace("MADE", made.replace("COLLECTS", collects))) is racy


@pytest.mark.parametrize(
    ("sends", "racy"),
    [
        ("for _, u := range urls { wg.Add(1); ch <- u }; wg.Wait(); println(len(seen))", False),
        ("for range 3 { for _, u := range urls { wg.Add(1); ch <- u }; wg.Wait(); println(len(seen)) }", False),
        ("for _, u := range urls { wg.Add(1); ch <- u }; println(len(seen)); wg.Wait()", True),
        ("for _, u := range urls { wg.Add(1); ch <- u }; wg.Wait(); wg.Add(1); ch <- ``; println(len(seen))", True),
        ("for _, u := range urls { ch <- u }; wg.Wait(); println(len(seen))", True),
    ],
)
def test_a_worker_is_done_with_its_queue_when_all_of_it_is_counted_off(sends: str, racy: bool) -> None:
    made = "ch := make(chan string); var wg sync.WaitGroup; seen := map[string]int{}; go func() { for p := range ch { seen[p]++; wg.Done() } }()"
    assert seen(COUNTED.replace("MADE", f"{made}; {sends}")) is racy


# --- a group that is handed to who starts the goroutines ---

LOADER = """
import "sync"
type image struct { m map[string]int }
func (b *image) load(p string, wg *sync.WaitGroup) { defer wg.Done(); b.m[p]++ }
func (b *image) begin(p string, wg *sync.WaitGroup) { wg.Add(1); go b.load(p, wg) }
func newImage() *image { return &image{m: map[string]int{}} }
"""


@pytest.mark.parametrize(
    ("add", "racy"),
    [
        ("var wg sync.WaitGroup; b.begin(p, &wg); wg.Wait()", False),
        ("var wg sync.WaitGroup; defer wg.Wait(); b.begin(p, &wg)", False),
        ("if p == `` { return }; var wg sync.WaitGroup; if p != `x` { b.begin(p, &wg) }; wg.Wait()", False),
        ("var wg sync.WaitGroup; b.begin(p, &wg)", True),
        ("var wg sync.WaitGroup; wg.Wait(); b.begin(p, &wg)", True),
        ("var wg, other sync.WaitGroup; b.begin(p, &wg); other.Wait()", True),
        ("var wg sync.WaitGroup; b.begin(p, &wg); b.begin(p, &wg); wg.Wait()", True),
        ("var wg sync.WaitGroup; b.begin(p, &wg); if p == `` { return }; wg.Wait()", True),
        ("var wg sync.WaitGroup; b.begin(p, &wg); if p == `` { wg.Wait() }", True),
    ],
)
def test_who_hands_in_a_group_and_waits_for_it_may_be_called_again_and_again(add: str, racy: bool) -> None:
    source = f"{LOADER}func (b *image) add(p string) {{ {add} }}\n"
    assert certain(f"{source}func (b *image) Run(ps []string) {{ for _, p := range ps {{ b.add(p) }} }}") is racy


@pytest.mark.parametrize("run", ["for _, p := range ps { go b.add(p) }", "for _, p := range ps { b.add(p); b.begin(p, new(sync.WaitGroup)) }"])
def test_others_may_start_what_one_has_waited_for(run: str) -> None:
    source = f"{LOADER}func (b *image) add(p string) {{ var wg sync.WaitGroup; b.begin(p, &wg); wg.Wait() }}\n"
    assert certain(f"{source}func (b *image) Run(ps []string) {{ {run} }}")


# --- the element of a turn ---

PARTS = "import `sync`\ntype part struct { m map[string]int }\nfunc (p *part) load() { p.m[`a`] = 1 }\n"
LOADS = "parts[w].m = make(map[string]int); wg.Add(1); go func() { defer wg.Done(); parts[w].load() }()"
HANDS = "parts[w].m = make(map[string]int); wg.Add(1); go func(w int) { defer wg.Done(); parts[w].load() }(WHICH)"


@pytest.mark.parametrize(
    ("loop", "racy"),
    [
        (f"for w := range parts {{ {LOADS} }}", False),
        (f"for w := range n {{ {LOADS} }}", False),
        (f"for w := 0; w < n; w++ {{ {LOADS} }}", False),
        (f"for w := range parts {{ {HANDS.replace('WHICH', 'w')} }}", False),
        (f"for range 2 {{ parts := make([]part, n); for w := range parts {{ {LOADS} }} }}", False),
        (f"for w := range parts {{ {HANDS.replace('WHICH', '0')} }}", True),
        (f"for w := range parts {{ {LOADS}; parts[w].m = nil }}", True),
        (f"for w := range parts {{ {LOADS.replace('parts[w].m =', 'parts[0].m =')} }}", True),
        (f"for w := range parts {{ for range 2 {{ {LOADS} }} }}", True),
        (f"for range 2 {{ for w := range parts {{ {LOADS} }} }}", True),
        (f"for _, w := range order {{ {LOADS} }}", True),
        (f"for w := range some {{ {LOADS} }}", True),
        (f"for i := range parts {{ w := i / 2; {LOADS} }}", True),
        (f"for w := 0; w < n; w++ {{ {LOADS}; w = 0 }}", True),
        (f"for w := 0; w < n; w++ {{ {LOADS}; back(&w) }}", True),
        (f"for w := 0; w < n; w += step {{ {LOADS} }}", True),
        (f"for w := range parts {{ parts[w].m[`b`] = 1; {LOADS.partition('; ')[2]} }}", True),
    ],
)
def test_each_turn_of_a_loop_has_another_element_by_its_key(loop: str, racy: bool) -> None:
    source = f"{PARTS}func back(w *int) {{ *w = 0 }}\n"
    assert (
        seen(f"{source}func Run(n, step int, order []int, some chan int) {{ var wg sync.WaitGroup; parts := make([]part, n); {loop}; wg.Wait() }}")
        is racy
    )


def test_all_turns_of_a_loop_had_one_key_before() -> None:
    source = f"package p\n{PARTS}func Run(n int) {{ var wg sync.WaitGroup; parts := make([]part, n); for w := range parts {{ {LOADS} }}; wg.Wait() }}"
    assert Program([facts_of({"p.go": source}, go=(1, 21))]).verdicts


# --- answers over a channel in the message ---

SERVED = """
type msg struct { f func(int); back chan int }
type server struct { c, other chan *msg; peers []int }
func newServer() *server { s := &server{c: make(chan *msg), other: make(chan *msg)}; go s.serve(); return s }
func (s *server) run(f func(int)) { for _, p := range s.peers { f(p) } }
func (s *server) runAside(f func(int)) { for _, p := range s.peers { go f(p) } }
func answer(back chan int) { go func() { back <- 1 }() }
func list(s *server) { m := map[int]int{}; s.each(func(i int) { m[i]++ }); for k := range m { println(k) } }
var quit chan int
"""
ASKS = "back := make(chan int); s.c <- &msg{f: f, back: back}; <-back"


@pytest.mark.parametrize(
    ("served", "racy"),
    [
        ("case x := <-s.c: x.f(1); x.back <- 1", False),
        ("case x := <-s.c: s.run(x.f); x.back <- 1; case <-quit: return", False),
        ("case x := <-s.c: for _, p := range s.peers { x.f(p) }; close(x.back)", False),
        ("case x := <-s.c: x.back <- 1; s.run(x.f)", True),
        ("case x := <-s.c: go s.run(x.f); x.back <- 1", True),
        ("case x := <-s.c: s.runAside(x.f); x.back <- 1", True),
        ("case x := <-s.c: defer x.f(1); x.back <- 1", True),
        ("case x := <-s.c: s.other <- x; x.back <- 1; case x := <-s.other: x.f(1)", True),
        ("case x := <-s.c: x.f(1)", True),
    ],
)
def test_who_has_sent_a_function_has_its_answer_when_the_function_has_returned(served: str, racy: bool) -> None:
    source = f"{SERVED}func (s *server) serve() {{ for {{ select {{ {served} }} }} }}\n"
    assert certain(f"{source}func (s *server) each(f func(int)) {{ {ASKS} }}\nfunc main() {{ list(newServer()) }}") is racy


@pytest.mark.parametrize(
    ("asks", "racy"),
    [
        (ASKS, False),
        (ASKS.replace("<-back", "select { case <-back: case <-quit: }"), True),
        (ASKS.replace("; <-back", ""), True),
        (ASKS.replace("make(chan int)", "make(chan int, 2); back <- 1"), True),
        (ASKS.replace("make(chan int)", "make(chan int); answer(back)"), True),
        (ASKS.replace("<-back", "s.other <- &msg{f: f, back: back}; <-back"), True),
    ],
)
def test_an_answer_is_one_where_nobody_else_has_the_channel(asks: str, racy: bool) -> None:
    served = "for { select { case x := <-s.c: s.run(x.f); x.back <- 1; case x := <-s.other: x.f(1); x.back <- 1 } }"
    source = f"{SERVED}func (s *server) serve() {{ {served} }}\n"
    if "s.other" not in asks:
        source = source.replace("; case x := <-s.other: x.f(1); x.back <- 1", "")
    assert certain(f"{source}func (s *server) each(f func(int)) {{ {asks} }}\nfunc main() {{ list(newServer()) }}") is racy


# --- as many receives as sends ---

RECEIVES = "for range hosts { <-done }"


@pytest.mark.parametrize(
    ("sends", "receives", "racy"),
    [
        ("for _, h := range hosts { m[h]++; done <- h }", RECEIVES, False),
        ("for _, h := range hosts { m[h]++; done <- h }; for range hosts {}", RECEIVES, False),
        ("defer close(done); for _, h := range hosts { if h != `` { m[h]++ }; done <- h }", RECEIVES, False),
        ("for _, h := range hosts { done <- h; m[h]++ }", RECEIVES, True),
        ("for _, h := range others { m[h]++; done <- h }", RECEIVES, True),
        ("for _, h := range hosts { m[h]++; for range 3 { done <- h } }", RECEIVES, True),
        ("for _, h := range hosts { m[h]++; done <- h; done <- h }", RECEIVES, True),
        ("for _, h := range hosts { m[h]++; done <- h }; m[`last`]++", RECEIVES, True),
        ("close(done); for _, h := range hosts { m[h]++; done <- h }", RECEIVES, True),
        ("for _, h := range hosts { m[h]++; done <- h }", "hosts = others; for range hosts { <-done }", True),
        ("for _, h := range hosts { m[h]++; done <- h }", "for range hosts { if len(others) > 3 { <-done } }", True),
        ("for _, h := range hosts { m[h]++; done <- h }", "for range hosts { <-done; if len(others) > 3 { break } }", True),
        ("for _, h := range hosts { m[h]++; done <- h }", "go func() { done <- `` }(); for range hosts { <-done }", True),
        ("for _, h := range hosts { m[h]++; done <- h }", "tell(done); for range hosts { <-done }", True),
        ("for _, h := range hosts { m[h]++; done <- h }", "<-done", True),
    ],
)
def test_who_receives_for_each_element_has_heard_of_all_that_were_sent_for_one(sends: str, receives: str, racy: bool) -> None:
    source = "func tell(done chan string) { go func() { done <- `` }() }\n"
    body = f"done := make(chan string); m := map[string]int{{}}; go func() {{ {sends} }}(); {receives}; for k := range m {{ println(k) }}"
    assert seen(f"{source}func warm(hosts, others []string) {{ {body} }}") is racy
