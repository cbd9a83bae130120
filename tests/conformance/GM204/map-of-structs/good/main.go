// Good: the map holds pointers. A copy that is only asked for its name uses no lock and no map.
package main

import (
	"fmt"
	"sync"
)

type tenant struct {
	name string
	mu   sync.Mutex
	uses map[string]int
}

func (t *tenant) count(api string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.uses[api]++
}

type service struct {
	tenants map[string]*tenant
	known   []tenant
}

func (s *service) handle(name, api string) {
	t, ok := s.tenants[name]
	if !ok {
		return
	}
	t.count(api)
}

func (s *service) reset() {
	for _, t := range s.tenants {
		t.mu.Lock()
		clear(t.uses)
		t.mu.Unlock()
	}
}

func (s *service) names() (names []string) {
	for _, t := range s.known {
		names = append(names, t.name)
	}
	return names
}

func main() {
	s := &service{tenants: map[string]*tenant{
		"acme":  {name: "acme", uses: make(map[string]int)},
		"umbra": {name: "umbra", uses: make(map[string]int)},
	}}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 100 {
				s.handle("acme", fmt.Sprint("api", n%9))
				s.names()
				if n%10 == i {
					s.reset()
				}
			}
		}()
	}
	wg.Wait()
}
