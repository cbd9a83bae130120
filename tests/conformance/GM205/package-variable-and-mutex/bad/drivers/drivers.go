// Package drivers knows storage drivers by name.
//
// Bad: all functions of the package take the package's lock, except the one in lookup.go.
package drivers

import (
	"fmt"
	"sort"
	"sync"
)

// Driver opens a store.
type Driver interface {
	Open(url string) error
}

var (
	mu     sync.Mutex
	byName = make(map[string]Driver)
)

// Add adds a driver.
func Add(name string, d Driver) error {
	mu.Lock()
	defer mu.Unlock()
	if _, dup := byName[name]; dup {
		return fmt.Errorf("drivers: %q is there already", name)
	}
	byName[name] = d
	return nil
}

// Remove removes a driver.
func Remove(name string) {
	mu.Lock()
	defer mu.Unlock()
	delete(byName, name)
}

// Names returns the sorted names.
func Names() []string {
	mu.Lock()
	defer mu.Unlock()
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
