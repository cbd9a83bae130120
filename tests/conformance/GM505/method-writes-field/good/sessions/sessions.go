// Package sessions keeps sessions of users.
//
// Good: methods take the session's own lock, or the manager's, around what they change. A copy of
// the struct may be changed, and so may a session that nobody else has yet.
package sessions

import (
	"sync"
	"time"
)

// Session is a session of a user.
type Session struct {
	User string

	mu    sync.Mutex
	seen  time.Time
	stats Stats
}

// Stats is what a session used.
type Stats struct{ Hits, Bytes int64 }

func (s *Session) touch(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = now
}

func (s *Session) account(n int64) {
	s.mu.Lock()
	s.stats.Bytes += n
	s.stats.Hits++
	s.mu.Unlock()
}

func (s *Session) init(user string) *Session {
	s.User = user
	s.seen = time.Now()
	return s
}

// Manager keeps sessions by token.
type Manager struct {
	sessions *sync.Map
	mu       sync.Mutex
	users    sync.Map // string -> *Stats, changed under mu
}

// New returns a manager.
func New() *Manager {
	return &Manager{sessions: new(sync.Map)}
}

// Login begins a session.
func (m *Manager) Login(token, user string) {
	s := new(Session).init(user)
	s.stats.Hits = 1
	m.sessions.Store(token, s)
	m.users.LoadOrStore(user, new(Stats))
}

// Logout ends a session.
func (m *Manager) Logout(token string) {
	m.sessions.Delete(token)
	m.users.Delete(token)
}

// Request is called with each request.
func (m *Manager) Request(token string, n int64) (Stats, bool) {
	v, ok := m.sessions.Load(token)
	if !ok {
		return Stats{}, false
	}
	s := v.(*Session)
	s.touch(time.Now())
	s.account(n)
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.users.Load(s.User)
	if !ok {
		return Stats{}, false
	}
	u.(*Stats).Bytes += n
	sum := *u.(*Stats)
	sum.Hits += 1
	return sum, true
}
