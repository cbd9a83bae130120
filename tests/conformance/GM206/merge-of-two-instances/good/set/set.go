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

// Items returns all items.
func (s *Set[T]) Items() []T {
	s.mu.RLock()
	defer s.mu.RUnlock()
	items := make([]T, 0, len(s.items))
	for item := range s.items {
		items = append(items, item)
	}
	return items
}

// Merge adds all items of other.
func (s *Set[T]) Merge(other *Set[T]) {
	items := other.Items()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range items {
		s.items[item] = struct{}{}
	}
}

// Union returns a new set of the items of both.
func (s *Set[T]) Union(other *Set[T]) *Set[T] {
	sum := New(s.Items()...)
	other.mu.RLock()
	defer other.mu.RUnlock()
	for item := range other.items {
		sum.items[item] = struct{}{}
	}
	return sum
}
