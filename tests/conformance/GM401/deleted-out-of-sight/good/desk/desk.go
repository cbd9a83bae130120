// Package desk keeps tickets behind an interface.
//
// Good: each map is emptied, but never where it is filled: by the entry itself through the interface, by a timer, by a
// deferred function, by the collector, and by a function that something else calls every hour.
package desk

import (
	"encoding/json"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// Ticket is a ticket.
type Ticket struct {
	ID    string
	Text  string
	owner *memory
}

func (t *Ticket) close() {
	t.owner.mu.Lock()
	defer t.owner.mu.Unlock()
	delete(t.owner.tickets, t.ID)
}

type store interface {
	put(*Ticket)
	get(id string) *Ticket
	drop(id string)
}

type memory struct {
	mu      sync.RWMutex
	tickets map[string]*Ticket
	recent  map[string]*Ticket
	busy    map[string]*Ticket
	hot     map[string]*Ticket
	dead    map[string]*Ticket
	ops     chan func(map[string]*Ticket)
}

func (m *memory) put(t *Ticket) {
	t.owner = m
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tickets[t.ID] = t
	m.recent[t.ID] = t
	time.AfterFunc(time.Hour, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.recent, t.ID)
	})
	m.hot[t.ID] = t
	m.dead[t.ID] = t
	id := t.ID
	runtime.AddCleanup(t, func(id string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		hot := m.hot
		delete(hot, id)
	}, id)
}

func (m *memory) get(id string) *Ticket {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.tickets[id]
}

func (m *memory) drop(id string) {
	m.mu.Lock()
	t := m.tickets[id]
	m.mu.Unlock()
	if t != nil {
		t.close()
	}
}

func (m *memory) work(id string, f func()) {
	m.mu.Lock()
	m.busy[id] = m.tickets[id]
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.busy, id)
	}()
	f()
}

func (m *memory) sweep() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = map[string]*Ticket{}
}

// Desk is a handler.
type Desk struct {
	store store
	mem   *memory
}

// New returns a desk.
func New() *Desk {
	m := &memory{tickets: map[string]*Ticket{}, recent: map[string]*Ticket{}, busy: map[string]*Ticket{}, hot: map[string]*Ticket{}, dead: map[string]*Ticket{}}
	every(time.Hour, m.sweep)
	return &Desk{store: m, mem: m}
}

func every(d time.Duration, f func()) {
	go func() {
		for range time.Tick(d) {
			f()
		}
	}()
}

// ServeHTTP puts and gets tickets.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		t := new(Ticket)
		if err := json.NewDecoder(r.Body).Decode(t); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		d.store.put(t)
	case http.MethodDelete:
		d.store.drop(r.FormValue("id"))
	default:
		id := r.FormValue("id")
		d.mem.work(id, func() { json.NewEncoder(w).Encode(d.store.get(id)) })
	}
}
