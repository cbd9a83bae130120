// Package schema parses schemas.
//
// Good: the shared parser has a lock; each call of ParseAll makes a memo of its own; names are
// registered at start-up.
package schema

import (
	"strings"
	"sync"
)

// Schema is a schema.
type Schema struct{ Fields []string }

type parser struct {
	mu     sync.Mutex
	parsed map[string]*Schema
}

type memo struct{ lines map[string]*Schema }

var (
	std   = &parser{parsed: make(map[string]*Schema)}
	named = map[string]*Schema{}
)

func init() {
	RegisterName("empty", &Schema{})
}

// RegisterName enters a schema by name. It is called from init functions.
func RegisterName(name string, s *Schema) {
	if _, ok := named[name]; ok {
		panic("schema: " + name)
	}
	named[name] = s
}

func split(text string) *Schema { return &Schema{Fields: strings.Split(text, ",")} }

func (p *parser) parse(text string) *Schema {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.parsed[text]; ok {
		return s
	}
	s := split(text)
	if len(p.parsed) < 100 {
		p.parsed[text] = s
	}
	return s
}

func (m *memo) line(text string) *Schema {
	s, ok := m.lines[text]
	if !ok {
		s = split(text)
		m.lines[text] = s
	}
	return s
}

// Parse parses a schema.
func Parse(text string) *Schema {
	if s, ok := named[text]; ok {
		return s
	}
	return std.parse(text)
}

// ParseAll parses many schemas.
func ParseAll(texts []string) (all []*Schema) {
	m := &memo{lines: make(map[string]*Schema)}
	for _, text := range texts {
		all = append(all, m.line(text))
	}
	return all
}
