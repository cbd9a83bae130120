package main

import (
	"fmt"

	"example.com/gm301/generic-peek/good/stats"
)

func main() {
	var ports stats.Snapshot[string, int]
	ports.Publish(map[string]int{"http": 80})
	fmt.Println(ports.Get("http"))
	fmt.Println(stats.Of("ports", map[string]int{"a": 1}).Used, len(stats.Bytes([]uint32{1, 2})))
}
