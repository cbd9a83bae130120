// Package batch gathers points and writes them in batches.
//
// Good: take leaves a fresh map, and what leaves nil behind is only called where the map is not
// written any more, or made anew before it is.
package batch

import (
	"errors"
	"sync"
)

// ErrClosed tells that the batch is closed.
var ErrClosed = errors.New("batch is closed")

// Writer writes batches.
type Writer interface {
	Write(points map[string]float64) error
}

// Batch gathers points.
type Batch struct {
	mu     sync.Mutex
	points map[string]float64
	limit  int
	out    Writer
}

// New returns a batch.
func New(out Writer, limit int) *Batch {
	return &Batch{points: make(map[string]float64, limit), limit: limit, out: out}
}

func (b *Batch) take() map[string]float64 {
	full := b.points
	b.points = make(map[string]float64, b.limit)
	return full
}

// Add adds a point.
func (b *Batch) Add(name string, value float64) (err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.points == nil {
		return ErrClosed
	}
	if len(b.points) >= b.limit {
		err = b.out.Write(b.take())
	}
	b.points[name] = value
	return err
}

// Flush writes everything and adds a mark.
func (b *Batch) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.points
	b.points = nil
	if len(full) == 0 {
		b.points = full
	}
	b.points = map[string]float64{"flushed": float64(len(full))}
	b.points["limit"] = float64(b.limit)
	return b.out.Write(full)
}

// Close writes everything and takes no more.
func (b *Batch) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.points
	b.points = nil
	return b.out.Write(full)
}
