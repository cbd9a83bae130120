// Bad: Merge holds the lock of the set that it writes. The other set, which it walks, has a lock
// of its own that is not taken.
package main

import (
	"fmt"
	"sync"

	"example.com/gm206/merge-of-two-instances/bad/set"
)

func main() {
	a, b := set.New(1, 2, 3), set.New[int]()
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		for i := 0; i < 2000; i++ {
			a.Add(i % 50)
			a.Remove(i % 20)
		}
	}()
	go func() {
		defer wg.Done()
		for i := 0; i < 200; i++ {
			b.Merge(a)
		}
	}()
	wg.Wait()
	fmt.Println(b.Has(1))
}
