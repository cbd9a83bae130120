// Package deps resolves the dependencies of modules.
//
// Good: the literals write to another map, are called after the walk, or get the walk's own key.
// One that removes another key is called right before the walk ends.
package deps

import "strings"

// Resolve returns the modules with their dependencies.
func Resolve(modules map[string]string, lookup func(string) []string) map[string]string {
	all := make(map[string]string, len(modules))
	add := func(name, version string) {
		if version == "" {
			version = "latest"
		}
		all[name] = version
	}
	for name, version := range modules {
		add(name, version)
		for _, dep := range lookup(name) {
			path, version, _ := strings.Cut(dep, "@")
			add(path, version)
		}
	}
	return all
}

func each(list []string, visit func(string)) {
	for _, s := range list {
		visit(s)
	}
}

// Drop removes what is excluded by one of the modules.
func Drop(modules map[string]string, excludes map[string][]string) {
	remove := func(name string) { delete(modules, name) }
	var gone []string
	for name := range modules {
		each(excludes[name], func(s string) { gone = append(gone, s) })
	}
	each(gone, remove)
}

// Retract removes retracted modules.
func Retract(modules map[string]string) {
	remove := func(name string) { delete(modules, name) }
	for name, version := range modules {
		if strings.HasSuffix(version, "-retracted") {
			remove(name)
		}
	}
}

// Replace drops the module that the first replacement found stands for.
func Replace(modules map[string]string, old map[string]string) bool {
	remove := func(name string) { delete(modules, name) }
	for name := range modules {
		if other, ok := old[name]; ok {
			remove(other)
			return true
		}
	}
	return false
}
