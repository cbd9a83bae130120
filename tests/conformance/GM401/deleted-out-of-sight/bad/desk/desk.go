// Package desk keeps tickets behind an interface.
//
// Bad: nothing behind the interface takes a ticket out again.
package desk

import (
	"encoding/json"
	"net/http"
	"sync"
)

// Ticket is a ticket.
type Ticket struct {
	ID   string
	Text string
}

type store interface {
	put(*Ticket)
	get(id string) *Ticket
}

type memory struct {
	mu      sync.RWMutex
	tickets map[string]*Ticket // want GM401
}

func (m *memory) put(t *Ticket) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tickets[t.ID] = t
}

func (m *memory) get(id string) *Ticket {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.tickets[id]
}

// Desk is a handler.
type Desk struct{ store store }

// New returns a desk.
func New() *Desk { return &Desk{store: &memory{tickets: make(map[string]*Ticket)}} }

// ServeHTTP puts and gets tickets.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		t := new(Ticket)
		if err := json.NewDecoder(r.Body).Decode(t); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		d.store.put(t)
		return
	}
	json.NewEncoder(w).Encode(d.store.get(r.FormValue("id")))
}
