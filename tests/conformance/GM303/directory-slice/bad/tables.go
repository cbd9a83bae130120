// Package tables counts the tables behind a map.
//
// Bad: the directory of a Swiss map is walked by its length, its first group read by hand.
package tables

import "unsafe"

type inner struct { // want GM306
	used        uint64
	seed        uintptr
	dirPtr      unsafe.Pointer
	dirLen      int
	globalDepth uint8
}

type table struct {
	used     uint16
	capacity uint16
	growth   uint16
	depth    uint8
	index    int
}

// Fill is how full each table is.
type Fill struct {
	Used, Capacity uint16
}

// Fills returns the fill of all tables.
func Fills[V any](m map[string]V) []Fill {
	in := *(**inner)(unsafe.Pointer(&m)) // want GM301
	if in.dirLen == 0 {
		return nil
	}
	fills := make([]Fill, 0, in.dirLen)
	for _, t := range unsafe.Slice((**table)(in.dirPtr), in.dirLen) { // want GM303
		fills = append(fills, Fill{t.used, t.capacity})
	}
	return fills
}

// Control returns the control word of the first group of a small map.
func Control[V any](m map[string]V) uint64 {
	in := *(**inner)(unsafe.Pointer(&m)) // want GM301
	return *(*uint64)(in.dirPtr)         // want GM303
}

// Second returns the second table.
func Second[V any](m map[string]V) *table {
	in := *(**inner)(unsafe.Pointer(&m))                                // want GM301
	return *(**table)(unsafe.Add(in.dirPtr, unsafe.Sizeof(uintptr(0)))) // want GM303
}
