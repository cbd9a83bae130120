// Package presence knows who was seen last where.
//
// Good: one function deletes from all the maps that it is handed; weekdays are few.
package presence

import (
	"net/http"
	"sync"
	"time"
)

// Service is a service.
type Service struct {
	last    sync.Map
	devices *sync.Map
	days    sync.Map
}

// Handler returns the service's handler.
func Handler() http.Handler {
	s := &Service{devices: new(sync.Map)}
	mux := http.NewServeMux()
	mux.HandleFunc("/seen", s.seen)
	mux.HandleFunc("/gone", s.gone)
	return mux
}

func (s *Service) seen(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	s.last.Swap(user, time.Now())
	s.devices.LoadOrStore(user, r.UserAgent())
	s.days.Store(time.Now().Weekday(), user)
}

func (s *Service) gone(w http.ResponseWriter, r *http.Request) {
	forget(r.FormValue("user"), &s.last, s.devices)
}

func forget(key string, maps ...*sync.Map) {
	for _, m := range maps {
		m.Delete(key)
	}
}
