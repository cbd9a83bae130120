// Package ops has a goroutine that owns a map and runs what it is sent.
//
// Good: what deletes comes to the owner as a function.
package ops

import "net/http"

type user struct {
	name  string
	pages []string
}

type op func(map[string]*user)

type owner struct {
	ops   chan op
	users map[string]*user
}

func start() *owner {
	o := &owner{ops: make(chan op), users: make(map[string]*user)}
	go o.run()
	return o
}

func (o *owner) run() {
	for op := range o.ops {
		op(o.users)
	}
}

// Handler returns a handler.
func Handler() http.Handler {
	o := start()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.FormValue("user")
		if r.Method == http.MethodDelete {
			o.ops <- func(users map[string]*user) { delete(users, name) }
			return
		}
		o.ops <- func(users map[string]*user) {
			u := users[name]
			if u == nil {
				u = &user{name: name}
				users[name] = u
			}
			u.pages = append(u.pages, r.URL.Path)
		}
	})
}
