// Bad: the tenants lie in a map by value. Looking one up copies it, ranging over them does too,
// and each copy locks its own mutex in front of the same map.
package main

import (
	"fmt"
	"sync"
)

type tenant struct {
	mu   sync.Mutex
	uses map[string]int
}

func (t *tenant) count(api string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.uses[api]++
}

type service struct {
	tenants map[string]tenant
}

func (s *service) handle(name, api string) {
	t, ok := s.tenants[name] // want GM204
	if !ok {
		return
	}
	t.count(api)
}

func (s *service) reset() {
	for _, t := range s.tenants { // want GM204
		t.mu.Lock()
		clear(t.uses)
		t.mu.Unlock()
	}
}

func main() {
	s := &service{tenants: map[string]tenant{
		"acme":  {uses: make(map[string]int)},
		"umbra": {uses: make(map[string]int)},
	}}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 100 {
				s.handle("acme", fmt.Sprint("api", n%9))
				if n%10 == i {
					s.reset()
				}
			}
		}()
	}
	wg.Wait()
}
