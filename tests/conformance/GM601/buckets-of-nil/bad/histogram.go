// Package histogram counts by shard.
//
// Bad: the slice has its elements but these have no maps; a result struct starts as zero value;
// one branch of the switch forgets to make the map.
package histogram

import "strings"

// Result is what Collect returns.
type Result struct {
	Total  int
	Counts map[string]int
}

// Shards counts words in n shards.
func Shards(words []string, n int) []map[string]int {
	shards := make([]map[string]int, n)
	for _, word := range words {
		shards[len(word)%n][word]++ // want GM601
	}
	return shards
}

// Collect counts words.
func Collect(text string) *Result {
	result := &Result{}
	for _, word := range strings.Fields(text) {
		result.Total++
		result.Counts[word]++ // want GM601
	}
	return result
}

// Load returns the settings of a mode.
func Load(mode string) map[string]string {
	var settings map[string]string
	switch mode {
	case "fast":
		settings = map[string]string{"cache": "on"}
	case "safe":
		settings = make(map[string]string, 4)
	case "":
		return nil
	}
	settings["mode"] = mode // want GM601
	return settings
}

// Index makes a list of places for each word.
func Index(lines []string) (index map[string][]int, err error) {
	for n, line := range lines {
		for _, word := range strings.Fields(line) {
			index[word] = append(index[word], n) // want GM601
		}
	}
	return index, nil
}
