// Package chain measures how long the chains of a hash index are.
//
// Good: an index with buckets of its own, in one block that it has allocated. The map beside it
// gives the number of a column's first bucket; the arithmetic starts from the block.
package chain

import "unsafe"

type cell struct {
	tops [8]uint8
	data [8 * 16]byte
	next *cell
}

// Index is a hash index.
type Index struct {
	buckets unsafe.Pointer
	length  int
	columns map[string]int
}

// NewIndex returns an index with a bucket for each column.
func NewIndex(columns ...string) *Index {
	block := make([]cell, len(columns)+1)
	x := &Index{buckets: unsafe.Pointer(&block[0]), length: len(block), columns: make(map[string]int)}
	for i, column := range columns {
		x.columns[column] = i
	}
	return x
}

func (x *Index) cell(i int) *cell {
	return (*cell)(unsafe.Pointer(uintptr(x.buckets) + uintptr(i)*unsafe.Sizeof(cell{})))
}

func (x *Index) first() *cell {
	return (*cell)(x.buckets)
}

func (c *cell) length() int {
	n := 0
	for ; c != nil; c = c.next {
		n++
	}
	return n
}

// Longest returns the length of the longest chain of these columns.
func (x *Index) Longest(columns ...string) int {
	longest := x.first().length()
	for _, column := range columns {
		i, ok := x.columns[column]
		if !ok || i >= x.length {
			continue
		}
		if n := x.cell(i).length(); n > longest {
			longest = n
		}
	}
	return longest
}
