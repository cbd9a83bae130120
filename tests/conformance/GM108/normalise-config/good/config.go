// Package config reads the configuration of upstreams.
//
// Good: stored back, collected, given to a function, or written through what the copy shares
// with the entry: a pointer, a slice, an inner map.
package config

import "time"

// Limits are limits.
type Limits struct {
	Rate  int
	Burst int
}

// Upstream is one upstream.
type Upstream struct {
	*Limits
	URL     string
	Timeout time.Duration
	Weights []int
	Labels  map[string]string
}

func (u Upstream) valid() bool { return u.URL != "" && u.Timeout > 0 }

// Defaults sets what is missing.
func Defaults(upstreams map[string]Upstream) {
	for name, u := range upstreams {
		if u.Timeout == 0 {
			u.Timeout = 30 * time.Second
		}
		upstreams[name] = u
	}
}

// List returns the upstreams with their defaults.
func List(upstreams map[string]Upstream) (out []Upstream) {
	for _, u := range upstreams {
		u.Timeout += time.Second
		out = append(out, u)
	}
	return out
}

// Valid says if all would be valid with a timeout.
func Valid(upstreams map[string]Upstream) bool {
	for _, u := range upstreams {
		u.Timeout = time.Second
		if !u.valid() {
			return false
		}
	}
	return true
}

// Tag changes what is shared.
func Tag(upstreams map[string]Upstream, key, value string) {
	for _, u := range upstreams {
		u.Labels[key] = value
		u.Weights[0]++
		u.Rate = 5
		u.Limits.Burst = 10
	}
}
