// Good: the iterator takes the lock when it runs; the other one walks over a copy that was made
// under the lock. The iterator of a frozen table needs none, since nobody writes that table.
package main

import (
	"fmt"
	"iter"
	"maps"
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
		r.mu.Lock()
		defer r.mu.Unlock()
		for path, h := range r.table {
			if !yield(path, h) {
				return
			}
		}
	}
}

func (r *routes[H]) snapshot() iter.Seq2[string, H] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.All(maps.Clone(r.table))
}

type frozen[H any] struct {
	table map[string]H
}

func (r *routes[H]) freeze() *frozen[H] {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &frozen[H]{table: make(map[string]H, len(r.table))}
	for path, h := range r.table {
		f.table[path] = h
	}
	return f
}

func (f *frozen[H]) all() iter.Seq2[string, H] {
	return func(yield func(string, H) bool) {
		for path, h := range f.table {
			if !yield(path, h) {
				return
			}
		}
	}
}

func main() {
	r := &routes[func() string]{table: make(map[string]func() string)}
	r.handle("/v0", func() string { return "ok" })
	f := r.freeze()
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 2000 {
			r.handle(fmt.Sprint("/v", i%30), func() string { return "ok" })
			r.remove(fmt.Sprint("/v", (i+15)%30))
		}
	})
	for range 2 {
		wg.Go(func() {
			longest := 0
			for range 50 {
				for _, seq := range []iter.Seq2[string, func() string]{r.all(), r.snapshot(), f.all()} {
					for path, h := range seq {
						if strings.HasPrefix(path, "/v") && h() == "ok" {
							longest = max(longest, len(path))
						}
					}
				}
			}
		})
	}
	wg.Wait()
}
