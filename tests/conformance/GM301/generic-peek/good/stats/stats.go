// Package stats reports the load of the tables of a store.
//
// Good: the generic helper asks len; the unsafe conversions are between a type parameter's slice
// and bytes, and of an atomic pointer to a map and back to the same map type.
package stats

import (
	"sync/atomic"
	"unsafe"
)

// Fill is how much a table holds.
type Fill struct {
	Name string
	Used uint64
}

// Of returns the fill of a table.
func Of[K comparable, V any](name string, table map[K]V) Fill {
	return Fill{Name: name, Used: uint64(len(table))}
}

// Bytes views numbers as bytes.
func Bytes[T ~uint32 | ~uint64](numbers []T) []byte {
	if len(numbers) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&numbers[0])), len(numbers)*int(unsafe.Sizeof(numbers[0])))
}

// Snapshot holds the newest version of a table.
type Snapshot[K comparable, V any] struct {
	current unsafe.Pointer
}

// Publish replaces the table.
func (s *Snapshot[K, V]) Publish(table map[K]V) {
	atomic.StorePointer(&s.current, unsafe.Pointer(&table))
}

// Get looks a key up.
func (s *Snapshot[K, V]) Get(key K) (V, bool) {
	var zero V
	p := (*map[K]V)(atomic.LoadPointer(&s.current))
	if p == nil {
		return zero, false
	}
	v, ok := (*p)[key]
	return v, ok
}
