// Package words counts words.
package words

import (
	"sync"
	"sync/atomic"
)

var counts sync.Map // want GM508

// Add counts a word.
func Add(word string) {
	n, _ := counts.LoadOrStore(word, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}
