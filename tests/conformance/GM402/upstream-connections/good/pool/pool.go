// Package pool keeps one connection to each upstream.
//
// Good: the old one is closed after the lock, stopped by a helper, known to be missing, or handed to the caller.
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
	old := p.conns[addr]
	p.conns[addr] = c
	p.mu.Unlock()
	if old != nil {
		return old.Close()
	}
	return nil
}

// Watch pings addr, unless somebody does.
func (p *Pool) Watch(addr string, every time.Duration, ping func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.tickers[addr]; ok {
		return
	}
	t := time.NewTicker(every)
	p.tickers[addr] = t
	go func() {
		for range t.C {
			ping()
		}
	}()
}

func (p *Pool) stop(addr string) {
	if t := p.tickers[addr]; t != nil {
		t.Stop()
	}
}

// Forget drops addr.
func (p *Pool) Forget(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.conns[addr]
	if !ok {
		return
	}
	defer c.Close()
	p.stop(addr)
	delete(p.tickers, addr)
	delete(p.conns, addr)
}

// Take hands the connection over.
func (p *Pool) Take(addr string) (net.Conn, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.conns[addr]
	delete(p.conns, addr)
	return c, ok
}
