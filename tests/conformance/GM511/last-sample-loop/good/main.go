// Good: eight slots under a mutex for what is overwritten all the time; the sync.Map holds what is
// stored once by several goroutines and read by all of them.
package main

import (
	"fmt"
	"sync"
	"time"
)

type sample struct {
	at    time.Duration
	value float64
}

func main() {
	var (
		mu     sync.Mutex
		latest = make(map[int]sample, 8)
		units  sync.Map
		wg     sync.WaitGroup
	)
	start := time.Now()
	for worker := 0; worker < 2; worker++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 100_000; i++ {
				unit, ok := units.Load(i % 8)
				if !ok {
					unit, _ = units.LoadOrStore(i%8, 1.5)
				}
				mu.Lock()
				latest[i%8] = sample{at: time.Since(start), value: unit.(float64) * float64(i)}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	for sensor := 0; sensor < 8; sensor++ {
		fmt.Println(sensor, latest[sensor].value)
	}
}
