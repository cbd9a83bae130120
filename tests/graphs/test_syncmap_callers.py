"""What the callers of a function say of its calls of a sync.Map."""

from __future__ import annotations

import pytest

from golint_maps.flow.syncmaps import SyncMapAssertion
from golint_maps.program import Program
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"net/http"
	"sync"
)

type S struct {
	mu   sync.Mutex
	m, n sync.Map
}

var s = &S{}

func (s *S) count(k string) {
	n := 0
	if v, ok := s.m.Load(k); ok {
		n = v.(int)
	}
	s.m.Store(k, n+1)
}
"""


def judged(text: str, name: str = "S.count") -> tuple[bool, bool]:
    callers = Program([facts_of(f"{HEAD}\n{text}\n")]).syncmap_callers
    return callers.alone(f"example.com/p.{name}"), callers.together(f"example.com/p.{name}")


@pytest.mark.parametrize(
    "text",
    [
        'func Start() { go s.loop() }\nfunc (s *S) loop() { for { s.count("k") } }',
        'func main() { s.count("a"); s.count("b") }',
        'func main() { s.count("a"); go s.loop() }\nfunc (s *S) loop() { for { s.count("k") } }',
        'func H(w http.ResponseWriter, r *http.Request) { s.mu.Lock(); s.count("a"); s.mu.Unlock() }',
    ],
)
def test_one_goroutine_at_a_time(text: str) -> None:
    assert judged(text) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        'func H(w http.ResponseWriter, r *http.Request) { s.count("a") }',
        'func main() { for i := 0; i < 9; i++ { go s.loop() } }\nfunc (s *S) loop() { for { s.count("k") } }',
        'func main() { go s.loop(); s.count("a") }\nfunc (s *S) loop() { for { s.count("k") } }',
        "func (s *S) Count(k string) { s.count(k) }",
        """type item struct { mu sync.Mutex }
        func H(w http.ResponseWriter, r *http.Request) { i := find(r.URL.Path); i.mu.Lock(); s.count("a"); i.mu.Unlock() }
        func find(k string) *item { return items[k] }
        var items map[string]*item""",
    ],
)
def test_several_goroutines(text: str) -> None:
    assert judged(text) == (False, True)


def test_callers_far_out_of_sight_show_nothing() -> None:
    text = "func Apply(k string) { s.step(k) }\nfunc (s *S) step(k string) { s.count(k) }"
    assert judged(text) == (False, False)


def looked_up(text: str) -> bool:
    program = Program([facts_of(f"{HEAD}\nfunc (s *S) show(k string) int {{ v, _ := s.m.Load(k); return v.(int) }}\n{text}\n")])
    (fact,) = program.each(SyncMapAssertion)
    return program.syncmap_callers.looked_up(fact.id, fact.origin)


def test_callers_that_have_all_looked_the_entry_up() -> None:
    first = "func (s *S) A(k string) { if _, ok := s.m.Load(k); !ok { return }\ns.show(k) }"
    assert looked_up(first)
    assert looked_up(f'{first}\nfunc (s *S) B(k string) {{ s.m.Store(k, 1); switch k {{ case "a": s.show(k) }} }}')
    assert not looked_up(f"{first}\nfunc (s *S) B(k string) {{ s.show(k) }}")
    assert not looked_up(f"{first}\nfunc (s *S) B(k string) {{ s.n.Store(k, 1); s.show(k) }}")
    assert not looked_up(f"{first}\nfunc (s *S) B(k string) {{ s.m.Store(k, 1); go s.show(k) }}")
    assert not looked_up("")
