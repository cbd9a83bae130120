// Package subs delivers events to subscribers.
//
// Bad: the key is a pointer that is made for the store alone. Nobody has it, so nobody can take
// the subscriber out again.
package subs

import "sync"

type token struct {
	topic string
}

// Bus delivers events.
type Bus struct {
	mu    sync.Mutex
	subs  map[any]chan<- string
	marks map[*token]bool
}

// New returns a bus.
func New() *Bus {
	return &Bus{subs: make(map[any]chan<- string), marks: make(map[*token]bool)}
}

// Subscribe adds a subscriber.
func (b *Bus) Subscribe(topic string, to chan<- string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[&token{topic}] = to      // want GM404
	b.marks[newToken(topic)] = true // want GM404
}

func newToken(topic string) *token {
	return &token{topic: topic}
}

// Unsubscribe removes a subscriber, as it is meant to.
func (b *Bus) Unsubscribe(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &token{topic}
	delete(b.subs, t)
	delete(b.marks, t)
}

// Emit delivers an event.
func (b *Bus) Emit(event string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, to := range b.subs {
		to <- event
	}
}
