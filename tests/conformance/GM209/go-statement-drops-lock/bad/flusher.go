// Package flusher writes dirty pages.
//
// Bad: a name that ends in Locked asks for the lock. The go statement and the timer start the
// function when the lock of the starter may long be gone: a goroutine inherits no lock.
package flusher

import (
	"io"
	"sync"
	"time"
)

// Pages keeps dirty pages.
type Pages struct {
	mu    sync.Mutex
	dirty map[int][]byte
	out   io.WriterAt
}

// New returns an empty set that writes to out.
func New(out io.WriterAt) *Pages {
	return &Pages{dirty: make(map[int][]byte), out: out}
}

// Mark puts a page in the set.
func (p *Pages) Mark(n int, data []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirty[n] = data
	if len(p.dirty) > 100 {
		go p.flushLocked() // want GM209
	}
}

// Later flushes after a while.
func (p *Pages) Later(d time.Duration) *time.Timer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.AfterFunc(d, func() {
		p.flushLocked() // want GM209
	})
}

// Flush writes all dirty pages.
func (p *Pages) Flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flushLocked()
}

func (p *Pages) flushLocked() {
	for n, data := range p.dirty {
		p.out.WriteAt(data, int64(n)*4096)
		delete(p.dirty, n)
	}
}
