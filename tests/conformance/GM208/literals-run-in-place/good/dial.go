// Package dial keeps one connection for each peer.
//
// Good: the second literal looks again. Who comes second closes its own connection and uses the
// other one. Tried is set in one section and looked up in another, under unrelated keys.
package dial

import (
	"net"
	"sync"
)

type peer struct {
	conn net.Conn
	uses int
}

// Dialer keeps connections.
type Dialer struct {
	mu    sync.Mutex
	peers map[string]*peer
	tried map[string]bool
	dial  func(addr string) (net.Conn, error)
}

// New returns a dialer.
func New(dial func(addr string) (net.Conn, error)) *Dialer {
	return &Dialer{peers: make(map[string]*peer), tried: make(map[string]bool), dial: dial}
}

// Conn returns the connection to a peer.
func (d *Dialer) Conn(addr string) (net.Conn, error) {
	known := func() *peer {
		d.mu.Lock()
		defer d.mu.Unlock()
		p := d.peers[addr]
		if p != nil {
			p.uses++
		}
		d.tried[addr] = true
		return p
	}()
	if known != nil {
		return known.conn, nil
	}
	conn, err := d.dial(addr)
	if err != nil {
		return nil, err
	}
	first := func() *peer {
		d.mu.Lock()
		defer d.mu.Unlock()
		if p, ok := d.peers[addr]; ok {
			p.uses++
			return p
		}
		p := &peer{conn: conn, uses: 1}
		d.peers[addr] = p
		return p
	}()
	if first.conn != conn {
		conn.Close()
	}
	return first.conn, nil
}

// Fallback marks the second address, when the first was tried.
func (d *Dialer) Fallback(first, second string) bool {
	d.mu.Lock()
	tried := d.tried[first]
	d.mu.Unlock()
	if !tried {
		return false
	}
	d.mu.Lock()
	d.tried[second] = true
	d.mu.Unlock()
	return true
}

// Hangup closes the connection to a peer.
func (d *Dialer) Hangup(addr string) error {
	d.mu.Lock()
	p := d.peers[addr]
	delete(d.peers, addr)
	delete(d.tried, addr)
	d.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.conn.Close()
}
