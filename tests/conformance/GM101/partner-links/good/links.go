// Package links keeps pairs of peers that talk to each other.
//
// Good: the loops are left right after the delete, by a labelled continue of the outer loop, by
// goto, by log.Fatal; an equal copy of the key is the key; the neighbours' own maps are others.
package links

import (
	"log"
	"time"
)

type addr struct {
	host string
	port int
}

type link struct {
	peer addr
	last time.Time
}

// Table holds both directions of each link.
type Table struct {
	links map[addr]*link
	near  map[string]map[string]int
}

// Forget drops one mirror of each of the given hosts.
func (t *Table) Forget(hosts ...string) {
next:
	for _, host := range hosts {
		for a := range t.links {
			if a.host == host && a.port != 0 {
				delete(t.links, addr{host: host})
				continue next
			}
		}
	}
}

// Check stops the program at the first broken pair.
func (t *Table) Check() {
	for a, l := range t.links {
		if _, ok := t.links[l.peer]; !ok {
			delete(t.links, l.peer)
			log.Fatalf("no way back to %v", a)
		}
	}
}

// Retry drops the oldest pair and starts again.
func (t *Table) Retry(limit time.Time) {
again:
	for a, l := range t.links {
		if l.last.Before(limit) {
			mine := a
			delete(t.links, l.peer)
			delete(t.links, mine)
			goto again
		}
	}
}

// Isolate takes a host out of the neighbour lists.
func (t *Table) Isolate(host string) {
	for other := range t.near[host] {
		delete(t.near[other], host)
	}
	delete(t.near, host)
}

// Drop deletes the one link that was asked for.
func (t *Table) Drop(which addr) {
	for a := range t.links {
		if a == which {
			delete(t.links, which)
		}
	}
}
