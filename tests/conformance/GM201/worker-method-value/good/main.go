// Good: the method value locks. The map of the words in one document is made in each call, and
// the totals are only touched by main.
package main

import (
	"fmt"
	"strings"
	"sync"

	"example.com/gm201/worker-method-value/good/pool"
)

type document struct {
	id   int
	text string
}

type indexer struct {
	mu       sync.Mutex
	postings map[string][]int
}

func (x *indexer) add(d document) {
	words := make(map[string]struct{})
	for _, word := range strings.Fields(d.text) {
		words[word] = struct{}{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for word := range words {
		x.postings[word] = append(x.postings[word], d.id)
	}
}

func main() {
	x := &indexer{postings: make(map[string][]int)}
	totals := map[string]int{}
	p := pool.Start(4, x.add)
	for i := range 200 {
		d := document{i, "the quick brown fox jumps over the lazy dog"}
		totals["bytes"] += len(d.text)
		p.Submit(d)
	}
	p.Close()
	totals["words"] = len(x.postings)
	clear(x.postings)
	fmt.Println(totals)
}
