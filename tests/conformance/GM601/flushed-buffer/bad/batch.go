// Package batch gathers points and writes them in batches.
//
// Bad: take leaves nil behind, and the next point is added to it: at once in Add, since take has
// just been called on the way, and in Flush.
package batch

import "sync"

// Writer writes batches.
type Writer interface {
	Write(points map[string]float64) error
}

// Batch gathers points.
type Batch struct {
	mu      sync.Mutex
	points  map[string]float64
	limit   int
	out     Writer
	dropped int
}

// New returns a batch.
func New(out Writer, limit int) *Batch {
	return &Batch{points: make(map[string]float64, limit), limit: limit, out: out}
}

func (b *Batch) take() map[string]float64 {
	full := b.points
	b.points = nil
	return full
}

// Add adds a point.
func (b *Batch) Add(name string, value float64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if len(b.points) >= b.limit {
		if err = b.out.Write(b.take()); err != nil {
			b.dropped++
		}
	}
	b.points[name] = value // want GM601
	return err
}

// Flush writes everything and adds a mark.
func (b *Batch) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.points
	b.points = nil
	b.points["flushed"] = float64(len(full)) // want GM601
	b.points["dropped"] = float64(b.dropped)
	return b.out.Write(full)
}
