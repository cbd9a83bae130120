// Bad: each connection gets the server's limits as a value. From then on it locks the mutex in its
// own copy, and counts in the map of all.
package main

import (
	"fmt"
	"sync"
)

type limits struct {
	mu    sync.Mutex
	perIP map[string]int
	max   int
}

type server struct {
	limits limits
}

type connection struct {
	ip     string
	limits limits
}

func (s *server) accept(ip string) *connection {
	c := new(connection)
	c.ip = ip
	c.limits = s.limits // want GM204
	return c
}

func (c *connection) begin() bool {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	if c.limits.perIP[c.ip] >= c.limits.max {
		return false
	}
	c.limits.perIP[c.ip]++
	return true
}

func (c *connection) end() {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	if c.limits.perIP[c.ip]--; c.limits.perIP[c.ip] <= 0 {
		delete(c.limits.perIP, c.ip)
	}
}

func main() {
	s := &server{limits: limits{perIP: make(map[string]int), max: 3}}
	var wg sync.WaitGroup
	for i := range 100 {
		c := s.accept(fmt.Sprint("10.0.0.", i%9))
		wg.Go(func() {
			if c.begin() {
				c.end()
			}
		})
	}
	wg.Wait()
}
