"""What is done to the insides of maps."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.facts import (
    MapCrossesCgo,
    MapInternalsWritten,
    MapLinkname,
    MapMemoryArithmetic,
    MapReinterpreted,
    NonexistentKnob,
    RuntimeStructMirrored,
    StaleSwissGuard,
)
from golint_maps.flow.internals.versions import for_gc, versions
from golint_maps.flow.site import Site
from golint_maps.testing import facts_of

HEAD = """
import ("reflect"; "unsafe"; "sync/atomic")
var _ = reflect.ValueOf
var _ = atomic.AddInt32
type hdr struct { entries int; flags uint8; log2 uint8; over uint16; h0 uint32; first unsafe.Pointer; old unsafe.Pointer }
type bucket struct { tops [8]uint8 }
type eface struct { typ, data unsafe.Pointer }
"""


def of(kind: type[Site], sources: str | Mapping[str, str], go: tuple[int, int] = (1, 27)) -> list[Site]:
    return [fact for fact in facts_of(sources, go=go).facts if isinstance(fact, kind)]


def lines(kind: type[Site], text: str, go: tuple[int, int] = (1, 27)) -> list[int]:
    """Lines of the facts, counted from the first line of `text` below HEAD."""
    source = f"package p\n{HEAD}{text}"
    return [source.encode()[: fact.place.start].count(b"\n") - 1 - HEAD.count("\n") + 1 for fact in of(kind, source, go)]


@pytest.mark.parametrize(
    "body",
    [
        "h := *(**hdr)(unsafe.Pointer(&m)); return int(h.log2)",
        "h := **(**hdr)(unsafe.Pointer(&m)); return int(h.log2)",
        "p := unsafe.Pointer(&m); h := (**hdr)(p); return int((*h).log2)",
        "h := (*hdr)(unsafe.Pointer(&m)); return int(h.log2)",
        "h := (*hdr)(*(*unsafe.Pointer)(unsafe.Pointer(&m))); return int(h.log2)",
        "h := (*hdr)(unsafe.Pointer(*(*uintptr)(unsafe.Pointer(&m)))); return int(h.log2)",
        "h := (*hdr)(reflect.ValueOf(m).UnsafePointer()); return int(h.log2)",
        "h := (*hdr)(unsafe.Pointer(reflect.ValueOf(m).Pointer())); return int(h.log2)",
        "h := *(**hdr)(unsafe.Pointer(reflect.ValueOf(&m).Pointer())); return int(h.log2)",
        "h := *(**hdr)(unsafe.Pointer(reflect.ValueOf(&m).Elem().UnsafeAddr())); return int(h.log2)",
        "var i any = m; h := (*hdr)((*eface)(unsafe.Pointer(&i)).data); return int(h.log2)",
        "i := any(m); h := (*hdr)((*[2]unsafe.Pointer)(unsafe.Pointer(&i))[1]); return int(h.log2)",
        "i := any(m); h := *(**hdr)(unsafe.Pointer(uintptr(unsafe.Pointer(&i)) + 8)); return int(h.log2)",
        "v := reflect.ValueOf(m); h := (*hdr)((*struct{ t, ptr unsafe.Pointer; f uintptr })(unsafe.Pointer(&v)).ptr); return int(h.log2)",
        "h := *(**hdr)(unsafe.Pointer(&s.inner.m)); return int(h.log2)",
        "p := unsafe.Pointer(uintptr(unsafe.Pointer(&pair)) + unsafe.Offsetof(pair.m)); h := *(**hdr)(p); return int(h.log2)",
        "h := *(**hdr)(unsafe.Add(unsafe.Pointer(&pair), unsafe.Offsetof(pair.m))); return int(h.log2)",
        "v := reflect.ValueOf(any(pair)); if v.Kind() != reflect.Map { return 0 }; h := (*hdr)(v.UnsafePointer()); return int(h.log2)",
        "h := *(**hdr)(unsafe.Pointer(&tables[0])); return int(h.log2)",
        "h := (*[4]*hdr)(unsafe.Pointer(&fixed))[1]; return int(h.log2)",
        "h := (*(*[]*hdr)(unsafe.Pointer(&tables)))[1]; return int(h.log2)",
        "h := (*struct{ n int; h *hdr })(unsafe.Pointer(&pair)).h; return int(h.log2)",
        "h := *(**hdr)(unsafe.Pointer(s)); return int(h.log2)",
        "h := (*struct{ h *hdr })(unsafe.Pointer(&m)).h; return int(h.log2)",
        "get := reflect.ValueOf(m).Pointer; h := (*hdr)(unsafe.Pointer(get())); return int(h.log2)",
        "ps := []unsafe.Pointer{unsafe.Pointer(&m)}; h := *(**hdr)(ps[0]); return int(h.log2)",
        "var ps []unsafe.Pointer; ps = append(ps, unsafe.Pointer(&m)); h := *(**hdr)(ps[0]); return int(h.log2)",
        "var r struct{ p unsafe.Pointer }; r.p = unsafe.Pointer(&m); h := *(**hdr)(r.p); return int(h.log2)",
        "r := struct{ v any }{m}; h := (*hdr)((*eface)(unsafe.Pointer(&r.v)).data); return int(h.log2)",
        "cast := func(p unsafe.Pointer) *hdr { return *(**hdr)(p) }; return int(cast(unsafe.Pointer(&m)).log2)",
        "ps := []unsafe.Pointer{unsafe.Pointer(&m)}; for _, p := range ps { h := *(**hdr)(p); return int(h.log2) }; return 0",
    ],
)
def test_a_map_is_followed_to_what_it_is_taken_for(body: str) -> None:
    box = "type box struct { inner struct { m map[string]int } }; type two struct { n int; m map[string]int }"
    text = f"{box}\nfunc f(m map[string]int, s *box, tables []map[int]int, fixed [4]map[int]int, pair two) int {{ {body} }}"
    assert lines(MapReinterpreted, text) == [2]


@pytest.mark.parametrize(
    "text",
    [
        "func header[K comparable, V any](m map[K]V) *hdr { return *(**hdr)(unsafe.Pointer(&m)) }",
        "func header[M ~map[K]V, K comparable, V any](m M) *hdr { return *(**hdr)(unsafe.Pointer(&m)) }",
        "type Table map[string]int\nfunc header(t Table) *hdr { return *(**hdr)(unsafe.Pointer(&t)) }",
        "type alias = hdr\nfunc header(m map[string]int) *alias { return *(**alias)(unsafe.Pointer(&m)) }",
        "func cast(p unsafe.Pointer) *hdr { return (*hdr)(p) }\nfunc f(m map[int]int) *hdr { return cast(reflect.ValueOf(m).UnsafePointer()) }",
        "func data(v any) unsafe.Pointer { return (*eface)(unsafe.Pointer(&v)).data }\nfunc f(m map[int]int) *hdr { return (*hdr)(data(m)) }",
        "func header(p *map[string]int) *hdr { return *(**hdr)(unsafe.Pointer(p)) }",
        "func header[M ~map[K]V, K comparable, V any](p *M) *hdr { return *(**hdr)(unsafe.Pointer(p)) }",
        "type s struct { m *map[int]int }\nfunc (s *s) header() *hdr { return *(**hdr)(unsafe.Pointer(s.m)) }",
        "func header(p **map[string]int) *hdr { return **(***hdr)(unsafe.Pointer(p)) }",
        "type maps interface { ~map[string]int | ~map[int]int }\nfunc header[M maps](m M) *hdr { return *(**hdr)(unsafe.Pointer(&m)) }",
        "func at(m *map[int]int) (p unsafe.Pointer) { p = unsafe.Pointer(m); return }\nfunc f(m map[int]int) *hdr { return *(**hdr)(at(&m)) }",
        "func cast(p *unsafe.Pointer) *hdr { return *(**hdr)(*p) }\nfunc f(m map[int]int) *hdr { p := unsafe.Pointer(&m); return cast(&p) }",
    ],
)
def test_helpers_generics_and_named_types_are_seen_through(text: str) -> None:
    assert len(lines(MapReinterpreted, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "func f(m map[string]int) map[string]int { return *(*map[string]int)(unsafe.Pointer(&m)) }",
        "type T map[string]int\nfunc f(m map[string]int) T { return *(*T)(unsafe.Pointer(&m)) }",
        "func f(a, b map[string]int) bool { return *(*uintptr)(unsafe.Pointer(&a)) == *(*uintptr)(unsafe.Pointer(&b)) }",
        "func f(a, b map[string]int) { *(*unsafe.Pointer)(unsafe.Pointer(&a)) = *(*unsafe.Pointer)(unsafe.Pointer(&b)) }",
        "func f(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }",
        "func f(p *map[int]int) uintptr { return uintptr(unsafe.Pointer(p)) }",
        "type s struct { m *map[int]int }\nfunc (s *s) set(p unsafe.Pointer) { atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&s.m)), p) }",
        "func get(p **map[int]int) map[int]int { return *(*map[int]int)(atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(p)))) }",
        "func f(m map[string][16]byte) [2]uint64 { id := m[``]; return *(*[2]uint64)(unsafe.Pointer(&id)) }",
        "func f(p *hdr) any { var i any = p; return (*hdr)((*eface)(unsafe.Pointer(&i)).data) }",
        "func f(m map[int]int) bool { return reflect.ValueOf(m).Pointer() == 0 }",
        "type a struct { n int; m map[int]int }\ntype b struct { n int; m map[int]int }\nfunc f(x *a) *b { return (*b)(unsafe.Pointer(x)) }",
        "type a struct { n int; m map[int]int }\nfunc f(x *a) [2]uintptr { return *(*[2]uintptr)(unsafe.Pointer(x)) }",
        "func f(ms []map[int]int) *reflect.SliceHeader { return (*reflect.SliceHeader)(unsafe.Pointer(&ms)) }",
        "type us struct{}\nfunc (us) Pointer(any) *hdr\nfunc f(m map[int]int) *hdr { var unsafe us; return (*hdr)(unsafe.Pointer(m)) }",
        "func f(p *int) *hdr { cast := func(p unsafe.Pointer) *hdr { return (*hdr)(p) }; return cast(unsafe.Pointer(p)) }",
        "type a struct { n int; m map[int]int }\nfunc f(x *a) any { return *(*map[int]int)(unsafe.Add(unsafe.Pointer(x), unsafe.Offsetof(x.m))) }",
        "type hmap struct { count int; flags, B uint8 }\nfunc f(b []byte) int { return (*hmap)(unsafe.Pointer(&b[16])).count }",
    ],
)
def test_what_leaves_the_map_its_type_is_fine(text: str) -> None:
    assert lines(MapReinterpreted, text) == []


def test_a_helper_that_gets_other_memory_too_knows_what_it_has() -> None:
    text = (
        "func set(p unsafe.Pointer, kind int) { if kind == 1 { *(*bool)(p) = true } }\n"
        "func f(m map[int]int, b *bool) { set(reflect.ValueOf(m).UnsafePointer(), 2); set(unsafe.Pointer(b), 1) }"
    )
    assert lines(MapReinterpreted, text) == lines(MapInternalsWritten, text) == []


def test_the_fields_that_are_used_are_explained_for_the_file_and_for_the_newest_release() -> None:
    text = HEAD + "func f(m map[int]int) int { h := *(**hdr)(unsafe.Pointer(&m)); return int(h.log2) }"
    (fact,) = of(MapReinterpreted, text, (1, 21))
    assert isinstance(fact, MapReinterpreted)
    assert [(reading.field, reading.offset) for reading in fact.readings] == [("log2", 9)]
    assert "binary logarithm" in fact.readings[0].then
    assert "byte 1 of seed" in fact.readings[0].now


@pytest.mark.parametrize(
    ("struct", "use", "go", "agreed"),
    [
        ("head struct { used uint64; seed uintptr; dir unsafe.Pointer }", "h.used + uint64(h.seed)", (1, 24), True),
        ("head struct { used uint64; seed uintptr; dir unsafe.Pointer }", "h.used + uint64(h.seed)", (1, 23), False),
        ("head struct { count int; flags uint8; B uint8 }", "uint64(h.count)", (1, 18), True),
        ("head struct { count int; flags uint8; B uint8 }", "uint64(h.B)", (1, 18), False),
        ("head struct { count int; flags uint8; B uint8 }", "0", (1, 18), False),
        ("Head struct { Count int; Flags uint8; B uint8 }", "uint64(h.Count)", (1, 18), False),
    ],
)
def test_a_view_that_holds_in_every_release_is_no_error(struct: str, use: str, go: tuple[int, int], agreed: bool) -> None:
    name = struct.split(maxsplit=1)[0]
    text = f"type {struct}\nfunc f(m map[int]int) uint64 {{ h := *(**{name})(unsafe.Pointer(&m)); _ = h; return {use} }}"
    (fact,) = of(MapReinterpreted, HEAD + text, go)
    assert isinstance(fact, MapReinterpreted)
    assert fact.agrees == agreed


def test_a_hash_function_is_where_it_was() -> None:
    text = (
        "type rtype struct { words [6]uintptr }\n"
        "type maptype struct { typ rtype; key, elem, bucket unsafe.Pointer; hasher func(unsafe.Pointer, uintptr) uintptr; keysize uint8 }\n"
        "type iface struct { typ *maptype; data unsafe.Pointer }\n"
        "func f(m map[int]int) func(unsafe.Pointer, uintptr) uintptr { var i any = m; return (*iface)(unsafe.Pointer(&i)).typ.hasher }"
    )
    (fact,) = of(MapReinterpreted, HEAD + text, (1, 21))
    assert isinstance(fact, MapReinterpreted)
    assert fact.agrees


def test_a_missing_indirection_is_told() -> None:
    (fact,) = of(MapReinterpreted, HEAD + "func f(m map[int]int) int { return (*hdr)(unsafe.Pointer(&m)).entries }")
    assert isinstance(fact, MapReinterpreted)
    assert fact.short


@pytest.mark.parametrize(
    "body",
    [
        "h := *(**hdr)(unsafe.Pointer(&m)); h.flags = 0",
        "h := *(**hdr)(unsafe.Pointer(&m)); h.entries--",
        "h := (**hdr)(unsafe.Pointer(&m)); (*h).flags |= 4",
        "h := *(**hdr)(unsafe.Pointer(&m)); atomic.StoreUint32(&h.h0, 1)",
        "h := *(**hdr)(unsafe.Pointer(&m)); b := (*bucket)(h.first); b.tops[0] = 1",
        "p := reflect.ValueOf(m).UnsafePointer(); *(*uint8)(unsafe.Add(p, 8)) = 4",
        "h := *(**hdr)(unsafe.Pointer(&m)); (*atomic.Uint32)(unsafe.Pointer(&h.h0)).Store(1)",
        "h := *(**hdr)(unsafe.Pointer(&m)); p := &h.flags; *p = 0",
        "h := *(**hdr)(unsafe.Pointer(&m)); for h.entries = range 3 {}",
        "w := struct{ *hdr }{*(**hdr)(unsafe.Pointer(&m))}; w.flags = 1",
        "get := func() *hdr { return *(**hdr)(unsafe.Pointer(&m)) }; get().flags = 1",
    ],
)
def test_writes_behind_the_runtimes_back_are_found(body: str) -> None:
    assert lines(MapInternalsWritten, f"func f(m map[string]int) {{ {body} }}") == [1]


def test_a_write_in_a_helper_is_found_where_all_callers_hand_it_a_header() -> None:
    text = (
        "func zero(p *uint8) { *p = 0 }\n"
        "func one(p *uint8) { *p = 1 }\n"
        "func f(m map[int]int, n *uint8) { h := *(**hdr)(unsafe.Pointer(&m)); zero(&h.flags); one(&h.flags); one(n) }"
    )
    assert lines(MapInternalsWritten, text) == [1]


def test_imports_may_have_other_names() -> None:
    text = (
        'package p\nimport (u "unsafe"; at "sync/atomic")\ntype hdr struct { entries uint64; flags uint8 }\n'
        "func f(m map[string]int) *uint8 { h := *(**hdr)(u.Pointer(&m)); at.StoreUint64(&h.entries, 0); return (*uint8)(u.Add(u.Pointer(h), 9)) }"
    )
    assert [len(of(kind, text)) for kind in (MapReinterpreted, MapInternalsWritten, MapMemoryArithmetic)] == [1, 1, 1]


def test_a_word_may_be_taken_but_not_for_the_header() -> None:
    text = "func f(m map[int]int) *hdr {\np := *(*unsafe.Pointer)(unsafe.Pointer(&m))\nreturn (*hdr)(p) }"
    found = of(MapReinterpreted, f"{HEAD}{text}")
    assert [fact.target for fact in found if isinstance(fact, MapReinterpreted)] == ["word", "mirror"]


def test_an_address_that_is_stepped_through_is_arithmetic_not_a_header() -> None:
    text = "func f(m map[int]int) uint8 {\np := *(*uintptr)(unsafe.Pointer(&m))\np += 8\np = p + 1\nreturn *(*uint8)(unsafe.Pointer(p)) }"
    assert (lines(MapReinterpreted, text), lines(MapMemoryArithmetic, text)) == ([2], [3, 4])


@pytest.mark.parametrize(
    "body",
    [
        "h := (*hmap)(unsafe.Pointer(&block[0])); h.count = 0; var other *hmap; other.flags = 1",
        "h := **(**hdr)(unsafe.Pointer(&m)); h.flags = 0; _ = h",
        "h := hdr{}; h.flags = 1; _ = h",
        "h := &hdr{}; h.entries++",
        "m[``] = 1",
    ],
)
def test_copies_and_the_packages_own_structs_may_be_written(body: str) -> None:
    copy = "type hmap struct { count int; flags, B uint8 }"
    assert lines(MapInternalsWritten, f"{copy}\nfunc f(m map[string]int, block []byte) {{ {body} }}") == []


@pytest.mark.parametrize(
    "body",
    [
        "h := *(**hdr)(unsafe.Pointer(&m)); _ = unsafe.Add(h.first, 8)",
        "h := *(**hdr)(unsafe.Pointer(&m)); _ = unsafe.Slice((*byte)(h.first), 8)",
        "h := *(**hdr)(unsafe.Pointer(&m)); _ = (*[1 << 20]byte)(h.first)",
        "h := *(**hdr)(unsafe.Pointer(&m)); _ = (*bucket)(h.first)",
        "p := *(*unsafe.Pointer)(unsafe.Pointer(&m)); _ = *(*uint8)(unsafe.Pointer(uintptr(p) + 9))",
        "u := uintptr(*(*unsafe.Pointer)(unsafe.Pointer(&m))); u += 9; _ = *(*uint8)(unsafe.Pointer(u))",
        "h := *(**hdr)(unsafe.Pointer(&m)); _ = add(h.first, 8)",
    ],
)
def test_addresses_within_a_map_are_found(body: str) -> None:
    text = f"func add(p unsafe.Pointer, n uintptr) unsafe.Pointer {{ return unsafe.Pointer(uintptr(p) + n) }}\nfunc f(m map[string]int) {{ {body} }}"
    assert lines(MapMemoryArithmetic, text) == [2]


TOP = """
type top struct { n int; mark, exp uint8; rest [6]byte; buckets unsafe.Pointer }
type cell struct { tops [8]uint8; data [64]byte; next *cell }
func open(m map[int]int) *top { return *(**top)(unsafe.Pointer(&m)) }
func (t *top) first() *cell { return (*cell)(t.buckets) }
"""


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("func (t *top) cell(i uintptr) *cell { return (*cell)(unsafe.Pointer(uintptr(t.buckets) + i*128)) }", MapMemoryArithmetic),
        ("func (t *top) cell(i int) *cell { return (*cell)(unsafe.Add(t.buckets, i*128)) }", MapMemoryArithmetic),
        ("func second(t *top) *cell { return (*cell)(unsafe.Add(t.buckets, 128)) }", MapMemoryArithmetic),
        ("type walk struct { t *top }; func (w *walk) cells() []cell { return unsafe.Slice((*cell)(w.t.buckets), 8) }", MapMemoryArithmetic),
        ("func (c *cell) key(i int) *int { return (*int)(unsafe.Add(unsafe.Pointer(c), 8+8*i)) }", MapMemoryArithmetic),
        ("func (t *top) hide() { t.exp++ }", MapInternalsWritten),
        ("func (c *cell) wipe(i int) { c.tops[i] = 0 }", MapInternalsWritten),
    ],
)
def test_a_struct_that_maps_are_taken_for_is_known_wherever_it_comes_from(method: str, kind: type[Site]) -> None:
    assert TOP.count("\n") + 1 in lines(kind, f"{TOP}{method}")


def test_a_struct_that_is_laid_over_other_memory_too_tells_nothing() -> None:
    other = "var area top; func scratch(b []byte) *top { return (*top)(unsafe.Pointer(&b[0])) }"
    assert lines(MapInternalsWritten, f"{TOP}{other}\nfunc (t *top) hide() {{ t.exp++ }}") == []


@pytest.mark.parametrize(("written", "offset"), [("9", 9), ("011", 9), ("0o11", 9), ("0x9", 9), ("0b1001", 9), ("1_0", 10), ("n", -1)])
def test_an_offset_may_be_written_in_any_base(written: str, offset: int) -> None:
    text = (
        f"func f(m map[int]int, n uintptr) {{ p := *(*unsafe.Pointer)(unsafe.Pointer(&m)); _ = *(*uint8)(unsafe.Pointer(uintptr(p) + {written})) }}"
    )
    (fact,) = of(MapMemoryArithmetic, HEAD + text)
    assert isinstance(fact, MapMemoryArithmetic)
    assert fact.offset == offset


def test_arrays_that_no_memory_holds_have_no_size() -> None:
    text = "type hdr2 struct { n int; a [1 << 9999999999]byte; b [08]int }\nfunc f(m map[int]int) int { return (*(**hdr2)(unsafe.Pointer(&m))).n }"
    assert lines(MapReinterpreted, text) == [2]


def test_a_maps_address_may_be_hashed() -> None:
    assert lines(MapMemoryArithmetic, "func f(m map[string]int) uintptr { return 31*7 + reflect.ValueOf(m).Pointer() }") == []


HMAP = "type hmap struct { count int; flags uint8; B uint8; noverflow uint16; hash0 uint32; buckets unsafe.Pointer }"
SWISS = "type swiss struct { used uint64; seed uintptr; dirPtr unsafe.Pointer; dirLen int }"


@pytest.mark.parametrize(
    ("build", "struct", "expected"),
    [
        ("", HMAP, 1),
        ("!go1.24", HMAP, 0),
        ("go1.24", HMAP, 1),
        ("go1.18", HMAP, 1),
        ("", SWISS, 1),
        ("go1.24", SWISS, 0),
        ("!go1.24 || (!go1.26 && !goexperiment.swissmap)", HMAP, 0),
    ],
)
def test_a_copy_is_right_where_the_file_is_for_nothing_else(build: str, struct: str, expected: int) -> None:
    head = f"//go:build {build}\n\n" if build else ""
    name = struct.split()[1]
    function = f"func f(m map[int]int) *{name} {{ return *(**{name})(unsafe.Pointer(&m)) }}"
    sources = {"a.go": f'{head}package p\nimport "unsafe"\n{struct}\n{function}'}
    assert len(of(RuntimeStructMirrored, sources, (1, 21))) == expected
    assert len(of(MapReinterpreted, sources, (1, 21))) == expected


@pytest.mark.parametrize(("build", "kind", "expected"), [("go1.24", "uint64", 0), ("!go1.24", "int", 0), ("go1.24", "int32", 1), ("", "uint64", 2)])
def test_the_first_field_may_be_read_where_the_file_is_for_nothing_else(build: str, kind: str, expected: int) -> None:
    head = f"//go:build {build}\n\n" if build else ""
    function = f"func f(m map[int]int) {kind} {{\np := *(*unsafe.Pointer)(unsafe.Pointer(&m))\nreturn *(*{kind})(p) }}"
    assert len(of(MapReinterpreted, {"a.go": f'{head}package p\nimport "unsafe"\n{function}'}, (1, 21))) == expected


def test_fields_of_a_copy_that_lie_where_they_did_are_told() -> None:
    (fact,) = of(RuntimeStructMirrored, f'import "unsafe"\n{FULL.replace("type it", "type hiter")}', (1, 24))
    assert isinstance(fact, RuntimeStructMirrored)
    assert fact.kept == ("key", "elem", "t")


@pytest.mark.parametrize(
    ("declaration", "original"),
    [
        (HMAP, "runtime.hmap"),
        (HMAP.replace("hmap", "Other"), "runtime.hmap"),
        ("type bmap struct { tophash [8]uint8 }", "runtime.bmap"),
        ("type hiter struct { key, elem unsafe.Pointer; rest [10]uintptr }", "runtime.hiter"),
        ("type It struct { K, V unsafe.Pointer; T, H, Buckets, Bptr unsafe.Pointer; Overflow, OldOverflow *[]unsafe.Pointer }", "runtime.hiter"),
        ("type tail struct { hash0 uint32; buckets, oldbuckets unsafe.Pointer; nevacuate uintptr; clearSeq uint64 }", "runtime.hmap"),
        ("type tail struct { B uint8; noverflow uint16; hash0 uint32; buckets unsafe.Pointer }", "runtime.hmap"),
        ("type tail struct { flags, B uint8; noverflow uint16; hash0 uint32 }", ""),
        ("type tail struct { flags, B uint8; hash0 uint32; buckets, oldbuckets unsafe.Pointer }", ""),
        ("type tail struct { seed uint32; B uint8; noverflow uint16; hash0 uint32; buckets unsafe.Pointer }", ""),
        ("type hmap struct { heights []float64; width int }", ""),
        ("type bmap struct { width, height int; pixels []byte }", ""),
        ("type arena struct { count int; flags uint8; pages []byte }", ""),
        ("type offsets struct { KeysOff, KeyStride, ElemsOff, ElemStride, GroupSize uintptr }", ""),
        ("type table struct { count int; flags uint8; B uint8; buckets []int }", ""),
        ("type hmap struct { count int; flags uint8; B uint8; buckets []bucket }\ntype bucket struct { keys [8]string }", ""),
        ("type hiter struct { key, val unsafe.Pointer; _ [6]unsafe.Pointer; _ [4]uintptr }", ""),
        ("type hiter struct { key, elem, t, h unsafe.Pointer; rest [64]byte }", ""),
        ("type hiter struct { key, value unsafe.Pointer }", ""),
    ],
)
def test_structs_are_told_from_copies_of_the_runtimes(declaration: str, original: str) -> None:
    found = of(RuntimeStructMirrored, f'import "unsafe"\nvar _ unsafe.Pointer\n{declaration}')
    assert [fact.original for fact in found if isinstance(fact, RuntimeStructMirrored)] == ([original] if original else [])


def test_a_table_of_ones_own_needs_no_unsafe() -> None:
    text = "type hmap struct { count int; flags uint8; B uint8; hash0 uint32 }\nfunc (h *hmap) put() { h.count++ }"
    (fact,) = of(RuntimeStructMirrored, text)
    assert isinstance(fact, RuntimeStructMirrored)
    assert not fact.reachable


def linkname(symbol: str, *, go: tuple[int, int], build: str = "", declaration: str = "func f(t, m unsafe.Pointer)") -> list[MapLinkname]:
    head = f"//go:build {build}\n\n" if build else ""
    found = of(MapLinkname, {"a.go": f'{head}package p\nimport "unsafe"\nvar _ unsafe.Pointer\n//go:linkname f {symbol}\n{declaration}\n'}, go)
    return [fact for fact in found if isinstance(fact, MapLinkname)]


@pytest.mark.parametrize(
    ("symbol", "go", "state", "later"),
    [
        ("runtime.mapclear", (1, 21), "ok", "refused"),
        ("runtime.mapclear", (1, 24), "refused", ""),
        ("runtime.mapassign", (1, 27), "ok", ""),
        ("runtime.mapiterinit", (1, 23), "ok", "changed"),
        ("runtime.memhash32", (1, 26), "ok", "refused"),
        ("runtime.fastrand64", (1, 18), "absent", ""),
        ("runtime.fastrand", (1, 21), "ok", "alias"),
        ("runtime.mapIterStart", (1, 23), "absent", ""),
        ("runtime.maplen", (1, 27), "absent", ""),
        ("runtime.mapassign_fast128", (1, 21), "absent", ""),
        ("runtime.mapaccess1_fat", (1, 21), "ok", "refused"),
        ("reflect.mapIterStart", (1, 24), "refused", ""),
        ("internal/runtime/maps.NewMap", (1, 23), "absent", ""),
        ("internal/runtime/maps.NewMap", (1, 24), "refused", ""),
    ],
)
def test_a_linkname_has_the_state_of_its_release(symbol: str, go: tuple[int, int], state: str, later: str) -> None:
    (fact,) = linkname(symbol, go=go)
    assert (fact.state, fact.later) == (state, later)


def test_a_linkname_is_quiet_where_its_file_is_for_releases_that_have_it() -> None:
    assert linkname("runtime.mapclear", go=(1, 21), build="!go1.24") == []
    assert linkname("runtime.cheaprand", go=(1, 22)) == []
    assert linkname("runtime.nanotime", go=(1, 22)) == []
    assert linkname("runtime.fastrand", go=(1, 18), build="!go1.22") == []


def test_a_body_for_a_linknamed_function_is_seen() -> None:
    (fact,) = linkname("runtime.mapassign", go=(1, 22), declaration="func f(t, m unsafe.Pointer) { _ = t }")
    assert fact.body


def test_an_iterator_that_the_function_returns_is_that_of_go_1_17() -> None:
    (fact,) = linkname("reflect.mapiterinit", go=(1, 18), declaration="func f(t, m unsafe.Pointer) unsafe.Pointer")
    assert (fact.state, "up to Go 1.17" in fact.changed) == ("changed", True)


FULL = "type it struct { key, elem, t, h, buckets, b, o, p unsafe.Pointer; start uintptr; rest [4]uint8; i uint32; bucket, check uintptr }"
BLIND = "type it struct { key, elem unsafe.Pointer; _ [10]uintptr }"
RIGHT = "type it struct { key, elem, t, h unsafe.Pointer; _ [8]uintptr }"
VIEW = "type it struct { key, elem unsafe.Pointer }"
SHORT = "type it struct { key, elem, t, h unsafe.Pointer }"


@pytest.mark.parametrize(
    ("struct", "go", "state", "later"),
    [
        (FULL, (1, 23), "ok", "changed"),
        (FULL, (1, 24), "changed", ""),
        (BLIND, (1, 23), "ok", "changed"),
        (BLIND, (1, 27), "changed", ""),
        (RIGHT, (1, 21), "ok", ""),
        (RIGHT, (1, 27), "ok", ""),
        (SHORT, (1, 23), "changed", ""),
        (SHORT, (1, 24), "ok", ""),
        (VIEW, (1, 24), "changed", ""),
    ],
)
@pytest.mark.parametrize("parameter", ["*it", "unsafe.Pointer"])
def test_an_iterator_must_have_what_the_release_fills_in(struct: str, go: tuple[int, int], state: str, later: str, parameter: str) -> None:
    argument = "s" if parameter == "*it" else "unsafe.Pointer(s)"
    declaration = f"func f(t, m unsafe.Pointer, s {parameter})\n{struct}\nfunc g(s *it) {{ f(nil, nil, {argument}) }}"
    (fact,) = linkname("runtime.mapiterinit", go=go, declaration=declaration)
    assert (fact.state, fact.later, fact.structural) == (state, later, True)


def test_an_iterator_that_the_runtime_allocates_may_be_seen_in_part() -> None:
    (fact,) = linkname("reflect.mapiternext", go=(1, 17), declaration=f"func f(s *it)\n{VIEW}")
    assert (fact.state, fact.later) == ("ok", "")


def test_a_linkname_may_stand_in_another_file_than_the_function() -> None:
    head = 'package p\nimport "unsafe"\nvar _ unsafe.Pointer\n'
    (fact,) = of(MapLinkname, {"a.go": f"{head}func f(t, m, k unsafe.Pointer)\n", "b.go": "package p\n//go:linkname f runtime.mapaccess1\n"})
    assert fact.place.path == "a.go"


@pytest.mark.parametrize(("go", "state"), [((1, 17), "ok"), ((1, 18), "undeclared")])
def test_a_linkname_cannot_name_a_method(go: tuple[int, int], state: str) -> None:
    text = 'package p\nimport "unsafe"\ntype T struct{}\n//go:linkname (*T).Assign runtime.mapassign\nfunc (*T) Assign(m, k unsafe.Pointer)\n'
    (fact,) = of(MapLinkname, text, go)
    assert isinstance(fact, MapLinkname)
    assert (fact.state, text[fact.place.start :].startswith("func (*T) Assign")) == (state, True)


CGO = 'import "C"\nimport "unsafe"\n'


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("func f(m map[int]int) { C.keep(unsafe.Pointer(&m)) }", ["argument"]),
        ("func f(m map[int]int) { p := unsafe.Pointer(&m); C.keep((*C.char)(p)) }", ["argument"]),
        ("type s struct { m map[int]int }\nfunc f(x *s) { C.keep(unsafe.Pointer(x)) }", ["argument"]),
        ("type v struct { next *v }\nfunc f(m map[int]*v) { C.keep(unsafe.Pointer(m[1])) }", ["argument"]),
        ("type v struct { n int }\nfunc f(m map[int]*v) { C.keep(unsafe.Pointer(m[1])) }", []),
        ("func f(m map[int]*C.node) { C.keep(unsafe.Pointer(m[1])) }", []),
        ("type s struct { m map[int]int }\nfunc f() { x := (*s)(C.malloc(8)); x.m = make(map[int]int); C.free(unsafe.Pointer(x)) }", ["stored"]),
        ("type s struct { m map[int]int }\nfunc f() { x := (*s)(C.malloc(8)); x.m = nil; C.free(unsafe.Pointer(x)) }", []),
        ("func f(m map[int]int) { var s C.node; s.data = unsafe.Pointer(&m) }", ["held"]),
        ("func f(m map[int]int) { s := C.struct_node{data: unsafe.Pointer(&m)}; _ = s }", ["held"]),
        ("func f(m map[int]int, s *C.node) { s.data = unsafe.Pointer(&m) }", ["stored"]),
        ("type v struct { next *v }\nfunc f(m map[int]*v) { for _, x := range m { C.keep(unsafe.Pointer(x)) } }", ["argument"]),
        (
            "func keep(p unsafe.Pointer) { C.keep(p) }\nfunc f(m map[int]int) { keep(nil); keep(unsafe.Pointer(&m)) }",
            ["argument"],
        ),
        ("var all map[int]int\n//export f\nfunc f() map[int]int { return all }", ["result"]),
        ("var all map[int]*int\n//export f\nfunc f() unsafe.Pointer { return unsafe.Pointer(all[1]) }", ["result"]),
        ("//export f\nfunc f(p unsafe.Pointer) int { m := *(*map[int]int)(p); return m[1] }", ["callback"]),
        ("func f(p unsafe.Pointer, m map[int]int) { C.use(C.int(len(m))) }", []),
    ],
)
def test_maps_on_their_way_to_c_are_found(text: str, how: list[str]) -> None:
    assert [fact.how for fact in of(MapCrossesCgo, CGO + text) if isinstance(fact, MapCrossesCgo)] == how


@pytest.mark.parametrize(
    ("build", "comes"),
    [
        ("!goexperiment.swissmap", [True]),
        ("goexperiment.swissmap", [False]),
        ("go1.24 && goexperiment.swissmap", [False]),
        ("!go1.24 || !goexperiment.swissmap", [True]),
        ("linux && !goexperiment.swissmap", [True]),
        ("go1.26 || (go1.24 && goexperiment.swissmap)", []),
        ("!go1.24 || (!go1.26 && !goexperiment.swissmap)", []),
        ("go1.24 && (go1.26 || goexperiment.swissmap)", []),
        ("!goexperiment.swissmap && !go1.26", []),
        ("goexperiment.arenas", []),
    ],
)
def test_a_build_expression_must_not_ask_for_swissmap_where_it_is_gone(build: str, comes: list[bool]) -> None:
    found = of(StaleSwissGuard, {"a.go": f"//go:build {build}\n\npackage p\n"})
    assert [fact.comes for fact in found if isinstance(fact, StaleSwissGuard)] == comes


@pytest.mark.parametrize(
    ("text", "knobs"),
    [
        ('func f() { os.Setenv("GODEBUG", "mapdebug=1") }', ["mapdebug"]),
        ('func f() { os.Setenv("GODEBUG", "gctrace=1,decoratemappings=0") }', []),
        ('func f() { run("GODEBUG=gctrace=1,mapdebug=2") }', ["mapdebug"]),
        ('func f() { run("GODEBUG=" + "mapdebug=2") }', ["mapdebug"]),
        ('const name = "GODEBUG"\nfunc f() { os.Setenv(name, "mapdebug=1"); run(name + "=mapcheck=1") }', ["mapdebug", "mapcheck"]),
        ('func f() { run("go", "test", "-maprace") }', ["-maprace"]),
        ('func f() { run("./game", "-maprace") }', []),
        ('func f(a []string) { a = append(a, "-maprace"); run("go", a...) }', ["-maprace"]),
        ('func f(a []string) { a = append(a, "-maprace"); run("./game", a...) }', []),
        ('var args = []string{"-maprace", "-count=1"}', ["-maprace"]),
        ('var modes = []mode{{name: "raced", flag: "-maprace"}}\nfunc f(m mode) { run("go", "test", m.flag) }', ["-maprace"]),
        ('const raced = "-maprace"\nvar modes = [][]string{nil, {raced}}\nfunc f(a []string) { run("go", a...) }', ["-maprace"]),
        ('var modes = []mode{{name: "raced", flag: "-maprace"}}\nfunc f(m mode) { run("./game", m.flag) }', []),
        ('func f(a []string) { if has(a, "-maprace") { return }; run("go", a...) }', []),
        ('func f() { run("sh", "-c", "go test -maprace ./...") }', ["-maprace"]),
        ('var env = []string{"GOEXPERIMENT=noswissmap"}', ["noswissmap"]),
        ('const env = "GODEBUG=mapdebug=1"', ["mapdebug"]),
        ('func f() { os.Setenv("GODEBUG", os.Getenv("GODEBUG")+",mapdebug=1") }', ["mapdebug"]),
        ('func f(old string) { if old != "" { old += "," }; os.Setenv("GODEBUG", old+"mapdebug=1") }', ["mapdebug"]),
        ('func f(n string) { os.Setenv("GODEBUG", "mapdebug="+n+",gctrace=1") }', ["mapdebug"]),
        ('import "fmt"\nfunc f(n int) { os.Setenv("GODEBUG", fmt.Sprintf("gctrace=1,mapdebug=%d", n)) }', ["mapdebug"]),
        ('import "fmt"\nfunc f() { run(fmt.Sprintf("GODEBUG=%s,mapdebug=1", os.Getenv("GODEBUG"))) }', ["mapdebug"]),
        ('func f() { run("GODEBUG="+os.Getenv("GODEBUG")+",mapdebug=1") }', ["mapdebug"]),
        ('func f() { run("sh", "-c", "GODEBUG=${GODEBUG},mapdebug=1 ./server") }', ["mapdebug"]),
        ('var env = map[string]string{"GODEBUG": os.Getenv("GODEBUG")+",mapdebug=1"}', ["mapdebug"]),
        ('func f() { os.Setenv("GODEBUG", os.Getenv("GODEBUG")+",madvdontneed=1") }', []),
        ('func f() { os.Setenv("GODEBUG", os.Getenv("GODEBUG")+",decoratemappings=0") }', []),
        ('func f() { os.Setenv("MY_DEBUG", os.Getenv("GODEBUG")+",mapdebug=1") }', []),
        ('func f(k string) { println("GODEBUG", "no map of "+k) }', []),
        ('func f() { println("mapdebug=1") }', []),
        ('func f() { println("GODEBUG", "the map is mapdebug=1") }', []),
        ("//go:maptrace\nvar m map[int]int", ["//go:maptrace"]),
        ("// go:maptrace\nvar m map[int]int", []),
    ],
)
def test_switches_that_do_not_exist_are_found(text: str, knobs: list[str]) -> None:
    assert [fact.knob for fact in of(NonexistentKnob, f'import "os"\nvar _ = os.Exit\n{text}') if isinstance(fact, NonexistentKnob)] == knobs


def test_noswissmap_was_a_switch_of_two_releases() -> None:
    assert of(NonexistentKnob, 'func f() { run("GOEXPERIMENT=noswissmap") }', (1, 25)) == []


def test_a_tag_for_noswissmap_was_never_set() -> None:
    assert len(of(NonexistentKnob, {"a.go": "//go:build goexperiment.noswissmap\n\npackage p\n"})) == 1


def test_the_versions_of_a_file_are_those_that_may_compile_it() -> None:
    assert list(versions("", (1, 25)).minors) == [25, 26, 27]
    assert list(versions("!go1.24", (1, 21)).minors) == [21, 22, 23]
    assert list(versions("go1.24 && linux", (1, 21)).minors) == [24, 25, 26, 27]
    assert versions("!go1.20", (1, 26)).chosen == 19
    assert for_gc("linux")
    assert not for_gc("gccgo && linux")


def test_a_place_in_a_header_is_described_for_each_release() -> None:
    assert tables.describe(9, 1, 23).startswith("B, ")
    assert tables.describe(9, 1, 24) == "byte 1 of seed, the random hash seed"
    assert tables.describe(24, 8, 27, pointer=True).startswith("dirLen: nil in a map of up to 8 entries")
    assert tables.describe(35, 1, 24) == "padding"
    assert tables.describe(35, 1, 25).startswith("tombstonePossible")
    assert tables.describe(64, 8, 25) == "nothing of the map's"


def test_every_release_has_one_header() -> None:
    for minor in range(tables.OLDEST, tables.NEWEST + 1):
        assert len([row for row in tables.layouts() if row.role == "header" and not row.experiment and row.since <= minor <= row.until]) == 1


@pytest.mark.parametrize(
    ("view", "alike"),
    [("map[string]string", True), ("map[label]value", True), ("map[string]int", False), ("map[string]any", False), ("map[[1]string]string", False)],
)
def test_maps_of_other_names_for_one_kind_of_key_and_value_are_alike(view: str, alike: bool) -> None:
    text = f"type label string\ntype value string\ntype set map[label]value\nfunc f(m set) any {{ return *(*{view})(unsafe.Pointer(&m)) }}"
    found = [fact.agrees for fact in of(MapReinterpreted, f"package p\n{HEAD}{text}") if isinstance(fact, MapReinterpreted)]
    assert found == ([] if view == "map[label]value" else [alike])


LAID = "package p\ntype view struct { count int64; flags uint8 }\n"
CAST = "func of(m map[int]int) *view { return (*view)(reflect.ValueOf(m).UnsafePointer()) }\n"
MARK = "func (v *view) mark() { v.flags |= 4 }\nfunc Mark(m map[int]int) { of(m).flags = 4 }\n"


def test_an_address_that_reflect_gives_needs_no_import_of_unsafe() -> None:
    source = LAID.replace("\n", '\nimport "reflect"\n', 1) + CAST + MARK
    assert len(of(MapReinterpreted, source)) == 1
    assert len(of(MapInternalsWritten, source)) == 2


def test_what_one_file_lays_over_a_map_others_use_without_unsafe() -> None:
    cast = 'package p\nimport "reflect"\n' + CAST
    written = of(MapInternalsWritten, {"view.go": LAID, "cast.go": cast, "mark.go": "package p\n" + MARK})
    assert {fact.place.path for fact in written} == {"mark.go"}
    assert len(written) == 2
    own = cast.replace("m map[int]int", "m *view")
    assert of(MapInternalsWritten, {"view.go": LAID, "cast.go": own, "mark.go": "package p\n" + MARK.replace("m map[int]int", "m *view")}) == []
