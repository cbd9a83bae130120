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
	if d := find(scheme); d != nil {
		return d.Open(rest)
	}
	return errors.New("drivers: unknown scheme")
}

func find(scheme string) Driver {
	mu.Lock()
	defer mu.Unlock()
	return byName[Canonical(scheme)]
}
