// Package flusher writes dirty pages.
//
// Good: the goroutine takes the lock itself. isLocked is a question about a page, and not a
// function that asks for the lock; lockedPages takes the lock by itself.
package flusher

import (
	"io"
	"sync"
	"time"
)

// Pages keeps dirty pages.
type Pages struct {
	mu     sync.Mutex
	dirty  map[int][]byte
	pinned map[int]bool
	out    io.WriterAt
}

// New returns an empty set that writes to out.
func New(out io.WriterAt, pinned ...int) *Pages {
	p := &Pages{dirty: make(map[int][]byte), pinned: make(map[int]bool), out: out}
	for _, n := range pinned {
		p.pinned[n] = true
	}
	return p
}

// Mark puts a page in the set.
func (p *Pages) Mark(n int, data []byte) {
	if p.isLocked(n) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirty[n] = data
	if len(p.dirty) > 100 {
		go p.Flush()
	}
}

// isLocked tells whether the page is pinned; the set of those never changes.
func (p *Pages) isLocked(n int) bool { return p.pinned[n] }

// Later flushes after a while.
func (p *Pages) Later(d time.Duration) *time.Timer {
	return time.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.flushLocked()
	})
}

// Flush writes all dirty pages.
func (p *Pages) Flush() {
	p.mu.Lock()
	p.flushLocked()
	p.mu.Unlock()
}

func (p *Pages) flushLocked() {
	for n, data := range p.dirty {
		p.out.WriteAt(data, int64(n)*4096)
		delete(p.dirty, n)
	}
}

// lockedPages returns the numbers of the dirty pages.
func (p *Pages) lockedPages() (numbers []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range p.dirty {
		numbers = append(numbers, n)
	}
	return numbers
}

// Busy tells whether there is work.
func (p *Pages) Busy() bool { return len(p.lockedPages()) > 0 }
