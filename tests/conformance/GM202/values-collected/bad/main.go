// Bad: three ways to read the whole map at once, none of them under the lock that Beat takes.
package main

import (
	"fmt"
	"sync"

	"example.com/gm202/values-collected/bad/registry"
)

func main() {
	r := registry.New()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 100 {
				r.Beat(registry.Instance{Name: fmt.Sprint(i, n%10), Load: float64(n)})
				r.Busiest()
				r.ByLoad()
				r.Same(nil)
				r.Leave(fmt.Sprint(i, n%7))
			}
		}()
	}
	wg.Wait()
}
