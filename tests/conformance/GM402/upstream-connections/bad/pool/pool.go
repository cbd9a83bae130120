// Package pool keeps one connection to each upstream.
//
// Bad: the old connection and the old ticker are lost when new ones come, and when the address is forgotten.
package pool

import (
	"context"
	"net"
	"sync"
	"time"
)

// Pool has connections by address.
type Pool struct {
	mu      sync.Mutex
	conns   map[string]net.Conn
	tickers map[string]*time.Ticker
	dialer  net.Dialer
}

// New returns an empty pool.
func New() *Pool {
	return &Pool{conns: make(map[string]net.Conn), tickers: make(map[string]*time.Ticker)}
}

// Redial replaces the connection to addr.
func (p *Pool) Redial(ctx context.Context, addr string) error {
	c, err := p.dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[addr] = c // want GM402
	return nil
}

// Watch pings addr.
func (p *Pool) Watch(addr string, every time.Duration, ping func()) {
	t := time.NewTicker(every)
	p.mu.Lock()
	p.tickers[addr] = t // want GM402
	p.mu.Unlock()
	go func() {
		for range t.C {
			ping()
		}
	}()
}

// Forget drops addr.
func (p *Pool) Forget(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.conns[addr]; !ok {
		return
	}
	delete(p.tickers, addr) // want GM402
	delete(p.conns, addr)   // want GM402
}
