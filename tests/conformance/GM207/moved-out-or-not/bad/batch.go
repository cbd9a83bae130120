// Package batch collects metrics and ships them.
//
// Bad: Flush ships the live map in a goroutine and puts a new one in its place only when the
// shipping is under way and the lock was given back. Live returns the live map by a bare return.
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
	go b.sink.Ship(b.values) // want GM207
	b.mu.Unlock()
	b.mu.Lock()
	b.values = make(map[string]float64)
	b.mu.Unlock()
}

// Live returns the metrics in a named result.
func (b *Batch) Live() (values map[string]float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	values = b.values
	return // want GM207
}
