// Package schema parses schemas.
//
// Bad: the package's own parser, which the exported functions share, remembers what it has
// parsed.
package schema

import "strings"

// Schema is a schema.
type Schema struct{ Fields []string }

type parser struct {
	parsed map[string]*Schema
}

var std = &parser{parsed: make(map[string]*Schema)}

func (p *parser) parse(text string) *Schema {
	if s, ok := p.parsed[text]; ok {
		return s
	}
	s := &Schema{Fields: strings.Split(text, ",")}
	if len(p.parsed) > 100 {
		return s
	}
	p.parsed[text] = s // want GM211
	return s
}

// Parse parses a schema.
func Parse(text string) *Schema { return std.parse(text) }
