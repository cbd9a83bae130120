// Package scores keeps the best results of players.
//
// Bad: the slice that comes out of the sync.Map is the one that everybody else gets: an element
// is overwritten, swapped and sorted in place.
package scores

import (
	"sort"
	"sync"
)

// Scores keeps results by player.
type Scores struct {
	results sync.Map // string -> []int
}

// Init prepares a player.
func (s *Scores) Init(player string, rounds int) {
	s.results.Store(player, make([]int, rounds))
}

// Remove removes a player.
func (s *Scores) Remove(player string) {
	s.results.Delete(player)
}

// Set sets the result of a round.
func (s *Scores) Set(player string, round, points int) {
	v, ok := s.results.Load(player)
	if !ok {
		return
	}
	if list, ok := v.([]int); ok && round < len(list) {
		list[round] = points // want GM505
	}
}

// Best returns the best results.
func (s *Scores) Best(player string, n int) []int {
	v, ok := s.results.Load(player)
	if !ok {
		return nil
	}
	list := v.([]int)
	sort.Sort(sort.Reverse(sort.IntSlice(list))) // want GM505
	return append([]int(nil), list[:min(n, len(list))]...)
}

// Halve halves all results.
func (s *Scores) Halve() {
	s.results.Range(func(_, v any) bool {
		list := v.([]int)
		for i := range list {
			list[i] /= 2 // want GM505
		}
		return true
	})
}
