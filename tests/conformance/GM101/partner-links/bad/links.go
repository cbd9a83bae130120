// Package links keeps pairs of peers that talk to each other.
//
// Bad: closing one side deletes the other side's entry while the table is walked, and the loop
// goes on: whether the other side was closed too depends on who came first.
package links

import (
	"errors"
	"time"
)

// ErrClosed says that a link is gone.
var ErrClosed = errors.New("link closed")

type addr struct {
	host string
	port int
}

type link struct {
	peer addr
	last time.Time
}

func (l *link) idle(now time.Time) bool { return now.Sub(l.last) > time.Minute }

// Table holds both directions of each link.
type Table struct {
	links  map[addr]*link
	closed int
}

// Sweep drops links that nobody uses.
func (t *Table) Sweep(now time.Time) (err error) {
	for a, l := range t.links {
		if !l.idle(now) {
			continue
		}
		if _, ok := t.links[l.peer]; ok && l.peer != a {
			delete(t.links, l.peer) // want GM101
			t.closed++
			err = ErrClosed
		}
	}
	return err
}

// Forget drops all links of the given hosts.
func (t *Table) Forget(hosts ...string) {
next:
	for _, host := range hosts {
		for a := range t.links {
			if a.host != host {
				continue next
			}
			if a.port == 0 {
				continue
			}
			mirror := addr{host: host}
			delete(t.links, mirror) // want GM101
		}
	}
}
