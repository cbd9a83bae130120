// Bad: all is an iterator over the routes for whoever asks. Its loop runs on the goroutine of the
// asker, without the lock under which routes come and go.
package main

import (
	"fmt"
	"iter"
	"strings"
	"sync"
)

type routes[H any] struct {
	mu    sync.Mutex
	table map[string]H
}

func (r *routes[H]) handle(path string, h H) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.table[path] = h
}

func (r *routes[H]) remove(path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.table, path)
}

func (r *routes[H]) all() iter.Seq2[string, H] {
	return func(yield func(string, H) bool) {
		for path, h := range r.table { // want GM202
			if !yield(path, h) {
				return
			}
		}
	}
}

func main() {
	r := &routes[func() string]{table: make(map[string]func() string)}
	r.handle("/v0", func() string { return "ok" })
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 2000 {
			r.handle(fmt.Sprint("/v", i%30), func() string { return "ok" })
			r.remove(fmt.Sprint("/v", (i+15)%30))
		}
	})
	wg.Go(func() {
		longest := 0
		for range 3000 {
			for path, h := range r.all() {
				if strings.HasPrefix(path, "/v") && h() == "ok" {
					longest = max(longest, len(path))
				}
			}
		}
	})
	wg.Wait()
}
