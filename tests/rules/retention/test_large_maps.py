"""Large tables: those that the collector walks over (GM406), and those that are emptied and kept (GM407)."""

from __future__ import annotations

import pytest
from golint_maps.rules.retention import gm406_pointer_values_scanned, gm407_emptied_map_kept

from golint_maps.testing import findings_of


def scanned(source: str) -> list[str]:
    return [finding.key for finding in findings_of(gm406_pointer_values_scanned, "package p\n" + source)]


def emptied(source: str) -> list[str]:
    return [finding.key for finding in findings_of(gm407_emptied_map_kept, "package p\n" + source)]


@pytest.mark.parametrize("size", ["1_000_000", "1 << 20", "64 * 1024", "1e6", "large", "0x10000"])
def test_a_table_of_pointers_that_is_made_large(size: str) -> None:
    assert scanned(f"const large = 20 * 1000\nvar m = make(map[int]*int, {size})\nfunc Put(k int, v *int) {{ m[k] = v }}") == ["m"]


def test_a_table_of_pointers_that_a_loop_fills() -> None:
    assert scanned("var m = map[int]*int{}\nfunc Load(ks []int) { for _, k := range ks { m[k] = new(int) } }") == ["m"]


SERVED = """
type more interface { Next() bool; ID() int }
type T struct { m map[int]*int }
func (t *T) ServeHTTP(w http.ResponseWriter, r *http.Request) { println(t.m[1]) }
func load(rows more) *T { t := &T{m: map[int]*int{}}; LOOP; return t }
"""


def test_a_table_that_is_filled_from_an_input_before_it_is_served() -> None:
    served = f'import "net/http"\n{SERVED}'
    assert scanned(served.replace("LOOP", "for rows.Next() { t.m[rows.ID()] = new(int) }")) == ["t.m"]
    assert scanned(served.replace("LOOP", "for i := 0; i < 3; i++ { t.m[i] = new(int) }")) == []
    assert scanned(served.replace("LOOP", "for rows.Next() { t.m[7] = new(int) }")) == []
    assert scanned(served.replace("LOOP", "for rows.Next() { t.m[rows.ID()] = new(int) }").replace("map[int]", "map[any]")) == []


@pytest.mark.parametrize(
    "source",
    [
        "var m = make(map[int]int, 1_000_000)\nfunc Put(k int) { m[k] = 1 }",
        "var m = make(map[string]*int, 1_000_000)\nfunc Put(k string) { m[k] = nil }",
        "var m = make(map[int]*int, 100)\nfunc Put(k int) { m[k] = nil }",
        "var m = map[int]*int{}\nfunc Load() { for _, k := range []int{1, 2} { m[k] = nil } }",
        "func Load(ks []int) { m := make(map[int]*int, 1_000_000); for _, k := range ks { m[k] = nil } }",
    ],
)
def test_tables_without_pointers_small_and_local_ones(source: str) -> None:
    assert scanned(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "var m = make(map[int]int, 1_000_000)\nfunc Reset() { clear(m) }",
        "var m = make(map[int]int, 1_000_000)\nfunc Reset() { for k := range m { delete(m, k) } }",
        "var m = make(map[int]int, 1_000_000)\nfunc Reset() { for k := range m { gone := k; println(k); { delete(m, gone) } } }",
        "var m = map[int]int{}\nfunc Fill() { for i := 0; i < 100000; i++ { m[i] = i } }\nfunc Reset() { clear(m) }",
        "var m = map[int]int{}\nfunc Fill() { for i := range 100000 { m[i] = i } }\nfunc Reset() { clear(m) }",
        "type S struct { m map[int]int }\nvar s = &S{m: make(map[int]int, 1 << 20)}\nfunc (s *S) Reset() { clear(s.m) }",
        "type S struct { m map[int]int }\nvar s S\nfunc init() { s.m = make(map[int]int, 1 << 20) }\nfunc (s *S) Reset() { clear(s.m) }",
    ],
)
def test_a_large_table_that_is_emptied(source: str) -> None:
    assert len(emptied(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "var m = make(map[int]int, 1_000_000)\nfunc Reset() { m = make(map[int]int) }",
        "var m = make(map[int]int, 1_000_000)\nfunc Reset() { clear(m); m = nil }",
        "var m = make(map[int]int, 1_000_000)\nfunc Drop(k int) { delete(m, k) }",
        "var m = make(map[int]int, 1_000_000)\nfunc Sweep() { for k, v := range m { if v == 0 { delete(m, k) } } }",
        "var m = make(map[int]int, 100)\nfunc Reset() { clear(m) }",
        "func Run(ks []int) { m := make(map[int]int, 1_000_000); for _, k := range ks { m[k] = 1 }; clear(m) }",
    ],
)
def test_fresh_small_and_local_maps_and_single_keys(source: str) -> None:
    assert emptied(source) == []


FILLED = """
import ("fmt"; "hash/crc32"; "strconv")
var _, _, _ = fmt.Sprint(), crc32.IEEE, strconv.Itoa(1)
type point struct { x, y int }
type name string
const many = 1_000_000
const few = 100
var m map[KEY]int
func sum(n int) uint32 { return crc32.ChecksumIEEE(strconv.AppendInt(nil, int64(n), 10)) }
func shard(n int) int { return n % 16 }
func near(n int) int { if n > 10 { return n - 10 }; return n }
func Reset() { clear(m) }
func Fill(base int, prefix string, xs []int) error { LOOP; return nil }
"""


@pytest.mark.parametrize(
    ("key", "loop"),
    [
        ("uint32", "for i := 0; i < many; i++ { m[sum(i)] = i }"),
        ("string", "for i := 0; i < many; i++ { m[strconv.Itoa(i)] = i }"),
        ("name", "for i := range many { m[name(fmt.Sprintf(`%s-%d`, prefix, i))] = i }"),
        ("string", "for i := range many { k := prefix + strconv.Itoa(i); m[k] = i }"),
        ("int", "for i := 0; i < many; i++ { m[base+i*7] = i }"),
        ("point", "for i := 0; i < many; i++ { m[point{i, base}] = i }"),
        ("uint64", "for i := uint64(0); i < uint64(many); i += 2 { m[i] = 1 }"),
        ("int", "for i := many; i > 0; i-- { m[i] = 1 }"),
        ("int", "for i := 0; i < many; i++ { n, err := strconv.Atoi(prefix); if err != nil { return err }; m[i] = n }"),
    ],
)
def test_a_loop_fills_a_table_with_another_key_in_each_turn(key: str, loop: str) -> None:
    assert len(emptied(FILLED.replace("KEY", key).replace("LOOP", loop))) == 1


@pytest.mark.parametrize(
    ("key", "loop"),
    [
        ("int", "for i := 0; i < few; i++ { m[i] = i }"),
        ("int", "for i := 0; i < many; i++ { m[shard(i)] = i }"),
        ("int", "for i := 0; i < many; i++ { m[near(i)] = i }"),
        ("int", "for i := 0; i < many; i++ { m[i%16] = i }"),
        ("int", "for i := 0; i < many; i++ { m[i/1000] = i }"),
        ("int", "for i := 0; i < many; i++ { m[base] = i }"),
        ("int", "for i := 0; i < many; i++ { m[xs[i]] = i }"),
        ("int", "for i := 0; i < many; i++ { j := i; m[i-j] = i }"),
        ("uint8", "for i := 0; i < many; i++ { m[uint8(i)] = i }"),
        ("int", "for i := 1; i < many; i *= 2 { m[i] = 1 }"),
        ("int", "for i := 0; i < many; i += 100_000 { m[i] = 1 }"),
        ("int", "for i := many - 10; i < many; i++ { m[i] = 1 }"),
        ("int", "for i := 999_990; i < many; i++ { m[i] = 1 }"),
        ("int", "for i := 0; i < many; i++ { if i >= len(xs) { break }; m[i] = xs[i] }"),
        ("int", "for i := 0; i < many; i++ { m[i] = 1; if len(m) > base { return nil } }"),
        ("int", "for i := 0; i < many; i++ { if xs[i] == 0 { continue }; m[i] = 1 }"),
        ("int", "for i := 0; i < many; i++ { if xs[i] > 0 { m[i] = 1 } }"),
    ],
)
def test_a_loop_of_few_turns_few_keys_or_an_early_end_fills_no_large_table(key: str, loop: str) -> None:
    assert emptied(FILLED.replace("KEY", key).replace("LOOP", loop)) == []
