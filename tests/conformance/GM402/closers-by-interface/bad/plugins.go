// Package plugins holds the open ends of plugins.
//
// Bad: reloading a plugin replaces its closer, and forgetting all of a prefix drops the closers
// without a call.
package plugins

import (
	"io"
	"strings"
	"sync"
)

// Opener opens a plugin.
type Opener func(name string) (io.ReadWriteCloser, error)

// Set is a set of open plugins.
type Set struct {
	mu   sync.Mutex
	open Opener
	ends map[string]io.Closer
	pipe map[string]io.ReadWriteCloser
}

// NewSet returns an empty set.
func NewSet(open Opener) *Set {
	return &Set{open: open, ends: make(map[string]io.Closer), pipe: make(map[string]io.ReadWriteCloser)}
}

// Watch keeps the closer of a watch.
func (s *Set) Watch(name string, watch func() io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends[name] = watch() // want GM402
}

// Unwatch ends a watch.
func (s *Set) Unwatch(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	end, ok := s.ends[name]
	if !ok {
		return nil
	}
	delete(s.ends, name)
	return end.Close()
}

// Reload opens a plugin again.
func (s *Set) Reload(name string) error {
	p, err := s.open(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pipe[name]; ok {
		s.pipe[name] = p // want GM402
		return nil
	}
	s.pipe[name] = p
	return nil
}

// Forget drops all plugins with a prefix.
func (s *Set) Forget(prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.pipe {
		if strings.HasPrefix(name, prefix) {
			delete(s.pipe, name) // want GM402
		}
	}
}
