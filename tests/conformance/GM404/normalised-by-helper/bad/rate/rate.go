// Package rate counts per second.
//
// Bad: the helper takes the nanoseconds off and leaves the monotonic reading; nothing of nothing is NaN.
package rate

import (
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
	scores map[float64]string
}

// New returns a counter.
func New() *Counter {
	return &Counter{counts: make(map[window]int), scores: make(map[float64]string)}
}

func second(t time.Time) time.Time { return t.Add(-time.Duration(t.Nanosecond())) }

// Hit counts a hit.
func (c *Counter) Hit(tenant string) {
	w := window{tenant, second(time.Now())}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[w]++ // want GM404
}

// Score stores a score.
func (c *Counter) Score(hits, misses float64, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scores[hits/(hits+misses)] = name // want GM404
}

// Drop drops old windows.
func (c *Counter) Drop(tenant string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.counts, window{tenant, second(at)})
}

// Forget drops a score.
func (c *Counter) Forget(score float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.scores, score)
}
