// Package rate counts per second.
//
// Good: the helper truncates in UTC, which strips the reading, and another one says whether a ratio is a number.
package rate

import (
	"math"
	"sync"
	"time"
)

type window struct {
	tenant string
	start  time.Time
}

// Counter counts.
type Counter struct {
	mu     sync.Mutex
	counts map[window]int
	days   map[time.Time]int
	scores map[float64]string
}

// New returns a counter.
func New() *Counter {
	return &Counter{counts: make(map[window]int), days: make(map[time.Time]int), scores: make(map[float64]string)}
}

func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Hit counts a hit.
func (c *Counter) Hit(tenant string) {
	w := window{tenant, second(time.Now())}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[w]++
}

// Day counts a day that somebody names. All days of the table are made by date.
func (c *Counter) Day(year int, month time.Month, day int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.days[date(year, month, day)]++
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Score stores a score.
func (c *Counter) Score(hits, misses float64, name string) {
	ratio := hits / (hits + misses)
	if !finite(ratio) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scores[ratio] = name
}

// Drop drops old windows.
func (c *Counter) Drop(tenant string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.counts, window{tenant, second(at)})
	for day := range c.days {
		if day.Before(at) {
			delete(c.days, day)
		}
	}
	for ratio, name := range c.scores {
		if name == tenant {
			delete(c.scores, ratio)
		}
	}
}
