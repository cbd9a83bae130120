// Package peers keeps peers.
//
// Good: every access holds the lock that its annotation names.
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
	p := &Peers{alive: make(map[string]int), stats: make(map[string]int)}
	p.stats["started"] = 1
	return p
}

// Alive says if a peer is alive.
func (p *Peers) Alive(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alive[name] > 0
}

// Beat notes a heartbeat.
func (p *Peers) Beat(name string) {
	p.mu.Lock()
	p.alive[name]++
	if p.alive[name] > 100 {
		p.dropLocked(name)
	}
	p.mu.Unlock()
	p.statsMu.Lock()
	p.stats["beats"]++
	p.statsMu.Unlock()
}

func (p *Peers) dropLocked(name string) {
	delete(p.alive, name)
}

// Stat returns a number.
func (p *Peers) Stat(name string) int {
	p.statsMu.RLock()
	defer p.statsMu.RUnlock()
	return p.stats[name]
}
