// Package peers keeps peers.
//
// Bad: the annotations say which lock is needed; each of the marked lines goes without.
package peers

import "sync"

// Peers keeps peers.
type Peers struct {
	mu    sync.Mutex
	alive map[string]int // GUARDED_BY(mu)
	stats map[string]int // protected by statsMu.

	statsMu sync.RWMutex
}

// New returns an empty set.
func New() *Peers {
	return &Peers{alive: make(map[string]int), stats: make(map[string]int)}
}

// Alive says if a peer is alive.
func (p *Peers) Alive(name string) bool {
	return p.alive[name] > 0 // want GM209
}

// Beat notes a heartbeat.
func (p *Peers) Beat(name string) {
	p.mu.Lock()
	p.alive[name]++
	p.mu.Unlock()
	p.stats["beats"]++ // want GM209
}

// dropLocked drops a peer.
func (p *Peers) dropLocked(name string) {
	delete(p.alive, name)
}

// Drop drops a peer.
func (p *Peers) Drop(name string) {
	p.dropLocked(name) // want GM209
	p.statsMu.Lock()
	defer p.statsMu.Unlock()
	delete(p.stats, name)
}
