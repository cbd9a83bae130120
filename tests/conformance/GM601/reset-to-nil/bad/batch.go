// Package batch collects events until they are flushed.
//
// Bad: Flush leaves nil behind, and the next Add writes into it.
package batch

import "sync"

// Batch collects events.
type Batch struct {
	mu     sync.Mutex
	events map[string]int
	sink   func(map[string]int) error
}

// New returns an empty batch.
func New(sink func(map[string]int) error) *Batch {
	return &Batch{events: make(map[string]int), sink: sink}
}

// Add adds an event.
func (b *Batch) Add(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events[name]++ // want GM601
}

// Flush hands the events over.
func (b *Batch) Flush() error {
	b.mu.Lock()
	events := b.events
	b.events = nil
	b.mu.Unlock()
	if len(events) == 0 {
		return nil
	}
	return b.sink(events)
}
