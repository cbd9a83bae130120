package main

import (
	"fmt"

	"example.com/gm301/generic-peek/bad/stats"
)

func main() {
	ports := map[string]int{"http": 80, "https": 443}
	fmt.Println(stats.Of("ports", ports).Used, stats.Seed(&ports) != 0)
}
