package main

import (
	"bufio"
	"fmt"
	"os"

	"example.com/gm601/generic-zero-set/good/set"
)

func main() {
	var (
		none  set.Set[string]
		count set.Counter[int]
	)
	words := set.Of[string]()
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if !words.Has(in.Text()) && !none.Has(in.Text()) {
			words.Add(in.Text())
		}
		count.Inc(len(in.Text()))
	}
	fmt.Println(len(words), len(none))
}
