// Package batch collects metrics and ships them.
//
// Good: three ways to move the map out in one critical section: a tuple assignment, a new map
// after the goroutine got the old one, and a helper that swaps.
package batch

import "sync"

// Sink takes a batch.
type Sink interface {
	Ship(values map[string]float64) error
}

// Batch collects metrics.
type Batch struct {
	mu     sync.Mutex
	values map[string]float64
	sink   Sink
}

// New returns an empty batch.
func New(sink Sink) *Batch {
	return &Batch{values: make(map[string]float64), sink: sink}
}

// Add adds to a metric.
func (b *Batch) Add(name string, v float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.values[name] += v
}

// Flush ships what is there.
func (b *Batch) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	go b.sink.Ship(b.values)
	b.values = make(map[string]float64)
}

// Drain returns what is there.
func (b *Batch) Drain() (values map[string]float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	values, b.values = b.values, map[string]float64{}
	return values
}

// Close ships the rest.
func (b *Batch) Close() error {
	return b.sink.Ship(b.swap())
}

func (b *Batch) swap() map[string]float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.values
	b.values = make(map[string]float64)
	return old
}
