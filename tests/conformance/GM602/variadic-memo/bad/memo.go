// Package memo remembers the results of queries.
//
// Bad: the arguments of a query are a slice, and they are put into the key's interface, by
// themselves, in an array, or in a struct. Nothing after the certain panic is reported.
package memo

type key struct {
	query string
	args  any
}

type point struct {
	at   [2]float64
	tags map[string]string
}

// Memo remembers the results of queries.
type Memo struct {
	byQuery map[key]int
	byAny   map[any]int
}

// New returns an empty memo.
func New() *Memo {
	return &Memo{byQuery: make(map[key]int), byAny: make(map[any]int)}
}

// Get returns the result of a query.
func (m *Memo) Get(query string, args ...any) (int, bool) {
	n, ok := m.byQuery[key{query: query, args: args}] // want GM602
	return n, ok
}

// Set remembers the result of a query.
func (m *Memo) Set(n int, query string, args ...string) {
	k := key{query, nil}
	k.args = args
	m.byQuery[k] = n // want GM602
}

// Near remembers points.
func (m *Memo) Near(p point, ids []int) {
	m.byAny[[1]any{ids}]++ // want GM602
	m.byAny[p]++
}

// At counts a point.
func (m *Memo) At(p point) int {
	m.byAny[p]++ // want GM602
	return len(m.byAny)
}
