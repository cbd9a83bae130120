// Package dial keeps one connection for each peer.
//
// Bad: two function literals, run in place, each with a lock and a deferred Unlock. The second
// one stores without looking again: the connection of who was faster is lost, and stays open.
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
	dial  func(addr string) (net.Conn, error)
}

// New returns a dialer.
func New(dial func(addr string) (net.Conn, error)) *Dialer {
	return &Dialer{peers: make(map[string]*peer), dial: dial}
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
		return p
	}()
	if known != nil {
		return known.conn, nil
	}
	conn, err := d.dial(addr)
	if err != nil {
		return nil, err
	}
	func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.peers[addr] = &peer{conn: conn, uses: 1} // want-strict GM208
	}()
	return conn, nil
}

// Hangup closes the connection to a peer.
func (d *Dialer) Hangup(addr string) error {
	d.mu.Lock()
	p := d.peers[addr]
	delete(d.peers, addr)
	d.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.conn.Close()
}
