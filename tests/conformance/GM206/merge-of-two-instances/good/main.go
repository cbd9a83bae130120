// Good: each set is used under its own lock. The union is nobody else's while it is filled.
package main

import (
	"fmt"
	"sync"

	"example.com/gm206/merge-of-two-instances/good/set"
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
			a.Union(b)
		}
	}()
	wg.Wait()
	fmt.Println(b.Has(1))
}
