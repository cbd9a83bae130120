// Package mailbox keeps messages until somebody takes them.
//
// Good: the condition variable's locker is mu itself, so that locking arrived.L is locking mu,
// and Wait holds it again when it comes back. The forwarding table has a lock of its own and is
// never used under another one alone.
package mailbox

import "sync"

// Post keeps messages by address.
type Post struct {
	mu      sync.Mutex
	boxes   map[string][]string
	arrived *sync.Cond

	forwardMu sync.RWMutex
	forward   map[string]string
}

// New returns an empty post.
func New() *Post {
	p := &Post{boxes: make(map[string][]string), forward: make(map[string]string)}
	p.arrived = sync.NewCond(&p.mu)
	return p
}

// Forward sends what is for one address to another.
func (p *Post) Forward(from, to string) {
	p.forwardMu.Lock()
	defer p.forwardMu.Unlock()
	if to == "" {
		delete(p.forward, from)
		return
	}
	p.forward[from] = to
}

// Deliver leaves a message.
func (p *Post) Deliver(to, text string) {
	p.forwardMu.RLock()
	defer p.forwardMu.RUnlock()
	if other, ok := p.forward[to]; ok {
		to = other
	}
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
	for len(p.boxes[addr]) == 0 {
		p.arrived.Wait()
	}
}
