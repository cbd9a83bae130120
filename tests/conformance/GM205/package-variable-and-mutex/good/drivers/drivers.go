// Package drivers knows storage drivers by name.
//
// Good: init fills the map before anybody can call; all others lock. The table of aliases is only
// read, and another map that no function locks for shows no intent.
package drivers

import (
	"fmt"
	"sync"
)

// Driver opens a store.
type Driver interface {
	Open(url string) error
}

type memory struct{}

func (memory) Open(string) error { return nil }

var (
	mu      sync.Mutex
	byName  = make(map[string]Driver)
	aliases = map[string]string{"mem": "memory", "ram": "memory"}
)

func init() {
	byName["memory"] = memory{}
	for alias, name := range aliases {
		byName[alias] = byName[name]
	}
}

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

// Canonical returns what an alias stands for.
func Canonical(name string) string {
	if to, ok := aliases[name]; ok {
		return to
	}
	return name
}
