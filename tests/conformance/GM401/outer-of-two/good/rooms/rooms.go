// Package rooms keeps who is in which room.
//
// Good: the last one to leave takes the room along.
package rooms

import (
	"net/http"
	"sync"
)

// Member is somebody in a room.
type Member struct {
	Name string
	Info map[string]string
}

type registry struct {
	sync.Mutex
	byRoom map[string]map[string]*Member
}

var all = registry{byRoom: make(map[string]map[string]*Member)}

func (g *registry) enter(room, name string) {
	g.Lock()
	defer g.Unlock()
	members, ok := g.byRoom[room]
	if !ok {
		members = make(map[string]*Member)
		g.byRoom[room] = members
	}
	members[name] = &Member{Name: name}
}

func (g *registry) leave(room, name string) {
	g.Lock()
	defer g.Unlock()
	members := g.byRoom[room]
	delete(members, name)
	if len(members) == 0 {
		delete(g.byRoom, room)
	}
}

// Rooms is the handler of all rooms.
type Rooms struct{}

// ServeHTTP enters or leaves.
func (Rooms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	room, name := r.PathValue("room"), r.PathValue("name")
	switch r.Method {
	case http.MethodPut:
		all.enter(room, name)
	case http.MethodDelete:
		all.leave(room, name)
	}
}
