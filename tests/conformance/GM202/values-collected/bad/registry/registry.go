package registry

import (
	"maps"
	"slices"
	"sync"
)

// Instance is one running copy of a service.
type Instance struct {
	Name string
	Addr string
	Load float64
}

// Registry knows the instances.
type Registry struct {
	mu        sync.RWMutex
	instances map[string]Instance
}

// New returns an empty registry.
func New() *Registry {
	return &Registry{instances: make(map[string]Instance)}
}

// Beat takes a sign of life.
func (r *Registry) Beat(i Instance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instances[i.Name] = i
}

// Leave takes an instance out.
func (r *Registry) Leave(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.instances, name)
}

// Busiest returns the instance with the greatest load.
func (r *Registry) Busiest() (best Instance) {
	for i := range maps.Values(r.instances) { // want GM202
		if i.Load > best.Load {
			best = i
		}
	}
	return best
}

// Same tells whether both registries know the same instances.
func (r *Registry) Same(seen map[string]Instance) bool {
	return maps.Equal(r.instances, seen) // want GM202
}

// ByLoad returns all instances, the busiest first.
func (r *Registry) ByLoad() []Instance {
	all := slices.Collect(maps.Values(r.instances)) // want GM202
	slices.SortFunc(all, func(a, b Instance) int { return int(b.Load - a.Load) })
	return all
}
