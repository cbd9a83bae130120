package drivers

import (
	"errors"
	"strings"
)

// Open opens a store by a URL.
func Open(url string) error {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || rest == "" {
		return errors.New("drivers: not a URL")
	}
	d, ok := byName[scheme] // want GM205
	if !ok {
		return errors.New("drivers: unknown scheme")
	}
	return d.Open(rest)
}
