// Package presence knows who was seen last where.
//
// Bad: Swap and LoadOrStore add entries as Store does.
package presence

import (
	"net/http"
	"sync"
	"time"
)

// Service is a service.
type Service struct {
	last    sync.Map  // want GM508
	devices *sync.Map // want GM508
}

// Handler returns the service's handler.
func Handler() http.Handler {
	s := &Service{devices: new(sync.Map)}
	mux := http.NewServeMux()
	mux.HandleFunc("/seen", s.seen)
	mux.HandleFunc("/when", s.when)
	return mux
}

func (s *Service) seen(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	if old, loaded := s.last.Swap(user, time.Now()); loaded {
		s.devices.CompareAndSwap(user, old, r.UserAgent())
		return
	}
	s.devices.LoadOrStore(user+"@"+r.RemoteAddr, r.UserAgent())
}

func (s *Service) when(w http.ResponseWriter, r *http.Request) {
	if at, ok := s.last.Load(r.FormValue("user")); ok {
		w.Write([]byte(at.(time.Time).String()))
	}
}
