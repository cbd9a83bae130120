// Package batch collects events until they are flushed.
//
// Good: Flush puts a fresh map in the old one's place. The map of failures is nil after Flush, but
// the only write to it makes it first.
package batch

import "sync"

// Batch collects events.
type Batch struct {
	mu       sync.Mutex
	events   map[string]int
	failures map[string]error
	sink     func(map[string]int) error
}

// New returns an empty batch.
func New(sink func(map[string]int) error) *Batch {
	return &Batch{events: make(map[string]int), sink: sink}
}

// Add adds an event.
func (b *Batch) Add(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events[name]++
}

// Fail notes a failure.
func (b *Batch) Fail(name string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.failures) == 0 {
		b.failures = make(map[string]error)
	}
	b.failures[name] = err
}

// Flush hands the events over.
func (b *Batch) Flush() error {
	b.mu.Lock()
	events := b.events
	b.events = make(map[string]int, len(events))
	b.failures = nil
	b.mu.Unlock()
	if len(events) == 0 {
		return nil
	}
	return b.sink(events)
}
