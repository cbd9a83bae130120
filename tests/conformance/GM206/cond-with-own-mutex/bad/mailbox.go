// Package mailbox keeps messages until somebody takes them.
//
// Bad: the condition variable was given a mutex of its own. Everybody else uses the boxes under
// mu; Wait reads them under the other mutex.
package mailbox

import "sync"

// Post keeps messages by address.
type Post struct {
	mu      sync.Mutex
	boxes   map[string][]string
	arrived *sync.Cond
}

// New returns an empty post.
func New() *Post {
	return &Post{boxes: make(map[string][]string), arrived: sync.NewCond(new(sync.Mutex))}
}

// Deliver leaves a message.
func (p *Post) Deliver(to, text string) {
	p.mu.Lock()
	p.boxes[to] = append(p.boxes[to], text)
	p.mu.Unlock()
	p.arrived.Broadcast()
}

// Close removes a box.
func (p *Post) Close(addr string) {
	p.mu.Lock()
	delete(p.boxes, addr)
	p.mu.Unlock()
}

// Collect takes all messages out of a box.
func (p *Post) Collect(addr string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	texts := p.boxes[addr]
	delete(p.boxes, addr)
	return texts
}

// Wait waits until there is a message.
func (p *Post) Wait(addr string) {
	p.arrived.L.Lock()
	defer p.arrived.L.Unlock()
	for len(p.boxes[addr]) == 0 { // want GM206
		p.arrived.Wait()
	}
}
