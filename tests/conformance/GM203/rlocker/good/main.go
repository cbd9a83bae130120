// Good: only reads under the Locker of RLocker; the mutex itself, as a sync.Locker, is the write
// lock.
package main

import (
	"fmt"
	"sync"
	"time"
)

type lease struct {
	owner   string
	expires time.Time
}

type table struct {
	mu     sync.RWMutex
	leases map[int]lease
}

func (t *table) grant(id int, owner string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leases[id] = lease{owner, time.Now().Add(time.Minute)}
}

func (t *table) owner(id int) string {
	l := t.mu.RLocker()
	l.Lock()
	defer l.Unlock()
	return t.leases[id].owner
}

func (t *table) revoke(ids ...int) {
	var l sync.Locker = &t.mu
	l.Lock()
	defer l.Unlock()
	for _, id := range ids {
		delete(t.leases, id)
	}
}

func main() {
	t := &table{leases: make(map[int]lease)}
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for n := 0; n < 200; n++ {
				t.grant(n%20, fmt.Sprint(i))
				t.owner(i)
				t.revoke(n%20, n%7)
			}
		}(i)
	}
	wg.Wait()
}
