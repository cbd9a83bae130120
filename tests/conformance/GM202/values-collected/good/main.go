// Good: each way to read the whole map is under the read lock, or reads a copy taken there.
package main

import (
	"fmt"
	"slices"
	"sync"

	"example.com/gm202/values-collected/good/registry"
)

func main() {
	r := registry.New(slices.Values([]registry.Instance{{Name: "a"}, {Name: "b"}}))
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 100 {
				r.Beat(registry.Instance{Name: fmt.Sprint(i, n%10), Load: float64(n)})
				r.Busiest()
				r.ByLoad()
				r.Total()
				r.Leave(fmt.Sprint(i, n%7))
			}
		}()
	}
	wg.Wait()
}
