// Package set is a generic set.
//
// Good: a constructor makes the set, and callers use it; the struct is of use as it is, since it
// makes its map when it is needed. A nil set may be asked.
package set

// Set is a set.
type Set[T comparable] map[T]struct{}

// Of returns a set.
func Of[T comparable](values ...T) Set[T] {
	s := make(Set[T], len(values))
	for _, v := range values {
		s.Add(v)
	}
	return s
}

// Has tells whether a value is in the set.
func (s Set[T]) Has(v T) bool {
	_, ok := s[v]
	return ok
}

// Add adds a value.
func (s Set[T]) Add(v T) {
	s[v] = struct{}{}
}

// Counter counts.
type Counter[T comparable] struct {
	counts map[T]int
	total  int
}

func (c *Counter[T]) lazy() map[T]int {
	if c.counts == nil {
		c.counts = make(map[T]int)
	}
	return c.counts
}

// Inc counts a value.
func (c *Counter[T]) Inc(v T) int {
	c.total++
	c.lazy()[v]++
	c.counts[v] += 0
	return c.counts[v]
}
