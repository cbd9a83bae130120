// Package histogram counts by shard.
//
// Good: made in a loop before, lazily at the place of the write, on each branch, by a method of
// the struct, or by the caller; a nil map may be read, deleted from and walked over.
package histogram

import "strings"

// Result is what Collect returns.
type Result struct {
	Total  int
	Counts map[string]int
}

func (r *Result) init() *Result {
	r.Counts = make(map[string]int)
	return r
}

// Shards counts words in n shards.
func Shards(words []string, n int) []map[string]int {
	shards := make([]map[string]int, n)
	for i := range shards {
		shards[i] = make(map[string]int)
	}
	lazy := make([]map[string]int, n)
	for _, word := range words {
		i := len(word) % n
		shards[i][word]++
		if lazy[i] == nil {
			lazy[i] = map[string]int{}
		}
		lazy[i][word]++
	}
	return append(shards, lazy...)
}

// Collect counts words.
func Collect(text string) *Result {
	result := new(Result).init()
	for _, word := range strings.Fields(text) {
		result.Total++
		result.Counts[word]++
	}
	return result
}

// Load returns the settings of a mode.
func Load(mode string) map[string]string {
	var settings map[string]string
	switch mode {
	case "fast":
		settings = map[string]string{"cache": "on"}
	case "":
		return nil
	default:
		settings = make(map[string]string, 4)
	}
	settings["mode"] = mode
	return settings
}

// Known reads a nil map.
func Known(word string) (int, bool) {
	var none map[string]int
	delete(none, word)
	for range none {
		return 1, true
	}
	n, ok := none[word]
	return n + len(none), ok
}

// Fill fills the caller's map.
func Fill(index map[string][]int, lines []string) {
	for n, line := range lines {
		for _, word := range strings.Fields(line) {
			index[word] = append(index[word], n)
		}
	}
}
