// Package chain measures how long the chains of overflow buckets are.
//
// Bad: the runtime's buckets are seen as an own struct, and the next one is looked for at an
// address that the code has added up.
package chain

import "unsafe"

type top struct {
	n       int
	mark    uint8
	exp     uint8
	rest    [6]byte
	buckets unsafe.Pointer
}

type cell struct {
	tops [8]uint8
	data [8 * 16]byte
	next *cell
}

func (t *top) cell(i int) *cell {
	return (*cell)(unsafe.Pointer(uintptr(t.buckets) + uintptr(i)*unsafe.Sizeof(cell{}))) // want GM303
}

func (t *top) first() *cell {
	return (*cell)(t.buckets) // want GM303
}

func (c *cell) length() int {
	n := 0
	for ; c != nil; c = c.next {
		n++
	}
	return n
}

// Longest returns the length of the longest chain.
func Longest(m map[uint64]uint64) int {
	t := *(**top)(unsafe.Pointer(&m)) // want GM301
	longest := t.first().length()
	for i := 1; i < 1<<t.exp; i++ {
		if n := t.cell(i).length(); n > longest {
			longest = n
		}
	}
	return longest
}
