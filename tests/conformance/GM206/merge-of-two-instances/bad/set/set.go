package set

import "sync"

// Set is a set that can be shared.
type Set[T comparable] struct {
	mu    sync.RWMutex
	items map[T]struct{}
}

// New returns a set of items.
func New[T comparable](items ...T) *Set[T] {
	s := &Set[T]{items: make(map[T]struct{}, len(items))}
	for _, item := range items {
		s.items[item] = struct{}{}
	}
	return s
}

// Add adds an item.
func (s *Set[T]) Add(item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[item] = struct{}{}
}

// Remove takes an item out.
func (s *Set[T]) Remove(item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, item)
}

// Has tells whether the item is there.
func (s *Set[T]) Has(item T) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.items[item]
	return ok
}

// Merge adds all items of other.
func (s *Set[T]) Merge(other *Set[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for item := range other.items { // want GM206
		s.items[item] = struct{}{}
	}
}
