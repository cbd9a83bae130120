// Package streams has open streams.
//
// Bad: a stream that fails is replaced or forgotten, and stays open.
package streams

import (
	"io"
	"sync"
)

// Streams has streams by name.
type Streams struct {
	mu   sync.Mutex
	open map[string]io.WriteCloser
	dial func(string) (io.WriteCloser, error)
}

// New returns no streams.
func New(dial func(string) (io.WriteCloser, error)) *Streams {
	return &Streams{open: make(map[string]io.WriteCloser), dial: dial}
}

// Write writes to a stream and opens it again when that fails.
func (s *Streams) Write(name string, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.open[name]; w != nil {
		if _, err := w.Write(b); err == nil {
			return nil
		}
	}
	w, err := s.dial(name)
	if err != nil {
		delete(s.open, name) // want GM402
		return err
	}
	s.open[name] = w // want GM402
	_, err = w.Write(b)
	return err
}
