// Bad (strict): one loop overwrites the same eight keys as fast as it can; each Store allocates,
// where an assignment under a mutex would not.
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
	var latest sync.Map // want-strict GM511
	start := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; i < 1_000_000; i++ {
			latest.Store(i%8, sample{at: time.Since(start), value: float64(i)})
		}
	}()
	<-done
	for sensor := 0; sensor < 8; sensor++ {
		if v, ok := latest.Load(sensor); ok {
			fmt.Println(sensor, v.(sample).value)
		}
	}
}
