// Bad: the method value handed to the pool is called by four workers at a time, and it counts in
// a map of the one indexer.
package main

import (
	"fmt"
	"strings"

	"example.com/gm201/worker-method-value/bad/pool"
)

type document struct {
	id   int
	text string
}

type indexer struct {
	postings map[string][]int
}

func (x *indexer) add(d document) {
	for _, word := range strings.Fields(d.text) {
		x.postings[word] = append(x.postings[word], d.id) // want GM201
	}
}

func main() {
	x := &indexer{postings: make(map[string][]int)}
	p := pool.Start(4, x.add)
	for i := range 200 {
		p.Submit(document{i, "the quick brown fox jumps over the lazy dog"})
	}
	p.Close()
	fmt.Println(len(x.postings))
}
