// Package funcs gives functions to templates.
//
// Bad: the functions of the table are called by whoever executes a template, and one of them
// fills a memo that all templates share.
package funcs

import (
	"strings"
	"text/template"
)

// Map is what a template needs.
var Map = template.FuncMap{
	"weekday": weekday,
	"upper":   strings.ToUpper,
}

var short = map[uint8]string{}

func weekday(n uint8) string {
	n %= 7
	s, ok := short[n]
	if !ok {
		s = strings.ToUpper(long(n)[:3])
		short[n] = s // want GM211
	}
	return s
}

func long(n uint8) string {
	return [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}[n]
}
