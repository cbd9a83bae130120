// Package set is a generic set.
//
// Bad: the zero value of a map type is nil; callers declare one and add to it. The zero value of
// the struct around it is no better.
package set

// Set is a set.
type Set[T comparable] map[T]struct{}

// Has tells whether a value is in the set.
func (s Set[T]) Has(v T) bool {
	_, ok := s[v]
	return ok
}

// Add adds a value.
func (s Set[T]) Add(v T) {
	s[v] = struct{}{} // want GM601
}

// Counter counts.
type Counter[T comparable] struct {
	counts map[T]int
	total  int
}

// Inc counts a value.
func (c *Counter[T]) Inc(v T) int {
	c.total++
	c.counts[v]++ // want GM601
	return c.counts[v]
}
