// Package scores keeps the best results of players.
//
// Good: a copy is changed and sorted, elements are only read, and before it is stored the slice
// belongs to nobody else.
package scores

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// Scores keeps results by player.
type Scores struct {
	results sync.Map // string -> []int
	rounds  sync.Map // string -> []*atomic.Int64
}

// Init prepares a player.
func (s *Scores) Init(player string, rounds int) {
	list := make([]int, rounds)
	counters := make([]*atomic.Int64, rounds)
	for i := range list {
		list[i] = -1
		counters[i] = new(atomic.Int64)
	}
	s.results.Store(player, list)
	s.rounds.Store(player, counters)
}

// Remove removes a player.
func (s *Scores) Remove(player string) {
	s.results.Delete(player)
	s.rounds.Delete(player)
}

// Set sets the result of a round.
func (s *Scores) Set(player string, round int, points int64) {
	if v, ok := s.rounds.Load(player); ok {
		v.([]*atomic.Int64)[round].Store(points)
	}
}

// Best returns the best results.
func (s *Scores) Best(player string, n int) []int {
	v, ok := s.results.Load(player)
	if !ok {
		return nil
	}
	list := slices.Clone(v.([]int))
	sort.Sort(sort.Reverse(sort.IntSlice(list)))
	return list[:min(n, len(list))]
}

// Sum sums all results.
func (s *Scores) Sum() (total int) {
	s.results.Range(func(_, v any) bool {
		list := append([]int(nil), v.([]int)...)
		for i := range list {
			list[i] *= 2
		}
		for _, n := range list {
			total += n
		}
		return true
	})
	return total
}
