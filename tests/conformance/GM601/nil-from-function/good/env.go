// Package env builds the environment of commands.
//
// Good: callers look whether they got a map, or get one from a function that always makes it.
// With an error they do not write.
package env

import (
	"errors"
	"strings"
)

// Env is an environment.
type Env map[string]string

var errFormat = errors.New("no equals sign")

func parse(text string) (map[string]string, error) {
	vars := make(map[string]string)
	for _, line := range strings.Split(text, "\n") {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, errFormat
		}
		vars[name] = value
	}
	return vars, nil
}

// With returns an environment with a path.
func With(text, path string) (Env, error) {
	vars, err := parse(text)
	if err != nil {
		return nil, err
	}
	vars["PATH"] = path
	return vars, nil
}

func inherited(clean bool, from Env) Env {
	if clean {
		return nil
	}
	all := Env{}
	for name, value := range from {
		all[name] = value
	}
	return all
}

// Sandbox returns the environment of a sandbox.
func Sandbox(clean bool, from Env) map[string]string {
	vars := map[string]string(inherited(clean, from))
	if vars == nil {
		vars = make(map[string]string, 1)
	}
	vars["HOME"] = "/nonexistent"
	return vars
}

// Names returns the names in an environment.
func Names(clean bool, from Env) map[string]bool {
	names := make(map[string]bool)
	for name := range inherited(clean, from) {
		names[name] = true
	}
	return names
}
