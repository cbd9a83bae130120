package main

import (
	"bufio"
	"fmt"
	"os"

	"example.com/gm601/generic-zero-set/bad/set"
)

func main() {
	var (
		words set.Set[string]
		count set.Counter[int]
	)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if !words.Has(in.Text()) {
			words.Add(in.Text())
		}
		count.Inc(len(in.Text()))
	}
	fmt.Println(len(words))
}
