// Package streams has open streams.
//
// Good: what goes is closed by a deferred function, by a helper, by who uses it, through a second place, or is not there.
package streams

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Streams has streams by name.
type Streams struct {
	mu      sync.Mutex
	open    map[string]io.WriteCloser
	stmts   map[string]*sql.Stmt
	cancels map[uint64]context.CancelFunc
	all     []net.Conn
	conns   map[string]net.Conn
	peers   map[net.Conn]string
	timers  map[string]*time.Timer
	next    atomic.Uint64
	db      *sql.DB
	dial    func(string) (io.WriteCloser, error)
}

// Write writes to a stream and opens it again when that fails.
func (s *Streams) Write(name string, b []byte) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.open[name]
	if w != nil {
		if _, err := w.Write(b); err == nil {
			return nil
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		delete(s.open, name)
	}
	fresh, err := s.dial(name)
	if err != nil {
		return err
	}
	s.open[name] = fresh
	_, err = fresh.Write(b)
	return err
}

// Stmt prepares a query once.
func (s *Streams) Stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	st, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = st
	return st, nil
}

// Go runs something that can be cancelled.
func (s *Streams) Go(ctx context.Context, f func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	id := s.next.Add(1)
	s.mu.Lock()
	s.cancels[id] = cancel
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			delete(s.cancels, id)
			s.mu.Unlock()
			cancel()
		}()
		f(ctx)
	}()
}

// Connect connects; Close closes all connections there ever were.
func (s *Streams) Connect(addr string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, c)
	s.conns[addr] = c
	return nil
}

// Close closes everything.
func (s *Streams) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.all {
		c.Close()
	}
	for name := range s.timers {
		stop(s.timers, name)
	}
	for _, st := range s.stmts {
		st.Close()
	}
	clear(s.stmts)
}

// Handle serves one connection.
func (s *Streams) Handle(c net.Conn, name string) {
	defer c.Close()
	s.mu.Lock()
	s.peers[c] = name
	s.mu.Unlock()
	io.Copy(io.Discard, c)
	s.mu.Lock()
	delete(s.peers, c)
	s.mu.Unlock()
}

func stop[K comparable](timers map[K]*time.Timer, k K) {
	if t, ok := timers[k]; ok && t.Stop() {
		delete(timers, k)
	}
}

// Later runs f later, and not what was to run before.
func (s *Streams) Later(name string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stop(s.timers, name)
	s.timers[name] = time.AfterFunc(time.Second, f)
}

// Serve returns streams that are ready.
func Serve(db *sql.DB, dial func(string) (io.WriteCloser, error)) *Streams {
	return &Streams{
		db: db, dial: dial,
		open: map[string]io.WriteCloser{}, stmts: map[string]*sql.Stmt{}, cancels: map[uint64]context.CancelFunc{},
		conns: map[string]net.Conn{}, peers: map[net.Conn]string{}, timers: map[string]*time.Timer{},
	}
}

// Reset prepares all queries anew.
func (s *Streams) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, st := range s.stmts {
		st.Close()
		delete(s.stmts, query)
	}
	s.conns = make(map[string]net.Conn)
}
