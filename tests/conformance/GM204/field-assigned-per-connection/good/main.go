// Good: a connection points to the server's limits. The settings, which it gets as a value, have no
// lock; a new server is filled by a literal, which copies nothing that is in use.
package main

import (
	"fmt"
	"sync"
)

type settings struct {
	max     int
	headers map[string]string
}

type limits struct {
	mu    sync.Mutex
	perIP map[string]int
}

type server struct {
	settings settings
	limits   limits
}

type connection struct {
	ip       string
	settings settings
	limits   *limits
}

func newServer(max int) *server {
	s := new(server)
	s.settings = settings{max: max, headers: map[string]string{"Server": "demo"}}
	s.limits = limits{perIP: make(map[string]int)}
	return s
}

func (s *server) accept(ip string) *connection {
	c := new(connection)
	c.ip = ip
	c.settings = s.settings
	c.limits = &s.limits
	return c
}

func (c *connection) begin() bool {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	if c.limits.perIP[c.ip] >= c.settings.max {
		return false
	}
	c.limits.perIP[c.ip]++
	return true
}

func (c *connection) banner() string { return c.ip + " " + c.settings.headers["Server"] }

func (c *connection) end() {
	l := c.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.perIP[c.ip]--; l.perIP[c.ip] <= 0 {
		delete(l.perIP, c.ip)
	}
}

func main() {
	s := newServer(3)
	var wg sync.WaitGroup
	for i := range 100 {
		c := s.accept(fmt.Sprint("10.0.0.", i%9))
		wg.Go(func() {
			if c.begin() {
				_ = c.banner()
				c.end()
			}
		})
	}
	wg.Wait()
}
