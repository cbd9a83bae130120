// Package plugins holds the open ends of plugins.
//
// Good: what is replaced is closed first, what exists is not replaced, and what is forgotten was
// closed in the same turn of the loop. Structs with a closer inside look after themselves.
package plugins

import (
	"errors"
	"io"
	"strings"
	"sync"
)

// Opener opens a plugin.
type Opener func(name string) (io.ReadWriteCloser, error)

type plugin struct {
	end     io.Closer
	version int
}

// Set is a set of open plugins.
type Set struct {
	mu      sync.Mutex
	open    Opener
	pipe    map[string]io.ReadWriteCloser
	plugins map[string]*plugin
}

// NewSet returns an empty set.
func NewSet(open Opener) *Set {
	return &Set{open: open, pipe: map[string]io.ReadWriteCloser{}, plugins: map[string]*plugin{}}
}

var errOpen = errors.New("plugin is open")

// Reload opens a plugin again.
func (s *Set) Reload(name string) error {
	p, err := s.open(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.pipe[name]; ok {
		if err := old.Close(); err != nil {
			return errors.Join(err, p.Close())
		}
	}
	s.pipe[name] = p
	return nil
}

// Open opens a plugin that is not open.
func (s *Set) Open(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pipe[name]; ok {
		return errOpen
	}
	p, err := s.open(name)
	if err != nil {
		return err
	}
	s.pipe[name] = p
	return nil
}

// Upgrade replaces what is known of a plugin.
func (s *Set) Upgrade(name string, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plugins[name] = &plugin{end: s.pipe[name], version: version}
}

// Forget closes all plugins with a prefix.
func (s *Set) Forget(prefix string) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, p := range s.pipe {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if e := p.Close(); e != nil && err == nil {
			err = e
		}
		delete(s.pipe, name)
		delete(s.plugins, name)
	}
	return err
}
