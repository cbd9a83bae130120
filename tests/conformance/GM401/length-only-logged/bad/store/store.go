// Package store keeps sessions.
//
// Bad: somebody thought of a limit, and wrote it to the log.
package store

import (
	"log/slog"
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
	sessions map[string]*Session // want GM401
	log      *slog.Logger
}

// Register mounts the handler.
func Register(mux *http.ServeMux, log *slog.Logger) {
	h := &Handler{sessions: make(map[string]*Session), log: log}
	mux.Handle("/cart", h)
}

// ServeHTTP adds to the cart of a session.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Session")
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.sessions[id]
	if !ok {
		if len(h.sessions) > many {
			h.log.Warn("many sessions", "n", len(h.sessions))
		}
		s = &Session{User: r.FormValue("user")}
		h.sessions[id] = s
	}
	s.Cart = append(s.Cart, r.FormValue("item"))
	w.WriteHeader(http.StatusNoContent)
}
