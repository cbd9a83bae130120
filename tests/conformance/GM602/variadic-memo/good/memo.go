// Package memo remembers the results of queries.
//
// Good: the arguments are made a string, or a fixed array of strings; the interface holds a
// pointer, an array of numbers, or nothing.
package memo

import (
	"fmt"
	"strings"
)

type key struct {
	query string
	args  any
}

type point struct {
	at   [2]float64
	tags *map[string]string
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
	n, ok := m.byQuery[key{query: query, args: fmt.Sprint(args...)}]
	return n, ok
}

// Set remembers the result of a query.
func (m *Memo) Set(n int, query string, args ...string) {
	k := key{query, nil}
	m.byQuery[k] = n
	k.args = strings.Join(args, "\x00")
	m.byQuery[k] = n
	if len(args) >= 2 {
		k.args = [2]string(args[:2])
		m.byQuery[k] = n
	}
}

// Near remembers points.
func (m *Memo) Near(p point, ids []int, all *[]int) {
	m.byAny[all]++
	m.byAny[[1]any{len(ids)}]++
	m.byAny[p.at]++
	m.byAny[p]++
}
