// Package sessions keeps sessions of users.
//
// Bad: the struct behind the pointer is changed by a function that gets it, by its own method,
// and by a nested field of it, all without a lock.
package sessions

import (
	"sync"
	"time"
)

// Session is a session of a user.
type Session struct {
	User  string
	seen  time.Time
	stats struct{ hits, bytes int64 }
}

func (s *Session) touch(now time.Time) {
	s.seen = now // want GM505
}

func account(s *Session, n int64) {
	s.stats.bytes += n // want GM505
}

// Manager keeps sessions by token.
type Manager struct {
	sessions *sync.Map
}

// New returns a manager.
func New() *Manager {
	return &Manager{sessions: new(sync.Map)}
}

// Login begins a session.
func (m *Manager) Login(token, user string) {
	m.sessions.Store(token, &Session{User: user, seen: time.Now()})
}

// Logout ends a session.
func (m *Manager) Logout(token string) {
	m.sessions.Delete(token)
}

// Request is called with each request.
func (m *Manager) Request(token string, n int64) bool {
	v, ok := m.sessions.Load(token)
	if !ok {
		return false
	}
	s, ok := v.(*Session)
	if !ok {
		return false
	}
	s.touch(time.Now())
	account(s, n)
	s.stats.hits++ // want GM505
	return true
}

// Idle returns the sessions that nobody uses.
func (m *Manager) Idle(d time.Duration) (tokens []string) {
	m.sessions.Range(func(token, v any) bool {
		if time.Since(v.(*Session).seen) > d {
			tokens = append(tokens, token.(string))
		}
		return true
	})
	return tokens
}
