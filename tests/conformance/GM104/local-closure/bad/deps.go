// Package deps resolves the dependencies of modules.
//
// Bad: the walk calls a function literal that adds to the map, once directly and once by way of
// a function that gets the literal as an argument.
package deps

import "strings"

// Resolve adds the dependencies of all modules to the set.
func Resolve(modules map[string]string, lookup func(string) []string) int {
	added := 0
	add := func(name, version string) {
		if version == "" {
			version = "latest"
		}
		modules[name] = version
		added++
	}
	for name := range modules {
		for _, dep := range lookup(name) {
			path, version, _ := strings.Cut(dep, "@")
			add(path, version) // want GM104
		}
	}
	return added
}

func each(list []string, visit func(string)) {
	for _, s := range list {
		visit(s)
	}
}

// Drop removes what is excluded by one of the modules.
func Drop(modules map[string]string, excludes map[string][]string) {
	remove := func(name string) { delete(modules, name) }
	for name := range modules {
		each(excludes[name], remove) // want GM104
	}
}
