// Package store keeps sessions.
//
// Good: a full map takes no more, or starts again.
package store

import (
	"net/http"
	"sync"
)

const many = 10_000

// Session is one login.
type Session struct {
	User string
	Cart []string
}

// Handler serves sessions.
type Handler struct {
	mu       sync.Mutex
	sessions map[string]*Session
	agents   map[string]*Session
	tokens   map[string]*Session
}

// Register mounts the handler.
func Register(mux *http.ServeMux) {
	h := &Handler{sessions: map[string]*Session{}, agents: map[string]*Session{}, tokens: map[string]*Session{}}
	mux.Handle("/cart", h)
}

func (h *Handler) full() bool { return len(h.sessions) >= many }

// ServeHTTP adds to the cart of a session.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Session")
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.sessions[id]
	if !ok {
		if h.full() {
			http.Error(w, "full", http.StatusServiceUnavailable)
			return
		}
		s = &Session{User: r.FormValue("user")}
		h.sessions[id] = s
	}
	if n := len(h.agents); n < many {
		h.agents[r.UserAgent()] = s
	}
	if len(h.tokens) > many {
		h.tokens = make(map[string]*Session)
	}
	h.tokens[r.Header.Get("Authorization")] = s
	s.Cart = append(s.Cart, r.FormValue("item"))
	w.WriteHeader(http.StatusNoContent)
}
