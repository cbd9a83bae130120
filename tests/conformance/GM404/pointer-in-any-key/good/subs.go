// Package subs delivers events to subscribers.
//
// Good: whoever subscribes gets the key back, in a function or a subscription, or the function
// that made it removes it itself. A struct as key in an interface is compared by value.
package subs

import (
	"context"
	"sync"
)

type token struct {
	topic string
}

type topicKey struct {
	topic string
	part  int
}

// Bus delivers events.
type Bus struct {
	mu   sync.Mutex
	subs map[any]chan<- string
	live map[*Subscription]struct{}
}

// Subscription can be ended.
type Subscription struct {
	bus *Bus
	to  chan<- string
}

// New returns a bus.
func New() *Bus {
	return &Bus{subs: make(map[any]chan<- string), live: make(map[*Subscription]struct{})}
}

// Subscribe adds a subscriber; the function that it returns removes it.
func (b *Bus) Subscribe(topic string, to chan<- string) (cancel func()) {
	t := &token{topic}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[t] = to
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs, t)
	}
}

// Part subscribes to a part of a topic.
func (b *Bus) Part(topic string, part int, to chan<- string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[topicKey{topic, part}] = to
}

// Open adds a subscription.
func (b *Bus) Open(to chan<- string) *Subscription {
	s := &Subscription{bus: b, to: to}
	b.mu.Lock()
	b.live[s] = struct{}{}
	b.mu.Unlock()
	return s
}

// Close ends a subscription.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	delete(s.bus.live, s)
}

// Follow delivers events until ctx is done.
func (b *Bus) Follow(ctx context.Context, to chan<- string) {
	s := b.Open(to)
	<-ctx.Done()
	s.Close()
}
