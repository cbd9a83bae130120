// Package config reads the configuration of upstreams.
//
// Bad: the defaults are set in the loop's copies. An element of an array, a field promoted from
// an embedded struct and a range variable that was declared before are copies too.
package config

import "time"

// Limits are limits.
type Limits struct {
	Rate  int
	Burst int
}

// Upstream is one upstream.
type Upstream struct {
	Limits
	URL     string
	Timeout time.Duration
	Weights [4]int
	Retry   struct{ Max int }
}

// Defaults sets what is missing.
func Defaults(upstreams map[string]Upstream) {
	for _, u := range upstreams {
		if u.Timeout == 0 {
			u.Timeout = 30 * time.Second // want GM108
		}
		if u.Rate == 0 {
			u.Rate = 100 // want GM108
		}
		u.Retry.Max++ // want GM108
	}
}

// Scale multiplies the first weight.
func Scale(upstreams map[string]Upstream, by int) int {
	var (
		u Upstream
		n int
	)
	for _, u = range upstreams {
		u.Weights[0] *= by // want GM108
		n++
	}
	return n
}
