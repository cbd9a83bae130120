// Package env builds the environment of commands.
//
// Bad: parse returns nil for an empty text and with an error, and the callers write to what they
// got without a look. A conversion between map types changes nothing about that.
package env

import (
	"errors"
	"strings"
)

// Env is an environment.
type Env map[string]string

var errFormat = errors.New("no equals sign")

func parse(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
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
	vars["PATH"] = path // want GM601
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
	vars["HOME"] = "/nonexistent" // want GM601
	return vars
}
