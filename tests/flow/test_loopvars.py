"""References to loop variables in maps."""

from __future__ import annotations

import pytest

from golint_maps.flow.loopvars import LoopVariableStored
from golint_maps.testing import facts_of

HEAD = """package p

import "sync"

type T struct {
	id   int
	tags [2]string
	list []string
	next *T
}

func (t *T) pointer() int { return t.id }
func (t T) value() int    { return t.id }

type holder struct {
	t *T
	f func() int
}

var s sync.Map
"""


def forms(text: str, go: tuple[int, int] = (1, 21)) -> list[str]:
    facts = facts_of(f"{HEAD}\nfunc f(xs []T, m map[int]any, ps map[int][]*T) {{\n{text}\n}}\n", go=go).facts
    return [fact.form for fact in facts if isinstance(fact, LoopVariableStored)]


@pytest.mark.parametrize(
    ("store", "form"),
    [
        ("m[v.id] = &v", "address"),
        ("m[v.id] = &v.id", "address"),
        ("m[v.id] = v.tags[:]", "slice"),
        ("m[v.id] = func() int { return v.id }", "closure"),
        ("m[v.id] = holder{t: &v}", "address"),
        ("m[v.id] = &holder{f: func() int { return v.id }}", "closure"),
        ("ps[v.id] = append(ps[v.id], &v)", "address"),
        ("p := &v\nm[v.id] = p", "address"),
        ("m[v.id] = v.pointer", "method"),
        ("s.Store(v.id, &v)", "address"),
        ("if v.id > 0 { m[v.id] = &v }", "address"),
        ("switch { case true: m[v.id] = &v\nbreak }", "address"),
    ],
)
def test_a_reference_to_the_shared_variable_is_reported_before_go_1_22(store: str, form: str) -> None:
    assert forms(f"for _, v := range xs {{\n{store}\n}}") == [form]
    assert forms(f"for _, v := range xs {{\n{store}\n}}", go=(1, 22)) == []


@pytest.mark.parametrize(
    "store",
    [
        "v := v\nm[v.id] = &v",
        "m[v.id] = v.list[:]",
        "m[v.id] = v.next",
        "m[v.id] = &v.next.id",
        "m[v.id] = v.value",
        "m[v.id] = func() int { return v.id }()",
        "m[v.id] = &v\nbreak",
        "m[v.id] = &v\nreturn",
        "if v.id > 0 { m[v.id] = &v\nprintln() \nbreak }",
        "own := map[int]*T{}\nown[0] = &v\nprintln(len(own))",
    ],
)
def test_copies_and_stores_that_leave_the_loop_are_fine(store: str) -> None:
    assert forms(f"for _, v := range xs {{\n{store}\n}}") == []


def test_a_variable_declared_before_the_loop_is_shared_on_every_version() -> None:
    assert forms("var v T\nfor _, v = range xs { m[v.id] = &v }", go=(1, 27)) == ["address"]


def test_the_counter_of_a_loop_with_three_clauses_is_shared_before_go_1_22() -> None:
    text = "for i := 0; i < 3; i++ { m[i] = &i }"
    assert forms(text) == ["address"]
    assert forms(text, go=(1, 22)) == []


def test_a_break_of_an_inner_loop_does_not_leave_the_outer_one() -> None:
    assert forms("for _, v := range xs { for { m[v.id] = &v\nbreak } }") == ["address"]
    assert forms("a:\nfor _, v := range xs { for { m[v.id] = &v\nbreak a } }") == []


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ("v = x\nm[x.id] = &v", "address"),
        ("v = T{id: x.id}\nm[v.id] = &v", "address"),
        ("v.id = x.id\nm[v.id] = &v", "address"),
        ("fill(&v)\nm[v.id] = &v", "address"),
        ("rows.Scan(&v.id, &v.tags)\nm[v.id] = &v", "address"),
        ("scanner.Sscan(``, &v.id)\nm[x.id] = &v", "address"),
        ("id := v.id\nv = x\nm[id] = &v", "address"),
        ("if err := decoder.Decode(&v); err != nil { break }\nm[x.id] = &v", "address"),
        ("if decoder.Decode(&v) == nil { m[x.id] = holder{t: &v} }", "address"),
        ("copy(v.tags[:], x.list)\nm[x.id] = v.tags[:]", "slice"),
        ("if _, err := read.ReadFull(nil, a[:]); err != nil { return }\nm[int(a[0])] = a[2:]", "slice"),
        ("read.ReadFull(nil, a[:])\nm[x.id] = a[:]", "slice"),
        ("v = x\nfor i := range 3 { m[i+x.id] = &v }", "address"),
        ("v = x\nm[x.id] = func() int { return v.id }", "closure"),
        ("select { case v = <-more: m[v.id] = &v }", "address"),
        ("v = x\nrows.Scan(&n)\nm[n] = &v", "address"),
    ],
)
def test_a_variable_from_outside_that_each_turn_sets_is_shared_on_every_version(body: str, form: str) -> None:
    others = (
        "var a [9]byte\nvar read interface { ReadFull(any, []byte) (int, error) }\nvar n int\nvar more chan T\n"
        "var decoder interface { Decode(any) error }\nvar rows interface { Scan(...any) error }\nvar fill func(*T)\n"
        "var scanner interface { Sscan(string, ...any) (int, error) }"
    )
    text = f"var v T\n{others}\nfor _, x := range xs {{\n{body}\n}}"
    assert forms(text, go=(1, 24)) == [form]


@pytest.mark.parametrize(
    "body",
    [
        "m[x.id] = &v",
        "m[x.id] = &v\nv = x",
        "v = x\nm[7] = &v",
        "v = x\nm[x.id] = &v\nbreak",
        "v = x\nm[x.id] = &v\nfill(&v)\ndelete(m, x.id)",
        "v := x\nm[x.id] = &v",
        "v.id += 1\nm[x.id] = &v",
        "fill(&v)\nm[x.id] = &v",
        "m := map[int]*T{}\nv = x\nm[x.id] = &v",
        "if x.id > 3 { v = x }\nm[x.id] = &v",
        "p = &xs[0]\nm[x.id] = p",
        "m[x.id] = func() int { return v.id }",
        "v = x\nm[x.id] = func() int { v.id++; return v.id }",
        "v = x\nm[x.id] = func() int { return v.id }()",
    ],
)
def test_a_variable_from_outside_that_may_be_meant_to_be_shared_is_not(body: str) -> None:
    assert forms(f"var v T\nvar p *T\nvar fill func(*T)\nfor _, x := range xs {{\n{body}\n}}", go=(1, 24)) == []


def test_a_list_of_references_to_the_keys_of_a_map_is_reported_for_the_map() -> None:
    text = "func f(ids map[[4]byte]bool, xs [][4]byte) {\nvar out [][]byte\n%s\n}"
    loops = {
        "for k := range ids { out = append(out, k[:]) }": [("ids", "out", "slice")],
        "i := 0\nfor k := range ids { out[i] = k[:]\ni++ }": [("ids", "out", "slice")],
        "for _, k := range xs { out = append(out, k[:]) }": [],
        "for k := range ids { out[0] = append(out[0], k[:]...) }": [],
        "for k := range ids { k := k\nout = append(out, k[:]) }": [],
    }
    for loop, expected in loops.items():
        facts = [fact for fact in facts_of(text % loop, go=(1, 21)).facts if isinstance(fact, LoopVariableStored)]
        assert [(fact.map, fact.into, fact.form) for fact in facts] == expected


def test_a_variable_from_outside_may_get_its_value_field_by_field() -> None:
    store = "var v T\nfor i, x := range xs { {0}; m[i] = &v; _ = x }"
    assert forms(store.replace("{0}", "v.id = x.id"), go=(1, 24)) == ["address"]
    assert forms(store.replace("{0}", "v.id = 1"), go=(1, 24)) == []


def test_the_map_may_have_a_name_of_the_turn() -> None:
    assert forms("for i, x := range xs { into := m; into[i] = &x }") == ["address"]
    assert forms("for i, x := range xs { into := map[int]any{}; into[i] = &x }") == []


FILLERS = """package p
import ("encoding/binary"; "encoding/hex"; "sync"; "unsafe")
var _ = hex.Encode
var pool sync.Pool
type db struct{}
func (db) Put(k, v []byte) {}
func fill(p *[4]byte, n uint32) { p[0] = byte(n) }
func put(b []byte, n uint32) { binary.LittleEndian.PutUint32(b[1:], n) }
func through(b []byte, n uint32) { put(b, n) }
func whole(p *[4]byte, n uint32) { *p = [4]byte{byte(n)} }
func look(p *[4]byte, n uint32) bool { return p[0] == byte(n) }
func other(p *[4]byte, n uint32) { p = new([4]byte); p[0] = byte(n) }
"""


def refilled(text: str) -> list[str]:
    """Return the forms of what is stored in a loop over numbers where an array was declared before."""
    body = f"func f(ids []uint32, m map[uint32]any, d db) {{ var buf [4]byte\nfor _, id := range ids {{\n{text}\n}} }}\n"
    return [fact.form for fact in facts_of(FILLERS + body).facts if isinstance(fact, LoopVariableStored)]


@pytest.mark.parametrize(
    "call",
    [
        "binary.BigEndian.PutUint32(buf[:], id)",
        "n := binary.PutUvarint(buf[:], uint64(id)); _ = n",
        "hex.Encode(buf[:], []byte{byte(id)})",
        "fill(&buf, id)",
        "put(buf[:], id)",
        "through(buf[:], id)",
        "whole(&buf, id)",
        "buf[0] = byte(id)",
        "buf[0], buf[1] = byte(id), byte(id >> 8)",
        "for i := range buf { buf[i] = byte(id >> (8 * i)) }",
    ],
)
def test_an_array_from_outside_that_each_turn_fills_is_shared(call: str) -> None:
    assert refilled(f"{call}\nm[id] = buf[:]") == ["slice"]
    assert refilled(f"{call}\nm[id] = &buf") == ["address"]
    assert refilled(f"{call}\nown := buf\nm[id] = own[:]") == []
    assert refilled(f"{call}\nm[id] = string(buf[:])") == []
    assert refilled(f"{call}\nm[id] = append([]byte(nil), buf[:]...)") == []
    assert refilled(f"{call}\nm[id] = buf") == []
    assert refilled(f"{call}\nm[id] = unsafe.Pointer(&buf)") == ["address"]
    assert refilled(f"{call}\nm[id] = buf[:]\nreturn") == []
    assert refilled(f"var buf [4]byte\n{call}\nm[id] = buf[:]") == []
    assert refilled(f"{call}\nm[7] = buf[:]") == []


@pytest.mark.parametrize(
    "call", ["look(&buf, id)", "other(&buf, id)", "d.Put(buf[:], nil)", "pool.Put(&buf)", "buf[0] = 1", "_ = hex.EncodeToString(buf[:])"]
)
def test_an_array_that_is_only_looked_at_may_be_meant_to_be_shared(call: str) -> None:
    assert refilled(f"{call}\nm[id] = buf[:]") == []
