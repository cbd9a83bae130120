package registry

import (
	"iter"
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

// New returns a registry with these instances.
func New(known iter.Seq[Instance]) *Registry {
	r := &Registry{instances: make(map[string]Instance)}
	for i := range known {
		r.instances[i.Name] = i
	}
	return r
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
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := range maps.Values(r.instances) {
		if i.Load > best.Load {
			best = i
		}
	}
	return best
}

// ByLoad returns all instances, the busiest first.
func (r *Registry) ByLoad() []Instance {
	r.mu.RLock()
	all := slices.Collect(maps.Values(r.instances))
	r.mu.RUnlock()
	slices.SortFunc(all, func(a, b Instance) int { return int(b.Load - a.Load) })
	return all
}

// Total returns the sum over a map that only this call knows.
func (r *Registry) Total() (sum float64) {
	r.mu.RLock()
	own := maps.Collect(maps.All(r.instances))
	r.mu.RUnlock()
	for i := range maps.Values(own) {
		sum += i.Load
	}
	return sum
}
